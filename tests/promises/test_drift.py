"""Last month's roll does not pass as this month's, and an honest month is never asked about (D9, D14, C12)."""

import getpass
import json
import shutil
import sys
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from tests.integration.conftest import Answer, call_tuodi

pytestmark = [pytest.mark.promises, pytest.mark.timeout(1800)]
PEOPLE, SEED = "3000", "11"
BEFORE, MONTH = "2016-03:2016-05", "2016-06"
TAMPERED = {
    "dibao_members": "REPEATED_ROWS",
    "hukou": "REPEATED_ROWS",
    "one_door": "FEWER_ROWS",
    "disability_certificates": "REPEATED_FILE",
}
REASON = "街道已电话核实"


def run(inbox: Path, home: Path, *options: str) -> Answer:
    return call_tuodi("run", "--home", str(home), "--inbox", str(inbox), "--json", "--lang", "en", *options)


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four months of an honest district; June ends a quarter."""
    folder = tmp_path_factory.mktemp("honest")
    answer = call_tuodi("simulate", "--people", PEOPLE, "--months", f"2016-03:{MONTH}", "--seed", SEED, "--out", str(folder))
    assert answer.code == 0, answer.err
    return folder


@pytest.fixture(scope="module")
def ran(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """The home after March to May, and what these runs said."""
    home = tmp_path_factory.mktemp("deployment") / "home"
    return home, run(inbox, home, "--months", BEFORE)


def the_file(folder: Path, keyword: str) -> Path:
    return next(path for path in sorted(folder.rglob("*")) if keyword in path.name)


def retitle(path: Path, target: Path) -> None:
    """Write last month's workbook with this month in its titles."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows(max_row=4):
            for cell in row:
                if isinstance(cell.value, str) and "2016年5月" in cell.value:
                    cell.value = cell.value.replace("2016年5月", "2016年6月")
    book.save(target)


