"""How a table shows itself in Dagster: its declaration as column schema, its row count, its place.

Belongs here: metadata derived from the declarations. Does not belong here: any personal row; the event log is storage too.
"""

from collections.abc import Iterable
from typing import Any

import dagster as dg
import polars as pl

from registry.schema.fields import FIELDS
from registry.schema.tables import TABLES


def describe_table(table: str) -> str:
    """Return what one row is, in both languages."""
    return TABLES[table].row.show("both")


def column_schema(table: str) -> dg.TableSchema:
    """Return the declared columns with types and titles."""
    columns = [dg.TableColumn(name, str(FIELDS[name].dtype), description=FIELDS[name].title.show("both")) for name in TABLES[table].columns]
    return dg.TableSchema(columns=columns)


def table_outs(tables: Iterable[str], kinds: set[str]) -> dict[str, dg.AssetOut]:
    """Return the outputs of a multi-asset that makes `tables`."""
    return {
        table: dg.AssetOut(
            key=table, description=describe_table(table), kinds=kinds | {"parquet"}, owners=["team:data"], is_required=True,
            dagster_type=dg.Nothing, tags={"schema": TABLES[table].schema}, metadata={"dagster/column_schema": column_schema(table)},
        )
        for table in tables
    }  # fmt: skip


def table_result(table: str, frame: pl.DataFrame, **extra: dg.MetadataValue[Any] | int) -> dg.MaterializeResult[Any]:
    """Return the materialisation of one table."""
    return dg.MaterializeResult(asset_key=table, metadata={"dagster/row_count": frame.height, **extra})


def counts_table(counts: pl.DataFrame) -> dg.TableMetadataValue:
    """Return a small frame of counts as a table that Dagster shows inline."""
    records = [dg.TableRecord(row) for row in counts.to_dicts()]
    columns = [
        dg.TableColumn(name, "int" if dtype.is_integer() else "float" if dtype.is_float() else "string")
        for name, dtype in counts.schema.items()
    ]
    return dg.TableMetadataValue(records=records, schema=dg.TableSchema(columns=columns))
