"""Each rule family: what it must find, and the lawful look-alikes it must let pass."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.engine import evaluate_rule
from quality.periods import find_month_end
from registry.district import District, load_district
from tests.unit.quality.village import Village, months

Q_DISTRICT = load_district("q_district")


def found(village: Village, rule_id: str, month: str, district: District = Q_DISTRICT) -> list[tuple[str, str, Decimal | None]]:
    """Return person, kind and excess of the findings of one rule."""
    findings = evaluate_rule(village.facts(), district.rules[rule_id], district, month).findings
    return findings.select("person_id", "finding_kind_code", "excess_amount").rows()


def test_arrears_for_months_before_death_are_lawful() -> None:
    village = Village()
    village.person("A", died="2016-04-10")
    village.status("A", "dead", "2016-04-10", roll="deaths")
    village.benefit("A", "DSB_C", "2016-02", "2016-04", amount=300, kind="arrears", month="2016-06", paid="2016-06-20")
    village.benefit("A", "DSB_L", "2016-04", amount=60, month="2016-06")
    assert found(village, "A01", "2016-06") == []


def test_dead_member_still_drawing_costs_a_share() -> None:
    village = Village()
    people = tuple(village.person(name) for name in ("A", "B", "C"))
    village.dibao("A", people, "2016-01", "2016-06", 900)
    village.status("B", "dead", "2016-03-10", roll="deaths")
    assert found(village, "A01", "2016-06") == [("B", "duplicate", Decimal(900))]


def test_what_was_lawfully_left_out_is_told() -> None:
    village = Village()
    village.person("A", died="2016-03-10")
    village.status("A", "dead", "2016-03-10", roll="deaths")
    village.benefit("A", "TEK", "2016-03", "2016-04", amount=1704)
    village.benefit("A", "TEK", "2016-05", amount=8424, kind="funeral")
    outcome = evaluate_rule(village.facts(), Q_DISTRICT.rules["A01"], Q_DISTRICT, "2016-06")
    assert outcome.findings["excess_amount"].to_list() == [Decimal(852)]
    assert "a funeral payment was seen and left out" in outcome.findings["exceptions_checked"].item()
    assert "guard" in outcome.finding_evidence["side_code"].to_list()


def test_household_goes_on_after_a_member_died() -> None:
    village = Village()
    people = tuple(village.person(name) for name in ("A", "B"))
    village.dibao("A", people, "2016-01", "2016-03", 900)
    village.dibao("A", ("A",), "2016-04", "2016-06", 500)
    village.status("B", "dead", "2016-03-10", roll="deaths")
    assert found(village, "A01", "2016-06") == []


def test_ledger_lines_are_not_counted_again() -> None:
    village = Village()
    village.person("A", died="2016-03-10")
    village.status("A", "dead", "2016-03-10", roll="deaths")
    village.benefit("A", "ELD_A", "2016-04", "2016-06", amount=150)
    village.benefit("A", "ELD_A", "2016-05", amount=150, roll="one_card_ledger")
    assert found(village, "A01", "2016-06") == [("A", "duplicate", Decimal(150))]


def test_recovered_months_are_gone() -> None:
    village = Village()
    village.person("A")
    village.benefit("A", "TEK", "2016-02", "2016-06", amount=4260)
    village.benefit("A", "DSB_C", "2016-01", "2016-06", amount=600)
    village.benefit("A", "DSB_C", "2016-02", "2016-06", amount=-500, kind="recovery", month="2016-07")
    assert found(village, "A03", "2016-07") == []


def test_care_and_living_allowance_stack() -> None:
    village = Village()
    village.person("A")
    village.benefit("A", "DSB_L", "2016-01", "2016-03", amount=180)
    village.benefit("A", "DSB_C", "2016-01", "2016-03", amount=300)
    village.benefit("A", "ELD_A", "2016-01", "2016-03", amount=150)
    assert found(village, "A03", "2016-03") == []


def _timeline(village: Village, change: date, lag_this: int, lag_other: int) -> None:
    """Tell a lawful hand-over at `change`: allowance to the month before, destitute support from it, news of both late."""
    before = date(change.year, change.month, 1) - timedelta(days=1)
    last, first = f"{before:%Y-%m}", f"{change:%Y-%m}"
    village.benefit(
        "A",
        "DSB_C",
        "2015-01",
        last,
        amount=100,
        month=f"{before + timedelta(days=lag_this):%Y-%m}",
        paid=str(before + timedelta(days=lag_this)),
    )
    heard = change + timedelta(days=lag_other)
    village.benefit("A", "TEK", first, "2017-12", amount=9000, month=f"{heard:%Y-%m}", paid=str(heard))


@settings(max_examples=25, deadline=None)
@given(st.dates(date(2015, 3, 1), date(2016, 12, 28)), st.integers(0, 60), st.integers(0, 60))
def test_lag_alone_never_makes_a_finding(change: date, lag_this: int, lag_other: int) -> None:
    """However late the news of either side arrives, no overlap of entitlement means no finding (promise A9)."""
    village = Village()
    village.person("A")
    _timeline(village, change, lag_this, lag_other)
    assert found(village, "A03", "2017-12") == []


@settings(max_examples=25, deadline=None)
@given(st.dates(date(2016, 1, 1), date(2016, 10, 28)), st.integers(0, 60))
def test_late_registration_of_a_death_never_flags_earlier_months(death: date, lag: int) -> None:
    village = Village()
    village.person("A")
    village.status(
        "A", "dead", str(death), roll="deaths", month=f"{death + timedelta(days=lag):%Y-%m}", news_date=death + timedelta(days=lag)
    )
    village.benefit("A", "ELD_A", "2015-01", f"{death:%Y-%m}", amount=1000, paid=str(death + timedelta(days=lag)))
    assert found(village, "A01", "2016-12") == []


def test_child_on_both_parents_lists() -> None:
    village = Village()
    for name in ("M", "F", "C"):
        village.person(name)
    village.dibao("M", ("M", "C"), "2016-01", "2016-06", 1000)
    village.dibao("F", ("F", "C"), "2016-03", "2016-06", 800)
    assert found(village, "A06", "2016-06") == [("C", "duplicate", Decimal(1600))]


def test_moving_between_households_is_lawful() -> None:
    village = Village()
    for name in ("M", "F", "C"):
        village.person(name)
    village.dibao("M", ("M", "C"), "2016-01", "2016-03", 1000)
    village.dibao("M", ("M",), "2016-04", "2016-06", 500)
    village.dibao("F", ("F", "C"), "2016-04", "2016-06", 800)
    assert found(village, "A06", "2016-06") == []


def test_row_entered_twice_is_one_household() -> None:
    village = Village()
    village.person("M")
    village.dibao("M", ("M", "M"), "2016-01", "2016-03", 500)
    assert found(village, "A06", "2016-03") == []


def test_weak_link_makes_a_review() -> None:
    village = Village()
    for name in ("M", "F", "C"):
        village.person(name)
    village.dibao("M", ("M", "C"), "2016-01", "2016-02", 1000)
    village.dibao("F", ("F", "C"), "2016-01", "2016-02", 800, probability=0.96)
    assert [kind for _, kind, _ in found(village, "A06", "2016-02")] == ["link_review"]


def _bill(village: Village, number: str, total: float = 5000, admitted: str = "2016-03-01", discharged: str = "2016-03-09") -> None:
    village.bill("A", number, admitted, discharged, total, basic=round(total * 0.6, 2), self_pay=round(total * 0.4, 2))


def test_bill_settled_twice() -> None:
    village = Village()
    village.person("A")
    _bill(village, "S1")
    _bill(village, "S2", 5000.5)
    assert found(village, "A21", "2016-06") == [("A", "duplicate", Decimal("3000.00"))]


@pytest.mark.parametrize("number", ["S1", "S9"])
def test_reversed_and_settled_again(number: str) -> None:
    village = Village()
    village.person("A")
    _bill(village, "S1")
    _bill(village, number, -5000)
    _bill(village, "S2")
    assert found(village, "A21", "2016-06") == []


def test_stays_in_parts_and_repeated_rows_are_lawful() -> None:
    village = Village()
    village.person("A")
    _bill(village, "S1")
    _bill(village, "S1")
    _bill(village, "S2", 5000, "2016-03-09", "2016-03-20")
    _bill(village, "S3", 1800)
    assert found(village, "A21", "2016-06") == []


def test_charity_money_in_two_rolls_is_one_gift() -> None:
    village = Village()
    village.person("A")
    _bill(village, "S1", 10000)
    village.benefit("A", "CHA_M", "2016-04", amount=3000, unit="C", paid="2016-04-20")
    village.benefit(
        "A", "TMP", "2016-04", amount=3000, unit="C", paid="2016-04-20", cause_code="突发重病", fund_code="慈善", event_number="L1"
    )
    assert found(village, "A22", "2016-06") == []


def test_gift_with_its_own_total_goes_to_that_bill() -> None:
    village = Village()
    village.person("A")
    _bill(village, "S1", 40000)
    _bill(village, "S2", 1000, "2016-04-01", "2016-04-05")
    village.benefit("A", "RCS_M", "2016-04", amount=9000, unit="C", paid="2016-04-20", event_amount=Decimal(40000))
    assert found(village, "A22", "2016-06") == []


def test_instalments_and_next_year_are_lawful() -> None:
    village = Village()
    village.person("A")
    for number, day in (("L1", "2015-01-10"), ("L1", "2015-02-10"), ("L2", "2016-03-10")):
        village.benefit("A", "TMP", day[:7], amount=1000, unit="C", paid=day, event_number=number, cause_code="火灾")
    assert found(village, "A23", "2016-06") == []


def _disabled(village: Village, person: str, grade: str = "1", first: str = "2012-05-01", last: str | None = "2022-05-01") -> None:
    village.status(person, "disabled", first, last, roll="disability_certificates", value_code=grade)


def test_missed_care_allowance_and_its_exceptions() -> None:
    village = Village()
    village.list_for_others("DSB_C", "2016-01", "2016-03")
    for name in ("missed", "destitute", "light", "lapsed", "served"):
        village.person(name)
    village.person("moved", local=False)
    village.person("dead", died="2015-12-20")
    for name in ("missed", "destitute", "served", "moved", "dead"):
        _disabled(village, name)
    _disabled(village, "light", grade="3")
    _disabled(village, "lapsed", last="2015-12-31")
    village.benefit("destitute", "TEK", "2015-01", "2016-03", amount=9000)
    village.benefit("served", "DSB_C", "2016-01", "2016-03", amount=300)
    assert found(village, "M02", "2016-03") == [("missed", "missed", None)]


def test_aid_that_ended_was_not_missed() -> None:
    village = Village()
    village.list_for_others("DSB_C", "2016-01", "2016-06")
    for name in ("ended", "began", "never"):
        village.person(name)
        _disabled(village, name)
    village.benefit("ended", "DSB_C", "2016-01", "2016-03", amount=300)
    village.benefit("began", "DSB_C", "2016-04", "2016-06", amount=300)
    assert found(village, "M02", "2016-06") == [("never", "missed", None)]


def test_list_not_yet_due_is_no_gap() -> None:
    village = Village()
    village.person("A")
    _disabled(village, "A")
    village.benefit("A", "DSB_C", "2016-01", "2016-03", amount=300)
    village.list_for_others("DSB_C", "2016-01", "2016-03")
    village.benefit("other-DSB_C-1", "DSB_C", "2016-04", "2016-06", amount=300)
    assert found(village, "M02", "2016-05") == []


def test_namesake_without_a_number_makes_a_review() -> None:
    village = Village()
    village.person("A", name="林阿水")
    village.person("X", name="林阿水", numbered=False)
    _disabled(village, "A")
    village.benefit("X", "DSB_C", "2016-01", "2016-03", amount=300)
    village.list_for_others("DSB_C", "2016-01", "2016-03")
    assert found(village, "M02", "2016-03") == [("A", "link_review", None)]


def test_pupils_are_due_in_the_semesters_the_school_names_them() -> None:
    village = Village()
    for name in ("pupil", "entrant", "leaver", "served"):
        village.person(name, "2008-03-03")
        village.dibao(name, (name,), "2016-02", "2016-12", 500)
    for name in ("pupil", "leaver", "served"):
        village.status(name, "enrolled", roll="school_register", month="2016-04")
    for name in ("pupil", "entrant", "served"):
        village.status(name, "enrolled", roll="school_register", month="2016-10")
    village.list_for_others("EDU_C", "2016-02", "2016-07")
    village.list_for_others("EDU_C", "2016-08", "2017-01")
    for first, last in (("2016-02", "2016-07"), ("2016-08", "2017-01")):
        village.benefit("served", "EDU_C", first, last, amount=500)
    village.benefit("entrant", "EDU_C", "2016-08", "2017-01", amount=500)
    village.benefit("pupil", "EDU_C", "2016-08", "2017-01", amount=500)
    assert found(village, "M03", "2016-12") == [("leaver", "missed", None), ("pupil", "missed", None)]


@pytest.mark.parametrize(("born", "expected"), [("1936-03-31", ["A"]), ("1936-04-01", []), ("1936-05-20", [])])
def test_eighty_before_the_quarter(born: str, expected: list[str]) -> None:
    village = Village()
    village.person("A", born)
    village.status("A", "registered")
    village.list_for_others("ELD_A", "2016-04", "2016-06")
    assert [person for person, _, _ in found(village, "M06", "2016-06")] == expected


def test_large_bill_without_help() -> None:
    village = Village()
    for name in ("bare", "helped", "kin", "poor", "small", "late"):
        village.person(name)
    village.household("kin", village.person("wife"))
    village.dibao("poor", ("poor",), "2016-01", "2016-08", 500)
    for name, self_pay, left in (
        ("bare", 15000, "2016-02-20"), ("helped", 15000, "2016-02-20"), ("kin", 15000, "2016-02-20"), ("poor", 7000, "2016-02-20"),
        ("small", 7000, "2016-02-20"), ("late", 15000, "2016-07-20"),
    ):  # fmt: skip
        village.bill(name, f"S-{name}", left, left, self_pay + 5000, basic=5000, self_pay=self_pay)
    village.benefit("helped", "CHA_M", "2016-05", amount=2000, unit="C", paid="2016-05-20")
    village.benefit("wife", "TMP", "2016-05", amount=2000, unit="C", paid="2016-05-20", event_number="L1", cause_code="突发重病")
    assert [person for person, _, _ in found(village, "M05", "2016-08")] == ["bare", "poor"]


def test_newborn_on_the_mothers_card_is_a_link_to_review() -> None:
    village = Village()
    village.rows["persons"].append({"person_id": "K", "person_name": "许某之女"})
    village.bill("K", "S1", "2016-02-01", "2016-02-20", 30000, basic=10000, self_pay=20000)
    assert [kind for _, kind, _ in found(village, "M05", "2016-06")] == ["link_review"]


def test_help_on_an_unreadable_date_is_help() -> None:
    village = Village()
    village.person("A")
    village.bill("A", "S1", "2016-02-01", "2016-02-20", 30000, basic=10000, self_pay=20000)
    village.benefit("A", "RCS_M", "2016-12", amount=2000, unit="C")
    assert found(village, "M05", "2016-12") == []
    village.benefit("A", "CHA_M", "2016-12", amount=19000, unit="C")
    assert found(village, "A22", "2016-12") == [("A", "duplicate", Decimal(1000))]


def test_grant_for_the_semester_of_the_death_is_lawful() -> None:
    village = Village()
    village.person("A", "2006-06-06")
    village.status("A", "dead", "2016-04-10", roll="deaths")
    village.benefit("A", "EDU_C", "2016-02", "2016-07", amount=500)
    assert found(village, "A01", "2016-08") == []


def test_help_by_a_namesake_makes_a_review() -> None:
    village = Village()
    village.person("A", name="林阿水")
    village.person("X", name="林阿水", numbered=False)
    village.bill("A", "S1", "2016-02-01", "2016-02-20", 30000, basic=10000, self_pay=20000)
    village.benefit("X", "RCS_M", "2016-05", amount=2000, unit="C", paid="2016-05-20")
    assert [kind for _, kind, _ in found(village, "M05", "2016-06")] == ["link_review"]


def test_open_leads() -> None:
    village = Village()
    for name in ("waiting", "applied", "kin", "closed", "fresh", "quarrel", "undated"):
        village.person(name)
    village.household("kin", village.person("son"))
    for name, opened, step, cause in (
        ("waiting", "2016-04-20", "待办", "急难"), ("applied", "2016-04-20", "处理中", "重病"), ("kin", "2016-04-20", "待办", "事故"),
        ("closed", "2016-04-20", "归档", "急难"), ("fresh", "2016-06-20", "待办", "急难"), ("quarrel", "2016-04-20", "待办", "纠纷"),
    ):  # fmt: skip
        village.case(name, "lead", f"W-{name}", opened, step_code=step, cause_code=cause)
    village.case("applied", "application", "Y1", "2016-05-02")
    village.case("son", "application", "Y2", "2016-05-02")
    village.case("undated", "lead", "W-undated", "2016-04-20", step_code="待办", cause_code="急难")["opened_date"] = None
    assert [person for person, _, _ in found(village, "M13", "2016-06")] == ["undated", "waiting"]


def test_month_rows_cover_quarters_of_the_year() -> None:
    assert months("2015-11", "2016-02") == ["2015-11", "2015-12", "2016-01", "2016-02"]
    assert find_month_end("2016-06") == date(2016, 6, 30)
