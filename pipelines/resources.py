"""The deployment's folders: where a month's frames lie, who may write, and what is said while working.

Belongs here: paths and the reading and writing of Parquet between assets. Does not belong here: what any frame means.

`home/months/<month>/` holds everything a month produced; a re-run of the month replaces it, other months are only read.
"""

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import dagster as dg
import polars as pl

from pipelines.soundness import require_sound
from registry.district import District, load_district
from registry.errors import Busy
from registry.schema.tables import conform_table, empty_table

STARTED = time.monotonic()


@lru_cache(maxsize=4)
def open_district(name: str) -> District:
    """Return a district, read and checked once per process."""
    district = load_district(name)
    require_sound(district)
    return district


class Home(dg.ConfigurableResource):  # type: ignore[type-arg]
    """One deployment: its district, its inbox and the folder it writes to."""

    root: str
    inbox: str
    district_name: str
    language: str = "both"
    says_progress: bool = False
    accepted_reason: str = ""
    accepted_rolls: list[str] = []
    accepted_by: str = ""

    @property
    def district(self) -> District:
        """Return the district, loaded once per process."""
        return open_district(self.district_name)

    @property
    def path(self) -> Path:
        """Return the home folder."""
        return Path(self.root)

    @property
    def warehouse_folder(self) -> Path:
        """Return the folder of published warehouses."""
        return self.path / "warehouse"

    def report_folder(self, month: str) -> Path:
        """Return the folder of a month's reports."""
        return self.path / "reports" / month

    def file(self, month: str, name: str) -> Path:
        """Return where the frame `name` of `month` lies; `name` may have folders, as `landed/hukou`."""
        return self.path / "months" / month / f"{name}.parquet"

    def has(self, month: str, name: str) -> bool:
        """Return whether the frame is there."""
        return self.file(month, name).is_file()

    def read(self, month: str, name: str) -> pl.DataFrame:
        """Return one frame of a month."""
        return pl.read_parquet(self.file(month, name))

    def read_table(self, month: str, table: str) -> pl.DataFrame:
        """Return a declared table of a month, without rows when the month has none."""
        return self.read(month, table) if self.has(month, table) else empty_table(table)

    def write(self, month: str, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Write one frame beside and rename it in; return it."""
        target = self.file(month, name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = target.with_suffix(".writing")
        frame.write_parquet(beside, compression="zstd")
        beside.replace(target)
        return frame

    def write_table(self, month: str, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Write a frame in the declared shape of the table its name ends in, as `benefits` or `stated/tekun/benefits`."""
        return self.write(month, name, conform_table(frame, name.rpartition("/")[2]))

    def write_text(self, month: str, name: str, text: str) -> None:
        """Write a small text file of a month beside and rename it in."""
        target = self.path / "months" / month / name
        beside = target.with_name(f"{name}.writing")
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)

    def drop(self, month: str, name: str) -> None:
        """Remove a frame that a re-run no longer produces."""
        self.file(month, name).unlink(missing_ok=True)

    def months_with(self, name: str, until: str) -> list[str]:
        """Return the months up to `until`, in order, that have the frame `name`."""
        folders = sorted(folder.name for folder in (self.path / "months").glob("*") if folder.name <= until)
        return [month for month in folders if self.has(month, name)]

    def month_before(self, month: str, name: str) -> str | None:
        """Return the latest month before `month` that has the frame `name`."""
        earlier = [found for found in self.months_with(name, month) if found < month]
        return earlier[-1] if earlier else None

    def say(self, message: str) -> None:
        """Tell the person at the terminal what is going on; never with personal data."""
        if self.says_progress:
            sys.stderr.write(f"[{time.monotonic() - STARTED:6.1f} s] {message}\n")
            sys.stderr.flush()


@contextmanager
def hold(root: Path) -> Iterator[None]:
    """Hold `root` for one writer; a second one gets Busy."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(root / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Busy(f"{root} 正被另一次运行使用，请稍后再试", f"another run holds {root}; try again when it has ended") from error
    finally:
        os.close(handle)
