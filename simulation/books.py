"""Shapes of registration books: who stands in one 户口簿 and how old they are.

Belongs here: the book templates, their shares, and the ages and sexes of the people in them. Does not belong here: names,
villages, kin outside the book, or anything that happens later.

A slot is one person of a book: H I J brothers with their wives h i j, F G their parents, Q the grandmother's
mother-in-law, c d e the children of H I J, g grandchildren without their parents, u an unmarried sibling of H, x a person
alone. The first slot of a template carries the age range.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulation.calendar import Whole
from simulation.streams import Generator

Ages = NDArray[np.float64]


@dataclass(frozen=True)
class BookTemplate:
    """One shape of book: its slots, the age range of the first slot, and its share of all books in percent."""

    slots: tuple[str, ...]
    youngest: float
    oldest: float
    share: float


def _template(slots: str, youngest: float, oldest: float, share: float) -> BookTemplate:
    return BookTemplate(tuple(slots.split()), youngest, oldest, share)


TEMPLATES: Final = (
    _template("x", 22, 45, 2.68),
    _template("x", 45, 60, 7.09),
    _template("x", 60, 94, 1.33),
    _template("H h", 23, 32, 3.86),
    _template("H h", 45, 60, 4.95),
    _template("H h", 60, 90, 5.71),
    _template("h c1", 27, 46, 0.48),
    _template("h c1", 48, 84, 0.53),
    _template("x u", 45, 75, 0.60),
    _template("g1 h", 4, 16, 0.17),
    _template("H h c1", 24, 42, 14.75),
    _template("H h c1", 43, 60, 2.45),
    _template("h c1 c2", 30, 46, 0.40),
    _template("G H h", 35, 64, 0.27),
    _template("G H c1", 32, 56, 0.93),
    _template("H h c1 c2", 27, 43, 3.10),
    _template("H h c1 c2", 43, 56, 11.20),
    _template("F G H h", 24, 36, 3.84),
    _template("G H h c1", 27, 46, 0.37),
    _template("G H h c1", 46, 62, 0.23),
    _template("H h c1 c2 c3", 30, 45, 4.93),
    _template("G H h c1 c2", 28, 45, 0.71),
    _template("G H h c1 c2", 45, 60, 0.39),
    _template("F G H h c1", 25, 42, 8.01),
    _template("F G H h c1 c2", 27, 44, 5.31),
    _template("G H h c1 c2 c3", 30, 46, 0.59),
    _template("F G H h c1 c2", 45, 62, 3.96),
    _template("F G H h c1 c2 c3", 29, 45, 4.21),
    _template("F G H h c1 c2 u", 27, 38, 0.65),
    _template("F G H h c1 I i d1", 30, 46, 3.45),
    _template("Q F G H h c1 c2 u", 28, 40, 0.56),
    _template("F G H h c1 c2 I i d1", 30, 46, 0.80),
    _template("F G H h c1 c2 I i d1 d2", 32, 48, 1.13),
    _template("F G H h c1 c2 I i d1 J j e1", 34, 50, 0.16),
    _template("F G H h c1 c2 I i d1 d2 J j e1 e2", 36, 50, 0.16),
)
"""Shares fitted to the book sizes and the age pyramid of domain.md §7.4 for 2016."""

MEN: Final = frozenset("HIJF")
WOMEN: Final = frozenset("hijGQ")
BRANCH_OF: Final = {"H": "H", "h": "H", "c": "H", "I": "I", "i": "I", "d": "I", "J": "J", "j": "J", "e": "J"}
"""Brother's family a slot belongs to; parents and single people are families of their own."""


def _around(stream: Generator, mean: float, spread: float, low: float, high: float, count: int) -> Ages:
    return np.clip(stream.normal(mean, spread, count), low, high)


def _at_least(stream: Generator, ages: Ages, least: float) -> Ages:
    """Return ages not below `least`; the ones that were spread over a year, so that nobody shares a birthday by rule."""
    return np.where(ages < least, least + stream.random(len(ages)), ages)


