"""Spreadsheets (.xlsx, .xls) into all-text sheets, with the cells that were numbers remembered.

Belongs here: the only use of python-calamine; cell types, dates, merged cells, hidden sheets. Does not belong here:
which row is the header and what a column means (`connectors.headers`, `connectors.mapping`).

An 18-digit number typed into a number cell has lost its last digits for ever, whatever it shows. Only the cell's type
tells, so it is kept beside the text.
"""

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl
import python_calamine

from connectors.formats.hidden import Hidden, Unseen, find_unseen, find_unseen_old
from connectors.formats.packages import UNPACKED_BYTES, Kind, refuse_damaged, refuse_password, require_safe_package
from connectors.formats.sheets import Merge, Sheet, cell_names, empty_cells

Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta
NUMBERS: Final = (int, float)
DIGITS_KEPT: Final = 15
"""Significant digits a spreadsheet keeps; later ones are noise of the binary number."""


def read_excel(path: Path, kind: Kind, unpacked_bytes: int = UNPACKED_BYTES) -> list[Sheet]:
    """Return every worksheet, hidden ones marked; FileRefused when the book cannot be read."""
    if kind == Kind.PACKAGE:
        require_safe_package(path, unpacked_bytes)
        unseen = find_unseen(path, unpacked_bytes)
    else:
        unseen = find_unseen_old(path)
    try:
        sheets = _read_sheets(path)
    except python_calamine.PasswordError as error:
        raise refuse_password(path.name) from error
    except (python_calamine.CalamineError, ValueError, OSError, OverflowError) as error:
        raise refuse_damaged(path.name) from error
    except BaseException as error:
        # The reader is written in Rust; its panics are no Exception and cannot be imported by name.
        if type(error).__name__ == "PanicException":
            raise refuse_damaged(path.name) from error
        raise
    return [_mark_unseen(sheet, unseen) for sheet in sheets]


def _mark_unseen(sheet: Sheet, unseen: Unseen) -> Sheet:
    hidden = unseen.sheets.get(sheet.number, Hidden())
    return replace(sheet, hidden_columns=hidden.columns, hidden_row_count=hidden.row_count, has_macros=unseen.has_macros)


def _read_sheets(path: Path) -> list[Sheet]:
    with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
        sheets = []
        for number, about in enumerate(book.sheets_metadata, 1):
            if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            merges = tuple(Merge(*first, *last) for first, last in sheet.merged_cell_ranges or ())
            is_hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
            columns = [list(column) for column in zip(*sheet.to_python(skip_empty_area=False), strict=True)]
            sheets.append(_frame_sheet(about.name, number, columns, merges, is_hidden=is_hidden))
        return sheets


def _frame_sheet(name: str, number: int, columns: list[list[Cell]], merges: tuple[Merge, ...], *, is_hidden: bool) -> Sheet:
    """Return the sheet; `columns` is emptied on the way, because cells as Python objects take many times the memory of text."""
    if not columns:
        return Sheet(name, number, empty_cells(), pl.DataFrame(), 0, merges, is_hidden)
    _fill_merges(columns, merges)
    texts: list[pl.Series] = []
    numbers: list[pl.Series] = []
    for cell_name in cell_names(len(columns)):
        column = columns.pop(0)
        kinds = set(map(type, column))
        texts.append(pl.Series(cell_name, column if kinds == {str} else _write_cells(column), dtype=pl.String))
        if kinds & {int, float}:
            numbers.append(pl.Series(cell_name, [type(cell) in NUMBERS for cell in column], dtype=pl.Boolean))
    cells = pl.DataFrame(texts).select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_number"),
        pl.lit(None, dtype=pl.Int64).alias("field_count"),
        pl.when(pl.all() != "").then(pl.all()),
    )
    return Sheet(name, number, cells, pl.DataFrame(numbers), cells.height, merges, is_hidden)


def _fill_merges(columns: list[list[Cell]], merges: tuple[Merge, ...]) -> None:
    """Write the value of a range merged downwards into each of its rows: a village or household told once for several people."""
    height = len(columns[0])
    for merge in merges:
        if merge.last_row > merge.first_row and merge.first_column < len(columns) and merge.first_row < height:
            column = columns[merge.first_column]
            last = min(merge.last_row, height - 1)
            column[merge.first_row : last + 1] = [column[merge.first_row]] * (last - merge.first_row + 1)


def _write_number(cell: float) -> str:
    """Return a number as a spreadsheet shows it: no .0, no exponent, fifteen digits and then zeros."""
    text = format(cell, f".{DIGITS_KEPT}g")
    if "e+" not in text:
        return text
    digits, exponent = format(cell, f".{DIGITS_KEPT - 1}e").replace(".", "").split("e")
    return digits + "0" * (int(exponent) - DIGITS_KEPT + 1)


def _write_moment(cell: datetime.datetime) -> str:
    return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ", timespec="seconds")


WRITERS: Final[dict[type, Callable[..., str]]] = {
    float: _write_number,
    int: str,
    bool: lambda cell: "TRUE" if cell else "FALSE",
    datetime.datetime: _write_moment,
    datetime.date: datetime.date.isoformat,
    datetime.time: datetime.time.isoformat,
    datetime.timedelta: str,
}


def _write_cells(column: list[Cell]) -> list[str]:
    return [cell if type(cell) is str else WRITERS[type(cell)](cell) for cell in column]
