"""One roll as its YAML declares it: who owns it, how it arrives, what its columns mean, whom and what its rows state.

Belongs here: the frozen models of `rolls/<roll>.yml`. Does not belong here: whether the parts of one file agree
(`registry.roll_checks`), the rest of a district (`registry.district`), and any logic that reads deliveries.
"""

import re
from typing import Annotated, Final, Literal

from pydantic import Field as Setting
from pydantic import field_validator, model_validator

from registry.configuration import Settings, complain, suggest
from registry.schema.codes import ROLES
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
SECRET_KEYS: Final = frozenset({"url", "uri", "dsn", "user", "username", "password", "passwd", "pwd", "connection", "connection_string"})
SECRET: Final = re.compile(r"://|(?i:password|passwd|pwd)\s*=")
Position = Annotated[int, Setting(ge=1)]


class Words(Settings):
    """A title in the two languages; a district that works in English alone may leave out the Chinese."""

    zh: str = Setting("", description="Default: the English.")
    en: str = Setting(description="The title in English.")

    @model_validator(mode="before")
    @classmethod
    def _one_language(cls, words: object) -> object:
        return {"zh": words["en"], **words} if isinstance(words, dict) and "en" in words else words

    def text(self) -> Text:
        """Return the pair as Text."""
        return Text(self.zh, self.en)


class Column(Settings):
    """One delivered column: the heads it has been seen under and how its cells are read."""

    heads: list[str] = Setting(min_length=1, description="Column heads as delivered; compared after removing spaces, stars and units.")
    kind: Kind = Setting("text", description="How the cells are read: name, identity_number, date, amount, category …")
    required: bool = Setting(False, description="An empty cell sends the row to quarantine.")
    optional: bool = Setting(False, description="The column may be absent from a delivery.")
    lookup: str | None = Setting(
        None, description="Name of a lookup that turns categories into codes; unknown ones are quarantined as cells."
    )
    date_order: Literal["ymd", "mdy", "dmy"] | None = Setting(None, description="Order of written dates; default: the roll's.")
    part: Literal["given", "surname", "suffix"] | None = Setting(
        None, description="Of a name that stands in several columns: which part this column holds; middle names are given names."
    )
    sensitivity: Literal["L1", "L2", "L3", "L4"] | None = Setting(None, description="Grade of the column; default: the roll's.")


