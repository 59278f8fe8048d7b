"""The towns and villages of the made-up district, with their 12-digit codes and the changes they went through.

Belongs here: place names, codes (domain.md §5.4), sizes and the gazetteer rows of `districts/q_district/places.csv`.
Does not belong here: who lives in a place, or how an address is misspelt in a roll.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from simulation.streams import open_stream

COUNTY: Final = "359901"
PLACES_SEED: Final = 3599


@dataclass(frozen=True)
class Town:
    """One town: its three digits, registered people in thousands, communities (居委会) and villages (村委会)."""

    name: str
    code: str
    thousands: int
    communities: int
    villages: int
    poverty: float


TOWNS: Final = (
    Town("SY街道", "001", 86, 9, 13, 0.8),
    Town("NP镇", "100", 66, 2, 15, 0.9),
    Town("JS镇", "101", 43, 1, 12, 1.1),
    Town("HL镇", "102", 56, 1, 14, 1.0),
    Town("FW镇", "103", 46, 1, 10, 1.0),
    Town("QH镇", "105", 41, 1, 10, 0.9),
    Town("TL镇", "106", 62, 1, 14, 1.5),
)
"""domain.md §7.1; serial 104 is missing as in life."""

ZONE: Final = ("工业园区", "400")
"""The port zone: collective books only, migrant workers."""

FIRST_PARTS: Final = tuple(
    str.split(
        "山下 前埔 后坑 上湖 下厝 东埭 西庄 南岭 北墘 石井 沙格 桥头 塘边 溪口 "
        "坝头 港尾 湾里 岭脚 海滨 盐场 田中 林边 古楼 新塘 大厝 小坝 凤山 龙岗 "
        "狮峰 鹤亭 梅坑 松柏 竹林 荔园 柑园 榕口 茶山 樟脚 枫亭 柳坂 金埔 银厝 "
        "玉湖 珠坑 锦山 绣溪 仙塔 圣岭 文笔 武寨 官路 驿坂 吉埔 祥厝 福林 禄口 "
        "寿峰 喜山 康厝 宁湖 平原 安坪 和坂 顺埭 广田 阔口 长坑 方厝 圆山 横路 "
        "斜塔 高楼 低坑 深沪 浅湾 远岭 近港 涂坑 沙埔 石船 泥塘 岩前 峰林 坪上 "
        "洋中 洋尾 坂头 坂里 埕边 碑头 亭后 庙前 祠堂 井头 渠尾 陂下 闸口 屿头 "
        "屿仔 澳里 澳外 礁后 浪头 帆山 网厝 渡口 船坞 灯塔 潮乐 鱼埕 蛏埕 蚝山"
    )
)


def _distinct_names() -> list[str]:
    stream = open_stream(PLACES_SEED, "village names")
    return [FIRST_PARTS[i] for i in stream.permutation(len(FIRST_PARTS))]


def list_villages() -> pl.DataFrame:
    """Return the villages and communities of today: village_code, village_name, town_code, town_name, weight, poverty.

    `weight` is the expected share of registered people: towns as in domain.md §7.1, villages log-normal (σ 0.55) in a town.
    """
    stream = open_stream(PLACES_SEED, "village sizes")
    names = iter(_distinct_names())
    rows: list[dict[str, object]] = []
    for town in TOWNS:
        sizes = stream.lognormal(0.0, 0.55, town.communities + town.villages)
        sizes = sizes / sizes.sum() * town.thousands / sum(t.thousands for t in TOWNS)
        for number, size in enumerate(sizes):
            is_community = number < town.communities
            serial = 1 + number if is_community else 200 + (number - town.communities) + (number - town.communities) // 5
            rows.append(
                {
                    "village_code": f"{COUNTY}{town.code}{serial:03d}",
                    "village_name": next(names) + ("社区" if is_community else "村"),
                    "town_code": f"{COUNTY}{town.code}000",
                    "town_name": town.name,
                    "weight": float(size),
                    "poverty": town.poverty,
                }
            )
    return pl.DataFrame(rows).sort("village_code")


def zone() -> dict[str, str]:
    """Return the industrial zone as a place: town code, town name and the one collective address in it."""
    return {
        "village_code": f"{COUNTY}{ZONE[1]}498",
        "village_name": f"{ZONE[0]}集体户",
        "town_code": f"{COUNTY}{ZONE[1]}000",
        "town_name": ZONE[0],
    }


def _aliases(name: str, old: str | None = None) -> str:
    """Return the ways a place is written, joined by |."""
    stem = name.removesuffix("社区").removesuffix("村")
    if name.endswith("社区"):
        words = [stem, f"{stem}居委会", f"{stem}社区居委会", f"{stem}社区居民委员会"]
        words += [f"{stem}村", f"{stem}社区(原{old})"] if old else []
    else:
        words = [stem, f"{stem}村委会", f"{stem}村民委员会"]
    return "|".join(words)


def _place(code: str, parent: str, level: str, name: str, aliases: str, dates: tuple[str, str, str] = ("", "", "")) -> dict[str, str]:
    return {
        "place_code": code,
        "parent_code": parent,
        "level": level,
        "name": name,
        "aliases": aliases,
        "valid_from": dates[0],
        "valid_to": dates[1],
        "successor_code": dates[2],
    }


def _former_villages(villages: pl.DataFrame) -> tuple[list[dict[str, str]], dict[str, tuple[str, str]]]:
    """Return old places (村改居 and merged villages) and, for each successor, the day it began and its old name."""
    former: list[dict[str, str]] = []
    began: dict[str, tuple[str, str]] = {}
    communities = villages.filter(pl.col("village_name").str.ends_with("社区"))
    changed = communities.filter(pl.col("town_code") == f"{COUNTY}001000").head(3)
    for number, row in enumerate(changed.to_dicts()):
        stem = row["village_name"].removesuffix("社区")
        first, last = (("2012-07-01", "2012-06-30"), ("2014-10-01", "2014-09-30"), ("2015-05-01", "2015-04-30"))[number]
        former.append(
            _place(
                f"{COUNTY}001{290 + number}",
                row["town_code"],
                "village",
                f"{stem}村",
                _aliases(f"{stem}村"),
                ("", last, row["village_code"]),
            )
        )
        began[row["village_code"]] = (first, f"{stem}村")
    spare = _distinct_names()[villages.height :]
    absorbing = villages.filter(pl.col("town_code") == f"{COUNTY}106000").tail(2)
    for number, row in enumerate(absorbing.to_dicts()):
        name = f"{spare[number]}村"
        code = f"{COUNTY}106{290 + number}"
        former.append(_place(code, row["town_code"], "village", name, _aliases(name), ("", "2013-12-31", row["village_code"])))
    return former, began


def build_places() -> pl.DataFrame:
    """Return the gazetteer of the district: what `districts/q_district/places.csv` holds, sorted by code."""
    villages = list_villages()
    former, began = _former_villages(villages)
    rows = [_place(f"{COUNTY}000000", "", "district", "Q区", "")]
    rows += [
        _place(f"{COUNTY}{town.code}000", f"{COUNTY}000000", "town", town.name, town.name.removesuffix("街道").removesuffix("镇"))
        for town in TOWNS
    ]
    port = zone()
    rows.append(_place(port["town_code"], f"{COUNTY}000000", "town", port["town_name"], "园区|石化工业园区"))
    rows.append(_place(port["village_code"], port["town_code"], "village", port["village_name"], "园区集体户"))
    for row in villages.to_dicts():
        first, old = began.get(row["village_code"], ("", None))
        name = row["village_name"]
        rows.append(_place(row["village_code"], row["town_code"], "village", name, _aliases(name, old), (first, "", "")))
    return pl.DataFrame([*rows, *former]).with_columns(pl.all().replace("", None)).sort("place_code")


def village_weights(villages: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the expected shares of registered people as an array that adds up to one."""
    weights = villages["weight"].to_numpy()
    return np.asarray(weights / weights.sum(), dtype=np.float64)
