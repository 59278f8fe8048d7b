"""Spreadsheets: cell types, merged cells, hidden sheets, and files that are not what they say."""

import datetime
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from connectors.formats.excel import read_excel
from connectors.formats.packages import Kind, tell_kind
from connectors.formats.sheets import Sheet
from connectors.refusals import FileRefused
from tests.unit.connectors.deliveries_samples import HEADS, land, make_rows, write_xlsx

LIMIT = 1024**3


def read(path: Path) -> list[Sheet]:
    return read_excel(path, tell_kind(path, LIMIT))


def write_xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("乙")
    sheet.write_merge(0, 1, 0, 0, "村")
    for position, cell in enumerate([359901196703150021, 12, 12.5, "007"], 1):
        sheet.write(1, position, cell)
    sheet.write(1, 5, datetime.date(2016, 3, 1), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    book.save(str(path))
    return path


def write_typed(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("甲")
        sheet.merge_range("A1:A2", "村")
        for position, cell in enumerate([359901196703150021, 12, 12.5, "007"], 1):
            sheet.write(1, position, cell)
        sheet.write_datetime(1, 5, datetime.datetime(2016, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        book.add_worksheet("藏").hide()
    return path


@pytest.mark.parametrize("suffix", [".xls", ".xlsx"])
def test_cells_are_text_and_numbers_are_remembered(tmp_path: Path, suffix: str) -> None:
    sheet = read((write_xls if suffix == ".xls" else write_typed)(tmp_path / f"a{suffix}"))[0]
    assert sheet.cells.rows()[1][2:] == ("村", "359901196703150000", "12", "12.5", "007", "2016-03-01")
    assert {name: flags[1] for name, flags in sheet.numeric.to_dict(as_series=False).items()} == {"c1": True, "c2": True, "c3": True}


def test_rows_are_physical_and_hidden_sheets_are_marked(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"一": [[], [], ["x"]], "二": [["y"]]})
    assert [(sheet.name, sheet.number, sheet.row_count) for sheet in read(path)] == [("一", 1, 3), ("二", 2, 1)]
    assert [sheet.is_hidden for sheet in read(write_typed(tmp_path / "b.xlsx"))] == [False, True]


def break_file(path: Path, how: str) -> Path:
    whole = write_xlsx(path.with_name("whole.xlsx"), {"一": [["姓名", "村"]] * 50}).read_bytes()
    contents = {
        "text.xlsx": "姓名,身份证\n陈一,3599\n".encode(),
        "text.xls": b"a\tb\n1\t2\n",
        "page.xlsx": b"<html><table><tr><td>1</td></tr></table></html>",
        "empty.xlsx": b"",
        "short.xlsx": whole[: len(whole) // 2],
        "short.xls": write_xls(path.with_name("whole.xls")).read_bytes()[:2000],
        "locked.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 512,
        "zip.csv": whole,
        "letter.pdf": b"%PDF-1.4",
    }
    path = path.with_name(how)
    path.write_bytes(contents[how])
    return path


@pytest.mark.parametrize(
    ("how", "reason", "word"),
    [
        ("text.xlsx", "NOT_A_SPREADSHEET", "普通文本"),
        ("text.xls", "NOT_A_SPREADSHEET", "普通文本"),
        ("page.xlsx", "NOT_A_SPREADSHEET", "网页"),
        ("empty.xlsx", "EMPTY_FILE", "0字节"),
        ("short.xlsx", "UNREADABLE", "损坏"),
        ("short.xls", "UNREADABLE", "损坏"),
        ("locked.xlsx", "UNREADABLE", "加密"),
        ("zip.csv", "NOT_A_SPREADSHEET", "压缩包"),
        ("letter.pdf", "NOT_A_SPREADSHEET", "PDF"),
    ],
)
def test_files_that_are_not_what_they_say(tmp_path: Path, how: str, reason: str, word: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read(break_file(tmp_path / "x", how))
    assert caught.value.reason_code == reason
    assert word in caught.value.text.zh and how in caught.value.text.en


def repack(path: Path, changed: dict[str, bytes]) -> Path:
    source = write_xlsx(path.with_name("source.xlsx"), {"一": [["姓名", "村"], ["陈一", "甲"]]})
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, changed.get(part, old.read(part)))
        for part in changed.keys() - set(old.namelist()):
            new.writestr(part, changed[part])
    return path


SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<?xml version="1.0"?>{}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(tmp_path: Path, encoding: str) -> None:
    """An entity inside a sheet makes the reader drop rows without a word."""
    evil = HEAD.format('<!DOCTYPE x [<!ENTITY e "1">]>', "<row/>").encode(encoding)
    with pytest.raises(FileRefused, match="DOCTYPE"):
        read(repack(tmp_path / "a.xlsx", {SHEET: evil}))


def test_bombs_are_refused_before_they_unpack(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="unpacks to far too much"):
        read(repack(tmp_path / "a.xlsx", {"xl/media/a.bin": b"\0" * 70 * 1024**2}))


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"一": [["姓名"]]})
    assert tell_kind(path, LIMIT) == Kind.PACKAGE
    with pytest.raises(FileRefused, match="at most 100 bytes"):
        tell_kind(path, 100)


def make_far_book(path: Path) -> Path:
    """Write an .xls in which one cell claims a column so far to the right that reading it takes more memory than there is."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("一")
    sheet.write(0, 0, 1.5)
    sheet.write(65_535, 255, 2.5)
    book.save(str(path))
    content = path.read_bytes()
    assert content.count(b"\xff\xff\xff\x00") >= 1
    path.write_bytes(content.replace(b"\xff\xff\xff\x00", b"\xff\xff\xff\xff"))
    return path


def test_a_book_that_takes_too_much_memory_costs_one_file(tmp_path: Path) -> None:
    """One cell in a far corner makes the reader ask for more memory than there is."""
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    wide = repack(tmp_path / "成员1.xlsx", {SHEET: HEAD.format("", far).encode()})
    old = make_far_book(tmp_path / "成员2.xls")
    good = write_xlsx(tmp_path / "成员3.xlsx", {"一": [list(HEADS), *make_rows(5)]})
    landed = land(wide, old, good)
    assert landed.deliveries.select("file_name", "reason_code", "landed_count").rows() == [
        ("成员1.xlsx", "READER_STOPPED", 0),
        ("成员2.xls", "READER_STOPPED", 0),
        ("成员3.xlsx", None, 5),
    ]
    assert "MB of memory" in landed.quarantine["sentence_en"][0]
