"""Cells and formats every sheet of a workbook shares.

Belongs here: formats, how a value of a column becomes a cell, and tables that are only read.
Does not belong here: the sheets themselves.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import polars as pl

from quality.reports.layout import SheetColumn
from quality.reports.wide_text import count_lines
from quality.reports.wording import name_currency
from registry.schema.text import Language, Text

FONT: Final = {"font_name": "Microsoft YaHei", "font_size": 10}
LINE: Final = {"border": 1, "border_color": "#B8C4C8"}
CELL: Final = {**FONT, **LINE, "text_wrap": True, "valign": "top"}
HEAD: Final = {**FONT, **LINE, "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center"}
ANSWER: Final = {**CELL, "bg_color": "#FFF8DC", "locked": False}
FORMATS: Final[dict[str, dict[str, object]]] = {
    "title": {**FONT, "bold": True, "font_size": 14, "font_color": "#0B4A52"},
    "note": {**FONT, "font_color": "#444444", "valign": "top"},
    "wrapped_note": {**FONT, "font_color": "#444444", "text_wrap": True, "valign": "top"},
    "section": {**FONT, "bold": True, "font_size": 12, "font_color": "#0B4A52"},
    "plain": {**FONT, "text_wrap": True, "valign": "top"},
    "bold": {**FONT, "bold": True, "text_wrap": True, "valign": "top"},
    "head": {**HEAD, "bg_color": "#0B4A52", "font_color": "#FFFFFF"},
    "answer_head": {**HEAD, "bg_color": "#F2C94C", "font_color": "#1A1A1A"},
    "text": {**CELL, "num_format": "@"},
    "amount": {**CELL, "num_format": "#,##0.00", "align": "right", "indent": 1},
    "count": {**CELL, "num_format": "#,##0", "align": "right", "indent": 1},
    "share": {**CELL, "num_format": "0.0%", "align": "right", "indent": 1},
    "answer_text": {**ANSWER, "num_format": "@"},
    "answer_month": {**ANSWER, "num_format": "@"},
    "answer_choice": {**ANSWER, "num_format": "@"},
    "answer_date": {**ANSWER, "num_format": "yyyy-mm-dd"},
    "answer_amount": {**ANSWER, "num_format": "#,##0.00"},
    "card": {**FONT, "align": "center", "valign": "vcenter", "font_size": 11, "bg_color": "#EAF3F4", "border": 0},
    "card_number": {
        **FONT,
        "align": "center",
        "valign": "vcenter",
        "font_size": 28,
        "bold": True,
        "bg_color": "#EAF3F4",
        "num_format": "#,##0",
    },
}
_CHOOSE: Final = Text("请选择", "Choose")
_NOT_LISTED: Final = Text("请从列表中选择一项", "Please choose one of the list")
_NOT_A_NUMBER: Final = Text("请填写不小于 0 的数字", "Please write a number, 0 or more")
_NOT_A_DATE: Final = Text("请填写日期，如 2016-07-15", "Please write a date such as 2016-07-15")
_NOT_A_MONTH: Final = Text("请写作 2016-07", "Please write it as 2016-07")
MONTH_LENGTH: Final = 7
LINE_HEIGHT: Final = 14.5
TALLEST: Final = 400
FILLED: Final = 0.93
"""Share of a line that words fill before they wrap."""


def _count_lines(text: pl.Expr, width: int) -> pl.Expr:
    """Return how many lines a text takes in a cell; a Chinese character (three bytes) is two columns wide."""
    columns = (pl.element().str.len_chars() + pl.element().str.len_bytes()) / 2
    lines = (columns / (width * FILLED)).ceil().clip(lower_bound=1)
    return text.str.split("\n").list.eval(lines).list.sum().fill_null(1)


class Book:
    """One workbook being written in one language: hands out its formats and turns values into cells."""

    def __init__(self, workbook: Any, lang: Language, currency: str = "CNY") -> None:  # noqa: ANN401 - xlsxwriter ships no types
        self.workbook, self.lang, self.currency = workbook, lang, currency
        self._formats = {name: workbook.add_format(properties) for name, properties in FORMATS.items()}

    def format(self, name: str) -> Any:  # noqa: ANN401
        """Return the format of that name."""
        return self._formats[name]

    def cell_format(self, column: SheetColumn) -> Any:  # noqa: ANN401
        """Return the format of a column's cells; only answer cells are unlocked."""
        kind = "text" if column.kind in {"date", "month"} and not column.is_answer else column.kind
        return self._formats[f"answer_{kind}" if column.is_answer else kind]

    def join(self, text: Text, between: str) -> str:
        """Return a text in the book's language and currency, both languages with `between` in the middle."""
        text = name_currency(text, self.currency)
        if self.lang == Language.BOTH and text.zh != text.en:
            return f"{text.zh}{between}{text.en}"
        return text.en if self.lang == Language.EN else text.zh

    def sheet_name(self, text: Text) -> str:
        """Return a sheet name; Excel allows 31 characters and no slash."""
        return self.join(text, " ")[:31]

    def shown(self, column: SheetColumn) -> pl.Expr:
        """Return what the cells of a column show: the book's language, amounts and shares as plain numbers."""
        if column.is_bilingual:
            zh, en = pl.col(f"{column.name}_zh"), pl.col(f"{column.name}_en")
            both = pl.when(zh == en).then(zh).otherwise(pl.concat_str([zh, en], separator="\n", ignore_nulls=True))
            return {Language.ZH: zh, Language.EN: en}.get(self.lang, both)
        if column.kind in {"amount", "share"}:
            return pl.col(column.name).cast(pl.Float64)
        return pl.col(column.name)

    def row_heights(self, rows: pl.DataFrame, columns: Sequence[SheetColumn]) -> list[float]:
        """Return a height per row that shows every wrapped cell: not every office program finds it by itself."""
        texts = [column for column in columns if column.kind == "text" and not column.is_answer]
        lines = [_count_lines(self.shown(column), column.width) for column in texts]
        return rows.select((pl.max_horizontal(lines) * LINE_HEIGHT + 4).clip(upper_bound=TALLEST)).to_series().to_list()

    def values(self, rows: pl.DataFrame, column: SheetColumn) -> list[object]:
        """Return the cells of one column from first to last row."""
        shown = self.shown(column)
        return rows.select(shown.alias(column.name)).to_series().to_list()

    def input_rule(self, column: SheetColumn, ranges: dict[str, str]) -> dict[str, object] | None:
        """Return the rule Excel applies to what is typed into an answer column."""
        rules: dict[str, tuple[dict[str, object], Text]] = {
            "choice": ({"validate": "list", "source": ranges.get(column.choices or "")}, _NOT_LISTED),
            "amount": ({"validate": "decimal", "criteria": ">=", "value": 0}, _NOT_A_NUMBER),
            "date": ({"validate": "date", "criteria": ">=", "value": "=DATE(2000,1,1)"}, _NOT_A_DATE),
            "month": ({"validate": "length", "criteria": "==", "value": MONTH_LENGTH}, _NOT_A_MONTH),
        }
        if column.kind not in rules:
            return None
        rule, complaint = rules[column.kind]
        hint = column.hint or _CHOOSE
        return {
            **rule,
            "ignore_blank": True,
            "input_title": self.join(column.title, " ")[:32],
            "input_message": self.join(hint, " / ")[:255],
            "error_title": self.join(column.title, " ")[:32],
            "error_message": self.join(complaint, " / ")[:255],
        }


