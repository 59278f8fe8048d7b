"""Planted faults of sudden help: the same event aided twice (A23), leads nobody followed up (M13), and their look-alikes.

Belongs here: events, payments, leads and applications that are planted. Does not belong here: ordinary ones
(`simulation.relief`, `simulation.intake`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, ages_on, dates, first_days
from simulation.families import Mask
from simulation.intake import application_frame, lead_frame
from simulation.payments import shape_payments
from simulation.plants import Plant, planned
from simulation.relief import CAUSES
from simulation.setting import Setting
from simulation.streams import Generator, pick_some, pick_texts

SAME_EVENT: Final = 30
OPEN_LEADS: Final = 60
LEAD_KINDS: Final = {"急难": 40, "重病": 32, "事故": 20, "监护缺失": 8}
WAIT: Final = 32
"""Days after which an open lead without an application counts, with a day or two to spare."""


@dataclass(frozen=True)
class EventPlan:
    """Planted events, their payments, who was planted, and the families used up."""

    events: pl.DataFrame
    payments: pl.DataFrame
    plant: Plant
    persons: Whole


def choose_families(setting: Setting, taken: Mask, count: int, name: str) -> Whole:
    """Return owners of families of two and more adults who stay alive, none of them in `taken`."""
    units = setting.units
    present = units != NEVER
    people = setting.people
    adult = ages_on(people["birth_day"], int(first_days(setting.first))) >= 20
    stays = setting.living(setting.last) & people["is_local"] & ~people["is_away"]
    adults = np.bincount(units[present & adult & stays], minlength=setting.count)
    used = np.zeros(setting.count, dtype=np.bool_)
    used[units[taken & present]] = True
    owners = np.flatnonzero((adults >= 2) & ~used & stays & (units == np.arange(setting.count)) & (people["spouse"] != NEVER))
    return pick_some(setting.stream(name), owners, count)


def plant_events(setting: Setting, taken: Mask, accounts: pl.Series) -> EventPlan:
    """Return families aided twice for one event under two case numbers, and families lawfully aided twice.

    Lawful: advance and final payment under one number; another cause; another family of the same registration book.
    """
    stream = setting.stream("event plants")
    true_count, like_count = planned(setting, SAME_EVENT)
    owners = choose_families(setting, taken, true_count + like_count, "event families")
    owners = stream.permutation(owners)
    count = len(owners)
    wanted = [true_count, round(like_count * 0.4), round(like_count * 0.35), like_count]
    kinds = np.repeat(["true", "advance_and_final", "another_cause", "another_family_of_the_book"], wanted)[:count]
    start, end = setting.ledger_days
    room = end - start
    first = start + (stream.random(count) * room * 0.45).astype(np.int64) + 1
    second = np.minimum(first + 3 + (stream.random(count) * room * 0.45).astype(np.int64), end)
    second = np.where(kinds == "advance_and_final", np.minimum(first + 30, np.maximum(second, first + 3)), second)
    cause = pick_texts(stream, CAUSES, count)
    words = list(CAUSES)
    other = pl.Series([words[(words.index(c) + 1) % len(words)] for c in cause.to_list()], dtype=pl.String)
    second_cause = other.zip_with(pl.Series(kinds == "another_cause"), cause)
    spouse = setting.people["spouse"][owners]
    relative = _relatives(setting, owners)
    by_spouse = np.isin(kinds, ["true"]) & (stream.random(count) < 0.45)
    applicant = np.where(by_spouse, spouse, np.where(kinds == "another_family_of_the_book", relative, owners))
    events = pl.DataFrame(
        {"person": owners, "cause": cause, "event_date": dates(first - 3), "loss": stream.integers(20, 400, count) * 10_000}
    )
    amount = stream.integers(10, 45, count) * 10_000
    is_split = pl.Series(kinds == "advance_and_final")
    early = pl.Series(["regular"]).new_from_index(0, count).set(is_split, "advance")
    numbers = [pl.Series([f"LS-P{i}-{n}" for i in range(count)]) for n in (1, 2)]
    final = early.replace("advance", "regular")
    payments = pl.concat(
        [
            _aid(owners, cause, first, amount, early, numbers[0], accounts),
            _aid(applicant, second_cause, second, amount + 10_000, final, numbers[0].zip_with(is_split, numbers[1]), accounts),
        ]
    )  # fmt: skip
    plant = Plant(owners[kinds == "true"], [(kind, owners[kinds == kind]) for kind in np.unique(kinds[kinds != "true"]).tolist()])
    return EventPlan(events, payments, plant, np.unique(np.concatenate([owners, applicant])))


def _aid(
    person: Whole, cause: pl.Series, paid: Whole, amount: Whole, kind: pl.Series, number: pl.Series, accounts: pl.Series
) -> pl.DataFrame:
    month = dates(paid).dt.strftime("%Y-%m")
    return shape_payments(
        {"person": person, "cause": cause, "paid_date": dates(paid), "amount": amount, "kind": kind, "case_number": number, "payee": person,
         "account": accounts.gather(person), "from_month": month, "to_month": month},
        programme_code="TMP", department="civil_affairs", is_returned=False, fund="民政",
    )  # fmt: skip


def _relatives(setting: Setting, owners: Whole) -> Whole:
    """Return an adult of another family in the same book (the parents, a brother), or an adult elsewhere when there is none."""
    people, units = setting.people, setting.units
    stream = setting.stream("relatives")
    adult = (ages_on(people["birth_day"], int(first_days(setting.first))) >= 20) & setting.living(setting.last) & people["is_local"]
    pool = np.flatnonzero(adult & (units == np.arange(setting.count)))
    pool = pool[np.argsort(people["book"][pool], kind="stable")]
    found = stream.choice(pool, len(owners))
    low = np.searchsorted(people["book"][pool], people["book"][owners], side="left")
    high = np.searchsorted(people["book"][pool], people["book"][owners], side="right")
    for i, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        others = pool[a:b][pool[a:b] != owners[i]]
        if len(others):
            found[i] = others[0]
    return found


def number_planted(payments: pl.DataFrame) -> pl.DataFrame:
    """Return payments whose planted case numbers look like all others."""
    planted = payments.filter(pl.col("case_number").str.starts_with("LS-P").fill_null(value=False))
    first = planted.group_by("case_number").agg(pl.col("paid_date").min()).sort("paid_date", "case_number")
    serial = (pl.int_range(pl.len()) * 37 % 9000 + 60_001).cast(pl.String)
    words = first.with_columns(number=pl.concat_str(pl.lit("LS"), pl.col("paid_date").dt.year().cast(pl.String), serial))
    known = dict(zip(words["case_number"].to_list(), words["number"].to_list(), strict=True))
    return payments.with_columns(pl.col("case_number").replace(known))


@dataclass(frozen=True)
class LeadPlan:
    """Planted leads and applications, and who was planted."""

    leads: pl.DataFrame
    applications: pl.DataFrame
    plant: Plant


def plant_leads(setting: Setting, taken: Mask) -> LeadPlan:
    """Return open leads without an application, and lawful ones.

    Lawful: the person applied, another member of the family applied, or the lead is too fresh to count.
    """
    stream = setting.stream("lead plants")
    true_count, like_count = planned(setting, OPEN_LEADS)
    owners = stream.permutation(choose_families(setting, taken, true_count + like_count, "lead families"))
    count = len(owners)
    wanted = [true_count, round(like_count * 0.5), round(like_count * 0.3), like_count]
    kinds = np.repeat(["true", "applied_by_family_member", "applied", "within_the_time"], wanted)[:count]
    start, end = setting.ledger_days
    day = start + (stream.random(count) * max(end - start - WAIT, 1)).astype(np.int64)
    day = np.where(kinds == "within_the_time", end - stream.integers(1, 25, count), day)
    kind = pick_texts(stream, LEAD_KINDS, count)
    state = pick_texts(stream, {"待办": 50, "处理中": 50}, count)
    leads = lead_frame(setting, owners, kind, day, state, stream.random(count) < 0.8)
    applied = np.flatnonzero(np.isin(kinds, ["applied_by_family_member", "applied"]))
    spouse = setting.people["spouse"][owners]
    person = np.where(kinds == "applied_by_family_member", spouse, owners)[applied]
    applications = _applications(setting, stream, person, day[applied])
    plant = Plant(owners[kinds == "true"], [(name, owners[kinds == name]) for name in np.unique(kinds[kinds != "true"]).tolist()])
    return LeadPlan(leads, applications, plant)


def _applications(setting: Setting, stream: Generator, person: Whole, day: Whole) -> pl.DataFrame:
    count = len(person)
    received = np.minimum(day + stream.integers(1, 18, count), setting.today)
    programme = pick_texts(stream, {"TMP": 60, "DIB": 20, "MED_I": 20}, count)
    result = pick_texts(stream, {"批准": 60, "不予批准": 25, "退回补正": 15}, count)
    return application_frame(setting, person, received, programme, result, pl.Series([None] * count, dtype=pl.Int64), "planted")
