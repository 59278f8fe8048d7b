"""Web pages saved under a spreadsheet's name (.xls, .htm) into all-text sheets: how many office systems "export to Excel".

Belongs here: tables, merged cells (rowspan, colspan), hidden rows and columns of a page. Does not belong here: encodings
(`connectors.formats.encodings`) and which row is the header. Nothing outside the page is loaded and no script is run.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl
from lxml import etree, html

from connectors.formats.encodings import decode_text
from connectors.formats.packages import refuse_damaged, refuse_unsafe
from connectors.formats.sheets import Merge, Sheet, cell_names
from connectors.refusals import FileRefused, Place
from registry.schema.text import Text

Element = Any
"""An element of lxml, which ships no types."""

MOST_CELLS: Final = 20_000_000
MOST_COLUMNS: Final = 16_384
ENTITY: Final = re.compile(rb"<!\s*entity\b", re.IGNORECASE)
SPACES: Final = re.compile(r"[ \t\r\n\f]+")
LINE_BREAK: Final = "\x0b"
"""Stands for a <br> until white space has been collapsed."""

HIDDEN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
EXPONENT: Final = re.compile(r"^[+-]?\d(?:\.\d+)?E\+\d+$", re.IGNORECASE)
SILENT: Final = frozenset({"script", "style", "table"})
"""What a cell may hold that is not its text; a table inside a cell is a sheet of its own."""


@dataclass
class Grid:
    """One table being laid out: rows of texts, which cells were numbers, merged ranges, what is hidden."""

    rows: list[dict[int, str]] = field(default_factory=list)
    numbers: set[tuple[int, int]] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    hidden_row_count: int = 0
    width: int = 0


def read_html(path: Path) -> list[Sheet]:
    """Return one sheet for each table of the page that says something; FileRefused when it holds none."""
    decoded = decode_text(path.read_bytes(), path.name)
    if ENTITY.search(decoded.text):
        raise refuse_unsafe(
            path.name, Text("不含实体声明的网页", "a page without entity declarations"), Text("含 ENTITY 声明", "an ENTITY declaration")
        )
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        page = html.document_fromstring(decoded.text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise refuse_damaged(path.name) from error
    grids = [grid for table in page.iter("table") if (grid := _lay_out(table, path.name)).width]
    if not grids:
        raise _refuse_no_table(path.name)
    names = [""] if len(grids) == 1 else [f"table{number}" for number in range(1, len(grids) + 1)]
    return [
        _frame(name, number, grid, is_damaged=decoded.is_damaged) for number, (name, grid) in enumerate(zip(names, grids, strict=True), 1)
    ]


def _refuse_no_table(file: str) -> FileRefused:
    return FileRefused(
        "UNREADABLE",
        Place(file),
        expected=Text("含表格的网页", "a page with a table"),
        got=Text("没有表格的网页", "a page without one"),
        remedy=Text("请另存为 .xlsx 后重新报送，不要只报送网页框架", "save it as .xlsx and deliver that, not the frame page alone"),
    )


def _lay_out(table: Element, file: str) -> Grid:
    """Return the cells of one table at their places, as a browser lays them out."""
    grid = Grid()
    covered: dict[int, int] = {}
    rows = [row for part in (table, *table.iterchildren("thead", "tbody", "tfoot")) for row in part.iterchildren("tr")]
    for row_number, row in enumerate(rows):
        grid.rows.append({})
        grid.hidden_row_count += _is_hidden(row)
        position = 0
        for cell in row.iterchildren("td", "th"):
            while covered.get(position, 0) > row_number:
                position += 1
            wide, high = _read_span(cell, "colspan"), min(_read_span(cell, "rowspan"), len(rows) - row_number)
            if position + wide > MOST_COLUMNS or (position + wide) * len(rows) > MOST_CELLS:
                raise _refuse_huge(file)
            _place_cell(grid, cell, row_number, position, Merge(row_number, position, row_number + high - 1, position + wide - 1))
            covered.update(dict.fromkeys(range(position, position + wide), row_number + high) if high > 1 else {})
            position += wide
    _fill_down(grid)
    grid.width = max((position + 1 for cells in grid.rows for position in cells), default=0)
    grid.hidden_columns = {position for position in _find_hidden_columns(table) if position < grid.width}
    return grid


def _refuse_huge(file: str) -> FileRefused:
    return refuse_unsafe(file, Text("大小正常的表格", "a table of ordinary size"), Text("行列数过大的表格", "one with far too many cells"))


def _read_span(cell: Element, name: str) -> int:
    """Return how many columns or rows a cell covers; nonsense means one, as in a browser."""
    found = re.match(r"\s*(\d{1,6})", cell.get(name) or "")
    return max(1, int(found[1])) if found else 1


def _place_cell(grid: Grid, cell: Element, row_number: int, position: int, merge: Merge) -> None:
    text = _read_text(cell)
    number = next((cell.get(name) for name in ("x:num", "num") if cell.get(name) is not None), None)
    if number is not None:
        grid.numbers.add((row_number, position))
        # What is shown may be cut to an exponent; the number itself stands beside it.
        text = number if number and EXPONENT.match(text) else text
    if text:
        grid.rows[row_number][position] = text
    if merge.last_row > merge.first_row or merge.last_column > merge.first_column:
        grid.merges.append(merge)


def _read_text(cell: Element) -> str:
    """Return what a cell shows: white space collapsed, <br> as a line break, without scripts and tables inside it."""
    lines = (SPACES.sub(" ", line).strip(" ") for line in "".join(_walk_text(cell)).split(LINE_BREAK))
    return "\n".join(lines).strip("\n").replace("\xa0", " ").strip(" ")


def _walk_text(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == "br":
            yield LINE_BREAK
        elif child.tag not in SILENT:
            yield from _walk_text(child)
        yield child.tail or ""


def _is_hidden(element: Element) -> bool:
    return HIDDEN.search(element.get("style") or "") is not None


def _find_hidden_columns(table: Element) -> Iterator[int]:
    position = 0
    for part in (table, *table.iterchildren("colgroup")):
        for column in part.iterchildren("col"):
            span = min(_read_span(column, "span"), MOST_COLUMNS)
            yield from range(position, position + span) if _is_hidden(column) else ()
            position += span


def _fill_down(grid: Grid) -> None:
    """Write the value of a cell that covers several rows into each of them, and nowhere else."""
    for merge in grid.merges:
        text = grid.rows[merge.first_row].get(merge.first_column)
        for row_number in range(merge.first_row + 1, merge.last_row + 1 if text else 0):
            grid.rows[row_number][merge.first_column] = text or ""


def _frame(name: str, number: int, grid: Grid, *, is_damaged: bool) -> Sheet:
    names = cell_names(grid.width)
    texts = {cell: [row.get(position) for row in grid.rows] for position, cell in enumerate(names)}
    columns = sorted({position for _, position in grid.numbers})
    numbers = {f"c{position}": [(row, position) in grid.numbers for row in range(len(grid.rows))] for position in columns}
    cells = pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String())).select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_number"), pl.lit(None, dtype=pl.Int64).alias("field_count"), pl.all()
    )
    return Sheet(
        name,
        number,
        cells,
        pl.DataFrame(numbers),
        cells.height,
        tuple(grid.merges),
        may_be_damaged=is_damaged,
        hidden_columns=tuple(sorted(grid.hidden_columns)),
        hidden_row_count=grid.hidden_row_count,
    )
