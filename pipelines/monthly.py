"""Running months in this process, on the same definitions that Dagster serves.

Belongs here: the instance in the home, one run a month, what came of it. Does not belong here: the command line.
"""

import json
import os
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import polars as pl
from dagster._core.errors import DagsterAssetCheckFailedError

from connectors.drift import REASONS_TO_ASK
from pipelines.definitions import build_definitions
from pipelines.jobs import MONTHLY_JOB
from pipelines.resources import Home, hold
from registry.errors import CheckFailed, RegistryError

INSTANCE = """# Written by tuodi. Nothing calls home; one run at a time; no printed output is kept.
telemetry: {enabled: false}
nux: {enabled: false}
concurrency: {runs: {max_concurrent_runs: 1}}
run_monitoring: {enabled: true}
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class MonthOutcome:
    """What one month's run came to.

    absent: rolls due of which nothing arrived
    refused: files sent back
    sent_back: rolls of which something arrived and nothing landed; their last good delivery stays in force
    blocked: rolls with a delivery that repeats an earlier one or lost too many rows, and that nobody accepted
    """

    month: str
    seconds: float
    peak_megabytes: int
    stages: dict[str, float]
    absent: tuple[str, ...]
    refused: tuple[str, ...]
    sent_back: tuple[str, ...]
    blocked: tuple[str, ...]


def open_instance(root: Path) -> dg.DagsterInstance:
    """Return the Dagster instance kept in the home, with telemetry off."""
    folder = root / "dagster"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "dagster.yaml").write_text(INSTANCE, encoding="utf-8")
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    return dg.DagsterInstance.from_config(str(folder))


def _cause_of(error: BaseException) -> RegistryError | OSError | None:
    """Return the expected trouble that Dagster wrapped, when there is one."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, (RegistryError, OSError)):
            return inner
        if isinstance(inner, DagsterAssetCheckFailedError):
            return CheckFailed(
                "关键期望未通过，未发布；见 check_results", "a critical expectation failed, nothing was published; see check_results"
            )
        inner = inner.__cause__
    return None


def _stage_seconds(result: dg.ExecuteInProcessResult) -> dict[str, float]:
    """Return seconds by group of steps, landed rolls together."""
    stages: dict[str, float] = {}
    for event in result.filter_events(lambda e: e.is_step_success):
        step = str(event.step_key)
        name = "landed" if step.startswith("landed__") else step
        stages[name] = stages.get(name, 0.0) + event.event_specific_data.duration_ms / 1000  # type: ignore[union-attr]
    return {name: round(seconds, 2) for name, seconds in stages.items()}


def _run_one(job: dg.JobDefinition, home: Home, month: str, instance: dg.DagsterInstance) -> MonthOutcome:
    started = time.monotonic()
    try:
        result = job.execute_in_process(partition_key=month, instance=instance, run_config=QUIET)
    except dg.DagsterError as error:
        expected = _cause_of(error)
        if expected is None:
            raise
        raise expected from error
    outcome = MonthOutcome(
        month, round(time.monotonic() - started, 2), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        _stage_seconds(result), tuple(home.read(month, "missing_rolls")["roll"]), *_find_sent_back(home.read(month, "deliveries"), month),
    )  # fmt: skip
    home.write_text(month, "run.json", json.dumps(outcome.__dict__, ensure_ascii=False, indent=1))
    return outcome


def _find_sent_back(deliveries: pl.DataFrame, month: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return files refused, rolls of this month without a landed row although something was refused, and rolls with a blocked file."""
    refused = deliveries.filter("is_refused")
    landed = deliveries.filter((pl.col("month") == month) & (pl.col("landed_count") > 0))
    sent_back = set(refused.filter(pl.col("month") == month)["roll"]) - set(landed["roll"])
    blocked = refused.filter(pl.col("reason_code").is_in(list(REASONS_TO_ASK)))
    return tuple(sorted(set(refused["file_name"]))), tuple(sorted(sent_back)), tuple(sorted(set(blocked["roll"])))


def run_months(home: Home, months: list[str]) -> Iterator[MonthOutcome]:
    """Run each month in order, one writer at a time; yield what came of each."""
    with hold(home.path), open_instance(home.path) as instance:
        job = build_definitions(home).resolve_job_def(MONTHLY_JOB)
        for month in months:
            yield _run_one(job, home, month, instance)
