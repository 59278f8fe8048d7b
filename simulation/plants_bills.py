"""Planted faults of bills and gifts for bills: A21 and A22 with the lawful patterns that look like them.

Belongs here: second settlements, reversals, stays settled in parts, gifts that overshoot or just fit a bill. Does not belong
here: ordinary bills (`simulation.illness`) and gifts (`simulation.relief`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.calendar import Whole
from simulation.illness import MONEY
from simulation.plants import Plant, planned
from simulation.relief import gift_payments
from simulation.setting import Setting
from simulation.streams import Generator

SECOND_SETTLEMENTS: Final = 15
OVERSHOOTS: Final = 15
APART: Final = 400


@dataclass(frozen=True)
class BillPlan:
    """Bills with planted settlements, the gifts for planted ceilings, and who was planted."""

    bills: pl.DataFrame
    second: Plant
    ceiling: Plant
    over: Whole
    fitting: Whole


def find_lone_bills(setting: Setting, bills: pl.DataFrame) -> Whole:
    """Return positions of stays in hospital settled in the ledger months by patients without another bill near."""
    person = bills["person"].to_numpy()
    paid = bills["paid_date"].to_physical().to_numpy()
    count = np.bincount(person, minlength=setting.count)
    start, end = setting.ledger_days
    settle = max(3, min(45, (end - start) // 3))
    fits = (paid >= start) & (paid <= end - settle) & (count[person] == 1) & (bills["visit_kind"] == "住院").to_numpy()
    fits &= (bills["medical_aid"] == 0).to_numpy() & (bills["commercial"] == 0).to_numpy() & setting.living(setting.last)[person]
    return np.flatnonzero(fits)


def plant_bills(setting: Setting, bills: pl.DataFrame, helped: Whole, unaided: Whole) -> BillPlan:
    """Add second settlements and reversals to the bills, and choose the bills whose gifts overshoot or just fit."""
    stream = setting.stream("bill plants")
    own = bills["self_pay"].to_numpy()
    lone = np.setdiff1d(find_lone_bills(setting, bills), np.concatenate([helped, unaided]))
    small = lone[own[lone] < 550_000]
    middle = lone[(own[lone] >= 250_000) & (own[lone] <= 2_000_000)]
    over_count, fit_count = planned(setting, OVERSHOOTS)
    middle = stream.permutation(middle)
    over, fitting = middle[:over_count], middle[over_count : over_count + fit_count]
    true_count, like_count = planned(setting, SECOND_SETTLEMENTS)
    small = stream.permutation(np.setdiff1d(small, np.concatenate([over, fitting])))
    true, like = small[:true_count], small[true_count : true_count + like_count]
    reversed_ones = like[: round(len(like) * 0.7)]
    parts = np.setdiff1d(like, reversed_ones)
    person = bills["person"].to_numpy()
    added = [
        _settle_again(setting, stream, bills[true], sign=1),
        _reverse(bills[reversed_ones]),
        _settle_again(setting, stream, bills[reversed_ones], sign=1),
        _second_part(stream, bills[parts]),
    ]
    second = Plant(person[true], [("reversed_and_settled_again", person[reversed_ones]), ("stay_settled_in_parts", person[parts])])
    ceiling = Plant(person[over], [("gifts_just_fit", person[fitting])])
    return BillPlan(pl.concat([bills.drop("bill", "settlement_number"), *added], how="diagonal_relaxed"), second, ceiling, over, fitting)


def _settle_again(setting: Setting, stream: Generator, bills: pl.DataFrame, sign: int) -> pl.DataFrame:
    """Return the same stays settled a second time some weeks later, from the papers."""
    start, end = setting.ledger_days
    wait = stream.integers(3, max(4, min(45, (end - start) // 3)), bills.height)
    days = pl.Series(bills["paid_date"].to_physical().to_numpy() + wait).cast(pl.Int32).cast(pl.Date)
    return bills.drop("bill", "settlement_number").with_columns(paid_date=days, mode=pl.lit("事后报销"), total=pl.col("total") * sign)


def _reverse(bills: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that cancel a settlement (红冲): every amount negative, pointing to the settlement cancelled."""
    return bills.with_columns(
        [-pl.col(name) for name in MONEY] + [pl.lit(value=True).alias("is_reversal"), pl.col("settlement_number").alias("reversed_number")]
    ).drop("bill", "settlement_number")


def _second_part(stream: Generator, bills: pl.DataFrame) -> pl.DataFrame:
    """Return a second bill for the same dates with another total: a transfer, or mother and newborn on one card."""
    share = pl.Series(stream.uniform(0.15, 0.6, bills.height))
    return bills.drop("bill", "settlement_number").with_columns([(pl.col(name) * share).cast(pl.Int64) for name in MONEY])


def pay_planted(setting: Setting, bills: pl.DataFrame, over: Whole, fitting: Whole, accounts: pl.Series) -> pl.DataFrame:
    """Return the gifts of planted bills: two or three givers who together pass the bill, or stop just under it.

    Args:
        setting: the district.
        bills: the numbered bills.
        over: positions in `bills` to overshoot.
        fitting: positions in `bills` to fit to within one yuan.
        accounts: account of each person.
    """
    stream = setting.stream("planted gifts")
    position = np.concatenate([over, fitting])
    own = bills["self_pay"].to_numpy()[position]
    excess = np.where(np.arange(len(position)) < len(over), stream.integers(200, 3_000, len(position)) * 100, 0)
    target = (own + excess) // 100 * 100
    share = stream.uniform(0.25, 0.45, (2, len(position)))
    three = stream.random(len(position)) < 0.5
    first = (target * share[0]).astype(np.int64) // 100 * 100
    second = np.where(three, (target * share[1]).astype(np.int64) // 100 * 100, 0)
    third = target - first - second
    paid = bills["paid_date"].to_physical().to_numpy()[position]
    start, end = setting.ledger_days
    step = max(1, min(14, (end - start) // 10))
    parts = []
    for number, (giver, amount) in enumerate((("CHA_M", first), ("RCS_M", second), ("TMP", third))):
        keep = np.flatnonzero(amount > 0)
        day = paid[keep] + step * number + stream.integers(1, step + 1, len(keep))
        parts.append(_gifts(setting, bills, position[keep], giver, amount[keep], np.minimum(day, setting.today), accounts))
    return pl.concat(parts)


def _gifts(
    setting: Setting, bills: pl.DataFrame, position: Whole, giver: str, amount: Whole, paid: NDArray[np.int64], accounts: pl.Series
) -> pl.DataFrame:
    givers = pl.Series([giver] * len(position), dtype=pl.String)
    return gift_payments(setting, bills, position, givers, amount, paid, accounts)
