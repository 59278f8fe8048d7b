"""Sentences that reports share, in both languages.

Belongs here: fixed texts of workbook, overview and explanation. Does not belong here: column heads (`layout`), anything
local (titles and rule texts come from the district's YAML).
"""

from typing import Final

import polars as pl

from registry.district import Rule
from registry.schema.text import Text

LEAD_NOT_DECISION: Final = Text(
    "每一条都是需要人工核查的线索，不是结论，也不是对任何人的评价。",
    "Every line is a lead for a person to check. It is not a decision, and it says nothing about anybody's honesty.",
)
AID_CONTINUES: Final = Text(
    "在有人核实、听取本人意见并作出书面决定之前，待遇照常发放。",
    "Aid continues unchanged until a person has checked the facts, heard the family and decided in writing.",
)
CHECK_LAW: Final = Text(
    "规则与政策依据为示例，使用前请核对当地规定。", "Rules and legal bases are samples: check local law before relying on them."
)
APPEAL: Final = Text(
    "申诉：当事人有权查询本人记录、要求更正，对处理决定可依法申请行政复议或提起行政诉讼（社会救助暂行办法 第65条，请核对当地规定）。",
    "Appeal: anyone concerned may see their record, have it corrected, and ask for review of a decision or go to court "
    "(Interim Measures for Social Assistance, art. 65; check local law).",
)
MISSED_EQUAL: Final = Text(
    "疑似遗漏与疑似重复同等重要，请一并核查。", "Possible missed aid matters as much as possible duplicate aid: please check both."
)
DUPLICATES: Final = Text("疑似重复", "Possible duplicates")
MISSED: Final = Text("疑似遗漏", "Possible missed aid")
NO_FINDINGS: Final = Text("本月没有。", "None this month.")
NOT_AVAILABLE: Final = Text("无", "none")
DISTRICT_WIDE: Final = Text("全区", "whole district")

LISTS: Final[dict[str, Text]] = {
    "duplicates": Text("疑似重复线索", "Possible duplicate aid"),
    "missed": Text("疑似遗漏线索", "Possible missed aid"),
}
"""Headings of the two lists."""

SHEETS: Final[dict[str, Text]] = {
    "readme": Text("说明", "Read me"),
    "duplicates": Text("疑似重复", "Duplicates"),
    "missed": Text("疑似遗漏", "Missed aid"),
    "quality": Text("数据质量", "Data quality"),
}

README: Final[dict[str, Text]] = {
    "rolls": Text("一、本月收到本部门的名册", "1. Rolls received from this department this month"),
    "summary": Text("二、总体情况", "2. Summary"),
    "answering": Text("三、怎样答复", "3. How to answer"),
    "reading": Text("四、怎样看这些线索", "4. How to read the findings"),
    "rules": Text("五、规则说明", "5. Rules"),
    "no_rolls": Text("本月没有收到本部门的名册。", "No roll was received from this department this month."),
}

ANSWERING: Final = (
    Text("只填写黄色列；有下拉箭头的请从列表中选择。", "Fill in the yellow columns only; where there is an arrow, choose from the list."),
    Text(
        "其余单元格已锁定，可以筛选、调整列宽；请不要改动疑点编号。",
        "All other cells are locked; you may filter and widen columns. Please leave the finding id alone.",
    ),
    Text(
        "保存后按原文件名退回，未核完的选“待核”。",
        "Save and send the file back under its own name; choose 'still open' where not finished.",
    ),
    Text(
        "期限：收到次月起 15 个工作日（未计法定节假日）。",
        "Time limit: 15 working days from the start of the next month (public holidays not counted).",
    ),
)

READING: Final = (
    LEAD_NOT_DECISION,
    AID_CONTINUES,
    MISSED_EQUAL,
    Text(
        "重叠按享受期间逐月比较，不按发放日期比较；身份关联不够可靠的不列入本表。",
        "Overlap is compared month by month on the period aid was for, not on payment dates; people whose identity is not surely "
        "linked are not listed.",
    ),
    Text(
        "疑似重复表中姓名、证号已脱敏，可按证据中的文件和行号找到原始记录；疑似遗漏表需要联系本人，普通人员显示姓名证号，受保护人员只显示脱敏信息。",
        "Names and numbers of possible duplicates are masked: find the original by the file and row under Evidence. Possible missed aid "
        "shows name and number so that the person can be reached; protected people are masked there too.",
    ),
    Text(
        "其他部门的信息只列核查所需的最少内容；账号、电话、住址不列。",
        "Of other departments only what the check needs is shown; never accounts, phones or addresses.",
    ),
    APPEAL,
    CHECK_LAW,
)

