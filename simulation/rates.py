"""How often each defect happens: the settings read from a noise file.

Belongs here: the names, bounds and meaning of the rates. Does not belong here: the rates themselves (`noise/*.yml`) or
what a defect does to a cell (`identity_defects`, `name_defects`, `value_defects`).

A rate is the share of the cells that could have the defect: `x_variant` of the numbers ending in X, `clan_wife` of elderly women.
"""

from pathlib import Path
from typing import TypeVar

from pydantic import Field as Setting
from pydantic import model_validator

from registry.configuration import Settings, read_settings
from registry.errors import ConfigError

NOISE = Path(__file__).resolve().parent / "noise"
LEVELS = ("low", "normal", "high")
APART = ("x_variant", "unregistered_word")
"""Identity defects drawn apart from the others: their cells are told by the number itself."""


def _rate(meaning: str) -> float:
    return Setting(0.0, ge=0, le=1, description=meaning)


class IdentityRates(Settings):
    """Defects of a cell that should hold a person's identity number; one cell has at most one of them, and X variants besides."""

    x_variant: float = _rate("Of numbers ending in X: x, full width, multiplication sign, Cyrillic, star.")
    unregistered_word: float = _rate("Of people without a number: 无, 0 or 未办 instead of an empty cell.")
    apostrophe: float = _rate("A leading apostrophe from an exported text cell.")
    spaces: float = _rate("Spaces, no-break, full-width or zero-width spaces.")
    full_width: float = _rate("Full-width digits.")
    letters: float = _rate("O for 0, l for 1 in the tail.")
    excel_numeric: float = _rate("Spreadsheets only: a numeric cell, which keeps fifteen digits. Numbers ending in X survive.")
    excel_text: float = _rate("CSV only: 3.59901E+17.")
    fifteen_digits: float = _rate("Of people born before 2000: the old fifteen-digit number.")
    missing_digit: float = _rate("Seventeen characters.")
    extra_digit: float = _rate("Nineteen characters.")
    wrong_digit: float = _rate("One digit mistyped; the check digit fails.")
    swapped_digits: float = _rate("Two neighbouring digits swapped; the check digit fails.")
    impossible_date: float = _rate("A made-up number: 30 February with a right check digit.")
    neighbour: float = _rate("The number of the row above, copied down: valid, but another person's.")
    related: float = _rate("The number of the head, guardian or proxy of the same row.")
    certificate: float = _rate("Of card holders: the disability certificate number.")
    placeholder: float = _rate("无, 0, 111111111111111111, 身份证丢失, 未办理, 同户主.")
    blank: float = _rate("Nothing.")
    masked: float = _rate("359901********0023.")
    other_paper: float = _rate("A travel permit instead.")


class NameRates(Settings):
    """Defects of a name cell; one cell has at most one."""

    inner_space: float = _rate("Of two-character names: 张  三.")
    note: float = _rate("A remark behind the name: (已故), （户主）, 2, *, (代).")
    alias: float = _rate("A village nickname: 阿 and the last character.")
    clan_wife: float = _rate("Of women born before 1955: 林氏.")
    homophone: float = _rate("Of names with such a character: typed by ear, 丽 for 莉.")
    look_alike: float = _rate("Of names with such a character: read by shape, 未 for 末.")
    surname_variant: float = _rate("Of such surnames: 肖 and 萧, 付 and 傅.")
    traditional: float = _rate("Of names with such a character: traditional script.")
    variant: float = _rate("Of names with such a character: another form, 峯 for 峰.")
    swapped_order: float = _rate("The given name first: 秀英 林.")
    mojibake: float = _rate("Bytes read in the wrong encoding: ÕÅÈý, or the 锟斤拷 of a second mistake.")
    rare_lost: float = _rate("Of names with a rare character: ？, □, 〇, pinyin or a private code.")
    interpunct: float = _rate("Of names with an interpunct: another dot, or none.")
    married_prefix: float = _rate("Of wives born before 1965 with three-character names: the husband's surname put before.")
    newborn: float = _rate("Of children without a number: 林某之子, 陈丽英之女, 毛毛.")


