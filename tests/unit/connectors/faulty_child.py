"""The reading process with faults that are asked for by the name of a file: real crashes of the real process."""

import faulthandler
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import polars as pl

from connectors.formats import child
from connectors.formats.reading import read_file
from connectors.formats.sheets import Reading

OUTSIDE: Final = Path(__file__).with_name("written_by_the_reader.txt")


def take_memory() -> None:
    held = []
    while True:
        held.append(bytearray(64 * 1024**2))


def loop() -> None:
    while True:
        pass


def fill_disk() -> None:
    pl.DataFrame({"a": ["x" * 1000] * 10_000}).write_ipc("/dev/full")


FAULTS: Final[dict[str, Callable[[], object]]] = {
    "segv": faulthandler._sigsegv,  # type: ignore[attr-defined]
    "abort": os.abort,
    "exit": lambda: os._exit(3),
    "hog": take_memory,
    "loop": loop,
    "sleep": lambda: time.sleep(3600),
    "raise": lambda: [][0],
    "connect": lambda: socket.create_connection(("127.0.0.1", 9)),
    "run": lambda: subprocess.run(["true"], check=True),
    "write": lambda: OUTSIDE.write_text("x", encoding="utf-8"),
    "remove": lambda: OUTSIDE.unlink(),
    "full": fill_disk,
    "babble": lambda: (print("not an answer"), sys.stdout.flush()),  # noqa: T201
}


def read_with_faults(path: Path, *rest: Any, **settings: Any) -> Reading:  # noqa: ANN401
    """Do what the name of the file says, then read it."""
    for word, fault in FAULTS.items():
        if word in path.name:
            fault()
    return read_file(path, *rest, **settings)


def main() -> None:
    """Run the reading process as it is, but for the faults."""
    child.main(read_with_faults)
