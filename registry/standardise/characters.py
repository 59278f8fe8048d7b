"""Characters: one written form for every cell before anything is read from it.

Belongs here: width, invisible characters, spaces, emptiness, traditional and variant forms. Does not belong here: what a
cell means (the other modules of this room).
"""

from typing import Final

import opencc
import polars as pl

INVISIBLE: Final = r"[\u200b-\u200f\u2060\ufeff\u00ad]"
HAN: Final = r"\p{Han}"
EMPTY_WORDS: Final = ("", "-", "--", "—", "——", "/", "//", "\\", "无", "空", "暂无", "null", "NULL", "nan", "None", "N/A", "#N/A", "同上")
"""What clerks write into a cell that has nothing to say."""
ENGLISH_EMPTY_WORDS: Final = (
    *("n/a", "na", "none", "nil", "null", "nan", "unknown", "not known", "notknown", "not applicable", "notapplicable"),
    *("not provided", "notprovided", "not given", "notgiven", "tbd", "tba", "same", "ditto", "asabove", "as above"),
)
"""The same in English, in small letters; cells are asked with their spaces and without."""

VARIANTS: Final = {
    # Variant forms opencc leaves alone; used for matching only, the name as delivered is kept (domain.md §4.5).
    "锺": "钟", "峯": "峰", "羣": "群", "喆": "哲", "堃": "坤", "叡": "睿", "祐": "佑", "栁": "柳", "陞": "升", "昇": "升", "崑": "昆",
    "脩": "修", "鈺": "钰", "晉": "晋", "彥": "彦", "甦": "苏", "犇": "奔", "淸": "清", "眞": "真", "旹": "时", "凃": "涂",
    "媄": "美", "珎": "珍", "冨": "富", "峩": "峨",
}  # fmt: skip


def fold_text(text: pl.Expr) -> pl.Expr:
    """Return text in half width (NFKC) without invisible characters, outer spaces and spreadsheet apostrophes."""
    plain = text.str.normalize("NFKC").str.replace_all(INVISIBLE, "")
    return plain.str.strip_chars(" \t\r\n\u00a0\u3000'‘’`\"")


def drop_spaces(text: pl.Expr) -> pl.Expr:
    """Return text without any white space."""
    return text.str.replace_all(r"\s+", "")


def is_empty_word(text: pl.Expr) -> pl.Expr:
    """Return whether folded text says nothing: blank, a dash, 无, N/A; null counts as empty."""
    return text.is_null() | text.is_in(list(EMPTY_WORDS)) | text.str.to_lowercase().is_in(list(ENGLISH_EMPTY_WORDS))


KEPT: Final = ("乾",)
"""Characters of names that a converter would fold into another name (乾 into 干)."""


def find_simple_forms(texts: pl.Series) -> dict[str, str]:
    """Return the simplified or standard form of every character of `texts` that has another one.

    Character by character: phrase rules of a converter would make the form of a name depend on its neighbours.
    """
    used = texts.drop_nulls().str.split("").explode().drop_nulls().unique().sort()
    han = used.filter(used.str.contains(HAN) & ~used.is_in(list(KEPT)))
    if han.is_empty():
        return {}
    converted = opencc.OpenCC("t2s").convert("\n".join(han.to_list())).split("\n")
    return {
        old: new
        for old, simple in zip(han.to_list(), converted, strict=True)
        if (new := VARIANTS.get(old, VARIANTS.get(simple, simple))) != old
    }


def simplify_characters(text: pl.Expr, forms: dict[str, str]) -> pl.Expr:
    """Return text with every character in the form `find_simple_forms` gave."""
    return text.str.replace_many(list(forms), list(forms.values())) if forms else text
