"""Building the whole made-up district: who lives in it, what happens to them, and what is given to them.

Belongs here: the order in which the parts are built. Does not belong here: any part itself.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.aid import AidFrames, build_aid
from simulation.belongings import build_belongings
from simulation.calendar import Whole, dates, day_number, first_days, last_days, month_number, months_of_days
from simulation.community import build_community
from simulation.families import Declared, Mask, build_households, read_dependence
from simulation.kin import give_surnames, head_relations, link_daughters, link_former_couples, link_sons
from simulation.livelihoods import build_livelihoods
from simulation.lives import draw_disabilities, draw_students, is_student
from simulation.oracle import build_findings
from simulation.people import build_persons
from simulation.places import list_villages, village_weights
from simulation.population import Columns, lay_population, place_books
from simulation.setting import Setting
from simulation.streams import open_stream
from simulation.tables import World
from simulation.vital import add_away, add_births, add_deaths, add_moves, birth_known_days

RESIDENTS = 360_000
"""Residents of the full Q区."""

REGISTERED_PER_RESIDENT = 400 / 360
INCOMERS_PER_REGISTERED = 38 / 400
LIFE_STARTS = "2015-01-01"


def build_population(people: int, months: tuple[str, ...], seed: int) -> tuple[Columns, Whole]:
    """Return everybody who lives in the district until the last of `months`; `people` counts residents (domain.md §7.1)."""
    base, end = day_number(LIFE_STARTS), int(last_days(month_number(months[-1])))
    registered = round(people * REGISTERED_PER_RESIDENT)
    stream = open_stream(seed, "population")
    columns = lay_population(stream, registered, round(registered * INCOMERS_PER_REGISTERED), base)
    weights = np.append(village_weights(list_villages()), 0.0)
    guests = np.append(weights[:-1] * 0.8, 0.2)
    place_books(stream, columns, weights, guests)
    kin = open_stream(seed, "kin")
    give_surnames(kin, columns, weights)
    link_sons(kin, columns)
    link_daughters(kin, columns)
    link_former_couples(kin, columns)
    columns["relation"] = head_relations(kin, columns, base)
    vital = open_stream(seed, "vital")
    columns = add_births(vital, columns, base, end)
    newborn = columns["birth_day"] >= base
    columns["relation"][newborn] = _newborn_relations(columns, newborn)
    columns["birth_known_day"] = birth_known_days(vital, columns, base)
    add_deaths(vital, columns, base, end)
    add_moves(vital, columns, base, end)
    add_away(vital, columns, base)
    return columns, weights


def _newborn_relations(columns: Columns, newborn: Mask) -> NDArray[np.object_]:
    """Return each newborn's relation to the head of the book, from that of the parent who stands in it."""
    parent = columns["relation"][newborn]
    is_son = columns["sex"][newborn] == 1
    of_head, of_child = np.isin(parent, ["02", "12"]), np.isin(parent, ["20", "38"])
    of_brother = np.isin(parent, ["73", "74"])
    sons = np.select([of_head, of_child, of_brother], ["20", "41", "93"], "97")
    daughters = np.select([of_head, of_child, of_brother], ["30", "42", "94"], "97")
    return np.where(is_son, sons, daughters).astype(object)


def build_world(people: int, months: tuple[str, ...], seed: int) -> World:
    """Return the made-up district for the asked months; the same arguments give the same frames.

    Args:
        people: residents; the registered are 400/360 of them (domain.md §7.1).
        months: asked months YYYY-MM in order; lives run from January 2015 whatever is asked.
        seed: seed of every draw.
    """
    columns, _ = build_population(people, months, seed)
    today = int(last_days(month_number(months[-1])))
    persons = build_persons(open_stream(seed, "people"), columns, today)
    start = int(first_days(month_number(months[0])))
    disabilities = draw_disabilities(open_stream(seed, "disability"), columns, persons["identity_number"], today, start)
    students = draw_students(open_stream(seed, "school"), columns, today)
    dependence = read_dependence(columns, students, disabilities, today)
    setting = Setting(columns, months, seed, people / RESIDENTS, dependence)
    persons = _finish_persons(persons, columns, students, today, seed)
    aid = build_aid(setting, persons, disabilities, students)
    further = (setting, persons, students, aid)
    community, livelihoods, belongings = build_community(*further), build_livelihoods(*further), build_belongings(*further)
    students = students.filter(pl.col("stage") != "大学")
    return World(
        months=months,
        persons=persons.with_columns(death_registered_date=dates(columns["death_known_day"])),
        households=build_households(columns, dependence, months, _declared(aid)),
        dibao_cases=aid.dibao_cases,
        dibao_members=aid.dibao_members,
        tekun=aid.tekun,
        disabilities=aid.disabilities,
        students=students,
        bills=aid.bills,
        payments=aid.payments,
        events=aid.events,
        leads=aid.leads,
        applications=aid.applications,
        housing=aid.housing,
        findings=build_findings(setting, aid, students),
        community=community,
        livelihoods=livelihoods,
        belongings=belongings,
    )


def _declared(aid: AidFrames) -> Declared:
    """Return the members of cases who live with the family, for the truth of aid households."""
    cases = aid.cases
    own = ~cases.foreign
    return Declared(cases.member_case[own], cases.member[own], cases.member_start[own], cases.member_end[own])


def _finish_persons(persons: pl.DataFrame, columns: Columns, students: pl.DataFrame, today: int, seed: int) -> pl.DataFrame:
    """Return persons with college students marked and the few whose file is protected."""
    year = (int(months_of_days(today)) - 8) // 12 + 1970
    college = is_student(students, persons.height, year) & ~is_student(students, persons.height, year, college=False)
    at_college = pl.Series(college)
    protected = pl.Series(open_stream(seed, "protected").random(persons.height) < 0.0006) & (
        pl.Series(columns["birth_day"]) > today - 18 * 365
    )
    return persons.with_columns(
        education=pl.when(at_college).then(pl.lit("大学本科")).otherwise("education"),
        occupation=pl.when(at_college).then(pl.lit("学生")).otherwise("occupation"),
        is_protected=protected,
    )
