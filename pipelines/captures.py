"""Rolls that are read from databases: which are due, and what became of them.

Belongs here: asking `connectors.databases` for the rolls a month needs and keeping the captures in the home. Does not belong
here: how a database is read.
"""

import hashlib
from pathlib import Path

import polars as pl

from connectors.databases import Capture, capture_roll, find_capture
from connectors.deliveries import DeliveredFile
from connectors.quarantine import quarantine_file
from connectors.refusals import FileRefused
from pipelines.periods_in_force import is_due
from pipelines.resources import Home
from registry.roll import Roll
from registry.schema.tables import empty_table


def capture_folder(home: Home, month: str) -> Path:
    """Return where the captures of a month lie."""
    return home.path / "months" / month / "captured"


def capture_due_rolls(home: Home, month: str) -> tuple[tuple[DeliveredFile, ...], pl.DataFrame]:
    """Read every roll that comes from a database and is due in `month`, or was never landed.

    Returns:
        the captures as delivered files, and a quarantine row for each database that could not be read; its roll stays with
        its last good delivery.
    """
    files: list[DeliveredFile] = []
    refused = [empty_table("quarantine")]
    for roll in home.district.rolls.values():
        if roll.delivery.database is None or not (is_due(roll, month) or not home.months_with(f"landed/{roll.roll}", month)):
            continue
        try:
            files.append(_as_delivery(roll, month, capture_roll(roll, month, capture_folder(home, month))))
        except FileRefused as refusal:
            address = {"roll": roll.roll, "month": month, "department": roll.department, "file_name": roll.roll, "file_hash": None}
            refused.append(quarantine_file(address, refusal, f"{roll.code}-{month.replace('-', '')}-database"))
    return tuple(files), pl.concat(refused)


def _as_delivery(roll: Roll, month: str, capture: Capture) -> DeliveredFile:
    content = capture.path.read_bytes()
    return DeliveredFile(capture.path, roll.roll, roll.department, month, 1, hashlib.sha256(content).hexdigest(), len(content))


def find_snapshot_date(home: Home, roll: Roll, month: str) -> pl.Expr:
    """Return the day `roll` was read from its database for `month`; null for a roll that comes in files."""
    capture = find_capture(roll, month, capture_folder(home, month)) if roll.delivery.database else None
    return pl.lit(capture.snapshot if capture else None, dtype=pl.String()).str.to_date().alias("snapshot_date")
