"""Everything paid for one bill together exceeds the bill (A22).

What it looks for: basic and major insurance, medical aid, commercial insurance, charities and temporary aid for illness adding
up to more than the bill. What it lets pass: medical aid that stands in the hospital's and in the department's roll (counted
once), reversals, and temporary aid paid out of charity money (the charity's own roll has it). The last payer without a legal
duty is asked; statutory layers are never reduced by charity.

Charities often know neither hospital nor total. Their help is matched to the bill with their total, else to the nearest
admission in the months before the payment, and the confidence is lower (domain.md §2.4; vignette V10).
"""

import polars as pl

from quality.amounts import to_amount, to_fen
from quality.bills import name_bill, net_bills
from quality.facts import Facts, select_benefits
from quality.leads import Leads, name_evidence, read_params, shape_evidence, shape_leads
from quality.periods import read_date_serial, write_serial
from registry.configuration import Settings
from registry.district import District, Rule

AID_TWICE = "民政救助见于两份名册，只计一次 medical aid stands in two rolls and was counted once"


class Params(Settings):
    """Parameters of the family. Money in CNY."""

    medical_aid: list[str]
    givers: list[str]
    medical_causes: list[str]
    caused_programmes: list[str] = ["TMP"]
    charity_funds: list[str] = []
    stay_visits: list[str] = ["inpatient"]
    ignore_rolls: list[str] = []
    tolerance: float = 1
    months_before: int = 12
    day_tolerance: int = 3
    amount_tolerance: float = 1


def evaluate(facts: Facts, rule: Rule, district: District, month: str) -> Leads:
    """Return one lead per bill that was paid over."""
    params = read_params(rule, Params, district)
    bills = net_bills(facts).collect().lazy()
    aid = match_medical_aid(facts, bills, params)
    gifts = match_gifts(facts, bills, params)
    payments = pl.concat([aid, gifts]).collect().lazy()
    over = _find_over(bills, payments, params)
    leads = over.join(_choose_last(over, payments, district), on=["person_id", "bill"]).with_columns(
        lead=pl.concat_str("person_id", "bill", separator="|")
    )
    leads = leads.collect().lazy()
    asked = payments.join(leads.select("person_id", "bill", "lead", "asked_id"), on=["person_id", "bill"])
    is_asked = pl.col("benefit_id") == pl.col("asked_id")
    evidence = shape_evidence(
        name_evidence(asked.filter(is_asked), "this", "benefits", "benefit_id"),
        name_evidence(asked.filter(~is_asked), "other", "benefits", "benefit_id"),
        name_evidence(leads, "other", "needs", "need_id"),
    )
    return Leads(shape_leads(leads), evidence)


def match_medical_aid(facts: Facts, bills: pl.LazyFrame, params: Params) -> pl.LazyFrame:
    """Return medical-aid payments of the department's own roll with the bill they belong to, by dates and total."""
    aid = select_benefits(facts, params.medical_aid, params.ignore_rolls).filter(pl.col("event_from_date").is_not_null())
    pairs = aid.join(bills.select("person_id", "bill", "from_date", "to_date", "total", "event_place"), on="person_id", suffix="_bill")
    days = (pl.col("event_from_date") - pl.col("from_date")).dt.total_days().abs()
    gap = (to_fen(pl.col("event_amount")) - pl.col("total")).abs()
    near = pairs.filter(days <= params.day_tolerance, (gap <= params.amount_tolerance * 100).fill_null(True))
    nearest = near.sort(gap.fill_null(0), days, "bill").unique("benefit_id", keep="first", maintain_order=True)
    return nearest.with_columns(pl.lit("aid").alias("layer"), pl.lit(True).alias("is_sure")).select(PAYMENT)


PAYMENT = ["benefit_id", "person_id", "bill", "programme_code", "department", "paid_date", "amount", "layer", "is_sure"]


