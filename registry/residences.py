"""Residence households: who lives under one roof, as far as rolls tell.

Belongs here: families that enrol together, and where the people go whom no such list names. Does not belong here: the
legal unit of aid (`aid_units`), registration books (`books`).

An address alone never puts people together; only a shared list, marriage, kinship or a shared registration book does.
"""

import polars as pl

from registry.kinship_graph import Ties


def form_residences(people: pl.DataFrame, ties: Ties, declared: pl.DataFrame) -> pl.DataFrame:
    """Return group_key, person_id, roll (null when derived) of everyone in `people`.

    Families on a list of people living together come first. Whoever stands on none goes where the spouse is, else the
    children and parents, else the members of the same declared aid household, else the rest of the registration book;
    who is left forms a household with the rest of that book, or lives alone.

    Args:
        people: person_id, age, living_book, living_roll, register_book (keys, null unknown).
        ties: as built by `kinship_graph`.
        declared: group_key, person_id of declared aid households.
    """
    placed = people.filter(pl.col("living_book").is_not_null()).select("person_id", group_key="living_book", roll="living_roll")
    near = ties.filter(pl.col("tie").is_in(["spouse", "parent"])).select("person_id", "other_person_id", "tie")
    spouses = near.filter(pl.col("tie") == "spouse").select("person_id", "other_person_id")
    kin = near.filter(pl.col("tie") == "parent").select("person_id", "other_person_id")
    kin = pl.concat([kin, kin.select(person_id="other_person_id", other_person_id="person_id")])
    for links in (spouses, kin, _mates(declared, "group_key"), _mates(people, "register_book")):
        placed = _follow(people, placed, links)
    left = people.join(placed, on="person_id", how="anti")
    alone = left.select("person_id", group_key=pl.coalesce("register_book", "person_id"), roll=pl.lit(None, dtype=pl.String))
    return pl.concat([placed, alone]).select("group_key", "person_id", "roll")


def _mates(rows: pl.DataFrame, group: str) -> pl.DataFrame:
    """Return person_id, other_person_id of people in one group."""
    grouped = rows.filter(pl.col(group).is_not_null()).select(group, "person_id")
    pairs = grouped.join(grouped.rename({"person_id": "other_person_id"}), on=group)
    return pairs.filter(pl.col("person_id") != pl.col("other_person_id")).select("person_id", "other_person_id")


def _follow(people: pl.DataFrame, placed: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return `placed` with the people added whose links lead to a placed person; most links win, then the lower key."""
    others = placed.select(pl.col("person_id").alias("other_person_id"), "group_key")
    seekers = people.select("person_id").join(placed, on="person_id", how="anti")
    votes = links.join(seekers, on="person_id", how="semi").join(others, on="other_person_id").group_by("person_id", "group_key").len()
    first = votes.sort("person_id", pl.col("len").cast(pl.Int64), "group_key", descending=[False, True, False])
    found = first.unique("person_id", keep="first", maintain_order=True).select(
        "person_id", "group_key", roll=pl.lit(None, dtype=pl.String)
    )
    return pl.concat([placed, found])
