"""Check characters over a number: Luhn, mod 11 and mod 97, as expressions.

Belongs here: the arithmetic. Does not belong here: which scheme uses which (`district.yml`), the check digit of GB 11643
(`identity_numbers`).

Letters before or between the digits take no part in Luhn and mod 11; mod 97 counts them as 10 to 35 (ISO/IEC 7064).
"""

from typing import Final

import polars as pl

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST: Final = 48
"""Digits mod 97 can take: 24 characters, all of them letters."""
CHUNK: Final = 6


def _digits_from_right(number: pl.Expr, pattern: str = r"\d") -> pl.Expr:
    return number.str.extract_all(pattern).list.reverse()


def passes_luhn(number: pl.Expr) -> pl.Expr:
    """Return whether the last digit is that of ISO/IEC 7812-1 (Luhn)."""
    digits = _digits_from_right(number).list.eval(pl.element().cast(pl.Int64))
    is_second = pl.int_range(pl.len()) % 2 == 1
    doubled = pl.when(is_second).then(pl.element() * 2 - 9 * (pl.element() > 4).cast(pl.Int64)).otherwise(pl.element())
    return (digits.list.len() > 1) & (digits.list.eval(doubled).list.sum() % 10 == 0)


def passes_mod11(number: pl.Expr) -> pl.Expr:
    """Return whether digits weighted 1, 2, 3 … from the right add up to a multiple of 11; a last X counts ten (as in ISBN-10)."""
    is_whole = number.str.contains(r"\d[\dX]$")
    body = number.str.replace(r"X$", "").str.extract_all(r"\d").list.reverse()
    shift = number.str.ends_with("X").cast(pl.Int64)
    weights = pl.int_range(pl.len()) + 1
    values = body.list.eval(pl.element().cast(pl.Int64))
    total = values.list.eval(pl.element() * weights).list.sum() + shift * (values.list.sum() + 10)
    return is_whole & (total % 11 == 0)


def passes_mod97(number: pl.Expr) -> pl.Expr:
    """Return whether the number leaves 1 when divided by 97 (ISO/IEC 7064 MOD 97-10)."""
    spelled = number.str.replace_many(list(LETTERS), [str(10 + at) for at in range(len(LETTERS))])
    padded = spelled.str.zfill(LONGEST)
    rest = pl.lit(0, dtype=pl.Int64)
    for start in range(0, LONGEST, CHUNK):
        rest = (rest * 10**CHUNK + padded.str.slice(start, CHUNK).cast(pl.Int64, strict=False)) % 97
    return ((rest == 1) & (spelled.str.len_chars() <= LONGEST)).fill_null(value=False)


CHECKS: Final = {"luhn": passes_luhn, "mod11": passes_mod11, "mod97": passes_mod97}


def passes_check(number: pl.Expr, check: str) -> pl.Expr:
    """Return whether `number` passes the check of that name; everything passes `none`."""
    return CHECKS[check](number).fill_null(value=False) if check in CHECKS else pl.lit(value=True)
