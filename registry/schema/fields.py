"""Every column of the house, once: type, titles, meaning, sensitivity.

Belongs here: what a column is, wherever it appears. Does not belong here: which table has it (`tables`), what its
codes are (`codes`), local column heads (`districts/`).

Sensitivity follows domain.md §9.2: L1 open inside government, L2 publication set, L3 departments by need, L4 field
encryption and a second person.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from registry.schema.text import Text

AMOUNT: Final = pl.Decimal(14, 2)


@dataclass(frozen=True)
class Field:
    """One column: its type, how a clerk reads it, what it means, and how carefully it is kept."""

    dtype: pl.DataType
    title: Text
    meaning: Text
    level: str = "L1"
    codes: str | None = None


def _text(zh: str, en: str, meaning_zh: str, meaning_en: str, level: str = "L1", codes: str | None = None) -> Field:
    return Field(pl.String(), Text(zh, en), Text(meaning_zh, meaning_en), level, codes)


def _date(zh: str, en: str, meaning_zh: str, meaning_en: str, level: str = "L2") -> Field:
    return Field(pl.Date(), Text(zh, en), Text(meaning_zh, meaning_en), level)


def _amount(zh: str, en: str, meaning_zh: str, meaning_en: str) -> Field:
    return Field(AMOUNT, Text(zh, en), Text(f"{meaning_zh}，单位：元", f"{meaning_en}, in CNY"), "L2")


def _count(zh: str, en: str, meaning_zh: str, meaning_en: str) -> Field:
    return Field(pl.Int64(), Text(zh, en), Text(meaning_zh, meaning_en))


def _flag(zh: str, en: str, meaning_zh: str, meaning_en: str, level: str = "L1") -> Field:
    return Field(pl.Boolean(), Text(zh, en), Text(meaning_zh, meaning_en), level)


def _share(zh: str, en: str, meaning_zh: str, meaning_en: str) -> Field:
    return Field(pl.Float64(), Text(zh, en), Text(meaning_zh, meaning_en))


PROVENANCE: Final[dict[str, Field]] = {
    "roll": _text("名册", "roll", "名册代码，见 rolls/", "roll name as in rolls/"),
    "month": _text("交付月份", "delivery month", "交付所属月份 YYYY-MM", "month the delivery belongs to, YYYY-MM"),
    "department": _text("部门", "department", "名册所属部门代码", "code of the department that owns the roll"),
    "row_id": _text(
        "来源行", "source row", "名册-月份-文件-表-行，可追溯到原始行", "roll-month-file-sheet-row, leads back to the delivered row"
    ),
    "file_name": _text("文件", "file", "交付文件名", "name of the delivered file", "L2"),
    "file_hash": _text("文件指纹", "file hash", "文件内容 SHA-256", "SHA-256 of the file's bytes"),
    "file_number": _count("文件序号", "file number", "本月该名册的第几个文件", "ordinal of the file within roll and month"),
    "sheet": _text("工作表", "sheet", "工作表名；文本文件为空", "sheet name; empty for text files", "L2"),
    "sheet_number": _count("表序号", "sheet number", "文件内第几个工作表", "ordinal of the sheet within the file"),
    "row_number": _count("行号", "row number", "工作表内的行号，从 1 起", "row in the sheet, counted from 1"),
    "column": _text("列", "column", "原表头", "head of the column as delivered"),
    "cell_marks": _text(
        "单元格标记",
        "cell marks",
        "列=代码，分号分隔；如 member_id=excel_numeric；金额单位如 amount=unit_10000",
        "column=code pairs, semicolon separated, e.g. member_id=excel_numeric, amount=unit_10000",
    ),
    "snapshot_date": _date(
        "快照日期", "snapshot date", "从数据库读取之日，以数据库时钟为准", "day a database was read, by its own clock", "L1"
    ),
    "byte_count": _count("字节数", "bytes", "文件大小", "size of the file"),
    "declared_count": _count(
        "报送单位所列数", "declared count", "表中“合计”等写明的户数或人数", "number of households or persons the sheet itself states"
    ),
    "counted_count": _count("实际清点数", "counted", "按同一口径清点的数目", "what was counted in the same unit"),
    "row_count": _count("行数", "rows", "全部行数，含标题、合计等非数据行", "all rows, titles and totals included"),
    "landed_count": _count("入库行数", "landed rows", "成功入库的行数", "rows landed"),
    "quarantined_count": _count("隔离行数", "quarantined rows", "被隔离的整行数", "whole rows quarantined"),
    "refused_count": _count("拒收行数", "refused rows", "随文件一并拒收的行数", "rows refused with their file"),
    "skipped_count": _count("非数据行数", "rows that are no data", "标题、合计、签字等行", "title, total and signature rows"),
    "is_refused": _flag("拒收", "refused", "整个文件被拒收", "the whole file was refused"),
    "scope_code": _text("范围", "scope", "file、row 或 cell", "file, row or cell"),
    "reason_code": _text("原因", "reason", "退回原因代码", "why it was sent back", codes="reason"),
    "cell_value": _text(
        "原值", "value as delivered", "原单元格内容，仅退回所属部门", "the cell as delivered, returned to its owner only", "L4"
    ),
    "sentence_zh": _text("说明（中文）", "sentence (zh)", "给经办人的一句话", "one sentence for the clerk, Chinese"),
    "sentence_en": _text("说明（英文）", "sentence (en)", "给经办人的一句话（英文）", "one sentence for the clerk, English"),
    "repair_rule_code": _text("修复规则", "repair rule", "为何未按原样读取", "why it is not read as written", codes="repair_rule"),
    "value_before": _text("原值", "before", "原样证号", "number as delivered", "L3"),
    "value_after": _text("读作", "after", "补全或规范后的证号；不能确定时为空", "number it is read as; null when not certain", "L3"),
    "candidate_count": _count("候选数", "candidates", "其他名册中相符的证号个数", "numbers in other rolls that fit"),
    "candidates": _text("候选证号", "candidate numbers", "至多五个，竖线分隔", "up to five, separated by a bar", "L3"),
    "evidence_row_id": _text("依据行", "row of evidence", "载有该证号的来源行", "source row that has the number"),
    "quarantine_id": _text("隔离编号", "quarantine id", "来源行加列", "source row and column"),
}

IDENTITY: Final[dict[str, Field]] = {
    "mention_id": _text("提及编号", "mention id", "一行中以某种角色出现的一个人", "one person named by one row in one role"),
    "other_mention_id": _text("对方提及编号", "other mention id", "关系另一方", "the other side of the tie"),
    "role_code": _text("角色", "role", "该人在行中的角色", "role of the person in the row", codes="role"),
    "position": _count("位次", "position", "同一角色的第几位；唯一时为 0", "ordinal among several of one role; 0 when single"),
    "person_name": _text("姓名", "name", "原样姓名", "name as delivered", "L3"),
    "name_key": _text(
        "比对姓名", "name key", "统一字形、去空格后的姓名；不可用时为空", "name in one script form without spaces; null when unusable", "L3"
    ),
    "name_pinyin": _text(
        "姓名拼音",
        "name in pinyin",
        "比对姓名的无声调拼音，每字以空格分隔",
        "toneless pinyin of the name key, one syllable a character",
        "L3",
    ),
    "name_note": _text("姓名附注", "name note", "从姓名格中分出的附注，如 已故、之妻", "remark split off the name cell", "L3"),
    "identity_number": _text(
        "公民身份号码", "identity number", "18 位规范号码；无效时为空", "canonical 18 characters; null unless valid", "L3"
    ),
    "identity_number_written": _text("证号原样", "number as delivered", "原样证号", "number as delivered", "L3"),
    "identity_partial": _text(
        "证号片段",
        "partial number",
        "受损或脱敏证号中可信的部分，未知位为 ?",
        "what a damaged or masked number still tells, ? for unknown",
        "L3",
    ),
    "identity_state_code": _text("证号状态", "number state", "证号是否可用", "whether the number can be used", codes="identity_state"),
    "birth_date": _date("出生日期", "birth date", "名册所载或证号所含的出生日期", "birth date as delivered or inside the number", "L3"),
    "birth_precision_code": _text(
        "出生日期精度", "birth precision", "日、月、年或由年龄推算", "day, month, year or derived from age", codes="birth_precision"
    ),
    "sex_code": _text("性别", "sex", "GB/T 2261.1", "GB/T 2261.1", codes="sex"),
    "ethnicity": _text("民族", "ethnic group", "原样民族名", "as delivered", "L3"),
    "place_code": _text("村居代码", "village code", "12 位区划代码", "12-digit place code", "L2"),
    "town_code": _text("镇街代码", "town code", "12 位镇街代码", "12-digit town code"),
    "address": _text("地址", "address", "原样地址", "address as delivered", "L3"),
    "phone_number": _text("电话", "phone", "规范电话号码", "normalised phone number", "L3"),
    "account_number": _text("银行账号", "bank account", "仅数字", "digits only", "L4"),
    "relation_code": _text("与户主关系", "relation to head", "GB/T 4761", "GB/T 4761", codes="relation"),
    "household_number": _text(
        "户号", "household number", "名册内的户标识，带名册前缀", "household mark within a roll, prefixed with the roll", "L3"
    ),
    "kin_name": _text(
        "亲属姓名",
        "kin named beside",
        "同一行中户主、监护人或亲属的比对姓名",
        "name key of the head, guardian or kin in the same row",
        "L3",
    ),
    "person_id": _text("人员编号", "person id", "本系统的终身编号，不复用", "our lasting id, never reused"),
    "other_person_id": _text("对方人员编号", "other person id", "关系另一方的人员编号", "our id of the other person"),
    "household_id": _text("家庭编号", "household id", "本系统的家庭编号，不复用", "our lasting household id, never reused"),
    "head_person_id": _text("户主人员编号", "head's person id", "户主的人员编号", "person id of the head"),
    "household_kind_code": _text(
        "家庭类型", "kind of household", "户籍户、救助家庭或居住户", "registration, aid or residence", codes="household_kind"
    ),
    "member_count": _count("人数", "members", "家庭人数", "number of members"),
    "profile_id": _text("档案片段编号", "profile id", "内容相同的提及合并为一个片段", "identical mentions collapsed into one"),
    "profile_id_l": _text("片段甲", "profile l", "编号较小的一方", "the lower profile of the pair"),
    "profile_id_r": _text("片段乙", "profile r", "编号较大的一方", "the higher profile of the pair"),
    "match_weight": _share("匹配权重", "match weight", "以 2 为底的对数证据，保留六位小数", "log2 evidence, rounded to six places"),
    "match_probability": _share(
        "匹配概率",
        "match probability",
        "两个片段属于同一人的概率，保留六位小数",
        "probability that both are one person, rounded to six places",
    ),
    "rule_label": _text("证据", "evidence", "促成比对的规则", "blocking rule that brought the pair together"),
    "method_code": _text(
        "关联方式", "method", "identity_number、model、judgement 或 single", "identity_number, model, judgement or single"
    ),
    "is_local": _flag("本地户籍", "local registration", "在本区户籍名册中", "stands on this district's household register"),
    "is_protected": _flag("受保护", "protected", "受保护人员；空值按受保护处理", "protected person; null is treated as protected", "L4"),
    "death_date": _date(
        "死亡日期",
        "date of death",
        "死亡名册所载；仅有注销日期时为注销日期",
        "from the death roll; the cancellation date when nothing else is known",
        "L3",
    ),
    "death_basis_code": _text(
        "死亡依据", "basis of death", "death 为死亡日期，cancelled 为注销日期", "death, or cancelled when only the cancellation is known"
    ),
    "mention_count": _count("提及数", "mentions", "支撑该人的行数", "rows that name the person"),
    "roll_count": _count("名册数", "rolls", "出现在几个名册", "rolls that name the person"),
    "first_month": _text("首次月份", "first month", "首次出现月份", "first month seen"),
    "last_month": _text("最近月份", "last month", "最近出现月份", "last month seen"),
    "basis_code": _text("依据", "basis", "declared 为名册申报，derived 为推导", "declared by a roll or derived"),
    "event_code": _text("事件", "event", "born、joined、left、split、merged、retired 等", "born, joined, left, split, merged, retired, …"),
    "entity_kind_code": _text("对象", "entity", "person 或 household", "person or household"),
    "entity_id": _text("对象编号", "entity id", "人员或家庭编号", "person or household id"),
    "related_entity_id": _text("相关编号", "related id", "并入或拆出的对方编号", "id on the other side of a split or merge"),
}

FACTS: Final[dict[str, Field]] = {
    "benefit_id": _text("待遇编号", "benefit id", "一次给付或一项资格", "one thing given"),
    "need_id": _text("需求编号", "need id", "一项需求证据", "one evidence of need"),
    "status_id": _text("状态编号", "status id", "一项人员状态", "one state of a person"),
    "case_id": _text("办件编号", "case id", "一次申请、线索或转介", "one application, lead or referral"),
    "relation_id": _text("关系编号", "relation id", "两人之间的一项关系", "one tie between two persons"),
    "programme_code": _text("项目", "programme", "见 programmes.yml", "as in programmes.yml"),
    "unit_code": _text("单位", "unit", "按人、户、票据、事件或房屋", "person, household, bill, case or dwelling", codes="unit"),
    "benefit_kind_code": _text(
        "给付性质", "kind of payment", "正常、补发、追缴、丧葬费等", "regular, arrears, recovery, funeral, …", codes="benefit_kind"
    ),
    "from_month": _text("起始月", "from month", "享受期间起始月 YYYY-MM", "first entitlement month, YYYY-MM"),
    "to_month": _text("截止月", "to month", "享受期间截止月 YYYY-MM，含当月", "last entitlement month, YYYY-MM, inclusive"),
    "amount": _amount("金额", "amount", "整个期间的金额", "amount for the whole period"),
    "paid_date": _date("发放日期", "paid on", "发放日期", "date of payment"),
    "event_number": _text("事件编号", "event number", "结算单号、救助编号或案号", "settlement, case or event number as issued", "L3"),
    "event_from_date": _date("事件起日", "event from", "入院日期或事发日期", "admission or start of the event", "L3"),
    "event_to_date": _date("事件止日", "event to", "出院日期", "discharge or end of the event", "L3"),
    "event_amount": _amount("事件总额", "event total", "给付方所记的票据总额", "total of the bill as this payer writes it"),
    "event_place": _text("事件地点", "event place", "医院或学校", "hospital or school", "L3"),
    "cause_code": _text("事由", "cause", "类别化的事由", "cause as a category", "L3"),
    "fund_code": _text("资金", "fund", "资金来源", "fund it was paid from"),
    "is_returned": _flag("退票", "returned", "银行退回", "returned by the bank"),
    "need_kind_code": _text("需求类型", "kind of need", "票据、大病、突发事件、就学", "bill, illness, event, schooling", codes="need_kind"),
    "need_number": _text("需求单号", "need number", "结算单号等", "settlement number or the like", "L3"),
    "in_policy_amount": _amount("目录内费用", "in-policy cost", "政策范围内费用", "cost inside the catalogue"),
    "basic_amount": _amount("基本医保", "basic insurance", "统筹补偿", "paid by basic insurance"),
    "major_amount": _amount("大病保险", "major illness insurance", "大病补偿", "paid by major illness insurance"),
    "medical_aid_amount": _amount("医疗救助", "medical aid", "民政医疗救助", "paid by medical aid"),
    "commercial_amount": _amount("商业保险", "commercial insurance", "商业保险赔付", "paid by commercial insurance"),
    "self_pay_amount": _amount("个人自付", "self-pay", "个人负担", "left to the person"),
    "status_kind_code": _text("状态类型", "kind of state", "死亡、残疾、在读等", "dead, disabled, enrolled, …", codes="status_kind"),
    "value_code": _text("状态值", "value", "如残疾等级、学段", "such as disability grade or school stage", "L4"),
    "category_code": _text("状态类别", "category", "如残疾类别、参合属性", "such as kind of disability or insured class", "L4"),
    "from_date": _date("起日", "from", "状态开始", "the state begins"),
    "to_date": _date("止日", "to", "状态结束", "the state ends"),
    "news_date": _date("获知日期", "news arrived", "消息到达名册的日期", "date the news reached the roll"),
    "reference_number": _text("凭证号", "reference number", "残疾证号、学籍号等", "number of the certificate or record", "L3"),
    "case_kind_code": _text("办件类型", "kind of case", "申请、线索、转介", "application, lead, referral", codes="case_kind"),
    "case_number": _text("受理编号", "case number", "原编号", "number as issued"),
    "step_code": _text("环节", "step", "处置状态", "state of handling"),
    "opened_date": _date("受理日期", "opened on", "受理或上报日期", "date opened or reported"),
    "due_date": _date("办结时限", "due on", "办结时限", "time limit"),
    "closed_date": _date("办结日期", "closed on", "办结日期", "date closed"),
    "result_code": _text("结果", "result", "办理结果", "result of the case"),
    "relation_kind_code": _text("关系", "tie", "对方相对于本人的关系", "what the other person is to this one", codes="relation_kind"),
}

FINDING_FIELDS: Final[dict[str, Field]] = {
    "finding_id": _text("疑点编号", "finding id", "跨月不变的编号", "id that survives runs"),
    "rule_id": _text("规则编号", "rule id", "见 rules.yml", "as in rules.yml"),
    "finding_kind_code": _text(
        "疑点类型",
        "kind of finding",
        "疑似重复、疑似遗漏、关联待核",
        "possible duplicate, possible missed, link to review",
        codes="finding_kind",
    ),
    "severity_code": _text("风险等级", "severity", "高、中、低", "high, medium, low", codes="severity"),
    "confidence_code": _text("置信度", "confidence", "高、中、低", "high, medium, low", codes="confidence"),
    "other_department": _text("关联部门", "other department", "另一方部门", "department on the other side"),
    "other_programme_code": _text("关联项目", "other programme", "另一方项目", "programme on the other side"),
    "overlap_from_month": _text("重叠起月", "overlap from", "重叠期间起始月", "first overlapping month"),
    "overlap_to_month": _text("重叠止月", "overlap to", "重叠期间截止月", "last overlapping month"),
    "excess_amount": _amount("疑似多发金额", "possible excess", "疑似多发金额；遗漏类为空", "possibly paid too much; null for missed aid"),
    "weakest_probability": _share(
        "最弱关联概率", "weakest link", "证据链中最弱的身份关联概率", "weakest identity link on the path of evidence"
    ),
    "finding_state_code": _text("状态", "state", "疑点状态", "state of the finding", codes="finding_state"),
    "exceptions_checked": _text(
        "例外检查", "exceptions checked", "已检查的例外情形及结果，分号分隔", "exceptions looked at and their result, semicolon separated"
    ),
    "legal_basis": _text("政策依据", "legal basis", "政策依据（请核对当地规定）", "legal basis (check local law)"),
    "suggestion_zh": _text("建议（中文）", "suggestion (zh)", "建议核查的做法", "what to check, Chinese"),
    "suggestion_en": _text("建议（英文）", "suggestion (en)", "建议核查的做法（英文）", "what to check, English"),
    "event_sequence": _count("事件序号", "event number", "该疑点的第几次事件", "ordinal of the event within the finding"),
    "note": _text("备注", "note", "补充说明", "remark"),
    "side_code": _text(
        "一方", "side", "this 为本部门，other 为关联部门，guard 为例外依据", "this, other, or guard for a checked exception"
    ),
    "fact_table": _text("事实表", "fact table", "证据所在的表", "table the evidence stands in"),
    "fact_id": _text("事实编号", "fact id", "证据在该表中的编号", "its id in that table"),
}

QUALITY: Final[dict[str, Field]] = {
    "table_name": _text("表", "table", "被检查的表", "table checked"),
    "check_name": _text("检查", "check", "检查名称", "name of the check"),
    "is_passed": _flag("通过", "passed", "检查通过", "the check passed"),
    "is_blocking": _flag("阻断", "blocking", "不通过则不发布", "publishing stops when it fails"),
    "failed_count": _count("不符数", "failures", "不符合的行数", "rows that fail"),
    "measure": _text("指标", "measure", "指标名", "name of the measure"),
    "value": _text("值", "value", "指标值", "its value"),
    "previous_month": _text("上次月份", "previous month", "上次交付的月份", "month of the roll's delivery before"),
    "previous_value": _text("上次值", "previous value", "上次交付的指标值", "the measure of the delivery before"),
    "change_share": _share(
        "变化", "change", "与上次相比的变化；比率类为百分点", "change since the delivery before; of shares the difference"
    ),
    "is_steady": _flag("平稳", "steady", "变化在限度之内；空为不作比较", "the change is within the limit; null where nothing is compared"),
    "previous_count": _count("上次行数", "previous rows", "上次交付入库的行数", "rows landed of the delivery before"),
    "delivery_hash": _text("交付指纹", "delivery hash", "所涉文件内容的 SHA-256", "SHA-256 of the files concerned"),
    "figure": _text("比对结果", "figure", "比对所得的数字，如 99.97%", "the figure that was compared, such as 99.97%"),
    "accepted_by": _text("放行人", "accepted by", "放行者的用户名", "user name of who let it pass", "L2"),
    "accepted_reason": _text("放行原因", "reason given", "放行时写明的原因", "the reason given for letting it pass", "L2"),
}

FIELDS: Final[dict[str, Field]] = {**PROVENANCE, **IDENTITY, **FACTS, **FINDING_FIELDS, **QUALITY}
