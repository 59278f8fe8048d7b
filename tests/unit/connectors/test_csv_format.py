"""Text files: encodings, delimiters, quotes, ragged lines."""

import csv
import io
import random
from pathlib import Path

import pytest

from connectors.formats import encodings, quotes, records
from connectors.formats.csv import read_csv
from connectors.refusals import FileRefused

RARE = ["㼆", "䶮", "𠮷", "龴", "喆", "堃", "陈", "·", "〇", "𬭎"]


def write(tmp_path: Path, content: bytes | str) -> Path:
    path = tmp_path / "roll.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_rare_characters_survive(tmp_path: Path, encoding: str, newline: str) -> None:
    text = newline.join(["姓名,村", *(f"陈{char},山下" for char in RARE)])
    sheet = read_csv(write(tmp_path, text.encode(encoding)))
    assert sheet.cells["c0"].to_list() == ["姓名", *(f"陈{char}" for char in RARE)]
    assert sheet.cells["row_number"].to_list() == list(range(1, len(RARE) + 2))


def test_gb18030_2022_points_leave_the_private_area(tmp_path: Path) -> None:
    """Python decodes FE59 to a private-use point; the 2022 standard says U+9FB4."""
    assert read_csv(write(tmp_path, "姓名,村\n".encode("gb18030") + b"\xfe\x59,a\n")).cells["c0"].to_list() == ["姓名", "龴"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf\xe5\xa7\x93,a\n\xe5\xa7",
        b"name,a\n\xff\xff\xff,b\n",
        b"a,b\n1,\x002\n",
        b"name,b\n\x00x1,2y\n\x00",
        b"\xff\xfe\x00\xd8\x00",
    ],
)
def test_undecodable_text_is_refused_with_its_line(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileRefused) as caught:
        read_csv(write(tmp_path, content))
    assert caught.value.reason_code == "BAD_ENCODING"
    assert caught.value.place.row_number in {1, 2}


@pytest.mark.parametrize("content", [b"\n\n", b"\xef\xbb\xbf", b" \r\n ,,,\r\n"])
def test_a_file_without_text_is_empty(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileRefused) as caught:
        read_csv(write(tmp_path, content))
    assert caught.value.reason_code == "EMPTY_FILE"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，", "；"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    lines = [delimiter.join(row) for row in [("姓名", "身份证", "村"), ("陈一", "3599", "甲"), ("陈二", "3599", "乙")]]
    assert read_csv(write(tmp_path, "\n".join(lines))).cells["c2"].to_list() == ["村", "甲", "乙"]


def test_ragged_lines_keep_their_line_and_count(tmp_path: Path) -> None:
    sheet = read_csv(write(tmp_path, "a,b,c\n1,2,3\n\n4,5\n6,7,8,9\n1,2,3\n"))
    assert sheet.cells.select("row_number", "field_count", "c0", "c3").rows() == [
        (1, 3, "a", None), (2, 3, "1", None), (4, 2, "4", None), (5, 4, "6", "9"), (6, 3, "1", None),
    ]  # fmt: skip
    assert sheet.row_count == 6


def test_leading_zeros_stay_at_the_end_of_a_long_file(tmp_path: Path) -> None:
    lines = ["编号,名"] + [f"{i},a" for i in range(30_000)] + ["007123,a"]
    assert read_csv(write(tmp_path, "\n".join(lines))).cells["c0"][-1] == "007123"


@pytest.mark.parametrize("ending", ["", "\n"])
def test_an_unclosed_quote_sends_back_its_line_only(tmp_path: Path, ending: str) -> None:
    """The line is one cell, too few for any header; the lines behind it are not swallowed."""
    sheet = read_csv(write(tmp_path, 'a,b\n1,2\n3,"4\n' + "5,6\n" * 200 + "7,8" + ending))
    assert sheet.row_count == 204
    assert sheet.cells.filter(sheet.cells["field_count"] != 2).rows() == [(3, 1, '3,"4', None)]
    assert sheet.cells["c0"][-1] == "7"


def test_an_unclosed_quote_does_not_reach_for_the_next(tmp_path: Path) -> None:
    """The plain rule would take lines 2 to 4 for one record of the right number of cells, and swallow a person."""
    sheet = read_csv(write(tmp_path, 'a,b\n1,"2\n3,4\n5,"6\n7,8\n'))
    assert sheet.cells.select("row_number", "field_count", "c0").rows() == [
        (1, 2, "a"), (2, 1, '1,"2'), (3, 2, "3"), (4, 1, '5,"6'), (5, 2, "7"),
    ]  # fmt: skip


def test_a_line_whose_quotes_make_no_sense_is_one_cell(tmp_path: Path) -> None:
    """Nobody can tell where its cells end: a plain reader would land half of the remark and lose the rest."""
    sheet = read_csv(write(tmp_path, 'a,b\n1,"he said "hi"\nthere"\n2,"x"y\n'))
    assert sheet.cells.select("row_number", "field_count").rows() == [(1, 2), (2, 1), (3, 1), (4, 2)]


