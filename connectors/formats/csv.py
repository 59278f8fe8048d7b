"""Delimited text into one all-text sheet, with the line of every record and the number of its cells.

Belongs here: encodings, delimiters, quoting, and records that are too short or too long. Does not belong here: which
line is the header and what a column means (`connectors.headers`, `connectors.mapping`).

Cells are counted on the bytes before Polars reads them, because Polars fills short rows with null without a word. A
record with quotes that are not plain CSV is read by Python's own reader instead.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from connectors.formats.sheets import DAMAGED_TEXT, Sheet, cell_names
from connectors.refusals import FileRefused, Place
from registry.schema.text import Text

DELIMITERS: Final = (",", ";", "\t", "|")
SAMPLE_LINES: Final = 50
LONGEST_RECORD: Final = 50
"""Lines one record may span: a longer one is an opening quote that nobody closed."""

BLOCK_BYTES: Final = 8 * 1024 * 1024
LOST, MOST_LOST = "\ufffd", 0.1
"""A few bytes that cannot be decoded send back their own rows; more than one in ten lines, and the encoding is another one."""

QUOTE, NEWLINE = ord('"'), ord("\n")
REMEDY_ENCODING = Text("请另存为 UTF-8 或 GB18030 编码的 CSV 后重新报送", "save it as CSV in UTF-8 or GB18030 and deliver it again")

GB18030_2022: Final = {
    # Python maps these to private-use points; GB 18030-2022 gives them a place of their own.
    **{0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB},
    **{0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE},
    **{0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15, 0xE793: 0xFE16},
    **{0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19},
}

Positions = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Records:
    """Where the records of a text stand: byte range, first line, number of cells."""

    starts: Positions
    ends: Positions
    lines: Positions
    field_counts: Positions


def read_csv(path: Path) -> Sheet:
    """Return the one sheet of a delimited text file; FileRefused when it cannot be read as text."""
    text, is_damaged = decode_text(path.read_bytes(), path.name)
    delimiter = find_delimiter(text)
    records = _find_records(np.frombuffer(text, dtype=np.uint8), ord(delimiter), has_quotes=b'"' in text)
    sheet = _read_columns(text, delimiter, records) if records else None
    return replace(sheet or _read_plainly(text, delimiter, path.name), may_be_damaged=is_damaged)


def decode_text(content: bytes, file: str) -> tuple[bytes, bool]:
    """Return the text of a file as UTF-8 with single newlines, and whether it holds DAMAGED_TEXT.

    Tried in order, strictly: UTF-16 with a mark, UTF-8, GB18030 (never GBK: it cannot hold rare characters of names).
    Where both fail at a few bytes only, those become U+FFFD, and their rows are sent back later.
    """
    text, decoded = _decode(content, file)
    if not text[:4096].strip(_BLANK) and not text.strip(_BLANK):
        got = Text("空文件", "an empty file")
        raise FileRefused("EMPTY_FILE", Place(file), expected=Text("有数据的名册", "a roll with data"), got=got, remedy=_DELIVER_AGAIN)
    if b"\x00" in text:
        raise _refuse_encoding(file, text.count(b"\n", 0, text.index(b"\x00")) + 1)
    is_damaged = any(mark in decoded for mark in DAMAGED_TEXT)
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text, is_damaged


_BLANK = b"\x00 \t\r\n,;|"
_DELIVER_AGAIN = Text("请检查后重新导出并报送", "check it, export it again and deliver it")


def _decode(content: bytes, file: str) -> tuple[bytes, str]:
    """Return the text as UTF-8 bytes and decoded."""
    mark = next((mark for mark in (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf") if content.startswith(mark)), b"")
    encodings = {b"": ("utf-8", "gb18030"), b"\xef\xbb\xbf": ("utf-8-sig",)}.get(mark, ("utf-16",))
    line = 1
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
        else:
            return _encode(text, content.removeprefix(mark) if encoding.startswith("utf-8") else None)
    best = min((content.decode(encoding, errors="replace") for encoding in encodings), key=lambda text: text.count(LOST))
    if best.count(LOST) > best.count("\n") * MOST_LOST:
        raise _refuse_encoding(file, line)
    return _encode(best, None)


def _encode(text: str, known: bytes | None) -> tuple[bytes, str]:
    """Return the text as UTF-8 and decoded; points of GB 18030-2022 leave the private area."""
    private = {} if known is not None else {point: chr(public) for point, public in GB18030_2022.items() if chr(point) in text}
    text = text.translate(private) if private else text
    return text.encode() if known is None else known, text


def _refuse_encoding(file: str, line: int) -> FileRefused:
    return FileRefused(
        "BAD_ENCODING",
        Place(file, row_number=line),
        expected=Text("UTF-8、GB18030 或带标记的 UTF-16 文本", "text in UTF-8, GB18030 or UTF-16 with a mark"),
        got=Text("无法解码的字节", "bytes that cannot be decoded"),
        remedy=REMEDY_ENCODING,
    )


def find_delimiter(text: bytes) -> str:
    """Return the delimiter that cuts most of the first lines into the same number of cells."""
    sample = [line for line in text[: 64 * 1024].decode("utf-8", errors="ignore").split("\n")[:SAMPLE_LINES] if line.strip()]

    def score(delimiter: str) -> int:
        counts = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        usual = max(sorted(set(counts)), key=counts.count) if counts else 1
        return (usual - 1) * counts.count(usual)

    return max(DELIMITERS, key=score)


def _parse(text: bytes, delimiter: str, width: int) -> pl.DataFrame:
    return pl.read_csv(text, has_header=False, new_columns=cell_names(width), separator=delimiter, infer_schema=False)


def _find_records(text: Bytes, delimiter: int, *, has_quotes: bool) -> Records | None:
    """Return the records of `text`, or None when its quotes are not plain CSV."""
    if has_quotes and not _quotes_are_plain(text, np.flatnonzero(text == QUOTE), delimiter):
        return None
    blocks = [_Block(text[start : start + BLOCK_BYTES], start) for start in range(0, text.size, BLOCK_BYTES)]
    parts, delimiters, newlines, quotes = [], 0, 0, 0
    for block in blocks:
        found = block.find_ends(delimiter, quotes if has_quotes else None)
        parts.append((found.ends, found.delimiters_before + delimiters, found.lines + newlines))
        delimiters, newlines, quotes = delimiters + found.delimiter_count, newlines + found.newline_count, quotes + found.quote_count
    if text[-1] != NEWLINE:
        parts.append((np.array([text.size]), np.array([delimiters]), np.array([newlines + 1])))
    ends, before, last_lines = (np.concatenate(part) for part in zip(*parts, strict=True))
    lines = np.concatenate(([1], last_lines[:-1] + 1))
    if (last_lines - lines).max() >= LONGEST_RECORD:
        return None
    return Records(np.concatenate(([0], ends[:-1] + 1)), ends, lines, np.diff(before, prepend=0) + 1)


@dataclass(frozen=True)
class _Ends:
    """Ends of records in one block: where, how many delimiters before each, which line ends there."""

    ends: Positions
    delimiters_before: Positions
    lines: Positions
    delimiter_count: int
    newline_count: int
    quote_count: int


@dataclass(frozen=True)
class _Block:
    """A stretch of the text: counting in blocks keeps the arrays small."""

    text: Bytes
    start: int

    def find_ends(self, delimiter: int, quotes_before: int | None) -> _Ends:
        """Return the record ends; a position inside quotes has an odd number of quotes before it, and doubled ones keep the count right."""
        newlines, delimiters = np.flatnonzero(self.text == NEWLINE), np.flatnonzero(self.text == delimiter)
        lines, quote_count = np.arange(1, newlines.size + 1), 0
        newline_count = newlines.size
        if quotes_before is not None:
            quotes = np.flatnonzero(self.text == QUOTE)
            quote_count = quotes.size
            is_end = (np.searchsorted(quotes, newlines) + quotes_before) % 2 == 0
            newlines, lines = newlines[is_end], lines[is_end]
            delimiters = delimiters[(np.searchsorted(quotes, delimiters) + quotes_before) % 2 == 0]
        before = np.searchsorted(delimiters, newlines)
        return _Ends(newlines + self.start, before, lines, delimiters.size, newline_count, quote_count)


def _quotes_are_plain(text: Bytes, quotes: Positions, delimiter: int) -> bool:
    """Tell whether every quote opens a cell, closes one or is doubled inside one."""
    if quotes.size % 2:
        return False
    borders = np.array([delimiter, NEWLINE, QUOTE], dtype=np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    before, after = text[opening - 1], text[(closing + 1) % text.size]
    opens = np.isin(before, borders) | (opening == 0)
    closes = np.isin(after, borders) | (closing == text.size - 1)
    return bool(opens.all() and closes.all())


def _read_columns(text: bytes, delimiter: str, records: Records) -> Sheet | None:
    """Return the sheet as Polars reads it, ragged records put back in their place; None when Polars reads other records."""
    filled = records.ends > records.starts
    usual = int(np.bincount(records.field_counts[filled]).argmax())
    regular = filled & (records.field_counts == usual)
    try:
        cells = _parse(_keep_records(text, records, regular), delimiter, usual)
    except pl.exceptions.PolarsError:
        return None
    if cells.shape != (int(regular.sum()), usual):
        return None
    if b'""' in text:
        cells = cells.with_columns(pl.when(pl.all() != "").then(pl.all()))
    lines = pl.Series("row_number", records.lines if regular.all() else records.lines[regular], dtype=pl.Int64)
    cells = cells.select(lines, pl.lit(usual, dtype=pl.Int64).alias("field_count"), pl.all())
    odd = np.flatnonzero(filled & ~regular)
    if odd.size:
        ragged = [_split_record(text[records.starts[i] : records.ends[i]], delimiter) for i in odd]
        cells = pl.concat([cells, _frame_rows(ragged, records.lines[odd].tolist())], how="diagonal").sort("row_number")
    return Sheet("", 1, cells, pl.DataFrame(), records.starts.size)


def _keep_records(text: bytes, records: Records, wanted: npt.NDArray[np.bool_]) -> bytes:
    if wanted.all():
        return text
    lengths = np.diff(np.append(records.starts, len(text)))
    kept = np.frombuffer(text, dtype=np.uint8)[np.repeat(wanted, lengths)].tobytes()
    return kept if kept.endswith(b"\n") or not kept else kept + b"\n"


def _split_record(record: bytes, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(record.decode(), newline=""), delimiter=delimiter))


def _frame_rows(rows: Sequence[Sequence[str]], lines: Iterable[int]) -> pl.DataFrame:
    """Return rows of unequal length as cells, short ones filled with null."""
    width = max(map(len, rows))
    columns = {name: [row[j] or None if j < len(row) else None for row in rows] for j, name in enumerate(cell_names(width))}
    counts = {"row_number": list(lines), "field_count": [len(row) for row in rows]}
    schema = {"row_number": pl.Int64(), "field_count": pl.Int64(), **dict.fromkeys(columns, pl.String())}
    return pl.DataFrame({**counts, **columns}, schema=schema)


def _read_plainly(text: bytes, delimiter: str, file: str) -> Sheet:
    """Read a text whose quoting is odd with Python's reader: slow, but it forgives what it can."""
    reader = csv.reader(io.StringIO(text.decode(), newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    lines: list[int] = []
    record_count, line = 0, 1
    try:
        for row in reader:
            if reader.line_num - line >= LONGEST_RECORD:
                _refuse_quote(file, line)
            record_count += 1
            if row:
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error:
        _refuse_quote(file, line)
    return Sheet("", 1, _frame_rows(rows, lines), pl.DataFrame(), record_count)


def _refuse_quote(file: str, line: int) -> None:
    raise FileRefused(
        "UNREADABLE",
        Place(file, row_number=line),
        expected=Text("成对的双引号", "double quotes in pairs"),
        got=Text("从该行起有未闭合的双引号", "a quote opened here and never closed"),
        remedy=Text("请删除多余的双引号或重新导出后报送", "delete the stray quote or export the file again"),
    ) from None
