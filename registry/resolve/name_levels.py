"""How alike two names are, script by script: six grades that mean the same to the rest of linkage.

Belongs here: the SQL of each grade (macros of `engine`), its label and starting weights. Does not belong here: what a grade
needs beside it before a pair links (`score`), keys of names (`standardise`).

A name of Latin script has the key `surname, given names, suffix` (`standardise.person_names`). Rolls leave out middle names,
shorten them to initials, change the order and use nicknames; father and son share all but the suffix.
"""

from typing import Final

from registry.resolve.levels import Level
from registry.schema.text import Text

GRADES: Final = {"same": 5, "sound": 4, "gap": 3, "shortened": 2, "one_character": 1, "different": 0}
"""Splink's grade (gamma) of each name level: the last level is 0."""

HAN: Final = (
    Level(Text("姓名相同", "same name"), "name_key_l = name_key_r", 0.92, 0.0005, True),
    Level(Text("姓名同音", "names sound the same"), "name_pinyin_l = name_pinyin_r", 0.03, 0.0003),
    Level(
        Text("姓名除缺字外相同", "same name but for an unreadable character"),
        "(has_gap(name_key_l) or has_gap(name_key_r)) and fits_gaps(name_key_l, name_key_r)",
        0.005,
        0.00003,
    ),
    Level(Text("一名包含另一名", "one name contains the other"), "is_shortened(name_key_l, name_key_r)", 0.01, 0.0008),
    Level(
        Text("三字以上差一字", "one character of three or more differs"),
        "length(name_key_l) >= 3 and characters_apart(name_key_l, name_key_r) = 1",
        0.02,
        0.02,
    ),
    Level(Text("姓名不同", "different names"), "ELSE", 0.015, 0.98),
)

LATIN: Final = (
    Level(Text("姓名相同", "same name"), "name_key_l = name_key_r", 0.55, 0.0004, True),
    Level(Text("姓名相同，中间名详略不同", "same name, middle name shortened"), "is_fuller(name_key_l, name_key_r)", 0.3, 0.0008),
    Level(
        Text("姓名次序或复姓写法不同", "same words in another order, or one of two surnames"),
        "has_same_words(name_key_l, name_key_r)",
        0.03,
        0.0001,
    ),
    Level(
        Text("差一个字母、读音相近、昵称或首字母", "one letter differs, sounds alike, a nickname or an initial"),
        "(name_pinyin_l = name_pinyin_r and fits_rest(name_key_l, name_key_r)) or is_initial(name_key_l, name_key_r)"
        " or is_one_letter(name_key_l, name_key_r)",
        0.08,
        0.002,
    ),
    Level(
        Text("名同姓不同", "the same given names under another surname"),
        "has_other_surname(name_key_l, name_key_r)",
        0.01,
        0.01,
    ),
    Level(Text("姓名不同", "different names"), "ELSE", 0.03, 0.986),
)

LEVELS: Final = {"han": HAN, "latin": LATIN}


def _write_relation(levels: tuple[Level, ...]) -> str:
    """Return SQL that names the grade of the pair name_l, pinyin_l and name_r, pinyin_r."""
    cases = []
    for grade, level in zip(GRADES, levels[:-1], strict=False):
        condition = level.condition.replace("name_key_", "name_").replace("name_pinyin_", "pinyin_")
        cases.append(f"when {condition} then '{grade}'")
    return "\n    ".join(["case", *cases, "else 'different' end"])


RELATIONS: Final = {script: _write_relation(levels) for script, levels in LEVELS.items()}
"""How a name written beside a number stands to the name the register gives it (columns name_l, pinyin_l, name_r, pinyin_r)."""
