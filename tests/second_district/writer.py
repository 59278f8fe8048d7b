"""Files of the made-up county's deliveries, with the truth about every person a row names.

Belongs here: text files and workbooks. Does not belong here: what stands in them (`deliveries`).
"""

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import xlsxwriter

from tests.second_district.people import TODAY, Person

MONTH: Final = "2016-06"
Cell = str | float | date | None
Row = tuple[Sequence[Cell], Mapping[str, Person | None]]


@dataclass
class Writer:
    """Writes rolls and keeps the truth about every person a row names."""

    inbox: Path
    rng: random.Random
    truth: list[tuple[str, str, str, str, int, str, int, str | None]] = field(default_factory=list)

    def _note(self, roll: str, file: str, sheet: str, row: int, named: Mapping[str, Person | None]) -> None:
        self.truth += [(roll, MONTH, file, sheet, row, role, 0, who.true_person_id if who else None) for role, who in named.items()]

    def write_text(self, roll: str, path: str, heads: list[str], rows: Sequence[Row], mark: str = ",") -> None:
        """Write a text file, the header in its first line."""
        target = self.inbox / MONTH / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file, delimiter=mark)
            out.writerow(heads)
            for number, (cells, named) in enumerate(rows, start=2):
                out.writerow(["" if cell is None else cell for cell in cells])
                self._note(roll, target.name, "", number, named)

    def write_workbook(
        self,
        roll: str,
        path: str,
        titles: list[str],
        heads: list[str],
        rows: Sequence[Row],
        feet: Sequence[Sequence[Cell]],
    ) -> None:
        """Write a workbook with titles above the header and totals and signatures below the rows."""
        target = self.inbox / MONTH / path
        target.parent.mkdir(parents=True, exist_ok=True)
        book = xlsxwriter.Workbook(str(target))
        book.set_properties({"created": TODAY})
        sheet, day = book.add_worksheet("Sheet1"), book.add_format({"num_format": "m/d/yyyy"})
        lines: list[Sequence[Cell]] = [*([title] for title in titles), heads, *(cells for cells, _ in rows), *feet]
        for number, cells in enumerate(lines):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif cell is not None:
                    sheet.write(number, column, cell)
        book.close()
        for number, (_, named) in enumerate(rows, start=len(titles) + 2):
            self._note(roll, target.name, "Sheet1", number, named)
