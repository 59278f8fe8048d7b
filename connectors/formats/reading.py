"""One file into sheets: the gate in front of the formats, and the only place that knows which format reads what.

Belongs here: the dispatch. Does not belong here: the process this runs in (`connectors.formats.child`) and what a sheet
means (`connectors.intake`).
"""

from pathlib import Path

from connectors.formats.archives import unpack_archive
from connectors.formats.csv import read_csv
from connectors.formats.excel import read_excel
from connectors.formats.fixed_width import read_fixed_width
from connectors.formats.html import read_html
from connectors.formats.packages import Kind, refuse_nested, tell_kind
from connectors.formats.parquet import read_parquet
from connectors.formats.sheets import Reading, Sheet
from registry.district import Limits
from registry.roll import Roll


def read_file(path: Path, roll: Roll | None, limits: Limits, folder: Path, *, is_member: bool = False) -> Reading:
    """Return the sheets of a file, or the members of an archive unpacked into `folder`; FileRefused when it is neither.

    `roll` tells how lines are cut that have no delimiter; without one every text file has delimiters.
    """
    kind = tell_kind(path, limits.file_bytes)
    if kind == Kind.ARCHIVE:
        if is_member:
            raise refuse_nested(path.name)
        return Reading(members=tuple(unpack_archive(path, folder, limits.unpacked_bytes)))
    return Reading(sheets=tuple(_read_sheets(path, kind, roll, limits)))


def _read_sheets(path: Path, kind: Kind, roll: Roll | None, limits: Limits) -> list[Sheet]:
    if kind == Kind.TEXT:
        return [read_fixed_width(path, roll) if roll and roll.delivery.fixed_width else read_csv(path)]
    if kind == Kind.PARQUET:
        return [read_parquet(path)]
    if kind == Kind.HTML:
        return read_html(path)
    return read_excel(path, kind, limits.unpacked_bytes)
