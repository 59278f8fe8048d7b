"""A new district runs as it stands, in both languages; the schemas for editors are those of the models."""

import json
import re
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.starting_verbs import SCHEMAS, STARTERS, build_schema, init, render_schema
from registry.district import DISTRICTS, load_district
from registry.errors import ConfigError
from registry.warehouse import find_current

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize("lang", STARTERS)
def test_a_new_district_runs_as_it_stands(lang: str, tmp_path: Path) -> None:
    folder, home = tmp_path / "new_district", tmp_path / "home"
    assert CliRunner().invoke(app, ["init", str(folder), "--lang", lang]).exit_code == 0
    asked = ["run", "--district", str(folder), "--inbox", str(folder / "inbox"), "--home", str(home), "--month", "2016-01", "--lang", lang]
    ran = CliRunner().invoke(app, asked)
    assert ran.exit_code == 0, ran.output
    current = find_current(home / "warehouse")
    assert current is not None
    with duckdb.connect(current, read_only=True) as warehouse:
        found = warehouse.execute("SELECT rule_id, count(*) FROM findings.findings GROUP BY 1 ORDER BY 1").fetchall()
        sent_back = warehouse.execute("SELECT count(*) FROM quality.quarantine").fetchall()
    assert found == [("A01", 1), ("M02", 1)] and sent_back == [(0,)]


@pytest.mark.parametrize("lang", STARTERS)
def test_what_is_made_is_named_and_points_editors_to_its_schemas(lang: str, tmp_path: Path) -> None:
    init(tmp_path / "d", "my_district", lang)
    assert load_district(tmp_path / "d").settings.district == "my_district"
    for path in (tmp_path / "d").rglob("*.yml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        target = path.parent / first.partition("$schema=")[2]
        assert json.loads(target.read_text(encoding="utf-8"))["title"], path


def test_the_english_starter_has_no_chinese_in_it() -> None:
    files = [path for path in (DISTRICTS / STARTERS["en"]).rglob("*") if path.is_file()]
    assert files and not [path for path in files if re.search(r"[\u3400-\u9fff]", path.name + path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("name", ["9x", "a b", "../x"])
def test_a_name_that_is_no_word_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--name"):
        init(tmp_path / "d", name, "zh")
    assert not (tmp_path / "d").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="not an empty folder"):
        init(tmp_path, "d", "zh")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_committed_schemas_are_those_of_the_models(name: str) -> None:
    """Mend with `tuodi schema`."""
    assert (REFERENCE / f"{name}.schema.json").read_text(encoding="utf-8") == render_schema(name)


def test_every_setting_of_a_roll_is_explained() -> None:
    document = build_schema("roll")
    silent = [
        f"{owner}.{name}"
        for owner, model in {"Roll": document, **document["$defs"]}.items()
        for name, setting in model.get("properties", {}).items()
        if not setting.get("description") and "$ref" not in setting
    ]
    assert not silent
