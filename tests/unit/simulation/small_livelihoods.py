"""The health and social security frames of the small hand-made World."""

from datetime import date

import polars as pl

from simulation.livelihoods import Livelihoods

PENSION_STOPS = {
    "proof_month": 1 + pl.col("at") % 12,
    "proof_day": 1 + pl.col("at") % 27,
    "paid_to": pl.when(pl.col("at") % 20 == 3).then(pl.lit("2016-03")),
    "resumes": pl.lit(None, pl.String),
    "told_month": pl.when(pl.col("at") % 40 == 3).then(pl.lit("2016-03")),
    "gone_month": pl.when(pl.col("at") % 40 == 3).then(pl.lit("2016-01")),
}


def _rows(count: int, step: int, **columns: pl.Expr) -> pl.DataFrame:
    at = pl.DataFrame({"at": pl.int_range(count, dtype=pl.Int64, eager=True)})
    return at.select(person=pl.col("at") * step, **columns)


def _number(start: int) -> pl.Expr:
    return (pl.col("at") + start).cast(pl.String)


def _insurance(at: pl.Expr) -> dict[str, pl.DataFrame]:
    return {
        "employments": _rows(
            400, 5, personal_number=_number(3_000_000_000), employer_number=pl.format("Q{}", 10_000 + at % 9),
            employer=pl.format("Q区恒盛石化{}厂", at % 9), base=240_000 + at * 1_000, from_month=pl.lit("2012-07"),
            to_month=pl.when(at % 30 == 1).then(pl.lit("2016-05")), is_in_health_insurance=at % 5 > 0,
        ),
        "town_insured": _rows(60, 7, personal_number=_number(3_500_000_000), from_date=pl.lit(date(2014, 1, 1))),
        "employee_pensions": _rows(
            90, 13, personal_number=_number(3_600_000_000), retired_date=pl.lit(date(2010, 5, 1)), retirement=pl.lit("正常退休"),
            amount=200_000 + at * 700, bank=pl.lit("邮政储蓄银行"), account=pl.format("6230{}", _number(10**11)),
            from_month=pl.lit("2010-05"), **PENSION_STOPS,
        ),
        "resident_pensions": _rows(
            200, 9, personal_number=_number(6_000_000_000), basic=pl.lit(10_000), own=at * 10, extra=pl.lit(0),
            account=pl.format("6230{}", _number(10**11)), from_month=pl.lit("2012-01"), **PENSION_STOPS,
        ),
    }  # fmt: skip


def _work(at: pl.Expr) -> dict[str, pl.DataFrame]:
    return {
        "jobless": _rows(
            40, 31, lost_date=pl.lit(date(2015, 8, 3)) + pl.duration(days=at), months=pl.lit(18), rate=pl.lit(105_000),
            from_month=pl.lit("2015-09"), to_month=pl.when(at % 4 == 0).then(pl.lit("2016-03")).otherwise(pl.lit("2017-02")),
            stop_reason=pl.lit("重新就业"), account=pl.format("6230{}", _number(10**11)),
        ),
        "posts": _rows(
            40, 37, hardship=pl.lit("4050"), post=pl.lit("村级保洁员"), home_village=at % 100,
            from_date=pl.lit(date(2014, 7, 1)) + pl.duration(days=at * 3), to_date=pl.lit(date(2017, 6, 30)), subsidy=pl.lit(130_000),
            insurance_subsidy=pl.lit(46_800),
        ),
        "hard_to_place": _rows(
            60, 23, hardship=pl.lit("长期失业"), registered_date=pl.lit(date(2015, 1, 5)) + pl.duration(days=at),
            recognised_date=pl.lit(date(2015, 3, 5)) + pl.duration(days=at),
        ),
        "jobless_families": _rows(
            40, 3, family=at // 2 + 1, head=at // 2 * 6, size=pl.lit(3), recognised_date=pl.lit(date(2015, 9, 1)) + pl.duration(days=at)
        ),
    }  # fmt: skip


def _care(at: pl.Expr) -> dict[str, pl.DataFrame]:
    return {
        "signed_care": _rows(
            300, 6, group=pl.when(at % 2 == 0).then(pl.lit("高血压")).otherwise(pl.lit("老年人")), centre=pl.lit("SY卫生院"),
            doctor=pl.lit("陈医生"), signed_date=pl.lit(date(2015, 9, 1)) + pl.duration(days=at), visited_after=30 + at % 60,
        ),
        "grave_patients": _rows(
            80, 12, year=pl.lit(2016), kind=pl.lit("恶性肿瘤"), diagnosed_date=pl.lit(date(2016, 1, 3)) + pl.duration(days=at),
            hospital=pl.lit("市第一医院"), listed_date=pl.lit(date(2016, 2, 3)) + pl.duration(days=at),
        ),
        "mental_patients": _rows(
            60, 29, patient_number=_number(1), diagnosis=pl.lit("精神分裂症"), risk=(at % 6).cast(pl.String), care_state=pl.lit("规范管理"),
            taking=pl.lit("规律服药"), guardian=pl.when(at % 7 > 0).then(at * 29 // 4 * 4 + 1), has_agreement=at % 2 == 0,
            reward=pl.when((at % 2 == 0) & (at % 7 > 0)).then(120_000), account=pl.format("6230{}", _number(10**11)),
        ),
        "death_certificates": _rows(
            40, 50, place=pl.lit("家中"), cause=pl.lit("脑血管病"), icd=pl.lit("I64"), relative=pl.col("at") * 50 + 1,
            relation=pl.lit("女"), report_date=pl.lit(date(2016, 2, 1)) + pl.duration(days=pl.col("at")),
        ).with_columns(pl.col("person") + 7),
        "birth_certificates": _rows(
            40, 8, number=pl.format("P35{}", _number(10**7)), hospital=pl.lit("Q区医院"),
            issue_date=pl.lit(date(2016, 1, 10)) + pl.duration(days=at),
        ).with_columns(pl.col("person") + 2),
    }  # fmt: skip


def make_livelihoods() -> Livelihoods:
    """Return the frames; persons below 2000 exist in the small world."""
    at = pl.col("at")
    return Livelihoods(**_insurance(at), **_work(at), **_care(at))
