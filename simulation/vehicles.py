"""Motor vehicles of the district's people: cars, motorcycles, tricycles, and what became of the old ones.

Belongs here: who holds which plate since when, and its state. Does not belong here: how the traffic police list them
(`simulation.rolls.vehicles`), vehicles of firms (they name no person).

People on aid hold old motorcycles, and a few vehicles that look worse than they are (domain.md §3.4): scrapped and never
cancelled, for the disabled, for the field, or another man's lorry under their name.
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import Whole, dates, day_number, first_days
from simulation.circumstances import Circumstances, Weights, pick_often, weigh_age, words
from simulation.streams import Generator, pick_some, pick_texts

CARS: Final = 62_000
MOTORCYCLES: Final = 110_000
LAWFUL_CARS: Final = 90
"""Cars under the name of people on aid lists, all of them lawful."""

CAR_KINDS: Final = {"小型轿车": 66, "小型普通客车": 17, "微型普通客车": 5, "轻型普通货车": 9, "重型半挂牵引车": 3}
MOTORCYCLE_KINDS: Final = {"普通二轮摩托车": 84, "轻便二轮摩托车": 11, "正三轮载货摩托车": 5}
CAR_BRANDS: Final = tuple(f"{name}牌" for name in ("海鹭", "闽驰", "远屿", "晨帆", "九山", "信达", "华岭", "宝港"))
MOTORCYCLE_BRANDS: Final = tuple(f"{name}牌" for name in ("飞鹭", "石狮", "劲岭", "轻舟", "长顺", "金鹏"))
LAWFUL_KINDS: Final = ("小型轿车", "残疾人专用小型自动挡载客汽车", "三轮汽车", "中型普通货车")
"""Scrapped, for the disabled, for the field, lent name: dealt in turn."""

PLATE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
OLDEST: Final = "1999-01-01"
BIKES_OF_THE_POOR_UNTIL: Final = "2010-12-31"


def draw_vehicles(circumstances: Circumstances) -> pl.DataFrame:
    """Return the vehicles: vehicle, owner, registered_date, kind, brand, plate_kind, plate, use, state."""
    stream = circumstances.setting.stream("belongings: vehicles")
    lawful = _lend_names(stream, circumstances)
    parts = [
        _draw_cars(stream, circumstances, circumstances.setting.number(CARS) - lawful.height),
        lawful,
        _draw_bikes(stream, circumstances),
    ]
    rows = pl.concat(parts).sort("registered_day", "owner", "kind", maintain_order=True)
    number = stream.permutation(len(PLATE_LETTERS) * 10_000)[np.arange(rows.height) % (len(PLATE_LETTERS) * 10_000)]
    letters = pl.Series(list(PLATE_LETTERS)).gather(number // 10_000)
    digits = pl.Series(number % 10_000).cast(pl.String).str.zfill(4)
    is_bike = pl.col("kind").str.contains("摩托车")
    is_lorry = pl.col("kind").str.contains("货车|牵引车")
    plate_kind = (
        pl.when(is_bike)
        .then(pl.lit("普通摩托车"))
        .when(pl.col("kind") == "三轮汽车")
        .then(pl.lit("农用运输车"))
        .when(pl.col("kind").str.contains("重型|中型"))
        .then(pl.lit("大型汽车"))
        .otherwise(pl.lit("小型汽车"))
    )
    return rows.with_row_index("vehicle").select(
        pl.col("vehicle").cast(pl.Int64),
        "owner",
        "kind",
        "state",
        registered_date=dates(rows["registered_day"].to_numpy()),
        brand=pick_texts(stream, CAR_BRANDS, rows.height).zip_with(
            ~rows["kind"].str.contains("摩托车"), pick_texts(stream, MOTORCYCLE_BRANDS, rows.height)
        ),
        plate_kind=plate_kind,
        plate=pl.lit("闽Q·") + letters + digits,
        use=pl.when(is_lorry).then(pl.lit("货运")).otherwise(pl.lit("非营运")),
    )


def _shape(owner: Whole, day: Whole, kind: pl.Series, state: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"owner": owner, "registered_day": day, "kind": kind, "state": state})


def _register(stream: Generator, circumstances: Circumstances, owner: Whole, mean_years: float) -> Whole:
    """Return days of first registration: mostly of late years, not before the owner was grown up nor after they could act."""
    first = np.maximum(day_number(OLDEST), circumstances.adult_day[owner])
    last = circumstances.last_day[owner]
    back = (stream.exponential(mean_years * 365, len(owner))).astype(np.int64)
    span = np.maximum(last - first, 1)
    days: Whole = np.minimum(last, np.maximum(first, last - back % span))
    return days


def _grow_old(stream: Generator, circumstances: Circumstances, day: Whole) -> pl.Series:
    """Return states: old vehicles are scrapped, cancelled or simply not shown to the inspection any more."""
    years = (circumstances.setting.today - day) / 365.25
    luck = stream.random(len(day))
    old = np.select([luck < 0.34, luck < 0.50, luck < 0.84], ["报废", "注销", "逾期未检"], "正常")
    middle = np.select([luck < 0.02, luck < 0.05, luck < 0.17], ["报废", "注销", "逾期未检"], "正常")
    young = np.where(luck < 0.985, "正常", "逾期未检")
    return words(np.select([years > 13, years > 6], [old, middle], young))


def _weigh(circumstances: Circumstances, peak: int, spread: float, women: float, incomers: float) -> Weights:
    about = circumstances
    weights = weigh_age(about.age, 18, 78, peak, spread) * np.where(about.is_man, 1.0, women)
    weights *= np.where(about.setting.people["is_local"], 1.0, incomers) * about.is_at_home_here
    start = np.maximum(day_number(OLDEST), about.adult_day)
    return np.asarray(weights * (about.last_day > start), dtype=np.float64)


def _draw_cars(stream: Generator, circumstances: Circumstances, count: int) -> pl.DataFrame:
    weights = _weigh(circumstances, 38, 14, 0.34, 0.25) * ~circumstances.is_poor
    owner = pick_often(stream, weights, count)
    day = _register(stream, circumstances, owner, 4.0)
    return _shape(owner, day, pick_texts(stream, CAR_KINDS, len(owner)), _grow_old(stream, circumstances, day))


def _draw_bikes(stream: Generator, circumstances: Circumstances) -> pl.DataFrame:
    """Return motorcycles; those of poor people were bought years ago."""
    weights = _weigh(circumstances, 42, 20, 0.4, 0.5) * np.where(circumstances.is_poor, 0.4, 1.0)
    owner = pick_often(stream, weights, circumstances.setting.number(MOTORCYCLES))
    day = _register(stream, circumstances, owner, 6.5)
    limit = day_number(BIKES_OF_THE_POOR_UNTIL)
    earlier = np.maximum(limit - stream.integers(0, 2_500, len(owner)), circumstances.adult_day[owner])
    day = np.where(circumstances.is_poor[owner] & (day > limit), np.minimum(earlier, day), day)
    return _shape(owner, day, pick_texts(stream, MOTORCYCLE_KINDS, len(owner)), _grow_old(stream, circumstances, day))


def _lend_names(stream: Generator, circumstances: Circumstances) -> pl.DataFrame:
    """Return cars and carts under the name of people on aid lists, in four lawful kinds by turns."""
    about = circumstances
    able = np.flatnonzero(about.is_poor & about.lives & (about.age >= 26) & (about.age < 66))
    owner = pick_some(stream, able, about.setting.number(LAWFUL_CARS, 8))
    turn = np.arange(len(owner)) % len(LAWFUL_KINDS)
    kind = pl.Series(LAWFUL_KINDS).gather(turn)
    young = int(first_days(about.setting.first)) - stream.integers(200, 2_000, len(owner))
    day = np.where(turn == 0, day_number(OLDEST) + stream.integers(0, 1_400, len(owner)), young)
    state = words(np.where(turn == 0, np.where(stream.random(len(owner)) < 0.5, "报废", "注销"), "正常"))
    return _shape(owner, np.maximum(day, about.adult_day[owner]), kind, state)
