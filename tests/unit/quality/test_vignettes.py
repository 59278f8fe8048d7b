"""The vignettes of domain.md §3.6 with exactly the expected outcome. All people are invented."""

from decimal import Decimal

import polars as pl
import pytest

from quality.engine import evaluate_rules
from registry.district import District
from tests.unit.quality.village import Village, months, of_rule


def test_v1_destitute_with_care_allowance(district: District) -> None:
    village = Village()
    village.person("A")
    for month in months("2016-01", "2016-06"):
        village.benefit("A", "DSB_C", month, amount=100)
    for month in months("2016-02", "2016-06"):
        village.benefit("A", "TEK", month, amount=852)
        village.benefit("A", "TEK", "2016-02", month, kind="entitlement", month=month)
    (finding,) = evaluate_rules(village.facts(), district, "2016-06").findings.to_dicts()
    assert (finding["rule_id"], finding["finding_kind_code"]) == ("A03", "duplicate")
    assert (finding["overlap_from_month"], finding["overlap_to_month"]) == ("2016-02", "2016-06")
    assert finding["excess_amount"] == Decimal(500)
    assert (finding["programme_code"], finding["other_programme_code"]) == ("DSB_C", "TEK")


def test_v2_child_allowance_paid_in_full(district: District) -> None:
    village = Village()
    family = tuple(village.person(name) for name in ("A", "B", "C", "D"))
    village.dibao("A", family, "2020-01", "2020-03", 1080)
    village.benefit("D", "CHD_F", "2020-01", "2020-03", amount=2100)
    (finding,) = evaluate_rules(village.facts(), district, "2020-03").findings.to_dicts()
    assert (finding["rule_id"], finding["person_id"], finding["excess_amount"]) == ("A04", "D", Decimal(810))


def test_v2_look_alike_difference_paid(district: District) -> None:
    village = Village()
    family = tuple(village.person(name) for name in ("A", "B", "C", "D"))
    village.dibao("A", family, "2020-01", "2020-03", 1080)
    village.benefit("D", "CHD_F", "2020-01", "2020-03", amount=1290)
    assert evaluate_rules(village.facts(), district, "2020-03").findings.is_empty()


def _quarters(village: Village) -> None:
    for first, last, paid in (
        ("2016-01", "2016-03", "2016-01-20"),
        ("2016-04", "2016-06", "2016-04-20"),
        ("2016-07", "2016-09", "2016-07-18"),
    ):
        village.benefit("A", "ELD_A", first, last, amount=150, paid=paid)


def test_v3_dead_still_paid(district: District) -> None:
    village = Village()
    village.person("A", born="1930-01-01", died="2016-03-30")
    village.status("A", "dead", "2016-03-30", roll="deaths", month="2016-10")
    village.status("A", "cancelled", "2016-10-11", roll="deaths", month="2016-10", value_code="dead")
    _quarters(village)
    (finding,) = evaluate_rules(village.facts(), district, "2016-10").findings.to_dicts()
    assert (finding["rule_id"], finding["excess_amount"]) == ("A01", Decimal(300))
    assert (finding["overlap_from_month"], finding["overlap_to_month"]) == ("2016-04", "2016-09")
    assert finding["confidence_code"] == "high"


def test_v4_only_the_cancellation_is_known(district: District) -> None:
    village = Village()
    village.person("A", born="1930-01-01", died="2016-10-11")
    village.status("A", "cancelled", "2016-10-11", roll="deaths", month="2016-10", value_code="dead")
    _quarters(village)
    village.benefit("A", "ELD_A", "2016-10", "2016-12", amount=150, paid="2016-10-18")
    (finding,) = evaluate_rules(village.facts(), district, "2016-12").findings.to_dicts()
    assert (finding["rule_id"], finding["overlap_from_month"], finding["overlap_to_month"]) == ("A01", "2016-11", "2016-12")
    assert finding["excess_amount"] == Decimal(100)
    assert finding["confidence_code"] == "low"
    assert "注销日期 2016-10-11" in finding["sentence_zh"]
    assert "months before the cancellation may be concerned too" in finding["exceptions_checked"]


