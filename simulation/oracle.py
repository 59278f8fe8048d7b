"""The truth about findings, read off the true persons and payments: what a perfect clerk would see in the deliveries.

Belongs here: one function per rule that lists every true case, and the look-alikes beside them. Does not belong here: how
the product finds them; nothing here looks at a roll.

A case is `planted` when its person was chosen by a plant, else `organic`: it came about by itself, and counts as much.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import polars as pl

from simulation.aid import AidFrames
from simulation.allowances import text_months
from simulation.calendar import NEVER, Whole, first_days, month_of, month_texts, months_of_days
from simulation.deliveries import (
    death_months,
    latest,
    ledger_months,
    list_points,
    quarter_of,
    quarter_points,
    semester_of,
    semester_points,
    snapshot_months,
)
from simulation.findings import SCHEMA
from simulation.lookalikes import draw_lookalikes
from simulation.payments import Spans
from simulation.schooling import attending_students
from simulation.setting import Setting

Oracle = Callable[[Setting, AidFrames, pl.DataFrame], pl.DataFrame]


def build_findings(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """Return the findings truth: every true case the deliveries of the asked months show, and lawful look-alikes."""
    parts = []
    for rule, oracle in ORACLES.items():
        true = oracle(setting, aid, students)
        planted = aid.plants[rule].true.tolist() if rule in aid.plants else []
        kind = pl.when(pl.col("person").is_in(planted) | pl.col("other_person").is_in(planted)).then(pl.lit("planted"))
        parts.append(true.with_columns(case_kind=kind.otherwise(pl.lit("organic"))))
        persons = np.union1d(true["person"].to_numpy(), true["other_person"].drop_nulls().to_numpy())
        parts.append(draw_lookalikes(setting, aid, students, rule, true.height, persons))
    return pl.concat(parts).sort(
        "rule_id", "label", "known_month", "person", "other_person", "from_month", descending=[False, True] + [False] * 4
    )


def true_cases(rule: str, known: Whole, **columns: Any) -> pl.DataFrame:  # noqa: ANN401 - arrays, series or one value
    """Return cases of one rule that some asked month shows; months may be numbers or text."""
    plain = {name: month_texts(v) if name.endswith("_month") and isinstance(v, np.ndarray) else v for name, v in columns.items()}
    frame = pl.DataFrame({"known_month": month_texts(known), **{k: v for k, v in plain.items() if not isinstance(v, str)}})
    constants = {"rule_id": rule, "label": "true", **{k: v for k, v in plain.items() if isinstance(v, str)}}
    frame = frame.with_columns(pl.lit(value).alias(name) for name, value in constants.items())
    frame = frame.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in SCHEMA.items() if name not in frame.columns)
    return frame.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()).filter(pl.col("known_month").is_not_null())


def one_per_person(cases: pl.DataFrame) -> pl.DataFrame:
    """Return one case per person and programme: first and last month, all excess, the earliest month it is known."""
    keys = ["rule_id", "label", "person", "programme_code", "other_programme_code"]
    joined = cases.group_by(keys).agg(
        pl.col("case_kind").first(),
        pl.col("other_person").min(),
        pl.col("from_month").min(),
        pl.col("to_month").max(),
        pl.col("excess").sum(),
        pl.col("known_month").min(),
    )
    return joined.select(SCHEMA.names()).sort("person", "programme_code")


def find_paid_after_death(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """A01: months strictly after the month of death, in the lists of 低保 members and 特困 and in the quarterly lists."""
    people = setting.people
    died = np.where(people["death_day"] != NEVER, months_of_days(people["death_day"]), 10**6)
    drawing = aid.cases.enjoys
    member, first, last = aid.cases.member[drawing], aid.cases.member_start[drawing], aid.cases.member_end[drawing]
    tekun = aid.tekun["person"].to_numpy()
    support = (text_months(aid.tekun["from_month"]), text_months(aid.tekun["to_month"]))
    parts = [
        _snapshots_after(setting, "DIB", died, member, first, last),
        _snapshots_after(setting, "TEK", died, tekun, *support),
    ]
    rows = aid.payments.filter(pl.col("programme_code").is_in(["DSB_L", "DSB_C", "ELD_A"]))
    person, to = rows["person"].to_numpy(), text_months(rows["to_month"])
    after = to > died[person]
    rows, person, to = rows.filter(pl.Series(after)), person[after], to[after]
    start = np.maximum(text_months(rows["from_month"]), died[person] + 1)
    months = to - text_months(rows["from_month"]) + 1
    known = latest(list_points(setting, rows["paid_date"].to_physical().to_numpy()), death_months(setting, person))
    excess = rows["amount"].to_numpy() * (to - start + 1) // months
    parts.append(
        true_cases("A01", known, person=person, programme_code=rows["programme_code"], from_month=start, to_month=to, excess=excess)
    )
    return one_per_person(pl.concat(parts))


def _snapshots_after(setting: Setting, programme: str, died: Whole, person: Whole, first: Whole, last: Whole) -> pl.DataFrame:
    start = np.maximum(died[person] + 1, first)
    end = np.where(last == NEVER, setting.last, last)
    after = (end >= start) & (died[person] < 10**6)
    person, start, end = person[after], start[after], end[after]
    known = latest(snapshot_months(setting, start, end), death_months(setting, person))
    return true_cases("A01", known, person=person, programme_code=programme, from_month=start, to_month=np.minimum(end, setting.last))


EXCLUSIVE_FROM: Final = month_of(2016, 1)
"""The two allowances exclude destitute support since the national rule came into force (国发〔2015〕52号)."""


def find_support_with_allowance(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """A03: a disability allowance for a month in which the person is in destitute support."""
    start, end = np.full(setting.count, 10**6), np.full(setting.count, NEVER)
    tekun = aid.tekun["person"].to_numpy()
    start[tekun], end[tekun] = text_months(aid.tekun["from_month"]), text_months(aid.tekun["to_month"])
    rows = aid.payments.filter(pl.col("programme_code").is_in(["DSB_L", "DSB_C"]))
    person = rows["person"].to_numpy()
    first = np.maximum(np.maximum(text_months(rows["from_month"]), start[person]), EXCLUSIVE_FROM)
    last = np.minimum(text_months(rows["to_month"]), np.where(end[person] == NEVER, 10**6, end[person]))
    both = last >= first
    rows, person, first, last = rows.filter(pl.Series(both)), person[both], first[both], last[both]
    seen = snapshot_months(setting, start[person], end[person])
    known = latest(list_points(setting, rows["paid_date"].to_physical().to_numpy()), seen)
    months = text_months(rows["to_month"]) - text_months(rows["from_month"]) + 1
    excess = rows["amount"].to_numpy() * (last - first + 1) // months
    cases = true_cases(
        "A03",
        known,
        person=person,
        programme_code=rows["programme_code"],
        other_programme_code="TEK",
        from_month=first,
        to_month=last,
        excess=excess,
    )
    return one_per_person(cases)


def find_double_members(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """A06: a person who draws in two 低保 households in the same asked month."""
    members = aid.dibao_members.filter("enjoys").with_columns(pl.col("to_month").fill_null("9999-12"))
    pairs = members.join(members, on="person", suffix="_b").filter(pl.col("case") < pl.col("case_b"))
    both = pairs.with_columns(first=pl.max_horizontal("from_month", "from_month_b"), last=pl.min_horizontal("to_month", "to_month_b"))
    both = both.filter(pl.col("first") <= pl.col("last")).with_columns(last=pl.min_horizontal("last", pl.lit(setting.texts[-1])))
    known = snapshot_months(setting, text_months(both["first"]), text_months(both["last"]))
    return one_per_person(
        true_cases(
            "A06",
            known,
            person=both["person"],
            programme_code="DIB",
            other_programme_code="DIB",
            from_month=both["first"],
            to_month=both["last"],
        )
    )


def find_second_settlements(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """A21: two settlements of one stay (same dates, totals within a yuan) left after reversals."""
    cancelled = aid.bills.filter("is_reversal")["reversed_number"]
    standing = aid.bills.filter(~pl.col("is_reversal") & ~pl.col("settlement_number").is_in(cancelled.to_list()))
    keys = ["person", "admission_date", "discharge_date"]
    pairs = standing.join(standing, on=keys, suffix="_b").filter(pl.col("bill") < pl.col("bill_b"))
    pairs = pairs.filter((pl.col("total") - pl.col("total_b")).abs() <= 100)
    day = pairs.select(pl.max_horizontal("paid_date", "paid_date_b"))["paid_date"].to_physical().to_numpy()
    first_day = pairs.select(pl.min_horizontal("paid_date", "paid_date_b"))["paid_date"].to_physical().to_numpy()
    known = latest(ledger_months(setting, day), ledger_months(setting, first_day))
    month = months_of_days(pairs["admission_date"].to_physical().to_numpy())
    cases = true_cases(
        "A21",
        known,
        person=pairs["person"],
        programme_code="INS_B",
        other_programme_code="INS_B",
        from_month=month,
        to_month=months_of_days(pairs["discharge_date"].to_physical().to_numpy()),
        excess=pairs["basic_b"],
    )
    return one_per_person(cases)


def find_overpaid_bills(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """A22: insurance, medical aid, charity and medical temporary aid add up to more than the bill."""
    gifts = aid.payments.filter(pl.col("programme_code").is_in(["CHA_M", "RCS_M", "TMP"]) & pl.col("bill").is_not_null())
    given = gifts.group_by("bill").agg(
        pl.col("amount").sum().alias("given"),
        pl.col("paid_date").max().alias("last_paid"),
        pl.col("paid_date").min().alias("first_paid"),
        pl.col("programme_code").last(),
    )
    over = aid.bills.join(given, on="bill", how="inner", maintain_order="left").with_columns(excess=pl.col("given") - pl.col("self_pay"))
    over = over.filter(pl.col("excess") > 100)
    known = latest(
        ledger_months(setting, over["last_paid"].to_physical().to_numpy()),
        ledger_months(setting, over["first_paid"].to_physical().to_numpy()),
        ledger_months(setting, over["paid_date"].to_physical().to_numpy()),
    )
    month = months_of_days(over["admission_date"].to_physical().to_numpy())
    return one_per_person(
        true_cases(
            "A22",
            known,
            person=over["person"],
            programme_code=over["programme_code"],
            from_month=month,
            to_month=months_of_days(over["discharge_date"].to_physical().to_numpy()),
            excess=over["excess"],
        )
    )


def find_repeated_aid(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """A23: temporary aid for one family and cause twice within twelve months under two case numbers."""
    rows = aid.payments.filter(pl.col("programme_code") == "TMP").select("payment", "person", "cause", "case_number", "paid_date", "amount")
    rows = rows.with_columns(unit=pl.Series(setting.units[rows["person"].to_numpy()])).filter(pl.col("unit") != NEVER)
    pairs = rows.join(rows, on=["unit", "cause"], suffix="_b").filter(
        (pl.col("payment") < pl.col("payment_b")) & (pl.col("case_number") != pl.col("case_number_b"))
    )
    pairs = pairs.filter((pl.col("paid_date_b") - pl.col("paid_date")).dt.total_days() <= 365)
    days = [pairs[name].to_physical().to_numpy() for name in ("paid_date", "paid_date_b")]
    known = latest(ledger_months(setting, days[0]), ledger_months(setting, days[1]))
    cases = true_cases(
        "A23",
        known,
        person=pairs["person"],
        other_person=pairs["person_b"],
        programme_code="TMP",
        other_programme_code="TMP",
        from_month=months_of_days(days[0]),
        to_month=months_of_days(days[1]),
        excess=pairs["amount_b"],
    )
    return one_per_person(cases)


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


ORACLES: Final[dict[str, Oracle]] = {
    "A01": find_paid_after_death,
    "A03": find_support_with_allowance,
    "A06": find_double_members,
    "A21": find_second_settlements,
    "A22": find_overpaid_bills,
    "A23": find_repeated_aid,
    "M01": find_missed_living,
    "M02": find_missed_care,
    "M03": find_missed_students,
    "M05": find_unaided_bills,
    "M06": find_missed_old,
    "M13": find_open_leads,
}
