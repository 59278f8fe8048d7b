"""What kind of file this really is, and whether it is safe to open: looked at before any reader sees it.

Belongs here: first bytes, sizes, the parts inside an .xlsx package. Does not belong here: reading cells.

An .xlsx is a zip of XML: a small one can unpack to gigabytes, and a document type inside a sheet makes the spreadsheet
reader drop rows without a word. Both are looked for by unpacking every part in small pieces, with a limit.
"""

import re
import zipfile
import zlib
from enum import StrEnum
from pathlib import Path
from typing import IO, Final

from connectors.refusals import FileRefused, Place
from registry.schema.text import Text

UNPACKED_BYTES: Final = 1024**3
"""A package may unpack to this much."""

UNPACKED_RATIO: Final = 100
FREE_BYTES: Final = 64 * 1024**2
"""Real sheets pack 10 to 40 times; past `UNPACKED_RATIO` a package is refused once it is larger than this."""

MOST_PARTS: Final = 10_000
MOST_CELLS: Final = 60_000_000
"""The reader keeps a dense block of rows × columns in memory."""

CHUNK: Final = 1024 * 1024
DOCTYPE: Final = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
CELL: Final = re.compile(rb'<c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>')

REMEDY_SAVE = Text(
    "请用电子表格软件打开，另存为 .xlsx 或 CSV 后重新报送", "open it in a spreadsheet program, save it as .xlsx or CSV and deliver it again"
)


class Kind(StrEnum):
    """What the first bytes of a file say it is."""

    PACKAGE = "package"
    OLD_BOOK = "old_book"
    TEXT = "text"


SPREADSHEET_SUFFIXES: Final = frozenset({".xlsx", ".xls", ".xlsm", ".et"})


def tell_kind(path: Path, file_bytes: int) -> Kind:
    """Return how `path` should be read, or refuse it: empty, too large, or not what its name says."""
    size = path.stat().st_size
    if not size:
        raise FileRefused(
            "EMPTY_FILE",
            Place(path.name),
            expected=Text("有数据的名册", "a roll with data"),
            got=Text("0字节的文件", "a file of 0 bytes"),
            remedy=Text("请重新导出并报送", "export it again and deliver it"),
        )
    if size > file_bytes:
        raise _unreadable(path.name, Text(f"不超过{file_bytes}字节", f"at most {file_bytes} bytes"), Text(f"{size}字节", f"{size} bytes"))
    with path.open("rb") as file:
        start = file.read(512)
    is_sheet_name = path.suffix.lower() in SPREADSHEET_SUFFIXES
    if start.startswith(b"PK\x03\x04") and is_sheet_name:
        return Kind.PACKAGE
    if start.startswith(b"\xd0\xcf\x11\xe0") and is_sheet_name:
        _require_no_password(path)
        return Kind.OLD_BOOK
    if path.suffix.lower() in {".csv", ".txt", ".tsv"} and not start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        return Kind.TEXT
    raise FileRefused("NOT_A_SPREADSHEET", Place(path.name), expected=_expected_kind(path), got=_describe_start(start), remedy=REMEDY_SAVE)


def _expected_kind(path: Path) -> Text:
    if path.suffix.lower() in SPREADSHEET_SUFFIXES:
        return Text(f"{path.suffix} 电子表格", f"a spreadsheet, as {path.suffix} says")
    if path.suffix.lower() in {".csv", ".txt", ".tsv"}:
        return Text(f"{path.suffix} 文本", f"text, as {path.suffix} says")
    return Text(".xlsx、.xls 或 .csv 文件", "a file named .xlsx, .xls or .csv")


def _describe_start(start: bytes) -> Text:
    if start.lstrip()[:1] == b"<":
        return Text("网页或 XML 文本", "a web page or XML text")
    if start.startswith(b"PK\x03\x04"):
        return Text("压缩包或新式电子表格", "a zip package or newer spreadsheet")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return Text("旧式 Office 文件", "an old Office file")
    if start.startswith(b"%PDF"):
        return Text("PDF 文件", "a PDF document")
    return Text("二进制内容", "binary content") if b"\x00" in start else Text("普通文本", "plain text")


def _unreadable(file: str, expected: Text, got: Text, remedy: Text = REMEDY_SAVE) -> FileRefused:
    return FileRefused("UNREADABLE", Place(file), expected=expected, got=got, remedy=remedy)


def _require_no_password(path: Path) -> None:
    """A protected .xlsx is an old-style container with one encrypted stream."""
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        raise refuse_password(path.name)


def refuse_password(file: str) -> FileRefused:
    """Return the refusal of a file that asks for a password."""
    return _unreadable(
        file,
        Text("未加密的电子表格", "a spreadsheet without a password"),
        Text("加密文件", "a protected file"),
        Text("请取消密码后重新报送", "take the password off and deliver it again"),
    )


def require_safe_package(path: Path) -> None:
    """Refuse an .xlsx that is damaged, unpacks to too much, holds a document type, or claims a huge area of cells."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            allowed = _allowed_bytes(path)
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > allowed:
                raise _too_large(path.name)
            for part in parts:
                with package.open(part) as content:
                    allowed -= _scan_part(content, allowed, path.name, is_sheet="worksheets/" in part.filename)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, UnicodeError) as error:
        raise refuse_damaged(path.name) from error


def _allowed_bytes(path: Path) -> int:
    return min(UNPACKED_BYTES, max(FREE_BYTES, path.stat().st_size * UNPACKED_RATIO))


def _too_large(file: str) -> FileRefused:
    return _unreadable(
        file,
        Text("解压后大小正常的电子表格", "a spreadsheet of ordinary size when unpacked"),
        Text("解压后过大的压缩包", "a package that unpacks to far too much"),
    )


def refuse_damaged(file: str) -> FileRefused:
    """Return the refusal of a spreadsheet that is cut short or broken."""
    return _unreadable(file, Text("完整的电子表格", "a whole spreadsheet"), Text("损坏或被截断的文件", "a damaged or truncated file"))


def _scan_part(content: IO[bytes], allowed: int, file: str, *, is_sheet: bool) -> int:
    """Return the unpacked size of one part; sizes in the directory are not trusted."""
    size, tail, last_row, widest = 0, b"", 0, 0
    while chunk := content.read(CHUNK):
        size += len(chunk)
        if size > allowed:
            raise _too_large(file)
        window = tail + chunk
        if any(mark in window for mark in DOCTYPE):
            raise _unreadable(
                file,
                Text("不含文档类型声明的电子表格", "a spreadsheet without a document type"),
                Text("含 DOCTYPE 声明", "a DOCTYPE declaration inside"),
            )
        if is_sheet:
            last_row, widest = _measure_area(window, last_row, widest)
            if last_row * widest > MOST_CELLS:
                raise _too_large(file)
        tail = window[-200:]
    return size


def _measure_area(window: bytes, last_row: int, widest: int) -> tuple[int, int]:
    """Return the largest row and column of cells with content met so far."""
    found = CELL.findall(window)
    if not found:
        return last_row, widest
    letters = max({letters for letters, _ in found}, key=lambda column: (len(column), column))
    width = 0
    for letter in letters:
        width = width * 26 + letter - ord("A") + 1
    return max(last_row, int(found[-1][1]), int(found[0][1])), max(widest, width)
