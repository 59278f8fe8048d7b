"""Residence households: who lives under one roof, as far as rolls tell.

Belongs here: families that enrol together, and where the people go whom no such list names. Does not belong here: the
legal unit of aid (`aid_units`), registration books (`books`).

An address alone never puts people together; only a shared list, marriage, kinship or a shared registration book does.
"""

import polars as pl

from registry.kinship_graph import SLOT_OF_CODE, Ties


def form_residences(people: pl.DataFrame, ties: Ties, couples: pl.DataFrame, declared: pl.DataFrame) -> pl.DataFrame:
    """Return group_key, person, roll (null when derived) of everyone in `people`.

    Families on a list of people living together come first. Whoever stands on none goes where the spouse is, else where
    most of the registration book is, else to parents or children, else to the members of the same declared aid household;
    who is left forms a household with the rest of the book, or lives alone. Out of what is one book so far, married
    brothers move into houses of their own (see `_branch_off`).

    Args:
        people: person, age, unit_id (legal unit), living_book, living_roll, living_code, register_book, register_code.
        ties: as built by `kinship_graph`.
        couples: person, other.
        declared: group_key, person of declared aid households.
    """
    placed = people.filter(pl.col("living_book").is_not_null()).select("person", group_key="living_book", roll="living_roll")
    kin = ties.filter(pl.col("tie") == "parent").select("person", "other")
    kin = pl.concat([kin, kin.select(person="other", other="person")])
    for links in (couples, _mates(people, "register_book"), kin, _mates(declared, "group_key")):
        placed = _follow(people, placed, links)
    left = people.join(placed, on="person", how="anti")
    alone = left.select(
        "person", group_key=pl.coalesce("register_book", pl.col("person").cast(pl.String)), roll=pl.lit(None, dtype=pl.String)
    )
    return _branch_off(pl.concat([placed, alone]), people, couples)


def _branch_off(placed: pl.DataFrame, people: pl.DataFrame, couples: pl.DataFrame) -> pl.DataFrame:
    """Return `placed` with the legal units of younger married sons, and of married brothers of the head, in homes of their own.

    A book with several married brothers (兄弟未分家) rarely means one roof: each builds his house, the parents stay with the
    eldest. Books cannot tell; where a list of people living together keeps the brothers apart, that list has been followed.
    """
    facts = people.select(
        "person", "age", "unit_id", slot=pl.coalesce("living_code", "register_code").replace_strict(SLOT_OF_CODE, default=None)
    )
    rows = placed.join(facts, on="person", how="left", maintain_order="left")
    married = rows.join(couples, on="person", how="semi")
    is_child = pl.col("slot").is_in(["son", "daughter"])
    children = married.filter(is_child).sort("group_key", "age", "person", descending=[False, True, False], nulls_last=True)
    younger = children.filter(pl.int_range(pl.len()).over("group_key") > 0)
    brothers = married.filter(pl.col("slot").is_in(["brother", "sister"]))
    leaving = pl.concat([younger, brothers]).select("group_key", "unit_id").drop_nulls().unique().with_columns(leaves=pl.lit(True))
    own_home = pl.concat_str("group_key", pl.lit("|"), "unit_id")
    branched = rows.join(leaving, on=["group_key", "unit_id"], how="left", maintain_order="left")
    return branched.with_columns(group_key=pl.when("leaves").then(own_home).otherwise("group_key")).select("group_key", "person", "roll")


def _mates(rows: pl.DataFrame, group: str) -> pl.DataFrame:
    """Return person, other of people in one group."""
    grouped = rows.filter(pl.col(group).is_not_null()).select(group, "person")
    pairs = grouped.join(grouped.rename({"person": "other"}), on=group)
    return pairs.filter(pl.col("person") != pl.col("other")).select("person", "other")


def _follow(people: pl.DataFrame, placed: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return `placed` with the people added whose links lead to a placed person; most links win, then the lower key."""
    others = placed.select(pl.col("person").alias("other"), "group_key")
    seekers = people.select("person").join(placed, on="person", how="anti")
    votes = links.join(seekers, on="person", how="semi").join(others, on="other").group_by("person", "group_key").len()
    first = votes.sort("person", pl.col("len").cast(pl.Int64), "group_key", descending=[False, True, False])
    found = first.unique("person", keep="first", maintain_order=True).select("person", "group_key", roll=pl.lit(None, dtype=pl.String))
    return pl.concat([placed, found])
