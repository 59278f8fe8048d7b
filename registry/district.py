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
from pydantic.json_schema import SkipJsonSchema

from registry.configuration import Settings, parse, read_settings, read_yaml
from registry.conventions import Conventions
from registry.errors import ConfigError
from registry.roll import Roll, Words
from registry.roll_checks import require_sound_roll
from registry.schema.text import Text

MONTH_PATTERN = r"^\d{4}-(0[1-9]|1[0-2])$"


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
    apart_roles: list[str] = Setting(
        default_factory=list,
        description="Roles in which a row never names its own subject: the guardian of John Clark is another John Clark.",
    )
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
    readers: int = Setting(2, ge=1, le=2, description="Readers who must agree before a verdict counts; two who differ always need a third.")
    conventions: SkipJsonSchema[Conventions] = Setting(Conventions(), description="Never written here: taken over from district.yml.")


class Limits(Settings):
    """Limits of the intake."""

    bad_row_share: float = Setting(0.10, gt=0, le=1, description="A file with a larger share of quarantined rows is refused.")
    bad_row_minimum: int = Setting(3, ge=1, description="Fewer quarantined rows than this never refuse a file: a short list has few rows.")
    file_bytes: int = Setting(512 * 1024**2, gt=0, description="A larger file is not opened.")
    unpacked_bytes: int = Setting(1024**3, gt=0, description="A package may unpack to this much.")
    reader_bytes: int = Setting(4 * 1024**3, gt=0, description="Memory the process that reads untrusted files may take.")
    reader_seconds: int = Setting(120, gt=0, description="Processor time one file may take to read; then it is sent back.")
    same_row_share: float = Setting(0.999, gt=0, le=1, description="With so many rows of the last delivery, a delivery is that one again.")
    fewer_row_share: float = Setting(0.30, gt=0, lt=1, description="A roll that lost a larger share of its rows is asked about first.")
    same_row_minimum: int = Setting(150, ge=1, description="A shorter roll may honestly stay the same from one delivery to the next.")
    compared_row_minimum: int = Setting(50, ge=1, description="With fewer rows than this, shares of rows say nothing and are not compared.")
    alarm_share: float = Setting(0.05, gt=0, description="A measure of a roll that changed by more than this since last time is shown.")


class HouseholdSources(Settings):
    """Which rolls say who belongs together, beside the household register."""

    declared: list[str] = Setting(default_factory=list, description="Rolls whose member lists are aid households; they beat derived ones.")
    living_together: list[str] = Setting(
        default_factory=list, description="Rolls whose household number means a family under one roof; the first beats the next."
    )


class DistrictFile(Conventions):
    """district.yml."""

    district: str
    title: Words
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
        require_sound_roll(roll, frozenset(settings.departments), path)
        rolls[roll.roll] = roll
    programmes = {p.code: p for p in read_settings(folder / "programmes.yml", ProgrammeFile).programmes}
    matrix = tuple(read_settings(folder / "compatibility.yml", CompatibilityFile).compatibility)
    rules = {r.rule_id: r for r in read_settings(folder / "rules.yml", RuleFile).rules}
    linkage = _take_conventions(read_settings(folder / "linkage.yml", Linkage), settings, folder)
    _require_known(settings, rolls, folder)
    return District(folder, settings, rolls, programmes, matrix, rules, linkage)


def _take_conventions(linkage: Linkage, settings: DistrictFile, folder: Path) -> Linkage:
    """Return the linkage settings with how people of the district write names and numbers."""
    if "conventions" in linkage.model_fields_set:
        raise ConfigError(
            "没有这个键“conventions”，请写在 district.yml",
            "unknown key 'conventions'; it stands in district.yml",
            file=folder / "linkage.yml",
        )
    written = {name: getattr(settings, name) for name in Conventions.model_fields}
    return linkage.model_copy(update={"conventions": Conventions(**written)})


def _require_known(settings: DistrictFile, rolls: Mapping[str, Roll], folder: Path) -> None:
    named = (settings.register_roll, settings.death_roll, *settings.source_order)
    for name in (*named, *settings.households.declared, *settings.households.living_together):
        if name not in rolls:
            raise ConfigError(f"没有名册“{name}”", f"there is no roll '{name}'; declare rolls/{name}.yml", file=folder / "district.yml")
