"""Linkage of names in Latin script and of numbers that carry no birth date: what links, and what must stay apart."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from registry.conventions import NameForm
from registry.district import District, load_district
from registry.resolve.engine import open_engine
from registry.resolve.link import resolve_mentions
from registry.resolve.name_levels import RELATIONS
from registry.schema.tables import conform_table
from registry.standardise.person_names import read_latin_names
from tests.second_district.people import build_county

COUNTY = Path(__file__).resolve().parents[2] / "districts" / "maple_county"
FATHER, SON = date(1950, 3, 1), date(1980, 9, 9)


@pytest.fixture(scope="module")
def district() -> District:
    return load_district(COUNTY)


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ("smith, john a", "smith, john a", "same"),
        ("smith, john a", "smith, john andrew", "sound"),
        ("smith, john", "smith, john andrew", "sound"),
        ("smith, john b", "smith, john andrew", "different"),
        ("smith, john, jr", "smith, john, sr", "different"),
        ("smith, john, jr", "smith, john", "shortened"),
        ("garcia lopez, jose", "lopez, jose", "gap"),
        ("jones, mary smith", "smith, mary jones", "gap"),
        ("smith, j", "smith, john", "shortened"),
        ("smiht, john", "smith, john", "shortened"),
        ("whitakker, anthony", "whitaker, anthony", "shortened"),
        ("jones, mary", "smith, mary", "one_character"),
        ("smith, mary", "smith, john", "different"),
        ("lee, ann", "lee, kim", "different"),
    ],
)
def test_how_two_names_stand_to_each_other(left: str, right: str, relation: str, tmp_path: Path) -> None:
    told = read_latin_names(pl.Series([left, right]), NameForm(script="latin"))
    sounds = dict(told.select("written", "name_pinyin").rows())
    with open_engine(tmp_path) as connection:
        for one, other in ((left, right), (right, left)):
            sql = f"select {RELATIONS['latin']} from (select ? as name_l, ? as name_r, ? as pinyin_l, ? as pinyin_r)"
            assert connection.execute(sql, [one, other, sounds[one], sounds[other]]).fetchall() == [(relation,)]


def _mention(at: int, name: str, number: str | None, roll: str = "residents", role: str = "subject", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    state = "valid" if number else "missing"
    row = more.pop("row", f"{roll}-{at}")
    base = {"mention_id": f"{row}-{role}", "row_id": row, "roll": roll, "month": "2016-06", "department": "county_clerk", "role_code": role,
            "position": 0, "person_name": name, "name_key": name, "name_pinyin": name, "identity_number": number,
            "identity_number_written": number, "identity_state_code": state}  # fmt: skip
    born = {"birth_precision_code": "day"} if "birth_date" in more else {}
    return base | born | more


def _crowd() -> list[dict[str, Any]]:
    people = build_county(3, 40).people
    return [
        _mention(at, f"{person.surname.lower()}, {person.given.lower()}", person.number, birth_date=person.born, place_code="MC101",
                 household_number=f"C01:{person.household}")
        for at, person in enumerate(people)
    ]  # fmt: skip


def _resolve(rows: list[dict[str, Any]], district: District, workdir: Path) -> dict[str, str]:
    mentions = conform_table(pl.DataFrame([*_crowd(), *rows], infer_schema_length=None), "mentions")
    resolved = resolve_mentions(mentions, district.linkage, "2016-06", None, workdir)
    return dict(resolved.person_mentions.select("mention_id", "person_id").rows())


def _family() -> list[dict[str, Any]]:
    home = {"place_code": "MC303", "household_number": "C01:HH900"}
    return [
        _mention(901, "zuckerman, abel", "MC5550018", birth_date=FATHER, phone_number="5557001000", **home),
        _mention(902, "zuckerman, abel, jr", "MC5550026", birth_date=SON, phone_number="5557001000", **home),
    ]


def test_father_and_son_of_one_name_stay_two(district: District, tmp_path: Path) -> None:
    rows = [
        _mention(1, "zuckerman, abel", None, "relief_grants", birth_date=SON, place_code="MC303", phone_number="5557001000"),
        _mention(2, "zuckerman, abel", None, "school_meals", birth_date=FATHER, place_code="MC303", phone_number="5557001000"),
        _mention(3, "zuckerman, abel", None, "emergency_aid", phone_number="5557001000"),
    ]
    persons = _resolve([*_family(), *rows], district, tmp_path)
    father, son = persons["residents-901-subject"], persons["residents-902-subject"]
    assert father != son
    assert persons["relief_grants-1-subject"] == son
    assert persons["school_meals-2-subject"] == father
    assert persons["emergency_aid-3-subject"] != son


def test_a_number_beside_the_son_that_is_the_fathers_is_not_believed(district: District, tmp_path: Path) -> None:
    row = _mention(1, "zuckerman, abel", "MC5550026", "cash_assistance", birth_date=FATHER, place_code="MC303")
    persons = _resolve([*_family(), row], district, tmp_path)
    assert persons["cash_assistance-1-subject"] != persons["residents-902-subject"]


def test_a_maiden_name_beside_her_number_is_believed(district: District, tmp_path: Path) -> None:
    rows = [
        _mention(901, "zuckerman, ada", "MC5550018", birth_date=FATHER, place_code="MC303"),
        _mention(1, "quimby, ada", "MC5550018", "cash_assistance", birth_date=FATHER),
        _mention(2, "quimby, otto", "MC5550018", "emergency_aid"),
    ]
    persons = _resolve(rows, district, tmp_path)
    assert persons["cash_assistance-1-subject"] == persons["residents-901-subject"]
    assert persons["emergency_aid-2-subject"] != persons["residents-901-subject"]


@pytest.mark.parametrize(("more", "is_linked"), [({"phone_number": "5557001000"}, True), ({}, False)])
def test_one_wrong_letter_needs_the_birth_date_and_more(district: District, tmp_path: Path, more: dict[str, str], is_linked: bool) -> None:
    row = _mention(1, "zukkerman, abel", None, "relief_grants", birth_date=FATHER, **more)
    persons = _resolve([*_family(), row], district, tmp_path)
    assert (persons["relief_grants-1-subject"] == persons["residents-901-subject"]) is is_linked


def test_a_guardian_is_never_the_child_of_the_row(district: District, tmp_path: Path) -> None:
    rows = [
        _family()[1],
        _mention(1, "zuckerman, abel, jr", None, "enrollment", birth_date=SON, place_code="MC303", row="enrollment-1"),
        _mention(1, "zuckerman, abel, jr", None, "enrollment", "guardian", phone_number="5557001000", row="enrollment-1"),
    ]
    persons = _resolve(rows, district, tmp_path)
    assert persons["enrollment-1-subject"] == persons["residents-902-subject"]
    assert persons["enrollment-1-guardian"] != persons["enrollment-1-subject"]
    loose = district.linkage.model_copy(update={"apart_roles": []})
    mentions = conform_table(pl.DataFrame([*_crowd(), *rows], infer_schema_length=None), "mentions")
    together = resolve_mentions(mentions, loose, "2016-06", None, tmp_path / "loose").person_mentions
    known = dict(together.select("mention_id", "person_id").rows())
    assert known["enrollment-1-guardian"] == known["enrollment-1-subject"]
