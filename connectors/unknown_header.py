"""Finding the header of a file nobody has declared: by its look, helped by heads known from other rolls.

Belongs here: choosing the rows that are the header and one label per column. Does not belong here: what a column means
(`connectors.inference`), headers of declared rolls (`connectors.headers`).
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from connectors.formats.sheets import Sheet
from connectors.headers import MOST_LEVELS, Labels, find_candidates, spread_merges
from connectors.mapping import normalise_head

DATA: Final = re.compile(r"\d{5}|\d\s*[-./年]\s*\d{1,2}\s*[-./月]|^-?[\d,]+(?:\.\d+)?\s*元?$|@|^\d+[Xx]$")
"""Cells that are data and never a head: long digits, dates, figures."""

LOOKED_BELOW, MOSTLY = 200, 0.8
KNOWN_WORTH, DATA_COST, REPEAT_COST, LEVEL_COST, HEAD_BELOW_COST = 3.0, 4.0, 2.0, 0.5, 1.5
TOTALS: Final = r"^\s*(?:本页)?(?:合\s*计|小\s*计|总\s*计|共\s*计|累\s*计|(?i:grand total|sub-?total|total))"


@dataclass(frozen=True)
class UnknownHeader:
    """The header of an undeclared sheet: its last row, the label of each column, the texts above it."""

    last_row: int
    labels: tuple[str, ...]
    titles: tuple[str, ...]


def find_unknown_header(sheet: Sheet, knows: Callable[[str], bool]) -> UnknownHeader | None:
    """Return the likeliest header among the first rows; None when all of them look like data.

    Args:
        sheet: as read.
        knows: tells whether a head has been seen in some roll.
    """
    top = sheet.read_top()
    spread = spread_merges(sheet, top)
    scored = []
    for first in range(len(top)):
        for levels in range(1, min(MOST_LEVELS, len(top) - first) + 1):
            score = _score(sheet, top, spread, first, levels, knows)
            if score is not None:
                scored.append((-score, levels, first))
    if not scored:
        return None
    _, levels, first = min(scored)
    labels = choose_labels(spread[first : first + levels])
    titles = tuple(text for _, texts in top[:first] for text in texts if text)
    return UnknownHeader(top[first + levels - 1][0], tuple(labels), titles)


def choose_labels(block: Sequence[Labels]) -> list[str]:
    """Return one label per column: the lowest level alone where it tells columns apart, else all levels joined."""
    candidates = list(find_candidates(block))
    lowest = [names[-1] if names else "" for names in candidates]
    counts = Counter(normalise_head(label) for label in lowest if label)
    chosen = []
    for names, label in zip(candidates, lowest, strict=True):
        is_shared = bool(label) and counts[normalise_head(label)] > 1
        whole = names[0] if names else ""
        chosen.append((whole if is_shared else label).replace("\n", ""))
    return chosen


def _score(
    sheet: Sheet, top: Sequence[tuple[int, Labels]], spread: Sequence[Labels], first: int, levels: int, knows: Callable[[str], bool]
) -> float | None:
    """Return how well rows look like a header; None when they cannot be one."""
    last_row = top[first + levels - 1][0]
    body = sheet.cells.filter(pl.col("row_number") > last_row).head(LOOKED_BELOW)
    filled = [at for at in range(sheet.width) if body.height and body[f"c{at}"].null_count() < body.height]
    if not filled or not any(spread[first]):
        return None
    labels = choose_labels(spread[first : first + levels])
    named = [at for at in filled if labels[at]]
    if len(named) < 2 or len(named) * 2 < len(filled):
        return None
    written = [text for row in spread[first : first + levels] for text in row if text]
    data = sum(bool(DATA.search(text.strip())) for text in written)
    repeats = len(named) - len({normalise_head(labels[at]) for at in named})
    known = sum(knows(labels[at]) for at in named)
    below = _count_heads_below(body, filled, knows)
    looks = len(named) + KNOWN_WORTH * known - DATA_COST * data - REPEAT_COST * repeats - HEAD_BELOW_COST * below
    return looks - LEVEL_COST * (levels - 1) * len(named) / 4 - 0.1 * first if data * 2 < len(named) else None


def _count_heads_below(body: pl.DataFrame, filled: Sequence[int], knows: Callable[[str], bool]) -> int:
    """Return how many cells of the next row still look like heads: known ones, or words over a column of figures."""
    below = body.select(f"c{at}" for at in filled)
    texts = below.row(0)
    figures = below[1:].select(pl.all().str.contains(r"^\W*\d").mean().fill_null(0.0)).row(0)
    return sum(
        1 for text, share in zip(texts, figures, strict=True) if text and (knows(text) or (share > MOSTLY and not re.search(r"\d", text)))
    )


def keep_body(sheet: Sheet, header: UnknownHeader) -> pl.DataFrame:
    """Return the cells below the header without blank rows, totals and lines with one cell only."""
    cells = [f"c{at}" for at in range(sheet.width)]
    body = sheet.cells.filter(pl.col("row_number") > header.last_row).select(cells)
    filled = pl.sum_horizontal(pl.col(name).is_not_null() for name in cells)
    is_total = pl.any_horizontal(pl.col(name).str.contains(TOTALS).fill_null(value=False) for name in cells)
    return body.filter((filled > min(1, sheet.width - 1)) & ~is_total)
