"""What the registers of property, law and office look at in a person: age, means, kin, how long the person can act.

Belongs here: the frame of reference that all parts of `simulation.belongings` share, and the draws they share. Does not
belong here: any register's own draw.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.aid import AidFrames
from simulation.calendar import NEVER, Whole, ages_on, first_days
from simulation.families import Mask
from simulation.setting import Setting
from simulation.streams import Generator

ADULT: Final = 18
Weights = NDArray[np.float64]


@dataclass(frozen=True)
class Circumstances:
    """The people as the registers see them; all arrays are by person."""

    setting: Setting
    persons: pl.DataFrame
    students: pl.DataFrame
    aid: AidFrames

    @cached_property
    def age(self) -> Whole:
        """Return full years on the first day asked for."""
        return ages_on(self.setting.people["birth_day"], int(first_days(self.setting.first)))

    @cached_property
    def is_man(self) -> Mask:
        """Return who is a man."""
        return np.asarray(self.setting.people["sex"] == 1, dtype=np.bool_)

    @cached_property
    def adult_day(self) -> Whole:
        """Return the day on which each person is eighteen (a few days late)."""
        return self.setting.people["birth_day"] + 366 * ADULT

    @cached_property
    def last_day(self) -> Whole:
        """Return the last day on which each person can act here: the end of the simulation, or before death or moving away."""
        people, today = self.setting.people, self.setting.today
        ends = [np.where(people[name] == NEVER, today, people[name] - 1) for name in ("death_day", "moved_day")]
        return np.minimum(ends[0], ends[1])

    @cached_property
    def lives(self) -> Mask:
        """Return who was born before the first day asked for and is alive and here at the end of the last month asked for."""
        born = self.setting.people["birth_day"] < int(first_days(self.setting.first))
        return np.asarray(born & (self.last_day >= self.setting.today), dtype=np.bool_)

    @cached_property
    def is_poor(self) -> Mask:
        """Return who is on a list of 低保 households, 特困 or public housing, and their families: registers rarely show them."""
        housing = self.aid.housing
        named = [self.aid.standing.cases.member, self.aid.tekun["person"], housing["person"], housing["spouse"].drop_nulls()]
        named.append(housing["members"].explode().drop_nulls())
        listed = np.unique(np.concatenate([np.asarray(part, dtype=np.int64) for part in named]))
        poor = self.mask(listed)
        units = self.setting.units
        families = np.unique(units[listed])
        poor |= np.isin(units, families[families != NEVER])
        return poor

    @cached_property
    def is_drawing(self) -> Mask:
        """Return who draws 低保 in the first month asked for."""
        month = self.setting.texts[0]
        held = pl.col("enjoys") & (pl.col("from_month") <= month) & (pl.col("to_month").is_null() | (pl.col("to_month") >= month))
        return self.mask(self.aid.dibao_members.filter(held)["person"].to_numpy())

    @cached_property
    def is_aided(self) -> Mask:
        """Return who was ever paid anything, applied for it, or was reported by the grid."""
        frames = (self.aid.payments, self.aid.applications, self.aid.leads, self.aid.tekun, self.aid.dibao_members)
        return self.mask(np.concatenate([frame["person"].to_numpy() for frame in frames]))

    @cached_property
    def is_student(self) -> Mask:
        """Return who has been at school or college in the simulated years."""
        return self.mask(self.students["person"].to_numpy())

    @cached_property
    def is_at_home_here(self) -> Mask:
        """Return who registers property and business here: the registered, and incomers who live alone.

        Incomers with a family keep their cars and deeds where they came from; no roll of this district could tell whose they are.
        """
        people = self.setting.people
        alone = np.bincount(people["dwelling"])[people["dwelling"]] == 1
        return np.asarray(people["is_local"] | alone, dtype=np.bool_)

    @cached_property
    def is_settled(self) -> Mask:
        """Return who lives at home: registered here and not away for work."""
        return np.asarray(self.setting.people["is_local"] & ~self.setting.people["is_away"], dtype=np.bool_)

    def mask(self, people: Whole) -> Mask:
        """Return a mask of `people`."""
        found = np.zeros(self.setting.count, dtype=np.bool_)
        found[people] = True
        return found

    @cached_property
    def youngest_child(self) -> Whole:
        """Return each person's youngest child, NEVER without one."""
        return self._child(youngest=True)

    @cached_property
    def eldest_child(self) -> Whole:
        """Return each person's eldest child, NEVER without one."""
        return self._child(youngest=False)

    def _child(self, *, youngest: bool) -> Whole:
        people = self.setting.people
        order = np.argsort(people["birth_day"], kind="stable")
        ordered = order if youngest else order[::-1]
        found = np.full(self.setting.count, NEVER)
        for parent in ("father", "mother"):
            parents = people[parent][ordered]
            found[parents[parents != NEVER]] = ordered[parents != NEVER]
        return found

    def named(self, people: Whole, column: str) -> pl.Series:
        """Return a column of persons for `people`."""
        return self.persons[column].gather(people)


def weigh_age(age: Whole, first: int, last: int, peak: int, spread: float) -> Weights:
    """Return weights that are highest at `peak` years and zero outside `first` to `last`."""
    bell = np.exp(-(((age - peak) / spread) ** 2))
    return np.asarray(np.where((age >= first) & (age <= last), bell, 0.0), dtype=np.float64)


def pick_often(stream: Generator, weights: Weights, count: int) -> Whole:
    """Return `count` positions, the heavier the likelier; one position may come several times."""
    if count <= 0 or not weights.sum():
        return np.zeros(0, dtype=np.int64)
    return np.sort(stream.choice(len(weights), size=count, p=weights / weights.sum()))


def draw_days(stream: Generator, first: Whole, last: Whole) -> Whole:
    """Return a day between `first` and `last` for each; the first where they cross."""
    days: Whole = first + (stream.random(len(first)) * np.maximum(last - first + 1, 1)).astype(np.int64)
    return days


def spread_days(stream: Generator, count: int, first: int, last: int) -> Whole:
    """Return `count` days from `first` to `last`, evenly spread with a little luck, so that no month of a short list is empty."""
    if count <= 0:
        return np.zeros(0, dtype=np.int64)
    return (first + (np.arange(count) + stream.random(count)) / count * (last - first + 1)).astype(np.int64)


def words(values: NDArray[np.object_] | NDArray[np.str_] | list[str]) -> pl.Series:
    """Return an array of words as a text column."""
    return pl.Series(np.asarray(values, dtype=object), dtype=pl.String)
