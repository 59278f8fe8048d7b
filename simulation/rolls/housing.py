"""Roll of Housing and Construction: R26 public housing, its members in wide columns.

Belongs here: how the housing office lists families. Does not belong here: who is housed (`simulation.aid`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View

MEMBERS = 4


def build_public_housing(view: View) -> pl.DataFrame:
    """Return one row per family under contract this month, up to four further members beside the couple."""
    held = view.world.housing.filter((pl.col("from_date") <= view.end) & (pl.col("to_date").is_null() | (pl.col("to_date") >= view.start)))
    rows = held.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.col("spouse").cast(pl.Int64).alias("@spouse"),
        *(pl.col("members").list.get(at, null_on_oob=True).cast(pl.Int64).alias(f"@member{at + 1}") for at in range(MEMBERS)),
        保障人口数=(1 + pl.col("spouse").is_not_null().cast(pl.Int64) + pl.col("members").list.len().fill_null(0).cast(pl.Int64)),
        保障方式=pl.col("form"),
        面积=pl.col("area").cast(pl.String),
        月租金=pl.col("rent"),
        月补贴=pl.col("subsidy"),
        合同开始时间=pl.col("from_date"),
        合同结束时间=pl.col("to_date"),
        **{"房源号/中签门牌号": pl.col("dwelling_number")},
    ).sort("@key")
    rows = rows.with_columns(家庭序号=pl.format("GZF{}", pl.col("@key").cast(pl.String).str.zfill(7)))
    rows = view.attach(rows, "@subject", 申请人姓名="name", 申请人身份证号="number", _town="town_name", _village="village_name")
    rows = rows.with_columns(户籍所在地=pl.concat_str("_town", "_village"))
    rows = view.attach(rows, "@spouse", 配偶姓名="name", 配偶身份证号="number")
    for at in range(1, MEMBERS + 1):
        rows = view.attach(rows, f"@member{at}", **{f"家庭保障人姓名{at}": "name", f"家庭保障人身份证号码{at}": "number"})
    return rows


_MEMBER_HEADS = "|".join(f"家庭保障人姓名{at}=name|家庭保障人身份证号码{at}=identity_number" for at in range(1, MEMBERS + 1))

PUBLIC_HOUSING = Shape(
    roll="public_housing",
    code="R26",
    title="公租房保障家庭名册",
    department="housing",
    form="xlsx",
    frequency="quarterly",
    heads=heads(
        f"家庭序号|申请人姓名=name|申请人身份证号=identity_number|配偶姓名=name|配偶身份证号=identity_number|{_MEMBER_HEADS}|户籍所在地=place|保障人口数=count|"
        "家庭人均收入=amount|人均住房面积|保障方式|房源号/中签门牌号|面积|月租金=amount|月补贴=amount|合同开始时间=date|合同结束时间=date"
    ),
    parties=(
        Party("subject", 0, "申请人姓名", "申请人身份证号"),
        Party("spouse", 0, "配偶姓名", "配偶身份证号", "@subject"),
        *(Party("member", at, f"家庭保障人姓名{at}", f"家庭保障人身份证号码{at}", "@subject") for at in range(1, MEMBERS + 1)),
    ),
    build=build_public_housing,
)
