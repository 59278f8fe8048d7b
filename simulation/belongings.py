"""What people own and what the law knows of them: homes, vehicles, businesses, marriages, sentences.

Belongs here: who is in which of these lists and since when. Does not belong here: how a roll looks (`simulation.rolls`).
"""

from dataclasses import dataclass

import polars as pl

from simulation.aid import AidFrames
from simulation.setting import Setting


@dataclass(frozen=True)
class Belongings:
    """Frames of the property, justice and civil registers."""


def build_belongings(setting: Setting, persons: pl.DataFrame, students: pl.DataFrame, aid: AidFrames) -> Belongings:
    """Return the frames; every draw comes from streams of its own, so that nothing drawn elsewhere changes."""
    return Belongings()
