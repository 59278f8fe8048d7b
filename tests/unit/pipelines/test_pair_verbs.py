"""Why two ids are one person or two: every kind of id, the outcome in words, table and waterfall."""

from pathlib import Path

import pytest

from pipelines.pair_verbs import choose_pair, explain_pair
from pipelines.resources import Home
from registry.errors import ConfigError
from registry.resolve.link import Resolution
from tests.unit.pipelines.small_home import MONTH, open_home, person_of, profile_of, resolve_month


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Resolution]:
    home = open_home(tmp_path_factory.mktemp("pair") / "home")
    return home, resolve_month(home)


def test_person_profile_and_mention_ids_lead_to_the_same_pair(run: tuple[Home, Resolution]) -> None:
    home, resolution = run
    wanted = profile_of(resolution, "c0"), profile_of(resolution, "e00")
    assert choose_pair(home, MONTH, wanted) == wanted
    assert choose_pair(home, MONTH, (person_of(resolution, "e00"), person_of(resolution, "c0"))) == wanted
    assert choose_pair(home, MONTH, ("c0-subject", "e00-subject")) == wanted


def test_unknown_and_equal_ids_are_told(run: tuple[Home, Resolution]) -> None:
    home, resolution = run
    with pytest.raises(ConfigError, match="'P77'"):
        choose_pair(home, MONTH, ("P77", "c0-subject"))
    with pytest.raises(ConfigError, match="collapsed"):
        choose_pair(home, MONTH, (profile_of(resolution, "c0"), "c0-subject"))


def test_text_and_waterfall_tell_outcome_levels_and_sum(
    run: tuple[Home, Resolution], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, resolution = run
    ids = (person_of(resolution, "c0"), person_of(resolution, "e00"))
    for suffix in ("svg", "html"):
        explain_pair(home.path, ids, None, tmp_path / f"pair.{suffix}", "q_district", "both")
    told = capsys.readouterr().out
    assert f"{ids[0]} and {ids[1]}" in told
    for words in ("同村居 / same village", "姓名相同 / same name", "Waits for a reader", "合计 / sum"):
        assert words in told
    weight = resolution.pairs.filter(
        (resolution.pairs["profile_id_l"] == profile_of(resolution, "c0"))
        & (resolution.pairs["profile_id_r"] == profile_of(resolution, "e00"))
    )["match_weight"].item()
    assert f"{weight:+.6f}" in told
    assert (tmp_path / "pair.svg").read_text(encoding="utf-8").startswith("<svg")
    page = (tmp_path / "pair.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "<script" not in page
    explain_pair(home.path, ids, MONTH, tmp_path / "again.html", "q_district", "both")
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "pair.html").read_bytes()
