"""Persons: the golden record of everyone the rolls name, field by field from the most official roll that knows it.

Belongs here: choosing a value among the mentions of one person, whether the person is on the register, and death.
Does not belong here: who is the same person (`resolve`), how values are cleaned (`standardise`), who lives together
(`households`).

A field is taken from rows that are about the person before rows that only name the person beside another, then by the
district's `source_order`, then from the latest delivery; equal claims go to the lower mention id. A date of birth known
to the day beats one known only by month, year or age, whatever the roll.
"""

from datetime import date
from typing import Final

import polars as pl

from registry.district import District
from registry.schema.tables import conform_table

OWN_ROLES: Final = ("subject", "member")
"""Roles in which a row is about the person; in all others the person is only named beside somebody."""

PRECISIONS: Final = ("day", "month", "year", "age")
PROTECTED_UNDER: Final = 14
"""Age below which personal information is sensitive by law (Personal Information Protection Law of the PRC, article 28)."""


def build_persons(
    mentions: pl.DataFrame, person_mentions: pl.DataFrame, statuses: pl.DataFrame, district: District, month: str
) -> pl.DataFrame:
    """Return the golden record of every person.

    Args:
        mentions: all mentions known up to `month`.
        person_mentions: which person each belongs to; its number state overrules the mention's (a copied number is
            nobody's number here).
        statuses: states with person_id; deaths, cancellations and protection are read from it.
        district: names the register, the death roll and the order of sources.
        month: YYYY-MM the record speaks of.

    Returns:
        `persons`. `is_protected` is true for children under 14 and where a roll says so, null where the age is unknown
        (readers treat null as protected), else false. `match_probability` is the weakest link among the mentions.
    """
    resolved = _rank_mentions(mentions, person_mentions, district)
    persons = _choose_fields(resolved).join(_choose_births(resolved), on="person_id", how="left")
    persons = persons.join(_count_mentions(resolved, person_mentions), on="person_id", how="left")
    persons = persons.join(find_deaths(statuses, district, month), on="person_id", how="left")
    local = find_local(resolved, statuses, district).with_columns(is_local=pl.lit(True))
    protected = statuses.filter(pl.col("status_kind_code") == "protected").select(pl.col("person_id").drop_nulls().unique())
    persons = persons.join(local, on="person_id", how="left").with_columns(pl.col("is_local").fill_null(False))
    named = pl.col("person_id").is_in(protected["person_id"].implode())
    return conform_table(persons.with_columns(is_protected=pl.when(named).then(True).otherwise(_is_small_child(month))), "persons")


def find_deaths(statuses: pl.DataFrame, district: District, month: str) -> pl.DataFrame:
    """Return person_id, death_date, death_basis_code (death, or cancelled when only the cancellation is known).

    A date of death beats a cancellation date, the death roll beats other rolls, later news beats earlier. Only news of
    deliveries up to `month` counts; a registration cancelled for moving away is no death, and one that the register
    has restored since (cancelled by mistake) is none either.
    """
    is_dead = pl.col("status_kind_code") == "dead"
    is_cancelled = (pl.col("status_kind_code") == "cancelled") & (pl.col("value_code") == "dead")
    is_register = pl.col("roll") == district.settings.register_roll
    so_far = statuses.filter((pl.col("month") <= month) & pl.col("person_id").is_not_null())
    in_force = so_far.filter(~is_register | (pl.col("month") == pl.col("month").filter(is_register).max()))
    news = in_force.filter(pl.col("from_date").is_not_null() & (is_dead | is_cancelled))
    ranked = news.with_columns(
        death_basis_code=pl.when(is_dead).then(pl.lit("death")).otherwise(pl.lit("cancelled")),
        is_other_roll=pl.col("roll") != district.settings.death_roll,
    ).sort(
        "person_id", pl.col("death_basis_code") == "cancelled", "is_other_roll", "month", "status_id",
        descending=[False, False, False, True, False],
    )  # fmt: skip
    first = ranked.unique("person_id", keep="first", maintain_order=True)
    return first.select("person_id", pl.col("from_date").alias("death_date"), "death_basis_code")


def find_local(resolved: pl.DataFrame, statuses: pl.DataFrame, district: District) -> pl.DataFrame:
    """Return person_id of everyone with a row of their own, not cancelled, in the latest delivery of the register.

    Args:
        resolved: mentions with person_id.
        statuses: the register's rows marked as cancelled are found here by row.
        district: names the register roll.
    """
    return _standing_rows(resolved, statuses, district).select("person_id").unique()


