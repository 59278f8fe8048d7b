"""Whose number is it: a valid number links only under a name its holder can have (domain.md §3.4, V12)."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from registry.resolve.engine import open_engine
from registry.resolve.numbers import settle_numbers
from tests.unit.registry.made_mentions import mentions_of, number_of, settings

FATHER = number_of(date(1970, 3, 4), 11)
BROTHER = number_of(date(1992, 8, 7), 13)
ELDER = number_of(date(1990, 1, 2), 15)


def _settle(rows: list[dict[str, Any]], workdir: Path) -> list[tuple[str | None, str | None, str]]:
    with open_engine(workdir) as connection:
        settled = settle_numbers(connection, mentions_of(rows), settings())
    return settled.sort("mention_id").select("identity_number", "claimed_number", "identity_state_code").rows()


def _register(name: str, number: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"row_id": f"a-{number}", "name_key": name, "identity_number": number, **more}


def _asks(name: str, number: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"row_id": "b-1", "roll": "charity", "name_key": name, "identity_number": number, **more}


@pytest.mark.parametrize("name", ["庄志强", "庄志墙", "庄志？", "陈庄志强", "庄志刚", "肖志强"])
def test_near_spellings_keep_the_number(name: str, tmp_path: Path) -> None:
    rows = [_register("庄志强", FATHER), _asks(name, FATHER)]
    assert _settle(rows, tmp_path)[1] == (FATHER, None, "valid")


def test_unrelated_name_loses_the_number_but_keeps_the_hint(tmp_path: Path) -> None:
    rows = [_register("庄志强", FATHER), _asks("刘宇豪", FATHER)]
    assert _settle(rows, tmp_path) == [(FATHER, None, "valid"), (None, FATHER, "not_this_person")]


def test_register_outvotes_any_number_of_rolls(tmp_path: Path) -> None:
    copies = [_asks("刘宇豪", FATHER, row_id=f"b-{n}", roll=roll) for n, roll in enumerate(["charity", "tekun", "one_door"])]
    settled = _settle([_register("庄志强", FATHER), *copies], tmp_path)
    assert [state for _, _, state in settled] == ["valid"] + ["not_this_person"] * 3


def test_brother_of_the_same_book_is_not_a_misspelling(tmp_path: Path) -> None:
    book = {"household_number": "hukou:1"}
    rows = [_register("庄志强", ELDER, **book), _register("庄志坚", BROTHER, **book), _asks("庄志坚", ELDER)]
    assert _settle(rows, tmp_path)[-1] == (None, ELDER, "not_this_person")


def test_one_character_and_another_birth_date_is_another_person(tmp_path: Path) -> None:
    rows = [_register("庄志强", ELDER), _asks("庄志勇", ELDER, birth_date=date(1999, 9, 9))]
    assert _settle(rows, tmp_path)[1][2] == "not_this_person"


def test_unregistered_number_goes_to_the_majority(tmp_path: Path) -> None:
    rows = [_asks("王建国", FATHER, row_id="a", roll="tekun"), _asks("王建国", FATHER, row_id="b"), _asks("李小红", FATHER, row_id="c")]
    assert [state for _, _, state in _settle(rows, tmp_path)] == ["valid", "valid", "not_this_person"]


def test_unregistered_number_with_two_equal_claims_is_nobodys(tmp_path: Path) -> None:
    rows = [_asks("王建国", FATHER, row_id="a"), _asks("李小红", FATHER, row_id="b")]
    assert {state for _, _, state in _settle(rows, tmp_path)} == {"not_this_person"}


def test_birth_date_and_sex_that_echo_a_refused_number_go_with_it(tmp_path: Path) -> None:
    rows = [_register("庄志强", FATHER), _asks("刘宇豪", FATHER, birth_date=date(1970, 3, 4), sex_code="1")]
    with open_engine(tmp_path) as connection:
        child = settle_numbers(connection, mentions_of(rows), settings()).sort("mention_id").row(1, named=True)
    assert (child["birth_date"], child["birth_precision_code"], child["sex_code"]) == (None, None, None)


def test_own_birth_date_beside_a_refused_number_stays(tmp_path: Path) -> None:
    rows = [_register("庄志强", FATHER), _asks("刘宇豪", FATHER, birth_date=date(2008, 5, 6))]
    with open_engine(tmp_path) as connection:
        child = settle_numbers(connection, mentions_of(rows), settings()).sort("mention_id").row(1, named=True)
    assert child["birth_date"] == date(2008, 5, 6)


def test_by_name_is_no_contradiction(tmp_path: Path) -> None:
    rows = [_register("陈水生", FATHER), _asks("阿水", FATHER, name_note="alias")]
    assert _settle(rows, tmp_path)[1] == (FATHER, None, "valid")


def test_row_without_a_name_keeps_its_number(tmp_path: Path) -> None:
    settled = _settle([_register("庄志强", FATHER), _asks("", FATHER) | {"name_key": None}], tmp_path)
    assert pl.Series([number for number, _, _ in settled]).to_list() == [FATHER, FATHER]


def test_number_that_is_not_valid_claims_nobody(tmp_path: Path) -> None:
    rows = [_register("庄志强", FATHER), _asks("庄志强", FATHER, identity_state_code="checksum_failed")]
    assert _settle(rows, tmp_path)[1] == (None, None, "checksum_failed")


def test_mans_number_beside_a_maiden_surname_is_her_husbands(tmp_path: Path) -> None:
    husband, wife = number_of(date(1940, 1, 2), 11), number_of(date(1942, 1, 2), 12)
    for number, state in ((husband, "not_this_person"), (wife, "valid")):
        rows = [_register("林大", number), _asks("林氏", number, name_note="clan")]
        assert _settle(rows, tmp_path)[1][2] == state


def test_register_is_outvoted_only_by_itself(tmp_path: Path) -> None:
    """One register row and one other row stand equal in rows and rolls: the register still knows whose number it is."""
    rows = [_register("庄志强", FATHER), _asks("刘宇豪", FATHER)]
    assert _settle(rows, tmp_path)[0] == (FATHER, None, "valid")


def test_register_speaks_only_of_the_people_of_its_own_rows(tmp_path: Path) -> None:
    """A father written beside a child on the register is no statement of whose number it is."""
    rows = [
        _register("庄小明", FATHER, role_code="father"),
        _asks("庄志强", FATHER, row_id="b-1", roll="tekun"),
        _asks("庄志强", FATHER, row_id="b-2", roll="charity"),
    ]
    assert [state for _, _, state in _settle(rows, tmp_path)][1:] == ["valid", "valid"]


def test_by_name_never_becomes_the_holders_name(tmp_path: Path) -> None:
    by_name = [_asks("阿水", FATHER, row_id=f"b-{n}", roll=roll, name_note="alias") for n, roll in enumerate(["charity", "tekun"])]
    rows = [_asks("陈水生", FATHER, row_id="a", roll="one_door"), *by_name]
    assert {state for _, _, state in _settle(rows, tmp_path)} == {"valid"}
    unrelated = [*rows, _asks("陈水生", FATHER, row_id="c", roll="one_door"), _asks("刘宇豪", FATHER, row_id="d", roll="charity")]
    assert _settle(unrelated, tmp_path)[-1][2] == "not_this_person"
