"""Mentions to persons, start to end: the one door of linkage.

Belongs here: the order of the steps and the tables they leave. Does not belong here: any step's own logic.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from registry.district import Linkage
from registry.ids import KeptIds, keep_ids
from registry.judgements import bind_judgements, clean_judgements, empty_judgements, member_of, require_consistent
from registry.resolve.blocking import block_pairs
from registry.resolve.cluster import cluster_profiles
from registry.resolve.engine import open_engine, store_frame
from registry.resolve.numbers import settle_numbers
from registry.resolve.profiles import Profiles, build_profiles
from registry.resolve.score import choose_links, choose_reviews, compete_pairs, find_conflicts, score_pairs
from registry.resolve.statements import NEEDED
from registry.resolve.train import Model, train_model
from registry.schema.tables import conform_table

PERSON_PREFIX = "P"
PAIRS_FROM = 0.01
"""Pairs below this probability are not kept: nobody would look at them."""


@dataclass(frozen=True)
class Previous:
    """Last month's outcome, so that persons keep their ids."""

    person_mentions: pl.DataFrame
    id_history: pl.DataFrame


@dataclass(frozen=True)
class Resolution:
    """The tables of linkage, each as declared in `registry.schema.tables`, and the model they rest on.

    `id_history` holds all events of persons so far, not only this month's.
    """

    profiles: pl.DataFrame
    pairs: pl.DataFrame
    link_reviews: pl.DataFrame
    person_mentions: pl.DataFrame
    id_history: pl.DataFrame
    model: Model


def resolve_mentions(
    mentions: pl.DataFrame,
    linkage: Linkage,
    month: str,
    previous: Previous | None,
    workdir: Path,
    judgements: pl.DataFrame | None = None,
) -> Resolution:
    """Return who is who among `mentions`.

    Args:
        mentions: table `mentions`, all rows in force this month.
        linkage: the district's linkage settings.
        month: YYYY-MM written into the id history.
        previous: last month's outcome, None in the first month.
        workdir: folder for the engine to spill into.
        judgements: clerks' verdicts on pairs of profiles (`registry.judgements`).

    Raises:
        PairExplosion: a blocking rule would compare far too many pairs.
        ConfigError: judgements contradict each other; nothing has been compared yet.
    """
    told = require_consistent(clean_judgements(judgements)) if judgements is not None else empty_judgements()
    with open_engine(workdir) as connection:
        profiles = build_profiles(connection, settle_numbers(connection, mentions.select(NEEDED), linkage), linkage)
        pairs, model = _compare(connection, profiles, linkage)
    verdicts = bind_judgements(told, profiles.frame.get_column("profile_id"))
    links = choose_links(pairs, linkage)
    judged = links.join(verdicts, on=["profile_id_l", "profile_id_r"], how="anti")
    apart = _keep_apart(profiles, linkage)
    clusters = cluster_profiles(profiles, judged, pl.concat([verdicts.select(apart.columns), apart]), linkage)
    kept = _keep_person_ids(profiles, clusters, previous, month)
    return Resolution(
        conform_table(profiles.frame, "profiles"),
        conform_table(pairs.filter(pl.col("match_probability") >= PAIRS_FROM), "pairs"),
        conform_table(_open_reviews(pairs, links, profiles, clusters, verdicts, linkage), "link_reviews"),
        _assign_persons(profiles, clusters, kept.ids),
        kept.id_history,
        model,
    )


def _keep_apart(profiles: Profiles, linkage: Linkage) -> pl.DataFrame:
    """Return the pairs of profiles one row names as its subject and as somebody else, as verdicts that they are different people."""
    rows = profiles.mentions.select("row_id", "profile_id", "role_code")
    subjects = rows.filter(pl.col("role_code") == "subject").select("row_id", subject_id="profile_id")
    others = rows.filter(pl.col("role_code").is_in(linkage.apart_roles)).join(subjects, on="row_id")
    pairs = others.filter(pl.col("profile_id") != pl.col("subject_id")).select(
        profile_id_l=pl.min_horizontal("profile_id", "subject_id"), profile_id_r=pl.max_horizontal("profile_id", "subject_id")
    )
    return pairs.unique().with_columns(verdict_code=pl.lit("different"))


def _compare(connection: duckdb.DuckDBPyConnection, profiles: Profiles, linkage: Linkage) -> tuple[pl.DataFrame, Model]:
    """Return scored pairs and the model they were scored with."""
    store_frame(connection, "profiles", profiles.frame)
    block_pairs(connection, linkage)
    model = train_model(connection, profiles, linkage)
    return compete_pairs(score_pairs(connection, model, linkage), linkage), model


def _open_reviews(
    pairs: pl.DataFrame, links: pl.DataFrame, profiles: Profiles, clusters: pl.DataFrame, verdicts: pl.DataFrame, linkage: Linkage
) -> pl.DataFrame:
    """Return the pairs for clerks, each once, without those already judged or meanwhile in one person."""
    doubtful = choose_reviews(pairs, links, profiles, linkage)
    conflicts = find_conflicts(profiles)
    ends = ["profile_id_l", "profile_id_r"]
    reviews = pl.concat([doubtful.select(conflicts.columns), conflicts.join(doubtful, on=ends, how="anti").sort(ends)])
    reviews = _drop_judged(reviews, verdicts)
    group = clusters.select("profile_id", "cluster_id")
    reviews = reviews.join(group.rename({"cluster_id": "cluster_l"}), left_on="profile_id_l", right_on="profile_id")
    reviews = reviews.join(group.rename({"cluster_id": "cluster_r"}), left_on="profile_id_r", right_on="profile_id")
    return reviews.filter(pl.col("cluster_l") != pl.col("cluster_r"))


def _drop_judged(reviews: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return the reviews without pairs judged already, under whatever spelling of a number."""
    members = [member_of("profile_id_l").alias("member_l"), member_of("profile_id_r").alias("member_r")]
    judged = verdicts.select(members)
    either = pl.concat([judged, judged.select(member_l="member_r", member_r="member_l")])
    kept = reviews.with_columns(members).join(either, on=["member_l", "member_r"], how="anti", maintain_order="left")
    return kept.drop("member_l", "member_r")


def _stable_member() -> pl.Expr:
    """Return what of a profile stays the same next month: the number's part of the id, else the whole of it."""
    return member_of("profile_id").alias("member_id")


def _keep_person_ids(profiles: Profiles, clusters: pl.DataFrame, previous: Previous | None, month: str) -> KeptIds:
    """Return the lasting ids of the clusters, kept from last month where most of a person's statements stayed."""
    counted = profiles.frame.select("profile_id", weight="mention_count")
    members = clusters.join(counted, on="profile_id").select("cluster_id", _stable_member(), "weight")
    if previous is None:
        return keep_ids(members, None, None, kind="person", prefix=PERSON_PREFIX, month=month)
    before = previous.person_mentions.group_by("person_id", "profile_id").agg(pl.len().cast(pl.Int64).alias("weight"))
    earlier = before.select("weight", _stable_member(), entity_id="person_id")
    return keep_ids(members, earlier, previous.id_history, kind="person", prefix=PERSON_PREFIX, month=month)


def _assign_persons(profiles: Profiles, clusters: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Return table `person_mentions`."""
    named = clusters.join(ids.rename({"entity_id": "person_id"}), on="cluster_id", how="left")
    mentions = profiles.mentions.select("mention_id", "profile_id", "identity_state_code")
    return conform_table(mentions.join(named, on="profile_id", how="left"), "person_mentions")
