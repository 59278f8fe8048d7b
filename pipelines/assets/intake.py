"""Assets of the intake: what arrived, and one landed roll each.

Belongs here: asking `connectors` to find and land deliveries and keeping what they return.
Does not belong here: reading formats, matching headers or judging rows.
"""

from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from connectors.deliveries import DeliveredFile, find_deliveries
from connectors.drift import Earlier, settle_drift
from connectors.intake import Landed, land_roll
from connectors.versions import settle_versions
from pipelines.acceptances import Answer
from pipelines.captures import capture_due_rolls, find_snapshot_date
from pipelines.periods_in_force import is_due, previous_months
from pipelines.resources import Home
from quality.roll_measures import measure_rows
from registry.district import District
from registry.errors import DeliveryError
from registry.roll import Roll
from registry.schema.tables import empty_table
from registry.standardise.amounts import clean_amount

INBOX_SCHEMA = pl.Schema({
    "roll": pl.String(), "department": pl.String(), "month": pl.String(), "path": pl.String(), "file_number": pl.Int64(),
    "file_hash": pl.String(), "byte_count": pl.Int64(),
})  # fmt: skip
"""One row per file this run takes in."""


def _rows_of(files: tuple[DeliveredFile, ...], rolls: set[str]) -> list[dict[str, object]]:
    """Return the inbox rows of the files that belong to `rolls`."""
    return [
        {"roll": f.roll, "department": f.department, "month": f.month, "path": str(f.path), "file_number": f.file_number,
         "file_hash": f.file_hash, "byte_count": f.byte_count}
        for f in files if f.roll in rolls
    ]  # fmt: skip


