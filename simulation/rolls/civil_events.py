"""Rolls of civil affairs on life events: R42c marriages and divorces, R42d cremations.

Belongs here: how the marriage register and the funeral home list them. Does not belong here: who marries or dies
(`simulation.civil_events`).

A cremation is listed within the month; the police roll of deaths (R30) may follow a year later.
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View


def build_marriages(view: View) -> pl.DataFrame:
    """Return the year's entries, husband and wife in one row; a divorced pair stands in the same columns."""
    rows = view.this_year(view.world.belongings.registrations, "registered_date").select(
        pl.col("entry").alias("@key"),
        pl.col("husband").alias("@subject"),
        pl.col("wife").alias("@spouse"),
        登记日期=pl.col("registered_date"),
        业务类型=pl.col("business"),
    )
    rows = view.attach(rows, "@subject", 男方姓名="name", 男方身份证="number")
    return view.attach(rows, "@spouse", 女方姓名="name", 女方身份证="number").sort("登记日期", "@key")


def build_cremations(view: View) -> pl.DataFrame:
    """Return the year's cremations."""
    rows = view.this_year(view.world.belongings.cremations, "cremated_date").select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.col("mourner").alias("@applicant"),
        火化日期=pl.col("cremated_date"),
    )
    rows = view.attach(rows, "@subject", 逝者="name", 身份证="number", _town="town_name", _village="village_name")
    rows = rows.with_columns(户籍地=pl.concat_str("_town", "_village"))
    return view.attach(rows, "@applicant", 丧属="name").drop("_town", "_village").sort("火化日期", "@key")


MARRIAGES = Shape(
    roll="marriages",
    code="R42c",
    title="婚姻登记台账",
    department="civil_affairs",
    form="xlsx",
    content="year_to_date",
    heads=heads("男方姓名=name|男方身份证=identity_number|女方姓名=name|女方身份证=identity_number|登记日期=date|业务类型"),
    parties=(Party("subject", 0, "男方姓名", "男方身份证"), Party("spouse", 0, "女方姓名", "女方身份证", "@subject")),
    build=build_marriages,
)

CREMATIONS = Shape(
    roll="cremations",
    code="R42d",
    title="殡葬火化名册",
    department="civil_affairs",
    form="xls",
    content="year_to_date",
    heads=heads("序号=serial|逝者=name|身份证=identity_number|火化日期=date|户籍地=place|丧属=name"),
    parties=(Party("subject", 0, "逝者", "身份证"), Party("applicant", 0, "丧属")),
    build=build_cremations,
)
