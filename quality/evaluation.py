"""Judging findings against the hidden truth of a simulation.

Belongs here: precision and recall per rule, for the rules and for the naive baseline. Does not belong here: judging links and
households (`registry.resolve.evaluate`), or the feedback of real clerks (`quality.feedback`).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

HOUSEHOLD_RULES: Final = ("A23", "A36", "M13")
"""Rules whose case belongs to a household: a finding about another member of the same household names the same case."""

CASE_KEY = "case"


def evaluate_findings(findings: pl.DataFrame, person_truth: pl.DataFrame, truth: Path, months: Sequence[str]) -> dict[str, Any]:
    """Return planted, found, true_found, precision and recall per rule.

    Link reviews and withdrawn findings are not counted as found. A found finding is true when its person is a person of a
    planted or organic true case of the same rule (or lives with one, for household rules). Recall counts the true cases that
    were knowable by the last month.

    Args:
        findings: table `findings` of the last month.
        person_truth: person_id, true_person_id.
        truth: folder with findings.parquet and households.parquet.
        months: the months run.
    """
    is_found = (pl.col("finding_kind_code") != "link_review") & (pl.col("finding_state_code") != "withdrawn")
    found = findings.filter(is_found).join(person_truth.unique("person_id"), on="person_id", how="left")
    named = found.select("rule_id", pl.col("finding_id").alias("found_id"), "true_person_id")
    return _judge(named, read_true_cases(truth), months)


def evaluate_naive(naive: pl.DataFrame, row_truth: pl.DataFrame, truth: Path, months: Sequence[str]) -> dict[str, Any]:
    """Return the same figures for the naive baseline; its hits are counted once per rule and person.

    Args:
        naive: rule_id, row_id_a, row_id_b; row a names the person.
        row_truth: mention_id and true_person_id; the beneficiary of the row is the person.
        truth: folder with findings.parquet and households.parquet.
        months: the months run.
    """
    subjects = row_truth.filter(pl.col("mention_id").str.ends_with("-subject")).select(
        pl.col("mention_id").str.strip_suffix("-subject").alias("row_id_a"), "true_person_id"
    )
    hits = naive.join(subjects.unique("row_id_a"), on="row_id_a", how="left")
    named = hits.select("rule_id", pl.coalesce("true_person_id", "row_id_a").alias("found_id"), "true_person_id").unique()
    return _judge(named.sort("rule_id", "found_id"), read_true_cases(truth), months)


def read_true_cases(truth: Path) -> pl.DataFrame:
    """Return the true cases, one row per person who stands for a case: rule_id, case, true_person_id, known_month."""
    planted = pl.read_parquet(truth / "findings.parquet").filter(pl.col("label") == "true").with_row_index(CASE_KEY)
    keys = ["rule_id", CASE_KEY, "known_month"]
    people = pl.concat(
        [
            planted.select(*keys, "true_person_id"),
            planted.select(*keys, pl.col("other_true_person_id").alias("true_person_id")).filter(pl.col("true_person_id").is_not_null()),
        ]
    ).unique()
    members = pl.read_parquet(truth / "households.parquet").filter(pl.col("household_kind") == "aid")
    homes = members.select("true_household_id", "true_person_id").unique()
    shared = people.filter(pl.col("rule_id").is_in(list(HOUSEHOLD_RULES))).join(homes, on="true_person_id")
    others = shared.join(homes, on="true_household_id", suffix="_other").select(
        *keys, pl.col("true_person_id_other").alias("true_person_id")
    )
    return pl.concat([people, others]).unique().sort("rule_id", CASE_KEY, "true_person_id")


def _judge(found: pl.DataFrame, cases: pl.DataFrame, months: Sequence[str]) -> dict[str, Any]:
    hits = found.filter(pl.col("true_person_id").is_not_null()).join(cases, on=["rule_id", "true_person_id"])
    knowable = cases.filter(pl.col("known_month") <= max(months))
    counts = {
        "planted": knowable.group_by("rule_id").agg(pl.col(CASE_KEY).n_unique().alias("planted")),
        "found": found.group_by("rule_id").agg(pl.col("found_id").n_unique().alias("found")),
        "true_found": hits.group_by("rule_id").agg(pl.col("found_id").n_unique().alias("true_found")),
        "met": hits.filter(pl.col("known_month") <= max(months)).group_by("rule_id").agg(pl.col(CASE_KEY).n_unique().alias("met")),
    }
    rules = pl.concat([frame.select("rule_id") for frame in counts.values()]).unique().sort("rule_id")
    for frame in counts.values():
        rules = rules.join(frame, on="rule_id", how="left", maintain_order="left")
    table = rules.with_columns(pl.col("planted", "found", "true_found", "met").fill_null(0).cast(pl.Int64))
    return {row["rule_id"]: _measure(row) for row in table.to_dicts()}


def pool_measures(measures: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the figures over all rules together, from the figures of each."""
    counts = {name: sum(measure[name] for measure in measures.values()) for name in ("planted", "found", "true_found")}
    met = round(sum(measure["planted"] * (measure["recall"] or 0) for measure in measures.values()))
    return _measure(counts | {"met": met})


def _measure(row: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of one rule; a share of nothing is null."""
    return {
        "planted": row["planted"],
        "found": row["found"],
        "true_found": row["true_found"],
        "precision": round(row["true_found"] / row["found"], 4) if row["found"] else None,
        "recall": round(row["met"] / row["planted"], 4) if row["planted"] else None,
    }
