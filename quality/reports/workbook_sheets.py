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
    SheetColumn,
)
from quality.reports.pack import Pack
from quality.reports.readme_sheet import write_readme
from quality.reports.wide_text import count_lines
from quality.reports.wording import (
    AID_CONTINUES,
    LEAD_NOT_DECISION,
    LISTS,
    MASKED_NOTE,
    NO_FINDINGS,
    README,
    SHEETS,
    describe_rolls,
    part_note,
    sheet_title,
)
from quality.reports.workbook_formats import Book, set_heights, write_cells, write_heads, write_table
from registry.schema.text import Language, Text

LIST_SHEET: Final = "_lists"
TITLE_ROW, NOTE_ROW, NAME_ROW, HEAD_ROW, FIRST_ROW = range(5)
"""Rows of a list sheet: title, note, the hidden row of column names, heads, first finding."""
FIXED_COLUMNS: Final = 2
"""Finding id and name stay in view, and repeat on every printed page; titles begin beside them."""
NOTE_ENDS: Final = 11
"""Last column the note above a list runs over."""
OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
PROTECTION: Final = {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True}


@dataclass(frozen=True)
class ListSheet:
    """One list sheet: its columns, the cells clerks answer in, its rows and the sentences above them.

    `pages` is how many A4 pages it is wide: one for who and how much, one for why, one for the answer. On a single page
    forty columns would be too small to read.
    """

    key: str
    columns: tuple[SheetColumn, ...]
    answers: tuple[SheetColumn, ...]
    rows: pl.DataFrame
    title: Text
    note: Text
    pages: int

    @property
    def all_columns(self) -> tuple[SheetColumn, ...]:
        """Return told and asked columns in their order on the sheet."""
        return (*self.columns, *self.answers)


def write_workbook(path: Path, pack: Pack, lang: Language) -> None:
    """Write one workbook: read me, duplicates, missed aid, data quality and the hidden lists."""
    workbook = xlsxwriter.Workbook(str(path), OPTIONS)
    year, month = (int(part) for part in pack.month.split("-"))
    workbook.set_properties({"created": datetime(year, month, 1, tzinfo=UTC).replace(tzinfo=None), "title": path.stem, "author": "Tuodi"})
    book = Book(workbook, lang, pack.currency)
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
        return sheet_title(LISTS[key], pack.department_title, pack.month)

    masked = Text(f"{note.zh}{MASKED_NOTE.zh}", f"{note.en} {MASKED_NOTE.en}")
    return (
        ListSheet("duplicates", DUPLICATE_COLUMNS, DUPLICATE_ANSWERS, pack.duplicates, named("duplicates"), masked, 3),
        ListSheet("missed", MISSED_COLUMNS, MISSED_ANSWERS, pack.missed, named("missed"), note, 2),
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
    sheet.write_string(TITLE_ROW, FIXED_COLUMNS, content.title.show(book.lang), book.format("title"))
    _write_note(book, sheet, content, pack)
    write_cells(sheet, NAME_ROW, 0, [column.name for column in columns], None, across=True)
    sheet.set_row(NAME_ROW, None, None, {"hidden": True})
    write_heads(book, sheet, HEAD_ROW, columns, [column.width for column in columns])
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        values = [None] * content.rows.height if column.is_answer else book.values(content.rows, column)
        write_cells(sheet, FIRST_ROW, place, values, book.cell_format(column))
    set_heights(sheet, FIRST_ROW, book.row_heights(content.rows, columns))
    last = FIRST_ROW + max(1, content.rows.height) - 1
    if content.rows.is_empty():
        sheet.write_string(FIRST_ROW, 0, NO_FINDINGS.show(book.lang), book.format("plain"))
    else:
        _add_rules(book, sheet, columns, last, ranges)
    _set_view(sheet, len(columns), last, content.pages, book.join(content.title, "  "))


def _write_note(book: Book, sheet: Any, content: ListSheet, pack: Pack) -> None:  # noqa: ANN401
    """Write what the list is and is not over the first printed page, and which file of how many this is."""
    notes = [content.note] if pack.parts == 1 else [content.note, part_note(pack.part, pack.parts)]
    shown = "\n".join(book.join(note, "\n") for note in notes)
    sheet.merge_range(NOTE_ROW, FIXED_COLUMNS, NOTE_ROW, NOTE_ENDS, "", book.format("wrapped_note"))
    sheet.write_string(NOTE_ROW, FIXED_COLUMNS, shown, book.format("wrapped_note"))
    width = sum(column.width for column in content.columns[FIXED_COLUMNS : NOTE_ENDS + 1])
    sheet.set_row(NOTE_ROW, 15 * count_lines(shown, width - 4) + 2)


def _add_rules(book: Book, sheet: Any, columns: Sequence[SheetColumn], last: int, ranges: dict[str, str]) -> None:  # noqa: ANN401
    """Add drop-downs and input rules to the answer cells."""
    for place, column in enumerate(columns):
        if column.is_answer and (rule := book.input_rule(column, ranges)):
            sheet.data_validation(FIRST_ROW, place, last, place, rule)


def _set_view(sheet: Any, width: int, last: int, pages: int, title: str) -> None:  # noqa: ANN401
    """Freeze, filter, lock and set up printing: heads and the finding's id and name on every A4 page."""
    sheet.freeze_panes(FIRST_ROW, FIXED_COLUMNS)
    sheet.autofilter(HEAD_ROW, 0, last, width - 1)
    sheet.protect("", PROTECTION)
    sheet.repeat_rows(HEAD_ROW)
    sheet.repeat_columns(0, FIXED_COLUMNS - 1)
    sheet.fit_to_pages(pages, 0)
    sheet.set_footer(f"&L&8 {title.replace('&', '&&')}&R&8&P / &N")


def _write_quality(book: Book, sheet: Any, pack: Pack) -> None:  # noqa: ANN401
    """Write the rolls of the department with their measures, then the rows and cells that go back to it."""
    title = sheet_title(SHEETS["quality"], pack.department_title, pack.month)
    sheet.write_string(TITLE_ROW, 0, title.show(book.lang), book.format("title"))
    for place, column in enumerate(QUARANTINE_COLUMNS):
        sheet.set_column(place, place, column.width)
    sentences = pack.rolls.select(*describe_rolls())
    shown = [book.join(Text(zh, en), "  ") for zh, en in sentences.rows()] or [README["no_rolls"].show(book.lang)]
    write_cells(sheet, 1, 0, shown, book.format("note"))
    next_row = len(shown) + 2
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
