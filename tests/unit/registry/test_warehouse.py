"""The published file: commented throughout, proven, whole or untouched."""

import hashlib
import json
import sqlite3
import stat
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from registry import warehouse
from registry.district import District, DistrictFile, Linkage, Programme
from registry.errors import CheckFailed, RegistryError, SchemaMismatch
from registry.roll import Column, Delivery, PersonClause, Roll, Words
from registry.schema.tables import TABLES, conform_table, empty_table

MONTH = "2016-06"


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    folder = tmp_path_factory.mktemp("district")
    (folder / "places.csv").write_text(
        "place_code,parent_code,level,name,aliases,valid_from,valid_to,successor_code\n359921101201,,village,山下村,,,,\n", encoding="utf-8"
    )
    settings = DistrictFile(
        district="s_district",
        title=Words(zh="S区", en="S District"),
        currency="CNY",
        first_month="2016-01",
        identity_prefixes=["359921"],
        departments={"civil_affairs": Words(zh="区民政局", en="Civil Affairs Bureau")},
        register_roll="hukou",
        death_roll="deaths",
    )
    roll = Roll(
        roll="hukou",
        code="R29",
        title=Words(zh="户籍人口", en="Household register"),
        department="civil_affairs",
        legal_basis="户口登记条例",
        retention_months=24,
        delivery=Delivery(glob=["*户籍*"]),
        columns={"name": Column(heads=["姓名", "名字"], kind="name")},
        people=[PersonClause(role="subject", name="name")],
    )
    programme = Programme(
        code="DIB",
        title=Words(zh="最低生活保障", en="Minimum living allowance"),
        department="civil_affairs",
        unit="H",
        need="income",
        fund="state",
        period="month",
        legal_basis="社会救助暂行办法",
    )
    linkage = Linkage.model_construct(blocking=[], comparisons=[])
    return District(folder, settings, {"hukou": roll}, {"DIB": programme}, (), {}, linkage)


def _persons(count: int = 5) -> pl.DataFrame:
    rows = {
        "person_id": [f"P{i:07d}" for i in range(count)],
        "person_name": [None if i == 1 else f"陈美英{i}" for i in range(count)],
        "birth_date": [date(1951, 1, 1) + timedelta(days=i) for i in range(count)],
        "is_local": [i % 2 == 0 for i in range(count)],
        "mention_count": list(range(count)),
        "match_probability": [1.0 - i / 10 for i in range(count)],
    }
    return conform_table(pl.DataFrame(rows), "persons")


def _benefits() -> pl.DataFrame:
    rows = {"benefit_id": ["b1", "b2"], "person_id": ["P0000001", None], "amount": [Decimal("150.00"), Decimal("-3210.50")]}
    return conform_table(pl.DataFrame(rows), "benefits")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, district: District) -> Path:
    tables = {name: empty_table(name) for name in TABLES} | {"persons": _persons(), "benefits": _benefits()}
    return warehouse.publish_warehouse(tmp_path_factory.mktemp("warehouse"), MONTH, tables, district)


