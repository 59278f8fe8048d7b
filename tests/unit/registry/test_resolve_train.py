"""The model: learned from rows that share a number, the same on every run, plain data with a hash."""

import json
from pathlib import Path
from typing import Any

import pytest

from registry.resolve.comparisons import COMPARISONS
from registry.resolve.engine import open_engine, store_frame
from registry.resolve.numbers import settle_numbers
from registry.resolve.profiles import build_profiles
from registry.resolve.train import MAX_DRIFT, MIN_TRAINING_ROWS, Model, train_model
from tests.unit.registry.made_mentions import Village, mentions_of, settings


def _train(rows: list[dict[str, Any]], workdir: Path, people: int) -> Model:
    linkage = settings(training_people=people)
    plain = [{key: value for key, value in row.items() if key != "truth"} for row in rows]
    with open_engine(workdir) as connection:
        profiles = build_profiles(connection, settle_numbers(connection, mentions_of(plain), linkage), linkage)
        store_frame(connection, "profiles", profiles.frame)
        return train_model(connection, profiles, linkage)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return _train(_rows_that_move(), tmp_path_factory.mktemp("train"), 600)


def _rows_that_move() -> list[dict[str, Any]]:
    """Return register and ledger rows in which every fourth person lives elsewhere than registered."""
    people = Village(250, 3)
    rows = people.register_rows()
    moved = rows[len(people.people) :: 4]
    for row in moved:
        row["place_code"] = "359901101204" if row["place_code"] != "359901101204" else "359901001201"
    return rows


def _m(model: Model, comparison: str, level: int) -> float:
    return float(model["comparisons"][comparison][level]["m"])


def test_movers_lower_the_weight_of_the_village(trained: Model) -> None:
    assert trained["training_rows"] >= MIN_TRAINING_ROWS
    assert 0.65 < _m(trained, "place", 0) < 0.85


def test_chance_agreement_is_counted_from_the_rolls(trained: Model) -> None:
    """Twelve villages, and the movers all went to one: two strangers share a place about one time in six."""
    assert 0.1 < trained["comparisons"]["place"][0]["u"] < 0.25


def test_learned_weights_stay_near_their_start(trained: Model) -> None:
    for name, levels in trained["comparisons"].items():
        for level, start in zip(levels, COMPARISONS[name].levels, strict=True):
            assert start.m / MAX_DRIFT - 1e-9 <= level["m"] <= min(start.m * MAX_DRIFT, 0.9999) + 1e-9


def test_same_rolls_same_model(trained: Model, tmp_path: Path) -> None:
    again = _train(_rows_that_move()[::-1], tmp_path, 600)
    assert json.dumps(again, sort_keys=True) == json.dumps(trained, sort_keys=True)
    assert len(trained["hash"]) == 64


def test_too_few_rows_keep_the_starting_values(tmp_path: Path) -> None:
    model = _train(Village(20, 3).register_rows(), tmp_path, 20)
    assert _m(model, "place", 0) == COMPARISONS["place"].levels[0].m
