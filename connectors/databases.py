"""Rolls that stand in a database: read once a month, as text, into a file that then goes through the gate like any other.

Belongs here: the only use of SQLAlchemy; the read-only transaction, the cast to text, lost connections. Does not belong here:
what the columns mean (`connectors.intake`, `registry`), and any address or password: those stand in the environment only.

The captured file makes the month repeatable: what the department's table says tomorrow does not change what was read today.
"""

import json
import os
import time
from calendar import monthrange
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl
import sqlalchemy as sa

from connectors.refusals import FileRefused, Place
from registry.errors import ConfigError
from registry.roll import Database, Roll
from registry.schema.text import Text

BATCH_ROWS: Final = 20_000
WAITS: Final = (0.5, 2.0)
"""Seconds before the second and the third attempt, after a connection was lost or refused."""

CONNECT_SECONDS: Final = 10
CONNECTING: Final[Mapping[str, dict[str, object]]] = {
    "postgresql": {"connect_timeout": CONNECT_SECONDS},
    "mysql": {"connect_timeout": CONNECT_SECONDS, "charset": "utf8mb4"},
    "mariadb": {"connect_timeout": CONNECT_SECONDS, "charset": "utf8mb4"},
}
OPENING: Final[Mapping[str, tuple[str, ...]]] = {
    # Dates in ISO whatever the server's setting; zero dates are text to us, so no mode may refuse them.
    "postgresql": ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", "SET LOCAL datestyle = 'ISO, YMD'"),
    "mysql": ("SET SESSION sql_mode = ''", "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"),
}
"""How a transaction that cannot write is opened. Elsewhere the account's own rights have to forbid writing."""


@dataclass(frozen=True)
class Capture:
    """One roll as it stood in its database: the file, the day of reading, the number of rows."""

    path: Path
    snapshot: str
    row_count: int


def capture_roll(roll: Roll, month: str, folder: Path, environment: Mapping[str, str] = os.environ) -> Capture:
    """Read the database of `roll` for `month` into `<folder>/<roll>_<month>.parquet`; a capture that is there is kept.

    Every column arrives as text. Rows are sorted, since a table has no order of its own: the same content gives the same bytes.

    Raises:
        ConfigError: the environment variable is not set, the URL cannot be read, or its driver is not installed.
        FileRefused: the database cannot be reached, refuses the query, or the connection is lost three times. Nothing is left behind.
    """
    source = roll.delivery.database
    if source is None:
        raise ConfigError(f"名册“{roll.roll}”未声明数据库", f"roll '{roll.roll}' declares no database")
    kept = find_capture(roll, month, folder)
    if kept is not None:
        return kept
    engine = _build_engine(source, environment)
    try:
        rows, snapshot = _read_patiently(engine, source, month, Place(f"{roll.roll} ({source.url_env})"))
    finally:
        engine.dispose()
    return _keep_capture(Capture(_capture_file(roll, month, folder), snapshot, rows.height), rows)


def find_capture(roll: Roll, month: str, folder: Path) -> Capture | None:
    """Return what was read of `roll` for `month` before, if anything was."""
    target = _capture_file(roll, month, folder)
    if not target.is_file():
        return None
    said = json.loads(target.with_suffix(".json").read_text(encoding="utf-8"))
    return Capture(target, said["snapshot"], said["row_count"])


def _capture_file(roll: Roll, month: str, folder: Path) -> Path:
    return folder / f"{roll.roll}_{month.replace('-', '')}.parquet"


def _keep_capture(capture: Capture, rows: pl.DataFrame) -> Capture:
    """Write the note, then the rows beside their place and rename them in: a capture is there whole or not at all."""
    capture.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    note = json.dumps({"snapshot": capture.snapshot, "row_count": capture.row_count}) + "\n"
    capture.path.with_suffix(".json").write_text(note, encoding="utf-8")
    beside = capture.path.with_suffix(".writing")
    rows.write_parquet(beside, compression="zstd")
    beside.replace(capture.path)
    return capture


def _build_engine(source: Database, environment: Mapping[str, str]) -> sa.Engine:
    """Return an engine without a pool. No message may hold the URL: it has the password in it."""
    name = source.url_env
    url = environment.get(name, "").strip()
    if not url:
        raise ConfigError(
            f"环境变量 {name} 未设置：应为数据库的 SQLAlchemy 地址，如 postgresql+psycopg://用户:口令@主机/库",
            f"environment variable {name} is not set: expected the SQLAlchemy URL of the database, such as"
            " postgresql+psycopg://user:password@host/database",
        )
    try:
        parsed = sa.make_url(url)
        return sa.create_engine(parsed, poolclass=sa.NullPool, hide_parameters=True, connect_args=dict(CONNECTING.get(_kind(parsed), {})))
    except (sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else parsed.drivername
        raise ConfigError(
            f"环境变量 {name} 所用的数据库驱动“{missing}”未安装；请安装后再运行（见 docs/how-to/read-a-database.md）",
            f"the database driver '{missing}' that {name} asks for is not installed; install it (docs/how-to/read-a-database.md)",
        ) from None
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigError(
            f"环境变量 {name} 不是有效的 SQLAlchemy 地址，应形如 方言+驱动://用户:口令@主机:端口/库",
            f"environment variable {name} is no SQLAlchemy URL; expected dialect+driver://user:password@host:port/database",
        ) from None


def _kind(url: sa.URL) -> str:
    return url.get_backend_name()


def _read_patiently(engine: sa.Engine, source: Database, month: str, place: Place) -> tuple[pl.DataFrame, str]:
    """Return rows and day of reading; a lost or refused connection is tried again from the start."""
    for wait in (*WAITS, None):
        try:
            return _read_once(engine, source, month)
        except sa.exc.DBAPIError as error:
            is_passing = isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) or error.connection_invalidated
            if wait is None or not is_passing:
                raise _refuse(place, error, len(WAITS) + 1 if is_passing else 1) from None
            time.sleep(wait)
        except sa.exc.SQLAlchemyError as error:
            raise _refuse(place, error, 1) from None
    raise AssertionError("unreachable")


