"""Evaluation: measures counted by hand on a handful of rows."""

from pathlib import Path

import polars as pl
import pytest

from registry.resolve.evaluate import evaluate_households, evaluate_persons, match_person_truth, match_row_truth
from registry.schema.tables import conform_table

ROWS = [("T1", "P1", True), ("T1", "P1", True), ("T1", "P2", False), ("T2", "P2", True), ("T2", "P2", False)]


def _judged() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    ids = [f"m{n}" for n in range(len(ROWS))]
    truth = pl.DataFrame({"mention_id": ids, "true_person_id": [r[0] for r in ROWS], "has_own_number": [r[2] for r in ROWS]})
    found = pl.DataFrame({"mention_id": ids, "person_id": [r[1] for r in ROWS]})
    return pl.DataFrame({"mention_id": ids}), found, truth


def test_pairs_by_hand() -> None:
    """Found 1 + 3 pairs, true 3 + 1, right 1 + 1; without the pair of two numbered rows: found 3, true 3, right 1."""
    measured = evaluate_persons(*_judged())
    assert (measured["persons"]["precision"], measured["persons"]["recall"]) == (0.5, 0.5)
    hard = measured["persons_without_id"]
    assert (hard["precision"], hard["recall"]) == (pytest.approx(1 / 3, abs=1e-6), pytest.approx(1 / 3, abs=1e-6))


def test_bcubed_by_hand() -> None:
    """Precision (1+1+1/3+2/3+2/3)/5, recall (2/3+2/3+1/3+1+1)/5: both 11/15."""
    assert evaluate_persons(*_judged())["persons"]["bcubed_f1"] == pytest.approx(11 / 15, abs=1e-6)


def test_majority_names_the_true_person() -> None:
    _, found, truth = _judged()
    assert match_person_truth(truth, found).rows() == [("P1", "T1"), ("P2", "T2")]


def test_rows_are_found_by_file_sheet_and_row(tmp_path: Path) -> None:
    mention = {"mention_id": "R02-201601-2-3-000005-head", "row_id": "R02-201601-2-3-000005", "roll": "dibao_members", "month": "2016-01",
               "role_code": "head", "position": 0, "identity_state_code": "valid", "identity_number": "N1"}  # fmt: skip
    delivery = {"roll": "dibao_members", "month": "2016-01", "file_name": "b.xlsx", "file_number": 2, "sheet": "TL镇", "sheet_number": 3}
    (tmp_path / "mentions").mkdir()
    pl.DataFrame(
        {"roll": "dibao_members", "month": "2016-01", "file_name": "b.xlsx", "sheet": ["TL镇", "SY街道"], "row_number": 5, "role": "head",
         "position": 0, "true_person_id": ["T1", "T2"]},
    ).write_parquet(tmp_path / "mentions" / "dibao_members-2016-01.parquet")  # fmt: skip
    for number, is_own in (("N1", True), ("N9", False)):
        pl.DataFrame({"true_person_id": ["T1", "T2"], "identity_number": [number, "N2"]}).write_parquet(tmp_path / "persons.parquet")
        mentions, deliveries = conform_table(pl.DataFrame([mention]), "mentions"), conform_table(pl.DataFrame([delivery]), "deliveries")
        assert match_row_truth(mentions, deliveries, tmp_path).rows() == [(mention["mention_id"], "T1", is_own)]


def test_household_pairs_of_the_month(tmp_path: Path) -> None:
    pl.DataFrame(
        [("aid", "H1", "T1", "2016-01", None), ("aid", "H1", "T2", "2016-01", None), ("aid", "H1", "T3", "2015-01", "2015-12"),
         ("aid", "H2", "T4", "2016-01", None), ("aid", "H2", "T9", "2016-01", None)],
        schema=["household_kind", "true_household_id", "true_person_id", "from_month", "to_month"], orient="row",
    ).write_parquet(tmp_path / "households.parquet")  # fmt: skip
    members = pl.DataFrame(
        [("X", "aid", f"P{n}", "2016-01", None) for n in (1, 2, 4)],
        schema=["household_id", "household_kind_code", "person_id", "from_month", "to_month"], orient="row",
    )  # fmt: skip
    truth = pl.DataFrame({"person_id": [f"P{n}" for n in range(1, 5)], "true_person_id": [f"T{n}" for n in range(1, 5)]})
    measured = evaluate_households(members, truth, tmp_path, "2016-03")
    assert measured["aid"] == {"pair_precision": pytest.approx(1 / 3, abs=1e-6), "pair_recall": 1.0, "pair_f1": 0.5}
    assert set(measured) == {"hukou", "aid", "residence"}
