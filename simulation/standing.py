"""Standing aid before a yuan is paid: who is on 低保, in destitute support and on the allowance lists, and whom they missed.

Belongs here: entitlement by person and month, and the planted faults among it. Does not belong here: payments
(`simulation.allowances`) and sudden help (`simulation.relief`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from simulation import allowances, schooling
from simulation.calendar import NEVER, Whole, ages_on, first_days
from simulation.dibao import Cases, choose_cases, close_cases, drawing_spans, succeed_heads
from simulation.payments import Spans, join_spans
from simulation.plants import LEAST, Plant, TekunPlan, certify, choose_late_stops, plan_tekun, plant_double_members
from simulation.setting import Setting
from simulation.tekun import build_tekun, choose_tekun, draw_starts

MISSED_LIVING: Final = 0.07
MISSED_CARE: Final = 0.07
MISSED_OLD: Final = 0.03
"""Shares of the entitled whom a list leaves out: missed aid is larger than duplicate aid (domain.md §3.1)."""


@dataclass
class Standing:
    """Standing aid before it is paid: cases, support, certificates, who is entitled and who was served or missed."""

    cases: Cases
    tekun: pl.DataFrame
    tekun_start: Whole
    disabilities: pl.DataFrame
    drawing: Spans
    entitled: dict[str, Spans]
    served: dict[str, Spans]
    arrears: pl.DataFrame
    plants: dict[str, Plant]


def settle_standing(setting: Setting, persons: pl.DataFrame, disabilities: pl.DataFrame) -> Standing:
    """Return standing aid: who is on 低保 and in destitute support, who was missed, and the planted faults among them."""
    accounts = persons["account"]
    chosen = choose_tekun(setting)
    plan = plan_tekun(setting, chosen, draw_starts(setting, len(chosen)), accounts)
    certified = np.concatenate([plan.plant.true, *(people for _, people in plan.plant.like)])
    disabilities = certify(setting, disabilities, certified, persons["identity_number"])
    holders = allowances.mask_of(disabilities["person"].to_numpy(), setting.count)
    in_force = allowances.mask_of(disabilities.filter(pl.col("state") == "正常")["person"].to_numpy(), setting.count)
    cases = choose_cases(setting, (holders, in_force), setting.dependence.is_severe, chosen)
    double = plant_double_members(setting, cases)
    severe = disabilities.filter((pl.col("grade") <= 2) & (pl.col("state") == "正常"))["person"].to_numpy()
    monthly = allowances.mask_of(np.concatenate([cases.member[cases.enjoys], chosen]), setting.count)
    quarterly = allowances.mask_of(severe, setting.count) | (ages_on(setting.people["birth_day"], int(first_days(setting.first - 6))) >= 80)
    late = choose_late_stops(setting, monthly, quarterly)
    succeed_heads(setting, cases)
    close_cases(setting, cases)
    tekun = build_tekun(setting, chosen, plan.starts, accounts)
    tekun_start = np.full(setting.count, NEVER)
    tekun_start[chosen] = plan.starts
    entitled = _entitled(setting, cases, disabilities, tekun_start)
    served, missed = _serve(setting, entitled)
    served["DSB_C"] = join_spans(served["DSB_C"], plan.extra)
    plants = {"A01": late, "A03": plan.plant, "A06": double, **missed}
    drawing = _drawing(setting, cases, chosen, plan.starts)
    return Standing(cases, tekun, tekun_start, disabilities, drawing, entitled, _without_arrears(served, plan), plan.arrears, plants)


def _without_arrears(served: dict[str, Spans], plan: TekunPlan) -> dict[str, Spans]:
    """Return the lists with the last two months left out for those who get them later as arrears."""
    late = plan.arrears["person"].to_numpy()
    spans = served["DSB_C"]
    last = np.where(np.isin(spans.person, late) & (spans.last != NEVER), spans.last - 2, spans.last)
    return {**served, "DSB_C": Spans(spans.person, spans.first, last, spans.rate)}


def _drawing(setting: Setting, cases: Cases, tekun_people: Whole, starts: Whole) -> Spans:
    """Return who draws 低保 or is in destitute support, and when."""
    person, first, last = drawing_spans(cases)
    ends = setting.cut(tekun_people, np.full(len(tekun_people), NEVER))
    columns = (np.concatenate(pair) for pair in ((person, tekun_people), (first, starts), (last, ends)))
    person, first, last = columns
    return Spans(person, first, last, np.zeros(len(person), dtype=np.int64))


def _entitled(setting: Setting, cases: Cases, disabilities: pl.DataFrame, tekun_start: Whole) -> dict[str, Spans]:
    return {
        "DSB_L": allowances.living_allowance_spans(setting, cases, disabilities, tekun_start),
        "DSB_C": allowances.care_allowance_spans(setting, disabilities, tekun_start),
        "ELD_A": allowances.old_age_spans(setting),
    }


def _serve(setting: Setting, lists: dict[str, Spans]) -> tuple[dict[str, Spans], dict[str, Plant]]:
    """Return the lists without the people the office missed, and those people by rule."""
    rules = {"DSB_L": ("M01", MISSED_LIVING), "DSB_C": ("M02", MISSED_CARE), "ELD_A": ("M06", MISSED_OLD)}
    served: dict[str, Spans] = {}
    missed: dict[str, Plant] = {}
    for programme, (rule, share) in rules.items():
        spans = lists[programme]
        now = (spans.first <= setting.last - 2) & ((spans.last == NEVER) | (spans.last >= setting.last))
        chosen = schooling.draw_missed(setting, np.unique(spans.person[now]), share, LEAST, rule)
        missed[rule] = Plant(chosen)
        served[programme] = spans.kept(~np.isin(spans.person, chosen))
    return served, missed
