"""Lines cut by position: bytes and characters, encodings, lines that are not as declared."""

from pathlib import Path

import pytest

from connectors.formats.fixed_width import read_fixed_width
from connectors.refusals import FileRefused
from registry.roll import Roll
from tests.unit.connectors.deliveries_samples import make_roll

COLUMNS = {
    "name": {"heads": ["姓名"], "kind": "name", "required": True},
    "identity_number": {"heads": ["身份证号"], "kind": "identity_number"},
    "amount": {"heads": ["金额"], "kind": "amount"},
    "village": {"heads": ["村"], "kind": "place"},
}
WIDTHS = {"name": 8, "identity_number": 18, "amount": 7, "village": 10}
NUMBER = "359901196703150023"
PEOPLE = [("陈一", NUMBER, "300.00", "山下村"), ("林㼆", NUMBER, "1200", "𠮷田"), ("王", NUMBER, "", "甲")]


def make_fixed_roll(unit: str) -> Roll:
    first, columns = 1, {}
    for name, width in WIDTHS.items():
        columns[name] = [first, width]
        first += width
    delivery = {"glob": ["*"], "frequency": "monthly", "fixed_width": {"unit": unit, "columns": columns}}
    return make_roll(columns=COLUMNS, delivery=delivery)


def make_line(cells: tuple[str, ...], unit: str, encoding: str) -> bytes:
    """Return cells padded to their widths, amounts on the right."""
    parts = []
    for cell, (name, width) in zip(cells, WIDTHS.items(), strict=True):
        size = len(cell.encode(encoding)) if unit == "byte" else len(cell)
        padding = " " * (width - size)
        parts.append(padding + cell if name == "amount" else cell + padding)
    return "".join(parts).encode(encoding)


def write(tmp_path: Path, lines: list[bytes], newline: bytes = b"\r\n") -> Path:
    path = tmp_path / "roll.txt"
    path.write_bytes(newline.join([*lines, b""]))
    return path


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("unit", ["byte", "character"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_cells_stand_where_they_are_declared(tmp_path: Path, encoding: str, unit: str, newline: bytes) -> None:
    """A rare character has four bytes and is one character: positions in the other unit would cut it."""
    path = write(tmp_path, [make_line(person, unit, encoding) for person in PEOPLE], newline)
    sheet = read_fixed_width(path, make_fixed_roll(unit))
    assert [row[2:6] for row in sheet.cells.rows()] == [
        ("姓名", "身份证号", "金额", "村"), *(tuple(cell or None for cell in person) for person in PEOPLE),
    ]  # fmt: skip
    assert sheet.cells["row_number"].to_list() == [0, 1, 2, 3]
    assert set(sheet.cells["field_count"]) == {4}
    assert sheet.row_count == 3


def test_lines_of_another_length_get_another_count(tmp_path: Path) -> None:
    whole = [make_line(person, "byte", "gb18030") for person in PEOPLE]
    lines = [*whole, whole[0][:30], b"", whole[0] + b"xx", whole[0] + b"   ", whole[0][:-3], b"   ", *whole]
    sheet = read_fixed_width(write(tmp_path, lines), make_fixed_roll("byte"))
    counts = dict(sheet.cells.select("row_number", "field_count").rows())
    assert {row: count for row, count in counts.items() if count != 4} == {4: 3, 6: 5, 8: 3}
    assert 5 not in counts
    assert 9 not in counts
    assert sheet.row_count == 12
    assert sheet.cells.filter(sheet.cells["row_number"] == 6)["c4"].item() == "xx"


def test_trimmed_lines_must_reach_the_last_column(tmp_path: Path) -> None:
    lines = [make_line(person, "byte", "gb18030").rstrip() for person in PEOPLE]
    lines.append(make_line(("张三", NUMBER, "5", ""), "byte", "gb18030").rstrip())
    sheet = read_fixed_width(write(tmp_path, lines), make_fixed_roll("byte"))
    assert sheet.cells["field_count"].to_list() == [4, 4, 4, 4, 3]


def test_a_character_across_a_border_sends_the_line_back(tmp_path: Path) -> None:
    """One byte too many in the name, one too few behind it: the length is right, every column between has moved."""
    moved = "陈a陈陈x".encode("gb18030") + NUMBER.encode() + b"    300" + "山下村".encode("gb18030") + b"    "
    assert len(moved) == sum(WIDTHS.values())
    half = "abc陈陈陈".encode("gb18030") + NUMBER[1:].encode() + b"    300" + "山下村".encode("gb18030") + b"    "
    assert len(half) == sum(WIDTHS.values())
    lines = [moved, half, *(make_line(person, "byte", "gb18030") for person in PEOPLE)]
    sheet = read_fixed_width(write(tmp_path, lines), make_fixed_roll("byte"))
    assert sheet.cells["field_count"].to_list() == [4, 4, 3, 4, 4, 4]


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as caught:
        read_fixed_width(write(tmp_path, [b"  ", b""]), make_fixed_roll("byte"))
    assert caught.value.reason_code == "EMPTY_FILE"


def test_many_lines_are_cut_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.formats.fixed_width.STRETCH_BYTES", 1000)
    lines = [make_line((f"陈{i}", NUMBER, str(i), "村"), "byte", "gb18030") for i in range(500)]
    sheet = read_fixed_width(write(tmp_path, [*lines, b"\x1a"]), make_fixed_roll("byte"))
    assert sheet.cells["c2"].to_list()[1:501] == [str(i) for i in range(500)]
    assert sheet.cells["row_number"].to_list()[:501] == list(range(501))


def test_a_character_that_moved_in_2022_keeps_its_two_bytes(tmp_path: Path) -> None:
    lines = [make_line((name, NUMBER, "1", "村"), "byte", "gb18030") for name in ("陈\ue81e", "陈一", "林二")]
    sheet = read_fixed_width(write(tmp_path, lines), make_fixed_roll("byte"))
    assert sheet.cells["c0"].to_list() == ["姓名", "陈龴", "陈一", "林二"]
    assert sheet.cells["c1"].to_list() == ["身份证号", NUMBER, NUMBER, NUMBER]
