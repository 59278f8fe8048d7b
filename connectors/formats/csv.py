"""Delimited text into one all-text sheet, with the line of every record and the number of its cells.

Belongs here: putting cells, lines and numbers of cells together, records that are too short or too long. Does not belong
here: encodings, separators, quotes (`encodings`, `delimiters`, `records`), which line is the header and what a column
means (`connectors.headers`, `connectors.mapping`).

Polars fills short rows with null without a word. The separators outside quotes are therefore counted on the bytes: only
when there are exactly as many as the records need, and Polars found no record too long, is every record known to be whole.
Else each record is counted by itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from connectors.formats.delimiters import Delimited, find_delimiter
from connectors.formats.encodings import decode_text, require_text, unify_line_ends
from connectors.formats.records import (
    OddRecord,
    Records,
    count_text,
    find_records,
    has_quoted_cells,
    read_each_record,
    split_record,
)
from connectors.formats.sheets import Sheet, cell_names

MOST_SURPLUS: Final = 8
"""Cells kept beyond the usual number; the rest of a longer record stays together in the last of them."""

BATCH_RECORDS: Final = 20_000


def read_csv(path: Path) -> Sheet:
    """Return the one sheet of a delimited text file; FileRefused when it cannot be read as text."""
    decoded = decode_text(path.read_bytes(), path.name)
    require_text(decoded.text, path.name)
    table = find_delimiter(unify_line_ends(decoded.text), path.name)
    is_quoted = has_quoted_cells(table.text, ord(table.delimiter))
    sheet = _read_whole(table, is_quoted=is_quoted) or _read_counted(table, is_quoted=is_quoted) or _read_each(table)
    return replace(sheet, may_be_damaged=decoded.is_damaged)


def _parse(text: bytes, delimiter: str, width: int, *, is_quoted: bool) -> pl.DataFrame | None:
    """Return `width` columns of cells, empty ones null; None when Polars finds a longer record or cannot read the text."""
    schema = dict.fromkeys(cell_names(width), pl.String())
    quote = '"' if is_quoted else None
    try:
        cells = pl.read_csv(
            text, has_header=False, schema=schema, separator=delimiter, quote_char=quote, null_values=[""], missing_columns="insert"
        )
    except pl.exceptions.PolarsError:
        return None
    return cells


def _read_whole(table: Delimited, *, is_quoted: bool) -> Sheet | None:
    """Return the sheet when every record has `table.width` cells and stands on one line."""
    totals = count_text(table.text, ord(table.delimiter), is_quoted=is_quoted)
    is_even = totals.delimiters == totals.records * (table.width - 1) and table.width > 1
    if not (totals.is_plain and is_even) or totals.inner_lines:
        return None
    cells = _parse(table.text, table.delimiter, table.width, is_quoted=is_quoted)
    if cells is None or cells.height != totals.records:
        return None
    lines = pl.int_range(1, totals.records + 1, dtype=pl.Int64, eager=True).alias("row_number")
    return _frame_sheet(cells, lines, pl.repeat(table.width, totals.records, dtype=pl.Int64, eager=True), totals.records)


def _frame_sheet(cells: pl.DataFrame, lines: pl.Series, counts: pl.Series, record_count: int) -> Sheet:
    named = cells.select(lines.alias("row_number"), counts.alias("field_count"), pl.all())
    return Sheet("", 1, named, pl.DataFrame(), record_count)


def _read_counted(table: Delimited, *, is_quoted: bool) -> Sheet | None:
    """Return the sheet with every record counted by itself; None when too many have stray quotes."""
    records = find_records(table.text, ord(table.delimiter), is_quoted=is_quoted)
    if records is None:
        return None
    counts = np.concatenate((records.field_counts, [len(record.cells) for record in records.odd]))
    usual = int(np.bincount(counts[counts > 0].astype(np.int64)).argmax())
    width = min(int(counts.max()), usual + MOST_SURPLUS)
    records = _set_aside(table, records, width, is_quoted=is_quoted)
    cells = _parse(_leave_out(table.text, records.odd), table.delimiter, width, is_quoted=is_quoted)
    if cells is None or cells.height != records.ends.size:
        return None
    if is_quoted:
        cells = _unify_inner_lines(cells, table.text)
    sheet = _frame_sheet(cells, pl.Series(records.lines), pl.Series(records.field_counts), counts.size)
    filled = sheet.cells.filter(sheet.cells["field_count"] > 0)
    if records.odd:
        filled = pl.concat([filled, _frame_odd(records.odd, width, table.delimiter)], how="diagonal").sort("row_number")
    return replace(sheet, cells=filled)


def _unify_inner_lines(cells: pl.DataFrame, text: bytes) -> pl.DataFrame:
    return cells.with_columns(pl.all().str.replace_all("\r\n", "\n", literal=True)) if b"\r" in text else cells


def _set_aside(table: Delimited, records: Records, width: int, *, is_quoted: bool) -> Records:
    """Return records with those of more than `width` cells among the odd ones."""
    is_wide = records.field_counts > width
    if not is_wide.any():
        return records
    wide = [
        OddRecord(start, end, line, split_record(table.text[start:end], table.delimiter, is_quoted=is_quoted))
        for start, end, line in zip(*(part[is_wide].tolist() for part in (records.starts, records.ends, records.lines)), strict=True)
    ]
    starts, ends, lines, counts = (part[~is_wide] for part in (records.starts, records.ends, records.lines, records.field_counts))
    return Records(starts, ends, lines, counts, tuple(sorted([*records.odd, *wide], key=lambda record: record.start)))


def _leave_out(text: bytes, odd: Sequence[OddRecord]) -> bytes:
    """Return text without the odd records."""
    if not odd:
        return text
    starts = [0, *(record.end + 1 for record in odd)]
    return b"".join(text[start:end] for start, end in zip(starts, [*(record.start for record in odd), len(text)], strict=True))


def _frame_odd(records: Sequence[OddRecord], width: int, delimiter: str) -> pl.DataFrame:
    """Return records cut one by one as cells, short ones filled with null, what is beyond `width` kept in the last."""
    rows = [[*record.cells[: width - 1], delimiter.join(record.cells[width - 1 :])] for record in records]
    columns = {name: [_tidy(row[j]) if j < len(row) else None for row in rows] for j, name in enumerate(cell_names(width))}
    counts = {"row_number": [record.line for record in records], "field_count": [len(record.cells) for record in records]}
    schema = {"row_number": pl.Int64(), "field_count": pl.Int64(), **dict.fromkeys(columns, pl.String())}
    return pl.DataFrame({**counts, **columns}, schema=schema)


def _tidy(cell: str) -> str | None:
    return cell.replace("\r\n", "\n") or None


def _read_each(table: Delimited) -> Sheet:
    """Return the sheet with every record cut by the standard reader: slow, for texts in which stray quotes are the rule."""
    records = read_each_record(table.text, table.delimiter)
    parts, record_count = [], 0
    while batch := list(islice(records, BATCH_RECORDS)):
        filled = [record for record in batch if record.cells]
        width = min(max((len(record.cells) for record in filled), default=1), table.width + MOST_SURPLUS)
        parts.append(_frame_odd(filled, width, table.delimiter))
        record_count += len(batch)
    return Sheet("", 1, pl.concat(parts, how="diagonal"), pl.DataFrame(), record_count)
