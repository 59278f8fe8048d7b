"""The shape of the truth about findings: one row per true case or lawful look-alike.

Belongs here: the columns and how cases are written. Does not belong here: which cases there are (`simulation.oracle`).
"""

from typing import Any, Final

import numpy as np
import polars as pl

from simulation.calendar import Whole, month_texts

SCHEMA: Final = pl.Schema(
    {
        "rule_id": pl.String(),
        "label": pl.String(),
        "case_kind": pl.String(),
        "person": pl.Int64(),
        "other_person": pl.Int64(),
        "programme_code": pl.String(),
        "other_programme_code": pl.String(),
        "from_month": pl.String(),
        "to_month": pl.String(),
        "excess": pl.Int64(),
        "known_month": pl.String(),
    }
)


def true_cases(rule: str, known: Whole, **columns: Any) -> pl.DataFrame:  # noqa: ANN401 - arrays, series or one value
    """Return cases of one rule that some asked month shows; months may be numbers or text."""
    plain = {name: month_texts(v) if name.endswith("_month") and isinstance(v, np.ndarray) else v for name, v in columns.items()}
    frame = pl.DataFrame({"known_month": month_texts(known), **{k: v for k, v in plain.items() if not isinstance(v, str)}})
    constants = {"rule_id": rule, "label": "true", **{k: v for k, v in plain.items() if isinstance(v, str)}}
    frame = frame.with_columns(pl.lit(value).alias(name) for name, value in constants.items())
    frame = frame.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in SCHEMA.items() if name not in frame.columns)
    return frame.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()).filter(pl.col("known_month").is_not_null())


def one_per_person(cases: pl.DataFrame) -> pl.DataFrame:
    """Return one case per person and programme: first and last month, all excess, the earliest month it is known."""
    keys = ["rule_id", "label", "person", "programme_code", "other_programme_code"]
    joined = cases.group_by(keys).agg(
        pl.col("case_kind").first(),
        pl.col("other_person").min(),
        pl.col("from_month").min(),
        pl.col("to_month").max(),
        pl.col("excess").sum(),
        pl.col("known_month").min(),
    )
    return joined.select(SCHEMA.names()).sort("person", "programme_code")
