"""What happens to names on their way into a roll (domain.md §4.5, Names).

Belongs here: one expression per defect and the character tables. Does not belong here: how often (`simulation.rates`) or
how names are compared again (`registry.standardise`).
"""

from functools import cache

import polars as pl

from simulation.chance import Keys
from simulation.identity_defects import LUCK, VALUE, Defects, apply_defects, mark_defects, mark_some, pick, put_back
from simulation.rates import NameRates

INTERPUNCT = "·"
NARROW = ("rare_lost", "interpunct", "newborn")
"""Defects only a few people can have; drawn among those alone."""

_HOMOPHONES = (
    "丽莉俐 玲灵琳 伟玮炜 珍真 英瑛 芳方 建健 志智 明铭 辉晖挥 佳嘉家 燕艳 华桦 秀绣 凤奉 玉钰 文雯 雅娅 婷亭 浩皓 强墙 国帼 惠慧 雪学 美镁"
)
_LOOK_ALIKES = "未末 千干 己已 侯候 梁粱 柳栁 祐佑 彬杉 淑椒 天夭 土士 大太 王玉 水永 木本 晴睛 免兔 治冶 鸟乌 日曰"
_VARIANTS = "峰峯 群羣 晋晉 升昇 昆崑 修脩 睿叡 佑祐 强強 秀绣 略畧 泉洤"
_SURNAMES = "肖萧 付傅 阎闫 戴代 邱丘 余佘 于於 叶葉 范範 沈瀋 钟锺 蓝兰 颜彦"
_SIMPLIFIED = "陈庄连萧刘郑黄叶苏谢赖颜钟卢罗许杨张国华丽凤伟宝兰云荣红龙飞东强军银锦铭贵庆兴显启义学达维钦铁辉润泽瑶琼"
_TRADITIONAL = "陳莊連蕭劉鄭黃葉蘇謝賴顏鍾盧羅許楊張國華麗鳳偉寶蘭雲榮紅龍飛東強軍銀錦銘貴慶興顯啟義學達維欽鐵輝潤澤瑤瓊"


def _ring(groups: str) -> dict[str, str]:
    """Return for each character the next one of its group."""
    return {one: group[(at + 1) % len(group)] for group in groups.split() for at, one in enumerate(group)}


HOMOPHONES, LOOK_ALIKES, VARIANTS, SURNAME_VARIANTS = (_ring(groups) for groups in (_HOMOPHONES, _LOOK_ALIKES, _VARIANTS, _SURNAMES))
TRADITIONAL = {one: other for one, other in zip(_SIMPLIFIED, _TRADITIONAL, strict=True) if one != other}

