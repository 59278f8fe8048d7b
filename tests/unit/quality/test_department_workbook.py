"""The department workbook: only answers are open, nothing runs, nobody sees another department's people."""

import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from quality.reports.department_workbook import build, render
from quality.reports.finding_rows import find_due_date
from quality.reports.layout import CHOICES, DUPLICATE_ANSWERS, DUPLICATE_COLUMNS, MISSED_ANSWERS, MISSED_COLUMNS
from registry.district import District
from tests.unit.quality.conftest import CANARY, MONTH, PAYLOADS, make_tables

Tables = dict[str, pl.DataFrame]
NAME_ROW, FIRST_ROW = 3, 5
LANGUAGES = ("zh", "en", "both")


@pytest.fixture(scope="module")
def paths(tables: Tables, district: District, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    pack = build(tables, district, "civil_affairs", MONTH)
    folder = tmp_path_factory.mktemp("workbooks")
    return {lang: render(pack, folder / lang, lang)[0] for lang in LANGUAGES}


@pytest.fixture(scope="module")
def books(paths: dict[str, Path]) -> dict[str, openpyxl.Workbook]:
    return {lang: openpyxl.load_workbook(path) for lang, path in paths.items()}


def columns_of(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[NAME_ROW]}


def values_of(sheet: Worksheet, name: str) -> list[object]:
    place = columns_of(sheet)[name]
    return [sheet.cell(row, place).value for row in range(FIRST_ROW, sheet.max_row + 1)]


def test_the_file_has_a_known_name_and_four_sheets_with_the_read_me_first(
    books: dict[str, openpyxl.Workbook], paths: dict[str, Path]
) -> None:
    assert paths["zh"].name == "civil_affairs_2016-06.xlsx"
    assert books["zh"].sheetnames == ["说明", "疑似重复", "疑似遗漏", "数据质量", "_lists"]
    assert books["en"].sheetnames == ["Read me", "Duplicates", "Missed aid", "Data quality", "_lists"]
    assert books["both"].sheetnames[1] == "疑似重复 Duplicates"
    assert all(book["_lists"].sheet_state == "veryHidden" for book in books.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_column_names_are_the_same_in_every_language(books: dict[str, openpyxl.Workbook], lang: str) -> None:
    duplicates, missed = books[lang].worksheets[1], books[lang].worksheets[2]
    assert list(columns_of(duplicates)) == [column.name for column in (*DUPLICATE_COLUMNS, *DUPLICATE_ANSWERS)]
    assert list(columns_of(missed)) == [column.name for column in (*MISSED_COLUMNS, *MISSED_ANSWERS)]
    assert duplicates.row_dimensions[NAME_ROW].hidden


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_answer_cells_are_open(books: dict[str, openpyxl.Workbook], lang: str) -> None:
    for sheet, answers in zip(books[lang].worksheets[1:3], (DUPLICATE_ANSWERS, MISSED_ANSWERS), strict=True):
        places = {columns_of(sheet)[column.name] for column in answers}
        opened = {(cell.row, cell.column) for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
        assert opened == {(row, place) for row in range(FIRST_ROW, sheet.max_row + 1) for place in places}
    for sheet in books[lang].worksheets:
        assert sheet.protection.sheet
    for number in (0, 3, 4):
        assert all(cell.protection.locked for row in books[lang].worksheets[number].iter_rows() for cell in row)
    assert not books[lang].worksheets[1].protection.autoFilter
    assert not books[lang].worksheets[1].protection.sort
    assert not books[lang].worksheets[1].protection.formatColumns


def test_answers_have_drop_downs_from_the_hidden_sheet(books: dict[str, openpyxl.Workbook]) -> None:
    book = books["zh"]
    for sheet, answers in zip(book.worksheets[1:3], (DUPLICATE_ANSWERS, MISSED_ANSWERS), strict=True):
        lists = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation if rule.type == "list"}
        assert len(lists) == sum(column.kind == "choice" for column in answers)
        for area, rule in lists.items():
            name = sheet.cell(NAME_ROW, sheet[area.split(":")[0]].column).value
            listed = book["_lists"][rule.formula1.split("!")[1].replace("$", "")]
            assert [cell[0].value for cell in listed] == [text.zh for _, text in CHOICES[str(name)]]


def test_text_that_looks_like_a_formula_stays_text(books: dict[str, openpyxl.Workbook]) -> None:
    for book in books.values():
        cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
        assert not [cell.coordinate for cell in cells if cell.hyperlink]
        assert set(PAYLOADS) <= {cell.value for cell in cells}


def test_the_same_month_gives_the_same_bytes(paths: dict[str, Path], district: District, tmp_path: Path) -> None:
    for lang, path in paths.items():
        again = render(build(make_tables(), district, "civil_affairs", MONTH), tmp_path / lang, lang)[0]
        assert again.read_bytes() == path.read_bytes()


def test_other_departments_people_are_absent(paths: dict[str, Path], tables: Tables, district: District, tmp_path: Path) -> None:
    others = tables["findings"].filter(pl.col("department") == "education")
    secrets = [CANARY, *others["finding_id"], *others["person_id"]]
    for path in paths.values():
        whole = "".join(part.decode("utf-8", "ignore") for part in map(zipfile.ZipFile(path).read, zipfile.ZipFile(path).namelist()))
        assert not [secret for secret in secrets if secret in whole]
    education = render(build(tables, district, "education", MONTH), tmp_path, "zh")[0]
    assert CANARY in "".join(str(cell.value) for sheet in openpyxl.load_workbook(education) for row in sheet.iter_rows() for cell in row)


def test_names_and_numbers_are_masked_for_everybody_among_duplicates(books: dict[str, openpyxl.Workbook]) -> None:
    sheet = books["zh"].worksheets[1]
    assert all("*" in str(name) for name in values_of(sheet, "person_name"))
    assert all(str(number)[6:14] == "*" * 8 and len(str(number)) == 18 for number in values_of(sheet, "identity_number"))


def test_missed_aid_names_people_but_masks_the_protected(books: dict[str, openpyxl.Workbook], tables: Tables) -> None:
    sheet = books["zh"].worksheets[2]
    protected = dict(tables["findings"].join(tables["persons"], on="person_id").select("finding_id", "is_protected").rows())
    shown = dict(zip(values_of(sheet, "finding_id"), values_of(sheet, "identity_number"), strict=True))
    assert shown
    assert {finding: "*" in str(number) for finding, number in shown.items()} == {
        finding: protected[str(finding)] is not False for finding in shown
    }
    assert {protected[str(finding)] for finding in shown} == {True, False, None}


def test_no_phone_reaches_a_workbook(paths: dict[str, Path], tables: Tables) -> None:
    phones = tables["persons"]["phone_number"].to_list()
    for path in paths.values():
        whole = "".join(part.decode("utf-8", "ignore") for part in map(zipfile.ZipFile(path).read, zipfile.ZipFile(path).namelist()))
        assert not [phone for phone in phones if phone in whole]


def test_both_sides_their_months_and_the_evidence_stand_in_one_line(books: dict[str, openpyxl.Workbook]) -> None:
    sheet = books["en"].worksheets[1]
    row = values_of(sheet, "finding_id").index("F000007")
    told = {name: values_of(sheet, name)[row] for name in columns_of(sheet)}
    assert (told["own_period"], told["own_amount"]) == ("2016-01 – 2016-05", 300)
    assert (told["other_period"], told["other_amount"]) == ("2016-02 – 2016-05", 2808)
    assert (told["overlap"], told["excess_amount"]) == ("2016-02 – 2016-05", 240.5)
    assert "sheet SY街道, row 107" in str(told["evidence"])
    assert "row 1070, 1071, 1072, 1073" in str(told["evidence"])
    assert "same identity number" in str(told["link_basis"])
    assert told["town"] == "SY街道"


def test_the_read_me_shows_both_counts_and_that_aid_continues(books: dict[str, openpyxl.Workbook]) -> None:
    sheet = books["both"].worksheets[0]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    numbers = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int) and cell.font.sz == 28]
    assert [cell.value for cell in numbers] == [12, 12]
    assert any("Aid continues unchanged" in text and "待遇照常发放" in text for text in texts)
    assert any("Appeal" in text for text in texts)
    assert any("A03" in text for text in texts)
    assert any("check local law" in text for text in texts)


