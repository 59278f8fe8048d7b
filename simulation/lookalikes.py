"""Lawful patterns that a plain join takes for a finding: named, so that a wrong hit can be told from its kind.

Belongs here: who shows which lawful pattern of a rule. Does not belong here: planted ones beyond naming them, and true cases
(`simulation.oracle`).
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.aid import AidFrames
from simulation.calendar import NEVER, Whole, ages_on, first_days, last_days, month_texts
from simulation.deliveries import ledger_months
from simulation.findings import SCHEMA
from simulation.plants import LOOKALIKES
from simulation.setting import Setting

Patterns = list[tuple[str, Whole]]

PROGRAMMES: Final = {
    "A01": None,
    "A03": "DSB_C",
    "A06": "DIB",
    "A21": "INS_B",
    "A22": "CHA_M",
    "A23": "TMP",
    "M01": "DSB_L",
    "M02": "DSB_C",
    "M03": "EDU_C",
    "M05": "MED_I",
    "M06": "ELD_A",
    "M13": None,
}


def draw_lookalikes(
    setting: Setting, aid: AidFrames, students: pl.DataFrame, rule: str, true_count: int, true_persons: Whole
) -> pl.DataFrame:
    """Return look-alikes of a rule: planted ones first, then those of everyday life, two to three for each true case."""
    stream = setting.stream(f"look-alikes {rule}")
    planted = aid.plants[rule].like if rule in aid.plants else []
    everyday = _everyday(setting, aid, students, rule)
    wanted = round(true_count * LOOKALIKES)
    rows: list[tuple[str, int]] = []
    seen = set(true_persons.tolist())
    for patterns in (planted, everyday):
        pool = [(kind, int(person)) for kind, persons in patterns for person in persons.tolist()]
        for index in stream.permutation(len(pool)).tolist():
            if len(rows) < wanted and pool[index][1] not in seen:
                rows.append(pool[index])
                seen.add(pool[index][1])
    first = month_texts(np.array([setting.first]))[0]
    frame = pl.DataFrame(
        {"case_kind": [kind for kind, _ in rows], "person": [person for _, person in rows]},
        schema={"case_kind": pl.String, "person": pl.Int64},
    )
    constants = {"rule_id": rule, "label": "lookalike", "programme_code": PROGRAMMES[rule], "known_month": first}
    frame = frame.with_columns(pl.lit(value, dtype=pl.String).alias(name) for name, value in constants.items())
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in SCHEMA.items() if name not in frame.columns]
    return frame.with_columns(missing).select(SCHEMA.names())


def _everyday(setting: Setting, aid: AidFrames, students: pl.DataFrame, rule: str) -> Patterns:
    """Return the patterns of ordinary lives that resemble a rule."""
    if rule == "A01":
        return _dead_payees(setting, aid)
    if rule in ("M01", "M02"):
        return _certificates_without_right(setting, aid, rule)
    if rule == "M03":
        return _students_without_right(setting, aid, students)
    if rule == "M05":
        return _bills_without_need(setting, aid)
    if rule == "M06":
        return _elders_without_right(setting)
    return []


def _dead_payees(setting: Setting, aid: AidFrames) -> Patterns:
    """Return dead payees whose last payment is lawful: a funeral payment, or the month of death."""
    people = setting.people
    known = np.where(people["death_known_day"] != NEVER, people["death_known_day"], 0)
    dead = (people["death_day"] != NEVER) & (ledger_months(setting, known) != NEVER)
    funeral = aid.payments.filter(pl.col("programme_code") == "FUN")["person"].unique().sort().to_numpy()
    paid = (
        aid.payments.filter(pl.col("programme_code").is_in(["ELD_A", "DSB_L", "DSB_C", "TEK", "DIB"]))["person"].unique().sort().to_numpy()
    )
    return [("funeral_payment", funeral[dead[funeral]]), ("paid_to_the_month_of_death", paid[dead[paid]])]


def _certificates_without_right(setting: Setting, aid: AidFrames, rule: str) -> Patterns:
    """Return holders of certificates that give no right, because of the certificate or of the holder."""
    held = aid.disabilities
    drawing = np.unique(aid.cases.member[aid.cases.enjoys])
    listed = np.setdiff1d(aid.cases.member[~aid.cases.enjoys], drawing)
    if rule == "M01":
        held = held.filter(pl.col("person").is_in(np.concatenate([drawing, listed]).tolist()))
    else:
        held = held.filter(pl.col("grade") <= 2)
    person = held["person"].to_numpy()
    expired = (held["valid_to"].to_physical().to_numpy() < int(first_days(setting.first))) & (held["state"] == "正常").to_numpy()
    void = (held["state"] != "正常").to_numpy()
    gone = ~setting.living(setting.last)[person]
    tekun = np.isin(person, aid.tekun["person"].to_numpy())
    patterns = [
        ("certificate_expired", person[expired]),
        ("certificate_not_in_force", person[void]),
        ("in_destitute_support", person[tekun]),
    ]
    patterns.append(("dead_or_moved_away", person[gone]))
    return [*patterns, ("listed_not_drawing", person[np.isin(person, listed)])] if rule == "M01" else patterns


def _students_without_right(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> Patterns:
    """Return pupils of listed families who do not draw, or who have left or paused school, or are aided through a guardian."""
    drawing = np.unique(aid.cases.member[aid.cases.enjoys])
    listed = np.setdiff1d(aid.cases.member[~aid.cases.enjoys], drawing)
    recent = students.filter(pl.col("from_date").dt.year() >= setting.first // 12 + 1970 - 1)
    at_school = recent.filter(pl.col("state") == "在读")["person"].unique().sort().to_numpy()
    away = recent.filter(pl.col("state") != "在读")["person"].unique().sort().to_numpy()
    aided = aid.payments.filter(pl.col("programme_code").str.starts_with("EDU_") & (pl.col("payee") != pl.col("person")))
    guarded = np.intersect1d(aided["person"].unique().sort().to_numpy(), drawing)
    return [
        ("listed_not_drawing", np.intersect1d(listed, at_school)),
        ("left_or_paused_school", np.intersect1d(drawing, away)),
        ("aided_through_the_guardian", guarded),
    ]


def _bills_without_need(setting: Setting, aid: AidFrames) -> Patterns:
    """Return large bills that were helped, and bills just under the threshold."""
    paid = ledger_months(setting, aid.bills["paid_date"].to_physical().to_numpy()) != NEVER
    shown = aid.bills.filter(pl.Series(paid))
    gifts = aid.payments.filter(pl.col("programme_code").is_in(["CHA_M", "RCS_M", "TMP"]) & pl.col("bill").is_not_null())
    helped = shown.filter((pl.col("self_pay") > 1_000_000) & pl.col("bill").is_in(gifts["bill"].unique().to_list()))
    under = shown.filter(pl.col("self_pay").is_between(850_000, 1_000_000) & (pl.col("medical_aid") == 0))
    return [
        ("helped_by_charity", helped["person"].unique().sort().to_numpy()),
        ("below_the_threshold", under["person"].unique().sort().to_numpy()),
    ]


def _elders_without_right(setting: Setting) -> Patterns:
    """Return people of eighty who died, moved away, turned eighty inside a quarter or are not registered here."""
    people = setting.people
    age = ages_on(people["birth_day"], int(last_days(setting.last)))
    old = age >= 80
    start = int(first_days(setting.first))
    dead = old & (people["death_day"] >= start) & people["is_local"]
    moved = old & (people["moved_day"] >= start)
    young = old & people["is_local"] & (ages_on(people["birth_day"], start) < 80)
    guest = old & ~people["is_local"]
    return [
        ("dead", np.flatnonzero(dead)),
        ("moved_away", np.flatnonzero(moved)),
        ("turned_eighty_inside_the_period", np.flatnonzero(young)),
        ("not_registered_here", np.flatnonzero(guest)),
    ]
