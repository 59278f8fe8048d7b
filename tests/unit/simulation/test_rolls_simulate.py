"""A whole small simulation: the same seed writes the same bytes, the truth addresses every delivered row."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from registry.district import District, load_district
from registry.errors import ConfigError
from simulation.rolls.catalogue import SHAPES
from simulation.simulate import simulate

PEOPLE = 2000
MONTHS = ("2016-03", "2016-04")
SAY: Callable[[str], None] = lambda line: None  # noqa: E731 - a listener that does not listen


@pytest.fixture(scope="module")
def district() -> District:
    return load_district("q_district")


@pytest.fixture(scope="module")
def simulated(district: District, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("simulated")
    summary = simulate(PEOPLE, MONTHS, 5, "normal", out, district, SAY)
    assert summary["files"] == len([path for path in out.glob("2016-*/*/*")])
    assert summary["persons"] > summary["people"] == PEOPLE
    return out


def _digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_same_seed_same_bytes(simulated: Path, district: District, tmp_path: Path) -> None:
    simulate(PEOPLE, MONTHS, 5, "normal", tmp_path / "again", district, SAY)
    assert _digest(simulated) == _digest(tmp_path / "again")


def test_all_owners_deliver_all_rolls(simulated: Path, district: District) -> None:
    owners = {path.name for path in (simulated / "2016-03").iterdir()}
    assert len(owners) >= 9
    assert owners <= set(district.settings.departments)
    rolls = {path.stem.rsplit("-", 2)[0] for path in (simulated / "truth" / "mentions").iterdir()}
    assert rolls == {shape.roll for shape in SHAPES}


def test_truth_covers_the_rows_and_knows_its_people(simulated: Path) -> None:
    mentions = pl.concat(pl.read_parquet(path) for path in sorted((simulated / "truth" / "mentions").glob("*-2016-03.parquet")))
    persons = pl.read_parquet(simulated / "truth" / "persons.parquet")
    assert set(mentions["true_person_id"]) <= set(persons["true_person_id"])
    assert mentions.select("roll", "file_name", "sheet", "row_number", "role", "position").is_unique().all()
    text = next((simulated / "2016-03" / "public_security").glob("*户籍人口*"))
    subjects = mentions.filter((pl.col("roll") == "hukou") & (pl.col("role") == "subject"))
    assert subjects.height == len(text.read_bytes().decode("gb18030").splitlines()) - 1
    assert subjects["row_number"].to_list() == list(range(2, subjects.height + 2))


def test_truth_files_have_the_agreed_columns(simulated: Path) -> None:
    truth = simulated / "truth"
    groups = {"short_name", "minority", "rare_character", "newborn", "married_in", "migrant", "twin", "elderly"}
    assert groups < set(pl.read_parquet_schema(truth / "persons.parquet"))
    households = pl.read_parquet(truth / "households.parquet")
    assert set(households["household_kind"]) == {"hukou", "aid", "residence"}
    assert {"rule_id", "label", "true_person_id", "other_true_person_id", "known_month"} < set(
        pl.read_parquet_schema(truth / "findings.parquet")
    )


def test_too_few_people_and_backward_months_are_refused(district: District, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least"):
        simulate(10, MONTHS, 1, "normal", tmp_path, district, SAY)
    with pytest.raises(ConfigError, match="backwards"):
        simulate(PEOPLE, ("2016-05", "2016-04"), 1, "normal", tmp_path, district, SAY)
    assert not list(tmp_path.iterdir())
