"""Rolls of pay: R41 the treasury's payroll, R41b declared kin of cadres and aid clerks, R42b the housing fund.

Belongs here: how these lists look. Does not belong here: who is paid what (`simulation.payroll`), who is whose kin
(`simulation.officials`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View


def here(view: View, rows: pl.DataFrame, person: str = "person") -> pl.DataFrame:
    """Return the rows whose person was alive when the month began and had not moved away."""
    gone = view.persons.filter((pl.col("death_date") < view.start) | (pl.col("moved_out_date") < view.start))
    return rows.join(gone.select(pl.col("person").alias(person)), on=person, how="anti", maintain_order="left")


def build_payroll(view: View) -> pl.DataFrame:
    """Return everybody the treasury pays this month, whatever the item."""
    rows = here(view, view.world.belongings.payroll).select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        单位=pl.col("unit"),
        岗位=pl.col("post"),
        应发=pl.col("pay"),
        月份=pl.lit(view.month),
    )
    return view.attach(rows, "@subject", 姓名="name", 身份证="number")


def build_official_kin(view: View) -> pl.DataFrame:
    """Return the declarations filed so far, one sheet a town; neither of the two has a number on it."""
    filed = view.world.belongings.declared.filter(pl.col("filed_date") <= view.end)
    rows = here(view, filed, "kin").select(
        pl.col("kin").alias("@key"),
        pl.col("kin").alias("@subject"),
        pl.col("clerk").alias("@clerk"),
        职务=pl.col("post"),
        关系=pl.col("relation"),
        享受项目=pl.col("programme"),
        备案日期=pl.col("filed_date"),
    )
    rows = view.attach(rows, "@clerk", 经办人="name", **{"@town": "town_name", "@village": "village_name"})
    return view.attach(rows, "@subject", 近亲属姓名="name").sort("@town", "@village", "备案日期", "@key")


def build_housing_fund(view: View) -> pl.DataFrame:
    """Return the accounts opened so far; sealed ones receive nothing."""
    opened = view.world.belongings.fund.filter(pl.col("opened_date") <= view.end)
    rows = here(view, opened).select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        单位=pl.col("unit"),
        缴存基数=pl.col("base"),
        月缴存额=pl.col("monthly"),
        状态=pl.col("state"),
    )
    return view.attach(rows, "@subject", 姓名="name", 身份证="number").sort("单位", "@key")


PAYROLL = Shape(
    roll="payroll",
    code="R41",
    title="财政统发工资表",
    department="finance",
    form="xlsx",
    heads=heads("单位|姓名=name|身份证=identity_number|岗位|应发=amount|月份=month"),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_payroll,
)

OFFICIAL_KIN = Shape(
    roll="official_kin",
    code="R41b",
    title="经办人员和村干部近亲属备案表",
    department="civil_affairs",
    form="xls",
    frequency="quarterly",
    heads=heads("序号=serial|经办人=name|职务|近亲属姓名=name|关系=relation|享受项目|备案日期=date"),
    parties=(Party("subject", 0, "近亲属姓名"), Party("clerk", 0, "经办人")),
    build=build_official_kin,
    split="town",
)

HOUSING_FUND = Shape(
    roll="housing_fund",
    code="R42b",
    title="住房公积金缴存明细",
    department="housing_fund",
    form="csv",
    frequency="quarterly",
    heads=heads("姓名=name|身份证=identity_number|单位|缴存基数=amount|月缴存额=amount|状态"),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_housing_fund,
)
