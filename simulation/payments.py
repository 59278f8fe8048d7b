"""The shape of a payment and the rhythm in which programmes pay.

Belongs here: turning spans of entitlement into payments by month, quarter or semester. Does not belong here: who is
entitled (`simulation.allowances`, `simulation.relief`).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.calendar import NEVER, Whole, dates, first_days, month_texts

SCHEMA: Final = pl.Schema(
    {
        "programme_code": pl.String(),
        "person": pl.Int64(),
        "case": pl.Int64(),
        "department": pl.String(),
        "kind": pl.String(),
        "from_month": pl.String(),
        "to_month": pl.String(),
        "amount": pl.Int64(),
        "paid_date": pl.Date(),
        "cause": pl.String(),
        "bill": pl.Int64(),
        "event": pl.Int64(),
        "case_number": pl.String(),
        "fund": pl.String(),
        "donor": pl.String(),
        "payee": pl.Int64(),
        "account": pl.String(),
        "is_returned": pl.Boolean(),
        "return_reason": pl.String(),
        "period_text": pl.String(),
    }
)


@dataclass(frozen=True)
class Spans:
    """Who is entitled from which month to which (NEVER: goes on), and how much a month (fen)."""

    person: Whole
    first: Whole
    last: Whole
    rate: Whole

    def kept(self, mask: NDArray[np.bool_]) -> "Spans":
        """Return the spans where `mask` holds."""
        return Spans(self.person[mask], self.first[mask], self.last[mask], self.rate[mask])


def join_spans(left: Spans, right: Spans) -> Spans:
    """Return the spans of both."""
    return Spans(*(np.concatenate([getattr(left, name), getattr(right, name)]) for name in ("person", "first", "last", "rate")))


def shape_payments(columns: dict[str, Any], **constants: str | int | bool) -> pl.DataFrame:
    """Return payments with every declared column; absent ones are null."""
    frame = pl.DataFrame(columns)
    given = [pl.lit(value).alias(name) for name, value in constants.items()]
    frame = frame.with_columns(given)
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in SCHEMA.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


def months_of_spans(spans: Spans, first: int, last: int) -> tuple[Whole, Whole]:
    """Return for each month from `first` to `last` and each span in force: the span's position and the month."""
    end = np.where(spans.last == NEVER, last, np.minimum(spans.last, last))
    start = np.maximum(spans.first, first)
    length = np.maximum(end - start + 1, 0)
    position = np.repeat(np.arange(len(length)), length)
    offset = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    return position, start[position] + offset


def pay_monthly(spans: Spans, programme: str, first: int, last: int, day: int) -> pl.DataFrame:
    """Return one payment a month, on `day` of the month it is for."""
    position, month = months_of_spans(spans, first, last)
    return shape_payments(
        {
            "person": spans.person[position],
            "from_month": month_texts(month),
            "to_month": month_texts(month),
            "amount": spans.rate[position],
            "paid_date": dates(first_days(month) + day - 1),
            "period_text": _year_month(month),
        },
        programme_code=programme,
        department="civil_affairs",
        kind="regular",
        is_returned=False,
    )


def pay_quarterly(spans: Spans, programme: str, first: int, last: int) -> pl.DataFrame:
    """Return one payment a quarter, on the 20th of its last month, for the months of entitlement in it."""
    rows = []
    for quarter in range(first // 3 * 3, last + 1, 3):
        end = np.where(spans.last == NEVER, quarter + 2, np.minimum(spans.last, quarter + 2))
        start = np.maximum(spans.first, quarter)
        held = np.flatnonzero(end >= start)
        rows.append(
            shape_payments(
                {
                    "person": spans.person[held],
                    "from_month": month_texts(start[held]),
                    "to_month": month_texts(end[held]),
                    "amount": spans.rate[held] * (end - start + 1)[held],
                    "paid_date": dates(np.full(len(held), int(first_days(quarter + 2)) + 19)),
                    "period_text": quarter_text(start[held], end[held]),
                },
                programme_code=programme,
                department="civil_affairs",
                kind="regular",
                is_returned=False,
            )
        )
    return pl.concat(rows)


def _year_month(months: Whole) -> pl.Series:
    return (pl.Series(months // 12 + 1970).cast(pl.String) + "年" + pl.Series(months % 12 + 1).cast(pl.String) + "月").alias("period_text")


def quarter_text(start: Whole, end: Whole) -> pl.Series:
    """Return 2016年1季度, or 2016年1-2月 and 2016年2月 where the quarter is not whole."""
    year = pl.Series(start // 12 + 1970).cast(pl.String)
    first, last = pl.Series(start % 12 + 1), pl.Series(end % 12 + 1)
    frame = pl.DataFrame({"year": year, "first": first, "last": last, "whole": (end - start == 2) & (start % 3 == 0)})
    return frame.select(
        text=pl.when("whole")
        .then(pl.format("{}年{}季度", "year", pl.col("last") // 3))
        .when(pl.col("first") == pl.col("last"))
        .then(pl.format("{}年{}月", "year", "first"))
        .otherwise(pl.format("{}年{}-{}月", "year", "first", "last"))
    )["text"]
