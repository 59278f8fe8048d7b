"""How dates, amounts, phones, accounts, places and small categories are written (domain.md §4.5, Dates, amounts, accounts, places).

Belongs here: turning correct typed values into an office's text, in the column's usual form and in odd ones. Does not belong
here: numbers and names of people (`identity_defects`, `name_defects`), how often (`simulation.rates`).
"""

from collections.abc import Callable
from functools import cache, partial

import polars as pl

from simulation.chance import Keys, choose_once
from simulation.identity_defects import LUCK, NUMERIC, VALUE, Defects, apply_defects, mark_defects, pick, put_back
from simulation.rates import ValueRates

DATE_STYLES = ("%Y-%m-%d", "%Y.%-m.%-d", "%Y年%-m月%-d日", "%Y%m%d", "%Y/%-m/%-d")
DATE_CELL = "\x01"
"""Marks a cell a spreadsheet stores as a date; the writer takes it off."""

MONTH_STYLES = ("{}-{}", "{}年{}月", "{}{}")
SEX_STYLES = (("男", "女"), ("男", "女"), ("男", "女"), ("1", "2"))
BOOLEAN_STYLES = (("是", "否"), ("是", "否"), ("1", "0"), ("有", "无"))
RELATION_WORDS = {
    "妻": "老婆",
    "夫": "丈夫",
    "配偶": "爱人",
    "子": "儿子",
    "女": "女儿",
    "儿媳": "媳妇",
    "孙子": "孙",
    "父亲": "父",
    "母亲": "母",
    "户主": "本人",
    "祖母": "阿嬷",
    "岳父": "丈人",
}
LUNAR_MONTHS = "正二三四五六七八九十冬腊"
LUNAR_DAYS = ("初一", "初八", "十五", "廿三")
FULL_WIDTH_DIGITS = dict(zip("0123456789.", "０１２３４５６７８９．", strict=True))
EXCEL_EPOCH = -25569
"""Excel's day 0 as days before 1970-01-01."""


def _day(style: str) -> pl.Expr:
    return pl.col("true").dt.strftime(style)


def _date_defects(*, is_birth: bool) -> Defects:
    """Return the odd forms of a date; two-digit years only where no century can be meant but this one."""
    day = pl.col("true")
    serial = (day.cast(pl.Int32) - EXCEL_EPOCH).cast(pl.String)
    forms = [_day(DATE_STYLES[0]), _day(DATE_STYLES[1]), _day(DATE_STYLES[2]), _day(DATE_STYLES[3]), _day("%Y/%-m/%-d 0:00"), serial]
    odd = _day("%Y-%-m-%-d") if is_birth else _day("%y.%-m.%-d")
    for at, form in enumerate(forms):
        odd = pl.when(at == LUCK % 7).then(form).otherwise(odd)
    shorter = pl.when(LUCK % 3 == 0).then(_day("%Y年")).when(LUCK % 3 == 1).then(_day("%Y年%-m月")).otherwise(_day("%Y.%-m"))
    earlier = day.dt.offset_by("-35d")
    lunar = pl.lit("")
    for at, word in enumerate(LUNAR_MONTHS, start=1):
        lunar = pl.when(earlier.dt.month() == at).then(pl.lit(word)).otherwise(lunar)
    words = pl.concat_str(earlier.dt.year().cast(pl.String), pl.lit("年农历"), lunar, pl.lit("月"), pick(LUNAR_DAYS))
    return {
        "date_form": (odd, None),
        "date_partial": (shorter, pl.lit(is_birth)),
        "birth_wrong": (_misread_birth(), pl.lit(is_birth)),
        "date_lunar": (words, pl.lit(is_birth) & (day.dt.year() < 1960)),
        "date_impossible": (pick(("2016.02.30", "1900-01-00")), None),
        "date_blank": (pl.lit(None, pl.String), None),
    }


