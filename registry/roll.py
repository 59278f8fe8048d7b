"""One roll as its YAML declares it: who owns it, how it arrives, what its columns mean, whom and what its rows state.

Belongs here: the frozen models of `rolls/<roll>.yml` and the cross-checks inside one file. Does not belong here: the rest
of a district (`registry.district`), and any logic that reads deliveries.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field as Setting
from pydantic import field_validator, model_validator

from registry.configuration import Settings
from registry.errors import ConfigError
from registry.schema.codes import BENEFIT_KINDS, CASE_KINDS, NEED_KINDS, RELATION_KINDS, ROLES, STATUS_KINDS, UNITS
from registry.schema.tables import TABLES
from registry.schema.text import Text

Kind = Literal[
    "text",
    "name",
    "identity_number",
    "certificate",
    "date",
    "month",
    "period",
    "amount",
    "count",
    "age",
    "sex",
    "phone",
    "account",
    "place",
    "address",
    "category",
    "relation",
]
SHEET = "sheet"
"""May stand for a column in `place`: the sheet a row stands on is often named after its town or village."""
FACT_TABLES = ("benefits", "needs", "statuses", "cases")


class Words(Settings):
    """A title in the two languages."""

    zh: str
    en: str

    def text(self) -> Text:
        """Return the pair as Text."""
        return Text(self.zh, self.en)


class Column(Settings):
    """One delivered column: the heads it has been seen under and how its cells are read."""

    heads: list[str] = Setting(min_length=1, description="Column heads as delivered; compared after removing spaces, stars and units.")
    kind: Kind = "text"
    required: bool = Setting(False, description="An empty cell sends the row to quarantine.")
    optional: bool = Setting(False, description="The column may be absent from a delivery.")
    lookup: str | None = Setting(
        None, description="Name of a lookup that turns categories into codes; unknown ones are quarantined as cells."
    )
    date_order: Literal["ymd", "mdy", "dmy"] | None = Setting(None, description="Order of written dates; default: the roll's.")
    sensitivity: Literal["L1", "L2", "L3", "L4"] | None = Setting(None, description="Grade of the column; default: the roll's.")


class FixedWidth(Settings):
    """Lines cut by position, as old programs write them; such files have no header line."""

    unit: Literal["byte", "character"] = Setting("byte", description="What positions count; old GB18030 programs count bytes.")
    columns: dict[str, tuple[int, int]] = Setting(min_length=1, description="Declared column: [first position from 1, width].")

    @field_validator("columns", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        return {name: tuple(pair) for name, pair in value.items()} if isinstance(value, dict) else value

    @field_validator("columns")
    @classmethod
    def _sound_positions(cls, columns: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        wrong = [name for name, (first, width) in columns.items() if first < 1 or width < 1]
        if wrong:
            raise ValueError(f"positions count from 1 and widths are at least 1: {', '.join(wrong)}")
        return columns


class Database(Settings):
    """A roll read from a database instead of a file. The address, with its password, stands in the environment only."""

    url_env: str = Setting(pattern=r"^[A-Z][A-Z0-9_]*$", description="Environment variable with the SQLAlchemy URL of the database.")
    query: str | None = Setting(
        None, description="One SELECT; :month (text YYYY-MM), :first_day and :last_day (dates) stand for the delivery's month."
    )
    table: str | None = Setting(None, description="Table or view to read whole, schema.table where needed.")

    @model_validator(mode="before")
    @classmethod
    def _no_secret(cls, value: object) -> object:
        if isinstance(value, dict) and any("://" in str(one) for one in value.values()):
            raise ValueError(
                "a database address holds a password and must not stand here: put it into an environment variable, name that in url_env"
            )
        return value

    @model_validator(mode="after")
    def _one_source(self) -> "Database":
        if (self.query is None) == (self.table is None):
            raise ValueError("give either query or table")
        return self


class Delivery(Settings):
    """How the roll arrives."""

    glob: list[str] = Setting(default_factory=list, description="File name patterns inside <inbox>/<month>/<department>/.")
    database: Database | None = Setting(None, description="Read from this database instead of from files.")
    fixed_width: FixedWidth | None = Setting(None, description="Text files of this roll are cut by position, not by a delimiter.")
    may_repeat: bool = Setting(False, description="The roll changes so seldom that a delivery with the same rows is no mistake.")
    frequency: Literal["monthly", "quarterly", "semester", "yearly"] = "monthly"
    content: Literal["snapshot", "new_rows", "year_to_date"] = Setting(
        "snapshot",
        description="snapshot: the state of the period; new_rows: only what is new; year_to_date: replaces earlier deliveries of the year.",
    )

    @model_validator(mode="after")
    def _arrives_somehow(self) -> "Delivery":
        if not self.glob and self.database is None:
            raise ValueError("give glob (file name patterns) or database")
        return self


class PersonClause(Settings):
    """One person a row names, in one role: which columns tell who it is."""

    role: str
    position: int = 0
    name: str | None = None
    identity_number: str | None = None
    birth_date: str | None = None
    age: str | None = None
    sex: str | None = None
    place: str | list[str] | None = None
    address: str | None = None
    phone: str | None = None
    account: str | None = None
    relation: str | None = None
    ethnicity: str | None = None
    household_number: str | list[str] | None = None
    kin: str | None = Setting(None, description="Column with the name of the head, guardian or kin written in the same row.")
    when: dict[str, list[str]] = Setting(default_factory=dict)

    @field_validator("role")
    @classmethod
    def _known_role(cls, role: str) -> str:
        if role not in ROLES:
            raise ValueError(f"unknown role '{role}'; one of {sorted(ROLES)}")
        return role


class FactClause(Settings):
    """One fact a row states about one of its persons.

    `fields` maps a column of the fact table to a column of the roll, or to a constant written as "=VALUE".
    """

    person: str = "subject"
    position: int = 0
    period: str | list[str] | None = Setting(
        None,
        description="Columns of kind period or month that together give from_month and to_month; '=quarter' or '=semester' for the"
        " delivery's own. Without it: the month paid in an event roll, else the delivery month.",
    )
    is_monthly_amount: bool = Setting(
        False, description="The amount column states one month; the fact carries it for all months of the period."
    )
    fields: dict[str, str] = Setting(default_factory=dict)
    when: dict[str, list[str]] = Setting(
        default_factory=dict,
        description="Only rows whose column (after lookup) has one of these values: '' an empty cell, '~x' contains pattern x,"
        " '!x' does not.",
    )


class RelationClause(Settings):
    """A tie between two persons of one row: `other` is the `relation` of `person`."""

    person: str
    position: int = 0
    other: str
    other_position: int = 0
    relation: str


class Expect(Settings):
    """What a usual delivery looks like; used for warnings, not for refusing."""

    rows_per_1000_registered: tuple[float, float] | None = None
    fill: dict[str, float] = Setting(default_factory=dict, description="Smallest share of filled cells per column.")

    @field_validator("rows_per_1000_registered", mode="before")
    @classmethod
    def _pair(cls, value: object) -> object:
        return tuple(float(part) for part in value) if isinstance(value, list) else value


class Roll(Settings):
    """One roll: who owns it, how it arrives, what its columns mean, whom and what its rows state."""

    roll: str
    code: str = Setting(pattern=r"^[A-Z]\d{2}[a-z]?$")
    title: Words
    department: str
    legal_basis: str
    retention_months: int = Setting(ge=0)
    sensitivity: Literal["L1", "L2", "L3", "L4"] = Setting("L3", description="Grade of columns that state none (domain.md §9.2).")
    date_order: Literal["ymd", "mdy", "dmy"] = Setting("ymd", description="Order in which dates with separators are written.")
    delivery: Delivery
    columns: dict[str, Column]
    ignore: list[str] = Setting(default_factory=list, description="Heads seen and decided out of scope.")
    lookups: dict[str, dict[str, str]] = Setting(default_factory=dict)
    people: list[PersonClause] = Setting(min_length=1)
    benefits: list[FactClause] = Setting(default_factory=list)
    needs: list[FactClause] = Setting(default_factory=list)
    statuses: list[FactClause] = Setting(default_factory=list)
    cases: list[FactClause] = Setting(default_factory=list)
    relations: list[RelationClause] = Setting(default_factory=list)
    expect: Expect = Expect()
    key: list[str] = Setting(default_factory=list, description="Columns that should be unique in one delivery.")


def require_sound_roll(roll: Roll, departments: frozenset[str], path: Path) -> None:
    """Raise when a clause names a column, lookup, role, code or department that is not declared."""
    problems = [*_find_column_problems(roll), *_find_code_problems(roll)]
    if roll.department not in departments:
        problems.append(f"department '{roll.department}' is not in district.yml")
    if roll.roll != path.stem:
        problems.append(f"roll '{roll.roll}' should stand in {roll.roll}.yml")
    if problems:
        raise ConfigError(f"声明有误：{'；'.join(problems)}", "; ".join(problems), file=path)


def _references(roll: Roll) -> set[str]:
    """Return every roll column the clauses refer to."""
    used: set[str] = set(roll.key) | set(roll.expect.fill)
    for person in roll.people:
        values = [getattr(person, name) for name in type(person).model_fields if name not in {"role", "position", "when"}]
        used |= {column for value in values if value for column in (value if isinstance(value, list) else [value])} | set(person.when)
    for clause in (*roll.benefits, *roll.needs, *roll.statuses, *roll.cases):
        used |= {value for value in clause.fields.values() if not value.startswith("=")} | set(clause.when)
        periods = clause.period if isinstance(clause.period, list) else [clause.period or "="]
        used |= {column for column in periods if not column.startswith("=")}
    return used


def _find_column_problems(roll: Roll) -> list[str]:
    missing = sorted(_references(roll) - set(roll.columns) - {SHEET})
    problems = [f"column '{name}' is used but not declared" for name in missing]
    lookups = {c.lookup for c in roll.columns.values() if c.lookup} - set(roll.lookups)
    return problems + [f"lookup '{name}' is used but not declared" for name in sorted(lookups)]


def _find_code_problems(roll: Roll) -> list[str]:
    lists = {
        "benefit_kind_code": BENEFIT_KINDS,
        "need_kind_code": NEED_KINDS,
        "status_kind_code": STATUS_KINDS,
        "case_kind_code": CASE_KINDS,
        "unit_code": UNITS,
    }
    roles = {(person.role, person.position) for person in roll.people}
    problems = []
    for table in FACT_TABLES:
        for clause in getattr(roll, table):
            problems += [f"{table}: '{field}' is no column of this table" for field in clause.fields if field not in TABLES[table].columns]
            problems += [
                f"{table}: '{value}' is no {field}"
                for field, value in clause.fields.items()
                if value.startswith("=") and field in lists and value[1:] not in lists[field]
            ]
            problems += [] if (clause.person, clause.position) in roles else [f"{table}: no person in role '{clause.person}'"]
    for tie in roll.relations:
        problems += [] if tie.relation in RELATION_KINDS else [f"relations: '{tie.relation}' is no kind of tie"]
        problems += [
            f"relations: no person in role '{role}'"
            for role, position in ((tie.person, tie.position), (tie.other, tie.other_position))
            if (role, position) not in roles
        ]
    return problems
