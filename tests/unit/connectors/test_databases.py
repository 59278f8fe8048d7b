"""Databases, on running servers: everything as text, one moment, nothing written, nothing half read."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

import connectors.databases as databases
from connectors.databases import capture_roll, find_capture
from connectors.refusals import FileRefused
from registry.district import load_district
from registry.errors import ConfigError
from registry.roll import Database, Delivery, Roll
from tests.unit.connectors.servers import open_mariadb, open_postgresql

SECRET = "Geheim-7731"
PEOPLE = [("庄志强", "35990119670315004X", "2016-03-01", "0070", None), ("林㼆䶮", "359901198803120013", None, None, None)]


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with open_postgresql() as url:
        yield url


@pytest.fixture(scope="module")
def mariadb() -> Iterator[str]:
    with open_mariadb() as url:
        yield url


@pytest.fixture(params=["postgresql", "mariadb"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


def make_roll(**source: str) -> Roll:
    roll = load_district("q_district").rolls["deaths"]
    return roll.model_copy(update={"delivery": Delivery(database=Database(url_env="TUODI_TEST_URL", **source))})


def run(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def fill_deaths(url: str) -> None:
    values = ", ".join("(" + ", ".join("NULL" if v is None else f"'{v}'" for v in row) + ")" for row in PEOPLE)
    run(
        url,
        "DROP TABLE IF EXISTS deaths",
        "CREATE TABLE deaths (name VARCHAR(40), id_number CHAR(18), died DATE, code CHAR(4), note VARCHAR(9))"
        + (" CHARACTER SET utf8mb4" if url.startswith("mysql") else ""),
        f"INSERT INTO deaths VALUES {values}",
    )


def capture(roll: Roll, url: str, folder: Path) -> pl.DataFrame:
    return pl.read_parquet(capture_roll(roll, "2016-06", folder, {"TUODI_TEST_URL": url}).path)


def test_every_column_is_text_and_rare_characters_live(url: str, tmp_path: Path) -> None:
    fill_deaths(url)
    rows = capture(make_roll(table="deaths"), url, tmp_path)
    assert set(rows.dtypes) == {pl.String()}
    assert rows.rows() == sorted(PEOPLE)
    assert rows["note"].null_count() == 2


def test_same_content_same_bytes_whatever_the_order(url: str, tmp_path: Path) -> None:
    fill_deaths(url)
    first = capture_roll(make_roll(query="SELECT * FROM deaths ORDER BY name"), "2016-06", tmp_path / "a", {"TUODI_TEST_URL": url})
    again = capture_roll(make_roll(query="SELECT * FROM deaths ORDER BY name DESC"), "2016-06", tmp_path / "b", {"TUODI_TEST_URL": url})
    assert first.path.read_bytes() == again.path.read_bytes()


def test_a_capture_is_kept_so_that_the_month_can_be_run_again(url: str, tmp_path: Path) -> None:
    fill_deaths(url)
    roll = make_roll(table="deaths")
    first = capture(roll, url, tmp_path)
    run(url, "DELETE FROM deaths")
    assert capture(roll, url, tmp_path).equals(first)
    assert capture_roll(roll, "2016-07", tmp_path, {"TUODI_TEST_URL": url}).row_count == 0


def test_month_values_reach_the_query_as_parameters(url: str, tmp_path: Path) -> None:
    fill_deaths(url)
    asked = "SELECT name, :month AS said FROM deaths WHERE died BETWEEN '2016-01-01' AND :last_day"
    assert capture(make_roll(query=asked), url, tmp_path).rows() == [("庄志强", "2016-06")]


def test_snapshot_day_is_that_of_the_database(url: str, tmp_path: Path) -> None:
    fill_deaths(url)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        today = connection.execute(sa.text("SELECT CURRENT_DATE")).scalar_one().isoformat()
    taken = capture_roll(make_roll(table="deaths"), "2016-06", tmp_path, {"TUODI_TEST_URL": url})
    assert taken.snapshot == today
    assert find_capture(make_roll(table="deaths"), "2016-06", tmp_path) == taken


def test_a_query_that_writes_is_refused(url: str, tmp_path: Path) -> None:
    fill_deaths(url)
    roll = make_roll(query="SELECT * FROM deaths")
    engine = databases._build_engine(Database(url_env="TUODI_TEST_URL", table="deaths"), {"TUODI_TEST_URL": url})
    with pytest.raises(sa.exc.DBAPIError, match="(?i)read.?only"), databases._open_reading(engine) as connection:
        connection.exec_driver_sql("DELETE FROM deaths")
    assert capture(roll, url, tmp_path).height == 2


def test_zero_dates_arrive_as_text(mariadb: str, tmp_path: Path) -> None:
    run(mariadb, "DROP TABLE IF EXISTS zero", "CREATE TABLE zero (d DATE, t DATETIME)", "SET SESSION sql_mode = ''")
    engine = sa.create_engine(mariadb, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("SET SESSION sql_mode = ''")
        connection.exec_driver_sql("INSERT INTO zero VALUES ('0000-00-00', '0000-00-00 00:00:00'), ('2016-02-29', NULL)")
    assert capture(make_roll(table="zero"), mariadb, tmp_path).rows() == [("0000-00-00", "0000-00-00 00:00:00"), ("2016-02-29", None)]


def test_a_table_in_a_schema_and_names_with_quotes(postgresql: str, tmp_path: Path) -> None:
    run(
        postgresql,
        "CREATE SCHEMA IF NOT EXISTS 人社",
        'CREATE TABLE IF NOT EXISTS 人社.死亡 ("姓 名" TEXT, "a""; DROP TABLE deaths; --" NUMERIC(10,2))',
        "INSERT INTO 人社.死亡 VALUES ('庄志强', 12.50)",
    )
    rows = capture(make_roll(table="人社.死亡"), postgresql, tmp_path)
    assert rows.columns == ["姓 名", 'a"; DROP TABLE deaths; --']
    assert rows.row(0) == ("庄志强", "12.50")


@contextmanager
def cut_connections(server: str, marker: str, times: int) -> Iterator[list[int]]:
    """End the connection that reads a query with `marker` (PostgreSQL: under that application name), up to `times` times."""
    stop, cut = threading.Event(), [0]

    def watch() -> None:
        engine = sa.create_engine(server, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        ask = (
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{marker}' AND query LIKE 'FETCH%%'"
            if server.startswith("postgresql")
            else f"SELECT id FROM information_schema.processlist WHERE info LIKE '%%{marker}%%CAST%%' OR (info LIKE '%%CAST%%{marker}%%')"
        )
        with engine.connect() as connection:
            while not stop.is_set() and cut[0] < times:
                found = [row[0] for row in connection.exec_driver_sql(ask) if row[0]]
                for number in found if server.startswith("mysql") else []:
                    if number != connection.exec_driver_sql("SELECT CONNECTION_ID()").scalar():
                        connection.exec_driver_sql(f"KILL {number}")
                        cut[0] += 1
                cut[0] += len(found) if server.startswith("postgresql") else 0
                time.sleep(0.02)
        engine.dispose()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield cut
    finally:
        stop.set()
        thread.join()


SLOW = {
    "postgresql": "SELECT g AS {0}, pg_sleep(0.002)::text AS w FROM generate_series(1, 300) g",
    "mysql": "SELECT seq AS {0}, SLEEP(0.002) AS w FROM seq_1_to_300",
}


def named(url: str, marker: str) -> str:
    """Return the URL of a connection that PostgreSQL shows under the name `marker`."""
    own = {"application_name": marker} if url.startswith("postgresql") else {}
    return sa.make_url(url).update_query_dict(own).render_as_string(hide_password=False)


def slow_query(url: str, marker: str) -> str:
    return SLOW[sa.make_url(url).get_backend_name()].format(marker)


def test_a_connection_lost_once_is_tried_again(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "WAITS", (0.05, 0.05))
    with cut_connections(url, "lost_once", 1) as cut:
        rows = capture(make_roll(query=slow_query(url, "lost_once")), named(url, "lost_once"), tmp_path)
    assert cut == [1] and rows.height == 300


def test_a_connection_lost_for_good_leaves_nothing_behind(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "WAITS", (0.05, 0.05))
    roll = make_roll(query=slow_query(url, "lost_always"))
    with cut_connections(url, "lost_always", 99) as cut, pytest.raises(FileRefused) as refused:
        capture(roll, named(url, "lost_always"), tmp_path)
    assert cut[0] >= 3 and refused.value.reason_code == "DATABASE_UNREACHABLE"
    assert "3" in refused.value.text.en and "TUODI_TEST_URL" in refused.value.text.en
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("source", [{"table": "nobody_here"}, {"query": "SELECT x FROM nobody_here"}, {"query": "SELEC 1"}])
def test_a_wrong_query_is_refused_at_once(url: str, tmp_path: Path, source: dict[str, str]) -> None:
    with pytest.raises(FileRefused) as refused:
        capture(make_roll(**source), url, tmp_path)
    assert "ProgrammingError" in refused.value.text.en and "after 1 attempts" in refused.value.text.en


def test_two_columns_of_one_name_are_named(url: str, tmp_path: Path) -> None:
    with pytest.raises((ConfigError, FileRefused), match="(?i)a"):
        capture(make_roll(query="SELECT 1 AS a, 2 AS a"), url, tmp_path)


def test_no_server_no_variable_no_driver_no_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "WAITS", ())
    with pytest.raises(FileRefused, match="OperationalError") as refused:
        capture(make_roll(table="deaths"), f"postgresql+psycopg://u:{SECRET}@127.0.0.1:9/x", tmp_path)
    assert SECRET not in str(refused.value) + refused.value.text.zh
    for given, said in [
        ("", "not set"),
        ("oracle+oracledb://u:p@h/x", "not installed"),
        (f"nonsense+x://u:{SECRET}@h/x", "not installed"),
        (f"u {SECRET}", "no SQLAlchemy URL"),
    ]:
        with pytest.raises(ConfigError, match=said) as wrong:
            capture(make_roll(table="deaths"), given, tmp_path)
        assert SECRET not in str(wrong.value) + wrong.value.text.zh