def write_cells(sheet: Any, row: int, column: int, values: Sequence[object], style: Any, *, across: bool = False) -> None:  # noqa: ANN401
    """Write values down (or `across`): text always as text, numbers as numbers, nothing as an empty formatted cell."""
    for step, value in enumerate(values):
        place = (row, column + step) if across else (row + step, column)
        if value is None:
            sheet.write_blank(*place, None, style)
        elif isinstance(value, str):
            sheet.write_string(*place, value, style)
        else:
            sheet.write_number(*place, value, style)


def set_heights(sheet: Any, row: int, heights: Sequence[float]) -> None:  # noqa: ANN401
    """Set the heights of the rows from `row` on."""
    for step, height in enumerate(heights):
        sheet.set_row(row + step, height)


def write_heads(book: Book, sheet: Any, row: int, columns: Sequence[SheetColumn], widths: Sequence[int]) -> None:  # noqa: ANN401
    """Write the heads of a table, answer columns in their own colour, the row as high as its longest head."""
    heads = [book.join(column.title, "\n") for column in columns]
    for place, (column, head) in enumerate(zip(columns, heads, strict=True)):
        sheet.write_string(row, place, head, book.format("answer_head" if column.is_answer else "head"))
    lines = max(count_lines(head, max(4, width - 1)) for head, width in zip(heads, widths, strict=True))
    sheet.set_row(row, 15 * lines + 6)


def write_table(
    book: Book,
    sheet: Any,  # noqa: ANN401
    row: int,
    columns: Sequence[SheetColumn],
    rows: pl.DataFrame,
    widths: Sequence[int] | None = None,
) -> int:
    """Write heads and rows of a table that is only read, from `row` on, into cells `widths` wide; return its last row."""
    shaped = columns if widths is None else [replace(column, width=width) for column, width in zip(columns, widths, strict=False)]
    write_heads(book, sheet, row, shaped, [column.width for column in shaped])
    for place, column in enumerate(shaped):
        write_cells(sheet, row + 1, place, book.values(rows, column), book.cell_format(column))
    set_heights(sheet, row + 1, book.row_heights(rows, shaped))
    return row + rows.height
