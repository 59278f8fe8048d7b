"""Rolls of social insurance: R14 health insurance of employees and townspeople, R20b contributions to the employees' pension.

Belongs here: how the insurance office lists who is insured and who pays in. Does not belong here: who works where
(`simulation.employment`), pensions paid (`simulation.rolls.pensions`).
"""

import polars as pl

from simulation.rolls.shape import Party, Shape, heads
from simulation.rolls.view import View, month_words

EMPLOYEE, TOWN = "职工基本医疗保险", "城镇居民基本医疗保险"
ENDED_LATELY = "-3mo"
"""Memberships that ended within this time still stand on the list as ended."""


def build_health_insurance(view: View) -> pl.DataFrame:
    """Return one row per insured person: employees and the retired, then townspeople; whoever left stands there a while as ended."""
    rows = pl.concat([_employees(view), _retired(view), _townspeople(view)], how="diagonal_relaxed")
    rows = view.attach(rows, "@subject", 姓名="name", 身份证="number", _dead="is_dead")
    rows = rows.with_columns(参保状态=pl.when("_dead").then(pl.lit("终止")).otherwise("参保状态"), 缴费年度=pl.lit(str(view.year)))
    return rows.sort("单位编号", "@key", nulls_last=True)


def _employees(view: View) -> pl.DataFrame:
    spells = view.world.livelihoods.employments.filter("is_in_health_insurance")
    lately = pl.lit(view.start).dt.offset_by(ENDED_LATELY).dt.strftime("%Y-%m")
    listed = spells.filter((pl.col("from_month") <= view.month) & (pl.col("to_month").is_null() | (pl.col("to_month") >= lately)))
    ended = (pl.col("to_month") < view.month).fill_null(value=False)
    paused = (pl.col("person") * 31 % 97 == 0) & ~ended
    return listed.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        个人编号=pl.col("personal_number"),
        险种=pl.lit(EMPLOYEE),
        单位编号=pl.col("employer_number"),
        单位名称=pl.col("employer"),
        参保状态=pl.when(ended).then(pl.lit("终止")).when(paused).then(pl.lit("暂停")).otherwise(pl.lit("正常")),
        缴费基数=pl.col("base"),
        参保起止=_span("from_month", pl.when(ended).then("to_month")),
    )


def _span(start: str, end: pl.Expr) -> pl.Expr:
    until = pl.when(end.is_null()).then(pl.lit("今")).otherwise(pl.format("{}年{}月", end.str.slice(0, 4), end.str.slice(5).cast(pl.Int64)))
    return pl.concat_str(month_words(start), pl.lit("至"), until)


def _retired(view: View) -> pl.DataFrame:
    pensions = view.world.livelihoods.employee_pensions
    unheard = pl.col("told_month").is_null() | (pl.col("told_month") >= view.month)
    drawing = pensions.filter((pl.col("from_month") <= view.month) & unheard & (pl.col("person") % 10 != 3))
    return drawing.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        个人编号=pl.col("personal_number"),
        险种=pl.lit(EMPLOYEE),
        单位编号=pl.lit("Q99998"),
        单位名称=pl.lit("退休人员管理服务中心"),
        参保状态=pl.lit("正常"),
        参保起止=_span("from_month", pl.lit(None, pl.String)),
    )


def _townspeople(view: View) -> pl.DataFrame:
    started = pl.col("from_date").dt.strftime("%Y-%m")
    return view.world.livelihoods.town_insured.with_columns(started=started).select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        个人编号=pl.col("personal_number"),
        险种=pl.lit(TOWN),
        参保状态=pl.lit("正常"),
        参保起止=_span("started", pl.lit(None, pl.String)),
    )


def build_contributions(view: View) -> pl.DataFrame:
    """Return one row per person for whom a contribution was paid this month; who draws unemployment money may be among them."""
    spells = view.in_force(view.world.livelihoods.employments)
    rows = spells.select(
        pl.col("person").alias("@key"),
        pl.col("person").alias("@subject"),
        个人编号=pl.col("personal_number"),
        单位=pl.col("employer"),
        缴费基数=pl.col("base"),
        缴费年月=pl.lit(view.month),
        _number=pl.col("employer_number"),
    )
    return view.attach(rows, "@subject", 姓名="name", 身份证="number").sort("_number", "@key")


WIDTHS = (12, 30, 44, 24, 8, 40, 8, 14, 28, 6)
"""Bytes of each column as the old insurance program prints them; a number typed in full width takes 36."""

HEALTH_INSURANCE = Shape(
    roll="health_insurance",
    code="R14",
    title="医保参保名册",
    department="human_resources",
    form="fixed",
    widths=WIDTHS,
    frequency="quarterly",
    heads=heads("个人编号|姓名=name|身份证=identity_number|险种|单位编号|单位名称|参保状态|缴费基数=amount|参保起止|缴费年度"),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_health_insurance,
)

CONTRIBUTIONS = Shape(
    roll="pension_contributions",
    code="R20b",
    title="职工养老缴费明细",
    department="human_resources",
    form="tsv",
    frequency="quarterly",
    heads=heads("个人编号|姓名=name|身份证=identity_number|单位|缴费基数=amount|缴费年月=month"),
    parties=(Party("subject", 0, "姓名", "身份证"),),
    build=build_contributions,
)