def _misread_birth() -> pl.Expr:
    """Return another birth date in the plain form: a day, a month or some years off."""
    day = pl.col("true")
    other = (
        pl.when(LUCK % 3 == 0)
        .then(day.dt.offset_by("1d"))
        .when(LUCK % 3 == 1)
        .then(day.dt.offset_by("-1mo"))
        .otherwise(day.dt.offset_by("-2y"))
    )
    return other.dt.strftime(DATE_STYLES[0])


def _amount_defects() -> Defects:
    grouped = VALUE.str.replace(r"^(-?\d+)(\d{3})(\.\d+)?$", "$1,$2$3")
    odd = pl.when(LUCK % 3 == 0).then(grouped).when(LUCK % 3 == 1).then(VALUE + "元").otherwise(VALUE.str.replace_many(FULL_WIDTH_DIGITS))
    return {"amount_form": (odd, odd != VALUE), "amount_blank": (pl.lit(None, pl.String), None)}


def _phone_defects() -> Defects:
    parted = pl.concat_str(VALUE.str.slice(0, 3), pl.lit(" "), VALUE.str.slice(3, 4), pl.lit(" "), VALUE.str.slice(7))
    landline = pl.concat_str(pl.lit("0595-8"), VALUE.str.slice(4))
    odd = pl.when(LUCK % 3 == 0).then(parted).when(LUCK % 3 == 1).then(pl.concat_str(VALUE, pl.lit("/"), landline)).otherwise(landline)
    return {"phone_form": (odd, None), "phone_blank": (pl.lit(None, pl.String), None)}


def _account_defects(form: str) -> Defects:
    spaced = VALUE.str.replace_all(r"(\d{4})", "$1 ").str.strip_chars()
    fifteen = pl.concat_str(VALUE.str.slice(0, 15), pl.lit("0").repeat_by(VALUE.str.len_chars().cast(pl.Int64) - 15).list.join(""))
    power = (VALUE.str.len_chars().cast(pl.Int64) - 1).cast(pl.String)
    short = pl.concat_str(VALUE.str.slice(0, 1), pl.lit("."), VALUE.str.slice(1, 5), pl.lit("E+"), power)
    damaged = short if form == "csv" else pl.lit(NUMERIC) + fifteen
    return {
        "account_spaced": (spaced, None),
        "account_numeric": (damaged, VALUE.str.contains(r"^\d{16,}$")),
        "account_ditto": (pl.lit("同上"), None),
        "account_blank": (pl.lit(None, pl.String), None),
    }


