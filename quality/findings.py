"""From leads to findings, and the life of a finding from month to month.

Belongs here: link strength, lasting ids, who is asked, states and events. Does not belong here: what a rule looks for
(`quality.rules`), the words of a rule (rules.yml), what people answered (`quality.feedback`).

A finding is a lead for a human check. It carries the weakest identity link on its path; below the district's limit, or when
the lead itself rests on an identity nobody settled, it is a link review and never a duplicate or missed finding.
"""

import base64
import hashlib
from dataclasses import dataclass

import polars as pl

from quality.facts import Facts
from quality.leads import Leads
from quality.periods import read_date_serial, write_serial
from quality.wording import write_exceptions, write_sentence
from registry.district import District, Rule
from registry.schema.tables import conform_table, empty_table

FACT_IDS = {"benefits": "benefit_id", "needs": "need_id", "statuses": "status_id", "cases": "case_id"}


@dataclass(frozen=True)
class RuleOutcome:
    """What the rules found in one month."""

    findings: pl.DataFrame
    finding_evidence: pl.DataFrame


@dataclass(frozen=True)
class PreviousFindings:
    """The findings tables of the month before."""

    findings: pl.DataFrame
    finding_evidence: pl.DataFrame
    finding_events: pl.DataFrame


@dataclass(frozen=True)
class FindingTables:
    """The findings tables of one month."""

    findings: pl.DataFrame
    finding_evidence: pl.DataFrame
    finding_events: pl.DataFrame


def write_findings(found: Leads, rule: Rule, facts: Facts, district: District, month: str) -> RuleOutcome:
    """Return one rule's leads as the tables `findings` and `finding_evidence`."""
    if found.leads.is_empty():
        return RuleOutcome(empty_table("findings"), empty_table("finding_evidence"))
    evidence = _complete_evidence(found.evidence, facts)
    weakest = (
        evidence.filter(pl.col("side_code") != "guard").group_by("lead").agg(pl.col("match_probability").min().alias("weakest_probability"))
    )
    leads = found.leads.join(weakest, on="lead", how="left", maintain_order="left").with_columns(
        # A lead whose evidence names no linked mention rests on nothing that was compared.
        pl.col("weakest_probability").fill_null(0.0),
        pl.col("department").fill_null(rule.owner),
        pl.col("confidence_code").fill_null(rule.confidence),
        pl.lit(rule.rule_id).alias("rule_id"),
        _mint_ids(found.leads, rule),
    )
    leads = leads.join(_find_households(facts, month), on="person_id", how="left", maintain_order="left")
    leads = leads.join(_find_unsettled(facts, rule), on="person_id", how="left", maintain_order="left")
    is_weak = (
        (pl.col("weakest_probability") < district.linkage.finding_at) | pl.col("is_uncertain") | pl.col("is_unsettled").fill_null(False)
    )
    findings = leads.with_columns(
        pl.when(is_weak).then(pl.lit("link_review")).otherwise(pl.lit(rule.kind)).alias("finding_kind_code"),
        pl.lit(rule.severity).alias("severity_code"),
        pl.lit("new").alias("finding_state_code"),
        pl.lit(month).alias("first_month"),
        pl.lit(month).alias("last_month"),
        write_sentence(rule, district, "zh").alias("sentence_zh"),
        write_sentence(rule, district, "en").alias("sentence_en"),
        pl.lit(rule.suggestion.zh).alias("suggestion_zh"),
        pl.lit(rule.suggestion.en).alias("suggestion_en"),
        pl.lit(rule.legal_basis).alias("legal_basis"),
        write_exceptions(rule).alias("exceptions_checked"),
        pl.col("weakest_probability").round(6),
    )
    named = evidence.join(leads.select("lead", "finding_id"), on="lead")
    return RuleOutcome(conform_table(findings, "findings"), conform_table(named, "finding_evidence"))


def _mint_ids(leads: pl.DataFrame, rule: Rule) -> pl.Series:
    """Return lasting ids: the same rule, persons, programmes, event and first month give the same id in every run."""
    parts = ["person_id", "other_person_id", "programme_code", "other_programme_code", "event_key", "overlap_from_month"]
    keys = leads.select(pl.concat_str([pl.lit(rule.rule_id), *(pl.col(part).fill_null("") for part in parts)], separator="|")).to_series()
    digests = [hashlib.sha256(key.encode()).digest() for key in keys.to_list()]
    return pl.Series("finding_id", ["F" + base64.b32encode(digest)[:10].decode() for digest in digests], dtype=pl.String)


def _find_households(facts: Facts, month: str) -> pl.DataFrame:
    """Return each person's aid household of `month`, else the latest one known."""
    members = facts.household_members.filter(pl.col("household_kind_code") == "aid")
    now = (pl.col("from_month").fill_null("") <= month) & (pl.col("to_month").fill_null("9999-12") >= month)
    ordered = members.with_columns(now.alias("_now")).sort(
        "person_id", "_now", "from_month", "household_id", descending=[False, True, True, False]
    )
    return ordered.unique("person_id", keep="first", maintain_order=True).select("person_id", "household_id")


