"""The rows of the `quarantine` table that the intake writes: files and rows sent back, with address and sentence.

Belongs here: building them. Does not belong here: deciding what is sent back, and any cell of a person.
"""

from collections.abc import Mapping

import polars as pl

from connectors.refusals import FileRefused
from registry.schema.tables import conform_table, empty_table

Address = Mapping[str, object]
"""roll, month, department, file_name and file_hash of a delivered file."""


def quarantine_file(address: Address, refusal: FileRefused, number: str, order: int = 1) -> pl.DataFrame:
    """Return the row for a file or sheet sent back whole, or the `order`-th note on one; `number` makes its id, as in R02-201603-1-2."""
    row = {
        "quarantine_id": f"{number}-file" if order == 1 else f"{number}-file-{order}",
        **address,
        "sheet": refusal.place.sheet,
        "row_number": refusal.place.row_number,
        "column": refusal.column,
        "scope_code": "file",
        "reason_code": refusal.reason_code,
        "sentence_zh": refusal.text.zh,
        "sentence_en": refusal.text.en,
    }
    return conform_table(pl.DataFrame([row]), "quarantine")


def quarantine_rows(address: Address, sheet: str, faults: pl.DataFrame, row_id: pl.Expr) -> pl.DataFrame:
    """Return one row per faulty row; `faults` has row_number, column, reason_code, zh, en."""
    if faults.is_empty():
        return empty_table("quarantine")
    listed = faults.select(
        pl.concat_str(row_id, pl.lit("-row")).alias("quarantine_id"),
        *(pl.lit(value).alias(name) for name, value in address.items()),
        pl.lit(sheet).alias("sheet"),
        "row_number",
        "column",
        pl.lit("row").alias("scope_code"),
        "reason_code",
        pl.col("zh").alias("sentence_zh"),
        pl.col("en").alias("sentence_en"),
    )
    return conform_table(listed, "quarantine")
