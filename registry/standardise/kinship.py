"""Words of kinship as GB/T 4761-2008 codes, and words of sex as GB/T 2261.1.

Belongs here: one word to one code. Does not belong here: who is whose kin in fact (`households`, `quality`).

Words that mean two things (媳妇 is wife or daughter-in-law, 女/媳 daughter or daughter-in-law) give no code here: a guess
would put a person one generation off.
"""

from typing import Final

import polars as pl

from registry.schema.codes import KINSHIP
from registry.standardise.characters import drop_spaces, fold_text

WORDS: Final[dict[str, str]] = {
    **{text.zh: code for code, text in KINSHIP.items()},
    "自己": "02", "本人": "02", "户主本人": "02", "户主": "02", "申请人": "02", "老婆": "12", "爱人": "10", "妻子": "12",
    "内人": "12", "老公": "11", "丈夫": "11", "夫妻": "10", "儿": "20", "男": "20", "儿子": "20", "长男": "22", "大儿子": "22",
    "次男": "23", "二儿子": "23", "小儿子": "20", "三男": "24", "四男": "25", "养子": "27", "继子": "27", "闺女": "30",
    "女儿": "30", "大女儿": "32", "二女儿": "33", "小女儿": "30", "养女": "37", "继女": "37", "儿媳妇": "38", "媳": "38",
    "婿": "28", "内孙": "41", "孙儿": "41", "孙女儿": "42", "外孙": "43", "曾孙子": "47", "曾孙": "47", "曾孙女": "48",
    "父": "51", "爸": "51", "爸爸": "51", "母": "52", "妈": "52", "妈妈": "52", "双亲": "50", "父/母": "50", "公爹": "53",
    "家翁": "53", "丈人": "55", "丈母娘": "56", "爷爷": "61", "阿公": "61", "奶奶": "62", "阿嬷": "62", "阿妈": "62",
    "外公": "63", "外婆": "64", "兄弟": "70", "姐妹": "70", "姊妹": "70", "哥": "71", "哥哥": "71", "嫂子": "72", "弟弟": "73",
    "弟妹": "74", "姐": "75", "妹": "77", "其它": "80", "亲戚": "97", "亲属": "97", "侄": "93", "侄儿": "93", "甥": "95",
    "寄住": "99", "保姆": "99", "工人": "99", "朋友": "99", "邻居": "99", "村干部": "99",
}  # fmt: skip
BY_SEX: Final = {"孙": ("41", "42", "40"), "子女": ("20", "30", "20"), "养子女": ("27", "37", "27"), "外孙子女": ("43", "44", "40"),
                "child": ("20", "30", "20"), "stepchild": ("27", "37", "27"), "adoptedchild": ("27", "37", "27"),
                "grandchild": ("41", "42", "40")}  # fmt: skip
"""Words whose code depends on the person's sex: code for a man, for a woman, and when the sex is unknown."""

AMBIGUOUS: Final = ("媳妇", "女/媳", "女媳")
ENGLISH: Final = {
    **{text.en.lower().replace(" ", ""): code for code, text in KINSHIP.items()},
    "headofhousehold": "02", "householdhead": "02", "hoh": "02", "applicant": "02", "claimant": "02", "householder": "02", "partner": "10",
    "domesticpartner": "10", "firstson": "22", "oldestson": "22", "firstdaughter": "32", "oldestdaughter": "32", "stepson": "27",
    "adoptedson": "27", "fosterson": "99", "stepdaughter": "37", "adopteddaughter": "37", "fosterdaughter": "99", "fosterchild": "99",
    "greatgrandchild": "47", "greatgranddaughter": "48", "greatgrandson": "47", "dad": "51", "mom": "52", "mum": "52", "parents": "50",
    "stepfather": "57", "stepmother": "58", "grandfather": "61", "grandmother": "62", "brother": "70", "sister": "70", "uncle": "97",
    "aunt": "97", "cousin": "97", "relative": "97", "otherrelative": "97", "in-law": "97", "nonrelative": "99", "unrelated": "99",
    "roommate": "99", "lodger": "99", "friend": "99", "neighbor": "99", "neighbour": "99", "boarder": "99", "caregiver": "99",
}  # fmt: skip
"""English words without spaces; those that do not tell the side of the family give the general code."""


def clean_relation(relation: pl.Expr, sex_code: pl.Expr) -> pl.Expr:
    """Return the code of a relation to the head of household; null for words that mean two things or nothing.

    Args:
        relation: the word as delivered; a code of the standard is taken as it is.
        sex_code: GB/T 2261.1 of the person, used for words such as 孙 that do not tell the sex.
    """
    word = drop_spaces(fold_text(relation)).str.replace_all(r"[*()]", "").str.to_lowercase()
    table = {**ENGLISH, **{code: code for code in KINSHIP}, **WORDS}
    plain = word.replace_strict(table, default=None, return_dtype=pl.String)
    code = pl.when(word.is_in(list(AMBIGUOUS))).then(None).otherwise(plain)
    for name, (male, female, unknown) in BY_SEX.items():
        by_sex = pl.when(sex_code == "1").then(pl.lit(male)).when(sex_code == "2").then(pl.lit(female)).otherwise(pl.lit(unknown))
        code = pl.when(word == name).then(by_sex).otherwise(code)
    return code


def clean_sex(sex: pl.Expr) -> pl.Expr:
    """Return 1 for men, 2 for women, null for anything else."""
    word = drop_spaces(fold_text(sex)).str.to_uppercase()
    table = {"男": "1", "女": "2", "1": "1", "2": "2", "M": "1", "F": "2", "MALE": "1", "FEMALE": "2", "男性": "1", "女性": "2"}
    return word.replace_strict(table, default=None, return_dtype=pl.String)
