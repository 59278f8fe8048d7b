"""A sheet that states its own length is taken at its word and compared."""

from pathlib import Path

import pytest

from connectors.intake import Landed
from tests.unit.connectors.deliveries_samples import COLUMNS, HEADS, land, make_roll, make_rows, write_csv, write_xlsx

TOTALS = {
    # how the sheet states it: rows below the data (12 rows of 3 households), and what is read: stated, counted
    "households": ([["共计：3户"]], (3, 3)),
    "households_wrong": ([["共计：12户"]], (12, 12)),
    "households_off": ([["共计：5户"]], (5, 3)),
    "persons": ([["", "合计 12 人"]], (12, 12)),
    "persons_off": ([["", "合计", "", "15人"]], (15, 12)),
    "both": ([["合计：3户 12人 29140元"]], (12, 12)),
    "both_one_off": ([["合计：4户 12人"]], (4, 3)),
    "parts_and_whole": ([["合计5人"], ["合计7人"]], (12, 12)),
    "full_width": ([["总计：１２人"]], (12, 12)),
    "subtotal": ([["小计：5人"]], None),
    "page": ([["本页合计：5人"]], None),
    "bare": ([["合计", "", "", "", "", "", "", "", "3600"]], None),
    "money": ([["合计：3600元"]], None),
    "nothing": ([], None),
    "english": ([["Total: 12 persons"]], (12, 12)),
}


def read(landed: Landed) -> tuple[int, int] | None:
    stated = landed.deliveries.select("declared_count", "counted_count").row(0)
    return None if stated == (None, None) else stated


def rows_of_three_households() -> list[list[str]]:
    return [[row[0], *make_rows(1, number // 4)[0][1:3], *row[3:]] for number, row in enumerate(make_rows(12))]


ROLL = make_roll(people=[{"role": "subject", "name": "name", "identity_number": "identity_number", "household_number": "head_id"}])


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("how", TOTALS)
def test_stated_totals_are_compared(tmp_path: Path, how: str, form: str) -> None:
    below, expected = TOTALS[how]
    rows = [list(HEADS), *rows_of_three_households(), *([*row, *[""] * (len(HEADS) - len(row))] for row in below)]
    path = write_csv(tmp_path / "成员.csv", rows) if form == "csv" else write_xlsx(tmp_path / "成员.xlsx", {"一": rows})
    landed = land(path, roll=ROLL)
    assert landed.rows.height == 12
    assert read(landed) == expected


def test_a_title_may_state_it(tmp_path: Path) -> None:
    rows = [["2016年3月低保家庭成员表（共 3 户 14 人）"], list(HEADS), *rows_of_three_households()]
    assert read(land(write_xlsx(tmp_path / "成员.xlsx", {"一": rows}), roll=ROLL)) == (14, 12)


def test_a_list_of_households_may_state_its_members(tmp_path: Path) -> None:
    columns = {**COLUMNS, "size": {"heads": ["家庭人口"], "kind": "count"}}
    rows = [[*HEADS, "家庭人口"], *([*row, "3"] for row in make_rows(6)), ["合计：6户18人", *[""] * 10]]
    assert read(land(write_csv(tmp_path / "成员.csv", rows), roll=make_roll(columns=columns))) == (18, 18)
