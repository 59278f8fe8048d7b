"""What the screen does not show is read, and its owner is told."""

from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from connectors.formats.excel import read_excel
from connectors.formats.hidden import OVERLAP, _look_through
from connectors.formats.packages import Kind
from tests.unit.connectors.deliveries_samples import HEADS, land, make_rows


def write_hidden(path: Path) -> Path:
    """Write a filtered list with three hidden columns, as a clerk leaves it."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("封面").write(0, 0, "x")
        sheet = book.add_worksheet("一")
        for number, row in enumerate([list(HEADS), *make_rows(8)]):
            sheet.write_row(number, 0, row)
        sheet.set_column("C:D", None, None, {"hidden": True})
        sheet.set_column("F:F", None, None, {"hidden": True})
        sheet.set_column("XFD:XFD", None, None, {"hidden": True})
        sheet.autofilter(0, 0, 8, 9)
        for number in (2, 5, 6):
            sheet.set_row(number, None, None, {"hidden": True})
        sheet.write_comment(1, 4, "批注：与数据无关")
    return path


def write_hidden_old(path: Path) -> Path:
    book = xlwt.Workbook()
    book.add_sheet("封面").write(0, 0, "x")
    sheet = book.add_sheet("一")
    for number, row in enumerate([list(HEADS), *make_rows(8)]):
        for position, cell in enumerate(row):
            sheet.write(number, position, cell)
    for position in (2, 3, 5):
        sheet.col(position).hidden = True
    for number in (2, 5, 6):
        sheet.row(number).hidden = True
    book.save(str(path))
    return path


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_hidden_parts_are_found_on_the_right_sheet(tmp_path: Path, suffix: str) -> None:
    path = (write_hidden if suffix == ".xlsx" else write_hidden_old)(tmp_path / f"a{suffix}")
    cover, sheet = read_excel(path, Kind.PACKAGE if suffix == ".xlsx" else Kind.OLD_BOOK)
    assert (cover.hidden_columns, cover.hidden_row_count) == ((), 0)
    assert set(sheet.hidden_columns) - {16_383} == {2, 3, 5}
    assert (sheet.hidden_row_count, sheet.row_count) == (3, 9)


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_hidden_data_lands_and_is_mentioned(tmp_path: Path, suffix: str) -> None:
    path = (write_hidden if suffix == ".xlsx" else write_hidden_old)(tmp_path / f"成员{suffix}")
    landed = land(path)
    assert landed.rows["name"].to_list() == [row[4] for row in make_rows(8)]
    assert landed.quarantine.select("quarantine_id", "sheet", "column", "reason_code").rows() == [
        ("R02-201603-1-2-file", "一", "C", "HIDDEN_COLUMN"),
        ("R02-201603-1-2-file-2", "一", None, "HIDDEN_ROW"),
    ]
    assert "隐藏列C、D、F" in landed.quarantine["sentence_zh"][0]
    assert "3 rows hidden" in landed.quarantine["sentence_en"][1]
    assert not landed.deliveries["is_refused"].any()


def test_tags_cut_in_two_are_found_once() -> None:
    text = b"<cols>" + b"<col min='1' max='1' hidden='0'/>" * 40 + b'<col min="2" max="3" width="0" hidden="1" customWidth="1"/></cols>'
    text += b"".join(b'<row r="%d" spans="1:9" hidden="%d"><c><v>1</v></c></row>' % (number, number % 7 == 0) for number in range(1, 200))
    for size in (OVERLAP, OVERLAP + 1, 777, 5_000):
        hidden = _look_through(iter([text[start : start + size] for start in range(0, len(text), size)]))
        assert (hidden.columns, hidden.row_count) == ((1, 2), 28)


def test_macros_are_never_run_and_mentioned(tmp_path: Path) -> None:
    (tmp_path / "vba.bin").write_bytes(b"\xd0\xcf\x11\xe0" + b"\x00" * 600)
    path = tmp_path / "成员.xlsm"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_vba_project(str(tmp_path / "vba.bin"))
        sheet = book.add_worksheet("一")
        for number, row in enumerate([list(HEADS), *make_rows(3)]):
            sheet.write_row(number, 0, row)
    landed = land(path)
    assert landed.rows.height == 3
    assert landed.quarantine.select("reason_code", "sheet").rows() == [("MACROS_IGNORED", "")]
