"""What is said about a roll follows its deliveries, its numbers and the people it shares with other rolls."""

import polars as pl
import pytest

from quality.roll_quality import build_roll_quality
from registry.schema.tables import conform_table, empty_table
from tests.unit.quality.conftest import MONTH

STATES = ("valid", "valid", "missing", "excel_damaged")


@pytest.fixture
def measured(tables: dict[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    mentions = [
        {
            "mention_id": f"{roll}-{month}-{number}",
            "roll": roll,
            "month": month,
            "department": "civil_affairs",
            "role_code": "subject",
            "identity_state_code": state,
        }
        for roll, month in (("tekun", MONTH), ("tekun", "2016-05"), ("dibao_members", MONTH))
        for number, state in enumerate(STATES)
    ]
    linked = [
        {"mention_id": row["mention_id"], "person_id": "P1" if row["mention_id"].endswith("-0") else f"P{row['mention_id']}"}
        for row in mentions
    ]
    frame = build_roll_quality(
        tables["deliveries"],
        tables["quarantine"],
        conform_table(pl.DataFrame(mentions), "mentions"),
        conform_table(pl.DataFrame(linked), "person_mentions"),
        MONTH,
    )
    return {(row["roll"], row["measure"]): row["value"] for row in frame.to_dicts()}


def test_counts_follow_the_delivery_record(measured: dict[tuple[str, str], str]) -> None:
    assert measured["dibao_members", "row_count"] == "100"
    assert measured["dibao_members", "landed_count"] == "95"
    assert measured["dibao_members", "quarantined_cell_count"] == "3"
    assert measured["dibao_members", "reason:ID_INVALID"] == "6"


def test_only_the_latest_delivery_of_a_roll_is_judged(measured: dict[tuple[str, str], str]) -> None:
    assert measured["tekun", "mention_count"] == "4"
    assert measured["tekun", "id_valid_share"] == "0.5"
    assert measured["tekun", "id_missing_share"] == "0.25"
    assert measured["tekun", "id_damaged_share"] == "0.25"


def test_a_person_is_matched_when_another_roll_knows_it(measured: dict[tuple[str, str], str]) -> None:
    assert measured["tekun", "matched_share"] == "0.25"


def test_nothing_delivered_gives_no_measure() -> None:
    deliveries, quarantine, mentions, linked = (empty_table(name) for name in ("deliveries", "quarantine", "mentions", "person_mentions"))
    nothing = build_roll_quality(deliveries, quarantine, mentions, linked, MONTH)
    assert nothing.equals(empty_table("roll_quality"))
