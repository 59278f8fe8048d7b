"""The truth about findings, read off the true persons and payments: what a perfect clerk would see in the deliveries.

Belongs here: which rule has which oracle, and the table of true cases and look-alikes. Does not belong here: how the
product finds them; nothing here looks at a roll.

A case is `planted` when its person was chosen by a plant, else `organic`: it came about by itself, and counts as much.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import polars as pl

from simulation import oracle_duplicates, oracle_missed
from simulation.aid import AidFrames
from simulation.lookalikes import draw_lookalikes
from simulation.setting import Setting

Oracle = Callable[[Setting, AidFrames, pl.DataFrame], pl.DataFrame]


def build_findings(setting: Setting, aid: AidFrames, students: pl.DataFrame) -> pl.DataFrame:
    """Return the findings truth: every true case the deliveries of the asked months show, and lawful look-alikes."""
    parts = []
    for rule, oracle in ORACLES.items():
        true = oracle(setting, aid, students)
        planted = aid.plants[rule].true.tolist() if rule in aid.plants else []
        kind = pl.when(pl.col("person").is_in(planted) | pl.col("other_person").is_in(planted)).then(pl.lit("planted"))
        parts.append(true.with_columns(case_kind=kind.otherwise(pl.lit("organic"))))
        persons = np.union1d(true["person"].to_numpy(), true["other_person"].drop_nulls().to_numpy())
        parts.append(draw_lookalikes(setting, aid, students, rule, true.height, persons))
    return pl.concat(parts).sort(
        "rule_id", "label", "known_month", "person", "other_person", "from_month", descending=[False, True] + [False] * 4
    )


ORACLES: Final[dict[str, Oracle]] = {
    "A01": oracle_duplicates.find_paid_after_death,
    "A03": oracle_duplicates.find_support_with_allowance,
    "A06": oracle_duplicates.find_double_members,
    "A21": oracle_duplicates.find_second_settlements,
    "A22": oracle_duplicates.find_overpaid_bills,
    "A23": oracle_duplicates.find_repeated_aid,
    "M01": oracle_missed.find_missed_living,
    "M02": oracle_missed.find_missed_care,
    "M03": oracle_missed.find_missed_students,
    "M05": oracle_missed.find_unaided_bills,
    "M06": oracle_missed.find_missed_old,
    "M13": oracle_missed.find_open_leads,
}
