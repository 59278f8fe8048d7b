"""The side that trusts itself: asks another process to read a file, and outlives whatever happens to it.

Belongs here: starting, asking, stopping and replacing that process, and the sentence when it fails. Does not belong
here: what it does (`connectors.formats.child`).

One process reads many files, because starting it costs half a second. A file that crashes it, takes too much memory or
too long is sent back; the next file gets a new process.
"""

import atexit
import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Final

from connectors.formats.exchange import Message, read_message, unpack_reading, unpack_refusal, write_message
from connectors.formats.sheets import Reading
from connectors.refusals import FileRefused, Place
from registry.district import Limits
from registry.errors import DeliveryError
from registry.roll import Roll
from registry.schema.text import Text

CHILD: Final = "connectors.formats.child"
ROOT: Final = Path(__file__).resolve().parents[2]
START: Final = "import sys; from importlib import import_module; sys.path.insert(0, sys.argv.pop(1)); import_module(sys.argv.pop(1)).main()"
KEPT_SETTINGS: Final = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")
"""Environment handed on; passwords of databases stand there too and are not."""

MOST_THREADS: Final = 8
START_SECONDS: Final = 120
WALL_FACTOR: Final = 2
"""A file may take this many times its processor seconds by the clock, since other programs run too."""

LONGEST_REPLY: Final = 256 * 1024**2
OUT_OF_MEMORY: Final = (b"memory allocation of", b"bad_alloc", b"capacity overflow", b"Cannot allocate memory", b"MemoryError")


