"""What a sheet says of its own length: 共计：12户, 合计 38户 71人, Total: 12 households.

Belongs here: reading such a statement from title and total rows and counting the same thing. Does not belong here: sums of money, and
the judgement of a difference (`quality.reconciliation`).

Only figures with a unit beside a word for a total are taken: a bare figure may be anything. Subtotals of a village or a page are no
statement about the sheet.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from connectors.formats.sheets import Sheet
from connectors.headers import Header
from registry.roll import Roll

TOTAL_WORD: Final = re.compile(r"合计|总计|共计|总数|共(?=\s*[:(]?\s*\d)|\b(?:grand )?total\b", re.IGNORECASE)
SUBTOTAL: Final = re.compile(r"小计|本页|subtotal|sub-total", re.IGNORECASE)
FIGURE: Final = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d+)\s*(户|人次|人|名|条|笔|件|households|persons|people|rows|records)", re.IGNORECASE
)
HOUSEHOLDS: Final = frozenset({"户", "households"})


def find_declared_count(sheet: Sheet, header: Header, data: pl.DataFrame, mapped: Mapping[str, int], roll: Roll) -> tuple[int, int] | None:
    """Return what the sheet states and what was counted in the same unit; None when it states nothing.

    Args:
        sheet: as read.
        header: its header and the titles above it.
        data: its data rows, good and faulty.
        mapped: position of each declared column.
        roll: tells which column numbers households.

    A total may speak of rows, households or persons: the count that agrees is taken, else the nearest. Of several statements in one
    unit the last one or their sum may be meant.
    """
    stated: dict[bool, list[int]] = {}
    for figure, unit in _read_figures(sheet, header, data):
        stated.setdefault(unit in HOUSEHOLDS, []).append(figure)
    pairs = []
    for is_households, figures in stated.items():
        counts = _count_households(data, mapped, roll) if is_households else _count_persons(data, mapped, roll)
        choices = [(abs(said - count), said, count) for said in dict.fromkeys((figures[-1], sum(figures))) for count in counts]
        pairs.append(min(choices))
    # A statement that does not agree is worth more than one that does.
    return max(pairs)[1:] if pairs else None


def _read_figures(sheet: Sheet, header: Header, data: pl.DataFrame) -> Iterator[tuple[int, str]]:
    idle = sheet.cells.filter(pl.col("row_number") > header.last_row).join(data.select("row_number"), on="row_number", how="anti")
    texts = [" ".join(text for text in titles if text) for _, titles in header.titles]
    if idle.width > 2:
        joined = pl.concat_str(pl.nth(range(2, idle.width)), separator=" ", ignore_nulls=True)
        texts += idle.sort("row_number").select(joined).to_series().to_list()
    for text in texts:
        plain = unicodedata.normalize("NFKC", text)
        total = TOTAL_WORD.search(plain)
        if total and not SUBTOTAL.search(plain):
            for figure, unit in FIGURE.findall(plain[total.start() :]):
                yield int(figure.replace(",", "")), unit.lower()


def _count_households(data: pl.DataFrame, mapped: Mapping[str, int], roll: Roll) -> list[int]:
    """Return the rows, and the different household numbers where the roll has them."""
    numbers = [person.household_number for person in roll.people if person.household_number]
    listed = [number if isinstance(number, list) else [number] for number in numbers]
    cells = [f"c{mapped[name]}" for name in (listed[0] if listed else []) if name in mapped]
    return [data.height, *([data.select(pl.struct(cells).n_unique()).item()] if cells and data.height else [])]


def _count_persons(data: pl.DataFrame, mapped: Mapping[str, int], roll: Roll) -> list[int]:
    """Return the rows, and the sum of each column that counts people: a list of households may state its members."""
    cells = [f"c{mapped[name]}" for name, column in roll.columns.items() if column.kind == "count" and name in mapped]
    sums = data.select(pl.col(cells).str.extract(r"^\s*(\d{1,6})").cast(pl.Int64).sum()).row(0) if cells else ()
    return [data.height, *(int(value) for value in sums)]
