"""Assets of the registry: mentions and facts, persons, households.

Belongs here: reading frames, calling `registry`, writing frames. Does not belong here: any rule of linkage or households.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from pipelines.assets.results import table_outs, table_result
from pipelines.judgement_log import choose_judgements, report_judgements
from pipelines.periods_in_force import select_in_force
from pipelines.resources import Home
from registry.district import District
from registry.households import PreviousHouseholds, build_households
from registry.ids import follow_ids
from registry.persons import build_persons
from registry.resolve.link import Previous, resolve_mentions
from registry.resolve.repairs import DAMAGED, apply_repairs, find_repairs
from registry.schema.tables import TABLES, empty_table
from registry.statement import attach_persons, state_roll

STATED = ("mentions", "benefits", "needs", "statuses", "cases", "relations", "quarantine")
FACTS = ("benefits", "needs", "statuses", "cases", "relations")
HISTORY_TABLES = {"mentions", "benefits", "cases"}
"""Tables for which every snapshot counts; of the others only the latest snapshot speaks of the present."""


def state_month(home: Home, month: str) -> None:
    """Turn every roll landed by this month's run into mentions and facts, roll by roll."""
    inbox = home.read(month, "inbox").select("roll", "month").unique().sort("roll", "month")
    for roll, delivered in inbox.rows():
        landed = home.read(delivered, f"landed/{roll}") if home.has(delivered, f"landed/{roll}") else None
        frames = {} if landed is None else state_roll(landed, home.district.rolls[roll], home.district)
        for table in STATED:
            home.write_table(delivered, f"stated/{roll}/{table}", frames.get(table, empty_table(table)))


def gather_in_force(home: Home, month: str, table: str) -> pl.DataFrame:
    """Return the rows of `table` stated by every delivery that counts in `month`."""
    frames = [
        home.read(delivered, f"stated/{name}/{table}")
        for name, roll in sorted(home.district.rolls.items())
        for delivered in select_in_force(roll, home.months_with(f"landed/{name}", month), latest_only=table not in HISTORY_TABLES)
    ]
    return pl.concat(frames) if frames else empty_table(table)


def read_previous(home: Home, month: str) -> Previous | None:
    """Return what the month before knew about persons."""
    before = home.month_before(month, "person_mentions")
    return Previous(home.read(before, "person_mentions"), home.read(before, "person_id_history")) if before else None


def read_previous_households(home: Home, month: str) -> PreviousHouseholds | None:
    """Return what the month before knew about households."""
    before = home.month_before(month, "households")
    if before is None:
        return None
    history = home.read(month, "person_id_history")
    households = follow_ids(home.read(before, "households"), "head_person_id", history, keep_ended=True)
    members = follow_ids(home.read(before, "household_members"), "person_id", history)
    members = members.unique(list(TABLES["household_members"].key), keep="first", maintain_order=True)
    return PreviousHouseholds(households, members, home.read(before, "household_id_history"))


def open_workdir(home: Home) -> Path:
    """Return the folder the linkage engine may spill into."""
    workdir = home.path / "work"
    workdir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return workdir


def count_completed(repairs: pl.DataFrame) -> int:
    """Return how many damaged numbers other rolls completed."""
    return repairs.filter(pl.col("value_after").is_not_null() & pl.col("repair_rule_code").is_in(DAMAGED)).height


