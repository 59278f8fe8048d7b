"""What happens to identity numbers on their way into a roll (domain.md §4.5, Ids).

Belongs here: one expression per defect. Does not belong here: how often (`simulation.rates`) or in which column
(`simulation.defects`).
"""

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.chance import Keys, choose, draw
from simulation.rates import APART, IdentityRates

NUMERIC = "\x00"
"""Marks a cell a spreadsheet stores as a number; the writer takes it off."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
LAST_OLD_CENTURY = "19"
X_FORMS = ("x", "Ｘ", "×", "х", "*")
UNREGISTERED = ("无", "0", "未办")
PLACEHOLDERS = ("无", "0", "111111111111111111", "身份证丢失", "未办理", "同户主")
FULL_WIDTH = dict(zip("0123456789X", "０１２３４５６７８９Ｘ", strict=True))

VALUE, LUCK = pl.col("value"), pl.col("luck")

Defects = dict[str, tuple[pl.Expr, pl.Expr | None]]
"""For each defect the spoiled value, and the condition a cell must meet."""


def pick(options: tuple[str, ...], luck: pl.Expr = LUCK) -> pl.Expr:
    """Return one of `options` by the row's luck (Int64)."""
    chosen = pl.lit(options[-1])
    for at, option in enumerate(options[:-1]):
        chosen = pl.when(luck % len(options) == at).then(pl.lit(option)).otherwise(chosen)
    return chosen


def _digit(at: pl.Expr) -> pl.Expr:
    return VALUE.str.slice(at, 1)


def _spaces() -> pl.Expr:
    parted = pl.concat_str(VALUE.str.slice(0, 6), pl.lit(" "), VALUE.str.slice(6, 8), pl.lit(" "), VALUE.str.slice(14))
    return (
        pl.when(LUCK % 4 == 0)
        .then(parted)
        .when(LUCK % 4 == 1)
        .then(pl.lit("\u00a0") + VALUE)
        .when(LUCK % 4 == 2)
        .then(VALUE + pl.lit("\u3000"))
        .otherwise(VALUE + pl.lit("\u200b"))
    )


def _letters() -> pl.Expr:
    tail = VALUE.str.slice(10, 7).str.replace_many({"0": "O", "1": "l"})
    return pl.concat_str(VALUE.str.slice(0, 10), tail, VALUE.str.slice(17))


def _wrong_digit() -> pl.Expr:
    at = 6 + LUCK % 11
    other = (_digit(at).cast(pl.Int64, strict=False).fill_null(0) + 1 + LUCK % 7) % 10
    return pl.concat_str(VALUE.str.slice(0, at), other.cast(pl.String), VALUE.str.slice(at + 1))


def _swapped_digits() -> pl.Expr:
    at = 8 + LUCK % 8
    return pl.concat_str(VALUE.str.slice(0, at), _digit(at + 1), _digit(at), VALUE.str.slice(at + 2))


def check_character(body: pl.Expr) -> pl.Expr:
    """Return the check character of the first seventeen digits."""
    total = pl.sum_horizontal(body.str.slice(at, 1).cast(pl.Int64, strict=False) * weight for at, weight in enumerate(WEIGHTS))
    checks = {at: character for at, character in enumerate(CHECKS)}
    return (total % 11).replace_strict(checks, return_dtype=pl.String, default="0")


def _impossible_date() -> pl.Expr:
    body = pl.concat_str(VALUE.str.slice(0, 10), pl.lit("0230"), VALUE.str.slice(14, 3))
    return body + check_character(body)


@cache
def _defects(form: str) -> Defects:
    """Return for each defect the spoiled value and the condition it needs."""
    at = 6 + LUCK % 11
    whole = VALUE.str.len_chars() == 18
    plain = ~VALUE.str.ends_with("X")
    spreadsheet = pl.lit(form != "csv")
    damaged = pl.concat_str(pl.lit(NUMERIC), VALUE.str.slice(0, 15), pl.lit("000"))
    short = pl.concat_str(VALUE.str.slice(0, 1), pl.lit("."), VALUE.str.slice(1, 5), pl.lit("E+17"))
    other = ("neighbour", "related")
    found: Defects = {
        "apostrophe": (pl.lit("'") + VALUE, None),
        "spaces": (_spaces(), None),
        "full_width": (VALUE.str.replace_many(FULL_WIDTH), None),
        "letters": (_letters(), _letters() != VALUE),
        "excel_numeric": (damaged, spreadsheet & plain & whole),
        "excel_text": (short, ~spreadsheet & plain & whole),
        "fifteen_digits": (
            pl.concat_str(VALUE.str.slice(0, 6), VALUE.str.slice(8, 9)),
            whole & (VALUE.str.slice(6, 2) == LAST_OLD_CENTURY),
        ),
        "missing_digit": (pl.concat_str(VALUE.str.slice(0, at), VALUE.str.slice(at + 1)), whole),
        "extra_digit": (pl.concat_str(VALUE.str.slice(0, at), _digit(at), VALUE.str.slice(at)), whole),
        "wrong_digit": (_wrong_digit(), whole),
        "swapped_digits": (_swapped_digits(), whole & (_swapped_digits() != VALUE)),
        "impossible_date": (_impossible_date(), whole),
        **{name: (pl.col(name), pl.col(name).is_not_null() & (pl.col(name) != VALUE)) for name in other},
        "certificate": (pl.col("certificate"), pl.col("certificate").is_not_null()),
        "placeholder": (pick(PLACEHOLDERS), None),
        "blank": (pl.lit(None, pl.String), None),
        "masked": (pl.concat_str(VALUE.str.slice(0, 6), pl.lit("********"), VALUE.str.slice(14)), whole),
        "other_paper": (pl.concat_str(pl.lit("H"), VALUE.str.slice(8, 8)), whole),
    }
    return found


