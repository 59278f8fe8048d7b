"""Parquet files into one all-text sheet, with the cells that were binary fractions remembered.

Belongs here: how each stored type is written as text. Does not belong here: what a column means
(`connectors.headers`, `connectors.mapping`).

Whole numbers and decimals are exact, whatever their length. A binary fraction holds fifteen digits: an identity number
stored in one has lost its end, as in a spreadsheet, and is marked so.
"""

from pathlib import Path
from typing import Final

import polars as pl

from connectors.formats.packages import refuse_damaged, refuse_too_large
from connectors.formats.sheets import Sheet, cell_names
from connectors.refusals import FileRefused, Place
from registry.schema.text import Text

MOST_CELLS: Final = 600_000_000
DIGITS_KEPT: Final = 15
NESTED: Final = (pl.List, pl.Array, pl.Struct, pl.Object)
LARGE: Final = 10.0**DIGITS_KEPT
LARGEST: Final = 9.2e18
"""Beyond it a fraction fits no whole number of 64 bits, and it is no number of a person."""

MIDNIGHT: Final = " 00:00:00"


def read_parquet(path: Path) -> Sheet:
    """Return the one sheet of a Parquet file, its column names as row 0; FileRefused when it cannot be written as text."""
    try:
        rows = pl.scan_parquet(path, hive_partitioning=False, glob=False)
        schema = rows.collect_schema()
        _require_flat(schema, path.name)
        if rows.select(pl.len()).collect().item() * len(schema) > MOST_CELLS:
            raise refuse_too_large(path.name)
        columns = _cells_of(schema)
        texts = rows.select(_write(name, dtype).alias(cell) for name, dtype, cell in columns).collect()
        numeric = rows.select(pl.col(name).is_not_null().alias(cell) for name, dtype, cell in columns if dtype.is_float()).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise refuse_damaged(path.name) from error
    return _frame_sheet(texts, numeric, schema)


def _cells_of(schema: pl.Schema) -> list[tuple[str, pl.DataType, str]]:
    """Return name, type and cell name of every column."""
    return list(zip(schema.names(), schema.dtypes(), cell_names(len(schema)), strict=True))


def _require_flat(schema: pl.Schema, file: str) -> None:
    """Refuse columns that hold lists or records: there is no one text for them."""
    nested = [(name, dtype) for name, dtype in schema.items() if dtype.base_type() in NESTED]
    if nested:
        name, dtype = nested[0]
        raise FileRefused(
            "UNREADABLE",
            Place(file),
            expected=Text("每个单元格一个值", "one value in each cell"),
            got=Text(f"列“{name}”含嵌套数据（{dtype.base_type()}）", f"column '{name}' with nested data ({dtype.base_type()})"),
            remedy=Text("请展开为普通列后重新导出并报送", "spread it over plain columns, export it again and deliver it"),
            column=name,
        )


def _write(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column as text; truth values as 1 and 0, which every lookup of yes and no knows."""
    column = pl.col(name)
    if dtype == pl.Boolean():
        text = column.cast(pl.Int8).cast(pl.String)
    elif dtype.is_float():
        text = _write_fraction(column)
    elif dtype.base_type() == pl.Datetime:
        text = column.dt.strftime("%Y-%m-%d %H:%M:%S").str.strip_suffix(MIDNIGHT)
    elif dtype.base_type() == pl.Duration:
        text = column.dt.to_string()
    else:
        text = column.cast(pl.String)
    return pl.when(text != "").then(text)


def _write_fraction(column: pl.Expr) -> pl.Expr:
    """Return a number as a spreadsheet shows it: no .0, fifteen digits and then zeros; what is no number is an empty cell."""
    short = column.cast(pl.String).str.strip_suffix(".0")
    is_large = (column.abs() >= LARGE) & (column.abs() < LARGEST)
    whole = pl.when(is_large).then(column).cast(pl.Int64)
    size = whole.abs()
    unit = pl.lit(10, dtype=pl.Int64).pow(size.cast(pl.String).str.len_bytes().cast(pl.Int64) - DIGITS_KEPT)
    rounded = (size + unit // 2) // unit * unit * whole.sign()
    return pl.when(column.is_nan()).then(None).when(is_large).then(rounded.cast(pl.String)).otherwise(short)


def _frame_sheet(texts: pl.DataFrame, numeric: pl.DataFrame, schema: pl.Schema) -> Sheet:
    heads = pl.DataFrame({cell: [name] for name, _, cell in _cells_of(schema)}, schema=dict.fromkeys(texts.columns, pl.String()))
    cells = pl.concat([heads, texts]).select(
        pl.int_range(0, pl.len(), dtype=pl.Int64).alias("row_number"), pl.lit(None, dtype=pl.Int64).alias("field_count"), pl.all()
    )
    unmarked = pl.DataFrame({cell: [False] for cell in numeric.columns}, schema=dict.fromkeys(numeric.columns, pl.Boolean()))
    return Sheet("", 1, cells, pl.concat([unmarked, numeric]), texts.height)
