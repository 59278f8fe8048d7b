"""Periods of entitlement as offices write them: 1-6月, 一季度, 2016年上半年, 2015-2016学年第二学期.

Belongs here: one cell to first and last month. Does not belong here: which months a payment without a period covers
(`facts`), month arithmetic of rules (`quality`).

Semesters run from February to July and from August to January, as the school year does.
"""

from datetime import date
from typing import Final

import polars as pl

from registry.standardise.characters import drop_spaces, fold_text, is_empty_word
from registry.standardise.month_names import Order, find_english_spans

_TO: Final = r"[\-~至到]+"
_NUMERALS: Final = {"一": "1", "二": "2", "三": "3", "四": "4"}


def write_month(serial: pl.Expr) -> pl.Expr:
    """Return month serials (year × 12 + month − 1) as text YYYY-MM."""
    return pl.format("{}-{}", (serial // 12).cast(pl.String).str.zfill(4), (serial % 12 + 1).cast(pl.String).str.zfill(2))


def find_serial(day: date) -> int:
    """Return the serial of the month of a day."""
    return day.year * 12 + day.month - 1


def clean_written_period(written: pl.Expr) -> pl.Expr:
    """Return the cell in half width, without spaces, 季度 and 学期 numbered with digits, one kind of hyphen."""
    plain = drop_spaces(fold_text(written)).str.replace_all("[—–−─―一]{1,2}(\\d{4})", "-$1").str.replace_all("[—–−─―]+", "-")
    numbered = plain
    for word, digit in _NUMERALS.items():
        numbered = numbered.str.replace_all(f"第?{word}(季|学期)", f"{digit}$1")
    return numbered.str.replace_all("第", "").str.replace_all(r"\.0$", "").str.to_uppercase()


def _number(text: pl.Expr, pattern: str, at: int) -> pl.Expr:
    return text.str.extract(pattern, at).cast(pl.Int32, strict=False)


def find_spans(text: pl.Expr, as_of: date) -> list[tuple[pl.Expr, pl.Expr]]:
    """Return first and last serial of every way to write a period, the surest way first; null where it does not apply."""
    year_now = pl.lit(as_of.year, dtype=pl.Int32)
    spans: list[tuple[pl.Expr, pl.Expr]] = [_find_semester(text, as_of)]
    across = rf"^(\d{{4}})[年.\-/]?(\d{{1,2}})月?{_TO}(\d{{4}})[年.\-/]?(\d{{1,2}})月?$"
    a, b, c, d = (_number(text, across, at) for at in range(1, 5))
    spans.append((a * 12 + b - 1, c * 12 + d - 1))
    within = rf"^(?:(\d{{4}})[年.\-/]?)?(\d{{1,2}})月?{_TO}(\d{{1,2}})月?份?$"
    year = pl.coalesce(_number(text, within, 1), year_now)
    spans.append((year * 12 + _number(text, within, 2) - 1, year * 12 + _number(text, within, 3) - 1))
    quarter_text = r"^(?:(\d{4})年?度?)?(?:Q([1-4])|([1-4])季度?)$"
    quarter = pl.coalesce(_number(text, quarter_text, 2), _number(text, quarter_text, 3), _number(text, r"^([1-4])$", 1))
    start = pl.coalesce(_number(text, quarter_text, 1), year_now) * 12 + (quarter - 1) * 3
    spans.append((start, start + 2))
    half = text.str.extract(r"^(?:\d{4}年?)?([上下])半年$").replace_strict({"上": 0, "下": 6}, default=None, return_dtype=pl.Int32)
    start = pl.coalesce(_number(text, r"^(\d{4})年?[上下]半年$", 1), year_now) * 12 + half
    spans.append((start, start + 5))
    month = pl.coalesce(*(_number(text, pattern, 2) for pattern in (r"^(\d{4})[年.\-/](\d{1,2})月?份?$", r"^((?:19|20)\d{2})(\d{2})$")))
    month = pl.coalesce(month, _number(text, r"^(\d{1,2})月份?$", 1))
    single = pl.coalesce(_number(text, r"^(\d{4})[年.\-/]?\d{1,2}月?份?$", 1), year_now) * 12 + month - 1
    single = pl.when(~text.str.contains(r"^\d{4}\.1$") & month.is_between(1, 12)).then(single)
    spans.append((single, single))
    whole = _number(text, r"^(\d{4})年?度?$", 1) * 12
    spans.append((whole, whole + 11))
    count = _number(text, r"^(\d{1,2})个月$", 1)
    last = pl.when(count.is_not_null()).then(pl.lit(find_serial(as_of), dtype=pl.Int32))
    spans.append((last - count + 1, last))
    return spans


def _find_semester(text: pl.Expr, as_of: date) -> tuple[pl.Expr, pl.Expr]:
    is_school = text.str.contains(r"学年|学期|^\d{4}-\d{4}|[春秋]季?$")
    is_first = text.str.contains(r"1学期|上学期|秋") | text.str.contains(r"(学年|-\d{4})1$")
    is_second = text.str.contains(r"2学期|下学期|春") | text.str.contains(r"(学年|-\d{4})2$")
    school_year = pl.coalesce(_number(text, r"^(\d{4})-(?:\d{4}|\d{2})(?:学年|年|度|\D|[12]$|$)", 1), _number(text, r"^(\d{4})学年", 1))
    begun = as_of.year if as_of.month >= 8 else as_of.year - 1
    calendar_year = _number(text, r"^(\d{4})年?(?:[春秋])", 1)
    by_calendar = pl.when(is_first).then(calendar_year).otherwise(calendar_year - 1)
    year = pl.coalesce(school_year, by_calendar, pl.lit(begun, dtype=pl.Int32))
    start = pl.when(is_second).then(year * 12 + 13).otherwise(year * 12 + 7)
    length = pl.when(is_first | is_second).then(5).otherwise(11)
    start = pl.when(is_school).then(start)
    return start, start + length


def read_periods(written: pl.Series, as_of: date, order: Order = "ymd") -> pl.DataFrame:
    """Return one row per distinct cell: written, from_serial, to_serial, problem (PERIOD_UNREADABLE or null).

    Args:
        written: cells as delivered; parts from several columns are joined with a space.
        as_of: last day of the delivery's month, for years that were not written.
        order: which part stands first in 3/4/2016.
    """
    cells = pl.DataFrame({"written": written.drop_nulls().unique().sort()}, schema={"written": pl.String})
    text = pl.col("_text")
    read = cells.with_columns(_text=clean_written_period(pl.col("written")))
    all_spans = [*find_spans(text, as_of), *find_english_spans(fold_text(pl.col("written")), as_of, order)]
    spans = [(first.cast(pl.Int32), last.cast(pl.Int32)) for first, last in all_spans]
    read = read.with_columns(from_serial=pl.coalesce(first for first, _ in spans), to_serial=pl.coalesce(last for _, last in spans))
    is_sound = (pl.col("to_serial") >= pl.col("from_serial")) & pl.col("from_serial").is_between(1900 * 12, 2100 * 12)
    return read.select(
        "written",
        from_serial=pl.when(is_sound).then("from_serial"),
        to_serial=pl.when(is_sound).then("to_serial"),
        problem=pl.when(~is_sound.fill_null(value=False) & ~is_empty_word(text)).then(pl.lit("PERIOD_UNREADABLE")),
    )