def spoil_identity_numbers(cells: pl.DataFrame, keys: Keys, rates: IdentityRates, form: str) -> pl.DataFrame:
    """Return `value` and `defect` (null when clean) for a column of identity numbers.

    Args:
        cells: value, neighbour (the number one row above), related (of the head or guardian) and certificate, all text;
            is_unregistered: the person has no number at all.
        keys: the rows' keys; the same key has the same luck.
        rates: the roll's rates.
        form: csv, xlsx or xls; only spreadsheets have numeric cells.
    """
    shares = {name: rate for name, rate in rates.model_dump().items() if name not in APART}
    hits = mark_defects(cells, keys, shares, "identity").filter(VALUE.is_not_null())
    spoiled = apply_defects(hits, _defects(form))
    ends_in_x = cells["value"].str.ends_with("X").fill_null(value=False).to_numpy()
    x_cells = mark_some(cells, keys, ends_in_x, rates.x_variant, "x_variant").join(hits, on="at", how="anti")
    no_number = (cells["value"].is_null() & cells["is_unregistered"]).to_numpy()
    words = mark_some(cells, keys, no_number, rates.unregistered_word, "unregistered_word")
    parts = [
        spoiled,
        x_cells.select("at", VALUE.str.head(-1) + pick(X_FORMS), "defect"),
        words.select("at", pick(UNREGISTERED).alias("value"), "defect"),
    ]
    return put_back(cells, pl.concat(parts))


def mark_defects(cells: pl.DataFrame, keys: Keys, shares: dict[str, float], *words: str) -> pl.DataFrame:
    """Return the unlucky cells with at (row), luck (Int64 for later choices) and defect: at most one of `shares` for each cell."""
    bounds = np.cumsum(list(shares.values()))
    fate = np.searchsorted(bounds, draw(keys, *words, "fate"), side="right")
    hit = np.flatnonzero(fate < len(bounds))
    names = pl.Series("defect", list(shares), dtype=pl.String).gather(fate[hit])
    return _at(cells, keys, hit, *words).with_columns(names)


def mark_some(cells: pl.DataFrame, keys: Keys, possible: NDArray[np.bool_], share: float, name: str) -> pl.DataFrame:
    """Return the unlucky of the possible cells, as `mark_defects` does."""
    candidates = np.flatnonzero(possible)
    hit = candidates[draw(keys[candidates], name) < share]
    return _at(cells, keys, hit, name).with_columns(defect=pl.lit(name))


def _at(cells: pl.DataFrame, keys: Keys, hit: NDArray[np.int64], *words: str) -> pl.DataFrame:
    return cells[hit].with_columns(
        pl.Series("at", hit, dtype=pl.Int64), pl.Series("luck", choose(keys[hit], 27720, *words, "luck"), dtype=pl.Int64)
    )


def apply_defects(hits: pl.DataFrame, defects: Defects) -> pl.DataFrame:
    """Return at, value, defect of the marked cells whose defect was possible."""
    parts = [pl.DataFrame(schema={"at": pl.Int64, "value": pl.String, "defect": pl.String})]
    for name in hits["defect"].unique().sort():
        spoiled, needs = defects[name]
        hit = hits.filter(pl.col("defect") == name)
        if needs is not None:
            hit = hit.filter(needs)
        parts.append(hit.select("at", spoiled.cast(pl.String).alias("value"), "defect"))
    return pl.concat(parts)


def put_back(cells: pl.DataFrame, spoiled: pl.DataFrame) -> pl.DataFrame:
    """Return value and defect of all cells, the spoiled ones replaced."""
    defect = pl.Series("defect", [None], dtype=pl.String).new_from_index(0, cells.height)
    if not spoiled.height:
        return pl.DataFrame([cells["value"], defect])
    at = spoiled["at"]
    return pl.DataFrame([cells["value"].scatter(at, spoiled["value"]), defect.scatter(at, spoiled["defect"])])
