"""English titles state their month; last month's file cannot pass as this month's."""

import pytest

from connectors.titles import find_contradiction, find_statements


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Cash Assistance: June 2016", (2016, 6), (2016, 6)),
        ("SUPPORTED LIVING, SEPT. 2016", (2016, 9), (2016, 9)),
        ("Deaths recorded, January to June 2016", (2016, 1), (2016, 6)),
        ("Jan-Mar 2016", (2016, 1), (2016, 3)),
        ("Nov - Jan 2016", (2015, 11), (2016, 1)),
        ("Q2 2016", (2016, 4), (2016, 6)),
        ("2016 Q1", (2016, 1), (2016, 3)),
        ("2nd quarter of 2016", (2016, 4), (2016, 6)),
        ("School year 2015-2016", (2015, 9), (2016, 8)),
        ("as of June 30, 2016", (2016, 6), (2016, 6)),
        ("30 June 2016", (2016, 6), (2016, 6)),
        ("Month: 6/2016", (2016, 6), (2016, 6)),
        ("Disability Allowance Jun-2016.csv", (2016, 6), (2016, 6)),
    ],
)
def test_a_period_is_found(text: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    (found,) = find_statements(text)
    assert (divmod(found.first, 12), divmod(found.last, 12)) == ((first[0], first[1] - 1), (last[0], last[1] - 1))
    assert not found.is_filling


@pytest.mark.parametrize("text", ["FY2016", "6/30/2016", "Marchbanks House 2016", "Room 2016", "Ordinance 12 of 2016", "may be late"])
def test_what_is_no_sure_month_is_left_alone(text: str) -> None:
    assert find_statements(text) == []


@pytest.mark.parametrize("text", ["Report date: July 2, 2016", "Printed on 2 July 2016", "Prepared: July 2, 2016"])
def test_the_day_of_filling_in_is_told_apart(text: str) -> None:
    (found,) = find_statements(text)
    assert found.is_filling
    assert find_contradiction([found], "2016-06", "monthly") is None
    assert find_contradiction([found], "2016-04", "monthly") is found


def test_last_months_title_contradicts() -> None:
    statements = find_statements("Cash Assistance: May 2016")
    assert find_contradiction(statements, "2016-05", "monthly") is None
    assert find_contradiction(statements, "2016-06", "monthly") is statements[0]
    assert statements[0].text == "May 2016"
    assert find_contradiction(find_statements("January to June 2016"), "2016-06", "monthly") is None
