"""Residence households: who lives under one roof, as far as rolls tell.

Belongs here: families that enrol together, and where the people go whom no such list names. Does not belong here: the
legal unit of aid (`aid_units`), registration books (`books`).

An address alone never puts people together; only a shared list, marriage, kinship or a shared registration book does.
"""

import polars as pl

from registry.kinship_graph import SLOT_OF_CODE, Ties


def form_residences(people: pl.DataFrame, ties: Ties, couples: pl.DataFrame, declared: pl.DataFrame) -> pl.DataFrame:
    """Return group_key, person, roll (null when derived) of everyone in `people`.

    Families on a list of people living together come first. Whoever stands on none goes where the spouse is, else the
    rest of the legal unit, else parents and children of the same registration book, else most of that book, else the
    members of the same declared aid household, else (if registered nowhere) any parent or child. Who is left forms a
    household with the rest of the book, married brothers apart (see `_branch_off`), or lives alone.

    Args:
        people: person, age, unit_id (legal unit), living_book, living_roll, register_book, register_code.
        ties: as built by `kinship_graph`.
        couples: person, other.
        declared: group_key, person of declared aid households.
    """
    placed = people.filter(pl.col("living_book").is_not_null()).select("person", group_key="living_book", roll="living_roll")
    parents = ties.filter(pl.col("tie") == "parent").select("person", "other")
    kin = pl.concat([parents, parents.select(person="other", other="person")])
    registered = people.select("person", "register_book").drop_nulls()
    mates = _mates(registered, "register_book")
    kin_in_book = kin.join(mates, on=["person", "other"], how="semi")
    kin_of_guests = kin.join(registered, on="person", how="anti")
    for links in (couples, _mates(people, "unit_id"), kin_in_book, mates, _mates(declared, "group_key"), kin_of_guests):
        placed = _follow(people, placed, links)
    left = people.join(placed, on="person", how="anti")
    return pl.concat([placed, _branch_off(left, couples)]).select("group_key", "person", "roll")


def _branch_off(people: pl.DataFrame, couples: pl.DataFrame) -> pl.DataFrame:
    """Return person, group_key, roll of people no list tells of: one home a book, but younger married brothers apart.

    A book with several married brothers (兄弟未分家) rarely means one roof: each builds his house, and the parents stay with
    the eldest.
    """
    slot = pl.col("register_code").replace_strict(SLOT_OF_CODE, default=None, return_dtype=pl.String)
    rows = people.with_columns(slot=slot, group_key=pl.coalesce("register_book", pl.col("person").cast(pl.String)))
    married = rows.join(couples, on="person", how="semi")
    sons = married.filter(pl.col("slot").is_in(["son", "daughter"]))
    sons = sons.sort("group_key", "age", "person", descending=[False, True, False], nulls_last=True)
    younger = sons.filter(pl.int_range(pl.len()).over("group_key") > 0)
    brothers = married.filter(pl.col("slot").is_in(["brother", "sister"]))
    leaving = pl.concat([younger, brothers]).select("group_key", "unit_id").drop_nulls().unique().with_columns(leaves=pl.lit(True))
    own_home = pl.concat_str("group_key", pl.lit("|"), "unit_id")
    branched = rows.join(leaving, on=["group_key", "unit_id"], how="left")
    key = pl.when("leaves").then(own_home).otherwise("group_key")
    return branched.select("person", group_key=key, roll=pl.lit(None, dtype=pl.String))


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