def match_gifts(facts: Facts, bills: pl.LazyFrame, params: Params) -> pl.LazyFrame:
    """Return help beside the statutory layers with the bill it is for.

    The bill with the giver's own total wins; else the nearest stay that began before the payment, within `months_before`.
    """
    givers = select_benefits(facts, params.givers, params.ignore_rolls).filter(
        ~pl.col("is_returned").fill_null(False), ~pl.col("benefit_kind_code").is_in(["returned", "reversal", "recovery"])
    )
    needs_cause = pl.col("programme_code").is_in(params.caused_programmes)
    medical = givers.filter(
        ~needs_cause | pl.col("cause_code").is_in(params.medical_causes),
        ~pl.col("fund_code").is_in(params.charity_funds).fill_null(False) | ~needs_cause,
    )
    # A payment whose date nobody can read was made some time in the year of its ledger.
    day = pl.coalesce("event_from_date", "paid_date")
    dated = medical.with_columns(pl.coalesce(day, _find_month_end("to_month")).alias("asked_on"), day.is_null().alias("is_undated"))
    stays = bills.filter(is_stay(params.stay_visits)).select("person_id", "bill", "from_date", "total")
    pairs = dated.filter(pl.col("asked_on").is_not_null()).join(stays, on="person_id")
    age = (pl.col("asked_on") - pl.col("from_date")).dt.total_days()
    longest = params.months_before * 31 + pl.when("is_undated").then(366).otherwise(0)
    is_same_total = ((to_fen(pl.col("event_amount")) - pl.col("total")).abs() <= params.amount_tolerance * 100).fill_null(False)
    near = pairs.filter(age >= 0, age <= longest).with_columns(is_same_total.alias("is_sure"), age.alias("age"))
    best = near.sort("benefit_id", "is_sure", "age", "bill", descending=[False, True, False, False]).unique(
        "benefit_id", keep="first", maintain_order=True
    )
    return best.with_columns(pl.lit("gift").alias("layer")).select(PAYMENT)


def _find_month_end(month: str) -> pl.Expr:
    return (pl.col(month) + "-01").str.to_date(strict=False).dt.month_end()


def is_stay(visits: list[str]) -> pl.Expr:
    """Return whether a bill is a stay in hospital; where the roll does not say, more than one day counts as one."""
    several_days = (pl.col("to_date") > pl.col("from_date")).fill_null(False)
    return pl.col("visit_code").is_in(visits).fill_null(several_days)


def _find_over(bills: pl.LazyFrame, payments: pl.LazyFrame, params: Params) -> pl.LazyFrame:
    fen, layer = to_fen(pl.col("amount")), pl.col("layer")
    sums = payments.group_by("person_id", "bill").agg(
        fen.filter(layer == "aid").sum().alias("aid"),
        fen.filter(layer == "gift").sum().alias("gifts"),
        (pl.col("is_sure") | (layer == "aid")).all().alias("is_sure"),
    )
    paid = bills.join(sums, on=["person_id", "bill"], how="left").with_columns(pl.col("aid", "gifts").fill_null(0.0))
    statutory = pl.col("basic") + pl.col("major") + pl.max_horizontal("medical_aid", "aid") + pl.col("commercial")
    over = paid.with_columns((statutory + pl.col("gifts") - pl.col("total")).alias("excess"))
    month = write_serial(read_date_serial(pl.col("from_date"))), write_serial(read_date_serial(pl.coalesce("to_date", "from_date")))
    return over.filter(pl.col("excess") > params.tolerance * 100).select(
        "person_id",
        "bill",
        "need_id",
        month[0].alias("from_month"),
        month[1].alias("to_month"),
        month[0].alias("overlap_from_month"),
        month[1].alias("overlap_to_month"),
        to_amount(pl.col("total")).alias("amount"),
        to_amount(pl.col("excess")).alias("excess_amount"),
        pl.col("bill").alias("event_key"),
        name_bill().alias("event"),
        pl.when((pl.col("aid") > 0) & (pl.col("medical_aid") > 0)).then(pl.lit(AID_TWICE)).alias("left_out"),
        pl.when(~pl.col("is_sure").fill_null(True)).then(pl.lit("medium")).alias("confidence_code"),
    )


def _choose_last(over: pl.LazyFrame, payments: pl.LazyFrame, district: District) -> pl.LazyFrame:
    """Return whom to ask: the last payer without a legal duty, else the last payer."""
    free = [code for code, item in district.programmes.items() if not item.is_statutory]
    ranked = payments.with_columns(pl.col("programme_code").is_in(free).alias("is_free"), (pl.col("layer") == "gift").alias("is_gift"))
    ordered = ranked.sort("is_free", "is_gift", "paid_date", "benefit_id", descending=True, nulls_last=True)
    last = ordered.unique(["person_id", "bill"], keep="first", maintain_order=True)
    asked = last.select("person_id", "bill", "programme_code", "department", pl.col("benefit_id").alias("asked_id"))
    others = ordered.filter(pl.int_range(pl.len()).over("person_id", "bill") == 1).select(
        "person_id", "bill", pl.col("programme_code").alias("other_programme_code"), pl.col("department").alias("other_department")
    )
    return (
        over.select("person_id", "bill")
        .join(asked, on=["person_id", "bill"], how="left")
        .join(others, on=["person_id", "bill"], how="left")
    )
