"""Assets of the findings and of quality: rules applied, what was sent back, how good each roll is, declared checks.

Belongs here: reading frames, calling `quality`, writing frames. Does not belong here: any rule.
"""

from collections.abc import Iterable
from typing import Any

import dagster as dg
import polars as pl

from pipelines.acceptances import read_acceptances
from pipelines.assets.results import counts_table, table_outs, table_result
from pipelines.resources import Home
from pipelines.roll_standing import compare_with_before, describe_standing, read_landed_measures
from quality.engine import Facts, evaluate_rules
from quality.expectations import validate_frames
from quality.findings import PreviousFindings, carry_findings
from quality.roll_quality import build_roll_quality
from registry.district import District
from registry.ids import follow_ids
from registry.schema.tables import TABLES, empty_table

FACT_FRAMES = (
    "persons",
    "households",
    "household_members",
    "benefits",
    "needs",
    "statuses",
    "cases",
    "relations",
    "person_mentions",
    "mentions",
)
CHECKED = tuple(name for name in TABLES if name not in {"check_results", "run_facts", "pairs", "profiles"})


def gather_intake(home: Home, month: str, table: str) -> pl.DataFrame:
    """Return the deliveries or quarantine rows of everything this month's run took in."""
    inbox = home.read(month, "inbox").select("roll", "month").unique().sort("roll", "month")
    names = [(delivered, f"intake/{roll}/{table}") for roll, delivered in inbox.rows()]
    if table == "quarantine":
        names += [(delivered, f"stated/{roll}/quarantine") for roll, delivered in inbox.rows()] + [(month, "intake/_unknown/quarantine")]
    frames = [home.read(delivered, name) for delivered, name in names if home.has(delivered, name)]
    return (
        pl.concat(frames).unique("quarantine_id" if table == "quarantine" else list(TABLES[table].key), keep="first", maintain_order=True)
        if frames
        else empty_table(table)
    )


def read_previous_findings(home: Home, month: str) -> PreviousFindings | None:
    """Return the findings of the month before."""
    before = home.month_before(month, "findings")
    if before is None:
        return None
    findings, evidence, events = (home.read(before, name) for name in ("findings", "finding_evidence", "finding_events"))
    findings = follow_ids(findings, "person_id", home.read(month, "person_id_history"), keep_ended=True)
    findings = follow_ids(findings, "household_id", home.read(month, "household_id_history"), keep_ended=True)
    return PreviousFindings(findings, evidence, events)


def build_finding_assets(months: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the findings with their evidence and events."""

    @dg.multi_asset(
        name="apply_rules", outs=table_outs(["findings", "finding_evidence", "finding_events"], kinds={"polars"}), partitions_def=months,
        group_name="findings", deps=["persons", "households", "household_members", "benefits", "needs", "statuses", "cases", "relations"],
    )  # fmt: skip
    def apply_rules(context: dg.AssetExecutionContext, home: Home) -> Iterable[dg.MaterializeResult[Any]]:
        month = context.partition_key
        outcome = evaluate_rules(Facts(**{name: home.read(month, name) for name in FACT_FRAMES}), home.district, month)
        tables = carry_findings(outcome, read_previous_findings(home, month), month)
        counts = tables.findings.group_by("rule_id", "finding_kind_code").len("findings").sort("rule_id", "finding_kind_code")
        home.say(f"{month} findings: {tables.findings.height}")
        yield table_result("findings", home.write_table(month, "findings", tables.findings), by_rule=counts_table(counts))
        yield table_result("finding_evidence", home.write_table(month, "finding_evidence", tables.finding_evidence))
        yield table_result("finding_events", home.write_table(month, "finding_events", tables.finding_events))

    return apply_rules


def build_intake_tables(district: District, months: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return what was taken in, what was sent back and how good each roll is."""

    @dg.multi_asset(
        name="account_for_rolls", outs=table_outs(["deliveries", "quarantine", "roll_quality", "acceptances"], kinds={"polars"}),
        partitions_def=months, group_name="quality", deps=["mentions", "person_mentions"],
    )  # fmt: skip
    def account_for_rolls(context: dg.AssetExecutionContext, home: Home) -> Iterable[dg.MaterializeResult[Any]]:
        month = context.partition_key
        deliveries, quarantine = gather_intake(home, month, "deliveries"), gather_intake(home, month, "quarantine")
        counted = (read_landed_measures(home, month), describe_standing(home, month, deliveries))
        mentions, person_mentions = home.read(month, "mentions"), home.read(month, "person_mentions")
        quality = compare_with_before(home, month, build_roll_quality(deliveries, quarantine, mentions, person_mentions, month, counted))
        reasons = quarantine.group_by("reason_code").len("rows").sort("rows", "reason_code", descending=[True, False])
        yield table_result("deliveries", home.write_table(month, "deliveries", deliveries))
        yield table_result("quarantine", home.write_table(month, "quarantine", quarantine), by_reason=counts_table(reasons))
        yield table_result("roll_quality", home.write_table(month, "roll_quality", quality))
        yield table_result("acceptances", home.write_table(month, "acceptances", read_acceptances(home).filter(pl.col("month") <= month)))

    return account_for_rolls


def build_check_asset(district: District, months: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the results of every declared expectation; `checks` turns them into blocking asset checks."""
    landed = [dg.AssetKey(["landed", name]) for name in district.rolls]

    @dg.multi_asset(
        name="validate", outs=table_outs(["check_results"], kinds={"greatexpectations"}), partitions_def=months, group_name="quality",
        deps=[*landed, *(dg.AssetKey(name) for name in CHECKED)],
    )  # fmt: skip
    def validate(context: dg.AssetExecutionContext, home: Home) -> Iterable[dg.MaterializeResult[Any]]:
        month = context.partition_key
        frames = {name: home.read(month, name) for name in (*CHECKED, "inbox")}
        # What a first run took from earlier months is proven with this month's.
        taken = frames["inbox"].select("roll", "month").unique().sort("roll", "month").rows()
        frames |= {
            f"landed/{name}": home.read(taken_in, f"landed/{name}") for name, taken_in in taken if home.has(taken_in, f"landed/{name}")
        }
        results = validate_frames(frames, home.district.rolls, month)
        failed = results.filter(~pl.col("is_passed"))
        home.say(f"{month} checks: {results.height}, not passed {failed.height}, of these blocking {failed['is_blocking'].sum()}")
        yield table_result("check_results", home.write_table(month, "check_results", results), failed=failed.height)

    return validate
