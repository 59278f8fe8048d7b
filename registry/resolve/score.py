"""Scoring: Splink weighs every blocked pair, then the possible partners of one profile compete with each other.

Belongs here: weights, the competition that turns them into honest probabilities, the evidence a link must have, and what
goes to a clerk instead. Does not belong here: joining links into persons (`cluster`).

The register names nearly everybody, so the question is never "do these two look alike" but "which of the people who could
bear this row is it, or none of them". Two equally good candidates therefore get one half each and nothing is linked.
"""

from typing import Any, Final

import duckdb
import polars as pl

from registry.district import Linkage
from registry.resolve.blocking import label_rule
from registry.resolve.comparisons import COMPARISONS, choose_comparisons
from registry.resolve.name_levels import GRADES
from registry.resolve.profiles import ADDRESSED_ROLES, Profiles
from registry.resolve.train import Model, build_comparison

WEIGHT_DIGITS: Final = 6
SUREST: Final = 0.9999
"""No link without a number is surer than this: one in ten thousand rows is simply filled in for the wrong person."""
NEGLIGIBLE: Final = 0.0001
"""Pairs below this take no part in the competition: a hundred of them change a probability by one in a hundred."""
MAX_REVIEWS_PER_PROFILE: Final = 3
BIRTH_ALONE_BELOW: Final = 0.001
"""How far below `finding_at` a link stays that has only the birth date beside the name: it links, but supports no finding."""
REVIEW_SHARE: Final = 0.1
"""A candidate below this probability is not worth a clerk's look, unless the candidates share the doubt between them."""


def score_pairs(connection: duckdb.DuckDBPyConnection, model: Model, linkage: Linkage) -> pl.DataFrame:
    """Return scored pairs with match_weight, rule_label, a grade per comparison and what competition needs to know.

    Needs tables `profiles` and `blocked` in the engine. `seeker` is the side without a number (the lower of two such),
    `number_code` the number of the other side. Pairs of unrelated names are left out: a family shares accounts and
    villages, which must not make a rival of the father.
    """
    predicted = _predict_pairs(connection, model, linkage)
    grades = ", ".join(f"{f'gamma_{name}' if name in linkage.comparisons else '-1'}::tinyint as {name}_grade" for name in COMPARISONS)
    scored: pl.DataFrame = connection.sql(
        f"""with sided as (
                select p.*, coalesce(l.number_code, r.number_code) as number_code,
                       case when l.number_code is null then p.profile_id_l else p.profile_id_r end as seeker
                from {predicted} p join profiles l on l.profile_id = p.profile_id_l join profiles r on r.profile_id = p.profile_id_r)
            select profile_id_l, profile_id_r, round(match_weight, {WEIGHT_DIGITS}) as match_weight, match_key::tinyint as match_key,
                   {grades}, sided.number_code, seeker, s.is_beside, s.is_by_name
            from sided join profiles s on s.profile_id = seeker
            where gamma_name <> {GRADES["different"]} or s.is_by_name order by profile_id_l, profile_id_r"""
    ).pl()
    connection.execute(f"drop table {predicted}")
    keys = pl.Series("match_key", range(len(linkage.blocking)), dtype=pl.Int8)
    labels = pl.DataFrame({"match_key": keys, "rule_label": [label_rule(rule) for rule in linkage.blocking]})
    return scored.join(labels, on="match_key", how="left", maintain_order="left").drop("match_key")


def _predict_pairs(connection: duckdb.DuckDBPyConnection, model: Model, linkage: Linkage) -> str:
    """Return the engine's name of the table of pairs as Splink weighs them."""
    linker = open_linker(connection, model, linkage)
    return str(linker.inference.predict(threshold_match_probability=NEGLIGIBLE, warning_mode="never").physical_name)


