"""The aid system of the made-up district: standing aid, bills, relief and intake put together into frames.

Belongs here: the order in which aid is granted, and the frames it leaves. Does not belong here: who is entitled to standing
aid (`simulation.standing`) and the single programmes.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from simulation import allowances, illness, intake, plants_bills, plants_relief, relief, schooling
from simulation.calendar import months_of_days
from simulation.dibao import Cases, case_frames
from simulation.families import Mask
from simulation.payments import SCHEMA, Spans
from simulation.plants import LEAST, Plant, draw_arrears
from simulation.setting import Setting
from simulation.standing import Standing, settle_standing
from simulation.streams import pick_texts

MISSED_SCHOOL: Final = 0.08
RETURNED_SHARE: Final = 0.004
RETURN_REASONS: Final = {"户名不符": 40, "账号销户": 25, "账号有误": 20, "睡眠户": 15}


@dataclass
class AidFrames:
    """Everything the aid system leaves behind, and who was planted for which rule."""

    cases: Cases
    dibao_cases: pl.DataFrame
    dibao_members: pl.DataFrame
    tekun: pl.DataFrame
    disabilities: pl.DataFrame
    bills: pl.DataFrame
    payments: pl.DataFrame
    events: pl.DataFrame
    leads: pl.DataFrame
    applications: pl.DataFrame
    housing: pl.DataFrame
    standing: Standing
    plants: dict[str, Plant]


def build_aid(setting: Setting, persons: pl.DataFrame, disabilities: pl.DataFrame, students: pl.DataFrame) -> AidFrames:
    """Return the aid frames of the district."""
    accounts = persons["account"]
    standing = settle_standing(setting, persons, disabilities)
    plants = dict(standing.plants)
    dibao_cases, dibao_members = case_frames(setting, standing.cases, setting.dependence.is_severe)
    bills, gifts, bill_plants = _bills_and_gifts(setting, standing, persons)
    plants.update(bill_plants)
    given_tmp = gifts.filter(pl.col("programme_code") == "TMP")["person"].to_numpy()
    planned = plants_relief.plant_events(setting, allowances.mask_of(given_tmp, setting.count), accounts)
    events = relief.draw_events(setting, np.union1d(given_tmp, planned.persons))
    plants["A23"] = planned.plant
    missed = _missed_students(setting, students, standing.drawing)
    plants["M03"] = Plant(np.flatnonzero(missed))
    payees = allowances.choose_payees(setting, standing.disabilities, accounts)
    lists = allowances.pay_lists(setting, standing.served, accounts, payees)
    lists, delayed = draw_arrears(setting, lists, plants["A01"].true)
    plants["A01"].like += delayed.like
    payments = pl.concat(
        [
            allowances.pay_dibao(setting, dibao_cases, accounts),
            allowances.pay_tekun(setting, standing.tekun),
            lists,
            standing.arrears,
            allowances.pay_funerals(setting, standing.cases, standing.tekun, accounts),
            schooling.pay_students(setting, students, standing.drawing, missed, payees, accounts),
            relief.pay_medical_aid(setting, bills, accounts),
            gifts,
            relief.pay_events(setting, events, accounts),
            planned.payments,
            relief.draw_charity(setting, accounts, standing.cases.member[standing.cases.enjoys]),
        ]
    )
    payments = finish_payments(setting, plants_relief.number_planted(relief.number_cases(payments)))
    applications = intake.draw_applications(setting, payments)
    applied = allowances.mask_of(applications["person"].to_numpy(), setting.count)
    led = plants_relief.plant_leads(setting, applied)
    plants["M13"] = led.plant
    return AidFrames(
        cases=standing.cases,
        dibao_cases=dibao_cases,
        dibao_members=dibao_members,
        tekun=standing.tekun,
        disabilities=standing.disabilities,
        bills=bills,
        payments=payments,
        events=_number_events(events, planned.events),
        leads=intake.number_leads(pl.concat([intake.draw_leads(setting), led.leads])),
        applications=intake.number_applications(pl.concat([applications, led.applications])),
        housing=intake.draw_housing(setting, np.unique(standing.cases.member)),
        standing=standing,
        plants=plants,
    )


def _number_events(events: pl.DataFrame, planted: pl.DataFrame) -> pl.DataFrame:
    """Return all events; planted ones follow, so that payments keep pointing to the others by number."""
    return pl.concat([events, planted.with_columns(event=pl.int_range(pl.len()) + events.height).select(events.columns)])


def _bills_and_gifts(setting: Setting, standing: Standing, persons: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, Plant]]:
    """Return numbered bills, the gifts for them, and what was planted among them."""
    accounts = persons["account"]
    spans = (standing.drawing.person, standing.drawing.first, standing.drawing.last)
    drawn = illness.draw_bills(setting, spans, persons["is_insured"].to_numpy())
    poor = illness.is_in_class(setting, spans, drawn["person"].to_numpy(), months_of_days(drawn["discharge_date"].to_physical().to_numpy()))
    helped, unaided = relief.choose_helped(setting, drawn, poor, LEAST)
    plan = plants_bills.plant_bills(setting, drawn, helped, unaided)
    numbers = drawn["settlement_number"]
    bills = illness.number_bills(
        plan.bills.with_columns(
            mark=pl.concat(
                [pl.int_range(drawn.height, eager=True), pl.int_range(-1, -1 - (plan.bills.height - drawn.height), -1, eager=True)]
            )
        )
    )
    place = np.empty(drawn.height, dtype=np.int64)
    mark = bills["mark"].to_numpy()
    place[mark[mark >= 0]] = np.flatnonzero(mark >= 0)
    renumbered = dict(zip(numbers.to_list(), bills["settlement_number"].gather(place).to_list(), strict=True))
    reversals = bills["reversed_number"].replace(renumbered)
    bills = bills.with_columns(reversed_number=reversals).drop("mark")
    gifts = pl.concat(
        [
            relief.draw_gifts(setting, bills, place[helped], accounts),
            plants_bills.pay_planted(setting, bills, place[plan.over], place[plan.fitting], accounts),
        ]
    )
    person = drawn["person"].to_numpy()
    return bills, gifts, {"A21": plan.second, "A22": plan.ceiling, "M05": Plant(np.unique(person[unaided]))}


def _missed_students(setting: Setting, students: pl.DataFrame, drawing: Spans) -> Mask:
    last = [s for s in schooling.semesters(setting.first - 12, setting.last) if s.paid_day <= setting.today]
    right = schooling.eligible_students(setting, students, drawing, last[-1])["person"].to_numpy()
    return allowances.mask_of(schooling.draw_missed(setting, right, MISSED_SCHOOL, LEAST, "M03"), setting.count)


def finish_payments(setting: Setting, payments: pl.DataFrame) -> pl.DataFrame:
    """Return payments numbered in a fixed order; a few come back from the bank."""
    keys = ["paid_date", "programme_code", "person", "from_month", "amount"]
    ordered = payments.sort([*keys, "case", "bill", "event", "kind"], maintain_order=True)
    stream = setting.stream("returns")
    standing = ordered["programme_code"].is_in(["DIB", "DSB_L", "DSB_C", "ELD_A", "EDU_C", "EDU_K"]).to_numpy()
    returned = pl.Series(standing & (stream.random(ordered.height) < RETURNED_SHARE))
    reason = pick_texts(stream, RETURN_REASONS, ordered.height)
    numbered = ordered.with_columns(is_returned=returned, return_reason=reason.set(~returned, None)).with_row_index("payment")
    return numbered.with_columns(pl.col("payment").cast(pl.Int64)).select("payment", *SCHEMA)
