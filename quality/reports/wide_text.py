"""How wide text is on a screen or in a cell, where a Chinese character takes two columns.

Belongs here: measuring, padding and wrapping. Does not belong here: what the text says.
"""

import unicodedata
from math import ceil


def count_columns(text: str) -> int:
    """Return the width of `text` in columns: 2 for wide characters, 0 for combining marks, 1 otherwise."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    marks = sum(unicodedata.combining(character) > 0 for character in text)
    return len(text) + wide - marks


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Return `text` filled with spaces to `columns`; `right` puts the text at the right edge."""
    gap = " " * max(0, columns - count_columns(text))
    return gap + text if right else text + gap


def count_lines(text: str, columns: int) -> int:
    """Return how many lines `text` takes in a cell `columns` wide."""
    return sum(max(1, ceil(count_columns(line) / max(1, columns))) for line in text.split("\n"))


def wrap(text: str, columns: int, indent: str = "") -> str:
    """Return `text` broken at `columns`, at spaces where there are any, at any character between Chinese ones."""
    lines, line = [], ""
    for word in _pieces(text):
        if line and count_columns(indent + line + word.rstrip()) > columns:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    return "\n".join(indent + part for part in [*lines, line.rstrip()])


def _pieces(text: str) -> list[str]:
    """Split text where a line may break: after a space, and around every wide character."""
    pieces = [""]
    for character in text:
        is_wide = unicodedata.east_asian_width(character) in "WF"
        closes = character in "，。；：、！？）”》"
        if is_wide and not closes:
            pieces.append(character)
        else:
            pieces[-1] += character
            if character == " " or is_wide:
                pieces.append("")
    return [piece for piece in pieces if piece]
