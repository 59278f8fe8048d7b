"""Asset checks: declared expectations (blocking where critical) and the rules' results.

Belongs here: showing `check_results` and `findings` as Dagster checks. Does not belong here: any expectation or rule.
Every published table is upstream of `check_results`, and the warehouse waits for these checks: nothing unsound is published.
"""

from collections.abc import Iterable

import dagster as dg
import polars as pl

from pipelines.resources import Home
from registry.district import District

WARN = dg.AssetCheckSeverity.WARN


def build_expectation_checks(district: District) -> dg.AssetChecksDefinition:
    """Return the blocking check that every critical expectation passed, and one warning check a roll and table."""
    spec = dg.AssetCheckSpec(
        "critical_expectations", asset="check_results", blocking=True, description="关键期望全部通过 / every critical expectation passed."
    )

    @dg.multi_asset_check(name="expectations", specs=[spec])
    def expectations(context: dg.AssetCheckExecutionContext, home: Home) -> Iterable[dg.AssetCheckResult]:
        results = home.read(context.partition_key, "check_results")
        failed = results.filter(pl.col("is_blocking") & ~pl.col("is_passed"))
        names = [f"{table}.{check}" for table, check in failed.select("table_name", "check_name").rows()]
        yield dg.AssetCheckResult(
            check_name="critical_expectations", asset_key="check_results", passed=not names, severity=dg.AssetCheckSeverity.ERROR,
            metadata={"checks": results.height, "failed": names},
        )  # fmt: skip

    return expectations


def build_roll_checks(district: District) -> dg.AssetChecksDefinition:
    """Return one check per landed roll: its declared expectations."""
    specs = [
        dg.AssetCheckSpec("declared_expectations", asset=dg.AssetKey(["landed", name]), additional_deps=[dg.AssetKey("check_results")],
                          description=f"{roll.title.zh}符合声明 / {roll.title.en} is as declared.")
        for name, roll in district.rolls.items()
    ]  # fmt: skip

    @dg.multi_asset_check(name="roll_expectations", specs=specs)
    def roll_expectations(context: dg.AssetCheckExecutionContext, home: Home) -> Iterable[dg.AssetCheckResult]:
        results = home.read(context.partition_key, "check_results")
        for name in district.rolls:
            own = results.filter(pl.col("table_name") == f"landed/{name}")
            failed = own.filter(~pl.col("is_passed"))
            yield dg.AssetCheckResult(
                check_name="declared_expectations", asset_key=["landed", name], passed=failed.is_empty(), severity=WARN,
                metadata={"checks": own.height, "failed": failed["check_name"].to_list()},
            )  # fmt: skip

    return roll_expectations


def build_rule_checks(district: District) -> dg.AssetChecksDefinition:
    """Return one warning check per rule: passed when nothing needs checking."""
    rules = {rule_id: rule for rule_id, rule in district.rules.items() if rule.enabled}
    specs = [
        dg.AssetCheckSpec(f"rule_{rule_id}", asset="findings", description=f"{rule_id} {rule.title.zh} / {rule.title.en}")
        for rule_id, rule in rules.items()
    ]

    @dg.multi_asset_check(name="rules", specs=specs)
    def rule_results(context: dg.AssetCheckExecutionContext, home: Home) -> Iterable[dg.AssetCheckResult]:
        findings = home.read(context.partition_key, "findings").filter(pl.col("finding_state_code") != "withdrawn")
        for rule_id in rules:
            own = findings.filter(pl.col("rule_id") == rule_id)
            to_check = own.filter(pl.col("finding_kind_code") != "link_review")
            excess = to_check["excess_amount"].sum()
            yield dg.AssetCheckResult(
                check_name=f"rule_{rule_id}", asset_key="findings", passed=to_check.is_empty(), severity=WARN,
                metadata={"needs_checking": to_check.height, "link_reviews": own.height - to_check.height,
                          "possible_excess_cny": float(excess or 0)},
            )  # fmt: skip

    return rule_results
