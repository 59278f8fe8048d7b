"""What kind of file this really is, and whether it is safe to open: looked at before any reader sees it.

Belongs here: first bytes, sizes, the parts inside a zip package. Does not belong here: reading cells, and unpacking a
zipped delivery (`connectors.formats.archives`).

An .xlsx is a zip of XML: a small one can unpack to gigabytes, and a document type inside a sheet makes the spreadsheet
reader drop rows without a word. The directory of the package is measured first, which costs nothing; then the start of
every part is read, where alone a document type may stand. Sizes that are not true show when a part is unpacked.
"""

import errno
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final

from connectors.refusals import FileRefused, Place
from registry.schema.text import Text

UNPACKED_BYTES: Final = 1024**3
"""A package may unpack to this much, where the district says nothing else."""

UNPACKED_RATIO: Final = 100
FREE_BYTES: Final = 64 * 1024**2
"""Real sheets pack 10 to 40 times; past `UNPACKED_RATIO` a package is refused once it is larger than this."""

MOST_PARTS: Final = 10_000
CHUNK: Final = 1024 * 1024
PACKED: Final = b"PK\x03\x04"
PACKED_EMPTY: Final = b"PK\x05\x06"
OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
PARQUET: Final = b"PAR1"
PROLOG: Final = 4096
LONGEST_PROLOG: Final = 4 * 1024**2
ELEMENT: Final = re.compile(rb"<\x00?[A-Za-z]")
DECLARATION: Final = re.compile(rb"<\x00*!\x00*(?:d\x00*o\x00*c\x00*t\x00*y\x00*p|e\x00*n\x00*t\x00*i\x00*t)", re.IGNORECASE)
"""<!DOCTYPE or <!ENTITY in UTF-8, UTF-16 or UTF-32."""

XML_SUFFIXES: Final = (".xml", ".rels", ".vml")
OTHERWISE_ENCODED: Final = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<", b"\x00\x00", b"\x4c\x6f\xa7\x94", b"+ADw")
"""XML in UTF-16, UTF-32, EBCDIC or UTF-7: the spreadsheet reader takes such a sheet for an empty one, without a word."""

REMEDY_SAVE = Text(
    "请用电子表格软件打开，另存为 .xlsx 或 CSV 后重新报送", "open it in a spreadsheet program, save it as .xlsx or CSV and deliver it again"
)
REMEDY_ZIP = Text(
    "请把名册文件直接放入压缩包（或不压缩）后重新报送", "put the rolls straight into the archive, or deliver them without one"
)
DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, UnicodeError, ValueError)
"""What Python's reader of zip files raises on broken ones; RuntimeError on encrypted parts."""


class Kind(StrEnum):
    """What the first bytes of a file say it is."""

    PACKAGE = "package"
    OLD_BOOK = "old_book"
    TEXT = "text"
    HTML = "html"
    PARQUET = "parquet"
    ARCHIVE = "archive"


