"""Households through the months: lasting ids, months of membership, what ended.

Belongs here: carrying last month's households on. Does not belong here: who belongs together this month (`households`),
the rule by which ids are kept (`ids`).

A household lives on in the group that holds most of its members, whoever heads it; when the head dies it stays the same
household (停旧建新 in the office's files does not make a new family), when it divides the smaller part gets a new id.
"""

import polars as pl

from registry.ids import keep_ids
from registry.schema.tables import conform_table, empty_table


def keep_memberships(
    groups: pl.DataFrame,
    month: str,
    households: pl.DataFrame | None,
    members: pl.DataFrame | None,
    history: pl.DataFrame | None,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return households, household_members and id_history of `month`; `to_month` is null while something goes on.

    Args:
        groups: household_kind_code, group_key, person_id, relation_code, roll, basis_code, head_person_id, place_code.
        month: YYYY-MM.
        households: last month's table, or None in the first month.
        members: last month's table, or None.
        history: household events so far, or None.
    """
    earlier = members if members is not None else empty_table("household_members")
    known = households if households is not None else empty_table("households")
    is_open = pl.col("to_month").is_null()
    kept, id_history = _number_groups(groups, earlier.filter(is_open), history, month)
    now_members = _carry(kept, earlier, ["household_id", "person_id"], month)
    now_households = _carry(_describe_groups(kept), known, ["household_id"], month)
    return conform_table(now_households, "households"), conform_table(now_members, "household_members"), id_history


def _number_groups(
    groups: pl.DataFrame, earlier: pl.DataFrame, history: pl.DataFrame | None, month: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `groups` with household_id, and the events of all household ids.

    A person counts once per kind, so that a book never inherits the id of an aid unit.
    """
    clusters = groups.select(
        cluster_id=pl.concat_str("household_kind_code", pl.lit("|"), "group_key"),
        member_id=pl.concat_str("household_kind_code", pl.lit("|"), "person_id"),
    )
    previous = earlier.select(entity_id="household_id", member_id=pl.concat_str("household_kind_code", pl.lit("|"), "person_id"))
    outcome = keep_ids(clusters, previous if history is not None else None, history, kind="household", prefix="H", month=month)
    ids = outcome.ids.rename({"entity_id": "household_id"})
    kept = groups.with_columns(cluster_id=clusters["cluster_id"]).join(ids, on="cluster_id", how="left", maintain_order="left")
    return kept, outcome.id_history


def _describe_groups(kept: pl.DataFrame) -> pl.DataFrame:
    """Return one row per household; it is declared when a roll declares any of its members together."""
    return kept.group_by("household_id").agg(
        pl.col("household_kind_code").first(),
        pl.col("head_person_id").first(),
        pl.col("place_code").min(),
        member_count=pl.len().cast(pl.Int64),
        basis_code=pl.col("basis_code").min(),
    )


def _carry(now: pl.DataFrame, earlier: pl.DataFrame, key: list[str], month: str) -> pl.DataFrame:
    """Return `now` with the month it began, and everything of `earlier` that had ended or has ended since."""
    is_open = pl.col("to_month").is_null()
    begun = earlier.filter(is_open).select(*key, "from_month")
    going_on = now.join(begun, on=key, how="left").with_columns(
        from_month=pl.coalesce("from_month", pl.lit(month)), to_month=pl.lit(None, dtype=pl.String)
    )
    ended = earlier.join(now.select(key), on=key, how="anti").filter(is_open).with_columns(to_month=pl.lit(_month_before(month)))
    columns = earlier.columns
    absent = [name for name in columns if name not in going_on.columns]
    filled = going_on.with_columns(pl.lit(None, dtype=earlier.schema[name]).alias(name) for name in absent)
    return pl.concat([filled.select(columns), ended, earlier.filter(~is_open)])


def _month_before(month: str) -> str:
    serial = int(month[:4]) * 12 + int(month[5:]) - 2
    return f"{serial // 12:04d}-{serial % 12 + 1:02d}"
