"""Breaking a frame makes exactly its check fail, and a check that crashes is not a check that fails."""

from collections.abc import Callable

import polars as pl
import pytest

from quality import expectations
from quality.declared_checks import find_landed_checks, find_table_checks
from quality.reconciliation import check_between_frames
from registry.district import District
from registry.roll import Roll
from registry.schema.fields import FIELDS
from registry.schema.tables import LANDED_COLUMNS, TABLES, conform_table
from tests.unit.quality.conftest import MONTH

Tables = dict[str, pl.DataFrame]


def failing(results: pl.DataFrame) -> set[str]:
    return set(results.filter(~pl.col("is_passed"))["check_name"])


@pytest.fixture(scope="module")
def roll(district: District) -> Roll:
    return district.rolls["dibao_members"]


@pytest.fixture(scope="module")
def landed(roll: Roll) -> pl.DataFrame:
    rows = range(40)
    address = {name: [f"{name}{row}" for row in rows] for name in LANDED_COLUMNS}
    own = {name: [f"{name}{row}" for row in rows] for name in roll.columns}
    return pl.DataFrame(address | own).with_columns(pl.lit(1, dtype=pl.Int64()).alias(name) for name in ("file_number", "sheet_number"))


def break_required(landed: pl.DataFrame) -> pl.DataFrame:
    return landed.with_columns(pl.when(pl.int_range(pl.len()) > 0).then("name").alias("name"))


def break_fill(landed: pl.DataFrame) -> pl.DataFrame:
    return landed.with_columns(pl.when(pl.int_range(pl.len()) > 9).then("identity_number").alias("identity_number"))


def break_key(landed: pl.DataFrame) -> pl.DataFrame:
    return landed.with_columns(pl.lit("A").alias("head_id"), pl.lit("B").alias("identity_number"), pl.lit("C").alias("name"))


def break_text(landed: pl.DataFrame) -> pl.DataFrame:
    return landed.with_columns(pl.int_range(pl.len()).cast(pl.Float64).alias("identity_number"))


def break_row_id(landed: pl.DataFrame) -> pl.DataFrame:
    return landed.with_columns(pl.lit("R02-201606-1-1-000001").alias("row_id"))


@pytest.mark.parametrize(
    ("change", "check", "is_blocking"),
    [
        (break_required, "filled:name", True),
        (break_fill, "mostly_filled:identity_number", False),
        (break_key, "declared_key_unique", False),
        (break_text, "text:identity_number", True),
        (break_row_id, "key_unique", True),
        (lambda rows: rows.drop("relation"), "columns_present", True),
    ],
)
def test_a_broken_landed_roll_fails_exactly_its_check(
    roll: Roll, landed: pl.DataFrame, change: Callable[[pl.DataFrame], pl.DataFrame], check: str, is_blocking: bool
) -> None:
    assert failing(expectations.validate_landed(roll, landed, MONTH)) == set()
    results = expectations.validate_landed(roll, change(landed), MONTH)
    assert failing(results) == {check}
    assert results.filter(pl.col("check_name") == check)["is_blocking"].to_list() == [is_blocking]


def test_row_volume_is_judged_by_the_size_of_the_district(roll: Roll, landed: pl.DataFrame) -> None:
    low, high = roll.expect.rows_per_1000_registered or (0, 0)
    fitting, small = round(40 * 1000 * 2 / (low + high)), 1_000_000
    assert failing(expectations.validate_landed(roll, landed, MONTH, registered=fitting)) == set()
    assert failing(expectations.validate_landed(roll, landed, MONTH, registered=small)) == {"row_volume"}


