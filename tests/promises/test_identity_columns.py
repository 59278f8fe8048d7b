"""Numbers of people, papers and accounts are text from the first byte to the last (D8)."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from connectors.formats.reader import Reader
from connectors.intake import land_roll
from registry import warehouse
from registry.district import Limits
from registry.schema.tables import TABLES, empty_table, polars_schema
from registry.statement import state_roll
from tests.unit.connectors.deliveries_samples import COLUMNS, HEADS, deliver, make_roll, make_rows
from tests.unit.registry.landed_rows import q_district

ENDS = ("_id", "_number", "identity_partial", "_hash")
COUNTS = {"file_number", "sheet_number", "row_number"}
ROLL = make_roll(delivery={"glob": ["*"]}, columns={**COLUMNS, "card": {"heads": ["备注"], "kind": "account"}}, ignore=["序号"])
LATE = 40_001


def is_identity(column: str) -> bool:
    return column.endswith(ENDS) and column not in COUNTS


@pytest.mark.parametrize("form", ["csv", "gb18030", "parquet"])
def test_a_leading_zero_far_down_is_kept(tmp_path: Path, reader: Reader, figures: Callable[[str], None], form: str) -> None:
    """Readers that guess types look at the first rows only; every row before this one could be a number."""
    rows = make_rows(LATE + 5)
    for number, row in enumerate(rows):
        row[9] = str(6_217_000_000_000_000_000 + number)
    rows[LATE - 1][9] = "007123"
    path = tmp_path / f"成员.{'parquet' if form == 'parquet' else 'csv'}"
    if form == "parquet":
        pl.DataFrame(rows, schema=list(HEADS), orient="row").write_parquet(path)
    else:
        path.write_bytes("\n".join(",".join(row) for row in [list(HEADS), *rows]).encode("gb18030" if form == "gb18030" else "utf-8"))
    landed = land_roll(ROLL, "2016-03", deliver(path), Limits(), reader)
    assert landed.rows["card"][LATE - 1] == "007123"
    assert landed.rows["card"].to_list() == [row[9] for row in rows]
    assert {landed.rows.schema[column] for column in ROLL.columns} == {pl.String()}
    figures(f"D8 {form}: leading zero in row {LATE:,} kept, {len(ROLL.columns)} of {len(ROLL.columns)} columns text")


def test_identity_columns_are_text_in_all_tables(tmp_path: Path, reader: Reader, figures: Callable[[str], None]) -> None:
    """Declared, in the frames of a month, in Parquet and in the published warehouse."""
    declared = {(name, column) for name in TABLES for column in polars_schema(name) if is_identity(column)}
    assert {polars_schema(name)[column] for name, column in declared} == {pl.String()}
    path = tmp_path / "成员.csv"
    path.write_text("\n".join(",".join(row) for row in [list(HEADS), *make_rows(50)]), encoding="utf-8")
    landed = land_roll(make_roll(), "2016-03", deliver(path), Limits(), reader)
    stated = state_roll(landed.rows, make_roll(), q_district())
    frames = {name: empty_table(name) for name in TABLES} | {name: rows for name, rows in stated.items() if name in TABLES}
    for name, rows in frames.items():
        rows.write_parquet(tmp_path / f"{name}.parquet")
        stored = pl.read_parquet_schema(tmp_path / f"{name}.parquet")
        assert {stored[column] for column in stored if is_identity(column)} <= {pl.String()}, name
    published = warehouse.publish_warehouse(tmp_path / "warehouse", "2016-03", frames, q_district())
    with duckdb.connect(str(published), read_only=True) as connection:
        columns = connection.sql("SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal").fetchall()
    kept = {(table, column): kind for table, column, kind in columns if is_identity(column) and table in TABLES}
    assert set(kept) == declared
    assert set(kept.values()) == {"VARCHAR"}
    figures(
        f"D8 identity columns: {len(declared)} in {len({name for name, _ in declared})} tables, all text in frames, Parquet and warehouse"
    )
