"""Ties between books: grown sons in a book of their own, daughters married into another village, surnames of both lines.

Belongs here: parents outside the book, surnames, clans' generations, relation to the head of the book. Does not belong
here: families inside a book (`simulation.population`).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulation.calendar import NEVER, Whole
from simulation.names import draw_book_surnames, draw_migrant_surnames, draw_surnames
from simulation.population import Columns
from simulation.streams import Generator

GAP: Final = (19 * 365, 41 * 365)
"""Days between the births of father and child."""

HEAD_F: Final = {
    "F": ("02", "02"),
    "G": ("12", "12"),
    "H": ("20", "20"),
    "I": ("20", "20"),
    "J": ("20", "20"),
    "h": ("38", "38"),
    "i": ("38", "38"),
    "j": ("38", "38"),
    "c": ("41", "42"),
    "d": ("41", "42"),
    "e": ("41", "42"),
    "u": ("20", "30"),
    "Q": ("52", "52"),
}
HEAD_H: Final = {
    "F": ("51", "51"),
    "G": ("52", "52"),
    "H": ("02", "02"),
    "h": ("12", "12"),
    "I": ("73", "73"),
    "J": ("73", "73"),
    "i": ("74", "74"),
    "j": ("74", "74"),
    "c": ("20", "30"),
    "d": ("93", "94"),
    "e": ("93", "94"),
    "u": ("73", "77"),
    "Q": ("62", "62"),
    "g": ("41", "42"),
}
HEAD_G: Final = {**HEAD_F, "G": ("02", "02")}
HEAD_ALONE: Final = {"x": ("02", "02"), "h": ("02", "02"), "c": ("20", "30"), "u": ("73", "77"), "g": ("41", "42")}
"""GB/T 4761 codes (man, woman) of each slot by who heads the book."""


def give_surnames(stream: Generator, people: Columns, weights: NDArray[np.float64]) -> None:
    """Add `surname` of the male line and `is_married_in` (wives from outside the district); wives' own surnames come later."""
    books = int(people["book"].max()) + 1
    villages = np.zeros(books, dtype=np.int64)
    villages[people["book"]] = people["village"]
    line = draw_book_surnames(stream, villages, weights)
    guest_line = draw_migrant_surnames(stream, books)
    people["surname"] = np.where(people["is_local"], line[people["book"]], guest_line[people["book"]])
    wives = np.isin(people["slot"], [ord(c) for c in "hijGQ"])
    count = len(wives)
    people["is_married_in"] = wives & people["is_local"] & (stream.random(count) < 0.30)
    afar = people["is_married_in"] & (stream.random(count) < 0.4) | (wives & ~people["is_local"])
    own = np.where(afar, draw_migrant_surnames(stream, count), draw_surnames(stream, count))
    people["surname"] = np.where(wives, own, people["surname"])
    people["is_from_afar"] = afar | people["is_migrant"]


def link_sons(stream: Generator, people: Columns) -> None:
    """Give men who head a book without their father in it a father of the same clan and village, where ages allow."""
    born, slot, sex = people["birth_day"], people["slot"], people["sex"]
    eligible = people["is_local"] & (sex == 1) & (people["father"] == NEVER) & (people["mother"] == NEVER)
    sons = np.flatnonzero(eligible & np.isin(slot, [ord("H"), ord("x")]))
    fathers = np.flatnonzero(people["is_local"] & (sex == 1) & (people["spouse"] != NEVER))
    key = people["village"] * 1000 + people["surname"]
    _match(stream, people, sons, fathers, key, born, rounds=6)


def link_daughters(stream: Generator, people: Columns) -> None:
    """Give wives of district origin parents elsewhere in the district; the wife bears her father's surname."""
    wives = np.isin(people["slot"], [ord(c) for c in "hij"]) & people["is_local"] & ~people["is_married_in"]
    daughters = np.flatnonzero(wives & (people["mother"] == NEVER))
    fathers = np.flatnonzero(people["is_local"] & (people["sex"] == 1) & (people["spouse"] != NEVER))
    anywhere = np.zeros(len(people["book"]), dtype=np.int64)
    linked = _match(stream, people, daughters, fathers, anywhere, people["birth_day"], rounds=4)
    people["surname"][linked] = people["surname"][people["father"][linked]]


