"""Profiles: the same statement once, its id from its content, its evidence from everywhere."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry.resolve.engine import open_engine
from registry.resolve.numbers import settle_numbers
from registry.resolve.profiles import Profiles, build_profiles
from tests.unit.registry.made_mentions import VILLAGES, mentions_of, number_of, settings

NUMBER = number_of(date(1970, 4, 4), 111)


def _build(rows: list[dict[str, Any]], workdir: Path, **more: Any) -> Profiles:  # noqa: ANN401
    linkage = settings(**more)
    with open_engine(workdir) as connection:
        return build_profiles(connection, settle_numbers(connection, mentions_of(rows), linkage), linkage)


def _ids(profiles: Profiles) -> dict[str, str]:
    return dict(profiles.mentions.select("row_id", "profile_id").rows())


def test_rows_of_one_number_and_name_are_one_profile_with_all_evidence(tmp_path: Path) -> None:
    who = {"name_key": "陈志强", "identity_number": NUMBER}
    rows = [
        who | {"place_code": VILLAGES[0], "phone_number": "13900000001"},
        who | {"roll": "tekun", "place_code": VILLAGES[3], "account_number": "621"},
    ]
    profiles = _build(rows, tmp_path)
    assert profiles.frame.height == 1
    row = profiles.frame.row(0, named=True)
    assert row["mention_count"] == 2
    assert row["places"] == [VILLAGES[0], VILLAGES[3]]
    assert (row["phones"], row["accounts"]) == (["13900000001"], ["621"])
    assert (row["birth_date"], row["sex_code"]) == (date(1970, 4, 4), "1")


def test_spellings_of_one_number_share_the_beginning_of_their_id(tmp_path: Path) -> None:
    rows = [{"name_key": name, "identity_number": NUMBER, "row_id": name} for name in ("陈志强", "陈志墙")]
    one, two = _ids(_build(rows, tmp_path)).values()
    assert one != two
    assert one.split("-")[0] == two.split("-")[0]


def test_same_statement_has_the_same_id_next_month(tmp_path: Path) -> None:
    row = {"roll": "charity", "name_key": "陈志强", "phone_number": "13900000001", "place_code": VILLAGES[0]}
    january = _build([row | {"row_id": "a", "month": "2016-01"}], tmp_path)
    february = _build([row | {"row_id": "b", "month": "2016-02"}], tmp_path)
    assert _ids(january)["a"] == _ids(february)["b"]


@pytest.mark.parametrize(("evidence", "profiles"), [({}, 2), ({"place_code": VILLAGES[0]}, 2), ({"phone_number": "13900000001"}, 1)])
def test_weak_statements_of_one_list_stay_separate(evidence: dict[str, Any], profiles: int, tmp_path: Path) -> None:
    rows = [{"roll": "charity", "name_key": "陈美英"} | evidence for _ in range(2)]
    assert _build(rows, tmp_path).frame.height == profiles


def test_office_phone_is_no_evidence(tmp_path: Path) -> None:
    rows = [{"roll": "charity", "name_key": f"陈{letter}", "phone_number": "13900000001"} for letter in "甲乙丙丁"]
    assert _build(rows, tmp_path, max_sharers=4).frame.get_column("phones").null_count() == 0
    assert _build(rows, tmp_path, max_sharers=3).frame.get_column("phones").null_count() == 4


def test_family_circle_comes_from_rows_and_household_marks(tmp_path: Path) -> None:
    child = number_of(date(2001, 1, 1), 115)
    rows: list[dict[str, Any]] = [
        {"row_id": "f", "name_key": "陈志强", "identity_number": NUMBER, "household_number": "R29:1"},
        {"row_id": "c", "name_key": "陈文杰", "identity_number": child, "household_number": "R29:1"},
        {"row_id": "c", "role_code": "father", "name_key": "陈志强", "birth_date": None},
    ]
    frame = _build(rows, tmp_path).frame
    father = frame.filter(frame["number_code"].is_null()).row(0, named=True)
    codes = set(frame["number_code"].drop_nulls())
    assert set(father["kin"]) < codes
    assert len(father["kin_names"]) == 1
    assert (father["sex_code"], father["child_birth"], father["is_beside"]) == ("1", date(2001, 1, 1), True)
    assert {tuple(kin) for kin in frame.filter(frame["number_code"].is_not_null())["kin"]} == {tuple(sorted(codes))}


def test_institutions_are_no_families(tmp_path: Path) -> None:
    rows = [
        {"name_key": f"陈志{letter}", "identity_number": number_of(date(1970, 1, 1), 101 + 2 * n), "household_number": "R05:1"}
        for n, letter in enumerate("甲乙丙丁")
    ]
    assert _build(rows, tmp_path, max_household=3).frame.get_column("kin").list.len().to_list() == [1] * 4
