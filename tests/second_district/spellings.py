"""The ways a name, a number, a day and an amount are written in the rolls of the made-up county.

Belongs here: spellings and slips. Does not belong here: files (`deliveries`).
"""

import random
import unicodedata
from datetime import date
from typing import Final

from tests.second_district.people import Person

SHORT: Final = {
    "Robert": "Bob",
    "William": "Bill",
    "James": "Jim",
    "Michael": "Mike",
    "Thomas": "Tom",
    "Joseph": "Joe",
    "Daniel": "Dan",
    "Elizabeth": "Liz",
    "Margaret": "Peggy",
    "Katherine": "Kate",
    "Susan": "Sue",
    "Deborah": "Deb",
}


def strip_accents(text: str) -> str:
    """Return text without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def slip(text: str, rng: random.Random) -> str:
    """Return one word with a letter doubled, dropped or swapped, past the first two; short words and several words stay."""
    if len(text) < 6 or " " in text:
        return text
    at = rng.randint(2, len(text) - 2)
    return rng.choice(
        [text[:at] + text[at : at + 1] + text[at:], text[:at] + text[at + 1 :], text[:at] + text[at + 1] + text[at] + text[at + 2 :]]
    )


def write_given(person: Person, rng: random.Random) -> str:
    """Return the given names as rolls have them: in full, with an initial, or the first one alone."""
    middle = rng.choice([person.middle, f"{person.middle[:1]}.", person.middle[:1], "", ""]) if person.middle else ""
    return f"{person.given} {middle}".strip()


def write_listed(person: Person, rng: random.Random) -> str:
    """Return `Surname, Given`, at times in capitals or without accents."""
    suffix = f" {person.suffix}" if person.suffix else ""
    text = rng.choice([f"{person.surname}, {write_given(person, rng)}{suffix}", f"{person.surname}{suffix}, {write_given(person, rng)}"])
    return rng.choice([text, text, text.upper(), strip_accents(text)])


def write_plain(person: Person, rng: random.Random) -> str:
    """Return `Given Surname` as an office copies it from a form."""
    return f"{write_given(person, rng)} {person.surname}{' ' + person.suffix if person.suffix else ''}"


def write_spoken(person: Person, rng: random.Random) -> str:
    """Return `Given Surname` as people say it: nicknames, maiden names, slips."""
    given, surname = write_given(person, rng), person.surname
    chance = rng.random()
    if chance < 0.15 and person.given in SHORT:
        given = SHORT[person.given]
    elif chance < 0.22 and person.maiden:
        surname = f"{person.surname} (née {person.maiden})"
    elif chance < 0.27:
        surname = slip(surname, rng)
    elif chance < 0.33:
        surname = surname.replace("'", "’").replace("-", " ")
    title = rng.choice(["", "", "", "Mr. " if person.sex == "M" else "Ms. "])
    return f"{title}{given} {surname}{' ' + person.suffix if person.suffix else ''}"


def write_number(person: Person, rng: random.Random, missing: float = 0.0, wrong: float = 0.0) -> str:
    """Return the number in one of its written forms, at times blank or with a wrong digit."""
    number, chance = person.number, rng.random()
    if chance < missing:
        return rng.choice(["", "", "N/A", "unknown", "MC0000000"])
    if chance < missing + wrong:
        at = rng.randint(3, 7)
        number = number[:at] + str((int(number[at]) + rng.randint(1, 8)) % 10) + number[at + 1 :]
    return rng.choice([number, f"{number[:2]}-{number[2:5]}-{number[5:]}", f"{number[:2]} {number[2:5]} {number[5:]}", number.lower()])


def write_day(day: date, rng: random.Random) -> str:
    """Return a day as Americans write it."""
    return rng.choice(
        [
            f"{day.month}/{day.day}/{day.year}",
            f"{day:%m/%d/%Y}",
            f"{day.month}-{day.day}-{day:%y}",
            f"{day.day} {day:%B %Y}",
            f"{day:%B} {day.day}, {day.year}",
            f"{day:%d-%b-%y}",
        ]
    )


def write_birth(day: date, rng: random.Random) -> str:
    """Return a birth date; two-digit years are kept for people they cannot make a hundred years younger."""
    long = [
        f"{day.month}/{day.day}/{day.year}",
        f"{day:%m/%d/%Y}",
        f"{day.day} {day:%B %Y}",
        f"{day:%b} {day.day}, {day.year}",
        day.isoformat(),
    ]
    return rng.choice([*long, f"{day.month}-{day.day}-{day:%y}"] if day.year % 100 > 16 else long)


def write_phone(phone: str, rng: random.Random) -> str:
    """Return a phone number in one of its written forms."""
    area, office, line = phone[:3], phone[3:6], phone[6:]
    return rng.choice(
        [f"({area}) {office}-{line}", f"{area}-{office}-{line}", f"{area}.{office}.{line}", f"+1 {area} {office} {line}", phone]
    )


def write_money(amount: float, rng: random.Random) -> str:
    """Return an amount with dollar sign, commas and cents, or some of them."""
    return rng.choice([f"${amount:,.2f}", f"{amount:,.2f}", f"$ {amount:,.2f}", f"{amount:.2f}", f"USD {amount:,.2f}"])