def link_former_couples(stream: Generator, people: Columns) -> None:
    """Give children of divorced lone parents their other parent, who lives alone elsewhere in the district.

    They bear the father's surname. A third of those in the father's book live with the mother (domain.md §6.3).
    """
    born, slot = people["birth_day"], people["slot"]
    divorced = people["is_local"] & (people["marriage"] == 40)
    alone = divorced & (slot == ord("x"))
    child = np.flatnonzero((slot == ord("c")) & people["is_local"])
    for lost, kept, sex in (("father", "mother", 1), ("mother", "father", 2)):
        parent = people[kept][child]
        left = child[(people[lost][child] == NEVER) & (parent != NEVER) & divorced[np.where(parent == NEVER, 0, parent)]]
        parents, place = np.unique(people[kept][left], return_inverse=True)
        pool = np.flatnonzero(alone & (people["sex"] == sex))
        if not len(pool) or not len(parents):
            continue
        former = pool[stream.integers(len(pool), size=len(parents))]
        fits = np.abs(born[former] - born[parents]) < 9 * 365
        other = np.where(fits, former, NEVER)[place]
        fits = (other != NEVER) & (born[left] - born[other] > 17 * 365)
        people[lost][left[fits]] = other[fits]
    with_mother = child[
        (people["spouse"][people["mother"][child]] == NEVER) & (people["book"][people["mother"][child]] != people["book"][child])
    ]
    with_mother = with_mother[people["mother"][with_mother] != NEVER]
    moved = with_mother[stream.random(len(with_mother)) < 0.35]
    for name in ("dwelling", "home_village", "home_group", "home_house"):
        people[name][moved] = people[name][people["mother"][moved]]
    has_father = child[people["father"][child] != NEVER]
    people["surname"][has_father] = people["surname"][people["father"][has_father]]


def _match(stream: Generator, people: Columns, children: Whole, fathers: Whole, key: Whole, born: Whole, rounds: int) -> Whole:
    """Draw a father with the same key for each child, keep pairs whose ages fit, and try again for the rest."""
    fathers = fathers[np.argsort(key[fathers], kind="stable")]
    keys = key[fathers]
    done: list[Whole] = []
    for _ in range(rounds):
        low = np.searchsorted(keys, key[children], side="left")
        high = np.searchsorted(keys, key[children], side="right")
        open_to = high > low
        pick = low + (stream.random(len(children)) * np.maximum(high - low, 1)).astype(np.int64)
        father = fathers[np.where(open_to, pick, 0)]
        gap = born[children] - born[father]
        mother = people["spouse"][father]
        fits = (
            open_to
            & (gap > GAP[0])
            & (gap < GAP[1])
            & (born[children] - born[mother] > 17 * 365)
            & (born[children] - born[mother] < 43 * 365)
        )
        fits &= (people["book"][father] != people["book"][children]) & (
            people["surname"][father] != people["surname"][people["spouse"][children]]
        )
        people["father"][children[fits]] = father[fits]
        people["mother"][children[fits]] = mother[fits]
        done.append(children[fits])
        children = children[~fits]
    return np.concatenate(done)


def clan_keys(people: Columns) -> Whole:
    """Return a number for each man's clan, village and generation; negative for incomers.

    Generations of one clan are about 27 years; brothers share their eldest's by the birth of their father where it is known.
    """
    born = people["birth_day"] // 365 + 1970
    father = people["father"]
    basis = np.where(father != NEVER, born[father] + 27, born)
    generation = (basis - 1850) // 27
    return np.where(people["is_local"], people["village"] * 100_000 + people["surname"] * 100 + generation, NEVER)


def head_relations(stream: Generator, people: Columns, base_day: int) -> NDArray[np.object_]:
    """Return each person's relation to the head of the book; the head is the father while he is not too old, else the eldest son."""
    books = int(people["book"].max()) + 1
    slot, book = people["slot"], people["book"]
    elder_age = np.full(books, -1.0)
    has = {letter: np.zeros(books, dtype=np.bool_) for letter in "FGHx"}
    for letter, found in has.items():
        found[book[slot == ord(letter)]] = True
    fathers = slot == ord("F")
    elder_age[book[fathers]] = (base_day - people["birth_day"][fathers]) / 365.25
    luck = stream.random(books)
    by_father = has["F"] & ((elder_age < 66) | (luck < 0.25))
    by_mother = has["G"] & ~has["F"] & (luck < 0.15)
    kind = np.where(by_father, 0, np.where(by_mother, 1, np.where(has["H"], 2, 3)))[book]
    codes = np.full(len(slot), "99", dtype=object)
    for number, table in enumerate((HEAD_F, HEAD_G, HEAD_H, HEAD_ALONE)):
        for letter, (man, woman) in table.items():
            where = (kind == number) & (slot == ord(letter))
            codes[where] = np.where(people["sex"][where] == 1, man, woman)
    return codes
