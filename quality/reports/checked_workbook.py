"""The workbook an owner gets back from a check: the same sheets, a comment on each cell that needs a look, a summary in front.

Belongs here: the sheets, cells and words of that workbook. Does not belong here: what is checked and where a problem stands.

Everything is written as text, so that what a spreadsheet has not yet damaged stays whole. The summary's name is one the gate passes
over: the corrected copy can be sent as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter

from quality.reports.workbook_formats import FONT, Book
from quality.reports.workbook_sheets import OPTIONS
from registry.schema.codes import REASONS
from registry.schema.text import Language, Text

MOST_ROWS, MOST_COLUMNS, MOST_SIGNS = 1_048_576, 16_384, 32_767
MOST_COMMENTS: Final = 20_000
"""Spreadsheet programs become unusable beyond; further cells are coloured only."""
MOST_LISTED: Final = 1_000
SUMMARY: Final = Text("检查说明", "Check notes")
SCOPES: Final = {"row": Text("整行", "row"), "cell": Text("单元格", "cell"), "file": Text("整份文件", "file")}
REMEDIES: Final[Mapping[str, Text]] = {
    "ID_INVALID": Text("请对照证件核对号码", "compare the number with the paper"),
    "ID_MISSING": Text("请补填证件号码", "fill in the number"),
    "EXCEL_DAMAGED": Text("请把单元格设为文本后重新录入完整号码", "make the cell text and type the whole number again"),
    "DATE_UNREADABLE": Text("请写作 2016-03-05", "write it as 2016-03-05"),
    "DATE_AMBIGUOUS": Text("请写作 2016-03-05", "write it as 2016-03-05"),
    "CATEGORY_UNKNOWN": Text("请改用模板下拉列表中的写法", "use a word of the template's drop-down"),
    "PLACE_UNKNOWN": Text("请按行政区划全称填写村居", "write the full name of the village"),
    "AMOUNT_UNREADABLE": Text("请填数字，如 1250.50", "write a figure such as 1250.50"),
    "PERIOD_UNREADABLE": Text("请写作 2016-01至2016-03", "write it as 2016-01 to 2016-03"),
    "REQUIRED_EMPTY": Text("请补填", "fill it in"),
    "NO_PERSON": Text("请补填姓名或证件号码", "fill in a name or a number"),
    "FIELD_COUNT": Text("请检查该行的分隔符和引号", "check the delimiters and quotes of this line"),
    "BAD_ENCODING": Text("请从原系统重新导出", "export it again from the source"),
}


@dataclass(frozen=True)
class CheckedSheet:
    """One sheet to be written again.

    cells: row_number, field_count, c0, c1 … as text
    problems: row_number, position (null for a whole row), head, reason_code, scope_code
    """

    name: str
    cells: pl.DataFrame
    problems: pl.DataFrame
    is_hidden: bool = False


@dataclass(frozen=True)
class CheckSummary:
    """What the first sheet says: where the file belongs, counts, sentences about the whole file, and each problem's address.

    listed: sheet, address, head, reason_code, scope_code
    """

    month: str
    facts: Sequence[tuple[Text, str]]
    refusals: Sequence[Text]
    listed: pl.DataFrame


def name_sheets(names: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Return names Excel accepts, each once: at most 31 characters, no signs of formulas and paths, no apostrophe at an end."""
    used, found = {name.casefold() for name in taken}, []
    for name in names:
        plain = "".join("_" if sign in "[]:*?/\\" or ord(sign) < ord(" ") else sign for sign in name).strip("'")[:31] or "Sheet"
        title, number = plain, 2
        while title.casefold() in used or title.casefold() == "history":
            title, number = f"{plain[:26]}_{number}", number + 1
        used.add(title.casefold())
        found.append(title)
    return found


def say_problem(reason_code: str, head: str | None) -> Text:
    """Return why a cell is marked and what to do, without what stands in it."""
    reason = REASONS.get(reason_code, Text(reason_code, reason_code))
    remedy = REMEDIES.get(reason_code, Text("请核对", "please check"))
    where = Text(f"“{head}”：", f"'{head}': ") if head else Text("", "")
    return Text(f"{where.zh}{reason.zh}，{remedy.zh}。", f"{where.en}{reason.en}; {remedy.en}.")


def render_checked(path: Path, summary: CheckSummary, sheets: Sequence[CheckedSheet], lang: Language) -> None:
    """Write the summary and every sheet; the creation date is the month checked, so that the same check gives the same bytes."""
    workbook = xlsxwriter.Workbook(str(path), {**OPTIONS, "in_memory": False, "constant_memory": True})
    year, month = (int(part) for part in summary.month.split("-"))
    created = datetime(year, month, 1, tzinfo=UTC).replace(tzinfo=None)
    workbook.set_properties({"created": created, "title": "Tuodi", "author": "Tuodi"})
    book = Book(workbook, lang)
    _write_summary(book, summary)
    left = MOST_COMMENTS
    for name, checked in zip(name_sheets([sheet.name for sheet in sheets], [book.sheet_name(SUMMARY)]), sheets, strict=True):
        left -= _write_sheet(book, name, checked, left)
    workbook.close()


