"""Headings and sentences of the overview, in both languages.

Belongs here: texts only this page uses. Does not belong here: texts shared with the workbook (`wording`).
"""

from typing import Final

from registry.schema.text import Text

TEXTS: Final[dict[str, Text]] = {
    "title": Text("社会救助线索月度总览", "monthly overview of leads on social aid"),
    "language": Text("语言", "Language"),
    "findings": Text("线索条数", "leads"),
    "people": Text("人数", "people"),
    "rows_per_person": Text("每人出现的行数", "rows that name a person"),
    "excess": Text("疑似多发金额合计（元）", "Possible excess, sum (CNY)"),
    "reviews": Text("待人工核对的身份关联", "Uncertain links for clerks to look at"),
    "persons": Text("登记人数", "People in the registry"),
    "households": Text("救助家庭数", "Aid households"),
    "duplicates_note": Text("同一人或同一家庭可能被重复给付", "the same person or household may have been paid twice"),
    "missed_note": Text("可能应享而未享", "aid may be due that nobody gives"),
    "none": Text("本月没有。", "None this month."),
    "small": Text(
        "少于 10 的数显示为“<10”，不画条；标“–”的数为避免推算而隐去。",
        "Counts under 10 are shown as '<10' and not drawn; '–' hides a count from which a small one could be worked out.",
    ),
    "rolls_note": Text(
        "匹配率：所提到的人也出现在其他名册中的比例。", "Match rate: share of the people named who also stand in another roll."
    ),
    "checks": Text("质量检查", "Quality checks"),
    "checks_passed": Text("项检查，其中未通过", "checks were made; not passed:"),
    "blocking": Text("阻断发布", "blocks publication"),
    "warning": Text("提醒", "warning"),
    "generated": Text("本页由名册数据自动统计，不含个人信息。", "This page is counted from the rolls and holds no personal data."),
    "does": Text("它做的", "It does"),
    "does_not": Text("它不做的", "It does not"),
    "skip": Text("跳到正文", "Skip to content"),
    "same": Text("（本部门内或无关联方）", "(within the department, or no other side)"),
}

PARTS: Final[dict[str, Text]] = {
    "counts": Text("本月线索", "Leads this month"),
    "rules": Text("按规则", "By rule"),
    "programmes": Text("按项目", "By programme"),
    "towns": Text("按镇街", "By town"),
    "departments": Text("部门之间", "Between departments"),
    "rolls": Text("名册质量", "Quality of the rolls"),
    "linkage": Text("身份关联状况", "Health of the linkage"),
    "limits": Text("系统做什么，不做什么", "What the system does and does not do"),
}

HEADS: Final[dict[str, Text]] = {
    "rule": Text("规则", "Rule"),
    "kind": Text("类型", "Kind"),
    "severity": Text("风险等级", "Severity"),
    "issued": Text("下发", "Issued"),
    "new": Text("其中新增", "Of these new"),
    "people": Text("人数", "People"),
    "households": Text("户数", "Households"),
    "excess": Text("疑似多发（元）", "Possible excess (CNY)"),
    "programme": Text("项目", "Programme"),
    "duplicates": Text("疑似重复", "Possible duplicates"),
    "missed": Text("疑似遗漏", "Possible missed aid"),
    "town": Text("镇街", "Town"),
    "department": Text("责任部门", "Department asked"),
    "other": Text("关联部门", "Other department"),
    "count": Text("条数", "Leads"),
    "roll": Text("名册", "Roll"),
    "owner": Text("部门", "Owner"),
    "rows": Text("收到行数", "Rows"),
    "skipped": Text("其中标题合计等行", "Titles, totals"),
    "landed": Text("入库", "Landed"),
    "quarantined": Text("隔离", "Quarantined"),
    "refused": Text("拒收", "Refused"),
    "valid": Text("证号有效率", "Valid ids"),
    "matched": Text("匹配率", "Match rate"),
    "method": Text("关联方式", "Linked by"),
    "rows_linked": Text("行数", "Rows"),
    "share": Text("占比", "Share"),
    "table": Text("表", "Table"),
    "check": Text("检查", "Check"),
    "failed": Text("不符行数", "Rows that fail"),
    "effect": Text("作用", "Effect"),
    "size": Text("每人出现的行数", "Rows per person"),
}

LIMITS_DOES: Final = (
    Text(
        "把各部门名册中的同一个人、同一家庭对应起来，逐月比较享受期间。",
        "It links the people and households of the departments' rolls and compares them month by month.",
    ),
    Text(
        "同时列出疑似重复和疑似遗漏，每一条都能追溯到来源文件和行。",
        "It lists possible duplicate and possible missed aid alike; every lead goes back to file and row.",
    ),
    Text("写明规则、政策依据和已检查的例外。", "It names the rule, its legal basis and the exceptions it looked at."),
)

LIMITS_DOES_NOT: Final = (
    Text(
        "不作决定，不给人打分，不向发放系统写入任何内容；待遇照常，直到有人核实并书面决定。",
        "It decides nothing, scores nobody and writes to no payment system; aid continues until a person has decided in writing.",
    ),
    Text("身份关联不可靠时不出线索，只列入待核对。", "Where a link is uncertain it makes no lead, only an item for a clerk to look at."),
    Text("不使用姓氏、民族、村居等特征判断风险。", "It never uses surname, ethnicity or village to judge."),
    Text(
        "规则与标准为示例，使用前请核对当地规定；名册没有的情况它看不见。",
        "Rules and standards are samples: check local law. What no roll holds, it cannot see.",
    ),
)
