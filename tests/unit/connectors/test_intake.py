"""Landing: every row landed, sent back with an address, refused or no data; nothing lost."""

import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from connectors.reconcile import find_count_problems, require_all_counted
from registry.schema.tables import LANDED_COLUMNS
from tests.unit.connectors.deliveries_samples import COLUMNS, HEADS, land, make_roll, make_rows, reasons_of, write_csv, write_xlsx

COUNTS = ("row_count", "landed_count", "quarantined_count", "refused_count", "skipped_count")
TITLE = ["2016年3月低保家庭成员表"]


def test_a_plain_file_lands_with_addresses(tmp_path: Path) -> None:
    landed = land(write_csv(tmp_path / "成员.csv", [list(HEADS), *make_rows(20)], "gb18030"))
    assert landed.rows.columns == [*LANDED_COLUMNS, *COLUMNS]
    first = landed.rows.row(0, named=True)
    assert (first["row_id"], first["row_number"], first["sheet"], first["sheet_number"]) == ("R02-201603-1-1-000002", 2, "", 1)
    assert landed.deliveries.select(COUNTS).row(0) == (21, 20, 0, 0, 1)
    assert landed.quarantine.is_empty()


def test_no_file_gives_empty_frames_of_the_same_shape() -> None:
    landed = land()
    assert landed.rows.columns == [*LANDED_COLUMNS, *COLUMNS]
    assert landed.rows.is_empty() and landed.deliveries.is_empty() and landed.quarantine.is_empty()


def test_two_level_header_with_merged_cells(tmp_path: Path) -> None:
    path = tmp_path / "成员.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("山下村")
        sheet.merge_range(0, 0, 0, 9, TITLE[0])
        sheet.merge_range(1, 0, 1, 9, "填报单位：某镇    填报时间：2016年3月15日    单位：元")
        for position in (0, 6, 7, 8, 9):
            sheet.merge_range(2, position, 3, position, HEADS[position])
        sheet.merge_range(2, 1, 2, 2, "户主信息")
        sheet.merge_range(2, 3, 2, 5, "成员信息")
        for position in range(1, 6):
            sheet.write(3, position, HEADS[position])
        for number, row in enumerate(make_rows(6), 4):
            sheet.write_row(number, 0, row)
        # The household's head is told once for three members.
        sheet.merge_range(4, 1, 6, 1, "庄大")
        sheet.merge_range(7, 1, 9, 1, "庄小")
    landed = land(path)
    assert landed.quarantine.is_empty()
    assert landed.rows["head_name"].to_list() == ["庄大"] * 3 + ["庄小"] * 3
    assert landed.rows["row_number"].to_list() == [5, 6, 7, 8, 9, 10]


def test_three_levels_tell_equal_heads_apart(tmp_path: Path) -> None:
    columns = {**COLUMNS, "mother_name": {"heads": ["母亲姓名"], "kind": "name"}, "mother_id": {"heads": ["母亲身份证号"]}}
    top = ["家庭情况", "", "", "", "", "", "", "", "", "", "", ""]
    groups = ["", "户主", "", "", "本人", "", "", "", "", "", "母亲", ""]
    lowest = ["序号", "户主姓名", "户主身份证", "与户主关系", "姓名", "身份证号", "性别", "出生日期", "金额", "备注", "姓名", "身份证号"]
    table = [top, groups, lowest, *([*row, "王某", "359901195001010011"] for row in make_rows(5))]
    landed = land(write_xlsx(tmp_path / "成员.xlsx", {"一": table}), roll=make_roll(columns=columns))
    assert reasons_of(landed) == []
    assert set(landed.rows["mother_name"]) == {"王某"}
    assert landed.rows["name"].to_list() == [row[4] for row in make_rows(5)]


def test_blank_cells_outside_merged_ranges_stay_blank(tmp_path: Path) -> None:
    rows = make_rows(4)
    rows[2][2] = ""
    landed = land(write_xlsx(tmp_path / "成员.xlsx", {"一": [list(HEADS), *rows]}))
    assert landed.rows["head_id"].to_list() == [rows[0][2], rows[1][2], None, rows[3][2]]


