"""Bytes of a text file into UTF-8: which encoding they are in, told for sure or refused.

Belongs here: marks at the start, strict decoding, telling encodings apart by what they make of the bytes, characters that
an earlier conversion destroyed. Does not belong here: delimiters, quotes and records (`connectors.formats.csv`).

Everything is decoded in stretches that end with a line, so that a file of a gigabyte is never held as a Python string.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import polars as pl

from connectors.formats.sheets import DAMAGED_TEXT
from connectors.refusals import FileRefused, Place
from registry.schema.text import Text

STRETCH_BYTES: Final = 256 * 1024
"""Small enough for the processor's cache: decoding in stretches of this size is the fastest."""

SAMPLE_CHARACTERS: Final = 20_000
MARKS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
WIDE: Final = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
"""Encodings of two or four bytes: text in them holds zero bytes, in any other it never does."""

LOST, MOST_LOST = "\ufffd", 0.1
"""A few bytes that cannot be decoded send back their own rows; more than one in ten lines, and the encoding is another one."""

SURELY, HARDLY = 0.7, 0.5
"""Shares of common characters: real text has nearly only common ones; read in a wrong encoding it has mostly rare ones."""

CHINESE_MARKS: Final = frozenset("，。、；：？！（）“”《》·—〇○×０１２３４５６７８９\u3000")
MOST_ACCENTED, MOST_STRANGE = 0.3, 0.02
LATIN_MARKS: Final = frozenset("‘’“”–—…€£§°ºª«»·¡¿")
GB18030_2022: Final = {
    # Python maps these to private-use points; GB 18030-2022 gives them a place of their own.
    **{0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB},
    **{0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE},
    **{0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15, 0xE793: 0xFE16},
    **{0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19},
}
PRIVATE_LEAD: Final = "\ue78d".encode()[:1]
NEWLINE, RETURN = ord("\n"), ord("\r")
END_OF_FILE: Final = b"\x1a"
"""Programs of the eighties mark the end of a file with it."""

BLANK: Final = b"\x00\x1a \t\r\n,;|"
REMEDY: Final = Text("请另存为 UTF-8 或 GB18030 编码的文本后重新报送", "save it as text in UTF-8 or GB18030 and deliver it again")


@dataclass(frozen=True)
class Decoded:
    """The text of a file as UTF-8 without a mark, and whether it holds DAMAGED_TEXT."""

    text: bytes
    encoding: str
    is_damaged: bool


def decode_text(content: bytes, file: str) -> Decoded:
    """Return the text of `content`; FileRefused when the encoding cannot be told for sure.

    Tried in order, strictly: the encoding its mark names, UTF-32 and UTF-16 where zero bytes stand, UTF-8, GB18030 (never
    GBK: it cannot hold rare characters of names), Big5, Windows Latin. Where all fail at a few bytes only, those become
    U+FFFD, and their rows are sent back later.
    """
    mark, marked = next(((mark, encoding) for mark, encoding in MARKS if content.startswith(mark)), (b"", ""))
    body = content[len(mark) :] if mark else content
    decoded = _decode_as(body, marked) if marked else _decode_unmarked(body)
    decoded = decoded or _decode_partly(body, [marked] if marked else ["utf-8", "gb18030"], file)
    if b"\x00" in decoded.text:
        raise _refuse(file, decoded.text.count(b"\n", 0, decoded.text.index(b"\x00")) + 1)
    return decoded


def _decode_unmarked(content: bytes) -> Decoded | None:
    """Return the only convincing reading of bytes without a mark, or None."""
    if b"\x00" in content:
        return next((_decode_as(content, encoding) for encoding in WIDE if _is_wide(content, encoding)), None)
    decoded = _decode_as(content, "utf-8")
    if decoded is not None:
        return decoded
    encoding = _tell_narrow(content)
    return _decode_as(content, encoding) if encoding else None


def _decode_as(content: bytes, encoding: str) -> Decoded | None:
    """Return the text when every byte is in `encoding`."""
    is_damaged, parts = False, []
    try:
        for stretch in _cut(content, encoding):
            text = _require_utf8(stretch) if encoding == "utf-8" else _encode(stretch.decode(encoding), encoding)
            is_damaged = is_damaged or _is_damaged(text)
            if encoding != "utf-8":
                parts.append(text)
    except (UnicodeDecodeError, pl.exceptions.ComputeError):
        return None
    return Decoded(content if encoding == "utf-8" else b"".join(parts), encoding, is_damaged)


