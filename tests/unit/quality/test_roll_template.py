"""A template filled in with its own examples lands whole and reads without a complaint, for every roll that comes as a file."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from connectors.deliveries import DeliveredFile
from connectors.intake import Landed, land_roll
from pipelines.roll_examples import make_examples
from quality.reports.roll_template import LAST_ROW, list_choices, render_template
from registry.district import District, load_district
from registry.roll import Roll
from registry.schema.text import Language
from registry.statement import state_roll

DISTRICTS = {"q_district": "q_district", "maple_county": str(Path(__file__).parents[2] / "districts" / "maple_county")}
MONTH = "2016-03"
LONG_NUMBERS = {"identity_number", "certificate", "account"}


@cache
def district_of(name: str) -> District:
    return load_district(DISTRICTS[name])


EVERY_ROLL = [(name, roll.roll) for name in DISTRICTS for roll in district_of(name).rolls.values() if roll.delivery.glob]


def write(folder: Path, roll: Roll, district: District, lang: Language = Language.BOTH) -> Path:
    path = folder / f"{roll.delivery.glob[0].replace('*', '')}.xlsx"
    render_template(path, roll, district, make_examples(roll, district), lang)
    return path


def fill(path: Path, roll: Roll, district: District) -> None:
    book = openpyxl.load_workbook(path)
    sheet: Any = book.worksheets[0]
    for place, cells in enumerate(make_examples(roll, district).values(), 1):
        for row, cell in enumerate(cells, 2):
            sheet.cell(row, place).value = cell or None
    book.save(path)


def land(path: Path, roll: Roll, district: District) -> Landed:
    content = path.read_bytes()
    file = DeliveredFile(path, roll.roll, roll.department, MONTH, 1, hashlib.sha256(content).hexdigest(), len(content))
    return land_roll(roll, MONTH, [file], district.settings.limits)


@pytest.mark.parametrize(("name", "roll_name"), EVERY_ROLL)
def test_filled_template_lands(name: str, roll_name: str, tmp_path: Path) -> None:
    district = district_of(name)
    roll = district.rolls[roll_name]
    lang = Language.EN if name == "maple_county" else Language.BOTH
    path = write(tmp_path, roll, district, lang)
    fill(path, roll, district)
    landed = land(path, roll, district)
    assert landed.quarantine["sentence_en"].to_list() == []
    assert landed.rows.height == 2
    assert landed.deliveries["refused_count"].sum() == 0
    delivered = {column: tuple(cell or "" for cell in landed.rows[column].to_list()) for column in roll.columns}
    assert {c: v for c, v in delivered.items() if roll.columns[c].kind in LONG_NUMBERS} == {
        c: v for c, v in make_examples(roll, district).items() if roll.columns[c].kind in LONG_NUMBERS
    }
    stated = state_roll(landed.rows, roll, district)
    assert stated["quarantine"]["sentence_en"].to_list() == []
    assert stated["mentions"]["row_id"].n_unique() == 2


def test_invented_numbers_only() -> None:
    district = district_of("q_district")
    for roll in district.rolls.values():
        for name, cells in make_examples(roll, district).items():
            if roll.columns[name].kind in {"identity_number", "certificate"}:
                assert all(cell.startswith("3599") for cell in cells)


@pytest.mark.parametrize("lang", list(Language))
def test_heads_hints_and_choices(lang: Language, tmp_path: Path) -> None:
    district = district_of("q_district")
    roll = district.rolls["temporary_aid"]
    book = openpyxl.load_workbook(write(tmp_path, roll, district, lang))
    sheet: Any = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [column.heads[0] for column in roll.columns.values()]
    assert sheet.freeze_panes == "A2"
    assert all(one.sheet_state == "visible" for one in book.worksheets)
    required = [cell for cell, column in zip(sheet[1], roll.columns.values(), strict=True) if column.required]
    others = [cell for cell, column in zip(sheet[1], roll.columns.values(), strict=True) if not column.required]
    assert {cell.fill.fgColor.rgb for cell in required}.isdisjoint({cell.fill.fgColor.rgb for cell in others})
    said = {Language.ZH: "必填", Language.EN: "Required", Language.BOTH: "必填"}[lang]
    assert all(said in cell.comment.text for cell in required)
    assert not any(said in cell.comment.text for cell in others)
    rules = {str(rule.sqref).partition(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    for letter, column in zip("ABCDEFGHIJKL", roll.columns.values(), strict=True):
        rule = rules[f"{letter}2"]
        assert str(rule.sqref) == f"{letter}2:{letter}{LAST_ROW}"
        assert rule.prompt
        if column.kind in LONG_NUMBERS:
            assert sheet.column_dimensions[letter].width > 20
        if column.kind == "date":
            assert rule.type == "date"
        if column.lookup:
            title, _, cells = rule.formula1.replace("'", "").replace("$", "").rpartition("!")
            assert [row[0].value for row in book[title][cells]] == list_choices(roll.lookups[column.lookup])


def test_long_numbers_stand_in_text_columns(tmp_path: Path) -> None:
    district = district_of("q_district")
    roll = district.rolls["disability_certificates"]
    book = openpyxl.load_workbook(write(tmp_path, roll, district))
    sheet: Any = book.worksheets[0]
    formats = {column: sheet.column_dimensions[chr(ord("A") + place)].number_format for place, column in enumerate(roll.columns)}
    assert formats["certificate"] == "@"
    assert formats["issued_date"] == "yyyy-mm-dd"


def test_dictionary_tells_where_to_send_it(tmp_path: Path) -> None:
    district = district_of("q_district")
    roll = district.rolls["temporary_aid"]
    book = openpyxl.load_workbook(write(tmp_path, roll, district))
    texts = [str(cell) for row in book.worksheets[1].iter_rows(values_only=True) for cell in row if cell]
    for wanted in ("civil_affairs", "临时救助", "每月", roll.legal_basis, "房屋失火", "L4", "L2", "陈小样"):
        assert any(wanted in text for text in texts), wanted


def test_same_template_same_bytes(tmp_path: Path) -> None:
    district = district_of("q_district")
    roll = district.rolls["temporary_aid"]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = write(tmp_path / "a", roll, district)
    assert first.read_bytes() == write(tmp_path / "b", roll, district).read_bytes()
    assert str(openpyxl.load_workbook(first).properties.created) == "2016-01-01 00:00:00"


def test_words_never_become_formulas(tmp_path: Path) -> None:
    district = district_of("q_district")
    plain = district.rolls["temporary_aid"]
    cause = plain.columns["cause"].model_copy(update={"heads": ["=1+1"]})
    roll = plain.model_copy(update={"columns": {**plain.columns, "cause": cause}, "lookups": {**plain.lookups, "cause": {"=2+2": "x"}}})
    book = openpyxl.load_workbook(write(tmp_path, roll, district))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert {cell.value for cell in cells} == {"=1+1", "=2+2"}
    assert {cell.data_type for cell in cells} == {"s"}
