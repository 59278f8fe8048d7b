"""Small landed frames for tests: rows given as dictionaries of a roll's columns, addressed as the intake addresses them."""

from functools import cache
from pathlib import Path

import polars as pl

from registry.configuration import parse, read_settings, read_yaml
from registry.district import DISTRICTS, BlockingRule, District, DistrictFile, Linkage
from registry.roll import Roll
from registry.schema.tables import LANDED_COLUMNS

FOLDER = DISTRICTS / "q_district"
COUNTS = ("file_number", "sheet_number", "row_number")


@cache
def q_district() -> District:
    """Return the demo district with its rolls and places; programmes, rules and linkage are not needed to state a roll."""
    rolls = {path.stem: read_roll(path) for path in sorted((FOLDER / "rolls").glob("*.yml"))}
    linkage = Linkage(blocking=[BlockingRule(columns=["name_key"])], comparisons=["name"])
    return District(FOLDER, read_settings(FOLDER / "district.yml", DistrictFile), rolls, {}, (), {}, linkage)


def read_roll(path: Path) -> Roll:
    """Return one roll without the rest of its district."""
    return parse(read_yaml(path), Roll, path)


def land_rows(
    roll: str, rows: list[dict[str, str]], month: str = "2016-06", sheet: str = "", district: District | None = None
) -> pl.DataFrame:
    """Return `rows` as `landed/<roll>`; a row may carry `cell_marks`."""
    declared = (district or q_district()).rolls[roll]
    address = {"roll": roll, "month": month, "department": declared.department, "file_name": "a.csv", "file_hash": "0", "sheet": sheet}
    numbers = {"file_number": 1, "sheet_number": 1}
    landed = [
        {
            **address,
            **numbers,
            "row_id": f"{declared.code}-{month.replace('-', '')}-1-1-{at:06d}",
            "row_number": at,
            "cell_marks": row.get("cell_marks"),
            **{column: row.get(column) for column in declared.columns},
        }
        for at, row in enumerate(rows, start=2)
    ]
    names = [*LANDED_COLUMNS, *declared.columns]
    schema = {name: pl.Int64 if name in COUNTS else pl.String for name in names}
    return pl.DataFrame(landed, schema=schema)
