"""One medical bill reimbursed under two settlement numbers (A21).

What it looks for: two standing settlements of one person with the same admission and discharge date and the same total to
within the tolerance. What it lets pass: reversals and what was settled again after them, transfers and stays settled in parts
(other dates or totals), a newborn on the mother's card (another total).

Sources: domain.md §2.2 row 41, §2.4 (keys of a bill), §3.4 (冲销, 跨省就医).
"""

import polars as pl

from quality.amounts import to_amount
from quality.bills import name_bill, net_bills
from quality.facts import Facts
from quality.leads import Leads, name_evidence, read_params, shape_evidence, shape_leads
from quality.periods import read_date_serial, write_serial
from registry.configuration import Settings
from registry.district import District, Rule


class Params(Settings):
    """Parameters of the family. Money in CNY."""

    programme: str
    tolerance: float = 1
    visits: list[str] = []


def evaluate(facts: Facts, rule: Rule, district: District, month: str) -> Leads:
    """Return one lead per stay that was settled more than once."""
    params = read_params(rule, Params, district)
    bills = net_bills(facts).filter(pl.col("from_date").is_not_null())
    if params.visits:
        bills = bills.filter(pl.col("visit_code").is_in(params.visits) | pl.col("visit_code").is_null())
    bills = bills.with_columns((pl.col("basic") + pl.col("major") + pl.col("medical_aid") + pl.col("commercial")).alias("paid"))
    repeated = _find_repeated(bills, params.tolerance * 100).collect().lazy()
    ordered = repeated.sort("lead", "paid", "bill", descending=[False, True, False])
    covers = (
        write_serial(read_date_serial(pl.col("from_date"))).first(),
        write_serial(read_date_serial(pl.coalesce("to_date", "from_date"))).first(),
    )
    leads = ordered.group_by("lead", maintain_order=True).agg(
        pl.col("person_id").first(),
        pl.lit(params.programme).first().alias("programme_code"),
        pl.lit(params.programme).first().alias("other_programme_code"),
        pl.col("department").first(),
        pl.col("department").first().alias("other_department"),
        covers[0].alias("from_month"),
        covers[1].alias("to_month"),
        covers[0].alias("overlap_from_month"),
        covers[1].alias("overlap_to_month"),
        to_amount(pl.col("total").first()).alias("amount"),
        to_amount(pl.col("paid").sum() - pl.col("paid").first()).alias("excess_amount"),
        pl.col("bill").sort().str.join("+").alias("event_key"),
        name_bill().first().alias("event"),
    )
    is_first = pl.int_range(pl.len()).over("lead") == 0
    evidence = shape_evidence(
        name_evidence(ordered.filter(~is_first), "this", "needs", "need_id"),
        name_evidence(ordered.filter(is_first), "other", "needs", "need_id"),
    )
    return Leads(shape_leads(leads), evidence)


def _find_repeated(bills: pl.LazyFrame, tolerance: float) -> pl.LazyFrame:
    """Return the bills that have a twin: same person and dates, total within the tolerance (fen), another number."""
    stay = ["person_id", "from_date", "to_date"]
    keys = bills.select(*stay, "bill", "total")
    pairs = keys.join(keys, on=stay, suffix="_other", nulls_equal=True).filter(pl.col("bill") != pl.col("bill_other"))
    twins = pairs.filter((pl.col("total") - pl.col("total_other")).abs() <= tolerance).select("person_id", "bill").unique()
    lead = pl.concat_str(
        "person_id", pl.col("from_date").dt.to_string("%Y%m%d"), (pl.col("total") / 1000).round(0).cast(pl.Int64), separator="|"
    )
    return bills.join(twins, on=["person_id", "bill"], how="semi").with_columns(lead.alias("lead"))
