"""How far the cells of an unknown column read as each kind: measured with the very readers a run uses.

Belongs here: one share per column and kind, and facts that help to choose (how many cells, how many distinct). Does not
belong here: choosing a kind (`connectors.inference`), because heads speak too; and no cell ever leaves this module.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal

import polars as pl

from registry.cells import CellContext, read_cells, reading
from registry.district import District
from registry.roll import Roll
from registry.standardise.characters import fold_text, is_empty_word
from registry.standardise.kinship import clean_relation
from registry.standardise.places import build_gazetteer
from registry.standardise.surnames import may_be_name

DateOrder = Literal["ymd", "mdy", "dmy"]
TESTED: Final = ("identity_number", "date", "amount", "sex", "phone", "account", "name")
KINDS: Final = (*TESTED, "certificate", "month", "period", "count", "age", "place", "address", "relation")
_DATE_INSIDE: Final = r"^\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
"""Damaged and mistyped numbers still carry a birth date; an account of as many digits does not."""

_CERTIFICATE: Final = r"^\d{17}[\dXx]\d{2}(?:[Bb]\d)?$"
_PERIOD: Final = r"季|学期|学年|半年|^\d{4}年?度?$|\d月?[-~至到—]+\d{1,2}月|(?i)\bQ[1-4]\b|quarter|semester|term"
_DATED: Final = r"^\D*\d{8}\D*$|^(?:19|20)\d{4}$|\d\s*[-./年月]\s*\d|农历|民国|(?i)[a-z]{3}"
_WHOLE: Final = r"^\d{1,3}(?:\.0)?$"
_ADDRESS: Final = (
    r"组|号|巷|弄|栋|幢|单元|路\d"
    r"|(?i)^\d+[a-z]?[ ,].*\b(st|street|rd|road|ave|avenue|lane|ln|drive|dr|way|court|ct|close|blvd)\b"
)


def measure_columns(cells: pl.DataFrame, numeric: Sequence[str], district: District, as_of: date, order: DateOrder = "ymd") -> pl.DataFrame:
    """Return one row per column of `cells`: column, filled, distinct, length (median), and a share for each of KINDS.

    Args:
        cells: columns of text as delivered, a sample of the data rows.
        numeric: columns the spreadsheet held as numbers.
        district: its conventions and places.
        as_of: day the file speaks of.
        order: order of day, month and year where a date is written with separators.
    """
    roll = _build_test_roll(cells.columns, order)
    copies = {f"{name}_{kind}": pl.col(name) for name in cells.columns for kind in (*TESTED, "place", "period")}
    marks = ";".join(f"{name}_identity_number=excel_numeric" for name in numeric)
    rows = cells.select(**copies).with_columns(
        pl.lit(marks or None, dtype=pl.String).alias("cell_marks"), pl.lit(None, dtype=pl.String).alias("sheet")
    )
    read = pl.concat([cells, read_cells(rows, roll, _build_context(district, as_of))], how="horizontal")
    return pl.DataFrame([_measure(read, name) for name in cells.columns], infer_schema_length=None)


def _build_context(district: District, as_of: date) -> CellContext:
    settings = district.settings
    return CellContext(as_of, build_gazetteer(district.places, is_spaced=settings.names.script == "latin"), settings)


def _build_test_roll(columns: Sequence[str], order: DateOrder) -> Roll:
    """Return a roll that reads every column as every kind."""
    declared = {f"{name}_{kind}": {"heads": [name], "kind": kind} for name in columns for kind in (*TESTED, "period")}
    declared |= {f"{name}_place": {"heads": [name], "kind": "place"} for name in columns}
    return Roll.model_validate({
        "roll": "unknown", "code": "R00", "title": {"zh": "", "en": ""}, "department": "", "legal_basis": "", "retention_months": 0,
        "date_order": order, "delivery": {"glob": ["*"]}, "columns": declared,
        "people": [{"role": "member", "position": at, "place": f"{name}_place"} for at, name in enumerate(columns)],
        "benefits": [{"person": "member", "position": at, "period": f"{name}_period"} for at, name in enumerate(columns)],
    })  # fmt: skip


def _measure(read: pl.DataFrame, name: str) -> Mapping[str, Any]:
    """Return the measures of one column; a share is of its filled cells."""
    text = fold_text(pl.col(name))
    is_filled = ~is_empty_word(text) & pl.col(name).is_not_null()
    filled = read.filter(is_filled)
    shares = {kind: found.fill_null(value=False).mean().fill_null(0.0) for kind, found in _find_readable(name, text).items()}
    counted = filled.select(
        column=pl.lit(name),
        rows=pl.lit(read.height),
        filled=pl.len(),
        distinct=text.n_unique(),
        length=text.str.len_chars().median(),
        decimals=text.str.contains(r"\d\.\d{1,2}$").mean().fill_null(0.0),
        **shares,
    )
    return counted.row(0, named=True)


def _find_readable(name: str, text: pl.Expr) -> dict[str, pl.Expr]:
    def told(kind: str, what: str) -> pl.Expr:
        return pl.col(reading(f"{name}_{kind}", what))

    plain = text.str.replace_all(r"\s", "")
    state = told("identity_number", "state")
    is_dated_number = state.is_in(["excel_damaged", "checksum_failed", "impossible"]) & plain.str.contains(_DATE_INSIDE)
    is_number = (state == "valid") | is_dated_number | ((state == "masked") & plain.str.contains(r"^\d{4}"))
    is_certificate = plain.str.contains(_CERTIFICATE)
    is_dated = told("date", "date").is_not_null() & text.str.contains(_DATED) & (plain.str.len_chars() <= 24)
    is_exact = told("date", "precision") == "day"
    is_sound = told("date", "problem").is_null()
    is_phone = told("phone", "phone").is_not_null() & plain.str.contains(r"^[+()\d/、,;.x-]{7,30}$") & ~is_number
    digits = plain.str.replace_all(r"\D", "").str.len_chars()
    has_place = told("place", "place").is_not_null() | told("place", "town").is_not_null()
    is_whole = plain.str.contains(_WHOLE)
    return {
        "identity_number": is_number & ~is_certificate,
        "certificate": is_certificate,
        "date": is_dated & (is_exact | is_sound),
        "month": is_dated & (told("date", "precision") == "month"),
        "period": told("period", "from_serial").is_not_null() & plain.str.contains(_PERIOD),
        "amount": told("amount", "amount").is_not_null() & (digits <= 12),
        "count": is_whole,
        "age": is_whole & plain.str.extract(r"^(\d{1,3})").cast(pl.Int64).is_between(0, 110),
        "sex": told("sex", "sex").is_not_null(),
        "phone": is_phone & digits.is_between(7, 24),
        "account": told("account", "account").is_not_null() & digits.is_between(10, 25) & ~is_number & ~is_certificate,
        "name": may_be_name(text),
        "relation": clean_relation(text, pl.lit(None, dtype=pl.String)).is_not_null() & ~is_whole,
        "place": has_place & (text.str.len_chars() <= 16),
        "address": (has_place & (text.str.len_chars() >= 8)) | text.str.contains(_ADDRESS),
    }


def find_date_order(cells: pl.DataFrame) -> pl.DataFrame:
    """Return one row per column: column, and how many cells can only be day first (`dmy`) or month first (`mdy`)."""
    pattern = r"^\s*(\d{1,2})[./-](\d{1,2})[./-](?:19|20)\d{2}\b"
    counted = []
    for name in cells.columns:
        first, second = (pl.col(name).str.extract(pattern, at).cast(pl.Int32) for at in (1, 2))
        counted.append(cells.select(column=pl.lit(name), dmy=(first > 12).sum(), mdy=(second > 12).sum()))
    return pl.concat(counted)


def list_categories(cells: pl.Series) -> pl.DataFrame:
    """Return value, count and is_personal of each distinct filled cell, the most frequent first.

    `is_personal` marks what may be a name, a number of a person or a way to reach one: such values go into no declaration.
    """
    text = fold_text(pl.col("value"))
    counted = cells.rename("value").to_frame().with_columns(value=text).filter(~is_empty_word(pl.col("value")))
    is_personal = may_be_name(pl.col("value")) | pl.col("value").str.contains(r"\d{5}|@") | (pl.col("value").str.len_chars() > 40)
    grouped = counted.group_by("value").len("count").with_columns(is_personal=is_personal)
    return grouped.sort("count", "value", descending=[True, False])
