"""What the rows above a header say about month and unit.

Belongs here: reading a stated month, quarter, semester or year, and whether it can belong to a delivery. Does not
belong here: dates inside the data (`registry.standardise`).

A file is refused only when what it states is clearly another period: last month's file must not pass as this month's,
while quarterly titles, school years and ledgers that run on since January are all fine.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from connectors.english_titles import find_english_periods
from connectors.headers import Header
from connectors.refusals import FileRefused, Place, column_letters
from registry.roll import Roll
from registry.schema.text import Text

QUARTER_MONTHS, GRACE_DAYS = 3, 15
"""A list is often filled in during the first days after its period."""

CHINESE: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")
CHINESE_MONTHS: Final = {"十二月": "12月", "十一月": "11月", "十月": "10月"}
FILLED: Final = re.compile(r"(?:填报|填表|制表|报送|上报|编制|打印|导出|统计|制作)(?:时间|日期|年月)[^0-9]{0,6}$")
YEAR, MONTH, DASH, DOT = r"(?<!\d)(20\d\d)", r"(0?[1-9]|1[0-2])", r"(?:-|至|到|~|—|–)", r"[./-]"

PATTERNS: Final = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("school_year", rf"{YEAR}年?{DASH}+(20\d\d)年?学年度?(?:第?([12上下])学期)?"),
        ("months", rf"{YEAR}年{MONTH}月?份?{DASH}{YEAR}年{MONTH}月"),
        ("range", rf"{YEAR}(?:年|{DOT}){MONTH}月?份?{DASH}{MONTH}月"),
        ("quarter", rf"{YEAR}年?度?第?([1-4])季度?"),
        ("half", rf"{YEAR}年?度?(上|下)半年"),
        ("season", rf"{YEAR}年?(春|秋)季?"),
        ("onward", rf"{YEAR}年{MONTH}月份?(?:起|以来|至今)"),
        ("month", rf"{YEAR}年{MONTH}月份?(?:([0-3]?\d)[日号])?"),
        ("month", rf"{YEAR}{DOT}{MONTH}{DOT}([0-3]?\d)(?!\d)"),
        ("month", rf"{YEAR}{DOT}{MONTH}(?!\d)"),
        ("year", rf"{YEAR}年(?!第?\d+号)"),
    )
)
COMPACT: Final = re.compile(rf"{YEAR}(0[1-9]|1[0-2])([0-3]\d)?(?!\d)")

UNITS: Final = {
    **{"元": 1, "圆": 1, "十元": 10, "百元": 100, "千元": 1000, "万元": 10_000, "十万元": 100_000, "百万元": 1_000_000},
    **{"hundreds": 100, "thousands": 1000, "'000": 1000, "000s": 1000, "millions": 1_000_000},
}
"""What one of a stated unit is in the currency of the district."""

MONEY: Final = r"美元|港元|港币|欧元|英镑|日元|新?台币|外币|[十百千万亿]*[元圆]"
TITLE_UNITS: Final = re.compile(
    rf"单位[:：]?(?:人民币)?({MONEY})|\((?:人民币|单位:?)*([十百千万亿]*元)\)|\bin (hundreds|thousands|millions|billions)\b|('000)\b"
)
HEAD_UNITS: Final = re.compile(
    rf"\((?:单位:?|人民币)*({MONEY})(?:/[^)]*)?\)$|\((?:in )?(hundreds|thousands|millions|billions|'000|000s)\)$"
)
CHINESE_TEXT: Final = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Statement:
    """A period some text states, in months counted from year 0, and whether it is only the day of filling in."""

    first: int
    last: int
    day: int | None
    is_filling: bool
    text: str
    start: int

    def meets(self, first: int, last: int) -> bool:
        """Tell whether it shares a month with the months from `first` to `last`."""
        return self.first <= last and self.last >= first


def count_months(year: int, month: int) -> int:
    """Return the month as a running number."""
    return year * 12 + month - 1


def find_statements(text: str, *, is_file_name: bool = False) -> list[Statement]:
    """Return every period stated in `text`; digits run together (201603) count in file names only."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    for written, digits in CHINESE_MONTHS.items():
        plain = plain.replace(written, digits)
    plain = re.sub(r"[〇零一二三四五六七八九]+(?=年|月|季|学期)", lambda found: found[0].translate(CHINESE), plain)
    found = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(plain):
            found.append(_read_statement(kind, match, plain, is_file_name=is_file_name))
        plain = pattern.sub(lambda match: "\x00" * len(match[0]), plain)
    if is_file_name:
        found += [_read_statement("month", match, plain, is_file_name=True) for match in COMPACT.finditer(plain)]
    found += [Statement(*period) for period in find_english_periods(unicodedata.normalize("NFKC", text), is_file_name=is_file_name)]
    return sorted(found, key=lambda statement: statement.start)


