"""Blocking: pairs are counted before they are made, and a value shared by far too many stops the run by name."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from registry.district import Linkage
from registry.errors import ConfigError
from registry.resolve.blocking import PairExplosion, block_pairs
from registry.resolve.engine import open_engine, store_frame
from registry.resolve.link import resolve_mentions
from registry.resolve.numbers import settle_numbers
from registry.resolve.profiles import build_profiles
from tests.unit.registry.made_mentions import MONTH, VILLAGES, Village, mentions_of, rule, settings


def _rows() -> list[dict[str, Any]]:
    people = [{key: value for key, value in row.items() if key != "truth"} for row in Village(60, 5).register_rows()]
    return people + [{"roll": "charity", "name_key": row["name_key"], "place_code": row["place_code"]} for row in people[::4]]


def _block(linkage: Linkage, workdir: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    with open_engine(workdir) as connection:
        profiles = build_profiles(connection, settle_numbers(connection, mentions_of(_rows()), linkage), linkage)
        store_frame(connection, "profiles", profiles.frame)
        block_pairs(connection, linkage)
        return connection.sql("select * from blocked").pl(), profiles.frame


def test_each_pair_once_and_never_two_numbers(tmp_path: Path) -> None:
    blocked, profiles = _block(settings(), tmp_path)
    assert blocked.height > 0
    assert blocked.select("join_key_l", "join_key_r").is_duplicated().sum() == 0
    assert (blocked["join_key_l"] < blocked["join_key_r"]).all()
    numbered = profiles.filter(pl.col("number_code").is_not_null()).get_column("profile_id").implode()
    both = blocked.filter(pl.col("join_key_l").is_in(numbered) & pl.col("join_key_r").is_in(numbered))
    assert both.is_empty()


def test_explosion_names_rule_and_value(tmp_path: Path) -> None:
    rows = [{"roll": "charity", "name_key": "无名", "place_code": place} for place in VILLAGES * 20]
    linkage = settings(blocking=[rule("name_key", "place")], max_block_size=15)
    with pytest.raises(PairExplosion) as raised:
        resolve_mentions(mentions_of(rows + _rows()), linkage, MONTH, None, tmp_path)
    assert raised.value.exit_code == 3
    assert "name_key+place" in str(raised.value)
    assert "无名" in str(raised.value)
    assert "placeholders" in str(raised.value)


def test_placeholder_value_no_longer_blocks(tmp_path: Path) -> None:
    rows = [{"roll": "charity", "name_key": "无名", "place_code": place} for place in VILLAGES * 20]
    linkage = settings(blocking=[rule("name_key", "place")], max_block_size=15, placeholders={"name_key": ["无名"]})
    assert resolve_mentions(mentions_of(rows + _rows()), linkage, MONTH, None, tmp_path).person_mentions.height == len(rows) + len(_rows())


def test_unknown_column_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="surename"):
        _block(settings(blocking=[rule("surename")]), tmp_path)


def test_unknown_comparison_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="shoe_size"):
        resolve_mentions(mentions_of(_rows()), settings(comparisons=["name", "shoe_size"]), MONTH, None, tmp_path)
