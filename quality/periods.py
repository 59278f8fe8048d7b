"""Entitlement months: the only clock the rules know.

Belongs here: month arithmetic, expanding a period to its months, overlap, union, and ranges back again.
Does not belong here: payment dates (they are never compared alone), amounts, or what any programme means.

A month is text `YYYY-MM` at borders and a *serial* (year × 12 + month − 1) while rules compute with it, so that the
month after December needs no special case. A frame of *month rows* has one row per key and serial.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

SERIAL = "serial"
"""Name of the column that holds the month in month rows."""


def find_serial(month: str) -> int:
    """Return the serial of a month written YYYY-MM."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def write_month(serial: int) -> str:
    """Return a serial written as YYYY-MM."""
    return f"{serial // 12:04d}-{serial % 12 + 1:02d}"


def find_month_end(month: str) -> date:
    """Return the last day of a month written YYYY-MM."""
    following = find_serial(month) + 1
    return date.fromordinal(date(following // 12, following % 12 + 1, 1).toordinal() - 1)


def read_serial(month: pl.Expr) -> pl.Expr:
    """Return text YYYY-MM as serials; anything else becomes null."""
    year, number = month.str.slice(0, 4).cast(pl.Int64, strict=False), month.str.slice(5, 2).cast(pl.Int64, strict=False)
    return year * 12 + number - 1


def read_date_serial(day: pl.Expr) -> pl.Expr:
    """Return dates as the serial of their month."""
    return day.dt.year().cast(pl.Int64) * 12 + day.dt.month().cast(pl.Int64) - 1


def write_serial(serial: pl.Expr) -> pl.Expr:
    """Return serials as text YYYY-MM."""
    year, number = (serial // 12).cast(pl.String).str.zfill(4), (serial % 12 + 1).cast(pl.String).str.zfill(2)
    return pl.concat_str(year, pl.lit("-"), number)


def expand_months(
    periods: pl.LazyFrame, from_month: str = "from_month", to_month: str = "to_month", last: int | None = None
) -> pl.LazyFrame:
    """Return one row per month of each period, in column `serial`, with `month_count` the length of the whole period.

    A missing end is the start, unless `last` (a serial) is given: then the period goes on to it. Periods that end before
    they begin, or that have no start, give no row: a clerk's slip must not become an entitlement.
    """
    start = read_serial(pl.col(from_month))
    open_end = start if last is None else pl.lit(last, dtype=pl.Int64)
    end = pl.coalesce(read_serial(pl.col(to_month)), open_end)
    counted = periods.with_columns(start.alias("_start"), end.alias("_end")).filter(pl.col("_end") >= pl.col("_start"))
    return (
        counted.with_columns(
            pl.int_ranges(pl.col("_start"), pl.col("_end") + 1).alias(SERIAL), (pl.col("_end") - pl.col("_start") + 1).alias("month_count")
        )
        .drop("_start", "_end")
        .explode(SERIAL)
    )


def unite_months(month_rows: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Return each month once per key, however many rows spoke of it."""
    return month_rows.select(*by, SERIAL).unique().sort(*by, SERIAL)


def overlap_months(this: pl.LazyFrame, other: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Return the months both sides have, once per key: never more than either side has, and the same both ways round."""
    return unite_months(this, by).join(unite_months(other, by), on=[*by, SERIAL], how="semi").sort(*by, SERIAL)


def subtract_months(this: pl.LazyFrame, other: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Return the months of this side that the other side lacks, once per key."""
    return unite_months(this, by).join(unite_months(other, by), on=[*by, SERIAL], how="anti").sort(*by, SERIAL)


def span_months(month_rows: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Return first month, last month (text) and the number of different months per key."""
    return (
        unite_months(month_rows, by)
        .group_by(*by)
        .agg(pl.col(SERIAL).min().alias("_first"), pl.col(SERIAL).max().alias("_last"), pl.len().cast(pl.Int64).alias("months"))
        .select(*by, write_serial(pl.col("_first")).alias("from_month"), write_serial(pl.col("_last")).alias("to_month"), "months")
        .sort(*by)
    )


def join_runs(month_rows: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Return the unbroken runs of months per key: `from_month`, `to_month` (text), `months`."""
    ordered = unite_months(month_rows, by).with_columns((pl.col(SERIAL) - pl.int_range(pl.len()).over(by, order_by=SERIAL)).alias("_run"))
    return (
        span_months(ordered.with_columns(pl.concat_list(pl.col("_run")).list.first()), [*by, "_run"]).drop("_run").sort(*by, "from_month")
    )


def group_period(serial: pl.Expr, months: int) -> pl.Expr:
    """Return the first serial of the calendar period of `months` months a serial lies in: 3 for quarters, 12 for years."""
    return serial - serial % months