def _standing_rows(resolved: pl.DataFrame, statuses: pl.DataFrame, district: District) -> pl.DataFrame:
    is_register = pl.col("roll") == district.settings.register_roll
    rows = resolved.filter(is_register & (pl.col("role_code") == "subject") & pl.col("person_id").is_not_null())
    cancelled = statuses.filter(is_register & (pl.col("status_kind_code") == "cancelled"))
    return rows.filter(pl.col("month") == pl.col("month").max()).join(cancelled, on="row_id", how="anti")


def _rank_mentions(mentions: pl.DataFrame, person_mentions: pl.DataFrame, district: District) -> pl.DataFrame:
    """Return mentions with their person, the best source of each person first."""
    links = person_mentions.select("mention_id", "person_id", pl.col("identity_state_code").alias("linked_state_code"))
    order = {roll: rank for rank, roll in enumerate(district.settings.source_order)}
    rank = pl.col("roll").replace_strict(order, default=len(order), return_dtype=pl.Int32)
    is_named_beside = ~pl.col("role_code").is_in(OWN_ROLES)
    serial = pl.col("month").str.slice(0, 4).cast(pl.Int32) * 12 + pl.col("month").str.slice(5).cast(pl.Int32)
    is_valid = pl.col("linked_state_code") == "valid"
    is_foreign_number = pl.col("linked_state_code") == "not_this_person"
    resolved = mentions.join(links, on="mention_id").filter(pl.col("person_id").is_not_null())
    return resolved.with_columns(
        identity_number=pl.when(is_valid).then("identity_number"),
        # The date inside somebody else's number is somebody else's birthday.
        birth_date=pl.when(~is_foreign_number).then("birth_date"),
        priority=is_named_beside.cast(pl.Int32) * 10_000_000 + rank * 100_000 - serial,
    ).sort("person_id", "priority", "mention_id")


def _choose_fields(resolved: pl.DataFrame) -> pl.DataFrame:
    """Return one row per person with the first known value of each field; parts of one fact come from one row."""
    has_name, has_place = pl.col("name_key").is_not_null(), pl.col("place_code").is_not_null()
    return resolved.group_by("person_id", maintain_order=True).agg(
        person_name=pl.coalesce(pl.col("person_name").filter(has_name).first(), pl.col("person_name").first(ignore_nulls=True)),
        name_key=pl.col("name_key").first(ignore_nulls=True),
        identity_number=pl.col("identity_number").first(ignore_nulls=True),
        sex_code=pl.col("sex_code").first(ignore_nulls=True),
        place_code=pl.col("place_code").first(ignore_nulls=True),
        town_code=pl.coalesce(pl.col("town_code").filter(has_place).first(), pl.col("town_code").first(ignore_nulls=True)),
        phone_number=pl.col("phone_number").first(ignore_nulls=True),
    )


def _choose_births(resolved: pl.DataFrame) -> pl.DataFrame:
    """Return person_id, birth_date, birth_precision_code: the most precise, then the most official."""
    known = resolved.filter(pl.col("birth_date").is_not_null()).select("person_id", "birth_date", "birth_precision_code")
    ranks = {code: rank for rank, code in enumerate(PRECISIONS)}
    precision = pl.col("birth_precision_code").replace_strict(ranks, default=len(ranks), return_dtype=pl.Int8)
    best = known.with_columns(precision=precision).filter(pl.col("precision") == pl.col("precision").min().over("person_id"))
    return best.unique("person_id", keep="first", maintain_order=True).drop("precision")


def _count_mentions(resolved: pl.DataFrame, person_mentions: pl.DataFrame) -> pl.DataFrame:
    counts = resolved.group_by("person_id").agg(
        mention_count=pl.len().cast(pl.Int64),
        roll_count=pl.col("roll").n_unique().cast(pl.Int64),
        first_month=pl.col("month").min(),
        last_month=pl.col("month").max(),
    )
    weakest = person_mentions.group_by("person_id").agg(pl.col("match_probability").min())
    return counts.join(weakest, on="person_id", how="left")


def _is_small_child(month: str) -> pl.Expr:
    """Return whether the person is under 14 when `month` begins; null when the birth date is unknown."""
    year, number = int(month[:4]), int(month[5:])
    return pl.col("birth_date") > pl.lit(date(year - PROTECTED_UNDER, number, 1))