def _require_utf8(stretch: bytes) -> bytes:
    """Return the stretch, or raise ComputeError: Polars checks four times faster than Python decodes."""
    pl.Series([stretch], dtype=pl.Binary).cast(pl.String)
    return stretch


def _is_damaged(text: bytes) -> bool:
    """Tell whether UTF-8 text holds DAMAGED_TEXT; a look at two bytes each rules out nearly every stretch."""
    whole = np.frombuffer(text, dtype=np.uint8)
    marks = [mark.encode() for mark in DAMAGED_TEXT]
    return any(bool(((whole[:-1] == mark[1]) & (whole[1:] == mark[2])).any()) and mark in text for mark in marks)


def _cut(content: bytes, encoding: str) -> Iterator[bytes]:
    """Yield stretches that end between two characters: after a line, or at a whole unit of a wide encoding."""
    start = 0
    while start < len(content):
        end = min(start + STRETCH_BYTES, len(content))
        if encoding.startswith("utf-16") and end < len(content):
            end -= 2 if _is_first_half(content[end - 2 : end], encoding) else 0
        elif encoding not in WIDE:
            end = content.rfind(b"\n", start, end) + 1 or content.find(b"\n", end) + 1 or len(content)
        yield content[start:end]
        start = end


def _is_first_half(unit: bytes, encoding: str) -> bool:
    """Tell whether a unit of UTF-16 is the first of a pair."""
    return unit[1 if encoding == "utf-16-le" else 0] & 0xFC == 0xD8


def _encode(text: str, encoding: str) -> bytes:
    """Return text as UTF-8; where it was GB18030, the points that have a public place since 2022 leave the private area."""
    encoded = text.encode()
    return text.translate(GB18030_2022).encode() if encoding == "gb18030" and PRIVATE_LEAD in encoded else encoded


def _is_wide(content: bytes, encoding: str) -> bool:
    """Tell whether bytes with zeros among them are text of whole units: line ends are where they should be, all characters written ones."""
    unit = 4 if encoding.startswith("utf-32") else 2
    try:
        sample = content[: SAMPLE_CHARACTERS * unit].decode(
            encoding, errors="strict" if len(content) <= SAMPLE_CHARACTERS * unit else "ignore"
        )
    except UnicodeDecodeError:
        return False
    has_lines = "\n" in sample.replace("\r", "\n") and any("!" <= character <= "~" for character in set(sample))
    return len(content) % unit == 0 and has_lines and _is_written(sample)


def _is_written(text: str) -> bool:
    """Tell whether nearly all characters are ones that people write: assigned, no control characters."""
    strange = {character for character in set(text) - set("\t\r\n") if unicodedata.category(character) in {"Cc", "Cn", "Cs"}}
    return sum(map(text.count, strange)) <= MOST_STRANGE * len(text)


def _tell_narrow(content: bytes) -> str | None:
    """Return gb18030, big5hkscs or cp1252 for bytes that are not UTF-8; None when none is convincing."""
    readings = {encoding: _sample(content, encoding) for encoding in ("gb18030", "big5hkscs", "cp1252")}
    chinese, taiwanese, latin = readings.values()
    gb_share = _share(chinese, _common("gb2312", 0xB0, 0xF7)) if chinese else 0.0
    big5_share = _share(taiwanese, _common("big5", 0xA4, 0xC6)) if taiwanese else 0.0
    if gb_share >= SURELY:
        return "gb18030"
    if big5_share >= SURELY and gb_share < HARDLY:
        return "big5hkscs"
    if latin and gb_share < HARDLY and _is_latin(latin):
        return "cp1252"
    return "gb18030" if chinese and big5_share < SURELY and _is_written(_without_private(chinese)) else None


