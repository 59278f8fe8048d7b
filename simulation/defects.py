"""From an office's correct rows to the text it really sends.

Belongs here: the order in which the cells of a roll are written and spoiled. Does not belong here: single defects
(`identity_defects`, `name_defects`, `value_defects`), rates (`rates`), sheets and files (`sheets`, `write`).

The hidden columns with the persons meant are never touched: a spoiled row still has its truth.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from simulation.chance import Keys, draw, mix
from simulation.identity_defects import check_character, spoil_identity_numbers
from simulation.name_defects import build_traits, spoil_names
from simulation.rates import Noise, RollNoise
from simulation.rolls.shape import Head, Party, Shape
from simulation.rolls.view import View
from simulation.value_defects import render, spoil_values

LAST_CHANGED = 2012
"""The youngest whose number may have been changed were born in this year."""

FIRST_PUPIL = 1999
ELDERLY = 80

COPY_KEYS = 1 << 50
"""Added to the key of a row entered twice, so that the copy has mistakes of its own."""


@dataclass(frozen=True)
class Clerk:
    """What the typing of one month needs: the view, the rates, and what each person's name and papers look like."""

    view: View
    noise: Noise
    traits: pl.DataFrame
    papers: pl.DataFrame
    former: pl.DataFrame


def seat_clerk(view: View, noise: Noise) -> Clerk:
    """Return the clerk of one month."""
    cards = view.world.disabilities.unique("person", keep="first", maintain_order=True)
    papers = view.persons.select("person", "number").join(
        cards.select("person", certificate="certificate_number"), on="person", how="left", maintain_order="left"
    )
    former = find_former_numbers(view.persons, cards["person"], noise.people.changed_number, view.seed)
    return Clerk(view, noise, build_traits(view.persons, view.month), papers, former)


def find_former_numbers(persons: pl.DataFrame, card_holders: pl.Series, share: float, seed: int) -> pl.DataFrame:
    """Return person, former (the number before it was changed) and roll (the one old roll that still has it).

    The old number differs in the serial only and belongs to nobody else.
    """
    keys = mix(persons["person"].to_numpy().astype(np.uint64), seed, "changed number")
    born = pl.col("birth_date").dt.year()
    old_roll = (
        pl.when(pl.col("person").is_in(card_holders.implode()))
        .then(pl.lit("disability_certificates"))
        .when(pl.col("age") >= ELDERLY)
        .then(pl.lit("old_age_allowance"))
        .when(born >= FIRST_PUPIL)
        .then(pl.lit("school_register"))
        .otherwise(pl.lit("nrcms_enrolment"))
    )
    changed = persons.filter(pl.Series(draw(keys) < share) & (born <= LAST_CHANGED) & pl.col("number").is_not_null())
    serial = (pl.col("number").str.slice(14, 3).cast(pl.Int64) + 500) % 1000
    body = pl.col("number").str.slice(0, 14) + serial.cast(pl.String).str.zfill(3)
    former = changed.select("person", (body + check_character(body)).alias("former"), old_roll.alias("roll"))
    return former.filter(~pl.col("former").is_in(persons["identity_number"].implode()))


def type_roll(shape: Shape, clerk: Clerk) -> pl.DataFrame:
    """Return the roll as text under the canonical heads, hidden columns kept; null is an empty cell."""
    rates = clerk.noise.of(shape.roll)
    rows = shape.build(clerk.view)
    missing = [pl.lit(None, pl.String).alias(item.name) for item in shape.heads if item.name not in rows.columns]
    sheets = [pl.lit("").alias(name) for name in ("@town", "@village", "@file") if name not in rows.columns]
    rows = rows.with_columns(*missing, *sheets).with_columns(pl.col("@town", "@village").fill_null(""))
    rows = _enter_twice(rows, clerk, shape, rates)
    keys = row_keys(rows, clerk.view, shape.roll, rates.rows.churn)
    named = {party.name: party for party in shape.parties if party.name}
    numbered = {party.identity_number: party for party in shape.parties if party.identity_number}
    typed = []
    for item in shape.heads:
        if item.kind == "name" and item.name in named:
            typed.append(_type_names(rows, keys, named[item.name], clerk, rates).alias(item.name))
        elif item.name in numbered:
            typed.append(_type_numbers(rows, keys, numbered[item.name], clerk, shape.roll, rates, shape.typed_as).alias(item.name))
        else:
            typed.append(_type_values(rows, keys, item, rates, shape.typed_as, (str(clerk.view.seed), shape.roll)).alias(item.name))
    return rows.select(name for name in rows.columns if name.startswith("@")).with_columns(typed)


