"""Checks between frames: what one table refers to must stand in the other, and no delivered row may vanish.

Belongs here: foreign keys and sums over several frames, in plain Polars. Does not belong here: checks inside one frame
(`quality.declared_checks`), and repairing what is found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from quality.roll_measures import show_change, title_measure
from registry.roll import Roll
from registry.schema.tables import TABLES, conform_table
from registry.schema.text import Text

LANDED: Final = "landed/"
_SHEET: Final = ["month", "file_number", "sheet_number"]


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
    """Each landed roll holds as many rows of each sheet as its deliveries say, counted from the stored rows themselves.

    With the `inbox` of the month all landed rolls are expected to be here: one that is absent holds no row.
    """
    deliveries = frames.get("deliveries")
    if deliveries is None:
        return []
    landed = {name.removeprefix(LANDED): frame for name, frame in frames.items() if name not in TABLES and "row_id" in frame.columns}
    expected = set(deliveries.filter(pl.col("landed_count") > 0)["roll"]) if "inbox" in frames else set()
    sentence = Text("每个工作表的入库行数与交付登记一致", "of every sheet as many rows landed as the delivery record says")
    results = []
    for roll in sorted((set(landed) | expected) & set(deliveries["roll"])):
        rows = landed.get(roll, deliveries.clear()).select(_SHEET)
        lost = _count_differences(deliveries.filter(pl.col("roll") == roll), rows)
        results.append(_result(month, f"{LANDED}{roll}", "rows_landed", lost, rows.height, sentence, is_blocking=True))
    return results


def _count_differences(deliveries: pl.DataFrame, rows: pl.DataFrame) -> int:
    """Return how many rows are too many or too few over all sheets of the deliveries; rows of other months are not theirs."""
    found = rows.join(deliveries.select("month").unique(), on="month", how="semi").group_by(_SHEET).len("found")
    sheets = deliveries.select(*_SHEET, "landed_count").join(found, on=_SHEET, how="full", coalesce=True, nulls_equal=True)
    differs = (pl.col("landed_count").fill_null(0) - pl.col("found").cast(pl.Int64).fill_null(0)).abs()
    return int(sheets.select(differs.sum()).item())


def check_files(frames: Mapping[str, pl.DataFrame], month: str) -> list[dict[str, object]]:
    """Every file of the inbox stands in the delivery record, and every row sent back stands in the quarantine."""
    inbox, deliveries, quarantine = (frames.get(name) for name in ("inbox", "deliveries", "quarantine"))
    if inbox is None or deliveries is None or quarantine is None:
        return []
    file = ["roll", "month", "file_number"]
    absent = inbox.join(deliveries, on=file, how="anti").height
    known = Text("收件箱中的每个文件都有交付登记", "every file of the inbox stands in the delivery record")
    sheet = ["roll", "month", "file_hash", "sheet"]
    rows = quarantine.filter((pl.col("scope_code") == "row") & pl.col("reason_code").ne_missing("NO_PERSON"))
    sent_back = rows.group_by(sheet).agg(pl.col("row_number").n_unique().cast(pl.Int64).alias("found"))
    said = deliveries.filter(~pl.col("is_refused")).select(*sheet, "quarantined_count")
    both = said.join(sent_back, on=sheet, how="left", nulls_equal=True)
    differs = (pl.col("quarantined_count").fill_null(0) - pl.col("found").fill_null(0)).abs()
    listed = Text("每个工作表的隔离行都在隔离清单中", "of every sheet each quarantined row stands in the quarantine")
    lost = int(both.select(differs.sum()).item())
    return [
        _result(month, "deliveries", "files_accounted_for", absent, inbox.height, known, is_blocking=True),
        _result(month, "quarantine", "rows_quarantined", lost, rows.height, listed, is_blocking=True),
    ]


def check_declared_counts(frames: Mapping[str, pl.DataFrame], month: str) -> list[dict[str, object]]:
    """A sheet that states its own total holds as many rows or households; a difference is a warning with both figures."""
    deliveries = frames.get("deliveries")
    if deliveries is None or "declared_count" not in deliveries.columns:
        return []
    stated = deliveries.filter(pl.col("declared_count").is_not_null() & ~pl.col("is_refused"))
    results = []
    for roll in sorted(set(stated["roll"])):
        own = stated.filter(pl.col("roll") == roll)
        wrong = own.filter(pl.col("declared_count") != pl.col("counted_count"))
        figures = wrong.select(pl.format("{} {} ≠ {}", pl.col("file_name"), "declared_count", "counted_count")).to_series().to_list()
        detail = Text(f"：{'；'.join(figures)}（所列 ≠ 实点）", f": {'; '.join(figures)} (stated ≠ counted)") if figures else Text("", "")
        sentence = Text(f"表中所列合计数与实际清点一致{detail.zh}", f"the total a sheet states is what was counted{detail.en}")
        results.append(_result(month, f"{LANDED}{roll}", "declared_count", wrong.height, own.height, sentence, is_blocking=False))
    return results


def check_steady(frames: Mapping[str, pl.DataFrame], month: str, rolls: Mapping[str, Roll]) -> list[dict[str, object]]:
    """Each measure of a roll changed no more than usual since its delivery before; otherwise a warning with both figures."""
    quality = frames.get("roll_quality")
    if quality is None or "is_steady" not in quality.columns:
        return []
    results = []
    for row in quality.filter(pl.col("is_steady").is_not_null()).sort("roll", "measure").to_dicts():
        title, change = title_measure(row["measure"], rolls.get(row["roll"])), show_change(row["measure"], row["change_share"])
        sentence = Text(
            f"{title.zh}：{row['previous_month']} 为 {row['previous_value']}，本次为 {row['value']}（{change.zh}）",
            f"{title.en}: {row['previous_value']} in {row['previous_month']}, now {row['value']} ({change.en})",
        )
        failed = int(not row["is_steady"])
        results.append(_result(month, f"{LANDED}{row['roll']}", f"steady:{row['measure']}", failed, 1, sentence, is_blocking=False))
    return results


def check_between_frames(frames: Mapping[str, pl.DataFrame], month: str, rolls: Mapping[str, Roll] | None = None) -> pl.DataFrame:
    """Return `check_results` of every check that needs more than one frame.

    Args:
        frames: published tables and landed rolls by name; with `inbox` (roll, month, file_number) also that no file is unaccounted for.
        month: the month checked.
        rolls: declarations, for naming columns by their heads.
    """
    results = [
        *check_references(frames, month),
        *check_row_sums(frames, month),
        *check_landed_rows(frames, month),
        *check_files(frames, month),
        *check_declared_counts(frames, month),
        *check_steady(frames, month, rolls or {}),
    ]
    return conform_table(pl.DataFrame(results, infer_schema_length=None), "check_results")