def set_first(column: str, value: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    def change(frame: pl.DataFrame) -> pl.DataFrame:
        first = pl.int_range(pl.len()) == 0
        return frame.with_columns(pl.when(first).then(pl.lit(value)).otherwise(column).cast(frame.schema[column]).alias(column))

    return change


@pytest.mark.parametrize(
    ("table", "change", "checks", "failed"),
    [
        ("persons", lambda rows: pl.concat([rows, rows.head(1)]), {"key_unique"}, 2),
        ("persons", set_first("person_id", None), {"filled:person_id"}, 1),
        ("persons", set_first("match_probability", 1.2), {"share:match_probability"}, 1),
        ("persons", set_first("sex_code", "3"), {"code:sex_code"}, 1),
        ("findings", set_first("first_month", "2016-6"), {"month:first_month"}, 1),
        ("findings", set_first("from_month", "2016-11"), {"order:from_month"}, 1),
        ("findings", set_first("sentence_en", None), {"filled:sentence_en"}, 1),
        ("findings", set_first("excess_amount", -5), {"amount:excess_amount"}, 1),
        ("finding_evidence", lambda rows: pl.concat([rows, rows.head(1)]), {"key_unique"}, 2),
    ],
)
def test_a_broken_table_fails_exactly_its_check(
    tables: Tables, table: str, change: Callable[[pl.DataFrame], pl.DataFrame], checks: set[str], failed: int
) -> None:
    assert failing(expectations.validate_table(table, tables[table], MONTH)) == set()
    results = expectations.validate_table(table, change(tables[table]), MONTH)
    assert failing(results) == checks
    assert results.filter(~pl.col("is_passed"))["failed_count"].to_list() == [failed]


def test_recoveries_may_be_negative_but_payments_not(tables: Tables) -> None:
    evidence = tables["finding_evidence"].with_columns(
        (pl.col("amount") * -1).cast(FIELDS["amount"].dtype).alias("amount"), pl.lit("recovery").alias("benefit_kind_code")
    )
    assert failing(expectations.validate_table("finding_evidence", evidence, MONTH)) == set()
    paid = evidence.with_columns(pl.lit("regular").alias("benefit_kind_code"))
    assert failing(expectations.validate_table("finding_evidence", paid, MONTH)) == {"amount:amount"}


def test_a_wrong_type_is_named(tables: Tables) -> None:
    persons = tables["persons"].with_columns(pl.col("mention_count").cast(pl.Int32))
    results = expectations.validate_table("persons", persons, MONTH).filter(~pl.col("is_passed"))
    assert results.select("check_name", "failed_count").rows() == [("types", 1)]


def test_a_crash_is_not_a_failure(tables: Tables) -> None:
    textual = tables["persons"].with_columns(pl.lit("much").alias("match_probability"))
    with pytest.raises(expectations.CheckCrashed, match="share:match_probability"):
        expectations.validate_table("persons", textual, MONTH)


def test_every_result_speaks_both_languages_and_conforms(tables: Tables, roll: Roll, landed: pl.DataFrame) -> None:
    frames = {name: tables[name] for name in ("persons", "findings", "finding_evidence", "deliveries")} | {"landed/dibao_members": landed}
    results = expectations.validate_frames(frames, {roll.roll: roll}, MONTH)
    assert results.equals(conform_table(results, "check_results"))
    assert results["sentence_zh"].str.contains(r"\p{Han}").all()
    assert not results["sentence_en"].str.contains(r"[，。；]").any()
    assert results.select("table_name", "check_name").is_unique().all()
    assert {"landed/dibao_members", "persons", "finding_evidence"} <= set(results["table_name"])


def test_an_empty_table_passes() -> None:
    results = expectations.validate_table("benefits", conform_table(pl.DataFrame(), "benefits"), MONTH)
    assert failing(results) == set()


def test_evidence_of_an_unknown_finding_is_found(tables: Tables) -> None:
    frames = {"findings": tables["findings"], "finding_evidence": tables["finding_evidence"]}
    assert failing(check_between_frames(frames, MONTH)) == set()
    orphaned = frames | {"findings": tables["findings"].slice(1)}
    results = check_between_frames(orphaned, MONTH)
    assert failing(results) == {"refers:finding_id"}
    assert results.filter(~pl.col("is_passed"))["failed_count"].to_list() == [5]


def test_a_vanished_row_is_found(tables: Tables) -> None:
    deliveries = tables["deliveries"]
    assert failing(check_between_frames({"deliveries": deliveries}, MONTH)) == set()
    lost = set_first("landed_count", 94)(deliveries)
    assert failing(check_between_frames({"deliveries": lost}, MONTH)) == {"rows_accounted_for"}


@pytest.mark.parametrize("part", ["landed_count", "quarantined_count", "refused_count", "skipped_count"])
def test_every_part_of_a_file_counts_in_the_sum(tables: Tables, part: str) -> None:
    counted = tables["deliveries"].with_columns(pl.col("row_count") + 3, pl.col(part).fill_null(0) + 3)
    assert failing(check_between_frames({"deliveries": counted}, MONTH)) == set()
    silent = tables["deliveries"].with_columns(pl.col(part).fill_null(0) + 3)
    results = check_between_frames({"deliveries": silent}, MONTH)
    assert results.filter(~pl.col("is_passed")).select("check_name", "is_blocking").rows() == [("rows_accounted_for", True)]


def test_landed_rows_of_the_month_are_counted_again(landed: pl.DataFrame) -> None:
    rows = pl.concat([landed.with_columns(month=pl.lit(MONTH)), landed.head(7).with_columns(month=pl.lit("2016-01"))])
    delivery = {"roll": "dibao_members", "month": MONTH, "file_number": 1, "sheet_number": 1, "row_count": 40, "landed_count": 40}
    deliveries = conform_table(pl.DataFrame([delivery]), "deliveries")
    assert failing(check_between_frames({"deliveries": deliveries, "landed/dibao_members": rows}, MONTH)) == set()
    results = check_between_frames({"deliveries": deliveries, "landed/dibao_members": rows.slice(1)}, MONTH)
    assert results.filter(~pl.col("is_passed")).select("check_name", "failed_count", "is_blocking").rows() == [("rows_landed", 1, True)]


@pytest.fixture
def accounted(landed: pl.DataFrame) -> Tables:
    """One roll of two files: 30 rows landed of the first, 2 sent back; 10 of the second, which states its own total."""
    rows = landed.with_columns(month=pl.lit(MONTH), file_number=pl.when(pl.int_range(pl.len()) < 30).then(1).otherwise(2).cast(pl.Int64))
    file = {"roll": "dibao_members", "month": MONTH, "file_name": "成员.csv", "sheet": "", "sheet_number": 1}
    first = {"file_number": 1, "file_hash": "a", "row_count": 32, "landed_count": 30, "quarantined_count": 2}
    second = {"file_number": 2, "file_hash": "b", "row_count": 10, "landed_count": 10, "declared_count": 10, "counted_count": 10}
    deliveries = conform_table(pl.DataFrame([file | first, file | second], infer_schema_length=None), "deliveries")
    sent_back = [{**file, "quarantine_id": f"q{n}", "scope_code": "row", "row_number": n, "file_hash": "a"} for n in (7, 9)]
    later = {**file, "quarantine_id": "q99", "scope_code": "row", "row_number": 8, "file_hash": "a", "reason_code": "NO_PERSON"}
    quarantine = conform_table(pl.DataFrame([*sent_back, later], infer_schema_length=None), "quarantine")
    inbox = pl.DataFrame({"roll": ["dibao_members"] * 2, "month": [MONTH] * 2, "file_number": [1, 2]})
    refused = deliveries.with_columns(is_refused=pl.lit(value=False))
    return {"deliveries": refused, "quarantine": quarantine, "inbox": inbox, "landed/dibao_members": rows}


LOSSES: dict[str, tuple[str, Callable[[pl.DataFrame], pl.DataFrame], str, bool]] = {
    # what happens to which frame, the check that tells, and whether it stops publishing
    "landed_row_gone": ("landed/dibao_members", lambda rows: rows.slice(1), "rows_landed", True),
    "landed_row_in_the_other_file": (
        "landed/dibao_members",
        lambda rows: rows.with_columns(file_number=pl.lit(1, dtype=pl.Int64())),
        "rows_landed",
        True,
    ),
    "quarantined_row_gone": ("quarantine", lambda rows: rows.slice(1), "rows_quarantined", True),
    "file_never_read": ("deliveries", lambda rows: rows.filter(pl.col("file_number") == 1), "files_accounted_for", True),
    "other_total_stated": ("deliveries", lambda rows: rows.with_columns(pl.col("declared_count") + 2), "declared_count", False),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_every_file_is_accounted_for(accounted: Tables, loss: str) -> None:
    assert failing(check_between_frames(accounted, MONTH)) == set()
    frame, lose, check, is_blocking = LOSSES[loss]
    results = check_between_frames(accounted | {frame: lose(accounted[frame])}, MONTH).filter(pl.col("check_name") == check)
    assert results.select("is_passed", "is_blocking").rows() == [(False, is_blocking)]
    if check == "declared_count":
        assert "12 ≠ 10" in results["sentence_zh"][0] and "12 ≠ 10" in results["sentence_en"][0]


def test_a_landed_roll_that_vanished_whole_is_found(accounted: Tables) -> None:
    gone = {name: frame for name, frame in accounted.items() if not name.startswith("landed/")}
    results = check_between_frames(gone, MONTH).filter(~pl.col("is_passed"))
    assert results.select("table_name", "check_name", "failed_count").rows() == [("landed/dibao_members", "rows_landed", 40)]


@pytest.mark.parametrize("table", ["benefits", "needs", "statuses", "cases", "relations"])
def test_fact_of_an_unknown_person_stops_publishing(table: str) -> None:
    persons = conform_table(pl.DataFrame({"person_id": ["P1"]}), "persons")
    facts = conform_table(pl.DataFrame({"person_id": ["P1", "P2", None]}), table)
    results = check_between_frames({"persons": persons, table: facts}, MONTH).filter(~pl.col("is_passed"))
    assert results.select("table_name", "check_name", "failed_count", "is_blocking").rows() == [(table, "refers:person_id", 1, True)]


def test_every_table_and_roll_yields_sound_checks(district: District) -> None:
    for table in TABLES:
        checks = find_table_checks(table)
        assert len({check.name for check in checks}) == len(checks)
        assert all(set(check.columns) <= set(TABLES[table].columns) for check in checks)
    for declared in district.rolls.values():
        names = [check.name for check in find_landed_checks(declared, 400_000)]
        assert len(set(names)) == len(names)


def test_suites_can_be_built_and_carry_severity(roll: Roll) -> None:
    suite = expectations.build_landed_suite(roll)
    severities = {expectation.meta["check"]: str(expectation.severity.value) for expectation in suite.expectations}
    assert severities["filled:name"] == "critical"
    assert severities["mostly_filled:identity_number"] == "warning"
    assert expectations.build_table_suite("findings").name == "findings"
