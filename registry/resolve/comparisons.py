"""Every comparison of two profiles: its levels, what each means to a clerk, and where its weights come from.

Belongs here: the SQL of a level (on characters, never on bytes: see `engine`), its label, its starting m and u. Does not
belong here: training (`train`), which pairs are compared (`blocking`), which score links (`score`).

A level's m is the chance of seeing it when two profiles are one person, u when they are two people. `is_trained` levels
start from the values below and learn from the rolls; the others keep them (u may be counted from the data), because rows
that carry a number cannot teach how rows without one behave.
"""

from dataclasses import replace
from typing import Final, Literal

from registry.errors import ConfigError
from registry.resolve.levels import Comparison, Level
from registry.resolve.name_levels import HAN, LEVELS
from registry.schema.text import Text


def _both(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


_DAYS = "birth_precision_code_l = 'day' and birth_precision_code_r = 'day'"
_YEARS = "abs(year(birth_date_l) - year(birth_date_r))"
_AGED = "(birth_precision_code_l = 'age' or birth_precision_code_r = 'age')"
_PARTS = (
    "((year(birth_date_l) = year(birth_date_r))::int + (month(birth_date_l) = month(birth_date_r))::int"
    " + (day(birth_date_l) = day(birth_date_r))::int)"
)
_SWAPPED = (
    "(year(birth_date_l) = year(birth_date_r) and month(birth_date_l) = day(birth_date_r) and day(birth_date_l) = month(birth_date_r))"
)

BIRTH_LEVELS: Final = (
    Level(Text("出生日期相同", "same birth date"), f"{_DAYS} and birth_date_l = birth_date_r", 0.93, 0.00004),
    Level(
        Text("出生年月相同", "same birth month"),
        "(birth_precision_code_l = 'month' or birth_precision_code_r = 'month') and birth_precision_code_l in ('day', 'month')"
        f" and birth_precision_code_r in ('day', 'month') and {_YEARS} = 0 and month(birth_date_l) = month(birth_date_r)",
        0.93,
        0.0012,
    ),
    Level(
        Text("出生年份相同", "same birth year"),
        f"(birth_precision_code_l = 'year' or birth_precision_code_r = 'year') and not {_AGED} and {_YEARS} = 0",
        0.93,
        0.014,
    ),
    Level(Text("年龄相差不过一岁", "ages within a year"), f"{_AGED} and {_YEARS} <= 1", 0.92, 0.042),
    Level(Text("年龄相差两岁", "ages two years apart"), f"{_AGED} and {_YEARS} = 2", 0.05, 0.028),
    Level(Text("出生日期仅一处不同", "birth dates differ in one part"), f"{_DAYS} and ({_PARTS} = 2 or {_SWAPPED})", 0.04, 0.004),
    Level(Text("出生日期不同", "different birth dates"), "ELSE", 0.01, 0.96),
)

_NUMBER_L = "coalesce(identity_number_l, identity_partial_l)"
_NUMBER_R = "coalesce(identity_number_r, identity_partial_r)"

NUMBER_LEVELS: Final = (
    Level(Text("证号相符部分一致", "what is left of the number fits"), f"fits_gaps({_NUMBER_L}, {_NUMBER_R})", 0.7, 0.000005),
    Level(Text("证号仅差一位或相邻换位", "numbers one slip apart"), f"is_one_slip({_NUMBER_L}, {_NUMBER_R})", 0.25, 0.00005),
    Level(Text("证号不符", "numbers contradict"), "ELSE", 0.05, 0.99995),
)

KIN_LEVELS: Final = (
    Level(Text("同户或同一亲属", "one family or one relative"), "list_has_any(kin_l, kin_r)", 0.55, 0.0003),
    Level(
        Text("两名亲属同名", "two relatives of the same names"),
        "list_has_any(kin_names_l, kin_names_r) and len(list_intersect(kin_names_l, kin_names_r)) >= 2",
        0.1,
        0.00002,
    ),
    Level(Text("一名亲属同名", "a relative of the same name"), "list_has_any(kin_names_l, kin_names_r)", 0.15, 0.006),
    Level(Text("亲属不同", "no relative in common"), "ELSE", 0.2, 0.99),
)

_PARENT_BIRTH = "(case when child_birth_l is null then birth_date_l else birth_date_r end)"
_GAP = f"(year(coalesce(child_birth_l, child_birth_r)) - year({_PARENT_BIRTH}))"

COMPARISONS: Final[dict[str, Comparison]] = {
    comparison.name: comparison
    for comparison in (
        Comparison("name", Text("姓名", "name"), _both("name_key"), HAN, True),
        Comparison("birth", Text("出生日期", "birth date"), _both("birth_date"), BIRTH_LEVELS, False),
        Comparison(
            "sex",
            Text("性别", "sex"),
            _both("sex_code"),
            (
                Level(Text("性别相同", "same sex"), "sex_code_l = sex_code_r", 0.99, 0.5),
                Level(Text("性别不同", "different sex"), "ELSE", 0.01, 0.5),
            ),
            True,
        ),
        Comparison(
            "place",
            Text("住地", "place"),
            _both("places"),
            (
                Level(Text("同村居", "same village"), "list_has_any(places_l, places_r)", 0.85, 0.015),
                Level(Text("仅知亲属住地", "only a relative's place is known"), "is_beside_l or is_beside_r", 0.4, 0.99),
                Level(Text("同镇街", "same town"), "list_has_any(towns_l, towns_r)", 0.08, 0.14),
                Level(Text("不同镇街", "different towns"), "ELSE", 0.07, 0.85),
            ),
            True,
        ),
        Comparison(
            "phone",
            Text("电话", "phone"),
            _both("phones"),
            (
                Level(Text("电话相同", "same phone"), "list_has_any(phones_l, phones_r)", 0.6, 0.00003),
                Level(Text("电话不同", "different phones"), "ELSE", 0.4, 0.99997),
            ),
            True,
        ),
        Comparison(
            "account",
            Text("账号", "account"),
            _both("accounts"),
            (
                Level(Text("账号相同", "same account"), "list_has_any(accounts_l, accounts_r)", 0.8, 0.00003),
                Level(Text("账号不同", "different accounts"), "ELSE", 0.2, 0.99997),
            ),
            True,
        ),
        Comparison(
            "kin",
            Text("亲属", "relatives"),
            f"({_both('kin')}) and ({_both('kin_names')})",
            KIN_LEVELS,
            False,
        ),
        Comparison(
            "generation",
            Text("辈分", "generation"),
            f"(child_birth_l is null) = (child_birth_r is null) or {_PARENT_BIRTH} is null",
            (
                Level(Text("年龄可为其父母", "old enough to be the parent"), f"{_GAP} between 15 and 58", 0.99, 0.4),
                Level(Text("年龄不可能为其父母", "of no age to be the parent"), "ELSE", 0.01, 0.6),
            ),
            False,
        ),
        Comparison("number", Text("证号", "number"), f"{_NUMBER_L} is null or {_NUMBER_R} is null", NUMBER_LEVELS, False),
    )
}
"""In the order of evidence; `linkage.yml` chooses among them."""


def choose_comparisons(names: list[str], script: Literal["han", "latin"] = "han") -> tuple[Comparison, ...]:
    """Return the comparisons `linkage.yml` asks for, names compared as their script needs, or raise ConfigError naming the unknown one."""
    unknown = [name for name in names if name not in COMPARISONS]
    if unknown:
        raise ConfigError(
            f"linkage.yml：没有比较项“{unknown[0]}”，可用 {sorted(COMPARISONS)}",
            f"linkage.yml: no comparison '{unknown[0]}'; one of {sorted(COMPARISONS)}",
        )
    known = COMPARISONS | {"name": replace(COMPARISONS["name"], levels=LEVELS[script])}
    return tuple(known[name] for name in names)
