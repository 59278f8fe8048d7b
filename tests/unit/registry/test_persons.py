"""The golden record: which roll is believed for which field, who is local, who is dead."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from registry.district import District, DistrictFile, Linkage
from registry.persons import build_persons
from registry.roll import Words
from registry.schema.tables import conform_table, empty_table

MONTH = "2016-06"
ID_A, ID_B = "359921195101010027", "359921198805050031"


@pytest.fixture(scope="module")
def district() -> District:
    settings = DistrictFile(
        district="s_district",
        title=Words(zh="S区", en="S District"),
        currency="CNY",
        first_month="2016-01",
        identity_prefixes=["359921"],
        departments={},
        register_roll="hukou",
        death_roll="deaths",
        source_order=["hukou", "deaths", "dibao_members", "charity"],
    )
    return District(Path(), settings, {}, {}, (), {}, Linkage.model_construct(blocking=[], comparisons=[]))


def _mention(number: int, roll: str, month: str = MONTH, role: str = "subject", **values: object) -> dict[str, Any]:
    row = f"{roll}-{month}-{number:06d}"
    given = {"mention_id": f"{row}-{role}", "row_id": row, "roll": roll, "month": month, "role_code": role, "person_id": "P1"}
    known = {"identity_state_code": "valid" if values.get("identity_number") else "missing", "match_probability": 1.0}
    precision = {"birth_precision_code": "day"} if values.get("birth_date") else {}
    return given | known | precision | values


def _status(roll: str, kind: str, month: str = MONTH, number: int = 1, **values: object) -> dict[str, Any]:
    row = f"{roll}-{month}-{number:06d}"
    return {"status_id": f"{row}-{kind}", "row_id": row, "roll": roll, "month": month, "status_kind_code": kind, "person_id": "P1"} | values


def _build(district: District, rows: list[dict[str, Any]], states: list[dict[str, Any]] | None = None) -> pl.DataFrame:
    stated = pl.DataFrame(rows, infer_schema_length=None)
    linked = conform_table(stated.with_columns(profile_id="mention_id"), "person_mentions")
    statuses = conform_table(pl.DataFrame(states or [], infer_schema_length=None), "statuses")
    return build_persons(conform_table(stated, "mentions"), linked, statuses, district, MONTH)


def _one(district: District, rows: list[dict[str, Any]], states: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return _build(district, rows, states).row(0, named=True)


def test_register_beats_other_rolls_and_gaps_are_filled(district: District) -> None:
    person = _one(
        district,
        [
            _mention(1, "charity", person_name="陈美音", name_key="陈美音", phone_number="13800000000", place_code="359921101299"),
            _mention(1, "hukou", "2016-03", person_name="陈 美英", name_key="陈美英", identity_number=ID_A, place_code="359921101201"),
        ],
    )
    assert (person["person_name"], person["name_key"], person["place_code"]) == ("陈 美英", "陈美英", "359921101201")
    assert (person["phone_number"], person["identity_number"]) == ("13800000000", ID_A)
    assert (person["mention_count"], person["roll_count"], person["first_month"], person["last_month"]) == (2, 2, "2016-03", "2016-06")


def test_latest_delivery_of_a_roll_wins_and_ties_go_to_the_lower_row(district: District) -> None:
    rows = [
        _mention(1, "charity", "2016-04", phone_number="13800000004"),
        _mention(3, "charity", "2016-05", phone_number="13800000053"),
        _mention(2, "charity", "2016-05", phone_number="13800000052"),
    ]
    assert _one(district, rows)["phone_number"] == "13800000052"
    assert _one(district, rows[::-1])["phone_number"] == "13800000052"


def test_own_row_beats_a_row_that_only_names_the_person(district: District) -> None:
    """The register's row of a child names the mother as the clerk heard it."""
    rows = [
        _mention(1, "hukou", role="mother", person_name="陈英", name_key="陈英"),
        _mention(1, "charity", person_name="陈美英", name_key="陈美英"),
    ]
    assert _one(district, rows)["person_name"] == "陈美英"


def test_name_and_place_are_taken_whole_from_one_row(district: District) -> None:
    rows = [
        _mention(1, "hukou", person_name="（空）", town_code="359921101000"),
        _mention(1, "charity", person_name="陈美英", name_key="陈美英", town_code="359921102000", place_code="359921102201"),
    ]
    person = _one(district, rows)
    assert (person["person_name"], person["town_code"], person["place_code"]) == ("陈美英", "359921102000", "359921102201")


