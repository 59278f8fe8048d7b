"""A measure that changed more than usual is told with both figures; what grows by nature is not."""

import polars as pl
import pytest

from quality.reconciliation import check_steady
from quality.roll_measures import compare_measures, measure_rows, title_measure
from registry.district import District
from registry.roll import Roll
from registry.schema.tables import conform_table

NOW, BEFORE = "2016-06", "2016-05"


@pytest.fixture
def members(district: District) -> Roll:
    return district.rolls["dibao_members"]


@pytest.fixture
def ledger(district: District) -> Roll:
    return district.rolls["nrcms_bills"]


def frame(roll: Roll, month: str, measures: dict[str, object]) -> pl.DataFrame:
    rows = [{"roll": roll.roll, "department": roll.department, "month": month, "measure": k, "value": str(v)} for k, v in measures.items()]
    return pl.DataFrame(rows)


def compare(
    roll: Roll, measure: str, before: object, now: object, rows: int = 100, month: str = BEFORE
) -> tuple[float | None, bool | None]:
    """Return change and verdict of one measure of a roll with `rows` rows then and now."""
    sized = [{"landed_count": rows} | {measure: value} for value in (before, now)]
    compared = compare_measures(frame(roll, NOW, sized[1]), frame(roll, month, sized[0]), {roll.roll: roll}, 0.05, 50)
    row = compared.filter(pl.col("measure") == measure).row(0, named=True)
    return row["change_share"], row["is_steady"]


@pytest.mark.parametrize(
    ("measure", "before", "now", "change", "is_steady"),
    [
        ("landed_count", 100, 105, 0.05, True),
        ("landed_count", 100, 106, 0.06, False),
        ("landed_count", 100, 94, -0.06, False),
        ("person_count", 1000, 940, -0.06, False),
        ("household_count", 50, 50, 0.0, True),
        ("sum:amount", "54000.00", "57000.00", 0.0556, False),
        ("sum:amount", "-200.00", "-100.00", 0.5, False),
        ("filled_share:amount", 0.80, 0.85, 0.05, True),
        ("filled_share:amount", 0.80, 0.74, -0.06, False),
        ("quarantined_share", 0.001, 0.04, 0.039, True),
        ("quarantined_share", 0.001, 0.09, 0.089, False),
        ("id_valid_share", 0.99, 0.90, -0.09, False),
        ("sum:amount", "0.00", "57000.00", None, None),
        ("reason:ID_INVALID", 3, 9, None, None),
    ],
)
def test_limits(members: Roll, measure: str, before: object, now: object, change: float | None, is_steady: bool | None) -> None:
    assert compare(members, measure, before, now) == (change, is_steady)


@pytest.mark.parametrize(
    ("measure", "before", "now", "month", "is_steady"),
    [
        ("landed_count", 200, 400, BEFORE, True),
        ("landed_count", 200, 200, BEFORE, False),
        ("landed_count", 200, 199, BEFORE, False),
        ("sum:total", 200, 200, BEFORE, True),
        ("sum:total", 200, 150, BEFORE, False),
        ("landed_count", 4000, 60, "2015-12", None),
        ("filled_share:total", 0.9, 0.7, BEFORE, False),
        ("filled_share:total", 0.9, 0.7, "2015-12", False),
    ],
)
def test_ledgers_of_the_year(ledger: Roll, measure: str, before: object, now: object, month: str, is_steady: bool | None) -> None:
    assert ledger.delivery.content == "year_to_date"
    assert compare(ledger, measure, before, now, month=month)[1] is is_steady


def test_short_rolls_are_not_judged(members: Roll) -> None:
    assert compare(members, "person_count", 10, 40, rows=49) == (3.0, None)


def test_a_landed_roll_is_measured(members: Roll) -> None:
    rows = pl.DataFrame({name: [None, "a", "b", "b"] for name in members.columns}, schema=dict.fromkeys(members.columns, pl.String()))
    deliveries = conform_table(pl.DataFrame({"quarantined_count": [1], "refused_count": [0]}), "deliveries")
    measured = dict(measure_rows(rows, members, deliveries).rows())
    assert measured["landed_count"] == "4" and measured["person_count"] == "2" and measured["quarantined_share"] == "0.2"
    assert {measured[f"filled_share:{name}"] for name in members.columns} == {"0.75"}


def test_the_sentence_names_head_and_both_figures(members: Roll) -> None:
    quality = compare_measures(
        frame(members, NOW, {"landed_count": 100, "filled_share:sex": 0.5}),
        frame(members, BEFORE, {"landed_count": 120, "filled_share:sex": 0.9}),
        {members.roll: members},
        0.05,
        50,
    )
    results = check_steady({"roll_quality": quality}, NOW, {members.roll: members})
    assert [(r["check_name"], r["is_passed"], r["is_blocking"]) for r in results] == [
        ("steady:filled_share:sex", False, False),
        ("steady:landed_count", False, False),
    ]
    head = members.columns["sex"].heads[0]
    assert results[0]["sentence_zh"] == f"“{head}”填写率：2016-05 为 0.9，本次为 0.5（-40.0 个百分点）"
    assert results[1]["sentence_en"] == "rows landed: 120 in 2016-05, now 100 (-16.7%)"
    assert title_measure("sum:payable", None).en == "sum of 'payable'"
