"""How people earn, retire and fall ill: jobs, insurance, pensions, patients under care.

Belongs here: who is in which of these lists and since when. Does not belong here: how a roll looks (`simulation.rolls`).
"""

from dataclasses import dataclass

import polars as pl

from simulation.aid import AidFrames
from simulation.setting import Setting


@dataclass(frozen=True)
class Livelihoods:
    """Frames of the health and social security rolls."""


def build_livelihoods(setting: Setting, persons: pl.DataFrame, students: pl.DataFrame, aid: AidFrames) -> Livelihoods:
    """Return the frames; every draw comes from streams of its own, so that nothing drawn elsewhere changes."""
    return Livelihoods()
