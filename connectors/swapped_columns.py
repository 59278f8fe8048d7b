"""Columns of one kind that changed places since the last delivery: head and member, granted and paid on.

Belongs here: comparing what stands under each head with what stood there last time. Does not belong here: cells of another kind than
the head says, which need no earlier delivery (`connectors.contents`).
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

import polars as pl

from registry.roll import Roll

KINDS: Final = frozenset({"name", "identity_number", "certificate", "account", "phone", "date", "amount", "place", "address"})
CLEARLY: Final = 0.3
"""Values that stood under the other head last time must outnumber those that stood under their own by this share."""


def find_swapped(roll: Roll, rows: pl.DataFrame, earlier: pl.DataFrame, least: int) -> tuple[str, str, float] | None:
    """Return the two columns that changed places and the share of values found under the other head; None when none did.

    Args:
        roll: its declaration; only columns of the same kind can be taken for each other.
        rows: landed now.
        earlier: landed last time.
        least: with fewer different values than this in a column nothing is said.
    """
    values = {name: (_list_values(rows, name), _list_values(earlier, name)) for name in _list_columns(roll, earlier)}
    long = {name for name, (now, before) in values.items() if min(now.len(), before.len()) >= least}
    for one, other in _pair_columns(roll, long):
        shares = {(a, b): float(values[a][0].is_in(values[b][1].implode()).mean() or 0) for a in (one, other) for b in (one, other)}  # type: ignore[arg-type]
        gains = [shares[one, other] - shares[one, one], shares[other, one] - shares[other, other]]
        if min(gains) >= CLEARLY:
            return one, other, min(shares[one, other], shares[other, one])
    return None


def _list_columns(roll: Roll, earlier: pl.DataFrame) -> list[str]:
    return [name for name, column in roll.columns.items() if column.kind in KINDS and name in earlier.columns]


def _list_values(rows: pl.DataFrame, name: str) -> pl.Series:
    return rows[name].str.strip_chars().drop_nulls().unique()


def _pair_columns(roll: Roll, long: set[str]) -> Iterator[tuple[str, str]]:
    for one, other in combinations([name for name in roll.columns if name in long], 2):
        if roll.columns[one].kind == roll.columns[other].kind:
            yield one, other
