"""What `tuodi doctor` looks at: the machine, the district, the inbox, the home.

Belongs here: one small function per check, each with the command that mends it. Does not belong here: checks of data (quality).
"""

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.resources import hold, open_district
from registry.district import find_district
from registry.errors import RegistryError
from registry.schema.text import Text
from registry.warehouse import find_current

NEEDED_GIB = 2
PINNED = {"polars": "2.1", "duckdb": "2.0", "splink": "5.0", "great-expectations": "1.24", "dagster": "1.13"}


@dataclass(frozen=True)
class Health:
    """One check: what was looked at, whether it is well, what was seen, how to mend it."""

    name: str
    title: Text
    is_well: bool
    seen: str
    remedy: str


def _check(name: str, zh: str, en: str, is_well: bool, seen: str, remedy: str) -> Health:
    return Health(name, Text(zh, en), is_well, seen, "" if is_well else remedy)


def _python() -> Health:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return _check(
        "python", "Python 版本", "Python version", sys.version_info >= (3, 11), version, "install Python 3.11 or newer, then: make setup"
    )


def _package(name: str, wanted: str) -> Health:
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        found = "absent"
    return _check(f"package.{name}", f"程序库 {name}", f"package {name}", found.startswith(f"{wanted}."), found, "make setup")


def _district(name: str) -> Health:
    try:
        district = open_district(name)
    except RegistryError as error:
        return _check("district", "辖区配置", "district configuration", False, str(error), "edit the file and line named")
    return _check("district", "辖区配置", "district configuration", True, f"{len(district.rolls)} rolls, {len(district.rules)} rules", "")


def _places(name: str) -> Health:
    found = (find_district(name) / "places.csv").is_file()
    return _check(
        "places", "区划代码表", "place codes", found, "places.csv" if found else "absent", f"add places.csv to the district folder {name}"
    )


def _disk(folder: Path) -> Health:
    free = shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free / 2**30
    return _check("disk", "磁盘空间", "free disk", free >= NEEDED_GIB, f"{free:.0f} GiB", f"free at least {NEEDED_GIB} GiB: df -h {folder}")


def _writable(home: Path) -> Health:
    nearest = next(path for path in (home, *home.parents) if path.exists())
    return _check("home", "工作目录可写", "home can be written", os.access(nearest, os.W_OK), str(home), f"chown -R $USER {nearest}")


def _private(home: Path) -> Health:
    mode = home.stat().st_mode & 0o077 if home.is_dir() else 0
    return _check("private", "工作目录仅本人可读", "home is private", mode == 0, f"{mode:03o}", f"chmod -R go-rwx {home}")


def _unlocked(home: Path) -> Health:
    if not home.is_dir():
        return _check("lock", "没有其他运行", "no other run", True, "-", "")
    try:
        with hold(home):
            return _check("lock", "没有其他运行", "no other run", True, "-", "")
    except RegistryError as error:
        return _check("lock", "没有其他运行", "no other run", False, str(error), "wait until the other run has ended")


def _inbox(inbox: Path) -> Health:
    months = sorted(path.name for path in inbox.glob("????-??")) if inbox.is_dir() else []
    return _check(
        "inbox",
        "收件目录",
        "inbox",
        bool(months),
        ", ".join(months[-3:]) or "-",
        f"mkdir -p {inbox}/YYYY-MM/<department> and put the files there",
    )


def _telemetry(home: Path) -> Health:
    path = home / "dagster" / "dagster.yaml"
    is_off = not path.is_file() or "telemetry: {enabled: false}" in path.read_text(encoding="utf-8")
    return _check(
        "telemetry", "遥测关闭", "telemetry is off", is_off, "off" if is_off else "on", f"rm {path}; it is written anew by tuodi run"
    )


def _warehouse(home: Path) -> Health:
    folder = home / "warehouse"
    leftovers = sorted(path.name for path in folder.glob("*.wal")) if folder.is_dir() else []
    try:
        seen = find_current(folder).name if folder.is_dir() else "-"
    except RegistryError as error:
        return _check("warehouse", "数据仓库", "warehouse", False, str(error), "tuodi run --month YYYY-MM")
    return _check("warehouse", "数据仓库", "warehouse", not leftovers, seen, f"rm {folder}/*.wal after making sure no program has it open")


def find_health(home: Path | None, inbox: Path | None, district: str) -> list[Health]:
    """Return every check that can be made with what was named."""
    checks: list[Callable[[], Health]] = [_python, *(lambda n=name, v=wanted: _package(n, v) for name, wanted in PINNED.items())]
    checks += [lambda: _district(district), lambda: _places(district)]
    if home is not None:
        checks += [lambda check=check: check(home) for check in (_disk, _writable, _private, _unlocked, _telemetry, _warehouse)]  # type: ignore[misc]
    if inbox is not None:
        checks.append(lambda: _inbox(inbox))
    return [check() for check in checks]