def test_v5_funeral_payment_after_death(district: District) -> None:
    village = Village()
    village.person("A", died="2016-05-14")
    village.status("A", "dead", "2016-05-14", roll="deaths")
    village.benefit("A", "TEK", "2016-05", amount=852)
    village.benefit("A", "TEK", "2016-06", amount=8424, kind="funeral")
    assert evaluate_rules(village.facts(), district, "2016-06").findings.is_empty()


@pytest.mark.parametrize(("last", "expected"), [("2016-12", []), ("2017-01", [Decimal(600)])])
def test_v6_grace_period(district: District, last: str, expected: list[Decimal]) -> None:
    village = Village()
    village.person("A")
    village.dibao("A", ("A",), "2016-06", last, 600)
    village.status("A", "grace_until", last="2016-12-31", roll="dibao_households", month=last)
    findings = evaluate_rules(village.facts(), district, last).findings
    assert findings["rule_id"].to_list() == ["A36"] * len(expected)
    assert findings["excess_amount"].to_list() == expected


def _temporary(village: Village, person: str, number: str, day: str, amount: float, cause: str, kind: str = "regular") -> None:
    village.benefit(person, "TMP", day[:7], amount=amount, kind=kind, unit="C", paid=day, event_number=number, cause_code=cause)


def test_v8_advance_final_and_another_cause(district: District) -> None:
    village = Village()
    village.person("A")
    _temporary(village, "A", "L1", "2016-04-02", 3000, "交通事故", kind="advance")
    _temporary(village, "A", "L1", "2016-05-10", 5000, "交通事故")
    _temporary(village, "A", "L2", "2016-09-01", 4000, "突发重病")
    assert evaluate_rules(village.facts(), district, "2016-12").findings.is_empty()


@pytest.mark.parametrize("second", ["A", "B"])
def test_v9_same_fire_twice(district: District, second: str) -> None:
    village = Village()
    village.household(village.person("A"), village.person("B"))
    _temporary(village, "A", "Z1", "2016-04-11", 3000, "火灾")
    _temporary(village, second, "Q7", "2016-06-20", 3000, "火灾")
    (finding,) = evaluate_rules(village.facts(), district, "2016-06").findings.to_dicts()
    assert (finding["rule_id"], finding["finding_kind_code"], finding["excess_amount"]) == ("A23", "duplicate", Decimal(3000))
    assert "火灾" in finding["sentence_zh"]


def _worked_bill(village: Village) -> None:
    """Tell the worked case of domain.md §2.4, medical aid standing in both rolls."""
    village.person("A")
    village.bill(
        "A", "S1", "2016-03-02", "2016-03-20", 86400, in_policy=77200, basic=45840, major=11616, medical_aid=13820.8, self_pay=15123.2
    )
    village.benefit(
        "A", "MED_I", "2016-04", amount=13820.8, unit="B", paid="2016-04-02", event_from_date=_day("2016-03-02"),
        event_to_date=_day("2016-03-20"), event_amount=Decimal(86400),
    )  # fmt: skip
    village.benefit("A", "CHA_M", "2016-04", amount=8000, unit="C", paid="2016-04-20")
    village.benefit("A", "RCS_M", "2016-05", amount=5000, unit="C", paid="2016-05-10", event_amount=Decimal(86400))
    _temporary(village, "A", "L1", "2016-05-20", 2000, "突发重病")


def _day(text: str) -> object:
    return pl.Series([text]).str.to_date()[0]


def test_v10_over_the_bill(district: District) -> None:
    village = Village()
    _worked_bill(village)
    assert of_rule(evaluate_rules(village.facts(), district, "2016-06"), "A22") == []
    village.benefit("A", "CRF", "2016-06", amount=3000, unit="C", paid="2016-06-03")
    (finding,) = of_rule(evaluate_rules(village.facts(), district, "2016-06"), "A22")
    assert finding["excess_amount"] == Decimal("2876.80")
    assert (finding["programme_code"], finding["department"]) == ("CRF", "charity_federation")