def _write_sheet(book: Book, name: str, checked: CheckedSheet, comments_left: int) -> int:
    """Write one sheet row by row, marked cells in colour and with a comment; return how many comments it took."""
    sheet = book.workbook.add_worksheet(name)
    if checked.is_hidden:
        sheet.hide()
    plain = book.workbook.add_format({**FONT, "num_format": "@"})
    marked = book.workbook.add_format({**FONT, "num_format": "@", "bg_color": "#FFD9D2"})
    sheet.set_column(0, max(0, checked.cells.width - 3), 18)
    comments = _join_problems(checked.problems, book)
    shift = 1 if not checked.cells.height or checked.cells["row_number"][0] else 0
    written = 0
    for number, _, *cells in checked.cells.iter_rows():
        said = comments.get(number, {})
        for place, cell in enumerate(cells[:MOST_COLUMNS]):
            is_marked = place in said or None in said
            _write_cell(sheet, number - shift, place, cell, marked if is_marked else plain, is_marked=is_marked)
        # A row once left is written out for good, its comments with it.
        for place, text in _list_comments(said) if written < comments_left and number - shift < MOST_ROWS else ():
            sheet.write_comment(number - shift, place, text[:MOST_SIGNS], {"author": "Tuodi", "x_scale": 2, "y_scale": 0.8})
            written += 1
    return written


def _write_cell(sheet: Any, row: int, place: int, cell: str | None, style: Any, *, is_marked: bool) -> None:  # noqa: ANN401
    if cell:
        sheet.write_string(row, place, cell[:MOST_SIGNS], style)
    elif is_marked:
        sheet.write_blank(row, place, None, style)


def _list_comments(said: Mapping[int | None, Sequence[str]]) -> Iterator[tuple[int, str]]:
    """Yield the comments of one row by column; what concerns the whole row stands at its first cell."""
    for place in sorted({position or 0 for position in said}):
        texts = [*said.get(place, ()), *(said.get(None, ()) if place == 0 else ())]
        yield place, "\n".join(dict.fromkeys(texts))


def _join_problems(problems: pl.DataFrame, book: Book) -> dict[int, dict[int | None, list[str]]]:
    """Return what is said by row and column."""
    placed: dict[int, dict[int | None, list[str]]] = {}
    for row in problems.filter(pl.col("row_number").is_not_null()).iter_rows(named=True):
        text = book.join(say_problem(row["reason_code"], row["head"]), "\n")
        placed.setdefault(row["row_number"], {}).setdefault(row["position"], []).append(text)
    return placed


def _write_summary(book: Book, summary: CheckSummary) -> None:
    """Write the first sheet from top to bottom."""
    sheet = book.workbook.add_worksheet(book.sheet_name(SUMMARY))
    for place, width in enumerate((48, 14, 26, 80)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, book.join(Text("报送前检查结果", "Check before sending"), " / "), book.format("title"))
    row = 1
    for label, value in summary.facts:
        sheet.write_string(row, 0, book.join(label, " / "), book.format("bold"))
        sheet.write_string(row, 1, value, book.format("note"))
        row += 1
    for refusal in summary.refusals:
        sheet.write_string(row, 0, book.join(refusal, " / "), book.format("note"))
        row += 1
    row = _write_counts(book, sheet, row + 1, summary.listed)
    _write_list(book, sheet, row + 1, summary.listed)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_counts(book: Book, sheet: Any, row: int, listed: pl.DataFrame) -> int:  # noqa: ANN401
    counted = listed.group_by("reason_code", "scope_code").len().sort("len", "reason_code", "scope_code", descending=[True, False, False])
    heads = (Text("需核对的原因", "What needs checking"), Text("处数", "Places"), Text("涉及", "Concerns"))
    _write_line(book, sheet, row, [book.join(head, " / ") for head in heads], "head")
    for code, scope, count in counted.rows():
        row += 1
        reason = REASONS.get(code, Text(code, code))
        _write_line(book, sheet, row, [book.join(reason, " / "), str(count), book.join(SCOPES[scope], " / ")], "text")
    return row + 1


def _write_list(book: Book, sheet: Any, row: int, listed: pl.DataFrame) -> None:  # noqa: ANN401
    heads = (Text("所在工作表", "On sheet"), Text("位置", "Place"), Text("所在列", "In column"), Text("怎样更正", "How to mend it"))
    _write_line(book, sheet, row, [book.join(head, " / ") for head in heads], "head")
    for problem in listed.head(MOST_LISTED).iter_rows(named=True):
        row += 1
        sentence = book.join(say_problem(problem["reason_code"], None), " ")
        _write_line(book, sheet, row, [problem["sheet"], problem["address"], problem["head"] or "", sentence], "text")
    if listed.height > MOST_LISTED:
        more = Text(
            f"另有{listed.height - MOST_LISTED}处，见各表中的颜色与批注", f"{listed.height - MOST_LISTED} more, marked in the sheets"
        )
        sheet.write_string(row + 1, 0, book.join(more, " / "), book.format("note"))


def _write_line(book: Book, sheet: Any, row: int, cells: Sequence[str], style: str) -> None:  # noqa: ANN401
    for place, cell in enumerate(cells):
        sheet.write_string(row, place, cell, book.format(style))
