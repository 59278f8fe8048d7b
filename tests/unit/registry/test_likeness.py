"""How far cells read as each kind, and which categories may stand in a declaration."""

from datetime import date

import polars as pl
import pytest

from registry.district import load_district
from registry.likeness import find_date_order, list_categories, measure_columns

CELLS = {
    "number": ["359901196703150023", "359901197001010011", "35990119670315004X", "无"],
    "damaged": ["359901196703150000", "359901197001010000", "359901196703150000", None],
    "account": ["6217001234567890123", "6217001234567890124", "6217 0012 3456 7890 125", "同上"],
    "phone": ["13805950001", "0595-22330001", "13805950003/13805950004", "-"],
    "date": ["2016.3.1", "20160301", "2016年3月", "农历38.8.15"],
    "amount": ["1,200", "540.50", "壹仟贰佰元整", "-"],
    "name": ["林秀英", "欧阳明", "陈志强(已故)", "阿依古丽·买买提"],
    "cause": ["因病", "因残", "因学", "因灾"],
    "sex": ["男", "女", "男", "女"],
    "relation": ["户主", "配偶", "长子", "孙女"],
    "place": ["安坪村", "澳里村", "狮峰村", None],
    "quarter": ["2016年一季度", "第二季度", "2016年上半年", "2015-2016学年"],
}


@pytest.fixture(scope="module")
def measures() -> dict[str, dict[str, float]]:
    cells = pl.DataFrame(CELLS)
    rows = measure_columns(cells, ["damaged", "account"], load_district("q_district"), date(2016, 3, 31)).to_dicts()
    assert [row["column"] for row in rows] == list(CELLS)
    return {str(row["column"]): row for row in rows}


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("number", "identity_number"),
        ("damaged", "identity_number"),
        ("account", "account"),
        ("phone", "phone"),
        ("date", "date"),
        ("amount", "amount"),
        ("name", "name"),
        ("sex", "sex"),
        ("relation", "relation"),
        ("quarter", "period"),
    ],
)
def test_cells_read_as_what_they_are(column: str, kind: str, measures: dict[str, dict[str, float]]) -> None:
    assert measures[column][kind] == 1.0


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("account", "identity_number"),
        ("account", "phone"),
        ("phone", "identity_number"),
        ("phone", "date"),
        ("cause", "name"),
        ("sex", "name"),
        ("number", "amount"),
        ("amount", "date"),
    ],
)
def test_cells_do_not_read_as_what_they_are_not(column: str, kind: str, measures: dict[str, dict[str, float]]) -> None:
    assert measures[column][kind] == 0.0


def test_an_empty_column_has_no_shares() -> None:
    empty = pl.DataFrame({"a": pl.Series([None, "-", "无"], dtype=pl.String)})
    row = measure_columns(empty, [], load_district("q_district"), date(2016, 3, 31)).row(0, named=True)
    assert row["filled"] == 0 and row["rows"] == 3 and row["name"] == 0.0


def test_date_order_is_told_by_days_past_twelve() -> None:
    votes = find_date_order(pl.DataFrame({"a": ["3/14/2016", "12/25/2016", "1/2/2016"], "b": ["14/3/2016", "16.3.25", "2016/3/25"]}))
    assert votes.select("mdy", "dmy").rows() == [(2, 0), (0, 1)]


def test_names_numbers_and_addresses_are_marked_among_categories() -> None:
    values = list_categories(pl.Series(["因病", "因病", "林秀英", "林和镇", "Anna Smith", "13805950001", "a@b.org", None, "-", "Yes"]))
    assert dict(values.select("value", "count").iter_rows())["因病"] == 2
    assert set(values.filter("is_personal")["value"]) == {"林秀英", "林和镇", "Anna Smith", "13805950001", "a@b.org"}
