"""How far the cells of an unknown column read as each kind: measured with the very readers a run uses.

Belongs here: one share per column and kind, and facts that help to choose (how many cells, how many distinct). Does not
belong here: choosing a kind (`connectors.inference`), because heads speak too; and no cell ever leaves this module.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal

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
KINDS: Final = (*TESTED, "certificate", "month", "period", "count", "age", "place", "address", "relation", "words", "span")
"""Kinds of a column; `words`: one to four words of Latin letters, as a name in parts or capitals is; `span`: anything read as a period."""

_DATE_INSIDE: Final = r"^\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
"""Damaged and mistyped numbers still carry a birth date; an account of as many digits does not."""

_CERTIFICATE: Final = r"^\d{17}[\dXx]\d{2}(?:[Bb]\d)?$"
_PERIOD: Final = r"季|学期|学年|半年|^\d{4}年?度?$|\d月?[-~至到—]+\d{1,2}月|(?i)\bQ[1-4]\b|quarter|semester|term"
_DATED: Final = r"^\D*\d{8}\D*$|^(?:19|20)\d{4}$|\d\s*[-./年月]\s*\d|农历|民国|(?i)[a-z]{3}"
_PHONE: Final = (
    r"(?:^|\D)(?:(?:\+?86-?)?1[3-9]\d{9}|0\d{2,3}[-)]?\d{7,8}|\(?[2-9]\d{2}\)?[-.]?\d{3}[-.]?\d{4}|\+\d{7,14}|0\d{9,10})(?:\D|$)"
)
_WORDS: Final = r"^[A-Za-zÀ-ɏ'’.,-]+(?: [A-Za-zÀ-ɏ'’.,()-]+){0,3}$"
_WHOLE: Final = r"^\d{1,3}(?:\.0)?$"
_ADDRESS: Final = (
    r"组|号|巷|弄|栋|幢|单元|路\d"
    r"|(?i)^\d+[a-z]?[ ,].*\b(st|street|rd|road|ave|avenue|lane|ln|drive|dr|way|court|ct|close|blvd)\b"
)


def measure_columns(cells: pl.DataFrame, numeric: Sequence[str], district: District, as_of: date, order: DateOrder = "ymd") -> pl.DataFrame:
    """Return one row per column of `cells`, in their order: column, rows, filled, distinct, length (median), shares of each of KINDS.

    All columns are read as one long column, once for each kind.

    Args:
        cells: columns of text as delivered, a sample of the data rows.
        numeric: columns the spreadsheet held as numbers.
        district: its conventions and places.
        as_of: day the file speaks of.
        order: order of day, month and year where a date is written with separators.
    """
    long = cells.unpivot(variable_name="column", value_name="value")
    mark = pl.when(pl.col("column").is_in(list(numeric))).then(pl.lit("identity_number=excel_numeric"))
    rows = long.select(
        *(pl.col("value").alias(kind) for kind in (*TESTED, "place", "period")),
        mark.alias("cell_marks"),
        pl.lit(None, dtype=pl.String).alias("sheet"),
    )
    read = pl.concat([long, read_cells(rows, _build_test_roll(order), _build_context(district, as_of))], how="horizontal")
    return _measure(read, cells)


def _build_context(district: District, as_of: date) -> CellContext:
    settings = district.settings
    return CellContext(as_of, build_gazetteer(district.places, is_spaced=settings.names.script == "latin"), settings)


def _build_test_roll(order: DateOrder) -> Roll:
    """Return a roll that reads a cell as every kind."""
    return Roll.model_validate({
        "roll": "unknown", "code": "R00", "title": {"zh": "", "en": ""}, "department": "", "legal_basis": "", "retention_months": 0,
        "date_order": order, "delivery": {"glob": ["*"]},
        "columns": {kind: {"heads": [kind], "kind": kind} for kind in (*TESTED, "place", "period")},
        "people": [{"role": "subject", "place": "place"}], "benefits": [{"period": "period"}],
    })  # fmt: skip


def _measure(read: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Return the measures of every column; a share is of its filled cells."""
    text = fold_text(pl.col("value"))
    told = read.with_columns(
        _text=text,
        _filled=pl.col("value").is_not_null() & ~is_empty_word(text).fill_null(value=True),
        **{f"_{kind}": found.fill_null(value=False) for kind, found in _find_readable(text).items()},
    ).filter("_filled")
    counted = told.group_by("column").agg(
        filled=pl.len(),
        distinct=pl.col("_text").n_unique(),
        length=pl.col("_text").str.len_chars().median(),
        decimals=pl.col("_text").str.contains(r"\d\.\d{1,2}$").mean(),
        **{kind: pl.col(f"_{kind}").mean() for kind in KINDS},
    )
    order = pl.DataFrame({"column": cells.columns}, schema={"column": pl.String}).with_columns(rows=pl.lit(cells.height))
    measured = order.join(counted, on="column", how="left", maintain_order="left")
    return measured.with_columns(pl.col("filled", "distinct").fill_null(0), pl.col("length", "decimals", *KINDS).fill_null(0.0))


def _find_readable(text: pl.Expr) -> dict[str, pl.Expr]:
    """Return for each of KINDS whether a cell reads as it."""

    def told(kind: str, what: str) -> pl.Expr:
        return pl.col(reading(kind, what))

    plain = text.str.replace_all(r"\s", "")
    state = told("identity_number", "state")
    is_dated_number = state.is_in(["excel_damaged", "checksum_failed", "impossible"]) & plain.str.contains(_DATE_INSIDE)
    is_number = (state == "valid") | is_dated_number | ((state == "masked") & plain.str.contains(r"^\d{4}"))
    is_certificate = plain.str.contains(_CERTIFICATE)
    is_dated = told("date", "date").is_not_null() & text.str.contains(_DATED) & (plain.str.len_chars() <= 24)
    is_exact = told("date", "precision") == "day"
    is_sound = told("date", "problem").is_null()
    is_phone = told("phone", "phone").is_not_null() & plain.str.contains(r"^[+()\d/、,;.x-]{7,30}$") & ~is_number & ~is_dated
    is_phone &= plain.str.contains(_PHONE)
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
        "account": told("account", "account").is_not_null() & (digits <= 25) & ~is_number & ~is_certificate,
        "name": may_be_name(text),
        "span": told("period", "from_serial").is_not_null(),
        "words": text.str.contains(_WORDS),
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
    is_personal = (
        may_be_name(pl.col("value"), least_office=2) | pl.col("value").str.contains(r"\d{5}|@") | (pl.col("value").str.len_chars() > 40)
    )
    grouped = counted.group_by("value").len("count").with_columns(is_personal=is_personal)
    return grouped.sort("count", "value", descending=[True, False])
