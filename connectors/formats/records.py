"""Where the records of a delimited text stand: counted on its bytes, apart from the reader that cuts them into cells.

Belongs here: quotes, line ends, numbers of cells, lines whose quotes make no sense. Does not belong here: the cells
themselves (`connectors.formats.csv`).

Counting quotes tells what is inside a cell while every quote opens a cell, closes one or is doubled. The first that does
none of it makes its record an odd one: such records are told one by one, and the count starts anew behind them.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt

from connectors.formats.quotes import BLOCK_BYTES, NEWLINE, QUOTE, RETURN, Block, Bytes, Flags, count_bits

LONGEST_RECORD: Final = 50
"""Lines one record may span: a longer one is an opening quote that nobody closed."""

MOST_ODD: Final = 2000
"""Past so many odd records the text is left to a reader that takes every line by itself."""

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Totals:
    """What one look at a text counts; `is_plain` is false when some quote neither opens nor closes nor is doubled."""

    records: int
    delimiters: int
    inner_lines: int
    is_plain: bool


@dataclass(frozen=True)
class OddRecord:
    """A record with stray quotes: its byte range, its first line, its cells."""

    start: int
    end: int
    line: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Records:
    """Plain records by byte range, first line and number of cells, and the odd ones between them.

    starts, ends: positions of their first bytes and of the line feeds that end them
    field_counts: 0 for blank lines
    """

    starts: Positions
    ends: Positions
    lines: Positions
    field_counts: Positions
    odd: tuple[OddRecord, ...]


def has_quoted_cells(text: bytes, delimiter: int) -> bool:
    """Tell whether any quote opens a cell; where none does, quotes are inches or nicknames and mean nothing."""
    if b'"' not in text:
        return False
    opening = [mark + b'"' for mark in (bytes([delimiter]), b"\n", b"\r")]
    return text.startswith(b'"') or any(mark in text for mark in opening)


def count_text(text: bytes, delimiter: int, *, is_quoted: bool) -> Totals:
    """Count records, delimiters between cells and line feeds inside cells in one look; stops at the first odd quote."""
    whole = np.frombuffer(text, dtype=np.uint8)
    records = delimiters = inner = 0
    is_inside = False
    for start in range(0, whole.size, BLOCK_BYTES):
        block = Block(whole, start, delimiter, is_inside)
        if not is_quoted:
            records += int(np.count_nonzero(block.text == NEWLINE))
            delimiters += int(np.count_nonzero(block.text == delimiter))
            continue
        quotes, newlines, cuts = block.find(QUOTE), block.find(NEWLINE), block.find(delimiter)
        inside = block.mark_inside(quotes)
        if block.find_odd_quotes(quotes, inside, block.find_borders(quotes, newlines, cuts)).any():
            return Totals(0, 0, 0, is_plain=False)
        is_inside = block.ends_inside(inside)
        records, delimiters = records + count_bits(newlines & ~inside), delimiters + count_bits(cuts & ~inside)
        inner += count_bits(newlines & inside)
    return Totals(records + (not text.endswith(b"\n")), delimiters, inner, is_plain=not is_inside)


def find_records(text: bytes, delimiter: int, *, is_quoted: bool) -> Records | None:
    """Return the place of every record, or None when too many have stray quotes."""
    whole = np.frombuffer(text, dtype=np.uint8)
    parts: list[tuple[Positions, ...]] = []
    odd: list[OddRecord] = []
    start, line = 0, 1
    while start < whole.size:
        (starts, ends, lines, counts), stop, is_odd = _scan(whole, start, delimiter, is_quoted=is_quoted)
        parts.append((starts, ends, lines + line, counts))
        if is_odd:
            line += text.count(b"\n", start, stop)
            odd.append(_take_odd_record(text, stop, line, chr(delimiter)))
            line += text.count(b"\n", stop, odd[-1].end + 1)
            stop = odd[-1].end + 1
        if len(odd) > MOST_ODD:
            return None
        start = stop
    starts, ends, lines, counts = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Records(starts, ends, lines, counts, tuple(odd))


def _mark_plain(block: Block) -> tuple[Flags, bool]:
    """Return for each byte up to the first odd quote whether it is inside a quoted cell, and whether there is such a quote."""
    quotes = block.find(QUOTE)
    inside = block.mark_inside(quotes)
    odd = block.find_odd_quotes(quotes, inside, block.find_borders(quotes, block.find(NEWLINE), block.find(block.delimiter)))
    flags = block.unpack(inside)
    return (flags[: int(block.unpack(odd).argmax())], True) if odd.any() else (flags, False)


def _scan(whole: Bytes, start: int, delimiter: int, *, is_quoted: bool) -> tuple[tuple[Positions, ...], int, bool]:
    """Return starts, ends, first lines (from 0) and cell counts of the records from `start`, where they stop, and whether at an odd one."""
    found: list[tuple[Positions, Positions, Positions]] = []
    newline_count, cut_count, last_line, is_inside, is_odd = 0, 0, -1, False, False
    for at in range(start, whole.size, BLOCK_BYTES):
        block = whole[at : at + BLOCK_BYTES]
        newlines, cuts = block == NEWLINE, block == delimiter
        every = np.flatnonzero(newlines)
        if is_quoted:
            inside, is_odd = _mark_plain(Block(whole, at, delimiter, is_inside))
            newlines, cuts = newlines[: inside.size] & ~inside, cuts[: inside.size] & ~inside
            is_inside = bool(inside[-1]) if inside.size else is_inside
        ends = np.flatnonzero(newlines)
        found.append((ends + at, np.searchsorted(np.flatnonzero(cuts), ends) + cut_count, np.searchsorted(every, ends) + newline_count))
        cut_count, newline_count = cut_count + int(np.count_nonzero(cuts)), newline_count + every.size
        last_line = int(found[-1][2][-1]) if ends.size else last_line
        if is_odd or newline_count - last_line > LONGEST_RECORD + 1:
            is_odd = True
            break
    return _close(whole, start, found, is_open=is_inside, is_odd=is_odd, total=(cut_count, newline_count))


def _close(
    whole: Bytes,
    start: int,
    found: list[tuple[Positions, Positions, Positions]],
    *,
    is_open: bool,
    is_odd: bool,
    total: tuple[int, int],
) -> tuple[tuple[Positions, ...], int, bool]:
    """Return the records of one scan: the last may lack its line feed, and none may be longer than LONGEST_RECORD."""
    if not is_odd and not is_open and whole[-1] != NEWLINE:
        found.append((np.array([whole.size]), np.array([total[0]]), np.array([total[1]])))
    ends, cuts, last_lines = (np.concatenate(part) for part in zip(*found, strict=True))
    spans = np.diff(last_lines, prepend=-1)
    long = np.flatnonzero(spans > LONGEST_RECORD)
    is_odd = is_odd or is_open or bool(long.size)
    kept = slice(0, int(long[0]) if long.size else ends.size)
    ends, cuts, last_lines, spans = ends[kept], cuts[kept], last_lines[kept], spans[kept]
    starts = np.concatenate(([start], ends + 1))[: ends.size]
    is_blank = (ends == starts) | ((ends == starts + 1) & (whole[np.minimum(starts, whole.size - 1)] == RETURN))
    counts = np.where(is_blank, 0, np.diff(cuts, prepend=0) + 1)
    stop = (int(ends[-1]) + 1 if ends.size else start) if is_odd else whole.size
    return (starts, ends, last_lines - spans + 1, counts), stop, is_odd


def _take_odd_record(text: bytes, start: int, line: int, delimiter: str) -> OddRecord:
    """Return the record at `start`, whose quotes are odd.

    Several lines are one record only when all its quotes are in order. Else it is its first line alone; and when that
    opens a quote without closing it, the line is one cell, which sends it back: nobody can tell where its cells end.
    """
    first_end = text.find(b"\n", start)
    first_end = len(text) if first_end < 0 else first_end
    first = text[start : first_end + 1].decode()
    cells, used = _read_record([first], delimiter, strict=True)
    if used:
        return OddRecord(start, first_end, line, cells)
    lines = [item.decode() for item in _split_lines(text, start)]
    cells, used = _read_record(lines, delimiter, strict=True)
    if used:
        end = start + sum(len(item.encode()) for item in lines[:used])
        return OddRecord(start, end - lines[used - 1].endswith("\n"), line, cells)
    cells, used = _read_record([first], delimiter, strict=False)
    return OddRecord(start, first_end, line, cells if used else [first.strip("\r\n")])


def _split_lines(text: bytes, start: int) -> Iterator[bytes]:
    """Yield up to LONGEST_RECORD lines from `start`, ends kept."""
    for _ in range(LONGEST_RECORD):
        end = text.find(b"\n", start) + 1 or len(text)
        if start >= end:
            return
        yield text[start:end]
        start = end


def _read_record(lines: Sequence[str], delimiter: str, *, strict: bool) -> tuple[list[str], int]:
    """Return the first record of `lines` and how many of them it takes; 0 when its quotes do not close in them."""
    reader = csv.reader(chain(lines, [""]), delimiter=delimiter, strict=strict)
    try:
        cells = next(reader)
    except (csv.Error, StopIteration):
        return [], 0
    is_balanced = strict or "".join(lines).count('"') % 2 == 0
    return cells, reader.line_num if reader.line_num <= len(lines) and is_balanced else 0


def split_record(record: bytes, delimiter: str, *, is_quoted: bool) -> list[str]:
    """Return the cells of one whole record."""
    text = record.decode().rstrip("\r")
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) if is_quoted else text.split(delimiter)


def read_each_record(text: bytes, delimiter: str) -> Iterator[OddRecord]:
    """Yield every record by the standard reader: slow, for texts in which stray quotes are the rule."""
    position, line = 0, 1
    while position < len(text):
        end = text.find(b"\n", position)
        end = len(text) if end < 0 else end
        record = text[position:end].strip(b"\r")
        if b'"' in record:
            taken = _take_odd_record(text, position, line, delimiter)
        else:
            taken = OddRecord(position, end, line, split_record(record, delimiter, is_quoted=False) if record else [])
        yield taken
        line += text.count(b"\n", position, taken.end + 1)
        position = taken.end + 1
