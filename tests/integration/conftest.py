"""One small simulated district, run twice months long through the real command line, shared by the integration tests."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PEOPLE, MONTHS = 3000, "2016-05:2016-06"
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    """What one call of the command line gave."""

    code: int
    out: str
    err: str


def call_tuodi(*arguments: str, cwd: Path = ROOT, **environment: str) -> Answer:
    """Run the installed command in a process of its own."""
    command = Path(sys.executable).parent / "tuodi"
    done = subprocess.run([str(command), *arguments], capture_output=True, text=True, cwd=cwd, env=os.environ | environment, check=False)
    return Answer(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Deployment:
    """A simulated inbox with its truth and the home its months were run in."""

    inbox: Path
    home: Path
    ran: Answer

    @property
    def truth(self) -> Path:
        return self.inbox / "truth"


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Deliveries of two months."""
    inbox = tmp_path_factory.mktemp("deliveries")
    answer = call_tuodi("simulate", "--people", str(PEOPLE), "--months", MONTHS, "--seed", "7", "--out", str(inbox), "--json")
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["people"] == PEOPLE
    return inbox


@pytest.fixture(scope="session")
def deployment(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """The home after both months."""
    home = tmp_path_factory.mktemp("deployment") / "home"
    answer = call_tuodi("run", "--home", str(home), "--district", "q_district", "--inbox", str(simulated), "--months", MONTHS, "--json")
    assert answer.code == 0, answer.err
    return Deployment(simulated, home, answer)
