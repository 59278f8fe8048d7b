"""Whether the files of a district agree with each other and with what Tuodi knows, told with file and line before anything runs.

Belongs here: references from one file to another, to a rule family, a comparison or a blocking column. Does not belong here: the
shape of one file (`registry.district`) and what any of it means.
"""

import inspect
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from quality.engine import RULE_FAMILIES
from registry.configuration import find_line, parse, read_yaml
from registry.district import District
from registry.errors import ConfigError
from registry.resolve.blocking import KEYS
from registry.resolve.comparisons import COMPARISONS
from registry.schema.tables import TABLES

Location = tuple[str | int, ...]
PLACE_COLUMNS: Final = ("place_code", "parent_code", "level", "name", "aliases", "valid_from", "valid_to", "successor_code")
PROGRAMME_PARAMS: Final = frozenset({
    "programme", "lacking", "holder_programmes", "excluded_programmes", "shared_programmes", "class_programmes", "helps",
    "household_helps", "givers", "medical_aid", "caused_programmes",
})  # fmt: skip
ROLL_PARAMS: Final = frozenset({"ignore_rolls", "paying_roll", "status_roll"})
GROUPS: Final = frozenset({"ANY", "FUND"})
"""Stand for every programme and for every payer in compatibility.yml."""


def require_sound(district: District) -> None:
    """Raise ConfigError for the first thing that names something absent."""
    _require_places(district)
    _require_programmes(district)
    _require_matrix(district)
    _require_rules(district)
    _require_linkage(district)


def _refuse(district: District, file: str, location: Location, value: object, known: Iterable[object]) -> ConfigError:
    path, choice = district.folder / file, ", ".join(sorted(map(str, known)))
    where, line = ".".join(map(str, location)), find_line(read_yaml(path), location)
    return ConfigError(
        f"{where}：没有“{value}”，应为其中之一：{choice}", f"{where}: unknown '{value}'; one of {choice}", file=path, line=line
    )


def _require_places(district: District) -> None:
    path = district.folder / "places.csv"
    if not path.is_file():
        raise ConfigError("文件不存在，请放入区划代码表", "no such file; put the district's place codes there", file=path)
    head = path.read_bytes().split(b"\n", 1)[0].decode("utf-8-sig", "replace").strip().split(",")
    absent = [column for column in PLACE_COLUMNS if column not in head]
    if absent:
        raise ConfigError(
            f"缺少列 {absent[0]}，应有 {','.join(PLACE_COLUMNS)}",
            f"no column '{absent[0]}'; expected {','.join(PLACE_COLUMNS)}", file=path, line=1,
        )  # fmt: skip


def _require_programmes(district: District) -> None:
    """Programmes belong to declared departments; rolls state declared programmes."""
    for number, programme in enumerate(district.programmes.values()):
        if programme.department not in district.settings.departments:
            raise _refuse(
                district, "programmes.yml", ("programmes", number, "department"), programme.department, district.settings.departments
            )
    for roll in district.rolls.values():
        for number, clause in enumerate(roll.benefits):
            code = clause.fields.get("programme_code", "")
            if code.startswith("=") and code[1:] not in district.programmes:
                location = ("benefits", number, "fields", "programme_code")
                raise _refuse(district, f"rolls/{roll.roll}.yml", location, code[1:], district.programmes)


def _require_matrix(district: District) -> None:
    known = {*district.programmes, *GROUPS}
    for number, row in enumerate(district.compatibility):
        for side in ("a", "b", "yields"):
            value = getattr(row, side)
            if value is not None and value not in known:
                raise _refuse(district, "compatibility.yml", ("compatibility", number, side), value, known)


def _require_rules(district: District) -> None:
    document = read_yaml(district.folder / "rules.yml")
    repeated = [rule_id for rule_id, count in Counter(str(rule["rule_id"]) for rule in document["rules"]).items() if count > 1]
    for number, declared in enumerate(document["rules"]):
        if declared["rule_id"] in repeated:
            raise ConfigError(
                f"规则编号“{repeated[0]}”重复，请改用其他编号", f"rule_id '{repeated[0]}' is used twice; choose another",
                file=district.folder / "rules.yml", line=find_line(document, ("rules", number, "rule_id")),
            )  # fmt: skip
        _require_rule(district, document, number)


def _require_rule(district: District, document: Any, number: int) -> None:  # noqa: ANN401 - a YAML document
    rule, place = district.rules[str(document["rules"][number]["rule_id"])], ("rules", number)
    if rule.family not in RULE_FAMILIES:
        raise _refuse(district, "rules.yml", (*place, "family"), rule.family, RULE_FAMILIES)
    if rule.owner not in district.settings.departments:
        raise _refuse(district, "rules.yml", (*place, "owner"), rule.owner, district.settings.departments)
    if rule.params:
        parse(document, inspect.getmodule(RULE_FAMILIES[rule.family]).Params, district.folder / "rules.yml", (*place, "params"))  # type: ignore[union-attr]
    for param, value in rule.params.items():
        for name, known in _find_references(district, param, value):
            if name not in known:
                raise _refuse(district, "rules.yml", (*place, "params", param), name, known)


def _find_references(district: District, param: str, value: object) -> Iterator[tuple[object, Iterable[object]]]:
    """Yield each name a parameter holds with the names it may be; a parameter that refers to nothing yields nothing."""
    values = value if isinstance(value, list) else [value]
    if param in PROGRAMME_PARAMS:
        yield from ((name, set(district.programmes)) for name in values)
    elif param in ROLL_PARAMS:
        yield from ((name, set(district.rolls)) for name in values)
    elif param == "matrix":
        yield from ((name, {row.number for row in district.compatibility}) for name in values)
    elif param == "standard":
        yield value, set(district.settings.standards)


def _require_linkage(district: District) -> None:
    linkage, path = district.linkage, district.folder / "linkage.yml"
    if not linkage.review_from <= linkage.link_at <= linkage.finding_at:
        seen = f"{linkage.review_from} / {linkage.link_at} / {linkage.finding_at}"
        raise ConfigError(
            f"应为 review_from ≤ link_at ≤ finding_at，实为 {seen}；请改其一", f"expected review_from <= link_at <= finding_at, got {seen};"
            " change one of them", file=path, line=find_line(read_yaml(path), ("review_from",)),
        )  # fmt: skip
    named: list[tuple[Location, str, Iterable[str]]] = [
        *((("comparisons", n), name, COMPARISONS) for n, name in enumerate(linkage.comparisons)),
        *((("blocking", n, "columns", m), name, KEYS) for n, rule in enumerate(linkage.blocking) for m, name in enumerate(rule.columns)),
        *((("unique_rolls", n), name, district.rolls) for n, name in enumerate(linkage.unique_rolls)),
        (("register_roll",), linkage.register_roll, district.rolls),
        *((("placeholders", name), name, TABLES["mentions"].columns) for name in linkage.placeholders),
    ]
    for location, name, known in named:
        if name not in known:
            raise _refuse(district, "linkage.yml", location, name, known)
