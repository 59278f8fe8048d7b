"""When a fact of the world first stands in a delivered list.

Belongs here: the rhythm of the lists as seen from the truth: monthly, quarterly, by semester; snapshot, running ledger or
new rows. Does not belong here: how a list is written (`simulation.rolls`).
"""

from typing import Final

import numpy as np

from simulation.calendar import NEVER, Whole, first_days, last_days, months_of_days
from simulation.families import Mask
from simulation.schooling import Semester, semesters
from simulation.setting import Setting

QUARTER_ENDS: Final = (2, 5, 8, 11)
SEMESTER_MONTHS: Final = (3, 9)


def quarter_points(setting: Setting) -> list[int]:
    """Return the months in which quarterly lists are delivered: the first asked month, and the last month of each quarter."""
    return [m for m in range(setting.first, setting.last + 1) if m == setting.first or m % 12 in QUARTER_ENDS]


def semester_points(setting: Setting) -> list[int]:
    """Return the months in which school lists are delivered: the first asked month, April and October."""
    return [m for m in range(setting.first, setting.last + 1) if m == setting.first or m % 12 in SEMESTER_MONTHS]


def quarter_of(setting: Setting, point: int) -> int:
    """Return the first month of the quarter whose payments a list delivered in `point` shows.

    Lists are paid on the 20th of a quarter's last month; a first delivery before that shows the quarter before.
    """
    quarter = point // 3 * 3
    return quarter if point % 3 == 2 else quarter - 3


def semester_of(setting: Setting, point: int) -> Semester:
    """Return the semester whose student aid a list delivered in `point` shows: the last one paid by then."""
    return [s for s in semesters(point - 12, point) if s.paid_day <= int(last_days(point))][-1]


def list_points(setting: Setting, paid: Whole) -> Whole:
    """Return in which month a quarterly list first shows payments made on days `paid`; NEVER when none does."""
    points = quarter_points(setting)
    found = np.full(len(paid), NEVER)
    opens = _first_window(setting)
    for point in points:
        closes = int(last_days(point))
        found = np.where((found == NEVER) & (paid >= opens) & (paid <= closes), point, found)
    return found


def _first_window(setting: Setting) -> int:
    """Return the first day whose payments the first delivery shows: this quarter's, or the last one's when none is paid yet."""
    quarter = setting.first // 3 * 3
    return int(first_days(quarter if setting.first % 3 == 2 else quarter - 3))


def ledger_months(setting: Setting, days: Whole) -> Whole:
    """Return in which month a running ledger first shows entries of `days`: NEVER before January of the first asked year."""
    month = np.maximum(months_of_days(days), setting.first)
    shown = (days >= int(first_days(setting.year_start))) & (days <= setting.today)
    return np.where(shown, month, NEVER)


def death_months(setting: Setting, persons: Whole) -> Whole:
    """Return in which month the list of deaths first names each person; NEVER for the living and for deaths known too early."""
    known = setting.people["death_known_day"][persons]
    return np.where(known == NEVER, NEVER, ledger_months(setting, np.where(known == NEVER, 0, known)))


def snapshot_months(setting: Setting, first: Whole, last: Whole) -> Whole:
    """Return the first asked month within each span; NEVER when the span misses all of them."""
    month = np.maximum(first, setting.first)
    end = np.where(last == NEVER, setting.last, np.minimum(last, setting.last))
    return np.where(month <= end, month, NEVER)


def latest(*months: Whole) -> Whole:
    """Return the latest of several months; NEVER when any of them is."""
    never: Mask = np.any([m == NEVER for m in months], axis=0)
    return np.where(never, NEVER, np.max(np.stack(months), axis=0))
