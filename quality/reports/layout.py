"""The columns of the department workbook, in their frozen order, and the choices of its drop-down lists.

Belongs here: names, heads, widths and kinds of columns (domain.md §8.3). Does not belong here: sentences of the read-me
sheet (`wording`), values (`finding_rows`) and writing (`workbook_sheets`).

Column names stay the same in every language and month, so that answers can be read back whatever the heads say.
"""

from dataclasses import dataclass
from typing import Final, Literal

from registry.schema.text import Text

Kind = Literal["text", "amount", "count", "share", "date", "month", "choice"]


@dataclass(frozen=True)
class SheetColumn:
    """One column of a sheet. `is_bilingual` columns come as `<name>_zh` and `<name>_en`; `is_answer` ones are filled by clerks."""

    name: str
    title: Text
    width: int
    kind: Kind = "text"
    is_bilingual: bool = False
    is_answer: bool = False
    choices: str | None = None
    hint: Text | None = None


def _column(name: str, zh: str, en: str, width: int, kind: Kind = "text", *, both: bool = False) -> SheetColumn:
    return SheetColumn(name, Text(zh, en), width, kind, is_bilingual=both)


def _answer(name: str, zh: str, en: str, width: int, kind: Kind = "text", hint: Text | None = None) -> SheetColumn:
    return SheetColumn(name, Text(zh, en), width, kind, is_answer=True, choices=name if kind == "choice" else None, hint=hint)


_MONTH_HINT: Final = Text("写作 2016-07", "write 2016-07")
_DATE_HINT: Final = Text("写作 2016-07-15", "write 2016-07-15")
_AMOUNT_HINT: Final = Text("单位：元，只写数字", "amount in CNY, digits only")

_HEAD: Final = (
    _column("finding_id", "疑点编号", "Finding id", 14),
    _column("person_name", "姓名", "Name", 8),
    _column("rule_id", "规则编号", "Rule", 6),
    _column("rule_title", "疑点类型", "Kind of finding", 12, both=True),
    _column("severity", "风险等级", "Severity", 9, both=True),
    _column("confidence", "置信度", "How sure", 6, both=True),
    _column("identity_number", "身份证号", "Identity number", 19),
    _column("town", "镇街", "Town", 8),
    _column("village", "村居", "Village", 9),
)

DUPLICATE_COLUMNS: Final = (
    *_HEAD,
    _column("household_id", "救助家庭编号", "Household id", 11),
    _column("own_programme", "本部门项目", "Own programme", 11, both=True),
    _column("own_period", "本部门发放期间", "Own period", 9),
    _column("own_amount", "本部门金额", "Own amount", 10, "amount"),
    _column("other_department", "关联部门", "Other department", 10, both=True),
    _column("other_programme", "关联项目", "Other programme", 11, both=True),
    _column("other_period", "关联期间", "Other period", 9),
    _column("other_amount", "关联金额", "Other amount", 10, "amount"),
    _column("overlap", "重叠期间", "Overlap", 9),
    _column("excess_amount", "疑似多发金额", "Possible excess", 10, "amount"),
    _column("sentence", "情况", "What was seen", 38, both=True),
    _column("evidence", "证据（来源表、文件、表、行号）", "Evidence (roll, file, sheet, row)", 42, both=True),
    _column("link_basis", "匹配依据", "Linked by", 14, both=True),
    _column("exceptions_checked", "例外检查", "Exceptions checked", 24, both=True),
    _column("suggestion", "建议核查", "What to check", 35, both=True),
    _column("legal_basis", "政策依据（请核对当地规定）", "Legal basis (check local law)", 22),
    _column("first_month", "首次发现月份", "First month", 9),
)

DUPLICATE_ANSWERS: Final = (
    _answer("check_method", "核查方式", "How checked", 11, "choice"),
    _answer("check_result", "核查结果", "Result", 12, "choice"),
    _answer("check_note", "情况说明", "What was found", 24),
    _answer("handling", "处理意见", "Handling", 14, "choice"),
    _answer("changed_month", "待遇调整年月", "Changed from month", 9, "month", _MONTH_HINT),
    _answer("due_amount", "应退金额", "Amount to be returned", 10, "amount", _AMOUNT_HINT),
    _answer("returned_amount", "已退金额", "Amount returned", 10, "amount", _AMOUNT_HINT),
    _answer("not_returned_reason", "未退原因", "Why not returned", 12, "choice"),
    _answer("arrears_amount", "补发金额", "Arrears paid", 10, "amount", _AMOUNT_HINT),
    _answer("data_correction", "数据更正内容", "Data corrected", 18),
    _answer("checked_by", "核查人", "Checked by", 8),
    _answer("reviewed_by", "复核人", "Reviewed by", 8),
    _answer("town_review", "镇街审核", "Town review", 8),
    _answer("check_date", "核查日期", "Date checked", 11, "date", _DATE_HINT),
    _answer("attachment", "附件", "Attachment", 10),
)

