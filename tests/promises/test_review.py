"""Readers' verdicts through the real command line: out as a workbook, filled in, read back, held for three more months."""

import json
import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from registry.judgements import bind_judgements
from tests.integration.conftest import Answer, call_tuodi

FIRST, LATER = "2016-01", ("2016-02", "2016-03", "2016-04")
REJECTED, READERS = 220, ("王芳", "李明")
PUBLISHED = (0, 3)
"""The month came out, perhaps with a file sent back: other tests look after that."""
SAME = "同一人 / same person"


@dataclass(frozen=True)
class Reviewed:
    """A home whose first month was judged by two readers and whose later months were run afterwards."""

    home: Path
    inbox: Path
    rejected: pl.DataFrame
    accepted: pl.DataFrame
    imports: tuple[Answer, ...]


def _read(home: Path, month: str, table: str) -> pl.DataFrame:
    return pl.read_parquet(home / "months" / month / f"{table}.parquet")


def _persons(home: Path, month: str) -> pl.DataFrame:
    return _read(home, month, "person_mentions").select("profile_id", "person_id").unique()


def _find_linked_pairs(home: Path) -> pl.DataFrame:
    """Return pairs the model linked unseen: without a verdict each of them stands in one person."""
    pairs, persons = _read(home, FIRST, "pairs"), _persons(home, FIRST)
    left = pairs.filter(pl.col("match_probability") >= 0.95).join(persons, left_on="profile_id_l", right_on="profile_id")
    both = left.join(persons, left_on="profile_id_r", right_on="profile_id", suffix="_r").filter(
        pl.col("person_id") == pl.col("person_id_r")
    )
    picked = random.Random(5).sample(sorted(both.select("profile_id_l", "profile_id_r").rows()), REJECTED)
    return pl.DataFrame(picked, schema=["profile_id_l", "profile_id_r"], orient="row")


