"""One kind of evidence and its degrees, as plain data.

Belongs here: the two shapes. Does not belong here: any particular comparison (`comparisons`, `name_levels`).
"""

from dataclasses import dataclass

from registry.schema.text import Text


@dataclass(frozen=True)
class Level:
    """One degree of agreement."""

    label: Text
    condition: str
    m: float
    u: float
    is_frequency_weighted: bool = False


@dataclass(frozen=True)
class Comparison:
    """One kind of evidence: levels from the strongest to none, read in this order; null evidence weighs nothing."""

    name: str
    title: Text
    null_condition: str
    levels: tuple[Level, ...]
    is_trained: bool
