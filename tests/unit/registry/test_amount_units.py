"""Amounts of sheets in ten thousands: the landed text stays, the amount comes out in yuan."""

from decimal import Decimal

import pytest

from registry.statement import state_roll
from tests.unit.registry.landed_rows import land_rows, q_district

MYRIADS, THOUSANDS = "amount=unit_10000", "identity_number=excel_numeric;amount=unit_1000"


@pytest.mark.parametrize(
    ("written", "marks", "amount"),
    [
        ("0.12", MYRIADS, "1200.00"),
        ("0.1234", MYRIADS, "1234.00"),
        ("１.２", MYRIADS, "12000.00"),
        ("1,200", MYRIADS, "12000000.00"),
        ("-0.05", MYRIADS, "-500.00"),
        ("(0.05)", MYRIADS, "-500.00"),
        ("1.5", THOUSANDS, "1500.00"),
        # A cell that states its own unit is not multiplied again.
        ("1200元", MYRIADS, "1200.00"),
        ("0.12万", MYRIADS, "1200.00"),
        ("壹仟贰佰元整", MYRIADS, "1200.00"),
        ("-", MYRIADS, None),
        ("0.12", None, "0.12"),
        ("0.12", "other_amount=unit_10000", "0.12"),
    ],
)
def test_amounts_are_multiplied_by_the_stated_unit(written: str, marks: str | None, amount: str | None) -> None:
    row = {"name": "陈一", "identity_number": "359901196703150023", "scheme": "助困", "paid_date": "2016-06-03", "amount": written}
    district = q_district()
    stated = state_roll(land_rows("charity", [row | ({"cell_marks": marks} if marks else {})]), district.rolls["charity"], district)
    assert stated["benefits"]["amount"].to_list() == [Decimal(amount) if amount else None]
    assert "AMOUNT_UNREADABLE" not in stated["quarantine"]["reason_code"].to_list()


@pytest.mark.parametrize("written", ["0.1*3", "0.12美"])
def test_what_cannot_be_multiplied_goes_back(written: str) -> None:
    row = {
        "name": "陈一",
        "identity_number": "359901196703150023",
        "scheme": "助困",
        "paid_date": "2016-06-03",
        "amount": written,
        "cell_marks": MYRIADS,
    }
    district = q_district()
    stated = state_roll(land_rows("charity", [row]), district.rolls["charity"], district)
    assert stated["benefits"]["amount"].to_list() == [None]
    sent_back = stated["quarantine"].filter(stated["quarantine"]["reason_code"] == "AMOUNT_UNREADABLE")
    assert sent_back["cell_value"].to_list() == [written]
