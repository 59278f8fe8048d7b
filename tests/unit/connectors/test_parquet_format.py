"""Parquet: every stored type as text, nothing rounded that was exact, what was rounded marked."""

import datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from connectors.formats.parquet import read_parquet
from connectors.refusals import FileRefused

NUMBER = 359901196703150023
DAY, MOMENT = datetime.date(2016, 3, 1), datetime.datetime(2016, 3, 1, 8, 9, 10)


def read(tmp_path: Path, rows: pl.DataFrame) -> tuple[list[list[str | None]], dict[str, list[bool]], int]:
    """Return the columns as text, head first, the marks, and the number of rows."""
    path = tmp_path / "roll.parquet"
    rows.write_parquet(path)
    sheet = read_parquet(path)
    return [sheet.cells[name].to_list() for name in sheet.cells.columns[2:]], sheet.numeric.to_dict(as_series=False), sheet.row_count


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        (pl.Series(["007", "", None]), ["007", None, None]),
        (pl.Series([NUMBER, 0, None]), [str(NUMBER), "0", None]),
        (pl.Series([2**64 - 1], dtype=pl.UInt64), ["18446744073709551615"]),
        (pl.Series([300.5, 1200.0, -0.25, float("nan"), None]), ["300.5", "1200", "-0.25", None, None]),
        (pl.Series([float(NUMBER), -float(NUMBER), 1e15]), ["359901196703150000", "-359901196703150000", "1000000000000000"]),
        (pl.Series([0.1, 300.0], dtype=pl.Float32), ["0.1", "300"]),
        (pl.Series([Decimal("300.50"), None], dtype=pl.Decimal(12, 2)), ["300.50", None]),
        (pl.Series([True, False, None]), ["1", "0", None]),
        (pl.Series([DAY, None]), ["2016-03-01", None]),
        (pl.Series([datetime.datetime(2016, 3, 1), MOMENT, None]), ["2016-03-01", "2016-03-01 08:09:10", None]),
        (pl.Series([datetime.time(8, 0)]), ["08:00:00"]),
        (pl.Series(["男", "女"], dtype=pl.Categorical), ["男", "女"]),
        (pl.Series(["陈㼆".encode(), None]), ["陈㼆", None]),
        (pl.Series([None, None]), [None, None]),
    ],
)
def test_every_type_is_written_as_text(tmp_path: Path, stored: pl.Series, written: list[str | None]) -> None:
    columns, _, row_count = read(tmp_path, pl.DataFrame({"列": stored}))
    assert columns == [["列", *written]]
    assert row_count == len(written)


def test_fractions_are_marked_and_whole_numbers_are_not(tmp_path: Path) -> None:
    """Eighteen digits are exact in a whole number of 64 bits and lost in a fraction."""
    _, marks, _ = read(tmp_path, pl.DataFrame({"whole": [NUMBER, 1], "fraction": [float(NUMBER), None], "text": ["a", "b"]}))
    assert marks == {"c1": [False, True, False]}


@pytest.mark.parametrize("nested", [[[1, 2]], [{"a": 1}]])
def test_nested_columns_are_refused_by_name(tmp_path: Path, nested: list[object]) -> None:
    with pytest.raises(FileRefused) as caught:
        read(tmp_path, pl.DataFrame({"姓名": ["陈一"], "成员": nested}))
    assert (caught.value.reason_code, caught.value.column) == ("UNREADABLE", "成员")
    assert "列“成员”含嵌套数据" in caught.value.text.zh


@pytest.mark.parametrize("damage", [lambda content: content[:-20], lambda content: content[:60], lambda content: b"PAR1" + bytes(90)])
def test_damaged_files_are_refused(tmp_path: Path, damage: "object") -> None:
    path = tmp_path / "roll.parquet"
    pl.DataFrame({"a": [str(i) for i in range(100)]}).write_parquet(path)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(FileRefused) as caught:
        read_parquet(path)
    assert caught.value.reason_code == "UNREADABLE"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        read(tmp_path, pl.DataFrame({"a": [b"\xff\xfe"]}))
