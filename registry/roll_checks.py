"""Whether the parts of one `rolls/<roll>.yml` agree: every name a clause uses is declared, with the line it stands on.

Belongs here: references inside one file and to the district's departments. Does not belong here: the shape of the file
(`registry.roll`), references to other files (`pipelines.soundness`), whether a delivery fits (`connectors.mapping`).
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from registry.configuration import Location, find_line, read_yaml, suggest
from registry.errors import ConfigError
from registry.roll import FACT_TABLES, SHEET, FactClause, PersonClause, Roll
from registry.schema.codes import BENEFIT_KINDS, CASE_KINDS, NEED_KINDS, RELATION_KINDS, STATUS_KINDS, UNITS
from registry.schema.fields import AMOUNT, FIELDS
from registry.schema.tables import LANDED_COLUMNS, TABLES
from registry.schema.text import Text

MOST_TOLD: Final = 5
CLOSED: Final = {
    "benefit_kind_code": BENEFIT_KINDS,
    "need_kind_code": NEED_KINDS,
    "status_kind_code": STATUS_KINDS,
    "case_kind_code": CASE_KINDS,
    "unit_code": UNITS,
}
PERSON_KINDS: Final = {
    "name": ("name",),
    "identity_number": ("identity_number", "certificate"),
    "birth_date": ("date", "month"),
    "age": ("age",),
    "sex": ("sex",),
    "phone": ("phone",),
    "account": ("account",),
    "kin": ("name",),
}
"""What a column has to be for a person clause to read it."""


class Problem(NamedTuple):
    """One thing that does not fit, and where it stands in the file."""

    location: Location
    said: Text


def require_sound_roll(roll: Roll, departments: frozenset[str], path: Path) -> None:
    """Raise ConfigError when a clause names a column, lookup, role, code or department that is not declared.

    The first problem in the file gives the line; the next ones follow with theirs.
    """
    problems = list(find_roll_problems(roll, departments, path.stem))
    if not problems:
        return
    document = read_yaml(path) if path.is_file() else None
    told = sorted(((find_line(document, problem.location), problem.said) for problem in problems), key=lambda item: item[0] or 0)
    more = len(told) - MOST_TOLD
    zh = [said.zh if not at else f"第{line}行：{said.zh}" for at, (line, said) in enumerate(told[:MOST_TOLD])]
    en = [said.en if not at else f"line {line}: {said.en}" for at, (line, said) in enumerate(told[:MOST_TOLD])]
    zh, en = (zh + [f"另有{more}处"], en + [f"{more} more"]) if more > 0 else (zh, en)
    raise ConfigError("；".join(zh), "; ".join(en), file=path, line=told[0][0])


def find_roll_problems(roll: Roll, departments: frozenset[str], stem: str) -> Iterator[Problem]:
    """Yield everything in one roll's declaration that does not fit."""
    if roll.roll != stem:
        yield Problem(("roll",), Text(f"名册“{roll.roll}”应写在 {roll.roll}.yml", f"roll '{roll.roll}' should stand in {roll.roll}.yml"))
    if roll.department not in departments:
        yield _unknown(("department",), Text("district.yml 中没有部门", "no department of district.yml:"), roll.department, departments)
    yield from _find_head_problems(roll)
    yield from _find_delivery_problems(roll)
    for number, person in enumerate(roll.people):
        yield from _find_person_problems(roll, person, ("people", number))
    for table in FACT_TABLES:
        for number, clause in enumerate(getattr(roll, table)):
            yield from _find_fact_problems(roll, table, clause, (table, number))
    yield from _find_tie_problems(roll)
    for number, column in enumerate(roll.key):
        yield from _require_column(roll, column, ("key", number))
    for column in roll.expect.fill:
        yield from _require_column(roll, column, ("expect", "fill", column))


def _unknown(location: Location, what: Text, value: object, known: Iterable[object]) -> Problem:
    choice = sorted(map(str, known))
    near = suggest(value, choice)
    listed = ", ".join(choice) if len(choice) <= 30 else ""
    return Problem(
        location,
        Text(
            f"{what.zh}“{value}”{near.zh or (f'；应为 {listed} 之一' if listed else '')}",
            f"{what.en} '{value}'{near.en or (f'; one of {listed}' if listed else '')}",
        ),
    )


def _require_column(roll: Roll, column: str, location: Location) -> Iterator[Problem]:
    if column not in roll.columns:
        yield _unknown(location, Text("columns 中没有列", "no such column:"), column, roll.columns)


def _find_head_problems(roll: Roll) -> Iterator[Problem]:
    """Yield lookups nobody declared, and heads that two columns claim."""
    claimed: dict[str, str] = {}
    for name, column in roll.columns.items():
        if name in LANDED_COLUMNS:
            said = Text(
                f"列名 {name} 已用于行的来源地址，请另起名，如 paid_{name}",
                f"the name {name} is taken by a row's address; choose another, such as paid_{name}",
            )
            yield Problem(("columns", name), said)
        if column.lookup is not None and column.lookup not in roll.lookups:
            yield _unknown(("columns", name, "lookup"), Text("lookups 中没有", "no such lookup:"), column.lookup, roll.lookups)
        for number, head in enumerate(column.heads):
            other = claimed.setdefault("".join(head.split()), name)
            if other != name:
                said = Text(f"表头“{head}”已属于列 {other}，请只保留一处", f"the head '{head}' already belongs to column {other}; keep one")
                yield Problem(("columns", name, "heads", number), said)


