"""Temporary aid given twice for the same cause to one household (A23).

What it looks for: two cases of temporary aid with different case numbers, for the same cause, to people of one aid
household, within the months of the rule. What it lets pass: an advance and its final payment and instalments (one case number),
another cause, money from a charity that the charity's own roll has, and the next event after the months are over.

Sources: domain.md §2.2 rows 47 and 48; vignettes V8, V9.
"""

import polars as pl

from quality.amounts import to_amount, to_fen
from quality.facts import Facts, find_companions, select_benefits
from quality.leads import Leads, name_evidence, read_params, shape_evidence, shape_leads
from quality.periods import read_date_serial, write_serial
from registry.configuration import Settings
from registry.district import District, Rule
from registry.roll import Words


class Params(Settings):
    """Parameters of the family."""

    programme: str
    months: int = 12
    ignore_rolls: list[str] = []
    charity_funds: list[str] = []
    causes: dict[str, Words] = {}


def evaluate(facts: Facts, rule: Rule, district: District, month: str) -> Leads:
    """Return one lead per pair of cases."""
    params = read_params(rule, Params, district)
    payments = _select_payments(facts, params).collect().lazy()
    cases = _gather_cases(payments)
    pairs = _pair_cases(facts, cases, params, month).collect().lazy()
    evidence = [
        name_evidence(pairs.select("lead", pl.col(column).alias("case")).join(payments, on="case"), side, "benefits", "benefit_id")
        for column, side in (("case_later", "this"), ("case", "other"))
    ]
    return Leads(shape_leads(pairs), shape_evidence(*evidence))


def _select_payments(facts: Facts, params: Params) -> pl.LazyFrame:
    """Return payments with `case` (the number, or the payment itself when there is none) and `day`."""
    chosen = select_benefits(facts, [params.programme], params.ignore_rolls).filter(
        ~pl.col("is_returned").fill_null(False),
        ~pl.col("benefit_kind_code").is_in(["returned", "reversal", "recovery"]),
        ~pl.col("fund_code").is_in(params.charity_funds).fill_null(False),
    )
    named = chosen.with_columns(
        pl.coalesce("event_number", "benefit_id").alias("case"), pl.coalesce("paid_date", "event_from_date").alias("day")
    )
    return named.filter(pl.col("day").is_not_null())


def _gather_cases(payments: pl.LazyFrame) -> pl.LazyFrame:
    ordered = payments.sort("case", "day", "benefit_id")
    return ordered.group_by("case", maintain_order=True).agg(
        pl.col("person_id").first(),
        pl.col("cause_code").drop_nulls().first(),
        pl.col("department").first(),
        pl.col("day").min(),
        pl.coalesce("paid_date", "day").max().alias("last_day"),
        to_fen(pl.col("amount")).sum().alias("fen"),
    )


def _write_cause(params: Params) -> list[pl.Expr]:
    """Return the cause in both languages; a cause without a title is shown as its code."""
    code = pl.col("cause_code")
    return [
        code.replace({key: getattr(words, language) for key, words in params.causes.items()}).alias(f"extra_{language}")
        for language in ("zh", "en")
    ]


def _pair_cases(facts: Facts, cases: pl.LazyFrame, params: Params, month: str) -> pl.LazyFrame:
    """Return pairs of an earlier and a later case of one household and cause, each later case with the nearest earlier one."""
    known = cases.filter(pl.col("cause_code").is_not_null())
    related = known.join(find_companions(facts, known, month), on="person_id")
    pairs = related.join(known, left_on=["companion_id", "cause_code"], right_on=["person_id", "cause_code"], suffix="_later")
    is_later = (pl.col("day_later") > pl.col("day")) | ((pl.col("day_later") == pl.col("day")) & (pl.col("case_later") > pl.col("case")))
    inside = pl.col("day_later") <= pl.col("day").dt.offset_by(f"{params.months}mo")
    nearest = pairs.filter(is_later & inside).sort("case_later", "day", "case", descending=[False, True, True])
    nearest = nearest.unique("case_later", keep="first", maintain_order=True)
    first, last = write_serial(read_date_serial(pl.col("day"))), write_serial(read_date_serial(pl.col("day_later")))
    return nearest.select(
        pl.concat_str("case", "case_later", separator="|").alias("lead"),
        pl.col("companion_id").alias("person_id"),
        pl.when(pl.col("companion_id") != pl.col("person_id")).then(pl.col("person_id")).alias("other_person_id"),
        pl.lit(params.programme).alias("programme_code"),
        pl.lit(params.programme).alias("other_programme_code"),
        pl.col("department_later").alias("department"),
        pl.col("department").alias("other_department"),
        first.alias("from_month"),
        last.alias("to_month"),
        last.alias("overlap_from_month"),
        last.alias("overlap_to_month"),
        to_amount(pl.col("fen") + pl.col("fen_later")).alias("amount"),
        to_amount(pl.col("fen_later")).alias("excess_amount"),
        pl.concat_str("case", "case_later", separator="+").alias("event_key"),
        pl.concat_str("case", "case_later", separator=" / ").alias("event"),
        *_write_cause(params),
        "case",
        "case_later",
    )
