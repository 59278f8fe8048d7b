"""Medical bills as they really stand: repeated rows counted once, reversals netted, one row per settlement.

Belongs here: netting and the visit a bill belongs to. Does not belong here: who paid what on top (`rules.joint_ceiling`) or
whether a bill was paid twice (`rules.same_bill`).
"""

import polars as pl

from quality.amounts import to_fen
from quality.facts import Facts

SHARES = ("basic", "major", "medical_aid", "commercial", "self_pay")


def net_bills(facts: Facts) -> pl.LazyFrame:
    """Return one row per person and settlement that still stands after reversals.

    A row written twice in the running ledger is one row. Rows of one settlement number are added up, so that a reversal
    under the same number leaves nothing. A reversal under its own number takes away the latest bill of the same person,
    dates and total (domain.md §3.4 冲销/红冲).

    Columns: bill, person_id, need_number, need_id and department (of the first row), from_date, to_date, event_place,
    visit_code (what the payments of the same source row say of the visit), total and the shares basic, major, medical_aid,
    commercial, self_pay, all in fen.
    """
    rows = facts.needs.lazy().filter(pl.col("need_kind_code") == "bill", pl.col("person_id").is_not_null(), pl.col("amount").is_not_null())
    settled = facts.benefits.lazy().join(rows.select("row_id"), on="row_id", how="semi").filter(pl.col("cause_code").is_not_null())
    visits = settled.sort("benefit_id").unique("row_id", keep="first", maintain_order=True)
    visits = visits.select("row_id", pl.col("cause_code").alias("visit_code"))
    fen = [to_fen(pl.col(f"{share}_amount")).fill_null(0.0).alias(share) for share in SHARES]
    written = rows.with_columns(pl.coalesce("need_number", "need_id").alias("bill"), to_fen(pl.col("amount")).alias("total"), *fen)
    once = written.sort("need_id").unique(
        ["person_id", "bill", "from_date", "to_date", "total", "basic"], keep="first", maintain_order=True
    )
    once = once.join(visits, on="row_id", how="left", maintain_order="left")
    first = [pl.col(name).first() for name in ("need_number", "need_id", "department", "from_date", "to_date", "event_place", "visit_code")]
    ordered = once.sort("total", "need_id", descending=[True, False])
    summed = ordered.group_by("person_id", "bill", maintain_order=True).agg(*first, *(pl.col(name).sum() for name in ("total", *SHARES)))
    return _take_away_reversals(summed).sort("person_id", "bill")


def _take_away_reversals(bills: pl.LazyFrame) -> pl.LazyFrame:
    stay = ["person_id", "from_date", "to_date", "size"]
    sized = bills.with_columns(pl.col("total").abs().round(0).alias("size"))
    reversed_count = sized.filter(pl.col("total") < 0).group_by(stay).agg(pl.len().alias("_reversed"))
    standing = sized.filter(pl.col("total") > 0).join(reversed_count, on=stay, how="left", nulls_equal=True)
    latest_first = pl.col("bill").rank("ordinal", descending=True).over(stay)
    return standing.filter(latest_first > pl.col("_reversed").fill_null(0)).drop("_reversed", "size")


def name_bill() -> pl.Expr:
    """Return the bill as a clerk would look it up: settlement number, place and dates, without person or disease."""
    dates = pl.concat_str(
        pl.col("from_date").dt.to_string("%Y-%m-%d"), pl.col("to_date").dt.to_string("%Y-%m-%d"), separator="~", ignore_nulls=True
    )
    return pl.concat_str(pl.col("need_number"), pl.col("event_place"), dates, separator=" ", ignore_nulls=True)