def _place_defects() -> Defects:
    stem = VALUE.str.replace(r"(村|社区|居委会)$", "")
    suffix = (
        pl.when(VALUE.str.ends_with("村")).then(pick(("委会", "民委员会"), LUCK // 3)).otherwise(pick(("居委会", "居民委员会"), LUCK // 3))
    )
    long = pl.concat_str(
        pl.when(~VALUE.str.starts_with(pl.col("town"))).then("town").otherwise(pl.lit("")),
        VALUE,
        (1 + LUCK % 9).cast(pl.String),
        pl.lit("组"),
    )
    odd = pl.when(LUCK % 3 == 0).then(stem).when(LUCK % 3 == 1).then(VALUE + suffix).otherwise(long)
    return {"place_form": (odd, odd != VALUE), "place_blank": (pl.lit(None, pl.String), None)}


def _sex_defects() -> Defects:
    other = {"男": "女", "女": "男", "1": "2", "2": "1"}
    numbers = {"男": "1", "女": "2", "1": "男", "2": "女"}
    odd = pl.when(LUCK % 3 == 0).then(VALUE + " ").when(LUCK % 3 == 1).then(VALUE.replace(numbers)).otherwise(pl.lit(None, pl.String))
    return {"sex_form": (odd, None), "sex_wrong": (VALUE.replace(other), None)}


def _boolean_defects() -> Defects:
    yes = VALUE.is_in(["是", "1", "有"])
    odd = pl.when(yes).then(pick(("是", "1", "√"))).otherwise(pick(("否", "0")))
    return {"boolean_form": (odd, odd != VALUE)}


def _relation_defects() -> Defects:
    return {"relation_word": (VALUE.replace(RELATION_WORDS), VALUE.is_in(list(RELATION_WORDS)))}


def _month_defects() -> Defects:
    """A month typed as a number loses its last zero: 2016.10 becomes 2016.1."""
    return {"month_float": (pl.col("true").str.slice(0, 4) + ".1", pl.col("true").str.ends_with("-10"))}


BUILDERS: dict[str, Callable[[], Defects]] = {
    "date": partial(_date_defects, is_birth=False),
    "birth": partial(_date_defects, is_birth=True),
    "month": _month_defects,
    "amount": _amount_defects,
    "phone": _phone_defects,
    "account": partial(_account_defects, "csv"),
    "account cell": partial(_account_defects, "xlsx"),
    "place": _place_defects,
    "sex": _sex_defects,
    "boolean": _boolean_defects,
    "relation": _relation_defects,
}


@cache
def _defects(kind: str) -> Defects:
    return BUILDERS[kind]() if kind in BUILDERS else {}


def yuan(fen: pl.Expr, *, decimals: bool) -> pl.Expr:
    """Return an amount in fen (Int64) as text in yuan: 1200, 1200.50, or always with two decimals."""
    sign = pl.when(fen < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    whole, cents = fen.abs() // 100, fen.abs() % 100
    short = sign + whole.cast(pl.String)
    long = pl.concat_str(short, pl.lit("."), cents.cast(pl.String).str.zfill(2))
    return long if decimals else pl.when(cents == 0).then(short).otherwise(long)


def render(values: pl.Series, kind: str, form: str, *words: str) -> pl.Series:
    """Return typed values as text in the form this column usually has; `words` name the roll and the column.

    Some date columns of a spreadsheet (`form` xlsx or xls) hold real dates: their text is marked for the writer.
    """
    frame = pl.DataFrame({"true": values})
    true = pl.col("true")
    if kind == "date" and values.dtype == pl.Date:
        styles = DATE_STYLES if form == "csv" else (*DATE_STYLES, *[DATE_CELL + "%Y-%m-%d"] * 3)
        shown = true.dt.strftime(choose_once(styles, *words))
    elif kind == "amount" and values.dtype.is_integer():
        shown = yuan(true, decimals=choose_once(("no", "yes"), *words) == "yes")
    elif kind == "month":
        shown = pl.format(choose_once(MONTH_STYLES, *words), true.str.slice(0, 4), true.str.slice(5))
    elif kind in ("sex", "boolean"):
        pairs = SEX_STYLES if kind == "sex" else BOOLEAN_STYLES
        yes, no = pairs[int(choose_once(("0", "1", "2", "3"), *words))]
        shown = true.replace({"男": yes, "女": no} if kind == "sex" else {"是": yes, "否": no})
    else:
        shown = true.cast(pl.String)
    return frame.select(shown.alias("value")).to_series()


def spoil_values(cells: pl.DataFrame, keys: Keys, rates: ValueRates, kind: str, head: str, form: str = "csv") -> pl.DataFrame:
    """Return `value` and `defect` for a column of `kind`; `cells` has value (as rendered), true (typed) and town.

    In a spreadsheet (`form` xlsx or xls) an account may be a numeric cell.
    """
    is_cell = kind == "account" and form != "csv"
    defects = _defects("birth" if kind == "date" and head.startswith("出生") else "account cell" if is_cell else kind)
    shares = {name: share for name, share in rates.model_dump().items() if name in defects}
    if not any(shares.values()):
        return cells.select("value", pl.lit(None, pl.String).alias("defect"))
    hits = mark_defects(cells, keys, shares, "value", head).filter(VALUE.is_not_null())
    return put_back(cells, apply_defects(hits, defects))
