"""The explanation of a finding leads to every source row and names the weakest link."""

import polars as pl
import pytest

from quality.reports.explanation import explain_finding
from quality.reports.finding_rows import write_exceptions
from quality.reports.wide_text import count_columns, pad, wrap
from registry.district import District
from registry.errors import RegistryError
from registry.schema.tables import conform_table

Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def told(tables: Tables, district: District) -> dict[str, str]:
    return {lang: explain_finding("F000007", tables, district, lang) for lang in ("zh", "en", "both")}


def test_every_source_row_stands_with_file_sheet_and_row(told: dict[str, str], tables: Tables) -> None:
    for row_id in tables["finding_evidence"].filter(pl.col("finding_id") == "F000007")["row_id"]:
        assert all(row_id in text for text in told.values())
    assert "disability_allowances（2016年6月）.xlsx" in told["zh"]
    assert "表 SY街道" in told["zh"].replace("\n  ", " ")
    assert "行 1070" in told["zh"].replace("\n  ", " ")


def test_the_grid_shows_each_month_of_both_sides(told: dict[str, str]) -> None:
    lines = told["zh"].splitlines()
    head = next(line for line in lines if line.startswith("2016 "))
    own = next(line for line in lines if line.startswith("困难残疾人生活补贴") or "60     60" in line)
    other = next(line for line in lines if "702    702" in line)
    marked = next(line for line in lines if line.startswith("重叠 "))
    assert own.split()[-12:] == ["60"] * 5 + ["."] * 7
    assert other.split()[-12:] == ["."] + ["702"] * 4 + ["."] * 7
    assert marked.split()[1:] == ["^"] * 4
    assert count_columns(own) == count_columns(other) == count_columns(head)
    assert count_columns(marked) == count_columns(head) - 7 * 7


def test_the_weakest_link_is_named_once(told: dict[str, str]) -> None:
    assert told["en"].count("← weakest link") == 1
    line = next(line for line in told["en"].splitlines() if "← weakest link" in line)
    assert "R05-201606-1-1-001070-subject" in line
    assert "0.9870" in line


def test_rule_basis_exceptions_and_limits_are_told(told: dict[str, str]) -> None:
    assert "A03" in told["en"]
    assert "Legal basis (check local law)" in told["en"]
    assert "Checks made for this finding: arrears for other months: none; returned by the bank: none" in told["en"]
    assert "本条的检查结果: 跨期补发：未见；银行退票：未见" in told["zh"]
    assert "Aid continues unchanged" in told["en"]
    assert "待遇照常发放" in told["both"]
    assert "Aid continues unchanged" in told["both"]


def test_the_person_is_masked(told: dict[str, str], tables: Tables) -> None:
    person = tables["persons"].filter(pl.col("person_id") == "P0000007").to_dicts()[0]
    for text in told.values():
        assert person["person_name"] not in text
        assert person["identity_number"] not in text
        assert person["phone_number"] not in text


def test_an_unknown_finding_is_an_expected_error(tables: Tables, district: District) -> None:
    with pytest.raises(RegistryError, match="no finding 'F999999'"):
        explain_finding("F999999", tables, district)


def test_a_finding_without_months_or_deliveries_is_still_explained(tables: Tables, district: District) -> None:
    bare = tables | {"deliveries": conform_table(pl.DataFrame(), "deliveries"), "persons": conform_table(pl.DataFrame(), "persons")}
    text = explain_finding("F000008", bare, district, "en")
    assert "row 108" in text
    none_seen = next(line for line in text.splitlines() if line.startswith("people") or "  .      ." in line)
    assert none_seen.split()[-5:] == ["."] * 5


def test_an_entitlement_without_amount_is_marked(tables: Tables, district: District) -> None:
    evidence = tables["finding_evidence"].with_columns(pl.lit(None, dtype=tables["finding_evidence"].schema["amount"]).alias("amount"))
    text = explain_finding("F000007", tables | {"finding_evidence": evidence}, district, "en")
    assert sum(line.split().count("*") for line in text.splitlines() if "  *" in line) == 9


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("低保", 4), ("𠮷a", 3), ("é", 1), ("", 0)])
def test_width_counts_chinese_twice(text: str, columns: int) -> None:
    assert count_columns(text) == columns
    assert count_columns(pad(text, 9)) == 9


def test_wrapping_breaks_between_chinese_characters_and_at_spaces() -> None:
    assert wrap("one two three", 8) == "one two\nthree"
    assert all(count_columns(line) <= 10 for line in wrap("本月收到的名册共二十份，全部入库。", 10).splitlines())
    assert wrap("本月收到的名册共二十份，全部入库。", 10).replace("\n", "") == "本月收到的名册共二十份，全部入库。"


@pytest.mark.parametrize(
    ("checked", "zh", "en"),
    [
        ("退票 returned by the bank: 未见 none", "退票：未见", "returned by the bank: none"),
        (
            "补发 arrears: 不能解释 does not explain it; 此前的月份未计入 months before were left out",
            "补发：不能解释；此前的月份未计入",
            "arrears: does not explain it; months before were left out",
        ),
        ("free text", "free text", "free text"),
        (None, None, None),
    ],
)
def test_exceptions_are_told_in_one_language(checked: str | None, zh: str | None, en: str | None) -> None:
    assert pl.select(write_exceptions(pl.lit(checked, dtype=pl.String))[0]).item() == zh
    assert pl.select(write_exceptions(pl.lit(checked, dtype=pl.String))[1]).item() == en
