"""The edges of the rules: the last month, day and fen that counts, and the first that does not."""

from decimal import Decimal
from typing import Any

import pytest

from quality.engine import evaluate_rule
from registry.district import District
from tests.unit.quality.test_rules import Q_DISTRICT, found
from tests.unit.quality.village import Village


def with_row(number: int, **changes: Any) -> District:  # noqa: ANN401
    """Return the district with one row of the matrix changed."""
    q = Q_DISTRICT
    rows = tuple(row.model_copy(update=changes) if row.number == number else row for row in q.compatibility)
    return District(q.folder, q.settings, q.rolls, q.programmes, rows, q.rules, q.linkage)


def overlapping(first: str = "2015-12", last: str = "2016-03") -> Village:
    village = Village()
    village.person("A")
    for programme in ("TEK", "DSB_C"):
        village.benefit("A", programme, first, last, amount=400)
    return village


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [("DSB_C", "TEK", "2016-01", "2016-03")]),
        ({"valid_to": "2016-02"}, [("DSB_C", "TEK", "2016-01", "2016-02")]),
        ({"yields": "TEK"}, [("TEK", "DSB_C", "2016-01", "2016-03")]),
        ({"relation": "S"}, []),
    ],
)
def test_matrix_row_says_who_yields_and_when(changes: dict[str, Any], expected: list[tuple[str, ...]]) -> None:
    district = with_row(8, **changes)
    findings = evaluate_rule(overlapping().facts(), district.rules["A03"], district, "2016-03").findings
    assert findings.select("programme_code", "other_programme_code", "overlap_from_month", "overlap_to_month").rows() == expected


def test_ledger_does_not_double_the_overlap() -> None:
    village = overlapping("2016-01")
    village.benefit("A", "DSB_C", "2016-01", "2016-03", amount=400, roll="one_card_ledger")
    assert found(village, "A03", "2016-03") == [("A", "duplicate", Decimal(400))]


def test_entitlement_told_every_month_is_shown_once() -> None:
    village = overlapping("2016-01")
    for month in ("2016-01", "2016-02", "2016-03"):
        village.benefit("A", "TEK", "2016-01", month, kind="entitlement", month=month)
    evidence = evaluate_rule(village.facts(), Q_DISTRICT.rules["A03"], Q_DISTRICT, "2016-03").finding_evidence
    told = evidence.filter(evidence["benefit_kind_code"] == "entitlement")
    assert told["to_month"].to_list() == ["2016-03"]


def test_weak_link_of_what_was_lawfully_left_out_weakens_nothing() -> None:
    village = Village()
    village.person("A")
    village.status("A", "dead", "2016-03-10", roll="deaths")
    village.benefit("A", "TEK", "2016-04", amount=852)
    village.benefit("A", "TEK", "2016-05", amount=8424, kind="funeral", probability=0.6)
    assert found(village, "A01", "2016-06") == [("A", "duplicate", Decimal(852))]


def test_of_two_dates_of_death_the_milder_counts_and_moving_away_is_no_death() -> None:
    village = Village()
    for name in ("A", "B"):
        village.person(name)
        village.benefit(name, "TEK", "2016-03", "2016-05", amount=2556)
    village.status("A", "dead", "2016-02-10", roll="deaths")
    village.status("A", "dead", "2016-04-10", roll="deaths")
    village.status("A", "cancelled", "2016-05-10", value_code="dead")
    village.status("B", "cancelled", "2016-02-10", value_code="moved")
    assert found(village, "A01", "2016-06") == [("A", "duplicate", Decimal(852))]


def _settled(*bills: tuple[str, float, str, str]) -> Village:
    village = Village()
    village.person("A")
    for number, total, admitted, discharged in bills:
        village.bill("A", number, admitted, discharged, total, basic=total * 0.6, self_pay=total * 0.4)
    return village


@pytest.mark.parametrize(("total", "discharged", "count"), [(5001, "2016-03-09", 1), (5001.1, "2016-03-09", 0), (5000, "2016-03-10", 0)])
def test_second_settlement_of_the_same_stay(total: float, discharged: str, count: int) -> None:
    village = _settled(("S1", 5000, "2016-03-01", "2016-03-09"), ("S2", total, "2016-03-01", discharged))
    assert len(found(village, "A21", "2016-06")) == count


def _over(**gift: Any) -> Village:  # noqa: ANN401
    village = _settled(("S1", 10000, "2016-03-01", "2016-03-09"))
    told: dict[str, Any] = {"amount": 5000, "unit": "C", "paid": "2016-04-20"} | gift
    village.benefit("A", told.pop("programme", "CHA_M"), told["paid"][:7], **told)
    return village