IDLE = {
    "total": ["合计", "", "", "", "", "", "", "", "1500"],
    "spaced_total": ["", "合　　计", "", "", "", "", "", "", "1500"],
    "subtotal": ["山下村小计", "", "", "", "", "", "", "", "900"],
    "total_in_the_name": ["", "", "", "", "小计", "", "", "", "900"],
    "count": ["共计：12户"],
    "blank": ["", "", ""],
    "header_again": list(HEADS),
    "title_again": TITLE,
    "signature": ["制表人：        审核人：        负责人："],
    "signatures_in_cells": ["制表人：", "庄某", "", "审核人：", "林某"],
    "filled_on": ["填报日期：2016年3月31日"],
    "serial_only": ["13"],
    "end": ["以下空白"],
}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_rows_without_people_are_skipped_wherever_they_stand(tmp_path: Path, form: str) -> None:
    data = make_rows(26)
    rows: list[list[str]] = []
    for kind, row in zip(IDLE.values(), range(0, 26, 2), strict=True):
        rows += [*data[row : row + 2], [*kind, *[""] * (len(HEADS) - len(kind))]]
    table = [[*TITLE, *[""] * 9], list(HEADS), *rows]
    path = write_csv(tmp_path / "成员.csv", table) if form == "csv" else write_xlsx(tmp_path / "成员.xlsx", {"一": table})
    landed = land(path)
    assert landed.rows["name"].to_list() == [row[4] for row in data]
    # A blank row at the very end of a sheet would not be counted; here data and other rows follow it.
    assert landed.deliveries.select(COUNTS).row(0) == (41, 26, 0, 0, 15)
    assert landed.rows["row_number"].to_list() == [number for number in range(3, 42) if number % 3 != 2]


def test_people_whose_rows_look_like_totals_stay(tmp_path: Path) -> None:
    rows = make_rows(4)
    rows[0][9] = "合计三人"
    rows[1][5], rows[1][9] = "", "小计"
    rows[2][5], rows[2][2], rows[2][0] = "无", "", "备注"
    rows[3][5] = rows[3][2] = ""
    landed = land(write_csv(tmp_path / "成员.csv", [list(HEADS), *rows]))
    assert landed.rows.height == 4


def test_short_and_long_rows_are_addressed(tmp_path: Path) -> None:
    rows = make_rows(40)
    rows[4] = rows[4][:-3]
    rows[9] = [*rows[9], "多"]
    rows[12] = [*rows[12], ""]
    landed = land(write_csv(tmp_path / "成员.csv", [list(HEADS), *rows]))
    assert landed.quarantine.select("row_number", "reason_code", "scope_code").rows() == [
        (6, "FIELD_COUNT", "row"),
        (11, "FIELD_COUNT", "row"),
    ]
    assert landed.quarantine["sentence_zh"][0].startswith("第6行：应有10个单元格，实有7个")
    assert landed.quarantine["sentence_en"][1].startswith("row 11: expected 10 cells, got 11")
    assert landed.rows.height == 38
    assert landed.deliveries.select(COUNTS).row(0) == (41, 38, 2, 0, 1)


def test_quoted_newlines_keep_physical_lines(tmp_path: Path) -> None:
    rows = make_rows(4)
    rows[1][9] = '"两行\n备注"'
    landed = land(write_csv(tmp_path / "成员.csv", [list(HEADS), *rows]))
    assert landed.rows["row_number"].to_list() == [2, 3, 5, 6]
    assert landed.deliveries["row_count"].to_list() == [5]


