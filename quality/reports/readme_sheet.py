"""The first sheet of a department's workbook: what arrived, how much there is to check, how to answer, the rules.

Belongs here: the order of the read-me sheet. Does not belong here: its sentences (`wording`).
"""

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from quality.reports.layout import ROLL_COLUMNS, SUMMARY_COLUMNS
from quality.reports.pack import Pack
from quality.reports.wide_text import count_lines
from quality.reports.wording import (
    AID_CONTINUES,
    ANSWERING,
    DUPLICATES,
    LEAD_NOT_DECISION,
    MISSED,
    NO_FINDINGS,
    READING,
    README,
    SHEETS,
    part_note,
    rule_sentence,
    workbook_title,
)
from quality.reports.workbook_formats import Book, write_table
from registry.district import Rule
from registry.schema.text import Text

WIDTHS: Final = (30, 10, 12, 12, 12, 12, 12, 12, 12)
LAST: Final = len(WIDTHS) - 1
TEXT_COLUMNS: Final = sum(WIDTHS) - 4
LINE_HEIGHT: Final = 16


def write_readme(book: Book, pack: Pack) -> None:
    """Write the read-me sheet."""
    sheet = book.workbook.add_worksheet(book.sheet_name(SHEETS["readme"]))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.hide_gridlines(2)
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    title = workbook_title(pack.district_title, pack.department_title, pack.month)
    row = _write_paragraphs(book, sheet, 0, [title], "title")
    row = _write_paragraphs(book, sheet, row, [LEAD_NOT_DECISION, AID_CONTINUES], "bold")
    if pack.parts > 1:
        row = _write_paragraphs(book, sheet, row, [part_note(pack.part, pack.parts)], "bold")
    row = _write_cards(book, sheet, row + 1, pack)
    row = _write_section(book, sheet, row + 1, README["rolls"])
    row = _write_rolls(book, sheet, row, pack.rolls)
    row = _write_section(book, sheet, row + 1, README["summary"])
    row = _write_summaries(book, sheet, row, pack.summary)
    row = _write_section(book, sheet, row + 1, README["answering"])
    row = _write_paragraphs(book, sheet, row, ANSWERING, "plain")
    row = _write_section(book, sheet, row + 1, README["reading"])
    row = _write_paragraphs(book, sheet, row, READING, "plain")
    row = _write_section(book, sheet, row + 1, README["rules"])
    row = _write_rules(book, sheet, row, pack.rules)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.print_area(0, 0, row, LAST)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&R&8&P / &N")
    sheet.activate()


def _write_paragraphs(book: Book, sheet: Any, row: int, texts: Sequence[Text], style: str) -> int:  # noqa: ANN401
    """Write each text over the whole width; return the next free row. Merged cells do not grow by themselves."""
    for step, text in enumerate(texts):
        shown = book.join(text, "\n")
        sheet.merge_range(row + step, 0, row + step, LAST, "", book.format(style))
        sheet.write_string(row + step, 0, shown, book.format(style))
        factor = 1.5 if style == "title" else 1.0
        sheet.set_row(row + step, LINE_HEIGHT * factor * count_lines(shown, int(TEXT_COLUMNS / factor)) + 2)
    return row + len(texts)


def _write_section(book: Book, sheet: Any, row: int, text: Text) -> int:  # noqa: ANN401
    sheet.write_string(row, 0, book.join(text, "  "), book.format("section"))
    sheet.set_row(row, 20)
    return row + 1


def _write_cards(book: Book, sheet: Any, row: int, pack: Pack) -> int:  # noqa: ANN401
    """Write the two counts side by side, equal in size: missed aid weighs as much as duplicate aid."""
    for (first, last), text, count in ((0, 2), DUPLICATES, pack.duplicate_count), ((4, 8), MISSED, pack.missed_count):
        sheet.merge_range(row, first, row, last, "", book.format("card"))
        sheet.write_string(row, first, book.join(text, "  "), book.format("card"))
        sheet.merge_range(row + 1, first, row + 1, last, "", book.format("card_number"))
        sheet.write_number(row + 1, first, count, book.format("card_number"))
    sheet.set_row(row, 22)
    sheet.set_row(row + 1, 44)
    return row + 2


def _write_rolls(book: Book, sheet: Any, row: int, rolls: pl.DataFrame) -> int:  # noqa: ANN401
    if rolls.is_empty():
        return _write_paragraphs(book, sheet, row, [README["no_rolls"]], "plain")
    return write_table(book, sheet, row, ROLL_COLUMNS, rolls, WIDTHS) + 1


def _write_summaries(book: Book, sheet: Any, row: int, summary: pl.DataFrame) -> int:  # noqa: ANN401
    """Write one table per kind: duplicates with money, missed aid without."""
    for kind, title in (("duplicate", DUPLICATES), ("missed", MISSED)):
        rows = summary.filter(pl.col("finding_kind_code") == kind)
        row = _write_paragraphs(book, sheet, row, [title], "bold")
        if rows.is_empty():
            row = _write_paragraphs(book, sheet, row, [NO_FINDINGS], "plain")
            continue
        columns = SUMMARY_COLUMNS if kind == "duplicate" else SUMMARY_COLUMNS[:-1]
        row = write_table(book, sheet, row, columns, rows, WIDTHS) + 1
    return row


def _write_rules(book: Book, sheet: Any, row: int, rules: Sequence[Rule]) -> int:  # noqa: ANN401
    """Write each rule with what it means, the exceptions looked at and its legal basis."""
    for rule in rules:
        row = _write_paragraphs(book, sheet, row, [Text(f"{rule.rule_id}  {rule.title.zh}", f"{rule.rule_id}  {rule.title.en}")], "bold")
        row = _write_paragraphs(book, sheet, row, [rule_sentence(rule)], "plain")
    return row