def _read_statement(kind: str, match: re.Match[str], plain: str, *, is_file_name: bool) -> Statement:
    first, last = _find_months(kind, match)
    day = int(match[3]) if kind == "month" and match.re.groups > 2 and match[3] else None
    is_filling = bool(FILLED.search(plain[: match.start()])) or (is_file_name and day is not None)
    return Statement(first, last, day, is_filling, match[0], match.start())


def _find_months(kind: str, match: re.Match[str]) -> tuple[int, int]:
    year = int(match[1])
    if kind == "school_year":
        half = {"1": (9, 13), "上": (9, 13), "2": (14, 20), "下": (14, 20)}.get(match[3] or "", (9, 20))
        return count_months(year, half[0]), count_months(year, half[1])
    if kind == "quarter":
        first = (int(match[2]) - 1) * QUARTER_MONTHS + 1
        return count_months(year, first), count_months(year, first + QUARTER_MONTHS - 1)
    if kind in {"half", "season"}:
        months = {"上": (1, 6), "下": (7, 12), "春": (2, 8), "秋": (9, 13)}[match[2]]
        return count_months(year, months[0]), count_months(year, months[1])
    if kind == "year":
        return count_months(year, 1), count_months(year, 12)
    first = count_months(year, int(match[2]))
    ends = {"range": lambda: count_months(year, int(match[3])), "months": lambda: count_months(int(match[3]), int(match[4]))}
    return first, ends[kind]() if kind in ends else first + (1200 if kind == "onward" else 0)


def find_period(month: str, frequency: str) -> tuple[int, int]:
    """Return the months a delivery of `frequency` in `month` may speak of."""
    year, number = int(month[:4]), int(month[5:])
    if frequency == "quarterly":
        first = (number - 1) // QUARTER_MONTHS * QUARTER_MONTHS + 1
        return count_months(year, first), count_months(year, first + QUARTER_MONTHS - 1)
    if frequency == "semester":
        # Spring semester February to August, autumn semester September to January.
        start = (year, 2, 6) if 2 <= number <= 8 else (year if number >= 9 else year - 1, 9, 4)
        return count_months(*start[:2]), count_months(*start[:2]) + start[2]
    if frequency == "yearly":
        return count_months(year, 1), count_months(year, 12)
    return count_months(year, number), count_months(year, number)


def find_contradiction(statements: Sequence[Statement], month: str, frequency: str) -> Statement | None:
    """Return a statement that clearly speaks of another period than the delivery, if there is one."""
    first, last = find_period(month, frequency)
    titles = [statement for statement in statements if not statement.is_filling]
    filled = [statement for statement in statements if statement.is_filling]
    if titles and not any(statement.meets(first, last) for statement in titles):
        return titles[0]
    # The title agrees: the day of filling in may lie a month to either side. Without a title it has to tell.
    slack = 1 if titles else 0
    if filled and not any(_was_filled_for(statement, first - slack, last + slack) for statement in filled):
        return filled[0]
    return None


def _was_filled_for(statement: Statement, first: int, last: int) -> bool:
    is_shortly_after = statement.first == last + 1 and (statement.day or 1) <= GRACE_DAYS
    return statement.meets(first, last) or is_shortly_after


