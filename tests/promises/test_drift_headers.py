"""Forty ways in which a header drifts, each in a text file and in a workbook: all are told with expected, got and nearest (D10)."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlsxwriter

from connectors.intake import Landed
from tests.unit.connectors.deliveries_samples import HEADS, land, make_rows, reasons_of, write_csv

pytestmark = pytest.mark.promises
Rows = list[list[str]]
Spoil = Callable[[Rows], Rows]
ROWS = 20
MERGED = "\x00"
"""Stands for a cell that a merged head beside it covers."""


@dataclass(frozen=True)
class Drift:
    """One mutation: what it does to the table, the reason given, and words the Chinese sentence must hold."""

    spoil: Spoil
    reason: str
    words: tuple[str, ...] = ()


def heads(change: Callable[[list[str]], list[str]]) -> Spoil:
    return lambda table: [change(table[0]), *table[1:]]


def rename(**names: str) -> Spoil:
    return heads(lambda row: [names.get(head, head) for head in row])


def swap(one: str, other: str) -> Spoil:
    return rename(**{one: other, other: one})


def drop(*names: str) -> Spoil:
    kept = [position for position, head in enumerate(HEADS) if head not in names]
    return lambda table: [[row[position] for position in kept] for row in table]


def add(head: str, cell: str = "x", *, first: bool = False) -> Spoil:
    return lambda table: [[new, *row] if first else [*row, new] for row, new in zip(table, [head] + [cell] * ROWS, strict=True)]


def fill_remarks(table: Rows) -> Rows:
    return [table[0], *([*row[:-1], "说明"] for row in table[1:])]


def banner(count: int) -> Spoil:
    return lambda table: [*([f"通知第{number}条", *[""] * 9] for number in range(count)), *table]


def shift_data(table: Rows) -> Rows:
    return [table[0], *([*row[1:], ""] for row in table[1:])]


MISSING, UNKNOWN, TWICE = "HEADER_MISSING", "HEADER_UNKNOWN", "HEADER_TWICE"
NOT_FOUND, MISMATCH = "HEADER_NOT_FOUND", "CONTENT_MISMATCH"

DRIFTS = {
    # renamed
    "renamed_id": Drift(rename(身份证号="身份代码"), MISSING, ("身份证号", "身份代码", "最接近")),
    "renamed_name": Drift(rename(姓名="名称"), MISSING, ("姓名", "名称")),
    "renamed_head": Drift(rename(户主姓名="户主名"), MISSING, ("户主姓名", "户主名", "最接近“户主")),
    "renamed_two": Drift(rename(性别="男或女", 出生日期="生日"), MISSING, ("性别", "出生日期", "男或女", "生日")),
    "typo": Drift(rename(出生日期="出身日期"), MISSING, ("出身日期", "最接近“出生日期”")),
    "one_letter_gone": Drift(rename(身份证号="身份证"), MISSING, ("身份证号", "“身份证”")),
    "traditional": Drift(rename(性别="性別"), MISSING, ("性别", "性別")),
    "english": Drift(rename(姓名="name"), MISSING, ("姓名", "name")),
    "pinyin": Drift(rename(姓名="xingming"), MISSING, ("姓名", "xingming")),
    "numbered": Drift(rename(姓名="姓名1"), MISSING, ("姓名1", "最接近“姓名”")),
    "with_code_list": Drift(rename(性别="性别(1男2女)"), MISSING, ("性别(1男2女)",)),
    "foreign_money": Drift(rename(金额="金额(万美元)"), UNKNOWN, ("金额(万美元)", "最接近“金额”")),
    "renamed_amount": Drift(rename(金额="救助标准金额"), UNKNOWN, ("救助标准金额", "最接近“救助金额”")),
    # merged
    "joined_cells": Drift(rename(性别="性别出生"), MISSING, ("性别出生",)),
    "joined_by_slash": Drift(rename(姓名="姓名/身份证号"), MISSING, ("姓名/身份证号",)),
    "merged_over_two": Drift(rename(身份证号=MERGED), TWICE, ("姓名", "E1")),
    # missing
    "dropped_id": Drift(drop("身份证号"), MISSING, ("身份证号", "没有这些列")),
    "dropped_two": Drift(drop("性别", "姓名"), MISSING, ("姓名", "性别")),
    "empty_head": Drift(rename(性别=""), MISSING, ("性别",)),
    "empty_head_of_a_remark": Drift(lambda table: rename(备注="")(fill_remarks(table)), UNKNOWN, ("没有表头的列",)),
    # doubled, added
    "twice": Drift(rename(备注="姓名"), TWICE, ("姓名", "E1", "J1")),
    "two_words_for_one": Drift(rename(备注="公民身份号码"), TWICE, ("身份证号", "公民身份号码")),
    "twice_with_a_number": Drift(add("身份证号(2)"), UNKNOWN, ("身份证号(2)", "最接近“身份证号”")),
    "new_column": Drift(add("手机号"), UNKNOWN, ("手机号", "只含已声明的列")),
    "new_column_first": Drift(add("批次", first=True), UNKNOWN, ("批次", "A1")),
    "new_total": Drift(add("合计", "300"), UNKNOWN, ("合计",)),
    # swapped, type-swapped, shifted
    "swapped": Drift(swap("姓名", "身份证号"), MISMATCH, ("身份证号",)),
    "swapped_sex_and_date": Drift(swap("性别", "出生日期"), MISMATCH, ("出生日期",)),
    "swapped_sex_and_name": Drift(swap("性别", "姓名"), MISMATCH, ("性别",)),
    "swapped_kin_and_name": Drift(swap("与户主关系", "姓名"), MISMATCH, ("姓名", "称谓")),
    "swapped_id_and_amount": Drift(swap("身份证号", "金额"), MISMATCH, ("金额",)),
    "swapped_head_and_number": Drift(swap("户主姓名", "户主身份证"), MISMATCH, ("户主身份证",)),
    "heads_shifted": Drift(heads(lambda row: [row[-1], *row[:-1]]), MISMATCH),
    "data_shifted": Drift(shift_data, MISMATCH),
    # no header any more
    "banner_of_twenty_lines": Drift(banner(20), NOT_FOUND, ("前15行",)),
    "garbled": Drift(heads(lambda row: [head.encode().decode("latin-1") for head in row]), NOT_FOUND, ("表头",)),
    "no_header": Drift(lambda table: [make_rows(1, 90)[0], *table[1:]], NOT_FOUND, ("前15行",)),
    "numbers_for_heads": Drift(heads(lambda row: [str(number) for number in range(1, 11)]), NOT_FOUND, ("表头",)),
    "columns_for_heads": Drift(heads(lambda row: [f"列{number}" for number in range(1, 11)]), NOT_FOUND, ("表头",)),
    "another_roll": Drift(
        heads(lambda row: ["学籍号", "学生", "学校", "年级", "班级", "入学", "监护人", "电话", "住址", "备注"]), NOT_FOUND, ("表头",)
    ),
}

HARMLESS: dict[str, Spoil] = {
    "banner": banner(3),
    "banner_with_another_title": lambda table: [["2016年3月低保家庭成员表", *[""] * 9], ["填报单位：SY镇", *[""] * 9], *table],
    "turned": lambda table: [[*row[5:], *row[:5]] for row in table],
    "optional_gone": drop("金额"),
    "stars_and_spaces": heads(lambda row: [f"{' '.join(head)}*" for head in row]),
    "repeated_in_the_middle": lambda table: [*table[:10], table[0], *table[10:]],
}


def write_book(path: Path, table: Rows) -> Path:
    """Write a workbook; a head followed by MERGED is merged over both cells."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("一")
        for number, row in enumerate(table):
            for position, cell in enumerate(row):
                if cell == MERGED:
                    sheet.merge_range(number, position - 1, number, position, row[position - 1])
                elif cell:
                    sheet.write_string(number, position, cell)
    return path


