"""Finding the header of a sheet: by what it says, never by where it stands.

Belongs here: title rows, headers of one to three levels, merged group heads. Does not belong here: whether the heads
found are the right ones (`connectors.mapping`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from connectors.formats.sheets import Sheet
from connectors.mapping import Head, HeadIndex

MOST_LEVELS: Final = 3
LEAST_SHARE: Final = 0.3
"""A header row shows at least this share of the columns a roll must have; a renamed column or two still leaves a header."""

Labels = list[str | None]


@dataclass(frozen=True)
class Header:
    """The header of one sheet.

    first_row, last_row: physical rows of its first and last level
    field_count: cells of its longest level in a text file; the width for spreadsheets
    levels: its rows, for recognising the header again further down
    titles: rows above it as (row_number, texts)
    """

    first_row: int
    last_row: int
    field_count: int
    heads: tuple[Head, ...]
    levels: tuple[tuple[str | None, ...], ...]
    titles: tuple[tuple[int, tuple[str | None, ...]], ...]

    def count_columns(self) -> int:
        """Return how many declared columns it names."""
        return len({head.column for head in self.heads} - {None})


def find_header(sheet: Sheet, index: HeadIndex, required_count: int) -> Header | None:
    """Return the block of one to three rows that best matches the declared heads, or None when nothing comes near."""
    top = sheet.read_top()
    spread = spread_merges(sheet, top)
    blocks = [(first, levels) for first in range(len(top)) for levels in range(1, MOST_LEVELS + 1) if first + levels <= len(top)]
    if not blocks:
        return None
    # The best match; among equals the block with fewer levels, then the higher one.
    scored = [(-_count_known(spread[first : first + levels], index), levels, first) for first, levels in blocks]
    _, levels, first = min(scored)
    heads = tuple(_read_heads(spread[first : first + levels], index))
    header = Header(
        first_row=top[first][0],
        last_row=top[first + levels - 1][0],
        field_count=_count_fields(sheet, top[first][0], top[first + levels - 1][0]),
        heads=heads,
        levels=tuple(tuple(row) for row in spread[first : first + levels]),
        titles=tuple((number, tuple(texts)) for number, texts in top[:first]),
    )
    return header if header.count_columns() >= max(2, LEAST_SHARE * required_count) else None


def _count_fields(sheet: Sheet, first_row: int, last_row: int) -> int:
    counts = sheet.cells.filter(sheet.cells["row_number"].is_between(first_row, last_row))["field_count"].max()
    return counts if isinstance(counts, int) else sheet.width


def spread_merges(sheet: Sheet, top: Sequence[tuple[int, Labels]]) -> list[Labels]:
    """Return the top rows with each merged group head written over all columns it spans."""
    rows = {number: list(texts) for number, texts in top}
    for merge in sheet.merges:
        if merge.last_column == merge.first_column:
            continue
        for number in range(merge.first_row + 1, merge.last_row + 2):
            row = rows.get(number)
            if row is not None and merge.first_column < len(row):
                last = min(merge.last_column, len(row) - 1)
                row[merge.first_column : last + 1] = [row[merge.first_column]] * (last - merge.first_column + 1)
    return [rows[number] for number, _ in top]


def _carry_groups(block: Sequence[Labels]) -> list[Labels]:
    """Return the block with group heads carried right over empty cells, as text files write merged heads."""
    carried = [list(row) for row in block]
    for level, row in enumerate(carried[:-1]):
        below = block[level + 1]
        for position in range(1, len(row)):
            if row[position] is None and below[position] and below[position - 1]:
                row[position] = row[position - 1]
    return carried


def find_candidates(block: Sequence[Labels]) -> Iterator[list[str]]:
    """Yield for each column the names its head may have: all levels joined first, the lowest level alone last."""
    carried = _carry_groups(block)
    for position in range(len(block[-1])):
        levels: list[str] = []
        for row in carried:
            text = (row[position] or "").strip()
            if text and (not levels or levels[-1] != text):
                levels.append(text)
        yield ["".join(levels[start:]) for start in range(len(levels))]


def _count_known(block: Sequence[Labels], index: HeadIndex) -> int:
    """Return how many heads are known; a column named twice counts once, so that a level which tells two apart is kept."""
    heads = list(_read_heads(block, index))
    return len({head.column for head in heads} - {None}) + sum(head.is_ignored for head in heads)


def _read_heads(block: Sequence[Labels], index: HeadIndex) -> Iterator[Head]:
    for position, candidates in enumerate(find_candidates(block)):
        known = next(filter(index.knows, candidates), None)
        label = known or (candidates[-1] if candidates else "")
        column = index.find_column(label) if known else None
        yield Head(position, label.replace("\n", ""), column, is_ignored=known is not None and column is None)
