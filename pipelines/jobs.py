"""The monthly job and its schedule.

Belongs here: which assets run together and when. Does not belong here: what they do.
"""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

MONTHLY_JOB = "monthly"
RUN_ON_DAY, RUN_AT_HOUR = 6, 6
"""Rolls are due by the fifth; the run starts on the sixth at six in the morning, district time."""


def build_months(first_month: str) -> dg.MonthlyPartitionsDefinition:
    """Return one partition a month from the district's first month on, the present month included."""
    return dg.MonthlyPartitionsDefinition(start_date=first_month, fmt="%Y-%m", timezone="Asia/Shanghai", end_offset=1)


def build_monthly_job() -> UnresolvedAssetJobDefinition:
    """Return the job that makes everything of one month, in one process: DuckDB allows one writer."""
    return dg.define_asset_job(
        MONTHLY_JOB, selection=dg.AssetSelection.all(), executor_def=dg.in_process_executor,
        description="一个月的全部处理 / everything of one month, from inbox to reports.", tags={"cadence": "monthly"},
    )  # fmt: skip


def build_schedule(job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """Return the schedule: each month's partition once its rolls are due."""

    @dg.schedule(job=job, cron_schedule=f"0 {RUN_AT_HOUR} {RUN_ON_DAY} * *", execution_timezone="Asia/Shanghai", name="monthly_schedule")
    def monthly_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        month = context.scheduled_execution_time.strftime("%Y-%m")
        return dg.RunRequest(run_key=month, partition_key=month)

    return monthly_schedule
