"""Rolls of homes: R27 dilapidated houses, R28 title deeds, R28b contracts for new flats.

Belongs here: how the housing office and the land registry list them. Does not belong here: who owns what (`simulation.property`,
`simulation.house_repairs`).

A home with several owners stands on several rows under one certificate number, as the registry exports it.
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View


def build_house_repairs(view: View) -> pl.DataFrame:
    """Return the plan of the year; the date of completion is blank until the house is finished."""
    plan = view.world.belongings.repairs.filter(pl.col("year") == view.year)
    rows = plan.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        农户贫困类型=pl.col("class"),
        家庭人口=pl.col("members"),
        改造方式=pl.col("mode"),
        危房等级=pl.col("grade"),
        列入计划的年度=pl.col("year").cast(pl.String),
        建筑面积=pl.col("area").cast(pl.String),
        补助金额=pl.col("amount"),
        竣工时间=pl.when(pl.col("finished_date") <= view.end).then("finished_date"),
    )
    own = {"农户姓名": "name", "身份证": "number", "账号": "account", "@town": "town_name", "@village": "village_name"}
    return view.attach(rows, "@subject", **own).sort("@town", "@village", "@key")


def build_real_estate(view: View) -> pl.DataFrame:
    """Return every registered home in force, a row per owner."""
    deeds = view.world.belongings.deeds.with_row_index("row").filter(pl.col("registered_date") <= view.end)
    rows = deeds.select(
        pl.col("row").cast(pl.Int64).alias("@key"),
        pl.col("owner").alias("@subject"),
        房产登记日=pl.col("registered_date"),
        产权证号=pl.col("certificate_number"),
        共有情况=pl.col("share"),
        房屋坐落=pl.col("address"),
        房号=pl.col("room"),
        建筑面积=pl.col("area"),
        规划用途=pl.col("use"),
        产权取得方式=pl.col("acquired"),
    )
    return view.attach(rows, "@subject", 产权所有人="name", 身份证号="number").sort("房产登记日", "@key")


def build_home_sales(view: View) -> pl.DataFrame:
    """Return the year's contracts."""
    rows = view.this_year(view.world.belongings.sales.with_row_index("row"), "bought_date").select(
        pl.col("row").cast(pl.Int64).alias("@key"),
        pl.col("buyer").alias("@subject"),
        房屋面积=pl.col("area"),
        坐落及房号=pl.col("address"),
        购房日期=pl.col("bought_date"),
    )
    return view.attach(rows, "@subject", 购房人="name", 身份证号="number").sort("购房日期", "@key")


HOUSE_REPAIRS = Shape(
    roll="house_repairs",
    code="R27",
    title="农村危房改造名册",
    department="housing",
    form="xls",
    frequency="quarterly",
    content="year_to_date",
    heads=heads(
        "序号=serial|农户姓名=name|身份证=identity_number|农户贫困类型|家庭人口=count|改造方式|危房等级|列入计划的年度|建筑面积|补助金额=amount|竣工时间=date|账号=account"
    ),
    parties=(Party("subject", 0, "农户姓名", "身份证"),),
    build=build_house_repairs,
    split="town",
)

REAL_ESTATE = Shape(
    roll="real_estate",
    code="R28",
    title="不动产登记信息",
    department="land_resources",
    form="csv",
    frequency="yearly",
    heads=heads("房产登记日=date|产权证号|产权所有人=name|身份证号=identity_number|共有情况|房屋坐落|房号|建筑面积|规划用途|产权取得方式"),
    parties=(Party("subject", 0, "产权所有人", "身份证号"),),
    build=build_real_estate,
)

HOME_SALES = Shape(
    roll="home_sales",
    code="R28b",
    title="商品房网签备案",
    department="housing",
    form="xlsx",
    content="year_to_date",
    heads=heads("购房人=name|身份证号=identity_number|房屋面积|坐落及房号|购房日期=date"),
    parties=(Party("subject", 0, "购房人", "身份证号"),),
    build=build_home_sales,
)
