"""Rolls of medical certificates: R18 deaths, R18b births.

Belongs here: how the health office lists the papers its hospitals wrote. Does not belong here: the police registration of the
same deaths and births (`simulation.rolls.public_security`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View


def build_death_certificates(view: View) -> pl.DataFrame:
    """Return the year's certificates of death with the relative who asked for them."""
    reported = view.this_year(view.world.livelihoods.death_certificates, "report_date")
    rows = reported.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.col("relative").alias("@applicant"),
        死亡地点=pl.col("place"),
        根本死因=pl.col("cause"),
        ICD=pl.col("icd"),
        关系=pl.col("relation"),
        报告日期=pl.col("report_date"),
    )
    own = {"死者姓名": "name", "性别": "sex", "身份证": "number", "出生日期": "birth_date", "死亡日期": "death_date"}
    rows = view.attach(rows, "@subject", **own, _town="residence_town_name")
    rows = view.attach(rows, "@applicant", 家属姓名="name")
    at_home = pl.col("死亡地点") == "家中"
    unit = pl.when(at_home).then(pl.concat_str(pl.col("_town").str.replace("街道|镇", ""), pl.lit("卫生院"))).otherwise(pl.lit("Q区医院"))
    return rows.with_columns(报告单位=unit).sort("报告日期", "@key")


def build_birth_certificates(view: View) -> pl.DataFrame:
    """Return the year's certificates of birth: the child has no number yet, mother and father have one."""
    issued = view.this_year(view.world.livelihoods.birth_certificates, "issue_date")
    rows = issued.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        出生证编号=pl.col("number"),
        接生机构=pl.col("hospital"),
        签发日期=pl.col("issue_date"),
    )
    own = {"新生儿姓名": "name", "性别": "sex", "出生日期": "birth_date", "@mother": "mother", "@father": "father"}
    rows = view.attach(rows, "@subject", **own, _town="residence_town_name", _village="residence_village_name")
    rows = view.attach(rows, "@mother", 母亲姓名="name", 母亲身份证="number")
    rows = view.attach(rows, "@father", 父亲姓名="name", 父亲身份证="number")
    return rows.with_columns(住址=pl.concat_str("_town", "_village")).sort("签发日期", "@key")


DEATH_CERTIFICATES = Shape(
    roll="death_certificates",
    code="R18",
    title="死亡医学证明名册",
    department="health",
    form="xls",
    content="year_to_date",
    heads=heads(
        "死者姓名=name|性别=sex|身份证=identity_number|出生日期=date|死亡日期=date|死亡地点|根本死因|ICD|家属姓名=name|关系=relation|报告单位|报告日期=date"
    ),
    parties=(Party("subject", 0, "死者姓名", "身份证"), Party("applicant", 0, "家属姓名")),
    build=build_death_certificates,
)

BIRTH_CERTIFICATES = Shape(
    roll="birth_certificates",
    code="R18b",
    title="出生医学证明名册",
    department="health",
    form="xlsx",
    content="year_to_date",
    heads=heads(
        "出生证编号|新生儿姓名=name|性别=sex|出生日期=date|母亲姓名=name|母亲身份证=identity_number|父亲姓名=name|父亲身份证=identity_number|住址=place|"
        "接生机构|签发日期=date"
    ),
    parties=(
        Party("subject", 0, "新生儿姓名"),
        Party("mother", 0, "母亲姓名", "母亲身份证"),
        Party("father", 0, "父亲姓名", "父亲身份证"),
    ),
    build=build_birth_certificates,
)
