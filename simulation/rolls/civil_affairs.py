"""Rolls of people who draw basic living aid: R01 and R02 (低保), R05 (特困).

Belongs here: how Civil Affairs lists its households and persons each month. Does not belong here: its payment lists and
ledgers (`simulation.rolls.civil_affairs_payments`), or who is entitled (`simulation.aid`).
"""

import polars as pl

from registry.schema.codes import KINSHIP
from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View, month_words, yes_no

RELATIONS = {code: text.zh for code, text in KINSHIP.items()} | {"01": "本人", "02": "户主", "50": "父母"}
FUNERAL_KEYS = 1 << 40
MARRIAGES = {"10": "未婚", "20": "已婚", "30": "丧偶", "40": "离异"}


def place_words(rows: pl.DataFrame, view: View, column: str = "@subject") -> pl.DataFrame:
    """Return `rows` with @town and @village of the person in `column`."""
    return view.attach(rows, column, **{"@town": "town_name", "@village": "village_name"})


def build_dibao_households(view: View) -> pl.DataFrame:
    """Return one row per household drawing this month; the end date is written only for a fixed grace period."""
    cases = view.in_force(view.world.dibao_cases).select(
        pl.col("case").alias("@key"),
        pl.col("head").alias("@subject"),
        申请类别=pl.col("category"),
        低保户类型=pl.col("class_code"),
        致贫原因=pl.col("cause"),
        家庭户口性质=pl.when(pl.col("category").str.contains("城")).then(pl.lit("非农业")).otherwise(pl.lit("农业")),
        家庭类别=pl.lit("一般低保户"),
        家庭人数=pl.col("members").cast(pl.Int64),
        享受人数=pl.col("enjoying").cast(pl.Int64),
        月人均收入=pl.col("income_per_head"),
        救助金额=pl.col("amount"),
        救助开始日期=(pl.col("from_month") + "-01").str.to_date("%Y-%m-%d"),
        救助结束日期=_month_end("grace_until"),
        救助证编号=pl.col("certificate_number"),
        备注=pl.when(pl.col("grace_until").is_not_null()).then(pl.lit("渐退期至") + month_words("grace_until")),
    )
    particulars = {
        "户主姓名": "name",
        "户主身份证": "number",
        "开户银行": "bank",
        "开户人": "name",
        "银行帐号": "account",
        "联系电话": "phone",
    }
    rows = place_words(view.attach(cases, "@subject", **particulars), view)
    return rows.with_columns(
        pl.concat_str(pl.lit("Q区"), "@town").alias("行政区划"),
        pl.col("@town").alias("镇(街)"),
        pl.col("@village").alias("村(社区)"),
    ).sort("@town", "@village", "@key")


def _month_end(column: str) -> pl.Expr:
    return (pl.col(column).cast(pl.String) + "-01").str.to_date("%Y-%m-%d", strict=False).dt.month_end()


def build_dibao_members(view: View) -> pl.DataFrame:
    """Return one row per member of a drawing household, those who do not draw included."""
    cases = view.in_force(view.world.dibao_cases).select("case", pl.col("head").alias("@head"), "cause")
    members = view.in_force(view.world.dibao_members).join(cases, on="case", maintain_order="left")
    rows = members.select(
        "case",
        "cause",
        (pl.col("case") * 64 + pl.col("person") % 64).alias("@key"),
        pl.col("person").alias("@subject"),
        "@head",
        与户主关系=pl.col("relation_code").replace_strict(RELATIONS, default="其它"),
        是否享受=yes_no(pl.col("enjoys"), "享受", "不享受"),
        不享受原因=pl.when(~pl.col("enjoys")).then(pl.lit("有固定收入")),
    )
    rows = view.attach(rows, "@head", 户主姓名="name", 户主身份证="number", **{"@town": "town_name", "@village": "village_name"})
    own = {"姓名": "name", "身份证号": "number", "性别": "sex", "出生日期": "birth_date", "年龄": "age", "文化程度": "education"}
    rows = view.attach(rows, "@subject", **own, 医保卡号="insurance_number", _marriage="marriage_code", _is_insured="is_insured")
    rows = rows.join(_disabled(view), left_on="@subject", right_on="person", how="left", maintain_order="left")
    rows = rows.join(_at_school(view), left_on="@subject", right_on="person", how="left", maintain_order="left")
    return rows.with_columns(
        婚姻状况=pl.col("_marriage").replace_strict(MARRIAGES, default="其它"),
        人员类别=pl.when(pl.col("年龄") >= 60)
        .then(pl.lit("老年人"))
        .when(pl.col("年龄") < 18)
        .then(pl.lit("未成年人"))
        .otherwise(pl.lit("成年人")),
        职业状况=pl.when(pl.col("年龄") >= 60)
        .then(pl.lit("老年人"))
        .when(pl.col("就学阶段").is_not_null())
        .then(pl.lit("在校生"))
        .otherwise(pl.lit("灵活就业")),
        健康状况=pl.when(pl.col("残疾类别").is_not_null()).then(pl.lit("残疾")).otherwise(pl.lit("一般")),
        户口性质=pl.lit("农业"),
        医疗保险=yes_no(pl.col("_is_insured"), "新农合", "未参加"),
    ).sort("@town", "@village", "case", (pl.col("@subject") != pl.col("@head")), "@subject")


