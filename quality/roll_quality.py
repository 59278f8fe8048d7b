"""How good a roll was this month: rows, quarantine, usable numbers, and how much of it met another roll.

Belongs here: the measures of `roll_quality`, one row per roll and measure. Does not belong here: single bad rows
(`quarantine`) and pass-or-fail checks (`quality.expectations`).
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from registry.schema.tables import conform_table
from registry.schema.text import Text

MEASURES: Final[dict[str, Text]] = {
    "file_count": Text("文件数", "files"),
    "row_count": Text("收到行数", "rows received"),
    "landed_count": Text("入库行数", "rows landed"),
    "quarantined_count": Text("隔离行数", "rows quarantined"),
    "refused_count": Text("拒收行数", "rows refused"),
    "skipped_count": Text("标题合计等行数", "title and total rows"),
    "quarantined_cell_count": Text("问题单元格数", "cells to mend"),
    "mention_count": Text("提及人次", "people named"),
    "id_valid_share": Text("证号有效率", "valid id share"),
    "id_missing_share": Text("证号空缺率", "missing id share"),
    "id_damaged_share": Text("证号损坏率", "damaged id share"),
    "matched_share": Text("匹配率", "matched share"),
    "delivery_state": Text("本月交付", "this month's delivery"),
    "in_force_month": Text("沿用月份", "delivery in force"),
}
"""Measure names of `roll_quality`, with their titles; `reason:<CODE>` counts quarantine rows by reason beside these."""
COUNTS: Final = ("row_count", "landed_count", "quarantined_count", "refused_count", "skipped_count")
DAMAGED: Final = ("excel_damaged", "wrong_length", "checksum_failed", "impossible", "not_this_person")
SERVED: Final = ("subject", "member")
"""Roles that carry aid; the others explain a row."""
_KEYS: Final = ["roll", "department"]


def _count_deliveries(deliveries: pl.DataFrame, month: str) -> pl.DataFrame:
    this_month = deliveries.filter(pl.col("month") == month)
    return this_month.group_by(_KEYS).agg(
        pl.col("file_number").n_unique().cast(pl.Int64).alias("file_count"), *[pl.col(name).fill_null(0).sum() for name in COUNTS]
    )


def _count_cells(quarantine: pl.DataFrame, month: str) -> pl.DataFrame:
    cells = quarantine.filter((pl.col("month") == month) & (pl.col("scope_code") == "cell"))
    return cells.group_by(_KEYS).agg(pl.len().cast(pl.Int64).alias("quarantined_cell_count"))


def _latest(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return the mentions of each roll's latest delivery: a quarterly roll is judged by the quarter it last sent."""
    return mentions.filter(pl.col("month") == pl.col("month").max().over("roll"))


def measure_mentions(mentions: pl.DataFrame, person_mentions: pl.DataFrame) -> pl.DataFrame:
    """Return by roll and department how many people are named and the shares of usable numbers and of matched people.

    A mention is matched when another roll names the same person too. Shares are of beneficiaries: fathers, heads and
    payees often stand in a row by name alone, and that is no defect.
    """
    linked = mentions.select("mention_id", "roll").join(person_mentions.select("mention_id", "person_id"), on="mention_id")
    rolls = linked.group_by("person_id").agg((pl.col("roll").n_unique() > 1).alias("is_matched"))
    matched = linked.join(rolls, on="person_id").select("mention_id", "is_matched")
    served = pl.col("role_code").is_in(list(SERVED))
    state = pl.col("identity_state_code").fill_null("missing").filter(served)
    return (
        _latest(mentions)
        .join(matched, on="mention_id", how="left")
        .group_by(_KEYS)
        .agg(
            pl.len().cast(pl.Int64).alias("mention_count"),
            (state == "valid").mean().alias("id_valid_share"),
            state.is_in(["missing", "placeholder"]).mean().alias("id_missing_share"),
            state.is_in(list(DAMAGED)).mean().alias("id_damaged_share"),
            pl.col("is_matched").fill_null(value=False).filter(served).mean().alias("matched_share"),
        )
    )


def _as_measures(wide: pl.DataFrame) -> pl.DataFrame:
    """Return one row per roll and measure; shares keep four decimals."""
    names = [name for name in wide.columns if name not in _KEYS]
    shown = wide.with_columns(
        pl.col(name).round(4).cast(pl.String) if wide.schema[name].is_float() else pl.col(name).cast(pl.String) for name in names
    )
    return shown.unpivot(index=_KEYS, on=names, variable_name="measure", value_name="value").drop_nulls("value")


def _count_reasons(quarantine: pl.DataFrame, month: str) -> pl.DataFrame:
    counted = quarantine.filter(pl.col("month") == month).group_by([*_KEYS, "reason_code"]).agg(pl.len().alias("count"))
    return counted.drop_nulls("roll").select(
        *_KEYS, pl.format("reason:{}", "reason_code").alias("measure"), pl.col("count").cast(pl.String).alias("value")
    )


def build_roll_quality(
    deliveries: pl.DataFrame,
    quarantine: pl.DataFrame,
    mentions: pl.DataFrame,
    person_mentions: pl.DataFrame,
    month: str,
    landed: Sequence[pl.DataFrame] = (),
) -> pl.DataFrame:
    """Return `roll_quality` of one month: measures of `MEASURES`, what was counted at landing, quarantine rows by reason.

    Args:
        deliveries: the delivery record; other months are left out.
        quarantine: refused rows and cells; other months are left out.
        mentions: people named; each roll's latest delivery counts.
        person_mentions: which person a mention belongs to.
        month: the month reported, YYYY-MM.
        landed: roll, department, measure and value of each roll landed this month, and of its standing.
    """
    parts = [
        _as_measures(_count_deliveries(deliveries, month)),
        _as_measures(_count_cells(quarantine.drop_nulls("roll"), month)),
        _as_measures(measure_mentions(mentions, person_mentions)),
        _count_reasons(quarantine, month),
        *(counted.select(*_KEYS, "measure", "value") for counted in landed),
    ]
    measures = pl.concat(parts).with_columns(pl.lit(month).alias("month")).unique(["roll", "measure"], keep="first", maintain_order=True)
    return conform_table(measures, "roll_quality")
