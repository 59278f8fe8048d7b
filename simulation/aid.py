"""The aid system of the made-up district: standing aid, bills, relief and intake put together into frames.

Belongs here: the order in which aid is granted, and the frames it leaves. Does not belong here: the single programmes.
"""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from simulation import allowances, illness, intake, relief, schooling
from simulation.calendar import NEVER, Whole, months_of_days
from simulation.dibao import Cases, case_frames, choose_cases, close_cases, drawing_spans
from simulation.families import Mask
from simulation.payments import SCHEMA, Spans
from simulation.setting import Setting
from simulation.streams import pick_texts
from simulation.tekun import build_tekun, choose_tekun, draw_starts

MISSED_LIVING, MISSED_CARE, MISSED_SCHOOL, MISSED_OLD = 0.08, 0.07, 0.08, 0.03
LEAST_PLANTED = 6
RETURNED_SHARE = 0.004
RETURN_REASONS = {"户名不符": 40, "账号销户": 25, "账号有误": 20, "睡眠户": 15}


@dataclass
class AidFrames:
    """Everything the aid system leaves behind, and who was planted for which rule."""

    cases: Cases
    dibao_cases: pl.DataFrame
    dibao_members: pl.DataFrame
    tekun: pl.DataFrame
    bills: pl.DataFrame
    payments: pl.DataFrame
    events: pl.DataFrame
    leads: pl.DataFrame
    applications: pl.DataFrame
    housing: pl.DataFrame
    drawing: Spans
    lists: dict[str, Spans]
    planted: dict[str, Whole] = field(default_factory=dict)


def build_aid(setting: Setting, persons: pl.DataFrame, disabilities: pl.DataFrame, students: pl.DataFrame) -> AidFrames:
    """Return the aid frames of the district."""
    accounts = persons["account"]
    holds = allowances.mask_of(disabilities.filter(pl.col("state") == "正常")["person"].to_numpy(), setting.count)
    tekun_people = choose_tekun(setting)
    starts = draw_starts(setting, len(tekun_people))
    cases = choose_cases(setting, holds, setting.dependence.is_severe, tekun_people)
    close_cases(setting, cases)
    dibao_cases, dibao_members = case_frames(setting, cases, setting.dependence.is_severe)
    tekun = build_tekun(setting, tekun_people, starts, accounts)
    tekun_start = np.full(setting.count, NEVER)
    tekun_start[tekun_people] = starts
    payees = allowances.choose_payees(setting, disabilities, accounts)
    drawing = _drawing(setting, cases, tekun_people, starts)
    lists = _entitled(setting, cases, disabilities, tekun_start)
    served, missed = _serve(setting, lists)
    insured = persons["is_insured"].to_numpy()
    class_spans = (drawing.person, drawing.first, drawing.last)
    bills = illness.draw_bills(setting, class_spans, insured)
    poor = illness.is_in_class(
        setting, class_spans, bills["person"].to_numpy(), months_of_days(bills["discharge_date"].to_physical().to_numpy())
    )
    helped, unaided = relief.choose_helped(setting, bills, poor)
    gifts = relief.draw_gifts(setting, bills, helped, accounts)
    events = relief.draw_events(setting, gifts.filter(pl.col("programme_code") == "TMP")["person"].unique().sort().to_numpy())
    missed_students = _missed_students(setting, students, drawing)
    payments = pl.concat(
        [
            allowances.pay_dibao(setting, dibao_cases, accounts),
            allowances.pay_tekun(setting, tekun),
            allowances.pay_lists(setting, served, accounts, payees),
            allowances.pay_funerals(setting, cases, tekun, accounts),
            schooling.pay_students(setting, students, drawing, missed_students, payees, accounts),
            relief.pay_medical_aid(setting, bills, accounts),
            gifts,
            relief.pay_events(setting, events, accounts),
            relief.draw_charity(setting, accounts, cases.member[cases.enjoys]),
        ]
    )
    payments = finish_payments(setting, relief.number_cases(payments))
    applications = intake.draw_applications(setting, payments)
    return AidFrames(
        cases, dibao_cases, dibao_members, tekun, bills, payments, events, intake.number_leads(intake.draw_leads(setting)),
        intake.number_applications(applications), intake.draw_housing(setting, np.unique(cases.member)), drawing, lists,
        {**missed, "M05": unaided},
    )  # fmt: skip


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


def _serve(setting: Setting, lists: dict[str, Spans]) -> tuple[dict[str, Spans], dict[str, Whole]]:
    """Return the lists without the people the office missed, and those people by rule."""
    rules = {"DSB_L": ("M01", MISSED_LIVING), "DSB_C": ("M02", MISSED_CARE), "ELD_A": ("M06", MISSED_OLD)}
    served, missed = {}, {}
    for programme, (rule, share) in rules.items():
        spans = lists[programme]
        now = (spans.first <= setting.last - 2) & ((spans.last == NEVER) | (spans.last >= setting.last))
        chosen = schooling.draw_missed(setting, np.unique(spans.person[now]), share, LEAST_PLANTED, rule)
        missed[rule] = chosen
        served[programme] = spans.kept(~np.isin(spans.person, chosen))
    return served, missed


def _missed_students(setting: Setting, students: pl.DataFrame, drawing: Spans) -> Mask:
    last = [s for s in schooling.semesters(setting.first - 12, setting.last) if s.paid_day <= setting.today]
    right = schooling.eligible_students(setting, students, drawing, last[-1])["person"].to_numpy()
    return allowances.mask_of(schooling.draw_missed(setting, right, MISSED_SCHOOL, LEAST_PLANTED, "M03"), setting.count)


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
