"""Zipped deliveries: every member a file of its own, and archives that are not opened."""

import io
import stat
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from connectors.formats.archives import unpack_archive
from connectors.formats.sheets import Member
from connectors.refusals import FileRefused
from tests.unit.connectors.deliveries_samples import HEADS, land, make_rows, reasons_of, write_xlsx
from tests.unit.connectors.test_html_format import PAGE, write_table

LIMIT = 1024**3


def csv_bytes(rows: Sequence[Sequence[str]], encoding: str = "gb18030") -> bytes:
    return "".join(",".join(row) + "\r\n" for row in rows).encode(encoding)


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def unpack(path: Path, folder: Path) -> list[Member]:
    folder.mkdir()
    return unpack_archive(path, folder, LIMIT)


def test_members_are_files_with_addresses_of_their_own(tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "x.xlsx", {"江口村": [list(HEADS), *make_rows(3, 10)], "上村": [list(HEADS), *make_rows(2, 20)]})
    page = PAGE.format("gb2312", write_table([list(HEADS), *make_rows(4, 30)])).encode("gb18030")
    members = {
        "低保/": b"",
        "低保/山下村.csv": csv_bytes([list(HEADS), *make_rows(5)]),
        "江口村.xlsx": book.read_bytes(),
        "海边村.xls": page,
        "__MACOSX/._山下村.csv": b"\x00\x05\x16\x07",
        "Thumbs.db": b"x",
    }
    landed = land(write_zip(tmp_path / "成员.zip", members))
    assert landed.quarantine.is_empty()
    assert landed.deliveries.select("file_name", "sheet", "file_number", "sheet_number", "row_count", "landed_count").rows() == [
        ("成员.zip/低保/山下村.csv", "", 1, 1, 6, 5),
        ("成员.zip/江口村.xlsx", "江口村", 1, 2, 4, 3),
        ("成员.zip/江口村.xlsx", "上村", 1, 3, 3, 2),
        ("成员.zip/海边村.xls", "", 1, 4, 5, 4),
    ]
    assert landed.rows["row_id"].n_unique() == 14 == landed.rows.height
    assert landed.deliveries["file_hash"].n_unique() == 1


def test_a_bad_member_costs_only_itself(tmp_path: Path) -> None:
    rows = make_rows(40)
    rows[3][4] = ""
    members = {
        "1.csv": csv_bytes([list(HEADS), *rows]),
        "2.csv": csv_bytes([["别的", "表"], ["1", "2"]]),
        "说明.docx": b"PK\x03\x04 a note",
        "3.csv": csv_bytes([list(HEADS), *make_rows(3, 50)]),
        "4.csv": csv_bytes([list(HEADS), *make_rows(3, 50)]),
        "5.csv": b"",
    }
    landed = land(write_zip(tmp_path / "成员.zip", members))
    assert landed.quarantine.select("file_name", "scope_code", "reason_code").rows() == [
        ("成员.zip/1.csv", "row", "REQUIRED_EMPTY"),
        ("成员.zip/2.csv", "file", "HEADER_NOT_FOUND"),
        ("成员.zip/说明.docx", "file", "NOT_A_SPREADSHEET"),
        ("成员.zip/4.csv", "file", "DUPLICATE_FILE"),
        ("成员.zip/5.csv", "file", "EMPTY_FILE"),
    ]
    assert "文件“成员.zip/2.csv”" in landed.quarantine["sentence_zh"][1]
    assert "“成员.zip/3.csv”完全相同" in landed.quarantine["sentence_zh"][3]
    assert landed.rows.height == 42


def write_raw_name(path: Path, raw: bytes) -> Path:
    """Write an archive with one member whose name is `raw`, without saying in which encoding."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("n" * len(raw), b"a,b\n1,2\n")
    path.write_bytes(path.read_bytes().replace(b"n" * len(raw), raw))
    return path


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_without_a_flag(tmp_path: Path, encoding: str) -> None:
    path = write_raw_name(tmp_path / "a.zip", "低保/山下村㼆.csv".encode(encoding))
    assert [member.name for member in unpack(path, tmp_path / "out")] == ["低保/山下村㼆.csv"]


def test_names_with_a_flag(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"山下村㼆.CSV": b"a"})
    (member,) = unpack(path, tmp_path / "out")
    assert (member.name, member.path.name, member.byte_count) == ("山下村㼆.CSV", "member-1.csv", 1)


def nest(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", content)
    return buffer.getvalue()


UNSAFE_NAMES = ["../a.csv", "a/../../b.csv", "/etc/a.csv", "..\\a.csv", "C:\\a.csv", "c:a.csv", "\\\\host\\a.csv", "..", "x/.."]
UNSAFE_NAMES += ["a\nb.csv", "a\x1b[31m.csv", "CON", "con.csv", "x/NUL.xlsx", "aux .csv", "COM1.csv", "lpt9"]


@pytest.mark.parametrize("name", UNSAFE_NAMES)
def test_names_that_lead_elsewhere_refuse_the_archive(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "a.zip", {"good.csv": b"a", name: b"a,b\n"})
    with pytest.raises(FileRefused) as caught:
        unpack(path, tmp_path / "out")
    assert caught.value.reason_code == "UNSAFE_FILE"
    assert list((tmp_path / "out").iterdir()) == []
    assert {item.name for item in tmp_path.iterdir()} == {"a.zip", "out"}


def test_a_zero_in_a_name(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="control characters"):
        unpack(write_raw_name(tmp_path / "a.zip", b"a.csv\x00.exe"), tmp_path / "out")


@pytest.mark.parametrize("name", ["a.zip", "a.csv", "a.7z", "a"])
def test_an_archive_inside_is_refused_under_any_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRefused, match="archive inside"):
        unpack(write_zip(tmp_path / "o.zip", {name: nest(b"x")}), tmp_path / "out")


def test_links_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("a.csv")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(FileRefused, match="link"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


def test_encrypted_and_repeated_members(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.csv": b"a,b\n"})
    content = bytearray(path.read_bytes())
    for start in (content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8):
        content[start] |= 1
    path.write_bytes(content)
    with pytest.raises(FileRefused, match="protected"):
        unpack(path, tmp_path / "out")
    twice = write_zip(tmp_path / "b.zip", {"a.csv": b"a", "b.csv": b"b"})
    twice.write_bytes(twice.read_bytes().replace(b"b.csv", b"a.csv"))
    with pytest.raises(FileRefused, match="two parts of one name"):
        unpack(twice, tmp_path / "out2")


def test_bombs_and_empty_archives(tmp_path: Path) -> None:
    bomb = write_zip(tmp_path / "a.zip", {"a.csv": b"\0" * 70 * 1024**2})
    with pytest.raises(FileRefused, match="unpacks to far too much"):
        unpack(bomb, tmp_path / "out")
    liar = bomb.read_bytes().replace((70 * 1024**2).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    (tmp_path / "b.zip").write_bytes(liar)
    with pytest.raises(FileRefused):
        unpack(tmp_path / "b.zip", tmp_path / "out2")
    assert sum(item.stat().st_size for item in (tmp_path / "out2").iterdir()) <= 1000
    with pytest.raises(FileRefused, match="without files"):
        unpack(write_zip(tmp_path / "c.zip", {}), tmp_path / "out3")
    many = write_zip(tmp_path / "d.zip", {f"{number}.csv": b"a" for number in range(501)})
    assert reasons_of(land(many)) == ["UNSAFE_FILE"]
