"""Firms, stalls and cooperatives, and the people behind them.

Belongs here: entities with code, name, kind, state, and who represents or holds them. Does not belong here: how the register is
exported (`simulation.rolls.market`).

Lawful beside aid (domain.md §3.4): small stalls, licences revoked and never cancelled, villagers put down as members of a
cooperative, cadres who took out licences for others.
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.calendar import Whole, dates, day_number
from simulation.circumstances import Circumstances, draw_days, pick_often, weigh_age, words
from simulation.streams import Generator, pick_some, pick_texts, pick_weighted

ENTITIES: Final = 14_000
"""Rows of the register: entities, and the further members of cooperatives."""

COOPERATIVES: Final = 150
MEMBERS: Final = 4
STALLS_OF_THE_POOR: Final = 130
AGENTS, LICENCES = 12, 3
KINDS: Final = {"个体工商户": 69, "有限责任公司": 27, "个人独资企业": 4}
STATES: Final = {"存续": 84, "注销": 10, "吊销": 6}
TRADES: Final = ("便利店", "五金店", "服装店", "小吃店", "水产店", "石材店", "理发店", "家电维修部", "茶叶店", "早餐店")
COMPANY_TRADES: Final = ("石业", "贸易", "建筑工程", "水产养殖", "物流", "电子商务", "环保科技", "包装")
FANCY: Final = tuple(f"{a}{b}" for a in "鑫恒盛裕泰兴隆永昌顺" for b in "源达发丰祥和泰利")
COOPERATIVE_TRADES: Final = ("种植", "水产养殖", "禽畜养殖", "农机")
CODE_CHARACTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_HEADS: Final = {"个体工商户": "92", "有限责任公司": "91", "个人独资企业": "91", "农民专业合作社": "93"}
FIRST_FOUNDED: Final = "1996-01-01"


def draw_businesses(circumstances: Circumstances, cadres: Whole) -> pl.DataFrame:
    """Return one row per entity and person whose number is on file.

    Columns: entity, code, name, kind, person, second, third (further investors named in the same cell, null for none), capital
    (fen), founded_date, state.
    """
    stream = circumstances.setting.stream("belongings: businesses")
    planted = [
        _found_cooperatives(stream, circumstances),
        _keep_stalls(stream, circumstances),
        _take_out_licences(stream, circumstances, cadres),
    ]
    left = circumstances.setting.number(ENTITIES, 60) - sum(part.height for part in planted)
    parts = [*planted, _found_firms(stream, circumstances, left)]
    return _name_entities(stream, circumstances, parts)


def _rows(entity: Whole, kind: pl.Series, person: Whole, capital: Whole, day: Whole, state: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"entity": entity, "kind": kind, "person": person, "capital": capital, "founded_day": day, "state": state})


def _found_firms(stream: Generator, circumstances: Circumstances, count: int) -> pl.DataFrame:
    """Return ordinary firms and stalls; some people have two."""
    about = circumstances
    start = np.maximum(day_number(FIRST_FOUNDED), about.adult_day + 700)
    weights = weigh_age(about.age, 20, 75, 42, 15) * np.where(about.is_man, 1.0, 0.45) * ~about.is_poor * (about.last_day > start + 60)
    weights *= np.where(about.setting.people["is_local"], 1.0, 0.4) * about.is_at_home_here
    person = stream.permutation(pick_often(stream, weights, count))
    kind = pick_texts(stream, KINDS, len(person))
    small, large = stream.integers(1, 20, len(person)) * 500_000, stream.integers(1, 60, len(person)) * 10_000_000
    capital = np.where((kind == "个体工商户").to_numpy(), small, large)
    back = stream.exponential(2_000, len(person)).astype(np.int64)
    span = np.maximum(about.last_day[person] - start[person], 1)
    return _rows(
        np.arange(len(person)), kind, person, capital, about.last_day[person] - back % span, pick_texts(stream, STATES, len(person))
    )


def _found_cooperatives(stream: Generator, circumstances: Circumstances) -> pl.DataFrame:
    """Return cooperatives with every member on a row; the last member is somebody on an aid list who may not know of it (被股东)."""
    about = circumstances
    count = about.setting.number(COOPERATIVES, 2)
    villagers = about.lives & about.is_settled & (about.age >= 25)
    leaders = pick_weighted(stream, weigh_age(about.age, 28, 68, 48, 12) * (villagers & ~about.is_poor), count * (MEMBERS - 1))
    poor = pick_some(stream, np.flatnonzero(villagers & about.is_poor), count)
    count = min(len(leaders) // (MEMBERS - 1), len(poor))
    person = np.column_stack([stream.permutation(leaders)[: count * (MEMBERS - 1)].reshape(count, MEMBERS - 1), poor[:count]]).ravel()
    entity = np.repeat(np.arange(count), MEMBERS)
    day = day_number("2008-01-01") + stream.integers(0, 2_600, count)
    capital = stream.integers(3, 40, count) * 5_000_000
    kind = words(["农民专业合作社"] * len(entity))
    return _rows(entity, kind, person, capital[entity], day[entity], words(["存续"] * len(entity)))


def _keep_stalls(stream: Generator, circumstances: Circumstances) -> pl.DataFrame:
    """Return stalls of people on aid lists: half tiny and open, half revoked years ago."""
    about = circumstances
    able = np.flatnonzero(about.is_poor & about.lives & about.is_settled & (about.age >= 28) & (about.age < 72))
    person = pick_some(stream, able, about.setting.number(STALLS_OF_THE_POOR, 6))
    open_ = np.arange(len(person)) % 2 == 0
    capital = stream.integers(2, 11, len(person)) * 100_000
    early = draw_days(stream, np.full(len(person), day_number("1999-01-01")), np.full(len(person), day_number("2009-12-31")))
    late = draw_days(stream, np.full(len(person), day_number("2011-01-01")), np.full(len(person), day_number("2014-12-31")))
    day = np.maximum(np.where(open_, late, early), about.adult_day[person])
    return _rows(np.arange(len(person)), words(["个体工商户"] * len(person)), person, capital, day, words(np.where(open_, "存续", "吊销")))


def _take_out_licences(stream: Generator, circumstances: Circumstances, cadres: Whole) -> pl.DataFrame:
    """Return licences village cadres took out for others, several under one name."""
    agents = pick_some(stream, cadres, circumstances.setting.number(AGENTS, 1))
    person = np.repeat(agents, LICENCES)
    day = np.maximum(day_number("2009-01-01") + stream.integers(0, 2_000, len(person)), circumstances.adult_day[person])
    kind = words(["个体工商户"] * len(person))
    return _rows(np.arange(len(person)), kind, person, stream.integers(1, 6, len(person)) * 1_000_000, day, words(["存续"] * len(person)))


def _name_entities(stream: Generator, circumstances: Circumstances, parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Return the register in the order of founding, with codes, names and further investors."""
    marked = [part.with_columns(pl.col("entity") + at * 10_000_000) for at, part in enumerate(parts)]
    rows = pl.concat(marked).sort("founded_day", "entity", maintain_order=True)
    rows = rows.with_columns(entity=pl.col("entity").rle_id().cast(pl.Int64))
    first = rows.unique("entity", keep="first", maintain_order=True)
    count = first.height
    village = circumstances.named(first["person"].to_numpy(), "village_name").str.replace(r"(村|社区)$", "")
    surname, fancy = circumstances.named(first["person"].to_numpy(), "surname"), pick_texts(stream, FANCY, count)
    shop = pl.format("Q区{}{}{}", village, surname + fancy.str.slice(0, 1), pick_texts(stream, TRADES, count))
    company = pl.format("Q市{}{}有限公司", fancy, pick_texts(stream, COMPANY_TRADES, count))
    cooperative = pl.format("Q区{}{}专业合作社", fancy, pick_texts(stream, COOPERATIVE_TRADES, count))
    kind = pl.col("kind")
    named = first.select(
        "entity",
        name=pl.when(kind == "个体工商户").then(shop).when(kind == "农民专业合作社").then(cooperative).otherwise(company),
        code=credit_codes(first["kind"].replace_strict(CODE_HEADS), stream.permutation(10_000_000)[:count] + 10_000_000),
    )
    further = _further_investors(stream, circumstances, first)
    wide = rows.join(named, on="entity", how="left", maintain_order="left").join(further, on="entity", how="left", maintain_order="left")
    return wide.with_columns(founded_date=dates(wide["founded_day"].to_numpy())).drop("founded_day")


