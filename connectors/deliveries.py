"""Finding what was delivered: which file in the inbox belongs to which roll, with its hash, size and ordinal.

Belongs here: `<inbox>/<month>/<department>/<file>`, file name patterns, provenance, files nobody declared. Does not
belong here: opening a file to see what is in it (`connectors.intake`).
"""

import fnmatch
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from connectors.quarantine import quarantine_file
from connectors.refusals import FileRefused, Place
from registry.district import MONTH_PATTERN, District
from registry.errors import DeliveryError
from registry.roll import Roll
from registry.schema.tables import empty_table
from registry.schema.text import Text


@dataclass(frozen=True)
class DeliveredFile:
    """One file of one roll: where it is and what identifies its bytes."""

    path: Path
    roll: str
    department: str
    month: str
    file_number: int
    file_hash: str
    byte_count: int


@dataclass(frozen=True)
class Found:
    """What the inbox holds for a month."""

    files: tuple[DeliveredFile, ...]
    unknown: pl.DataFrame


def find_deliveries(inbox: Path, month: str, district: District) -> Found:
    """Return the files of `month` by roll, and a quarantine row for each file nobody declared.

    Files are numbered within their roll by file name. Raises DeliveryError when the inbox, the month or any file in it is absent.
    """
    folder = _require_month_folder(inbox, month)
    paths = list(_walk(folder))
    if not paths:
        raise _nothing(folder, Text("至少一个名册文件", "at least one file of a roll"), Text("空文件夹", "an empty folder"))
    files: list[DeliveredFile] = []
    unknown: list[pl.DataFrame] = []
    numbers: dict[str, int] = {}
    for path in sorted(paths, key=lambda path: (_plain_name(path), path.as_posix())):
        roll = _find_roll(path, folder, district) if _is_inside(path, inbox) and _is_text(path) else None
        if roll is None:
            unknown.append(_quarantine_unknown(path, folder, month, len(unknown) + 1, is_inside=_is_inside(path, inbox)))
            continue
        numbers[roll.roll] = numbers.get(roll.roll, 0) + 1
        content_hash, size = _hash_file(path)
        files.append(DeliveredFile(path, roll.roll, roll.department, month, numbers[roll.roll], content_hash, size))
    ordered = sorted(files, key=lambda file: (file.roll, file.file_number))
    return Found(tuple(ordered), pl.concat(unknown) if unknown else empty_table("quarantine"))


def _require_month_folder(inbox: Path, month: str) -> Path:
    if not re.fullmatch(MONTH_PATTERN, month):
        raise DeliveryError(
            f"月份“{month}”写法有误：应为 YYYY-MM，如 2016-03", f"month '{month}' is not valid: expected YYYY-MM, such as 2016-03"
        )
    if not inbox.is_dir():
        got = Text("没有这个文件夹", "no such folder")
        raise _nothing(inbox, Text("含 <月份>/<部门>/<文件> 的收件文件夹", "an inbox with <month>/<department>/<file>"), got)
    folder = inbox / month
    if not folder.is_dir():
        months = sorted(path.name for path in inbox.iterdir() if path.is_dir() and re.fullmatch(MONTH_PATTERN, path.name))
        have = ", ".join([*months[:1], "…", *months[-1:]] if len(months) > 2 else months)
        got = Text(f"只有 {have}" if have else "空收件箱", f"only {have}" if have else "an empty inbox")
        raise _nothing(folder, Text(f"{month} 的文件夹", f"the folder of {month}"), got)
    return folder


def _nothing(folder: Path, expected: Text, got: Text) -> DeliveryError:
    return DeliveryError(
        f"收件处 {folder}：应为{expected.zh}，实为{got.zh}；请检查 --inbox 与月份，或先放入各部门文件",
        f"inbox {folder}: expected {expected.en}, got {got.en}; check --inbox and the month, or put the departments' files there first",
    )


def _walk(folder: Path) -> Iterator[Path]:
    """Yield every file below `folder`, without following linked folders; lock files of Office and hidden files are no deliveries."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or path.name in {"Thumbs.db", "desktop.ini"}:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


def _is_inside(path: Path, inbox: Path) -> bool:
    """Tell whether a path, links followed, is a file that stands in the inbox."""
    try:
        real = path.resolve()
        return real.is_file() and real.is_relative_to(inbox.resolve())
    except (OSError, RuntimeError):
        # A link that points to itself.
        return False


def _plain_name(path: Path) -> str:
    """Return the file name in composed form; some systems store it decomposed."""
    return unicodedata.normalize("NFC", _show_bytes(path.name))


def _is_text(path: Path) -> bool:
    """Tell whether a path is text; archives of Chinese programs unpacked elsewhere leave names in GB18030 bytes."""
    return not any("\ud800" <= sign <= "\udfff" for sign in str(path))


def _show_bytes(name: str) -> str:
    """Return a name whose bytes are not UTF-8 as they were most likely meant."""
    try:
        return name.encode().decode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", errors="replace")


def _find_roll(path: Path, folder: Path, district: District) -> Roll | None:
    """Return the roll a file belongs to by department folder and name; the longest pattern wins, a tie belongs to nobody."""
    parts = path.relative_to(folder).parts
    if len(parts) != 2:
        return None
    matches = [
        (len(pattern), roll.roll)
        for roll in district.rolls.values()
        for pattern in roll.delivery.glob
        if roll.department == parts[0] and fnmatch.fnmatchcase(_plain_name(path), pattern)
    ]
    best = {roll for length, roll in matches if length == max(matches)[0]}
    return district.rolls[best.pop()] if len(best) == 1 else None


def _hash_file(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def _describe_unknown(path: Path, *, is_inside: bool) -> Text:
    if not is_inside:
        return Text("指向收件箱之外的链接或特殊文件", "a link out of the inbox or a special file")
    if not _is_text(path):
        return Text("文件名编码不是 UTF-8 的文件，请先改名", "a file whose name is not UTF-8; rename it first")
    return Text("不属于任何名册的文件", "a file of no declared roll")


def _quarantine_unknown(path: Path, folder: Path, month: str, number: int, *, is_inside: bool) -> pl.DataFrame:
    parts = path.relative_to(folder).parts
    name = _plain_name(path)
    refusal = FileRefused(
        "UNKNOWN_FILE",
        Place(name),
        expected=Text("某一名册的文件名（见 rolls/*.yml 的 glob）", "a file name some roll declares (glob in rolls/*.yml)"),
        got=_describe_unknown(path, is_inside=is_inside),
        remedy=Text(
            "请放到所属部门的文件夹并按约定命名，或移走", "put it into its department's folder under the agreed name, or take it away"
        ),
    )
    address = {
        "month": month,
        "department": _show_bytes(parts[0]) if len(parts) > 1 else None,
        "file_name": name,
        "file_hash": _hash_file(path)[0] if is_inside else None,
    }
    return quarantine_file(address, refusal, f"UNKNOWN-{month.replace('-', '')}-{number}")
