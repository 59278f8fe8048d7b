"""The DuckDB connection linkage runs on, and the character-level macros its SQL is written with.

Belongs here: opening the engine, moving frames in and out. Does not belong here: what is compared (`comparisons`) or how
pairs are found (`blocking`).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

THREADS: Final = 2
MEMORY_LIMIT: Final = "2GB"
"""Past this the engine spills into its folder: a whole district must fit a desktop beside the frames themselves."""

# DuckDB's own string distances count bytes, and one Chinese character is three of them: every comparison of names is
# written with these macros, which count characters.
MACROS: Final = (
    """create or replace macro characters_apart(a, b) as case when length(a) <> length(b) then 99 else
       list_sum(list_transform(list_zip(string_split(a, ''), string_split(b, '')), lambda z: (z[1] <> z[2])::int)) end""",
    """create or replace macro fits_gaps(a, b) as length(a) = length(b) and
       list_sum(list_transform(list_zip(string_split(a, ''), string_split(b, '')),
                lambda z: (z[1] <> z[2] and z[1] not in ('?', '？') and z[2] not in ('?', '？'))::int)) = 0""",
    "create or replace macro has_gap(a) as contains(a, '?') or contains(a, '？')",
    """create or replace macro is_shortened(a, b) as length(a) <> length(b) and least(length(a), length(b)) >= 2
       and (contains(a, b) or contains(b, a))""",
    "create or replace macro surname_of(a) as replace(split_part(a, ', ', 1), ' ', '')",
    "create or replace macro first_name_of(a) as split_part(split_part(a, ', ', 2), ' ', 1)",
    "create or replace macro middle_name_of(a) as split_part(split_part(a, ', ', 2), ' ', 2)",
    "create or replace macro suffix_of(a) as split_part(a, ', ', 3)",
    "create or replace macro fits_suffix(a, b) as suffix_of(a) = suffix_of(b) or suffix_of(a) = '' or suffix_of(b) = ''",
    """create or replace macro fits_rest(a, b) as fits_suffix(a, b) and (middle_name_of(a) = '' or middle_name_of(b) = ''
       or starts_with(middle_name_of(a), middle_name_of(b)) or starts_with(middle_name_of(b), middle_name_of(a)))""",
    """create or replace macro is_fuller(a, b) as surname_of(a) = surname_of(b) and first_name_of(a) = first_name_of(b)
       and first_name_of(a) <> '' and fits_rest(a, b) and suffix_of(a) = suffix_of(b)""",
    """create or replace macro words_of(a) as list_sort(list_filter(
       string_split(concat(split_part(a, ', ', 1), ' ', split_part(a, ', ', 2)), ' '), lambda w: length(w) > 1))""",
    """create or replace macro has_same_words(a, b) as suffix_of(a) = suffix_of(b) and len(words_of(a)) >= 2 and (words_of(a) = words_of(b)
       or (first_name_of(a) = first_name_of(b) and fits_rest(a, b) and len(list_intersect(string_split(split_part(a, ', ', 1), ' '),
           string_split(split_part(b, ', ', 1), ' '))) > 0))""",
    """create or replace macro is_initial(a, b) as surname_of(a) = surname_of(b) and fits_rest(a, b)
       and least(length(first_name_of(a)), length(first_name_of(b))) = 1 and first_name_of(a)[1] = first_name_of(b)[1]""",
    """create or replace macro is_one_letter(a, b) as fits_suffix(a, b) and least(length(a), length(b)) >= 8
       and damerau_levenshtein(concat(surname_of(a), first_name_of(a)), concat(surname_of(b), first_name_of(b))) = 1""",
    """create or replace macro has_other_surname(a, b) as first_name_of(a) = first_name_of(b) and length(first_name_of(a)) > 1
       and fits_rest(a, b)""",
    """create or replace macro is_one_swap(a, b) as characters_apart(a, b) = 2 and
       list_sum(list_transform(range(1, length(a)), lambda i: (a[i] <> b[i] and a[i] = b[i + 1] and a[i + 1] = b[i])::int)) = 1""",
    """create or replace macro is_one_slip(a, b) as case when length(a) = length(b) then characters_apart(a, b) <= 1 or is_one_swap(a, b)
       when abs(length(a) - length(b)) = 1 then levenshtein(a, b) = 1 else false end""",
)


@contextmanager
def open_engine(workdir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield an in-memory connection with two threads (or TUODI_THREADS) that spills into `workdir` and never looks for the network."""
    workdir.mkdir(parents=True, exist_ok=True)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": os.environ.get("TUODI_THREADS", str(THREADS)),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(workdir),
        "preserve_insertion_order": "false",
    }
    connection = duckdb.connect(config=settings)
    try:
        for macro in MACROS:
            connection.execute(macro)
        yield connection
    finally:
        connection.close()


def look_up(frame: pl.DataFrame, table: pl.DataFrame, on: list[str], column: str) -> pl.Series:
    """Return `column` of `table` for every row of `frame`, null where absent.

    A join would copy every column of a frame of millions of mentions; this copies the keys only.
    """
    found = frame.select(on).join(table.select(*on, column), on=on, how="left", nulls_equal=True, maintain_order="left")
    return found.get_column(column)


def store_frame(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Keep `frame` as table `name`."""
    connection.register("arriving", frame)
    connection.execute(f"create or replace table {name} as select * from arriving")
    connection.unregister("arriving")
