"""Masking of names and numbers for lists that people read (domain.md §8.2).

Belongs here: one expression per kind of value. Does not belong here: who may see what (the reports decide), and
keyed pseudonyms.
"""

from typing import Final

import polars as pl

COMPOUND_SURNAMES: Final = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "司徒",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "端木",
    "东方",
    "南宫",
    "长孙",
    "宇文",
    "轩辕",
)
"""Two-character surnames whose both characters stay visible."""


def _stars(count: pl.Expr) -> pl.Expr:
    """Return as many stars as `count` says, none for zero or less."""
    return pl.lit("*").repeat_by(count.clip(0)).list.join("")


def mask_name(name: pl.Expr) -> pl.Expr:
    """张三 → 张*, 张小三 → 张*三, 欧阳小三 → 欧阳*三, 阿布来提 → 阿**提; Latin words keep their first letter."""
    length = name.str.len_chars().cast(pl.Int64)
    is_compound = (length >= 3) & name.str.slice(0, 2).is_in(list(COMPOUND_SURNAMES))
    front = pl.when(is_compound).then(2).otherwise(1)
    back = pl.when(length - front >= 2).then(1).otherwise(0)
    han = name.str.slice(0, front) + _stars(length - front - back) + name.str.slice(length - back)
    return (
        pl.when(name.str.contains(r"\p{Latin}"))
        .then(name.str.replace_all(r"(\p{L})[\p{L}\p{M}'’-]*", "${1}***"))
        .when(length <= 1)
        .then(_stars(length))
        .otherwise(han)
    )


def mask_identity_number(number: pl.Expr) -> pl.Expr:
    """Keep 6 and 4 of 18 characters, 3 and 4 of 15; of anything else only the last two."""
    length = number.str.len_chars().cast(pl.Int64)
    front = pl.when(length == 18).then(6).when(length == 15).then(3).otherwise(0)
    back = pl.when(length.is_in([15, 18])).then(4).otherwise(pl.min_horizontal(pl.lit(2), length // 4))
    return number.str.slice(0, front) + _stars(length - front - back) + number.str.slice(length - back)


def mask_phone(number: pl.Expr) -> pl.Expr:
    """138****1234 for eleven digits; of shorter numbers only the last two."""
    length = number.str.len_chars().cast(pl.Int64)
    front = pl.when(length >= 11).then(3).otherwise(0)
    back = pl.when(length >= 11).then(4).otherwise(pl.min_horizontal(pl.lit(2), length // 4))
    return number.str.slice(0, front) + _stars(length - front - back) + number.str.slice(length - back)


def mask_account(number: pl.Expr) -> pl.Expr:
    """Keep the first and the last four digits of a bank account of twelve digits or more; of shorter ones the last two."""
    length = number.str.len_chars().cast(pl.Int64)
    is_long = length >= 12
    front = pl.when(is_long).then(4).otherwise(0)
    back = pl.when(is_long).then(4).otherwise(pl.min_horizontal(pl.lit(2), length // 4))
    return number.str.slice(0, front) + _stars(length - front - back) + number.str.slice(length - back)
