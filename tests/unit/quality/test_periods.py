"""Entitlement months: arithmetic, overlap and union, by example and by property."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.periods import (
    SERIAL,
    expand_months,
    find_month_end,
    find_serial,
    group_period,
    join_runs,
    overlap_months,
    read_serial,
    span_months,
    subtract_months,
    unite_months,
    write_month,
    write_serial,
)

MONTH = st.integers(find_serial("2014-01"), find_serial("2018-12")).map(write_month)
PERIOD = st.tuples(MONTH, MONTH).map(lambda pair: (min(pair), max(pair)))
PERIODS = st.lists(PERIOD, max_size=6)


def rows(periods: list[tuple[str, str]]) -> pl.LazyFrame:
    data = {"person_id": ["A"] * len(periods), "from_month": [p[0] for p in periods], "to_month": [p[1] for p in periods]}
    return expand_months(pl.LazyFrame(data, schema={name: pl.String for name in data}))


def serials(frame: pl.LazyFrame) -> list[int]:
    return frame.collect()[SERIAL].to_list()


def plain(periods: list[tuple[str, str]]) -> set[int]:
    """Return the months by counting them one by one: a second implementation to compare with."""
    return {serial for first, last in periods for serial in range(find_serial(first), find_serial(last) + 1)}


@pytest.mark.parametrize(("month", "end"), [("2016-02", "2016-02-29"), ("2015-02", "2015-02-28"), ("2016-12", "2016-12-31")])
def test_month_end(month: str, end: str) -> None:
    assert find_month_end(month).isoformat() == end


@given(MONTH)
def test_month_there_and_back(month: str) -> None:
    frame = pl.DataFrame({"month": [month]})
    assert frame.select(write_serial(read_serial(pl.col("month")))).item() == month == write_month(find_serial(month))


@settings(max_examples=60, deadline=None)
@given(PERIODS)
def test_union_counts_each_month_once(periods: list[tuple[str, str]]) -> None:
    assert serials(unite_months(rows(periods), ["person_id"])) == sorted(plain(periods))


@settings(max_examples=60, deadline=None)
@given(PERIODS, PERIODS)
def test_overlap_is_symmetric_and_never_more_than_either_side(this: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    overlap = serials(overlap_months(rows(this), rows(other), ["person_id"]))
    assert overlap == serials(overlap_months(rows(other), rows(this), ["person_id"]))
    assert len(overlap) <= min(len(plain(this)), len(plain(other)))
    assert overlap == sorted(plain(this) & plain(other))
    assert serials(subtract_months(rows(this), rows(other), ["person_id"])) == sorted(plain(this) - plain(other))


@settings(max_examples=60, deadline=None)
@given(PERIODS)
def test_runs_cover_the_same_months_without_touching(periods: list[tuple[str, str]]) -> None:
    runs = join_runs(rows(periods), ["person_id"]).collect()
    covered = sorted(plain(list(zip(runs["from_month"], runs["to_month"], strict=True))))
    assert covered == sorted(plain(periods))
    assert runs["months"].sum() == len(covered)
    starts, ends = runs["from_month"].to_list()[1:], runs["to_month"].to_list()[:-1]
    assert all(find_serial(start) > find_serial(end) + 1 for start, end in zip(starts, ends, strict=True))


def test_span_and_slips() -> None:
    slipped = rows([("2016-05", "2016-03")])
    assert serials(slipped) == []
    spans = span_months(rows([("2016-01", "2016-02"), ("2016-06", "2016-06"), ("2016-06", "2016-06")]), ["person_id"]).collect()
    assert spans.row(0) == ("A", "2016-01", "2016-06", 3)


def test_open_end_goes_on_to_the_given_month() -> None:
    frame = pl.LazyFrame({"from_month": ["2016-01"], "to_month": [None]}, schema={"from_month": pl.String, "to_month": pl.String})
    assert len(serials(expand_months(frame, last=find_serial("2016-04")))) == 4
    assert len(serials(expand_months(frame))) == 1


@pytest.mark.parametrize(("month", "length", "first"), [("2016-05", 3, "2016-04"), ("2016-01", 3, "2016-01"), ("2016-12", 12, "2016-01")])
def test_calendar_period(month: str, length: int, first: str) -> None:
    frame = pl.DataFrame({"serial": [find_serial(month)]})
    assert frame.select(write_serial(group_period(pl.col("serial"), length))).item() == first
