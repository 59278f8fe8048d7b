"""What `tuodi init` and `tuodi schema` do: a new district that runs as it stands, and JSON Schemas for editors.

Belongs here: copying a starter district, writing the schemas of the declared models. Does not belong here: drafting a roll from a
file, templates for owners (other verbs).
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from registry.district import DISTRICTS, CompatibilityFile, DistrictFile, Linkage, ProgrammeFile, RuleFile, load_district
from registry.errors import ConfigError
from registry.roll import Roll
from registry.schema.codes import ROLES

SCHEMAS: Final[dict[str, type[BaseModel]]] = {
    "district": DistrictFile,
    "roll": Roll,
    "programmes": ProgrammeFile,
    "compatibility": CompatibilityFile,
    "rules": RuleFile,
    "linkage": Linkage,
}
"""Declared file by the name of its schema."""

SCHEMA_FOLDER: Final = "schema"
STARTERS: Final = {"zh": "starter_zh", "en": "starter_en"}


def build_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of one declared file, roles of people listed."""
    document = SCHEMAS[name].model_json_schema()
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{name}.schema.json", **document}
    clause = document.get("$defs", {}).get("PersonClause")
    if clause:
        clause["properties"]["role"]["enum"] = list(ROLES)
    return document


def render_schema(name: str) -> str:
    """Return the schema as it is written to a file."""
    return json.dumps(build_schema(name), ensure_ascii=False, indent=1) + "\n"


def schema(out: Path) -> None:
    """Write every schema into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        (out / f"{name}.schema.json").write_text(render_schema(name), encoding="utf-8")
        sys.stdout.write(f"{out / f'{name}.schema.json'}\n")


def init(folder: Path, name: str | None, lang: str) -> None:
    """Make a new district in `folder` from the starter of a language.

    Raises:
        ConfigError: the folder is not empty, or the name is no plain word.
    """
    language = "en" if lang == "en" else "zh"
    title = name or folder.resolve().name.replace("-", "_")
    if not title.isidentifier():
        raise ConfigError(
            f"辖区名“{title}”应为字母、数字和下划线，且不以数字开头；请用 --name 另起名",
            f"the name '{title}' should be letters, digits and underscores, not beginning with a digit; choose one with --name",
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder} 不是空文件夹，请换一个", f"{folder} is not an empty folder; choose another")
    starter = DISTRICTS / STARTERS[language]
    shutil.copytree(starter, folder, dirs_exist_ok=True)
    settings = folder / "district.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(starter.name, title), encoding="utf-8")
    schema_folder = folder / SCHEMA_FOLDER
    schema_folder.mkdir()
    for declared in SCHEMAS:
        (schema_folder / f"{declared}.schema.json").write_text(render_schema(declared), encoding="utf-8")
    for path in sorted(folder.rglob("*.yml")):
        _name_schema(path, folder)
    load_district(folder)
    sys.stdout.write((folder / "README.md").read_text(encoding="utf-8"))


def _name_schema(path: Path, folder: Path) -> None:
    """Write the line by which editors find the schema of a declared file."""
    is_roll = path.parent.name == "rolls"
    relative = f"{'../' if is_roll else ''}{SCHEMA_FOLDER}/{'roll' if is_roll else path.stem}.schema.json"
    path.write_text(f"# yaml-language-server: $schema={relative}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
