"""Header drift is an error that says expected, got and nearest; harmless differences of writing are none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.mapping import build_head_index, normalise_head
from registry.errors import ConfigError
from tests.unit.connectors.deliveries_samples import COLUMNS, HEADS, land, make_roll, make_rows, reasons_of, write_csv, write_xlsx

Heads = list[str]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("姓 名*", "姓名"),
        ("姓　名", "姓名"),
        ("身份证\n号码", "身份证号码"),
        ("身份证号（必填）", "身份证号"),
        ("★姓名：", "姓名"),
        ("救助金额（元）", "救助金额"),
        ("银行帐号", "银行账号"),
        ("１.姓名", "姓名"),
        ("ＩＣＤ-10", "icd-10"),
        ("补助金额(万元)", "补助金额"),
        ("补助金额(万美元)", "补助金额(万美元)"),
        ("镇（街）", "镇(街)"),
        ("\ufeff姓\u200b名", "姓名"),
    ],
)
def test_normalise_head(written: str, plain: str) -> None:
    assert normalise_head(written) == plain


def rename(old: str, new: str) -> Callable[[Heads], Heads]:
    return lambda heads: [new if head == old else head for head in heads]


def drop(old: str) -> Callable[[Heads], Heads]:
    return lambda heads: [head for head in heads if head != old]


def swap(one: str, other: str) -> Callable[[Heads], Heads]:
    return lambda heads: [{one: other, other: one}.get(head, head) for head in heads]


HARMLESS = {
    "stars": lambda heads: [f"{head}*" for head in heads],
    "spaces": lambda heads: [" ".join(head) for head in heads],
    "units": rename("金额", "金额(元)"),
    "synonym": rename("与户主关系", "关系"),
    "optional": drop("金额"),
    "full_width": rename("备注", "备注："),
}
HARMFUL = {
    # how: (mutation, reason, words the sentence must hold)
    "renamed_id": (rename("身份证号", "身份代码"), "HEADER_MISSING", ["身份证号", "身份代码", "最接近"]),
    "renamed_name": (rename("姓名", "名称"), "HEADER_MISSING", ["姓名", "名称"]),
    "renamed_head": (rename("户主姓名", "户主名"), "HEADER_MISSING", ["户主姓名", "户主名", "最接近“户主"]),
    "typo": (rename("出生日期", "出身日期"), "HEADER_MISSING", ["出身日期", "最接近“出生日期”"]),
    "one_letter_gone": (rename("身份证号", "身份证"), "HEADER_MISSING", ["身份证号", "“身份证”"]),
    "traditional": (rename("性别", "性別"), "HEADER_MISSING", ["性别", "性別"]),
    "dollars": (rename("金额", "金额(万美元)"), "HEADER_UNKNOWN", ["金额(万美元)", "最接近“金额”"]),
    "with_code_list": (rename("性别", "性别(1男2女)"), "HEADER_MISSING", ["性别(1男2女)"]),
    "new_column": (lambda heads: [*heads, "手机号"], "HEADER_UNKNOWN", ["手机号", "只含已声明的列"]),
    "new_column_first": (lambda heads: ["批次", *heads], "HEADER_UNKNOWN", ["批次", "A1"]),
    "dropped_id": (drop("身份证号"), "HEADER_MISSING", ["身份证号", "没有这些列"]),
    "dropped_two": (lambda heads: drop("性别")(drop("姓名")(heads)), "HEADER_MISSING", ["姓名", "性别"]),
    "twice": (rename("备注", "姓名"), "HEADER_TWICE", ["姓名", "E1", "J1"]),
    "two_words_for_one": (rename("备注", "公民身份号码"), "HEADER_TWICE", ["身份证号", "公民身份号码"]),
    "joined_cells": (rename("性别", "性别出生"), "HEADER_MISSING", ["性别出生"]),
    "english": (rename("姓名", "name"), "HEADER_MISSING", ["姓名", "name"]),
    "numbered": (rename("姓名", "姓名1"), "HEADER_MISSING", ["姓名1", "最接近“姓名”"]),
    "swapped": (swap("姓名", "身份证号"), "CONTENT_MISMATCH", ["身份证号"]),
    "swapped_sex_and_date": (swap("性别", "出生日期"), "CONTENT_MISMATCH", ["出生日期"]),
    "shifted_right": (lambda heads: [heads[-1], *heads[:-1]], "CONTENT_MISMATCH", []),
    "garbled": (lambda heads: [head.encode().decode("latin-1") for head in heads], "HEADER_NOT_FOUND", ["表头"]),
    "no_header": (lambda heads: make_rows(1, 90)[0], "HEADER_NOT_FOUND", ["前15行"]),
    "empty_head": (rename("性别", ""), "HEADER_MISSING", ["性别"]),
    "empty_head_of_a_remark": (rename("备注", ""), "HEADER_UNKNOWN", ["没有表头的列"]),
}  # fmt: skip


@pytest.mark.parametrize("how", HARMLESS)
def test_harmless_differences(tmp_path: Path, how: str) -> None:
    heads = HARMLESS[how](list(HEADS))
    dropped = {position for position, head in enumerate(HEADS) if head == "金额"} if how == "optional" else set()
    rows = [[cell for position, cell in enumerate(row) if position not in dropped] for row in make_rows(12)]
    landed = land(write_csv(tmp_path / "成员.csv", [heads, *rows]))
    assert landed.quarantine.is_empty()
    assert landed.rows["name"].to_list() == [row[4] for row in make_rows(12)]
    assert landed.rows["amount"].null_count() == (12 if how == "optional" else 0)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("how", HARMFUL)
def test_harmful_differences_are_refused(tmp_path: Path, how: str, form: str) -> None:
    mutate, reason, words = HARMFUL[how]
    heads = mutate(list(HEADS))
    rows = [[*row[:-1], "说明" if how == "empty_head_of_a_remark" else row[-1]] for row in make_rows(12)]
    if how.startswith("dropped"):
        kept = [position for position, head in enumerate(HEADS) if head in heads]
        rows = [[row[position] for position in kept] for row in rows]
    if how.startswith("new_column"):
        rows = [["x", *row] if heads[0] == "批次" else [*row, "x"] for row in rows]
    table = [heads, *rows]
    path = write_csv(tmp_path / "成员.csv", table) if form == "csv" else write_xlsx(tmp_path / "成员.xlsx", {"一": table})
    landed = land(path)
    assert reasons_of(landed) == [reason]
    sentence = landed.quarantine.row(0, named=True)
    assert landed.rows.is_empty() and landed.deliveries["is_refused"].all()
    assert all(word in sentence["sentence_zh"] for word in words), sentence["sentence_zh"]
    assert "应为" in sentence["sentence_zh"] and "实为" in sentence["sentence_zh"] and "；请" in sentence["sentence_zh"]
    assert "expected" in sentence["sentence_en"] and "got" in sentence["sentence_en"]
    assert not any(row[5] in sentence["sentence_zh"] for row in rows if len(row) > 5 and row[5]), "no one's number in a message"


def test_columns_are_found_by_head_not_by_place(tmp_path: Path) -> None:
    table = [list(HEADS), *make_rows(6)]
    turned = [[*row[7:], *row[:7]] for row in table]
    landed = land(write_csv(tmp_path / "成员.csv", turned))
    assert landed.rows["identity_number"].to_list() == [row[5] for row in make_rows(6)]


def test_one_head_for_two_columns_is_a_fault_of_the_declaration() -> None:
    columns = {**COLUMNS, "other": {"heads": ["姓 名"], "kind": "name"}}
    with pytest.raises(ConfigError, match="claimed by columns name and other"):
        build_head_index(make_roll(columns=columns))
