"""Assets at the front door: the warehouse, one workbook a department, the overview.

Belongs here: handing finished tables to the writers. Does not belong here: what a table or a sheet holds.
"""

import hashlib
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from pipelines.judgement_log import find_log
from pipelines.periods_in_force import select_in_force
from pipelines.resources import Home
from quality.reports.catalogue import REPORTS
from registry.errors import CheckFailed
from registry.schema.tables import TABLES, empty_table
from registry.schema.text import Language
from registry.warehouse import publish_warehouse

REPORT_FRAMES = ("findings", "finding_evidence", "persons", "households", "household_members", "deliveries", "quarantine", "roll_quality",
                 "person_mentions", "link_reviews", "check_results", "benefits")  # fmt: skip


def _hash_files(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def gather_run_facts(home: Home, month: str) -> pl.DataFrame:
    """Return what this run was: month, configuration, inputs, judgements, model, months in force and rolls absent."""
    district = home.district
    inbox = home.read(month, "inbox")
    facts = {
        "month": month,
        "district": district.settings.district,
        "configuration_sha256": _hash_files([path for path in district.folder.rglob("*") if path.is_file()]),
        "inputs_sha256": hashlib.sha256("".join(inbox.sort("file_hash")["file_hash"]).encode()).hexdigest(),
        "judgements_sha256": _hash_files([path for path in (find_log(home),) if path.is_file()]),
        "model_sha256": _hash_files([home.path / "months" / month / "model.json"]),
        "rolls_absent": " ".join(home.read(month, "missing_rolls")["roll"]),
    }
    for name, roll in sorted(district.rolls.items()):
        facts[f"in_force.{name}"] = " ".join(select_in_force(roll, home.months_with(f"landed/{name}", month)))
    return pl.DataFrame({"measure": list(facts), "value": list(facts.values())})


def read_tables(home: Home, month: str, names: tuple[str, ...] = tuple(TABLES)) -> dict[str, pl.DataFrame]:
    """Return the named tables of a month; absent ones without rows."""
    return {name: home.read(month, name) if home.has(month, name) else empty_table(name) for name in names}


def require_checks(home: Home, month: str) -> None:
    """Raise CheckFailed when a blocking check of the month did not pass; nothing is published then."""
    failed = home.read(month, "check_results").filter(pl.col("is_blocking") & ~pl.col("is_passed"))
    if failed.height:
        first = failed.row(0, named=True)
        name = f"{first['table_name']}.{first['check_name']}"
        raise CheckFailed(
            f"{month}：{failed.height} 项阻断检查未通过，未发布；首项 {name}：{first['sentence_zh']}",
            f"{month}: {failed.height} blocking checks failed, nothing published; first {name}: {first['sentence_en']}",
        )


def build_warehouse_asset(months: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the published warehouse."""

    @dg.asset(
        name="warehouse", partitions_def=months, group_name="publish", kinds={"duckdb"}, owners=["team:data"], tags={"stage": "publish"},
        deps=["check_results"], description="发布的数据仓库，原子替换 / the published warehouse, swapped in atomically.",
    )  # fmt: skip
    def warehouse(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult[Any]:
        month = context.partition_key
        require_checks(home, month)
        home.write_table(month, "run_facts", gather_run_facts(home, month))
        tables = read_tables(home, month)
        path = publish_warehouse(home.warehouse_folder, month, tables, home.district)
        home.say(f"{month} published {path.name}")
        return dg.MaterializeResult(metadata={"dagster/row_count": sum(frame.height for frame in tables.values()), "file": path.name})

    return warehouse


def render_reports(home: Home, month: str) -> list[Path]:
    """Write every department's workbook and the overview of a published month; return the files."""
    tables = read_tables(home, month, REPORT_FRAMES)
    folder, language = home.report_folder(month), Language(home.language)
    return [path for report in REPORTS for path in report.write(tables, home.district, month, folder, language)]


def build_report_asset(months: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the monthly reports."""

    @dg.asset(
        name="monthly_reports", partitions_def=months, group_name="publish", kinds={"excel", "html"}, owners=["team:data"],
        tags={"stage": "publish"}, deps=["warehouse"],
        description="各部门工作簿和总览页 / one workbook per department and the overview page.",
    )  # fmt: skip
    def monthly_reports(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult[Any]:
        files = render_reports(home, context.partition_key)
        home.say(f"{context.partition_key} reports: {len(files)} files")
        return dg.MaterializeResult(metadata={"files": len(files), "folder": home.report_folder(context.partition_key).name})

    return monthly_reports
