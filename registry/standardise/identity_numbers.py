"""Citizen identity numbers (GB 11643): canonical form, what is wrong with a bad one, what a damaged one still tells.

Belongs here: reading one cell. Does not belong here: repair against other rows (`resolve`), whose number it is
(`mentions`), certificate numbers as such (a certificate number in the cell gives its first 18 characters).

Nothing is guessed: letters become digits only where the check digit then holds, and the last three digits of a numeric
spreadsheet cell are never believed (domain.md §4.5, §5.2).
"""

from datetime import date
from typing import Final

import polars as pl

from registry.standardise.characters import HAN, drop_spaces, fold_text, is_empty_word

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS: Final = "10X98765432"
MAX_AGE: Final = 120
EXACT_DIGITS: Final = 15
"""A spreadsheet keeps fifteen digits of a number and no more."""

NUMERIC_MARK: Final = "excel_numeric"
_NUMBER: Final = r"^[0-9]{17}[0-9X]$"
"""ASCII digits only: backslash-d would take full-width digits for clean ones."""
_LETTERED: Final = r"^[0-9OIL]{17}[0-9OILX]$"
_SCIENTIFIC: Final = r"^([1-9])\.?(\d*)E\+?1[4-9]$"


def find_check_character(body: pl.Expr) -> pl.Expr:
    """Return the check character of the first 17 digits of `body`; null where they are no digits."""
    digits = body.str.slice(0, 17).cast(pl.Int64, strict=False)
    total = pl.sum_horizontal((digits // 10 ** (16 - at) % 10) * weight for at, weight in enumerate(WEIGHTS))
    index = pl.when(digits.is_not_null()).then(total % 11)
    return index.replace_strict(list(range(11)), list(CHECK_CHARACTERS), default=None, return_dtype=pl.String)


def has_valid_check(number: pl.Expr) -> pl.Expr:
    """Return whether an 18-character number ends in its check character."""
    return number.str.contains(_NUMBER) & (find_check_character(number) == number.str.slice(17, 1)).fill_null(value=False)


def widen_number(number: pl.Expr) -> pl.Expr:
    """Return a 15-digit number of the old kind with century and check character.

    Serials 996–999 were set aside for people past a hundred, born in the 1800s.
    """
    century = pl.when(number.str.slice(12, 3).is_in(["996", "997", "998", "999"])).then(pl.lit("18")).otherwise(pl.lit("19"))
    body = pl.concat_str(number.str.slice(0, 6), century, number.str.slice(6, 9))
    return pl.concat_str(body, find_check_character(body))


def clean_written_number(written: pl.Expr) -> pl.Expr:
    """Return the cell in half width and capitals, without spaces, apostrophes, hyphens, words around the number."""
    plain = drop_spaces(fold_text(written)).str.to_uppercase().str.replace_all("[×Х]", "X")
    joined = pl.when(plain.str.contains(r"^[\d\-–—X*']+$")).then(plain.str.replace_all(r"[\-–—']", "")).otherwise(plain)
    unworded = joined.str.replace(rf"^{HAN}+[::]?\(?(\d{{15}}|\d{{17}}[\dX])\)?$", "$1")
    without_remark = unworded.str.replace(rf"^(\d{{15}}|\d{{17}}[\dX])\(?{HAN}+\)?$", "$1")
    return without_remark.str.replace(r"^(\d{17}[\dX])\d{2}(B\d)?$", "$1")


def repair_letters(number: pl.Expr) -> pl.Expr:
    """Return `number` with O, I and L read as digits, and a last star as X, where the check digit then holds."""
    digits = number.str.replace_all("O", "0").str.replace_all("[IL]", "1")
    starred = number.str.replace(r"^(\d{17})\*$", "${1}X")
    by_letter = number.str.contains(_LETTERED) & has_valid_check(digits)
    return pl.when(by_letter).then(digits).when(has_valid_check(starred)).then(starred).otherwise(number)


def keep_exact_digits(number: pl.Expr) -> pl.Expr:
    """Return what a spreadsheet-damaged cell still tells: the digits it kept, `?` for the rest.

    A display rounded to six digits tells the area code only; a full mantissa has dropped its last zeros.
    """
    mantissa = number.str.replace(_SCIENTIFIC, "$1$2")
    shown = pl.when(mantissa.str.len_chars() <= 6).then(mantissa).otherwise(mantissa.str.pad_end(EXACT_DIGITS, "0"))
    kept = pl.when(number.str.contains(_SCIENTIFIC)).then(shown).otherwise(number.str.slice(0, EXACT_DIGITS))
    return kept.str.pad_end(18, "?")


def find_number_state(number: pl.Expr, is_numeric: pl.Expr, holds: pl.Expr, birth: pl.Expr, as_of: date) -> pl.Expr:
    """Return the identity state of a cleaned and repaired cell.

    Args:
        number: cleaned text, old numbers already widened.
        is_numeric: whether the spreadsheet held the cell as a number.
        holds: whether the check digit holds.
        birth: the date inside the number, null when there is no such day.
        as_of: nobody is born after this day, and nobody is older than 120 on it.
    """
    lost_digits = is_numeric & number.str.contains(r"^\d{16,}$")
    rounded = number.str.contains(r"^\d{15}000$") & ~holds
    possible = birth.is_between(max(date(1900, 1, 1), as_of.replace(year=as_of.year - MAX_AGE, day=1)), as_of).fill_null(value=False)
    is_papers = number.str.contains(r"^([HM]\d{8,10}|\d{8}|[A-Z]\d{8}|[A-Z]{2}\d{7})$")
    return (
        pl.when(is_empty_word(number) & ~number.is_in(["无", "同上", "暂无"]).fill_null(value=False))
        .then(pl.lit("missing"))
        .when(lost_digits | rounded | number.str.contains(_SCIENTIFIC))
        .then(pl.lit("excel_damaged"))
        .when(number.str.contains(r"^\d{4,}\*+[\dX]*$") | number.str.contains(r"^\d*\*{4,}[\dX]*$"))
        .then(pl.lit("masked"))
        .when(_is_repeated_digit(number))
        .then(pl.lit("placeholder"))
        .when(holds)
        .then(pl.when(possible).then(pl.lit("valid")).otherwise(pl.lit("impossible")))
        .when(number.str.contains(_LETTERED))
        .then(pl.lit("checksum_failed"))
        .when(is_papers)
        .then(pl.lit("other_paper"))
        .when(number.str.contains(r"\d{9,}"))
        .then(pl.lit("wrong_length"))
        .otherwise(pl.lit("placeholder"))
    )


def _is_repeated_digit(number: pl.Expr) -> pl.Expr:
    first = number.str.slice(0, 1)
    return number.str.contains(r"^\d+$") & (number.str.strip_chars(first) == "")


def read_identity_numbers(cells: pl.LazyFrame) -> pl.LazyFrame:
    """Return `cells` with number, number_state, number_partial, number_birth and number_sex beside them.

    Args:
        cells: columns written (text as delivered), is_numeric (held as a number by the spreadsheet), as_of (Date, the
            delivery's last day, one value for the whole frame).

    Returns:
        `number` is 18 characters and only there when valid. `number_birth` and `number_sex` are read from valid
        numbers, `number_birth` also from damaged ones whose first fifteen digits are sure.
    """
    as_of = cells.select(pl.col("as_of").max()).collect().item() or date.max
    # Most cells are eighteen plain characters: only the others are cleaned, and only odd ones are judged at length.
    is_plain = pl.col("written").str.contains(_NUMBER).fill_null(value=False)
    sound = cells.filter(is_plain).with_columns(_number=pl.col("written"))
    odd = cells.filter(~is_plain).with_columns(_number=repair_letters(clean_written_number(pl.col("written"))))
    number = pl.col("_number")
    # A date that is no day means fifteen digits of something else; they stay as they are.
    is_old = number.str.contains(r"^\d{15}$") & ("19" + number.str.slice(6, 6)).str.to_date("%Y%m%d", strict=False).is_not_null()
    # Fifteen digits fit into a numeric cell: nothing was lost.
    widened = odd.with_columns(
        is_numeric=pl.col("is_numeric") & ~is_old, _number=pl.when(is_old).then(widen_number(number)).otherwise(number)
    )
    dated = pl.concat([sound, widened]).with_columns(
        _birth=number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False), _holds=has_valid_check(number).fill_null(value=False)
    )
    is_clear = pl.col("_holds") & ~pl.col("is_numeric") & pl.col("_birth").is_between(as_of.replace(year=as_of.year - 100, day=1), as_of)
    is_clear = is_clear.fill_null(value=False) & ~_is_repeated_digit(number)
    clear = dated.filter(is_clear).with_columns(number_state=pl.lit("valid"))
    judged = dated.filter(~is_clear).with_columns(
        number_state=find_number_state(number, pl.col("is_numeric"), pl.col("_holds"), pl.col("_birth"), as_of)
    )
    return pl.concat([_read_valid(clear), _read_damaged(judged)])


def _read_valid(stated: pl.LazyFrame) -> pl.LazyFrame:
    """Return what a number in state `valid` tells; null for the others."""
    number, is_valid = pl.col("_number"), pl.col("number_state") == "valid"
    is_male = number.str.slice(16, 1).cast(pl.Int8, strict=False) % 2 == 1
    return stated.with_columns(
        number=pl.when(is_valid).then(number),
        number_partial=pl.lit(None, dtype=pl.String),
        number_birth=pl.when(is_valid).then("_birth"),
        number_sex=pl.when(is_valid).then(pl.when(is_male).then(pl.lit("1")).otherwise(pl.lit("2"))),
    ).drop("_number", "_birth", "_holds")


def _read_damaged(judged: pl.LazyFrame) -> pl.LazyFrame:
    """Return what numbers of any state tell: the sure digits of damaged and masked ones, the date inside fifteen sure digits."""
    number, state = pl.col("_number"), pl.col("number_state")
    damaged = pl.when(state == "excel_damaged").then(keep_exact_digits(number))
    masked = pl.when((state == "masked") & (number.str.len_chars() == 18)).then(number.str.replace_all(r"\*", "?"))
    partial = pl.coalesce(damaged, masked)
    sure_date = pl.when((state == "excel_damaged") & partial.str.contains(r"^\d{15}")).then(partial.str.slice(6, 8))
    known = judged.with_columns(_partial=partial, _sure_date=sure_date.str.to_date("%Y%m%d", strict=False))
    return (
        _read_valid(known)
        .with_columns(number_partial=pl.col("_partial"), number_birth=pl.coalesce("number_birth", "_sure_date"))
        .drop("_partial", "_sure_date")
    )
