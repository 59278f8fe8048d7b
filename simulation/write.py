"""Laid-out rolls as bytes: xlsx, xls and text files, the same bytes for the same rows.

Belongs here: cell types, encodings, merged headers, hidden columns. Does not belong here: what stands in which row
(`simulation.sheets`).
"""

import io
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

import polars as pl
import xlsxwriter
import xlwt

from simulation.identity_defects import NUMERIC
from simulation.sheets import RollFile, Sheet
from simulation.value_defects import DATE_CELL

CREATED = datetime(2016, 1, 4, tzinfo=UTC).replace(tzinfo=None)
PLAIN = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
NUMBERS = r"^-?\d{1,11}(\.\d{1,2})?$"
NUMERIC_KINDS = ("amount", "count", "serial")

Cell = str | float | date | None


def write_file(file: RollFile, folder: Path) -> None:
    """Write one file into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    render = {"csv": render_text, "xlsx": render_xlsx, "xls": render_xls}[file.form]
    (folder / file.name).write_bytes(render(file))


def render_text(file: RollFile) -> bytes:
    """Return a text file of one header line and the rows, in the file's encoding."""
    sheet = file.sheets[0]
    shown = sheet.lines.select(pl.col(item.name).alias(sheet.shown[item.name]) for item in sheet.heads)
    text = shown.write_csv(line_terminator="\r\n", quote_style="necessary")
    return text.encode(file.encoding)


def cells_of(sheet: Sheet) -> list[list[Cell]]:
    """Return the lines below the header column by column: text, numbers and dates where a spreadsheet stores them, None where empty."""
    return [_column(sheet, item.name, item.kind) for item in sheet.heads]


def _column(sheet: Sheet, name: str, kind: str) -> list[Cell]:
    header = pl.when(pl.col("@line") == "header").then(pl.lit(sheet.shown[name]))
    text = sheet.lines.select(header.otherwise(pl.col(name)).alias(name)).to_series()
    marked = text.str.starts_with(NUMERIC)
    is_number = text.str.contains(NUMBERS) if kind in NUMERIC_KINDS else marked
    numbers = text.str.strip_prefix(NUMERIC).cast(pl.Float64, strict=False).set(~(is_number | marked), None)
    found: list[Cell] = [word if number is None else number for word, number in zip(text.to_list(), numbers.to_list(), strict=True)]
    is_date = text.str.starts_with(DATE_CELL).fill_null(value=False)
    days = text.filter(is_date).str.strip_prefix(DATE_CELL).str.to_date("%Y-%m-%d")
    for at, day in zip(is_date.arg_true().to_list(), days.to_list(), strict=True):
        found[at] = day
    return found


def _group_spans(sheet: Sheet) -> list[tuple[str, int, int]]:
    """Return the upper heads with their first and last column; single columns without an upper head stand alone."""
    spans: list[tuple[str, int, int]] = []
    at = 0
    for group, items in groupby(sheet.heads, key=lambda item: item.group):
        count = len(list(items))
        spans += [(group, at, at + count - 1)] if group else [("", one, one) for one in range(at, at + count)]
        at += count
    return spans


def render_xlsx(file: RollFile) -> bytes:
    """Return an .xlsx workbook."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {**PLAIN, "in_memory": True})
    book.set_properties({"created": CREATED})
    bold, day = book.add_format({"bold": True, "align": "center"}), book.add_format({"num_format": "yyyy-mm-dd"})
    for sheet in file.sheets:
        page = book.add_worksheet(sheet.name)
        last = len(sheet.heads) - 1
        page.merge_range(0, 0, 0, last, sheet.title, bold)
        page.merge_range(1, 0, 1, last, sheet.notice)
        words = [sheet.shown[item.name] for item in sheet.heads]
        bottom = sheet.first_row - 2
        if sheet.has_groups:
            for group, left, right in _group_spans(sheet):
                if not group:
                    page.merge_range(2, left, 3, left, words[left], bold)
                elif left == right:
                    page.write_string(2, left, group, bold)
                else:
                    page.merge_range(2, left, 2, right, group, bold)
        for at, item in enumerate(sheet.heads):
            if item.group or not sheet.has_groups:
                page.write_string(bottom, at, words[at], bold)
            if item.name == sheet.hidden:
                page.set_column(at, at, None, None, {"hidden": True})
        for at, values in enumerate(cells_of(sheet)):
            _fill_xlsx(page, at, sheet.first_row - 1, values, day)
        page.write_string(sheet.first_row - 1 + sheet.lines.height, 0, sheet.signature)
    book.close()
    return out.getvalue()


def _fill_xlsx(page: xlsxwriter.worksheet.Worksheet, column: int, first: int, values: list[Cell], day: xlsxwriter.format.Format) -> None:
    for row, value in enumerate(values, start=first):
        if isinstance(value, str):
            page.write_string(row, column, value)
        elif isinstance(value, date):
            page.write_datetime(row, column, value, day)
        elif value is not None:
            page.write_number(row, column, value)


def render_xls(file: RollFile) -> bytes:
    """Return an .xls workbook (BIFF8)."""
    book, day, plain = xlwt.Workbook(encoding="utf-8"), xlwt.easyxf(num_format_str="YYYY-MM-DD"), xlwt.Style.default_style
    for sheet in file.sheets:
        page = book.add_sheet(sheet.name)
        last = len(sheet.heads) - 1
        page.write_merge(0, 0, 0, last, sheet.title)
        page.write_merge(1, 1, 0, last, sheet.notice)
        for at, item in enumerate(sheet.heads):
            page.write(sheet.first_row - 2, at, sheet.shown[item.name])
            if item.name == sheet.hidden:
                page.col(at).hidden = True
        for at, values in enumerate(cells_of(sheet)):
            for row, value in enumerate(values, start=sheet.first_row - 1):
                if value is not None:
                    page.write(row, at, value, day if isinstance(value, date) else plain)
        page.write(sheet.first_row - 1 + sheet.lines.height, 0, sheet.signature)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
