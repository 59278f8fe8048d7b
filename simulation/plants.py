"""Planted faults of standing aid, and the lawful patterns that look like them: A01, A03, A06.

Belongs here: deciding who is paid after death, beside destitute support, or in two households, and their look-alikes.
Does not belong here: bills (`simulation.plants_bills`), events and leads (`simulation.plants_relief`), the truth table
(`simulation.oracle`).

A plant is the true persons and the look-alikes of one rule; the frames show both in the same way.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, ages_on, dates, first_days, month_texts, months_of_days
from simulation.deliveries import quarter_of, quarter_points
from simulation.dibao import Cases
from simulation.families import Mask
from simulation.identity import certificate_numbers
from simulation.payments import Spans, quarter_text, shape_payments
from simulation.setting import Setting
from simulation.streams import pick_some, pick_weighted

LEAST: Final = 6
LOOKALIKES: Final = 2.5
LATE_STOPS: Final = 40
SPARE: Final = 1
"""One more death than wanted: some of the chosen stand on a list that had left them out."""

TEKUN_OVERLAPS: Final = 26
DOUBLE_MEMBERS: Final = 18


@dataclass
class Plant:
    """The planted persons of one rule: true cases, and look-alikes with the name of their lawful pattern."""

    true: Whole = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    like: list[tuple[str, Whole]] = field(default_factory=list)


def planned(setting: Setting, at_full_size: float) -> tuple[int, int]:
    """Return how many true cases and look-alikes a rule gets: a year's volume of the full Q区, at least six."""
    years = len(setting.texts) / 12
    true = max(LEAST, round(at_full_size * setting.scale * years))
    return true, round(true * LOOKALIKES)


def choose_late_stops(setting: Setting, monthly: Mask, quarterly: Mask) -> Plant:
    """Choose dead payees whose office goes on paying until it hears of the death (A01), and let their payments run on.

    Those whose death was registered months later come first: that is the usual reason. Where too few were, the
    registration of others is put off into the asked months.

    Args:
        setting: the district; `stop_month` and the day a death was registered are changed for the chosen.
        monthly: who stands on a list delivered every month.
        quarterly: who stands on a list paid by the quarter.
    """
    people = setting.people
    stream = setting.stream("late stops")
    died, known = months_of_days(people["death_day"]), months_of_days(people["death_known_day"])
    dead = (
        (people["death_day"] != NEVER)
        & people["is_local"]
        & (died < setting.last + (setting.last == setting.first))
        & (died >= setting.first - 3)
    )
    dead &= first_days(died + 1) + 5 <= setting.today
    last_list = quarter_of(setting, quarter_points(setting)[-1]) + 2
    shown = dead & (monthly | (quarterly & (died < last_list))) & (people["death_known_day"] >= setting.ledger_days[0])
    late = (people["death_known_day"] <= setting.today) & (known >= np.maximum(died + 1, setting.first))
    weight = np.where(shown, np.where(late, 20.0, 1.0), 0.0) * np.where(monthly, 2.0, 1.0)
    chosen = pick_weighted(stream, weight, planned(setting, LATE_STOPS)[0] + SPARE)
    put_off = chosen[~late[chosen]]
    earliest = np.maximum(first_days(np.maximum(died[put_off] + 1, setting.first)), people["death_day"][put_off] + 32)
    latest_day = np.minimum(setting.today, people["death_day"][put_off] + 300)
    days = earliest + (stream.random(len(put_off)) * np.maximum(latest_day - earliest, 0)).astype(np.int64)
    people["death_known_day"][put_off] = np.minimum(days, setting.today)
    known = months_of_days(people["death_known_day"])
    until = np.minimum(np.maximum(known[chosen], died[chosen] + 2), died[chosen] + 6)
    setting.stop_month[chosen] = np.maximum(until, setting.first)
    return Plant(true=chosen)


@dataclass
class TekunPlan:
    """What is planted around destitute support: starting months, certificates, allowances that ran on, arrears."""

    plant: Plant
    starts: Whole
    extra: Spans
    arrears: pl.DataFrame