MISSED_COLUMNS: Final = (
    *_HEAD,
    _column("household", "家庭情况", "Household", 12, both=True),
    _column("own_programme", "疑似应享项目", "Programme that may be due", 13, both=True),
    _column("question_period", "情形所在月份", "Months in question", 9),
    _column("sentence", "判断依据", "What was seen", 34, both=True),
    _column("evidence", "证据（来源表、文件、表、行号）", "Evidence (roll, file, sheet, row)", 42, both=True),
    _column("link_basis", "匹配依据", "Linked by", 12, both=True),
    _column("exceptions_checked", "例外检查", "Exceptions checked", 18, both=True),
    _column("suggestion", "建议核查", "What to check", 24, both=True),
    _column("legal_basis", "政策依据（请核对当地规定）", "Legal basis (check local law)", 15),
    _column("first_month", "首次发现月份", "First month", 8),
    _column("responsible_department", "责任部门", "Responsible department", 12, both=True),
    _column("due_date", "期限", "Answer by", 11),
)

MISSED_ANSWERS: Final = (
    _answer("responsible_person", "责任人", "Responsible person", 12),
    _answer("missed_result", "核查结果", "Result", 11, "choice"),
    _answer("included_month", "纳入年月", "Included from month", 9, "month", _MONTH_HINT),
    _answer("included_amount", "金额", "Amount", 9, "amount", _AMOUNT_HINT),
    _answer("check_note", "情况说明", "What was found", 24),
    _answer("checked_by", "核查人", "Checked by", 8),
    _answer("check_date", "核查日期", "Date checked", 11, "date", _DATE_HINT),
)

QUARANTINE_COLUMNS: Final = (
    _column("roll_title", "名册", "Roll", 22, both=True),
    _column("file_name", "文件", "File", 34),
    _column("sheet", "工作表", "Sheet", 12),
    _column("row_number", "行号", "Row", 8, "count"),
    _column("column", "列", "Column", 14),
    _column("scope", "范围", "Scope", 8, both=True),
    _column("reason", "原因", "Reason", 18, both=True),
    _column("cell_value", "原值", "Value as delivered", 24),
    _column("sentence", "说明与更正办法", "What is wrong and how to mend it", 50, both=True),
)

ROLL_COLUMNS: Final = (
    _column("roll_title", "名册", "Roll", 28, both=True),
    _column("file_count", "文件数", "Files", 9, "count"),
    _column("row_count", "收到行数", "Rows", 10, "count"),
    _column("skipped_count", "其中标题合计等行", "Of these titles, totals", 10, "count"),
    _column("landed_count", "入库", "Landed", 10, "count"),
    _column("quarantined_count", "隔离", "Quarantined", 12, "count"),
    _column("refused_count", "拒收", "Refused", 10, "count"),
    _column("id_valid_share", "证号有效率", "Valid ids", 10, "share"),
    _column("matched_share", "匹配率", "Match rate", 10, "share"),
)
"""The read-me sheet's table of rolls received; the data quality sheet says the same in sentences."""

SUMMARY_COLUMNS: Final = (
    _column("rule_title", "疑点类型", "Kind of finding", 28, both=True),
    _column("rule_id", "规则", "Rule", 9),
    _column("new_count", "本月新增", "New", 10, "count"),
    _column("carried_count", "上月结转", "Carried over", 10, "count"),
    _column("person_count", "涉及人数", "People", 10, "count"),
    _column("excess_amount", "疑似多发（元）", "Possible excess (CNY)", 13, "amount"),
)

CHOICES: Final[dict[str, tuple[tuple[str, Text], ...]]] = {
    "check_method": (
        ("visit", Text("入户", "home visit")),
        ("phone", Text("电话", "phone call")),
        ("files", Text("调档", "files drawn")),
        ("letter", Text("函询", "letter to the other office")),
    ),
    "check_result": (
        ("confirmed", Text("属实", "confirmed")),
        ("partly", Text("部分属实", "partly confirmed")),
        ("refuted", Text("不属实", "not so")),
        ("lawful", Text("政策允许", "lawful")),
        ("data_error", Text("数据错误", "data error")),
        ("open", Text("待核", "still open")),
    ),
    "handling": (
        ("unchanged", Text("维持不变", "left as it is")),
        ("ended", Text("终止待遇", "aid ended")),
        ("reduced", Text("核减", "reduced")),
        ("topped_up", Text("补差", "topped up to the standard")),
        ("recovery", Text("退回多发部分", "excess to be returned")),
        ("no_recovery", Text("不予追缴", "nothing to be returned")),
        ("data_corrected", Text("更正数据", "data corrected")),
        ("discipline", Text("转纪检", "passed to discipline inspection")),
        ("passed_on", Text("转其他部门", "passed to another department")),
    ),
    "not_returned_reason": (
        ("dead", Text("死亡", "dead")),
        ("unable", Text("特困无力偿还", "too poor to repay")),
        ("unreachable", Text("失联", "cannot be reached")),
        ("passed_on", Text("转其他部门", "passed to another department")),
        ("waived", Text("减免", "waived")),
    ),
    "missed_result": (
        ("included", Text("已纳入", "now included")),
        ("not_entitled", Text("不符合", "not entitled")),
        ("declined", Text("本人放弃", "declined by the person")),
        ("dead", Text("已死亡", "has died")),
        ("moved", Text("外迁", "moved away")),
        ("open", Text("待核", "still open")),
    ),
}
"""Drop-down lists by answer column: stable code and what the clerk reads. What a person decides, not what we propose."""