@pytest.mark.parametrize(
    ("gift", "excess"),
    [
        ({}, [Decimal(1000)]),
        ({"amount": 4001}, []),
        ({"amount": 4001.5}, [Decimal("1.5")]),
        ({"is_returned": True}, []),
        ({"kind": "returned"}, []),
        ({"paid": "2016-02-28"}, []),
        ({"paid": "2017-03-07"}, [Decimal(1000)]),
        ({"paid": "2017-04-01"}, []),
        ({"programme": "TMP", "cause_code": "火灾"}, []),
        ({"programme": "TMP", "cause_code": "突发重病"}, [Decimal(1000)]),
    ],
)
def test_which_gifts_are_for_the_bill(gift: dict[str, Any], excess: list[Decimal]) -> None:
    assert [amount for _, _, amount in found(_over(**gift), "A22", "2017-06")] == excess


def test_gift_is_not_for_a_visit_without_a_stay() -> None:
    village = Village()
    village.person("A")
    village.bill("A", "S1", "2016-03-02", "2016-03-02", 300, visit="outpatient", basic=100, self_pay=200)
    village.benefit("A", "CHA_M", "2016-04", amount=5000, unit="C", paid="2016-04-20")
    assert found(village, "A22", "2016-06") == []


@pytest.mark.parametrize(("days", "total", "count"), [("2016-03-04", 10000, 1), ("2016-03-05", 10000, 0), ("2016-03-01", 9000, 0)])
def test_medical_aid_belongs_to_the_bill_of_its_days_and_total(days: str, total: float, count: int) -> None:
    from_date = Village().status("A", "dead", days)["from_date"]
    village = _settled(("S1", 10000, "2016-03-01", "2016-03-09"))
    village.benefit("A", "MED_I", "2016-04", amount=5000, unit="B", event_from_date=from_date, event_amount=Decimal(str(total)))
    assert len(found(village, "A22", "2016-06")) == count


@pytest.mark.parametrize(
    ("second", "count"),
    [
        ({"day": "2017-04-02"}, 1),
        ({"day": "2017-04-03"}, 0),
        ({"day": "2016-06-02", "fund_code": "慈善"}, 0),
        ({"day": "2016-06-02", "is_returned": True}, 0),
        ({"day": "2016-06-02", "cause_code": "交通事故"}, 0),
    ],
)
def test_same_cause_within_twelve_months(second: dict[str, Any], count: int) -> None:
    village = Village()
    village.person("A")
    village.benefit("A", "TMP", "2016-04", amount=1000, unit="C", paid="2016-04-02", event_number="L1", cause_code="火灾")
    told = {"cause_code": "火灾"} | second
    day = told.pop("day")
    village.benefit("A", "TMP", day[:7], amount=700, unit="C", paid=day, event_number="L2", **told)
    assert found(village, "A23", "2017-06") == [("A", "duplicate", Decimal(700))] * count


def test_household_missing_from_the_list_is_a_link_to_review() -> None:
    village = Village()
    for name in ("M", "F", "C"):
        village.person(name)
    village.dibao("M", ("M", "C"), "2016-01", "2016-02", 1000)
    village.dibao("F", ("F", "C"), "2016-01", "2016-02", 800)
    village.rows["benefits"] = [row for row in village.rows["benefits"] if not (row["unit_code"] == "H" and row["person_id"] == "F")]
    assert [kind for _, kind, _ in found(village, "A06", "2016-02")] == ["link_review"]


def test_child_allowance_is_never_asked_back_beyond_itself() -> None:
    village = Village()
    for name in ("A", "B"):
        village.person(name)
    village.dibao("A", ("A", "B"), "2020-01", "2020-01", 2000)
    village.benefit("B", "CHD_F", "2020-01", amount=100)
    assert found(village, "A04", "2020-01") == [("B", "duplicate", Decimal(100))]


@pytest.mark.parametrize(
    ("self_pay", "medical_aid", "helped_on", "returned", "count"),
    [
        (10000, 0, None, False, 0),
        (10000.01, 0, None, False, 1),
        (15000, 500, None, False, 0),
        (15000, 0, "2016-07-20", False, 0),
        (15000, 0, "2016-08-21", False, 1),
        (15000, 0, "2016-01-20", False, 1),
        (15000, 0, "2016-05-20", True, 1),
    ],
)
def test_help_in_time(self_pay: float, medical_aid: float, helped_on: str | None, returned: bool, count: int) -> None:
    village = Village()
    village.person("A")
    village.bill(
        "A", "S1", "2016-02-10", "2016-02-20", self_pay + 5000 + medical_aid, basic=5000, medical_aid=medical_aid, self_pay=self_pay
    )
    if helped_on:
        village.benefit("A", "CHA_M", helped_on[:7], amount=2000, unit="C", paid=helped_on, is_returned=returned)
    assert len(found(village, "M05", "2016-09")) == count


@pytest.mark.parametrize(
    ("opened", "applied", "count"), [("2016-05-30", None, 1), ("2016-05-31", None, 0), ("2016-04-20", "2016-04-19", 1)]
)
def test_lead_waits_thirty_days_for_an_application_after_it(opened: str, applied: str | None, count: int) -> None:
    village = Village()
    village.person("A")
    village.case("A", "lead", "W1", opened, step_code="待办", cause_code="急难")
    if applied:
        village.case("A", "application", "Y1", applied)
    assert len(found(village, "M13", "2016-06")) == count


