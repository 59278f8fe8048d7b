"""Writing a department's pack as sheets, cells and formats.

Belongs here: the only use of xlsxwriter in the reports. Does not belong here: which rows and columns there are
(`department_workbook`, `layout`) and their wording (`wording`).

Every text is written as text: a name that begins with `=`, `+`, `-` or `@` must never run as a formula. The same pack
gives the same bytes: the creation date is the month reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from quality.reports.layout import (
    CHOICES,
    DUPLICATE_ANSWERS,
    DUPLICATE_COLUMNS,
    MISSED_ANSWERS,
    MISSED_COLUMNS,
    QUARANTINE_COLUMNS,
    ROLL_COLUMNS,
    SheetColumn,
)
from quality.reports.pack import Pack
from quality.reports.readme_sheet import write_readme
from quality.reports.wide_text import count_lines
from quality.reports.wording import (
    AID_CONTINUES,
    LEAD_NOT_DECISION,
    MASKED_NOTE,
    NO_FINDINGS,
    SHEETS,
    part_note,
    sheet_title,
)
from quality.reports.workbook_formats import Book, write_cells, write_table
from registry.schema.text import Language, Text

LIST_SHEET: Final = "_lists"
TITLE_ROW, NOTE_ROW, NAME_ROW, HEAD_ROW, FIRST_ROW = range(5)
"""Rows of a list sheet: title, note, the hidden row of column names, heads, first finding."""
FIXED_COLUMNS: Final = 2
"""Finding id and name stay in view, and repeat on every printed page."""
OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
PROTECTION: Final = {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True}


@dataclass(frozen=True)
class ListSheet:
    """One list sheet: its columns, the cells clerks answer in, its rows and the sentences above them."""

    key: str
    columns: tuple[SheetColumn, ...]
    answers: tuple[SheetColumn, ...]
    rows: pl.DataFrame
    title: Text
    note: Text

    @property
    def all_columns(self) -> tuple[SheetColumn, ...]:
        """Return told and asked columns in their order on the sheet."""
        return (*self.columns, *self.answers)


def write_workbook(path: Path, pack: Pack, lang: Language) -> None:
    """Write one workbook: read me, duplicates, missed aid, data quality and the hidden lists."""
    workbook = xlsxwriter.Workbook(str(path), OPTIONS)
    year, month = (int(part) for part in pack.month.split("-"))
    workbook.set_properties({"created": datetime(year, month, 1, tzinfo=UTC).replace(tzinfo=None), "title": path.stem, "author": "Tuodi"})
    book = Book(workbook, lang)
    write_readme(book, pack)
    sheets = [_add_sheet(book, key) for key in ("duplicates", "missed", "quality")]
    ranges = _write_choices(book)
    note = Text(f"{LEAD_NOT_DECISION.zh}{AID_CONTINUES.zh}", f"{LEAD_NOT_DECISION.en} {AID_CONTINUES.en}")
    for sheet, content in zip(sheets, _describe_lists(pack, note), strict=False):
        _write_list(book, sheet, content, ranges, pack)
    _write_quality(book, sheets[2], pack)
    workbook.close()


def _describe_lists(pack: Pack, note: Text) -> tuple[ListSheet, ListSheet]:
    def named(key: str) -> Text:
        return sheet_title(SHEETS[key], pack.department_title, pack.month)

    masked = Text(f"{note.zh}{MASKED_NOTE.zh}", f"{note.en} {MASKED_NOTE.en}")
    return (
        ListSheet("duplicates", DUPLICATE_COLUMNS, DUPLICATE_ANSWERS, pack.duplicates, named("duplicates"), masked),
        ListSheet("missed", MISSED_COLUMNS, MISSED_ANSWERS, pack.missed, named("missed"), note),
    )


def _add_sheet(book: Book, key: str) -> Any:  # noqa: ANN401 - xlsxwriter ships no types
    sheet = book.workbook.add_worksheet(book.sheet_name(SHEETS[key]))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.hide_gridlines(2)
    return sheet


def _write_choices(book: Book) -> dict[str, str]:
    """Write the drop-down lists to a hidden sheet (a list inside a cell rule may not pass 255 characters); return their ranges."""
    sheet = book.workbook.add_worksheet(LIST_SHEET)
    sheet.very_hidden()
    sheet.protect()
    ranges = {}
    for number, (name, choices) in enumerate(CHOICES.items()):
        code, shown = 2 * number, 2 * number + 1
        sheet.write_string(0, code, name)
        write_cells(sheet, 1, code, [item for item, _ in choices], None)
        write_cells(sheet, 1, shown, [text.show(book.lang) for _, text in choices], None)
        letter = xl_col_to_name(shown)
        ranges[name] = f"={LIST_SHEET}!${letter}$2:${letter}${len(choices) + 1}"
    return ranges


def _write_list(book: Book, sheet: Any, content: ListSheet, ranges: dict[str, str], pack: Pack) -> None:  # noqa: ANN401
    columns = content.all_columns
    notes = [content.note] if pack.parts == 1 else [content.note, part_note(pack.part, pack.parts)]
    sheet.write_string(TITLE_ROW, 0, content.title.show(book.lang), book.format("title"))
    sheet.write_string(NOTE_ROW, 0, "  ".join(book.join(note, "  ") for note in notes), book.format("note"))
    write_cells(sheet, NAME_ROW, 0, [column.name for column in columns], None, across=True)
    sheet.set_row(NAME_ROW, None, None, {"hidden": True})
    _write_heads(book, sheet, columns)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        values = [None] * content.rows.height if column.is_answer else book.values(content.rows, column)
        write_cells(sheet, FIRST_ROW, place, values, book.cell_format(column))
    last = FIRST_ROW + max(1, content.rows.height) - 1
    if content.rows.is_empty():
        sheet.write_string(FIRST_ROW, 0, NO_FINDINGS.show(book.lang), book.format("plain"))
    else:
        _add_rules(book, sheet, columns, last, ranges)
    _set_view(sheet, len(columns), last, book.join(content.title, "  "))


def _write_heads(book: Book, sheet: Any, columns: Sequence[SheetColumn]) -> None:  # noqa: ANN401
    """Write the heads; answer columns have their own colour."""
    heads = [book.join(column.title, "\n") for column in columns]
    for place, (column, head) in enumerate(zip(columns, heads, strict=True)):
        sheet.write_string(HEAD_ROW, place, head, book.format("answer_head" if column.is_answer else "head"))
    lines = max(count_lines(head, max(4, column.width - 1)) for head, column in zip(heads, columns, strict=True))
    sheet.set_row(HEAD_ROW, 15 * lines + 6)


def _add_rules(book: Book, sheet: Any, columns: Sequence[SheetColumn], last: int, ranges: dict[str, str]) -> None:  # noqa: ANN401
    """Add drop-downs and input rules to the answer cells."""
    for place, column in enumerate(columns):
        if column.is_answer and (rule := book.input_rule(column, ranges)):
            sheet.data_validation(FIRST_ROW, place, last, place, rule)


def _set_view(sheet: Any, width: int, last: int, title: str) -> None:  # noqa: ANN401
    """Freeze, filter, lock and set up printing: two A4 pages across, the finding and its answer."""
    sheet.freeze_panes(FIRST_ROW, FIXED_COLUMNS)
    sheet.autofilter(HEAD_ROW, 0, last, width - 1)
    sheet.protect("", PROTECTION)
    sheet.repeat_rows(HEAD_ROW)
    sheet.repeat_columns(0, FIXED_COLUMNS - 1)
    sheet.fit_to_pages(2, 0)
    sheet.set_footer(f"&L&8{title.replace('&', '&&')}&R&8&P / &N")


def _write_quality(book: Book, sheet: Any, pack: Pack) -> None:  # noqa: ANN401
    """Write the rolls of the department with their measures, then the rows and cells that go back to it."""
    title = sheet_title(SHEETS["quality"], pack.department_title, pack.month)
    sheet.write_string(TITLE_ROW, 0, title.show(book.lang), book.format("title"))
    for place, column in enumerate(QUARANTINE_COLUMNS):
        sheet.set_column(place, place, column.width)
    next_row = write_table(book, sheet, 2, ROLL_COLUMNS, pack.rolls) + 2
    if pack.quarantine.is_empty():
        sheet.write_string(next_row, 0, NO_FINDINGS.show(book.lang), book.format("plain"))
        end = next_row
    else:
        end = write_table(book, sheet, next_row, QUARANTINE_COLUMNS, pack.quarantine)
        sheet.autofilter(next_row, 0, end, len(QUARANTINE_COLUMNS) - 1)
        sheet.repeat_rows(next_row)
    sheet.protect("", PROTECTION)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&R&8&P / &N")