class ValueRates(Settings):
    """Defects of the other cells."""

    date_form: float = _rate("A date in another form than the rest of the column.")
    date_partial: float = _rate("Month or year only.")
    birth_wrong: float = _rate("Of birth dates: a neighbouring day, another month or another year, at odds with the number.")
    date_lunar: float = _rate("Of birth dates before 1960: the farmers' calendar.")
    date_impossible: float = _rate("2016.02.30 or 1900-01-00.")
    date_blank: float = _rate("Nothing.")
    month_float: float = _rate("Of Octobers: 2016.1, a month typed as a number.")
    amount_form: float = _rate("1,200 or 1200元 or full-width digits.")
    amount_blank: float = _rate("Nothing.")
    phone_form: float = _rate("Spaces, two numbers, a landline.")
    phone_blank: float = _rate("Nothing.")
    account_spaced: float = _rate("A space after each four digits.")
    account_numeric: float = _rate("A numeric cell, which keeps fifteen digits; 6.217E+18 in CSV.")
    account_ditto: float = _rate("同上.")
    account_blank: float = _rate("Nothing.")
    place_form: float = _rate("山下, 山下村委会, SY镇山下村3组.")
    place_blank: float = _rate("Nothing.")
    sex_form: float = _rate("A trailing space, 1 or 2, or nothing.")
    sex_wrong: float = _rate("The other sex.")
    boolean_form: float = _rate("Another pair of words than the column's.")
    relation_word: float = _rate("A colloquial word of kinship.")


class RowRates(Settings):
    """What happens to whole rows."""

    churn: float = _rate("Rows typed anew this month: old mistakes go, new ones come.")
    duplicate: float = _rate("Rows entered twice.")


class PeopleRates(Settings):
    """What happened to people before their cells were written."""

    changed_number: float = _rate("People whose number was changed (改号); one old roll still has the old one.")


class RollNoise(Settings):
    """One roll: all rates times `factor`, then single rates replaced."""

    factor: float = Setting(1.0, ge=0, le=20)
    identity: IdentityRates = IdentityRates()
    names: NameRates = NameRates()
    values: ValueRates = ValueRates()
    rows: RowRates = RowRates()


class Noise(Settings):
    """A noise file. Rates left out are zero; a roll left out has the general rates."""

    identity: IdentityRates = IdentityRates()
    names: NameRates = NameRates()
    values: ValueRates = ValueRates()
    rows: RowRates = RowRates()
    people: PeopleRates = PeopleRates()
    rolls: dict[str, RollNoise] = Setting(default_factory=dict)

    @model_validator(mode="after")
    def _leaves_some_cells_clean(self) -> "Noise":
        """Raise when the defects of a cell that exclude each other add up to more than all cells."""
        for roll in ("", *self.rolls):
            rates = self.of(roll).identity.model_dump()
            total = sum(rate for name, rate in rates.items() if name not in APART)
            if total > 1:
                raise ValueError(f"{roll or 'identity'}: the defects of an identity cell add up to {total:.2f}; at most 1")
        return self

    def of(self, roll: str) -> RollNoise:
        """Return the rates of one roll, factor and replacements applied."""
        own = self.rolls.get(roll, RollNoise())
        return RollNoise(
            identity=_merge(self.identity, own.identity, own.factor),
            names=_merge(self.names, own.names, own.factor),
            values=_merge(self.values, own.values, own.factor),
            rows=_merge(self.rows, own.rows, 1.0),
        )


Rates = TypeVar("Rates", IdentityRates, NameRates, ValueRates, RowRates)


def _merge(base: Rates, own: Rates, factor: float) -> Rates:
    scaled = {name: min(1.0, rate * factor) for name, rate in base.model_dump().items()}
    return type(base)(**{**scaled, **own.model_dump(exclude_unset=True)})


def read_noise(noise: str | Path) -> Noise:
    """Return the rates of a level that comes with Tuodi (low, normal, high) or of a YAML file."""
    path = NOISE / f"{noise}.yml" if str(noise) in LEVELS else Path(noise)
    if not path.is_file():
        raise ConfigError(
            f"没有噪声文件“{noise}”：应为 {'、'.join(LEVELS)} 之一或一个 YAML 文件的路径",
            f"no noise file '{noise}': give one of {', '.join(LEVELS)} or the path of a YAML file",
        )
    return read_settings(path, Noise)
