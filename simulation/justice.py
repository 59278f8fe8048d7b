"""Those the law holds, watches, lets go, and those it helps: sentences, community correction, resettlement, aid of courts.

Belongs here: terms with first and last day, cases of judicial and legal aid. Does not belong here: how the offices list them
(`simulation.rolls.justice`).

The detained are grown-ups away from home who are a family of their own and draw nothing, so that the truth of aid households,
which knows no detention, stays right. People under community correction live at home and may draw aid (domain.md §3.4).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, dates, first_days, numbers
from simulation.circumstances import Circumstances, spread_days, weigh_age
from simulation.families import Mask, units_in
from simulation.streams import Generator, pick_some, pick_texts, pick_weighted

DETAINED, CORRECTED, RESETTLED = 900, 260, 700
JUDICIAL_AID, LEGAL_AID = 18, 420
LEAST: Final = 12
"""The shortest list of a year has an entry for each month."""

PRISONS: Final = {"闽南监狱": 46, "Q市监狱": 25, "闽东女子监狱": 7, "Q市强制隔离戒毒所": 22}
DETOX: Final = "Q市强制隔离戒毒所"
WOMENS_PRISON: Final = "闽东女子监狱"
CRIMES: Final = {"盗窃": 24, "危险驾驶": 20, "故意伤害": 14, "交通肇事": 12, "诈骗": 12, "开设赌场": 10, "寻衅滋事": 8}
CORRECTION_KINDS: Final = {"缓刑": 90, "假释": 5, "暂予监外执行": 3, "管制": 2}
MEASURES: Final = {"": 60, "心理辅导": 14, "技能培训": 12, "就业推荐": 8, "困难慰问": 6}
RELEASE_YEARS: Final = 5

VICTIM_CAUSES: Final = {"故意伤害": 36, "交通肇事": 30, "故意杀人": 8, "追索赡养费": 10, "人身损害赔偿执行": 16}
VICTIM_OFFICES: Final = {"区人民法院": 50, "区人民检察院": 28, "区公安分局": 22}
LEGAL_MATTERS: Final = {"请求支付劳动报酬": 34, "交通事故赔偿": 22, "婚姻家庭": 18, "工伤赔偿": 12, "请求给付赡养费": 8, "刑事辩护": 6}
LAWYERS: Final = tuple(f"{name}律师" for name in ("周", "施", "邱", "蔡", "许", "潘"))


@dataclass(frozen=True)
class Justice:
    """The lists.

    detained: person, place, from_date, to_date. corrected: person, crime, kind, from_date, to_date, measure.
    resettled: person, crime, sentence_years, released_date, to_date, measure. judicial_aid: aid, case_number, cause, office,
    person, relation, harm, amount (fen), decided_date, paid_date. legal_aid: case, person, matter, received_date, is_granted,
    decided_date, lawyer, closed_date.
    """

    detained: pl.DataFrame
    corrected: pl.DataFrame
    resettled: pl.DataFrame
    judicial_aid: pl.DataFrame
    legal_aid: pl.DataFrame


def draw_justice(circumstances: Circumstances) -> Justice:
    """Return the lists of police and justice."""
    stream = circumstances.setting.stream("belongings: justice")
    detained = _detain(stream, circumstances)
    taken = circumstances.mask(detained["person"].to_numpy())
    corrected = _correct(stream, circumstances, ~taken)
    taken |= circumstances.mask(corrected["person"].to_numpy())
    resettled = _resettle(stream, circumstances, ~taken, detained)
    return Justice(detained, corrected, resettled, _aid_victims(stream, circumstances, ~taken), _aid_at_law(stream, circumstances, ~taken))


def _draw_terms(stream: Generator, circumstances: Circumstances, stock: int, shortest: int, mean: int) -> tuple[Whole, Whole]:
    """Return first and last days of terms: `stock` of them run on the first day asked for, and as many begin as end afterwards.

    Whom one finds inside on a given day is there for long more often than for short: the stock's lengths are weighed by themselves.
    """
    setting = circumstances.setting
    first = int(first_days(setting.first))
    more = round(stock * (setting.today - first) / (shortest + mean))
    length = shortest + stream.exponential(mean, stock * 5 + more).astype(np.int64)
    inside = length[pick_weighted(stream, length[: stock * 5].astype(np.float64), stock)]
    gone = (np.arange(stock) + stream.random(stock)) / max(stock, 1)
    begun = first - (stream.permutation(gone) * inside).astype(np.int64)
    begins = np.concatenate([begun, spread_days(stream, more, first + 1, setting.today)])
    return begins, begins + np.concatenate([inside, length[stock * 5 :]])


def _is_alone(circumstances: Circumstances) -> Mask:
    """Return who is an aid unit of one in the first and the last month asked for."""
    setting = circumstances.setting
    alone = np.ones(setting.count, dtype=np.bool_)
    for month in (setting.first, setting.last):
        units = units_in(setting.people, setting.dependence, month)
        size = np.bincount(units[units != NEVER], minlength=setting.count)
        alone &= (units == np.arange(setting.count)) & (size == 1)
    return alone


def _detain(stream: Generator, circumstances: Circumstances) -> pl.DataFrame:
    about, people = circumstances, circumstances.setting.people
    able = about.lives & people["is_local"] & people["is_away"] & _is_alone(about)
    able &= ~about.is_poor & ~about.is_aided & ~about.is_student & ~about.mask(about.aid.disabilities["person"].to_numpy())
    weights = weigh_age(about.age, 18, 68, 30, 13) * np.where(about.is_man, 1.0, 0.10) * able
    begins, ends = _draw_terms(stream, about, about.setting.number(DETAINED, 8), 180, 1_500)
    person = stream.permutation(pick_weighted(stream, weights, len(begins)))
    begins, ends = begins[: len(person)], ends[: len(person)]
    begins = np.maximum(begins, about.adult_day[person] + 30)
    ends = np.maximum(ends, begins + 180)
    place = pick_texts(stream, PRISONS, len(person))
    woman = pl.Series(~about.is_man[person])
    place = pl.select(
        pl.when(woman & (place != DETOX))
        .then(pl.lit(WOMENS_PRISON))
        .when(~woman & (place == WOMENS_PRISON))
        .then(pl.lit("闽南监狱"))
        .otherwise(place)
    ).to_series()
    return pl.DataFrame({"person": person, "place": place, "from_date": dates(begins), "to_date": dates(ends)})


def _pick_at_home(stream: Generator, circumstances: Circumstances, allowed: Mask, count: int, drawing_share: float) -> Whole:
    """Return grown-ups who live at home, a share of them (at least one) drawing 低保."""
    about = circumstances
    able = about.lives & about.is_settled & (about.age >= 19) & (about.age < 68) & allowed & ~about.is_student
    drawing = pick_some(stream, np.flatnonzero(able & about.is_drawing), max(1, round(count * drawing_share)))
    weights = weigh_age(about.age, 19, 67, 34, 14) * np.where(about.is_man, 1.0, 0.15) * (able & ~about.is_poor)
    return stream.permutation(np.concatenate([drawing, pick_weighted(stream, weights, count - len(drawing))]))


def _correct(stream: Generator, circumstances: Circumstances, allowed: Mask) -> pl.DataFrame:
    begins, ends = _draw_terms(stream, circumstances, circumstances.setting.number(CORRECTED, 6), 180, 360)
    person = _pick_at_home(stream, circumstances, allowed, len(begins), 0.06)
    count = len(person)
    begins = np.maximum(begins[:count], circumstances.adult_day[person] + 30)
    return pl.DataFrame(
        {
            "person": person,
            "crime": pick_texts(stream, CRIMES, count),
            "kind": pick_texts(stream, CORRECTION_KINDS, count),
            "from_date": dates(begins),
            "to_date": dates(np.maximum(ends[:count], begins + 180)),
            "measure": _measures(stream, count),
        }
    )


def _measures(stream: Generator, count: int) -> pl.Series:
    found = pick_texts(stream, MEASURES, count)
    return found.set(found == "", None)


def _resettle(stream: Generator, circumstances: Circumstances, allowed: Mask, detained: pl.DataFrame) -> pl.DataFrame:
    """Return people released within five years, among them the prisoners whose term ends while the simulation runs."""
    about, setting = circumstances, circumstances.setting
    freed = (pl.col("to_date") <= dates(np.array([setting.today]))[0]) & (pl.col("place") != DETOX)
    released = detained.filter(freed)
    others = _pick_at_home(stream, about, allowed, setting.number(RESETTLED, 6), 0.05)
    years = round(RELEASE_YEARS * 365.25)
    first = int(first_days(setting.first))
    day = stream.permutation(spread_days(stream, len(others), first - years + 10, first - 5))
    day = np.maximum(day, about.adult_day[others] + 200)
    person = np.concatenate([others, released["person"].to_numpy()])
    day = np.concatenate([day, released["to_date"].to_physical().to_numpy().astype(np.int64)])
    count = len(person)
    return pl.DataFrame(
        {
            "person": person,
            "crime": pick_texts(stream, CRIMES, count),
            "sentence_years": stream.integers(1, 9, count),
            "released_date": dates(day),
            "to_date": dates(day + years),
            "measure": _measures(stream, count),
        }
    )


def _yearly(circumstances: Circumstances, per_year: int) -> int:
    setting = circumstances.setting
    return round(setting.number(per_year, LEAST) * (setting.last - setting.begin + 1) / 12)


def _aid_victims(stream: Generator, circumstances: Circumstances, allowed: Mask) -> pl.DataFrame:
    """Return judicial aid. In every fourth case two of the family are aided under one number, each once: lawful."""
    about, setting = circumstances, circumstances.setting
    able = np.flatnonzero(about.lives & about.is_settled & allowed & (about.age >= 22) & ~about.is_aided)
    cases = max(1, round(_yearly(about, JUDICIAL_AID) / 1.25))
    person = stream.permutation(pick_some(stream, able, cases))
    cases = len(person)
    decided = spread_days(stream, cases, int(first_days(setting.begin)) + 8, setting.today - 3)
    office = pick_texts(stream, VICTIM_OFFICES, cases)
    frame = pl.DataFrame(
        {
            "person": person,
            "cause": pick_texts(stream, VICTIM_CAUSES, cases),
            "office": office,
            "relation": pick_texts(stream, {"本人": 70, "父母": 30}, cases),
            "harm": pick_texts(stream, {"重伤": 40, "轻伤": 30, "财产损失": 30}, cases),
            "amount": stream.integers(5, 60, cases) * 100_000,
            "decided_date": dates(decided),
            "paid_date": dates(decided + stream.integers(3, 30, cases)),
            "second": numbers(setting.people["spouse"][person]),
        }
    ).with_columns(number=pl.int_range(pl.len()) + 1)
    case_number = pl.format("({})闽Q{}救{}号", pl.col("decided_date").dt.year(), pl.col("office").str.slice(3, 1), "number")
    frame = frame.with_columns(case_number=case_number)
    seconds = frame.filter((pl.col("number") % 4 == 1) & pl.col("second").is_not_null())
    seconds = seconds.with_columns(person=pl.col("second"), relation=pl.lit("配偶"))
    both = pl.concat([frame, seconds]).sort("number", maintain_order=True).drop("second", "number")
    return both.with_row_index("aid").with_columns(pl.col("aid").cast(pl.Int64))


def _aid_at_law(stream: Generator, circumstances: Circumstances, allowed: Mask) -> pl.DataFrame:
    """Return applications for legal aid, none from a family or a namesake of somebody the grid reported.

    An application answers a report (rule M13); the truth of reports without one was settled before.
    """
    about, people, persons = circumstances, circumstances.setting.people, circumstances.persons
    reported = about.aid.leads["person"].to_numpy()
    near = np.isin(about.setting.units, about.setting.units[reported]) | np.isin(people["dwelling"], people["dwelling"][reported])
    near |= np.isin(people["book"], people["book"][reported])
    near |= persons["name"].is_in(about.named(reported, "name").unique().implode()).to_numpy()
    able = about.lives & about.is_at_home_here & ~near & allowed & (about.age >= 18) & (about.age < 80)
    person = stream.permutation(pick_some(stream, np.flatnonzero(able), _yearly(about, LEGAL_AID)))
    count = len(person)
    received = spread_days(stream, count, int(first_days(about.setting.begin)), about.setting.today)
    granted = stream.random(count) < 0.9
    return pl.DataFrame(
        {
            "case": np.arange(count),
            "person": person,
            "matter": pick_texts(stream, LEGAL_MATTERS, count),
            "received_date": dates(received),
            "is_granted": granted,
            "decided_date": dates(received + stream.integers(1, 8, count)),
            "lawyer": pick_texts(stream, LAWYERS, count).set(pl.Series(~granted), None),
            "closed_date": dates(received + stream.integers(30, 200, count)).set(pl.Series(~granted), None),
        }
    )
