"""The process in which untrusted files are read: little memory, little time, no network, no other programs.

Belongs here: its limits and its loop. Does not belong here: how a format is read (`connectors.formats.reading`), and who
starts it (`connectors.formats.reader`).

It takes one request a line and answers one line. When the other side goes away it removes its folder and ends.
"""

import contextlib
import errno
import os
import resource
import shutil
import sys
from collections.abc import Callable
from io import FileIO, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, Final

import polars as pl

from connectors.formats.exchange import Message, pack_reading, pack_refusal, read_message, write_message
from connectors.formats.reading import read_file
from connectors.formats.sheets import Reading
from connectors.refusals import FileRefused
from registry.district import Limits
from registry.roll import Roll

BARRED: Final = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork", "os.startfile", "ctypes.")
"""Python events (audit hooks, PEP 578) that reading a file never needs; native code is held by the limits alone."""

CHANGING: Final = ("os.remove", "os.rename", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "shutil.")
WRITE_FLAGS: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FULL_DISK: Final = (errno.ENOSPC, errno.EDQUOT)
TIRED_SHARE: Final = 0.5
"""A process that holds on to half its memory after a large file is replaced before the next one."""


class Barred(PermissionError):
    """The reading process tried something that reading a file does not need."""


def main(read: Callable[..., Reading] = read_file) -> None:
    """Answer requests until there are no more; arguments of the program: its private folder and the limits as JSON."""
    folder = Path(sys.argv[1])
    limits = Limits.model_validate_json(sys.argv[2])
    requests, replies = sys.stdin.buffer, FileIO(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints must not get between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    pl.DataFrame({"warm": ["up"]}).lazy().filter(pl.col("warm") != "").collect().write_ipc(folder / "warm")
    tired_bytes = confine(folder, limits)
    try:
        serve(requests, replies, lambda request: answer(request, folder, limits, read), tired_bytes, limits.reader_seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def serve(requests: BinaryIO, replies: RawIOBase, respond: Callable[[Message], Message], tired_bytes: int, seconds: int) -> None:
    """Answer one request after the other."""
    replies.write(write_message({"is_ready": True}))
    for line in requests:
        grant_seconds(seconds)
        reply = respond(read_message(line))
        replies.write(write_message({**reply, "is_tired": measure_memory() > tired_bytes}))


def answer(request: Message, folder: Path, limits: Limits, read: Callable[..., Reading]) -> Message:
    """Return what one file holds, or why it is refused; whatever else goes wrong is said by the name of the error."""
    own = folder / request["folder"]
    own.mkdir()
    try:
        roll = Roll.model_validate(request["roll"]) if request["roll"] else None
        return pack_reading(read(Path(request["path"]), roll, limits, own, is_member=request["is_member"]), own)
    except FileRefused as refusal:
        return pack_refusal(refusal)
    except MemoryError:
        return {"stopped": "memory"}
    except OSError as error:
        # Polars gives the number in words only.
        is_full = error.errno in FULL_DISK or any(f"(os error {number})" in str(error) for number in FULL_DISK)
        return {"stopped": "disk" if is_full else type(error).__name__}
    except BaseException as error:  # noqa: BLE001 - panics of Rust libraries are no Exception, and one file must not end the run
        return {"stopped": type(error).__name__}


def confine(folder: Path, limits: Limits) -> int:
    """Give up what reading does not need; return the memory in use from which on this process should be replaced."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.reader_bytes, limits.reader_bytes))
    # Libraries reserve address space they never use; only what comes on top is counted.
    reserved = measure_memory()
    with contextlib.suppress(ValueError, OSError):
        # macOS neither tells nor limits the address space; the time limits hold there too.
        resource.setrlimit(resource.RLIMIT_AS, (reserved + limits.reader_bytes,) * 2) if reserved else None
    private = folder.resolve()
    sys.addaudithook(lambda event, arguments: _bar(event, arguments, private))
    return reserved + int(limits.reader_bytes * TIRED_SHARE)


def _bar(event: str, arguments: tuple[Any, ...], private: Path) -> None:
    if event == "open":
        path, mode, flags = arguments
        is_writing = bool(isinstance(mode, str) and set(mode) & set("wax+")) or bool(isinstance(flags, int) and flags & WRITE_FLAGS)
        if is_writing and not _stays_inside((path,), private):
            raise Barred(f"{event} for writing")
    elif event.startswith(BARRED) or (event.startswith(CHANGING) and not _stays_inside(arguments, private)):
        raise Barred(event)


def _stays_inside(arguments: tuple[Any, ...], private: Path) -> bool:
    paths = [Path(os.fsdecode(argument)) for argument in arguments if isinstance(argument, str | bytes | os.PathLike)]
    return all(path.resolve().is_relative_to(private) for path in paths)


def grant_seconds(seconds: int) -> None:
    """Allow this much processor time from now on; the kernel ends the process when it takes more."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + seconds + 1, hard))


def measure_memory() -> int:
    """Return the address space in use, 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()
