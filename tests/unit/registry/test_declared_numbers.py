"""Identity numbers of a declared making: valid only when whole and checked, never guessed."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from registry.conventions import IdentityScheme, NumberDate, NumberSex
from registry.district import load_district
from registry.errors import ConfigError
from registry.standardise.check_characters import passes_check
from registry.standardise.declared_numbers import read_declared_numbers
from tests.second_district.people import find_check_digit

SCHEME = IdentityScheme(scheme="pattern", pattern=r"MC\d{7}", check="luhn", placeholders=["MC0{7}", "MC1234567"], other_papers=[r"P\d{8}"])
VALID = f"MC123450{find_check_digit('123450')}"
AS_OF = date(2016, 6, 30)
COUNTY = Path(__file__).resolve().parents[2] / "districts" / "maple_county"


def read(written: str | None, scheme: IdentityScheme = SCHEME, *, is_numeric: bool = False) -> dict[str, object]:
    cells = pl.LazyFrame({"written": [written], "is_numeric": [is_numeric], "as_of": [AS_OF]}, schema_overrides={"written": pl.String})
    return read_declared_numbers(cells, scheme).collect().row(0, named=True)


@pytest.mark.parametrize("form", ["{0}{1}{2}", "{0}-{1}-{2}", " {0} {1} {2}", "{0}.{1}{2}", "ID#: {0}{1}{2}", "ＭＣ{1}{2}"])
def test_every_way_to_write_a_number_is_one_number(form: str) -> None:
    for written in (form, form.lower()):
        told = read(written.format(VALID[:2], VALID[2:5], VALID[5:]))
        assert (told["number"], told["number_state"], told["number_partial"]) == (VALID, "valid", None)


@pytest.mark.parametrize(
    ("written", "state"),
    [
        (None, "missing"),
        ("", "missing"),
        ("-", "missing"),
        ("MC0000000", "placeholder"),
        ("MC1234567", "placeholder"),
        ("MC7777777", "placeholder"),
        ("applied for", "placeholder"),
        (f"MC123450{(int(VALID[-1]) + 1) % 10}", "checksum_failed"),
        (VALID + "1", "wrong_length"),
        (VALID[2:], "wrong_length"),
        ("P12345678", "other_paper"),
        ("MC***450*", "masked"),
    ],
)
def test_what_is_wrong_is_told(written: str | None, state: str) -> None:
    told = read(written)
    assert told["number_state"] == state
    assert told["number"] is None


def test_one_wrong_digit_is_always_caught() -> None:
    others = [VALID[:at] + digit + VALID[at + 1 :] for at in range(2, 9) for digit in "0123456789" if digit != VALID[at]]
    assert {read(number)["number_state"] for number in others} <= {"checksum_failed", "placeholder"}


def test_a_number_cell_of_a_spreadsheet_is_marked() -> None:
    digits = IdentityScheme(scheme="pattern", pattern=r"\d{9}")
    assert read("12345678", digits, is_numeric=True)["number_state"] == "excel_damaged"
    assert read("12345678", digits)["number_state"] == "wrong_length"
    assert read("012345678", digits)["number"] == "012345678"


def test_a_masked_number_gives_what_it_shows() -> None:
    assert read("**-***-4509")["number_partial"] == "?????4509"
    assert read("*********")["number_partial"] is None


def test_a_scheme_may_carry_birth_date_and_sex() -> None:
    scheme = IdentityScheme(
        scheme="pattern",
        pattern=r"\d{10}",
        birth_date=NumberDate(first=1, form="%d%m%y", width=6),
        sex=NumberSex(position=10, male=list("13579"), female=list("02468")),
    )
    told = read("240352-1234", scheme)
    assert (told["number"], told["number_birth"], told["number_sex"]) == ("2403521234", date(1952, 3, 24), "2")
    assert read("3102521234", scheme)["number_state"] == "impossible"


@pytest.mark.parametrize(
    ("number", "check", "holds"),
    [
        ("79927398713", "luhn", True),
        ("79927398710", "luhn", False),
        ("0306406152", "mod11", True),
        ("080442957X", "mod11", True),
        ("0306406153", "mod11", False),
        ("7ZW8QJWVPR4P1J1KQY45", "mod97", True),
        ("7ZW8QJWVPR4P1J1KQY46", "mod97", False),
        ("anything", "none", True),
    ],
)
def test_check_characters_are_those_of_the_standards(number: str, check: str, holds: bool) -> None:
    assert pl.select(passes_check(pl.lit(number), check)).item() is holds


@pytest.mark.parametrize(
    ("stanza", "said"),
    [
        ("identity_number: {scheme: pattern}", "give 'pattern' with"),
        ("identity_number: {pattern: 'A'}", "give 'pattern' with"),
        ("identity_number: {scheme: pattern, pattern: '(['}", "no regular expression"),
        ("identity_number: {scheme: pattern, pattern: 'A', check: mod10}", "expected 'none', 'luhn', 'mod11' or 'mod97'"),
        ("names: {script: cyrillic}", "expected 'han' or 'latin'"),
        ("currency: dollars", "currency"),
    ],
)
def test_a_wrong_declaration_names_file_and_line(stanza: str, said: str, tmp_path: Path) -> None:
    target = tmp_path / "county"
    target.mkdir()
    key = stanza.split(":")[0]
    lines = (COUNTY / "district.yml").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{key}:"))
    end = next(number for number in range(start + 1, len(lines)) if not lines[number].startswith(" "))
    (target / "district.yml").write_text("\n".join([*lines[:start], stanza, *lines[end:]]), encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_district(target)
    assert said in raised.value.show("en")
    assert f"district.yml:{start + 1}" in raised.value.show("en")


def test_conventions_do_not_stand_in_linkage(tmp_path: Path) -> None:
    for path in COUNTY.rglob("*.*"):
        target = tmp_path / path.relative_to(COUNTY)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    with (tmp_path / "linkage.yml").open("a", encoding="utf-8") as file:
        file.write("conventions: {currency: EUR}\n")
    with pytest.raises(ConfigError, match="district.yml"):
        load_district(tmp_path)
