"""What every rule family is given: the month's frames, and the few views of them that all families share.

Belongs here: the bundle of frames, months of a programme per person, each drawing member's part of a household amount,
who lives together, the period a list really covers. Does not belong here: the logic of any one rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from quality.amounts import to_fen
from quality.periods import SERIAL, expand_months, find_serial, read_date_serial, read_serial


@dataclass(frozen=True)
class Facts:
    """The frames of one month, each with the columns declared in `registry.schema.tables`."""

    persons: pl.DataFrame
    households: pl.DataFrame
    household_members: pl.DataFrame
    benefits: pl.DataFrame
    needs: pl.DataFrame
    statuses: pl.DataFrame
    cases: pl.DataFrame
    relations: pl.DataFrame
    person_mentions: pl.DataFrame
    mentions: pl.DataFrame


PERIOD_KINDS = ("regular", "entitlement", "arrears", "grace", "in_kind", "advance")
"""Kinds of payment that speak of entitlement months. Funeral payments, reversals and returned payments do not."""


def select_benefits(facts: Facts, programmes: Sequence[str] | None, ignore_rolls: Sequence[str] = ()) -> pl.LazyFrame:
    """Return benefits of linked persons in `programmes` (all when None), without the rolls that repeat other rolls."""
    benefits = facts.benefits.lazy().filter(pl.col("person_id").is_not_null(), ~pl.col("roll").is_in(list(ignore_rolls)))
    return benefits if programmes is None else benefits.filter(pl.col("programme_code").is_in(list(programmes)))


def expand_benefits(
    facts: Facts, programmes: Sequence[str] | None, ignore_rolls: Sequence[str] = (), kinds: Sequence[str] = PERIOD_KINDS
) -> pl.LazyFrame:
    """Return one row per benefit and entitlement month with `fen`, the part of the amount that belongs to the month.

    Money the bank returned, and months whose money was recovered or reversed in full, are left out: nothing was had.
    """
    chosen = select_benefits(facts, programmes, ignore_rolls)
    given = chosen.filter(pl.col("benefit_kind_code").is_in(list(kinds)), ~pl.col("is_returned").fill_null(False))
    rows = expand_months(given).with_columns((to_fen(pl.col("amount")) / pl.col("month_count")).alias("fen"))
    taken_back = expand_months(chosen.filter(pl.col("benefit_kind_code").is_in(["recovery", "reversal"])))
    taken_back = taken_back.with_columns((to_fen(pl.col("amount")) / pl.col("month_count")).alias("_back"))
    keys = ["person_id", "programme_code", SERIAL]
    back = taken_back.group_by(keys).agg(pl.col("_back").abs().sum())
    had = rows.group_by(keys).agg(pl.col("fen").sum().alias("_had"))
    nothing_left = back.join(had, on=keys, how="left").filter(pl.col("_back") >= pl.col("_had").fill_null(0.0) - 1)
    return rows.join(nothing_left.select(keys), on=keys, how="anti")


def share_household_amounts(facts: Facts, programme: str, ignore_rolls: Sequence[str] = ()) -> pl.LazyFrame:
    """Return each drawing member's months with `head_person_id` and the member's part of the household amount.

    A household amount is written once, on the head's row of the household list; the member list says who draws. The part
    is the amount divided by the members who draw that month (domain.md §2.2 row 13). Columns: person_id, head_person_id,
    household_number, serial, benefit_id, row_id, household_benefit_id, fen (null when the household amount is not found).
    """
    chosen = select_benefits(facts, [programme], ignore_rolls).filter(
        pl.col("benefit_kind_code").is_in(["regular", "entitlement", "grace"])
    )
    members = expand_months(chosen.filter(pl.col("unit_code") == "P"))
    members = members.join(find_heads(facts), on="row_id", how="left", maintain_order="left")
    members = members.with_columns(pl.col("head_person_id").fill_null(pl.col("person_id")))
    drawing = members.group_by("head_person_id", SERIAL).agg(pl.col("person_id").n_unique().alias("_drawing"))
    amounts = expand_months(chosen.filter(pl.col("unit_code") == "H")).sort("benefit_id")
    amounts = amounts.group_by(pl.col("person_id").alias("head_person_id"), SERIAL).agg(
        (to_fen(pl.col("amount")) / pl.col("month_count")).max().alias("_household"),
        pl.col("benefit_id").first().alias("household_benefit_id"),
    )
    shared = members.join(drawing, on=["head_person_id", SERIAL], how="left").join(amounts, on=["head_person_id", SERIAL], how="left")
    fen = pl.col("_household") / pl.col("_drawing")
    columns = ["person_id", "head_person_id", "household_number", SERIAL, "benefit_id", "row_id", "household_benefit_id", "department"]
    return shared.select(*columns, fen.alias("fen")).sort("person_id", SERIAL, "head_person_id", "benefit_id")


def find_heads(facts: Facts) -> pl.LazyFrame:
    """Return the person written as head of household in each source row: row_id, head_person_id, head_mention_id."""
    heads = facts.mentions.lazy().filter(pl.col("role_code") == "head").select("row_id", "mention_id")
    linked = heads.join(facts.person_mentions.lazy().select("mention_id", "person_id"), on="mention_id", how="inner")
    ordered = linked.sort("row_id", "mention_id").unique("row_id", keep="first", maintain_order=True)
    return ordered.select("row_id", pl.col("person_id").alias("head_person_id"), pl.col("mention_id").alias("head_mention_id"))


def find_companions(facts: Facts, people: pl.LazyFrame, month: str) -> pl.LazyFrame:
    """Return who has shared an aid household with each of `people` (column person_id) up to `month`, themselves included.

    Columns: person_id, companion_id. Only people who were members at the same time are companions.
    """
    last = find_serial(month)
    wanted = people.select("person_id").unique()
    members = facts.household_members.lazy().filter(pl.col("household_kind_code") == "aid")
    spans = members.select(
        "household_id",
        "person_id",
        read_serial(pl.col("from_month")).fill_null(0).alias("_from"),
        read_serial(pl.col("to_month")).fill_null(last).alias("_to"),
    )
    mine = spans.join(wanted, on="person_id", how="semi")
    pairs = mine.join(spans.rename({"person_id": "companion_id"}), on="household_id", suffix="_other")
    together = pairs.filter(pl.col("_from") <= pl.col("_to_other"), pl.col("_from_other") <= pl.col("_to"))
    themselves = wanted.with_columns(pl.col("person_id").alias("companion_id"))
    return pl.concat([together.select("person_id", "companion_id"), themselves]).unique().sort("person_id", "companion_id")


def find_namesakes(facts: Facts, people: pl.LazyFrame, others: pl.LazyFrame) -> pl.LazyFrame:
    """Return pairs of `people` and `others` who may be one person that no number settles: person_id, namesake_id.

    Same name, at least one of the two without a valid number, and neither village nor year of birth against it. Such a
    pair is never evidence; it says that an absence may only be a link nobody has made yet (domain.md §3.4 同名同姓).
    """
    known = facts.persons.lazy().select(
        "person_id", "name_key", "identity_number", "place_code", pl.col("birth_date").dt.year().alias("born")
    )
    these = known.join(people.select("person_id").unique(), on="person_id", how="semi").filter(pl.col("name_key").is_not_null())
    those = known.join(others.select("person_id").unique(), on="person_id", how="semi").rename({"person_id": "namesake_id"})
    pairs = these.join(those, on="name_key", suffix="_other").filter(pl.col("person_id") != pl.col("namesake_id"))
    unsettled = pl.col("identity_number").is_null() | pl.col("identity_number_other").is_null()
    same_place = (pl.col("place_code") == pl.col("place_code_other")).fill_null(True)
    same_age = ((pl.col("born") - pl.col("born_other")).abs() <= 1).fill_null(True)
    return pairs.filter(unsettled & same_place & same_age).select("person_id", "namesake_id").unique().sort("person_id", "namesake_id")


def find_covered_months(facts: Facts, programmes: Sequence[str], roll: str, share: float = 0.2) -> pl.LazyFrame:
    """Return the months for which the paying list was really delivered, in column `serial`.

    A month counts when the list states at least `share` of its usual number of rows for it, so that a few rows of arrears
    do not make a list that is not yet due look delivered.
    """
    rows = select_benefits(facts, programmes).filter(pl.col("roll") == roll, pl.col("benefit_kind_code") != "arrears")
    counted = expand_months(rows).group_by(SERIAL).agg(pl.len().alias("_rows"))
    return counted.filter(pl.col("_rows") >= pl.col("_rows").max() * share).select(SERIAL).sort(SERIAL)


def select_alive(facts: Facts) -> pl.LazyFrame:
    """Return persons with `death_serial` (null while alive), `is_local`, `birth_date`."""
    return facts.persons.lazy().select("person_id", "birth_date", "is_local", read_date_serial(pl.col("death_date")).alias("death_serial"))
