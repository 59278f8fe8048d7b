"""What every part of the made-up aid system needs to know: the people, the months asked for, the size of the district.

Belongs here: the shared frame of reference and the months each kind of list speaks about. Does not belong here: any draw.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from simulation.calendar import NEVER, Whole, first_days, last_days, month_number, months_of_days
from simulation.families import Dependence, Mask, units_in
from simulation.population import Columns
from simulation.streams import Generator, open_stream

LIFE_START = "2015-01"


@dataclass
class Setting:
    """The district while its aid system is simulated.

    `scale` is the size against the full Q区 of 400,000 registered people; `stop_month` is the last month each person is
    paid for because of death or moving away (NEVER: goes on), which a late office may exceed.
    """

    people: Columns
    texts: tuple[str, ...]
    seed: int
    scale: float
    dependence: Dependence
    stop_month: Whole = field(init=False)

    def __post_init__(self) -> None:
        death, moved = self.people["death_day"], self.people["moved_day"]
        gone = np.where(death != NEVER, death, moved)
        self.stop_month = np.where(gone != NEVER, months_of_days(gone), NEVER)

    @property
    def count(self) -> int:
        """Return how many people there are."""
        return len(self.people["book"])

    @cached_property
    def first(self) -> int:
        """Return the first asked month."""
        return month_number(self.texts[0])

    @cached_property
    def last(self) -> int:
        """Return the last asked month."""
        return month_number(self.texts[-1])

    @cached_property
    def begin(self) -> int:
        """Return the first simulated month."""
        return month_number(LIFE_START)

    @cached_property
    def year_start(self) -> int:
        """Return January of the first asked year: where running ledgers begin."""
        return self.first // 12 * 12

    @cached_property
    def today(self) -> int:
        """Return the last day of the last asked month."""
        return int(last_days(self.last))

    @cached_property
    def ledger_days(self) -> tuple[int, int]:
        """Return the first and last day that running ledgers of the asked months can show."""
        return int(first_days(self.year_start)), self.today

    @cached_property
    def units(self) -> Whole:
        """Return everybody's family in the first asked month."""
        return units_in(self.people, self.dependence, self.first)

    def stream(self, name: str) -> Generator:
        """Return a seeded stream for one part."""
        return open_stream(self.seed, name)

    def number(self, at_full_size: float, least: int = 0) -> int:
        """Return a caseload for this district from that of the full Q区."""
        return max(least, round(at_full_size * self.scale))

    def living(self, month: int) -> Mask:
        """Return who is alive and not moved away at the end of `month`."""
        end = int(last_days(month))
        people = self.people
        alive = (people["birth_day"] <= end) & ((people["death_day"] == NEVER) | (people["death_day"] > end))
        return np.asarray(alive & ((people["moved_day"] == NEVER) | (people["moved_day"] > end)), dtype=np.bool_)

    def cut(self, person: Whole, to_month: Whole) -> Whole:
        """Return last months shortened to the stop of each person; NEVER means going on."""
        stop = self.stop_month[person]
        return np.where(stop == NEVER, to_month, np.where(to_month == NEVER, stop, np.minimum(to_month, stop)))
