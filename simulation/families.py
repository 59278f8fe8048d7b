"""Who counts as one family: the aid unit of the law, computed for any month from kin, age, school and disability.

Belongs here: the derived aid unit (domain.md §6.1-6.3) and the three truth households as intervals. Does not belong here:
the cases an office opened for a family (`simulation.dibao`), which override the unit while they run.

The rule, once: a married couple, or one adult, with their unmarried children who live in the same dwelling and are under
18, or under 23 and at school, or hold a certificate of grade 1-2. Elders are a family of their own. A minor without a
living parent belongs to the grown-up of the dwelling.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.calendar import NEVER, Whole, ages_on, dates, first_days, last_days, month_number
from simulation.lives import is_student
from simulation.population import Columns
from simulation.vital import is_alive, registered_months

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Dependence:
    """What makes a grown child dependent: at school in a school year (by its first year), or severely disabled."""

    students: dict[int, Mask]
    is_severe: Mask


def read_dependence(people: Columns, students: pl.DataFrame, disabilities: pl.DataFrame, end_day: int) -> Dependence:
    """Return who is at school in each school year and who holds a valid certificate of grade 1-2."""
    count = len(people["book"])
    years = students["from_date"].dt.year().unique().sort().to_list()
    severe = np.zeros(count, dtype=np.bool_)
    in_force = (pl.col("grade") <= 2) & (pl.col("state") == "正常") & (pl.col("valid_to") >= dates(np.array([end_day]))[0])
    severe[disabilities.filter(in_force)["person"].to_numpy()] = True
    return Dependence({year: is_student(students, count, year) for year in years}, severe)


def units_in(people: Columns, dependence: Dependence, month: int) -> Whole:
    """Return the owner (a person's position) of each person's family in `month`; NEVER for the dead, unborn and moved away."""
    count = len(people["book"])
    here = is_alive(people, month) & ((people["moved_day"] == NEVER) | (people["moved_day"] > last_days(month)))
    person = np.arange(count)
    spouse = np.where(people["spouse"] != NEVER, people["spouse"], 0)
    is_married = (people["spouse"] != NEVER) & here & here[spouse]
    owner = np.where(is_married, np.minimum(person, spouse), person)
    age = ages_on(people["birth_day"], int(first_days(month)))
    school = dependence.students.get((month - 8) // 12 + 1970, np.zeros(count, dtype=np.bool_))
    depends = ~is_married & ((age < 18) | ((age < 23) & school) | dependence.is_severe)
    owner = _join_parents(people, here, owner, depends, age)
    return np.where(here, owner, NEVER)


def _join_parents(people: Columns, here: Mask, owner: Whole, depends: Mask, age: Whole) -> Whole:
    """Return owners after dependent children joined the parent they live with."""
    parent = np.full(len(owner), NEVER)
    for name in ("father", "mother"):
        candidate = np.where(people[name] != NEVER, people[name], 0)
        lives_with = (people[name] != NEVER) & here[candidate] & (people["dwelling"][candidate] == people["dwelling"])
        parent = np.where(depends & lives_with, candidate, parent)
    orphaned = depends & (age < 18) & (parent == NEVER)
    parent = np.where(orphaned, _grown_ups(people, here, age)[people["dwelling"]], parent)
    return np.where(parent != NEVER, owner[np.where(parent != NEVER, parent, 0)], owner)


def _grown_ups(people: Columns, here: Mask, age: Whole) -> Whole:
    """Return one adult of each dwelling, or NEVER."""
    found = np.full(int(people["dwelling"].max()) + 1, NEVER)
    adults = np.flatnonzero(here & (age >= 18))[::-1]
    found[people["dwelling"][adults]] = adults
    return found


def spans(kind: str, groups: list[tuple[str, Whole]]) -> pl.DataFrame:
    """Return membership intervals from one group number per person and month; NEVER means no member that month."""
    months = [month for month, _ in groups]
    table = np.stack([group for _, group in groups])
    starts = np.vstack([np.ones((1, table.shape[1]), dtype=np.bool_), table[1:] != table[:-1]])
    ends = np.vstack([starts[1:], np.ones((1, table.shape[1]), dtype=np.bool_)])
    held = table != NEVER
    # Column by column, so that the n-th start and the n-th end of a person belong together.
    first, last = (np.nonzero((edge & held).T) for edge in (starts, ends))
    words = pl.Series(months)
    return pl.DataFrame(
        {
            "household_kind": [kind] * len(first[0]),
            "household": table.T[first],
            "person": first[0],
            "from_month": words.gather(first[1]),
            "to_month": words.gather(last[1]),
        }
    )


@dataclass(frozen=True)
class Declared:
    """Members of running cases who in truth live with the family: case, person, first and last month."""

    case: Whole
    person: Whole
    first: Whole
    last: Whole


def build_households(people: Columns, dependence: Dependence, months: tuple[str, ...], declared: Declared) -> pl.DataFrame:
    """Return hukou, aid and residence households for the asked months; a running case is one aid household."""
    first, last = registered_months(people)
    aid, hukou, home = [], [], []
    for text in months:
        month = month_number(text)
        units = units_in(people, dependence, month)
        home.append((text, np.where(units != NEVER, people["dwelling"], NEVER)))
        aid.append((text, _declare(units, declared, month)))
        on_register = people["is_local"] & (first <= month) & ((last == NEVER) | (last >= month))
        hukou.append((text, np.where(on_register, people["book"], NEVER)))
    return pl.concat([spans("hukou", hukou), spans("aid", aid), spans("residence", home)])


def _declare(units: Whole, declared: Declared, month: int) -> Whole:
    """Return units after the living members of each running case became one family, owned by one of them."""
    runs = (declared.first <= month) & ((declared.last == NEVER) | (declared.last >= month)) & (units[declared.person] != NEVER)
    case, person = declared.case[runs], declared.person[runs]
    owner = np.full(int(declared.case.max()) + 1, NEVER)
    owner[case[::-1]] = person[::-1]
    joined = units.copy()
    joined[person] = owner[case]
    return joined
