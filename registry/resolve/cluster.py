"""Joining links into persons: the surest link first, never against what forbids two profiles to be one person.

Belongs here: the constrained union and the weakest link on each profile's path. Does not belong here: scores (`score`),
lasting ids (`registry.ids`).

A forbidden pair stays apart however many links lead from one to the other: the ban is on groups, not on edges.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from registry.district import Linkage
from registry.resolve.profiles import Profiles

VARIANT_PROBABILITY: Final = 0.999
"""A row with the number and a near spelling of the holder's name: sure, but not as sure as the very name."""
LISTED_ROLES: Final = ("subject", "member")


@dataclass
class Groups:
    """Disjoint groups of cores, each with what must not meet in one group (kept at the group's root)."""

    parent: dict[str, str] = field(default_factory=dict)
    number: dict[str, int] = field(default_factory=dict)
    seats: dict[str, dict[str, str]] = field(default_factory=dict)
    foes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    neighbours: dict[str, list[tuple[str, float, str]]] = field(default_factory=lambda: defaultdict(list))

    def find(self, profile: str) -> str:
        """Return the root of a profile's group."""
        root = profile
        while (above := self.parent.get(root, root)) != root:
            root = above
        while (above := self.parent.get(profile, profile)) != root:
            self.parent[profile], profile = root, above
        return root

    def forbid(self, left: str, right: str) -> None:
        """Keep the groups of two cores apart for good."""
        roots = self.find(left), self.find(right)
        self.foes[roots[0]].add(roots[1])
        self.foes[roots[1]].add(roots[0])

    def is_forbidden(self, left: str, right: str) -> bool:
        """Return whether a clerk keeps two groups (by root) apart."""
        return any(self.find(foe) == right for foe in self.foes.get(left, ()))

    def may_join(self, left: str, right: str) -> bool:
        """Return whether two groups (by root) hold neither two numbers nor two places in one delivery of a unique roll."""
        numbers = self.number.get(left), self.number.get(right)
        if None not in numbers and numbers[0] != numbers[1]:
            return False
        seats, others = self.seats.get(left), self.seats.get(right)
        return not (seats and others and any(others.get(delivery, row) != row for delivery, row in seats.items()))

    def join(self, left: str, right: str, probability: float, method: str) -> None:
        """Join the groups of two cores over the link between them."""
        keep, gone = sorted((self.find(left), self.find(right)))
        self.parent[gone] = keep
        if gone in self.number:
            self.number.setdefault(keep, self.number.pop(gone))
        if gone in self.seats:
            self.seats[keep] = self.seats.pop(gone) | self.seats.get(keep, {})
        for foe in sorted(self.foes.pop(gone, set())):
            self.foes[keep].add(foe)
        self.neighbours[left].append((right, probability, method))
        self.neighbours[right].append((left, probability, method))