class Reader:
    """The reading process; started at the first file, replaced after a failure, ended by `close`."""

    def __init__(self, limits: Limits, child: str = CHILD) -> None:
        """Keep what the process will be started with; `child` is the module it runs."""
        self.limits, self.child = limits, child
        self.start_count = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._request_count = 0
        self._lock = threading.Lock()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def read(self, path: Path, name: str, roll: Roll | None = None, *, is_member: bool = False) -> Reading:
        """Return what `path` holds; `roll` tells how fixed-width lines are cut. Raises FileRefused, in which the file is called `name`."""
        with self._lock:
            reply = self._ask(path, name, roll, is_member=is_member)
            folder = self._require_folder() / str(self._request_count)
            if "stopped" in reply or reply.get("is_tired"):
                self._stop()
            try:
                if reply.get("stopped") == "disk":
                    raise _refuse_full_disk(self._require_folder())
                if "stopped" in reply:
                    raise self._refuse_stop(name, str(reply["stopped"]))
                if "refusal" in reply:
                    raise unpack_refusal(reply).rename(name)
                return unpack_reading(reply, folder)
            finally:
                if is_member:
                    path.unlink(missing_ok=True)
                if not reply.get("members"):
                    shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """End the process and remove its folder."""
        with self._lock:
            self._stop()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None

    def _require_folder(self) -> Path:
        # mkdtemp lets nobody but its owner in.
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="tuodi-"))
        return self._folder

    def _start(self) -> subprocess.Popen[bytes]:
        """Return the running process, a new one if there is none; RuntimeError when it cannot be started, which is our fault."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        folder = self._require_folder()
        settings = {name: os.environ[name] for name in KEPT_SETTINGS if name in os.environ}
        settings |= {"POLARS_MAX_THREADS": str(min(os.cpu_count() or 1, MOST_THREADS)), "HOME": str(folder), "TMPDIR": str(folder)}
        command = [sys.executable, "-I", "-X", "utf8", "-c", START, str(ROOT), self.child, str(folder), self.limits.model_dump_json()]
        with (folder / "errors").open("wb") as errors:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=folder, env=settings, start_new_session=True
            )
        self.start_count += 1
        line = self._wait(self._process, START_SECONDS)
        if not isinstance(line, bytes):
            said = (folder / "errors").read_text(encoding="utf-8", errors="replace")[-2000:]
            self._stop()
            raise RuntimeError(f"the process that reads files could not be started: {said}")
        return self._process

    def _stop(self) -> None:
        if self._process is None:
            return
        # Killed, not asked: it may hang. Asked to end it would also remove the folder, which others still need.
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process = None

    def _ask(self, path: Path, name: str, roll: Roll | None, *, is_member: bool) -> Message:
        """Return the answer for one file; a process that dies or hangs answers by being stopped."""
        process = self._start()
        self._request_count += 1
        request = {
            "path": str(path.resolve()),
            "folder": str(self._request_count),
            "roll": roll.model_dump(mode="json") if roll else None,
            "is_member": is_member,
        }
        try:
            if process.stdin is None:
                raise BrokenPipeError
            process.stdin.write(write_message(request))
            process.stdin.flush()
            line = self._wait(process, self.limits.reader_seconds * WALL_FACTOR)
            return read_message(line) if isinstance(line, bytes) else {"stopped": line}
        except BrokenPipeError:
            return {"stopped": self._tell_end(process)}
        except BaseException:
            # An answer that comes later must not be taken for the next file's.
            self._stop()
            raise

    def _wait(self, process: subprocess.Popen[bytes], seconds: float) -> bytes | str:
        """Return the next line the process says, or why it says none."""
        if process.stdout is None:
            return "closed"
        pipe, line, deadline = process.stdout.fileno(), bytearray(), time.monotonic() + seconds
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                return "time"
            piece = os.read(pipe, 1024 * 1024)
            if not piece:
                return self._tell_end(process)
            line += piece
            if len(line) > LONGEST_REPLY:
                return "reply"
        return bytes(line)

    def _tell_end(self, process: subprocess.Popen[bytes]) -> str:
        """Return why the process ended: time, memory, or the signal that ended it."""
        code = process.wait(timeout=START_SECONDS)
        if code == -signal.SIGXCPU:
            return "time"
        said = (self._require_folder() / "errors").read_bytes()[-4000:]
        return "memory" if any(words in said for words in OUT_OF_MEMORY) else f"signal {-code}" if code < 0 else f"exit {code}"

    def _refuse_stop(self, name: str, cause: str) -> FileRefused:
        """Return the refusal of a file that could not be read within the limits, or at all."""
        seconds, megabytes = self.limits.reader_seconds, self.limits.reader_bytes // 1024**2
        got = {
            "time": Text(f"{seconds}秒内没有读完", f"not read within {seconds} seconds"),
            "memory": Text(f"读取所需内存超过{megabytes}MB", f"more than {megabytes} MB of memory needed"),
        }.get(cause, Text(f"读取进程异常中止（{cause}）", f"the reading process ended early ({cause})"))
        return FileRefused(
            "READER_STOPPED",
            Place(name),
            expected=Text("能在限定的时间和内存内读完的文件", "a file that can be read within the limits of time and memory"),
            got=got,
            remedy=Text(
                "请删除表格右侧和下方多余的单元格，另存为新文件，或分成几个文件后重新报送",
                "delete stray cells far right of or below the list, save it as a new file, or deliver it in several files",
            ),
        )


def _refuse_full_disk(folder: Path) -> DeliveryError:
    return DeliveryError(
        f"临时文件夹 {folder}：应有存放一份名册的空间，实为磁盘已满；请清理磁盘或用 TMPDIR 另指文件夹后重新运行",
        f"temporary folder {folder}: expected room for one roll, got a full disk; make room or point TMPDIR elsewhere, and run again",
    )


_shared: dict[int, Reader] = {}


def share_reader(limits: Limits) -> Reader:
    """Return the reader this process uses for files under `limits`; the one before is ended when the limits are others."""
    reader = _shared.get(os.getpid())
    if reader is None or reader.limits != limits:
        if reader is not None:
            reader.close()
        reader = _shared[os.getpid()] = Reader(limits)
    return reader


@atexit.register
def _close_shared() -> None:
    reader = _shared.get(os.getpid())
    if reader is not None:
        reader.close()