def require_month(header: Header, roll: Roll, month: str, place: Place) -> None:
    """Refuse a sheet whose title states another period; without a title the name of the file has to agree."""
    found = [(number, position, said) for number, position, text in _titles(header) for said in find_statements(text)]
    if not found:
        found = [(0, 0, said) for said in find_statements(place.file, is_file_name=True)]
    wrong = find_contradiction([said for _, _, said in found], month, roll.delivery.frequency)
    if wrong is None:
        return
    row_number, position = next((number, position) for number, position, said in found if said is wrong)
    cell = f"{column_letters(position)}{row_number}" if row_number else None
    raise FileRefused(
        "WRONG_MONTH",
        Place(place.file, place.sheet if cell else "", row_number or None, cell),
        expected=Text(f"{month} 的名册", f"the roll of {month}"),
        got=Text(f"写明“{wrong.text}”的名册", f"one that says '{wrong.text}'"),
        remedy=Text("请报送本月名册，或放到相应月份的文件夹", "deliver this month's roll, or put the file into the folder of its month"),
    )


@dataclass(frozen=True)
class Unit:
    """A unit of money, the cell that states it, and the column it speaks for: none for a title, which speaks for all."""

    said: str
    row_number: int
    position: int
    column: str | None = None

    @property
    def times(self) -> int | None:
        """Return what one of it is in the currency of the district, None for a unit nobody declared."""
        return UNITS.get(self.said)


def find_units(header: Header, roll: Roll, place: Place) -> dict[str, int]:
    """Return for every amount column delivered in another unit what one of it is in the currency of the district.

    A head such as 金额(万元) speaks for its column, a title such as 单位：万元 for all others. Cells stay as delivered; who reads
    them multiplies. FileRefused when a unit is none we know, two titles differ, or a head states one over what is no amount.
    """
    amounts = {name for name, column in roll.columns.items() if column.kind == "amount"}
    if not amounts:
        return {}
    titles = [Unit(said, number, position) for number, position, text in _titles(header) for said in _find_unit_words(text, TITLE_UNITS)]
    heads = [
        Unit(said, header.last_row, head.position, head.column)
        for head in header.heads
        for said in _find_unit_words(head.label, HEAD_UNITS)
        if head.column
    ]
    strange = [unit for unit in (*heads, *titles) if unit.times is None]
    strange += [unit for unit in titles if unit.times != titles[0].times]
    strange += [unit for unit in heads if unit.times != 1 and unit.column not in amounts]
    if strange:
        raise _refuse_unit(strange[0], place)
    own = {unit.column: unit.times for unit in heads}
    common = titles[0].times if titles else 1
    delivered = sorted(amounts & {head.column for head in header.heads if head.column})
    return {name: times for name in delivered if (times := own.get(name, common)) and times != 1}


def _find_unit_words(text: str, pattern: re.Pattern[str]) -> list[str]:
    """Return the units of money a text states, in comparable form."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()
    packed = plain.replace(" ", "") if CHINESE_TEXT.search(plain) else plain
    return [next(filter(None, match.groups())) for match in pattern.finditer(packed)]


def _refuse_unit(unit: Unit, place: Place) -> FileRefused:
    return FileRefused(
        "WRONG_UNIT",
        Place(place.file, place.sheet, unit.row_number, f"{column_letters(unit.position)}{unit.row_number}"),
        expected=Text("同一种可换算的金额单位（元、千元、万元等）", "one unit of money that can be converted, such as 'in thousands'"),
        got=Text(f"单位“{unit.said}”", f"'{unit.said}'"),
        remedy=Text("请换算为元后重新报送", "convert the amounts and deliver the file again"),
    )


def _titles(header: Header) -> Iterator[tuple[int, int, str]]:
    """Yield the filled cells above the header; a label and the date in the next cell are read together."""
    for number, texts in header.titles:
        filled = [(position, text) for position, text in enumerate(texts) if text]
        for place, (position, text) in enumerate(filled):
            before = filled[place - 1][1] if place else ""
            is_bare_date = re.fullmatch(r"[\d年月日./: -]+", text.strip()) is not None
            yield number, position, f"{before[-12:]}{text}" if is_bare_date else text