def open_linker(connection: duckdb.DuckDBPyConnection, model: Model, linkage: Linkage, *, keeps_parts: bool = False) -> Any:  # noqa: ANN401
    """Return Splink ready to weigh the pairs of table `blocked`; `keeps_parts` keeps what each comparison adds to the weight."""
    from splink import DuckDBAPI, Linker, SettingsCreator

    comparisons = choose_comparisons(linkage.comparisons, linkage.conventions.names.script)
    weights = {name: {level["condition"]: (level["m"], level["u"]) for level in levels} for name, levels in model["comparisons"].items()}
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="profile_id",
        probability_two_random_records_match=model["prior"],
        comparisons=[build_comparison(comparison, weights[comparison.name]) for comparison in comparisons],
        blocking_rules_to_generate_predictions=["l.name_key = r.name_key"],
        retain_matching_columns=True,  # the only way to have the grades in the result
        retain_intermediate_calculation_columns=keeps_parts,
    )
    engine = DuckDBAPI(connection=connection)
    linker = Linker(engine.register(connection.sql("select * from profiles")), settings, log_level=None)
    frequencies = connection.sql(_FREQUENCY_SQL)
    linker.table_management.register_term_frequency_lookup(engine.register(frequencies), "name_key")
    linker.table_management.register_blocked_pairs_for_predict(engine.register(connection.sql("select * from blocked")))
    return linker


_FREQUENCY_SQL: Final = """
    with holders as (select name_key, count(distinct number_code) as people from profiles where name_key is not null group by 1),
         total as (select greatest(sum(people), 1) as people from holders)
    select name_key, (greatest(holders.people, 0.5) / total.people)::double as tf_name_key from holders, total"""
"""How common a name is among numbered people; a name none of them bears counts as half a bearer."""


