"""The true cases the deliveries can show, and the lawful patterns that look like them.

Belongs here: the shape of the truth about findings. Does not belong here: how a rule finds anything.
"""

from typing import Final

import polars as pl

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


def empty_findings() -> pl.DataFrame:
    """Return the findings truth without rows."""
    return pl.DataFrame(schema=SCHEMA)