def _disabled(view: View) -> pl.DataFrame:
    """Return the certificate of each holder, one a person."""
    held = view.world.disabilities.filter((pl.col("issued_date") <= view.end) & (pl.col("state") == "正常"))
    digits = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}
    return held.unique("person", keep="first", maintain_order=True).select(
        "person",
        残疾类别=pl.col("kind"),
        残疾等级=pl.col("grade").cast(pl.String).replace(digits),
        残疾证号=pl.col("certificate_number"),
    )


def _at_school(view: View) -> pl.DataFrame:
    """Return the stage of each pupil, one a person."""
    there = view.world.students.filter((pl.col("from_date") <= view.end) & (pl.col("to_date").is_null() | (pl.col("to_date") > view.end)))
    return there.unique("person", keep="last", maintain_order=True).select("person", 就学阶段=pl.col("stage"))


def build_tekun(view: View) -> pl.DataFrame:
    """Return one row per 特困 person; money of those in institutions goes to the institution's account.

    A funeral payment of the month stands on the same roll, told apart by the remark only.
    """
    listed = view.in_force(view.world.tekun).select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.col("carer").cast(pl.Int64).alias("@carer"),
        供养方式=pl.col("care_code"),
        供养机构=pl.col("institution"),
        自理能力=pl.col("self_care"),
        基本生活标准=pl.col("basic"),
        照料护理标准=pl.col("care"),
        月发放合计=pl.col("basic") + pl.col("care"),
        账号=pl.col("account"),
        起始年月=pl.col("from_month"),
        照料协议起止=pl.when(pl.col("carer").is_not_null()).then(pl.format("{}-{}", pl.col("from_month"), pl.lit("长期"))),
    )
    destitute = view.world.tekun["person"].implode()
    funerals = view.world.payments.filter(
        (pl.col("kind") == "funeral") & pl.col("person").is_in(destitute) & pl.col("paid_date").is_between(view.start, view.end)
    ).select(
        (pl.col("person") + FUNERAL_KEYS).alias("@key"),
        pl.col("person").alias("@subject"),
        月发放合计=pl.col("amount"),
        账号=pl.col("account"),
        备注=pl.lit("丧葬费"),
    )
    rows = pl.concat([listed, funerals], how="diagonal_relaxed")
    own = {"姓名": "name", "性别": "sex", "身份证号码": "number", "出生年月": "birth_date", "民族": "ethnicity", "开户银行": "bank"}
    rows = place_words(view.attach(rows, "@subject", **own), view)
    rows = view.attach(rows, "@carer", 照料人姓名="name", 照料人身份证="number")
    return rows.with_columns(镇街=pl.col("@town"), 村居=pl.col("@village"), 户籍类别=pl.lit("农村")).sort("@town", "@village", "@key")


DIBAO_HOUSEHOLDS = Shape(
    roll="dibao_households",
    code="R01",
    title="低保家庭花名册",
    department="civil_affairs",
    form="xls",
    heads=heads(
        "序号=serial|行政区划|镇(街)|村(社区)=place|户主姓名=name|户主身份证=identity_number|申请类别|家庭类别|低保户类型|致贫原因|家庭户口性质|"
        "家庭人数=count|享受人数=count|月人均收入=amount|救助金额=amount|救助开始日期=date|救助结束日期=date|开户银行|开户人=account_name|"
        "银行帐号=account|救助证编号|联系电话=phone|备注"
    ),
    parties=(Party("subject", 0, "户主姓名", "户主身份证"),),
    build=build_dibao_households,
    split="town",
    subtotals=True,
    hidden="致贫原因",
)

DIBAO_MEMBERS = Shape(
    roll="dibao_members",
    code="R02",
    title="低保家庭成员",
    department="civil_affairs",
    form="xlsx",
    heads=heads(
        ">户主情况|户主姓名=name|户主身份证=identity_number|>成员情况|与户主关系=relation|姓名=name|身份证号=identity_number|性别=sex|出生日期=date|年龄=count|"
        "是否享受|不享受原因|人员类别|职业状况|健康状况|特定救助对象|工作单位|月收入=amount|户口性质|婚姻状况|文化程度|政治面貌|残疾类别|残疾等级|就学阶段|"
        "残疾证号=certificate|劳动能力|>参保情况|养老保险|医疗保险|医疗类型|医保卡号|失业保险|失业证号|>|备注"
    ),
    parties=(Party("subject", 0, "姓名", "身份证号", "@head"), Party("head", 0, "户主姓名", "户主身份证")),
    build=build_dibao_members,
    split="town",
    hidden="政治面貌",
)

TEKUN = Shape(
    roll="tekun",
    code="R05",
    title="特困人员供养花名册",
    department="civil_affairs",
    form="xlsx",
    heads=heads(
        "镇街|村居=place|姓名=name|性别=sex|身份证号码=identity_number|出生年月=date|民族|户籍类别|供养方式|供养机构|自理能力|基本生活标准=amount|"
        "照料护理标准=amount|月发放合计=amount|照料人姓名=name|照料人身份证=identity_number|照料协议起止|开户银行|账号=account|起始年月=month|备注"
    ),
    parties=(Party("subject", 0, "姓名", "身份证号码", "@carer"), Party("carer", 0, "照料人姓名", "照料人身份证")),
    build=build_tekun,
    repeat_header=40,
)