def test_numeric_ids_are_marked(tmp_path: Path) -> None:
    rows: list[list[object]] = [list(row) for row in make_rows(4)]
    rows[1][5], rows[1][2], rows[2][5], rows[0][8] = 359901197001010029, 359901196703150023, 35990119700101, 540.5
    landed = land(write_xlsx(tmp_path / "成员.xlsx", {"一": [list(HEADS), *rows]}))
    assert landed.rows["cell_marks"].to_list() == [
        None,
        "head_id=excel_numeric;identity_number=excel_numeric",
        "identity_number=excel_numeric",
        None,
    ]
    assert landed.rows["identity_number"][1] == "359901197001010000"
    assert landed.rows["amount"][0] == "540.5"


def test_required_cells(tmp_path: Path) -> None:
    rows = make_rows(60)
    rows[3][4] = ""
    rows[7][4], rows[7][1] = " ", "　"
    landed = land(write_csv(tmp_path / "成员.csv", [list(HEADS), *rows]))
    assert landed.quarantine.select("row_number", "column", "reason_code").rows() == [
        (5, "姓名", "REQUIRED_EMPTY"),
        (9, "户主姓名", "REQUIRED_EMPTY"),
    ]
    assert "“户主姓名、姓名”" in landed.quarantine["sentence_zh"][1]
    assert landed.quarantine["cell_value"].to_list() == [None, None]


def test_what_is_sent_back_names_the_head_that_was_delivered(tmp_path: Path) -> None:
    rows = make_rows(60)
    rows[7][1] = ""
    heads = ["户主" if head == "户主姓名" else "公民身份号码 *" if head == "身份证号" else head for head in HEADS]
    landed = land(write_csv(tmp_path / "成员.csv", [heads, *rows]))
    assert landed.quarantine.select("row_number", "column", "reason_code").rows() == [(9, "户主", "REQUIRED_EMPTY")]
    assert set(landed.rows["cell_marks"]) == {"head_name=head_户主;identity_number=head_公民身份号码*"}


def test_destroyed_characters_send_the_row_back(tmp_path: Path) -> None:
    rows = make_rows(60)
    rows[3][4], rows[5][1] = "陈\ufffd", "锟斤拷"
    landed = land(write_csv(tmp_path / "成员.csv", [list(HEADS), *rows]))
    assert landed.quarantine.select("row_number", "reason_code").rows() == [(5, "BAD_ENCODING"), (7, "BAD_ENCODING")]
    assert not landed.rows.select(pl.any_horizontal(pl.col(pl.String).str.contains("\ufffd"))).to_series().any()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_broken_byte_costs_one_row(tmp_path: Path, encoding: str) -> None:
    path = write_csv(tmp_path / "成员.csv", [list(HEADS), *make_rows(60)], encoding)
    name = make_rows(60)[20][4].encode(encoding.removesuffix("-sig"))
    content = path.read_bytes()
    at = content.index(name, content.index(b"359901196703150020"))
    path.write_bytes(content[:at] + b"\xff" + content[at + 1 :])
    landed = land(path)
    assert landed.quarantine.select("row_number", "scope_code").rows() == [(22, "row")]
    assert landed.rows.height == 59


def test_too_many_faulty_rows_refuse_the_file(tmp_path: Path) -> None:
    rows = make_rows(30)
    for row in rows[:4]:
        row[4] = ""
    bad = write_csv(tmp_path / "成员1.csv", [list(HEADS), *rows])
    good = write_csv(tmp_path / "成员2.csv", [list(HEADS), *make_rows(30, 50)])
    landed = land(bad, good)
    assert landed.deliveries.select("file_name", "is_refused", "reason_code", *COUNTS).rows() == [
        ("成员1.csv", True, "REQUIRED_EMPTY", 31, 0, 0, 30, 1),
        ("成员2.csv", False, None, 31, 30, 0, 0, 1),
    ]
    assert sorted(landed.quarantine["scope_code"]) == ["file", "row", "row", "row", "row"]
    assert "30行中有4行" in landed.quarantine.filter(pl.col("scope_code") == "file")["sentence_zh"][0]
    assert landed.rows["file_name"].unique().to_list() == ["成员2.csv"]


