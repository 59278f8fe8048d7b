"""True cases of duplicate aid (rules A01 to A23), read off the true persons and payments.

Belongs here: one function per rule. Does not belong here: missed aid (`simulation.oracle_missed`).
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.aid import AidFrames
from simulation.allowances import text_months
from simulation.calendar import NEVER, Whole, month_of, months_of_days
from simulation.deliveries import death_months, latest, ledger_months, list_points, snapshot_months
from simulation.findings import one_per_person, true_cases
from simulation.setting import Setting


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
