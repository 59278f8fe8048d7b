"""One person drawing in two allowance households in the same month (A06).

What it looks for: a person written as drawing member under two different heads of household in one month.
What it lets pass: being listed without drawing, moving from one household to the other between months, and the same
household entered twice under one head. The excess is the smaller part: the household's amount divided by its drawing members.
Where one of the two households has no row of its own in the household list, the head is probably a misread name: the lead
goes to link review.

Sources: domain.md §2.2 row 4.
"""

import polars as pl

from quality.facts import Facts, share_household_amounts
from quality.leads import Leads, name_evidence, read_params, shape_evidence, shape_leads, total_leads
from quality.periods import SERIAL
from registry.configuration import Settings
from registry.district import District, Rule


class Params(Settings):
    """Parameters of the family."""

    programme: str
    ignore_rolls: list[str] = []


def evaluate(facts: Facts, rule: Rule, district: District, month: str) -> Leads:
    """Return one lead per person with months in two households."""
    params = read_params(rule, Params, district)
    doubled = _find_doubled_months(share_household_amounts(facts, params.programme, params.ignore_rolls)).collect().lazy()
    keeping = _choose_keeping(doubled)
    marked = doubled.join(keeping, on="person_id").with_columns(
        pl.lit(params.programme).alias("programme_code"), pl.col("person_id").alias("lead"), pl.lit(True).alias("is_overlap")
    )
    is_kept = pl.col("head_person_id") == pl.col("keeping_head_id")
    leads = total_leads(marked.filter(~is_kept)).drop("excess_amount").join(_sum_excess(doubled), left_on="lead", right_on="person_id")
    leads = leads.with_columns(pl.lit(params.programme).alias("other_programme_code"), pl.col("department").alias("other_department"))
    parts = [
        name_evidence(marked.filter(chosen), side, "benefits", fact)
        for chosen, side in ((~is_kept, "this"), (is_kept, "other"))
        for fact in ("benefit_id", "household_benefit_id")
    ]
    return Leads(shape_leads(leads), shape_evidence(*parts))


def _find_doubled_months(shares: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows of months in which a person draws under more than one head."""
    return shares.filter(pl.col("head_person_id").n_unique().over("person_id", SERIAL) > 1)


def _choose_keeping(doubled: pl.LazyFrame) -> pl.LazyFrame:
    """Return the household with the larger part, so that the smaller is the one in question; ties go to the lower id."""
    parts = doubled.group_by("person_id", "head_person_id").agg(pl.col("fen").sum())
    ordered = parts.sort("person_id", "fen", "head_person_id", descending=[False, True, False])
    kept = ordered.unique("person_id", keep="first", maintain_order=True)
    return kept.select("person_id", pl.col("head_person_id").alias("keeping_head_id"))


def _sum_excess(doubled: pl.LazyFrame) -> pl.LazyFrame:
    """Return the smaller parts added up over the months, and whether a household is missing from the household list."""
    monthly = doubled.group_by("person_id", SERIAL, "head_person_id").agg(pl.col("fen").max())
    per_month = monthly.group_by("person_id", SERIAL).agg(
        (pl.col("fen").sum() - pl.col("fen").max()).alias("extra"), pl.col("fen").is_null().any().alias("is_uncertain")
    )
    fen = pl.col("extra").fill_null(0.0).sum()
    return per_month.group_by("person_id").agg(
        (fen.round(0) / 100).cast(pl.Decimal(14, 2)).alias("excess_amount"), pl.col("is_uncertain").all().alias("is_uncertain")
    )
