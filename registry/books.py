"""Books: which people stand together under one household number in the rolls that count as books.

Belongs here: reading the household register (户口簿), member lists of declared aid households and families enrolled
together out of the mentions in force. Does not belong here: what follows from standing in one book (`kinship_graph`,
`households`).
"""

import polars as pl

from registry.components import label_components
from registry.district import District
from registry.persons import OWN_ROLES


def read_books(mentions: pl.DataFrame, person_mentions: pl.DataFrame, statuses: pl.DataFrame, district: District) -> pl.DataFrame:
    """Return roll, household_number, person_id, relation_code, mention_id of each roll's latest delivery.

    A person stands in one book of a roll. Rows of the register marked as cancelled are left out. Where the number of a
    declared household is written from its head, rows that name the same head in two ways are one household.

    Args:
        mentions: mentions in force, with household numbers.
        person_mentions: which person each mention belongs to.
        statuses: tells by row which registrations are cancelled.
        district: names the register and the other rolls that serve as books.
    """
    sources = district.settings.households
    rolls = [district.settings.register_roll, *sources.declared, *sources.living_together]
    linked = person_mentions.select("mention_id", "person_id")
    latest = mentions.filter(pl.col("roll").is_in(rolls)).filter(pl.col("month") == pl.col("month").max().over("roll"))
    resolved = latest.join(linked, on="mention_id").filter(pl.col("person_id").is_not_null())
    own = resolved.filter(pl.col("role_code").is_in(OWN_ROLES) & pl.col("household_number").is_not_null())
    cancelled = statuses.filter((pl.col("roll") == district.settings.register_roll) & (pl.col("status_kind_code") == "cancelled"))
    standing = own.join(cancelled, on="row_id", how="anti")
    heads = resolved.filter((pl.col("role_code") == "head") & pl.col("roll").is_in(sources.declared))
    rows = _join_by_head(standing, heads).select("roll", "household_number", "person_id", "relation_code", "mention_id")
    is_head = pl.col("relation_code").is_in(["01", "02"]).fill_null(False)
    # Two rows for one person: the book he heads, else the first.
    return rows.sort("roll", "person_id", ~is_head, "mention_id").unique(["roll", "person_id"], keep="first", maintain_order=True)


def _join_by_head(rows: pl.DataFrame, heads: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` with one household number for all rows of one roll whose number or head is the same."""
    by_head = heads.select("row_id", pl.col("person_id").alias("head_id")).unique("row_id", keep="first", maintain_order=True)
    headed = rows.join(by_head, on="row_id", how="inner")
    number = pl.concat_str("roll", pl.lit("|#|"), "household_number")
    head = pl.concat_str("roll", pl.lit("|@|"), "head_id")
    edges = headed.select(node=number, other_node=head).unique()
    nodes = pl.concat([edges.select("node"), edges.select(pl.col("other_node").alias("node"))]).unique()
    # "#" sorts before "@", so a component is named by its lowest household number.
    joined = label_components(nodes, edges).select(
        pl.col("node").alias("number"), pl.col("label").str.split("|#|").list.last().alias("joined")
    )
    return rows.with_columns(number=number).join(joined, on="number", how="left", maintain_order="left").with_columns(
        household_number=pl.coalesce("joined", "household_number")
    )  # fmt: skip