MOJIBAKE = {
    character: character.encode("gb2312").decode("latin-1")
    for character in (bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    if character
}
"""GB2312 bytes read as Latin-1: 张三 becomes ÕÅÈý."""


def _given(table: dict[str, str]) -> pl.Expr:
    return VALUE.str.slice(0, 1) + VALUE.str.slice(1).str.replace_many(table)


def _swap(table: dict[str, str]) -> pl.Expr:
    return VALUE.str.replace_many(table)


def _surname(table: dict[str, str]) -> pl.Expr:
    return VALUE.str.slice(0, 1).str.replace_many(table) + VALUE.str.slice(1)


def _note() -> pl.Expr:
    dead = pick(("(已故)", "（已故）"))
    living = pick(("2", "*", "(代)", "（本人）"))
    return VALUE + pl.when(pl.col("is_dead")).then(dead).otherwise(living)


def _swapped_order() -> pl.Expr:
    return pl.concat_str(VALUE.str.slice(1), pl.lit(" "), VALUE.str.slice(0, 1))


def _mojibake() -> pl.Expr:
    return pl.when(LUCK % 5 == 0).then(pl.lit("锟斤拷锟斤拷")).otherwise(_swap(MOJIBAKE))


def _rare() -> pl.Expr:
    return VALUE.str.head(-1) + pick(("？", "□", "〇", "YAN", "\ue863", "?"))


def _newborn() -> pl.Expr:
    child = pl.when(pl.col("sex") == "男").then(pl.lit("之子")).otherwise(pl.lit("之女"))
    mother = pl.coalesce(pl.col("mother_name"), pl.col("surname") + "某")
    return (
        pl.when(LUCK % 4 == 0)
        .then(pl.col("surname") + "某" + child)
        .when(LUCK % 4 == 1)
        .then(mother + child)
        .otherwise(pick(("毛毛", "小宝"), LUCK // 4))
    )


@cache
def _defects() -> Defects:
    """Return for each defect the spoiled value and the condition it needs."""
    length = VALUE.str.len_chars()
    plain = ~VALUE.str.contains(INTERPUNCT, literal=True)
    woman = pl.col("sex") == "女"
    tables = {
        "homophone": _given(HOMOPHONES),
        "look_alike": _swap(LOOK_ALIKES),
        "surname_variant": _surname(SURNAME_VARIANTS),
        "traditional": _swap(TRADITIONAL),
        "variant": _given(VARIANTS),
    }
    spaced = pl.concat_str(VALUE.str.slice(0, 1), pick(("  ", "\u3000", " ")), VALUE.str.slice(1))
    married = woman & (pl.col("birth_year") < 1965) & (length == 3) & pl.col("spouse_surname").is_not_null()
    return {
        "inner_space": (spaced, length == 2),
        "note": (_note(), plain),
        "alias": (pl.lit("阿") + VALUE.str.tail(1), plain),
        "clan_wife": (pl.col("surname") + "氏", woman & (pl.col("birth_year") < 1955)),
        **{name: (spoiled, spoiled != VALUE) for name, spoiled in tables.items()},
        "swapped_order": (_swapped_order(), plain & (length == 3)),
        "mojibake": (_mojibake(), plain & (_mojibake() != VALUE)),
        "married_prefix": (pl.col("spouse_surname") + VALUE, married & (pl.col("spouse_surname") != pl.col("surname"))),
    }


@cache
def _narrow_defects() -> Defects:
    dots = VALUE.str.replace_all(INTERPUNCT, pick(("•", "．", "‧", "・", ".", "")), literal=True)
    return {
        "rare_lost": (_rare(), pl.col("has_rare_character")),
        "interpunct": (dots, VALUE.str.contains(INTERPUNCT, literal=True)),
        "newborn": (_newborn(), pl.col("is_infant")),
    }


def build_traits(persons: pl.DataFrame, month: str) -> pl.DataFrame:
    """Return what a name's defects depend on, one row per person.

    Columns: person, surname, sex, birth_year, is_dead, has_rare_character, is_infant (no number yet and under three),
    spouse_surname, mother_name, is_narrow (can have one of the narrow defects).
    """
    kin = persons.select("person", "surname", "name")
    rows = persons.select(
        "person",
        "surname",
        "sex",
        "is_dead",
        "has_rare_character",
        "spouse",
        "mother",
        "name",
        birth_year=pl.col("birth_date").dt.year(),
        is_infant=pl.col("number").is_null() & (pl.col("birth_date").dt.year() >= int(month[:4]) - 2),
    )
    rows = rows.join(kin.select(spouse="person", spouse_surname="surname"), on="spouse", how="left", maintain_order="left")
    rows = rows.join(kin.select(mother="person", mother_name="name"), on="mother", how="left", maintain_order="left")
    narrow = pl.col("has_rare_character") | pl.col("is_infant") | pl.col("name").str.contains(INTERPUNCT, literal=True)
    return rows.with_columns(is_narrow=narrow).drop("spouse", "mother", "name")


def spoil_names(cells: pl.DataFrame, keys: Keys, rates: NameRates, traits: pl.DataFrame) -> pl.DataFrame:
    """Return `value` and `defect` (null when clean) for a column of names; `cells` has value and person."""
    shares = rates.model_dump()
    wide = {name: share for name, share in shares.items() if name not in NARROW}
    hits = mark_defects(cells, keys, wide, "name").filter(VALUE.is_not_null())
    parts = [apply_defects(hits.join(traits, on="person", how="inner", maintain_order="left"), _defects())]
    few = traits.filter("is_narrow")
    possible = (cells["person"].is_in(few["person"].implode()) & cells["value"].is_not_null()).fill_null(value=False).to_numpy()
    for name, (spoiled, needs) in _narrow_defects().items():
        rows = mark_some(cells, keys, possible, shares[name], name).join(few, on="person", how="inner", maintain_order="left")
        parts.append(rows.filter(needs if needs is not None else True).select("at", spoiled.alias("value"), "defect"))
    return put_back(cells, pl.concat(parts).unique("at", keep="last", maintain_order=True))
