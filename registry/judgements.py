"""Clerks' verdicts on identity: two profiles are one person, or they are not.

Belongs here: reading, writing and checking the table of verdicts. Does not belong here: how verdicts bind clusters
(`resolve.cluster`) or verdicts on findings (`quality.feedback`).

A verdict names profiles, and a profile's id is made of what its rows say: the verdict holds month after month until one
of the two statements changes.
"""

from pathlib import Path
from typing import Final

import polars as pl

from registry.errors import ConfigError

JUDGEMENTS: Final = pl.Schema(
    {"profile_id_l": pl.String(), "profile_id_r": pl.String(), "verdict_code": pl.String(), "judged_by": pl.String(), "note": pl.String()}
)
"""One verdict on one pair of profiles."""

VERDICTS: Final = ("same", "different")


def empty_judgements() -> pl.DataFrame:
    """Return a table without verdicts."""
    return pl.DataFrame(schema=JUDGEMENTS)


def clean_judgements(judgements: pl.DataFrame, source: str = "judgements") -> pl.DataFrame:
    """Return verdicts with the lower profile first and each pair once; `different` outranks `same` for one pair.

    Raises:
        ConfigError: a column is absent or a verdict is neither same nor different.
    """
    absent = [name for name in JUDGEMENTS.names()[:3] if name not in judgements.columns]
    if absent:
        raise ConfigError(f"缺少列 {absent}", f"columns {absent} are absent", file=source)
    wrong = judgements.filter(~pl.col("verdict_code").is_in(VERDICTS).fill_null(False)).get_column("verdict_code").to_list()
    if wrong:
        raise ConfigError(f"结论“{wrong[0]}”应为 same 或 different", f"verdict '{wrong[0]}' should be same or different", file=source)
    low, high = pl.min_horizontal("profile_id_l", "profile_id_r"), pl.max_horizontal("profile_id_l", "profile_id_r")
    rest = [pl.col(name) if name in judgements.columns else pl.lit(None, dtype=pl.String).alias(name) for name in JUDGEMENTS.names()[3:]]
    sided = judgements.select(low.alias("profile_id_l"), high.alias("profile_id_r"), "verdict_code", *rest).filter(low != high)
    ordered = sided.sort("profile_id_l", "profile_id_r", "verdict_code", "judged_by", "note", nulls_last=True)
    return ordered.unique(["profile_id_l", "profile_id_r"], keep="first", maintain_order=True)


def read_judgements(path: Path) -> pl.DataFrame:
    """Return the verdicts of a CSV file; no file, no verdicts."""
    if not path.is_file():
        return empty_judgements()
    return clean_judgements(pl.read_csv(path, infer_schema=False), str(path))


def write_judgements(judgements: pl.DataFrame, path: Path) -> None:
    """Write verdicts as CSV, sorted, so that two exports of one table are equal byte by byte."""
    clean_judgements(judgements, str(path)).write_csv(path)
