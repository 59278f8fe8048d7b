"""Student aid by semester (EDU_*): students of aided families by right, others for hardship.

Belongs here: who is aided in which semester, whom the schools missed. Does not belong here: the school register
(`simulation.lives`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, ages_on, dates, first_days, month_of, month_texts
from simulation.families import Mask
from simulation.payments import Spans, shape_payments
from simulation.setting import Setting
from simulation.streams import pick_some

PER_SEMESTER: Final = 6_400
PROGRAMMES: Final = {"学前": "EDU_K", "小学": "EDU_C", "初中": "EDU_C", "高中": "EDU_H", "中职": "EDU_V"}
AMOUNTS: Final = {"EDU_K": 50_000, "EDU_C": 50_000, "EDU_H": 100_000, "EDU_V": 100_000}


@dataclass(frozen=True)
class Semester:
    """Half a school year: its first year, 1 for autumn and 2 for spring, its months."""

    year: int
    half: int
    first: int
    last: int

    @property
    def text(self) -> str:
        """Return the words of an aid list."""
        return f"{self.year}-{self.year + 1}学年第{'一二'[self.half - 1]}学期"

    @property
    def paid_day(self) -> int:
        """Return the 25th of October or April, when the lists are paid."""
        return int(first_days(self.first + (1 if self.half == 1 else 2))) + 24


def semesters(first: int, last: int) -> list[Semester]:
    """Return the semesters that touch the months from `first` to `last`; February to July is spring."""
    found = []
    for year in range(first // 12 + 1970 - 1, last // 12 + 1970 + 1):
        autumn = Semester(year, 1, month_of(year, 9), month_of(year + 1, 1))
        spring = Semester(year, 2, month_of(year + 1, 2), month_of(year + 1, 7))
        found += [s for s in (autumn, spring) if s.last >= first and s.first <= last]
    return found


def eligible_students(setting: Setting, students: pl.DataFrame, spans: Spans, semester: Semester) -> pl.DataFrame:
    """Return the register rows of students aged 3 to 22 whose family draws in any month of the semester (domain.md M03)."""
    attending = attending_students(students, semester)
    end = np.where(spans.last == NEVER, 10**6, spans.last)
    drawing = np.zeros(setting.count, dtype=np.bool_)
    drawing[spans.person[(spans.first <= semester.last) & (end >= semester.first)]] = True
    age = ages_on(setting.people["birth_day"], semester.paid_day)
    fits = drawing & (age >= 3) & (age <= 22)
    return attending.filter(pl.Series(fits[attending["person"].to_numpy()]))


def attending_students(students: pl.DataFrame, semester: Semester) -> pl.DataFrame:
    """Return who attends a school of the district (not college) in a semester."""
    return students.filter((pl.col("from_date").dt.year() == semester.year) & (pl.col("state") == "在读") & (pl.col("stage") != "大学"))


def pay_students(setting: Setting, students: pl.DataFrame, spans: Spans, missed: Mask, payees: Whole, accounts: pl.Series) -> pl.DataFrame:
    """Return student aid; `missed` are students of aided families whom their school never put forward."""
    stream = setting.stream("student aid")
    needy = stream.random(setting.count)
    paid = []
    for semester in semesters(max(setting.begin, setting.first - 12), setting.last):
        if semester.paid_day > setting.today:
            continue
        attending = attending_students(students, semester)
        person = attending["person"].to_numpy()
        right = eligible_students(setting, students, spans, semester)["person"].to_numpy()
        others = np.setdiff1d(person, right)
        wanted = max(0, setting.number(PER_SEMESTER, 60) - len(right))
        others = others[np.argsort(needy[others], kind="stable")[:wanted]]
        chosen = np.union1d(right, others)
        chosen = chosen[~missed[chosen] & setting.living(semester.first + 1)[chosen]]
        rows = attending.filter(pl.Series(np.isin(person, chosen)))
        paid.append(_pay(setting, rows, semester, payees, accounts))
    return pl.concat(paid)


def _pay(setting: Setting, rows: pl.DataFrame, semester: Semester, payees: Whole, accounts: pl.Series) -> pl.DataFrame:
    count = rows.height
    programme = rows["stage"].replace_strict(PROGRAMMES, return_dtype=pl.String)
    payee = payees[rows["person"].to_numpy()]
    return shape_payments(
        {
            "programme_code": programme,
            "person": rows["person"],
            "amount": programme.replace_strict(AMOUNTS, return_dtype=pl.Int64),
            "from_month": month_texts(np.full(count, semester.first)),
            "to_month": month_texts(np.full(count, semester.last)),
            "paid_date": dates(np.full(count, semester.paid_day)),
            "payee": payee,
            "account": accounts.gather(payee),
        },
        department="education",
        kind="regular",
        is_returned=False,
        period_text=semester.text,
        fund="学生资助资金",
    )


def draw_missed(setting: Setting, candidates: Whole, share: float, least: int, name: str) -> Whole:
    """Return a share of the candidates, at least `least` of them: those an office never served."""
    stream = setting.stream(name)
    return pick_some(stream, candidates, max(least, round(len(candidates) * share)))
