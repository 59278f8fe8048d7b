"""Children in difficulty: orphans, children nobody really looks after, and others the villages watch over.

Belongs here: who they are, what became of their parents, who their guardian is. Does not belong here: their roll
(`simulation.rolls.children`), which works out the top-up month by month.
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.aid import AidFrames
from simulation.calendar import NEVER, Whole, ages_on, first_days, last_days, month_texts
from simulation.families import Mask
from simulation.setting import Setting
from simulation.streams import Generator, pick_texts, pick_weighted

ORPHANS: Final = 70
OTHERS: Final = 110
DIFFICULT_SHARE: Final = 0.25
"""Of the others: watched over without an allowance."""

STATES: Final = {"失踪": 12, "服刑": 20, "戒毒": 14, "重残": 16, "重病": 16, "失联": 22}
HOME_CARE: Final = 0.93


def draw_children(setting: Setting, aid: AidFrames) -> pl.DataFrame:
    """Return the children; orphans first. Holders of a disability card and children in destitute support are other lists' business."""
    stream = setting.stream("children in difficulty")
    people = setting.people
    gone = {parent: _is_gone(setting, people[parent]) for parent in ("father", "mother")}
    free = _free_children(setting, aid)
    both, one = gone["father"] & gone["mother"], gone["father"] | gone["mother"]
    orphans = pick_weighted(stream, np.where(free, np.where(both, 1.0, 1e-6), 0.0), setting.number(ORPHANS, 3))
    free[orphans] = False
    others = pick_weighted(stream, np.where(free & ~both, np.where(one, 1.0, 0.002), 0.0), setting.number(OTHERS, 5))
    person = np.concatenate([orphans, others])
    is_orphan = np.arange(len(person)) < len(orphans)
    luck = stream.random(len(person))
    category = np.select([is_orphan, luck < DIFFICULT_SHARE], ["孤儿", "困境儿童"], "事实无人抚养儿童")
    states = {parent: _states(stream, gone[parent][person], is_orphan) for parent in ("father", "mother")}
    guardian, word = _choose_guardians(setting, stream, person)
    started = np.full(len(person), setting.first) - stream.integers(1, 30, len(person))
    return pl.DataFrame(
        {
            "child": np.arange(len(person)),
            "person": person,
            "category": pl.Series(category.astype(object), dtype=pl.String),
            "care_form": pl.Series(np.where(is_orphan & (luck > HOME_CARE), "集中", "散居").astype(object), dtype=pl.String),
            **{f"{parent}_state": state for parent, state in states.items()},
            "guardian": guardian,
            "guardian_word": word,
            "from_month": month_texts(started),
        }
    )


def _is_gone(setting: Setting, parent: Whole) -> Mask:
    """Return for whom a parent is dead, or was never registered here."""
    at = np.where(parent == NEVER, 0, parent)
    death = setting.people["death_day"][at]
    is_dead = (death != NEVER) & (death <= int(last_days(setting.first)))
    return np.asarray((parent == NEVER) | is_dead, dtype=np.bool_)


def _free_children(setting: Setting, aid: AidFrames) -> Mask:
    """Return who is under 17 and lives here until the end, on no list that excludes an allowance for children."""
    people = setting.people
    born, began = people["birth_day"], int(first_days(setting.first))
    free = (born < began - 400) & (ages_on(born, setting.today) < 17) & setting.living(setting.last) & people["is_local"]
    for listed in (aid.disabilities["person"], aid.tekun["person"]):
        free[listed.to_numpy()] = False
    return np.asarray(free, dtype=np.bool_)


def _states(stream: Generator, is_gone: Mask, is_orphan: Mask) -> pl.Series:
    """Return what became of one parent: dead where the register knows nobody, else something that keeps them from the child."""
    drawn = pick_texts(stream, STATES, len(is_gone))
    return drawn.set(pl.Series(is_gone | is_orphan), "死亡")


def _choose_guardians(setting: Setting, stream: Generator, child: Whole) -> tuple[Whole, pl.Series]:
    """Return each child's guardian, an elder of the same book before others of the village, and the word of kinship."""
    people = setting.people
    age = ages_on(people["birth_day"], int(first_days(setting.first)))
    adult = np.flatnonzero((age >= 25) & (age < 78) & setting.living(setting.last) & people["is_local"])
    adults = pl.DataFrame({"guardian": adult, "book": people["book"][adult], "village": people["village"][adult]})
    adults = adults.with_columns(luck=stream.random(len(adult)), unfit=np.abs(age[adult] - 60))
    parents = {"father": people["father"][child], "mother": people["mother"][child]}
    wards = pl.DataFrame({"person": child, "book": people["book"][child], "village": people["village"][child], **parents})
    other = (pl.col("guardian") != pl.col("father")) & (pl.col("guardian") != pl.col("mother"))
    found = []
    for by in ("book", "village"):
        near = wards.join(adults.select("guardian", by, "luck", "unfit"), on=by).filter(other)
        order = ["unfit", "guardian"] if by == "book" else ["luck"]
        found.append(near.sort("person", *order).unique("person", keep="first", maintain_order=True).select("person", pl.col("guardian")))
    chosen = wards.join(found[0], on="person", how="left", maintain_order="left")
    chosen = chosen.join(found[1], on="person", how="left", maintain_order="left", suffix="_near")
    guardian = chosen.select(pl.coalesce("guardian", "guardian_near", pl.lit(int(adult[0])))).to_series().to_numpy()
    return guardian, _kin_words(setting, child, guardian)


def _kin_words(setting: Setting, child: Whole, guardian: Whole) -> pl.Series:
    """Return what the guardian is to the child."""
    people = setting.people
    is_man = people["sex"][guardian] == 1
    words = np.full(len(child), "其他亲属", dtype=object)
    for parent, (man, woman) in {"father": ("祖父", "祖母"), "mother": ("外祖父", "外祖母")}.items():
        at = people[parent][child]
        known = np.where(at == NEVER, 0, at)
        is_elder = (at != NEVER) & ((people["father"][known] == guardian) | (people["mother"][known] == guardian))
        words[is_elder] = np.where(is_man, man, woman)[is_elder]
    return pl.Series(words, dtype=pl.String)