def plan_tekun(setting: Setting, chosen: Whole, starts: Whole, accounts: pl.Series) -> TekunPlan:
    """Decide for whom the care allowance ran on beside destitute support (A03) and for whom it ended in time.

    Look-alikes enter support during the asked months: the allowance ends the month before, or its last months are paid
    as arrears afterwards.
    """
    stream = setting.stream("tekun plants")
    living = setting.living(setting.last)[chosen]
    true_count, like_count = planned(setting, TEKUN_OVERLAPS)
    usable = np.flatnonzero(living & setting.people["is_local"][chosen])
    order = stream.permutation(usable)
    true, like = order[:true_count], order[true_count : true_count + like_count]
    starts = starts.copy()
    window = max(setting.last - setting.first, 1)
    recent = true[: len(true) // 2]
    starts[recent] = setting.first + stream.integers(0, max(window // 2, 1), len(recent))
    starts[like] = setting.first + stream.integers(0, window, len(like)) + (window > 1)
    late = like[: round(len(like) * 0.4)]
    ran_on = stream.integers(3, 9, len(true))
    last = np.where(np.isin(true, recent), starts[true] + ran_on, NEVER)
    rate = np.full(len(true), 8_000)
    extra = Spans(chosen[true], starts[true], np.where(last >= setting.last, NEVER, last), rate)
    changeover = np.setdiff1d(like, late)
    plant = Plant(chosen[true], [("changeover_month", chosen[changeover]), ("arrears_for_earlier_months", chosen[late])])
    return TekunPlan(plant, starts, extra, _late_arrears(setting, chosen[late], starts[late], accounts))


def _late_arrears(setting: Setting, person: Whole, starts: Whole, accounts: pl.Series) -> pl.DataFrame:
    """Return care allowance for the two months before support began, paid a month or two after it began."""
    first, last = starts - 2, starts - 1
    paid = np.minimum(first_days(starts + 1) + 14, setting.today)
    return shape_payments(
        {
            "person": person,
            "from_month": month_texts(first),
            "to_month": month_texts(last),
            "amount": np.full(len(person), 16_000),
            "paid_date": dates(paid),
            "period_text": quarter_text(first, last),
            "payee": person,
            "account": accounts.gather(person),
        },
        programme_code="DSB_C",
        department="civil_affairs",
        kind="arrears",
        is_returned=False,
        fund="财政补贴资金",
    )


def certify(setting: Setting, disabilities: pl.DataFrame, person: Whole, numbers: pl.Series) -> pl.DataFrame:
    """Return the certificates with one of grade 2, in force, for each of `person`; what they held before is replaced."""
    stream = setting.stream("planted certificates")
    kind = stream.choice([1, 4, 6], len(person))
    grade = np.full(len(person), 2)
    issued = first_days(setting.begin) - stream.integers(400, 2000, len(person))
    words = pl.Series(["视力", "听力", "言语", "肢体", "智力", "精神", "多重"])
    added = pl.DataFrame(
        {
            "person": person,
            "kind": words.gather(kind - 1),
            "kind_digit": kind,
            "grade": grade,
            "certificate_number": certificate_numbers(numbers.gather(person), kind, grade, np.zeros(len(person), dtype=np.bool_)),
            "issued_date": dates(issued),
            "valid_to": dates(issued + 3652),
            "state": ["正常"] * len(person),
            "guardian": pl.Series([None] * len(person), dtype=pl.Int64),
        }
    ).cast(dict(disabilities.schema))  # type: ignore[arg-type]
    others = disabilities.filter(~pl.col("person").is_in(person.tolist()))
    return pl.concat([others, added]).sort("person")


def plant_double_members(setting: Setting, cases: Cases) -> Plant:
    """Enter persons in a second case: drawing in both (A06), or only listed in the second, or moved from one to the other."""
    stream = setting.stream("double members")
    true_count, like_count = planned(setting, DOUBLE_MEMBERS)
    going = (cases.end == NEVER) & (cases.start <= setting.first)
    head_of = cases.head[cases.member_case]
    people = setting.people
    age = ages_on(people["birth_day"][cases.member], int(first_days(setting.first)))
    usable = going[cases.member_case] & cases.enjoys & (cases.member != head_of) & ((age < 18) | (age >= 60))
    usable &= setting.living(setting.last)[cases.member] & (cases.member_end == NEVER) & (cases.member_start <= setting.first)
    order = stream.permutation(np.flatnonzero(usable))[: true_count + like_count]
    targets = _second_cases(setting, cases, order, going)
    persons = cases.member[order]
    kinds = np.repeat(["true", "listed_not_drawing", "moved_between_households"], [true_count, round(like_count * 0.6), like_count])[
        : len(order)
    ]
    window = max(setting.last - setting.first, 1)
    for row, person, case, kind in zip(order.tolist(), persons.tolist(), targets.tolist(), kinds.tolist(), strict=True):
        turn = setting.first + int(stream.integers(0, window))
        if kind == "moved_between_households":
            cases.member_end[row] = turn
            cases.add(case, person, turn + 1, NEVER, enjoys=True)
        else:
            start = min(turn, setting.last) if kind == "true" and stream.random() < 0.4 else int(cases.start[case])
            cases.add(case, person, start, NEVER, enjoys=kind == "true", foreign=True)
    return Plant(persons[kinds == "true"], [(kind, persons[kinds == kind]) for kind in ("listed_not_drawing", "moved_between_households")])


def _second_cases(setting: Setting, cases: Cases, rows: Whole, going: Mask) -> Whole:
    """Return a second case for each member row: that of a near kinsman where there is one, else one of a village near by."""
    people = setting.people
    stream = setting.stream("second cases")
    case_of = np.full(setting.count, NEVER)
    case_of[cases.member[going[cases.member_case]]] = cases.member_case[going[cases.member_case]]
    villages = people["village"][cases.head]
    candidates = np.flatnonzero(going)
    found = np.empty(len(rows), dtype=np.int64)
    for i, row in enumerate(rows.tolist()):
        own, person = cases.member_case[row], cases.member[row]
        of_kin = case_of[_near_kin(setting, int(person))]
        of_kin = np.unique(of_kin[(of_kin != NEVER) & (of_kin != own)])
        other = candidates[(candidates != own) & (people["book"][cases.head[candidates]] != people["book"][person])]
        near = other[np.abs(villages[other] - villages[own]) <= 8]
        pool = of_kin if len(of_kin) else near if len(near) else other
        found[i] = pool[int(stream.integers(len(pool)))]
    return found


def _near_kin(setting: Setting, person: int) -> Whole:
    """Return parents, grandparents and children of a person, as far as they are known."""
    people = setting.people
    up = [people[name][person] for name in ("father", "mother")]
    up += [people[name][parent] for name in ("father", "mother") for parent in up if parent != NEVER]
    down = np.flatnonzero((people["father"] == person) | (people["mother"] == person))
    return np.array([*(kin for kin in up if kin != NEVER), *down.tolist()], dtype=np.int64)


def draw_arrears(setting: Setting, lists: pl.DataFrame, late: Whole) -> tuple[pl.DataFrame, Plant]:
    """Turn the last payment of some dead payees into arrears paid after the death (lawful: the months lie before it)."""
    people = setting.people
    stream = setting.stream("arrears after death")
    start, end = setting.ledger_days
    dead = (people["death_day"] >= start) & (people["death_day"] <= end - 60)
    dead[late] = False
    month = month_texts(months_of_days(np.where(dead, people["death_day"], 0)))
    person = lists["person"]
    is_last = pl.Series(dead).gather(person) & (lists["to_month"] == month.gather(person))
    rows = np.flatnonzero(is_last.to_numpy())
    chosen = pick_some(stream, rows, round(len(rows) * 0.35))
    mask = pl.Series(np.isin(np.arange(lists.height), chosen))
    delayed = people["death_day"][person.to_numpy()] + 45
    paid = dates(np.minimum(np.maximum(delayed, 0), setting.today))
    changed = lists.with_columns(
        kind=pl.when(mask).then(pl.lit("arrears")).otherwise("kind"),
        paid_date=pl.when(mask & (pl.lit(paid) > pl.col("paid_date"))).then(paid).otherwise("paid_date"),
    )
    persons = np.unique(person.to_numpy()[chosen])
    return changed, Plant(like=[("arrears_for_earlier_months", persons)])
