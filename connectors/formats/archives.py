"""Zipped deliveries: the files inside, unpacked into a private folder under names of our own.

Belongs here: names inside an archive, what makes an archive unsafe, unpacking within the limits. Does not belong here:
reading what was unpacked. Nothing an archive says decides where a byte is written.
"""

import hashlib
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from connectors.formats.packages import (
    ARCHIVES,
    REMEDY_ZIP,
    SPREADSHEET_SUFFIXES,
    allowed_bytes,
    open_zip,
    refuse_empty,
    refuse_nested,
    refuse_unsafe,
    unpack_part,
)
from connectors.formats.sheets import Member
from registry.schema.text import Text

MOST_MEMBERS: Final = 500
NO_MEMBER: Final = re.compile(r"(?:^|/)(?:__MACOSX/|\.|~\$|(?:thumbs\.db|desktop\.ini)$)", re.IGNORECASE)
"""What operating systems leave beside files; the same names are no deliveries in the inbox either."""

DEVICE: Final = re.compile(r"^(?:con|prn|aux|nul|clock\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)
"""Names that are devices on Windows, with any extension."""

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
OFFICE_SUFFIXES: Final = SPREADSHEET_SUFFIXES | {".docx", ".pptx", ".xlsb", ".ods", ".odt", ".ofd"}
"""Packages that are no archives: a note beside the rolls is refused by itself, not with them."""

SAFE_SUFFIX: Final = re.compile(r"\.[a-z0-9]{1,8}")
UTF8_FLAG: Final = 0x800
UNICODE_PATH: Final = 0x7075
"""Extra field with the name in UTF-8 (APPNOTE 4.6.9)."""


def unpack_archive(path: Path, folder: Path, unpacked_bytes: int) -> list[Member]:
    """Unpack the files of an archive into `folder`; FileRefused for the whole archive when any part of it is unsafe."""
    with open_zip(path, unpacked_bytes) as archive:
        parts = [(part, _read_name(part)) for part in archive.infolist()]
        for part, name in parts:
            _require_safe_member(part, name, path.name)
        wanted = [(part, name) for part, name in parts if not part.is_dir() and not NO_MEMBER.search(name)]
        if not wanted:
            raise refuse_empty(path.name, Text("空的压缩包", "an archive without files"))
        if len(wanted) > MOST_MEMBERS:
            raise refuse_unsafe(
                path.name,
                Text(f"不超过{MOST_MEMBERS}个文件的压缩包", f"an archive of at most {MOST_MEMBERS} files"),
                Text(f"{len(wanted)}个文件", f"{len(wanted)} files"),
                REMEDY_ZIP,
            )
        return list(_unpack(archive, wanted, path, folder, unpacked_bytes))


def _unpack(
    archive: zipfile.ZipFile, wanted: list[tuple[zipfile.ZipInfo, str]], path: Path, folder: Path, unpacked_bytes: int
) -> Iterator[Member]:
    allowed = allowed_bytes(path, unpacked_bytes)
    for number, (part, name) in enumerate(wanted, 1):
        suffix = PurePosixPath(name).suffix.lower()
        target = folder / f"member-{number}{suffix if SAFE_SUFFIX.fullmatch(suffix) else ''}"
        digest, size = hashlib.sha256(), 0
        with target.open("xb") as file:
            for piece in unpack_part(archive, part, allowed, path.name):
                if not size and piece.startswith(ARCHIVES) and suffix not in OFFICE_SUFFIXES:
                    raise refuse_nested(path.name)
                digest.update(piece)
                size += file.write(piece)
        allowed -= size
        yield Member(name, target, size, digest.hexdigest())


def _read_name(part: zipfile.ZipInfo) -> str:
    """Return the name of a member as it was meant: Chinese programs write GB18030 where the standard says code page 437."""
    if part.flag_bits & UTF8_FLAG:
        return part.orig_filename
    raw = part.orig_filename.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return part.orig_filename


def _require_safe_member(part: zipfile.ZipInfo, name: str, file: str) -> None:
    """Refuse the archive when a member's name leads out of it, names a device, or is a link."""
    plain = name.replace("\\", "/")
    steps = plain.rstrip("/").split("/")
    is_outside = plain.startswith("/") or ".." in steps or re.match(r"^[A-Za-z]:", plain) is not None
    kind = stat.S_IFMT(part.external_attr >> 16)
    found = (
        (CONTROL.search(name) is not None, Text("名称含控制字符的文件", "a file name with control characters")),
        (is_outside, Text("指向压缩包之外的文件名", "a file name that leads out of the archive")),
        (any(DEVICE.match(step) for step in steps), Text("以设备名命名的文件", "a file named like a device")),
        (kind not in (0, stat.S_IFREG, stat.S_IFDIR), Text("链接或特殊文件", "a link or special file")),
    )
    got = next((text for is_so, text in found if is_so), None)
    if got is not None:
        raise refuse_unsafe(file, Text("只含普通文件的压缩包", "an archive of plain files"), got, REMEDY_ZIP)