METHODS: Final[dict[str, Text]] = {
    "identity_number": Text("身份证号一致", "same identity number"),
    "model": Text("姓名、出生日期、地址等综合比对一致", "name, birth date, place and more agree"),
    "judgement": Text("经人工核对", "checked by a person"),
    "single": Text("本行自身", "the row itself"),
}
"""How a row was linked to its person, in a clerk's words; an unknown method shows its code."""

SCOPES: Final[dict[str, Text]] = {
    "file": Text("整个文件", "file"),
    "row": Text("整行", "row"),
    "cell": Text("单元格", "cell"),
}

SIDES: Final[dict[str, Text]] = {
    "this": Text("本方", "this side"),
    "other": Text("关联方", "other side"),
    "guard": Text("例外依据", "exception looked at"),
}

MASKED_NOTE: Final = Text("姓名、证号已脱敏。", "Names and numbers are masked.")


def workbook_title(district: Text, department: Text, month: str) -> Text:
    """Return the heading of a department's workbook."""
    year, number = month.split("-")
    return Text(
        f"{district.zh}社会救助综合施救平台 {year}年{int(number)}月线索通报（{department.zh}）",
        f"{district.en}: leads of {month} for the {department.en}",
    )


def sheet_title(kind: Text, department: Text, month: str) -> Text:
    """Return the heading of one sheet."""
    year, number = month.split("-")
    return Text(f"{year}年{int(number)}月{kind.zh}（{department.zh}）", f"{kind.en}, {month} ({department.en})")


def part_note(part: int, parts: int) -> Text:
    """Return the sentence that says which file of how many this is."""
    return Text(
        f"线索较多，分为 {parts} 个文件，本文件为第 {part} 个。", f"The lists are long and come in {parts} files; this is file {part}."
    )


def rule_sentence(rule: Rule) -> Text:
    """Return what a rule looks for, the exceptions it looks at, what to check and its legal basis."""
    exceptions_zh = "、".join(words.zh for words in rule.exceptions) or NOT_AVAILABLE.zh
    exceptions_en = ", ".join(words.en for words in rule.exceptions) or NOT_AVAILABLE.en
    return Text(
        f"已检查的例外：{exceptions_zh}。建议：{rule.suggestion.zh} 依据：{rule.legal_basis}",
        f"Exceptions looked at: {exceptions_en}. To check: {rule.suggestion.en} Basis: {rule.legal_basis}",
    )


def describe_rolls() -> tuple[pl.Expr, pl.Expr]:
    """Return one sentence per roll in both languages, from the columns of the pack's `rolls`."""
    counts = [
        pl.col(name).fill_null(0).cast(pl.Int64)
        for name in ("file_count", "row_count", "skipped_count", "landed_count", "quarantined_count", "refused_count")
    ]
    shares = [(pl.col(name) * 100).round(1) for name in ("id_valid_share", "matched_share")]
    zh = pl.format("{}：{} 个文件，收到 {} 行（其中标题、合计等 {} 行），入库 {}，隔离 {}，拒收 {}", "roll_title_zh", *counts)
    en = pl.format(
        "{}: {} files, {} rows received ({} of them titles and totals), {} landed, {} quarantined, {} refused", "roll_title_en", *counts
    )
    more_zh, more_en = pl.format("；证号有效率 {}%，匹配率 {}%。", *shares), pl.format("; valid ids {}%, match rate {}%.", *shares)
    return pl.concat_str([zh, more_zh.fill_null("。")]).alias("zh"), pl.concat_str([en, more_en.fill_null(".")]).alias("en")


def name_currency(text: Text, currency: str) -> Text:
    """Return a heading with the currency of the district in place of yuan."""
    if currency == "CNY":
        return text
    return Text(text.zh.replace("（元）", f"（{currency}）").replace("：元", f"：{currency}"), text.en.replace("CNY", currency))
