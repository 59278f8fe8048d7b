"""Learning the weights of linkage from the rolls themselves: no clerk labels anything.

Belongs here: the sample, expectation maximisation, chance agreement counted from the data, the model as plain data. Does
not belong here: the comparisons (`comparisons`) and their use (`score`).

Rows that carry the same valid number are one person whatever else they say: expectation maximisation over such pairs
shows how often names, villages, phones and accounts of one person agree between rolls. Random pairs, and the frequencies
of values, show how often they agree by chance. Training uses raw rows: collapsed profiles would hide how common agreement is.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

import duckdb
import polars as pl

from registry.district import Linkage
from registry.resolve.comparisons import choose_comparisons
from registry.resolve.engine import store_frame
from registry.resolve.levels import Comparison, Level
from registry.resolve.profiles import Profiles

DIGITS: Final = 6
MAX_DRIFT: Final = 4.0
"""A learned m may leave its starting value by this factor at most: levels the sample hardly shows must not run away."""
MIN_TRAINING_ROWS: Final = 500
"""Below this the starting values are kept: a handful of rows teaches nothing."""

Model = dict[str, Any]


def train_model(connection: duckdb.DuckDBPyConnection, profiles: Profiles, linkage: Linkage) -> Model:
    """Return the model: prior, and m and u of every level, rounded, with a hash of all of it.

    Needs table `profiles` in the engine. The same rolls and seed give the same model.
    """
    comparisons = choose_comparisons(linkage.comparisons, linkage.conventions.names.script)
    sample = _sample_rows(connection, profiles, linkage)
    learned = _learn(connection, sample, comparisons, linkage) if sample.height >= MIN_TRAINING_ROWS else {}
    chance = _count_chance(connection)
    people = max(profiles.holders.height, 1)
    odds = (1 - linkage.outsider_share) / (people * linkage.outsider_share)
    model: Model = {
        "people": people,
        "prior": _round(odds / (1 + odds)),
        "seed": linkage.seed,
        "training_rows": sample.height,
        "comparisons": {
            comparison.name: [_weigh_level(comparison, level, learned, chance, people) for level in comparison.levels]
            for comparison in comparisons
        },
    }
    model["hash"] = hashlib.sha256(json.dumps(model, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return model


def _round(value: float) -> float:
    """Return `value` with six significant digits: repeated runs differ in the thirteenth."""
    return float(f"{value:.{DIGITS}g}")


def _sample_rows(connection: duckdb.DuckDBPyConnection, profiles: Profiles, linkage: Linkage) -> pl.DataFrame:
    """Return distinct rows about a sample of numbered people who stand in more than one roll."""
    columns = [
        "identity_number",
        "roll",
        "name_key",
        "name_pinyin",
        "sex_code",
        "place_code",
        "town_code",
        "phone_number",
        "account_number",
    ]
    rows = profiles.mentions.filter(pl.col("identity_number").is_not_null()).select(columns).unique()
    rows = rows.filter(pl.col("roll").n_unique().over("identity_number") > 1).drop("roll")
    store_frame(connection, "numbers_seen", rows.select("identity_number").unique())
    drawn = connection.sql(
        f"select identity_number from numbers_seen order by md5(identity_number || '{linkage.seed}') limit {linkage.training_people}"
    ).pl()
    listed = {"places": "place_code", "towns": "town_code", "phones": "phone_number", "accounts": "account_number"}
    one = [pl.when(pl.col(old).is_not_null()).then(pl.concat_list(old)).alias(new) for new, old in listed.items()]
    ordered = rows.join(drawn, on="identity_number", how="semi").sort(pl.all(), nulls_last=False)
    return ordered.with_columns(one).with_columns(is_beside=pl.lit(False)).drop(list(listed.values())).with_row_index("training_id")


def _learn(
    connection: duckdb.DuckDBPyConnection, sample: pl.DataFrame, comparisons: Sequence[Comparison], linkage: Linkage
) -> dict[tuple[str, str], tuple[float | None, float | None]]:
    """Return (m, u) of the levels of trained comparisons, by comparison name and level condition."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    trained = [comparison for comparison in comparisons if comparison.is_trained]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="training_id",
        probability_two_random_records_match=min(0.5, 1 / max(sample.height, 2)),
        comparisons=[build_comparison(comparison, {}) for comparison in trained],
        blocking_rules_to_generate_predictions=[block_on("identity_number")],
    )
    logging.getLogger("splink").setLevel(logging.ERROR)  # levels the sample does not show keep their starting values
    connection.register("training_rows", sample)
    linker = Linker(DuckDBAPI(connection=connection).register(connection.sql("select * from training_rows")), settings, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=linkage.training_pairs, seed=linkage.seed)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("identity_number"), fix_u_probabilities=True)
    described = linker.misc.save_model_to_json()
    connection.unregister("training_rows")
    return {
        (comparison["output_column_name"], level["sql_condition"]): (level.get("m_probability"), level.get("u_probability"))
        for comparison in described["comparisons"]
        for level in comparison["comparison_levels"]
    }


