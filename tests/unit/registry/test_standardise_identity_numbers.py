"""Identity numbers: every vector of the defect catalogue (domain.md §4.5, §5.2)."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.standardise.identity_numbers import find_check_character, has_valid_check, read_identity_numbers, widen_number

AS_OF = date(2016, 6, 30)
CLEAN = "359901196703150023"
ENDS_IN_X = "35990119670315004X"
MAN = "359921195212043515"


def read_one(written: str | None, *, is_numeric: bool = False) -> dict[str, object]:
    cells = pl.LazyFrame(
        {"written": [written], "is_numeric": [is_numeric], "as_of": [AS_OF]},
        schema={"written": pl.String, "is_numeric": pl.Boolean, "as_of": pl.Date},
    )
    return read_identity_numbers(cells).collect().row(0, named=True)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (CLEAN, CLEAN),
        (ENDS_IN_X, ENDS_IN_X),
        ("35990119670315004x", ENDS_IN_X),
        ("35990119670315004\uff38", ENDS_IN_X),
        ("35990119670315004\u00d7", ENDS_IN_X),
        ("35990119670315004\u0445", ENDS_IN_X),
        ("35990119670315004*", ENDS_IN_X),
        ("'359921195212043515", MAN),
        ("359901 19670315 0023", CLEAN),
        ("359901-19670315-0023", CLEAN),
        ("\u00a0359901196703150023", CLEAN),
        ("359901\u3000196703150023\t", CLEAN),
        ("359901\u200b196703150023\ufeff", CLEAN),
        ("３５９９０１１９６７０３１５００２３", CLEAN),
        ("35990119670315OO23", CLEAN),
        ("3599O1l967O3I5OO23", CLEAN),
        ("359921520412351", "359921195204123515"),
        ("35992119521204351544", MAN),
        ("35992119521204351544B1", MAN),
        ("身份证：359901196703150023", CLEAN),
        ("359901196703150023(已故)", CLEAN),
        *(
            (number, number)
            for number in (
                "359901201007011285",
                "35992119381009062X",
                "359901198802290012",
                "359901199208081773",
                "35990119850613009X",
            )
        ),
    ],
)
def test_canonical_number(written: str, number: str) -> None:
    read = read_one(written)
    assert (read["number_state"], read["number"], read["number_partial"]) == ("valid", number, None)
    assert read["number_birth"] == date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    assert read["number_sex"] == ("1" if int(number[16]) % 2 else "2")


@pytest.mark.parametrize(
    ("written", "state"),
    [
        (None, "missing"),
        ("", "missing"),
        ("  ", "missing"),
        ("-", "missing"),
        ("／", "missing"),
        ("无", "placeholder"),
        ("0", "placeholder"),
        ("111111111111111111", "placeholder"),
        ("身份证丢失", "placeholder"),
        ("未办理", "placeholder"),
        ("同户主", "placeholder"),
        ("999999999999999", "placeholder"),
        ("35990119670315002", "wrong_length"),
        ("3599011967031500233", "wrong_length"),
        ("359901196703150024", "checksum_failed"),
        ("359901196703510023", "checksum_failed"),
        ("35990119670315OO24", "checksum_failed"),
        ("359921196502300115", "impossible"),
        ("H12345678", "other_paper"),
        ("E12345678", "other_paper"),
        ("12345678", "other_paper"),
    ],
)
def test_number_that_cannot_be_used(written: str | None, state: str) -> None:
    read = read_one(written)
    assert (read["number_state"], read["number"], read["number_birth"], read["number_sex"]) == (state, None, None, None)


@pytest.mark.parametrize(
    ("written", "is_numeric", "state", "partial"),
    [
        ("359901196703150000", True, "excel_damaged", "359901196703150???"),
        # The last three digits of a numeric cell are never believed, even where the check digit happens to hold.
        ("359901196703150016", True, "excel_damaged", "359901196703150???"),
        (CLEAN, True, "excel_damaged", "359901196703150???"),
        ("359901196703150000", False, "excel_damaged", "359901196703150???"),
        ("3.59901E+17", False, "excel_damaged", "359901????????????"),
        ("3.5990119670315E+17", False, "excel_damaged", "359901196703150???"),
        ("3.59901196703151e+17", False, "excel_damaged", "359901196703151???"),
        ("359901********0023", False, "masked", "359901????????0023"),
        ("359901196703****23", False, "masked", "359901196703????23"),
    ],
)
def test_what_a_damaged_number_still_tells(written: str, is_numeric: bool, state: str, partial: str) -> None:
    read = read_one(written, is_numeric=is_numeric)
    assert (read["number_state"], read["number"], read["number_partial"], read["number_sex"]) == (state, None, partial, None)
    assert read["number_birth"] == (date(1967, 3, 15) if state == "excel_damaged" and partial[14] != "?" else None)


def test_numeric_cell_of_fifteen_digits_is_whole() -> None:
    """A spreadsheet keeps fifteen digits: an old number survives a numeric cell."""
    assert read_one("359921520412351", is_numeric=True)["number"] == "359921195204123515"


@pytest.mark.parametrize(("born", "state"), [("18951231", "impossible"), ("19100101", "valid"), ("20160701", "impossible")])
def test_nobody_is_born_after_the_delivery_or_older_than_120(born: str, state: str) -> None:
    body = f"359901{born}002"
    number = pl.select(pl.concat_str(pl.lit(body), find_check_character(pl.lit(body)))).item()
    assert read_one(number)["number_state"] == state


@given(st.integers(0, 10**11 - 1).map(lambda tail: f"359901{tail:011d}"), st.integers(0, 16), st.integers(1, 9))
def test_check_digit_catches_every_single_error(body: str, at: int, shift: int) -> None:
    number = body + str(pl.select(find_check_character(pl.lit(body))).item())
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    assert pl.select(has_valid_check(pl.lit(number))).item()
    assert not pl.select(has_valid_check(pl.lit(wrong))).item()


def test_old_number_of_a_centenarian() -> None:
    assert pl.select(widen_number(pl.lit("359921980412997"))).item()[6:10] == "1898"
