"""What the process that reads files and the one that asked for it say to each other: lines of JSON, and frames as Arrow files.

Belongs here: both directions of every message. Does not belong here: starting processes. Nothing is pickled: what comes
from the reading process is data, never code.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa

from connectors.formats.sheets import TOP_ROWS, Member, Merge, Reading, Sheet
from connectors.refusals import FileRefused, Place
from registry.schema.text import Text

Message = dict[str, Any]
FRAMES: Final = ("cells", "numeric")


def write_message(message: Mapping[str, Any]) -> bytes:
    """Return a message as one line."""
    return json.dumps(message).encode("ascii") + b"\n"


def read_message(line: bytes) -> Message:
    """Return the message of one line; ValueError when it is none."""
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("a message is an object")
    return message


def pack_reading(reading: Reading, folder: Path) -> Message:
    """Return a reading as a message, its frames written into `folder`."""
    members = [{**asdict(member), "path": member.path.name} for member in reading.members]
    return {"sheets": [_pack_sheet(sheet, folder, number) for number, sheet in enumerate(reading.sheets)], "members": members}


def _pack_sheet(sheet: Sheet, folder: Path, number: int) -> Message:
    for name in FRAMES:
        getattr(sheet, name).write_ipc(folder / f"{number}.{name}")
    plain = {field.name: getattr(sheet, field.name) for field in fields(sheet) if field.name not in (*FRAMES, "merges")}
    # Cells are filled in already; only merged heads are still needed.
    return {**plain, "merges": [list(vars(merge).values()) for merge in sheet.merges if merge.first_row < TOP_ROWS]}


def unpack_reading(message: Message, folder: Path) -> Reading:
    """Return the reading of a message; the frames leave `folder`."""
    sheets = [_unpack_sheet(plain, folder, number) for number, plain in enumerate(message["sheets"])]
    members = [Member(**{**plain, "path": folder / Path(plain["path"]).name}) for plain in message["members"]]
    return Reading(tuple(sheets), tuple(members))


def _unpack_sheet(plain: Message, folder: Path, number: int) -> Sheet:
    frames: Message = {name: _map_frame(folder / f"{number}.{name}") for name in FRAMES}
    settings: Message = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items() if name != "merges"}
    return Sheet(**settings, **frames, merges=tuple(Merge(*merge) for merge in plain["merges"]))


def _map_frame(path: Path) -> pl.DataFrame:
    """Return the frame of a file without copying it; the file is gone from the folder at once, its pages when the frame is."""
    with pa.memory_map(str(path)) as file:
        table = pa.ipc.open_file(file).read_all()
    path.unlink()
    frame = pl.from_arrow(table)
    if not isinstance(frame, pl.DataFrame):
        raise TypeError("a table becomes a frame")
    return frame


def pack_refusal(refusal: FileRefused) -> Message:
    """Return a refusal as a message."""
    texts: dict[str, Text] = {name: getattr(refusal, name) for name in ("expected", "got", "remedy")}
    said = {name: [text.zh, text.en] for name, text in texts.items()}
    return {"refusal": {"reason_code": refusal.reason_code, "place": asdict(refusal.place), "column": refusal.column, **said}}


def unpack_refusal(message: Message) -> FileRefused:
    """Return the refusal of a message."""
    plain = dict(message["refusal"])
    texts: dict[str, Sequence[str]] = {name: plain.pop(name) for name in ("expected", "got", "remedy")}
    place = Place(**plain.pop("place"))
    said = {name: Text(*pair) for name, pair in texts.items()}
    return FileRefused(plain["reason_code"], place, column=plain["column"], **said)
