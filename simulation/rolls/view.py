"""What an office can see of the world at the end of one month.

Belongs here: the month's dates, who is on a list at that time, and attaching a person's particulars to rows.
Does not belong here: any roll's columns.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import polars as pl

from simulation.tables import World


@dataclass(frozen=True)
class View:
    """The world at the end of `month`; `first` is the first simulated month, `seed` the seed of the luck."""

    world: World
    month: str
    first: str
    seed: int

    @property
    def year(self) -> int:
        """Return the calendar year."""
        return int(self.month[:4])

    @property
    def number(self) -> int:
        """Return the month of the year, 1-12."""
        return int(self.month[5:])

    @property
    def year_start(self) -> date:
        """Return 1 January."""
        return date(self.year, 1, 1)

    @property
    def start(self) -> date:
        """Return the first day of the month."""
        return date(self.year, self.number, 1)

    @property
    def end(self) -> date:
        """Return the last day of the month."""
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def is_first(self) -> bool:
        """Return whether this is the first simulated month, when every roll is delivered."""
        return self.month == self.first

    @cached_property
    def persons(self) -> pl.DataFrame:
        """Return World.persons with what the offices know now: `number` (null while unregistered), `sex`, `age`, `is_dead`."""
        known = pl.col("has_number") & (pl.col("birth_registered_date").is_null() | (pl.col("birth_registered_date") <= self.end))
        return self.world.persons.with_columns(
            number=pl.when(known).then("identity_number"),
            sex=pl.when(pl.col("sex_code") == "1").then(pl.lit("男")).otherwise(pl.lit("女")),
            age=age_at("birth_date", self.end),
            is_dead=(pl.col("death_date") <= self.end).fill_null(value=False),
            is_born=pl.col("birth_date") <= self.end,
        )

    def attach(self, rows: pl.DataFrame, column: str, **fields: str) -> pl.DataFrame:
        """Return `rows` with particulars of the person in `column`; `fields` maps a new column to a column of persons."""
        wanted = self.persons.select(pl.col("person").alias(column), *(pl.col(source).alias(name) for name, source in fields.items()))
        return rows.join(wanted, on=column, how="left", maintain_order="left")

    def in_force(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of a frame with from_month and to_month that hold in this month."""
        return frame.filter((pl.col("from_month") <= self.month) & (pl.col("to_month").is_null() | (pl.col("to_month") >= self.month)))

    def this_year(self, frame: pl.DataFrame, column: str = "paid_date") -> pl.DataFrame:
        """Return the rows dated from 1 January to the end of the month: what a running ledger shows."""
        return frame.filter(pl.col(column).is_between(pl.lit(self.year_start), pl.lit(self.end)))

    def paid(self, *programmes: str) -> pl.DataFrame:
        """Return the payments of some programmes."""
        return self.world.payments.filter(pl.col("programme_code").is_in(programmes))

    def new_in_quarter(self, payments: pl.DataFrame) -> pl.DataFrame:
        """Return payments made since the quarterly list before this one.

        Lists are paid in the last month of a quarter. A first delivery before that shows the quarter before and what was paid
        since; the next list goes on from there, so no payment is listed twice.
        """
        quarter = date(self.year, 3 * ((self.number - 1) // 3) + 1, 1)
        if self.is_first:
            before = date(quarter.year - (quarter.month == 1), (quarter.month - 4) % 12 + 1, 1)
            since = quarter if self.number % 3 == 0 else before
        else:
            begun = View(self.world, self.first, self.first, self.seed).end
            since = max(quarter, begun + timedelta(days=1))
        return payments.filter(pl.col("paid_date").is_between(pl.lit(since), pl.lit(self.end)))

    def on_dibao(self) -> pl.Series:
        """Return the persons who draw the minimum living allowance this month."""
        return self.in_force(self.world.dibao_members).filter(pl.col("enjoys"))["person"].unique().sort()


def age_at(birth: str, day: date) -> pl.Expr:
    """Return completed years at `day`."""
    born = pl.col(birth)
    before = (born.dt.month() * 100 + born.dt.day()) > day.month * 100 + day.day
    return (day.year - born.dt.year() - before.cast(pl.Int32)).cast(pl.Int64)


def months_between(start: str, end: str) -> pl.Expr:
    """Return how many months lie from `start` to `end` (text YYYY-MM), both counted."""
    count = (pl.col(end).str.slice(0, 4).cast(pl.Int64) - pl.col(start).str.slice(0, 4).cast(pl.Int64)) * 12
    return count + pl.col(end).str.slice(5).cast(pl.Int64) - pl.col(start).str.slice(5).cast(pl.Int64) + 1


def period_words(start: str, end: str) -> pl.Expr:
    """Return how an office writes the months of a payment: 2016年第2季度, 2016年2月, 2016年2-3月, 2015年11月-2016年2月."""
    year, first, last = pl.col(start).str.slice(0, 4), pl.col(start).str.slice(5).cast(pl.Int64), pl.col(end).str.slice(5).cast(pl.Int64)
    same_year = year == pl.col(end).str.slice(0, 4)
    is_quarter = same_year & (last - first == 2) & (first % 3 == 1)
    across = pl.format("{}年{}月-{}年{}月", year, first, pl.col(end).str.slice(0, 4), last)
    return (
        pl.when(is_quarter)
        .then(pl.format("{}年第{}季度", year, (first + 2) // 3))
        .when(pl.col(start) == pl.col(end))
        .then(pl.format("{}年{}月", year, first))
        .when(same_year)
        .then(pl.format("{}年{}-{}月", year, first, last))
        .otherwise(across)
    )


def month_words(column: str) -> pl.Expr:
    """Return a month (text YYYY-MM) as 2016年3月."""
    return pl.format("{}年{}月", pl.col(column).str.slice(0, 4), pl.col(column).str.slice(5).cast(pl.Int64))


def yes_no(condition: pl.Expr, yes: str = "是", no: str = "否") -> pl.Expr:
    """Return one of two words."""
    return pl.when(condition).then(pl.lit(yes)).otherwise(pl.lit(no))