def _find_unsettled(facts: Facts, rule: Rule) -> pl.DataFrame:
    """Return persons of whom it is not sure that all their rows speak of one person.

    Without a name and a number of their own, such as a newborn on the mother's card, nobody can be asked for them yet. And
    two rows with the same words but no number may be two namesakes, so a duplicate needs the number (domain.md §3.4).
    """
    has_number, has_name = pl.col("identity_number").is_not_null(), pl.col("name_key").is_not_null()
    is_settled = has_number if rule.kind == "duplicate" else has_number | has_name
    return facts.persons.filter(~is_settled).select("person_id", pl.lit(True).alias("is_unsettled"))


def _complete_evidence(evidence: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Return evidence with source row, mention, months, amount and the probability of the mention's link."""
    frames = [
        _describe_facts(facts, table).join(
            evidence.lazy().filter(pl.col("fact_table") == table), left_on=fact, right_on="fact_id", coalesce=False
        )
        for table, fact in FACT_IDS.items()
    ]
    columns = [
        "lead",
        "side_code",
        "fact_table",
        "fact_id",
        "row_id",
        "mention_id",
        "department",
        "roll",
        "programme_code",
        "benefit_kind_code",
    ]
    columns += ["from_month", "to_month", "amount", "paid_date"]
    rows = pl.concat([frame.select(columns) for frame in frames]).collect()
    links = facts.person_mentions.select("mention_id", "match_probability")
    needed = links.join(rows.select("mention_id").unique(), on="mention_id", how="semi")
    return rows.join(needed, on="mention_id", how="left").sort("lead", "side_code", "fact_id")


def _describe_facts(facts: Facts, table: str) -> pl.LazyFrame:
    """Return a fact table with the columns evidence shows; what a table does not know is null."""
    nothing = pl.lit(None, dtype=pl.String)
    months = {
        "benefits": (pl.col("from_month"), pl.col("to_month")),
        "needs": (_month("from_date"), _month("to_date")),
        "statuses": (_month("from_date"), _month("to_date")),
        "cases": (_month("opened_date"), _month("closed_date")),
    }[table]
    is_benefit = table == "benefits"
    amount = pl.col("amount") if table != "statuses" else pl.lit(None, dtype=pl.Decimal(14, 2)).alias("amount")
    programme = pl.col("programme_code") if table in {"benefits", "cases"} else nothing.alias("programme_code")
    frame: pl.LazyFrame = getattr(facts, table).lazy()
    return frame.select(
        FACT_IDS[table],
        "row_id",
        "mention_id",
        "department",
        "roll",
        programme,
        pl.col("benefit_kind_code") if is_benefit else nothing.alias("benefit_kind_code"),
        months[0].alias("from_month"),
        months[1].alias("to_month"),
        amount,
        pl.col("paid_date") if is_benefit else pl.lit(None, dtype=pl.Date).alias("paid_date"),
    )


def _month(day: str) -> pl.Expr:
    return write_serial(read_date_serial(pl.col(day)))


def carry_findings(outcome: RuleOutcome, previous: PreviousFindings | None, month: str) -> FindingTables:
    """Return this month's tables with last month's memory.

    A finding seen before keeps its first month and stays open; one that no longer holds is withdrawn and kept; one that
    comes back is reopened. A closed finding stays closed. Events are only ever added.
    """
    known = previous or PreviousFindings(empty_table("findings"), empty_table("finding_evidence"), empty_table("finding_events"))
    before = known.findings.select("finding_id", pl.col("first_month").alias("_first"), pl.col("finding_state_code").alias("_state"))
    seen = outcome.findings.join(before, on="finding_id", how="left")
    state = (
        pl.when(pl.col("_state").is_null())
        .then(pl.lit("new"))
        .when(pl.col("_state") == "withdrawn")
        .then(pl.lit("reopened"))
        .when(pl.col("_state").is_in(["closed", "issued"]))
        .then(pl.col("_state"))
        .otherwise(pl.lit("open"))
    )
    current = seen.with_columns(state.alias("finding_state_code"), pl.coalesce("_first", pl.lit(month)).alias("first_month"))
    gone = known.findings.join(outcome.findings.select("finding_id"), on="finding_id", how="anti")
    is_final = pl.col("finding_state_code").is_in(["withdrawn", "closed"])
    gone = gone.with_columns(pl.when(is_final).then("finding_state_code").otherwise(pl.lit("withdrawn")).alias("finding_state_code"))
    findings = pl.concat([conform_table(current, "findings"), conform_table(gone, "findings")])
    kept = known.finding_evidence.join(gone.select("finding_id"), on="finding_id", how="semi")
    events = _add_events(findings, before, known.finding_events, month)
    return FindingTables(
        conform_table(findings, "findings"),
        conform_table(pl.concat([outcome.finding_evidence, kept]), "finding_evidence"),
        conform_table(events, "finding_events"),
    )


def _add_events(findings: pl.DataFrame, before: pl.DataFrame, events: pl.DataFrame, month: str) -> pl.DataFrame:
    """Return the events so far and one for every finding whose state is another than last month."""
    changed = findings.join(before.select("finding_id", "_state"), on="finding_id", how="left").filter(
        pl.col("_state").is_null() | (pl.col("_state") != pl.col("finding_state_code"))
    )
    counted = events.group_by("finding_id").agg(pl.col("event_sequence").max().alias("_last"))
    fresh = changed.join(counted, on="finding_id", how="left").select(
        "finding_id",
        (pl.col("_last").fill_null(0) + 1).alias("event_sequence"),
        pl.lit(month).alias("month"),
        "finding_state_code",
        pl.lit(None, dtype=pl.String).alias("note"),
    )
    return pl.concat([events, conform_table(fresh, "finding_events")])
