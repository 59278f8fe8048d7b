"""List of the named funds and their donors: R31b of the charity federation.

Belongs here: who gave, to which fund, on what conditions, and what is spent. Does not belong here: whom the funds help
(`simulation.rolls.charities`): a donor is no recipient.
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View


def build_donations(view: View) -> pl.DataFrame:
    """Return the year's donations; a firm stands where a person's name would, with somebody to call."""
    rows = view.this_year(view.world.community.donations, "donated_date").select(
        pl.col("donation").alias("@key"),
        pl.col("person").alias("@donor"),
        pl.col("contact").alias("@clerk"),
        pl.col("donor").alias("_firm"),
        捐赠编号=pl.format("JZ{}{}", pl.col("donated_date").dt.year(), pl.col("donation").cast(pl.String).str.zfill(5)),
        捐赠日期=pl.col("donated_date"),
        捐赠人类别=pl.when(pl.col("person").is_not_null()).then(pl.lit("个人")).otherwise(pl.lit("单位")),
        冠名基金=pl.col("fund"),
        捐赠条件=pl.col("conditions"),
        捐赠金额=pl.col("amount"),
        用途=pl.col("purpose"),
        已使用金额=pl.col("used"),
    )
    rows = view.attach(rows, "@donor", _name="name", _phone="phone")
    rows = view.attach(rows, "@clerk", 联系人="name", _desk="phone")
    told = rows.with_columns(捐赠人=pl.coalesce("_name", "_firm"), 联系电话=pl.coalesce("_phone", "_desk"))
    return told.drop("_name", "_firm", "_phone", "_desk").sort("捐赠日期", "@key")


DONATIONS = Shape(
    roll="donations",
    code="R31b",
    title="冠名基金捐赠台账",
    department="charity_federation",
    form="xlsx",
    content="year_to_date",
    heads=heads(
        "捐赠编号|捐赠日期=date|捐赠人=name|捐赠人类别|联系人=name|联系电话=phone|冠名基金|捐赠条件|捐赠金额=amount|用途|已使用金额=amount"
    ),
    parties=(Party("donor", 0, "捐赠人"), Party("clerk", 0, "联系人")),
    build=build_donations,
)