@pytest.fixture(scope="module")
def tampered(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """June with four rolls that are not June's, and a running ledger without new entries, which is honest."""
    folder = Path(shutil.copytree(inbox, tmp_path_factory.mktemp("tampered") / "inbox"))
    march, may, june = (folder / month for month in ("2016-03", "2016-05", MONTH))
    retitle(the_file(may, "低保家庭成员"), the_file(june, "低保家庭成员"))
    population = the_file(march, "户籍人口").read_bytes().split(b"\n")
    population[7] = population[8]
    the_file(june, "户籍人口").write_bytes(b"\n".join(population))
    requests = the_file(june, "一门受理")
    lines = requests.read_bytes().split(b"\n")
    requests.write_bytes(b"\n".join(lines[: len(lines) // 2]) + b"\n")
    shutil.copy(the_file(march, "残疾人持证"), the_file(june, "残疾人持证"))
    shutil.copy(the_file(may, "网格上报线索"), the_file(june, "网格上报线索"))
    return folder


@pytest.fixture(scope="module")
def stopped(tampered: Path, ran: tuple[Path, Answer], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """The home after the tampered June, and what the run said."""
    home = Path(shutil.copytree(ran[0], tmp_path_factory.mktemp("stopped") / "home"))
    return home, run(tampered, home, "--month", MONTH)


def read(home: Path, table: str, month: str = MONTH) -> pl.DataFrame:
    return pl.read_parquet(home / "months" / month / f"{table}.parquet")


def blocked(answer: Answer) -> dict[str, set[str]]:
    return {month["month"]: set(month["blocked"]) for month in json.loads(answer.out)}


def test_an_honest_district_is_never_asked(inbox: Path, ran: tuple[Path, Answer], tmp_path: Path) -> None:
    home = Path(shutil.copytree(ran[0], tmp_path / "home"))
    june = run(inbox, home, "--month", MONTH)
    asked = blocked(ran[1]) | blocked(june)
    looked_at = sum(read(home, "deliveries", month)["roll"].n_unique() for month in asked)
    sys.stdout.write(f"honest deliveries asked about: {sum(map(len, asked.values()))} of {looked_at}\n")
    assert len(asked) == 4 and not any(asked.values()), (ran[1].err, june.err)
    again = run(inbox, home, "--month", MONTH)
    assert not any(blocked(again).values()), "a month is not compared with itself"


def test_what_is_not_this_months_is_blocked(stopped: tuple[Path, Answer]) -> None:
    home, answer = stopped
    assert answer.code == 3 and "Traceback" not in answer.err
    assert blocked(answer)[MONTH] == set(TAMPERED)
    refused = read(home, "deliveries").filter("is_refused")
    assert dict(refused.select("roll", "reason_code").unique().rows()) == TAMPERED
    assert refused["landed_count"].sum() == 0 and not read(home, "deliveries").filter(pl.col("roll") == "grid_leads")["is_refused"].any()
    sys.stdout.write(f"deliveries that are another month's, blocked: {len(blocked(answer)[MONTH])} of {len(TAMPERED)}\n")


def test_the_rest_goes_on_and_the_last_good_month_stays(stopped: tuple[Path, Answer]) -> None:
    home, answer = stopped
    assert (home / "warehouse" / f"warehouse_{MONTH}.duckdb").is_file()
    good = {"dibao_members": "2016-05", "hukou": "2016-03", "one_door": "2016-05", "disability_certificates": "2016-03"}
    for roll, month in good.items():
        assert not (home / "months" / MONTH / "landed" / f"{roll}.parquet").exists()
        assert any(roll in line and f"blocked, last good {month}" in line for line in answer.err.splitlines()), answer.err
    standing = read(home, "roll_quality").filter(pl.col("measure").is_in(["delivery_state", "in_force_month"]))
    told = {(row["roll"], row["measure"]): row["value"] for row in standing.to_dicts()}
    assert {roll: told[roll, "in_force_month"] for roll in good} == good
    assert {told[roll, "delivery_state"] for roll in good} == {"blocked"}
    assert told["grid_leads", "delivery_state"] == "landed"
    assert read(home, "findings").height > 0


def test_every_row_is_still_accounted_for(stopped: tuple[Path, Answer]) -> None:
    checks = read(stopped[0], "check_results")
    names = ("rows_accounted_for", "rows_landed", "files_accounted_for", "rows_quarantined")
    proofs = checks.filter(pl.col("check_name").is_in(list(names)))
    assert proofs["is_passed"].all() and proofs["check_name"].n_unique() == len(names)


def test_a_ledger_that_stood_still_is_shown(stopped: tuple[Path, Answer]) -> None:
    shown = read(stopped[0], "check_results").filter((pl.col("table_name") == "landed/grid_leads") & ~pl.col("is_passed"))
    assert "steady:landed_count" in set(shown["check_name"])
    assert not shown["is_blocking"].any()
    assert "measures of rolls changed" in stopped[1].err


def test_accepting_lets_pass_and_is_remembered(tampered: Path, stopped: tuple[Path, Answer], tmp_path: Path) -> None:
    home = Path(shutil.copytree(stopped[0], tmp_path / "home"))
    one = run(tampered, home, "--month", MONTH, "--accept", REASON, "--accept-roll", "hukou")
    assert one.code == 3 and blocked(one)[MONTH] == set(TAMPERED) - {"hukou"}
    logged = read(home, "acceptances")
    assert logged.select("roll", "month", "reason_code", "accepted_by", "accepted_reason", "previous_month").rows() == [
        ("hukou", MONTH, "REPEATED_ROWS", getpass.getuser(), REASON, "2016-03")
    ]
    assert logged["figure"][0].startswith("99.9") and logged["landed_count"][0] > 3000
    assert REASON in one.err
    later = run(tampered, home, "--month", MONTH)
    assert blocked(later)[MONTH] == set(TAMPERED) - {"hukou"}, "an answer is given once"
    rest = run(tampered, home, "--month", MONTH, "--accept", REASON)
    came = json.loads(rest.out)[0]
    assert not came["blocked"] and not came["refused"] and rest.code == (3 if came["absent"] else 0)
    assert set(read(home, "acceptances")["roll"]) == set(TAMPERED)
    assert len((home / "acceptances.jsonl").read_text(encoding="utf-8").splitlines()) == len(TAMPERED)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--accept", " "), "takes a reason"),
        (("--accept-roll", "hukou"), "takes a reason"),
        (("--accept", "x", "--accept-roll", "hukuo"), "hukou"),
    ],
)
def test_an_acceptance_needs_a_reason_and_a_roll_that_exists(inbox: Path, tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    answer = run(inbox, tmp_path / "home", "--month", MONTH, *options)
    assert answer.code == 2 and words in answer.err and "Traceback" not in answer.err
    assert not (tmp_path / "home").exists()
