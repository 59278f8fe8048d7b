"""Patients under care: who is signed with a family doctor, gravely ill, or managed for a severe mental disorder.

Belongs here: who stands on these lists, since when, and who looks after them. Does not belong here: stays and bills
(`simulation.illness`), how a roll looks (`simulation.rolls`).
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, ages_on, dates, day_number, first_days, numbers
from simulation.families import Mask
from simulation.places import TOWNS, list_villages
from simulation.setting import Setting
from simulation.streams import Generator, pick_some, pick_texts, pick_weighted

SIGNED: Final = (
    ("老年人", 28_000, 65, 200),
    ("孕产妇", 3_000, 20, 42),
    ("儿童", 27_000, 1, 7),
    ("高血压", 26_000, 35, 200),
    ("糖尿病", 8_600, 35, 200),
    ("严重精神障碍", 1_300, 18, 200),
    ("结核", 300, 15, 200),
    ("残疾", 3_300, 1, 200),
    ("计生特殊", 500, 49, 200),
)
"""Group, people of the full Q区 (98,000 in all), ages from and below."""

GRAVE: Final = 1_200
GRAVE_KINDS: Final = {
    "胃恶性肿瘤": "恶性肿瘤",
    "肺恶性肿瘤": "恶性肿瘤",
    "肝恶性肿瘤": "恶性肿瘤",
    "白血病": "白血病",
    "尿毒症": "终末期肾病",
    "脑梗死": "脑卒中",
    "冠心病": "急性心肌梗死",
}
"""The list's word for the disease on the bill."""

MENTAL: Final = 1_750
CERTIFIED: Final = 0.65
"""Share of the holders of a certificate for mental disability who are managed; the others never came to a clinic."""

DIAGNOSES: Final = {"精神分裂症": 62, "分裂情感性精神病": 4, "偏执性精神病": 3, "心境(双相)障碍": 9, "精神发育迟滞伴发": 15, "癫痫所致": 7}
RISKS: Final = {"0": 58, "1": 18, "2": 10, "3": 8, "4": 4, "5": 2}
CARE_STATES: Final = {"规范管理": 82, "非规范管理": 9, "失访": 4, "住院": 5}
TAKING: Final = {"规律服药": 70, "间断服药": 18, "不服药": 12}
SIGNED_GUARDIANS: Final = 0.6
REWARDS: Final = (240_000, 120_000)
"""Fen a year for the guardian of a patient of risk 3 and more, and of others."""


def draw_signed_care(setting: Setting, disabilities: pl.DataFrame, mental: pl.DataFrame) -> pl.DataFrame:
    """Return people signed with a family doctor, one row per group they are signed for: person, group, centre, doctor, signed_date."""
    stream = setting.stream("signed care")
    people = setting.people
    age = ages_on(people["birth_day"], int(first_days(setting.first)))
    here = people["is_local"] & ~people["is_away"] & setting.living(setting.first) & (age >= 0)
    pools = {
        "孕产妇": _mothers(setting),
        "残疾": _mask(setting, disabilities["person"]),
        "严重精神障碍": _mask(setting, mental["person"]),
    }
    parts = []
    for group, wanted, low, high in SIGNED:
        pool = here & (age >= low) & (age < high) & pools.get(group, np.ones(setting.count, dtype=np.bool_))
        parts.append((group, pick_some(stream, np.flatnonzero(pool), setting.number(wanted, 2))))
    person = np.concatenate([chosen for _, chosen in parts])
    groups = np.concatenate([np.full(len(chosen), group, dtype=object) for group, chosen in parts])
    count = len(person)
    signed = int(first_days(setting.first)) - stream.integers(1, 900, count)
    return pl.DataFrame(
        {
            "person": person,
            "group": pl.Series(groups.tolist(), dtype=pl.String),
            "centre": _town_words(people["home_village"][person]) + "卫生院",
            "doctor": pick_texts(stream, [f"{one}{two}" for one in "陈林黄庄刘" for two in ("医生", "大夫")], count),
            "signed_date": dates(np.maximum(signed, people["birth_day"][person] + 20)),
            "visited_after": stream.integers(20, 95, count),
        }
    ).sort("person", "group")


def _mask(setting: Setting, persons: pl.Series) -> Mask:
    found = np.zeros(setting.count, dtype=np.bool_)
    found[persons.to_numpy()] = True
    return found


def _mothers(setting: Setting) -> Mask:
    """Return the mothers of children born within half a year of the first asked month."""
    people = setting.people
    near = np.abs(people["birth_day"] - int(first_days(setting.first))) < 270
    mothers = people["mother"][near & (people["mother"] != NEVER)]
    found = np.zeros(setting.count, dtype=np.bool_)
    found[mothers] = True
    return found


