"""Cases of the minimum living allowance (低保): which families, since when, who draws, how much.

Belongs here: choosing families and writing their cases and members. Does not belong here: the family itself
(`simulation.families`), payments (`simulation.allowances`), planted double enrolments (`simulation.plants`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, ages_on, first_days, month_of, month_texts, months_of_days
from simulation.families import Mask
from simulation.places import TOWNS, list_villages
from simulation.setting import Setting
from simulation.streams import pick_texts, pick_weighted

HOUSEHOLDS: Final = 2650
LEAST: Final = 60
TURNOVER: Final = 0.07
"""Share of the stock that leaves, and that enters, in a year."""

STANDARD: Final = 54_000
DRAWS_WHEN_ABLE: Final = 0.30


@dataclass
class Cases:
    """Cases and their members as columns: one entry of `member_case` and `member` per person and case."""

    head: Whole
    start: Whole
    end: Whole
    member_case: Whole
    member: Whole
    enjoys: Mask
    member_start: Whole
    member_end: Whole
    foreign: Mask

    def add(self, case: int, person: int, start: int, end: int, *, enjoys: bool, foreign: bool = False) -> None:
        """Enter one more member in a case; `foreign` marks somebody who in truth lives with another family."""
        self.member_case = np.append(self.member_case, case)
        self.member = np.append(self.member, person)
        self.enjoys = np.append(self.enjoys, enjoys)
        self.member_start = np.append(self.member_start, start)
        self.member_end = np.append(self.member_end, end)
        self.foreign = np.append(self.foreign, foreign)


def choose_cases(setting: Setting, certificates: tuple[Mask, Mask], is_severe: Mask, tekun: Whole) -> Cases:
    """Return the cases of the simulation: poor families by lot, families with a disabled member far more often.

    `certificates` are the holders of any certificate and of one in force.
    Memberships still run past deaths; `close_cases` ends them once it is settled whose office heard late.
    """
    people, units = setting.people, setting.units
    stream = setting.stream("dibao")
    weight = _family_weights(setting, certificates, tekun)
    years = (setting.last - setting.begin + 1) / 12
    owners = pick_weighted(stream, weight, round(setting.number(HOUSEHOLDS, LEAST) * (1 + TURNOVER * years)))
    start, end = _draw_terms(setting, len(owners), years)
    case_of = np.full(setting.count, NEVER)
    case_of[owners] = np.arange(len(owners))
    member = np.flatnonzero((units != NEVER) & people["is_local"])
    case = case_of[units[member]]
    member, case = member[case != NEVER], case[case != NEVER]
    head = _choose_heads(setting, owners, member, case)
    cases = Cases(head, start, end, case, member, _draw_enjoyment(setting, member, case, certificates[1], is_severe),
                  start[case], end[case], np.zeros(len(member), dtype=np.bool_))  # fmt: skip
    _take_in_elders(setting, cases)
    _take_in_newborn(setting, cases)
    return cases


def _family_weights(setting: Setting, certificates: tuple[Mask, Mask], tekun: Whole) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    people, units = setting.people, setting.units
    count = setting.count
    age = ages_on(people["birth_day"], int(first_days(setting.first)))
    here = (units != NEVER) & people["is_local"]
    unit = units[here]

    def total(values: Mask) -> Whole:
        return np.bincount(unit, weights=values[here].astype(np.float64), minlength=count).astype(np.int64)

    size, disabled, children = total(np.ones(count, dtype=np.bool_)), total(certificates[0]), total(age < 18)
    adults = size - children
    poverty = np.array([*(town.poverty for town in TOWNS), 0.0])
    towns = {town.name: i for i, town in enumerate(TOWNS)}
    of_village = list_villages()["town_name"].replace_strict(towns).to_numpy()
    town = np.append(of_village, len(TOWNS))[people["village"]]
    disability = np.select([total(certificates[1]) > 0, disabled > 0], [200.0, 80.0], 0.85)
    weight = disability * poverty[town] * np.select([size == 1, size == 2, size == 3], [0.35, 0.8, 1.4], 1.9)
    weight *= np.where((children > 0) & (adults == 1), 3.0, 1.0)
    single_adult = (size == 1) & (age < 55) & (disabled == 0)
    weight = np.where((size > 0) & ~single_adult & (age >= 18), weight, 0.0)
    weight[tekun] = 0.0
    return weight


def _draw_terms(setting: Setting, count: int, years: float) -> tuple[Whole, Whole]:
    """Return first and last months: most began before the simulation and go on; as many enter as leave."""
    stream = setting.stream("dibao terms")
    moving = TURNOVER * years / (1 + TURNOVER * years)
    luck = stream.random(count)
    start = stream.integers(month_of(2009, 1), setting.begin, count)
    inside = stream.integers(setting.begin, setting.last + 1, count)
    start = np.where(luck < moving, inside, start)
    end = np.where(luck > 1 - moving, inside, NEVER)
    return start, end


def _choose_heads(setting: Setting, owners: Whole, member: Whole, case: Whole) -> Whole:
    """Return the head of each case: the owner of the family or the eldest adult, a woman in one of four couples."""
    stream = setting.stream("dibao heads")
    spouse = setting.people["spouse"][owners]
    listed = np.zeros(setting.count, dtype=np.bool_)
    listed[member] = True
    swap = (spouse != NEVER) & (stream.random(len(owners)) < 0.22) & listed[np.where(spouse == NEVER, 0, spouse)]
    heads = np.where(swap, spouse, owners)
    missing = np.flatnonzero(~listed[heads])
    for case_number in missing.tolist():
        heads[case_number] = member[case == case_number][0]
    return heads


def _draw_enjoyment(setting: Setting, member: Whole, case: Whole, holds_certificate: Mask, is_severe: Mask) -> Mask:
    """Return who draws: the disabled, the old and children nearly always, able adults seldom; at least one per case."""
    stream = setting.stream("dibao enjoyment")
    age = ages_on(setting.people["birth_day"][member], int(first_days(setting.first)))
    chance = np.select([holds_certificate[member] | is_severe[member], age >= 60, age < 18], [0.94, 0.85, 0.62], DRAWS_WHEN_ABLE)
    enjoys = stream.random(len(member)) < chance
    drawing = np.bincount(case[enjoys], minlength=int(case.max()) + 1)
    first = np.unique(case, return_index=True)[1]
    enjoys[first[drawing[case[first]] == 0]] = True
    return enjoys


def _take_in_elders(setting: Setting, cases: Cases) -> None:
    """Declare the old parents who live in the same dwelling as members of an eighth of the cases."""
    people = setting.people
    stream = setting.stream("dibao elders")
    listed = np.zeros(setting.count, dtype=np.bool_)
    listed[cases.member] = True
    living = setting.living(setting.first)
    for case in np.flatnonzero(stream.random(len(cases.head)) < 0.14).tolist():
        head = int(cases.head[case])
        for parent in (int(people["father"][head]), int(people["mother"][head])):
            if parent != NEVER and living[parent] and not listed[parent] and people["dwelling"][parent] == people["dwelling"][head]:
                cases.add(case, parent, int(cases.start[case]), int(cases.end[case]), enjoys=True)
                listed[parent] = True


def _take_in_newborn(setting: Setting, cases: Cases) -> None:
    """Enter children born after the first asked month when their birth is registered."""
    people = setting.people
    case_of = np.full(setting.count, NEVER)
    case_of[cases.member] = cases.member_case
    mother = people["mother"]
    new = np.flatnonzero((people["birth_day"] > int(first_days(setting.first + 1)) - 1) & (mother != NEVER) & people["is_local"])
    new = new[case_of[mother[new]] != NEVER]
    months = months_of_days(people["birth_known_day"][new]) + 1
    for person, month in zip(new.tolist(), months.tolist(), strict=True):
        case = int(case_of[mother[person]])
        end = int(cases.end[case])
        if cases.start[case] <= month <= setting.last and (end == NEVER or month < end):
            cases.add(case, person, month, end, enjoys=True)


def succeed_heads(setting: Setting, cases: Cases) -> None:
    """Open a new case under another head when a head stops and others go on drawing (停旧建新); the old case ends."""
    stops = setting.stop_month[cases.head]
    ends = np.where(cases.end == NEVER, 10**6, cases.end)
    for case in np.flatnonzero((stops != NEVER) & (stops < ends) & (stops < setting.last)).tolist():
        stop, head = int(stops[case]), int(cases.head[case])
        rows = np.flatnonzero((cases.member_case == case) & (cases.member != head))
        until = setting.cut(cases.member[rows], cases.member_end[rows])
        rows = rows[(until == NEVER) | (until > stop)]
        if not cases.enjoys[rows].any():
            continue
        own = rows[~cases.foreign[rows]]
        eldest = (own if len(own) else rows)[np.argmin(setting.people["birth_day"][cases.member[own if len(own) else rows]])]
        if stop < cases.start[case]:
            cases.head[case] = cases.member[eldest]
            continue
        following = len(cases.head)
        cases.head = np.append(cases.head, cases.member[eldest])
        cases.start, cases.end = np.append(cases.start, stop + 1), np.append(cases.end, cases.end[case])
        cases.end[case] = stop
        for row in rows.tolist():
            start, end = max(int(cases.member_start[row]), stop + 1), int(cases.member_end[row])
            member, enjoys, foreign = int(cases.member[row]), bool(cases.enjoys[row]), bool(cases.foreign[row])
            cases.add(following, member, start, end, enjoys=enjoys, foreign=foreign)
            cases.member_end[row] = stop


def close_cases(setting: Setting, cases: Cases) -> None:
    """End memberships at the stop of each person, and cases when nobody who draws is left."""
    cases.member_end = setting.cut(cases.member, cases.member_end)
    held = (cases.member_end == NEVER) | (cases.member_end >= cases.member_start)
    for name in ("member_case", "member", "enjoys", "member_start", "member_end", "foreign"):
        setattr(cases, name, getattr(cases, name)[held])
    far = 10**6
    latest = np.full(len(cases.head), NEVER)
    drawing = cases.enjoys
    np.maximum.at(latest, cases.member_case[drawing], np.where(cases.member_end == NEVER, far, cases.member_end)[drawing])
    over = latest < far
    cases.end = np.where(over, np.where(cases.end == NEVER, latest, np.minimum(cases.end, latest)), cases.end)
    end = cases.end[cases.member_case]
    cases.member_end = np.where(end == NEVER, cases.member_end, np.where(cases.member_end == NEVER, end, np.minimum(cases.member_end, end)))


def relation_to_head(setting: Setting, head: Whole, member: Whole) -> pl.Series:
    """Return GB/T 4761 codes of members as a case declares them."""
    people = setting.people
    man = people["sex"][member] == 1
    code = np.full(len(member), "97", dtype=object)
    of_head = [(people["father"][member] == head) | (people["mother"][member] == head)]
    spouse = people["spouse"][head]
    of_head.append((spouse != NEVER) & ((people["father"][member] == spouse) | (people["mother"][member] == spouse)))
    code[(people["father"][head] == member)] = "51"
    code[(people["mother"][head] == member)] = "52"
    child = of_head[0] | of_head[1]
    code[child] = np.where(man[child], "20", "30")
    grandchild = (code == "97") & (people["birth_day"][member] - people["birth_day"][head] > 36 * 365)
    code[grandchild] = np.where(man[grandchild], "41", "42")
    wed = spouse == member
    code[wed] = np.where(man[wed], "11", "12")
    code[member == head] = "02"
    return pl.Series(code, dtype=pl.String)


def case_frames(setting: Setting, cases: Cases, is_severe: Mask) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the `dibao_cases` and `dibao_members` frames."""
    stream = setting.stream("dibao words")
    count = len(cases.head)
    drawing = np.bincount(cases.member_case[cases.enjoys], minlength=count)
    size = np.bincount(cases.member_case, minlength=count)
    severe = np.bincount(cases.member_case[is_severe[cases.member]], minlength=count) > 0
    income = stream.integers(60, 470, count) * 100
    amount = np.ceil(((STANDARD - income) * drawing + np.where(severe, 5_400, 0)) / 100).astype(np.int64) * 100
    urban = list_villages()["village_name"].str.ends_with("社区").to_numpy()
    is_urban = np.append(urban, False)[setting.people["village"][cases.head]] & (stream.random(count) < 0.7)
    cause = pick_texts(stream, {"因病": 45, "因残": 25, "因学": 15, "其它": 15}, count).set(pl.Series(severe), "因残")
    grace = (cases.end != NEVER) & (stream.random(count) < 0.3)
    frame = pl.DataFrame(
        {
            "case": np.arange(count),
            "head": cases.head,
            "category": pl.Series(np.where(is_urban, "城镇低保", "农村低保").astype(object), dtype=pl.String),
            "class_code": pl.Series(np.select([income < 16_000, income < 32_000], ["A类", "B类"], "C类").astype(object), dtype=pl.String),
            "cause": cause,
            "income_per_head": income,
            "members": size,
            "enjoying": drawing,
            "amount": amount,
            "from_month": month_texts(cases.start),
            "to_month": month_texts(cases.end),
            "certificate_number": "闽Q低保字第" + pl.Series(np.arange(count) + 1001).cast(pl.String).str.zfill(7) + "号",
            "grace_until": month_texts(np.where(grace, cases.end, NEVER)),
        }
    )
    frame = frame.filter(pl.col("enjoying") > 0)
    order = np.lexsort((cases.member, cases.member != cases.head[cases.member_case], cases.member_case))
    members = pl.DataFrame(
        {
            "case": cases.member_case,
            "person": cases.member,
            "relation_code": relation_to_head(setting, cases.head[cases.member_case], cases.member),
            "enjoys": cases.enjoys,
            "from_month": month_texts(cases.member_start),
            "to_month": month_texts(cases.member_end),
        }
    )[order]
    return frame, members


def drawing_spans(cases: Cases) -> tuple[Whole, Whole, Whole]:
    """Return person, first and last month of everybody who draws."""
    return cases.member[cases.enjoys], cases.member_start[cases.enjoys], cases.member_end[cases.enjoys]
