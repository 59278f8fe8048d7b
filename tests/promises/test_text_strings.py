"""Hostile strings as cells and as heads of text files and Parquet: equal or refused, never changed, never a crash (D1)."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from connectors.formats.encodings import GB18030_2022
from connectors.formats.reader import Reader
from connectors.intake import Landed, land_roll
from registry.district import Limits
from registry.schema.codes import REASONS
from registry.statement import state_roll
from tests.promises.naughty import NAUGHTY
from tests.unit.connectors.deliveries_samples import COLUMNS, HEADS, deliver, make_roll, make_rows
from tests.unit.registry.landed_rows import q_district

NOTE = {"note": {"heads": ["备注"], "kind": "text", "optional": True}}
ROLL = make_roll(delivery={"glob": ["*"]}, columns={**COLUMNS, **NOTE}, ignore=["序号"])
PLAIN_ROLL = make_roll(delivery={"glob": ["*"]})
FORMS = ("comma", "tab", "every cell quoted", "gb18030", "utf-16-le", "parquet")


def write(path: Path, rows: list[list[str]], form: str) -> Path | None:
    """Write a roll in one form; None when its strings cannot be written in it at all."""
    if form == "parquet":
        pl.DataFrame({head: [row[j] for row in rows[1:]] for j, head in enumerate(rows[0])}).write_parquet(path)
        return path
    text = io.StringIO(newline="")
    delimiter = "\t" if form == "tab" else ","
    dialect = csv.unix_dialect if form == "every cell quoted" else csv.excel
    csv.writer(text, dialect, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    encoding = form if form in {"gb18030", "utf-16-le"} else "utf-8"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def name_file(tmp_path: Path, form: str) -> Path:
    return tmp_path / ("成员.parquet" if form == "parquet" else "成员.csv")


def land(path: Path, roll_of: object, reader: Reader) -> Landed:
    return land_roll(roll_of, "2016-03", deliver(path), Limits(), reader)  # type: ignore[arg-type]


def as_stored(text: str, form: str) -> str | None:
    """Return what should be landed: the string itself; text files write every line end as a line feed.

    GB18030 has no place for some private points: since 2022 their bytes stand for characters of the public area.
    """
    text = text.translate(GB18030_2022) if form == "gb18030" else text
    return (text if form == "parquet" else text.replace("\r\n", "\n").replace("\r", "\n")) or None


@pytest.mark.parametrize("form", FORMS)
def test_cells(tmp_path: Path, reader: Reader, figures: Callable[[str], None], form: str) -> None:
    """One row for each string, as a remark and as the name; the statement step reads all of them too."""
    rows = make_rows(2 * len(NAUGHTY))
    for number, text in enumerate(NAUGHTY):
        rows[number][9] = text
        rows[len(NAUGHTY) + number][4] = text
    path = write(name_file(tmp_path, form), [list(HEADS), *rows], form)
    assert path is not None
    landed = land(path, ROLL, reader)
    assert not landed.deliveries["is_refused"].any()
    kept = {row["row_id"].split("-")[-1]: row for row in landed.rows.to_dicts()}
    by_number = {row["head_id"]: row for row in kept.values()}
    sent_back = landed.quarantine
    outcomes: Counter[str] = Counter()
    for number, text in enumerate(NAUGHTY):
        for row, column in ((rows[number], "note"), (rows[len(NAUGHTY) + number], "name")):
            found = by_number.get(row[2])
            outcomes["equal" if found else "refused"] += 1
            assert found is None or found[column] == as_stored(text, form), (text, found)
    assert outcomes["refused"] == sent_back.filter(scope_code="row").height
    assert set(sent_back["reason_code"]) <= {"BAD_ENCODING", "REQUIRED_EMPTY"}
    stated = state_roll(landed.rows, ROLL, q_district())
    assert stated["mentions"].height <= landed.rows.height
    assert outcomes["equal"] >= 0.95 * outcomes.total()
    figures(f"D1 cells, {form}: {outcomes.total()} cells, {outcomes['equal']} equal, {outcomes['refused']} rows sent back, 0 crashes")


@pytest.mark.parametrize("form", ["comma", "every cell quoted", "parquet"])
def test_heads(tmp_path: Path, reader: Reader, figures: Callable[[str], None], form: str) -> None:
    """A hostile head makes a column nobody declared, and the file goes back; one that is blank or says the same is none."""
    outcomes: Counter[str] = Counter()
    path = name_file(tmp_path, form)
    for text in NAUGHTY:
        heads = [text if head == "备注" else head for head in HEADS]
        if form == "parquet" and (len(set(heads)) < len(heads) or not text):
            continue
        write(path, [heads, *make_rows(3)], form)
        landed = land(path, PLAIN_ROLL, reader)
        said = landed.quarantine
        assert set(said["reason_code"]) <= set(REASONS)
        assert landed.deliveries["is_refused"].all() == landed.rows.is_empty()
        if landed.rows.is_empty():
            outcomes["refused"] += 1
            assert all(said["sentence_zh"]) and all(said["sentence_en"])
        else:
            outcomes["equal"] += 1
            assert landed.rows["name"].to_list() == [row[4] for row in make_rows(3)]
    assert outcomes["refused"] > outcomes["equal"]
    assert reader.start_count == 1
    figures(f"D1 heads, {form}: {outcomes.total()} strings, {outcomes['equal']} known, {outcomes['refused']} refused, 0 crashes")
