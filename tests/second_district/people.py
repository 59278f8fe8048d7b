"""The people of the made-up county: families with known relations, and the traps names set.

Belongs here: who there is. Does not belong here: what they receive (`aid`), how rolls write them (`deliveries`).
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

MEN: Final = (
    "James|Robert|John|Michael|William|David|Richard|Joseph|Thomas|Charles|Daniel|Matthew|Anthony|Mark|Donald|Steven|Paul|"
    "Andrew|Joshua|Kenneth|Kevin|Brian|George|Timothy|Ronald|Edward|Jason|Jeffrey|Ryan|Jacob|Gary|Nicholas|Eric|Jonathan|"
    "Stephen|Larry|Justin|Scott|Brandon|Benjamin|Samuel|Gregory|Frank|Patrick|Raymond|Jack|Dennis|Jerry|Tyler|Aaron|José|"
    "Jürgen|Ángel|Seán"
)
WOMEN: Final = (
    "Mary|Patricia|Jennifer|Linda|Elizabeth|Barbara|Susan|Jessica|Sarah|Karen|Lisa|Nancy|Betsy|Margaret|Sandra|Ashley|"
    "Kimberly|Emily|Donna|Michelle|Carol|Amanda|Dorothy|Melissa|Deborah|Stephanie|Rebecca|Sharon|Laura|Cynthia|Kathleen|"
    "Amy|Angela|Shirley|Anna|Brenda|Pamela|Emma|Nicole|Helen|Samantha|Katherine|Christine|Debra|Rachel|Carolyn|Janet|Zoë|"
    "Renée|María"
)
SURNAMES: Final = (
    "Smith|Johnson|Williams|Brown|Jones|Davis|Miller|Wilson|Moore|Taylor|Anderson|Thomas|Jackson|White|Harris|Martin|"
    "Thompson|Robinson|Clark|Lewis|Lee|Walker|Hall|Allen|Young|King|Wright|Scott|Green|Baker|Adams|Nelson|Hill|Ramirez|"
    "Campbell|Mitchell|Roberts|Carter|Phillips|Evans|Turner|Torres|Parker|Collins|Edwards|Stewart|Flores|Morris|Nguyen|"
    "Murphy|Rivera|Cook|O'Brien|O'Connor|McDonald|MacLeod|García|Muñoz|Müller|Smith-Jones|Lee-Harper|van der Berg|"
    "de la Cruz|St. James|Hernández|Peña|Fitzgerald|Kowalski|Schneider|Novák|D'Angelo|Reyes-Ortiz|Whitaker|Abernathy"
)
"""Names, one bar between two."""

PLACES: Final = (
    ("Alder Falls", "Old Mill"), ("Alder Falls", "Riverside"), ("Alder Falls", "North Hill"), ("Brook End", "Station Road"),
    ("Brook End", "Harbor"), ("Brook End", "Quarry Bank"), ("Cedar Point", "Orchard Lane"), ("Cedar Point", "West Green"),
    ("Cedar Point", "Lakeside"),
)  # fmt: skip
STREETS: Final = ("Oak St", "Elm Ave", "Main St", "Maple Dr", "2nd St", "Church Rd", "Mill Ln", "Park Ave")
TODAY: Final = date(2016, 6, 30)


@dataclass(frozen=True)
class Person:
    """One person as the county clerk would know them."""

    true_person_id: str
    given: str
    middle: str
    surname: str
    suffix: str
    sex: str
    born: date
    household: str
    relation: str
    number: str
    town: str
    village: str
    address: str
    phone: str
    maiden: str = ""
    is_registered: bool = True

    @property
    def age(self) -> int:
        """Years on the last day of the month."""
        return TODAY.year - self.born.year - ((TODAY.month, TODAY.day) < (self.born.month, self.born.day))


@dataclass
class County:
    """Everybody, by household and by id."""

    people: list[Person] = field(default_factory=list)

    def household(self, name: str) -> list[Person]:
        """Return the members of one household, the head first."""
        return [person for person in self.people if person.household == name]

    def households(self) -> list[str]:
        """Return the households in order."""
        return list(dict.fromkeys(person.household for person in self.people))

    def find(self, person_id: str) -> Person:
        """Return one person."""
        return next(person for person in self.people if person.true_person_id == person_id)


def find_check_digit(digits: str) -> str:
    """Return the Luhn check digit of `digits`."""
    doubled = [int(digit) * (2 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits))]
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def _draw_number(rng: random.Random, used: set[str]) -> str:
    while True:
        digits = "".join(rng.choice("0123456789") for _ in range(6))
        number = f"MC{digits}{find_check_digit(digits)}"
        if number not in used and len(set(digits)) > 2:
            used.add(number)
            return number


def _draw_birth(rng: random.Random, youngest: int, oldest: int) -> date:
    return TODAY - timedelta(days=rng.randint(youngest * 365 + 20, oldest * 365))


def _draw_given(rng: random.Random, sex: str) -> tuple[str, str]:
    names = (MEN if sex == "M" else WOMEN).split("|")
    given = rng.choice(names)
    return given, rng.choice([name for name in names if name != given]) if rng.random() < 0.8 else ""


class _Registry:
    """Hands out ids and numbers while families are made."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.used, self.county = rng, set[str](), County()

    def add(self, home: dict[str, str], relation: str, sex: str, born: date, surname: str, **more: str) -> Person:
        given, middle = _draw_given(self.rng, sex)
        named: dict[str, Any] = (
            {"given": given, "middle": middle, "surname": surname, "suffix": "", "sex": sex, "relation": relation} | home | more
        )
        person = Person(true_person_id=f"T{len(self.county.people) + 1:04d}", born=born, number=_draw_number(self.rng, self.used), **named)
        self.county.people.append(person)
        return person