def compete_pairs(scored: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Return scored pairs with `match_probability`, is_numbered_pair and is_supported.

    For a profile without a number the numbered people it could be share one probability with "none of them". Of several
    spellings of one number the best speaks. Two profiles without a number are judged more cautiously: that a row names
    somebody of the register is likely beforehand, that two such rows name the same person is not. However rare the name,
    name and birth date alone stay below the limit for findings.
    """
    pairs = scored.with_columns(
        is_numbered_pair=pl.col("number_code").is_not_null(), odds=pl.lit(2.0).pow(pl.col("match_weight").clip(-100, 100))
    )
    rivals = pairs.filter(pl.col("is_numbered_pair")).group_by("seeker", "number_code").agg(pl.col("odds").max())
    rivals = rivals.sort("seeker", "number_code").group_by("seeker", maintain_order=True).agg(pl.col("odds").sum().alias("all_odds"))
    compared = pairs.join(rivals, on="seeker", how="left", maintain_order="left")
    cautious = pl.col("odds") * linkage.outsider_share / (1 - linkage.outsider_share)
    shared = pl.col("odds") / (1 + pl.col("all_odds"))
    probability = pl.when("is_numbered_pair").then(shared).otherwise(cautious / (1 + cautious))
    surest = pl.when(_is_vouched()).then(SUREST).otherwise(min(SUREST, linkage.finding_at - BIRTH_ALONE_BELOW))
    honest = pl.min_horizontal(probability, surest).round(WEIGHT_DIGITS)
    return compared.with_columns(match_probability=honest, is_supported=_is_supported(linkage.conventions.names.script)).drop(
        "odds", "all_odds", "is_beside", "is_by_name"
    )


def _agrees(name: str, at_least: int) -> pl.Expr:
    return pl.col(f"{name}_grade") >= at_least


def _lives_there() -> pl.Expr:
    """Return whether both sides name one village as their own; the village of a relative is nobody's own."""
    return _agrees("place", 3) & ~pl.col("is_beside")


def _is_vouched() -> pl.Expr:
    """Return whether anything but name, sex and birth date speaks for a pair."""
    return pl.any_horizontal(_lives_there(), *(_agrees(name, 1) for name in ("phone", "account", "kin", "number")))


def _is_supported(script: str) -> pl.Expr:
    """Return whether a pair has evidence beside its name, as its name demands (domain.md §3.4 and §4.7).

    A name alone never links. A newborn without a name, or a by-name, is
    found by the exact birth date inside the family. A name with one character changed may be a brother's (字辈) or a
    twin's, so neither family nor birth date can vouch for it: only a number, or a phone or account with the birth date, does.
    """
    number = _agrees("number", 1)
    exact_birth, line = _agrees("birth", 6), _agrees("phone", 1) | _agrees("account", 1)
    own_village = _lives_there()
    beside = _agrees("birth", 3) | _is_vouched()
    name = pl.col("name_grade")
    is_other_sex = (pl.col("sex_grade") == 0) & ~exact_birth & ~_agrees("kin", 1)
    is_contrary = (is_other_sex | (pl.col("generation_grade") == 0)) & ~number
    family_birth = exact_birth & _agrees("kin", 3)
    typed_otherwise = number | (exact_birth & (line | _agrees("kin", 2) | own_village)) | (line & _agrees("birth", 3))
    if script == "latin":
        # One letter of ten is a slip of the pen; one character of three is another name.
        typed_otherwise = typed_otherwise | (line & _agrees("kin", 2)) | (exact_birth & _agrees("kin", 1))
    misspelt = number | (exact_birth & line)
    return (
        pl.when(is_contrary)
        .then(False)
        .when(pl.col("is_by_name") | (name < 0))
        .then(family_birth | (name == GRADES["same"]) & (number | line | _agrees("kin", 3) | exact_birth & own_village))
        .when(name >= GRADES["gap"])
        .then(beside)
        .when(name >= GRADES["shortened"])
        .then(typed_otherwise | (_agrees("kin", 2) & _agrees("birth", 3)))
        .when(name == GRADES["one_character"])
        .then(misspelt)
        .otherwise(False)
    )


def choose_links(pairs: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Return the pairs that link unseen: supported and at or above `link_at`."""
    return pairs.filter(pl.col("is_supported") & (pl.col("match_probability") >= linkage.link_at))


def choose_reviews(pairs: pl.DataFrame, links: pl.DataFrame, profiles: Profiles, linkage: Linkage) -> pl.DataFrame:
    """Return the pairs a clerk should see: candidates of a profile nothing was linked to, at most three each."""
    addressed = profiles.frame.filter(pl.col("is_addressed")).select(seeker="profile_id")
    open_pairs = pairs.filter(pl.col("is_numbered_pair")).join(addressed, on="seeker", how="semi").join(links, on="seeker", how="anti")
    total = pl.col("match_probability").sum().over("seeker")
    rank = pl.col("match_probability").rank("ordinal", descending=True).over("seeker")
    worth = (pl.col("match_probability") >= REVIEW_SHARE) & (total >= linkage.review_from) & (rank <= MAX_REVIEWS_PER_PROFILE)
    is_alone = pl.col("match_probability") >= linkage.review_from
    return (
        open_pairs.sort("profile_id_l", "profile_id_r")
        .filter(worth)
        .with_columns(reason_code=pl.when(is_alone).then(pl.lit("LINK_WEAK")).otherwise(pl.lit("LINK_AMBIGUOUS")))
    )


def find_conflicts(profiles: Profiles) -> pl.DataFrame:
    """Return one review per refused number: the row's profile beside the holder's, for a clerk to put the roll right."""
    refused = profiles.mentions.filter(pl.col("claimed_number").is_not_null() & pl.col("role_code").is_in(ADDRESSED_ROLES))
    claims = refused.select("profile_id", identity_number="claimed_number").unique()
    spellings = profiles.frame.join(profiles.holders, on=["number_code", "name_key"], how="semi").select(
        "identity_number", holder="profile_id"
    )
    pairs = claims.join(spellings, on="identity_number")
    return pairs.select(
        profile_id_l=pl.min_horizontal("profile_id", "holder"),
        profile_id_r=pl.max_horizontal("profile_id", "holder"),
        match_probability=pl.lit(0.0),
        rule_label=pl.lit("identity_number"),
        reason_code=pl.lit("NUMBER_CONFLICT"),
    )
