"""True cases of missed aid (rules M01 to M13), read off the true persons and payments.

Belongs here: one function per rule. Does not belong here: duplicate aid (`simulation.oracle_duplicates`).
"""

from typing import Any, Final

import numpy as np
import polars as pl

from simulation.aid import AidFrames
from simulation.calendar import NEVER, Whole, first_days, month_texts, months_of_days
from simulation.deliveries import latest, ledger_months, quarter_of, quarter_points, semester_of, semester_points, snapshot_months
from simulation.findings import one_per_person, true_cases
from simulation.payments import Spans
from simulation.schooling import attending_students
from simulation.setting import Setting


def find_missed_living(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """M01: draws 低保 with a certificate in force, and the list of the living allowance leaves the person out."""
    return _find_missed_list(setting, aid, "M01", "DSB_L", "DIB")


def find_missed_care(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """M02: a certificate of grade 1 or 2 in force, and the list of the care allowance leaves the person out."""
    return _find_missed_list(setting, aid, "M02", "DSB_C", None)


def find_missed_old(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """M06: registered and 80 before the quarter began, and the list of the old age allowance leaves the person out."""
    return _find_missed_list(setting, aid, "M06", "ELD_A", None)


def _find_missed_list(setting: Setting, aid: AidFrames, rule: str, programme: str, holder: str | None) -> pl.DataFrame:
    """Return persons entitled in a quarter and at its list's delivery whom no payment of that quarter serves."""
    spans = aid.standing.entitled[programme]
    paid = aid.payments.filter(pl.col("programme_code") == programme)
    parts = []
    for point in quarter_points(setting):
        quarter = quarter_of(setting, point)
        served = _overlapping(paid, quarter, quarter + 2)
        end = np.where(spans.last == NEVER, 10**6, spans.last)
        # Who draws 低保 is only seen in the monthly lists, so one of them must lie in the quarter.
        reach = max(quarter, setting.first) if holder else quarter
        due = (spans.first <= (quarter if rule == "M06" else quarter + 2)) & (end >= point) & setting.living(point)[spans.person]
        due &= (reach <= quarter + 2) & (end >= reach)
        missed = np.flatnonzero(due & ~np.isin(spans.person, served))
        start = np.maximum(spans.first[missed], quarter)
        parts.append(
            true_cases(
                rule,
                np.full(len(missed), point),
                person=spans.person[missed],
                programme_code=programme,
                other_programme_code=holder or "",
                from_month=start,
                to_month=np.full(len(missed), quarter + 2),
                excess=spans.rate[missed] * (quarter + 3 - start),
            )
        )
    return one_per_person(pl.concat(parts).with_columns(pl.col("other_programme_code").replace("", None)))


def _overlapping(payments: pl.DataFrame, first: int, last: int) -> Whole:
    """Return the persons paid for any month from `first` to `last`."""
    begin, end = month_texts(np.array([first, last])).to_list()
    return payments.filter((pl.col("from_month") <= end) & (pl.col("to_month") >= begin))["person"].unique().sort().to_numpy()


def find_missed_students(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """M03: aged 3 to 22, at school, of a family that draws in a month of the semester, and no school aid for it."""
    spans = aid.standing.drawing
    aided = aid.payments.filter(pl.col("programme_code").str.starts_with("EDU_"))
    parts = []
    points = semester_points(setting)
    for point, following in zip(points, [*points[1:], setting.last + 1], strict=True):
        semester = semester_of(setting, point)
        attending = attending_students(students, semester)["person"].to_numpy()
        served = _overlapping(aided, semester.first, semester.last)
        until = np.where(spans.last == NEVER, following - 1, np.minimum(spans.last, following - 1))
        seen = snapshot_months(setting, np.maximum(spans.first, point), until)
        inside = (seen != NEVER) & (spans.first <= semester.last) & ((spans.last == NEVER) | (spans.last >= semester.first))
        missed = np.flatnonzero(
            inside & np.isin(spans.person, attending) & ~np.isin(spans.person, served) & _school_age(setting, spans, semester.paid_day)
        )
        count = len(missed)
        parts.append(
            true_cases(
                "M03",
                seen[missed],
                person=spans.person[missed],
                programme_code="EDU_C",
                other_programme_code="DIB",
                from_month=np.full(count, semester.first),
                to_month=np.full(count, semester.last),
            )
        )
    return one_per_person(pl.concat(parts))


def _school_age(setting: Setting, spans: Spans, day: int) -> Any:  # noqa: ANN401 - a mask
    years = (day - setting.people["birth_day"][spans.person]) / 365.25
    return (years >= 3) & (years < 23)


SETTLE_DAYS: Final = 60


def find_unaided_bills(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """M05: a large own share of a bill and no help for it, sixty days after the patient left."""
    missed = aid.plants["M05"].true
    helped = aid.payments.filter(pl.col("bill").is_not_null())["bill"].unique()
    large = aid.bills.filter(pl.col("person").is_in(missed.tolist()) & (pl.col("self_pay") > 600_000) & ~pl.col("is_reversal"))
    large = large.filter(~pl.col("bill").is_in(helped.to_list()))
    day = large["discharge_date"].to_physical().to_numpy() + SETTLE_DAYS
    due = np.where(first_days(months_of_days(day) + 1) - 1 >= day, months_of_days(day), NEVER)
    paid = ledger_months(setting, large["paid_date"].to_physical().to_numpy())
    known = latest(np.where(due <= setting.last, np.maximum(due, setting.first), NEVER), paid)
    month = months_of_days(large["discharge_date"].to_physical().to_numpy())
    return one_per_person(
        true_cases("M05", known, person=large["person"], programme_code="MED_I", from_month=month, to_month=month, excess=large["self_pay"])
    )


LEAD_DAYS: Final = 30
LEAD_KINDS: Final = ("急难", "重病", "事故", "监护缺失")


def find_open_leads(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """M13: a lead open for more than thirty days at a month's end, and no application by the person or the family since."""
    units = setting.units
    still = aid.leads.filter(pl.col("kind").is_in(LEAD_KINDS) & pl.col("state").is_in(["待办", "处理中"]))
    person, reported = still["person"].to_numpy(), still["reported_date"].to_physical().to_numpy()
    applied = aid.applications.select(unit=pl.Series(units[aid.applications["person"].to_numpy()]), day="received_date")
    leads = pl.DataFrame({"row": np.arange(len(person)), "unit": units[person], "reported": still["reported_date"]})
    later = leads.join(applied, on="unit").filter(pl.col("day") >= pl.col("reported")).group_by("row").agg(pl.col("day").min())
    answer = np.full(len(person), 10**7)
    answer[later["row"].to_numpy()] = later["day"].to_physical().to_numpy()
    due = np.maximum(months_of_days(reported + LEAD_DAYS), setting.first)
    due = np.where(first_days(due + 1) - 1 - reported > LEAD_DAYS, due, due + 1)
    end = first_days(due + 1) - 1
    shown = ledger_months(setting, reported)
    known = np.where((due <= setting.last) & (answer > end) & (shown != NEVER), np.maximum(due, shown), NEVER)
    month = months_of_days(reported)
    return one_per_person(true_cases("M13", known, person=person, from_month=month, to_month=month))
