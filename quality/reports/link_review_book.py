"""The list of uncertain pairs as a workbook: two columns side by side, differing characters in red, a drop-down for the verdict.

Belongs here: writing the sheet. Does not belong here: what is shown (`link_review`), reading it back (`pipelines.review_files`).

Same list, same bytes. Every text is written as text, so that nothing a roll says can run as a formula.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from quality.reports.layout import SheetColumn
from quality.reports.link_review import FIELDS, Marked, ReviewList, ReviewPair
from quality.reports.link_review_words import CAREFUL, COLUMNS, FILLING, HIDDEN, NO_PAIRS, PURPOSE, READER, SHEET, TITLE
from quality.reports.wide_text import count_lines
from quality.reports.workbook_formats import CELL, FONT, LINE_HEIGHT, Book, write_cells, write_heads
from quality.reports.workbook_sheets import FIRST_ROW, HEAD_ROW, LIST_SHEET, NAME_ROW, NOTE_ROW, OPTIONS, PROTECTION, TITLE_ROW
from registry.schema.codes import IDENTITY_VERDICTS

DIFFERING: Final = {**FONT, "bold": True, "underline": 1, "font_color": "#B00020"}
FIRST_SIDE: Final = 2


def render(review: ReviewList, path: Path) -> Path:
    """Write the workbook; the bytes depend on the list only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")  # a place that cannot be written to is told before any work
    workbook = xlsxwriter.Workbook(str(path), OPTIONS)
    year, month = (int(part) for part in review.month.split("-"))
    workbook.set_properties({"created": datetime(year, month, 1, tzinfo=UTC).replace(tzinfo=None), "title": TITLE.en, "author": "Tuodi"})
    book = Book(workbook, review.lang)
    sheet = workbook.add_worksheet(book.sheet_name(SHEET))
    columns = [column for column in COLUMNS if column.name != "score" or review.shows_scores]
    _write_heading(book, sheet, review, columns)
    marks = {"plain": workbook.add_format(FONT), "differing": workbook.add_format(DIFFERING), "side": workbook.add_format(CELL)}
    for step, pair in enumerate(review.pairs):
        _write_pair(book, sheet, FIRST_ROW + step, pair, columns, marks)
    _write_answers(book, sheet, review, columns)
    if not review.pairs:
        sheet.write_string(FIRST_ROW, 0, NO_PAIRS.show(review.lang), book.format("plain"))
    _set_view(book, sheet, len(columns), FIRST_ROW + max(1, len(review.pairs)) - 1)
    workbook.close()
    return path


def _write_heading(book: Book, sheet: Any, review: ReviewList, columns: list[SheetColumn]) -> None:  # noqa: ANN401 - xlsxwriter ships no types
    who = f"  {READER.show(review.lang)}: {review.reader}" if review.reader else ""
    title = f"{book.join(review.district_title, ' / ')} {book.join(TITLE, ' / ')} {review.month}{who}"
    sheet.write_string(TITLE_ROW, FIRST_SIDE, title, book.format("title"))
    shown = "\n".join(book.join(text, "\n") for text in (PURPOSE, CAREFUL, HIDDEN, FILLING))
    width = columns[FIRST_SIDE].width + columns[FIRST_SIDE + 1].width
    sheet.merge_range(NOTE_ROW, FIRST_SIDE, NOTE_ROW, FIRST_SIDE + 1, "", book.format("wrapped_note"))
    sheet.write_string(NOTE_ROW, FIRST_SIDE, shown, book.format("wrapped_note"))
    sheet.set_row(NOTE_ROW, 15 * count_lines(shown, width - 4) + 2)
    write_cells(sheet, NAME_ROW, 0, [column.name for column in columns], None, across=True)
    sheet.set_row(NAME_ROW, None, None, {"hidden": True})
    write_heads(book, sheet, HEAD_ROW, columns, [column.width for column in columns])
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)


def _write_pair(book: Book, sheet: Any, row: int, pair: ReviewPair, columns: list[SheetColumn], marks: dict[str, Any]) -> None:  # noqa: ANN401
    """Write what is told of one pair; answers are written for all pairs at once."""
    told: dict[str, object] = {"number": row - FIRST_ROW + 1, "pair_id": pair.pair_id, "score": pair.score}
    for place, column in enumerate(columns):
        if column.name in ("left", "right"):
            _write_side(book, sheet, (row, place), pair, column.name, marks)
        elif column.name in told:
            write_cells(sheet, row, place, [told[column.name]], book.cell_format(column))
    sheet.set_row(row, LINE_HEIGHT * _count_lines(pair, columns[FIRST_SIDE].width) + 4)


def _write_side(book: Book, sheet: Any, place: tuple[int, int], pair: ReviewPair, side: str, marks: dict[str, Any]) -> None:  # noqa: ANN401
    """Write one side: a line a field, the sign before it, differing characters marked."""
    pieces: list[Any] = []
    for line in pair.lines:
        marked: Marked = getattr(line, side)
        pieces += [marks["plain"], f"{line.sign or '·'} {FIELDS[line.field].show(book.lang)}: "]
        for text, differs in marked:
            pieces += [marks["differing" if differs else "plain"], text]
        pieces += [marks["plain"], "\n"]
    sheet.write_rich_string(*place, *pieces[:-2], marks["side"])


def _count_lines(pair: ReviewPair, width: int) -> int:
    """Return how many lines the longer side takes."""
    sides = [(FIELDS[line.field].show("both"), marked) for line in pair.lines for marked in (line.left, line.right)]
    counts = [count_lines(f"= {title}: " + "".join(text for text, _ in marked), width - 2) for title, marked in sides]
    return sum(max(left, right) for left, right in zip(counts[::2], counts[1::2], strict=True))


def _write_answers(book: Book, sheet: Any, review: ReviewList, columns: list[SheetColumn]) -> None:  # noqa: ANN401
    """Write the answer columns, the month, and the drop-down."""
    count = len(review.pairs)
    given: dict[str, object] = {"reader": review.reader or None, "month": review.month}
    letter = xl_col_to_name(0)
    hidden = book.workbook.add_worksheet(LIST_SHEET)
    write_cells(hidden, 0, 0, [text.show(book.lang) for text in IDENTITY_VERDICTS.values()], None)
    hidden.very_hidden()
    hidden.protect()
    ranges = {"verdict": f"={LIST_SHEET}!${letter}$1:${letter}${len(IDENTITY_VERDICTS)}"}
    for place, column in enumerate(columns):
        if column.is_answer or column.name == "month":
            write_cells(sheet, FIRST_ROW, place, [given.get(column.name)] * count, book.cell_format(column))
        if column.is_answer and count and (rule := book.input_rule(column, ranges)):
            sheet.data_validation(FIRST_ROW, place, FIRST_ROW + count - 1, place, rule)


def _set_view(book: Book, sheet: Any, width: int, last: int) -> None:  # noqa: ANN401
    sheet.freeze_panes(FIRST_ROW, FIRST_SIDE)
    sheet.autofilter(HEAD_ROW, 0, last, width - 1)
    sheet.protect("", PROTECTION)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.hide_gridlines(2)
    sheet.repeat_rows(HEAD_ROW)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L&8 {book.join(TITLE, '  ')}&R&8&P / &N")
