"""Clusters: surest link first, bans hold through chains, every profile knows the weakest link on its path."""

import polars as pl

from registry.resolve.cluster import cluster_profiles
from registry.resolve.profiles import Profiles
from tests.unit.registry.made_mentions import settings

NO_VERDICTS = pl.DataFrame(schema={"profile_id_l": pl.String, "profile_id_r": pl.String, "verdict_code": pl.String})


def _profiles(numbers: dict[str, int | None], rows: list[tuple[str, str, str]] | None = None) -> Profiles:
    frame = pl.DataFrame(
        {
            "profile_id": list(numbers),
            "name_key": ["陈"] * len(numbers),
            "number_code": list(numbers.values()),
            "mention_count": [1] * len(numbers),
        },
        schema_overrides={"number_code": pl.UInt32},
    )
    named = frame.drop_nulls("number_code").unique("number_code").select("number_code", "name_key")
    mentions = pl.DataFrame(
        rows or [],
        schema=["profile_id", "roll", "row_id"],
        orient="row",
        schema_overrides=dict.fromkeys(["profile_id", "roll", "row_id"], pl.String),
    )
    return Profiles(mentions.with_columns(month=pl.lit("2016-01"), role_code=pl.lit("subject")), frame, named)


def _links(*links: tuple[str, str, float]) -> pl.DataFrame:
    schema = ["profile_id_l", "profile_id_r", "match_probability"]
    return pl.DataFrame(list(links), schema=schema, orient="row").with_columns(match_weight=pl.col("match_probability"))


def _verdicts(*verdicts: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(list(verdicts), schema=["profile_id_l", "profile_id_r", "verdict_code"], orient="row")


def _clusters(profiles: Profiles, links: pl.DataFrame, verdicts: pl.DataFrame = NO_VERDICTS) -> dict[str, str]:
    return dict(cluster_profiles(profiles, links, verdicts, settings()).select("profile_id", "cluster_id").rows())


def test_two_numbers_stay_apart_though_a_chain_joins_them() -> None:
    profiles = _profiles({"a": 1, "b": None, "c": None, "d": 2})
    found = _clusters(profiles, _links(("a", "b", 0.99), ("b", "c", 0.98), ("c", "d", 0.97)))
    assert found == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_surest_link_wins_the_contested_profile() -> None:
    profiles = _profiles({"a": 1, "b": None, "d": 2})
    assert _clusters(profiles, _links(("a", "b", 0.96), ("b", "d", 0.97))) == {"a": "a", "b": "b", "d": "b"}


def test_ties_do_not_depend_on_the_order_of_links() -> None:
    profiles = _profiles({"a": 1, "b": None, "d": 2})
    links = _links(("a", "b", 0.96), ("b", "d", 0.96))
    assert _clusters(profiles, links) == _clusters(profiles, links.reverse())


def test_weakest_link_is_measured_from_the_number() -> None:
    profiles = _profiles({"a": None, "b": None, "c": None, "n": 7})
    links = _links(("a", "b", 0.99), ("b", "n", 0.96), ("c", "n", 0.98))
    found = cluster_profiles(profiles, links, NO_VERDICTS, settings())
    assert found.select("profile_id", "match_probability", "method_code").rows() == [
        ("a", 0.96, "model"),
        ("b", 0.96, "model"),
        ("c", 0.98, "model"),
        ("n", 1.0, "identity_number"),
    ]


def test_verdict_different_holds_through_any_chain_and_any_probability() -> None:
    profiles = _profiles({"a": None, "b": None, "c": None})
    links = _links(("a", "b", 0.999), ("b", "c", 0.999))
    found = _clusters(profiles, links, _verdicts(("a", "c", "different")))
    assert found["a"] != found["c"]


def test_verdict_same_joins_and_is_named() -> None:
    found = cluster_profiles(_profiles({"a": None, "n": 7}), _links(("a", "n", 0.1)).clear(), _verdicts(("a", "n", "same")), settings())
    assert found.select("cluster_id", "method_code").rows() == [("a", "judgement"), ("a", "identity_number")]


def test_one_delivery_of_the_register_names_a_person_once() -> None:
    rows = [("a", "hukou", "r1"), ("n", "hukou", "r2"), ("c", "charity", "r3")]
    found = _clusters(_profiles({"a": None, "c": None, "n": 7}, rows), _links(("a", "n", 0.999), ("c", "n", 0.98)))
    assert found == {"a": "a", "c": "c", "n": "c"}


def test_verdict_different_goes_with_the_group_it_joins() -> None:
    profiles = _profiles({"a": None, "b": None, "c": None})
    for links in (_links(("a", "b", 0.99), ("a", "c", 0.98)), _links(("a", "b", 0.99), ("c", "a", 0.98))):
        assert _clusters(profiles, links, _verdicts(("b", "c", "different"))) == {"a": "a", "b": "a", "c": "c"}


def test_verdict_same_joins_two_numbers_and_keeps_their_bans() -> None:
    profiles = _profiles({"a": 1, "b": 2, "c": None, "d": 3})
    links = _links(("b", "c", 0.99), ("c", "d", 0.98))
    assert _clusters(profiles, links, _verdicts(("a", "b", "same"))) == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_place_in_the_register_goes_with_the_group_it_joins() -> None:
    rows = [("n", "hukou", "r2"), ("z", "hukou", "r1")]
    found = _clusters(_profiles({"a": None, "n": 7, "z": None}, rows), _links(("a", "z", 0.99), ("a", "n", 0.98)))
    assert found == {"a": "a", "n": "n", "z": "a"}


def test_being_named_as_a_father_is_no_place_of_ones_own() -> None:
    seated = _profiles({"a": None, "n": 7}, [("a", "hukou", "r1"), ("n", "hukou", "r2")])
    as_father = Profiles(
        seated.mentions.with_columns(role_code=pl.when(pl.col("profile_id") == "a").then(pl.lit("father")).otherwise("role_code")),
        seated.frame,
        seated.holders,
    )
    assert _clusters(as_father, _links(("a", "n", 0.99))) == {"a": "a", "n": "a"}