class FixedWidth(Settings):
    """Lines cut by position, as old programs write them; such files have no header line."""

    unit: Literal["byte", "character"] = Setting("byte", description="What positions count; old GB18030 programs count bytes.")
    columns: dict[str, tuple[Position, Position]] = Setting(min_length=1, description="Declared column: [first position from 1, width].")

    @field_validator("columns", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        return {name: tuple(pair) for name, pair in value.items()} if isinstance(value, dict) else value


class Database(Settings):
    """A roll read from a database instead of a file. The address, with its password, stands in the environment only."""

    url_env: str = Setting(pattern=r"^[A-Z][A-Z0-9_]*$", description="Environment variable with the SQLAlchemy URL of the database.")
    query: str | None = Setting(
        None, description="One SELECT; :month (text YYYY-MM), :first_day and :last_day (dates) stand for the delivery's month."
    )
    table: str | None = Setting(None, description="Table or view to read whole, schema.table where needed.")

    @model_validator(mode="before")
    @classmethod
    def _no_secret(cls, stanza: object) -> object:
        for key, value in stanza.items() if isinstance(stanza, dict) else ():
            if key in SECRET_KEYS or (isinstance(value, str) and SECRET.search(value)):
                raise complain(
                    "数据库地址、用户名和密码不得写入文件；请放入环境变量，在 url_env 写其名称",
                    "address, user and password of a database never stand in a file; put them into an environment variable and name it in"
                    " url_env",
                    key,
                )
        return stanza

    @model_validator(mode="after")
    def _one_source(self) -> "Database":
        if (self.query is None) == (self.table is None):
            raise complain("query 与 table 应写且只写其一", "give either query or table")
        return self


class Delivery(Settings):
    """How the roll arrives."""

    glob: list[str] = Setting(default_factory=list, description="File name patterns inside <inbox>/<month>/<department>/.")
    database: Database | None = Setting(None, description="Read from this database instead of from files.")
    fixed_width: FixedWidth | None = Setting(None, description="Text files of this roll are cut by position, not by a delimiter.")
    may_repeat: bool = Setting(False, description="The roll changes so seldom that a delivery with the same rows is no mistake.")
    frequency: Literal["monthly", "quarterly", "semester", "yearly"] = Setting("monthly", description="How often it is delivered.")
    content: Literal["snapshot", "new_rows", "year_to_date"] = Setting(
        "snapshot",
        description="snapshot: the state of the period; new_rows: only what is new; year_to_date: replaces earlier deliveries of the year.",
    )

    @field_validator("glob")
    @classmethod
    def _sound_patterns(cls, patterns: list[str]) -> list[str]:
        for number, pattern in enumerate(patterns):
            if not pattern.strip() or re.search(r"[/\\]", pattern) or pattern.count("[") != pattern.count("]"):
                raise complain(
                    f"文件名式样“{pattern}”有误：只写文件名（不含路径），* 代表任意字，[ ] 须成对",
                    f"'{pattern}' is no file name pattern: the name only, without folders; * stands for anything, [ ] in pairs",
                    number,
                )
        return patterns

    @model_validator(mode="after")
    def _arrives_somehow(self) -> "Delivery":
        if not self.glob and self.database is None:
            raise complain("请写 glob（文件名式样）或 database", "give glob (file name patterns) or database")
        return self


class PersonClause(Settings):
    """One person a row names, in one role: which columns tell who it is."""

    role: str = Setting(description="Whose name stands here: subject, head, guardian, payee … (domain.md §4.6).")
    position: int = Setting(0, description="Ordinal among several of one role in a row; 0 when single.")
    name: str | list[str] | None = Setting(
        None, description="Column of the name, or its columns (each with its part) in the order they are read out."
    )
    identity_number: str | None = Setting(None, description="Column with the identity or certificate number.")
    birth_date: str | None = Setting(None, description="Column with the birth date.")
    age: str | None = Setting(None, description="Column with the age at the delivery's month.")
    sex: str | None = Setting(None, description="Column with the sex.")
    place: str | list[str] | None = Setting(
        None, description="Columns that tell town and village together; `sheet` for a sheet named after one."
    )
    address: str | None = Setting(None, description="Column with the address as written.")
    phone: str | None = Setting(None, description="Column with the phone number.")
    account: str | None = Setting(None, description="Column with the bank account.")
    relation: str | None = Setting(None, description="Column with the relation to the head of household.")
    ethnicity: str | None = Setting(None, description="Column with the ethnic group.")
    household_number: str | list[str] | None = Setting(
        None, description="Columns that mark one household within the roll; the first filled one counts."
    )
    kin: str | list[str] | None = Setting(None, description="Column with the name of the head, guardian or kin written in the same row.")
    when: dict[str, list[str]] = Setting(default_factory=dict, description="Only rows that meet it, as in a fact clause.")

    @field_validator("role")
    @classmethod
    def _known_role(cls, role: str) -> str:
        if role not in ROLES:
            near, known = suggest(role, ROLES), ", ".join(sorted(ROLES))
            raise complain(f"没有角色“{role}”{near.zh or f'，应为 {known} 之一'}", f"unknown role '{role}'{near.en or f'; one of {known}'}")
        return role


class FactClause(Settings):
    """One fact a row states about one of its persons.

    `fields` maps a column of the fact table to a column of the roll, or to a constant written as "=VALUE".
    """

    person: str = Setting("subject", description="Role of the person the fact is about.")
    position: int = Setting(0, description="Position of that person within the role.")
    period: str | list[str] | None = Setting(
        None,
        description="Columns of kind period or month that together give from_month and to_month; '=quarter' or '=semester' for the"
        " delivery's own. Without it: the month paid in an event roll, else the delivery month.",
    )
    is_monthly_amount: bool = Setting(
        False, description="The amount column states one month; the fact carries it for all months of the period."
    )
    fields: dict[str, str] = Setting(
        default_factory=dict, description="Column of the fact table: column of the roll, or a constant written =VALUE."
    )
    when: dict[str, list[str]] = Setting(
        default_factory=dict,
        description="Only rows whose column (after lookup) has one of these values: '' an empty cell, '~x' contains pattern x,"
        " '!x' does not.",
    )


class RelationClause(Settings):
    """A tie between two persons of one row: `other` is the `relation` of `person`."""

    person: str = Setting(description="Role of the one person.")
    position: int = Setting(0, description="Position within the role.")
    other: str = Setting(description="Role of the other person.")
    other_position: int = Setting(0, description="Position within the role.")
    relation: str = Setting(description="What the other person is to the one: spouse, parent, guardian …")
    when: dict[str, list[str]] = Setting(default_factory=dict, description="Only rows that meet it, as in a fact clause.")


class Expect(Settings):
    """What a usual delivery looks like; used for warnings, not for refusing."""

    rows_per_1000_registered: tuple[float, float] | None = Setting(
        None, description="Fewest and most rows per 1,000 people on the register."
    )
    fill: dict[str, float] = Setting(default_factory=dict, description="Smallest share of filled cells per column.")

    @field_validator("rows_per_1000_registered", mode="before")
    @classmethod
    def _pair(cls, value: object) -> object:
        return tuple(float(part) for part in value) if isinstance(value, list) else value


class Roll(Settings):
    """One roll: who owns it, how it arrives, what its columns mean, whom and what its rows state."""

    roll: str = Setting(description="Name of the roll; the file is <roll>.yml.")
    code: str = Setting(pattern=r"^[A-Z]\d{2}[a-z]?$", description="Short code that begins every row id, such as R06.")
    title: Words = Setting(description="Title for readers.")
    department: str = Setting(description="Department that owns the roll, as in district.yml.")
    legal_basis: str = Setting(description="Law or agreement on which it is delivered and used.")
    retention_months: int = Setting(ge=0, description="Months after which its rows are purged.")
    sensitivity: Literal["L1", "L2", "L3", "L4"] = Setting("L3", description="Grade of columns that state none (domain.md §9.2).")
    date_order: Literal["ymd", "mdy", "dmy"] = Setting("ymd", description="Order in which dates with separators are written.")
    delivery: Delivery = Setting(description="How the roll arrives.")
    columns: dict[str, Column] = Setting(description="Every column that is used, by our name for it.")
    ignore: list[str] = Setting(default_factory=list, description="Heads seen and decided out of scope.")
    lookups: dict[str, dict[str, str]] = Setting(default_factory=dict, description="Words as delivered and the code each stands for.")
    people: list[PersonClause] = Setting(min_length=1, description="Whom a row names, in which roles.")
    benefits: list[FactClause] = Setting(default_factory=list, description="What was given.")
    needs: list[FactClause] = Setting(default_factory=list, description="What was needed.")
    statuses: list[FactClause] = Setting(default_factory=list, description="Dated states of people.")
    cases: list[FactClause] = Setting(default_factory=list, description="Applications, leads, referrals.")
    relations: list[RelationClause] = Setting(default_factory=list, description="Ties between two persons of one row.")
    expect: Expect = Setting(Expect(), description="What a usual delivery looks like.")
    key: list[str] = Setting(default_factory=list, description="Columns that should be unique in one delivery.")