def gather_inbox(home: Home, month: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the files to take in for `month` and the quarantine rows of files nobody declared.

    A roll that has never been landed and does not arrive this month is looked for in the months before: the first run of a
    district must not wait a year for the yearly roll.
    """
    inbox, district = Path(home.inbox), home.district
    found = find_deliveries(inbox, month, district)
    captured, unread = capture_due_rolls(home, month)
    rows = _rows_of(found.files + captured, set(district.rolls))
    wanted = {name for name in district.rolls if not home.months_with(f"landed/{name}", month)} - {str(row["roll"]) for row in rows}
    for earlier in previous_months(month):
        if wanted and (inbox / earlier).is_dir():
            late = _rows_of(find_deliveries(inbox, earlier, district).files, wanted)
            rows += late
            wanted -= {str(row["roll"]) for row in late}
    if not rows:
        raise DeliveryError(
            f"{inbox / month}：没有任何已声明名册的文件；应有 {len(district.rolls)} 个名册之一，请检查文件夹和文件名",
            f"{inbox / month}: no file of any declared roll; expected one of {len(district.rolls)} rolls;"
            " check the folder and the file names",
        )
    return pl.DataFrame(rows, schema=INBOX_SCHEMA).sort("roll", "month", "file_number"), pl.concat([found.unknown, unread])


def find_missing(home: Home, inbox: pl.DataFrame, month: str) -> list[str]:
    """Return the rolls due in `month` of which nothing arrived, in the order of their names."""
    arrived = set(inbox.filter(pl.col("month") == month)["roll"])
    return sorted(name for name, roll in home.district.rolls.items() if is_due(roll, month) and name not in arrived)


def last_good_month(home: Home, roll: str, month: str) -> str | None:
    """Return the latest month up to `month` in which `roll` was landed."""
    months = home.months_with(f"landed/{roll}", month)
    return months[-1] if months else None


def land(home: Home, roll: Roll, month: str) -> dict[str, int]:
    """Land every file of `roll` listed in this month's inbox; return counts for the reader."""
    inbox = home.read(month, "inbox").filter(pl.col("roll") == roll.roll)
    home.drop(month, f"landed/{roll.roll}")
    counts = {"files": inbox.height, "rows": 0, "quarantined": 0, "refused": 0}
    for (delivery_month,), files in inbox.group_by("month", maintain_order=True):
        delivered = [_as_file(row) for row in files.to_dicts()]
        landed = land_roll(roll, str(delivery_month), delivered, home.district.settings.limits)
        landed = _settle(home, roll, str(delivery_month), landed)
        deliveries = landed.deliveries.with_columns(find_snapshot_date(home, roll, str(delivery_month)))
        home.write_table(str(delivery_month), f"intake/{roll.roll}/deliveries", deliveries)
        home.write_table(str(delivery_month), f"intake/{roll.roll}/quarantine", landed.quarantine)
        home.write(str(delivery_month), f"intake/{roll.roll}/measures", _measure(roll, landed))
        if landed.rows.height:
            home.write(str(delivery_month), f"landed/{roll.roll}", landed.rows)
        else:
            home.drop(str(delivery_month), f"landed/{roll.roll}")
        counts["rows"] += landed.rows.height
        counts["quarantined"] += int(landed.deliveries["quarantined_count"].sum())
        counts["refused"] += int(landed.deliveries["refused_count"].sum())
    return counts


def _settle(home: Home, roll: Roll, month: str, landed: Landed) -> Landed:
    """Return the delivery without older versions and without what repeats or loses too much and nobody accepted; log what was accepted."""
    answer = Answer(home, roll, month)
    current = settle_versions(roll, landed)
    settled = settle_drift(roll, month, current, read_earlier(home, roll.roll, month), home.district.settings.limits, answer.accepts)
    answer.remember(settled.accepted)
    for block in settled.blocked:
        home.say(f"  blocked {roll.roll}: {block.refusal.reason_code} {block.figure}, last good {block.previous_month}")
    return settled.landed


def _measure(roll: Roll, landed: Landed) -> pl.DataFrame:
    """Return what can be counted of a landed delivery; amounts are read as the facts read them."""
    amounts = [clean_amount(pl.col(name)).alias(name) for name, column in roll.columns.items() if column.kind == "amount"]
    return measure_rows(landed.rows.with_columns(amounts), roll, landed.deliveries)


def read_earlier(home: Home, roll: str, month: str) -> Earlier | None:
    """Return what `roll` sent before `month`: its last landed delivery and every file ever landed; None before the first one."""
    landed = [found for found in home.months_with(f"landed/{roll}", month) if found < month]
    if not landed:
        return None
    recorded = [found for found in home.months_with(f"intake/{roll}/deliveries", month) if found < month]
    deliveries = [home.read_table(found, f"intake/{roll}/deliveries") for found in recorded] or [empty_table("deliveries")]
    files = pl.concat(frame.filter(pl.col("landed_count") > 0).select("month", "file_name", "file_hash") for frame in deliveries).unique()
    return Earlier(landed[-1], home.read(landed[-1], f"landed/{roll}"), files)


def _as_file(row: dict[str, Any]) -> DeliveredFile:
    return DeliveredFile(**(row | {"path": Path(row["path"])}))


def build_inbox_asset(months: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset that looks at what arrived."""

    @dg.asset(
        name="inbox", partitions_def=months, group_name="intake", kinds={"parquet"}, owners=["team:data"],
        tags={"stage": "intake"}, description="本月收到的文件 / the files that arrived this month, with hash and size.",
    )  # fmt: skip
    def inbox(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult[Any]:
        month = context.partition_key
        files, unknown = gather_inbox(home, month)
        home.write(month, "inbox", files)
        home.write_table(month, "intake/_unknown/quarantine", unknown)
        missing = find_missing(home, files, month)
        home.write(month, "missing_rolls", pl.DataFrame({"roll": missing}, schema={"roll": pl.String}))
        rolls = files["roll"].n_unique()
        home.say(f"{month} inbox: {files.height} files of {rolls} rolls, {unknown.height} unknown, {len(missing)} due but absent")
        return dg.MaterializeResult(metadata={"dagster/row_count": files.height, "unknown_files": unknown.height, "rolls_absent": missing})

    return inbox


def build_landed_asset(roll: Roll, district: District, months: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset of one landed roll."""

    @dg.asset(
        key=["landed", roll.roll], partitions_def=months, group_name="landed", deps=["inbox"], kinds={"polars", "parquet"},
        owners=[f"team:{roll.department}"], tags={"roll": roll.code, "frequency": roll.delivery.frequency, "stage": "intake"},
        description=f"{roll.code} {roll.title.zh} / {roll.title.en} ({district.department_title(roll.department).show('both')})",
        metadata={
            "dagster/column_schema": dg.TableSchema(columns=[
                dg.TableColumn(name, "string", description=column.heads[0]) for name, column in roll.columns.items()]),
            "legal_basis": roll.legal_basis, "retention_months": roll.retention_months,
        },
    )  # fmt: skip
    def landed(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult[Any]:
        counts = land(home, home.district.rolls[roll.roll], context.partition_key)
        last = last_good_month(home, roll.roll, context.partition_key)
        if counts["quarantined"] or counts["refused"] or counts["rows"] > 20_000:
            home.say(f"  landed {roll.roll}: {counts['rows']} rows, {counts['quarantined']} quarantined, {counts['refused']} refused")
        return dg.MaterializeResult(metadata={"dagster/row_count": counts["rows"], "last_good_month": last or "", **counts})

    return landed