def test_sheets_print_on_a4_with_repeated_heads(books: dict[str, openpyxl.Workbook]) -> None:
    for sheet in books["zh"].worksheets[1:3]:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$4:$4"
        assert sheet.freeze_panes == "C5"
        assert sheet.auto_filter.ref is not None


def test_long_lists_go_on_in_a_second_file(tables: Tables, district: District, tmp_path: Path) -> None:
    written = render(build(tables, district, "civil_affairs", MONTH), tmp_path, "zh", rows=8)
    assert [path.name for path in written] == ["civil_affairs_2016-06.xlsx", "civil_affairs_2016-06_2.xlsx"]
    found = [values_of(openpyxl.load_workbook(path).worksheets[1], "finding_id") for path in written]
    assert [len(part) for part in found] == [8, 4]
    assert len({finding for part in found for finding in part}) == 12
    note = openpyxl.load_workbook(written[1]).worksheets[1]["C2"].value
    assert "第 2 个" in str(note)


def test_a_month_without_findings_still_gives_a_readable_workbook(district: District, tmp_path: Path) -> None:
    path = render(build({}, district, "red_cross", MONTH), tmp_path, "both")[0]
    book = openpyxl.load_workbook(path)
    assert len(book.worksheets) == 5
    assert "None this month" in str(book.worksheets[1].cell(FIRST_ROW, 1).value)


@pytest.mark.parametrize(("month", "due"), [("2016-06", "2016-07-21"), ("2016-12", "2017-01-20")])
def test_the_time_limit_counts_working_days(month: str, due: str) -> None:
    assert find_due_date(month).isoformat() == due
