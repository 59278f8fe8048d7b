"""The registered people of the district on the first day: books, places, sexes, birth days, families inside a book.

Belongs here: laying out books as columns of whole numbers. Does not belong here: ties between books (`simulation.kin`),
births and deaths afterwards (`simulation.vital`), names and numbers (`simulation.people`).

A population is a mapping of equally long columns; `person` is the position. Kin and spouse columns hold positions or NEVER.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulation.books import BRANCH_OF, TEMPLATES, BookTemplate, draw_ages, draw_sexes
from simulation.calendar import NEVER, Whole
from simulation.streams import Generator

Columns = dict[str, NDArray[Any]]

SPOUSES: Final = {"H": "h", "h": "H", "I": "i", "i": "I", "J": "j", "j": "J", "F": "G", "G": "F"}
PARENTS: Final = {
    "c": ("H", "h"),
    "d": ("I", "i"),
    "e": ("J", "j"),
    "H": ("F", "G"),
    "I": ("F", "G"),
    "J": ("F", "G"),
    "u": ("F", "G"),
    "F": ("", "Q"),
}
BRANCHES: Final = ("", "H", "I", "J")

INCOMER_TEMPLATES: Final = (
    BookTemplate(("x",), 19, 46, 62.0),
    BookTemplate(("H", "h"), 23, 48, 14.0),
    BookTemplate(("H", "h", "c1"), 25, 42, 14.0),
    BookTemplate(("H", "h", "c1", "c2"), 28, 43, 10.0),
)
"""Workers from other provinces: mostly alone, some with their family."""


def _deal(stream: Generator, shares: NDArray[np.float64], count: int) -> Whole:
    """Return how many of `count` fall to each share: whole parts first, the rest by lot."""
    exact = shares / shares.sum() * count
    whole = np.floor(exact).astype(np.int64)
    rest = exact - whole
    left = count - int(whole.sum())
    if left:
        whole[stream.choice(len(shares), size=left, replace=False, p=rest / rest.sum())] += 1
    return np.asarray(whole, dtype=np.int64)


def _lay_template(stream: Generator, template: BookTemplate, books: Whole, first_person: int) -> Columns:
    """Return the people of all books of one template, slot after slot."""
    count, slots = len(books), template.slots
    ages = draw_ages(stream, template, count)
    position = {slot: first_person + i * count + np.arange(count) for i, slot in enumerate(slots)}
    nobody = np.full(count, NEVER)
    columns: dict[str, list[NDArray[Any]]] = {name: [] for name in ("book", "slot", "branch", "age", "sex", "spouse", "father", "mother")}
    for slot in slots:
        father, mother = PARENTS.get(slot[0], ("", ""))
        columns["book"].append(books)
        columns["slot"].append(np.full(count, ord(slot[0])))
        columns["branch"].append(np.full(count, BRANCHES.index(BRANCH_OF.get(slot[0], ""))))
        columns["age"].append(ages[slot])
        columns["sex"].append(draw_sexes(stream, slot, ages[slot]))
        columns["spouse"].append(position.get(SPOUSES.get(slot[0], ""), nobody))
        columns["father"].append(position.get(father, nobody))
        columns["mother"].append(position.get(mother, nobody))
    return {name: np.concatenate(parts) for name, parts in columns.items()}


def lay_books(stream: Generator, templates: tuple[BookTemplate, ...], people: int) -> Columns:
    """Return the people of enough books of `templates` to hold about `people`, with kin inside each book."""
    shares = np.array([template.share for template in templates])
    mean_size = float((shares * [len(template.slots) for template in templates]).sum() / shares.sum())
    counts = _deal(stream, shares, max(len(templates), round(people / mean_size)))
    parts: list[Columns] = []
    book = person = 0
    for template, count in zip(templates, counts.tolist(), strict=True):
        parts.append(_lay_template(stream, template, book + np.arange(count), person))
        book += count
        person += count * len(template.slots)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def append(columns: Columns, more: Columns) -> Columns:
    """Return two populations one after the other; `more` already counts its people from the end of the first."""
    return {name: np.concatenate([columns[name], more[name]]) for name in columns}


def shift_people(columns: Columns, people: int, books: int) -> Columns:
    """Return a population renumbered to stand after `people` persons and `books` books."""
    moved = dict(columns)
    for name in ("spouse", "father", "mother"):
        moved[name] = np.where(columns[name] == NEVER, NEVER, columns[name] + people)
    moved["book"] = columns["book"] + books
    return moved


def lay_population(stream: Generator, registered: int, incomers: int, base_day: int) -> Columns:
    """Return everybody on `base_day`: registered people first, then incomers (`is_local` false)."""
    local = lay_books(stream, TEMPLATES, registered)
    local["is_local"] = np.ones(len(local["book"]), dtype=np.bool_)
    guests = lay_books(stream, INCOMER_TEMPLATES, incomers)
    guests = shift_people(guests, len(local["book"]), int(local["book"].max()) + 1)
    guests["is_local"] = np.zeros(len(guests["book"]), dtype=np.bool_)
    people = append(local, guests)
    people["birth_day"] = base_day - np.floor(people.pop("age") * 365.25).astype(np.int64) - 1
    people["is_migrant"] = ~people["is_local"]
    _make_twins(stream, people)
    people["marriage"] = _draw_marriages(stream, people, base_day)
    return people


def _make_twins(stream: Generator, people: Columns) -> None:
    """Give one child in ninety the birth day of the child before in the same family."""
    following = np.flatnonzero((people["slot"] == ord("c")) & (people["mother"] != NEVER))
    order = following[np.lexsort((people["birth_day"][following], people["mother"][following]))]
    same = np.flatnonzero(people["mother"][order[1:]] == people["mother"][order[:-1]]) + 1
    chosen = same[stream.random(len(same)) < 0.022]
    people["is_twin"] = np.zeros(len(people["book"]), dtype=np.bool_)
    people["birth_day"][order[chosen]] = people["birth_day"][order[chosen - 1]]
    people["is_twin"][order[chosen]] = True
    people["is_twin"][order[chosen - 1]] = True


def _draw_marriages(stream: Generator, people: Columns, base_day: int) -> Whole:
    """Return GB/T 2261.2 codes: 20 with a spouse, else by slot and age 10 single, 30 widowed, 40 divorced."""
    age = (base_day - people["birth_day"]) / 365.25
    luck = stream.random(len(age))
    slot = people["slot"]
    alone = np.where(
        age < 35, 10, np.where(age < 60, np.where(luck < 0.62, 10, 40), np.where(luck < 0.76, 30, np.where(luck < 0.95, 10, 40)))
    )
    lone_parent = np.where((age < 56) & (luck < 0.6), 40, 30)
    is_parent = np.isin(slot, [ord(c) for c in "HhFG"])
    codes = np.where(slot == ord("x"), alone, np.where(is_parent, lone_parent, np.where(slot == ord("Q"), 30, 10)))
    return np.where(people["spouse"] != NEVER, 20, codes)


def place_books(stream: Generator, people: Columns, weights: NDArray[np.float64], incomer_weights: NDArray[np.float64]) -> None:
    """Add village, group and house number of each book, and the dwelling each person lives in with its place.

    Parents share the house of their eldest son or keep the old one; brothers mostly build their own; one dwelling in eleven
    stands in another village (人户分离).
    """
    books = int(people["book"].max()) + 1
    is_guest = np.zeros(books, dtype=np.bool_)
    is_guest[people["book"][~people["is_local"]]] = True
    village = np.where(is_guest, stream.choice(len(weights), books, p=incomer_weights), stream.choice(len(weights), books, p=weights))
    group, house = stream.integers(1, 13, books), stream.integers(1, 420, books)
    book = people["book"]
    people.update(village=village[book], group=group[book], house=house[book])
    elders_apart = stream.random(books) < 0.35
    brother_apart, third_apart = stream.random(books) < 0.75, stream.random(books) < 0.75
    holds_son = np.zeros(books, dtype=np.bool_)
    holds_son[book[people["branch"] == 1]] = True
    is_elder = np.isin(people["slot"], [ord(c) for c in "FGQ"]) & (elders_apart & holds_son)[book]
    branch = people["branch"]
    home = np.where(is_elder, 1, np.where((branch == 2) & brother_apart[book], 2, np.where((branch == 3) & third_apart[book], 3, 0)))
    people["dwelling"] = book * 4 + home
    elsewhere = (stream.random(books * 4) < 0.092) & ~np.repeat(is_guest, 4)
    other_village = np.where(elsewhere, stream.choice(len(weights), books * 4, p=weights), np.repeat(village, 4))
    own_house = elsewhere | (np.arange(books * 4) % 4 > 0)
    people["home_village"] = other_village[people["dwelling"]]
    people["home_group"] = np.where(own_house, stream.integers(1, 13, books * 4), np.repeat(group, 4))[people["dwelling"]]
    people["home_house"] = np.where(own_house, stream.integers(1, 420, books * 4), np.repeat(house, 4))[people["dwelling"]]
