"""Names of persons: a key to compare by, what stood beside the name, and its sound.

Belongs here: one cell to name key, note, kin named in it, pinyin. Does not belong here: how alike two names are
(`resolve`), whose name it is (`mentions`).

The name as delivered is kept. The key has one script form: simplified characters, no spaces, `·` between the parts of a
minority name, `？` for one character nobody could type. Surname variants are folded in one direction only (萧 → 肖), never
those that are names of their own (余 and 俞).
"""

from typing import Final

import polars as pl
from pypinyin import lazy_pinyin

from registry.standardise.characters import EMPTY_WORDS, HAN, drop_spaces, find_simple_forms, fold_text, simplify_characters

WILDCARD: Final = "？"
ALIAS: Final = "alias"
CLAN: Final = "clan"
SURNAME_FORMS: Final = {"萧": "肖", "付": "傅", "闫": "阎", "代": "戴", "丘": "邱", "兰": "蓝", "於": "于", "叚": "段", "仝": "同"}
SURNAME_READINGS: Final = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "盖": "ge", "区": "ou", "朴": "piao", "查": "zha", "任": "ren",
    "华": "hua", "覃": "qin", "乐": "yue", "缪": "miao", "翟": "zhai", "员": "yun", "冼": "xian", "燕": "yan", "纪": "ji",
    "种": "chong", "召": "shao", "葛": "ge", "卜": "bu", "薄": "bo", "秘": "bi", "尉": "wei", "柏": "bai", "車": "che",
    "车": "che", "折": "she", "黑": "he", "石": "shi", "郗": "xi", "宁": "ning", "洗": "xian",
}  # fmt: skip
COMPOUND_READINGS: Final = {"尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "澹台": "tan tai", "单于": "chan yu"}
NOBODY: Final = (
    *EMPTY_WORDS,
    "不详",
    "未知",
    "无名氏",
    "本人",
    "户主",
    "不明",
    "待定",
    "姓名",
    "合计",
    "小计",
    "总计",
    "未取名",
    "新生儿",
    "已故",
    "未填",
    "空白",
)
_KIN_WORDS: Final = "妻子|妻|老婆|丈夫|夫|长子|次子|儿子|子|长女|次女|女儿|孙女|孙子|孙|女|父亲|父|母亲|母|儿媳|媳妇|媳|婿|弟|妹|兄|姐"
CHILD_WORDS: Final = ("之子", "之女", "之长子", "之次子", "之长女", "之次女", "之儿子", "之女儿", "之孙", "之孙子", "之孙女")
"""Notes of a child listed under the name of an adult."""

_UNREADABLE: Final = r"[?？□■○◯〇�\x{E000}-\x{F8FF}\x{F0000}-\x{10FFFD}]"
_FURTHER_NAMES: Final = rf"^((?:{HAN}|{WILDCARD}){{2,}})(?:[、,，;；/]{HAN}.*|等\d*[人户]?)$"
"""Several names in one cell (张三、李四; 张三等3人): the first is the one whose number stands beside."""

_DOTS: Final = r"[•‧・.·∙⋅▪|]+"


def has_han(text: pl.Expr) -> pl.Expr:
    """Return whether the text has a Chinese character."""
    return text.str.contains(HAN)


def mark_unreadable(name: pl.Expr) -> pl.Expr:
    """Return the name with one `？` for every character nobody could type: ?, □, private code points, ⿰王玉, (王玉), YAN."""
    composed = name.str.replace_all(r"[\x{2FF0}-\x{2FFB}]..", WILDCARD).str.replace_all(_UNREADABLE, WILDCARD)
    spelled = composed.str.replace(rf"^({HAN})\({HAN}{{2,3}}\)({HAN}?)$", f"${{1}}{WILDCARD}$2")
    latin = spelled.str.replace(rf"^({HAN}+)[A-Za-z]{{2,}}({HAN}*)$", f"${{1}}{WILDCARD}$2")
    return latin.str.replace(rf"^({HAN})[A-Za-z]$", f"${{1}}{WILDCARD}")


def split_name(written: pl.Expr) -> dict[str, pl.Expr]:
    """Return the parts of a name cell: base, bracket (remark), kin (whose wife or child), tail (digits, stars, titles)."""
    folded = fold_text(written)
    one_line = pl.when(has_han(folded)).then(drop_spaces(folded)).otherwise(folded.str.replace_all(r"\s+", " ").str.to_uppercase())
    marked = pl.when(has_han(folded) | folded.str.contains(_UNREADABLE)).then(mark_unreadable(one_line)).otherwise(one_line)
    bracket = marked.str.extract(r"[(\[【<]([^)\]】>]*)[)\]】>]?")
    bare = marked.str.replace_all(r"[(\[【<][^)\]】>]*[)\]】>]?", "").str.replace(r"^已故", "").str.replace(_FURTHER_NAMES, "$1")
    of_kin = rf"^({HAN}{{2,}})(?:之|的)({_KIN_WORDS})$"
    tail = rf"^({HAN}{{2,}}?)([\d*#+]+|[A-Za-z]|先生|女士|同志)$"
    return {
        "_base": bare.str.replace(tail, "$1").str.replace_all(r"\*", WILDCARD),
        "_bracket": pl.when(bracket.str.strip_chars() != "").then(bracket),
        "_kin": bare.str.extract(of_kin, 1),
        "_kin_word": pl.lit("之") + bare.str.extract(of_kin, 2),
        "_tail": bare.str.extract(tail, 2),
    }


def find_nickname(base: pl.Expr) -> pl.Expr:
    """Return `alias` for nicknames (阿水, 林大头, 毛毛, 小宝), `clan` for names that only tell the clan (庄氏, 肖林氏)."""
    length = base.str.len_chars()
    doubled = (length == 2) & (base.str.slice(0, 1) == base.str.slice(1, 1)) & has_han(base)
    is_alias = base.str.contains(rf"^阿{HAN}{{1,2}}$|^[老小]{HAN}$|大头$|^{HAN}?(细妹|妹仔|弟仔|狗仔|猪仔|秃头|胖子|瘦子|矮仔)$") | doubled
    return pl.when(base.str.contains(rf"^{HAN}{{1,2}}氏$")).then(pl.lit(CLAN)).when(is_alias).then(pl.lit(ALIAS))


def build_name_key(base: pl.Expr, forms: dict[str, str]) -> pl.Expr:
    """Return the key of a bare name, or null when it can name nobody."""
    dotted = pl.when(has_han(base)).then(base.str.replace_all(_DOTS, "·").str.strip_chars("·,，、。;；:：-_ ")).otherwise(base)
    simple = simplify_characters(dotted, forms)
    first = simple.str.slice(0, 1)
    key = pl.concat_str(first.replace(SURNAME_FORMS), simple.str.slice(1))
    letters = key.str.replace_all(r"[^\p{L}]", "")
    is_nobody = key.is_in(list(NOBODY)) | key.str.contains("^某|^.某$|某某|锟斤拷") | (key.str.len_chars() > 24)
    is_mojibake = key.str.contains(r"[\u{80}-\u{FF}]{2}") & ~key.str.contains(rf"[A-Za-z]|{HAN}")
    too_little = (letters.str.len_chars() < 1) | ((key.str.len_chars() < 2) & has_han(key))
    return pl.when(~(is_nobody | is_mojibake | too_little).fill_null(value=True)).then(key)


def read_names(written: pl.Series) -> pl.DataFrame:
    """Return one row per distinct cell: written, name_key, name_note, name_kin, name_pinyin, is_nobody.

    Args:
        written: cells as delivered.

    Returns:
        `name_kin` is the key of X in X之妻; the key itself is then null, for the wife's own name is not known.
        `name_note` is `alias` or `clan` where the name tells little, else 之妻 and the like, else the remark in brackets,
        else what followed the name. `is_nobody` marks cells that name no one at all (blank, 无, a dash).
    """
    cells = pl.DataFrame({"written": written.drop_nulls().unique().sort()}, schema={"written": pl.String})
    parts = cells.with_columns(**split_name(pl.col("written")))
    forms = find_simple_forms(parts["written"].str.normalize("NFKC"))
    is_of_kin, base = pl.col("_kin").is_not_null(), pl.col("_base")
    keyed = parts.with_columns(
        name_key=pl.when(~is_of_kin).then(build_name_key(base, forms)),
        name_note=pl.coalesce("_kin_word", find_nickname(base), "_bracket", "_tail"),
        name_kin=build_name_key(pl.col("_kin"), forms),
        is_nobody=fold_text(pl.col("written")).is_in(list(NOBODY)) | (~base.str.contains(rf"\p{{L}}|{WILDCARD}")),
    )
    sounds = find_pinyin(keyed["name_key"])
    return keyed.join(sounds, on="name_key", how="left", maintain_order="left").select(
        "written", "name_key", "name_note", "name_kin", "name_pinyin", "is_nobody"
    )


def find_pinyin(keys: pl.Series) -> pl.DataFrame:
    """Return name_key and name_pinyin, toneless, one syllable a character, surnames in their own reading.

    Only distinct characters are looked up, so that a register of a million costs what a thousand characters cost.
    """
    frame = pl.DataFrame({"name_key": keys.drop_nulls().unique().sort()}, schema={"name_key": pl.String})
    letters = frame["name_key"].str.split("").explode().drop_nulls().unique().sort()
    han = letters.filter(letters.str.contains(HAN)).to_list()
    syllables = [f" {syllable}" for syllable in lazy_pinyin(han)] if han else []
    compound = {old: f" {new}" for old, new in COMPOUND_READINGS.items()}
    readings = {**dict(zip(han, syllables, strict=True)), WILDCARD: " ?", "·": " "}
    surnames = {**readings, **{old: f" {new}" for old, new in SURNAME_READINGS.items()}}
    key = pl.col("name_key")
    starts = key.str.slice(0, 2).replace_strict(compound, default=None, return_dtype=pl.String)
    single = key.str.slice(0, 1).replace(surnames)
    first = pl.coalesce(starts, single)
    rest = pl.when(starts.is_not_null()).then(key.str.slice(2)).otherwise(key.str.slice(1))
    sound = pl.concat_str(first, rest.str.replace_many(list(readings), list(readings.values())))
    return frame.with_columns(name_pinyin=sound.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars())
