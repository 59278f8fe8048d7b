"""Damaged identity numbers: completed only where exactly one number of another roll fits, and every repair on record."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from registry.resolve.repairs import apply_repairs, find_repairs
from tests.unit.registry.made_mentions import mentions_of, number_of

BIRTH = date(1967, 3, 15)
MAN, WOMAN = number_of(BIRTH, 31), number_of(BIRTH, 32)
NAME = "庄志强"


def registered(number: str = MAN, name: str = NAME, roll: str = "hukou") -> dict[str, Any]:
    return {"roll": roll, "name_key": name, "identity_number": number}


def damaged(state: str, written: str, partial: str | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    own = {"roll": "charity", "name_key": NAME, "identity_state_code": state, "identity_number_written": written}
    return {**own, "identity_number": None, "identity_partial": partial, **more}


def wrong_digit(number: str, at: int = 9) -> str:
    return number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]


def repair(tmp_path: Path, *rows: dict[str, Any]) -> pl.DataFrame:
    mentions = mentions_of(list(rows))
    found = find_repairs(mentions, "hukou", tmp_path)
    return apply_repairs(mentions, found).join(found.drop("row_id", "roll", "month", "department"), on="mention_id", how="left")


def last(frame: pl.DataFrame) -> dict[str, Any]:
    return frame.filter(pl.col("roll") == "charity").row(0, named=True)


EXCEL = (MAN[:15] + "000", MAN[:15] + "???")
DAMAGES = [
    ("excel_damaged", *EXCEL),
    ("masked", MAN[:6] + "********" + MAN[-4:], MAN[:6] + "????????" + MAN[-4:]),
    ("checksum_failed", wrong_digit(MAN), None),
    ("checksum_failed", MAN[:9] + MAN[10] + MAN[9] + MAN[11:], None),
    ("wrong_length", MAN[:12] + MAN[13:], None),
    ("wrong_length", MAN[:7] + "4" + MAN[7:], None),
]


@pytest.mark.parametrize(("state", "written", "partial"), DAMAGES)
def test_one_fitting_number_of_another_roll_completes_it(tmp_path: Path, state: str, written: str, partial: str | None) -> None:
    row = last(repair(tmp_path, registered(), registered(roll="nrcms"), damaged(state, written, partial)))
    assert (row["identity_number"], row["identity_state_code"]) == (MAN, "repaired")
    assert (row["value_before"], row["value_after"], row["repair_rule_code"]) == (written, MAN, state)
    assert (row["candidate_count"], row["evidence_row_id"]) == (1, "hukou-000000")
    assert (row["birth_date"], row["birth_precision_code"], row["sex_code"]) == (BIRTH, "day", "1")


STAYS = {
    "nobody of that name": [registered(name="庄志坚")],
    "only its own roll says so": [registered(roll="charity")],
    "two fit": [registered(), registered(number_of(BIRTH, 33))],
    "another day of birth": [registered(number_of(date(1967, 3, 16), 31))],
}


@pytest.mark.parametrize("case", STAYS)
def test_otherwise_it_stays_damaged(tmp_path: Path, case: str) -> None:
    rows = [{**row, "roll": row["roll"]} for row in STAYS[case]]
    found = repair(tmp_path, *rows, damaged("excel_damaged", *EXCEL)).filter(pl.col("identity_state_code") != "valid").row(0, named=True)
    assert found["identity_number"] is None and found["identity_state_code"] == "excel_damaged"
    assert found["value_after"] is None
    assert found["candidate_count"] == (2 if case == "two fit" else 0)


def test_candidates_are_listed_for_the_clerk(tmp_path: Path) -> None:
    other = number_of(BIRTH, 33)
    row = last(repair(tmp_path, registered(), registered(other), damaged("excel_damaged", MAN[:14] + "0000", MAN[:14] + "????")))
    assert row["candidates"] is None  # fewer than fifteen sure digits of a spreadsheet are no spreadsheet damage
    row = last(repair(tmp_path, registered(), registered(number_of(BIRTH, 34)), damaged("excel_damaged", *EXCEL)))
    assert row["candidates"].split("|") == sorted([MAN, number_of(BIRTH, 34)])


def test_birth_date_and_sex_of_the_row_choose_and_forbid(tmp_path: Path) -> None:
    both = [registered(), registered(WOMAN)]
    chosen = last(repair(tmp_path, *both, damaged("excel_damaged", *EXCEL, sex_code="2")))
    assert chosen["identity_number"] == WOMAN
    contrary = last(repair(tmp_path, *both, damaged("excel_damaged", *EXCEL, birth_date=date(1976, 3, 15))))
    assert contrary["identity_number"] is None and contrary["candidate_count"] == 0


def test_a_name_that_sounds_the_same_is_enough_and_another_is_not(tmp_path: Path) -> None:
    sounds = last(repair(tmp_path, registered(name="庄智强"), damaged("excel_damaged", *EXCEL)))
    assert sounds["identity_number"] == MAN


def test_an_area_code_alone_completes_nothing(tmp_path: Path) -> None:
    row = last(repair(tmp_path, registered(), damaged("excel_damaged", "3.59901E+17", "359901" + "?" * 12)))
    assert row["identity_number"] is None and row["candidate_count"] == 0


SPELLINGS = [
    (MAN[:6] + " " + MAN[6:14] + " " + MAN[14:], "spelling"),
    ("'" + MAN, "spelling"),
    (MAN[:6] + MAN[8:17], "fifteen_digits"),
    (MAN.replace("0", "O"), "letters"),
    (MAN + "44", "certificate"),
    (MAN + "44B1", "certificate"),
]


@pytest.mark.parametrize(("written", "rule"), SPELLINGS)
def test_every_number_not_read_as_written_is_on_record(tmp_path: Path, written: str, rule: str) -> None:
    row = last(repair(tmp_path, {**registered(roll="charity"), "identity_number_written": written}))
    assert (row["repair_rule_code"], row["value_before"], row["value_after"]) == (rule, written, MAN)
    assert row["identity_state_code"] == "valid"


def test_a_number_as_it_should_be_leaves_no_record(tmp_path: Path) -> None:
    assert find_repairs(mentions_of([registered()]), "hukou", tmp_path).is_empty()