def test_number_of_somebody_else_is_not_taken_nor_its_birthday(district: District) -> None:
    rows = [
        _mention(1, "hukou", identity_number=ID_B, identity_state_code="not_this_person", birth_date=date(1988, 5, 5)),
        _mention(1, "charity", birth_date=date(1951, 1, 1), birth_precision_code="age"),
    ]
    person = _one(district, rows)
    assert (person["identity_number"], person["birth_date"], person["birth_precision_code"]) == (None, date(1951, 1, 1), "age")


def test_exact_birth_date_beats_an_official_year(district: District) -> None:
    rows = [
        _mention(1, "hukou", birth_date=date(1951, 1, 1), birth_precision_code="year"),
        _mention(1, "charity", birth_date=date(1951, 4, 9)),
    ]
    assert _one(district, rows)["birth_date"] == date(1951, 4, 9)


def test_weakest_link_is_kept(district: District) -> None:
    rows = [_mention(1, "hukou"), _mention(1, "charity", match_probability=0.961), _mention(2, "charity", match_probability=0.99)]
    assert _one(district, rows)["match_probability"] == 0.961


@pytest.mark.parametrize(
    ("rows", "states", "expected"),
    [
        ([_mention(1, "hukou")], [], True),
        ([_mention(1, "charity")], [], False),
        ([_mention(1, "hukou", role="spouse")], [], False),
        ([_mention(1, "hukou")], [_status("hukou", "cancelled", value_code="moved")], False),
        # Cancelled in the old book, standing in the new one.
        ([_mention(1, "hukou"), _mention(2, "hukou")], [_status("hukou", "cancelled", value_code="moved")], True),
        # Gone from the latest delivery.
        ([_mention(1, "hukou", "2016-03"), _mention(2, "hukou", person_id="P2")], [], False),
    ],
)
def test_local_is_who_stands_in_the_latest_register(
    district: District, rows: list[dict[str, Any]], states: list[dict[str, Any]], expected: bool
) -> None:
    assert _one(district, rows, states)["is_local"] is expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], (None, None)),
        ([_status("deaths", "dead", from_date=date(2016, 3, 30))], (date(2016, 3, 30), "death")),
        # V3: both known, the date of death counts.
        (
            [
                _status("deaths", "dead", from_date=date(2016, 3, 30)),
                _status("deaths", "cancelled", from_date=date(2016, 5, 11), value_code="dead"),
            ],
            (date(2016, 3, 30), "death"),
        ),
        # V4: only the cancellation is known.
        ([_status("deaths", "cancelled", from_date=date(2016, 5, 11), value_code="dead")], (date(2016, 5, 11), "cancelled")),
        ([_status("hukou", "cancelled", from_date=date(2016, 5, 11), value_code="moved")], (None, None)),
        # Cancelled by mistake and restored in the next delivery of the register.
        (
            [
                _status("hukou", "cancelled", "2016-03", from_date=date(2016, 2, 1), value_code="dead"),
                _status("hukou", "registered", "2016-06"),
            ],
            (None, None),
        ),
        # The death roll is believed before a hospital's list, later news before earlier.
        (
            [
                _status("deaths", "dead", "2016-04", from_date=date(2016, 3, 29)),
                _status("deaths", "dead", "2016-05", from_date=date(2016, 3, 30)),
                _status("charity", "dead", "2016-06", from_date=date(2016, 3, 31)),
            ],
            (date(2016, 3, 30), "death"),
        ),
        ([_status("deaths", "dead", "2016-07", from_date=date(2016, 6, 30))], (None, None)),
    ],
)
def test_death(district: District, states: list[dict[str, Any]], expected: tuple[date | None, str | None]) -> None:
    person = _one(district, [_mention(1, "hukou")], states)
    assert (person["death_date"], person["death_basis_code"]) == expected


@pytest.mark.parametrize(
    ("birth", "states", "expected"),
    [
        (date(2002, 6, 1), [], False),
        (date(2002, 6, 2), [], True),
        (date(1951, 1, 1), [], False),
        (None, [], None),
        (None, [_status("charity", "protected")], True),
    ],
)
def test_small_children_and_marked_people_are_protected(
    district: District, birth: date | None, states: list[dict[str, Any]], expected: bool | None
) -> None:
    assert _one(district, [_mention(1, "hukou", birth_date=birth)], states)["is_protected"] is expected


def test_unlinked_mentions_make_no_person(district: District) -> None:
    persons = _build(district, [_mention(1, "hukou"), _mention(2, "hukou", person_id=None)])
    assert persons["person_id"].to_list() == ["P1"]


def test_no_mentions_make_no_persons(district: District) -> None:
    persons = build_persons(empty_table("mentions"), empty_table("person_mentions"), empty_table("statuses"), district, MONTH)
    assert persons.is_empty()
