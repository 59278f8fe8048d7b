"""Rolls of Public Security: R29 household register, R30 deaths and cancellations.

Belongs here: how the police list people and cancellations. Does not belong here: who lives, marries or dies (`simulation`'s lives).
"""

import polars as pl

from registry.schema.codes import KINSHIP
from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View, yes_no

RELATIONS = {code: text.zh for code, text in KINSHIP.items()}
MARRIAGES = {"10": "未婚", "20": "已婚", "30": "丧偶", "40": "离婚"}


def build_hukou(view: View) -> pl.DataFrame:
    """Return one row per person ever on the register: the dead whose death nobody reported stand there as living."""
    registered = pl.col("birth_registered_date").is_null() | (pl.col("birth_registered_date") <= view.end)
    people = view.persons.filter(pl.col("is_local") & pl.col("is_born") & registered)
    dead = (pl.col("death_registered_date") <= view.end).fill_null(value=False)
    moved = (pl.col("moved_out_date") <= view.end).fill_null(value=False)
    rows = people.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        *(pl.col(kin).cast(pl.Int64).alias(f"@{kin}") for kin in ("father", "mother", "spouse")),
        "has_kin_numbers",
        "book",
        pl.col("town_name").alias("@town"),
        pl.col("village_name").alias("@village"),
        户号=pl.col("village_code").str.slice(6) + pl.col("book").cast(pl.String).str.zfill(6),
        姓名=pl.col("name"),
        曾用名=pl.col("former_name"),
        与户主关系=pl.col("book_relation_code").replace_strict(RELATIONS, default="其他"),
        性别=pl.col("sex"),
        民族=pl.col("ethnicity"),
        出生日期=pl.col("birth_date"),
        公民身份号码=pl.col("number"),
        户别=pl.lit("家庭户"),
        婚姻状况=pl.col("marriage_code").replace_strict(MARRIAGES, default="未婚"),
        文化程度=pl.col("education"),
        籍贯=pl.lit("福建"),
        户籍地址=pl.format("{}{}{}组{}号", "town_name", "village_name", "group_number", "house_number"),
        街路巷门牌=pl.format("{}组{}号", "group_number", "house_number"),
        所属村居=pl.col("village_name"),
        注销标识=pl.when(dead | moved).then(pl.lit("是")).otherwise(pl.lit("否")),
        注销原因=pl.when(dead).then(pl.lit("死亡")).when(moved).then(pl.lit("迁出")),
        注销日期=pl.when(dead).then("death_registered_date").when(moved).then("moved_out_date"),
    )
    for kin, word in (("father", "父亲"), ("mother", "母亲"), ("spouse", "配偶")):
        rows = view.attach(rows, f"@{kin}", **{f"{word}姓名": "name", "_kin_number": "number"})
        rows = rows.with_columns(pl.when("has_kin_numbers").then("_kin_number").alias(f"{word}身份证")).drop("_kin_number")
    return rows.sort("户号", "@key")


def build_deaths(view: View) -> pl.DataFrame:
    """Return the year's cancelled registrations of the dead; the death itself may lie a year back."""
    gone = view.this_year(view.persons.filter(pl.col("is_local") & pl.col("death_date").is_not_null()), "death_registered_date")
    return gone.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        姓名=pl.col("name"),
        身份证=pl.col("identity_number"),
        死亡日期=pl.col("death_date"),
        注销日期=pl.col("death_registered_date"),
        死亡原因=yes_no(pl.col("age") >= 60, "疾病死亡", "其他"),
    ).sort("注销日期", "@key")


HUKOU = Shape(
    roll="hukou",
    code="R29",
    title="户籍人口",
    department="public_security",
    form="csv",
    frequency="quarterly",
    heads=heads(
        "户号|姓名=name|曾用名|与户主关系=relation|性别=sex|民族|出生日期=date|公民身份号码=identity_number|户别|婚姻状况|文化程度|籍贯|户籍地址|街路巷门牌|所属村居=place|"
        "何时何地迁来|注销标识|注销原因|注销日期=date|父亲姓名=name|父亲身份证=identity_number|母亲姓名=name|母亲身份证=identity_number|配偶姓名=name|"
        "配偶身份证=identity_number"
    ),
    parties=(
        Party("subject", 0, "姓名", "公民身份号码"),
        Party("father", 0, "父亲姓名", "父亲身份证"),
        Party("mother", 0, "母亲姓名", "母亲身份证"),
        Party("spouse", 0, "配偶姓名", "配偶身份证"),
    ),
    build=build_hukou,
)

DEATHS = Shape(
    roll="deaths",
    code="R30",
    title="死亡注销名册",
    department="public_security",
    form="csv",
    content="year_to_date",
    heads=heads("姓名=name|身份证=identity_number|死亡日期=date|注销日期=date|死亡原因"),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_deaths,
)
