"""Applying the district's rules to one month's facts.

Belongs here: which families exist and running the enabled rules one after another. Does not belong here: the logic of a family
(`quality.rules.<family>`), wording and ids (`quality.findings`).
"""

from collections.abc import Callable
from typing import Final

import polars as pl

from quality.facts import Facts
from quality.findings import RuleOutcome, write_findings
from quality.leads import Leads
from quality.rules import (
    exclusive_programmes,
    grace,
    joint_ceiling,
    missed_entitlement,
    same_bill,
    same_event,
    status_conflict,
    top_up,
    two_households,
    unmet_need,
    workflow_gap,
)
from registry.district import District, Rule
from registry.errors import ConfigError
from registry.schema.tables import conform_table, empty_table

__all__ = ["RULE_FAMILIES", "Facts", "RuleOutcome", "evaluate_rules"]

Family = Callable[[Facts, Rule, District, str], Leads]

RULE_FAMILIES: Final[dict[str, Family]] = {
    "exclusive_programmes": exclusive_programmes.evaluate,
    "grace": grace.evaluate,
    "joint_ceiling": joint_ceiling.evaluate,
    "missed_entitlement": missed_entitlement.evaluate,
    "same_bill": same_bill.evaluate,
    "same_event": same_event.evaluate,
    "status_conflict": status_conflict.evaluate,
    "top_up": top_up.evaluate,
    "two_households": two_households.evaluate,
    "unmet_need": unmet_need.evaluate,
    "workflow_gap": workflow_gap.evaluate,
}
"""Every family by the name rules.yml uses."""


def evaluate_rules(facts: Facts, district: District, month: str) -> RuleOutcome:
    """Return what every enabled rule finds in the facts up to `month`."""
    outcomes = [evaluate_rule(facts, rule, district, month) for _, rule in sorted(district.rules.items()) if rule.enabled]
    return RuleOutcome(
        conform_table(pl.concat([empty_table("findings"), *(item.findings for item in outcomes)]), "findings"),
        conform_table(pl.concat([empty_table("finding_evidence"), *(item.finding_evidence for item in outcomes)]), "finding_evidence"),
    )


def evaluate_rule(facts: Facts, rule: Rule, district: District, month: str) -> RuleOutcome:
    """Return what one rule finds."""
    family = RULE_FAMILIES.get(rule.family)
    if family is None:
        known = ", ".join(sorted(RULE_FAMILIES))
        raise ConfigError(
            f"{rule.rule_id}：没有规则族“{rule.family}”，可用：{known}",
            f"{rule.rule_id}: no rule family '{rule.family}'; one of {known}",
            file=district.folder / "rules.yml",
        )
    return write_findings(family(facts, rule, district, month), rule, facts, district, month)
