"""Illness: stays in hospital and clinic visits with their bills and what each insurance layer pays.

Belongs here: the bills of the cooperative insurance, medical aid settled with them, transfers between hospitals, mother and
newborn on one card. Does not belong here: charity and temporary aid for a bill (`simulation.relief`), planted double
settlements (`simulation.plants`).
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.calendar import NEVER, Whole, ages_on, dates, first_days, months_of_days
from simulation.families import Mask
from simulation.setting import Setting
from simulation.streams import Generator

BILLS_PER_YEAR: Final = 61_300
"""For 48,000 stays in hospital (domain.md §7.6); the rest are outpatients, and some drawn patients have died or moved."""

LEAST_PER_YEAR: Final = 900
VISITS: Final = ("住院", "特殊门诊", "普通门诊")
VISIT_SHARES: Final = np.array([0.84, 0.11, 0.05])
RISK_BY_AGE: Final = ((1, 1.4), (5, 1.0), (15, 0.45), (30, 0.6), (45, 0.6), (60, 1.0), (75, 2.0), (200, 2.6))
HOSPITALS: Final = (
    ("镇中心卫生院", "一级"),
    ("Q区医院", "二级"),
    ("Q区中医院", "二级"),
    ("市第一医院", "三级"),
    ("市第二医院", "三级"),
    ("省立医院", "三级"),
)
HOSPITAL_SHARES: Final = np.array([0.36, 0.28, 0.08, 0.14, 0.07, 0.07])
LEVEL_FACTOR: Final = np.array([0.35, 0.8, 0.8, 1.7, 1.6, 2.4])
DEDUCTIBLES: Final = np.array([10_000, 30_000, 30_000, 80_000, 80_000, 100_000])
RATES: Final = np.array([0.90, 0.78, 0.78, 0.60, 0.60, 0.52])
MAJOR_FROM: Final = 1_200_000
MAJOR_RATE: Final = 0.6
AID_RATE: Final = 0.66
NEAR_POOR: Final = 0.105
DISEASES: Final = (
    ("肺炎", "J18.9", 0.6, 12),
    ("高血压病", "I10", 0.45, 10),
    ("2型糖尿病", "E11.9", 0.5, 9),
    ("脑梗死", "I63.9", 1.5, 9),
    ("冠心病", "I25.1", 1.6, 7),
    ("急性阑尾炎", "K35.8", 0.7, 6),
    ("胆囊结石", "K80.2", 0.9, 6),
    ("骨折", "T14.2", 1.6, 7),
    ("慢性阻塞性肺病", "J44.9", 0.9, 6),
    ("分娩", "O80.9", 0.5, 7),
    ("胃恶性肿瘤", "C16.9", 3.6, 3),
    ("肺恶性肿瘤", "C34.9", 3.8, 3),
    ("肝恶性肿瘤", "C22.9", 3.6, 2),
    ("白血病", "C95.9", 4.5, 1),
    ("尿毒症", "N18.5", 1.4, 4),
    ("腰椎间盘突出", "M51.2", 0.6, 5),
    ("精神分裂症", "F20.9", 0.8, 3),
)
"""Name, ICD-10 code, cost factor, share."""

MONEY: Final = ("total", "in_policy", "deductible", "basic", "major", "medical_aid", "commercial", "self_pay")


def draw_bills(setting: Setting, class_spans: tuple[Whole, Whole, Whole], insured: Mask) -> pl.DataFrame:
    """Return the bills from the first simulated month on, without planted faults.

    Args:
        setting: the district.
        class_spans: person, first and last month of everybody who draws 低保 or is 特困 (medical aid at settlement).
        insured: who is enrolled in the cooperative insurance.
    """
    stream = setting.stream("illness")
    person, admission = _draw_patients(setting, stream, class_spans[0], insured)
    count = len(person)
    visit = stream.choice(3, size=count, p=VISIT_SHARES)
    hospital = np.where(visit == 2, 0, stream.choice(len(HOSPITALS), size=count, p=HOSPITAL_SHARES))
    disease = _draw_diseases(setting, stream, person, visit)
    stay = np.where(visit == 0, np.clip(stream.lognormal(1.9, 0.6, count), 1, 90), 0).astype(np.int64)
    discharge = admission + stay
    late = stream.random(count) < 0.25
    paid = discharge + np.where(late, stream.integers(6, 28, count), 0)
    alive = (setting.people["death_day"][person] == NEVER) | (setting.people["death_day"][person] >= discharge)
    kept = alive & (paid <= setting.today)
    factor = np.array([d[2] for d in DISEASES])[disease] * LEVEL_FACTOR[hospital] * np.array([1.0, 0.25, 0.06])[visit]
    total = (stream.lognormal(0.0, 0.54, count) * factor * 368_000).astype(np.int64) + 8_000
    columns = {
        "person": person,
        "visit": visit,
        "hospital": hospital,
        "disease": disease,
        "admission": admission,
        "discharge": discharge,
        "paid": paid,
        "late": late,
        "total": total,
    }
    columns = {name: values[kept] for name, values in columns.items()}
    columns.update(_settle(setting, stream, columns, class_spans))
    return _frame(setting, columns)


def _draw_patients(setting: Setting, stream: Generator, poor: Whole, insured: Mask) -> tuple[Whole, Whole]:
    people = setting.people
    years = (setting.last - setting.begin + 1) / 12
    age = ages_on(people["birth_day"], int(first_days(setting.first)))
    risk = np.select([age < limit for limit, _ in RISK_BY_AGE], [value for _, value in RISK_BY_AGE]) * insured * people["is_local"]
    risk[np.unique(poor)] *= 1.6
    cumulated = np.cumsum(risk)
    wanted = round(max(setting.number(BILLS_PER_YEAR), LEAST_PER_YEAR) * years)
    person = np.searchsorted(cumulated, stream.random(wanted) * cumulated[-1], side="right")
    start = int(first_days(setting.begin))
    admission = stream.integers(start, setting.today, wanted)
    here = admission >= people["birth_day"][person]
    for name in ("death_day", "moved_day"):
        here &= (people[name][person] == NEVER) | (people[name][person] > admission)
    order = np.lexsort((admission[here], person[here]))
    return person[here][order], admission[here][order]


def _draw_diseases(setting: Setting, stream: Generator, person: Whole, visit: Whole) -> Whole:
    shares = np.array([d[3] for d in DISEASES], dtype=float)
    disease = stream.choice(len(DISEASES), size=len(person), p=shares / shares.sum())
    people = setting.people
    age = ages_on(people["birth_day"][person], int(first_days(setting.first)))
    birth = next(i for i, d in enumerate(DISEASES) if d[0] == "分娩")
    cannot = (disease == birth) & ((people["sex"][person] == 1) | (age < 19) | (age > 42) | (visit > 0))
    return np.where(cannot, 0, disease)


def _settle(
    setting: Setting, stream: Generator, bills: dict[str, NDArray[np.int64]], class_spans: tuple[Whole, Whole, Whole]
) -> dict[str, NDArray[np.int64]]:
    """Return what each layer pays, in fen (domain.md §2.4): basic, major illness, medical aid for the poor, private insurance."""
    total = bills["total"]
    count = len(total)
    in_policy = (total * (1 - stream.uniform(0.03, 0.18, count))).astype(np.int64)
    deductible = np.where(bills["visit"] == 0, np.minimum(DEDUCTIBLES[bills["hospital"]], in_policy), 0)
    basic = ((in_policy - deductible) * RATES[bills["hospital"]]).astype(np.int64)
    left = in_policy - basic
    major = (np.maximum(left - MAJOR_FROM, 0) * MAJOR_RATE).astype(np.int64)
    left = left - major
    poor = is_in_class(setting, class_spans, bills["person"], months_of_days(bills["discharge"]))
    near_poor = stream.random(count) < NEAR_POOR
    rate = np.where(poor, AID_RATE, np.where(near_poor & (left > 110_000), 0.44, 0.0))
    aid = np.minimum((left * rate).astype(np.int64), 1_500_000)
    private = (stream.random(count) < 0.02) & (total > 800_000)
    commercial = np.where(private, ((total - basic - major - aid) * 0.4).astype(np.int64), 0)
    return {
        "in_policy": in_policy,
        "deductible": deductible,
        "basic": basic,
        "major": major,
        "medical_aid": aid,
        "commercial": commercial,
        "self_pay": total - basic - major - aid - commercial,
    }


def is_in_class(setting: Setting, class_spans: tuple[Whole, Whole, Whole], person: Whole, month: Whole) -> Mask:
    """Return whether each person draws 低保 or is 特困 in each month; a person's widest span counts."""
    first = np.full(setting.count, 10**6)
    last = np.full(setting.count, NEVER)
    np.minimum.at(first, class_spans[0], class_spans[1])
    np.maximum.at(last, class_spans[0], np.where(class_spans[2] == NEVER, 10**6, class_spans[2]))
    found: Mask = (first[person] <= month) & (last[person] >= month)
    return found


