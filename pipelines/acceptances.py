"""The log of deliveries that were blocked and let pass: who, why, which roll, which figures.

Belongs here: the answer given with `tuodi run --accept`, reading the log and adding to it. Does not belong here: what is blocked
(`connectors.drift`).

`home/acceptances.jsonl` is only ever added to, one line a delivery, with the time it was written. The published table `acceptances`
leaves the time out, so that the same answers make the same warehouse. An answer holds for these bytes in this month, for good.
"""

import getpass
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from connectors.drift import Block
from pipelines.resources import Home
from registry.errors import RegistryError
from registry.roll import Roll
from registry.schema.tables import TABLES, conform_table, empty_table

LOG: Final = "acceptances.jsonl"


@dataclass(frozen=True)
class Answer:
    """What is known of blocked deliveries of one roll and month: those accepted before, and what this run accepts."""

    home: Home
    roll: Roll
    month: str

    def accepts(self, block: Block) -> bool:
        """Tell whether a delivery may pass, by an earlier answer or by this run's."""
        known = read_acceptances(self.home).filter((pl.col("roll") == self.roll.roll) & (pl.col("month") == self.month))
        return block.delivery_hash in set(known["delivery_hash"]) or self._accepts_now()

    def _accepts_now(self) -> bool:
        asked = self.home.accepted_rolls
        return bool(self.home.accepted_reason) and (not asked or self.roll.roll in asked or self.roll.code in asked)

    def remember(self, blocks: Sequence[Block]) -> None:
        """Add what this run accepted to the log."""
        known = read_acceptances(self.home).select(TABLES["acceptances"].key).rows()
        for block in blocks:
            if (self.roll.roll, self.month, block.refusal.reason_code, block.delivery_hash) not in known and self._accepts_now():
                _append(self.home.path / LOG, self._describe(block))

    def _describe(self, block: Block) -> dict[str, Any]:
        return {
            "roll": self.roll.roll,
            "month": self.month,
            "department": self.roll.department,
            "reason_code": block.refusal.reason_code,
            "delivery_hash": block.delivery_hash,
            "landed_count": block.row_count,
            "previous_month": block.previous_month,
            "previous_count": block.previous_count,
            "figure": block.figure,
            "accepted_by": self.home.accepted_by,
            "accepted_reason": self.home.accepted_reason,
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }


def find_user() -> str:
    """Return the name of the user who runs this; the number where the machine knows no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def _append(path: Path, line: dict[str, Any]) -> None:
    """Add one line and wait until the disk has it: whoever let a delivery pass must be known even after a crash."""
    with path.open("a", encoding="utf-8") as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")
        log.flush()
        os.fsync(log.fileno())


def read_acceptances(home: Home) -> pl.DataFrame:
    """Return the log as the table `acceptances`."""
    path = home.path / LOG
    if not path.is_file() or not path.stat().st_size:
        return empty_table("acceptances")
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return conform_table(pl.DataFrame(lines, infer_schema_length=None), "acceptances")
    except (ValueError, pl.exceptions.PolarsError) as error:
        raise RegistryError(
            f"{path} 无法读取；应为每行一条 JSON 记录，请从备份恢复该文件",
            f"{path} cannot be read; expected one JSON record a line; restore it from a backup",
        ) from error
