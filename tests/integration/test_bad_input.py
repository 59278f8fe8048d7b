"""Bad input gives one clear line, the right exit code, and leaves nothing half-written."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.integration.conftest import ROOT, Deployment, call_tuodi

MONTH = "2016-06"


@pytest.fixture
def inbox(deployment: Deployment, tmp_path: Path) -> Path:
    """A copy of one month's deliveries that a test may spoil."""
    return Path(shutil.copytree(deployment.inbox / MONTH, tmp_path / "inbox" / MONTH)).parent


def run_month(inbox: Path, home: Path, district: str = "q_district", lang: str = "both") -> tuple[int, str]:
    answer = call_tuodi("run", "--home", str(home), "--inbox", str(inbox), "--month", MONTH, "--district", district, "--lang", lang)
    return answer.code, answer.err


def the_file(inbox: Path, keyword: str) -> Path:
    return next(path for path in sorted(inbox.rglob("*")) if keyword in path.name)


def test_empty_inbox(tmp_path: Path) -> None:
    (tmp_path / "inbox" / MONTH).mkdir(parents=True)
    code, err = run_month(tmp_path / "inbox", tmp_path / "home", lang="en")
    assert code == 3
    assert err.strip().splitlines()[-1].startswith("tuodi: ")
    assert MONTH in err
    assert not (tmp_path / "home" / "warehouse").exists()


def test_no_inbox(tmp_path: Path) -> None:
    code, err = run_month(tmp_path / "nowhere", tmp_path / "home", lang="en")
    assert code in (2, 3)
    assert "nowhere" in err
    assert "Traceback" not in err


def remove(deployment: Deployment, inbox: Path) -> tuple[str, ...]:
    the_file(inbox, "死亡注销").unlink()
    return ("deaths", "not received")


def rename_a_head(deployment: Deployment, inbox: Path) -> tuple[str, ...]:
    path = the_file(inbox, "残疾人持证")
    path.write_bytes(path.read_bytes().replace("有效期".encode("gb18030"), "到期日".encode("gb18030")))
    return (path.name, "到期日", "有效期")


def pass_text_as_workbook(deployment: Deployment, inbox: Path) -> tuple[str, ...]:
    path = the_file(inbox, "特困人员")
    path.write_text("姓名,身份证号码\n", encoding="utf-8")
    return (path.name,)


def send_last_month_again(deployment: Deployment, inbox: Path) -> tuple[str, ...]:
    target = the_file(inbox, "低保家庭花名册")
    target.write_bytes(the_file(deployment.inbox / "2016-05", "低保家庭花名册").read_bytes())
    return (target.name, "2016年5月", "+")


SPOILS: tuple[Callable[[Deployment, Path], tuple[str, ...]], ...] = (remove, rename_a_head, pass_text_as_workbook, send_last_month_again)


def test_bad_rolls_do_not_stop_the_rest(deployment: Deployment, inbox: Path, tmp_path: Path) -> None:
    """Four rolls spoiled in four ways: one clear line each, exit 3, everything else published."""
    wanted = {spoil.__name__: spoil(deployment, inbox) for spoil in SPOILS}
    code, err = run_month(inbox, tmp_path / "home", lang="en")
    assert code == 3
    assert "Traceback" not in err
    lines = err.splitlines()
    silent = {name: words for name, words in wanted.items() if not any(all(word in line for word in words) for line in lines)}
    assert not silent, err
    assert (tmp_path / "home" / "warehouse" / f"warehouse_{MONTH}.duckdb").is_file()
    refused = pl.read_parquet(tmp_path / "home" / "months" / MONTH / "deliveries.parquet").filter("is_refused")
    assert set(refused["roll"]) == {"disability_certificates", "tekun", "dibao_households"}


def test_typo_in_the_district_names_file_line_and_remedy(tmp_path: Path) -> None:
    district = Path(shutil.copytree(Path("districts/q_district"), tmp_path / "district"))
    path = district / "rolls" / "deaths.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("frequency:", "freqency:", 1), encoding="utf-8")
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "frequency:" in row)
    code, err = run_month(tmp_path, tmp_path / "home", str(district), "en")
    assert code == 2
    assert f"deaths.yml:{line}" in err
    assert "did you mean 'frequency'" in err
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("arguments", [
    ("run", "--home", "h", "--inbox", "i", "--month", "2016-13"),
    ("run", "--home", "h", "--inbox", "i"),
    ("run", "--home", "h", "--inbox", "i", "--months", "2016-06:2016-01"),
    ("run", "--home", "h", "--inbox", "i", "--month", "2016-06", "--district", "atlantis"),
    ("report", "--home", "h"),
    ("explain", "F1", "--home", "h"),
    ("digest", "--home", "h"),
    ("evaluate", "--home", "h", "--truth", "t"),
    ("frobnicate",),
    ("run", "--home", "h", "--inbox", "i", "--month", "2015-12"),
    ("run", "--home", "h", "--inbox", "i", "--month", "2999-01"),
    ("run", "--home", str(ROOT / "README.md"), "--inbox", "i", "--month", "2016-06"),
    ("simulate", "--out", str(ROOT / "README.md"), "--people", "1000", "--months", "2016-06"),
    ("simulate", "--out", "s", "--months", "2014-01:2014-02"),
    ("simulate", "--out", "s", "--seed", "-1"),
    ("demo", "--out", "d", "--lang", "xx"),
    ("demo", "--out", "d", "--month", "2015-06"),
])  # fmt: skip
def test_usage_errors_exit_2_in_one_line(arguments: tuple[str, ...], tmp_path: Path) -> None:
    answer = call_tuodi(*arguments, cwd=tmp_path)
    assert answer.code == 2
    assert "Traceback" not in answer.err
    assert list(tmp_path.iterdir()) == []


def test_second_run_at_once_is_told_to_wait(tmp_path: Path, inbox: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with (home / "run.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        code, _ = run_month(inbox, home)
    assert code == 75
