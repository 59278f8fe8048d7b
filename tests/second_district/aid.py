"""What the county's people receive in the month, and the planted cases with their look-alikes.

Belongs here: who gets what, and which of it a rule should find. Does not belong here: how rolls write it (`deliveries`).
"""

import random
from dataclasses import dataclass, field
from datetime import date

from tests.second_district.people import TODAY, County, Person


@dataclass
class Aid:
    """The month's facts by roll, each with the person it is about, and the findings that are true."""

    deaths: list[tuple[Person, date]] = field(default_factory=list)
    cases: list[tuple[str, Person, list[tuple[Person, bool]], float]] = field(default_factory=list)
    disabled: list[tuple[Person, int, date]] = field(default_factory=list)
    allowance: list[tuple[Person, str, str]] = field(default_factory=list)
    supported: list[tuple[Person, date]] = field(default_factory=list)
    pupils: list[tuple[Person, str]] = field(default_factory=list)
    meals: list[Person] = field(default_factory=list)
    emergencies: list[tuple[str, Person, str, date, float]] = field(default_factory=list)
    relief: list[Person] = field(default_factory=list)
    findings: set[tuple[str, str]] = field(default_factory=set)
    lookalikes: set[tuple[str, str]] = field(default_factory=set)

    def plant(self, rule: str, person: Person) -> None:
        """Note that `rule` should find this person."""
        self.findings.add((rule, person.true_person_id))

    def excuse(self, rule: str, person: Person) -> None:
        """Note that `rule` should pass over this person, however much it looks like a case."""
        self.lookalikes.add((rule, person.true_person_id))


def _is_school_age(person: Person) -> bool:
    return 6 <= person.age <= 17


def give_aid(county: County, seed: int) -> Aid:
    """Return the month's facts."""
    rng, aid = random.Random(seed + 1), Aid()
    _open_cases(county, aid, rng)
    _certify(county, aid, rng)
    _support(county, aid, rng)
    _bury(county, aid, rng)
    _teach(county, aid, rng)
    _help_in_need(county, aid, rng)
    aid.relief = rng.sample([person for person in county.people if person.age >= 20], 60)
    return aid


def _open_cases(county: County, aid: Aid, rng: random.Random) -> None:
    """Thirty families draw cash; two people draw on two cases, one is only listed on the second."""
    chosen = [name for name in county.households() if len(county.household(name)) >= 3][:30]
    for number, name in enumerate(chosen, start=1):
        members = county.household(name)
        drawing = [(person, not (number % 6 == 0 and person is members[-1])) for person in members]
        aid.cases.append((f"C-{number:04d}", members[0], drawing, 300 + 10 * rng.randint(0, 60)))
    for at, (home, other, draws) in enumerate(((0, 7, True), (1, 8, True), (2, 9, False))):
        guest = aid.cases[home][2][-1][0]
        aid.cases[home][2][-1] = (guest, True)
        aid.cases[other][2].append((guest, draws))
        (aid.plant if at < 2 else aid.excuse)("A06", guest)


def _certify(county: County, aid: Aid, rng: random.Random) -> None:
    """Forty people hold a certificate; of the gravely disabled three were missed, one certificate has run out."""
    grown = [person for person in county.people if person.age >= 18]
    for at, person in enumerate(rng.sample(grown, 40)):
        grade = 1 + at % 4
        expires = date(2015, 12, 31) if at == 5 else date(2020, 6, 30)
        aid.disabled.append((person, grade, expires))
        if grade > 2:
            continue
        if at in {0, 8, 13}:
            aid.plant("M02", person)
        elif at == 5:
            aid.excuse("M02", person)
        else:
            aid.allowance.append((person, "June 2016", ""))
            aid.excuse("M02", person)


