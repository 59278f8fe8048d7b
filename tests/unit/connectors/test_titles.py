"""What a title says about the month: last month's file must not pass, lawful titles must."""

from pathlib import Path

import pytest

from connectors.titles import find_contradiction, find_statements
from tests.unit.connectors.deliveries_samples import HEADS, land, make_roll, make_rows, reasons_of, write_csv, write_xlsx

FINE = [
    ("2016年3月低保家庭成员表", "2016-03", "monthly"),
    ("2016年03月份发放表", "2016-03", "monthly"),
    ("二〇一六年三月低保花名册", "2016-03", "monthly"),
    ("2016年1-3月台账", "2016-03", "monthly"),
    ("SY街道发放表2016.1-6月", "2016-03", "monthly"),
    ("2016年度救助台账", "2016-03", "monthly"),
    ("2016年第一季度发放表", "2016-02", "monthly"),
    ("2016年3季度名单", "2016-09", "quarterly"),
    ("2016年7月发放表", "2016-09", "quarterly"),
    ("2016年上半年", "2016-04", "monthly"),
    ("2015-2016学年第二学期资助名册", "2016-04", "semester"),
    ("2015—2016学年度第一学期", "2016-01", "semester"),
    ("2016年秋季学期", "2016-10", "semester"),
    ("2016年1月起执行", "2016-05", "monthly"),
    ("填报时间：2016年3月15日", "2016-03", "monthly"),
    ("填报时间：2016年4月5日", "2016-03", "monthly"),
    ("2016年3月名册 填报时间：2016年2月28日", "2016-03", "monthly"),
    ("填表日期：2016-04-02", "2016-03", "quarterly"),
    ("填报单位：××镇", "2016-03", "monthly"),
    ("依据国务院令2014年第649号", "2016-03", "monthly"),
    ("二〇一六年十二月", "2016-12", "monthly"),
    ("2016年参合名册", "2016-03", "yearly"),
]
WRONG = [
    ("2016年2月低保家庭成员表", "2016-03", "monthly"),
    ("2015年3月低保家庭成员表", "2016-03", "monthly"),
    ("二〇一六年二月花名册", "2016-03", "monthly"),
    ("2016年1-2月台账", "2016-03", "monthly"),
    ("填报时间：2016年2月15日", "2016-03", "monthly"),
    ("填报时间：2016年4月25日", "2016-03", "monthly"),
    ("2016年3月名册 填报时间：2016年6月28日", "2016-03", "monthly"),
    ("2016年2季度名单", "2016-09", "quarterly"),
    ("2015年度台账", "2016-03", "monthly"),
    ("2014-2015学年第二学期", "2016-04", "semester"),
    ("制表日期：2016/2/5", "2016-03", "monthly"),
    ("2016年12月", "2016-02", "monthly"),
]


@pytest.mark.parametrize(("text", "month", "frequency"), FINE)
def test_titles_that_fit(text: str, month: str, frequency: str) -> None:
    assert find_contradiction(find_statements(text), month, frequency) is None


@pytest.mark.parametrize(("text", "month", "frequency"), WRONG)
def test_titles_that_do_not_fit(text: str, month: str, frequency: str) -> None:
    assert find_contradiction(find_statements(text), month, frequency) is not None


def test_the_cell_is_named(tmp_path: Path) -> None:
    table = [["低保家庭成员表"], ["填报单位：某镇", "", "填报时间：2016年2月15日"], list(HEADS), *make_rows(5)]
    landed = land(write_xlsx(tmp_path / "成员.xlsx", {"山下村": table}))
    assert reasons_of(landed) == ["WRONG_MONTH"]
    assert "单元格C2" in landed.quarantine["sentence_zh"][0]
    assert "2016年2月15日" in landed.quarantine["sentence_en"][0]
    assert landed.deliveries.select("refused_count", "landed_count").row(0) == (8, 0)