def _make_home(rng: random.Random, number: int) -> dict[str, str]:
    town, village = PLACES[number % len(PLACES)]
    return {
        "household": f"HH{number:04d}",
        "town": town,
        "village": village,
        "address": f"{rng.randint(1, 999)} {rng.choice(STREETS)}{rng.choice(['', '', ' Apt 2', ' #4'])}",
        "phone": f"555{rng.randint(2000000, 9999999)}",
    }


def build_county(seed: int, households: int = 100) -> County:
    """Return a county of about three people a household; families with a trap in their names come first."""
    rng = random.Random(seed)
    made = _Registry(rng)
    for number in range(1, households + 1):
        home = _make_home(rng, number)
        surname = rng.choice(SURNAMES.split("|"))
        head_sex = rng.choice("MF")
        head = made.add(home, "Head", head_sex, _draw_birth(rng, 27, 85), surname)
        if rng.random() < 0.6:
            _add_spouse(made, home, head, rng)
        for child in _make_children(made, home, head, rng, number):
            made.county.people[int(child.true_person_id[1:]) - 1] = child
    return made.county


def _add_spouse(made: _Registry, home: dict[str, str], head: Person, rng: random.Random) -> None:
    born = head.born + timedelta(days=rng.randint(-1500, 1500))
    if head.sex == "M":
        made.add(home, "Wife", "F", born, head.surname, maiden=rng.choice([name for name in SURNAMES.split("|") if name != head.surname]))
    else:
        made.add(home, "Husband", "M", born, head.surname)


def _make_children(made: _Registry, home: dict[str, str], head: Person, rng: random.Random, number: int) -> Iterator[Person]:
    """Yield the children of a head; every seventh family has twins, every ninth father a son of his own name."""
    oldest = head.age - 20
    count = rng.randint(0, 3) if oldest > 1 else 0
    births = [_draw_birth(rng, 0, min(oldest, 24)) for _ in range(count)] if oldest > 2 else []
    if number % 7 == 0 and births:
        births.append(births[0])
    for at, born in enumerate(births):
        sex = rng.choice("MF")
        child = made.add(home, "Son" if sex == "M" else "Daughter", sex, born, head.surname)
        if number % 9 == 0 and at == 0 and head.sex == "M":
            child = replace(child, sex="M", relation="Son", given=head.given, middle=head.middle, suffix="Jr.")
        yield child