def _sample(content: bytes, encoding: str) -> str:
    """Return up to SAMPLE_CHARACTERS other than ASCII with one neighbour, empty when any byte looked at is not in `encoding`."""
    found: list[str] = []
    try:
        for stretch in _cut(content, encoding):
            if not stretch.isascii():
                found.append(stretch.decode(encoding))
            if sum(map(len, found)) > SAMPLE_CHARACTERS * 5:
                break
    except UnicodeDecodeError:
        return ""
    return "".join(found)


def _without_private(text: str) -> str:
    return text.translate(GB18030_2022)


def _share(text: str, common: frozenset[str]) -> float:
    """Return the share of common ones among the characters beyond ASCII."""
    wide = [character for character in text if character > "\x7f"]
    return sum(character in common for character in wide) / max(1, len(wide))


@cache
def _common(encoding: str, first: int, last: int) -> frozenset[str]:
    """Return the characters of an old standard with lead bytes in a range, and the punctuation of Chinese text."""
    cells = (bytes((lead, trail)) for lead in range(first, last + 1) for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    return frozenset(
        "".join(cell.decode(encoding, errors="ignore") for cell in cells if cell) + "，。、；：？！（）“”《》·—〇○×０１２３４５６７８９　"
    )


def _is_latin(text: str) -> bool:
    """Tell whether text is of a Latin language: accented letters stand singly among plain ones."""
    wide = [character for character in text if character > "\x7f"]
    paired = sum(left > "\x7f" and right > "\x7f" for left, right in zip(text, text[1:], strict=False))
    letters = sum(character.isalpha() for character in text)
    known = all(character in LATIN_MARKS or unicodedata.category(character)[0] == "L" for character in wide)
    return known and paired <= 0.1 * len(wide) and len(wide) <= MOST_ACCENTED * letters


def _decode_partly(content: bytes, encodings: list[str], file: str) -> Decoded:
    """Return the text with U+FFFD for the bytes that cannot be decoded, or refuse it when these are many."""
    best, fewest = None, 0
    for encoding in encodings:
        text = b"".join(stretch.decode(encoding, errors="replace").encode() for stretch in _cut(content, encoding))
        lost = text.count(LOST.encode())
        if best is None or lost < fewest:
            best, fewest = Decoded(text, encoding, is_damaged=True), lost
    if best is None or fewest > best.text.count(b"\n") * MOST_LOST:
        raise _refuse(file, _find_bad_line(content, encodings[-1]))
    return best


def _find_bad_line(content: bytes, encoding: str) -> int:
    """Return the line of the first byte that cannot be decoded."""
    line = 1
    for stretch in _cut(content, encoding):
        try:
            text = stretch.decode(encoding)
        except UnicodeDecodeError as error:
            return line + stretch[: error.start].decode(encoding, errors="ignore").count("\n")
        line += text.count("\n")
    return line


def _refuse(file: str, line: int) -> FileRefused:
    return FileRefused(
        "BAD_ENCODING",
        Place(file, row_number=line),
        expected=Text("UTF-8、GB18030 或 UTF-16 文本", "text in UTF-8, GB18030 or UTF-16"),
        got=Text("无法确定编码的字节", "bytes whose encoding cannot be told for sure"),
        remedy=REMEDY,
    )


def require_text(text: bytes, file: str) -> None:
    """Refuse a file without any cell."""
    if not text[:4096].strip(BLANK) and not text.strip(BLANK):
        raise FileRefused(
            "EMPTY_FILE",
            Place(file),
            expected=Text("有数据的名册", "a roll with data"),
            got=Text("空文件", "an empty file"),
            remedy=Text("请检查后重新导出并报送", "check it, export it again and deliver it"),
        )


def unify_line_ends(text: bytes) -> bytes:
    """Return text in which every line ends with a line feed; a carriage return before it is left for the reader to drop."""
    text = text.removesuffix(END_OF_FILE)
    if b"\r" not in text or not _has_lone_returns(text):
        return text
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _has_lone_returns(text: bytes) -> bool:
    whole = np.frombuffer(text, dtype=np.uint8)
    for start in range(0, whole.size, STRETCH_BYTES):
        block = whole[start : start + STRETCH_BYTES + 1]
        if bool(np.any((block[:-1] == RETURN) & (block[1:] != NEWLINE))):
            return True
    return text.endswith(b"\r")
