"""Harmless differences of writing are no drift; harmful ones are counted in tests/promises/test_drift_headers.py."""

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.mapping import build_head_index, normalise_head
from registry.errors import ConfigError
from tests.unit.connectors.deliveries_samples import COLUMNS, HEADS, land, make_roll, make_rows, write_csv

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


HARMLESS = {
    "stars": lambda heads: [f"{head}*" for head in heads],
    "spaces": lambda heads: [" ".join(head) for head in heads],
    "units": rename("金额", "金额(元)"),
    "synonym": rename("与户主关系", "关系"),
    "optional": drop("金额"),
    "full_width": rename("备注", "备注："),
}


@pytest.mark.parametrize("how", HARMLESS)
def test_harmless_differences(tmp_path: Path, how: str) -> None:
    heads = HARMLESS[how](list(HEADS))
    dropped = {position for position, head in enumerate(HEADS) if head == "金额"} if how == "optional" else set()
    rows = [[cell for position, cell in enumerate(row) if position not in dropped] for row in make_rows(12)]
    landed = land(write_csv(tmp_path / "成员.csv", [heads, *rows]))
    assert landed.quarantine.is_empty()
    assert landed.rows["name"].to_list() == [row[4] for row in make_rows(12)]
    assert landed.rows["amount"].null_count() == (12 if how == "optional" else 0)


def test_columns_are_found_by_head_not_by_place(tmp_path: Path) -> None:
    table = [list(HEADS), *make_rows(6)]
    turned = [[*row[7:], *row[:7]] for row in table]
    landed = land(write_csv(tmp_path / "成员.csv", turned))
    assert landed.rows["identity_number"].to_list() == [row[5] for row in make_rows(6)]


def test_one_head_for_two_columns_is_a_fault_of_the_declaration() -> None:
    columns = {**COLUMNS, "other": {"heads": ["姓 名"], "kind": "name"}}
    with pytest.raises(ConfigError, match="claimed by columns name and other"):
        build_head_index(make_roll(columns=columns))
