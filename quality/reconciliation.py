"""Checks between frames: what one table refers to must stand in the other, and no delivered row may vanish.

Belongs here: foreign keys and sums over several frames, in plain Polars. Does not belong here: checks inside one frame
(`quality.declared_checks`), and repairing what is found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from registry.schema.tables import TABLES, conform_table
from registry.schema.text import Text


@dataclass(frozen=True)
class Reference:
    """Every filled value of `table.column` stands in `target.key`."""

    table: str
    column: str
    target: str
    key: str
    is_blocking: bool = True


REFERENCES: Final = (
    Reference("person_mentions", "mention_id", "mentions", "mention_id"),
    Reference("person_mentions", "person_id", "persons", "person_id"),
    *(Reference(table, "person_id", "persons", "person_id") for table in ("benefits", "needs", "statuses", "cases", "relations")),
    *(Reference(table, "mention_id", "mentions", "mention_id", is_blocking=False) for table in ("benefits", "needs", "statuses", "cases")),
    Reference("relations", "other_person_id", "persons", "person_id"),
    Reference("household_members", "person_id", "persons", "person_id"),
    Reference("household_members", "household_id", "households", "household_id"),
    Reference("households", "head_person_id", "persons", "person_id"),
    Reference("findings", "person_id", "persons", "person_id"),
    Reference("findings", "household_id", "households", "household_id"),
    Reference("finding_evidence", "finding_id", "findings", "finding_id"),
    Reference("finding_events", "finding_id", "findings", "finding_id", is_blocking=False),
    Reference("link_reviews", "profile_id_l", "profiles", "profile_id"),
    Reference("link_reviews", "profile_id_r", "profiles", "profile_id"),
)


def _result(month: str, table: str, check: str, failed: int, rows: int, sentence: Text, *, is_blocking: bool) -> dict[str, object]:
    return {
        "month": month,
        "table_name": table,
        "check_name": check,
        "is_passed": failed == 0,
        "is_blocking": is_blocking,
        "failed_count": failed,
        "row_count": rows,
        "sentence_zh": sentence.zh,
        "sentence_en": sentence.en,
    }


def _row(table: str) -> Text:
    return TABLES[table].row


def check_references(frames: Mapping[str, pl.DataFrame], month: str) -> list[dict[str, object]]:
    """Return one result per reference whose two frames are both given."""
    results = []
    for reference in REFERENCES:
        table, target = frames.get(reference.table), frames.get(reference.target)
        if table is None or target is None or reference.column not in table.columns or reference.key not in target.columns:
            continue
        pointing = table.select(pl.col(reference.column).alias(reference.key)).drop_nulls()
        failed = pointing.join(target.select(reference.key), on=reference.key, how="anti").height
        sentence = Text(
            f"{reference.table}.{reference.column} 都能在 {reference.target} 中找到（{_row(reference.target).zh}）",
            f"every {reference.table}.{reference.column} stands in {reference.target} ({_row(reference.target).en})",
        )
        check = f"refers:{reference.column}"
        results.append(_result(month, reference.table, check, failed, table.height, sentence, is_blocking=reference.is_blocking))
    return results


def check_row_sums(frames: Mapping[str, pl.DataFrame], month: str) -> list[dict[str, object]]:
    """Rows in = landed + quarantined + refused + skipped, for every delivered sheet."""
    deliveries = frames.get("deliveries")
    if deliveries is None:
        return []
    parts = ("landed_count", "quarantined_count", "refused_count", "skipped_count")
    explained = pl.sum_horizontal([pl.col(name).fill_null(0) for name in parts])
    lost = deliveries.filter(pl.col("row_count").fill_null(0) != explained)
    sentence = Text(
        "每个文件：数据行数 = 入库 + 隔离 + 拒收 + 非数据行",
        "for every file: rows = landed + quarantined + refused + rows that are no data",
    )
    return [_result(month, "deliveries", "rows_accounted_for", lost.height, deliveries.height, sentence, is_blocking=True)]


def check_landed_rows(frames: Mapping[str, pl.DataFrame], month: str) -> list[dict[str, object]]:
    """Each landed roll holds as many rows of the month as its deliveries say."""
    deliveries = frames.get("deliveries")
    if deliveries is None:
        return []
    landed = deliveries.filter(pl.col("month") == month).group_by("roll").agg(pl.col("landed_count").sum())
    counted = dict(zip(landed["roll"].to_list(), landed["landed_count"].to_list(), strict=True))
    results = []
    for name, frame in sorted(frames.items()):
        roll = name.removeprefix("landed/")
        if name in TABLES or roll not in counted or "row_id" not in frame.columns or "month" not in frame.columns:
            continue
        rows = frame.filter(pl.col("month") == month).height
        sentence = Text("入库行数与交付登记一致", "as many rows landed as the delivery record says")
        results.append(_result(month, f"landed/{roll}", "rows_landed", abs(rows - counted[roll]), rows, sentence, is_blocking=True))
    return results


def check_between_frames(frames: Mapping[str, pl.DataFrame], month: str) -> pl.DataFrame:
    """Return `check_results` of every check that needs more than one frame."""
    results = [*check_references(frames, month), *check_row_sums(frames, month), *check_landed_rows(frames, month)]
    return conform_table(pl.DataFrame(results, infer_schema_length=None), "check_results")