def row_keys(rows: pl.DataFrame, view: View, roll: str, churn: float) -> Keys:
    """Return the luck of each row: the same month after month, until the row is typed anew."""
    keys = mix(rows["@key"].to_numpy().astype(np.uint64), view.seed, roll)
    anew = draw(keys, "churn", view.month) < churn
    return np.where(anew, mix(keys, "anew", view.month), keys)


def _enter_twice(rows: pl.DataFrame, clerk: Clerk, shape: Shape, rates: RollNoise) -> pl.DataFrame:
    """Return `rows` with some of them entered a second time, a few rows further down."""
    keys = mix(rows["@key"].to_numpy().astype(np.uint64), clerk.view.seed, shape.roll, "twice")
    placed = rows.with_row_index("@at").with_columns(pl.col("@at").cast(pl.Int64) * 2)
    copies = placed.filter(pl.Series(draw(keys) < rates.rows.duplicate)).with_columns(pl.col("@key") + COPY_KEYS, pl.col("@at") + 7)
    return pl.concat([placed, copies]).sort("@at", maintain_order=True).drop("@at") if copies.height else rows


def _type_names(rows: pl.DataFrame, keys: Keys, party: Party, clerk: Clerk, rates: RollNoise) -> pl.Series:
    cells = rows.select(pl.col(str(party.name)).alias("value"), pl.col(party.person).alias("person"))
    return spoil_names(cells, mix(keys, party.person), rates.names, clerk.traits)["value"]


def _type_numbers(rows: pl.DataFrame, keys: Keys, party: Party, clerk: Clerk, roll: str, rates: RollNoise, form: str) -> pl.Series:
    number = pl.col(str(party.identity_number))
    other = pl.col(party.mistaken_for) if party.mistaken_for else pl.lit(None, pl.Int64)
    cells = rows.select(
        number.alias("value"), pl.col(party.person).alias("person"), other.cast(pl.Int64).alias("other"), number.shift(1).alias("neighbour")
    )
    cells = _write_former(cells, clerk, roll)
    papers = clerk.papers
    cells = (
        cells.join(papers, on="person", how="left", maintain_order="left")
        .with_columns(is_unregistered=pl.col("person").is_not_null() & pl.col("number").is_null())
        .drop("number")
    )
    if party.mistaken_for:
        cells = cells.join(papers.select(other="person", related="number"), on="other", how="left", maintain_order="left")
    else:
        cells = cells.with_columns(related=pl.lit(None, pl.String))
    nobody = cells["person"].is_null()
    spoiled = spoil_identity_numbers(cells, mix(keys, party.person), rates.identity, form)["value"]
    return spoiled.set(nobody, None) if nobody.any() else spoiled


def _write_former(cells: pl.DataFrame, clerk: Clerk, roll: str) -> pl.DataFrame:
    """Return the cells with the old number of those whose change this roll never heard of."""
    former = clerk.former.filter(pl.col("roll") == roll)
    if not former.height:
        return cells
    old = pl.when(pl.col("value").is_not_null()).then("former")
    return (
        cells.join(former.drop("roll"), on="person", how="left", maintain_order="left")
        .with_columns(pl.coalesce(old, "value").alias("value"))
        .drop("former")
    )


def _type_values(rows: pl.DataFrame, keys: Keys, item: Head, rates: RollNoise, form: str, words: tuple[str, ...]) -> pl.Series:
    head, kind = item.name, item.kind
    if rows[head].null_count() == rows.height:
        return rows[head].cast(pl.String)
    shown = render(rows[head], kind, form, *words, head)
    cells = pl.DataFrame({"value": shown, "true": rows[head], "town": rows["@town"]})
    return spoil_values(cells, keys, rates.values, kind, head, form)["value"]
