"""What each comparison adds to the weight of one pair: the score taken apart again.

Belongs here: weighing a single pair with the model of its month, whether or not any rule compared it. Does not belong here:
how it is shown (`quality.reports.pair_explanation`).

The evidence of a profile is gathered from all rows in force, as it was when the month was run, so the parts add up to the
very weight the run used.
"""

from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Any, Final

import polars as pl

from registry.district import Linkage
from registry.errors import ConfigError
from registry.resolve.comparisons import choose_comparisons
from registry.resolve.engine import open_engine, store_frame
from registry.resolve.levels import Comparison
from registry.resolve.numbers import settle_numbers
from registry.resolve.profiles import build_profiles
from registry.resolve.score import open_linker
from registry.resolve.statements import NEEDED
from registry.resolve.train import Model
from registry.schema.text import Text

PRIOR: Final = Text("起点", "starting point")
PRIOR_LEVEL: Final = Text("任意两边是同一人的机会", "chance that any two sides are one person")
FREQUENCY: Final = Text("姓名常见程度", "how common the name is")
FREQUENCY_LEVEL: Final = Text("与一般姓名相比", "compared with names in general")
NOTHING: Final = Text("一方未填，不计", "one side says nothing, counts nothing")
PARTS: Final = pl.Schema(
    {name: pl.String() for name in ("part", "title_zh", "title_en", "level_zh", "level_en")} | {"weight": pl.Float64()}
)


@dataclass(frozen=True)
class PairWeights:
    """One pair taken apart: `parts` (part, titles, levels, weight in bits) add up to `match_weight`."""

    profile_id_l: str
    profile_id_r: str
    parts: pl.DataFrame
    match_weight: float


def weigh_pair(mentions: pl.DataFrame, linkage: Linkage, model: Model, pair: tuple[str, str], workdir: Path) -> PairWeights:
    """Return what every comparison adds to the weight of a pair.

    Args:
        mentions: table `mentions` of the month.
        linkage: the district's linkage settings.
        model: the model of the month.
        pair: two profile ids.
        workdir: folder for the engine to spill into.

    Raises:
        ConfigError: the model, or the profiles, come from other settings than today's.
    """
    low, high = sorted(pair)
    comparisons = choose_comparisons(linkage.comparisons, linkage.conventions.names.script)
    _require_model(model, comparisons)
    with open_engine(workdir) as connection:
        profiles = build_profiles(connection, settle_numbers(connection, mentions.select(NEEDED), linkage), linkage)
        _require_profiles(profiles.frame, low, high)
        store_frame(connection, "profiles", profiles.frame)
        store_frame(connection, "blocked", pl.DataFrame({"join_key_l": [low], "join_key_r": [high], "match_key": ["0"]}))
        predicted = open_linker(connection, model, linkage, keeps_parts=True).inference.predict(warning_mode="never")
        row: dict[str, Any] = connection.sql(f"select * from {predicted.physical_name}").pl().to_dicts()[0]
    prior = ("prior", *_join(PRIOR, PRIOR_LEVEL), log2(model["prior"] / (1 - model["prior"])))
    parts = [prior, *(part for comparison in comparisons for part in _take_apart(comparison, row))]
    return PairWeights(low, high, pl.DataFrame(parts, schema=PARTS, orient="row"), float(row["match_weight"]))


def _require_model(model: Model, comparisons: tuple[Comparison, ...]) -> None:
    known = {name: [level["condition"] for level in levels] for name, levels in model["comparisons"].items()}
    if known != {comparison.name: [level.condition for level in comparison.levels] for comparison in comparisons}:
        raise ConfigError(
            "该月的模型使用的比较项与现在不同，无法拆解；请重新运行该月",
            "the model of that month was made with other comparisons than today's; run the month again",
        )


def _require_profiles(frame: pl.DataFrame, low: str, high: str) -> None:
    absent = sorted({low, high} - set(frame.filter(pl.col("profile_id").is_in([low, high]))["profile_id"]))
    if absent:
        raise ConfigError(
            f"片段 {absent[0]} 与现在的设置不符；请重新运行该月",
            f"profile {absent[0]} was made with other settings than today's; run the month again",
        )


def _take_apart(comparison: Comparison, row: dict[str, Any]) -> list[tuple[object, ...]]:
    """Return the part of one comparison, and of how common the name is where that counts."""
    grade = row[f"gamma_{comparison.name}"]
    label = NOTHING if grade < 0 else comparison.levels[len(comparison.levels) - 1 - grade].label
    parts: list[tuple[object, ...]] = [(comparison.name, *_join(comparison.title, label), row[f"mw_{comparison.name}"])]
    if f"mw_tf_adj_{comparison.name}" in row:
        parts.append((f"{comparison.name}_frequency", *_join(FREQUENCY, FREQUENCY_LEVEL), row[f"mw_tf_adj_{comparison.name}"]))
    return parts


def _join(title: Text, label: Text) -> tuple[str, str, str, str]:
    return title.zh, title.en, label.zh, label.en
