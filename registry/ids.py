"""Lasting ids for persons and households: kept by overlap with last month, minted, never reused, every change recorded.

Belongs here: who inherits which id, and the events of an id's life. Does not belong here: who is the same person
(`resolve`) or who lives together (`households`).
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from registry.schema.tables import conform_table, empty_table

NUMBER_WIDTH: Final = 8


@dataclass(frozen=True)
class KeptIds:
    """The outcome of one month: `ids` (cluster_id, entity_id) and `id_history` (all earlier events and this month's)."""

    ids: pl.DataFrame
    id_history: pl.DataFrame


def keep_ids(
    members: pl.DataFrame, previous: pl.DataFrame | None, history: pl.DataFrame | None, *, kind: str, prefix: str, month: str
) -> KeptIds:
    """Give each cluster the id most of its members had last month; mint new ids for the rest.

    An id is kept by one cluster only and a cluster keeps one id, so a split mints an id for the smaller part and a merger
    ends the smaller id. Ties go to the lower id, then to the lower cluster. An id that ended is never given again.

    Args:
        members: cluster_id, member_id (text that stays the same from month to month), optionally weight (Int64).
        previous: entity_id, member_id (optionally weight) of last month, or None in the first month.
        history: `id_history` so far (any kinds), or None.
        kind: entity kind written to the history, such as person.
        prefix: letters before the running number, one per kind.
        month: YYYY-MM of the events.
    """
    clusters = _with_weight(members)
    earlier = _with_weight(previous) if previous is not None else _no_members()
    votes = _count_votes(clusters, earlier)
    claimed = _claim_ids(votes)
    minted = _mint_ids(clusters, claimed, _highest_number(earlier, history, prefix), prefix)
    ids = pl.concat([claimed, minted]).sort("cluster_id")
    events = _find_events(ids, minted, votes, earlier)
    known = history.filter(pl.col("entity_kind_code") == kind) if history is not None else empty_table("id_history")
    fresh = conform_table(events.with_columns(entity_kind_code=pl.lit(kind), month=pl.lit(month)), "id_history")
    return KeptIds(ids, conform_table(pl.concat([conform_table(known, "id_history"), fresh]).unique(), "id_history"))


def _no_members() -> pl.DataFrame:
    return pl.DataFrame(schema={"entity_id": pl.String, "member_id": pl.String, "weight": pl.Int64})


def _with_weight(members: pl.DataFrame) -> pl.DataFrame:
    return members if "weight" in members.columns else members.with_columns(weight=pl.lit(1, dtype=pl.Int64))


def _count_votes(clusters: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Return cluster_id, entity_id, votes: how much of each old entity stands in each cluster, strongest claim first."""
    old = earlier.group_by("entity_id", "member_id").agg(pl.col("weight").sum())
    new = clusters.group_by("cluster_id", "member_id").agg(pl.col("weight").sum().alias("new_weight"))
    shared = new.join(old, on="member_id").with_columns(votes=pl.min_horizontal("weight", "new_weight"))
    votes = shared.group_by("cluster_id", "entity_id").agg(pl.col("votes").sum())
    return votes.sort("votes", "entity_id", "cluster_id", descending=[True, False, False])


def _claim_ids(votes: pl.DataFrame) -> pl.DataFrame:
    """Return cluster_id, entity_id: in each round the claims that are first choice of both sides are settled."""
    settled = [votes.select("cluster_id", "entity_id").clear()]
    open_claims = votes
    while open_claims.height:
        first = open_claims.filter(pl.col("entity_id").is_first_distinct() & pl.col("cluster_id").is_first_distinct())
        settled.append(first.select("cluster_id", "entity_id"))
        open_claims = open_claims.join(first, on="cluster_id", how="anti", maintain_order="left")
        open_claims = open_claims.join(first, on="entity_id", how="anti", maintain_order="left")
    return pl.concat(settled)


def _highest_number(earlier: pl.DataFrame, history: pl.DataFrame | None, prefix: str) -> int:
    """Return the highest running number ever given under `prefix`."""
    known = [earlier.get_column("entity_id")]
    if history is not None:
        known += [history.get_column("entity_id"), history.get_column("related_entity_id")]
    numbers = pl.concat([ids.cast(pl.String).rename("entity_id") for ids in known]).drop_nulls()
    ours = numbers.filter(numbers.str.contains(rf"^{prefix}\d+$"))
    highest = ours.str.strip_prefix(prefix).cast(pl.Int64).max()
    return int(str(highest)) if highest is not None else 0


def _mint_ids(clusters: pl.DataFrame, claimed: pl.DataFrame, highest: int, prefix: str) -> pl.DataFrame:
    """Return cluster_id, entity_id for clusters without an old id, numbered in the order of cluster_id."""
    fresh = clusters.select("cluster_id").unique().join(claimed, on="cluster_id", how="anti").sort("cluster_id")
    number = pl.int_range(highest + 1, highest + 1 + pl.len(), dtype=pl.Int64).cast(pl.String).str.zfill(NUMBER_WIDTH)
    return fresh.with_columns(entity_id=pl.lit(prefix) + number)


def _find_events(ids: pl.DataFrame, minted: pl.DataFrame, votes: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Return entity_id, event_code, related_entity_id of this month."""
    moves = votes.rename({"entity_id": "old_id"}).join(ids, on="cluster_id").filter(pl.col("old_id") != pl.col("entity_id"))
    moves = moves.sort("votes", "old_id", "entity_id", descending=[True, False, False])
    is_new = pl.col("entity_id").is_in(minted.get_column("entity_id").implode())
    is_kept = pl.col("old_id").is_in(ids.get_column("entity_id").implode())
    splits = moves.filter(is_new).unique("entity_id", keep="first", maintain_order=True)
    mergers = moves.filter(~is_kept).unique("old_id", keep="first", maintain_order=True)
    shifts = moves.filter(is_kept & ~is_new)
    born = minted.join(moves, on="entity_id", how="anti")
    seen = votes.select("entity_id").unique()
    retired = earlier.select("entity_id").unique().join(seen, on="entity_id", how="anti").join(ids, on="entity_id", how="anti")
    return pl.concat(
        [
            _events(born, "born", "entity_id", None),
            _events(splits, "split", "entity_id", "old_id"),
            _events(mergers, "merged", "old_id", "entity_id"),
            _events(shifts, "joined", "entity_id", "old_id"),
            _events(shifts, "left", "old_id", "entity_id"),
            _events(retired, "retired", "entity_id", None),
        ]
    )


def _events(frame: pl.DataFrame, event: str, entity: str, related: str | None) -> pl.DataFrame:
    other = pl.col(related) if related else pl.lit(None, dtype=pl.String)
    return frame.select(entity_id=pl.col(entity), event_code=pl.lit(event), related_entity_id=other)


def follow_ids(rows: pl.DataFrame, column: str, history: pl.DataFrame, *, keep_ended: bool = False) -> pl.DataFrame:
    """Return `rows` with the ids in `column` that ended replaced by the id that took over.

    Args:
        rows: any frame with our ids in `column`.
        column: the column to bring up to date.
        history: `id_history` of the same kind of id, this month's events included.
        keep_ended: rows whose id ended without a successor keep a null id; otherwise they are left out.
    """
    ended = history.filter(pl.col("event_code").is_in(["merged", "retired"])).sort("month")
    successors = ended.unique("entity_id", keep="last", maintain_order=True).select(
        pl.col("entity_id").alias(column), pl.col("related_entity_id").alias("_successor"), pl.lit(True).alias("_ended")
    )
    followed = rows
    while True:
        joined = followed.join(successors, on=column, how="left", maintain_order="left")
        if not joined["_ended"].any():
            return followed.select(rows.columns)
        moved = pl.when(pl.col("_ended")).then("_successor").otherwise(column).alias(column)
        followed = joined.with_columns(moved).select(rows.columns)
        if not keep_ended:
            followed = followed.filter(pl.col(column).is_not_null())
