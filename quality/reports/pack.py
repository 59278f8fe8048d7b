"""What one department's workbook shows.

Belongs here: the frozen bundle that `department_workbook.build` makes and `workbook_sheets` writes.
Does not belong here: how it is made, how it is written.
"""

from dataclasses import dataclass

import polars as pl

from registry.district import Rule
from registry.schema.text import Text


@dataclass(frozen=True)
class Pack:
    """Everything one department's workbook shows, as frames that render needs no further look-up for.

    Attributes:
        rolls: the department's rolls received this month, one row each, with row counts and match rate.
        summary: one row per rule with counts, possible excess and `finding_kind_code`.
        duplicates, missed, quarantine: the rows of the three lists.
        rules: the rules behind them.
        part, parts: which file of how many.
    """

    department: str
    month: str
    district_title: Text
    department_title: Text
    rolls: pl.DataFrame
    summary: pl.DataFrame
    duplicates: pl.DataFrame
    missed: pl.DataFrame
    quarantine: pl.DataFrame
    rules: tuple[Rule, ...]
    duplicate_count: int
    missed_count: int
    currency: str = "CNY"
    part: int = 1
    parts: int = 1
