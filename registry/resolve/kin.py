"""Family circles: which numbered people, and which names, stand with a profile in one row or under one household mark.

Belongs here: gathering circles as evidence for linkage. Does not belong here: households (`registry.households`) or the
ties a row states (`relations`): a circle only says "named together".
"""

from typing import Final

import polars as pl

NOT_KIN: Final = ["clerk", "account_holder", "donor"]


def gather_circles(keyed: pl.DataFrame, max_household: int) -> pl.DataFrame:
    """Return unit, number_code: the numbered people named together with each unit, itself included when numbered.

    Args:
        keyed: what `statements.key_statements` returns.
        max_household: marks shared by more people (institutions, collective books) say nothing of kin.
    """
    related = keyed.filter(~pl.col("role_code").is_in(NOT_KIN)).select("unit", "row_key", "house_key", "number_code")
    row_marks = related.filter(pl.len().over("row_key") > 1).select("unit", "number_code", mark="row_key")
    house_marks = related.filter(pl.col("house_key").is_not_null()).select("unit", "number_code", mark="house_key")
    marks = pl.concat([row_marks, house_marks]).unique()
    members = marks.select("mark", "number_code").drop_nulls().unique()
    members = members.filter(pl.len().over("mark") <= max_household)
    named_together = marks.select("unit", "mark").unique().join(members, on="mark").select("unit", "number_code")
    own = keyed.select("unit", "number_code").drop_nulls()
    claimed = keyed.select("unit", number_code="claimed_code").drop_nulls()
    return pl.concat([named_together, own, claimed]).unique()


def gather_kin_names(keyed: pl.DataFrame, circles: pl.DataFrame, holders: pl.DataFrame) -> pl.DataFrame:
    """Return unit, name_code: names written beside a unit in any row and the names of its circle, its own left out.

    Args:
        keyed: what `statements.key_statements` returns.
        circles: what `gather_circles` returns.
        holders: number_code, name_key of every numbered person.
    """
    names = pl.concat([keyed.get_column("name_key"), keyed.get_column("kin_name").rename("name_key")]).drop_nulls().unique().sort()
    codes = pl.DataFrame({"name_key": names}).with_row_index("name_code")
    coded = keyed.select("unit", "row_key", "role_code", "name_key", "kin_name").join(codes, on="name_key", how="left")
    written = coded.select("unit", name_key="kin_name").drop_nulls().unique().join(codes, on="name_key").select("unit", "name_code")
    named = coded.filter(~pl.col("role_code").is_in(NOT_KIN)).select("unit", "row_key", "name_code").drop_nulls().unique()
    named = named.filter(pl.len().over("row_key") > 1)
    beside = named.select("unit", "row_key").join(named.select("row_key", "name_code"), on="row_key").select("unit", "name_code")
    known = circles.join(holders.join(codes, on="name_key").select("number_code", "name_code"), on="number_code")
    own = coded.select("unit", "name_code").drop_nulls().unique()
    everyone = pl.concat([written, beside, known.select("unit", "name_code")]).unique()
    return everyone.join(own, on=["unit", "name_code"], how="anti")
