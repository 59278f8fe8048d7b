"""Joint list of gifts for pupils and students: R25, of the education association, the union and the charity federation.

Belongs here: how the givers' list looks and which season a delivery shows. Does not belong here: who was helped
(`simulation.school_gifts`).
"""

from datetime import date

import polars as pl

from simulation.rolls.civil_affairs import place_words
from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View


def build_school_gifts(view: View) -> pl.DataFrame:
    """Return the gifts since the last list: the spring term's in April, admissions in October; a first list shows half a year."""
    since = _find_start(view)
    rows = view.world.community.school_gifts.filter(pl.col("paid_date").is_between(pl.lit(since), pl.lit(view.end))).select(
        pl.col("gift").alias("@key"),
        pl.col("person").alias("@subject"),
        pl.col("giver").alias("@file"),
        录取学校=pl.col("school"),
        录取批次=pl.col("batch"),
        学制=pl.format("{}年", "years"),
        助学类型=pl.col("kind"),
        困难类型=pl.col("hardship"),
        家庭月人均收入=pl.col("income"),
        历年累计救助金额=pl.col("earlier"),
        本次金额=pl.col("amount"),
        发放单位=pl.col("giver"),
        发放日期=pl.col("paid_date"),
    )
    rows = place_words(view.attach(rows, "@subject", 姓名="name", 身份证="number"), view)
    return rows.with_columns(镇街=pl.col("@town"), 村居=pl.col("@village")).sort("@file", "发放日期", "@key")


def _find_start(view: View) -> date:
    """Return the day after the list before this one."""
    at = view.year * 12 + view.number - 1
    before = next(month for month in range(at - 1, at - 13, -1) if month % 12 in (3, 9))
    start = date((before + 1) // 12, (before + 1) % 12 + 1, 1)
    if view.is_first:
        return min(start, date((at - 6) // 12, (at - 6) % 12 + 1, 1))
    begun = View(view.world, view.first, view.first, view.seed).end
    return max(start, date.fromordinal(begun.toordinal() + 1))


SCHOOL_GIFTS = Shape(
    roll="school_gifts",
    code="R25",
    title="社会助学名册",
    department="education_promotion",
    form="xlsx",
    frequency="semester",
    content="new_rows",
    heads=heads(
        "序号=serial|镇街|村居=place|姓名=name|身份证=identity_number|录取学校|录取批次|学制|助学类型|困难类型|家庭月人均收入=amount|历年累计救助金额=amount|"
        "本次金额=amount|发放单位|发放日期=date"
    ),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_school_gifts,
    split="file",
    is_packed=True,
)
