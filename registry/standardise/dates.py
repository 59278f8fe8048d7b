"""Dates and birth years as offices write them: a day, how exact it is, and whether the cell could be read.

Belongs here: reading one cell. Does not belong here: months of a payment (`periods`), whether a date makes sense for
its person (`quality`).

A date known to the month or year stands on its first day, and its precision says so. What has two readings is not
decided: `2016.1` may be January or a spreadsheet's October, 3/4/2016 is March or April unless the roll declares which
(domain.md §4.5). Days of the farmers' calendar are not converted; they give their year.
"""

from datetime import date
from typing import Final

import polars as pl

from registry.standardise.characters import fold_text, is_empty_word
from registry.standardise.month_names import (
    WRITTEN_DATE,
    Order,
    read_english_day,
    read_english_month,
    read_numbered_month,
    read_ordered_day,
)

OPEN_ENDED: Final = ("长期", "永久", "长期有效", "至今", "open", "ongoing", "present", "permanent", "indefinite", "none")
NUMERALS: Final = {"〇": "0", "零": "0", "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9"}
TENS: Final = {"十一": "11", "十二": "12", "二十": "20", "三十": "30", "十": "10"}
EXCEL_EPOCH: Final = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1850, 2100
_SEP: Final = r"[年.\-/]"
_STILL_RUNNING: Final = r"(至今|起|长期|永久|[至到\-—–~～]|present|ongoing)\s*$"


def clean_written_date(written: pl.Expr) -> pl.Expr:
    """Return the cell in half width without a time of day and without spaces."""
    folded = fold_text(written).str.replace(r"[T\s]+\d{1,2}:\d{2}(:\d{2})?(\.\d+)?\s*([AP]M)?Z?$", "")
    return folded.str.replace_all(r"\s+", "").str.replace_all("[—–−]", "-")


