"""What neighbours, villages, firms and charities do for people, and children in difficulty.

Belongs here: who is in which of these lists and since when. Does not belong here: how a roll looks (`simulation.rolls`).
"""

from dataclasses import dataclass

import polars as pl

from simulation.aid import AidFrames
from simulation.setting import Setting


@dataclass(frozen=True)
class Community:
    """Frames of the community rolls."""


def build_community(setting: Setting, persons: pl.DataFrame, students: pl.DataFrame, aid: AidFrames) -> Community:
    """Return the frames; every draw comes from streams of its own, so that nothing drawn elsewhere changes."""
    return Community()
