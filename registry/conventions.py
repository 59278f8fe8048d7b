"""How a district writes what identifies a person: identity numbers, names, phones, accounts, money, places elsewhere.

Belongs here: the frozen models of these settings of `district.yml`, with the defaults of a Chinese district. Does not belong
here: reading a cell by them (`registry.standardise`), how alike two names are (`registry.resolve`).
"""

import re
from typing import Final, Literal

from pydantic import Field as Setting
from pydantic import field_validator, model_validator

from registry.configuration import Settings, complain

ELSEWHERE: Final = ["省", "自治区", "直辖", "外地", "区外", "市外", "流动", "国"]
"""Words of a Chinese address outside the district."""


def _require_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise complain(f"“{pattern}”不是正则表达式：{error}", f"'{pattern}' is no regular expression: {error}") from None
    return pattern


class NumberDate(Settings):
    """Where a number carries the birth date of its holder."""

    first: int = Setting(ge=1, description="Position of its first character, from 1.")
    form: str = Setting(pattern="%", description="As of strftime, such as %y%m%d; a two-digit year lies in the past.")
    width: int = Setting(ge=4, le=10)


class NumberSex(Settings):
    """Where a number carries the sex of its holder."""

    position: int = Setting(ge=1, description="Position of the character, from 1.")
    male: list[str] = Setting(min_length=1)
    female: list[str] = Setting(min_length=1)


class IdentityScheme(Settings):
    """How identity numbers are made; a number that does not fit the scheme is never used as a key."""

    scheme: Literal["cn_gb11643", "pattern"] = Setting(
        "cn_gb11643", description="cn_gb11643: 18 characters with birth date, sex and check."
    )
    pattern: str | None = Setting(None, description="Of scheme pattern: the whole number in capitals without separators.")
    separators: str = Setting(" -./", description="Characters people write inside a number; they are taken out first.")
    check: Literal["none", "luhn", "mod11", "mod97"] = Setting("none", description="Check character over the digits of the number.")
    placeholders: list[str] = Setting(default_factory=list, description="Patterns of numbers that stand for no number.")
    other_papers: list[str] = Setting(default_factory=list, description="Patterns of other papers, such as passports.")
    birth_date: NumberDate | None = None
    sex: NumberSex | None = None

    @field_validator("pattern")
    @classmethod
    def _sound_pattern(cls, pattern: str | None) -> str | None:
        return pattern if pattern is None else _require_pattern(pattern)

    @field_validator("placeholders", "other_papers")
    @classmethod
    def _sound_patterns(cls, patterns: list[str]) -> list[str]:
        return [_require_pattern(pattern) for pattern in patterns]

    @model_validator(mode="after")
    def _whole(self) -> "IdentityScheme":
        if (self.scheme == "pattern") != (self.pattern is not None):
            raise complain("scheme: pattern 与 pattern 须同时给出", "give 'pattern' with 'scheme: pattern', and only then")
        return self

    @property
    def is_national(self) -> bool:
        """Whether numbers are those of GB 11643, which carry birth date, sex and check digit."""
        return self.scheme == "cn_gb11643"

    @property
    def tells_birth_date(self) -> bool:
        """Whether a number carries the birth date of its holder."""
        return self.is_national or self.birth_date is not None

    @property
    def tells_sex(self) -> bool:
        """Whether a number carries the sex of its holder."""
        return self.is_national or self.sex is not None


class NameForm(Settings):
    """How names are written."""

    script: Literal["han", "latin"] = "han"
    order: Literal["given_first", "surname_first"] = Setting(
        "given_first", description="Order in a cell without a comma, of Latin script; 'Surname, Given' is always understood."
    )
    nicknames: dict[str, list[str]] = Setting(default_factory=dict, description="Given name: its short forms, such as robert: [bob, rob].")


class PhoneForm(Settings):
    """How phone numbers are written."""

    scheme: Literal["cn", "national"] = Setting("cn", description="cn: mobiles of eleven digits and landlines with area code.")
    digits: list[int] = Setting(default_factory=lambda: [10], description="Of scheme national: how many digits a number has.")
    country_code: str = Setting("", pattern=r"^\d{0,3}$")
    trunk: str = Setting("", pattern=r"^\d{0,2}$", description="Dialled before a number inside the country, such as 0.")


class Conventions(Settings):
    """How people write in a district; the defaults are those of a Chinese one."""

    currency: str = Setting("CNY", pattern=r"^[A-Z]{3}$", description="ISO 4217; an amount in another currency is not read.")
    identity_number: IdentityScheme = IdentityScheme()
    names: NameForm = NameForm()
    phones: PhoneForm = PhoneForm()
    account_digits: int = Setting(10, ge=4, description="A bank account has at least so many digits.")
    elsewhere: list[str] = Setting(
        default_factory=lambda: list(ELSEWHERE), description="Words of a place outside the district: no slip of the pen."
    )