def test_label_and_date_in_two_cells(tmp_path: Path) -> None:
    table = [["低保家庭成员表"], ["填报时间：", "2016年4月5日"], list(HEADS), *make_rows(5)]
    assert reasons_of(land(write_xlsx(tmp_path / "成员.xlsx", {"一": table}))) == []


@pytest.mark.parametrize(
    ("name", "reasons"), [("成员_201602.csv", ["WRONG_MONTH"]), ("成员_201603.csv", []), ("成员2016年2月.csv", ["WRONG_MONTH"])]
)
def test_without_a_title_the_file_name_has_to_agree(tmp_path: Path, name: str, reasons: list[str]) -> None:
    assert reasons_of(land(write_csv(tmp_path / name, [list(HEADS), *make_rows(5)]))) == reasons


def test_a_title_outranks_the_file_name(tmp_path: Path) -> None:
    table = [["2016年3月低保家庭成员表"], list(HEADS), *make_rows(5)]
    assert reasons_of(land(write_xlsx(tmp_path / "成员2016年2月.xlsx", {"一": table}))) == []


def test_quarterly_rolls_may_name_any_month_of_the_quarter(tmp_path: Path) -> None:
    quarterly = make_roll(delivery={"glob": ["*"], "frequency": "quarterly"})
    table = [["2016年1月低保家庭成员表"], list(HEADS), *make_rows(5)]
    assert reasons_of(land(write_xlsx(tmp_path / "成员.xlsx", {"一": table}), roll=quarterly)) == []


@pytest.mark.parametrize(
    ("title", "head", "marks"),
    [
        ("单位：万元", "金额", "amount=unit_10000"),
        ("金额单位: 人民币 千元", "金额", "amount=unit_1000"),
        ("救助资金发放表（万元）", "金额", "amount=unit_10000"),
        ("单位：万元、人", "金额", "amount=unit_10000"),
        ("Amounts in thousands", "金额", "amount=unit_1000"),
        ("", "金额（万元）", "amount=unit_10000"),
        ("单位：元", "金额(万元)", "amount=unit_10000"),
        ("单位：万元", "金额(元)", None),
        ("单位：元", "金额", None),
        ("单位：SY街道", "金额", None),
    ],
)
def test_units_are_recorded_and_cells_stay_as_delivered(tmp_path: Path, title: str, head: str, marks: str | None) -> None:
    heads = [head if name == "金额" else name for name in HEADS]
    table = [["2016年3月", "", title], heads, *make_rows(5)]
    landed = land(write_xlsx(tmp_path / "成员.xlsx", {"一": table}))
    assert reasons_of(landed) == []
    assert landed.rows["cell_marks"].str.extract(r"(amount=unit_\d+)").to_list() == [marks] * 5
    assert landed.rows["amount"].to_list() == ["300", "301", "302", "303", "304"]


@pytest.mark.parametrize(
    ("titles", "said"),
    [(["单位：美元"], "美元"), (["单位：亿元"], "亿元"), (["单位：元", "单位：万元"], "万元"), (["in billions"], "billions")],
)
def test_units_nobody_can_convert_are_refused(tmp_path: Path, titles: list[str], said: str) -> None:
    table = [["2016年3月", "", *titles], list(HEADS), *make_rows(5)]
    landed = land(write_xlsx(tmp_path / "成员.xlsx", {"一": table}))
    assert reasons_of(landed) == ["WRONG_UNIT"]
    assert f"单元格{'D1' if len(titles) > 1 else 'C1'}" in landed.quarantine["sentence_zh"][0]
    assert f"单位“{said}”" in landed.quarantine["sentence_zh"][0]


def test_a_unit_over_what_is_no_amount_is_refused(tmp_path: Path) -> None:
    heads = ["姓名(万元)" if name == "姓名" else name for name in HEADS]
    assert reasons_of(land(write_xlsx(tmp_path / "成员.xlsx", {"一": [heads, *make_rows(5)]}))) == ["WRONG_UNIT"]
