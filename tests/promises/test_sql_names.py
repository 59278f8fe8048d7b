"""SQL in heads, sheet names and file names has no effect: it is landed or sent back as text, and stands in the warehouse as text (D5)."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Final

import duckdb

from connectors.formats.reader import Reader
from connectors.intake import land_roll
from registry import warehouse
from registry.district import Limits
from registry.schema.tables import TABLES, empty_table
from tests.unit.connectors.deliveries_samples import HEADS, deliver, make_roll, make_rows, write_xlsx
from tests.unit.registry.landed_rows import q_district

STATEMENTS: Final = (
    "DROP TABLE registry.persons", "DROP SCHEMA registry CASCADE", "DELETE FROM quality.deliveries", "UPDATE meta.about SET value = 'x'",
    "COPY (SELECT 1) TO 'owned'", "ATTACH 'owned' AS x", "INSTALL httpfs", "CREATE TABLE owned (x INT)", "PRAGMA database_list", "SELECT 1",
    "EXPORT DATABASE 'owned'", "CALL force_checkpoint()", "SET memory_limit = '1MB'", "LOAD 'owned'", "SELECT * FROM read_csv('owned')",
)  # fmt: skip
FRAMES: Final = (
    '"; {}; --', "'; {}; --", "{}; --", '") ; {} ; --', "') ; {} ; --", "备注'; {}; /*", '备注" AS x; {}; --', "`; {}; #", "\\'; {}; --",
    "$$; {}; $$", "%s; {}", '{{}}"; {}', "x'||({})||'", '""; {}',
)  # fmt: skip
NAMES: Final = tuple(frame.replace("{}", statement, 1) for statement, frame in product(STATEMENTS, FRAMES))
ROLL: Final = make_roll(delivery={"glob": ["*"]})
AS_SHEET: Final = str.maketrans("[]:*?/\\'", "        ")
"""Signs a spreadsheet program does not allow in the name of a sheet."""


def write_files(folder: Path, number: int, name: str) -> tuple[Path, Path]:
    """Write a workbook with the statement in its sheet's name and a text file with it in a head, both named after it."""
    sheet = f"{number}{name.translate(AS_SHEET)}"[:31]
    plain = name.replace("/", " ")
    book = write_xlsx(folder / f"{plain}.xlsx", {sheet: [list(HEADS), *make_rows(2)]})
    heads = [name.replace('"', '""') if head == "备注" else head for head in HEADS]
    text = folder / f"{plain}.csv"
    text.write_text("\n".join(['"' + '","'.join(heads) + '"', *map(",".join, make_rows(2))]), encoding="utf-8")
    return book, text


def test_names_are_only_names(tmp_path: Path, reader: Reader, figures: Callable[[str], None]) -> None:
    """Afterwards the published file has its tables and every name as it was written."""
    assert len(set(NAMES)) >= 200
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    paths = [path for number, name in enumerate(NAMES) for path in write_files(inbox, number, name)]
    landed = land_roll(ROLL, "2016-03", deliver(*paths), Limits(), reader)
    assert landed.deliveries["is_refused"].to_list() == [False, True] * len(NAMES)
    assert landed.rows["sheet"].n_unique() == len(NAMES)
    frames = {name: empty_table(name) for name in TABLES}
    frames |= {"deliveries": landed.deliveries, "quarantine": landed.quarantine}
    published = warehouse.publish_warehouse(tmp_path / "warehouse", "2016-03", frames, q_district())
    with duckdb.connect(str(published), read_only=True) as connection:
        tables = {name for (name,) in connection.sql("SELECT table_name FROM duckdb_tables()").fetchall()}
        stored = [name for (name,) in connection.sql("SELECT file_name FROM quality.deliveries").fetchall()]
        heads_stored = {name for (name,) in connection.sql('SELECT DISTINCT "column" FROM quality.quarantine').fetchall()}
    assert set(TABLES) <= tables and "owned" not in tables
    assert sorted(stored) == sorted(path.name for path in paths)
    assert len(heads_stored) == len(NAMES)
    assert not [path for path in (*tmp_path.rglob("owned*"), *Path.cwd().glob("owned*"))]
    figures(f"D5 SQL in names: {len(NAMES)} statements × head, sheet and file name, 0 effects in {len(tables)} tables of the warehouse")
