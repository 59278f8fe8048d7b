"""A district as a folder of facts: the frozen models of everything under `districts/<district>/`.

Belongs here: what may be declared and how it is loaded and cross-checked. Does not belong here: any fact about a
particular district, and any logic that uses the facts.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import Field as Setting
from pydantic import field_validator

from registry.configuration import Settings, parse, read_settings, read_yaml
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
MONTH_PATTERN = r"^\d{4}-(0[1-9]|1[0-2])$"


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
    sensitivity: Literal["L1", "L2", "L3", "L4"] = "L3"


class Delivery(Settings):
    """How the roll arrives."""

    glob: list[str] = Setting(min_length=1, description="File name patterns inside <inbox>/<month>/<department>/.")
    frequency: Literal["monthly", "quarterly", "semester", "yearly"] = "monthly"
    content: Literal["snapshot", "new_rows", "year_to_date"] = Setting(
        "snapshot",
        description="snapshot: the state of the period; new_rows: only what is new; year_to_date: replaces earlier deliveries of the year.",
    )


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


class Programme(Settings):
    """One programme of the catalogue (domain.md §1.3)."""

    code: str
    title: Words
    department: str
    unit: Literal["P", "H", "B", "C", "D"]
    need: str
    fund: str
    period: Literal["month", "quarter", "semester", "year", "event", "none"]
    legal_basis: str
    is_statutory: bool = True
    is_public: bool = Setting(True, description="False for groups whose names are never published.")


class Compatibility(Settings):
    """One cell of the programme × programme matrix (domain.md §2)."""

    number: int
    a: str
    b: str
    relation: Literal["X", "XH", "XB", "T", "C", "G", "S", "R", "I", "N", "L"]
    scope: str
    rule: Words
    legal_basis: str
    valid_from: str = Setting(pattern=MONTH_PATTERN)
    valid_to: str | None = Setting(None, pattern=MONTH_PATTERN)
    yields: str | None = Setting(None, description="Programme that stops or is recovered (domain.md §2.5).")


class Rule(Settings):
    """One rule instance made from a family."""

    rule_id: str = Setting(pattern=r"^[AM]\d{2}[a-z]?$")
    family: str
    title: Words
    kind: Literal["duplicate", "missed"]
    severity: Literal["H", "M", "L"]
    confidence: Literal["high", "medium", "low"] = "high"
    owner: str = Setting(description="Department the finding goes to when the facts do not tell.")
    legal_basis: str
    params: dict[str, object] = Setting(default_factory=dict)
    exceptions: list[Words] = Setting(default_factory=list, description="Exceptions the family looks at, named for the reader.")
    sentence: Words = Setting(description="Template shown to the clerk; names in braces are filled from the finding.")
    suggestion: Words
    enabled: bool = True


class RuleFile(Settings):
    """rules.yml."""

    rules: list[Rule]


class ProgrammeFile(Settings):
    """programmes.yml."""

    programmes: list[Programme]


class CompatibilityFile(Settings):
    """compatibility.yml."""

    compatibility: list[Compatibility]


class BlockingRule(Settings):
    """One blocking rule: profiles that agree on all its columns are compared."""

    columns: list[str] = Setting(min_length=1)
    numbered_only: bool = Setting(False, description="Compare only profiles without a number to those with one.")
    settles: bool = Setting(False, description="A profile this rule finds a numbered partner for needs no wide search.")
    unless_settled: bool = Setting(False, description="Skip profiles an earlier rule settled: this rule is a wide search.")


class Linkage(Settings):
    """linkage.yml: how mentions become persons."""

    seed: int = 1
    link_at: float = Setting(0.95, gt=0, le=1, description="Pairs at or above are linked unseen.")
    review_from: float = Setting(0.5, gt=0, le=1, description="Pairs from here to link_at go to clerks; they link nothing.")
    finding_at: float = Setting(0.98, gt=0, le=1, description="A finding whose weakest link is below this is a link review, never a flag.")
    outsider_share: float = Setting(
        0.05, gt=0, lt=1, description="Share of mentions without a number that name somebody no numbered row names."
    )
    register_roll: str = Setting("hukou", description="The roll that settles which name belongs to an identity number.")
    unique_rolls: list[str] = Setting(default_factory=list, description="Rolls in which one delivery names a person at most once.")
    blocking: list[BlockingRule] = Setting(min_length=1)
    max_pairs_per_rule: int = Setting(50_000_000, gt=0)
    max_block_size: int = Setting(20_000, gt=0)
    comparisons: list[str] = Setting(min_length=1)
    max_household: int = Setting(20, gt=1, description="A household mark shared by more people is an institution, not evidence of kin.")
    max_sharers: int = Setting(12, gt=1, description="A phone or account under more names than this is an office's, not evidence.")
    training_people: int = Setting(8_000, gt=0, description="Numbered people whose rows teach the model what agreeing looks like.")
    training_pairs: int = Setting(1_000_000, gt=0, description="Random pairs that teach it what chance agreement looks like.")
    placeholders: dict[str, list[str]] = Setting(default_factory=dict, description="Values of a mention column that mean nothing.")


class Limits(Settings):
    """Limits of the intake."""

    bad_row_share: float = Setting(0.10, gt=0, le=1, description="A file with a larger share of quarantined rows is refused.")
    bad_row_minimum: int = Setting(3, ge=1, description="Fewer quarantined rows than this never refuse a file: a short list has few rows.")
    file_bytes: int = 512 * 1024 * 1024


class HouseholdSources(Settings):
    """Which rolls say who belongs together, beside the household register."""

    declared: list[str] = Setting(default_factory=list, description="Rolls whose member lists are aid households; they beat derived ones.")
    living_together: list[str] = Setting(
        default_factory=list, description="Rolls whose household number means a family under one roof; the first beats the next."
    )


class DistrictFile(Settings):
    """district.yml."""

    district: str
    title: Words
    currency: str
    first_month: str = Setting(pattern=MONTH_PATTERN)
    identity_prefixes: list[str]
    departments: dict[str, Words]
    register_roll: str
    death_roll: str
    standards: dict[str, float] = Setting(default_factory=dict, description="Sample monthly standards, check local law.")
    limits: Limits = Limits()
    source_order: list[str] = Setting(
        default_factory=list, description="Rolls from the most to the least official; decides each field of a person's record."
    )
    households: HouseholdSources = HouseholdSources()


class District:
    """One district, loaded and cross-checked."""

    def __init__(
        self,
        folder: Path,
        settings: DistrictFile,
        rolls: Mapping[str, Roll],
        programmes: Mapping[str, Programme],
        compatibility: tuple[Compatibility, ...],
        rules: Mapping[str, Rule],
        linkage: Linkage,
    ) -> None:
        self.folder, self.settings, self.rolls, self.programmes = folder, settings, rolls, programmes
        self.compatibility, self.rules, self.linkage = compatibility, rules, linkage

    @cached_property
    def places(self) -> pl.DataFrame:
        """Return places.csv: place_code, parent_code, level, name, aliases (|-separated), valid_from, valid_to, successor_code."""
        return pl.read_csv(self.folder / "places.csv", infer_schema=False)

    def department_title(self, department: str) -> Text:
        """Return a department's name."""
        return self.settings.departments[department].text()


