"""From delivered heads to declared columns: every head mapped or ignored, every declared column present.

Belongs here: how heads are compared and what is said when they do not fit. Does not belong here: where the header
stands in a sheet (`connectors.headers`), and what the cells hold.
"""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connectors.refusals import FileRefused, Place, column_letters
from registry.errors import ConfigError
from registry.roll import Roll
from registry.schema.text import Text

NOISE: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad*★☆※]+")
REMARKS: Final = re.compile(r"\((?:必填|选填|必填项|选填项|必选|可空|单位:)?(?:[十百千万]*元(?:/[月人户年])?|人民币|人|岁|m2|平方米)?\)")
"""Marks after a head that say how to fill it or in which unit; what (万元) does to amounts is told by `connectors.titles`."""

ENDS: Final = re.compile(r"^[\d]{1,2}[.、]|[:,.、;]+$")


@dataclass(frozen=True)
class HeadIndex:
    """The declared heads of one roll in comparable form."""

    columns: Mapping[str, str]
    ignored: frozenset[str]

    def find_column(self, label: str) -> str | None:
        """Return the declared column of a head, if there is one."""
        return self.columns.get(normalise_head(label))

    def knows(self, label: str) -> bool:
        """Tell whether a head is mapped or ignored."""
        head = normalise_head(label)
        return head in self.columns or head in self.ignored


@dataclass(frozen=True)
class Head:
    """One delivered column: its place, its head as delivered, and what it is."""

    position: int
    label: str
    column: str | None
    is_ignored: bool


def normalise_head(head: str) -> str:
    """Return a head in the form that is compared: one width, no spaces, stars, fill-in marks or usual units."""
    plain = NOISE.sub("", unicodedata.normalize("NFKC", head)).casefold().replace("帐", "账")
    return ENDS.sub("", REMARKS.sub("", plain)) or plain


def build_head_index(roll: Roll) -> HeadIndex:
    """Return the heads `roll` declares; ConfigError when two columns claim one head."""
    columns: dict[str, str] = {}
    for name, column in roll.columns.items():
        for head in map(normalise_head, column.heads):
            if columns.setdefault(head, name) != name:
                raise ConfigError(
                    f"表头“{head}”同时属于列 {columns[head]} 与 {name}；请只保留一处",
                    f"the head '{head}' is claimed by columns {columns[head]} and {name}; keep one",
                    file=f"rolls/{roll.roll}.yml",
                )
    return HeadIndex(columns, frozenset(map(normalise_head, roll.ignore)) - set(columns))


def map_heads(heads: Sequence[Head], roll: Roll, place: Place) -> dict[str, int]:
    """Return the position of every declared column that is present, or refuse the file and say what does not fit.

    `place` names the sheet and the row of the header.
    """
    twice = _find_twice(heads)
    if twice:
        raise _refuse_twice(twice, place)
    unknown = [head for head in heads if head.label and not head.column and not head.is_ignored]
    present = {head.column: head.position for head in heads if head.column}
    missing = [name for name, column in roll.columns.items() if not column.optional and name not in present]
    if missing or unknown:
        raise _refuse_layout(unknown, missing, roll, place)
    return present


def _find_twice(heads: Sequence[Head]) -> list[Head]:
    columns = [head.column for head in heads if head.column]
    return [head for head in heads if head.column and columns.count(head.column) > 1]


def _refuse_twice(twice: Sequence[Head], place: Place) -> FileRefused:
    listed = [(head.label, _cell(head, place)) for head in twice]
    return FileRefused(
        "HEADER_TWICE",
        place,
        expected=Text("每一列只出现一次", "each column once"),
        got=Text("、".join(f"“{label}”（{cell}）" for label, cell in listed), ", ".join(f"'{label}' ({cell})" for label, cell in listed)),
        remedy=Text("请删除或改名重复的列", "delete or rename the column that stands twice"),
        column=twice[0].label,
    )


def _cell(head: Head, place: Place) -> str:
    return f"{column_letters(head.position)}{place.row_number}"


def _refuse_layout(unknown: Sequence[Head], missing: Sequence[str], roll: Roll, place: Place) -> FileRefused:
    expected = [_show_heads(roll.columns[name].heads) for name in missing]
    absent_zh = "、".join(expected) if expected else "只含已声明的列"
    absent_en = ", ".join(f"'{head}'" for head in expected) if expected else "declared columns only"
    near = _find_nearest(unknown, missing, roll)
    got_zh = "、".join(f"“{head.label}”（{_cell(head, place)}{f'，最接近“{near[head]}”' if near[head] else ''}）" for head in unknown)
    got_en = ", ".join(f"'{head.label}' ({_cell(head, place)}{f', nearest {near[head]!r}' if near[head] else ''})" for head in unknown)
    got = Text(f"未声明的列{got_zh}", f"undeclared columns {got_en}") if unknown else Text("没有这些列", "no such column")
    return FileRefused(
        "HEADER_MISSING" if missing else "HEADER_UNKNOWN",
        place,
        expected=Text(f"列{absent_zh}" if expected else absent_zh, f"columns {absent_en}" if expected else absent_en),
        got=got,
        remedy=Text(
            f"请更正表头，或在 rolls/{roll.roll}.yml 的 heads 或 ignore 中登记",
            f"correct the head, or declare it in rolls/{roll.roll}.yml under heads or ignore",
        ),
        column=unknown[0].label if unknown else roll.columns[missing[0]].heads[0],
    )


def _show_heads(heads: Sequence[str]) -> str:
    return heads[0] if len(heads) == 1 else f"{heads[0]}（或{heads[1]}）"


def _find_nearest(unknown: Sequence[Head], missing: Sequence[str], roll: Roll) -> dict[Head, str | None]:
    """Return for each unknown head the nearest declared one; heads of absent columns come first."""
    wanted = {normalise_head(head): head for name in missing for head in roll.columns[name].heads}
    every = {normalise_head(head): head for column in roll.columns.values() for head in column.heads}
    every |= {normalise_head(head): head for head in roll.ignore}
    nearest: dict[Head, str | None] = {}
    for head in unknown:
        label = normalise_head(head.label)
        close = difflib.get_close_matches(label, sorted(wanted), n=1, cutoff=0.3) or difflib.get_close_matches(
            label, sorted(every), n=1, cutoff=0.3
        )
        nearest[head] = {**every, **wanted}[close[0]] if close else None
    return nearest
