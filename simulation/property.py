"""Homes: who stands on a title deed and since when, who signed for a flat not yet built, whose old house is rebuilt.

Belongs here: deeds with one or several owners, sales contracts, the yearly plan of dilapidated houses. Does not belong
here: how the registry lists them (`simulation.rolls.property`), tenants of public housing (`simulation.intake`).

Most owners are not poor. What is lawful beside aid is planted (domain.md §3.4): shares inherited from a parent, small old
houses, several deeds for one demolished house, children on the deed of their parents.
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, dates, day_number, first_days
from simulation.circumstances import Circumstances, Weights, draw_days, spread_days, weigh_age, words
from simulation.streams import Generator, pick_some, pick_texts, pick_weighted

DEEDS: Final = 31_000
SALES_PER_YEAR: Final = 2_400
REPAIRS_PER_YEAR: Final = 120
INHERITED: Final = 1_200
POOR_HOMES: Final = 420
RESETTLED: Final = 300

JOINT, JOINT_WITH_CHILD = 0.34, 0.03
FIRST_DEED: Final = "1998-07-01"
RESETTLEMENT: Final = "2011-05-20"
RESETTLED_TOWN: Final = "NP镇"
SEAT: Final = "SY街道"

ESTATES: Final = tuple(
    f"{name}{kind}" for name in ("锦绣", "海景", "金湖", "翠屏", "港城", "丽水", "盛世", "东方") for kind in ("花园", "新村", "华庭")
)
BOUGHT_USES: Final = {"成套住宅": 84, "商业": 7, "车库": 6, "办公": 3}
BOUGHT_HOW: Final = {"买卖": 86, "房改": 5, "赠与": 5, "离婚析产": 4}

DEED_COLUMNS: Final = ("home", "owner", "registered_day", "share", "use", "acquired", "area", "is_flat")


def draw_deeds(circumstances: Circumstances) -> pl.DataFrame:
    """Return one row per owner of a registered home.

    Columns: home, owner, certificate_number (of the home), registered_date, share, address, room, area (square metres, text),
    use, acquired.
    """
    stream = circumstances.setting.stream("belongings: deeds")
    wanted = circumstances.setting.number(DEEDS, 60)
    planted = [_inherit(stream, circumstances), _house_the_poor(stream, circumstances), _resettle(stream, circumstances)]
    left = wanted - sum(part.height for part in planted)
    parts = [*planted, _buy_and_build(stream, circumstances, max(left, 20))]
    return _number_deeds(stream, circumstances, parts)


def _deed_rows(home: Whole, owner: Whole, day: Whole, share: pl.Series, area: Whole, **same: pl.Series | str | bool) -> pl.DataFrame:
    """Return deeds of one part; `area` in tenths of a square metre."""
    frame = pl.DataFrame({"home": home, "owner": owner, "registered_day": day, "share": share, "area": area})
    columns = {name: value if isinstance(value, pl.Series) else pl.lit(value) for name, value in same.items()}
    return frame.with_columns(**columns).select(DEED_COLUMNS)


def _inherit(stream: Generator, circumstances: Circumstances) -> pl.DataFrame:
    """Return shares of a parents' house under the names of all living children; families with a poor child first."""
    people, about = circumstances.setting.people, circumstances
    heirs = np.flatnonzero(about.lives & people["is_local"] & (people["father"] != NEVER) & (about.age >= 25))
    children = pl.DataFrame({"father": people["father"][heirs], "owner": heirs, "poor": about.is_poor[heirs]})
    homes = (
        children.group_by("father")
        .agg(pl.len().alias("count"), pl.col("poor").any())
        .filter(pl.col("count").is_between(2, 6))
        .sort("father")
    )
    weights = np.where(homes["poor"].to_numpy(), 60.0, 1.0) * (about.age[homes["father"].to_numpy()] > 55)
    chosen = homes[pick_weighted(stream, weights, about.setting.number(INHERITED / 3, 3)).tolist()].with_row_index("home")
    rows = children.join(chosen.select("father", "home", "count"), on="father", how="inner", maintain_order="right_left")
    day = spread_days(stream, chosen.height, day_number("2006-01-01"), int(first_days(about.setting.first)) - 400)
    home = rows["home"].cast(pl.Int64).to_numpy()
    share = rows.select(pl.format("按份共有(1/{})", "count"))["count"]
    return _deed_rows(
        home,
        rows["owner"].to_numpy(),
        day[home],
        share,
        stream.integers(700, 1_800, chosen.height)[home],
        use="农村宅基地",
        acquired="继承",
        is_flat=False,
    )


