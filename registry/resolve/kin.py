"""Family circles: which numbered people stand with a profile in one row or under one household mark.

Belongs here: gathering circles as evidence for linkage. Does not belong here: households (`registry.households`) or the
ties a row states (`relations`): a circle only says "named together".
"""

from typing import Final

import polars as pl

NOT_KIN: Final = ["clerk", "account_holder"]


def gather_circles(mentions: pl.DataFrame, codes: pl.DataFrame, max_household: int) -> pl.DataFrame:
    """Return unit, number_code: the numbered people named together with each unit, itself included when numbered.

    Args:
        mentions: settled mentions with `unit` (the number, or the profile without one).
        codes: identity_number, number_code (a small integer per number: lists of text are slow to compare).
        max_household: marks shared by more people (institutions, collective books) say nothing of kin.
    """
    related = mentions.filter(~pl.col("role_code").is_in(NOT_KIN)).select("unit", "row_id", "household_number", "identity_number")
    related = related.join(codes, on="identity_number", how="left")
    row_marks = related.filter(pl.len().over("row_id") > 1).select("unit", "number_code", mark="row_id")
    house_marks = related.filter(pl.col("household_number").is_not_null()).select("unit", "number_code", mark="household_number")
    marks = pl.concat([row_marks, house_marks]).unique()
    members = marks.select("mark", "number_code").drop_nulls().unique()
    members = members.filter(pl.len().over("mark") <= max_household)
    named_together = marks.select("unit", "mark").unique().join(members, on="mark").select("unit", "number_code")
    own = mentions.select("unit", "identity_number").drop_nulls().unique().join(codes, on="identity_number").select("unit", "number_code")
    claimed = mentions.select("unit", identity_number="claimed_number").drop_nulls().unique().join(codes, on="identity_number")
    return pl.concat([named_together, own, claimed.select("unit", "number_code")]).unique()


def gather_kin_names(mentions: pl.DataFrame, circles: pl.DataFrame, holders: pl.DataFrame) -> pl.DataFrame:
    """Return unit, kin_name: names written beside a unit in any row and the names of its circle, its own name left out.

    Args:
        mentions: settled mentions with `unit`.
        circles: what `gather_circles` returns.
        holders: number_code, name_key of every numbered person.
    """
    written = mentions.select("unit", "kin_name").drop_nulls()
    named = mentions.filter(~pl.col("role_code").is_in(NOT_KIN)).select("unit", "row_id", "name_key").drop_nulls().unique()
    named = named.filter(pl.len().over("row_id") > 1)
    beside = named.select("unit", "row_id").join(named.select("row_id", kin_name="name_key"), on="row_id").select("unit", "kin_name")
    known = circles.join(holders, on="number_code").select("unit", kin_name="name_key")
    own = mentions.select("unit", kin_name="name_key").drop_nulls().unique()
    return pl.concat([written, beside, known]).drop_nulls().unique().join(own, on=["unit", "kin_name"], how="anti")