def _further_investors(stream: Generator, circumstances: Circumstances, first: pl.DataFrame) -> pl.DataFrame:
    """Return entity, second, third: investors written after the representative in the cell of a quarter of the companies."""
    companies = first.filter(pl.col("kind") == "有限责任公司")
    company = companies.filter(pl.Series(stream.random(companies.height) < 0.25))
    able = np.flatnonzero(circumstances.lives & ~circumstances.is_poor & (circumstances.age >= 22) & (circumstances.age < 75))
    second, third = (pl.Series(able[stream.integers(len(able), size=company.height)]) for _ in range(2))
    alone = pl.Series(stream.random(company.height) < 0.5)
    return company.select("entity", second=second, third=third.set(alone, None))


def credit_codes(heads: pl.Series, serials: Whole) -> pl.Series:
    """Return unified social credit codes (GB 32100-2015) of the made-up district; head is the two first characters."""
    digits = serials[:, None] // 10 ** np.arange(7, -1, -1) % 10
    check = (11 - (digits * np.array([3, 7, 9, 10, 5, 8, 4, 2])).sum(axis=1) % 11) % 11
    organisation = pl.Series(serials).cast(pl.String) + pl.Series(check).cast(pl.String).replace({"10": "X"})
    bodies = pl.select(pl.concat_str(heads, pl.lit("359901"), organisation)).to_series()
    return bodies + check_characters(bodies)


def check_characters(bodies: pl.Series) -> pl.Series:
    """Return the eighteenth character of seventeen-character bodies (mod 31)."""
    places = {character: at for at, character in enumerate(CODE_CHARACTERS)}
    values: NDArray[np.int64] = np.column_stack(
        [bodies.str.slice(at, 1).replace_strict(places, return_dtype=pl.Int64).to_numpy() for at in range(17)]
    )
    weights = np.array([pow(3, at, 31) for at in range(17)])
    rest = (31 - (values * weights).sum(axis=1) % 31) % 31
    return pl.Series(list(CODE_CHARACTERS)).gather(rest)
