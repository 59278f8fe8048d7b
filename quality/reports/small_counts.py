"""Small counts in statistics: below ten, a number can point at a family.

Belongs here: which cells of a column of counts are hidden. Does not belong here: how a table shows them.
"""

from collections.abc import Sequence
from typing import Final

SMALL: Final = 10
LEEWAY: Final = 5
"""Values a hidden count must still be able to have."""
SMALL_SHOWN: Final = f"<{SMALL}"
WITHHELD: Final = "–"
"""Shown for a count of ten or more that is hidden so that a small one cannot be worked out from the total."""


def hide_small(counts: Sequence[int]) -> list[str]:
    """Return counts as text: small ones as `<10`, and as many others withheld as it takes to keep the small ones unknown.

    The reader may know the total, and so the sum of the hidden cells. Every small cell must keep at least `LEEWAY`
    possible values; otherwise the next smallest cell is withheld too.
    """
    small = [place for place, count in enumerate(counts) if 0 < count < SMALL]
    spare = sorted((place for place, count in enumerate(counts) if count >= SMALL), key=lambda place: (counts[place], place))
    hidden = sum(counts[place] for place in small)
    withheld: list[int] = []
    while small and spare and not _is_unknowable(hidden, len(small), len(withheld)):
        withheld.append(spare.pop(0))
        hidden += counts[withheld[-1]]
    shown = [str(count) for count in counts]
    return [SMALL_SHOWN if place in small else WITHHELD if place in withheld else text for place, text in enumerate(shown)]


def _is_unknowable(hidden: int, small: int, withheld: int) -> bool:
    """Return whether each of `small` hidden cells keeps enough possible values when `hidden` is their known sum."""
    lowest = 1 if withheld else max(1, hidden - (SMALL - 1) * (small - 1))
    highest = min(SMALL - 1, hidden - (small - 1) - SMALL * withheld)
    return highest - lowest + 1 >= LEEWAY
