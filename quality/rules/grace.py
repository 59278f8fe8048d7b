"""Household allowance paid after the grace period (渐退期) has ended (A36).

What it looks for: months of the household's allowance after the month its grace period ran to. What it lets pass: every month
inside the grace period, and a household whose grace period was set anew (the latest end counts).

Sources: domain.md §0.2 fact 9, §1.4; vignette V6.
"""

import polars as pl

from quality.facts import Facts, expand_benefits
from quality.leads import Leads, name_evidence, read_params, shape_evidence, shape_leads, total_leads
from quality.periods import SERIAL, read_date_serial, write_serial
from registry.configuration import Settings
from registry.district import District, Rule


class Params(Settings):
    """Parameters of the family."""

    programme: str
    status: str = "grace_until"
    ignore_rolls: list[str] = []


def evaluate(facts: Facts, rule: Rule, district: District, month: str) -> Leads:
    """Return one lead per head of household with months after the grace period."""
    params = read_params(rule, Params, district)
    ends = facts.statuses.lazy().filter(
        pl.col("status_kind_code") == params.status, pl.col("person_id").is_not_null(), pl.col("to_date").is_not_null()
    )
    latest = ends.group_by("person_id").agg(read_date_serial(pl.col("to_date").max()).alias("end"))
    months = expand_benefits(facts, [params.programme], params.ignore_rolls).filter(pl.col("unit_code") == "H")
    marked = months.join(latest, on="person_id").with_columns(
        (pl.col(SERIAL) > pl.col("end")).alias("is_overlap"),
        pl.col("person_id").alias("lead"),
        write_serial(pl.col("end")).alias("extra_zh"),
    )
    touched = marked.filter(pl.col("is_overlap").any().over("benefit_id")).collect().lazy()
    named = touched.group_by("lead").agg(pl.col("extra_zh").first(), pl.col("extra_zh").first().alias("extra_en"))
    known = touched.select("lead", "person_id").unique().join(ends, on="person_id")
    evidence = shape_evidence(
        name_evidence(touched.filter("is_overlap"), "this", "benefits", "benefit_id"),
        name_evidence(known, "guard", "statuses", "status_id"),
    )
    return Leads(shape_leads(total_leads(touched).join(named, on="lead")), evidence)
