"""A check before sending comments each bad cell at its own address and nothing else, and never shows a value on the screen."""

import hashlib
import shutil
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from pipelines import cli, template_verbs
from pipelines.roll_examples import make_examples
from registry.district import DISTRICTS, District, load_district
from registry.errors import ConfigError
from registry.roll import Roll
from registry.schema.text import Language

MONTH = "2016-03"
NINETEEN = 3599011957031290041
"""A number cell too long for any spreadsheet."""
Plants = Mapping[tuple[int, str], object]


@dataclass(frozen=True)
class Case:
    """Columns delivered and cells spoilt, by data row from 0."""

    roll: str
    columns: Sequence[str]
    plants: Plants


CASES = [
    Case("dibao_households", ("village", "name", "identity_number", "amount", "start_date"), {
        (1, "identity_number"): "359901195703129001", (2, "start_date"): "2015-13-77", (3, "name"): "", (4, "village"): "天外村",
        (5, "amount"): "若干", (6, "identity_number"): NINETEEN}),
    Case("one_card_ledger", ("batch", "paid_date", "programme", "name", "identity_number", "account", "amount", "state", "village"), {
        (1, "identity_number"): "359901195703129001", (2, "paid_date"): "某日", (3, "name"): "", (4, "village"): "天外村",
        (5, "programme"): "火星补贴", (5, "state"): "未知之事", (6, "identity_number"): NINETEEN}),
    Case("temporary_aid", ("number", "village", "name", "identity_number", "cause", "amount", "paid_date"), {
        (1, "identity_number"): "35990119570312900", (2, "paid_date"): "2016-02-31", (3, "name"): "", (4, "village"): "天外村",
        (5, "cause"): "火星来客", (6, "identity_number"): NINETEEN}),
]  # fmt: skip


@cache
def district() -> District:
    return load_district("q_district")


def make_table(case: Case, *, is_spoilt: bool = True) -> list[list[object]]:
    roll = district().rolls[case.roll]
    examples = make_examples(roll, district())
    rows: list[list[object]] = [[roll.columns[name].heads[0] for name in case.columns]]
    for row in range(12):
        plants = case.plants if is_spoilt else {}
        rows.append([plants.get((row, name), examples[name][row % 2]) for name in case.columns])
    return rows


def write_file(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    if path.suffix == ".csv":
        path.write_text("".join(",".join(map(str, row)) + "\r\n" for row in rows), encoding="utf-8-sig", newline="")
    elif path.suffix == ".xls":
        old = xlwt.Workbook()
        page = old.add_sheet("名册")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                page.write(number, place, cell)
        old.save(str(path))
    else:
        book = openpyxl.Workbook()
        sheet: Any = book.active
        sheet.title = "名册"
        for row in rows:
            sheet.append([cell or None for cell in row])
        book.save(path)
    return path


def name_file(roll: Roll, suffix: str) -> str:
    return f"2016年3月{roll.delivery.glob[0].replace('*', '')}{suffix}"


def find_expected(case: Case) -> set[str]:
    return {f"{chr(ord('A') + case.columns.index(name))}{row + 2}" for row, name in case.plants}


def find_comments(path: Path) -> dict[str, str]:
    book = openpyxl.load_workbook(path)
    return {
        cell.coordinate: cell.comment.text for sheet in book.worksheets[1:] for row in sheet.iter_rows() for cell in row if cell.comment
    }


def run_check(path: Path, **options: Any) -> int:  # noqa: ANN401
    settings = {"asked": (None, None), "out": path.with_name("out.xlsx"), "district": "q_district", "lang": "both", **options}
    try:
        template_verbs.check(path, **settings)
    except SystemExit as end:
        return int(str(end.code))
    return 0


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".xls"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.roll)
def test_bad_cells_are_commented_where_they_stand(case: Case, suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roll = district().rolls[case.roll]
    rows = make_table(case)
    path = write_file(tmp_path / name_file(roll, suffix), rows)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    assert run_check(path) == 3
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    out = path.with_name("out.xlsx")
    comments = find_comments(out)
    assert set(comments) == find_expected(case)
    assert all("请" in text and "\n" in text for text in comments.values())
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["检查说明 Check notes", "Sheet1" if suffix == ".csv" else "名册"]
    sheet: Any = book.worksheets[1]
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row, 1):
            copied = sheet.cell(number, place)
            assert isinstance(copied.value or "", str)
            if cell != NINETEEN:
                assert (copied.value or "") == str(cell)
            is_marked = copied.fill.fill_type == "solid"
            assert is_marked == (copied.coordinate in comments)
    printed = capsys.readouterr()
    shown = printed.out + printed.err
    assert all(address in shown for address in list(comments)[:5])
    values = {str(cell) for row in rows[1:] for cell in row if len(str(cell)) > 1} - {"成功", "发放成功"}
    assert not [value for value in values if value in shown.replace(str(out), "")]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.roll)
