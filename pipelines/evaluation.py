"""Judging what was run against the hidden truth of a simulation.

Belongs here: introducing the registry's and quality's evaluations to each other over all months run.
Does not belong here: any measure (those live in `registry.resolve.evaluate` and `quality.evaluation`).
"""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.periods_in_force import select_in_force
from pipelines.resources import Home
from quality.baseline import naive_findings
from quality.evaluation import evaluate_findings, evaluate_naive
from registry.errors import ConfigError
from registry.resolve.evaluate import evaluate_households, evaluate_persons, match_person_truth, match_row_truth
from registry.schema.tables import empty_table


def gather_deliveries(home: Home, until: str) -> pl.DataFrame:
    """Return the deliveries of every month landed up to `until`: where each row address stands."""
    frames = [
        home.read(month, f"intake/{roll}/deliveries")
        for roll in sorted(home.district.rolls)
        for month in home.months_with(f"intake/{roll}/deliveries", until)
    ]
    return pl.concat(frames) if frames else empty_table("deliveries")


def gather_landed(home: Home, until: str) -> dict[str, pl.DataFrame]:
    """Return the landed rows of every roll in force at `until`."""
    landed = {}
    for name, roll in sorted(home.district.rolls.items()):
        months = select_in_force(roll, home.months_with(f"landed/{name}", until))
        if months:
            landed[name] = pl.concat([home.read(month, f"landed/{name}") for month in months])
    return landed


def evaluate_home(home: Home, truth: Path) -> dict[str, Any]:
    """Return the judgement of the latest month run, over all months run, in the stable JSON form of `tuodi evaluate`."""
    months = home.months_with("findings", "9999-12")
    if not months:
        raise ConfigError(f"{home.root} 里还没有运行过任何月份", f"no month has been run in {home.root}; run 'tuodi run' first")
    month = months[-1]
    deliveries = gather_deliveries(home, month)
    mentions, person_mentions = home.read(month, "mentions"), home.read(month, "person_mentions")
    row_truth = match_row_truth(mentions, deliveries, truth)
    person_truth = match_person_truth(row_truth, person_mentions)
    naive = naive_findings(gather_landed(home, month), home.district, month)
    households = evaluate_households(home.read(month, "household_members"), person_truth, truth, month)
    return {
        **evaluate_persons(mentions, person_mentions, row_truth),
        "households": households,
        "findings": evaluate_findings(home.read(month, "findings"), person_truth, truth, months),
        "naive": evaluate_naive(naive, row_truth, truth, months),
    }
