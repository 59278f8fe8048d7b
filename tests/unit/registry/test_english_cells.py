"""Cells of a roll in English: dates in the declared order, months by name, money, phones, places, kin."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from registry.conventions import PhoneForm
from registry.district import load_district
from registry.standardise.amounts import clean_amount
from registry.standardise.dates import find_written_date, read_dates
from registry.standardise.kinship import clean_relation
from registry.standardise.month_names import Order
from registry.standardise.periods import read_periods, write_month
from registry.standardise.phones import clean_account_number, clean_national_phone
from registry.standardise.places import build_gazetteer, read_places
from registry.statement import state_roll
from tests.unit.registry.landed_rows import land_rows

AS_OF = date(2016, 6, 30)
COUNTY = load_district(Path(__file__).resolve().parents[2] / "districts" / "maple_county")


def read(written: str, order: Order = "mdy") -> tuple[object, ...]:
    return read_dates(pl.Series([written]), AS_OF, order).row(0)[1:]


@pytest.mark.parametrize(
    "written",
    ["3/24/2016", "03/24/2016", "3-24-16", "3.24.16", "24 March 2016", "March 24, 2016", "Mar 24, 16", "24-Mar-16", "24th of March 2016",
     "Thursday, March 24, 2016", "2016-03-24", "2016-03-24 00:00:00", "3/24/2016 12:00:00 AM", "42453"],
)  # fmt: skip
def test_every_way_to_write_a_day(written: str) -> None:
    assert read(written) == (date(2016, 3, 24), "day", None)


def test_the_order_is_the_one_declared() -> None:
    assert read("3/4/2016", "mdy")[0] == date(2016, 3, 4)
    assert read("3/4/2016", "dmy")[0] == date(2016, 4, 3)
    assert read("03-04-16", "mdy")[0] == date(2016, 3, 4)
    assert read("3/4/2016", "ymd") == (date(2016, 1, 1), "year", "DATE_AMBIGUOUS")


@pytest.mark.parametrize(("written", "order"), [("13/02/2016", "mdy"), ("2/13/2016", "dmy"), ("02/30/2016", "mdy")])
def test_a_date_of_another_order_is_never_turned_round(written: str, order: Order) -> None:
    assert read(written, order) == (date(2016, 1, 1), "year", "DATE_UNREADABLE")


@pytest.mark.parametrize("written", ["13/02/16", "soon", "Marble 2016", "24 Brumaire 2016"])
def test_what_is_no_date_says_so(written: str) -> None:
    assert read(written) == (None, None, "DATE_UNREADABLE")


@pytest.mark.parametrize("written", ["March 2016", "Mar-16", "Mar. 2016", "3/2016", "2016-03"])
def test_months_by_name(written: str) -> None:
    assert read(written) == (date(2016, 3, 1), "month", None)


@pytest.mark.parametrize("written", ["", "N/A", "unknown", "ongoing", "None"])
def test_an_honest_nothing_is_no_problem(written: str) -> None:
    assert read(written) == (None, None, None)


def test_two_digit_years_lie_in_the_past() -> None:
    assert read("12/31/45")[0] == date(1945, 12, 31)
    assert read("6/1/16")[0] == date(2016, 6, 1)


def test_a_date_inside_a_remark() -> None:
    assert pl.select(find_written_date(pl.lit("grace until 9/30/2016, see file"), "mdy")).item() == "9/30/2016"
    assert pl.select(find_written_date(pl.lit("from March 1, 2016 on"), "mdy")).item() == "March 1, 2016"


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("March 2016", "2016-03", "2016-03"),
        ("Jan-Mar 2016", "2016-01", "2016-03"),
        ("January to March 2016", "2016-01", "2016-03"),
        ("Nov-Jan 2016", "2015-11", "2016-01"),
        ("2016 Q1", "2016-01", "2016-03"),
        ("Q2 2016", "2016-04", "2016-06"),
        ("1st quarter 2016", "2016-01", "2016-03"),
        ("Second Quarter", "2016-04", "2016-06"),
        ("H1 2016", "2016-01", "2016-06"),
        ("Fall 2015", "2015-08", "2016-01"),
        ("1/1/2016 - 3/31/2016", "2016-01", "2016-03"),
        ("3/2016", "2016-03", "2016-03"),
        ("June", "2016-06", "2016-06"),
    ],
)
def test_periods(written: str, first: str, last: str) -> None:
    read_row = read_periods(pl.Series([written]), AS_OF, "mdy").select(write_month(pl.col("from_serial", "to_serial")), "problem").row(0)
    assert read_row == (first, last, None)


@pytest.mark.parametrize("written", ["FY2016", "monthly", "March to", "13/2016"])
def test_what_is_no_period_says_so(written: str) -> None:
    assert read_periods(pl.Series([written]), AS_OF, "mdy").row(0)[1:] == (None, None, "PERIOD_UNREADABLE")


@pytest.mark.parametrize(
    ("written", "amount"),
    [("$1,200.50", "1200.50"), ("(120.00)", "-120"), ("($120.00)", "-120"), ("-$5", "-5"), ("USD 1,200", "1200"), ("1200 dollars", "1200"),
     ("$54/month", "54"), ("$540 per month", "540"), ("120.00-", "-120"), ("$ 7", "7")],
)  # fmt: skip
def test_dollars(written: str, amount: str) -> None:
    assert pl.select(clean_amount(pl.lit(written), "USD")).item() == Decimal(amount)


def test_another_currency_is_not_read() -> None:
    assert pl.select(clean_amount(pl.lit("500元"), "USD")).item() is None
    assert pl.select(clean_amount(pl.lit("€5"), "USD")).item() is None
    assert pl.select(clean_amount(pl.lit("$5"))).item() is None


@pytest.mark.parametrize(
    "written", ["(555) 010-1234", "555.010.1234 x12", "+1 555 010 1234", "1-555-010-1234", "5550101234.0", "555-010-1234 or 555-010-9999"]
)
def test_one_form_of_a_phone(written: str) -> None:
    assert pl.select(clean_national_phone(pl.lit(written), PhoneForm(scheme="national", country_code="1"))).item() == "5550101234"


def test_a_phone_of_another_length_is_none() -> None:
    form = PhoneForm(scheme="national", country_code="44", trunk="0", digits=[10])
    assert pl.select(clean_national_phone(pl.lit("010-1234"), form)).item() is None
    assert pl.select(clean_national_phone(pl.lit("020 7946 0018"), form)).item() == "2079460018"
    assert pl.select(clean_national_phone(pl.lit("+44 (0)20 7946 0018"), form)).item() == "2079460018"
    assert pl.select(clean_account_number(pl.lit("4012-3456"), 8)).item() == "40123456"


@pytest.mark.parametrize(
    ("written", "place", "town"),
    [
        ("12 Oak St, Old Mill, Alder Falls", "MC101", "MC1"),
        ("ORCHARD LN CEDAR PT.", "MC301", "MC3"),
        ("Harborview Apartments", None, None),
        ("12 Old Milling Rd", None, None),
        ("Brook End", None, "MC2"),
        ("MC203", "MC203", "MC2"),
    ],
)
def test_places_are_whole_words(written: str, place: str | None, town: str | None) -> None:
    gazetteer = build_gazetteer(COUNTY.places, is_spaced=True)
    assert read_places(pl.Series([written]), gazetteer, is_spaced=True).row(0)[1:] == (place, town)


@pytest.mark.parametrize(
    ("word", "sex", "code"),
    [("Head of Household", None, "02"), ("Wife", None, "12"), ("eldest son", None, "22"), ("Child", "2", "30"), ("Child", "1", "20"),
     ("step-son", None, None), ("Stepson", None, "27"), ("Grandmother", None, "62"), ("Roommate", None, "99")],
)  # fmt: skip
def test_words_of_kin(word: str, sex: str | None, code: str | None) -> None:
    assert pl.select(clean_relation(pl.lit(word), pl.lit(sex, pl.String))).item() == code


def test_a_date_that_fits_another_order_goes_back_with_its_address() -> None:
    roll = COUNTY.rolls["emergency_aid"]
    rows = [{"event": "E-1", "name": "Ann Lee", "number": "", "address": "Old Mill", "cause": "FIRE", "amount": "$5", "paid": "13/02/2016"}]
    stated = state_roll(land_rows("emergency_aid", rows, district=COUNTY), roll, COUNTY)
    told = stated["quarantine"].filter(pl.col("column") == "Date Paid").row(0, named=True)
    assert (told["reason_code"], told["cell_value"]) == ("DATE_UNREADABLE", "13/02/2016")
    assert "the date cannot be read" in told["sentence_en"]
    benefit = stated["benefits"].row(0, named=True)
    assert (benefit["paid_date"], benefit["cause_code"], benefit["amount"]) == (None, "fire", Decimal(5))
