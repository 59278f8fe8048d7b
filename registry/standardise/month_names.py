"""Dates and periods with English month names, and dates of which the month or the day stands first.

Belongs here: the spellings themselves. Does not belong here: dates that begin with the year, precision and problems (`dates`),
Chinese periods (`periods`).

3/4/2016 is read in the order the roll declares. A date that only fits another order (13/02/2016 in a roll of months first) is
not turned round: whoever typed it may have meant either.
"""

from datetime import date
from typing import Final, Literal

import polars as pl

Order = Literal["ymd", "mdy", "dmy"]
MONTHS: Final = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}
MONTH: Final = (
    r"(jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
ORDINALS: Final = {"first": "1", "second": "2", "third": "3", "fourth": "4"}
TO: Final = r"(?:-|to|through|thru|until)"
WRITTEN_DATE: Final = (
    r"(?i)\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/-]\d{1,2}[/-]\d{2,4}"
    rf"|\b{MONTH}\.? +\d{{1,2}}(?:st|nd|rd|th)?,? +\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? +(?:of +)?{MONTH}\.?,? +\d{{4}}|\b{MONTH}\.?,? +\d{{4}}"
)
"""A date inside an English remark."""


def _number(text: pl.Expr, pattern: str, at: int) -> pl.Expr:
    return text.str.extract(pattern, at).cast(pl.Int32, strict=False)


def _month(text: pl.Expr, pattern: str, at: int) -> pl.Expr:
    return text.str.extract(pattern, at).str.slice(0, 3).replace_strict(MONTHS, default=None, return_dtype=pl.Int32)


def tidy_english(text: pl.Expr) -> pl.Expr:
    """Return text in small letters without spaces, weekday, `of`, full stops and the endings of ordinal numbers."""
    small = text.str.to_lowercase().str.replace_all(r"\s+", "")
    bare = small.str.replace(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[,.]?", "")
    return bare.str.replace(r"^(\d{1,2})(?:st|nd|rd|th)(?:of)?", "$1").str.replace(r"^([a-z]{3,9}\.?\d{1,2})(?:st|nd|rd|th)", "$1")


def read_english_day(text: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Return year (two digits where written so), month and day of dates with the month's name first: March 24, 2016, Mar 24 16."""
    plain = tidy_english(text).str.replace_all(r"[.]", "")
    forms = [
        rf"^{MONTH}(\d{{1,2}})[,\-/]?(\d{{4}})$",
        rf"^{MONTH}[\-/](\d{{1,2}})[,\-/](\d{{4}}|\d{{2}})$",
        rf"^{MONTH}(\d{{1,2}}),(\d{{2}})$",
    ]
    last = [rf"^(\d{{1,2}})[,\-/]?{MONTH}[,\-/]?(\d{{4}}|\d{{2}})$", rf"^(\d{{4}})[,\-/]?{MONTH}[,\-/]?(\d{{1,2}})$"]
    year = pl.coalesce(*(_number(plain, form, 3) for form in forms), _number(plain, last[0], 3), _number(plain, last[1], 1))
    month = pl.coalesce(*(_month(plain, form, 1) for form in forms), *(_month(plain, form, 2) for form in last))
    day = pl.coalesce(*(_number(plain, form, 2) for form in forms), _number(plain, last[0], 1), _number(plain, last[1], 3))
    return year, month, day


def read_ordered_day(text: pl.Expr, order: Order) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Return year (two digits where written so), month and day of dates written 3/24/2016 or 24.3.16 in the order given."""
    form = r"^(\d{1,2})[./\-](\d{1,2})[./\-](\d{4}|\d{2})$"
    first, second, year = (_number(text, form, at) for at in (1, 2, 3))
    return (year, first, second) if order == "mdy" else (year, second, first)


def read_english_month(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return year (two digits where written so) and month of March 2016, Sept. 2016 and Mar-16."""
    plain = tidy_english(text).str.replace_all(r"[.]", "")
    forms = [rf"^{MONTH}[,\-/'’]?(\d{{4}})$", rf"^{MONTH}[\-/'’]?(\d{{2}})$"]
    return pl.coalesce(_number(plain, form, 2) for form in forms), pl.coalesce(_month(plain, form, 1) for form in forms)


def read_numbered_month(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return year and month of 3/2016, as rolls write it whose dates do not begin with the year."""
    form = r"^(\d{1,2})[./\-](\d{4})$"
    return _number(text, form, 2), _number(text, form, 1)


def find_english_spans(written: pl.Expr, as_of: date, order: Order) -> list[tuple[pl.Expr, pl.Expr]]:
    """Return first and last month serial of every English way to write a period; null where it does not apply.

    Q1 2016, 2nd quarter, Jan-Mar 2016, January 2016 to March 2016, March 2016, H1 2016, Fall 2015, 1/1/2016-3/31/2016.
    """
    text = tidy_english(written).str.replace_all(r"[.]", "").str.replace_all("[—–−‐‑]", "-")
    for word, digit in ORDINALS.items():
        text = text.str.replace(f"^{word}", digit)
    spans = [_find_quarter(text, as_of), *_find_month_ranges(text, as_of), _find_half(text), _find_season(text)]
    year, month = read_english_month(text)
    alone = _month(text, rf"^{MONTH}$", 1)
    single = pl.coalesce(pl.when(year < 100).then(year + 2000).otherwise(year) * 12 + month - 1, pl.lit(as_of.year) * 12 + alone - 1)
    spans.append((single, single))
    if order != "ymd":
        spans += _find_day_ranges(text, order)
    return spans


def _find_quarter(text: pl.Expr, as_of: date) -> tuple[pl.Expr, pl.Expr]:
    last = [r"^(?:q|qtr|quarter)([1-4])[,\-/]?(\d{4})?$", r"^([1-4])(?:st|nd|rd|th)?(?:q|qtr|quarter)(?:of)?[,\-/]?(\d{4})?$"]
    first = r"^(\d{4})[,\-/]?(?:q|qtr|quarter)([1-4])$"
    quarter = pl.coalesce(*(_number(text, form, 1) for form in last), _number(text, first, 2))
    year = pl.coalesce(*(_number(text, form, 2) for form in last), _number(text, first, 1), pl.lit(as_of.year, dtype=pl.Int32))
    start = year * 12 + (quarter - 1) * 3
    return start, start + 2


def _find_month_ranges(text: pl.Expr, as_of: date) -> list[tuple[pl.Expr, pl.Expr]]:
    named = rf"^{MONTH}[,']?(\d{{4}})?{TO}{MONTH}[,']?(\d{{4}})?$"
    to_year = pl.coalesce(_number(text, named, 4), pl.lit(as_of.year, dtype=pl.Int32))
    from_month, to_month = _month(text, named, 1), _month(text, named, 3)
    # November to January 2016 began the year before.
    from_year = pl.coalesce(_number(text, named, 2), to_year - (from_month > to_month).cast(pl.Int32))
    return [(from_year * 12 + from_month - 1, to_year * 12 + to_month - 1)]


def _find_half(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    last, first = r"^h([12])[,\-/]?(\d{4})$", r"^(\d{4})[,\-/]?h([12])$"
    half = pl.coalesce(_number(text, last, 1), _number(text, first, 2))
    start = pl.coalesce(_number(text, last, 2), _number(text, first, 1)) * 12 + (half - 1) * 6
    return start, start + 5


def _find_season(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    form = r"^(spring|fall|autumn)(?:semester|term)?[,\-/]?(\d{4})$"
    first = text.str.extract(form, 1).replace_strict({"spring": 1, "fall": 7, "autumn": 7}, default=None, return_dtype=pl.Int32)
    start = _number(text, form, 2) * 12 + first
    return start, start + 5


def _find_day_ranges(text: pl.Expr, order: Order) -> list[tuple[pl.Expr, pl.Expr]]:
    day = r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}"
    ends = [read_ordered_day(text.str.extract(rf"^({day}){TO}({day})$", at), order) for at in (1, 2)]
    first, last = (pl.when(month.is_between(1, 12)).then(year * 12 + month - 1) for year, month, _ in ends)
    year, month = read_numbered_month(text)
    single = pl.when(month.is_between(1, 12)).then(year * 12 + month - 1)
    return [(first, last), (single, single)]
