"""The process that reads files: what it may not do, and that nothing it does harms the run."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.formats.reader import Reader
from connectors.intake import Landed, land_roll
from connectors.refusals import FileRefused
from registry.district import Limits
from registry.errors import DeliveryError
from tests.unit.connectors import faulty_child
from tests.unit.connectors.deliveries_samples import HEADS, deliver, make_roll, make_rows, write_csv

LIMITS = Limits(reader_seconds=2, reader_bytes=1024**3)


@pytest.fixture
def reader() -> Iterator[Reader]:
    with Reader(LIMITS, "tests.unit.connectors.faulty_child") as reader:
        yield reader


def land_with(reader: Reader, *paths: Path) -> Landed:
    return land_roll(make_roll(), "2016-03", deliver(*paths), LIMITS, reader)


def write(folder: Path, name: str, first: int = 0) -> Path:
    return write_csv(folder / name, [list(HEADS), *make_rows(5, first)])


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("segv", "signal 11"),
        ("abort", "signal 6"),
        ("exit", "exit 3"),
        # On a busy machine the seconds may run out before the memory does.
        ("hog", "more than 1024 MB of memory|not read within 2 seconds"),
        ("loop", "not read within 2 seconds"),
        ("sleep", "not read within 2 seconds"),
        ("raise", "IndexError"),
        ("connect", "Barred"),
        ("run", "Barred"),
        ("write", "Barred"),
    ],
)
def test_a_fault_costs_one_file(tmp_path: Path, reader: Reader, fault: str, said: str) -> None:
    paths = [write(tmp_path, "成员1.csv", 0), write(tmp_path, f"成员2{fault}.csv", 10), write(tmp_path, "成员3.csv", 20)]
    landed = land_with(reader, *paths)
    assert landed.deliveries["reason_code"].to_list() == [None, "READER_STOPPED", None]
    assert landed.rows["file_name"].unique(maintain_order=True).to_list() == ["成员1.csv", "成员3.csv"]
    (sentence,) = landed.quarantine["sentence_en"]
    assert re.search(said, sentence) and f"成员2{fault}.csv" in sentence
    assert reader.start_count == 2
    assert not faulty_child.OUTSIDE.exists()


def test_nothing_outside_is_removed(tmp_path: Path, reader: Reader) -> None:
    faulty_child.OUTSIDE.write_text("x", encoding="utf-8")
    try:
        with pytest.raises(FileRefused, match="Barred"):
            reader.read(write(tmp_path, "remove.csv"), "a", make_roll())
        assert faulty_child.OUTSIDE.exists()
    finally:
        faulty_child.OUTSIDE.unlink()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_no_fault_of_the_file(tmp_path: Path, reader: Reader) -> None:
    """Sending every file back would be wrong: the run stops and says why."""
    with pytest.raises(DeliveryError, match="TMPDIR") as caught:
        reader.read(write(tmp_path, "full.csv"), "a", make_roll())
    assert not isinstance(caught.value, FileRefused)


def test_a_file_of_no_roll_can_be_read(tmp_path: Path, reader: Reader) -> None:
    assert reader.read(write(tmp_path, "a.csv"), "a").sheets[0].row_count == 6


def test_what_libraries_print_is_no_answer(tmp_path: Path, reader: Reader) -> None:
    assert reader.read(write(tmp_path, "babble.csv"), "a", make_roll()).sheets[0].row_count == 6
    assert reader.start_count == 1


def test_one_process_reads_many_files(tmp_path: Path, reader: Reader) -> None:
    for number in range(20):
        reader.read(write(tmp_path, f"{number}.csv", number), "a", make_roll())
    assert reader.start_count == 1


def test_seconds_count_for_each_file_anew(tmp_path: Path) -> None:
    """A long-lived process takes more processor time than one file may."""
    with Reader(Limits(reader_seconds=1)) as reader:
        path = write_csv(tmp_path / "a.csv", [list(HEADS), *make_rows(60_000)])
        started = time.monotonic()
        while time.monotonic() - started < 6:
            reader.read(path, "a", make_roll())
        assert reader.start_count == 1


def test_the_folder_is_private_and_goes_away(tmp_path: Path) -> None:
    reader = Reader(LIMITS)
    reader.read(write(tmp_path, "a.csv"), "a", make_roll())
    folder = reader._require_folder()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in folder.iterdir()) == ["errors", "warm"]
    reader.close()
    assert not folder.exists()
    reader.read(write(tmp_path, "b.csv"), "b", make_roll())
    reader.close()


def test_secrets_are_not_handed_on(tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUODI_DATABASE_URL", "secret")
    reader.read(write(tmp_path, "a.csv"), "a", make_roll())
    process = reader._process
    assert process is not None
    environment = Path(f"/proc/{process.pid}/environ")
    if not environment.exists():
        pytest.skip("no /proc here")
    assert b"secret" not in environment.read_bytes()


ORPHAN = """
import os, sys
from pathlib import Path
from connectors.formats.reader import Reader
from registry.district import Limits
from registry.errors import DeliveryError
from tests.unit.connectors.deliveries_samples import make_roll
reader = Reader(Limits())
reader.read(Path(sys.argv[1]), "a", make_roll())
print(reader._require_folder(), reader._process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_process_left_alone_cleans_up_and_ends(tmp_path: Path) -> None:
    """The run is killed: no copies of people's rows stay behind."""
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", ORPHAN, str(write(tmp_path, "a.csv"))], cwd=root, capture_output=True, text=True, check=False
    )
    folder, pid = done.stdout.split()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (Path(folder).exists() or _is_alive(int(pid))):
        time.sleep(0.05)
    assert not Path(folder).exists() and not _is_alive(int(pid))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] == "Z")


def test_the_run_itself_never_loads_a_reader_of_formats() -> None:
    """What parses bytes of strangers lives in the other process only."""
    code = "import sys, connectors.intake; print([name for name in ('python_calamine', 'lxml', 'olefile') if name in sys.modules])"
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