@pytest.mark.parametrize(
    ("since", "until", "died", "count"),
    [
        ("2015-12-31", "2016-03-31", None, 1),
        ("2016-03-01", "2026-03-01", None, 0),
        ("2012-05-01", "2022-05-01", "2016-01-02", 0),
    ],
)
def test_certificate_holds_for_the_month(since: str, until: str, died: str | None, count: int) -> None:
    village = Village()
    village.list_for_others("DSB_C", "2016-01", "2016-03")
    village.person("A", died=died)
    village.status("A", "disabled", since, until, roll="disability_certificates", value_code="1")
    assert len(found(village, "M02", "2016-03")) == count


@pytest.mark.parametrize(("born", "count"), [("1993-03-01", 1), ("1993-02-01", 0), ("1992-12-01", 0), ("2013-03-01", 0)])
def test_school_age(born: str, count: int) -> None:
    village = Village()
    village.person("A", born)
    village.dibao("A", ("A",), "2016-02", "2016-06", 500)
    village.status("A", "enrolled", roll="school_register", month="2016-04")
    village.list_for_others("EDU_C", "2016-02", "2016-07")
    assert len(found(village, "M03", "2016-06")) == count


def test_grace_period_set_anew_counts_to_its_latest_end() -> None:
    village = Village()
    village.person("A")
    village.dibao("A", ("A",), "2016-01", "2016-05", 600)
    for last in ("2016-02-29", "2016-04-30"):
        village.status("A", "grace_until", last=last, roll="dibao_households", month="2016-05")
    assert found(village, "A36", "2016-05") == [("A", "duplicate", Decimal(600))]


def test_later_aid_is_shown_beside_the_nearest_earlier_one() -> None:
    village = Village()
    village.person("A")
    for number, day in (("L1", "2016-01-02"), ("L2", "2016-03-02"), ("L3", "2016-05-02")):
        village.benefit("A", "TMP", day[:7], amount=700, unit="C", paid=day, event_number=number, cause_code="火灾")
    findings = evaluate_rule(village.facts(), Q_DISTRICT.rules["A23"], Q_DISTRICT, "2016-06").findings
    assert sorted(findings.select("from_month", "to_month").rows()) == [("2016-01", "2016-03"), ("2016-03", "2016-05")]


def test_former_head_who_now_draws_with_others_has_no_grace_to_pass() -> None:
    village = Village()
    for name in ("A", "B"):
        village.person(name)
    village.dibao("A", ("A",), "2016-01", "2016-02", 600)
    village.dibao("B", ("A", "B"), "2016-03", "2016-05", 900)
    village.status("A", "grace_until", last="2016-02-29", roll="dibao_households", month="2016-02")
    assert found(village, "A36", "2016-05") == []


def test_head_of_a_household_who_does_not_draw_has_no_overlap() -> None:
    rule = Q_DISTRICT.rules["A03"]
    rule = rule.model_copy(update={"params": {**rule.params, "matrix": [1]}})
    village = Village()
    for name in ("A", "B"):
        village.person(name)
    village.dibao("A", ("B",), "2016-02", "2016-03", 600)
    village.benefit("A", "TEK", "2016-02", "2016-03", amount=1700)
    assert evaluate_rule(village.facts(), rule, Q_DISTRICT, "2016-03").findings.is_empty()
    village.benefit("B", "TEK", "2016-02", "2016-03", amount=1700)
    assert evaluate_rule(village.facts(), rule, Q_DISTRICT, "2016-03").findings["person_id"].to_list() == ["B"]


def test_ledger_does_not_double_a_households_money() -> None:
    village = Village()
    village.person("A")
    village.dibao("A", ("A",), "2016-01", "2016-03", 600)
    village.status("A", "grace_until", last="2016-02-29", roll="dibao_households", month="2016-03")
    village.status("A", "dead", "2016-02-10", roll="deaths")
    village.benefit("A", "DIB", "2016-03", amount=900, roll="one_card_ledger", unit="H")
    for rule_id in ("A36", "A01"):
        assert found(village, rule_id, "2016-03") == [("A", "duplicate", Decimal(600))]


@pytest.mark.parametrize(("changes", "excess"), [({}, [Decimal(100)]), ({"relation": "S"}, []), ({"valid_from": "2020-02"}, [])])
def test_top_up_is_due_only_where_the_matrix_says_so(changes: dict[str, Any], excess: list[Decimal]) -> None:
    district = with_row(13, **changes)
    village = Village()
    village.person("A")
    village.dibao("A", ("A",), "2020-01", "2020-01", 2000)
    village.benefit("A", "CHD_F", "2020-01", amount=100)
    assert [amount for _, _, amount in found(village, "A04", "2020-01", district)] == excess