def build_comparison(comparison: Comparison, weights: Mapping[str, tuple[float, float]]) -> Any:  # noqa: ANN401 - Splink is untyped here
    """Return Splink's form of `comparison`, with `weights` (m, u by level condition) or the starting values."""
    from splink.comparison_library import CustomComparison

    null = {"sql_condition": comparison.null_condition, "label_for_charts": "null", "is_null_level": True}
    levels = []
    for level in comparison.levels:
        m, u = weights.get(level.condition, (level.m, level.u))
        described: dict[str, Any] = {"sql_condition": level.condition, "label_for_charts": level.label.en}
        described |= {"m_probability": m, "u_probability": u}
        if level.is_frequency_weighted:
            described["tf_adjustment_column"] = "name_key"
        levels.append(described)
    return CustomComparison(output_column_name=comparison.name, comparison_levels=[null, *levels])


def _weigh_level(
    comparison: Comparison,
    level: Level,
    learned: Mapping[tuple[str, str], tuple[float | None, float | None]],
    chance: Mapping[tuple[str, str], float],
    people: int,
) -> dict[str, Any]:
    """Return one level of the model: the learned m near its starting value, u counted before sampled before assumed."""
    m, u = learned.get((comparison.name, level.condition), (None, None))
    m = level.m if m is None else min(max(m, level.m / MAX_DRIFT), min(level.m * MAX_DRIFT, 0.9999))
    counted = chance.get((comparison.name, level.condition))
    u = counted if counted is not None else (level.u if u is None else max(u, 0.1 / people))
    return {"label": level.label.en, "condition": level.condition, "m": _round(m), "u": _round(max(u, 1e-9))}


def _count_chance(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], float]:
    """Return u of the equality levels: how often a row without a number and a numbered person agree by chance.

    Counted from the frequencies of values; a random sample never meets two equal phones.
    """
    columns = {
        ("name", "name_key_l = name_key_r"): "[name_key]",
        ("place", "list_has_any(places_l, places_r)"): "places",
        ("phone", "list_has_any(phones_l, phones_r)"): "phones",
        ("account", "list_has_any(accounts_l, accounts_r)"): "accounts",
        ("kin", "list_has_any(kin_l, kin_r)"): "kin",
        ("kin", "list_has_any(kin_names_l, kin_names_r)"): "kin_names",
    }
    return {level: share for level, column in columns.items() if (share := _chance_of(connection, column)) is not None}


def _chance_of(connection: duckdb.DuckDBPyConnection, column: str) -> float | None:
    """Return the chance that two different numbered people share a value of `column`, or None when nobody has any."""
    row = connection.execute(
        f"""with bearers as (select distinct number_code, unnest({column}) as value from profiles where number_code is not null),
                 known as (select count(distinct number_code) as people from bearers where value is not null),
                 shares as (select value, count(*) as n from bearers where value is not null group by value)
            select sum(n * (n - 1.0)) / max(people * (people - 1.0)) from shares, known where people > 1"""
    ).fetchall()
    return None if row[0][0] is None else max(float(row[0][0]), 1e-8)