def test_a_short_list_is_not_refused_for_one_row(tmp_path: Path) -> None:
    rows = make_rows(4)
    rows[0][4] = ""
    landed = land(write_csv(tmp_path / "成员.csv", [list(HEADS), *rows]))
    assert landed.rows.height == 3
    assert not landed.deliveries["is_refused"].any()


def test_all_sheets_land_and_others_are_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "成员.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in {
            "山下村": make_rows(3),
            "藏": make_rows(2, 20),
            "汇总": [["镇", "户数"], ["某镇", "12"]],
            "空": [],
            "江口村": make_rows(2, 5),
        }.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows if name in {"汇总", "空"} else [list(HEADS), *rows]):
                sheet.write_row(number, 0, row)
            if name == "藏":
                sheet.hide()
    landed = land(path)
    assert landed.deliveries.select("sheet", "sheet_number", "reason_code", *COUNTS).rows() == [
        ("山下村", 1, None, 4, 3, 0, 0, 1),
        ("藏", 2, "HIDDEN_SHEET", 3, 0, 0, 0, 3),
        ("汇总", 3, None, 2, 0, 0, 0, 2),
        ("空", 4, None, 0, 0, 0, 0, 0),
        ("江口村", 5, None, 3, 2, 0, 0, 1),
    ]
    assert not landed.deliveries["is_refused"].any()
    assert landed.rows["row_id"].to_list()[-1] == "R02-201603-1-5-000003"
    assert landed.quarantine.select("sheet", "reason_code").rows() == [("藏", "HIDDEN_SHEET")]


def test_one_bad_sheet_refuses_the_whole_file(tmp_path: Path) -> None:
    """A town left out of a snapshot would look like a town without aid."""
    heads = ["序号", "户主姓名", "户主身份证", "与户主关系", "姓名", "身份代码", "性别", "出生日期", "金额", "备注"]
    landed = land(write_xlsx(tmp_path / "成员.xlsx", {"一": [list(HEADS), *make_rows(3)], "二": [heads, *make_rows(3)]}))
    assert landed.deliveries["is_refused"].to_list() == [True, True]
    assert landed.deliveries["refused_count"].to_list() == [3, 4]
    assert landed.quarantine.select("sheet", "scope_code", "reason_code").rows() == [("二", "file", "HEADER_MISSING")]


def test_a_broken_file_leaves_the_others_alone(tmp_path: Path) -> None:
    text = tmp_path / "成员1.xlsx"
    text.write_text("姓名,身份证\n", encoding="utf-8")
    landed = land(text, write_csv(tmp_path / "成员2.csv", [list(HEADS), *make_rows(3)]))
    assert landed.rows.height == 3
    assert reasons_of(landed) == ["NOT_A_SPREADSHEET"]
    row = landed.quarantine.row(0, named=True)
    assert (row["scope_code"], row["quarantine_id"], row["file_name"]) == ("file", "R02-201603-1-1-file", "成员1.xlsx")
    assert all(word in row["sentence_zh"] for word in ("成员1.xlsx", "应为", "实为", "普通文本", "请"))
    assert landed.deliveries.row(0, named=True)["reason_code"] == "NOT_A_SPREADSHEET"


def test_the_same_file_twice_counts_once(tmp_path: Path) -> None:
    table = [list(HEADS), *make_rows(5)]
    landed = land(write_csv(tmp_path / "成员.csv", table), write_csv(tmp_path / "副本成员.csv", table))
    assert landed.rows.height == 5
    assert reasons_of(landed) == ["DUPLICATE_FILE"]
    assert "“成员.csv”完全相同" in landed.quarantine["sentence_zh"][0]


@pytest.mark.parametrize(("content", "reasons"), [("snapshot", ["EMPTY_FILE"]), ("year_to_date", []), ("new_rows", [])])
def test_a_header_without_rows(tmp_path: Path, content: str, reasons: list[str]) -> None:
    """A month without a new case is normal; a register without anybody is not."""
    roll = make_roll(delivery={"glob": ["*"], "content": content})
    assert reasons_of(land(write_csv(tmp_path / "成员.csv", [list(HEADS)]), roll=roll)) == reasons