def _frame(setting: Setting, bills: dict[str, NDArray[np.int64]]) -> pl.DataFrame:
    stream = setting.stream("bill words")
    count = len(bills["person"])
    town = pl.Series(setting.people["home_village"][bills["person"]] % 7).replace_strict(
        dict(enumerate(("SY", "NP", "JS", "HL", "FW", "QH", "TL"))), return_dtype=pl.String
    )
    name = pl.Series([h[0] for h in HOSPITALS]).gather(bills["hospital"])
    hospital = (town + name).zip_with(pl.Series(bills["hospital"] == 0), name)
    payee = _payees(setting, stream, bills["person"])
    frame = pl.DataFrame(
        {
            "person": bills["person"],
            "visit_kind": pl.Series(VISITS).gather(bills["visit"]),
            "hospital": hospital,
            "hospital_level": pl.Series([h[1] for h in HOSPITALS]).gather(bills["hospital"]),
            "admission_date": dates(bills["admission"]),
            "discharge_date": dates(bills["discharge"]),
            "disease": pl.Series([d[0] for d in DISEASES]).gather(bills["disease"]),
            "icd": pl.Series([d[1] for d in DISEASES]).gather(bills["disease"]),
            **{name: bills[name] for name in MONEY},
            "paid_date": dates(bills["paid"]),
            "mode": pl.Series(np.where(bills["late"], "事后报销", "即时结报").astype(object), dtype=pl.String),
            "payee": payee,
            "is_reversal": np.zeros(count, dtype=np.bool_),
            "reversed_number": pl.Series([None] * count, dtype=pl.String),
        }
    )
    return number_bills(frame)


def _payees(setting: Setting, stream: Generator, person: Whole) -> Whole:
    """Return who fetches the money: mostly the patient, a spouse or parent for one in four."""
    people = setting.people
    other = np.where(people["spouse"][person] != NEVER, people["spouse"][person], people["mother"][person])
    minor = ages_on(people["birth_day"][person], int(first_days(setting.first))) < 18
    proxy = (minor | (stream.random(len(person)) < 0.2)) & (other != NEVER)
    return np.where(proxy, other, person)


def number_bills(frame: pl.DataFrame) -> pl.DataFrame:
    """Return bills with `bill` and a settlement number each, in the order of payment."""
    ordered = frame.sort("paid_date", "person", "admission_date", "total", maintain_order=True)
    serial = pl.int_range(pl.len()).cast(pl.String).str.zfill(7)
    numbered = ordered.with_columns(settlement_number=pl.lit("JS") + pl.col("paid_date").dt.strftime("%Y%m") + serial)
    return numbered.with_row_index("bill").with_columns(pl.col("bill").cast(pl.Int64))
