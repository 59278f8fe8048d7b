"""Judging findings against a truth small enough to count by hand, and the naive join beside it."""

from pathlib import Path

import polars as pl
import pytest

from quality.baseline import naive_findings
from quality.evaluation import evaluate_findings, evaluate_naive, pool_measures
from registry.district import District
from registry.schema.tables import LANDED_COLUMNS, conform_table


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    cases = {
        "rule_id": ["A03", "A03", "A03", "A23", "A03"],
        "label": ["true", "true", "lookalike", "true", "true"],
        "true_person_id": ["T1", "T2", "T3", "T4", "T6"],
        "other_true_person_id": [None, None, None, None, None],
        "known_month": ["2016-03", "2016-06", "2016-03", "2016-04", "2017-02"],
    }
    pl.DataFrame(cases, schema_overrides={"other_true_person_id": pl.String}).write_parquet(tmp_path / "findings.parquet")
    homes = {"household_kind": ["aid", "aid", "hukou"], "true_household_id": ["H1", "H1", "H2"], "true_person_id": ["T4", "T5", "T1"]}
    pl.DataFrame(homes).write_parquet(tmp_path / "households.parquet")
    return tmp_path


def test_precision_and_recall_by_hand(truth: Path) -> None:
    rows = [
        ("F1", "A03", "duplicate", "open", "P1"),
        ("F2", "A03", "duplicate", "new", "P3"),
        ("F3", "A03", "link_review", "new", "P2"),
        ("F4", "A03", "duplicate", "withdrawn", "P2"),
        ("F5", "A23", "duplicate", "new", "P5"),
        ("F6", "M06", "missed", "new", "P9"),
    ]
    names = ["finding_id", "rule_id", "finding_kind_code", "finding_state_code", "person_id"]
    findings = conform_table(pl.DataFrame(rows, schema=names, orient="row"), "findings")
    people = pl.DataFrame({"person_id": [f"P{n}" for n in range(1, 7)], "true_person_id": [f"T{n}" for n in range(1, 7)]})
    judged = evaluate_findings(findings, people, truth, ["2016-01", "2016-12"])
    assert judged["A03"] == {"planted": 2, "found": 2, "true_found": 1, "precision": 0.5, "recall": 0.5}
    assert judged["A23"] == {"planted": 1, "found": 1, "true_found": 1, "precision": 1.0, "recall": 1.0}
    assert judged["M06"] == {"planted": 0, "found": 1, "true_found": 0, "precision": 0.0, "recall": None}
    assert pool_measures(judged) == {"planted": 3, "found": 4, "true_found": 2, "precision": 0.5, "recall": 0.6667}


def landed(roll: str, rows: list[dict[str, str]]) -> pl.DataFrame:
    address = {name: "" for name in LANDED_COLUMNS}
    return pl.DataFrame([{**address, "roll": roll, "month": "2016-03", **row, "row_id": f"{roll}-{n}"} for n, row in enumerate(rows)])


def test_naive_join_takes_numbers_as_they_stand(district: District, truth: Path) -> None:
    tekun = landed(
        "tekun", [{"identity_number": " 35990119500101001x", "name": "甲", "remark": "", "amount": "852", "start_month": "2016-01"}]
    )
    paid = [
        {"identity_number": "35990119500101001X", "kind": "护理", "name": "甲"},
        {"identity_number": "350101500101001", "kind": "护理", "name": "乙"},
    ]
    naive = naive_findings({"tekun": tekun, "disability_allowances": landed("disability_allowances", paid)}, district, "2016-03")
    assert naive.filter(pl.col("rule_id") == "A03").rows() == [("A03", "disability_allowances-0", "tekun-0")]
    row_truth = pl.DataFrame({"mention_id": ["disability_allowances-0-subject"], "true_person_id": ["T1"]})
    assert evaluate_naive(naive, row_truth, truth, ["2016-03"])["A03"] == {
        "planted": 1,
        "found": 1,
        "true_found": 1,
        "precision": 1.0,
        "recall": 1.0,
    }
