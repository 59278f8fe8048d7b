"""Dates and periods: every vector of the defect catalogue (domain.md §4.5)."""

from datetime import date

import polars as pl
import pytest

from registry.standardise.dates import estimate_birth_date, find_first_written_date, find_written_date, read_dates
from registry.standardise.periods import read_periods, write_month

AS_OF = date(2016, 6, 30)


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [
        ("2016-03-01", date(2016, 3, 1), "day"),
        ("2016-3-1", date(2016, 3, 1), "day"),
        ("20160301", date(2016, 3, 1), "day"),
        ("16.3.1", date(2016, 3, 1), "day"),
        ("67.3.15", date(1967, 3, 15), "day"),
        ("2016/3/31 0:00", date(2016, 3, 31), "day"),
        ("2016年3月1日", date(2016, 3, 1), "day"),
        ("２０１６．３．１", date(2016, 3, 1), "day"),
        ("42430", date(2016, 3, 1), "day"),
        ("9424", date(1925, 10, 19), "day"),
        ("3月15日", date(2016, 3, 15), "day"),
        ("12月20日", date(2015, 12, 20), "day"),
        ("31/3/2016", date(2016, 3, 31), "day"),
        ("2016.3", date(2016, 3, 1), "month"),
        ("2016.10", date(2016, 10, 1), "month"),
        ("2016年3月", date(2016, 3, 1), "month"),
        ("201603", date(2016, 3, 1), "month"),
        ("Mar-16", date(2016, 3, 1), "month"),
        ("二〇一六年三月", date(2016, 3, 1), "month"),
        ("1938年", date(1938, 1, 1), "year"),
        ("民国27年", date(1938, 1, 1), "year"),
        # The farmers' calendar is not converted: only its year is told, less surely for its last months.
        ("1938年农历八月十五", date(1938, 1, 1), "year"),
        ("农历38.8.15", date(1938, 1, 1), "year"),
        ("1938年腊月初八", date(1938, 1, 1), "age"),
    ],
)
def test_date(written: str, day: date, precision: str) -> None:
    read = read_dates(pl.Series([written]), AS_OF).row(0, named=True)
    assert (read["date"], read["precision"], read["problem"]) == (day, precision, None)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", None),
        ("-", None),
        ("长期", None),
        ("1900-01-00", "DATE_UNREADABLE"),
        ("2016.02.30", "DATE_UNREADABLE"),
        ("属虎", "DATE_UNREADABLE"),
        ("2016.13", "DATE_UNREADABLE"),
        ("待补", "DATE_UNREADABLE"),
    ],
)
def test_no_date(written: str, problem: str | None) -> None:
    read = read_dates(pl.Series([written]), AS_OF).row(0, named=True)
    assert (read["date"], read["precision"], read["problem"]) == (None, None, problem)


@pytest.mark.parametrize("written", ["2016.1", "3/4/2016"])
def test_two_readings_are_not_decided(written: str) -> None:
    read = read_dates(pl.Series([written]), AS_OF).row(0, named=True)
    assert (read["date"], read["precision"], read["problem"]) == (date(2016, 1, 1), "year", "DATE_AMBIGUOUS")


@pytest.mark.parametrize(("age", "year"), [("78", 1938), ("78岁", 1938), ("78周岁", 1938), ("0", 2016), ("300", None), ("老", None)])
def test_age_gives_a_year(age: str, year: int | None) -> None:
    expected = None if year is None else date(year, 1, 1)
    assert pl.select(estimate_birth_date(pl.lit(age), AS_OF)).item() == expected


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2015.11.3-2017.5.2", "2015.11.3", "2017.5.2"),
        ("2015年11月3日至2017年5月2日", "2015年11月3日", "2017年5月2日"),
        ("2015.11-2017.05", "2015.11", "2017.05"),
        ("2015-11-03-2017-05-02", "2015-11-03", "2017-05-02"),
        ("2015/11/3—2017/5/2", "2015/11/3", "2017/5/2"),
        ("2016年3月至今", "2016年3月", None),
        ("2016.3-", "2016.3", None),
        ("2016.3起", "2016.3", None),
        ("至2017年5月", None, "2017年5月"),
        ("长期", None, None),
    ],
)
def test_both_days_of_a_term_in_one_cell(written: str, first: str | None, last: str | None) -> None:
    assert pl.select(find_first_written_date(pl.lit(written))).item() == first
    assert pl.select(find_written_date(pl.lit(written))).item() == last


def test_date_inside_a_remark() -> None:
    assert pl.select(find_written_date(pl.lit("2016年1月复核，渐退期至2016年9月"))).item() == "2016年9月"


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("1-6月", "2016-01", "2016-06"),
        ("2016.1-3月", "2016-01", "2016-03"),
        ("2016年2-3月", "2016-02", "2016-03"),
        ("2015年11月-2016年2月", "2015-11", "2016-02"),
        ("一季度", "2016-01", "2016-03"),
        ("2016年第2季度", "2016-04", "2016-06"),
        ("2016Q3", "2016-07", "2016-09"),
        ("1", "2016-01", "2016-03"),
        ("2016年上半年", "2016-01", "2016-06"),
        ("下半年", "2016-07", "2016-12"),
        ("2016年3月", "2016-03", "2016-03"),
        ("201603", "2016-03", "2016-03"),
        ("3月", "2016-03", "2016-03"),
        ("2016年度", "2016-01", "2016-12"),
        ("12个月", "2015-07", "2016-06"),
        ("2015—2016学年第二学期", "2016-02", "2016-07"),
        ("2016-2017学年 第一学期", "2016-08", "2017-01"),
        ("2015-2016 2", "2016-02", "2016-07"),
        ("2016年春季学期", "2016-02", "2016-07"),
        ("2016年秋季学期", "2016-08", "2017-01"),
        ("第一学期", "2015-08", "2016-01"),
    ],
)
def test_period(written: str, first: str, last: str) -> None:
    months = read_periods(pl.Series([written]), AS_OF).select(write_month(pl.col("from_serial", "to_serial")), "problem").row(0)
    assert months == (first, last, None)


@pytest.mark.parametrize(("written", "problem"), [("乱写", "PERIOD_UNREADABLE"), ("6-1月", "PERIOD_UNREADABLE"), ("-", None)])
def test_no_period(written: str, problem: str | None) -> None:
    assert read_periods(pl.Series([written]), AS_OF).row(0)[1:] == (None, None, problem)
