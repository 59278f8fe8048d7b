"""A file that is sent back whole: why, where, what was expected, what was found and how to mend it.

Belongs here: the one exception the reading of a delivery raises, and the sentence it makes in two languages. Does not
belong here: rows and cells sent back one by one (`connectors.quarantine`), and any cell value: a refusal may be logged.
"""

import unicodedata
from dataclasses import dataclass, replace
from typing import Final

from registry.errors import DeliveryError
from registry.schema.text import Text

STEERING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control and format characters, lone surrogates, line and paragraph separators."""


@dataclass(frozen=True)
class Place:
    """Where in a delivery something stands; empty parts are left out of the sentence."""

    file: str
    sheet: str = ""
    row_number: int | None = None
    cell: str | None = None

    def show(self) -> Text:
        """Return the place as people write it."""
        file, sheet = show_name(self.file), show_name(self.sheet)
        row = f"第{self.row_number}行" if self.row_number and not self.cell else ""
        zh = "".join([f"文件“{file}”", f"工作表“{sheet}”" if sheet else "", row, f"单元格{self.cell}" if self.cell else ""])
        parts = [f"file '{file}'", f"sheet '{sheet}'" if sheet else "", f"cell {self.cell}" if self.cell else ""]
        parts.append(f"row {self.row_number}" if row else "")
        return Text(zh, ", ".join(part for part in parts if part))


def show_name(name: str) -> str:
    """Return a name as it may stand in a sentence: characters that steer a terminal or turn the writing direction are spelled out."""
    return "".join(f"\\u{ord(sign):04x}" if unicodedata.category(sign) in STEERING else sign for sign in name)


class FileRefused(DeliveryError):
    """One file cannot be used; the other files and rolls go on."""

    def __init__(self, reason_code: str, place: Place, *, expected: Text, got: Text, remedy: Text, column: str | None = None) -> None:
        where = place.show()
        super().__init__(
            f"{where.zh}：应为{expected.zh}，实为{got.zh}；{remedy.zh}。",
            f"{where.en}: expected {expected.en}, got {got.en}; {remedy.en}.",
        )
        self.reason_code, self.place, self.column = reason_code, place, column
        self.expected, self.got, self.remedy = expected, got, remedy

    def rename(self, file: str) -> "FileRefused":
        """Return the same refusal of a file that its owner knows under another name."""
        place = replace(self.place, file=file)
        return FileRefused(self.reason_code, place, expected=self.expected, got=self.got, remedy=self.remedy, column=self.column)


def column_letters(position: int) -> str:
    """Return the spreadsheet letters of the column at `position`, counted from 0."""
    letters, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
