"""What sets the cells of a text file apart: told by what cuts its first lines alike.

Belongs here: separators, also full-width ones typed by hand, and lists set apart by spaces only. Does not belong here:
quotes and records (`connectors.formats.records`).
"""

import csv
import re
from dataclasses import dataclass
from typing import Final

from connectors.refusals import FileRefused, Place
from registry.schema.text import Text

DELIMITERS: Final = (",", ";", "\t", "|")
WIDE_DELIMITERS: Final = ("，", "；")
"""Commas of a Chinese keyboard: they separate cells only where no ASCII separator cuts the usual line, else they belong to addresses."""

FREE_BYTES: Final = (b"\x1f", b"\x1e", b"\x1d", b"\x1c")
"""Separators no text holds; the reader wants one byte, a full-width comma has three."""

SAMPLE_LINES: Final = 50
SAMPLE_BYTES: Final = 64 * 1024
GAP: Final = re.compile(r"[ \u3000]{2,}")
LEAST_GAPS: Final = 2


@dataclass(frozen=True)
class Delimited:
    """A text with a separator of one byte, and the number of cells of its widest first lines."""

    text: bytes
    delimiter: str
    width: int


def find_delimiter(text: bytes, file: str) -> Delimited:
    """Return the separator that cuts most of the first lines into the same number of cells; FileRefused when only spaces do."""
    sample = [line for line in text[:SAMPLE_BYTES].decode("utf-8", errors="ignore").split("\n")[:SAMPLE_LINES] if line.strip()]
    counts = {delimiter: _count_cells(sample, delimiter) for delimiter in (*DELIMITERS, *WIDE_DELIMITERS)}
    best = max(DELIMITERS, key=lambda delimiter: _score(counts[delimiter]))
    if not _score(counts[best]):
        best = max(counts, key=lambda delimiter: _score(counts[delimiter]))
    if not _score(counts[best]):
        _require_no_gaps(sample, file)
    if best in WIDE_DELIMITERS:
        free = next(byte for byte in FREE_BYTES if byte not in text)
        return Delimited(text.replace(best.encode(), free), free.decode(), max(counts[best]))
    return Delimited(text, best, max(counts[best], default=1))


def _count_cells(sample: list[str], delimiter: str) -> list[int]:
    return [len(row) for row in csv.reader(sample, delimiter=delimiter)]


def _score(counts: list[int]) -> int:
    usual = max(sorted(set(counts)), key=counts.count) if counts else 1
    return (usual - 1) * counts.count(usual)


def _require_no_gaps(sample: list[str], file: str) -> None:
    """Refuse columns that only spaces set apart: an empty cell leaves no trace there, and every later cell would move."""
    gaps = [len(GAP.findall(line.strip())) for line in sample]
    if sum(count >= LEAST_GAPS for count in gaps) * 2 > len(sample):
        raise FileRefused(
            "UNREADABLE",
            Place(file),
            expected=Text("以逗号、分号、制表符或竖线分隔的文本", "text separated by commas, semicolons, tabs or bars"),
            got=Text("仅以空格对齐的列", "columns set apart by spaces only"),
            remedy=Text(
                "请另存为 CSV 后重新报送；如各列位置固定，可在名册声明中填写 fixed_width",
                "save it as CSV and deliver it again, or declare fixed_width for the roll if the columns have fixed places",
            ),
        )
