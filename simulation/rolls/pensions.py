"""Rolls of pensions: R19 residents' pension, R20 employees' pension.

Belongs here: how the office lists pensions paid, resting and ended. Does not belong here: who draws one and when the office
hears of a death (`simulation.pensions`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View

PAID, RESTING, ENDED = "正常", "暂停", "终止"
UNPROVEN, DEAD, MOVED = "未按时生存认证", "死亡", "户籍迁出"


def read_states(view: View, pensions: pl.DataFrame) -> pl.DataFrame:
    """Return the pensions that stand on the list this month with `state`, `reason` and `proved_on`.

    Ended pensions stay on the list until the year is over; a pension paid after a death is listed like any other.
    """
    told = (pl.col("told_month") <= view.month).fill_null(value=False)
    paid = pl.col("paid_to").is_null() | (pl.col("paid_to") >= view.month) | (pl.col("resumes") <= view.month).fill_null(value=False)
    started = pensions.filter(pl.col("from_month") <= view.month)
    people = view.persons.select("person", is_gone_by_death=pl.col("death_date").is_not_null())
    rows = started.join(people, on="person", how="left", maintain_order="left").with_columns(
        state=pl.when(paid).then(pl.lit(PAID)).when(told).then(pl.lit(ENDED)).otherwise(pl.lit(RESTING)),
        proved_on=_last_proof(view),
    )
    why_ended = pl.when("is_gone_by_death").then(pl.lit(DEAD)).otherwise(pl.lit(MOVED))
    reason = pl.when(pl.col("state") == ENDED).then(why_ended).when(pl.col("state") == RESTING).then(pl.lit(UNPROVEN))
    in_year = (pl.col("state") != ENDED) | (pl.col("told_month") >= f"{view.year}-01")
    return rows.with_columns(reason=reason).filter(in_year)


def _last_proof(view: View) -> pl.Expr:
    """Return the day of the latest proof of life: in the month of the birthday, before a death, not the one that was missed."""

    def serial(month: str) -> pl.Expr:
        return pl.col(month).str.slice(0, 4).cast(pl.Int32) * 12 + pl.col(month).str.slice(5).cast(pl.Int32) - 1

    now = pl.lit(view.year * 12 + view.number - 1)
    resting = pl.col("resumes").is_not_null()
    came = resting & (serial("resumes") <= now)
    missed = pl.when(resting & ~came).then(serial("paid_to") - 3)
    until = pl.min_horizontal(now, serial("gone_month"), missed)
    last = until - (until - (pl.col("proof_month").cast(pl.Int32) - 1)) % 12
    last = pl.when(came).then(pl.max_horizontal(last, serial("resumes"))).otherwise(last)
    return pl.date(last // 12, last % 12 + 1, pl.col("proof_day"))


def build_resident_pension(view: View) -> pl.DataFrame:
    """Return the residents' pension list: nobody is paid whose state is not 正常."""
    pensions = read_states(view, view.world.livelihoods.resident_pensions)
    rows = pensions.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        个人编号=pl.col("personal_number"),
        待遇起始年月=pl.col("from_month"),
        基础养老金=pl.col("basic"),
        个人账户养老金=pl.col("own"),
        加发=pl.col("extra"),
        月发放额=pl.col("basic") + pl.col("own") + pl.col("extra"),
        发放状态=pl.col("state"),
        暂停原因=pl.col("reason"),
        生存认证时间=pl.col("proved_on"),
        账号=pl.col("account"),
    )
    own = {"姓名": "name", "身份证": "number", "村居": "village_name", "@town": "town_name", "@village": "village_name"}
    return view.attach(rows, "@subject", **own).sort("@town", "@village", "@key")


def build_employee_pension(view: View) -> pl.DataFrame:
    """Return the employees' pension list."""
    pensions = read_states(view, view.world.livelihoods.employee_pensions)
    state = pl.col("state").replace({ENDED: "停发"})
    rows = pensions.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        个人编号=pl.col("personal_number"),
        退休时间=pl.col("retired_date"),
        退休类别=pl.col("retirement"),
        月养老金=pl.col("amount"),
        发放银行=pl.col("bank"),
        状态=state,
    )
    return view.attach(rows, "@subject", 姓名="name", 身份证="number").sort("@key")


RESIDENT_PENSION = Shape(
    roll="resident_pension",
    code="R19",
    title="城乡居民养老保险发放",
    department="human_resources",
    form="csv",
    heads=heads(
        "个人编号|姓名=name|身份证=identity_number|村居=place|待遇起始年月=month|基础养老金=amount|个人账户养老金=amount|加发=amount|月发放额=amount|"
        "发放状态|暂停原因|生存认证时间=date|账号=account"
    ),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_resident_pension,
)

EMPLOYEE_PENSION = Shape(
    roll="employee_pension",
    code="R20",
    title="职工养老金发放",
    department="human_resources",
    form="html",
    heads=heads("个人编号|姓名=name|身份证=identity_number|退休时间=date|退休类别|月养老金=amount|发放银行|状态"),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_employee_pension,
)
