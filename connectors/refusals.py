"""A file that is sent back whole: why, where, what was expected, what was found and how to mend it.

Belongs here: the one exception the reading of a delivery raises, and the sentence it makes in two languages. Does not
belong here: rows and cells sent back one by one (`connectors.quarantine`), and any cell value: a refusal may be logged.
"""

from dataclasses import dataclass

from registry.errors import DeliveryError
from registry.schema.text import Text


@dataclass(frozen=True)
class Place:
    """Where in a delivery something stands; empty parts are left out of the sentence."""

    file: str
    sheet: str = ""
    row_number: int | None = None
    cell: str | None = None

    def show(self) -> Text:
        """Return the place as people write it."""
        row = f"第{self.row_number}行" if self.row_number and not self.cell else ""
        zh = "".join([f"文件“{self.file}”", f"工作表“{self.sheet}”" if self.sheet else "", row, f"单元格{self.cell}" if self.cell else ""])
        parts = [f"file '{self.file}'", f"sheet '{self.sheet}'" if self.sheet else "", f"cell {self.cell}" if self.cell else ""]
        parts.append(f"row {self.row_number}" if row else "")
        return Text(zh, ", ".join(part for part in parts if part))


class FileRefused(DeliveryError):
    """One file cannot be used; the other files and rolls go on."""

    def __init__(self, reason_code: str, place: Place, *, expected: Text, got: Text, remedy: Text, column: str | None = None) -> None:
        where = place.show()
        super().__init__(
            f"{where.zh}：应为{expected.zh}，实为{got.zh}；{remedy.zh}。",
            f"{where.en}: expected {expected.en}, got {got.en}; {remedy.en}.",
        )
        self.reason_code, self.place, self.column = reason_code, place, column


def column_letters(position: int) -> str:
    """Return the spreadsheet letters of the column at `position`, counted from 0."""
    letters, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