def test_v11_two_of_one_name_are_never_a_flag(district: District) -> None:
    """A charity's 陈美英 without a number, linked weakly to one of two: at most a link review."""
    village = Village()
    village.person("A", "1951-03-01", name="陈美英")
    village.person("B", "1953-08-09", name="陈美英")
    village.bill("A", "S1", "2016-03-02", "2016-03-20", 12000, basic=8000, self_pay=4000)
    village.benefit("A", "CHA_M", "2016-05", amount=5000, unit="C", paid="2016-05-10", probability=0.55)
    (finding,) = evaluate_rules(village.facts(), district, "2016-06").findings.to_dicts()
    assert (finding["rule_id"], finding["finding_kind_code"], finding["weakest_probability"]) == ("A22", "link_review", 0.55)


def test_v11_unlinked_charity_row_is_no_finding(district: District) -> None:
    village = Village()
    village.person("A", "1951-03-01", name="陈美英")
    village.person("B", "1953-08-09", name="陈美英")
    village.person("C", "1952-01-01", name="陈美英", numbered=False)
    village.bill("A", "S1", "2016-03-02", "2016-03-20", 12000, basic=8000, self_pay=4000)
    village.benefit("C", "CHA_M", "2016-05", amount=5000, unit="C", paid="2016-05-10")
    assert evaluate_rules(village.facts(), district, "2016-06").findings.is_empty()


def test_v12_grandfathers_number_in_the_childs_column(district: District) -> None:
    """The child's aid row hangs on the grandfather's number; linkage gives it to the child, surely or hardly."""
    village = Village()
    village.person("G", "1950-01-01", died="2016-01-10")
    village.person("K", "2006-04-01")
    village.status("G", "dead", "2016-01-10", roll="deaths", month="2016-02")
    village.benefit("K", "EDU_C", "2016-03", "2016-07", amount=500)
    assert of_rule(evaluate_rules(village.facts(), district, "2016-06"), "A01") == []
    weak = Village()
    weak.person("G", "1950-01-01", died="2016-01-10")
    weak.status("G", "dead", "2016-01-10", roll="deaths", month="2016-02")
    weak.benefit("G", "DSB_C", "2016-03", "2016-06", amount=400, probability=0.6)
    assert [item["finding_kind_code"] for item in of_rule(evaluate_rules(weak.facts(), district, "2016-06"), "A01")] == ["link_review"]


def test_v16_disabled_member_without_living_allowance(district: District) -> None:
    village = Village()
    village.person("A")
    village.dibao("A", ("A",), "2016-01", "2016-03", 540)
    village.status("A", "disabled", "2012-05-01", "2022-05-01", roll="disability_certificates", value_code="1", category_code="4")
    village.benefit("A", "DSB_C", "2016-01", "2016-03", amount=300)
    village.list_for_others("DSB_L", "2016-01", "2016-03")
    village.list_for_others("DSB_C", "2016-01", "2016-03")
    (finding,) = evaluate_rules(village.facts(), district, "2016-03").findings.to_dicts()
    assert (finding["rule_id"], finding["finding_kind_code"], finding["programme_code"]) == ("M01", "missed", "DSB_L")
    assert (finding["from_month"], finding["to_month"], finding["excess_amount"]) == ("2016-01", "2016-03", None)


def test_v17_student_without_grant(district: District) -> None:
    village = Village()
    village.person("A", "1975-02-02")
    village.person("B", "2004-02-02")
    village.dibao("A", ("A", "B"), "2016-02", "2016-06", 900)
    village.status("B", "enrolled", roll="school_register", month="2016-04", value_code="六年级")
    village.list_for_others("EDU_C", "2016-02", "2016-07")
    (finding,) = evaluate_rules(village.facts(), district, "2016-06").findings.to_dicts()
    assert (finding["rule_id"], finding["person_id"], finding["department"]) == ("M03", "B", "education")