def _house_the_poor(stream: Generator, circumstances: Circumstances) -> pl.DataFrame:
    """Return small old houses of grown-ups on 低保 lists."""
    able = np.flatnonzero(circumstances.is_poor & circumstances.lives & (circumstances.age >= 30) & circumstances.is_settled)
    owner = pick_some(stream, able, circumstances.setting.number(POOR_HOMES, 4))
    day = np.maximum(stream.integers(day_number(FIRST_DEED), day_number("2010-12-31"), len(owner)), circumstances.adult_day[owner])
    one = words(np.full(len(owner), "单独所有"))
    area = stream.integers(260, 640, len(owner))
    return _deed_rows(np.arange(len(owner)), owner, day, one, area, use="农村宅基地", acquired="自建", is_flat=False)


def _resettle(stream: Generator, circumstances: Circumstances) -> pl.DataFrame:
    """Return two or three flats on one day for each family whose house made way for the refinery (拆迁安置多证)."""
    about = circumstances
    there = (about.persons["town_name"] == RESETTLED_TOWN).to_numpy() & about.lives & (about.age >= 32) & about.is_man
    owner = pick_some(stream, np.flatnonzero(there & ~about.is_poor), about.setting.number(RESETTLED / 2.5, 2))
    flats = stream.integers(2, 4, len(owner))
    owners = np.repeat(owner, flats)
    day = np.repeat(day_number(RESETTLEMENT) + stream.integers(0, 900, len(owner)), flats)
    one = words(np.full(len(owners), "单独所有"))
    area = stream.integers(600, 1_200, len(owners))
    return _deed_rows(np.arange(len(owners)), owners, day, one, area, use="成套住宅", acquired="拆迁安置", is_flat=True)


def _buy_and_build(stream: Generator, circumstances: Circumstances, rows: int) -> pl.DataFrame:
    """Return homes people bought or built, until there are `rows` rows; couples and parents with a child share some."""
    about = circumstances
    start = np.maximum(day_number(FIRST_DEED), about.adult_day + 2_200)
    owner = stream.permutation(pick_weighted(stream, _weigh_owners(about) * (about.last_day > start + 30), rows))
    count = len(owner)
    partner, share, earliest = _share_homes(stream, about, owner)
    last = about.last_day[owner]
    day = np.minimum(draw_days(stream, np.maximum(start[owner], earliest), last), last)
    is_flat = stream.random(count) < np.where((about.named(owner, "town_name") == SEAT).to_numpy(), 0.62, 0.26)
    use = pick_texts(stream, BOUGHT_USES, count).zip_with(pl.Series(is_flat), words(np.full(count, "农村宅基地")))
    how = pick_texts(stream, BOUGHT_HOW, count).zip_with(pl.Series(is_flat), words(np.full(count, "自建")))
    area = np.where(is_flat, stream.integers(420, 1_650, count), stream.integers(800, 2_600, count))
    first = _deed_rows(np.arange(count), owner, day, share, area, use=use, acquired=how, is_flat=pl.Series(is_flat))
    second = first.with_columns(owner=pl.Series(partner)).filter(pl.Series(partner != NEVER))
    both = pl.concat([first, second]).sort("home", maintain_order=True).with_row_index("row")
    return both.filter(pl.col("row").max().over("home") < rows).drop("row")


def _weigh_owners(circumstances: Circumstances) -> Weights:
    about = circumstances
    weights = weigh_age(about.age, 24, 88, 48, 22) * np.where(about.is_man, 1.0, 0.45) * ~about.is_poor
    return np.asarray(weights * np.where(about.setting.people["is_local"], 1.0, 0.06) * about.is_at_home_here, dtype=np.float64)


def _share_homes(stream: Generator, circumstances: Circumstances, owner: Whole) -> tuple[Whole, pl.Series, Whole]:
    """Return the second owner of each home (NEVER for none), the words for it, and the first day it can be so."""
    people, luck = circumstances.setting.people, stream.random(len(owner))
    spouse, child = people["spouse"][owner], circumstances.youngest_child[owner]
    born = people["birth_day"][child]
    is_joint = (spouse != NEVER) & (luck < JOINT)
    is_shared = ~is_joint & (child != NEVER) & (luck < JOINT + JOINT_WITH_CHILD) & (born < circumstances.setting.today - 900)
    share = words(np.where(is_joint, "共同共有", np.where(is_shared, "按份共有(50%)", "单独所有")))
    earliest = np.where(is_joint, circumstances.adult_day[spouse] + 800, np.where(is_shared, born + 400, 0))
    return np.where(is_joint, spouse, np.where(is_shared, child, NEVER)), share, earliest


