"""Marriages, divorces and cremations as the civil affairs office registers them.

Belongs here: which couples registered when, who was cremated when and who mourns. Does not belong here: how the lists look
(`simulation.rolls.civil_events`), deaths (`simulation.vital`).

Couples are the couples of the world, divorced pairs its divorced people: parents of one child first. A cremation is known weeks
before the police hear of the death (domain.md §7.4), and not every funeral is one.
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, dates, first_days
from simulation.circumstances import Circumstances, spread_days, words
from simulation.streams import Generator, pick_weighted

MARRIAGES, DIVORCES, REISSUED = 2_900, 700, 110
"""Entries a year of the full Q区: weddings, divorces, certificates issued anew to couples long married."""

LEAST: Final = 4
CREMATED_SHARE: Final = 0.9
LEGAL_AGE: Final = {True: 22, False: 20}


def draw_registrations(circumstances: Circumstances) -> pl.DataFrame:
    """Return entries of the marriage register: entry, husband, wife, registered_date, business (结婚/离婚/补领结婚证)."""
    about, setting = circumstances, circumstances.setting
    stream = setting.stream("belongings: marriages")
    years = (setting.last - setting.begin + 1) / 12
    wanted = {name: round(setting.number(count, LEAST) * years) for name, count in (("m", MARRIAGES), ("d", DIVORCES), ("r", REISSUED))}
    husbands = np.flatnonzero(about.is_man & (setting.people["spouse"] != NEVER) & (setting.people["is_local"]))
    wed, day = _wed(stream, about, husbands, wanted["m"])
    rest = np.setdiff1d(husbands, wed)
    again = _reissue(stream, about, rest, wanted["r"])
    parts = [
        _entries(wed, setting.people["spouse"][wed], day, "结婚"),
        _entries(again, setting.people["spouse"][again], _any_day(stream, about, len(again)), "补领结婚证"),
        _divorce(stream, about, wanted["d"]),
    ]
    rows = pl.concat(parts).sort("registered_date", "husband", maintain_order=True).with_row_index("entry")
    return rows.with_columns(pl.col("entry").cast(pl.Int64))


def _entries(husband: Whole, wife: Whole, day: Whole, business: str) -> pl.DataFrame:
    frame = pl.DataFrame({"husband": husband, "wife": wife, "registered_date": dates(day)})
    return frame.with_columns(business=pl.lit(business))


def _any_day(stream: Generator, circumstances: Circumstances, count: int) -> Whole:
    setting = circumstances.setting
    return spread_days(stream, count, int(first_days(setting.begin)), setting.today)


def _wed(stream: Generator, circumstances: Circumstances, husbands: Whole, count: int) -> tuple[Whole, Whole]:
    """Return husbands and wedding days: young couples whose first child, if any, came later; else couples who register late."""
    about, setting = circumstances, circumstances.setting
    people = setting.people
    wives = people["spouse"][husbands]
    legal = np.maximum(
        people["birth_day"][husbands] + round(LEGAL_AGE[True] * 365.25), people["birth_day"][wives] + round(LEGAL_AGE[False] * 365.25)
    )
    first = np.maximum(int(first_days(setting.begin)), legal + 5)
    last = np.minimum(about.last_day[husbands], about.last_day[wives])
    child = about.eldest_child[wives]
    before_child = np.where(child == NEVER, last, people["birth_day"][child] - 200)
    fits = np.minimum(last, before_child) > first
    age = about.age[wives]
    weights = np.where(fits, 30.0, 1.0) * np.exp(-(((age - 24) / 6.0) ** 2)) * (last > first)
    end = np.where(fits, np.minimum(last, before_child), last)
    chosen = pick_weighted(stream, weights, count)
    chosen = chosen[np.argsort(end[chosen], kind="stable")]
    day = _any_day(stream, about, len(chosen))
    return husbands[chosen], np.clip(day, first[chosen], end[chosen] - 1)


def _reissue(stream: Generator, circumstances: Circumstances, husbands: Whole, count: int) -> Whole:
    about = circumstances
    wives = about.setting.people["spouse"][husbands]
    weights = (about.lives[husbands] & about.lives[wives] & (about.age[husbands] > 35) & (about.age[husbands] < 76)).astype(np.float64)
    return stream.permutation(husbands[pick_weighted(stream, weights, count)])


def _divorce(stream: Generator, circumstances: Circumstances, count: int) -> pl.DataFrame:
    """Return divorces: parents who are no couple any more, then divorced men and women of like age without a child in common."""
    about, people = circumstances, circumstances.setting.people
    is_divorced = (people["marriage"] == 40) & about.lives
    child = np.flatnonzero((people["father"] != NEVER) & (people["mother"] != NEVER))
    father, mother = people["father"][child], people["mother"][child]
    parted = is_divorced[father] & is_divorced[mother] & (people["spouse"][father] != mother)
    pairs = pl.DataFrame({"husband": father[parted], "wife": mother[parted]}).unique(["husband", "wife"]).sort("husband", "wife")
    pairs = pairs.unique("husband", keep="first", maintain_order=True).unique("wife", keep="first", maintain_order=True)
    taken = about.mask(np.concatenate([pairs["husband"].to_numpy(), pairs["wife"].to_numpy()]))
    is_parent = (about.eldest_child != NEVER) | taken
    men, women = (np.flatnonzero(is_divorced & ~is_parent & (about.is_man == man) & (about.age >= 25)) for man in (True, False))
    men, women = (group[np.argsort(people["birth_day"][group], kind="stable")] for group in (men, women))
    size = min(len(men), len(women))
    at = np.linspace(0, 1, size, endpoint=False)
    others = pl.DataFrame({"husband": men[(at * len(men)).astype(np.int64)], "wife": women[(at * len(women)).astype(np.int64)]})
    near = pl.Series(np.abs(people["birth_day"][others["husband"].to_numpy()] - people["birth_day"][others["wife"].to_numpy()]) < 9 * 365)
    both = pl.concat([_shuffle(stream, pairs), _shuffle(stream, others.filter(near))])[:count]
    day = stream.permutation(_any_day(stream, about, both.height))
    return _entries(both["husband"].to_numpy(), both["wife"].to_numpy(), day, "离婚")


def _shuffle(stream: Generator, rows: pl.DataFrame) -> pl.DataFrame:
    shuffled: pl.DataFrame = rows[stream.permutation(rows.height).tolist()]
    return shuffled


def draw_cremations(circumstances: Circumstances) -> pl.DataFrame:
    """Return cremations of the simulated years: person, cremated_date, mourner (spouse, else eldest child; null for neither)."""
    about, setting = circumstances, circumstances.setting
    stream = setting.stream("belongings: cremations")
    people = setting.people
    dead = np.flatnonzero((people["death_day"] != NEVER) & (people["death_day"] <= setting.today))
    dead = dead[stream.random(len(dead)) < CREMATED_SHARE]
    day = people["death_day"][dead] + stream.integers(1, 5, len(dead))
    spouse, child = people["spouse"][dead], about.eldest_child[dead]
    survives = (spouse != NEVER) & _outlives(about, spouse, day)
    grown = (child != NEVER) & _outlives(about, child, day) & (about.adult_day[child] <= day)
    mourner = np.where(survives, spouse, np.where(grown, child, NEVER))
    relation = words(np.where(survives, "配偶", np.where(grown, "子女", "")))
    rows = pl.DataFrame({"person": dead, "cremated_date": dates(day), "mourner": mourner, "relation": relation})
    return rows.with_columns(pl.when(pl.col("mourner") != NEVER).then("mourner").alias("mourner")).sort("cremated_date", "person")


def _outlives(circumstances: Circumstances, person: Whole, day: Whole) -> Whole:
    return np.asarray(circumstances.last_day[person] >= np.minimum(day, circumstances.setting.today))