def cluster_profiles(profiles: Profiles, links: pl.DataFrame, judged: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Return profile_id, cluster_id, match_probability, method_code for every profile.

    Args:
        profiles: what `build_profiles` returns; the spellings of one number are one core from the start.
        links: profile_id_l, profile_id_r, match_probability, match_weight of pairs that link.
        judged: profile_id_l, profile_id_r, verdict_code (same or different): a clerk's word comes before any score.
        linkage: names the rolls in which one delivery names a person once.

    Returns:
        `cluster_id` is the lowest profile id of the group; `match_probability` the weakest link between the profile and
        the group's heart (its number, or its most mentioned profile).
    """
    cores = _find_cores(profiles)
    verdicts = _between_cores(judged, cores).sort("core_l", "core_r")
    order = ["match_probability", "match_weight", "profile_id_l", "profile_id_r"]
    ordered = _between_cores(links.sort(order, descending=[True, True, False, False]), cores)
    seats = _find_seats(profiles, cores, linkage)
    leaves = _find_leaves(ordered, cores, seats, verdicts)
    branches = ordered.join(leaves, left_on="core_l", right_on="leaf", how="anti", maintain_order="left")
    branches = branches.join(leaves, left_on="core_r", right_on="leaf", how="anti", maintain_order="left")
    groups = _start_groups(cores, seats, pl.concat([branches.select("core_l", "core_r"), verdicts.select("core_l", "core_r")]))
    for left, right in verdicts.filter(pl.col("verdict_code") == "different").select("core_l", "core_r").rows():
        groups.forbid(left, right)
    same = verdicts.filter(pl.col("verdict_code") == "same").select("core_l", "core_r", probability=pl.lit(1.0))
    _join_links(groups, same.rows(), "judgement")
    _join_links(groups, branches.select("core_l", "core_r", "match_probability").rows(), "model")
    return _read_groups(groups, cores, leaves)


def _start_groups(cores: pl.DataFrame, seats: pl.DataFrame, pairs: pl.DataFrame) -> Groups:
    """Return groups of one core each, with the numbers and seats of the cores that stand in a pair."""
    involved = pl.concat([pairs.get_column("core_l"), pairs.get_column("core_r").rename("core_l")]).unique().to_frame("core")
    numbers = cores.filter(pl.col("number_code").is_not_null()).join(involved, on="core", how="semi").select("core", "number_code")
    held = seats.join(involved, on="core", how="semi").sort("core", "delivery", "row_id")
    grouped = held.group_by("core", maintain_order=True).agg("delivery", "row_id")
    return Groups(
        number=dict(numbers.unique().rows()),
        seats={core: dict(zip(deliveries, rows, strict=True)) for core, deliveries, rows in grouped.rows()},
    )


def _find_cores(profiles: Profiles) -> pl.DataFrame:
    """Return profile_id, core, number_code, mention_count, start_probability; all spellings of one number share a core."""
    named = profiles.frame.select("profile_id", "name_key", "number_code", "mention_count").join(
        profiles.holders.rename({"name_key": "holder_name"}), on="number_code", how="left"
    )
    is_numbered = pl.col("number_code").is_not_null()
    is_variant = (is_numbered & (pl.col("name_key") != pl.col("holder_name"))).fill_null(False)
    return named.select(
        "profile_id",
        "number_code",
        "mention_count",
        core=pl.when(is_numbered).then(pl.col("profile_id").min().over("number_code")).otherwise("profile_id"),
        start_probability=pl.when(is_variant).then(VARIANT_PROBABILITY).otherwise(1.0),
    ).sort("profile_id")


def _between_cores(pairs: pl.DataFrame, cores: pl.DataFrame) -> pl.DataFrame:
    """Return pairs with core_l and core_r, in the order given; pairs of unknown profiles are left out."""
    known = cores.select("profile_id", "core")
    left = pairs.join(known.rename({"core": "core_l"}), left_on="profile_id_l", right_on="profile_id", maintain_order="left")
    return left.join(known.rename({"core": "core_r"}), left_on="profile_id_r", right_on="profile_id", maintain_order="left")


def _find_seats(profiles: Profiles, cores: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Return core, delivery, row_id in rolls that name a person at most once per delivery."""
    listed = profiles.mentions.filter(pl.col("roll").is_in(linkage.unique_rolls) & pl.col("role_code").is_in(LISTED_ROLES))
    seated = listed.select("profile_id", "row_id", delivery=pl.concat_str(["roll", "month"], separator=" "))
    return seated.join(cores.select("profile_id", "core"), on="profile_id").select("core", "delivery", "row_id")


def _find_leaves(links: pl.DataFrame, cores: pl.DataFrame, seats: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return leaf, host, leaf_probability: cores without a number whose only partner is one numbered person.

    Nothing can forbid such a link and nothing hangs on it, so the great majority need no walk through the groups.
    """
    pairs = links.select("core_l", "core_r", "match_probability").unique(["core_l", "core_r"], keep="first", maintain_order=True)
    there, back = pairs.rename({"core_l": "leaf", "core_r": "host"}), pairs.rename({"core_r": "leaf", "core_l": "host"})
    single = pl.concat([there, back.select(there.columns)]).filter(pl.len().over("leaf") == 1)
    numbered = cores.filter(pl.col("number_code").is_not_null()).select("core").unique()
    hosted = single.join(numbered, left_on="host", right_on="core", how="semi")
    hosted = hosted.join(numbered, left_on="leaf", right_on="core", how="anti")
    bound = pl.concat([frame.select(leaf=column) for frame, column in ((seats, "core"), (verdicts, "core_l"), (verdicts, "core_r"))])
    free = hosted.join(bound, on="leaf", how="anti")
    return free.select("leaf", "host", leaf_probability="match_probability")


def _join_links(groups: Groups, links: Iterable[tuple[str, str, float]], method: str) -> None:
    """Join along the links in the order given; a clerk's joining overrides everything but a clerk's ban."""
    for left, right, probability in links:
        roots = groups.find(left), groups.find(right)
        if roots[0] != roots[1] and not groups.is_forbidden(*roots) and (method == "judgement" or groups.may_join(*roots)):
            groups.join(left, right, probability, method)


def _read_groups(groups: Groups, cores: pl.DataFrame, leaves: pl.DataFrame) -> pl.DataFrame:
    """Return every profile with its cluster and the weakest link to the cluster's heart."""
    touched = sorted(groups.neighbours)
    roots = pl.DataFrame({"core": touched, "root": [groups.find(core) for core in touched]}, schema={"core": pl.String, "root": pl.String})
    hosted = cores.join(leaves, left_on="core", right_on="leaf", how="left").with_columns(place=pl.coalesce("host", "core"))
    grouped = hosted.join(roots.rename({"core": "place"}), on="place", how="left")
    walked = grouped.filter(pl.col("host").is_null() & pl.col("root").is_not_null())
    counted = walked.group_by("core", "root").agg(pl.col("number_code").min(), pl.col("mention_count").sum())
    ranked = counted.sort(pl.col("number_code").is_null(), pl.col("mention_count"), pl.col("core"), descending=[False, True, False])
    hearts = ranked.unique("root", keep="first", maintain_order=True).get_column("core").to_list()
    weakest = pl.DataFrame(
        _walk_links(groups.neighbours, hearts), schema={"core": pl.String, "weakest": pl.Float64, "by": pl.String}, orient="row"
    )
    read = grouped.join(weakest.rename({"core": "place"}), on="place", how="left").with_columns(group=pl.coalesce("root", "place"))
    is_numbered = pl.col("number_code").is_not_null()
    by_itself = pl.when(pl.len().over("group") == 1).then(pl.lit("single")).otherwise(pl.lit("model"))
    by = pl.when(pl.col("host").is_null()).then("by").otherwise(pl.lit("model"))
    return read.select(
        "profile_id",
        cluster_id=pl.col("profile_id").min().over("group"),
        match_probability=pl.min_horizontal("start_probability", "weakest", "leaf_probability").round(6),
        method_code=pl.when(is_numbered).then(pl.lit("identity_number")).otherwise(pl.coalesce(by, by_itself)),
    ).sort("profile_id")


def _walk_links(neighbours: Mapping[str, list[tuple[str, float, str]]], hearts: Iterable[str]) -> list[tuple[str, float, str]]:
    """Return (core, weakest link, method of that link) for every core reached from the heart of its group."""
    reached: list[tuple[str, float, str]] = []
    for heart in hearts:
        waiting, seen = [(heart, 1.0, "model")], {heart}
        while waiting:
            core, weakest, method = waiting.pop()
            for other, probability, by in neighbours[core]:
                if other not in seen:
                    seen.add(other)
                    step = (other, probability, by) if probability <= weakest else (other, weakest, method)
                    reached.append(step)
                    waiting.append(step)
    return reached
