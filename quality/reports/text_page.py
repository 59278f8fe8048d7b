"""A page of text for a terminal, gathered line by line in one language.

Belongs here: headings, wrapped lines and the cells of a grid. Does not belong here: what is told.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from quality.reports.wide_text import pad, wrap
from registry.schema.text import Language, Text

WIDTH: Final = 110
CELL: Final = 7


class TextPage:
    """Lines being gathered in one language."""

    def __init__(self, lang: Language) -> None:
        self.lang, self.lines = lang, list[str]()

    def say(self, text: Text) -> str:
        """Return a text in the page's language."""
        return text.show(self.lang)

    def pick(self, row: Mapping[str, Any], name: str) -> str:
        """Return the bilingual value `name` of a row in the page's language."""
        return self.say(Text(str(row[f"{name}_zh"] or ""), str(row[f"{name}_en"] or "")))

    def add(self, line: str, indent: str = "") -> None:
        """Add a line, wrapped to the width of the page."""
        self.lines.append(wrap(line, WIDTH, indent))

    def add_cells(self, label: str, cells: Sequence[str], width: int) -> None:
        """Add one line of a grid; a long label takes lines of its own above its last one."""
        *above, last = wrap(label, width - 2).split("\n")
        self.lines += above
        self.lines.append((pad(last, width) + "".join(pad(cell, CELL, right=True) for cell in cells)).rstrip())

    def head(self, title: Text) -> None:
        """Add the heading of a part."""
        self.lines += ["", f"── {self.say(title)} ──"]