def _fill(path: Path, out: Path) -> int:
    """Answer every second pair of an exported workbook with `same person`; return how many."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[3]]
    rows = list(range(5, sheet.max_row + 1))[::2]
    for row in rows:
        sheet.cell(row, names.index("verdict") + 1).value = SAME
        sheet.cell(row, names.index("note") + 1).value = "已电话核实"
    book.save(out)
    return len(rows)


def _judge(home: Path, work: Path, reader: str, rejected: pl.DataFrame) -> list[Answer]:
    """Let one reader accept half of the exported pairs in a workbook and reject linked pairs in a CSV file."""
    listed, filled, csv = work / f"{reader}.xlsx", work / f"{reader}_filled.xlsx", work / f"{reader}.csv"
    exported = call_tuodi("review", "export", "--home", str(home), "--month", FIRST, "--out", str(listed), "--reader", reader)
    assert exported.code == 0, exported.err
    _fill(listed, filled)
    rejected.with_columns(verdict=pl.lit("不是同一人"), reader=pl.lit(reader)).write_csv(csv)
    day = ("--date", "2016-02-03")
    return [call_tuodi("review", "import", str(file), "--home", str(home), *day) for file in (filled, csv)]


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    work = tmp_path_factory.mktemp("review")
    inbox, home = work / "deliveries", work / "home"
    months = f"{FIRST}:{LATER[-1]}"
    assert call_tuodi("simulate", "--people", "3000", "--months", months, "--seed", "3", "--out", str(inbox)).code == 0
    run = ("run", "--home", str(home), "--inbox", str(inbox))
    assert call_tuodi(*run, "--month", FIRST).code in PUBLISHED
    rejected = _find_linked_pairs(home)
    imports = [answer for reader in READERS for answer in _judge(home, work, reader, rejected)]
    log = pl.DataFrame([json.loads(line) for line in (home / "judgements.jsonl").read_text(encoding="utf-8").splitlines()])
    accepted = log.filter(pl.col("verdict_code") == "same").select("profile_id_l", "profile_id_r").unique()
    later = call_tuodi(*run, "--months", f"{LATER[0]}:{LATER[-1]}")
    assert later.code in PUBLISHED, later.err
    return Reviewed(home, inbox, rejected, accepted, tuple(imports))


def _locate(home: Path, month: str, pairs: pl.DataFrame, verdict: str) -> pl.DataFrame:
    """Return the pairs both of whose sides are said in `month`, with their persons."""
    persons = _persons(home, month)
    bound = bind_judgements(pairs.with_columns(verdict_code=pl.lit(verdict)), persons["profile_id"].unique())
    left = bound.join(persons, left_on="profile_id_l", right_on="profile_id")
    return left.join(persons, left_on="profile_id_r", right_on="profile_id", suffix="_r")


def test_files_are_taken_and_agreement_is_shown(reviewed: Reviewed) -> None:
    assert [answer.code for answer in reviewed.imports] == [0] * 4, [answer.err for answer in reviewed.imports]
    status = json.loads(call_tuodi("review", "status", "--home", str(reviewed.home), "--json").out)
    assert status["states"]["settled"] == REJECTED + reviewed.accepted.height
    assert status["verdicts"] == {"different": REJECTED, "same": reviewed.accepted.height}
    assert status["agreement"] == [
        {
            "reader_a": "李明", "reader_b": "王芳", "pair_count": REJECTED + reviewed.accepted.height,
            "agreed_count": REJECTED + reviewed.accepted.height, "agreed_share": 1.0, "kappa": 1.0,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("month", LATER)
def test_rejected_pairs_are_never_linked_again(reviewed: Reviewed, month: str) -> None:
    found = _locate(reviewed.home, month, reviewed.rejected, "different")
    assert found.height >= 200
    assert found.filter(pl.col("person_id") == pl.col("person_id_r")).is_empty()


@pytest.mark.parametrize("month", LATER)
def test_accepted_pairs_stay_together(reviewed: Reviewed, month: str) -> None:
    found = _locate(reviewed.home, month, reviewed.accepted, "same")
    assert found.height >= 20
    assert found.filter(pl.col("person_id") != pl.col("person_id_r")).is_empty()


def test_the_run_says_how_many_verdicts_it_used_and_judged_pairs_are_not_asked_again(reviewed: Reviewed) -> None:
    reviews = _read(reviewed.home, LATER[-1], "link_reviews")
    judged = pl.concat([reviewed.rejected, reviewed.accepted])
    assert reviews.join(judged, on=["profile_id_l", "profile_id_r"], how="semi").is_empty()


def test_running_a_month_again_gives_the_same_persons(reviewed: Reviewed, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(reviewed.home, home)
    assert call_tuodi("run", "--home", str(home), "--inbox", str(reviewed.inbox), "--month", LATER[-1]).code in PUBLISHED
    for table in ("person_mentions", "link_reviews", "persons"):
        assert _read(home, LATER[-1], table).equals(_read(reviewed.home, LATER[-1], table)), table


def _append(home: Path, pairs: list[tuple[str, str, str]]) -> None:
    with (home / "judgements.jsonl").open("a", encoding="utf-8") as log:
        for left, right, verdict in pairs:
            for reader in READERS:
                line: dict[str, Any] = {"profile_id_l": left, "profile_id_r": right, "verdict_code": verdict, "judged_by": reader}
                log.write(json.dumps(line) + "\n")


def test_contradiction_over_a_chain_stops_the_run_and_lost_rows_do_not(reviewed: Reviewed, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(reviewed.home, home)
    lines = len((home / "judgements.jsonl").read_text(encoding="utf-8").splitlines())
    _append(home, [("fgone", "fgone2", "same"), ("fa", "fb", "same"), ("fb", "fc", "same"), ("fa", "fc", "different")])
    before = (home / "months" / LATER[-1] / "pairs.parquet").stat().st_mtime_ns
    answer = call_tuodi("run", "--home", str(home), "--inbox", str(reviewed.inbox), "--month", LATER[-1], "--lang", "en")
    assert answer.code == 2
    assert f"fa ~ fb (judgements.jsonl:{lines + 4}, judgements.jsonl:{lines + 3}) =" in answer.err
    assert "fb ~ fc" in answer.err
    assert "fa ~ fc" in answer.err
    assert "fgone" not in answer.err
    assert (home / "months" / LATER[-1] / "pairs.parquet").stat().st_mtime_ns == before


def test_two_ids_are_explained(reviewed: Reviewed, tmp_path: Path) -> None:
    row = _read(reviewed.home, LATER[-1], "pairs").row(0, named=True)
    out = tmp_path / "pair.html"
    ids = (row["profile_id_l"], row["profile_id_r"])
    answer = call_tuodi("explain", *ids, "--home", str(reviewed.home), "--lang", "en", "--out", str(out))
    assert answer.code == 0, answer.err
    assert f"sum {row['match_weight']:+.6f}" in " ".join(answer.out.split())
    page = out.read_text(encoding="utf-8")
    assert "<svg" in page
    assert "<script" not in page
    unknown = call_tuodi("explain", ids[0], "P99999999", "--home", str(reviewed.home), "--lang", "en")
    assert (unknown.code, "P99999999" in unknown.err) == (2, True)
