"""Papers of hospitals on birth and death: who was certified when, and by whom it was asked for.

Belongs here: medical certificates of death and birth. Does not belong here: who dies and is born (`simulation.vital`), the
police registration of it, which comes later.
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, ages_on, dates, first_days, numbers
from simulation.setting import Setting
from simulation.streams import Generator, pick_texts

CERTIFIED_DEATHS: Final = 0.94
"""Share of the dead for whom a certificate is written (3,000 of 3,200 a year)."""

CAUSES: Final = {
    ("脑血管病", "I64"): 20,
    ("恶性肿瘤", "C80"): 24,
    ("冠心病", "I25.1"): 17,
    ("慢性阻塞性肺病", "J44.9"): 12,
    ("肺炎", "J18.9"): 6,
    ("老衰", "R54"): 8,
    ("跌倒", "W19"): 4,
    ("交通事故", "V89.2"): 4,
    ("肝硬化", "K74.6"): 5,
}
DEATH_PLACES: Final = {"家中": 68, "医院病房": 24, "急诊室": 4, "养老服务机构": 3, "其他": 1}


def draw_death_certificates(setting: Setting) -> pl.DataFrame:
    """Return certificates of death: person, place, cause, icd, relative (or null), relation, unit, report_date.

    A hospital reports within days, the village doctor within weeks: mostly sooner than the police hear of it.
    """
    stream = setting.stream("death certificates")
    people = setting.people
    dead = np.flatnonzero((people["death_day"] != NEVER) & (stream.random(setting.count) < CERTIFIED_DEATHS))
    count = len(dead)
    place = pick_texts(stream, DEATH_PLACES, count)
    at_home = (place == "家中").to_numpy()
    lag = np.where(at_home, stream.integers(2, 31, count), stream.integers(0, 8, count))
    words = pl.Series(range(len(CAUSES)))
    shares = np.array(list(CAUSES.values()), dtype=np.float64)
    cause = words.gather(stream.choice(len(CAUSES), size=count, p=shares / shares.sum()))
    relative, relation = _relatives(setting, dead)
    return pl.DataFrame(
        {
            "person": dead,
            "place": place,
            "cause": pl.Series([name for name, _ in CAUSES]).gather(cause),
            "icd": pl.Series([code for _, code in CAUSES]).gather(cause),
            "relative": numbers(relative),
            "relation": relation,
            "report_date": dates(people["death_day"][dead] + lag),
        }
    )


def _relatives(setting: Setting, dead: Whole) -> tuple[Whole, pl.Series]:
    """Return a grown child, else the spouse, else a parent of each of the dead, and the word for what they are."""
    people, alive = setting.people, setting.living(setting.last)
    child = np.full(setting.count, NEVER)
    grown = np.flatnonzero(alive & (ages_on(people["birth_day"], setting.today) >= 18))
    for parent in ("mother", "father"):
        known = grown[people[parent][grown] != NEVER]
        child[people[parent][known]] = known
    found, word = np.full(len(dead), NEVER), np.full(len(dead), None, dtype=object)
    kin_of = {"mother": "父母", "father": "父母", "spouse": "配偶", "child": "子女"}
    for column, name in kin_of.items():
        kin = child[dead] if column == "child" else people[column][dead]
        usable = (kin != NEVER) & alive[np.where(kin == NEVER, 0, kin)]
        found, word = np.where(usable, kin, found), np.where(usable, name, word)
    is_son = people["sex"][np.where(found == NEVER, 0, found)] == 1
    word = np.where(word == "子女", np.where(is_son, "子", "女"), np.where(word == "父母", np.where(is_son, "父亲", "母亲"), word))
    return found, pl.Series(word.tolist(), dtype=pl.String)


def draw_birth_certificates(setting: Setting) -> pl.DataFrame:
    """Return certificates of birth of the children of registered families: person, number, hospital, issue_date."""
    stream: Generator = setting.stream("birth certificates")
    people = setting.people
    born = np.flatnonzero((people["birth_day"] >= int(first_days(setting.begin))) & people["is_local"] & (people["mother"] != NEVER))
    count = len(born)
    serial = pl.int_range(1, count + 1, eager=True).cast(pl.String).str.zfill(8)
    return pl.DataFrame(
        {
            "person": born,
            "number": "P35" + serial,
            "hospital": pick_texts(stream, {"Q区医院": 46, "Q区中医院": 12, "Q区妇幼保健院": 30, "市第一医院": 12}, count),
            "issue_date": dates(people["birth_day"][born] + stream.integers(2, 40, count)),
        }
    )
