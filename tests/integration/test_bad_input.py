"""Bad input gives one clear line, the right exit code, and leaves nothing half-written."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import Deployment, call_tuodi

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


def remove(inbox: Path) -> str:
    the_file(inbox, "死亡注销").unlink()
    return "deaths"


def rename_a_head(inbox: Path) -> str:
    path = the_file(inbox, "死亡注销")
    path.write_bytes(path.read_bytes().replace("死亡原因".encode("gb18030"), "去世缘由".encode("gb18030")))
    return "去世缘由"


def pass_text_as_workbook(inbox: Path) -> str:
    path = the_file(inbox, "特困人员")
    path.write_text("姓名,身份证号码\n", encoding="utf-8")
    return path.name


@pytest.mark.parametrize("spoil", [remove, rename_a_head, pass_text_as_workbook], ids=lambda f: f.__name__)
def test_one_bad_roll_does_not_stop_the_rest(inbox: Path, tmp_path: Path, spoil: Callable[[Path], str]) -> None:
    named = spoil(inbox)
    code, err = run_month(inbox, tmp_path / "home")
    assert code == 3
    assert any(named in line for line in err.splitlines()), err
    assert "Traceback" not in err
    assert (tmp_path / "home" / "warehouse" / f"warehouse_{MONTH}.duckdb").is_file()


def test_wrong_month(deployment: Deployment, inbox: Path, tmp_path: Path) -> None:
    """Last month's household list sent again as this month's."""
    target = the_file(inbox, "低保家庭花名册")
    target.write_bytes(the_file(deployment.inbox / "2016-05", "低保家庭花名册").read_bytes())
    code, err = run_month(inbox, tmp_path / "home", lang="en")
    assert code == 3
    assert any(target.name in line and "2016" in line for line in err.splitlines()), err


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