def test_exactly_a_full_sheet_is_a_question(tmp_path: Path) -> None:
    landed = land(write_csv(tmp_path / "成员.csv", [list(HEADS), *make_rows(65_535)]))
    assert reasons_of(landed) == ["ROW_LIMIT"]
    assert landed.deliveries["refused_count"].to_list() == [65_536]


def test_naughty_strings_survive(tmp_path: Path) -> None:
    naughty = [
        "=1+1",
        "<script>alert(1)</script>",
        "'; DROP TABLE x;--",
        "{{7*7}}",
        "\u202etest",
        "ᚠᛇᚻ",
        "👩‍👩‍👧",
        "NULL",
        "nan",
        "../../etc",
        "1E5",
        "-",
    ]
    rows = make_rows(len(naughty))
    for row, text in zip(rows, naughty, strict=True):
        row[4] = text
    for path in (write_csv(tmp_path / "成员.csv", [list(HEADS), *rows]), write_xlsx(tmp_path / "成员.xlsx", {"一": [list(HEADS), *rows]})):
        assert land(path).rows["name"].to_list() == naughty


SPOILS: tuple[Callable[[list[str]], list[str]], ...] = (
    lambda row: [*row[:4], "", *row[5:]],
    lambda row: row[:-1],
    lambda row: [*row, "x"],
    lambda row: [row[0], "\ufffd", *row[2:]],
)


def test_the_sum_is_proven_for_random_files(tmp_path: Path) -> None:
    rng = random.Random(11)
    idle = [[*row, *[""] * (len(HEADS) - len(row))] for row in IDLE.values()]
    for number in range(25):
        rows = make_rows(40, number)
        for spoilt in rng.sample(range(40), 3):
            rows[spoilt] = rng.choice(SPOILS)(rows[spoilt])
        mixed = [cells for row in rows for cells in ([rng.choice(idle), row] if rng.random() < 0.2 else [row])]
        landed = land(write_csv(tmp_path / f"成员{number}.csv", [list(HEADS), *mixed]))
        assert find_count_problems(landed.deliveries, landed.rows, landed.quarantine) == []
        assert landed.deliveries["row_count"].to_list() == [len(mixed) + 1]
        assert landed.rows.height + landed.quarantine.height == 40


def test_lost_rows_are_noticed(tmp_path: Path) -> None:
    landed = land(write_csv(tmp_path / "成员.csv", [list(HEADS), *make_rows(9)]))
    problems = find_count_problems(landed.deliveries, landed.rows.head(8), landed.quarantine)
    assert len(problems) == 1 and "成员.csv" in problems[0].en
    miscounted = landed.deliveries.with_columns(row_count=pl.col("row_count") + 1)
    assert len(find_count_problems(miscounted, landed.rows, landed.quarantine)) == 1
    with pytest.raises(ArithmeticError, match="expected equal"):
        require_all_counted(miscounted, landed.rows, landed.quarantine)


def test_rows_sent_back_are_counted_by_themselves(tmp_path: Path) -> None:
    """A row with two faults is one row, and a row said to be sent back must stand in the quarantine."""
    landed = land(write_csv(tmp_path / "成员.csv", [list(HEADS), *make_rows(9)]))
    deliveries = landed.deliveries.with_columns(landed_count=pl.col("landed_count") - 1, quarantined_count=pl.lit(1, dtype=pl.Int64))
    delivery = deliveries.row(0, named=True)
    address = {name: [delivery[name]] * 2 for name in ("file_hash", "file_name", "sheet")}
    fault = {**address, "row_number": [10, 10], "scope_code": ["row"] * 2}
    quarantine = pl.concat([landed.quarantine, pl.DataFrame(fault)], how="diagonal_relaxed")
    assert find_count_problems(deliveries, landed.rows.head(8), quarantine) == []
    assert len(find_count_problems(deliveries, landed.rows.head(8), landed.quarantine)) == 1