def _town_words(villages: Whole) -> pl.Series:
    """Return the letters of the town of each village: SY, NP …; the zone belongs to the seat."""
    words = list_villages()["town_name"].str.replace("街道|镇", "").to_list()
    return pl.Series([*words, TOWNS[0].name.replace("街道", "")]).gather(villages)


def draw_grave_patients(setting: Setting, bills: pl.DataFrame) -> pl.DataFrame:
    """Return the gravely ill of each year by their bills: person, year, kind, diagnosed_date, hospital.

    They are drawn among the stays for such a disease, the dearer the likelier; costs are added up from the bills of the year.
    """
    stream = setting.stream("grave patients")
    stays = bills.filter(pl.col("disease").is_in(list(GRAVE_KINDS)) & (pl.col("visit_kind") == "住院") & ~pl.col("is_reversal"))
    dated = stays.with_columns(year=pl.col("paid_date").dt.year())
    ordered = dated.sort("year", "person", "total", "bill", descending=[False, False, True, False])
    dear = ordered.unique(["year", "person"], keep="first", maintain_order=True)
    parts = []
    for (year,), rows in dear.group_by("year", maintain_order=True):
        share = _share_of_year(int(str(year)), setting.today)
        chosen = pick_weighted(stream, rows["total"].to_numpy().astype(np.float64) ** 1.5, round(setting.number(GRAVE, 8) * share))
        parts.append(rows.select(pl.all().gather(chosen)))
    found = pl.concat(parts)
    before = pl.Series(stream.integers(0, 12, found.height))
    return found.select(
        "person",
        "year",
        pl.col("disease").replace_strict(GRAVE_KINDS).alias("kind"),
        pl.col("admission_date").dt.offset_by(pl.format("-{}d", before)).alias("diagnosed_date"),
        "hospital",
        pl.col("paid_date").alias("listed_date"),
    )


def _share_of_year(year: int, today: int) -> float:
    """Return how much of `year` has passed by the day `today`."""
    passed = (today - day_number(f"{year}-01-01") + 1) / 365.25
    return min(1.0, max(0.0, passed))


def draw_mental_patients(setting: Setting, disabilities: pl.DataFrame, accounts: pl.Series) -> pl.DataFrame:
    """Return the managed patients: person, patient_number, diagnosis, risk, care_state, taking, guardian, has_agreement, reward, account.

    Part of the holders of a certificate for mental disability are among them. The reward for the guardian who signed goes to
    the guardian's account (以奖代补).
    """
    stream = setting.stream("mental patients")
    people = setting.people
    age = ages_on(people["birth_day"], int(first_days(setting.first)))
    pool = people["is_local"] & (age >= 16) & setting.living(setting.first)
    cards = disabilities.filter(pl.col("kind") == "精神")["person"].unique().sort().to_numpy()
    cards = cards[pool[cards]]
    wanted = setting.number(MENTAL, 10)
    certified = pick_some(stream, cards, min(round(len(cards) * CERTIFIED), round(wanted * 0.7)))
    others = np.setdiff1d(np.flatnonzero(pool & (age < 80)), cards)
    person = np.sort(np.concatenate([certified, pick_some(stream, others, wanted - len(certified))]))
    count = len(person)
    guardian = _guardians(setting, stream, person)
    risk = pick_texts(stream, RISKS, count)
    signed = (stream.random(count) < SIGNED_GUARDIANS) & (guardian != NEVER)
    rewarded = pl.Series(signed)
    reward = pl.Series(np.where(risk.cast(pl.Int64).to_numpy() >= 3, *REWARDS))
    return pl.DataFrame(
        {
            "person": person,
            "patient_number": pl.Series(person + 1).cast(pl.String).str.zfill(6),
            "diagnosis": pick_texts(stream, DIAGNOSES, count),
            "risk": risk,
            "care_state": pick_texts(stream, CARE_STATES, count),
            "taking": pick_texts(stream, TAKING, count),
            "guardian": numbers(guardian),
            "has_agreement": signed,
            "reward": reward.set(~rewarded, None),
            "account": accounts.gather(np.where(guardian == NEVER, 0, guardian)).set(~rewarded, None),
        }
    )


def _guardians(setting: Setting, stream: Generator, person: Whole) -> Whole:
    """Return who looks after each patient: the spouse, else the mother or father; NEVER for a few and where nobody is left."""
    people, alive = setting.people, setting.living(setting.last)
    found = np.full(len(person), NEVER)
    for name in ("father", "mother", "spouse"):
        kin = people[name][person]
        usable = (kin != NEVER) & alive[np.where(kin == NEVER, 0, kin)]
        found = np.where(usable, kin, found)
    return np.where(stream.random(len(person)) < 0.04, NEVER, found)