DISTRICTS = Path(__file__).resolve().parent.parent / "districts"


def find_district(name: str | Path) -> Path:
    """Return the folder of a district given by path or by the name of one that comes with Tuodi."""
    for folder in (Path(name), DISTRICTS / str(name)):
        if (folder / "district.yml").is_file():
            return folder
    known = sorted(path.parent.name for path in DISTRICTS.glob("*/district.yml"))
    raise ConfigError(
        f"找不到辖区“{name}”：应为含 district.yml 的文件夹，或 {known} 之一",
        f"no district '{name}': give a folder with a district.yml, or one of {known}",
    )


def load_district(name: str | Path) -> District:
    """Return the district at `name`; every file is read, validated and cross-checked, or ConfigError names file and line."""
    folder = find_district(name)
    settings = read_settings(folder / "district.yml", DistrictFile)
    rolls: dict[str, Roll] = {}
    for path in sorted((folder / "rolls").glob("*.yml")):
        document = read_yaml(path)
        roll = parse(document, Roll, path)
        _require_sound_roll(roll, settings, path)
        rolls[roll.roll] = roll
    programmes = {p.code: p for p in read_settings(folder / "programmes.yml", ProgrammeFile).programmes}
    matrix = tuple(read_settings(folder / "compatibility.yml", CompatibilityFile).compatibility)
    rules = {r.rule_id: r for r in read_settings(folder / "rules.yml", RuleFile).rules}
    linkage = read_settings(folder / "linkage.yml", Linkage)
    _require_known(settings, rolls, folder)
    return District(folder, settings, rolls, programmes, matrix, rules, linkage)


def _require_known(settings: DistrictFile, rolls: Mapping[str, Roll], folder: Path) -> None:
    named = (settings.register_roll, settings.death_roll, *settings.source_order)
    for name in (*named, *settings.households.declared, *settings.households.living_together):
        if name not in rolls:
            raise ConfigError(f"没有名册“{name}”", f"there is no roll '{name}'; declare rolls/{name}.yml", file=folder / "district.yml")


def _require_sound_roll(roll: Roll, settings: DistrictFile, path: Path) -> None:
    """Raise when a clause names a column, lookup, role, code or department that is not declared."""
    problems = [*_find_column_problems(roll), *_find_code_problems(roll)]
    if roll.department not in settings.departments:
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