def test_clean_file(case: Case, suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_file(tmp_path / name_file(district().rolls[case.roll], suffix), make_table(case, is_spoilt=False))
    assert run_check(path) == 0
    assert find_comments(path.with_name("out.xlsx")) == {}
    assert str(openpyxl.load_workbook(path.with_name("out.xlsx")).properties.created) == f"{MONTH}-01 00:00:00"
    assert "2016-03" in capsys.readouterr().out


def summary_of(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell)


@pytest.mark.parametrize("lang", list(Language))
def test_renamed_header(lang: Language, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = CASES[0]
    rows = make_table(case, is_spoilt=False)
    rows[0][3] = "发了多少钱"
    path = write_file(tmp_path / name_file(district().rolls[case.roll], ".xlsx"), rows)
    assert run_check(path, lang=lang) == 3
    said = {
        Language.ZH: ["缺少声明的列", "发了多少钱"],
        Language.EN: ["declared columns are absent", "undeclared columns '发了多少钱' (D1"],
    }
    wanted = said.get(lang, said[Language.ZH] + said[Language.EN])
    summary = summary_of(path.with_name("out.xlsx"))
    assert all(words in summary for words in wanted)
    assert set(find_comments(path.with_name("out.xlsx"))) == {"D1"}
    assert "发了多少钱" in capsys.readouterr().out


def test_roll_is_told_by_heads_when_the_name_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for case in CASES:
        path = write_file(tmp_path / "data.csv", make_table(case, is_spoilt=False))
        assert run_check(path, asked=(None, MONTH)) == 0
        assert f"{district().rolls[case.roll].code} " in capsys.readouterr().out


def test_unknown_heads_ask_for_the_roll(tmp_path: Path) -> None:
    path = write_file(tmp_path / "data.csv", [["甲", "乙"], ["1", "2"]])
    with pytest.raises(ConfigError, match="--roll"):
        run_check(path)


def test_title_of_another_month(tmp_path: Path) -> None:
    case = CASES[0]
    rows: list[list[object]] = [["2016年2月低保家庭花名册", "", "", "", ""], *make_table(case, is_spoilt=False)]
    path = write_file(tmp_path / "低保家庭花名册.xlsx", rows)
    assert run_check(path) == 0
    assert run_check(path, asked=(None, MONTH)) == 3
    assert "2016-03 的名册" in summary_of(path.with_name("out.xlsx"))


def test_corrected_copy_is_clean(tmp_path: Path) -> None:
    case = CASES[1]
    path = write_file(tmp_path / name_file(district().rolls[case.roll], ".csv"), make_table(case))
    copy = path.with_name(name_file(district().rolls[case.roll], "更正.xlsx"))
    assert run_check(path, out=copy) == 3
    assert run_check(copy) == 3
    good = make_table(case, is_spoilt=False)
    book = openpyxl.load_workbook(copy)
    sheet: Any = book.worksheets[1]
    for row, name in case.plants:
        place = case.columns.index(name) + 1
        sheet.cell(row + 2, place).value = good[row + 1][place - 1]
    book.save(copy)
    assert run_check(copy) == 0
    assert openpyxl.load_workbook(path.with_name("out.xlsx")).sheetnames == ["检查说明 Check notes", "Sheet1"]


def test_row_without_enough_cells_is_marked_whole(tmp_path: Path) -> None:
    case = CASES[0]
    path = write_file(tmp_path / name_file(district().rolls[case.roll], ".csv"), make_table(case, is_spoilt=False))
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    lines[4] = ",".join(lines[4].split(",")[:3])
    path.write_text("\n".join(lines), encoding="utf-8")
    assert run_check(path) == 3
    assert set(find_comments(path.with_name("out.xlsx"))) == {"A5"}


def test_unreadable_file_says_so_on_the_summary(tmp_path: Path) -> None:
    path = tmp_path / "低保家庭花名册.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    assert run_check(path) == 3
    assert "低保家庭花名册.xlsx" in summary_of(path.with_name("out.xlsx"))


def test_formulas_stay_text(tmp_path: Path) -> None:
    case = CASES[0]
    rows = make_table(case, is_spoilt=False)
    rows[2][3] = "=1+1"
    path = write_file(tmp_path / name_file(district().rolls[case.roll], ".csv"), rows)
    assert run_check(path) == 3
    sheet: Any = openpyxl.load_workbook(path.with_name("out.xlsx")).worksheets[1]
    assert (sheet["D3"].value, sheet["D3"].data_type) == ("=1+1", "s")


def test_wrong_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_file(tmp_path / name_file(district().rolls["dibao_households"], ".xlsx"), make_table(CASES[0], is_spoilt=False))
    before = path.read_bytes()
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ["check", str(path), "--out", str(path)],
        ["check", str(path), "--out", "copy.csv"],
        ["check", str(path), "--roll", "R999"],
        ["check", str(path), "--month", "2016-13"],
        ["check", "absent.xlsx"],
        ["check", str(path), "--lang", "fr"],
        ["template", "--roll", "dibao_househods", "--out", "t.xlsx"],
        ["template", "--roll", "R01", "--out", str(path)],
    ):
        monkeypatch.setattr(sys, "argv", ["tuodi", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.run()
        assert end.value.code == 2, arguments
        assert capsys.readouterr().err
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name]


def test_default_copy_never_overwrites_an_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_file(tmp_path / name_file(district().rolls["dibao_households"], ".csv"), make_table(CASES[0], is_spoilt=False))
    assert run_check(path, out=None) == 0
    assert run_check(path, out=None) == 0
    stem = path.stem
    assert sorted(one.name for one in tmp_path.glob("*.xlsx")) == [f"{stem}_checked-2.xlsx", f"{stem}_checked.xlsx"]


def test_template_by_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template_verbs.write_template("r06", tmp_path / "t.xlsx", "q_district", "zh")
    assert "R06" in capsys.readouterr().out
    assert openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames[1:] == ["字典说明", "字典选项"]


def test_members_of_an_archive_keep_their_own_addresses(tmp_path: Path) -> None:
    case = CASES[0]
    files = [write_file(tmp_path / name, make_table(case, is_spoilt=name != "乙.xlsx")) for name in ("甲.csv", "乙.xlsx", "丙.xlsx")]
    path = tmp_path / name_file(district().rolls[case.roll], ".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.write(file, file.name)
    assert run_check(path) == 3
    book = openpyxl.load_workbook(path.with_name("out.xlsx"))
    found = {sheet.title: {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment} for sheet in book.worksheets[1:]}
    assert sorted(found) == ["名册", "名册_2", "甲"]
    assert sorted(map(len, found.values())) == [0, len(case.plants), len(case.plants)]
    assert found["甲"] == find_expected(case)


def test_every_empty_required_cell_of_a_row_is_marked(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DISTRICTS / "q_district", tmp_path / "district"))
    declared = folder / "rolls" / "dibao_households.yml"
    text = declared.read_text(encoding="utf-8")
    declared.write_text(text.replace("kind: amount, sensitivity", "kind: amount, required: true, sensitivity"), encoding="utf-8")
    rows = make_table(CASES[0], is_spoilt=False)
    rows[3][1], rows[3][3] = "", ""
    path = write_file(tmp_path / name_file(district().rolls["dibao_households"], ".csv"), rows)
    assert run_check(path, district=str(folder)) == 3
    assert set(find_comments(path.with_name("out.xlsx"))) == {"B4", "D4"}
