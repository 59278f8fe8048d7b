"""Of several versions of one list the last one counts; supplements are added, adjustments replace whom they name."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from connectors.intake import Landed
from connectors.versions import read_version, settle_versions
from tests.unit.connectors.deliveries_samples import HEADS, land, make_roll, make_rows, write_csv

Rows = Sequence[Sequence[str]]
BASE = "2016年3月低保家庭成员"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("名册", "名册定稿"),
        ("名册草稿", "名册"),
        ("名册征求意见稿", "名册定稿"),
        ("名册定稿", "名册定稿2"),
        ("名册(定稿)", "名册（定稿2）"),
        ("名册定稿2", "名册定稿3"),
        ("名册定稿一", "名册定稿二"),
        ("名册定稿9", "名册定稿10"),
        ("名册定稿2", "名册终稿"),
        ("名册定稿3", "名册最终版"),
        ("名册终稿", "名册终稿2"),
        ("名册终稿", "名册终稿修改"),
        ("名册", "名册更正"),
        ("名册", "名册(修改稿)"),
        ("名册", "名册-修订版"),
        ("名册", "名册 - 副本"),
        ("名册 - 副本", "名册 - 副本 (2)"),
        ("名册", "名册(2)"),
        ("名册v1", "名册v2"),
        ("名册_V2", "名册 v10"),
        ("名册第一版", "名册第二版"),
        ("roll_draft", "roll_final"),
    ],
)
def test_order_of_versions(earlier: str, later: str) -> None:
    one, other = read_version(f"{earlier}.xlsx"), read_version(f"{later}.xls")
    assert one.stem == other.stem
    assert one.rank < other.rank


@pytest.mark.parametrize("other", ["名册补充名单", "名册201604", "名册（二中）", "名册2", "SY镇名册", "名册20160305"])
def test_other_lists_are_no_versions(other: str) -> None:
    assert read_version(f"{other}.xlsx").stem != read_version("名册.xlsx").stem


def settle(folder: Path, **files: Rows) -> Landed:
    """Land files named after BASE and the keyword, and settle their versions."""
    paths = [write_csv(folder / f"{BASE}{word.strip('_')}.csv", [list(HEADS), *rows]) for word, rows in files.items()]
    settled = settle_versions(make_roll(), land(*paths))
    counted = pl.sum_horizontal("landed_count", "quarantined_count", "refused_count", "skipped_count")
    assert settled.deliveries.filter(pl.col("row_count") != counted).is_empty()
    assert settled.rows.height == settled.deliveries["landed_count"].sum()
    return settled


def correct(rows: list[list[str]]) -> list[list[str]]:
    return [[*row[:8], "999", row[9]] for row in rows]


def test_the_later_version_counts(tmp_path: Path) -> None:
    settled = settle(tmp_path, _=make_rows(12), 定稿=make_rows(10), 终稿=correct(make_rows(11)))
    assert settled.rows["amount"].to_list() == ["999"] * 11
    notes = settled.quarantine.filter(pl.col("reason_code") == "SUPERSEDED_FILE")
    assert sorted(notes["file_name"]) == [f"{BASE}.csv", f"{BASE}定稿.csv"]
    assert notes["sentence_zh"].str.contains("终稿").all() and not settled.deliveries["is_refused"].any()
    assert notes["quarantine_id"].is_unique().all()


def test_an_older_version_that_could_not_be_read_needs_no_mending(tmp_path: Path) -> None:
    torn = [[*row, "x", "y"] for row in make_rows(12)]
    settled = settle(tmp_path, _=torn, 更正=make_rows(12))
    assert settled.rows.height == 12
    assert settled.quarantine["reason_code"].to_list() == ["SUPERSEDED_FILE"]
    assert not settled.deliveries["is_refused"].any()


def test_a_withdrawn_version_does_not_come_back(tmp_path: Path) -> None:
    """The later version cannot be read: nothing lands, and last month's stays in force."""
    settled = settle(tmp_path, _=make_rows(12), 更正=[[*row, "x", "y"] for row in make_rows(12)])
    assert settled.rows.is_empty()
    assert set(settled.deliveries["reason_code"]) == {"SUPERSEDED_FILE", "FIELD_COUNT"}


def test_numbered_parts_of_one_list_are_all_kept(tmp_path: Path) -> None:
    settled = settle(tmp_path, **{"(1)": make_rows(12), "(2)": make_rows(12, 12)})
    assert settled.rows.height == 24 and settled.quarantine.is_empty()


def test_the_same_bytes_are_a_duplicate_not_a_version(tmp_path: Path) -> None:
    settled = settle(tmp_path, _=make_rows(12), 副本=make_rows(12))
    assert settled.rows.height == 12
    assert settled.quarantine["reason_code"].to_list() == ["DUPLICATE_FILE"]


def test_a_supplement_is_added(tmp_path: Path) -> None:
    settled = settle(tmp_path, 终稿=make_rows(12), 补充名单=make_rows(3, 12))
    assert settled.rows.height == 15 and settled.quarantine.is_empty()


def test_adjustments_replace_whom_they_name(tmp_path: Path) -> None:
    settled = settle(tmp_path, _=make_rows(12), 调整名单=[*correct(make_rows(3)), *make_rows(1, 20)])
    assert settled.rows.height == 13
    assert settled.rows.filter(pl.col("amount") == "999")["identity_number"].to_list() == [row[5] for row in make_rows(3)]
    assert settled.deliveries.sort("file_name")["skipped_count"].to_list() == [4, 1]
    assert "有3行已由" in settled.quarantine["sentence_zh"][0]


def test_adjustments_that_name_most_are_the_list_anew(tmp_path: Path) -> None:
    settled = settle(tmp_path, _=make_rows(12), 调整后=correct(make_rows(10)))
    assert settled.rows["amount"].to_list() == ["999"] * 10
