"""Example rows of a roll, about invented people, that land and read without a complaint.

Belongs here: one believable cell per declared column. Does not belong here: the workbook they are shown in
(`quality.reports.roll_template`), and anything about a real person: numbers begin with a prefix nobody was ever given.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from quality.reports.roll_template import list_choices
from registry.district import District
from registry.roll import SHEET, Column, PersonClause, Roll
from registry.standardise.identity_numbers import find_check_character

ROWS: Final = 2
LIVED: Final = (date(1957, 3, 12), date(1984, 10, 5), date(1962, 7, 21), date(1979, 1, 30), date(1949, 9, 9), date(1971, 5, 17))
HAN_NAMES: Final = ("陈小样", "林试填", "黄样例", "李示范", "吴例行", "郑填写")
LATIN_NAMES: Final = (
    ("Ann", "Sample"),
    ("John", "Example"),
    ("Mary", "Pattern"),
    ("Paul", "Specimen"),
    ("Ruth", "Model"),
    ("Carl", "Trial"),
)


@dataclass(frozen=True)
class Invented:
    """One person who does not exist: `number` tells apart the people of one sheet."""

    number: int
    district: District

    @property
    def birth(self) -> date:
        """Return the day of birth."""
        return LIVED[self.number % len(LIVED)]

    @property
    def is_latin(self) -> bool:
        """Whether names are written in Latin letters here."""
        return self.district.settings.names.script == "latin"

    def name(self, part: str | None = None) -> str:
        """Return the name, or one part of it."""
        if not self.is_latin:
            return HAN_NAMES[self.number % len(HAN_NAMES)]
        given, surname = LATIN_NAMES[self.number % len(LATIN_NAMES)]
        return {"given": given, "surname": surname, "suffix": ""}.get(part or "", f"{given} {surname}")

    def identity_number(self) -> str:
        """Return a number with a sound check digit; nothing where a district has a scheme of its own."""
        settings = self.district.settings
        if not settings.identity_number.is_national:
            return ""
        body = f"{settings.identity_prefixes[0]}{self.birth:%Y%m%d}{900 + self.number:03d}"
        return body + str(pl.select(find_check_character(pl.lit(body))).item())

    def sex(self) -> str:
        """Return the word for the sex the number tells."""
        is_male = (900 + self.number) % 2 == 1
        return ("M" if is_male else "F") if self.is_latin else ("男" if is_male else "女")

    def phone(self) -> str:
        """Return a number no exchange hands out."""
        form = self.district.settings.phones
        return f"1000000000{self.number}" if form.scheme == "cn" else f"20255501{self.number:02d}".ljust(form.digits[0], "1")

    def place(self, level: str) -> str:
        """Return the name of a district, town or village; people of one row come from one village."""
        places = self.district.places.with_columns(pl.col("parent_code").fill_null(""))
        villages = places.filter(pl.col("level") == "village")
        chosen = villages.row(self.number % ROWS % max(1, villages.height), named=True) if villages.height else places.row(-1, named=True)
        while chosen["level"] != level and chosen["parent_code"]:
            chosen = places.filter(pl.col("place_code") == chosen["parent_code"]).row(0, named=True)
        return str(chosen["name"])


def make_examples(roll: Roll, district: District) -> dict[str, tuple[str, ...]]:
    """Return for each declared column the cells of the example rows."""
    return {name: tuple(_fill_cell(name, column, roll, district, row) for row in range(ROWS)) for name, column in roll.columns.items()}


def _columns_of(named: str | list[str] | None) -> list[str]:
    return [] if named is None else [named] if isinstance(named, str) else named


def _fill_cell(name: str, column: Column, roll: Roll, district: District, row: int) -> str:
    """Return one cell: what its person would write when it tells of a person, else what its kind asks for."""
    for order, clause in enumerate(roll.people):
        person = Invented(order * ROWS + row, district)
        if name in {
            *_columns_of(clause.name),
            clause.identity_number,
            clause.birth_date,
            clause.age,
            clause.sex,
            clause.phone,
            clause.account,
        }:
            return _fill_person(name, column, clause, person)
        if name in _columns_of(clause.place):
            return _fill_place(name, clause, person)
    if column.lookup is not None:
        words = list_choices(roll.lookups[column.lookup])
        return words[row % len(words)]
    return _fill_kind(name, column, Invented(row, district))


def _fill_person(name: str, column: Column, clause: PersonClause, person: Invented) -> str:
    if name == clause.age:
        return str(int(person.district.settings.first_month[:4]) - person.birth.year)
    if name == clause.birth_date:
        return person.birth.isoformat()
    return _fill_kind(name, column, person)


def _fill_place(name: str, clause: PersonClause, person: Invented) -> str:
    """Return a place: of several columns the last is the village, the one before it the town."""
    columns = [column for column in _columns_of(clause.place) if column != SHEET]
    from_below = len(columns) - 1 - columns.index(name)
    return person.place(("village", "town", "district")[min(from_below, 2)])


def _fill_kind(name: str, column: Column, person: Invented) -> str:
    number = person.identity_number()
    year = int(person.district.settings.first_month[:4]) - 1
    cells = {
        "name": person.name(column.part),
        "identity_number": number,
        "certificate": number and f"{number}42",
        "date": f"{year}-11-05",
        "month": f"{year}-11",
        "period": _write_period(name, year),
        "amount": "300.00",
        "count": "2",
        "age": str(year - person.birth.year),
        "sex": person.sex(),
        "phone": person.phone(),
        "account": "9990123456789012345"[: 19 if not person.is_latin else person.district.settings.account_digits],
        "place": person.place("village"),
        "address": f"1 {person.place('village')}" if person.is_latin else f"{person.place('village')}1号",
        "relation": "Spouse" if person.is_latin else "配偶",
    }
    return cells.get(column.kind, "")


def _write_period(name: str, year: int) -> str:
    forms = {"school_year": f"{year}-{year + 1}", "semester": "1", "quarter": f"{year}Q4"}
    return forms.get(name, f"{year}-11")