ARCHIVES: Final = (PACKED, PACKED_EMPTY, b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""First bytes of zip, RAR, 7z, gzip, bzip2, xz and zstd."""

SPREADSHEET_SUFFIXES: Final = frozenset({".xlsx", ".xls", ".xlsm", ".et"})
TEXT_SUFFIXES: Final = frozenset({".csv", ".txt", ".tsv", ".tab", ".dat", ".prn"})
PAGE_SUFFIXES: Final = frozenset({".xls", ".et", ".htm", ".html"})
PARQUET_SUFFIXES: Final = frozenset({".parquet", ".pq"})
PAGE: Final = re.compile(rb"<\s*(?:!doctype\s+html|html|head|meta|table|body|div|style)\b", re.IGNORECASE)
WORKBOOK_XML: Final = b"urn:schemas-microsoft-com:office:spreadsheet"


def tell_kind(path: Path, file_bytes: int) -> Kind:
    """Return how `path` should be read, or refuse it: empty, too large, or not what its name says."""
    size = path.stat().st_size
    if not size:
        raise refuse_empty(path.name, Text("0字节的文件", "a file of 0 bytes"))
    if size > file_bytes:
        raise _unreadable(path.name, Text(f"不超过{file_bytes}字节", f"at most {file_bytes} bytes"), Text(f"{size}字节", f"{size} bytes"))
    with path.open("rb") as file:
        start = file.read(4096)
    suffix = path.suffix.lower()
    if start.startswith(PACKED) and suffix in SPREADSHEET_SUFFIXES:
        return Kind.PACKAGE
    if start.startswith(OLD_OFFICE) and suffix in SPREADSHEET_SUFFIXES:
        _require_no_password(path)
        return Kind.OLD_BOOK
    if start.startswith((PACKED, PACKED_EMPTY)) and suffix == ".zip":
        return Kind.ARCHIVE
    if start.startswith(PARQUET) and suffix in PARQUET_SUFFIXES:
        return Kind.PARQUET
    if suffix in PAGE_SUFFIXES and _is_page(start):
        return Kind.HTML
    if suffix in TEXT_SUFFIXES and not start.startswith((PACKED, OLD_OFFICE, b"%PDF", PARQUET)):
        return Kind.TEXT
    raise FileRefused("NOT_A_SPREADSHEET", Place(path.name), expected=_expected_kind(path), got=_describe_start(start), remedy=REMEDY_SAVE)


def _is_page(start: bytes) -> bool:
    plain = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return plain.startswith(b"<") and PAGE.search(plain) is not None and WORKBOOK_XML + b'">' not in plain[:400]


def _expected_kind(path: Path) -> Text:
    suffix = path.suffix.lower()
    kinds = (
        (SPREADSHEET_SUFFIXES, Text(f"{suffix} 电子表格", f"a spreadsheet, as {suffix} says")),
        (TEXT_SUFFIXES, Text(f"{suffix} 文本", f"text, as {suffix} says")),
        (PARQUET_SUFFIXES, Text(f"{suffix} 数据文件", f"a Parquet file, as {suffix} says")),
        (PAGE_SUFFIXES, Text(f"{suffix} 网页", f"a web page, as {suffix} says")),
        ({".zip"}, Text(".zip 压缩包", "a zip archive, as .zip says")),
    )
    other = Text(".xlsx、.xls、.csv、.zip 或 .parquet 文件", "a file named .xlsx, .xls, .csv, .zip or .parquet")
    return next((text for suffixes, text in kinds if suffix in suffixes), other)


def _describe_start(start: bytes) -> Text:
    kinds = (
        (
            start[:400].lstrip(b"\xef\xbb\xbf \t\r\n")[:5] == b"<?xml" and WORKBOOK_XML in start,
            Text("“XML 表格 2003”文件", "an XML Spreadsheet 2003"),
        ),
        (start.lstrip()[:13].lower() == b"mime-version:", Text("单个文件网页（MHTML）", "a single-file web page (MHTML)")),
        (start.lstrip()[:1] == b"<", Text("网页或 XML 文本", "a web page or XML text")),
        (start.startswith(PACKED), Text("压缩包或新式电子表格", "a zip package or newer spreadsheet")),
        (start.startswith(OLD_OFFICE), Text("旧式 Office 文件", "an old Office file")),
        (start.startswith(b"%PDF"), Text("PDF 文件", "a PDF document")),
        (start.startswith((b"Rar!", b"7z\xbc\xaf")), Text("RAR 或 7z 压缩包", "a RAR or 7z archive")),
        (start.startswith(PARQUET), Text("Parquet 文件", "a Parquet file")),
        (b"\x00" in start, Text("二进制内容", "binary content")),
    )
    return next((text for is_so, text in kinds if is_so), Text("普通文本", "plain text"))


def _unreadable(file: str, expected: Text, got: Text, remedy: Text = REMEDY_SAVE) -> FileRefused:
    return FileRefused("UNREADABLE", Place(file), expected=expected, got=got, remedy=remedy)


def refuse_empty(file: str, got: Text) -> FileRefused:
    """Return the refusal of a file that holds nothing."""
    return FileRefused(
        "EMPTY_FILE",
        Place(file),
        expected=Text("有数据的名册", "a roll with data"),
        got=got,
        remedy=Text("请重新导出并报送", "export it again and deliver it"),
    )


def refuse_unsafe(file: str, expected: Text, got: Text, remedy: Text = REMEDY_SAVE) -> FileRefused:
    """Return the refusal of a file that is not opened, because opening it could do harm."""
    return FileRefused("UNSAFE_FILE", Place(file), expected=expected, got=got, remedy=remedy)


def refuse_password(file: str) -> FileRefused:
    """Return the refusal of a file that asks for a password."""
    return _unreadable(
        file,
        Text("未加密的文件", "a file without a password"),
        Text("加密文件", "a protected file"),
        Text("请取消密码后重新报送", "take the password off and deliver it again"),
    )


def refuse_damaged(file: str) -> FileRefused:
    """Return the refusal of a file that is cut short or broken."""
    return _unreadable(
        file,
        Text("完整的文件", "a whole file"),
        Text("损坏或被截断的文件", "a damaged or truncated file"),
        Text("请重新导出并报送", "export it again and deliver it"),
    )


def refuse_too_large(file: str) -> FileRefused:
    """Return the refusal of a zip that would fill the disk or the memory."""
    return refuse_unsafe(
        file,
        Text("解压后大小正常的文件", "a file of ordinary size when unpacked"),
        Text("解压后过大的压缩包", "a package that unpacks to far too much"),
    )


def refuse_nested(file: str) -> FileRefused:
    """Return the refusal of an archive inside an archive."""
    return refuse_unsafe(
        file,
        Text("直接装有名册的压缩包", "an archive that holds rolls"),
        Text("压缩包中还有压缩包", "an archive inside the archive"),
        REMEDY_ZIP,
    )


def _require_no_password(path: Path) -> None:
    """A protected .xlsx is an old-style container with one encrypted stream."""
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        raise refuse_password(path.name)


@contextmanager
def open_zip(path: Path, unpacked_bytes: int) -> Iterator[zipfile.ZipFile]:
    """Open a zip whose directory keeps the limits; whatever breaks while it is open is a refusal."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > allowed_bytes(path, unpacked_bytes):
                raise refuse_too_large(path.name)
            if any(part.flag_bits & 0x1 for part in parts):
                raise refuse_password(path.name)
            if len({part.filename for part in parts}) < len(parts):
                raise refuse_unsafe(
                    path.name, Text("名称各不相同的部分", "parts of different names"), Text("重名的部分", "two parts of one name")
                )
            yield package
    except DAMAGE as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise refuse_damaged(path.name) from error


def allowed_bytes(path: Path, unpacked_bytes: int) -> int:
    """Return how much a zip may unpack to."""
    return min(unpacked_bytes, max(FREE_BYTES, path.stat().st_size * UNPACKED_RATIO))


def unpack_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, allowed: int, file: str) -> Iterator[bytes]:
    """Yield one part in small pieces; refuses it when it is larger than its directory says, or than allowed."""
    size = 0
    with package.open(part) as content:
        while chunk := content.read(CHUNK):
            size += len(chunk)
            if size > allowed:
                raise refuse_too_large(file)
            yield chunk


