"""Every defect of the rate file happens, near its rate, and does what it says."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from registry.errors import ConfigError
from simulation.chance import draw
from simulation.identity_defects import NUMERIC, spoil_identity_numbers
from simulation.name_defects import build_traits, spoil_names
from simulation.rates import IdentityRates, NameRates, Noise, ValueRates, read_noise
from simulation.rolls.view import View
from simulation.value_defects import render, spoil_values, yuan
from tests.unit.simulation.small_world import make_world

COUNT = 40_000
KEYS = np.arange(COUNT, dtype=np.uint64)
HIGH = read_noise("high")


@pytest.fixture(scope="module")
def numbers() -> pl.DataFrame:
    persons = View(make_world(), "2016-06", "2016-06", 1).persons
    value = persons["identity_number"].gather(np.arange(COUNT) % persons.height)
    return pl.DataFrame({"value": value}).with_columns(
        neighbour=pl.col("value").shift(1),
        related=pl.col("value").shift(2),
        certificate=pl.col("value") + "44",
        is_unregistered=pl.lit(value=False),
    )


def _share(spoiled: pl.DataFrame, name: str, among: pl.Series | None = None) -> float:
    hit = spoiled["defect"] == name
    return int(hit.fill_null(value=False).sum()) / (COUNT if among is None else int(among.sum()))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_identity_defects_happen_near_their_rates(form: str, numbers: pl.DataFrame) -> None:
    spoiled = spoil_identity_numbers(numbers, KEYS, HIGH.identity, form)
    value = numbers["value"]
    among = {
        "x_variant": value.str.ends_with("X"),
        "fifteen_digits": value.str.slice(6, 2) == "19",
        "excel_numeric": ~value.str.ends_with("X"),
        "excel_text": ~value.str.ends_with("X"),
    }
    absent = {"csv": "excel_numeric", "xlsx": "excel_text"}[form]
    for name, rate in HIGH.identity.model_dump().items():
        if name in (absent, "unregistered_word"):
            assert _share(spoiled, name) == 0
            continue
        assert _share(spoiled, name, among.get(name)) == pytest.approx(rate, rel=0.35, abs=0.0008), name
    changed = (spoiled["value"].fill_null("") != value).sum()
    assert changed == spoiled["defect"].is_not_null().sum()


def test_what_identity_defects_do() -> None:
    cells = pl.DataFrame(
        {
            "value": ["359921195212043515"],
            "neighbour": ["359901196703150023"],
            "related": ["35990119670315004X"],
            "certificate": ["35992119521204351544"],
            "is_unregistered": [False],
        }
    )

    def one(name: str, form: str = "csv") -> str | None:
        rates = IdentityRates.model_validate({name: 1.0})
        found: str | None = spoil_identity_numbers(cells, KEYS[:1], rates, form)["value"].item()
        return found

    assert one("fifteen_digits") == "359921521204351"
    assert one("excel_numeric", "xls") == NUMERIC + "359921195212043000"
    assert one("excel_numeric") == "359921195212043515"
    assert one("excel_text") == "3.59921E+17"
    assert one("neighbour") == "359901196703150023"
    assert one("certificate") == "35992119521204351544"
    assert one("masked") == "359921********3515"
    assert one("blank") is None
    assert len(str(one("missing_digit"))) == 17
    assert len(str(one("extra_digit"))) == 19
    assert str(one("impossible_date"))[10:14] == "0230"


def test_one_wrong_digit_or_swap_fails_the_check_digit(numbers: pl.DataFrame) -> None:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = pl.sum_horizontal(pl.col("value").str.slice(at, 1).cast(pl.Int64) * weight for at, weight in enumerate(weights)) % 11
    check = total.replace_strict({at: character for at, character in enumerate("10X98765432")}, return_dtype=pl.String)
    for name in ("wrong_digit", "swapped_digits"):
        spoiled = spoil_identity_numbers(numbers, KEYS, IdentityRates.model_validate({name: 1.0}), "csv")
        hit = spoiled.filter(
            pl.col("defect") == name, pl.col("value").str.len_chars() == 18, ~pl.col("value").str.slice(0, 17).str.contains("X")
        )
        assert hit.height > COUNT / 2
        assert hit.filter(check == pl.col("value").str.slice(17)).height == 0


def test_people_without_a_number_get_a_word() -> None:
    cells = pl.DataFrame(
        {"value": [None] * 1000, "neighbour": [None] * 1000, "related": [None] * 1000, "certificate": [None] * 1000},
        schema_overrides=dict.fromkeys(("value", "neighbour", "related", "certificate"), pl.String),
    )
    cells = cells.with_columns(is_unregistered=pl.int_range(pl.len()) < 500)
    spoiled = spoil_identity_numbers(cells, KEYS[:1000], IdentityRates(unregistered_word=0.6), "csv")
    assert set(spoiled["value"].drop_nulls()) == {"无", "0", "未办"}
    assert spoiled["value"].head(500).null_count() == pytest.approx(200, abs=40)
    assert spoiled["value"].tail(500).null_count() == 500


def test_name_defects_happen_near_their_rates() -> None:
    view = View(make_world(), "2016-06", "2016-06", 1)
    traits = build_traits(view.persons, "2016-06")
    person = np.arange(COUNT) % view.persons.height
    cells = pl.DataFrame({"value": view.persons["name"].gather(person), "person": person})
    spoiled = spoil_names(cells, KEYS, HIGH.names, traits)
    facts = cells.join(traits, on="person", maintain_order="left").with_columns(length=pl.col("value").str.len_chars())
    dotted = facts["value"].str.contains("·", literal=True)
    among = {
        "inner_space": (facts["length"] == 2) & ~facts["has_rare_character"],
        "clan_wife": facts.select((pl.col("sex") == "女") & (pl.col("birth_year") < 1955)).to_series(),
        "rare_lost": facts["has_rare_character"],
        "interpunct": dotted,
        "newborn": facts["is_infant"],
        "note": ~dotted,
        "alias": ~dotted,
    }
    for name, rate in HIGH.names.model_dump().items():
        if name in among:
            assert _share(spoiled, name, among[name]) == pytest.approx(rate, rel=0.35, abs=0.002), name
        else:
            assert 0 < _share(spoiled, name) <= rate * 1.35, name
    hit = spoiled.with_columns(true=cells["value"]).filter(pl.col("defect").is_not_null())
    assert (hit["value"] != hit["true"]).all()


def test_what_name_defects_do() -> None:
    traits = pl.DataFrame(
        {
            "person": [0], "surname": ["林"], "sex": ["女"], "is_dead": [False], "has_rare_character": [False], "birth_year": [1940],
            "is_infant": [False], "spouse_surname": ["陈"], "mother_name": [None], "is_narrow": [False],
        }
    )  # fmt: skip
    cells = pl.DataFrame({"value": ["林秀英"], "person": [0]})

    def one(name: str) -> str:
        return str(spoil_names(cells, KEYS[:1], NameRates.model_validate({name: 1.0}), traits)["value"].item())

    assert one("clan_wife") == "林氏"
    assert one("alias") == "阿英"
    assert one("married_prefix") == "陈林秀英"
    assert one("homophone") in {"林绣英", "林秀瑛", "林绣瑛"}


@pytest.mark.parametrize(
    ("kind", "head", "values"),
    [
        ("date", "出生日期", pl.Series([19_00 + n % 20 for n in range(COUNT)], dtype=pl.Int64)),
        ("date", "发放日期", pl.Series([n % 300 for n in range(COUNT)], dtype=pl.Int64)),
        ("amount", "金额", pl.Series([120_000 + n % 90 * 100 for n in range(COUNT)])),
        ("phone", "电话", pl.Series(["13805951234"] * COUNT)),
        ("account", "账号", pl.Series(["6230123456789012"] * COUNT)),
        ("place", "村居", pl.Series(["山下村"] * COUNT)),
        ("sex", "性别", pl.Series(["男"] * COUNT)),
        ("relation", "与户主关系", pl.Series(["妻"] * COUNT)),
    ],
)
def test_value_defects_happen_near_their_rates(kind: str, head: str, values: pl.Series) -> None:
    if kind == "date":
        start = -9000 if head.startswith("出生") else 16_800
        values = (values + start).cast(pl.Int32).cast(pl.Date)
    cells = pl.DataFrame({"value": render(values, kind, "csv", "roll", head), "true": values, "town": ["SY街道"] * COUNT})
    spoiled = spoil_values(cells, KEYS, HIGH.values, kind, head)
    seen = set(spoiled["defect"].drop_nulls())
    rates = {name: rate for name, rate in HIGH.values.model_dump().items() if name.startswith(kind)}
    for name, rate in rates.items():
        if name in ("date_partial", "date_lunar") and not head.startswith("出生"):
            assert name not in seen
            continue
        assert _share(spoiled, name) == pytest.approx(rate, rel=0.4, abs=0.001), name


def test_every_rate_of_the_high_file_is_above_zero() -> None:
    for rates in (HIGH.identity, HIGH.names, HIGH.values):
        assert all(rate > 0 for rate in rates.model_dump().values())
    assert set(HIGH.values.model_dump()) == set(ValueRates.model_fields)


def test_amounts_in_yuan() -> None:
    fen = pl.Series("fen", [120_000, -321_050, 5, 0])
    assert fen.to_frame().select(yuan(pl.col("fen"), decimals=False)).to_series().to_list() == ["1200", "-3210.50", "0.05", "0"]
    assert fen.to_frame().select(yuan(pl.col("fen"), decimals=True)).to_series().to_list() == ["1200.00", "-3210.50", "0.05", "0.00"]


def test_luck_is_even_and_belongs_to_the_key() -> None:
    luck = draw(KEYS, "x")
    assert luck.mean() == pytest.approx(0.5, abs=0.01)
    assert (draw(KEYS[100:200], "x") == luck[100:200]).all()
    assert np.corrcoef(luck, draw(KEYS, "y"))[0, 1] == pytest.approx(0, abs=0.02)


def test_an_unknown_rate_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_text("identity:\n  blank: 0.1\n  blanc: 0.1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mine\.yml:3: .*blanc"):
        read_noise(path)


def test_rates_must_be_shares_that_fit_into_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_text("identity: {blank: 0.7, placeholder: 0.6}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"add up to 1\.30"):
        read_noise(path)
    path.write_text("identity: {blank: 1.7}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="blank"):
        read_noise(path)
    with pytest.raises(ConfigError, match="low, normal, high"):
        read_noise("loud")


def test_a_roll_takes_factor_and_replacements() -> None:
    noise = Noise.model_validate(
        {"identity": {"blank": 0.1, "spaces": 0.02}, "rolls": {"charity": {"factor": 4.0, "identity": {"blank": 0.35}}}}
    )
    charity = noise.of("charity").identity
    assert (charity.blank, charity.spaces) == (0.35, 0.08)
    assert noise.of("hukou").identity.blank == 0.1
