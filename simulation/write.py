"""Laid-out rolls as workbooks, the same bytes for the same rows, and the door to all other forms.

Belongs here: cell types, merged headers, hidden columns. Does not belong here: what stands in which row
(`simulation.sheets`), files without cell types (`simulation.write_texts`).
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import xlsxwriter
import xlwt

from simulation.identity_defects import NUMERIC
from simulation.sheets import RollFile, Sheet
from simulation.value_defects import DATE_CELL
from simulation.write_texts import render_fixed, render_html, render_parquet, render_text

CREATED = datetime(2016, 1, 4, tzinfo=UTC).replace(tzinfo=None)
PLAIN = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
NUMBERS = r"^-?\d{1,11}(\.\d{1,2})?$"
NUMERIC_KINDS = ("amount", "count", "serial")

Cell = str | float | date | None


def write_files(files: Sequence[RollFile], folder: Path) -> int:
    """Write files into `folder`, those that travel together in one zip; return how many were delivered."""
    packages = sorted({file.package for file in files} - {""})
    for package in packages:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / package).write_bytes(_pack([file for file in files if file.package == package]))
    loose = [file for file in files if not file.package]
    for file in loose:
        write_file(file, folder)
    return len(packages) + len(loose)


def write_file(file: RollFile, folder: Path) -> None:
    """Write one file into `folder`, unpacked."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file.name).write_bytes(_render(file))


def _render(file: RollFile) -> bytes:
    return RENDERERS.get(file.form, render_text)(file)


def _pack(files: Sequence[RollFile]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for file in files:
            part = zipfile.ZipInfo(file.name, CREATED.timetuple()[:6])
            package.writestr(part, _render(file), zipfile.ZIP_DEFLATED)
    return out.getvalue()


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


@dataclass(frozen=True)
class Label:
    """One cell of a header: its words and the rows and columns it is merged over, counted from 0."""

    words: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def is_single(self) -> bool:
        """Return whether it is one plain cell."""
        return (self.top, self.left) == (self.bottom, self.right)


def list_labels(sheet: Sheet) -> list[Label]:
    """Return the cells of the header: upper heads over their columns level by level, then the heads themselves.

    A head that has fewer upper heads than others is merged down to the last row of the header.
    """
    bottom = sheet.first_row - 2
    words = [sheet.shown[item.name] for item in sheet.heads]
    labels: list[Label] = []
    for level in range(sheet.levels - 1):
        at = 0
        while at < len(sheet.heads):
            path = sheet.heads[at].path[: level + 1]
            last = at
            if len(path) > level:
                while last + 1 < len(sheet.heads) and sheet.heads[last + 1].path[: level + 1] == path:
                    last += 1
                labels.append(Label(path[level], 2 + level, at, 2 + level, last))
            elif len(path) == level:
                labels.append(Label(words[at], 2 + level, at, bottom, at))
            at = last + 1
    full = [at for at, item in enumerate(sheet.heads) if len(item.path) == sheet.levels - 1]
    return labels + [Label(words[at], bottom, at, bottom, at) for at in full]


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
        for label in list_labels(sheet):
            if label.is_single:
                page.write_string(label.top, label.left, label.words, bold)
            else:
                page.merge_range(label.top, label.left, label.bottom, label.right, label.words, bold)
        for at, item in enumerate(sheet.heads):
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
        for label in list_labels(sheet):
            if label.is_single:
                page.write(label.top, label.left, label.words)
            else:
                page.write_merge(label.top, label.bottom, label.left, label.right, label.words)
        for at, item in enumerate(sheet.heads):
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


RENDERERS = {"xlsx": render_xlsx, "xls": render_xls, "fixed": render_fixed, "parquet": render_parquet, "html": render_html}
