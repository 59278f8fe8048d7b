"""Rows and columns of a spreadsheet that the screen does not show: found, so that its owner is told.

Belongs here: hidden columns, hidden and filtered-out rows, macros. Does not belong here: reading cells; hidden ones are
read like all others (`connectors.formats.excel`), because a list filtered by a clerk is still the whole list.

The spreadsheet reader does not tell what is hidden, so the parts are unpacked once more. The same pass proves that each
part is as large as the directory of the package says.
"""

import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import olefile
from lxml import etree

from connectors.formats.packages import allowed_bytes, open_zip, unpack_part

OVERLAP: Final = 400
"""Bytes of the last piece kept in front of the next, so that no tag looked for is cut in two."""

ROW: Final = re.compile(rb"""<(?:\w+:)?row\b(?=[^>]*\shidden\s*=\s*["'](?:1|true)["'])[^>]*?\sr\s*=\s*["'](\d+)["']""")
COLUMN: Final = re.compile(rb"""<(?:\w+:)?col\b(?=[^>]*\shidden\s*=\s*["'](?:1|true)["'])[^>]*>""")
BOUND: Final = re.compile(rb"""\s(min|max)\s*=\s*["'](\d+)["']""")
MACRO_PART: Final = "vbaProject.bin"
MACRO_STORE: Final = "_VBA_PROJECT_CUR"
MOST_COLUMNS: Final = 16_384

SPREADSHEET: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TIES: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

BOUNDSHEET, COLINFO, ROW_RECORD, END = 0x0085, 0x007D, 0x0208, 0x000A
"""Records of an .xls stream: [MS-XLS] 2.4.28, 2.4.53, 2.4.221, 2.4.103."""

WANTED: Final = frozenset({BOUNDSHEET, COLINFO, ROW_RECORD})
HEAD: Final = struct.Struct("<HH")
MOST_OLD_COLUMNS: Final = 256


@dataclass(frozen=True)
class Hidden:
    """What one sheet does not show: columns counted from 0, and the number of rows."""

    columns: tuple[int, ...] = ()
    row_count: int = 0


@dataclass(frozen=True)
class Unseen:
    """What one book does not show, by number of the sheet, and whether it holds macros, which are never run."""

    sheets: Mapping[int, Hidden]
    has_macros: bool = False


def find_unseen(path: Path, unpacked_bytes: int) -> Unseen:
    """Return what an .xlsx does not show; FileRefused when a part is not of the size its directory says."""
    found: dict[str, Hidden] = {}
    with open_zip(path, unpacked_bytes) as package:
        allowed = allowed_bytes(path, unpacked_bytes)
        for part in package.infolist():
            hidden = _look_through(unpack_part(package, part, allowed, path.name))
            if hidden != Hidden():
                found[part.filename] = hidden
            allowed -= part.file_size
        targets = _find_targets(package) if found else []
        has_macros = any(MACRO_PART in name for name in package.namelist())
    return Unseen({number: found[part] for number, part in enumerate(targets, 1) if part in found}, has_macros)


def _look_through(pieces: Iterator[bytes]) -> Hidden:
    """Return what the <col> and <row> tags of one part hide; the last bytes of a piece are looked at with the next one."""
    columns: set[int] = set()
    rows: set[bytes] = set()
    tail = b""
    for piece in pieces:
        window = tail + piece
        if b"hidden" in window:
            rows.update(ROW.findall(window))
            columns.update(*map(_read_span, COLUMN.findall(window)))
        tail = piece[-OVERLAP:]
    return Hidden(tuple(sorted(columns)), len(rows))


def _read_span(tag: bytes) -> range:
    bounds = {name: int(value) for name, value in BOUND.findall(tag)}
    return range(bounds.get(b"min", 1) - 1, min(bounds.get(b"max", 0), MOST_COLUMNS))


def _find_targets(package: zipfile.ZipFile) -> list[str]:
    """Return the part that holds each sheet, in the order of the book; none when the book does not say."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        ties = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"), parser)
        places = {tie.get("Id"): tie.get("Target", "") for tie in ties}
        sheets = list(etree.fromstring(package.read("xl/workbook.xml"), parser).iter(f"{SPREADSHEET}sheet"))
    except (etree.XMLSyntaxError, KeyError):
        return []
    return [posixpath.normpath(posixpath.join("xl", places.get(sheet.get(f"{TIES}id"), ""))).lstrip("/") for sheet in sheets]


def find_unseen_old(path: Path) -> Unseen:
    """Return what an .xls does not show; nothing when its container cannot be read, which the reader itself will say."""
    try:
        with olefile.OleFileIO(str(path)) as container:
            stream = next((name for name in ("Workbook", "Book") if container.exists(name)), None)
            content = container.openstream(stream).read() if stream else b""
            return Unseen(_look_through_old(content), container.exists(MACRO_STORE))
    except (OSError, ValueError, IndexError, KeyError, struct.error):
        return Unseen({})


def _look_through_old(content: bytes) -> dict[int, Hidden]:
    """Return what the COLINFO and ROW records of each sheet hide."""
    starts = [struct.unpack_from("<I", record)[0] for kind, record in _walk_records(content, 0) if kind == BOUNDSHEET]
    found = {number: _look_through_sheet(content, start) for number, start in enumerate(starts, 1)}
    return {number: hidden for number, hidden in found.items() if hidden != Hidden()}


def _look_through_sheet(content: bytes, start: int) -> Hidden:
    columns: set[int] = set()
    row_count = 0
    for kind, record in _walk_records(content, start):
        if kind == COLINFO and len(record) >= 10 and record[8] & 0x01:
            first, last = struct.unpack_from("<HH", record)
            columns.update(range(first, min(last, MOST_OLD_COLUMNS - 1) + 1))
        elif kind == ROW_RECORD and len(record) >= 16 and record[12] & 0x20:
            row_count += 1
    return Hidden(tuple(sorted(columns)), row_count)


def _walk_records(content: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of one substream that matter here, up to its end."""
    position, last = start, len(content) - 4
    while position <= last:
        kind, length = HEAD.unpack_from(content, position)
        if kind == END:
            return
        if kind in WANTED:
            yield kind, content[position + 4 : position + 4 + length]
        position += 4 + length