def _find_delivery_problems(roll: Roll) -> Iterator[Problem]:
    if roll.delivery.fixed_width is not None:
        for name in roll.delivery.fixed_width.columns:
            yield from _require_column(roll, name, ("delivery", "fixed_width", "columns", name))


def _find_when_problems(roll: Roll, when: dict[str, list[str]], place: Location) -> Iterator[Problem]:
    """Yield conditions on unknown columns, and on codes their lookup never gives: such a condition never holds."""
    for name, values in when.items():
        yield from _require_column(roll, name, (*place, "when", name))
        lookup = roll.columns[name].lookup if name in roll.columns else None
        codes = set(roll.lookups.get(lookup or "", {}).values())
        for number, value in enumerate(values):
            if codes and value and value[0] not in "~!" and value not in codes:
                yield _unknown((*place, "when", name, number), Text(f"{lookup} 没有代码", f"lookup {lookup} gives no code"), value, codes)


def _find_person_problems(roll: Roll, person: PersonClause, place: Location) -> Iterator[Problem]:
    yield from _find_when_problems(roll, person.when, place)
    for field in sorted(set(type(person).model_fields) - {"role", "position", "when"}):
        value = getattr(person, field)
        columns = value if isinstance(value, list) else [value] if value else []
        for number, column in enumerate(columns):
            location = (*place, field, number) if isinstance(value, list) else (*place, field)
            if field == "place" and column == SHEET:
                continue
            yield from _require_column(roll, column, location)
            yield from _require_kind(roll, column, PERSON_KINDS.get(field, ()), location)


def _require_kind(roll: Roll, column: str, kinds: tuple[str, ...], location: Location) -> Iterator[Problem]:
    if kinds and column in roll.columns and roll.columns[column].kind not in kinds:
        wanted, got = " / ".join(kinds), roll.columns[column].kind
        said = Text(f"列 {column} 的 kind 应为 {wanted}，而不是 {got}", f"column {column} has to be of kind {wanted}, not {got}")
        yield Problem(location, said)


def _find_fact_problems(roll: Roll, table: str, clause: FactClause, place: Location) -> Iterator[Problem]:
    yield from _require_person(roll, clause.person, clause.position, (*place, "person"))
    yield from _find_when_problems(roll, clause.when, place)
    periods = clause.period if isinstance(clause.period, list) else [clause.period or "="]
    for number, column in enumerate(periods):
        if not column.startswith("="):
            yield from _require_column(roll, column, (*place, "period", number) if isinstance(clause.period, list) else (*place, "period"))
    for field, source in clause.fields.items():
        location = (*place, "fields", field)
        if field not in TABLES[table].columns:
            yield _unknown(location, Text(f"{table} 没有字段", f"{table} has no field"), field, TABLES[table].columns)
        elif source.startswith("="):
            if field in CLOSED and source[1:] not in CLOSED[field]:
                yield _unknown(location, Text(f"{field} 没有代码", f"{field} has no code"), source[1:], CLOSED[field])
        else:
            yield from _require_column(roll, source, location)
            yield from _require_kind(roll, source, ("amount", "text") if FIELDS[field].dtype == AMOUNT else (), location)
            yield from _require_lookup(roll, field, source, location)


def _require_lookup(roll: Roll, field: str, source: str, location: Location) -> Iterator[Problem]:
    """A yes-or-no field is read through a lookup that gives yes and no."""
    if FIELDS[field].dtype == pl.Boolean() and source in roll.columns and not roll.columns[source].lookup:
        said = Text(f"列 {source} 需要给出 yes/no 的 lookup", f"column {source} needs a lookup that gives yes and no")
        yield Problem(location, said)


def _require_person(roll: Roll, role: str, position: int, location: Location) -> Iterator[Problem]:
    known = {f"{person.role} {person.position}" if person.position else person.role for person in roll.people}
    wanted = f"{role} {position}" if position else role
    if wanted not in known:
        yield _unknown(location, Text("people 中没有角色", "nobody under people has the role"), wanted, known)


def _find_tie_problems(roll: Roll) -> Iterator[Problem]:
    for number, tie in enumerate(roll.relations):
        place: Location = ("relations", number)
        if tie.relation not in RELATION_KINDS:
            yield _unknown((*place, "relation"), Text("没有这种关系：", "no kind of tie:"), tie.relation, RELATION_KINDS)
        yield from _find_when_problems(roll, tie.when, place)
        yield from _require_person(roll, tie.person, tie.position, (*place, "person"))
        yield from _require_person(roll, tie.other, tie.other_position, (*place, "other"))