def _support(county: County, aid: Aid, rng: random.Random) -> None:
    """Twelve people live in supported homes; two of them also draw the allowance, one had it until the move."""
    paid = {person.true_person_id for person, _, _ in aid.allowance}
    missed = {person for rule, person in aid.findings if rule == "M02"}
    free = [p for p in county.people if p.age >= 30 and p.true_person_id not in paid | missed]
    both = [person for person, _, _ in aid.allowance[:2]]
    for person in both:
        aid.supported.append((person, date(2016, 2, 1)))
        aid.plant("A03", person)
    for at, person in enumerate(rng.sample(free, 10)):
        aid.supported.append((person, date(2016, 6, 1) if at == 0 else date(2016, 1, 1)))
        if at == 0:
            aid.allowance.append((person, "2016 Q1", "arrears"))
            aid.excuse("A03", person)


def _bury(county: County, aid: Aid, rng: random.Random) -> None:
    """Four people have died: one long ago and still paid, one this month, one unpaid, and a father whose son of the same name is paid."""
    paid = [person for person, period, _ in aid.allowance if period == "June 2016"]
    supported = {person.true_person_id for person, _ in aid.supported}
    alone = [person for person in paid if person.true_person_id not in supported]
    aid.deaths += [(alone[0], date(2016, 3, 14)), (alone[1], date(2016, 6, 9))]
    aid.plant("A01", alone[0])
    aid.excuse("A01", alone[1])
    certified = {person.true_person_id for person, _, _ in aid.disabled} | {
        member.true_person_id for _, _, drawing, _ in aid.cases for member, _ in drawing
    }
    for son in (person for person in county.people if person.suffix):
        father = county.household(son.household)[0]
        if son.age >= 18 and not {father.true_person_id, son.true_person_id} & (certified | supported):
            aid.deaths.append((father, date(2016, 1, 20)))
            aid.disabled.append((son, 2, date(2020, 6, 30)))
            aid.allowance.append((son, "June 2016", ""))
            aid.excuse("A01", son)
            break


def _teach(county: County, aid: Aid, rng: random.Random) -> None:
    """Every child of school age is enrolled; three on cash assistance have no meals, one has left school."""
    drawing = {person.true_person_id for _, _, members, _ in aid.cases for person, draws in members if draws}
    pupils = [person for person in county.people if _is_school_age(person)]
    entitled = [person for person in pupils if person.true_person_id in drawing]
    missed, left = entitled[:3], entitled[3:4]
    for person in pupils:
        aid.pupils.append((person, "Withdrawn" if person in left else "Active"))
    for person in missed:
        aid.plant("M03", person)
    for person in entitled[3:]:
        aid.excuse("M03", person)
    aid.meals = [person for person in entitled if person not in missed + left]
    aid.meals += [person for person in pupils if person not in entitled and rng.random() < 0.3]


def _help_in_need(county: County, aid: Aid, rng: random.Random) -> None:
    """Events: two helped twice, and three pairs that are lawful: another cause, instalments, more than a year apart."""
    heads = [members[0] for name in county.households() if len(members := county.household(name)) >= 2][-30:]
    for at, person in enumerate(heads[:12]):
        cause = ("Fire", "Illness", "Accident", "Eviction")[at % 4]
        aid.emergencies.append((f"E-{at + 1:03d}", person, cause, date(2016, 1 + at % 3, 5 + at), 400 + 25.5 * at))
    again = [("E-101", 0, "House fire", date(2016, 5, 9)), ("E-102", 1, "Hospital stay", date(2016, 6, 2)),
             ("E-103", 2, "Fire", date(2016, 5, 20)), ("E-004", 3, "Loss of home", date(2016, 5, 28))]  # fmt: skip
    for number, at, cause, day in again:
        aid.emergencies.append((number, heads[at], cause, day, 350.0))
        (aid.plant if number in {"E-101", "E-102"} else aid.excuse)("A23", heads[at])
    old = heads[12]
    aid.emergencies += [("E-090", old, "Fire", date(2015, 2, 3), 500.0), ("E-104", old, "Fire", date(2016, 6, 20), 500.0)]
    aid.excuse("A23", old)


def last_day() -> date:
    """Return the last day of the delivered month."""
    return TODAY