def _refuse(place: Place, error: Exception, attempts: int) -> FileRefused:
    """Return the refusal; what the database said about the query is shown, what it said about data is not."""
    shown = isinstance(error, sa.exc.ProgrammingError | sa.exc.OperationalError | sa.exc.InterfaceError)
    original = str(getattr(error, "orig", "")).strip().splitlines() if shown else []
    said = f"{type(error).__name__}: {original[0][:200]}" if original else type(error).__name__
    return FileRefused(
        "DATABASE_UNREACHABLE",
        place,
        expected=Text("可读取的数据库表或查询", "a table or query that can be read"),
        got=Text(f"尝试{attempts}次后出错（{said}）", f"an error after {attempts} attempts ({said})"),
        remedy=Text(
            "请核对地址、账号权限与查询语句后重新运行；本月暂沿用上次数据",
            "check the address, the account's rights and the query, then run again; until then the last good delivery stays in force",
        ),
    )


def _read_once(engine: sa.Engine, source: Database, month: str) -> tuple[pl.DataFrame, str]:
    with _open_reading(engine) as connection:
        # The database's own clock; ours never stands in an output.
        snapshot = connection.execute(sa.select(sa.func.current_timestamp())).scalar_one().date().isoformat()
        query, values = _build_query(connection, source, month)
        result = connection.execution_options(stream_results=True, yield_per=BATCH_ROWS).execute(query, values)
        schema = dict.fromkeys(result.keys(), pl.String())
        # Given schemas keep a column that is empty in every row a text column.
        batches = [pl.DataFrame(schema=schema)]
        batches += [pl.DataFrame([tuple(row) for row in batch], schema=schema, orient="row") for batch in result.partitions()]
    rows = pl.concat(batches).with_columns(pl.all().replace("", None))
    return rows.sort(pl.all(), nulls_last=True), snapshot


@contextmanager
def _open_reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction that sees one moment and cannot write; it is rolled back at the end."""
    kind = {"mariadb": "mysql"}.get(_kind(engine.url), _kind(engine.url))
    with engine.connect() as connection:
        for statement in OPENING.get(kind, ()):
            connection.exec_driver_sql(statement)
        yield connection
        connection.rollback()


def _build_query(connection: sa.Connection, source: Database, month: str) -> tuple[sa.Select[*tuple[Any, ...]], dict[str, object]]:
    """Return the SELECT with every column cast to text, and the values of its parameters."""
    if source.table is not None:
        schema, _, name = source.table.rpartition(".")
        names = _name_columns(connection, sa.table(name, schema=schema or None), {})
        table = sa.table(name, *map(sa.column, names), schema=schema or None)
        return sa.select(*(_as_text(table.c[column], column) for column in names)), {}
    written = sa.text(str(source.query))
    asked = written.compile().params
    values = {name: value for name, value in _month_values(month).items() if name in asked}
    names = _name_columns(connection, written.columns().subquery("delivered"), values)
    inner = written.columns(*map(sa.column, names)).subquery("delivered")
    return sa.select(*(_as_text(inner.c[name], name) for name in names)), values


def _as_text(column: sa.ColumnElement[Any], name: str) -> sa.Label[str]:
    return sa.cast(column, sa.UnicodeText).label(name)


def _month_values(month: str) -> dict[str, object]:
    first = date(int(month[:4]), int(month[5:]), 1)
    return {"month": month, "first_day": first, "last_day": first.replace(day=monthrange(first.year, first.month)[1])}


def _name_columns(connection: sa.Connection, source: sa.FromClause, values: Mapping[str, object]) -> list[str]:
    """Return the column names of a table or query without reading a row of it."""
    nothing = sa.select(sa.text("*")).select_from(source).where(sa.false())
    with connection.execute(nothing, dict(values)) as result:
        names = [str(name) for name in result.keys()]  # noqa: SIM118 - a result iterates over its rows
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(
            f"查询中列名重复：{'、'.join(twice)}；请用 AS 分别命名", f"the query names columns twice: {', '.join(twice)}; name each with AS"
        )
    return names
