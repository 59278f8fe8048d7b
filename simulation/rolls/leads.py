"""Clues in free text: R35 appeals on the web, R36b leads of volunteers, R36c leads of clan associations.

Belongs here: how each of them tells a need, and what had become of it by the month's end. Does not belong here: the grid
workers' log (`simulation.rolls.windows`), or whose need it is (`simulation.referrals`, `simulation.crowdfunding`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View

SETTLED_AFTER, APPLIED_AFTER = 25, 60
"""Days after which a lead is settled; one that led to an application is followed for longer."""

HOME = {"@town": "residence_town_name", "@village": "residence_village_name", "_group": "residence_group_number"}


def build_crowdfunding(view: View) -> pl.DataFrame:
    """Return the year's appeals as a platform tells them; the village is what the starter says, or nothing."""
    rows = view.this_year(view.world.community.crowdfunding, "started_date").select(
        pl.col("project").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.col("starter").alias("@applicant"),
        平台=pl.col("platform"),
        项目编号=pl.format("ZC{}{}", pl.col("started_date").dt.strftime("%Y%m"), pl.col("project").cast(pl.String).str.zfill(5)),
        病种=pl.col("disease"),
        目标金额=pl.col("target"),
        已筹金额=pl.col("raised"),
        发起日期=pl.col("started_date"),
        _says="says_place",
    )
    rows = view.attach(rows, "@subject", 患者="name", _village="residence_village_name")
    rows = view.attach(rows, "@applicant", 发起人="name")
    return rows.with_columns(pl.when("_says").then("_village").alias("村居(自报)")).drop("_says", "_village").sort("发起日期", "@key")


def _build_leads(view: View, leads: pl.DataFrame, letters: str) -> pl.DataFrame:
    age = (pl.lit(view.end) - pl.col("reported_date")).dt.total_days()
    is_open = age <= pl.when(pl.col("has_applied")).then(APPLIED_AFTER).otherwise(SETTLED_AFTER)
    rows = view.this_year(leads, "reported_date").select(
        pl.col("lead").alias("@key"),
        pl.col("person").alias("@subject"),
        "kind",
        "story",
        "band",
        "has_number",
        _number=pl.format(letters + "{}{}", pl.col("reported_date").dt.strftime("%Y%m"), pl.col("lead").cast(pl.String).str.zfill(5)),
        上报时间=pl.col("reported_date"),
        处置状态=pl.when(is_open).then(pl.lit("处理中")).otherwise(pl.lit("归档")),
        反馈=pl.when(~is_open).then(pl.lit("已上门看望")),
    )
    rows = view.attach(rows, "@subject", 当事人="name", _identity="number", 电话="phone", **HOME)
    place = pl.when(pl.col("@key") % 3 == 0).then(pl.format("{}{}组", "@village", "_group")).otherwise(pl.col("@town") + pl.col("@village"))
    return rows.with_columns(pl.when("has_number").then("_identity").alias("_identity"), place.alias("地址描述")).sort("上报时间", "@key")


def build_volunteer_leads(view: View) -> pl.DataFrame:
    """Return the year's leads of volunteers: a kind is ticked, the rest is told."""
    rows = _build_leads(view, view.world.community.volunteer_leads, "ZY")
    told = {"事件编号": "_number", "服务队": "band", "事件类别": "kind", "身份证": "_identity", "事件描述": "story"}
    return rows.rename({old: new for new, old in told.items()}).with_columns(志愿者=pl.lit("志愿者")).drop("has_number", "_group")


def build_clan_leads(view: View) -> pl.DataFrame:
    """Return the year's leads of the clans: no number, no kind, the story says it all."""
    rows = _build_leads(view, view.world.community.clan_leads, "ZQ")
    told = {"事件编号": "_number", "宗亲会": "band", "事件描述": "story"}
    return rows.rename({old: new for new, old in told.items()}).drop("has_number", "_group", "_identity", "kind")


CROWDFUNDING = Shape(
    roll="crowdfunding",
    code="R35",
    title="网络众筹线索",
    department="charity_federation",
    form="parquet",
    content="year_to_date",
    heads=heads("平台|项目编号|发起人=name|患者=name|病种|目标金额=amount|已筹金额=amount|发起日期=date|村居(自报)=place"),
    parties=(Party("subject", 0, "患者"), Party("applicant", 0, "发起人")),
    build=build_crowdfunding,
)

VOLUNTEER_LEADS = Shape(
    roll="volunteer_leads",
    code="R36b",
    title="志愿者上报线索",
    department="volunteers",
    form="tsv",
    encoding="utf-8",
    content="year_to_date",
    heads=heads(
        "事件编号|上报时间=date|服务队|志愿者|事件类别|当事人=name|身份证=identity_number|电话=phone|地址描述|事件描述|处置状态|反馈"
    ),
    parties=(Party("subject", 0, "当事人", "身份证"),),
    build=build_volunteer_leads,
)

CLAN_LEADS = Shape(
    roll="clan_leads",
    code="R36c",
    title="宗亲上报线索",
    department="clans",
    form="utf16",
    content="year_to_date",
    heads=heads("事件编号|上报时间=date|宗亲会|当事人=name|电话=phone|地址描述|事件描述|处置状态|反馈"),
    parties=(Party("subject", 0, "当事人"),),
    build=build_clan_leads,
)
