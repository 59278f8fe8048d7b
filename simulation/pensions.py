"""Pensions: who draws one, how much, and when the office hears that a pensioner has died.

Belongs here: the residents' scheme (城乡居民养老), the employees' scheme, yearly proof of life. Does not belong here: who pays
contributions (`simulation.employment`), how a roll looks (`simulation.rolls`).

The office goes on paying until it hears: from the registration of the death, or because nobody proved in the month of the
birthday that the pensioner lives. What it pays until then is a fault that came about by itself.
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, ages_on, birth_months, dates, first_days, month_of, month_texts, months_of_days
from simulation.employment import personal_numbers
from simulation.families import Mask
from simulation.setting import Setting
from simulation.streams import Generator, pick_some, pick_texts, pick_weighted

RETIRED: Final = 9_500
COVERED: Final = 0.985
"""Share of the registered people of 60 and more, without an employees' pension, who draw the residents' pension."""

TWO_PENSIONS: Final = 40
"""People who draw both (domain.md A19: 20 to 60)."""

SCHEME_BEGAN: Final = month_of(2011, 7)
BASIC: Final = 10_000
AGED: Final = ((80, 2_000), (70, 1_000))
"""What people of that age get on top, fen a month."""

GRACE_MONTHS: Final = 2
"""Payment rests when proof of life is this many months overdue."""

UNPROVEN: Final = 0.008
"""Share of the living who miss the date and are not paid until they come."""

RETIREMENTS: Final = {"正常退休": 84, "特殊工种提前退休": 9, "病退": 7}


def draw_employee_pensions(setting: Setting, insured: Mask, employments: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Return employees' pensions: person, personal_number, retired_date, retirement, amount (fen a month), bank, account, and `_stops`."""
    stream = setting.stream("employee pensions")
    people = setting.people
    age = ages_on(people["birth_day"], setting.today)
    free = _draws_now(setting) & people["is_local"] & (age >= np.where(people["sex"] == 1, 60, 50))
    free[employments["person"].to_numpy()] = False
    weight = np.where(free, np.where(insured, 0.03, 1.0) * np.where(age < 60, 0.4, 1.0), 0.0)
    person = pick_weighted(stream, weight, setting.number(RETIRED, 20))
    count = len(person)
    retired = months_of_days(people["birth_day"][person]) + 12 * np.where(people["sex"][person] == 1, 60, 50)
    return pl.DataFrame(
        {
            "person": person,
            "personal_number": personal_numbers(person),
            "retired_date": dates(first_days(retired)),
            "retirement": pick_texts(stream, RETIREMENTS, count),
            "amount": np.clip(stream.normal(225_000, 52_000, count), 90_000, 600_000).astype(np.int64) // 100 * 100,
            "bank": persons["bank"].gather(person),
            "account": persons["account"].gather(person),
            "from_month": month_texts(retired),
            **_stops(setting, stream, person, retired),
        }
    )


def draw_resident_pensions(setting: Setting, employee: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Return residents' pensions: person, personal_number, basic, own and extra (fen a month), account, from_month, and `_stops`."""
    stream = setting.stream("resident pensions")
    people = setting.people
    of_age = birth_months(people["birth_day"], 60) <= setting.last
    free = _draws_now(setting) & people["is_local"] & of_age & (stream.random(setting.count) < COVERED)
    retired = employee["person"].to_numpy()
    free[retired] = False
    both = pick_some(stream, retired[of_age[retired]], setting.number(TWO_PENSIONS, 2))
    person = np.sort(np.concatenate([np.flatnonzero(free), both]))
    count = len(person)
    age = ages_on(people["birth_day"][person], int(first_days(setting.first)))
    first = np.maximum(birth_months(people["birth_day"][person], 60) + 1, SCHEME_BEGAN)
    return pl.DataFrame(
        {
            "person": person,
            "personal_number": (personal_numbers(person).cast(pl.Int64) + 3_000_000_000).cast(pl.String),
            "basic": np.full(count, BASIC),
            "own": np.where(age < 64, stream.integers(800, 9_000, count), stream.integers(0, 2_000, count)),
            "extra": np.select([age >= limit for limit, _ in AGED], [fen for _, fen in AGED], 0),
            "account": persons["account"].gather(person),
            "from_month": month_texts(first),
            **_stops(setting, stream, person, first),
        }
    )


def _draws_now(setting: Setting) -> Mask:
    """Return who was alive and here at some time of the half year before the first asked month, or later."""
    since = int(first_days(setting.first - 6))
    people = setting.people
    here: Mask = np.ones(setting.count, dtype=np.bool_)
    for name in ("death_day", "moved_day"):
        here &= (people[name] == NEVER) | (people[name] >= since)
    return here


def _stops(setting: Setting, stream: Generator, person: Whole, first: Whole) -> dict[str, pl.Series | Whole]:
    """Return how each pension stops: proof_month (1-12, of the birthday), proof_day, paid_to, resumes, told_month, gone_month.

    `paid_to` is the last month paid before a stop; `resumes` the month in which the living, whose proof came late, are paid
    again; `told_month` when the office heard of a death or removal and `gone_month` when it happened. Null where there is none.
    """
    people, count = setting.people, len(person)
    birthday = months_of_days(people["birth_day"][person]) % 12
    death, moved = people["death_day"][person], people["moved_day"][person]
    gone = np.where(death != NEVER, death, moved)
    died = months_of_days(np.where(gone == NEVER, 0, gone))
    known = np.where(death != NEVER, people["death_known_day"][person], moved)
    told = months_of_days(np.where(gone == NEVER, 0, known))
    overdue = died + (birthday - died) % 12 + 12 * ((birthday - died) % 12 == 0) + GRACE_MONTHS
    stop = np.maximum(died, np.minimum(told, overdue))
    missed = setting.first + (birthday - setting.first) % 12 - 12 + GRACE_MONTHS
    forgot = (gone == NEVER) & (stream.random(count) < UNPROVEN) & (first < missed - GRACE_MONTHS)
    late = missed + stream.integers(1, 8, count)
    return {
        "proof_month": birthday + 1,
        "proof_day": stream.integers(1, 28, count),
        "paid_to": month_texts(np.where(gone != NEVER, stop, np.where(forgot, missed, NEVER))),
        "resumes": month_texts(np.where(forgot, late, NEVER)),
        "told_month": month_texts(np.where(gone != NEVER, told, NEVER)),
        "gone_month": month_texts(np.where(gone != NEVER, died, NEVER)),
    }
