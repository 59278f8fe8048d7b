"""Aid for months after a person's death (A01).

What it looks for: entitlement months strictly after the month of death, in any programme counted by months.
What it lets pass: the month of death, funeral payments, arrears for months before the death, money the bank returned,
bills, events and grants for a whole semester or year (they may fall due before a death), and household payments whose other
members live on.
When only the cancellation of the registration is known, months count from the month after it, the label says so and
the confidence is low, because the person may have died much earlier or, rarely, the cancellation may be a mistake.

Sources: domain.md §2.2 row 64, §3.4 (死亡登记滞后, 丧葬费, 补发); vignettes V3, V4, V5.
"""

import polars as pl

from quality.facts import Facts, expand_benefits, share_household_amounts
from quality.leads import Leads, name_evidence, read_params, shape_evidence, shape_leads, total_leads
from quality.periods import SERIAL, read_date_serial
from registry.configuration import Settings
from registry.district import District, Rule

FUNERAL_SEEN = "另有丧葬费，未计入 a funeral payment was seen and left out"

EARLIER_MONTHS = "注销日期以前的月份可能也涉及，未计入 months before the cancellation may be concerned too and were left out"


class Params(Settings):
    """Parameters of the family."""

    status: str = "dead"
    fallback_status: str = "cancelled"
    fallback_values: list[str] = ["dead"]
    ignore_rolls: list[str] = []
    event_periods: list[str] = ["event", "none", "semester", "year"]
    shared_programmes: list[str] = ["DIB"]


def evaluate(facts: Facts, rule: Rule, district: District, month: str) -> Leads:
    """Return one lead per dead person and programme with months after the death."""
    params = read_params(rule, Params, district)
    deaths = find_deaths(facts, params)
    months = _collect_months(facts, params, district)
    dead_months = months.join(deaths, on="person_id").with_columns((pl.col(SERIAL) > pl.col("death_serial")).alias("is_overlap"))
    dead_months = dead_months.with_columns(pl.concat_str("person_id", "programme_code", separator="|").alias("lead"))
    touched = dead_months.filter(pl.col("is_overlap").any().over("benefit_id")).collect().lazy()
    leads = total_leads(touched).join(_describe_deaths(deaths, touched), on="lead", how="left")
    known = touched.select("lead", "person_id").unique().join(_death_facts(facts, params), on="person_id")
    funerals = _find_funerals(facts, touched).collect().lazy()
    told = funerals.select("lead").unique().with_columns(pl.lit(FUNERAL_SEEN).alias("funeral_note"))
    left_out = pl.concat_str("earlier_note", "funeral_note", separator="; ", ignore_nulls=True)
    leads = leads.join(told, on="lead", how="left").with_columns(pl.when(left_out != "").then(left_out).alias("left_out"))
    evidence = shape_evidence(
        name_evidence(touched.filter("is_overlap"), "this", "benefits", "benefit_id"),
        name_evidence(known, "other", "statuses", "status_id"),
        name_evidence(funerals, "guard", "benefits", "benefit_id"),
    )
    return Leads(shape_leads(leads), evidence)


def _death_facts(facts: Facts, params: Params) -> pl.LazyFrame:
    kind, value = pl.col("status_kind_code"), pl.col("value_code")
    is_death = (kind == params.status) | ((kind == params.fallback_status) & value.is_in(params.fallback_values))
    return facts.statuses.lazy().filter(is_death, pl.col("person_id").is_not_null(), pl.col("from_date").is_not_null())


def find_deaths(facts: Facts, params: Params) -> pl.LazyFrame:
    """Return one death per person: death_date, death_serial, is_cancellation. Of several dates the latest, the mildest, counts."""
    known = _death_facts(facts, params)
    has_death = (pl.col("status_kind_code") == params.status).any().over("person_id")
    chosen = known.filter(~has_death | (pl.col("status_kind_code") == params.status))
    deaths = (
        chosen.sort("person_id", "from_date", "status_id")
        .group_by("person_id")
        .agg(
            pl.col("department").last().alias("other_department"),
            pl.col("from_date").max().alias("death_date"),
            (pl.col("status_kind_code") != params.status).all().alias("is_cancellation"),
        )
    )
    return deaths.with_columns(read_date_serial(pl.col("death_date")).alias("death_serial")).sort("person_id")


def _collect_months(facts: Facts, params: Params, district: District) -> pl.LazyFrame:
    """Return person months of every programme counted by months; household amounts as the person's own part."""
    shared = set(params.shared_programmes)
    counted = [code for code, item in district.programmes.items() if item.period not in params.event_periods and code not in shared]
    columns = ["person_id", "programme_code", "department", SERIAL, "benefit_id", "fen"]
    own = expand_benefits(facts, counted, params.ignore_rolls).filter(pl.col("unit_code") == "P").select(columns)
    parts = [
        share_household_amounts(facts, code, params.ignore_rolls).with_columns(pl.lit(code).alias("programme_code")).select(columns)
        for code in sorted(shared & set(district.programmes))
    ]
    return pl.concat([own, *parts])


def _find_funerals(facts: Facts, touched: pl.LazyFrame) -> pl.LazyFrame:
    """Return funeral payments for the people of the leads: lawful, shown so that the clerk need not ask."""
    paid = facts.benefits.lazy().filter(pl.col("benefit_kind_code") == "funeral")
    return paid.join(touched.select("lead", "person_id").unique(), on="person_id")


def _describe_deaths(deaths: pl.LazyFrame, touched: pl.LazyFrame) -> pl.LazyFrame:
    day = pl.col("death_date").dt.to_string("%Y-%m-%d")
    cancelled = pl.col("is_cancellation")
    people = touched.select("lead", "person_id").unique().join(deaths, on="person_id")
    return people.select(
        "lead",
        pl.when(cancelled)
        .then(pl.concat_str(pl.lit("注销日期 "), day))
        .otherwise(pl.concat_str(pl.lit("死亡日期 "), day))
        .alias("extra_zh"),
        pl.when(cancelled)
        .then(pl.concat_str(pl.lit("registration cancelled "), day))
        .otherwise(pl.concat_str(pl.lit("date of death "), day))
        .alias("extra_en"),
        pl.when(cancelled).then(pl.lit("low")).alias("confidence_code"),
        pl.when(cancelled).then(pl.lit(EARLIER_MONTHS)).alias("earlier_note"),
        "other_department",
    )