def build_mentions_asset(district: District, months: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset of all mentions in force; the facts of the same rows are stated beside them."""

    @dg.multi_asset(
        name="statement", outs=table_outs(["mentions", "repairs"], kinds={"polars"}), partitions_def=months, group_name="registry",
        deps=[dg.AssetKey(["landed", name]) for name in district.rolls],
    )  # fmt: skip
    def statement(context: dg.AssetExecutionContext, home: Home) -> Iterable[dg.MaterializeResult[Any]]:
        month = context.partition_key
        state_month(home, month)
        stated = gather_in_force(home, month, "mentions")
        settings = home.district.settings
        found = find_repairs(stated, settings.register_roll, open_workdir(home), settings.identity_number)
        repairs = home.write_table(month, "repairs", found)
        mentions = home.write_table(month, "mentions", apply_repairs(stated, repairs))
        home.say(f"{month} mentions in force: {mentions.height}, identity numbers completed: {count_completed(repairs)}")
        yield table_result("mentions", mentions)
        yield table_result("repairs", repairs)

    return statement


def build_resolve_asset(months: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the assets made by linkage."""

    @dg.multi_asset(
        name="resolve", outs=table_outs(["profiles", "pairs", "link_reviews", "person_mentions"], kinds={"splink", "duckdb"}),
        partitions_def=months, group_name="registry", deps=["mentions"],
    )  # fmt: skip
    def resolve(context: dg.AssetExecutionContext, home: Home) -> Iterable[dg.MaterializeResult[Any]]:
        month = context.partition_key
        judgements, mentions = choose_judgements(home), home.read(month, "mentions")
        previous, workdir = read_previous(home, month), open_workdir(home)
        resolution = resolve_mentions(mentions, home.district.linkage, month, previous, workdir, judgements)
        report_judgements(home, month, judgements, resolution.profiles["profile_id"])
        home.write(month, "person_id_history", resolution.id_history)
        home.write_text(month, "model.json", json.dumps(resolution.model, ensure_ascii=False, indent=1, sort_keys=True))
        frames = {"profiles": resolution.profiles, "pairs": resolution.pairs, "link_reviews": resolution.link_reviews,
                  "person_mentions": resolution.person_mentions}  # fmt: skip
        home.say(f"{month} persons: {resolution.person_mentions['person_id'].n_unique()} from {resolution.profiles.height} profiles")
        for table, frame in frames.items():
            yield table_result(table, home.write_table(month, table, frame))

    return resolve


def build_fact_assets(months: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the fact tables with their persons."""

    @dg.multi_asset(
        name="facts", outs=table_outs(FACTS, kinds={"polars"}), partitions_def=months, group_name="aid", deps=["person_mentions"],
    )  # fmt: skip
    def facts(context: dg.AssetExecutionContext, home: Home) -> Iterable[dg.MaterializeResult[Any]]:
        month = context.partition_key
        person_mentions = home.read(month, "person_mentions")
        for table in FACTS:
            attached = attach_persons(table, gather_in_force(home, month, table), person_mentions)
            yield table_result(table, home.write_table(month, table, attached))

    return facts


def build_person_asset(months: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the golden records."""

    @dg.multi_asset(
        name="golden_records", outs=table_outs(["persons"], kinds={"polars"}), partitions_def=months, group_name="registry",
        deps=["person_mentions", "statuses"],
    )  # fmt: skip
    def golden_records(context: dg.AssetExecutionContext, home: Home) -> Iterable[dg.MaterializeResult[Any]]:
        month = context.partition_key
        persons = build_persons(
            home.read(month, "mentions"), home.read(month, "person_mentions"), home.read(month, "statuses"), home.district, month
        )
        yield table_result("persons", home.write_table(month, "persons", persons))

    return golden_records


def build_household_assets(months: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the three kinds of household and the history of all ids."""

    @dg.multi_asset(
        name="form_households", outs=table_outs(["households", "household_members", "id_history"], kinds={"polars"}), partitions_def=months,
        group_name="registry", deps=["persons", "relations"],
    )  # fmt: skip
    def form_households(context: dg.AssetExecutionContext, home: Home) -> Iterable[dg.MaterializeResult[Any]]:
        month = context.partition_key
        tables = {name: home.read(month, name) for name in ("persons", "mentions", "person_mentions", "relations", "statuses")}
        result = build_households(**tables, district=home.district, month=month, previous=read_previous_households(home, month))
        home.write(month, "household_id_history", result.id_history)
        history = pl.concat([home.read(month, "person_id_history"), result.id_history])
        home.say(f"{month} households: {result.households.height}")
        yield table_result("households", home.write_table(month, "households", result.households))
        yield table_result("household_members", home.write_table(month, "household_members", result.household_members))
        yield table_result("id_history", home.write_table(month, "id_history", history))

    return form_households