def _query(path: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.sql(query).fetchall()


def test_every_table_stands_in_its_schema(published: Path) -> None:
    found = set(_query(published, "SELECT schema_name, table_name FROM duckdb_tables() WHERE schema_name <> 'meta'"))
    assert found == {(table.schema, name) for name, table in TABLES.items() if table.schema != "meta"}


def test_every_table_and_column_is_commented_in_both_languages(published: Path) -> None:
    for catalogue in ("duckdb_tables()", "duckdb_columns()"):
        bare = _query(published, f"SELECT * FROM {catalogue} WHERE NOT internal AND coalesce(comment, '') NOT LIKE '% / %'")
        assert bare == []
    assert _query(published, "SELECT count(*) FROM duckdb_columns() WHERE NOT internal")[0][0] > 300  # type: ignore[operator]


def test_tables_of_findings_say_that_they_hold_leads(published: Path) -> None:
    comments = _query(published, "SELECT comment FROM duckdb_tables() WHERE schema_name = 'findings'")
    assert len(comments) == 3
    assert all("线索" in str(text) and "not a decision" in str(text) for (text,) in comments)


def test_dictionary_explains_codes_programmes_heads_and_places(published: Path) -> None:
    assert _query(published, "SELECT zh, en FROM meta.codes WHERE list = 'sex' AND code = '2'") == [("女", "female")]
    assert _query(published, "SELECT zh FROM meta.programmes WHERE programme_code = 'DIB'") == [("最低生活保障",)]
    assert _query(published, "SELECT heads FROM meta.roll_columns WHERE roll = 'hukou'") == [("姓名|名字",)]
    assert _query(published, "SELECT name FROM meta.places") == [("山下村",)]
    assert _query(published, "SELECT level FROM meta.columns WHERE table_name = 'persons' AND column_name = 'person_name'") == [("L3",)]
    assert _query(published, "SELECT en FROM meta.departments") == [("Civil Affairs Bureau",)]


def test_file_is_read_only_alone_and_described(published: Path) -> None:
    assert stat.S_IMODE(published.stat().st_mode) == 0o440
    assert sorted(path.name for path in published.parent.iterdir()) == ["current.json", f"warehouse_{MONTH}.duckdb"]
    current = json.loads((published.parent / "current.json").read_text(encoding="utf-8"))
    assert current["rows"]["persons"] == 5
    assert current["digest"] == warehouse.content_digest(published)
    assert warehouse.find_current(published.parent) == published


def test_file_has_the_storage_version_older_clients_open(published: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{published}' AS old (READ_ONLY)")
        tags = connection.sql("SELECT tags FROM duckdb_databases() WHERE database_name = 'old'").fetchall()[0][0]
    assert "v1.4.0" in str(tags["storage_version"])


def test_reading_gives_back_what_was_published(published: Path) -> None:
    assert warehouse.read_table(published, "persons").equals(_persons())
    assert warehouse.read_table(published, "benefits").equals(_benefits())
    assert warehouse.read_table(published, "findings").equals(empty_table("findings"))
    wanted = warehouse.read_table(published, "persons", ("person_id", ["P0000003", "P0000001", "none"]))
    assert wanted["person_id"].to_list() == ["P0000001", "P0000003"]


def test_digest_ignores_row_order_and_threads(tmp_path: Path) -> None:
    people, digests = _persons(5_000), set()
    for number, rows in enumerate((people, people.reverse(), people.sample(fraction=1, shuffle=True, seed=4))):
        path = tmp_path / f"{number}.duckdb"
        with duckdb.connect(str(path), config={"threads": 1 + number % 2}) as connection:
            connection.execute("CREATE SCHEMA registry")
            connection.register("rows", rows)
            connection.execute("CREATE TABLE registry.persons AS FROM rows")
            digests.add(warehouse._digest(connection, str(number)))
        digests.add(warehouse.content_digest(path))
    assert len(digests) == 1


def _with_cell(column: str, value: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    def change(persons: pl.DataFrame) -> pl.DataFrame:
        last = pl.col("person_id") == "P0000004"
        return persons.with_columns(pl.when(last).then(pl.lit(value, dtype=persons.schema[column])).otherwise(pl.col(column)).alias(column))

    return change


@pytest.mark.parametrize(
    "change",
    [
        _with_cell("person_name", "陈美音"),
        _with_cell("person_name", None),
        _with_cell("is_local", False),
        _with_cell("match_probability", 0.61),
    ],
)
def test_digest_changes_with_one_cell(tmp_path: Path, district: District, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    before = warehouse.publish_warehouse(tmp_path / "a", MONTH, {"persons": _persons()}, district)
    after = warehouse.publish_warehouse(tmp_path / "b", MONTH, {"persons": change(_persons())}, district)
    assert warehouse.content_digest(before) != warehouse.content_digest(after)


def test_digest_tells_a_cell_from_its_neighbour(tmp_path: Path, district: District) -> None:
    """A value that moves one column to the right must not leave the same digest."""
    digests = set()
    for column in ("name_key", "identity_number"):
        rows = conform_table(pl.DataFrame({"person_id": ["P1"], column: ["陈"]}), "persons")
        digests.add(warehouse.content_digest(warehouse.publish_warehouse(tmp_path / column, MONTH, {"persons": rows}, district)))
    assert len(digests) == 2


def _digest_of(statement: str) -> str:
    with duckdb.connect() as connection:
        connection.execute(statement)
        return warehouse._digest(connection, "memory")


@pytest.mark.parametrize(
    "other",
    [
        "CREATE TABLE t AS SELECT 'a' AS x, 'bc' AS y",
        "CREATE TABLE u AS SELECT 'ab' AS x, 'c' AS y",
        "CREATE TABLE t AS SELECT 'ab' AS x, 'c' AS z",
        "CREATE TABLE t AS SELECT 'ab' AS x, 'c' AS y UNION ALL SELECT 'ab', 'c'",
    ],
    ids=["letters move between cells", "table renamed", "column renamed", "row repeated"],
)
def test_digest_knows_cells_and_names_apart(other: str) -> None:
    assert _digest_of(other) != _digest_of("CREATE TABLE t AS SELECT 'ab' AS x, 'c' AS y")


def test_current_names_the_bytes_and_a_file_that_is_gone(tmp_path: Path, district: District) -> None:
    path = warehouse.publish_warehouse(tmp_path, MONTH, {"persons": _persons()}, district)
    assert warehouse.read_current(tmp_path)["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    path.unlink()
    with pytest.raises(RegistryError, match="gone.*run that month again"):
        warehouse.find_current(tmp_path)


def test_publishing_again_replaces_the_file_and_keeps_open_readers_whole(tmp_path: Path, district: District) -> None:
    path = warehouse.publish_warehouse(tmp_path, MONTH, {"persons": _persons()}, district)
    old = path.open("rb")
    digest = warehouse.content_digest(path)
    warehouse.publish_warehouse(tmp_path, MONTH, {"persons": _persons(9)}, district)
    assert warehouse.read_current(tmp_path)["digest"] != digest
    copy = tmp_path / "held.duckdb"
    copy.write_bytes(old.read())
    old.close()
    assert warehouse.content_digest(copy) == digest


def test_repeated_key_publishes_nothing(tmp_path: Path, district: District) -> None:
    path = warehouse.publish_warehouse(tmp_path, MONTH, {"persons": _persons()}, district)
    before, listing = path.read_bytes(), sorted(tmp_path.iterdir())
    with pytest.raises(CheckFailed, match="persons: 5 rows repeat a key"):
        warehouse.publish_warehouse(tmp_path, MONTH, {"persons": pl.concat([_persons(), _persons()])}, district)
    assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == listing


def test_build_that_breaks_half_way_leaves_the_old_file(tmp_path: Path, district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    path = warehouse.publish_warehouse(tmp_path, MONTH, {"persons": _persons()}, district)
    before, listing = path.read_bytes(), sorted(tmp_path.iterdir())

    def fail(connection: duckdb.DuckDBPyConnection, catalog: str) -> str:
        raise OSError("disk full")

    monkeypatch.setattr(warehouse, "_digest", fail)
    with pytest.raises(CheckFailed, match="disk full.*unchanged"):
        warehouse.publish_warehouse(tmp_path, MONTH, {"persons": _persons(50)}, district)
    assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == listing


def test_full_disk_is_named_before_anything_is_written(tmp_path: Path, district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse, "SPARE_BYTES", 10**18)
    with pytest.raises(CheckFailed, match="nothing was published"):
        warehouse.publish_warehouse(tmp_path, MONTH, {"persons": _persons()}, district)
    assert list(tmp_path.iterdir()) == []


def test_remains_of_a_killed_build_do_not_matter(tmp_path: Path, district: District) -> None:
    (tmp_path / f".warehouse_{MONTH}.building").write_bytes(b"half a file")
    (tmp_path / f".warehouse_{MONTH}.building.wal").write_bytes(b"log")
    path = warehouse.publish_warehouse(tmp_path, MONTH, {"persons": _persons()}, district)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["current.json", path.name]


def test_frames_that_differ_from_the_declaration_are_refused(tmp_path: Path, district: District) -> None:
    with pytest.raises(SchemaMismatch, match="birth_date"):
        warehouse.publish_warehouse(tmp_path, MONTH, {"persons": _persons().cast({"birth_date": pl.String})}, district)
    with pytest.raises(CheckFailed, match="nobody"):
        warehouse.publish_warehouse(tmp_path, MONTH, {"people": _persons()}, district)


def test_nothing_published_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="nothing is published"):
        warehouse.find_current(tmp_path)


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.duckdb"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE t (a)")
    with pytest.raises(RegistryError, match="other.duckdb"):
        warehouse.read_table(path, "persons")
