"""Lists of small help: R32b winter parcels, R33 twinned firms and offices, R34 village aid stations.

Belongs here: lists without numbers, where a village writes 阿水 or 林大头之妻. Does not belong here: who was helped
(`simulation.neighbours`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View

HOME = {"@town": "residence_town_name", "@village": "residence_village_name"}
CLERKS = ("陈主任", "林会计", "黄站长", "庄委员")
WITNESSES = ("村民代表", "老人会长", "小组长", "邻居")


def build_parcels(view: View) -> pl.DataFrame:
    """Return the parcels of the last winter campaign; somebody else may have signed."""
    begun = pl.col("given_date") <= view.end
    known = view.world.community.parcels.filter(begun)
    rows = known.filter(pl.col("year") == known["year"].max()).select(
        pl.col("parcel").alias("@key"), pl.col("person").alias("@subject"), 物资=pl.col("goods"), 价值=pl.col("value"),
        **{"签领(指印)": pl.col("signed_by")},
    )  # fmt: skip
    rows = view.attach(rows, "@subject", 户主="name", 村="residence_village_name", **HOME)
    return rows.sort("@town", "@village", "@key")


def build_pairings(view: View) -> pl.DataFrame:
    """Return the year's help by firms and offices; no number, only the head's name, the village and the size of the family."""
    rows = view.this_year(view.world.community.pairings, "given_date").select(
        pl.col("pairing").alias("@key"),
        pl.col("person").alias("@subject"),
        帮扶单位=pl.col("firm"),
        帮扶人=pl.col("helper"),
        家庭人口=pl.col("members").cast(pl.Int64),
        帮扶措施=pl.col("measure"),
        日期=pl.col("given_date"),
        **{"金额(物资折价)": pl.when(pl.col("amount") > 0).then("amount")},
    )
    return view.attach(rows, "@subject", 困难户户主="name", 村居="residence_village_name", **HOME).sort("日期", "@key")


def build_village_gifts(view: View) -> pl.DataFrame:
    """Return the year's gifts of the stations, one sheet a village; half the people stand under what the village calls them."""
    rows = view.this_year(view.world.community.village_gifts, "given_date").select(
        pl.col("gift").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.col("husband").alias("@husband"),
        "name_style",
        日期=pl.col("given_date"),
        事由=pl.col("reason"),
        经手人=_one_of(CLERKS, 5),
        证明人=_one_of(WITNESSES, 7),
        _amount=pl.col("amount"),
        _goods=pl.col("goods"),
    )
    rows = view.attach(rows, "@subject", _name="name", _surname="surname", **HOME)
    rows = view.attach(rows, "@husband", _husband="name", _clan="surname").drop("@husband")
    money = pl.format("{}元", pl.col("_amount") // 100)
    rows = rows.with_columns(
        _call_people().alias("受助户主"), pl.coalesce(pl.when(pl.col("_amount").is_not_null()).then(money), "_goods").alias("金额/物品")
    )
    return rows.select(pl.exclude("^_.*$", "name_style")).sort("@town", "@village", "日期", "@key")


def _one_of(words: tuple[str, ...], step: int) -> pl.Expr:
    return pl.lit(pl.Series(words)).gather(pl.col("gift") // step % len(words))


def _call_people() -> pl.Expr:
    """Return what a village calls its people: 阿水, 林大头, 林大头之妻, 陈木生之妻, or the full name."""
    style = pl.col("name_style")
    husband = pl.when(pl.col("@key") % 2 == 0).then(pl.col("_clan") + "大头").otherwise("_husband")
    return (
        pl.when(style == "nickname")
        .then(pl.lit("阿") + pl.col("_name").str.tail(1))
        .when(style == "big_head")
        .then(pl.col("_surname") + "大头")
        .when(style == "wife")
        .then(husband + "之妻")
        .otherwise("_name")
    )


PARCELS = Shape(
    roll="parcels",
    code="R32b",
    title="博爱送万家物资发放表",
    department="red_cross",
    form="xlsx",
    frequency="yearly",
    heads=heads("户主=name|村=place|物资|价值=amount|签领(指印)"),
    parties=(Party("subject", 0, "户主"),),
    build=build_parcels,
    split="town",
)

PAIRINGS = Shape(
    roll="pairings",
    code="R33",
    title="结对帮扶台账",
    department="poverty_alleviation",
    form="html",
    content="year_to_date",
    heads=heads("帮扶单位|帮扶人|困难户户主=name|村居=place|家庭人口=count|帮扶措施|金额(物资折价)=amount|日期=date"),
    parties=(Party("subject", 0, "困难户户主"),),
    build=build_pairings,
)

VILLAGE_STATIONS = Shape(
    roll="village_stations",
    code="R34",
    title="村级爱心援助站台账",
    department="village_stations",
    form="xls",
    content="year_to_date",
    heads=heads("日期=date|受助户主=name|事由|金额/物品|经手人|证明人"),
    parties=(Party("subject", 0, "受助户主"),),
    build=build_village_gifts,
    split="village",
)
