"""Amounts of money: every way a clerk writes one, as a decimal in the currency of the district.

Belongs here: reading one cell. Does not belong here: totals, months of a period, negative rows as reversals (`facts`).
"""

from typing import Final

import polars as pl

from registry.schema.fields import AMOUNT
from registry.standardise.characters import drop_spaces, fold_text, is_empty_word

LARGEST: Final = 1e11
"""No amount of a roll is larger: such figures are numbers of papers or accounts in the wrong column."""

_PLAIN: Final = r"^-?(\d+\.?\d*|\.\d+)$"
SIGNS: Final = {
    "USD": (r"us\$", r"\$", "dollars?"),
    "GBP": ("£", "pounds?"),
    "EUR": ("€", "euros?"),
    "AUD": (r"au?\$", r"\$"),
    "CAD": (r"ca?\$", r"\$"),
    "INR": ("₹", r"rs\.?"),
}
"""Signs of a currency beside its code."""
_DIGITS: Final = {
    "零": "0", "〇": "0", "壹": "1", "一": "1", "贰": "2", "二": "2", "两": "2", "叁": "3", "三": "3", "肆": "4", "四": "4",
    "伍": "5", "五": "5", "陆": "6", "六": "6", "柒": "7", "七": "7", "捌": "8", "八": "8", "玖": "9", "九": "9",
}  # fmt: skip
_UNITS: Final = {"仟": "千", "佰": "百", "拾": "十", "圆": "元", "萬": "万"}


def strip_amount(amount: pl.Expr, currency: str = "CNY") -> pl.Expr:
    """Return the bare figure: no commas, currency, remark in brackets or `/月`; a figure wholly in brackets is negative."""
    plain = drop_spaces(fold_text(amount)).str.replace_all(",", "")
    if currency != "CNY":
        plain = _drop_currency(plain, currency)
    negative = plain.str.replace(r"^\((\d+\.?\d*)\)$", "-$1").str.replace_all("[−–]", "-")
    bare = negative.str.replace(r"\(.*\)$", "").str.replace(r"^(人民币|RMB|CNY|¥|¥)", "").str.replace(r"/(月|人|户|季度?|年)$", "")
    return bare.str.replace(r"(元整?|整)$", "")


def _drop_currency(plain: pl.Expr, currency: str) -> pl.Expr:
    """Return a figure without the signs of its own currency and without `/month`; one in yuan stays unreadable."""
    signs = rf"(?i:{'|'.join([*SIGNS.get(currency, ()), currency])})"
    is_foreign = plain.str.contains(r"人民币|RMB|CNY|¥|¥|元|万")
    own = plain.str.replace(rf"^([-−(]*){signs}([-−]?)", "${1}${2}").str.replace(rf"{signs}(\)?)$", "$1")
    rate = own.str.replace(r"(?i)(/|per|a)(month|mo|mth|week|wk|year|yr|person|household)\.?$", "")
    return pl.when(~is_foreign).then(rate.str.replace(r"^(\d[\d.]*)-$", "-$1"))


def clean_amount(amount: pl.Expr, currency: str = "CNY") -> pl.Expr:
    """Return the amount as Decimal(14, 2): 1,200 · 1200元 · 0.12万 · 540*3 · 壹仟贰佰元整; null when it is none of these.

    In a district of another currency: $1,200.50 · USD 1200 · ($120.00) · $54/month.
    """
    bare = strip_amount(amount, currency)
    number = pl.when(bare.str.contains(_PLAIN)).then(bare).cast(pl.Float64, strict=False)
    myriads = bare.str.extract(r"^(-?\d+\.?\d*)万$").cast(pl.Float64, strict=False) * 10_000
    left, right = (bare.str.extract(r"^(-?\d+\.?\d*)[*×xX](\d+\.?\d*)$", at).cast(pl.Float64, strict=False) for at in (1, 2))
    value = pl.coalesce(number, myriads, left * right, *([_read_capitals(amount)] if currency == "CNY" else []))
    return pl.when(value.abs() < LARGEST).then(value).round(2).cast(AMOUNT, strict=False)


def read_amounts(written: pl.DataFrame, currency: str = "CNY") -> pl.DataFrame:
    """Return `written` with amount and problem beside it; plain figures, nearly all of them, take the short way.

    Args:
        written: one text column `written`, each value once.
        currency: of the district.
    """
    cell = pl.col("written")
    is_plain = cell.str.contains(r"^-?[0-9]{1,10}(\.[0-9]{1,2})?$")
    plain = written.filter(is_plain).with_columns(amount=cell.cast(AMOUNT), problem=pl.lit(None, dtype=pl.String))
    odd = written.filter(~is_plain)
    if odd.is_empty():
        return plain
    unread = pl.when(is_unreadable_amount(cell, currency)).then(pl.lit("AMOUNT_UNREADABLE"))
    return pl.concat([plain, odd.with_columns(amount=clean_amount(cell, currency), problem=unread)])


def is_unreadable_amount(amount: pl.Expr, currency: str = "CNY") -> pl.Expr:
    """Return whether the cell holds something that is no amount; a dash or blank is an honest nothing."""
    return ~is_empty_word(drop_spaces(fold_text(amount))) & clean_amount(amount, currency).is_null()


def _read_capitals(amount: pl.Expr) -> pl.Expr:
    """Return figures written in Chinese numerals with place words (壹仟贰佰元整)."""
    plain = drop_spaces(fold_text(amount)).str.replace_all("整", "")
    words = plain.str.replace_many(list(_UNITS), list(_UNITS.values())).str.replace_many(list(_DIGITS), list(_DIGITS.values()))
    is_words = words.str.contains(r"^(人民币)?[\d千百十万]*[千百十万元][\d千百十万元角分]*$") & ~plain.str.contains(r"\d")
    whole = pl.when(words.str.contains("元")).then(words.str.extract(r"^(.*?)元")).otherwise(words)
    has_myriad = whole.str.contains("万")
    high = pl.when(has_myriad).then(whole.str.extract(r"^(.*?)万")).otherwise(pl.lit(""))
    low = pl.when(has_myriad).then(whole.str.extract(r"万(.*)$")).otherwise(whole)
    cents = _digit_before(words, "角") * 0.1 + _digit_before(words, "分") * 0.01
    return pl.when(is_words).then(_read_below_myriad(high) * 10_000 + _read_below_myriad(low) + cents)


def _read_below_myriad(words: pl.Expr) -> pl.Expr:
    ten = pl.when(words.str.contains(r"(^|\D)十")).then(1.0).otherwise(_digit_before(words, "十"))
    ones = words.str.extract(r"(\d)$").cast(pl.Float64, strict=False).fill_null(0.0)
    return _digit_before(words, "千") * 1000 + _digit_before(words, "百") * 100 + ten * 10 + ones


def _digit_before(words: pl.Expr, place: str) -> pl.Expr:
    return words.str.extract(rf"(\d){place}").cast(pl.Float64, strict=False).fill_null(0.0)
