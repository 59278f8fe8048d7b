"""The how-to page: every command of it, in order, in a folder of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("page", "rows"), [("add-a-roll.md", 6), ("add-a-roll.zh.md", 3)])
def test_every_command_of_the_page_runs(page: str, rows: int, tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8"))
    assert len(blocks) == 7
    script = "set -eu\n" + "\n".join(blocks)
    start = "import sys; sys.path.insert(0, sys.argv.pop(1)); from pipelines.cli import run; run()"
    tuodi = f'exec "{sys.executable}" -c "{start}" "{ROOT}" "$@"\n'
    for name, line in (("tuodi", tuodi), ("python", f'exec "{sys.executable}" "$@"\n')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(["sh", "-c", script], cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    shown = run.stdout.rpartition("person_name")[2]
    assert shown.count("GIFT") == rows, shown
