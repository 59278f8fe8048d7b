"""The published warehouse: one immutable DuckDB file per month, built beside and renamed in.

Belongs here: building, commenting, proving, publishing and reading that file. Does not belong here: what the tables
mean (`schema`, `dictionary`), how they came about, and any other use of DuckDB (linkage has its own).

Readers never see half a file: it is built under another name in the same folder, closed, flushed to disk and renamed
over the old one; a reader that holds the old file keeps it. Two builds of the same content differ in their bytes, so
sameness is proven by `content_digest`.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from registry.dictionary import SCHEMAS, MetaTable, build_dictionary, describe_column, describe_table
from registry.district import District
from registry.errors import CheckFailed, RegistryError
from registry.schema.tables import TABLES, polars_schema, require_table

STORAGE_VERSION: Final = "v1.4.0"
CURRENT: Final = "current.json"
SPARE_BYTES: Final = 64 * 1024 * 1024
# Nothing may try the network: an extension that is not built in is an error, not a download.
OFFLINE: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def publish_warehouse(folder: Path, month: str, tables: Mapping[str, pl.DataFrame], district: District) -> Path:
    """Build the warehouse of `month` from `tables` and make it the published one.

    Args:
        folder: where warehouses are kept; created when absent.
        month: YYYY-MM; gives the file its name.
        tables: frames by table name; each must conform to its declaration and have unique keys.
        district: gives the code lists, programmes, departments, rolls and places of the schema `meta`.

    Returns:
        The path of the published file, mode 0440, with `current.json` beside it.

    Raises:
        CheckFailed: a key is not unique, or the disk is too small or cannot be written; what was published is untouched.
        SchemaMismatch: a frame differs from its declaration.
    """
    conformed = {name: _require_sound(name, tables[name]) for name in sorted(_require_known(tables))}
    folder.mkdir(parents=True, exist_ok=True)
    _require_space(folder, sum(frame.estimated_size() for frame in conformed.values()))
    building = folder / f".warehouse_{month}.building"
    _remove(building)
    try:
        digest = _build(building, conformed, build_dictionary(district, month))
        return _swap_in(building, folder, month, digest, {name: frame.height for name, frame in conformed.items()})
    except (OSError, duckdb.IOException) as error:
        raise CheckFailed(
            f"{folder} 写入失败（{error}）；已发布的数据库未变，请检查磁盘与权限后重试",
            f"{folder}: writing failed ({error}); what was published is unchanged, check disk and permissions and run again",
        ) from error
    finally:
        _remove(building)


def find_current(folder: Path) -> Path:
    """Return the published warehouse of `folder`, or raise when nothing was published yet."""
    path = folder / str(read_current(folder)["name"])
    if not path.is_file():
        raise RegistryError(f"已发布的数据库不在：{path}，请重新运行该月", f"the published file is gone: {path}; run that month again")
    return path


def read_current(folder: Path) -> dict[str, object]:
    """Return `current.json`: name, month, sha256 of the file, content digest, rows per table."""
    pointer = folder / CURRENT
    if not pointer.is_file():
        raise RegistryError(f"{folder} 尚无已发布的月份，先运行 tuodi run", f"nothing is published in {folder} yet; run `tuodi run` first")
    document: dict[str, object] = json.loads(pointer.read_text(encoding="utf-8"))
    return document


def read_table(path: Path, table: str, where: tuple[str, Sequence[str]] | None = None) -> pl.DataFrame:
    """Return a published table as declared, in key order.

    Args:
        path: a warehouse file.
        table: name as in TABLES.
        where: a column and the values wanted in it; all rows when absent.
    """
    declared = polars_schema(table)
    query = f"SELECT {_listed(declared.names())} FROM {_quoted(TABLES[table].schema)}.{_quoted(table)}"
    with _reading(path) as connection:
        if where is None:
            rows = connection.sql(query).pl()
        else:
            rows = connection.sql(f"{query} WHERE {_quoted(where[0])} IN (SELECT unnest(?))", params=[list(where[1])]).pl()
    return require_table(rows.cast(dict(declared)), table)


def content_digest(path: Path) -> str:
    """Return the digest of everything published in `path`.

    It depends on the names, types and cells of all tables and on nothing else: not on the order of rows, the bytes of
    the file, the number of threads or the clock. Equal digests mean equal content.
    """
    with _reading(path) as connection:
        return _digest(connection, str(connection.sql("SELECT current_database()").fetchall()[0][0]))


def _require_known(tables: Mapping[str, pl.DataFrame]) -> Mapping[str, pl.DataFrame]:
    unknown = sorted(set(tables) - set(TABLES))
    if unknown:
        raise CheckFailed(f"未声明的表：{unknown}", f"tables nobody declared: {unknown}; see registry/schema/tables.py")
    return tables


def _require_sound(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` as declared and sorted; raise when two of them share a key."""
    conformed = require_table(rows, name)
    key = list(TABLES[name].key)
    repeated = conformed.height - conformed.select(key).unique().height
    if repeated:
        raise CheckFailed(
            f"{name} 有 {repeated} 行主键重复（{'、'.join(key)}），未发布",
            f"{name}: {repeated} rows repeat a key ({', '.join(key)}); nothing was published",
        )
    return conformed


