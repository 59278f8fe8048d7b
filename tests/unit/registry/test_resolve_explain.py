"""A weight taken apart: the parts add up to the very weight of the run, whatever pair is asked for."""

from pathlib import Path

import polars as pl
import pytest

from registry.errors import ConfigError
from registry.resolve.explain import weigh_pair
from registry.resolve.link import Resolution, resolve_mentions
from tests.unit.registry.made_mentions import Village, mentions_of, settings


@pytest.fixture(scope="module")
def mentions() -> pl.DataFrame:
    rows = [{key: value for key, value in row.items() if key != "truth"} for row in Village(60, 11).register_rows()]
    asked = [
        {"roll": "red_cross", "row_id": f"q-{n}"} | {key: row[key] for key in ("name_key", "place_code", "birth_date")}
        for n, row in enumerate(rows[:40])
    ]
    return mentions_of([row | {"row_id": f"v-{n}"} for n, row in enumerate(rows)] + asked)


@pytest.fixture(scope="module")
def resolution(mentions: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Resolution:
    return resolve_mentions(mentions, settings(), "2016-01", None, tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize("place", [0, 7, 20, -1])
def test_parts_add_up_to_the_weight_the_run_used(place: int, mentions: pl.DataFrame, resolution: Resolution, tmp_path: Path) -> None:
    row = resolution.pairs.sort("match_weight", "profile_id_l", "profile_id_r").row(place, named=True)
    for pair in ((row["profile_id_l"], row["profile_id_r"]), (row["profile_id_r"], row["profile_id_l"])):
        weights = weigh_pair(mentions, settings(), resolution.model, pair, tmp_path)
        total = float(weights.parts["weight"].sum())
        assert abs(total - weights.match_weight) < 1e-6
        assert abs(total - row["match_weight"]) < 1e-6
        assert weights.parts["part"].to_list()[:3] == ["prior", "name", "name_frequency"]
    assert weights.parts.filter(pl.col("weight") != 0).height >= 3
    assert weights.parts.null_count().sum_horizontal().item() == 0


def test_pair_no_rule_compared_is_weighed_too(mentions: pl.DataFrame, resolution: Resolution, tmp_path: Path) -> None:
    far = (resolution.profiles["profile_id"][0], resolution.profiles["profile_id"][-1])
    weights = weigh_pair(mentions, settings(), resolution.model, far, tmp_path)
    assert abs(float(weights.parts["weight"].sum()) - weights.match_weight) < 1e-6
    assert weights.match_weight < 0


def test_profile_of_other_settings_and_model_of_other_comparisons_are_named(
    mentions: pl.DataFrame, resolution: Resolution, tmp_path: Path
) -> None:
    known = resolution.profiles["profile_id"][0]
    with pytest.raises(ConfigError, match="f000.*run the month again"):
        weigh_pair(mentions, settings(), resolution.model, (known, "f000"), tmp_path)
    fewer = settings(comparisons=["name", "birth"])
    with pytest.raises(ConfigError, match="other comparisons"):
        weigh_pair(mentions, fewer, resolution.model, (known, resolution.profiles["profile_id"][1]), tmp_path)
