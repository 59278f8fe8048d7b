"""What every format is read into: one sheet of text cells with physical row numbers.

Belongs here: the shape that `csv` and `excel` produce and `connectors.intake` consumes. Does not belong here: what a
column means; at this point a cell is only text at an address.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

TOP_ROWS: Final = 15
"""Physical rows at the top of a sheet in which titles and heads are looked for."""

DAMAGED_TEXT: Final = ["\ufffd", "锟斤拷"]
"""What is left of characters that a wrong conversion has destroyed."""


@dataclass(frozen=True)
class Merge:
    """A merged range, rows and columns counted from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class Sheet:
    """One sheet, all cells as text.

    cells: row_number (physical, from 1), field_count (cells written in that line; null for spreadsheets), c0, c1 … (text; empty is null)
    numeric: one Boolean column c<j>, aligned with `cells`, for each column that held number cells
    row_count: physical rows or records, blank ones included; blank lines of text files are counted but not in `cells`
    may_be_damaged: false when it is already known that no cell holds DAMAGED_TEXT
    hidden_columns, hidden_row_count: what the sheet does not show, columns counted from 0; all of it is in `cells`
    has_macros: the book holds macros, which are never run
    """

    name: str
    number: int
    cells: pl.DataFrame
    numeric: pl.DataFrame
    row_count: int
    merges: tuple[Merge, ...] = ()
    is_hidden: bool = False
    may_be_damaged: bool = True
    hidden_columns: tuple[int, ...] = ()
    hidden_row_count: int = 0
    has_macros: bool = False

    @property
    def width(self) -> int:
        """Return the number of cell columns."""
        return self.cells.width - 2

    def read_top(self) -> list[tuple[int, list[str | None]]]:
        """Return the first rows as (row_number, texts)."""
        top = self.cells.filter(pl.col("row_number") <= TOP_ROWS)
        return [(row[0], list(row[2:])) for row in top.rows()]


@dataclass(frozen=True)
class Member:
    """One file of an archive: its name inside, where it was unpacked to, and what identifies its bytes."""

    name: str
    path: Path
    byte_count: int
    content_hash: str


@dataclass(frozen=True)
class Reading:
    """What a file holds: sheets, or, for an archive, the files it was unpacked to."""

    sheets: tuple[Sheet, ...] = ()
    members: tuple[Member, ...] = ()


def cell_names(width: int) -> list[str]:
    """Return c0, c1 … for `width` columns."""
    return [f"c{position}" for position in range(width)]


def empty_cells(width: int = 0) -> pl.DataFrame:
    """Return cells without rows."""
    return pl.DataFrame(schema={"row_number": pl.Int64(), "field_count": pl.Int64(), **dict.fromkeys(cell_names(width), pl.String())})
