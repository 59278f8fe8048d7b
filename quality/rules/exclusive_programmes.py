"""Two programmes that exclude each other for one person in one month (A03).

What it looks for: entitlement months that both programmes of a matrix row of relation X have for the same person.
What it lets pass: months before the one began or after the other ended, however late the money was paid; months taken
back or returned; and every pair the matrix lets stack. The excess is the money of the side that yields (domain.md §2.5).

Sources: domain.md §2.2 rows 1, 7, 8, 11; vignette V1.
"""

import polars as pl

from quality.facts import Facts, expand_benefits
from quality.leads import Leads, name_evidence, read_params, shape_evidence, shape_leads, total_leads
from quality.periods import SERIAL, find_serial, overlap_months
from registry.configuration import Settings
from registry.district import Compatibility, District, Rule

MONTHS_BEFORE = "重叠之前的月份未计入 the months before the overlap were left out"


class Params(Settings):
    """Parameters of the family."""

    matrix: list[int]
    ignore_rolls: list[str] = []
    kinds: list[str] = ["regular", "entitlement", "arrears", "grace", "in_kind"]


def evaluate(facts: Facts, rule: Rule, district: District, month: str) -> Leads:
    """Return one lead per person and matrix row with months on both sides."""
    params = read_params(rule, Params, district)
    rows = [row for row in district.compatibility if row.number in params.matrix and row.relation == "X"]
    found = [_evaluate_row(facts, row, params) for row in rows]
    return Leads(shape_leads(pl.concat([leads for leads, _ in found])), shape_evidence(*[evidence for _, evidence in found]))


def _evaluate_row(facts: Facts, row: Compatibility, params: Params) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    yielding = row.yields or row.b
    keeping = row.a if yielding == row.b else row.b
    this = expand_benefits(facts, [yielding], params.ignore_rolls, params.kinds).filter(pl.col("unit_code") == "P")
    other = expand_benefits(facts, [keeping], params.ignore_rolls, params.kinds).filter(pl.col("unit_code") == "P")
    in_force = pl.col(SERIAL) >= find_serial(row.valid_from)
    if row.valid_to is not None:
        in_force &= pl.col(SERIAL) <= find_serial(row.valid_to)
    both = overlap_months(this.filter(in_force), other.filter(in_force), ["person_id"]).with_columns(is_overlap=pl.lit(True))
    marked = [_mark(side, both, row) for side in (this, other)]
    leads = total_leads(marked[0]).with_columns(
        pl.lit(keeping).alias("other_programme_code"),
        pl.when(pl.col("from_month") < pl.col("overlap_from_month")).then(pl.lit(MONTHS_BEFORE)).alias("left_out"),
    )
    payers = marked[1].sort("benefit_id").group_by("lead").agg(pl.col("department").first().alias("other_department"))
    evidence = pl.concat(
        [
            name_evidence(_drop_repetition(side.filter("is_overlap")), name, "benefits", "benefit_id")
            for side, name in zip(marked, ("this", "other"), strict=True)
        ]
    )
    return leads.join(payers, on="lead", how="left"), evidence


def _mark(side: pl.LazyFrame, both: pl.LazyFrame, row: Compatibility) -> pl.LazyFrame:
    """Return all months of the benefits that touch the overlap, with `is_overlap` and `lead`."""
    rows = side.join(both, on=["person_id", SERIAL], how="left").with_columns(pl.col("is_overlap").fill_null(False))
    lead = pl.concat_str(pl.col("person_id"), pl.lit(f"|{row.number:03d}"))
    return rows.with_columns(lead.alias("lead")).filter(pl.col("is_overlap").any().over("benefit_id"))


def _drop_repetition(side: pl.LazyFrame) -> pl.LazyFrame:
    """Return evidence without the earlier deliveries that state the same stretch of entitlement again."""
    is_entitlement = pl.col("benefit_kind_code") == "entitlement"
    return side.filter(~is_entitlement | (pl.col("month") == pl.col("month").filter(is_entitlement).max().over("lead")))