def _number_deeds(stream: Generator, circumstances: Circumstances, parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Return all deeds with numbers in the order of registration, and an address near the first owner."""
    marked = [part.with_columns(pl.col("home") + at * 10_000_000) for at, part in enumerate(parts)]
    rows = pl.concat(marked).sort("registered_day", "home", maintain_order=True)
    rows = rows.with_columns(home=pl.col("home").rle_id().cast(pl.Int64))
    first = rows.group_by("home", maintain_order=True).first()
    count = first.height
    places = circumstances.persons.select("town_name", "village_name", "group_number")[first["owner"].to_list()]
    estate = pick_texts(stream, ESTATES, count)
    flat, house = stream.integers(1, 29, count), stream.integers(1, 420, count)
    room = stream.integers(1, 19, count) * 100 + stream.integers(1, 5, count)
    known = first.hstack(places).with_columns(estate=estate, flat=pl.Series(flat), house=pl.Series(house), number=pl.Series(room))
    day = dates(first["registered_day"].to_numpy())
    built = pl.format("{}{}{}组{}号", "town_name", "village_name", "group_number", "house")
    bought = pl.format("{}{}{}幢", pl.lit(SEAT), "estate", "flat")
    serial = (pl.int_range(pl.len()) + 1).cast(pl.String)
    titled = known.with_columns(registered_date=day).select(
        "home",
        "registered_date",
        address=pl.when("is_flat").then(bought).otherwise(built),
        room=pl.when("is_flat").then(pl.format("{}室", "number")),
        certificate_number=pl.when(pl.col("registered_date").dt.year() >= 2015)
        .then(pl.format("闽({})Q区不动产权第{}号", pl.col("registered_date").dt.year(), serial.str.zfill(7)))
        .otherwise(pl.format("房权证Q字第{}{}号", pl.col("registered_date").dt.year(), serial.str.zfill(6))),
    )
    area = pl.format("{}.{}", pl.col("area") // 10, pl.col("area") % 10)
    wide = rows.join(titled, on="home", how="left", maintain_order="left").with_columns(area=area)
    return wide.select("home", "owner", "certificate_number", "registered_date", "share", "address", "room", "area", "use", "acquired")


def draw_sales(circumstances: Circumstances) -> pl.DataFrame:
    """Return contracts for new flats: sale, buyer, area (text), address, bought_date; one in eight is signed by a couple, a row each."""
    about, setting = circumstances, circumstances.setting
    stream = setting.stream("belongings: sales")
    start, years = int(first_days(setting.begin)), (setting.last - setting.begin + 1) / 12
    weights = weigh_age(about.age, 22, 62, 33, 12) * (~about.is_poor & about.lives & ~about.is_student & about.is_at_home_here)
    buyer = stream.permutation(pick_weighted(stream, weights, round(max(12, setting.number(SALES_PER_YEAR)) * years / 1.1)))
    count = len(buyer)
    flat, floor, door = stream.integers(1, 20, count), stream.integers(2, 30, count), stream.integers(1, 5, count)
    address = pl.DataFrame({"estate": pick_texts(stream, ESTATES, count), "flat": flat, "room": floor * 100 + door})
    area = stream.integers(680, 1_450, count)
    sales = pl.DataFrame(
        {
            "sale": np.arange(count),
            "buyer": buyer,
            "area": pl.select(pl.format("{}.{}", pl.Series(area // 10), pl.Series(area % 10))).to_series(),
            "address": address.select(pl.format("{}{}二期{}幢{}室", pl.lit(SEAT), "estate", "flat", "room")).to_series(),
            "bought_date": dates(spread_days(stream, count, start, setting.today)),
        }
    )
    spouse = setting.people["spouse"][buyer]
    couples = pl.Series((spouse != NEVER) & (stream.random(count) < 0.125))
    return pl.concat([sales, sales.with_columns(buyer=pl.Series(spouse)).filter(couples)]).sort("sale", maintain_order=True)
