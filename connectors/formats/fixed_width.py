"""Lines cut by position, as old programs write them, into one all-text sheet.

Belongs here: positions in bytes or characters, lines too short or too long. Does not belong here: which encoding a file is
in (`connectors.formats.encodings`), what a column means.

Such files have no header: the roll declares where each column begins and how wide it is, and the sheet carries the
declared heads as row 0. A line that is not as declared is addressed, never cut: its columns may all have moved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from connectors.formats.encodings import GB18030_2022, decode_text, require_text, unify_line_ends
from connectors.formats.sheets import Sheet, cell_names
from registry.roll import Roll

STRETCH_BYTES: Final = 4 * 1024 * 1024
PADDING: Final = " \u3000\t\r"
LONGEST_LINE: Final = 1 << 32
"""Lines and offsets are compared as one number: line × LONGEST_LINE + offset."""

MOSTLY: Final = 0.5
NEWLINE: Final = ord("\n")

Codes = npt.NDArray[np.uint32]
Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Span:
    """One declared column: its head, its first position from 0 and the position behind its last."""

    head: str
    first: int
    end: int


@dataclass(frozen=True)
class Lines:
    """Characters of some lines, and the place of each.

    codes: code points, each line ended by a line feed
    places: line × LONGEST_LINE + offset in the declared unit, ascending
    feeds: position of the line feed of each line
    """

    codes: Codes
    places: Positions
    feeds: Positions

    @property
    def lengths(self) -> Positions:
        """Return the length of each line in the declared unit."""
        return self.places[self.feeds] % LONGEST_LINE

    def find(self, offset: int) -> Positions:
        """Return for each line the position of its first character at or behind `offset`."""
        found = np.searchsorted(self.places, np.arange(self.feeds.size) * LONGEST_LINE + offset)
        return np.minimum(found, self.feeds)


def read_fixed_width(path: Path, roll: Roll) -> Sheet:
    """Return the one sheet of a file whose lines `roll.delivery.fixed_width` cuts; FileRefused when it is no text.

    A line that is longer than declared, that ends before its last column begins, or in which a position falls into the
    middle of a character gets another number of cells than the header, so that it goes back with its address. Where most
    lines are padded to full length, every shorter one does.
    """
    layout = roll.delivery.fixed_width
    if layout is None:
        raise ValueError(f"roll {roll.roll} declares no fixed_width")
    decoded = decode_text(path.read_bytes(), path.name)
    require_text(decoded.text, path.name)
    spans = [Span(roll.columns[name].heads[0], first - 1, first - 1 + width) for name, (first, width) in layout.columns.items()]
    widths = _measure_characters(decoded.encoding if layout.unit == "byte" else "")
    stretches = [_read_lines(stretch, widths) for stretch in _cut_text(unify_line_ends(decoded.text))]
    is_padded = _are_padded(stretches, max(span.end for span in spans))
    parts = [_frame_lines(lines, spans, is_padded=is_padded) for lines in stretches]
    cells = pl.concat(parts).with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_number"))
    filled = cells.filter(pl.col("field_count") > 0)
    return Sheet("", 1, pl.concat([_frame_heads(spans), filled]), pl.DataFrame(), cells.height, may_be_damaged=decoded.is_damaged)


def _cut_text(text: bytes) -> Iterator[str]:
    """Yield the text in stretches of whole lines, each ended by a line feed."""
    start = 0
    while start < len(text):
        end = text.rfind(b"\n", start, start + STRETCH_BYTES) + 1 or text.find(b"\n", start) + 1 or len(text)
        stretch = text[start:end].decode()
        yield stretch if stretch.endswith("\n") else stretch + "\n"
        start = end


@cache
def _measure_characters(encoding: str) -> npt.NDArray[np.uint8]:
    """Return the bytes of every code point in `encoding`; all 1 when it is empty, that is when characters count."""
    widths = np.ones(0x110000, dtype=np.uint8)
    if encoding:
        widths[:0x10000] = [len(chr(code).encode(encoding, errors="ignore")) or 1 for code in range(0x10000)]
        widths[0x10000:] = len("\U00020000".encode(encoding, errors="ignore"))
    if encoding == "gb18030":
        widths[list(GB18030_2022.values())] = len("\ue81e".encode(encoding))
    return widths


def _read_lines(text: str, widths: npt.NDArray[np.uint8]) -> Lines:
    codes = np.frombuffer(text.replace("\r\n", "\n").encode("utf-32-le"), dtype=np.uint32)
    feeds = np.flatnonzero(codes == NEWLINE)
    behind = np.cumsum(widths[codes], dtype=np.int64)
    before = np.concatenate(([0], behind[:-1]))
    starts = np.concatenate(([0], feeds[:-1] + 1))
    sizes = feeds - starts + 1
    lines = np.repeat(np.arange(feeds.size) * LONGEST_LINE - before[starts], sizes)
    return Lines(codes, before + lines, feeds)


def _are_padded(stretches: Sequence[Lines], length: int) -> bool:
    """Tell whether most lines have exactly the declared length."""
    full = sum(int(np.count_nonzero(lines.lengths == length)) for lines in stretches)
    return full > MOSTLY * sum(int(np.count_nonzero(lines.lengths)) for lines in stretches)


def _frame_lines(lines: Lines, spans: Sequence[Span], *, is_padded: bool) -> pl.DataFrame:
    """Return cells of every line: field_count 0 for blank ones; what stands behind the last column is a cell more."""
    length = max(span.end for span in spans)
    lengths = lines.lengths
    counts = np.sum([lengths > span.first for span in spans], axis=0)
    texts = [_take(lines, lines.find(span.first), lines.find(span.end)) for span in spans]
    beyond = _take(lines, lines.find(length), lines.feeds)
    filled = [(text != "").fill_null(value=False).to_numpy() for text in (*texts, beyond)]
    is_blank = ~np.any(filled, axis=0)
    is_wrong = _is_cut_inside(lines, spans) | (is_padded & (lengths < length))
    counts = np.where(is_wrong, np.minimum(counts, len(spans) - 1), counts)
    counts = np.where(is_blank, 0, np.where(filled[-1], len(spans) + 1, np.maximum(counts, 1)))
    names = cell_names(len(spans) + 1)
    cells = pl.DataFrame({"field_count": counts.astype(np.int64), **dict(zip(names, (*texts, beyond), strict=True))})
    empties_null = [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names]
    return cells.select(pl.lit(0, dtype=pl.Int64).alias("row_number"), "field_count", *empties_null)


def _is_cut_inside(lines: Lines, spans: Sequence[Span]) -> Flags:
    """Tell for each line whether a border of a column falls into the middle of a character."""
    is_inside = np.zeros(lines.feeds.size, dtype=np.bool_)
    for offset in {border for span in spans for border in (span.first, span.end)}:
        is_inside |= (lines.lengths > offset) & (lines.places[lines.find(offset)] % LONGEST_LINE != offset)
    return is_inside


def _take(lines: Lines, first: Positions, end: Positions) -> pl.Series:
    """Return the characters from `first` up to `end` of each line, padding dropped."""
    sizes = np.maximum(end - first, 0) + 1
    ends = np.cumsum(sizes)
    wanted = np.arange(int(ends[-1])) + np.repeat(first - (ends - sizes), sizes)
    wanted[ends - 1] = lines.feeds
    text = lines.codes[wanted].tobytes().decode("utf-32-le")
    return pl.Series([text[:-1]]).str.split("\n").explode().str.strip_chars(PADDING)


def _frame_heads(spans: Sequence[Span]) -> pl.DataFrame:
    """Return the declared heads as row 0."""
    heads = {name: [span.head] for name, span in zip(cell_names(len(spans)), spans, strict=True)}
    last = {f"c{len(spans)}": pl.Series([None], dtype=pl.String)}
    return pl.DataFrame({"row_number": [0], "field_count": [len(spans)], **heads, **last})
