"""Village cadres and aid clerks, and those of their near kin who draw aid (近亲属备案).

Belongs here: who is a cadre of which village, and which kinship is declared. Does not belong here: their pay
(`simulation.payroll`), how the declaration is listed (`simulation.rolls.payroll`).

The kin are real: parents, children, brothers and sisters of the cadre by the kinship of the world.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, dates, day_number, first_days
from simulation.circumstances import Circumstances, spread_days, weigh_age
from simulation.families import Mask
from simulation.streams import Generator, pick_some, pick_texts, pick_weighted

CADRES: Final = 520
DECLARATIONS: Final = 180
LEAST: Final = 5
POSTS: Final = {"村(居)委会主任": 24, "村(社区)书记": 22, "村(居)委会委员": 34, "民政协理员": 20}
FIRST_FILED: Final = "2013-03-01"


@dataclass(frozen=True)
class Officials:
    """cadres: person, post. declared: clerk, post, kin, relation, programme, filed_date."""

    cadres: pl.DataFrame
    declared: pl.DataFrame


def draw_officials(circumstances: Circumstances, barred: Mask) -> Officials:
    """Return the cadres and their declarations; `barred` have a sentence behind them or run one."""
    stream = circumstances.setting.stream("belongings: officials")
    able = _is_able(circumstances) & ~barred
    declared = _declare_kin(stream, circumstances, able)
    clerks = np.unique(declared["clerk"].to_numpy())
    wanted = circumstances.setting.number(CADRES, 12) - len(clerks)
    weights = weigh_age(circumstances.age, 26, 63, 46, 12) * np.where(circumstances.is_man, 1.0, 0.35) * able
    weights[clerks] = 0.0
    person = np.concatenate([clerks, pick_weighted(stream, weights, wanted)])
    cadres = pl.DataFrame({"person": person, "post": pick_texts(stream, POSTS, len(person))})
    posts = declared.join(cadres.rename({"person": "clerk"}), on="clerk", how="left", maintain_order="left")
    return Officials(cadres, posts.select("clerk", "post", "kin", "relation", "programme", "filed_date"))


def _is_able(circumstances: Circumstances) -> Mask:
    """Return who can hold a village post: grown up, at home, not on any list of the poor."""
    about = circumstances
    return about.lives & about.is_settled & ~about.is_poor & ~about.is_student & (about.age >= 26) & (about.age < 63)


def _list_kin(circumstances: Circumstances, aided: Whole) -> pl.DataFrame:
    """Return kin (of `aided`), clerk (a near relative of another family) and relation, as the clerk would call the kin."""
    people = circumstances.setting.people
    rows = [_pairs(aided, people[parent][aided]) for parent in ("father", "mother")]
    parents = pl.concat(rows).with_columns(relation=_word(circumstances, "kin", "儿子", "女儿"))
    count = circumstances.setting.count
    everyone = np.arange(count)
    children = pl.concat([_pairs(people[parent], everyone) for parent in ("father", "mother")])
    children = children.filter(pl.col("kin").is_in(aided.tolist()))
    children = children.with_columns(relation=_word(circumstances, "kin", "父亲", "母亲"))
    mine = _pairs(aided, people["father"][aided]).rename({"clerk": "father"})
    theirs = _pairs(people["father"], everyone).rename({"kin": "father"})
    siblings = mine.join(theirs, on="father").filter(pl.col("kin") != pl.col("clerk")).select("kin", "clerk")
    siblings = siblings.with_columns(relation=_sibling_word(circumstances))
    return pl.concat([parents, children, siblings]).sort("kin", "clerk").unique(["kin", "clerk"], keep="first", maintain_order=True)


def _pairs(kin: Whole, clerk: Whole) -> pl.DataFrame:
    known = (kin != NEVER) & (clerk != NEVER)
    return pl.DataFrame({"kin": kin[known], "clerk": clerk[known]})


def _word(circumstances: Circumstances, column: str, man: str, woman: str) -> pl.Expr:
    men = np.flatnonzero(circumstances.is_man)
    return pl.when(pl.col(column).is_in(men.tolist())).then(pl.lit(man)).otherwise(pl.lit(woman))


def _sibling_word(circumstances: Circumstances) -> pl.Expr:
    born = pl.Series(circumstances.setting.people["birth_day"])
    elder = pl.col("kin").replace_strict(np.arange(len(born)), born) < pl.col("clerk").replace_strict(np.arange(len(born)), born)
    return pl.when(elder).then(_word(circumstances, "kin", "哥哥", "姐姐")).otherwise(_word(circumstances, "kin", "弟弟", "妹妹"))


def _declare_kin(stream: Generator, circumstances: Circumstances, able: Mask) -> pl.DataFrame:
    """Return one declaration for each of some people on aid who have a relative fit for a village post."""
    about, setting = circumstances, circumstances.setting
    tekun = about.mask(about.aid.tekun["person"].to_numpy())
    kin = _list_kin(about, np.flatnonzero((about.is_drawing | tekun) & about.lives))
    fit = kin.filter(pl.col("clerk").is_in(np.flatnonzero(able).tolist()))
    fit = (
        fit.with_columns(luck=pl.Series(stream.random(fit.height)))
        .sort("luck")
        .unique("kin", keep="first", maintain_order=True)
        .sort("kin")
    )
    chosen = pick_some(stream, np.arange(fit.height), setting.number(DECLARATIONS, LEAST))
    rows: pl.DataFrame = fit[chosen.tolist()].drop("luck")
    day = stream.permutation(spread_days(stream, rows.height, day_number(FIRST_FILED), int(first_days(setting.first)) + 40))
    is_tekun = pl.Series(tekun[rows["kin"].to_numpy()])
    programme = pl.select(pl.when(is_tekun).then(pl.lit("特困供养")).otherwise(pl.lit("低保"))).to_series()
    return rows.with_columns(programme=programme, filed_date=dates(day))
