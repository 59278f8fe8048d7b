"""A large bill left to the person, and nobody has helped (M05).

What it looks for: a stay in hospital whose own share, after reversals and all insurance, is above the threshold (a lower one for
people in basic living programmes), with no medical aid, temporary aid or charity afterwards. What it lets pass: stays too
recent for help to have arrived, help given to another member of the aid household, and help to a namesake without a number
(a link review).

Sources: domain.md §3.3 M05 (a real monthly rule: single stay over 6,000 or 10,000 after three layers).
"""

from datetime import timedelta

import polars as pl

from quality.amounts import to_amount, to_fen
from quality.bills import name_bill, net_bills
from quality.facts import Facts, expand_benefits, find_companions, find_namesakes, select_benefits
from quality.leads import Leads, name_evidence, read_params, shape_evidence, shape_leads
from quality.periods import SERIAL, find_month_end, read_date_serial, write_serial
from registry.configuration import Settings
from registry.district import District, Rule


class Params(Settings):
    """Parameters of the family. Money in CNY."""

    threshold: float
    class_threshold: float
    class_programmes: list[str]
    helps: list[str]
    household_helps: list[str] = ["TMP"]
    months_after: int = 6
    settle_days: int = 60
    day_tolerance: int = 3
    ignore_rolls: list[str] = []


def evaluate(facts: Facts, rule: Rule, district: District, month: str) -> Leads:
    """Return one lead per stay that left a large share and met no help."""
    params = read_params(rule, Params, district)
    large = _find_large_stays(facts, params, month).collect().lazy()
    unhelped = large.join(_find_helped(facts, large, params, month), on=["person_id", "bill"], how="anti").collect().lazy()
    helpers = select_benefits(facts, params.helps, params.ignore_rolls).select("person_id", _paid_on().alias("paid_on"))
    namesakes = find_namesakes(facts, unhelped, helpers).join(helpers, left_on="namesake_id", right_on="person_id")
    unsettled = unhelped.join(namesakes, on="person_id").filter(_is_in_time(params)).select("person_id", "bill").unique()
    marked = unhelped.join(unsettled.with_columns(pl.lit(True).alias("is_uncertain")), on=["person_id", "bill"], how="left")
    leads = marked.with_columns(
        pl.concat_str("person_id", "bill", separator="|").alias("lead"),
        pl.lit(params.helps[0]).alias("programme_code"),
        pl.lit(district.programmes[params.helps[0]].department).alias("department"),
        write_serial(read_date_serial(pl.col("from_date"))).alias("from_month"),
        write_serial(read_date_serial(pl.col("left_on"))).alias("to_month"),
        to_amount(pl.col("burden")).alias("amount"),
        pl.col("bill").alias("event_key"),
        name_bill().alias("event"),
    )
    leads = (
        leads.with_columns(pl.col("from_month").alias("overlap_from_month"), pl.col("to_month").alias("overlap_to_month")).collect().lazy()
    )
    return Leads(shape_leads(leads), shape_evidence(name_evidence(leads, "this", "needs", "need_id")))


def _paid_on() -> pl.Expr:
    return pl.coalesce("paid_date", "event_from_date")


def _is_in_time(params: Params) -> pl.Expr:
    """Return whether help fell between the admission and the last month in which it still counts as an answer."""
    until = pl.col("left_on").dt.offset_by(f"{params.months_after}mo")
    # Help whose date nobody can read may well be the answer.
    return pl.col("paid_on").is_null() | ((pl.col("paid_on") >= pl.col("from_date")) & (pl.col("paid_on") <= until))


def _find_large_stays(facts: Facts, params: Params, month: str) -> pl.LazyFrame:
    """Return settled stays whose own share is above the person's threshold, with `burden` (fen) and `left_on`."""
    paid = pl.col("basic") + pl.col("major") + pl.col("medical_aid") + pl.col("commercial")
    bills = net_bills(facts).with_columns(
        pl.when(pl.col("self_pay") > 0)
        .then(pl.min_horizontal("self_pay", pl.col("total") - paid))
        .otherwise(pl.col("total") - paid)
        .alias("burden"),
        pl.coalesce("to_date", "from_date").alias("left_on"),
        pl.coalesce("from_date", "to_date"),
    )
    settled = bills.filter(pl.col("left_on") <= find_month_end(month) - timedelta(days=params.settle_days))
    left = settled.with_columns(read_date_serial(pl.col("left_on")).alias(SERIAL))
    drawing = expand_benefits(facts, params.class_programmes, params.ignore_rolls).filter(pl.col("unit_code") == "P")
    in_class = drawing.select("person_id", SERIAL).unique().with_columns(pl.lit(True).alias("in_class"))
    limit = pl.when(pl.col("in_class").fill_null(False)).then(params.class_threshold).otherwise(params.threshold) * 100
    return left.join(in_class, on=["person_id", SERIAL], how="left").filter(pl.col("burden") > limit, pl.col("medical_aid") <= 0)


def _find_helped(facts: Facts, large: pl.LazyFrame, params: Params, month: str) -> pl.LazyFrame:
    """Return the stays that met help: the person's own, or aid to the household through another member."""
    chosen = select_benefits(facts, params.helps, params.ignore_rolls).filter(
        ~pl.col("is_returned").fill_null(False), to_fen(pl.col("amount")).fill_null(1) > 0
    )
    given = chosen.select(pl.col("person_id").alias("companion_id"), "programme_code", _paid_on().alias("paid_on"))
    companions = find_companions(facts, large, month)
    met = large.select("person_id", "bill", "from_date", "left_on").join(companions, on="person_id").join(given, on="companion_id")
    own_or_shared = (pl.col("person_id") == pl.col("companion_id")) | pl.col("programme_code").is_in(params.household_helps)
    return met.filter(own_or_shared, _is_in_time(params)).select("person_id", "bill").unique()
