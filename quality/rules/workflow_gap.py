"""A lead from the grid that nobody has turned into an application (M13).

What it looks for: leads of the rule's causes that are still open after the days the rule gives. What it lets pass: leads closed
or dropped, and leads whose person, or a member of the aid household, has applied since (or up to `days_before` days earlier,
where one visit made both). An application by a namesake without a number makes it a link review.

Sources: domain.md §3.3 M13.
"""

from datetime import timedelta

import polars as pl

from quality.facts import Facts, find_companions, find_namesakes
from quality.leads import Leads, name_evidence, read_params, shape_evidence, shape_leads
from quality.periods import find_month_end, read_date_serial, write_serial
from registry.configuration import Settings
from registry.district import District, Rule
from registry.roll import Words


class Params(Settings):
    """Parameters of the family."""

    causes: dict[str, Words]
    open_steps: list[str]
    days: int = 30
    days_before: int = 0


def evaluate(facts: Facts, rule: Rule, district: District, month: str) -> Leads:
    """Return one lead per open report without an application."""
    params = read_params(rule, Params, district)
    reports = _select_reports(facts, params, month)
    applied = facts.cases.lazy().filter(pl.col("case_kind_code") == "application", pl.col("person_id").is_not_null())
    applied = applied.select(pl.col("person_id").alias("companion_id"), pl.col("opened_date").alias("applied_on"))
    met = reports.join(find_companions(facts, reports, month), on="person_id").join(applied, on="companion_id").filter(_is_in_time(params))
    waiting = reports.join(met.select("case_id").unique(), on="case_id", how="anti").collect().lazy()
    namesakes = find_namesakes(facts, waiting, applied.rename({"companion_id": "person_id"}))
    unsettled = waiting.join(namesakes, on="person_id").join(applied, left_on="namesake_id", right_on="companion_id")
    unsettled = unsettled.filter(_is_in_time(params)).select("case_id").unique().with_columns(pl.lit(True).alias("is_uncertain"))
    leads = _describe_reports(waiting.join(unsettled, on="case_id", how="left"), params, month)
    once = leads.sort("lead", "case_id").unique("lead", keep="first", maintain_order=True).collect().lazy()
    return Leads(shape_leads(once), shape_evidence(name_evidence(once, "this", "cases", "case_id")))


def _select_reports(facts: Facts, params: Params, month: str) -> pl.LazyFrame:
    """Return the open reports that are old enough; a date nobody can read must not hide a need, so it counts as old."""
    old_enough = pl.col("opened_date") < find_month_end(month) - timedelta(days=params.days)
    return facts.cases.lazy().filter(
        pl.col("case_kind_code") == "lead",
        pl.col("person_id").is_not_null(),
        pl.col("cause_code").is_in(list(params.causes)),
        pl.col("step_code").is_in(params.open_steps),
        old_enough.fill_null(True),
    )


def _is_in_time(params: Params) -> pl.Expr:
    """Return whether an application answers a report; where either date cannot be read it does."""
    return (pl.col("applied_on") >= pl.col("opened_date") - timedelta(days=params.days_before)).fill_null(True)


def _describe_reports(reports: pl.LazyFrame, params: Params, month: str) -> pl.LazyFrame:
    number = pl.coalesce("case_number", "case_id")
    words = [
        pl.col("cause_code")
        .replace_strict({code: getattr(titles, language) for code, titles in params.causes.items()})
        .alias(f"extra_{language}")
        for language in ("zh", "en")
    ]
    return reports.select(
        number.alias("lead"),
        "person_id",
        "department",
        write_serial(read_date_serial(pl.col("opened_date"))).alias("from_month"),
        pl.lit(month).alias("to_month"),
        number.alias("event_key"),
        number.alias("event"),
        *words,
        pl.when(pl.col("opened_date").is_null()).then(pl.lit("low")).alias("confidence_code"),
        "is_uncertain",
        "case_id",
    )
