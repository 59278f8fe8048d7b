"""Web pages saved under a spreadsheet's name."""

from pathlib import Path

import pytest

from connectors.formats.html import read_html
from connectors.formats.packages import Kind, tell_kind
from connectors.formats.sheets import Merge, Sheet
from connectors.refusals import FileRefused
from tests.unit.connectors.deliveries_samples import HEADS, land, make_rows

PAGE = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv=Content-Type content="text/html; charset={}"></head>'
    "<body>{}</body></html>"
)
LIMIT = 1024**3


def write_page(path: Path, body: str, charset: str = "utf-8", encoding: str | None = None) -> Path:
    path.write_bytes(PAGE.format(charset, body).encode(encoding or charset))
    return path


def write_table(rows: list[list[str]]) -> str:
    return "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"


def cells_of(sheet: Sheet) -> list[tuple[str | None, ...]]:
    return [row[2:] for row in sheet.cells.rows()]


def read(path: Path) -> list[Sheet]:
    assert tell_kind(path, LIMIT) == Kind.HTML
    return read_html(path)


@pytest.mark.parametrize(
    ("charset", "encoding"), [("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("gb2312", "gb18030"), ("utf-16", "utf-16"), ("gbk", "utf-8")]
)
def test_the_bytes_tell_the_encoding_not_the_head(tmp_path: Path, charset: str, encoding: str) -> None:
    """Pages say gb2312 and hold characters of names that only GB18030 has."""
    sheets = read(write_page(tmp_path / "a.xls", write_table([["姓名", "村居"], ["王㼆䶮", "山下村居民委员会"]]), charset, encoding))
    assert cells_of(sheets[0]) == [("姓名", "村居"), ("王㼆䶮", "山下村居民委员会")]
    assert (sheets[0].name, sheets[0].row_count) == ("", 2)


def test_merged_cells_are_filled_down_only_where_they_reach(tmp_path: Path) -> None:
    body = (
        "<table><thead><tr><th colspan=3>2016年3月</th></tr><tr><th>村</th><th>姓名</th><th>备注</th></tr></thead>"
        "<tbody><tr><td rowspan=2>甲村</td><td>陈一</td><td></td></tr><tr><td>陈二</td></tr>"
        "<tr><td></td><td>陈三</td><td>x</td></tr></tbody></table>"
    )
    sheet = read(write_page(tmp_path / "a.xls", body))[0]
    assert cells_of(sheet) == [
        ("2016年3月", None, None),
        ("村", "姓名", "备注"),
        ("甲村", "陈一", None),
        ("甲村", "陈二", None),
        (None, "陈三", "x"),
    ]
    assert sheet.merges == (Merge(0, 0, 0, 2), Merge(2, 0, 3, 0))


def test_spans_without_sense_are_one_cell(tmp_path: Path) -> None:
    body = "<table><tr><td rowspan=99>a</td><td colspan=0>b</td><td colspan=x>c</td><td rowspan=-3>d</td></tr><tr><td>e</td></tr></table>"
    assert cells_of(read(write_page(tmp_path / "a.xls", body))[0]) == [("a", "b", "c", "d"), ("a", "e", None, None)]


def test_a_cell_is_what_a_browser_shows(tmp_path: Path) -> None:
    body = (
        "<table><tr><td> 陈&nbsp;一 <!-- no --></td><td>a<br>b</td><td><b>c</b>d\n  e</td><td><script>x()</script>f</td>"
        "<td>&lt;i&gt;</td><td x:num='359901196703150000'>3.59901E+17</td><td x:num>12</td>"
        "<td style='mso-number-format:\"\\@\"'>007</td></tr></table>"
    )
    sheet = read(write_page(tmp_path / "a.xls", body))[0]
    assert cells_of(sheet) == [("陈 一", "a\nb", "cd e", "f", "<i>", "359901196703150000", "12", "007")]
    assert sheet.numeric.rows() == [(True, True)] and sheet.numeric.columns == ["c5", "c6"]


def test_every_table_is_a_sheet_and_nested_ones_too(tmp_path: Path) -> None:
    inner, other = write_table([["姓名"], ["陈一"]]), write_table([["合计", "1"]])
    sheets = read(write_page(tmp_path / "a.xls", f"<table><tr><td>{inner}</td></tr></table>{other}<table></table>"))
    assert [(sheet.name, sheet.number, sheet.row_count) for sheet in sheets] == [("table1", 1, 2), ("table2", 2, 1)]


def test_what_a_page_hides_is_read_and_counted(tmp_path: Path) -> None:
    body = (
        "<table><colgroup><col><col span=2 style='display:none'></colgroup><tr><td>a</td><td>b</td><td>c</td></tr>"
        "<tr style='DISPLAY: none'><td>d</td><td>e</td><td>f</td></tr></table>"
    )
    sheet = read(write_page(tmp_path / "a.xls", body))[0]
    assert (sheet.hidden_columns, sheet.hidden_row_count, sheet.row_count) == ((1, 2), 1, 2)
    assert cells_of(sheet)[1] == ("d", "e", "f")


@pytest.mark.parametrize(
    ("content", "reason", "word"),
    [
        ("<html><body><p>no table</p></body></html>", "UNREADABLE", "without one"),
        ("<html><frameset><frame src='a_files/sheet001.htm'></frameset></html>", "UNREADABLE", "without one"),
        ("<!DOCTYPE html [<!ENTITY a 'b'>]><html><table><tr><td>&a;</td></tr></table>", "UNSAFE_FILE", "ENTITY"),
        ("<html><table><tr><td colspan=16385>a</td></tr></table>", "UNSAFE_FILE", "far too many"),
        ("MIME-Version: 1.0\nContent-Type: multipart/related\n", "NOT_A_SPREADSHEET", "MHTML"),
        (
            '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
            '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "NOT_A_SPREADSHEET",
            "XML Spreadsheet 2003",
        ),
    ],
)
def test_pages_that_cannot_be_read(tmp_path: Path, content: str, reason: str, word: str) -> None:
    path = tmp_path / "a.xls"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FileRefused, match=word) as caught:
        read_html(path) if tell_kind(path, LIMIT) == Kind.HTML else None
    assert caught.value.reason_code == reason


def test_a_page_lands_like_a_sheet(tmp_path: Path) -> None:
    table = write_table([["2016年3月低保家庭成员表"], list(HEADS), *make_rows(6), ["合计", "", "", "", "", "", "", "", "1800"]])
    landed = land(write_page(tmp_path / "成员.xls", table, "gb2312", "gb18030"))
    assert landed.quarantine.is_empty()
    assert landed.rows["row_number"].to_list() == [3, 4, 5, 6, 7, 8]
    assert landed.deliveries.select("row_count", "landed_count", "skipped_count").row(0) == (9, 6, 3)
