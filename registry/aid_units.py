"""The legal unit of aid, derived: spouses with their minor and dependent children (共同生活的家庭成员).

Belongs here: who forms one unit when no roll has declared it (domain.md §6.2, steps 4 to 8). Does not belong here:
declared units, registration books, lasting ids (`households`), and how ties are found (`kinship_graph`).

A unit never grows by chains of shared addresses, phones or accounts. Two adults are joined only as a couple, and a
dependant joins exactly one unit; so the closure below can join no more than the law does.
"""

from typing import Final

import polars as pl

from registry.components import label_components
from registry.kinship_graph import Ties

ADULT_AGE: Final = 18


def derive_aid_units(people: pl.DataFrame, ties: Ties, couples: pl.DataFrame) -> pl.DataFrame:
    """Return unit_id, person of everyone eligible.

    Args:
        people: person; age in years (null unknown); is_dependent (an adult who by law stays a member while unmarried:
            severely disabled or in full-time school); is_eligible (alive and not excluded); register_book and living_book
            (keys, null unknown). People who are not eligible only help to tell whose child somebody is.
        ties: as built by `kinship_graph`.
        couples: as paired by `pair_couples` among the eligible.
    """
    is_minor = (pl.col("age") < ADULT_AGE).fill_null(False)
    single = people.join(couples, on="person", how="anti")
    dependants = single.filter(pl.col("is_eligible") & (is_minor | pl.col("is_dependent")))
    homes = _choose_homes(dependants, people, ties, couples)
    edges = pl.concat([couples, homes]).select(node="person", other_node="other")
    units = label_components(people.select(node="person"), edges).select(unit_id="label", person="node")
    return units.join(people.filter("is_eligible").select("person"), on="person", how="semi").sort("unit_id", "person")


def pair_couples(ties: Ties, eligible: pl.DataFrame) -> pl.DataFrame:
    """Return person, other (both directions): one spouse each, the surest tie first, then the lower ids.

    Where a person is named as the spouse of two, the couple in which both choose each other is kept.
    """
    spouses = ties.filter(pl.col("tie") == "spouse").join(eligible, on="person", how="semi")
    spouses = spouses.join(eligible.rename({"person": "other"}), on="other", how="semi")
    pair = [pl.min_horizontal("person", "other"), pl.max_horizontal("person", "other")]
    open_ties = spouses.sort("rank", *pair)
    settled = [open_ties.select("person", "other").clear()]
    while open_ties.height:
        first = open_ties.unique("person", keep="first", maintain_order=True).select("person", "other")
        mutual = first.join(first, left_on=["person", "other"], right_on=["other", "person"], how="semi")
        settled.append(mutual)
        open_ties = open_ties.join(mutual, on="person", how="anti", maintain_order="left")
        open_ties = open_ties.join(mutual, left_on="other", right_on="person", how="anti", maintain_order="left")
    return pl.concat(settled).sort("person")


def _choose_homes(dependants: pl.DataFrame, people: pl.DataFrame, ties: Ties, couples: pl.DataFrame) -> pl.DataFrame:
    """Return person, other: the one parent or grandparent each dependant belongs with.

    A living parent beats a grandparent who raises the child under one roof; brothers and sisters without either stay
    together by the parent they have lost. Among living parents apart, the one the child lives with is believed, then
    the one in whose book it stands, then the side with more of its parents.
    """
    homes = people.select(
        pl.col("person").alias("other"),
        pl.col("is_eligible").alias("is_present"),
        pl.col("register_book").alias("other_register_book"),
        pl.col("living_book").alias("other_living_book"),
    )
    partner = couples.select(pl.col("person").alias("other"), pl.col("other").alias("partner_id"))
    candidates = (
        dependants.select("person", "register_book", "living_book")
        .join(ties.filter(pl.col("tie").is_in(["parent", "grandparent"])), on="person")
        .join(homes, on="other")
        .join(partner, on="other", how="left")
    )
    shares_roof = (pl.col("living_book") == pl.col("other_living_book")).fill_null(False)
    shares_book = (pl.col("register_book") == pl.col("other_register_book")).fill_null(False)
    is_parent = pl.col("tie") == "parent"
    raised = candidates.with_columns(shares_roof=shares_roof, shares_book=shares_book).filter(is_parent | shares_roof | shares_book)
    anchor = pl.min_horizontal("other", "partner_id")
    ranked = raised.filter(is_parent | pl.col("is_present")).with_columns(
        standing=pl.when(is_parent & pl.col("is_present")).then(0).when(~is_parent).then(1).otherwise(2),
        anchor=anchor,
        parents_there=pl.len().over("person", anchor),
    )
    best = ranked.sort(
        "person", "standing", "shares_roof", "shares_book", "parents_there", "rank", "anchor", "other",
        descending=[False, False, True, True, True, False, False, False],
    )  # fmt: skip
    return best.unique("person", keep="first", maintain_order=True).select("person", "other")
