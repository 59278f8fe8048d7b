"""Identity numbers of the making a district declares: canonical form, what is wrong with a bad one, what a masked one tells.

Belongs here: reading one cell by an `IdentityScheme` of scheme `pattern`. Does not belong here: GB 11643
(`identity_numbers`), arithmetic of check characters (`check_characters`), whose number it is (`resolve`).

Nothing is guessed: a number is valid only when it is the whole pattern and its check character holds.
"""

import re
from datetime import date
from typing import Final

import polars as pl

from registry.conventions import IdentityScheme
from registry.standardise.characters import drop_spaces, fold_text, is_empty_word
from registry.standardise.check_characters import passes_check

_MASKS: Final = "[*#•?]"
_NUMERIC: Final = r"^\d+(\.0+)?$|^\d(\.\d+)?E\+?\d+$"
LEAST_CHARACTERS: Final = 4
"""Fewer letters and digits than this are no number at all."""


def clean_declared_number(written: pl.Expr, scheme: IdentityScheme) -> pl.Expr:
    """Return the cell in half width and capitals, without spaces, the separators of the scheme and a label before the number."""
    plain = drop_spaces(fold_text(written)).str.to_uppercase().str.replace_all("[—–−]", "-")
    bare = plain.str.replace(r"^(ID|NO|NUMBER|NUM)?[.]?(NO|NUMBER)?[.:#]+", "")
    return bare.str.replace_all(f"[{re.escape(scheme.separators)}]", "") if scheme.separators else bare


def _matches_any(number: pl.Expr, patterns: list[str]) -> pl.Expr:
    return pl.any_horizontal(pl.lit(value=False), *(number.str.contains(f"^(?:{pattern})$") for pattern in patterns))


def read_birth_date(number: pl.Expr, scheme: IdentityScheme, as_of: date) -> pl.Expr:
    """Return the birth date inside a valid number; null where the scheme carries none or there is no such day."""
    where = scheme.birth_date
    if where is None:
        return pl.lit(None, dtype=pl.Date)
    day = number.str.slice(where.first - 1, where.width).str.to_date(where.form, strict=False)
    return pl.when(day > as_of).then(day.dt.offset_by("-100y")).otherwise(day) if "%y" in where.form else day


def read_sex(number: pl.Expr, scheme: IdentityScheme) -> pl.Expr:
    """Return 1 or 2 as the number tells; null where the scheme carries no sex."""
    where = scheme.sex
    if where is None:
        return pl.lit(None, dtype=pl.String)
    mark = number.str.slice(where.position - 1, 1)
    return pl.when(mark.is_in(where.male)).then(pl.lit("1")).when(mark.is_in(where.female)).then(pl.lit("2"))


def find_declared_state(number: pl.Expr, is_numeric: pl.Expr, birth: pl.Expr, scheme: IdentityScheme, as_of: date) -> pl.Expr:
    """Return the identity state of a cleaned cell.

    Args:
        number: cleaned text.
        is_numeric: whether the spreadsheet held the cell as a number; digits before the point are then not all there.
        birth: the date inside the number.
        scheme: how numbers are made.
        as_of: nobody is born after this day.
    """
    is_whole = number.str.contains(f"^(?:{scheme.pattern})$")
    impossible = (birth.is_null() | (birth > as_of)) if scheme.birth_date else pl.lit(value=False)
    bare = number.str.replace_all(r"[^\p{L}\p{N}]", "")
    is_repeated = (bare.str.len_chars() > 0) & (bare.str.replace_all(r"\D", "").str.strip_chars(bare.str.slice(-1)) == "")
    return (
        pl.when(is_empty_word(number))
        .then(pl.lit("missing"))
        .when(_matches_any(number, scheme.placeholders) | is_repeated & (bare.str.len_chars() >= LEAST_CHARACTERS))
        .then(pl.lit("placeholder"))
        .when(is_whole & passes_check(number, scheme.check))
        .then(pl.when(impossible).then(pl.lit("impossible")).otherwise(pl.lit("valid")))
        .when(is_whole)
        .then(pl.lit("checksum_failed"))
        .when(number.str.contains(f"{_MASKS}{{2,}}"))
        .then(pl.lit("masked"))
        .when(_matches_any(number, scheme.other_papers))
        .then(pl.lit("other_paper"))
        .when(is_numeric & number.str.contains(_NUMERIC))
        .then(pl.lit("excel_damaged"))
        .when(number.str.contains(r"\d.*\d.*\d.*\d"))
        .then(pl.lit("wrong_length"))
        .otherwise(pl.lit("placeholder"))
    )


def read_declared_numbers(cells: pl.LazyFrame, scheme: IdentityScheme) -> pl.LazyFrame:
    """Return `cells` with number, number_state, number_partial, number_birth and number_sex beside them.

    Args:
        cells: columns written, is_numeric and as_of, as `identity_numbers.read_identity_numbers` takes them.
        scheme: of scheme `pattern`.

    Returns:
        `number` is only there when valid; `number_partial` is what a masked number shows, `?` for the rest.
    """
    as_of = cells.select(pl.col("as_of").max()).collect().item() or date.max
    number, state = pl.col("_number"), pl.col("number_state")
    cleaned = cells.with_columns(_number=clean_declared_number(pl.col("written"), scheme))
    dated = cleaned.with_columns(_birth=read_birth_date(number, scheme, as_of))
    stated = dated.with_columns(number_state=find_declared_state(number, pl.col("is_numeric"), pl.col("_birth"), scheme, as_of))
    is_valid = state == "valid"
    shown = number.str.replace_all(_MASKS, "?")
    return stated.with_columns(
        number=pl.when(is_valid).then(number),
        number_partial=pl.when((state == "masked") & shown.str.contains(r"[^?]{2}")).then(shown),
        number_birth=pl.when(is_valid).then("_birth"),
        number_sex=pl.when(is_valid).then(read_sex(number, scheme)),
    ).drop("_number", "_birth")