def _require_space(folder: Path, content_bytes: float) -> None:
    needed, free = content_bytes + SPARE_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        raise CheckFailed(
            f"{folder} 磁盘空间不足：需要 {needed:,.0f} 字节，剩余 {free:,}；未发布，请清理后重试",
            f"{folder}: {needed:,.0f} bytes needed, {free:,} free; nothing was published, make room and run again",
        )


def _build(path: Path, tables: Mapping[str, pl.DataFrame], dictionary: Mapping[str, MetaTable]) -> str:
    """Write a complete database to `path`, leave no write-ahead log, and return its content digest."""
    with duckdb.connect(config=OFFLINE) as connection:
        connection.execute(f"ATTACH {_literal(str(path))} AS warehouse (STORAGE_VERSION '{STORAGE_VERSION}')")
        connection.execute("USE warehouse")
        for schema in SCHEMAS:
            connection.execute(f"CREATE SCHEMA {_quoted(schema)}")
        for name, rows in tables.items():
            comments = {column: describe_column(column) for column in rows.columns}
            _write(connection, f"{_quoted(TABLES[name].schema)}.{_quoted(name)}", rows, describe_table(name), comments)
        for name, meta in dictionary.items():
            comments = {column: title.show() for column, title in meta.columns.items()}
            _write(connection, f"meta.{_quoted(name)}", meta.rows, meta.row.show(), comments)
        digest = _digest(connection, "warehouse")
        connection.execute("USE memory")
        connection.execute("CHECKPOINT warehouse")
        connection.execute("DETACH warehouse")
    return digest


def _write(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame, comment: str, comments: Mapping[str, str]) -> None:
    columns = ", ".join(f"{_quoted(name)} {_sql_type(dtype)}" for name, dtype in rows.schema.items())
    connection.execute(f"CREATE TABLE {table} ({columns})")
    connection.register("incoming_rows", rows)
    connection.execute(f"INSERT INTO {table} SELECT {_listed(rows.columns)} FROM incoming_rows")
    connection.unregister("incoming_rows")
    connection.execute(f"COMMENT ON TABLE {table} IS {_literal(comment)}")
    for name, text in comments.items():
        connection.execute(f"COMMENT ON COLUMN {table}.{_quoted(name)} IS {_literal(text)}")


def _sql_type(dtype: pl.DataType) -> str:
    """Return the DuckDB type of a declared column; spelled out so that nothing is inferred from the rows."""
    if isinstance(dtype, pl.Decimal):
        return f"DECIMAL({dtype.precision}, {dtype.scale})"
    names = {pl.String: "VARCHAR", pl.Date: "DATE", pl.Int64: "BIGINT", pl.Float64: "DOUBLE", pl.Boolean: "BOOLEAN"}
    return names[type(dtype)]


def _digest(connection: duckdb.DuckDBPyConnection, catalog: str) -> str:
    """Return one SHA-256 over the sorted row hashes of every table of `catalog`, tables and columns named."""
    listed = connection.sql(
        "SELECT schema_name, table_name, list(column_name ORDER BY column_index), list(data_type ORDER BY column_index)"
        f" FROM duckdb_columns() WHERE database_name = {_literal(catalog)} AND NOT internal GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    total = hashlib.sha256()
    for schema, table, columns, types in listed:
        # Each cell carries its length, so that no two different rows write the same text; a null writes "-".
        cells = ", ".join(f"coalesce(length({_quoted(c)}::VARCHAR) || ':' || {_quoted(c)}::VARCHAR, '-')" for c in columns)
        rows, digest = connection.sql(
            f"SELECT count(*), sha256(coalesce(string_agg(row_hash, '' ORDER BY row_hash), ''))"
            f" FROM (SELECT md5(concat({cells})) AS row_hash FROM {_quoted(catalog)}.{_quoted(schema)}.{_quoted(table)})"
        ).fetchall()[0]
        total.update(json.dumps([schema, table, columns, types, rows, digest]).encode())
    return total.hexdigest()


def _swap_in(building: Path, folder: Path, month: str, digest: str, rows: Mapping[str, int]) -> Path:
    """Flush the finished file, rename it over the old one, then point `current.json` at it."""
    final = folder / f"warehouse_{month}.duckdb"
    building.chmod(0o440)
    _flush(building)
    current = {"name": final.name, "month": month, "sha256": _hash_file(building), "digest": digest, "rows": dict(rows)}
    building.replace(final)
    _flush(folder)
    pointer = folder / f".{CURRENT}.building"
    pointer.write_text(json.dumps(current, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    _flush(pointer)
    pointer.replace(folder / CURRENT)
    _flush(folder)
    return final


def _flush(path: Path) -> None:
    """Wait until the disk has `path` (a file or a folder's list of names)."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hash_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _remove(building: Path) -> None:
    """Remove what an earlier, interrupted build left."""
    for path in (building, building.with_name(f"{building.name}.wal")):
        path.unlink(missing_ok=True)


@contextmanager
def _reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published file read-only and offline, or raise naming it."""
    try:
        connection = duckdb.connect(str(path), read_only=True, config=OFFLINE)
    except duckdb.Error as error:
        raise RegistryError(f"无法打开 {path}：{error}", f"cannot open {path}: {error}") from error
    with connection:
        yield connection


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _listed(names: Sequence[str]) -> str:
    return ", ".join(_quoted(name) for name in names)


def _literal(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
