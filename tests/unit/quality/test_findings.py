"""The life of a finding: lasting ids, states, events, mild words."""

import re

import polars as pl
import pytest

from quality.engine import evaluate_rules
from quality.findings import FindingTables, PreviousFindings, carry_findings
from quality.wording import SLOTS
from registry.district import District
from registry.errors import ConfigError
from registry.schema.codes import FINDING_STATES
from tests.unit.quality.village import Village, months

DENIED = re.compile("停发|骗取|骗保|欺诈|冒领|违规领取|fraud|stop|suspend|cheat|illegal", re.IGNORECASE)


def overlap_until(last: str) -> Village:
    """Tell destitute support beside a care allowance from 2016-02 to `last`."""
    village = Village()
    village.person("A")
    for month in months("2016-01", last):
        village.benefit("A", "DSB_C", month, amount=100)
        if month > "2016-01":
            village.benefit("A", "TEK", month, amount=852)
    return village


def run(district: District, village: Village, month: str, before: FindingTables | None) -> FindingTables:
    previous = PreviousFindings(before.findings, before.finding_evidence, before.finding_events) if before else None
    return carry_findings(evaluate_rules(village.facts(), district, month), previous, month)


def test_id_lasts_while_the_facts_grow(district: District) -> None:
    first = evaluate_rules(overlap_until("2016-03").facts(), district, "2016-03").findings
    second = evaluate_rules(overlap_until("2016-09").facts(), district, "2016-09").findings
    assert first["finding_id"].to_list() == second["finding_id"].to_list()
    assert re.fullmatch(r"F[A-Z2-7]{10}", first["finding_id"][0])
    assert second["excess_amount"][0] > first["excess_amount"][0]


def test_life_of_a_finding(district: District) -> None:
    nothing = Village()
    nothing.person("A")
    march = run(district, overlap_until("2016-03"), "2016-03", None)
    april = run(district, overlap_until("2016-04"), "2016-04", march)
    may = run(district, nothing, "2016-05", april)
    june = run(district, nothing, "2016-06", may)
    july = run(district, overlap_until("2016-07"), "2016-07", june)
    states = [tables.findings["finding_state_code"].item() for tables in (march, april, may, june, july)]
    assert states == ["new", "open", "withdrawn", "withdrawn", "reopened"]
    assert july.findings["first_month"].item() == "2016-03"
    assert (may.findings["last_month"].item(), july.findings["last_month"].item()) == ("2016-04", "2016-07")
    assert may.finding_evidence.height == april.finding_evidence.height > 0
    events = july.finding_events.select("event_sequence", "month", "finding_state_code").rows()
    assert events == [(1, "2016-03", "new"), (2, "2016-04", "open"), (3, "2016-05", "withdrawn"), (4, "2016-07", "reopened")]
    assert set(states) <= set(FINDING_STATES)


def test_events_are_only_added(district: District) -> None:
    march = run(district, overlap_until("2016-03"), "2016-03", None)
    april = run(district, overlap_until("2016-04"), "2016-04", march)
    kept = april.finding_events.join(march.finding_events, on=march.finding_events.columns, how="semi", nulls_equal=True)
    assert kept.height == march.finding_events.height


def test_evidence_shows_both_sides(district: District) -> None:
    outcome = evaluate_rules(overlap_until("2016-03").facts(), district, "2016-03")
    sides = outcome.finding_evidence.group_by("side_code").len().sort("side_code").rows()
    assert sides == [("other", 2), ("this", 2)]
    assert outcome.finding_evidence.select(pl.col("row_id", "mention_id", "department").null_count()).row(0) == (0, 0, 0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_are_mild(district: District, language: str) -> None:
    for rule in district.rules.values():
        words = [rule.legal_basis, *(getattr(text, language) for text in (rule.sentence, rule.suggestion, rule.title, *rule.exceptions))]
        assert not [word for word in words if DENIED.search(word)], rule.rule_id
    findings = evaluate_rules(overlap_until("2016-06").facts(), district, "2016-06").findings
    assert not findings[f"sentence_{language}"].str.contains("[{}—]").any()
    assert not DENIED.search(" ".join(findings[f"sentence_{language}"]))


def test_sentence_is_filled(district: District) -> None:
    findings = evaluate_rules(overlap_until("2016-06").facts(), district, "2016-06").findings
    assert (
        findings["sentence_zh"].item()
        == "该人在2016-02至2016-06间同时有特困人员救助供养和重度残疾人护理补贴，重叠5个月，涉及约500元，请核对。"
    )
    assert "about 500 CNY. Needs checking." in findings["sentence_en"].item()


def test_unknown_slot_names_the_rule(district: District) -> None:
    broken = district.rules["A03"].model_copy(update={"sentence": type(district.rules["A03"].sentence)(zh="{nonsense}", en="x")})
    district_copy = District(
        district.folder, district.settings, district.rolls, district.programmes, district.compatibility, {"A03": broken}, district.linkage
    )
    with pytest.raises(ConfigError, match="A03.*nonsense.*programme"):
        evaluate_rules(overlap_until("2016-06").facts(), district_copy, "2016-06")
    assert "excess" in SLOTS


def test_parameter_typo_names_the_rule(district: District) -> None:
    broken = district.rules["A06"].model_copy(update={"params": {"programm": "DIB"}})
    district_copy = District(
        district.folder, district.settings, district.rolls, district.programmes, district.compatibility, {"A06": broken}, district.linkage
    )
    with pytest.raises(ConfigError, match="rules.yml: A06: parameter programm"):
        evaluate_rules(overlap_until("2016-06").facts(), district_copy, "2016-06")


def test_order_of_rows_does_not_matter(district: District) -> None:
    facts = overlap_until("2016-06").facts()
    shuffled = type(facts)(**{name: getattr(facts, name).sample(fraction=1, shuffle=True, seed=3) for name in facts.__dataclass_fields__})
    one, two = (evaluate_rules(item, district, "2016-06") for item in (facts, shuffled))
    assert one.findings.equals(two.findings)
    assert one.finding_evidence.equals(two.finding_evidence)
