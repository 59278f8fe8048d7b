"""Small help close to home: twinned firms, the red cross's winter parcels, the aid stations of the villages.

Belongs here: who gives what to which family and how the village calls its people. Does not belong here: charities with a
procedure (`simulation.relief`), or how a list looks (`simulation.rolls.neighbours`).
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.aid import AidFrames
from simulation.calendar import NEVER, dates, day_number
from simulation.ledgers import LEAST, choose_people, count_entries, spread_days, weigh_families
from simulation.setting import Setting
from simulation.streams import pick_texts, pick_weighted

PAIRINGS_PER_YEAR: Final = 1_500
STATION_GIFTS_PER_YEAR: Final = 2_900
PARCELS_PER_YEAR: Final = 600

FIRMS: Final = (
    "海港石化有限公司",
    "前埔石材有限公司",
    "东海渔业合作社",
    "区直机关党委",
    "区烟草专卖局",
    "金山建筑工程有限公司",
    "区农商银行",
)
HELPERS: Final = ("陈主任", "林书记", "黄经理", "庄科长", "刘副镇长", "肖总", "连干事")
MEASURES: Final = {"节日慰问": 40, "生活补助": 22, "物资帮扶": 18, "就业岗位": 8, "助学": 8, "房屋修缮": 4}
GOODS: Final = {"大米1袋、食用油1桶": 40, "棉被1床": 20, "食用油2桶": 16, "大米2袋": 16, "旧衣物1包": 8}
PARCEL_GOODS: Final = {"家庭包（大米、食用油、棉被）": 60, "棉被1床、毛毯1条": 25, "大米10公斤、食用油5升": 15}
REASONS: Final = {"生病住院": 30, "生活困难": 30, "孤寡老人慰问": 14, "意外受伤": 10, "子女上学": 10, "房屋漏雨": 6}
NAME_STYLES: Final = {"full": 52, "nickname": 30, "big_head": 6, "wife": 12}
"""How a village writes its people: by name, 阿水, 林大头, 林大头之妻."""

MEAN_STATION_GIFT: Final = 45_000


def draw_pairings(setting: Setting, aid: AidFrames) -> pl.DataFrame:
    """Return what firms and offices gave the families they are twinned with."""
    stream = setting.stream("pairings")
    count = count_entries(setting, PAIRINGS_PER_YEAR)
    heads = choose_people(stream, weigh_families(setting, aid, 60.0), count)
    units = setting.units
    sizes = np.bincount(units[units >= 0], minlength=setting.count)
    measure = pick_texts(stream, MEASURES, count)
    amount = np.where(measure.is_in(["就业岗位"]).to_numpy(), 0, stream.integers(2, 21, count) * 10_000)
    return pl.DataFrame(
        {
            "pairing": np.arange(count),
            "person": heads,
            "firm": pick_texts(stream, FIRMS, count),
            "helper": pick_texts(stream, HELPERS, count),
            "members": sizes[heads],
            "measure": measure,
            "amount": amount,
            "given_date": dates(spread_days(setting, stream, count)),
        }
    )


def draw_parcels(setting: Setting, aid: AidFrames) -> pl.DataFrame:
    """Return the parcels of the winter campaigns of each asked year and the year before, one a family and year."""
    stream = setting.stream("parcels")
    weight = weigh_families(setting, aid, 40.0)
    parts = []
    for year in range(int(setting.texts[0][:4]) - 1, int(setting.texts[-1][:4]) + 1):
        heads = pick_weighted(stream, weight, setting.number(PARCELS_PER_YEAR, LEAST))
        count = len(heads)
        parts.append(
            pl.DataFrame(
                {
                    "person": heads,
                    "year": np.full(count, year),
                    "goods": pick_texts(stream, PARCEL_GOODS, count),
                    "value": stream.integers(15, 32, count) * 1_000,
                    "signed_by": pick_texts(stream, {"本人指印": 82, "代领": 18}, count),
                    "given_date": dates(day_number(f"{year}-01-12") + stream.integers(0, 18, count)),
                }
            )
        )
    return pl.concat(parts).with_row_index("parcel").with_columns(pl.col("parcel").cast(pl.Int64))


def draw_village_gifts(setting: Setting, persons: pl.DataFrame, aid: AidFrames) -> pl.DataFrame:
    """Return gifts of the village stations; a third are goods, and a wife may stand under her husband's nickname."""
    stream = setting.stream("village gifts")
    count = count_entries(setting, STATION_GIFTS_PER_YEAR)
    people = setting.people
    head = choose_people(stream, weigh_families(setting, aid, 12.0), count)
    style = pick_texts(stream, NAME_STYLES, count)
    spouse = people["spouse"][head]
    known = np.where(spouse == NEVER, 0, spouse)
    is_couple = (spouse != NEVER) & setting.living(setting.last)[known] & (people["sex"][known] != people["sex"][head])
    wife = np.where(people["sex"][head] == 1, known, head)
    husband = np.where(people["sex"][head] == 1, head, known)
    plain = persons["name"].gather(head).str.contains("·").to_numpy()
    is_wife = (style == "wife").to_numpy() & is_couple & ~plain
    in_goods = pl.Series(stream.random(count) < 0.33)
    amount = np.clip(stream.lognormal(0.0, 0.5, count) * MEAN_STATION_GIFT / 1.13, 10_000, 300_000).astype(np.int64) // 5_000 * 5_000
    return pl.DataFrame(
        {
            "gift": np.arange(count),
            "person": np.where(is_wife, wife, head),
            "name_style": style.set(pl.Series(plain | ((style == "wife").to_numpy() & ~is_wife)), "full"),
            "husband": pl.Series(husband).set(pl.Series(~is_wife), None),
            "reason": pick_texts(stream, REASONS, count),
            "amount": pl.Series(amount).set(in_goods, None),
            "goods": pick_texts(stream, GOODS, count).set(~in_goods, None),
            "given_date": dates(spread_days(setting, stream, count)),
        }
    )
