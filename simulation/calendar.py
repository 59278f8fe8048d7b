"""Months and days as whole numbers, so that lives can be computed column by column.

Belongs here: the arithmetic of days since 1970-01-01 and months since 1970-01, and how they become dates and text.
Does not belong here: what happens on a day.
"""

from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Whole = NDArray[np.int64]

NEVER: Final = -1
"""Stands for "no such day or month" in a whole-number column; becomes null in a frame."""

EPOCH_YEAR: Final = 1970


def month_number(month: str) -> int:
    """Return a month written YYYY-MM as months since 1970-01."""
    return (int(month[:4]) - EPOCH_YEAR) * 12 + int(month[5:7]) - 1


def month_of(year: int, month: int) -> int:
    """Return the number of a month given by year and month of the year."""
    return (year - EPOCH_YEAR) * 12 + month - 1


def day_number(text: str) -> int:
    """Return a day written YYYY-MM-DD as days since 1970-01-01."""
    return int(np.datetime64(text, "D").astype(np.int64))


def months_of_days(days: Any) -> Whole:  # noqa: ANN401 - a number or an array
    """Return the month each day falls in."""
    return np.asarray(days, dtype=np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def first_days(months: Any) -> Whole:  # noqa: ANN401
    """Return the first day of each month."""
    return np.asarray(months, dtype=np.int64).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def last_days(months: Any) -> Whole:  # noqa: ANN401
    """Return the last day of each month."""
    return first_days(np.asarray(months, dtype=np.int64) + 1) - 1


def ages_on(birth_days: Whole, day: Any) -> Whole:  # noqa: ANN401
    """Return full years of age on `day`."""
    born = birth_days.astype("datetime64[D]")
    then = np.asarray(day, dtype=np.int64).astype("datetime64[D]")
    months = then.astype("datetime64[M]").astype(np.int64) - born.astype("datetime64[M]").astype(np.int64)
    day_of_birth = (born - born.astype("datetime64[M]")).astype(np.int64)
    day_of_then = (then - then.astype("datetime64[M]")).astype(np.int64)
    years: Whole = (months - (day_of_then < day_of_birth)) // 12
    return years


def birth_months(birth_days: Whole, age: int) -> Whole:
    """Return the month in which each person reaches `age`."""
    return months_of_days(birth_days) + 12 * age


def dates(days: Whole) -> pl.Series:
    """Return days as dates; NEVER becomes null."""
    known = days != NEVER
    return pl.Series(np.where(known, days, 0).astype("datetime64[D]")).set(pl.Series(~known), None)


def month_texts(months: Whole) -> pl.Series:
    """Return months as text YYYY-MM; NEVER becomes null."""
    known = months != NEVER
    return (
        pl.Series(np.where(known, months, 0).astype("datetime64[M]").astype("datetime64[D]"))
        .dt.strftime("%Y-%m")
        .set(pl.Series(~known), None)
    )


def numbers(values: Whole) -> pl.Series:
    """Return whole numbers; NEVER becomes null."""
    return pl.Series(values.astype(np.int64)).set(pl.Series(values == NEVER), None)
