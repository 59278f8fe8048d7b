"""Reviews of minimum-living-allowance cases: amounts raised or lowered.

Belongs here: which case was reviewed and what it drew before. Does not belong here: cases opened and closed
(`simulation.dibao`), or the list of changes (`simulation.rolls.dibao_changes`).

A review takes effect before the first asked month and is reported in an asked one, as towns hand in changes late: so every
month's household list shows the amount after it.
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, month_number, month_texts
from simulation.setting import Setting
from simulation.streams import pick_texts, pick_weighted

PER_MONTH: Final = 16
RAISES: Final = {"人口增加": 40, "家庭收入减少": 40, "患重病": 20}
CUTS: Final = {"成员就业收入增加": 50, "人口减少": 35, "子女毕业就业": 15}
WINDOW: Final = 24


def draw_reviews(setting: Setting, cases: pl.DataFrame) -> pl.DataFrame:
    """Return at least two reviews for each asked month, of cases that began well before and still go on."""
    stream = setting.stream("dibao reviews")
    start, end = _months(cases["from_month"]), _months(cases["to_month"])
    sound = (start < setting.first - WINDOW) & ((end == NEVER) | (end >= setting.last))
    months = np.arange(setting.first, setting.last + 1)
    each = setting.number(PER_MONTH, 2)
    chosen = stream.permutation(pick_weighted(stream, sound.astype(np.float64), each * len(months)))
    reported = np.repeat(months, each)[: len(chosen)]
    count = len(chosen)
    rows = cases[chosen.tolist()]
    is_raise = stream.random(count) < 0.55
    amount, members = rows["amount"].to_numpy(), rows["enjoying"].to_numpy().astype(np.int64)
    step = np.maximum((amount * stream.uniform(0.08, 0.25, count)).astype(np.int64) // 1_000 * 1_000, 1_000)
    reason = pick_texts(stream, RAISES, count).zip_with(pl.Series(is_raise), pick_texts(stream, CUTS, count))
    more = np.where(reason.is_in(["人口增加"]).to_numpy(), -1, np.where(reason.is_in(["人口减少"]).to_numpy(), 1, 0))
    return pl.DataFrame(
        {
            "review": np.arange(count),
            "case": rows["case"],
            "kind": pl.Series(np.where(is_raise, "调增", "调减").astype(object), dtype=pl.String),
            "reason": reason,
            "reported_month": month_texts(reported),
            "executed_month": month_texts(setting.first - stream.integers(1, 5, count)),
            "members_before": np.maximum(members + more, 1),
            "amount_before": np.maximum(amount + np.where(is_raise, -step, step), 5_000),
        }
    )


def _months(texts: pl.Series) -> Whole:
    return np.array([NEVER if text is None else month_number(text) for text in texts.to_list()], dtype=np.int64)
