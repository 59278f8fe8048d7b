"""Money while rules compute with it: fen as a float, so that a third of a payment can be added up and rounded once.

Belongs here: the way in and the way out. Does not belong here: what an amount means.
"""

import polars as pl

from registry.schema.fields import AMOUNT


def to_fen(amount: pl.Expr) -> pl.Expr:
    """Return an amount in CNY as fen; null stays null. Whole fen are exact up to nine million million."""
    return (amount.cast(pl.Float64) * 100).round(0)


def to_amount(fen: pl.Expr) -> pl.Expr:
    """Return fen as an amount in CNY, rounded to the fen once."""
    return (fen.round(0) / 100).cast(AMOUNT)
