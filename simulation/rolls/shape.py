"""What a roll looks like before an office fills it in: heads, people, file form, rhythm.

Belongs here: the declaration types and the rows an office module hands over. Does not belong here: any particular roll
(`simulation.rolls.<office>`), the sheet layout (`simulation.sheets`), defects (`simulation.defects`).

Rows carry typed, correct values under the exact heads (dates as Date, money as Int64 fen, counts as Int64, the rest text)
and hidden columns that never reach a file: `@key` (Int64, stable name of the row), `@<role>` (the person meant), `@town`
and `@village` (for sheets and subtotals).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from registry.errors import ConfigError
from simulation.rolls.view import View

Form = Literal["csv", "tsv", "utf16", "fixed", "parquet", "html", "xlsx", "xls"]
"""html is a web page saved under the name .xls; utf16 what a spreadsheet program saves as "Unicode text"."""

SHEETLESS: Final = ("csv", "tsv", "utf16", "fixed", "parquet")
HEADLESS: Final = ("fixed", "parquet")
"""Forms without a header line."""

Frequency = Literal["monthly", "quarterly", "semester", "yearly"]
Content = Literal["snapshot", "new_rows", "year_to_date"]

SYNONYMS = {
    "姓名": ("姓名", "姓 名", "姓名*"),
    "身份证号": ("身份证号", "身份证号码", "身份证"),
    "身份证号码": ("身份证号码", "身份证号", "身份证"),
    "身份证": ("身份证", "身份证号", "身份证号码"),
    "账号": ("账号", "银行账号", "银行帐号"),
    "银行账号": ("银行账号", "银行帐号", "账号"),
    "银行帐号": ("银行帐号", "银行账号", "账号"),
    "联系电话": ("联系电话", "电话"),
    "与户主关系": ("与户主关系", "与户主关系*"),
}
"""Other heads the same column has been seen under (domain.md §4.4)."""


@dataclass(frozen=True)
class Head:
    """One column: its head, how its values are written, and the upper heads of a many-level header, joined by >."""

    name: str
    kind: str = "text"
    group: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """Return the upper heads from the top down."""
        return tuple(self.group.split(">")) if self.group else ()


@dataclass(frozen=True)
class Party:
    """One person a row names, and where.

    `person` is the hidden column with the true person; `mistaken_for` the hidden column of the head or guardian whose
    number is sometimes written into this person's cell.
    """

    role: str
    position: int
    name: str | None
    identity_number: str | None = None
    mistaken_for: str | None = None

    @property
    def person(self) -> str:
        """Return the hidden column with the true person."""
        return f"@{self.role}{self.position or ''}"


@dataclass(frozen=True)
class Summary:
    """A sheet of sums before the lists of a workbook; `build` gets the typed rows with their hidden columns."""

    name: str
    heads: tuple[Head, ...]
    build: Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Shape:
    """One roll as its owner sends it.

    `split` puts each town or village on a sheet of its own, or each `@file` into a file; `widths` are the bytes of each head in a
    fixed-width file; `is_packed` sends all files of a delivery in one zip.
    """

    roll: str
    code: str
    title: str
    department: str
    form: Form
    heads: tuple[Head, ...]
    parties: tuple[Party, ...]
    build: Callable[[View], pl.DataFrame]
    encoding: Literal["gb18030", "utf-8", "utf-8-sig"] = "gb18030"
    frequency: Frequency = "monthly"
    content: Content = "snapshot"
    split: Literal["", "town", "village", "file"] = ""
    subtotals: bool = False
    repeat_header: int = 0
    hidden: str = ""
    summary: Summary | None = None
    widths: tuple[int, ...] = ()
    is_packed: bool = False

    @property
    def typed_as(self) -> str:
        """Return the form as far as cells go: text files and web pages have no number or date cells."""
        return self.form if self.form in ("xlsx", "xls") else "csv"

    def kind(self, head: str) -> str:
        """Return how the values under `head` are written."""
        return next(item.kind for item in self.heads if item.name == head)

    def of_kind(self, *kinds: str) -> list[str]:
        """Return the heads of the given kinds."""
        return [item.name for item in self.heads if item.kind in kinds]


def heads(text: str) -> tuple[Head, ...]:
    """Return heads from `head=kind|head|>group|head…`; a part that starts with `>` names the upper head of what follows (>a>b: two)."""
    found: list[Head] = []
    group = ""
    for part in text.replace("\n", "").split("|"):
        word = part.strip()
        if word.startswith(">"):
            group = word[1:]
            continue
        name, _, kind = word.partition("=")
        found.append(Head(name, kind or "text", group))
    return tuple(found)


def is_due(shape: Shape, month: str, first: str) -> bool:
    """Return whether the roll is delivered in `month` of a simulation that starts in `first`."""
    number = int(month[5:])
    due = {"monthly": range(1, 13), "quarterly": (3, 6, 9, 12), "semester": (4, 10), "yearly": (3,)}[shape.frequency]
    return month == first or number in due


def list_months(first: str, last: str) -> tuple[str, ...]:
    """Return the months from `first` to `last`, both included."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    if end < start:
        raise ConfigError(f"月份范围颠倒：{first}:{last}", f"the months run backwards: {first}:{last}")
    return tuple(f"{at // 12}-{at % 12 + 1:02d}" for at in range(start, end + 1))
