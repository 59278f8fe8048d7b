"""The log of readers' answers on pairs: who said what of which pair, when, in which file.

Belongs here: reading the log, adding to it, and what of it enters a run. Does not belong here: whose answer counts
(`registry.agreement`), what a verdict does (`registry.resolve`).

`home/judgements.jsonl` is only ever added to, one line an answer. Of one reader's answers on one pair the last counts; the
earlier ones stay on record.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from pipelines.resources import Home
from registry.agreement import ANSWERS, choose_verdicts, weigh_answers
from registry.errors import ConfigError, RegistryError
from registry.judgements import ENDS, clean_judgements, find_lost, member_of, require_consistent

LOG: Final = "judgements.jsonl"
KEPT: Final = ("pair_id", *ENDS, "verdict_code", "judged_by", "judged_on", "month", "note", "file_name", "file_row")
"""What a line holds; all text but `file_row`."""
SCHEMA: Final = pl.Schema({name: pl.Int64() if name == "file_row" else pl.String() for name in KEPT} | {"source": pl.String()})


def find_log(home: Home) -> Path:
    """Return where the log of a home lies."""
    return home.path / LOG


def read_log(home: Home) -> pl.DataFrame:
    """Return every line of the log in the order written, with `source` (file and line)."""
    path = find_log(home)
    if not path.is_file():
        return pl.DataFrame(schema=SCHEMA)
    told = [(number, line) for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if line.strip()]
    rows = [_read_line(path, number, line) for number, line in told]
    return pl.DataFrame(rows, schema=SCHEMA)


def _read_line(path: Path, number: int, line: str) -> dict[str, Any]:
    """Return one line of the log, or raise naming it."""
    try:
        row = json.loads(line)
        is_well = isinstance(row, dict) and row["verdict_code"] in ANSWERS and all(row[name] for name in (*ENDS, "judged_by"))
    except (ValueError, KeyError):
        is_well = False
    if not is_well:
        raise RegistryError(
            f"{path}:{number}: 不是一条判断记录（应有 {'、'.join(KEPT[1:5])}）；请从备份恢复该行",
            f"{path}:{number}: no judgement (expected {', '.join(KEPT[1:5])}); restore that line from a backup",
        )
    return {name: row.get(name) for name in KEPT} | {"source": f"{LOG}:{number}"}


def read_answers(home: Home) -> pl.DataFrame:
    """Return the answer that counts of each reader on each pair: the last one given."""
    return keep_last(read_log(home))


def keep_last(answers: pl.DataFrame) -> pl.DataFrame:
    """Return one row per pair and reader, the last in the order given."""
    return answers.unique([*ENDS, "judged_by"], keep="last", maintain_order=True)


def append_answers(home: Home, answers: Sequence[dict[str, Any]]) -> None:
    """Add lines and wait until the disk has them: a verdict given must not be lost in a crash."""
    path = find_log(home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a", encoding="utf-8") as log:
        log.writelines(json.dumps({name: answer[name] for name in KEPT}, ensure_ascii=False) + "\n" for answer in answers)
        log.flush()
        os.fsync(log.fileno())


def choose_judgements(home: Home, answers: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the verdicts that enter a run: agreed ones, or single ones where the district lets one reader decide.

    Raises:
        ConfigError: they contradict each other.
    """
    told = read_answers(home) if answers is None else answers
    verdicts = choose_verdicts(weigh_answers(told, home.district.linkage.readers))
    return require_consistent(clean_judgements(verdicts, str(find_log(home))), str(find_log(home)))


def report_judgements(home: Home, month: str, judgements: pl.DataFrame, profile_ids: pl.Series) -> None:
    """Say how many verdicts a run used and how many speak of rows no longer in force."""
    if judgements.is_empty():
        return
    lost = find_lost(judgements, profile_ids).height
    one_number = judgements.filter(member_of("profile_id_l") == member_of("profile_id_r")).height
    home.say(
        f"{month} judgements: {judgements.height - lost - one_number} used, {lost} kept whose rows are no longer in force,"
        f" {one_number} without effect because both sides carry one number"
    )


def require_run(home: Home) -> list[str]:
    """Return the months of a home that have linked profiles, or raise with the remedy."""
    months = home.months_with("profiles", "9999-12")
    if not months:
        raise ConfigError(f"{home.root} 尚未运行过任何月份，请先 tuodi run", f"no month has been run in {home.root}; run 'tuodi run' first")
    return months
