"""Rolls of Education: R23 school register, R24 student aid.

Belongs here: how schools list pupils and grants. Does not belong here: who goes to school (`simulation`'s lives).
"""

from datetime import date

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View, yes_no

STAGES = ("学前", "小学", "初中", "高中", "中职")
SCHEMES = {"EDU_K": "学前教育资助", "EDU_C": "义务教育家庭经济困难学生生活补助", "EDU_H": "普通高中国家助学金", "EDU_V": "中职国家助学金"}
GROUPS = {"EDU_K": "学前组", "EDU_C": "义务教育组", "EDU_H": "普通高中组", "EDU_V": "中职组"}


def parent_of(rows: pl.DataFrame, view: View, into: str) -> pl.DataFrame:
    """Return `rows` with the parent the school knows: the father, or the mother where there is none or he is away or dead."""
    rows = view.attach(rows, "@subject", _father="father", _mother="mother")
    rows = view.attach(rows, "_father", _father_away="is_away", _father_dead="is_dead")
    rows = view.attach(rows, "_mother", _mother_dead="is_dead")
    father = pl.when(~pl.col("_father_dead") & ~pl.col("_father_away")).then("_father")
    mother = pl.when(~pl.col("_mother_dead")).then("_mother")
    living = pl.when(~pl.col("_father_dead")).then("_father")
    return rows.with_columns(pl.coalesce(father, mother, living).alias(into))


def build_school_register(view: View) -> pl.DataFrame:
    """Return one row per pupil of this semester; those who left during the school year still stand there with their state."""
    begun = date(view.year - (view.number < 9), 9, 1)
    there = view.world.students.filter(
        pl.col("stage").is_in(STAGES) & (pl.col("from_date") <= view.end) & (pl.col("to_date").is_null() | (pl.col("to_date") >= begun))
    ).unique("person", keep="last", maintain_order=True)
    rows = there.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        年级=pl.col("grade"),
        班级=pl.col("class_name"),
        学校=pl.col("school"),
        就读方式=yes_no(pl.col("boarding").cast(pl.String).is_in(["true", "住宿", "是", "寄宿"]), "住宿", "走读"),
        学籍状态=pl.col("state"),
    )
    living = view.persons.filter(~pl.col("is_dead")).select(pl.col("person").alias("@subject"))
    rows = parent_of(rows.join(living, on="@subject", how="semi", maintain_order="left"), view, "@guardian")
    own = {
        "学生姓名": "name",
        "性别": "sex",
        "身份证件号": "number",
        "出生日期": "birth_date",
        "_village": "village_name",
        "_town": "town_name",
        "_local": "is_local",
    }
    rows = view.attach(rows, "@subject", **own)
    rows = view.attach(rows, "@guardian", 家长姓名="name", 家长电话="phone")
    return rows.with_columns(
        户口所在地=pl.concat_str("_town", "_village"),
        学籍号=pl.lit("G") + pl.col("身份证件号"),
        身份证件类型=pl.when(pl.col("身份证件号").is_not_null()).then(pl.lit("居民身份证")),
        是否随迁=yes_no(~pl.col("_local")),
        是否留守=yes_no(pl.col("_father_away").fill_null(value=False)),
    ).sort("学校", "年级", "班级", "@key")


def build_student_aid(view: View) -> pl.DataFrame:
    """Return the grants of the last semester paid by now (schools are paid late in April and October)."""
    paid = view.paid(*SCHEMES).filter(pl.col("paid_date") <= view.end)
    grants = paid.filter(pl.col("from_month") == pl.col("from_month").max())
    autumn, start = pl.col("from_month").str.slice(5).cast(pl.Int64) >= 8, pl.col("from_month").str.slice(0, 4).cast(pl.Int64)
    year = pl.when(autumn).then(start).otherwise(start - 1)
    rows = grants.select(
        pl.col("payment").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.when(pl.col("payee") != pl.col("person")).then("payee").cast(pl.Int64).alias("@guardian"),
        pl.col("programme_code").replace_strict(GROUPS).alias("@file"),
        学年=pl.format("{}-{}学年", year, year + 1),
        学期=yes_no(autumn, "第一学期", "第二学期"),
        资助项目=pl.col("programme_code").replace_strict(SCHEMES),
        资助金额=pl.col("amount"),
        银行卡号=pl.col("account"),
        公示情况=pl.lit("已公示"),
    )
    rows = parent_of(rows, view, "_parent").with_columns(pl.coalesce("@guardian", "_parent").alias("@guardian"))
    rows = view.attach(rows, "@subject", 姓名="name", 身份证="number")
    rows = view.attach(rows, "@guardian", 监护人身份证="number", **{"家长/监护人姓名": "name"})
    schools = view.world.students.filter(
        (pl.col("from_date") <= view.end) & (pl.col("to_date").is_null() | (pl.col("to_date") >= view.start))
    )
    schools = schools.unique("person", keep="last", maintain_order=True)
    rows = rows.join(
        schools.select(
            pl.col("person").alias("@subject"), 学校=pl.col("school"), 年级班级=pl.col("grade") + pl.col("class_name").cast(pl.String)
        ),
        on="@subject",
        how="left",
        maintain_order="left",
    )
    tekun, dibao = view.in_force(view.world.tekun)["person"].implode(), view.on_dibao().implode()
    disabled = view.world.disabilities.filter(pl.col("issued_date") <= view.end)["person"].unique().implode()
    return rows.with_columns(
        困难类型=pl.when(pl.col("@subject").is_in(dibao))
        .then(pl.lit("低保"))
        .when(pl.col("@subject").is_in(tekun))
        .then(pl.lit("特困"))
        .when(pl.col("@subject").is_in(disabled))
        .then(pl.lit("残疾"))
        .otherwise(pl.lit("其他")),
        困难等级=yes_no(pl.col("@subject").is_in(dibao), "特别困难", "一般困难"),
        开户名=pl.coalesce("家长/监护人姓名", "姓名"),
    ).sort("@file", "学校", "@key")


SCHOOL_REGISTER = Shape(
    roll="school_register",
    code="R23",
    title="学籍名册",
    department="education",
    form="csv",
    encoding="utf-8-sig",
    frequency="semester",
    heads=heads(
        "学籍号|学生姓名=name|性别=sex|身份证件类型|身份证件号=identity_number|出生日期=date|年级|班级|学校|户口所在地=place|家长姓名=name|家长电话=phone|"
        "就读方式|是否随迁=boolean|是否留守=boolean|学籍状态"
    ),
    parties=(Party("subject", 0, "学生姓名", "身份证件号", "@guardian"), Party("guardian", 0, "家长姓名")),
    build=build_school_register,
)

STUDENT_AID = Shape(
    roll="student_aid",
    code="R24",
    title="学生资助名册",
    department="education",
    form="xlsx",
    frequency="semester",
    content="new_rows",
    heads=heads(
        "学年|学期|学校|姓名=name|身份证=identity_number|年级班级|困难类型|困难等级|资助项目|资助金额=amount|家长/监护人姓名=name|监护人身份证=identity_number|"
        "银行卡号=account|开户名=account_name|公示情况"
    ),
    parties=(Party("subject", 0, "姓名", "身份证", "@guardian"), Party("guardian", 0, "家长/监护人姓名", "监护人身份证")),
    build=build_student_aid,
    split="file",
)
