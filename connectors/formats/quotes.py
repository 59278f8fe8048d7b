"""Which bytes of a text are inside quoted cells: one bit a byte, sixty-four bytes a word.

Belongs here: counting quotes. Does not belong here: records and cells (`connectors.formats.records`).

A byte is inside a quoted cell when an odd number of quotes stands before it; doubled quotes keep the count right. Words of
bits make this cost less than reading the cells.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

QUOTE, NEWLINE, RETURN = ord('"'), ord("\n"), ord("\r")
BLOCK_BYTES: Final = 256 * 1024
"""Small enough for the processor's cache, and a whole number of words."""

WORD: Final = 64
ONE, TOP, ALL = np.uint64(1), np.uint64(WORD - 1), np.uint64(0xFFFFFFFFFFFFFFFF)

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Block:
    """A stretch of a text from `start`; before it a number of quotes that is odd when `is_inside`."""

    whole: Bytes
    start: int
    delimiter: int
    is_inside: bool

    @property
    def text(self) -> Bytes:
        """Return its own bytes."""
        return self.whole[self.start : self.start + BLOCK_BYTES]

    def find(self, code: int) -> Words:
        """Return a bit for each byte that is `code`, behind the last byte zeros."""
        packed = np.packbits(self.text == code, bitorder="little")
        return np.pad(packed, (0, -packed.size % 8)).view(np.uint64)

    def mark_inside(self, quotes: Words) -> Words:
        """Return a bit for each byte inside a quoted cell; an opening quote counts as inside, a closing one as outside."""
        inside = quotes.copy()
        for shift in (1, 2, 4, 8, 16, 32):
            inside ^= inside << np.uint64(shift)
        ends = (inside >> TOP).astype(np.bool_)
        before = np.logical_xor.accumulate(np.concatenate(([self.is_inside], ends[:-1])))
        return inside ^ np.where(before, ALL, np.uint64(0))

    def find_odd_quotes(self, quotes: Words, inside: Words, borders: Words) -> Words:
        """Return a bit for each quote that neither begins nor ends a cell nor is doubled."""
        end = self.start + self.text.size
        first = self.start == 0 or self._is_border(self.start - 1)
        before = (borders << ONE) | np.concatenate(([np.uint64(first)], borders[:-1] >> TOP))
        after = (borders >> ONE) | np.concatenate((borders[1:] << TOP, [np.uint64(0)]))
        if end == self.whole.size or self._is_border(end):
            last = self.text.size - 1
            after[last // WORD] |= ONE << np.uint64(last % WORD)
        return quotes & ~((inside & before) | (~inside & after))

    def _is_border(self, position: int) -> bool:
        return int(self.whole[position]) in {QUOTE, NEWLINE, RETURN, self.delimiter}

    def find_borders(self, quotes: Words, newlines: Words, cuts: Words) -> Words:
        """Return a bit for each byte beside which a cell may begin or end."""
        return quotes | newlines | cuts | self.find(RETURN)

    def ends_inside(self, inside: Words) -> bool:
        """Tell whether its last byte is inside a quoted cell."""
        last = self.text.size - 1
        return bool((inside[last // WORD] >> np.uint64(last % WORD)) & ONE)

    def unpack(self, words: Words) -> Flags:
        """Return one flag a byte."""
        return np.unpackbits(words.view(np.uint8), count=self.text.size, bitorder="little").view(np.bool_)


def count_bits(words: Words) -> int:
    """Return how many bits are set."""
    return int(np.bitwise_count(words).sum())