@pytest.mark.parametrize("ending", ["", "\n"])
def test_plain_quotes_are_counted_in_one_look(ending: str) -> None:
    """Wherever the last quote stands, at the end of a block or of the text."""
    for size in range(1, 140):
        text = ('"' + "x" * size + '","y,""z"' + ending).encode()
        assert records.count_text(text, ord(","), is_quoted=True) == records.Totals(1, 1, 0, is_plain=True), size


def test_pairs_of_utf_16_are_not_cut_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "STRETCH_BYTES", 64)
    rows = [f"{'a' * (number % 3)}𠮷𪚥,{number}" for number in range(200)]
    for encoding in ("utf-16-le", "utf-16-be", "utf-16"):
        sheet = read_csv(write(tmp_path, "\n".join(["名,号", *rows]).encode(encoding)))
        assert sheet.cells["c0"].to_list()[1:] == [row.split(",")[0] for row in rows]


def test_private_characters_of_utf_16_are_kept(tmp_path: Path) -> None:
    """Old systems give rare characters private points; no mark is needed to tell the encoding all the same."""
    rows = [f"陈\ue000,{number}" for number in range(20)]
    assert read_csv(write(tmp_path, "\n".join(["名,号", *rows]).encode("utf-16-le"))).cells["c0"][1] == "陈\ue000"


def read_by_csv(text: str) -> list[tuple[int, list[str | None]]]:
    reader, line, rows = csv.reader(io.StringIO(text, newline="")), 1, []
    for row in reader:
        rows += [(line, [cell.replace("\r\n", "\n") or None for cell in row])] if row else []
        line = reader.line_num + 1
    return rows


@pytest.mark.parametrize("block_bytes", [64, 192, 256 * 1024])
def test_records_are_those_of_the_standard_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int) -> None:
    """Counting on bytes must agree with Python's csv module, whatever the quotes and wherever a block of bytes ends."""
    monkeypatch.setattr(quotes, "BLOCK_BYTES", block_bytes)
    monkeypatch.setattr(records, "BLOCK_BYTES", block_bytes)
    rng = random.Random(7)
    tokens = ["a", "陈", '"x"', '"x,y"', '"p\nq"', "", " ", '"he ""said"""', '"\r\n,"', "\u2028", '5"', '""']
    for number in range(400):
        known = tokens if number % 2 else tokens[:10]
        rows = [",".join(rng.choice(known) for _ in range(rng.choice([3, 3, 3, 2, 4]))) for _ in range(rng.choice([6, 30]))]
        text = rng.choice(["\n", "\r\n"]).join(["h,i,j", *rows]) + rng.choice(["", "\n"])
        cells = read_csv(write(tmp_path, text)).cells
        assert [(row[0], list(row[2 : 2 + row[1]])) for row in cells.rows()] == read_by_csv(text), text


def test_stray_quotes_everywhere_are_read_as_well(tmp_path: Path) -> None:
    """Past some thousand odd records every line is taken by itself; the cells are the same."""
    lines = [f'{number},"5"" tube",3" pipe,"a\nb"' for number in range(4500)]
    text = "\n".join(['h,i,j,"k"', *lines])
    cells = read_csv(write(tmp_path, text)).cells
    assert [(row[0], list(row[2 : 2 + row[1]])) for row in cells.rows()] == read_by_csv(text)


def test_a_record_far_too_long_does_not_widen_the_sheet(tmp_path: Path) -> None:
    sheet = read_csv(write(tmp_path, "a,b\n1,2\n" + ",".join(map(str, range(5000))) + "\n3,4\n"))
    assert sheet.width == 10
    assert sheet.cells["field_count"].to_list() == [2, 2, 5000, 2]
    assert sheet.cells["c9"][2] == ",".join(map(str, range(9, 5000)))


def test_quotes_that_open_no_cell_mean_nothing(tmp_path: Path) -> None:
    sheet = read_csv(write(tmp_path, '管径,名\n5",陈"一"\n3"",林\n'))
    assert sheet.cells["c0"].to_list() == ["管径", '5"', '3""']
    assert sheet.cells["c1"].to_list() == ["名", '陈"一"', "林"]


def test_columns_set_apart_by_spaces_only_are_refused(tmp_path: Path) -> None:
    """An empty cell leaves no trace between spaces: every later cell would move."""
    with pytest.raises(FileRefused) as caught:
        read_csv(write(tmp_path, "姓名   身份证号   村\n陈一   3599   山下\n林二          山下\n"))
    assert caught.value.reason_code == "UNREADABLE"
    assert "fixed_width" in caught.value.text.zh


def test_commas_of_a_chinese_keyboard_inside_cells_are_no_separators(tmp_path: Path) -> None:
    sheet = read_csv(write(tmp_path, "姓名,地址\n陈一,山下村，3组，12号\n林二,山下村，4组，1号\n"))
    assert sheet.cells["c1"].to_list() == ["地址", "山下村，3组，12号", "山下村，4组，1号"]
