"""Roll of market supervision: R42 firms, stalls and cooperatives.

Belongs here: how the register is exported. Does not belong here: who is behind which entity (`simulation.businesses`).

A company's further investors stand in the cell of its representative, parted by 、; the number beside is the first one's.
Cooperatives have a row for each member.
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View


def build_businesses(view: View) -> pl.DataFrame:
    """Return every entity founded so far, the revoked and the cancelled among them."""
    founded = view.world.belongings.businesses.with_row_index("row").filter(pl.col("founded_date") <= view.end)
    rows = founded.select(
        pl.col("row").cast(pl.Int64).alias("@key"),
        pl.col("person").alias("@subject"),
        pl.col("second").alias("@second"),
        pl.col("third").alias("@third"),
        统一社会信用代码=pl.col("code"),
        名称=pl.col("name"),
        类型=pl.col("kind"),
        注册资本=pl.col("capital"),
        成立日期=pl.col("founded_date"),
        状态=pl.col("state"),
    )
    rows = view.attach(rows, "@subject", _first="name", 身份证="number")
    rows = view.attach(view.attach(rows, "@second", _second="name"), "@third", _third="name")
    names = pl.concat_str("_first", "_second", "_third", separator="、", ignore_nulls=True)
    return (
        rows.with_columns(names.alias("法定代表人/投资人"))
        .drop("_first", "_second", "_third", "@second", "@third")
        .sort("成立日期", "@key")
    )


BUSINESSES = Shape(
    roll="businesses",
    code="R42",
    title="市场主体登记信息",
    department="market_supervision",
    form="xlsx",
    frequency="yearly",
    heads=heads("统一社会信用代码|名称|类型|法定代表人/投资人=name|身份证=identity_number|注册资本=amount|成立日期=date|状态"),
    parties=(Party("subject", 0, "法定代表人/投资人", "身份证"),),
    build=build_businesses,
)
