"""Verdicts through the whole of linkage: chains, later months, other spellings, contradictions before anything is compared."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from registry.errors import ConfigError
from registry.resolve import link
from registry.resolve.link import Previous, Resolution, resolve_mentions
from tests.unit.registry.made_mentions import VILLAGES, Village, mentions_of, number_of, settings

CROWD = [{key: value for key, value in row.items() if key != "truth"} for row in Village(60, 11).register_rows()]
BIRTH, SHARED = date(1960, 1, 1), {"phone_number": "13900001111", "place_code": VILLAGES[0]}
HOLDER: dict[str, Any] = {
    "row_id": "r", "name_key": "庄缎缎", "birth_date": BIRTH, "identity_number": number_of(BIRTH, 22), "sex_code": "2",
    "place_code": VILLAGES[0],
}  # fmt: skip
CHAIN: list[dict[str, Any]] = [
    {"row_id": "b", "roll": "charity", "name_key": "庄缎缎", "birth_date": BIRTH, **SHARED},
    {"row_id": "c", "roll": "charity", "name_key": "庄缎缎", "account_number": "6217000000000001", **SHARED},
]
"""Two rows of a charity that one phone ties to each other and to nobody else; each also fits the holder."""


def _resolve(
    rows: list[dict[str, Any]],
    workdir: Path,
    verdicts: list[tuple[str, str, str]],
    month: str = "2016-01",
    previous: Previous | None = None,
) -> Resolution:
    mentions = mentions_of([row | {"row_id": f"v-{n}"} for n, row in enumerate(CROWD)] + rows)
    told = pl.DataFrame(
        verdicts, schema=dict.fromkeys(["profile_id_l", "profile_id_r", "verdict_code"], pl.String), orient="row"
    )  # fmt: skip
    return resolve_mentions(mentions, settings(), month, previous, workdir, told)


def _find(resolution: Resolution, row_id: str, column: str) -> str:
    return str(resolution.person_mentions.filter(pl.col("mention_id") == f"{row_id}-subject")[column].item())


def _profiles(workdir: Path) -> dict[str, str]:
    found = _resolve([HOLDER, *CHAIN], workdir, [])
    assert len({_find(found, row, "person_id") for row in "rbc"}) == 1
    return {row: _find(found, row, "profile_id") for row in "rbc"}


def test_ends_of_a_chain_stay_apart_in_three_later_months(tmp_path: Path) -> None:
    """r≠c while r–b and b–c link: whoever gets b, r and c never meet, month after month, whatever rows are new."""
    profiles = _profiles(tmp_path)
    previous = None
    for month in ("2016-01", "2016-02", "2016-03", "2016-04"):
        rows = [row | {"row_id": f"{row['row_id']}-{month}"} for row in (HOLDER, *CHAIN)]
        found = _resolve(rows, tmp_path, [(profiles["r"], profiles["c"], "different")], month, previous)
        persons = {row: _find(found, f"{row}-{month}", "person_id") for row in "rbc"}
        assert persons["r"] != persons["c"]
        assert persons["b"] in {persons["r"], persons["c"]}
        previous = Previous(found.person_mentions, found.id_history)


def test_verdict_on_a_number_holds_when_its_name_is_spelled_otherwise(tmp_path: Path) -> None:
    """The verdict named the holder as 庄锻锻, a spelling no row bears any more."""
    misspelt = HOLDER | {"name_key": "庄锻锻"}
    named = _find(_resolve([misspelt], tmp_path, []), "r", "profile_id")
    profiles = _profiles(tmp_path)
    assert named != profiles["r"]
    found = _resolve([HOLDER, *CHAIN], tmp_path, [(named, profiles["b"], "different"), (named, profiles["c"], "different")])
    assert _find(found, "r", "person_id") not in {_find(found, "b", "person_id"), _find(found, "c", "person_id")}


def test_same_holds_over_a_chain_of_verdicts(tmp_path: Path) -> None:
    strangers = [
        {"row_id": "x", "roll": "charity", "name_key": "林水花", "place_code": VILLAGES[5], "birth_date": date(1971, 2, 3)},
        {"row_id": "y", "roll": "charity", "name_key": "黄木生", "place_code": VILLAGES[6], "birth_date": date(1982, 3, 4)},
    ]
    first = _resolve([HOLDER, *strangers], tmp_path, [])
    r, x, y = (_find(first, row, "profile_id") for row in "rxy")
    assert len({_find(first, row, "person_id") for row in "rxy"}) == 3
    found = _resolve([HOLDER, *strangers], tmp_path, [(r, x, "same"), (x, y, "same")])
    assert len({_find(found, row, "person_id") for row in "rxy"}) == 1


def test_contradiction_is_refused_before_anything_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "open_engine", lambda _: pytest.fail("the engine was opened"))
    with pytest.raises(ConfigError, match="fa ~ fb =; fb ~ fc =; fa ~ fc ≠"):
        _resolve([HOLDER], tmp_path, [("fa", "fb", "same"), ("fb", "fc", "same"), ("fa", "fc", "different")])


def test_verdict_on_rows_that_vanished_changes_nothing(tmp_path: Path) -> None:
    plain, told = (
        _resolve([HOLDER, *CHAIN], tmp_path, verdicts) for verdicts in ([], [("fgone", "n0-1", "same"), ("fx", "fy", "different")])
    )
    assert plain.person_mentions.equals(told.person_mentions)
    assert plain.link_reviews.equals(told.link_reviews)
