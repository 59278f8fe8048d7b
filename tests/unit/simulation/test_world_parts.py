"""The small parts the made-up lives are computed with: months, spans of entitlement, the rhythm of lists, numbers."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from simulation.allowances import intersect, stop_before, text_months
from simulation.calendar import NEVER, ages_on, day_number, first_days, last_days, month_number, month_texts, months_of_days
from simulation.deliveries import latest, list_points, quarter_of, quarter_points, semester_of
from simulation.families import spans
from simulation.identity import draw_identity_numbers
from simulation.names import draw_clans, draw_given_names
from simulation.payments import Spans, pay_quarterly, quarter_text
from simulation.places import list_villages, village_weights
from simulation.schooling import semesters
from simulation.streams import open_stream, pick_some, pick_weighted


@dataclass
class Window:
    """The part of a Setting that tells which months are asked."""

    first: int
    last: int

    @property
    def today(self) -> int:
        return int(last_days(self.last))


def window(first: str, last: str) -> Window:
    return Window(month_number(first), month_number(last))


def test_months_and_days_go_there_and_back() -> None:
    texts = ["1969-12", "1970-01", "2015-02", "2016-02", "2016-12"]
    numbers = np.array([month_number(text) for text in texts])
    assert numbers.tolist()[:2] == [-1, 0]
    assert month_texts(numbers[1:]).to_list() == texts[1:]
    assert months_of_days(first_days(numbers)).tolist() == numbers.tolist()
    assert months_of_days(last_days(numbers)).tolist() == numbers.tolist()
    assert text_months(pl.Series(["2016-02", None])).tolist() == [month_number("2016-02"), NEVER]


@pytest.mark.parametrize(
    ("born", "day", "age"), [("1936-02-29", "2016-02-28", 79), ("1936-02-29", "2016-02-29", 80), ("2015-12-31", "2016-01-01", 0)]
)
def test_ages_count_full_years(born: str, day: str, age: int) -> None:
    assert ages_on(np.array([day_number(born)]), day_number(day)).tolist() == [age]


def make_spans(*rows: tuple[int, int, int]) -> Spans:
    person, first, last = (np.array(column) for column in zip(*rows, strict=True))
    return Spans(person, first, last, np.full(len(rows), 100))


def test_spans_meet_and_stop() -> None:
    draws = make_spans((1, 10, NEVER), (2, 10, 20), (3, 10, 12))
    holds = make_spans((1, 15, 18), (2, 5, NEVER), (3, 13, NEVER))
    both = intersect(draws, holds, 5)
    assert list(zip(both.person, both.first, both.last, strict=True)) == [(1, 15, 18), (2, 10, 20)]
    starts = np.full(5, NEVER)
    starts[1], starts[2] = 17, 10
    ended = stop_before(both, starts)
    assert list(zip(ended.person, ended.first, ended.last, strict=True)) == [(1, 15, 16)]


def test_a_quarter_is_paid_for_the_months_of_entitlement_in_it() -> None:
    january = month_number("2016-01")
    paid = pay_quarterly(make_spans((1, january + 1, NEVER), (2, january - 5, january)), "DSB_C", january, january + 5)
    rows = paid.select("person", "from_month", "to_month", "amount", "period_text").rows()
    assert rows == [
        (1, "2016-02", "2016-03", 200, "2016年2-3月"),
        (2, "2016-01", "2016-01", 100, "2016年1月"),
        (1, "2016-04", "2016-06", 300, "2016年2季度"),
    ]
    assert paid["paid_date"].dt.strftime("%m-%d").unique().sort().to_list() == ["03-20", "06-20"]
    assert quarter_text(np.array([january - 1]), np.array([january - 1])).to_list() == ["2015年12月"]


def test_the_first_list_shows_the_quarter_before_until_this_one_is_paid() -> None:
    year = window("2016-01", "2016-12")
    assert month_texts(np.array(quarter_points(year))).to_list() == ["2016-01", "2016-03", "2016-06", "2016-09", "2016-12"]  # type: ignore[arg-type]
    assert quarter_of(year, month_number("2016-01")) == month_number("2015-10")  # type: ignore[arg-type]
    assert quarter_of(year, month_number("2016-03")) == month_number("2016-01")  # type: ignore[arg-type]
    paid = np.array([day_number(day) for day in ("2015-09-20", "2015-12-20", "2016-03-20", "2016-04-05", "2017-01-05")])
    points = list_points(year, paid)  # type: ignore[arg-type]
    assert month_texts(points).to_list() == [None, "2016-01", "2016-03", "2016-06", None]


def test_semesters_and_the_aid_list_of_a_month() -> None:
    assert [s.text for s in semesters(month_number("2016-01"), month_number("2016-02"))] == [
        "2015-2016学年第一学期",
        "2015-2016学年第二学期",
    ]
    year = window("2016-01", "2016-12")
    for month, text in (("2016-03", "2015-2016学年第一学期"), ("2016-04", "2015-2016学年第二学期"), ("2016-10", "2016-2017学年第一学期")):
        assert semester_of(year, month_number(month)).text == text  # type: ignore[arg-type]


def test_a_case_is_known_when_its_last_evidence_is() -> None:
    assert latest(np.array([3, NEVER, 5]), np.array([4, 4, 4])).tolist() == [4, NEVER, 5]


def test_memberships_become_intervals() -> None:
    groups = [("2016-01", np.array([7, NEVER])), ("2016-02", np.array([7, 8])), ("2016-03", np.array([9, 8]))]
    found = spans("aid", groups).drop("household_kind").sort("person", "from_month").rows()
    assert found == [(7, 0, "2016-01", "2016-02"), (9, 0, "2016-03", "2016-03"), (8, 1, "2016-02", "2016-03")]


def test_people_born_on_one_day_have_different_numbers() -> None:
    born = np.full(300, day_number("1967-03-15"))
    sexes = np.repeat([1, 2], 150)
    numbers = draw_identity_numbers(open_stream(1, "numbers"), born, sexes)
    assert numbers.n_unique() == 300
    assert numbers.str.starts_with("35992119670315").all()


def test_picks_respect_weights_and_counts() -> None:
    stream = open_stream(1, "picks")
    assert pick_weighted(stream, np.array([0.0, 1.0, 0.0, 5.0]), 3).tolist() == [1, 3]
    assert pick_some(stream, [5, 6, 7], 10).tolist() == [5, 6, 7]
    assert len(pick_some(stream, [5, 6, 7], 0)) == 0


def test_clans_of_villages_and_names_by_cohort() -> None:
    kinds, first, second = draw_clans(open_stream(1, "clans"), village_weights(list_villages()))
    assert np.bincount(kinds).tolist() == [47, 31, 26]
    assert (first[kinds == 1] != second[kinds == 1]).all()
    years = np.repeat([1938, 2005], 4000)
    names = draw_given_names(open_stream(1, "names"), np.full(8000, 2), years, np.full(8000, NEVER))
    old, young = names[:4000], names[4000:]
    assert (old == "氏").sum() > 50
    assert (young == "氏").sum() == 0
    assert old.is_in(["罔市", "招治", "秀治", "美治"]).sum() > young.is_in(["罔市", "招治", "秀治", "美治"]).sum()