def _child_ages(stream: Generator, elder: Ages | None, mother: Ages, count: int) -> Ages:
    """Return the age of the next child: after the elder one, or after the mother was 18 to 38."""
    if elder is None:
        age = mother - _around(stream, 24.5, 3.2, 18, 38, count)
        return np.where(age < 0.1, stream.uniform(0.1, 3.0, count), age)
    age = elder - stream.uniform(1.3, 5.0, count)
    return np.where(age < 0.1, elder * stream.uniform(0.1, 0.6, count), age)


def _grown_ages(stream: Generator, slot: str, ages: dict[str, Ages], count: int) -> Ages:
    """Return the ages of one adult slot from those already known."""
    husband = {"h": "H", "i": "I", "j": "J"}.get(slot)
    if husband:
        # A grandmother alone with grandchildren has no husband to go by.
        if husband not in ages:
            return ages["g1"] + stream.uniform(44, 60, count)
        return _at_least(stream, ages[husband] - _around(stream, 2.2, 2.4, -4, 9, count), 19.5)
    if slot in "IJ":
        return _at_least(stream, ages["H" if slot == "I" else "I"] - stream.uniform(1.5, 6.0, count), 20.5)
    if slot == "F":
        return ages["H"] + _around(stream, 26.5, 3.8, 19, 40, count)
    if slot == "G" and "F" in ages:
        return np.maximum(ages["F"] - _around(stream, 2.8, 2.8, -4, 9, count), ages["H"] + 17.5)
    if slot == "G":
        return ages["H"] + _around(stream, 25.5, 4.0, 18, 38, count)
    if slot == "Q":
        return ages["F"] + _around(stream, 23, 3.0, 18, 32, count)
    first = ages.get("H", ages.get("x"))
    if first is None:
        raise ValueError(f"slot '{slot}' has nobody to be younger than")
    return _at_least(stream, first - stream.uniform(2.0, 9.0, count), 18.5)


def draw_ages(stream: Generator, template: BookTemplate, count: int) -> dict[str, Ages]:
    """Return the ages in years of every slot of `count` books of one template, slot by slot.

    Parents come before their children in the computation whatever their order in the book.
    """
    first = template.slots[0]
    anchor = "H" if "H" in template.slots else first
    ages = {anchor: stream.uniform(template.youngest, template.oldest, count)}
    order = sorted((slot for slot in template.slots if slot != anchor), key=lambda slot: ("FGQhIiJju".find(slot[0]), slot))
    mothers = {"c": "h", "d": "i", "e": "j"}
    for slot in sorted(order, key=lambda slot: slot[0] in "cdeg"):
        if slot[0] in "cde":
            elder = ages.get(f"{slot[0]}{int(slot[1]) - 1}") if slot[1] != "1" else None
            mother = ages.get(mothers[slot[0]], ages["H"] - 2.0 if "H" in ages else ages[anchor])
            father = ages.get({"c": "H", "d": "I", "e": "J"}[slot[0]], mother)
            ages[slot] = np.minimum(_child_ages(stream, elder, mother, count), np.minimum(mother, father) - 17.0)
        else:
            ages[slot] = _grown_ages(stream, slot, ages, count)
    return {slot: np.minimum(ages[slot], 103.0) for slot in template.slots}


def draw_sexes(stream: Generator, slot: str, ages: Ages) -> Whole:
    """Return 1 for men and 2 for women; grown daughters have mostly married out of the book."""
    if slot[0] in MEN:
        return np.ones(len(ages), dtype=np.int64)
    if slot[0] in WOMEN:
        return np.full(len(ages), 2, dtype=np.int64)
    if slot == "x":
        men = np.where(ages < 60, 0.66, np.where(ages < 70, 0.5, 0.3))
    else:
        men = np.where(ages < 18, 0.53, np.where(ages < 24, 0.56, 0.70))
    return np.where(stream.random(len(ages)) < men, 1, 2)