def require_safe_package(path: Path, unpacked_bytes: int = UNPACKED_BYTES) -> None:
    """Refuse an .xlsx that is damaged, claims to unpack to too much, or declares a document type in any part.

    XML allows the declaration only before the first element, so the start of each part tells.
    """
    with open_zip(path, unpacked_bytes) as package:
        for part in package.infolist():
            with package.open(part) as content:
                start = content.read(PROLOG)
                while len(start) < LONGEST_PROLOG and not ELEMENT.search(start) and (more := content.read(PROLOG)):
                    start += more
            if DECLARATION.search(start):
                raise _refuse_declaration(path.name)
            if start.startswith(OTHERWISE_ENCODED) and part.filename.endswith(XML_SUFFIXES):
                raise _refuse_encoding(path.name)


def _refuse_declaration(file: str) -> FileRefused:
    return refuse_unsafe(
        file,
        Text("不含文档类型声明的电子表格", "a spreadsheet without a document type"),
        Text("含 DOCTYPE 或 ENTITY 声明", "a DOCTYPE or ENTITY declaration inside"),
    )


def _refuse_encoding(file: str) -> FileRefused:
    return _unreadable(
        file, Text("UTF-8 编码的电子表格", "a spreadsheet written in UTF-8"), Text("其他编码的内部文件", "parts in another encoding")
    )
