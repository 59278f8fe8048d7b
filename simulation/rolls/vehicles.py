"""Roll of the traffic police: R30b motor vehicles.

Belongs here: how the vehicle register is exported. Does not belong here: who holds which plate (`simulation.vehicles`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View


def build_vehicles(view: View) -> pl.DataFrame:
    """Return every plate given out, the cancelled and scrapped among them."""
    held = view.world.belongings.vehicles.filter(pl.col("registered_date") <= view.end)
    rows = held.select(
        pl.col("vehicle").alias("@key"),
        pl.col("owner").alias("@subject"),
        初次登记时间=pl.col("registered_date"),
        车辆类型=pl.col("kind"),
        车辆品牌=pl.col("brand"),
        号牌种类=pl.col("plate_kind"),
        车牌号=pl.col("plate"),
        使用性质=pl.col("use"),
        状态=pl.col("state"),
    )
    return view.attach(rows, "@subject", 车辆所有人="name", 身份证号="number").sort("初次登记时间", "@key")


VEHICLES = Shape(
    roll="vehicles",
    code="R30b",
    title="机动车登记信息",
    department="public_security",
    form="csv",
    frequency="yearly",
    heads=heads("车辆所有人=name|身份证号=identity_number|初次登记时间=date|车辆类型|车辆品牌|号牌种类|车牌号|使用性质|状态"),
    parties=(Party("subject", 0, "车辆所有人", "身份证号"),),
    build=build_vehicles,
)