def deliver(folder: Path, form: str, table: Rows) -> Landed:
    if form == "xlsx":
        return land(write_book(folder / "成员.xlsx", table))
    # A text file knows no merged cells: programs write the head over each of them.
    plain = [[row[position - 1] if cell == MERGED else cell for position, cell in enumerate(row)] for row in table]
    return land(write_csv(folder / "成员.csv", plain))


def find_silence(drift: Drift, landed: Landed, table: Rows) -> str | None:
    """Return what is wrong with the answer to a drift; None when it was told in full."""
    if reasons_of(landed) != [drift.reason] or landed.rows.height:
        return f"{reasons_of(landed)}, {landed.rows.height} rows landed"
    said = landed.quarantine.row(0, named=True)
    zh, en = said["sentence_zh"], said["sentence_en"]
    if not all(word in zh for word in (*drift.words, "应为", "实为", "；请")) or "expected" not in en or "got" not in en:
        return f"{zh} | {en}"
    if any(row[5] in zh for row in make_rows(ROWS)):
        return "somebody's number in a message"
    return None


def test_forty_header_drifts_are_told(tmp_path: Path) -> None:
    assert len(DRIFTS) == 40
    silent: dict[tuple[str, str], str] = {}
    for how, drift in DRIFTS.items():
        for form in ("csv", "xlsx"):
            folder = tmp_path / how / form
            folder.mkdir(parents=True)
            table = drift.spoil([list(HEADS), *make_rows(ROWS)])
            problem = find_silence(drift, deliver(folder, form, table), table)
            silent |= {(how, form): problem} if problem else {}
    sys.stdout.write(f"header drifts told: {2 * len(DRIFTS) - len(silent)} of {2 * len(DRIFTS)}\n")
    assert not silent, "\n".join(f"{how} {form}: {problem}" for (how, form), problem in silent.items())


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("how", HARMLESS)
def test_what_does_no_harm_lands_under_the_right_columns(tmp_path: Path, how: str, form: str) -> None:
    landed = deliver(tmp_path, form, HARMLESS[how]([list(HEADS), *make_rows(ROWS)]))
    assert landed.quarantine.is_empty()
    assert landed.rows["name"].to_list() == [row[4] for row in make_rows(ROWS)]
    assert landed.rows["identity_number"].to_list() == [row[5] for row in make_rows(ROWS)]
    assert landed.rows["amount"].null_count() == (ROWS if how == "optional_gone" else 0)
