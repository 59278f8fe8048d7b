"""One workbook per department and month: read me, possible duplicates, possible missed aid, data quality.

Belongs here: which rows a department gets (`build`) and into how many files they go (`render`).
Does not belong here: columns (`layout`), how rows are worded (`finding_rows`), cells and formats (`workbook_sheets`).

A department sees the findings addressed to it and the least about the other side: department, programme, months, amount
and the number of the row to ask for. Accounts, phones and addresses never appear.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Final

import polars as pl

from quality.reports.finding_rows import (
    SETTLED,
    Tables,
    add_titles,
    build_duplicate_rows,
    build_missed_rows,
    find_roll_titles,
    find_rule_titles,
    find_table,
)
from quality.reports.pack import Pack
from quality.reports.wording import SCOPES
from quality.reports.workbook_sheets import write_workbook
from registry.district import District
from registry.schema.codes import REASONS
from registry.schema.text import Language

SHEET_ROWS: Final = 50_000
"""Rows of one list per file; longer lists go on in a second file, because spreadsheets get slow beyond."""
ROLL_MEASURES: Final = (
    "file_count",
    "row_count",
    "skipped_count",
    "landed_count",
    "quarantined_count",
    "refused_count",
    "id_valid_share",
    "matched_share",
)


def _find_open(tables: Tables, department: str, kind: str) -> pl.DataFrame:
    """Return the unsettled findings of one kind addressed to the department."""
    own = (pl.col("department") == department) & (pl.col("finding_kind_code") == kind)
    return find_table(tables, "findings").filter(own & ~pl.col("finding_state_code").fill_null("new").is_in(list(SETTLED)))


def widen_roll_quality(roll_quality: pl.DataFrame, measures: Sequence[str] = ROLL_MEASURES) -> pl.DataFrame:
    """Return one row per roll with one number column per measure; a measure a roll lacks is null."""
    wide = roll_quality.filter(pl.col("measure").is_in(list(measures))).with_columns(pl.col("value").cast(pl.Float64, strict=False))
    columns = [pl.col("value").filter(pl.col("measure") == measure).first().alias(measure) for measure in measures]
    return wide.group_by("roll", "department").agg(*columns).sort("department", "roll")


def _build_rolls(tables: Tables, district: District, department: str) -> pl.DataFrame:
    """Return the rolls of the department that arrived this month."""
    quality = find_table(tables, "roll_quality").filter(pl.col("department") == department)
    arrived = widen_roll_quality(quality).filter(pl.col("row_count").is_not_null())
    return add_titles(arrived, "roll", find_roll_titles(district), "roll_title")


def _build_summary(findings: pl.DataFrame, district: District, month: str) -> pl.DataFrame:
    """Return one row per rule: new, carried over, people, possible excess; the kind in `finding_kind_code`."""
    is_new = pl.col("first_month") == month
    counted = findings.group_by("finding_kind_code", "rule_id").agg(
        is_new.sum().cast(pl.Int64).alias("new_count"),
        (~is_new).sum().cast(pl.Int64).alias("carried_count"),
        pl.col("person_id").drop_nulls().n_unique().cast(pl.Int64).alias("person_count"),
        pl.when(pl.col("excess_amount").count() > 0).then(pl.col("excess_amount").sum()).alias("excess_amount"),
    )
    return add_titles(counted, "rule_id", find_rule_titles(district), "rule_title").sort("finding_kind_code", "rule_id")


def _build_quarantine(tables: Tables, district: District, department: str, month: str) -> pl.DataFrame:
    """Return the rows and cells that go back to their owner, in the order of its files."""
    own = find_table(tables, "quarantine").filter((pl.col("department") == department) & (pl.col("month") == month))
    titled = add_titles(own, "roll", find_roll_titles(district), "roll_title")
    titled = add_titles(titled, "scope_code", SCOPES, "scope")
    titled = add_titles(titled, "reason_code", REASONS, "reason")
    return titled.sort("roll", "file_name", "sheet", "row_number", "column", "quarantine_id")


def build(tables: Tables, district: District, department: str, month: str) -> Pack:
    """Return the pack of one department.

    Args:
        tables: findings, finding_evidence, persons, households, deliveries, quarantine, roll_quality, person_mentions;
            an absent table counts as empty.
        district: titles, places and rules.
        department: code of the department the workbook goes to.
        month: the month reported, YYYY-MM.
    """
    duplicates, missed = (_find_open(tables, department, kind) for kind in ("duplicate", "missed"))
    both = pl.concat([duplicates, missed])
    used = set(both["rule_id"].to_list())
    return Pack(
        department=department,
        month=month,
        district_title=district.settings.title.text(),
        department_title=district.department_title(department),
        rolls=_build_rolls(tables, district, department),
        summary=_build_summary(both, district, month),
        duplicates=build_duplicate_rows(duplicates, tables, district, department),
        missed=build_missed_rows(missed, tables, district, department, month),
        quarantine=_build_quarantine(tables, district, department, month),
        rules=tuple(rule for rule_id, rule in sorted(district.rules.items()) if rule_id in used),
        duplicate_count=duplicates.height,
        missed_count=missed.height,
        currency=district.settings.currency,
    )


def split_pack(pack: Pack, rows: int = SHEET_ROWS) -> tuple[Pack, ...]:
    """Return the pack cut into as many parts as its longest list needs; most departments need one."""
    lists: Mapping[str, pl.DataFrame] = {"duplicates": pack.duplicates, "missed": pack.missed, "quarantine": pack.quarantine}
    parts = max(1, *(ceil(frame.height / rows) for frame in lists.values()))
    return tuple(
        replace(
            pack,
            part=part + 1,
            parts=parts,
            duplicates=lists["duplicates"].slice(part * rows, rows),
            missed=lists["missed"].slice(part * rows, rows),
            quarantine=lists["quarantine"].slice(part * rows, rows),
        )
        for part in range(parts)
    )


def render(pack: Pack, folder: Path, lang: Language | str = Language.BOTH, rows: int = SHEET_ROWS) -> list[Path]:
    """Write `{department}_{YYYY-MM}.xlsx`, and `…_2.xlsx` and so on for lists over `rows`; return the paths.

    The bytes depend on the pack and the language only: same pack, same file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for piece in split_pack(pack, rows):
        ending = "" if piece.part == 1 else f"_{piece.part}"
        path = folder / f"{piece.department}_{piece.month}{ending}.xlsx"
        write_workbook(path, piece, Language(lang))
        paths.append(path)
    return paths