def build_date(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Return the day, null when there is no such day (30 February, month 0)."""
    text = pl.concat_str(
        *(pl.format("{}", part.cast(pl.Int32, strict=False)).str.zfill(width) for part, width in ((year, 4), (month, 2), (day, 2)))
    )
    return text.str.to_date("%Y%m%d", strict=False)


def _parts(text: pl.Expr, pattern: str, count: int) -> list[pl.Expr]:
    return [text.str.extract(pattern, at).cast(pl.Int32, strict=False) for at in range(1, count + 1)]


def _full_year(short: pl.Expr, as_of: date) -> pl.Expr:
    """Return two-digit years in the century that keeps them in the past."""
    return pl.when(short > as_of.year % 100).then(short + 1900).otherwise(short + 2000)


def _find_day_in_order(text: pl.Expr, as_of: date, order: Order) -> pl.Expr:
    """Return the day of a date written in the order the roll declares."""
    year, month, day = read_ordered_day(text, order)
    return build_date(pl.when(year < 100).then(_full_year(year, as_of)).otherwise(year), month, day)


def find_exact_day(text: pl.Expr, as_of: date, order: Order = "ymd") -> pl.Expr:
    """Return the day where the cell names one in full."""
    y, m, d = _parts(text, rf"^(\d{{4}}){_SEP}(\d{{1,2}})[月.\-/](\d{{1,2}})[日号]?$", 3)
    solid = pl.when(text.str.contains(r"^\d{8}$")).then(text).str.to_date("%Y%m%d", strict=False)
    short_year, short_month, short_day = _parts(text, rf"^(\d{{2}}){_SEP}(\d{{1,2}})[月.\-/](\d{{1,2}})[日号]?$", 3)
    last, first, dotted_year = _parts(text, r"^(\d{1,2})[./\-](\d{1,2})[./\-](\d{4})$", 3)
    by_day = pl.when((last > 12) & (first <= 12)).then(build_date(dotted_year, first, last))
    by_month = pl.when((first > 12) & (last <= 12)).then(build_date(dotted_year, last, first))
    # Four digits past any year are a spreadsheet's day number too: 9424 is a birthday in 1925.
    serial = text.str.extract(r"^([1-5]\d{4}|2[2-9]\d{2}|[3-9]\d{3})(?:\.\d+)?$").cast(pl.Int32, strict=False)
    from_serial = pl.lit(EXCEL_EPOCH).dt.offset_by(pl.format("{}d", serial))
    year_first = pl.when(short_year.is_not_null()).then(build_date(_full_year(short_year, as_of), short_month, short_day))
    written_year, written_month, written_day = read_english_day(text)
    full_year = pl.when(written_year < 100).then(_full_year(written_year, as_of)).otherwise(written_year)
    return pl.coalesce(
        build_date(y, m, d),
        solid,
        *((year_first, by_day, by_month) if order == "ymd" else (_find_day_in_order(text, as_of, order),)),
        build_date(full_year, written_month, written_day),
        pl.when(serial.is_not_null()).then(from_serial),
        _day_without_year(text, as_of),
    )


def _day_without_year(text: pl.Expr, as_of: date) -> pl.Expr:
    """Return 3月15日 in the delivery's year, or the year before where that day has not come yet."""
    month, day = _parts(text, r"^(\d{1,2})月(\d{1,2})[日号]?$", 2)
    this_year, last_year = build_date(pl.lit(as_of.year), month, day), build_date(pl.lit(as_of.year - 1), month, day)
    return pl.when(this_year <= as_of).then(this_year).otherwise(last_year)


def find_month_start(text: pl.Expr, as_of: date, order: Order = "ymd") -> pl.Expr:
    """Return the first day of the month where the cell names a month: 2016.3, 2016年3月, 201603, Mar-16; 3/2016 where years stand last."""
    y, m = _parts(text, rf"^(\d{{4}}){_SEP}(\d{{1,2}})月?份?$", 2)
    solid_year, solid_month = _parts(text, r"^((?:19|20)\d{2})(\d{2})$", 2)
    short_year, short_month = _parts(text, r"^(\d{2})年(\d{1,2})月?份?$", 2)
    one = pl.lit(1)
    written_year, written_month = read_english_month(text)
    last_year, first_month = read_numbered_month(text)
    return pl.coalesce(
        pl.when(~text.str.contains(r"^\d{4}\.1$")).then(build_date(y, m, one)),
        build_date(solid_year, solid_month, one),
        pl.when(short_year.is_not_null()).then(build_date(_full_year(short_year, as_of), short_month, one)),
        build_date(pl.when(written_year < 100).then(_full_year(written_year, as_of)).otherwise(written_year), written_month, one),
        *([] if order == "ymd" else [build_date(last_year, first_month, one)]),
    )


def find_year_start(text: pl.Expr) -> pl.Expr:
    """Return the first day of the year where the cell tells no more: 1938年, 民国27年, 2016.1 as a spreadsheet leaves it."""
    (western,) = _parts(text, r"^(\d{4})(?:年|\.1)?$", 1)
    (republic,) = _parts(text.str.replace("民国元年", "民国1年"), r"^民国(\d{1,3})年", 1)
    slashed = text.str.extract(r"^\d{1,2}[./\-]\d{1,2}[./\-](\d{4})$").cast(pl.Int32, strict=False)
    return build_date(pl.coalesce(western, republic + 1911, slashed), pl.lit(1), pl.lit(1))


def find_lunar_year(text: pl.Expr, as_of: date) -> tuple[pl.Expr, pl.Expr]:
    """Return the first day of the year of a farmers'-calendar date, and whether its last months may fall into the next."""
    is_lunar = text.str.contains("农历|阴历|旧历|[(]阴[)]|[(]农[)]|正月|腊月")
    digits = text.str.replace_many(list(NUMERALS), list(NUMERALS.values()))
    long_year = digits.str.extract(r"((?:18|19|20)\d{2})").cast(pl.Int32, strict=False)
    short_year = digits.str.extract(r"(?:^|\D)(\d{2})[.年\-/]").cast(pl.Int32, strict=False)
    year = pl.coalesce(long_year, _full_year(short_year, as_of))
    is_late = text.str.contains(r"冬月|腊月|十一月|十二月|[年历.\-/]1[12][月.\-/]")
    return pl.when(is_lunar).then(build_date(year, pl.lit(1), pl.lit(1))), is_late


def read_dates(written: pl.Series, as_of: date, order: Order = "ymd") -> pl.DataFrame:
    """Return one row per distinct cell: written, date, precision, problem.

    Args:
        written: cells as delivered.
        as_of: last day of the delivery's month; gives years that were not written and centuries of two-digit ones.
        order: which part stands first in 3/4/2016; ymd means that nobody said.

    Returns:
        `precision` is day, month, year, or age where the year itself may be one off; `problem` is DATE_UNREADABLE,
        DATE_AMBIGUOUS or null. A blank, a dash or 长期 is no date and no problem. Where the order is declared, a date that
        fits another order only gives its year and is unreadable.
    """
    cells = pl.DataFrame({"written": written.drop_nulls().unique().sort()}, schema={"written": pl.String})
    text, lunar_text = pl.col("_text"), pl.col("_text")
    numerals = {**{f"{tens}{mark}": f"{number}{mark}" for tens, number in TENS.items() for mark in "月日"}, **NUMERALS}
    lunar, is_late = find_lunar_year(lunar_text, as_of)
    read = cells.with_columns(_text=clean_written_date(pl.col("written"))).with_columns(_lunar=lunar, _is_late=is_late)
    in_digits = text.str.replace_many(list(numerals), list(numerals.values()))
    read = read.with_columns(_text=pl.when(text.str.contains("[一二三四五六七八九〇十]")).then(in_digits).otherwise(text))
    read = read.with_columns(
        _day=find_exact_day(text, as_of, order), _month=find_month_start(text, as_of, order), _year=find_year_start(text)
    )
    is_day = pl.col("_lunar").is_null() & pl.col("_day").is_not_null()
    value = pl.coalesce("_lunar", "_day", "_month", "_year")
    sound = pl.when(value.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(value)
    precision = (
        pl.when(pl.col("_lunar").is_not_null())
        .then(pl.when("_is_late").then(pl.lit("age")).otherwise(pl.lit("year")))
        .when(is_day)
        .then(pl.lit("day"))
        .when(pl.col("_month").is_not_null())
        .then(pl.lit("month"))
        .otherwise(pl.lit("year"))
    )
    is_slashed = text.str.contains(r"^\d{1,2}[./\-]\d{1,2}[./\-]\d{4}$") & ~is_day
    is_two_ways = (text.str.contains(r"^\d{4}\.1$") & ~is_day) | (is_slashed & pl.lit(value=order == "ymd"))
    is_unread = sound.is_null() | (is_slashed & pl.lit(value=order != "ymd"))
    says_nothing = is_empty_word(text) | text.str.to_lowercase().is_in(list(OPEN_ENDED))
    return read.select(
        "written",
        date=sound,
        precision=pl.when(sound.is_not_null()).then(precision),
        problem=pl.when(is_two_ways).then(pl.lit("DATE_AMBIGUOUS")).when(is_unread & ~says_nothing).then(pl.lit("DATE_UNREADABLE")),
    )


def find_written_date(text: pl.Expr, order: Order = "ymd") -> pl.Expr:
    """Return the last date or month written inside a remark (渐退期至2016年9月, grace until 9/30/2016), as text for `read_dates`.

    A term that is still running (2016年3月至今, 2016.3起, 2016.3-) has no last date.
    """
    return pl.when(~fold_text(text).str.contains(_STILL_RUNNING).fill_null(value=False)).then(_list_written_dates(text, order).list.last())


def find_first_written_date(text: pl.Expr, order: Order = "ymd") -> pl.Expr:
    """Return the first of the dates of a term (2015.11.3-2017.5.2); what only says until when has none."""
    only_end = _list_written_dates(text, order).list.len().eq(1) & fold_text(text).str.contains(r"[至到止]\s*\d").fill_null(value=False)
    return pl.when(~only_end).then(_list_written_dates(text, order).list.first())


def _list_written_dates(text: pl.Expr, order: Order) -> pl.Expr:
    """Return all dates and months written in the cell; the hyphen between two of them is none of theirs."""
    if order != "ymd":
        return fold_text(text).str.extract_all(WRITTEN_DATE)
    parted = fold_text(text).str.replace_all("[—–−~～]+", "至").str.replace_all(r"(\d)\s*-+\s*(\d{4}\D)", "${1}至${2}")
    return parted.str.extract_all(r"\d{4}\s*[年.\-/]\s*\d{1,2}(\s*[月.\-/]\s*\d{1,2}日?)?月?")


def estimate_birth_date(age: pl.Expr, as_of: date) -> pl.Expr:
    """Return the first day of the likely birth year of a person of that age on `as_of`; right to about a year."""
    years = fold_text(age).str.extract(r"(?i)^(\d{1,3})(?:\.0)?(?:周?岁|\s*y(?:ea)?rs?(?:\s*old)?)?$").cast(pl.Int32, strict=False)
    return pl.when(years.is_between(0, 120)).then(build_date(pl.lit(as_of.year) - years, pl.lit(1), pl.lit(1)))
