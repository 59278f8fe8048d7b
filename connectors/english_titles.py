"""Periods stated in English above a header or in a file name: June 2016, Q2 2016, January to June 2016, June 30, 2016.

Belongs here: finding them in a text. Does not belong here: Chinese titles and whether a period can belong to a delivery
(`connectors.titles`), dates inside the data (`registry.standardise`).

3/4/2016 is not read here: a title does not say which of the two is the month. A fiscal year is not read either: it begins in
another month in every place.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4}
NAME: Final = r"(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|ember|tember|ober)?\.?(?![a-z])"
YEAR: Final = r"(?<!\d)(20\d\d)(?!\d)"
TO: Final = r"\s*(?:-|–|—|to|through|thru|until)\s*"
GAP: Final = r"[\s,_/-]*"
FILLED: Final = re.compile(
    r"(?:report|prepared|printed|exported|generated|created|issued|updated|run|extracted|submitted)(?: date| on)?\W*$|\bdate\W*$"
)
FOREVER: Final = 1200


class Period(NamedTuple):
    """A stated period in months counted from year 0; `day` where the text names one; where it stands."""

    first: int
    last: int
    day: int | None
    is_filling: bool
    text: str
    start: int


def _count(year: str, name: str) -> int:
    return int(year) * 12 + MONTHS.index(name[:3])


def _repeat(month: int) -> tuple[int, int]:
    return month, month


def _read_range(match: re.Match[str]) -> tuple[int, int]:
    last = _count(match[4], match[3])
    first = _count(match[2] or match[4], match[1])
    return (first if first <= last else first - 12), last


def _read_quarter(match: re.Match[str], year: int, quarter: int) -> tuple[int, int]:
    said = match[quarter]
    first = int(match[year]) * 12 + (ORDINALS.get(said) or int(said)) * 3 - 3
    return first, first + 2


Reader = Callable[[re.Match[str]], tuple[int, int]]
STATEMENTS: Final[tuple[tuple[str, Reader, int], ...]] = (
    (rf"{NAME}{GAP}(?:{YEAR})?{TO}{NAME}{GAP}{YEAR}", _read_range, 0),
    (rf"school year\W*{YEAR}\s*[-–/]\s*(?:20)?\d\d", lambda m: (int(m[1]) * 12 + 8, int(m[1]) * 12 + 19), 0),
    (
        rf"\b(first|second|third|fourth|[1-4])(?:st|nd|rd|th)? (?:quarter|qtr)(?: of)?{GAP}{YEAR}",
        lambda m: _read_quarter(m, 2, 1),
        0,
    ),
    (rf"\b(?:q|qtr|quarter) ?([1-4]){GAP}{YEAR}", lambda m: _read_quarter(m, 2, 1), 0),
    (rf"{YEAR}{GAP}(?:q|qtr|quarter) ?([1-4])\b", lambda m: _read_quarter(m, 1, 2), 0),
    (rf"\bsince {NAME}{GAP}{YEAR}", lambda m: (_count(m[2], m[1]), _count(m[2], m[1]) + FOREVER), 0),
    (rf"{NAME} ?([0-3]?\d)(?:st|nd|rd|th)?,? ?{YEAR}", lambda m: _repeat(_count(m[3], m[1])), 2),
    (rf"\b([0-3]?\d)(?:st|nd|rd|th)?(?: of)?[ -]{NAME}{GAP}{YEAR}", lambda m: _repeat(_count(m[3], m[2])), 1),
    (rf"{NAME}{GAP}{YEAR}", lambda m: _repeat(_count(m[2], m[1])), 0),
    (rf"(?<![\d/])(0?[1-9]|1[0-2])/{YEAR}", lambda m: _repeat(int(m[2]) * 12 + int(m[1]) - 1), 0),
)
"""How a period is written, how it is read, and which part of it is a day; the longest first."""

PATTERNS: Final = tuple((re.compile(pattern), reader, day) for pattern, reader, day in STATEMENTS)


def find_english_periods(text: str, *, is_file_name: bool = False) -> list[Period]:
    """Return every period `text` states in English, the day of filling in marked; a day in a file name is always that."""
    plain, found = text.lower(), []
    for pattern, reader, day in PATTERNS:
        for match in pattern.finditer(plain):
            first, last = reader(match)
            is_filling = bool(FILLED.search(plain[: match.start()])) or (is_file_name and day > 0)
            said = text[match.start() : match.end()].strip()
            found.append(Period(first, last, int(match[day]) if day else None, is_filling, said, match.start()))
        plain = pattern.sub(lambda match: "\x00" * len(match[0]), plain)
    return found
