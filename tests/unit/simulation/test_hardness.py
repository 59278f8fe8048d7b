"""Deliveries of normal noise are as messy as domain.md §4.5 says: every roll typed once, beside the same roll typed without a mistake."""

from typing import NamedTuple

import polars as pl
import pytest

from simulation.defects import Clerk, seat_clerk, type_roll
from simulation.identity_defects import NUMERIC
from simulation.name_defects import MOJIBAKE
from simulation.rates import Noise, read_noise
from simulation.rolls.catalogue import SHAPES
from simulation.rolls.shape import Shape
from simulation.rolls.view import View
from simulation.world import build_world

MONTH = "2016-06"
PEOPLE = 36_000
CLEAN, WRITTEN, RELATED = pl.col("clean"), pl.col("written"), pl.col("related")
PLAIN = ~CLEAN.str.ends_with("X")
SPREADSHEET = pl.col("form") != "csv"


class Typed(NamedTuple):
    """Cells with a number, cells with a name, cells with an account: clean and written, with the roll and its file form."""

    numbers: pl.DataFrame
    names: pl.DataFrame
    accounts: pl.DataFrame
    clerk: Clerk


def _pair(shape: Shape, clean: pl.DataFrame, written: pl.DataFrame, head: str, **more: pl.Expr) -> pl.DataFrame:
    """Return the cells under one head that both deliveries have, row by row."""
    left = clean.select("@key", pl.lit(shape.roll).alias("roll"), pl.lit(shape.form).alias("form"), pl.col(head).alias("clean"), **more)
    right = written.select("@key", pl.col(head).alias("written"))
    both = left.unique("@key", keep="none").join(right.unique("@key", keep="none"), on="@key")
    return both.filter(CLEAN.is_not_null()).drop("@key")


@pytest.fixture(scope="module")
def typed() -> Typed:
    view = View(build_world(PEOPLE, (MONTH,), 4), MONTH, MONTH, 4)
    messy, tidy = seat_clerk(view, read_noise("normal")), seat_clerk(view, Noise())
    known = view.persons.select("person", "number")
    numbers, names, accounts = [], [], []
    for shape in SHAPES:
        clean, written = type_roll(shape, tidy), type_roll(shape, messy)
        for party in shape.parties:
            if party.identity_number:
                other = pl.col(party.mistaken_for) if party.mistaken_for else pl.lit(None, pl.Int64)
                cells = _pair(shape, clean, written, party.identity_number, person=pl.col(party.person), other=other.cast(pl.Int64))
                numbers.append(cells.join(known.rename({"person": "other", "number": "related"}), on="other", how="left"))
            if party.name:
                names.append(_pair(shape, clean, written, party.name))
        accounts += [_pair(shape, clean, written, head) for head in shape.of_kind("account")]
    return Typed(pl.concat(numbers), pl.concat(names), pl.concat(accounts), messy)


def expect(cells: pl.DataFrame, section: str, name: str, possible: pl.Expr) -> float:
    """Return how many cells should have a defect, from the rate of each roll."""
    noise = read_noise("normal")
    counts = cells.filter(possible).group_by("roll").len().rows()
    return float(sum(getattr(getattr(noise.of(roll), section), name) * count for roll, count in counts))


def hit(cells: pl.DataFrame, seen: pl.Expr) -> int:
    return cells.filter((WRITTEN != CLEAN) & seen).height


def near(count: int, expected: float) -> bool:
    """Return whether a count is its expectation by chance and a fifth: defects exclude each other in a cell."""
    return expected > 3 and abs(count - expected) <= 0.2 * expected + 3.5 * expected**0.5


NUMBER_DEFECTS = {
    "apostrophe": (WRITTEN.str.starts_with("'"), pl.lit(value=True)),
    "spaces": (WRITTEN.str.contains("[ \u00a0\u3000\u200b]"), pl.lit(value=True)),
    "full_width": (WRITTEN.str.contains("^[０-９Ｘ]{18}$"), pl.lit(value=True)),
    "letters": (WRITTEN.str.contains("[Ol]"), pl.lit(value=True)),
    "excel_numeric": (WRITTEN.str.contains(f"^{NUMERIC}\\d{{15}}000$"), SPREADSHEET & PLAIN),
    "excel_text": (WRITTEN.str.contains(r"^\d\.\d+E\+17$"), ~SPREADSHEET & PLAIN),
    "fifteen_digits": (CLEAN.str.slice(0, 6) + CLEAN.str.slice(8, 9) == WRITTEN, CLEAN.str.slice(6, 2) == "19"),
    "missing_digit": (WRITTEN.str.contains(r"^\d{16}[\dX]$"), pl.lit(value=True)),
    "extra_digit": (WRITTEN.str.contains(r"^\d{18}[\dX]$"), pl.lit(value=True)),
    "related": (WRITTEN == RELATED, RELATED.is_not_null() & (RELATED != CLEAN)),
    "certificate": (WRITTEN.str.starts_with(CLEAN) & (WRITTEN.str.len_chars() >= 20), pl.lit(value=False)),
    "masked": (WRITTEN.str.contains("********", literal=True), pl.lit(value=True)),
    "other_paper": (WRITTEN.str.contains(r"^H\d{8}$"), pl.lit(value=True)),
}
"""How each defect of a number shows, and which cells could have it; certificates only where there is one."""


@pytest.mark.parametrize("name", [name for name in NUMBER_DEFECTS if name != "certificate"])
def test_numbers_are_damaged_at_their_rates(typed: Typed, name: str) -> None:
    seen, possible = NUMBER_DEFECTS[name]
    count, expected = hit(typed.numbers, seen), expect(typed.numbers, "identity", name, possible)
    assert near(count, expected), (count, expected)


def test_numbers_are_left_out_or_replaced_by_a_word(typed: Typed) -> None:
    blank = typed.numbers.filter(WRITTEN.is_null()).height
    assert near(blank, expect(typed.numbers, "identity", "blank", pl.lit(value=True)))
    charity = typed.numbers.filter((pl.col("roll") == "charity") & WRITTEN.str.contains("[359]{3}").not_().fill_null(value=True))
    assert 0.3 <= charity.height / typed.numbers.filter(pl.col("roll") == "charity").height <= 0.7
    assert hit(typed.numbers, NUMBER_DEFECTS["certificate"][0]) > 0


def test_numbers_of_other_people_stand_in_the_cells(typed: Typed) -> None:
    """domain.md §4.5: another person's number in 0.4-1.5 % of the cells (registers kept by machine apart), the head's repeated in 0.3 %."""
    everybody = typed.clerk.view.world.persons["identity_number"].implode()
    noise = read_noise("normal")
    kept_by_machine = [name for name in typed.numbers["roll"].unique() if noise.of(name).identity.neighbour < noise.identity.neighbour]
    assert {"hukou", "deaths"} <= set(kept_by_machine)
    cells = typed.numbers.filter(~pl.col("roll").is_in(kept_by_machine))
    foreign = hit(cells, WRITTEN.is_in(everybody)) / cells.height
    assert 0.004 <= foreign <= 0.015, foreign
    members = cells.filter((pl.col("roll") == "nrcms_enrolment") & RELATED.is_not_null() & (RELATED != CLEAN))
    copied = 2 * read_noise("normal").of("nrcms_enrolment").identity.related
    assert 0.003 <= hit(members, WRITTEN == RELATED) / members.height <= copied  # the row above is often the head's, too


def test_changed_numbers_live_on_in_one_old_roll(typed: Typed) -> None:
    """domain.md §4.5: 0.15 % of people had another number before; it is valid, nobody else's, and one roll still has it."""
    former = typed.clerk.former
    persons = typed.clerk.view.world.persons
    assert near(former.height, 0.0015 * persons.filter(pl.col("birth_date").dt.year() <= 2012).height)
    assert former["former"].is_unique().all()
    assert former["former"].is_in(persons["identity_number"].implode()).sum() == 0
    named = typed.numbers.join(former.drop("roll"), on="person").filter(pl.col("former") == WRITTEN)
    assert named.height >= 0.3 * former.height
    assert (named.group_by("person").agg(pl.col("roll").n_unique())["roll"] == 1).all()
    assert named["roll"].n_unique() >= 2


NAME_DEFECTS = {
    "inner_space": (WRITTEN.str.replace_all("[ \u3000]", "") == CLEAN, (CLEAN.str.len_chars() == 2)),
    "swapped_order": (CLEAN.str.slice(1) + " " + CLEAN.str.slice(0, 1) == WRITTEN, CLEAN.str.contains(r"^\p{Han}{3}$")),
    "mojibake": (WRITTEN.str.contains("[\u00a1-\u00ff]{2}|锟斤拷"), ~CLEAN.str.contains("·", literal=True)),
}


@pytest.mark.parametrize("name", list(NAME_DEFECTS))
def test_names_are_damaged_at_their_rates(typed: Typed, name: str) -> None:
    seen, possible = NAME_DEFECTS[name]
    count, expected = hit(typed.names, seen), expect(typed.names, "names", name, possible)
    assert near(count, expected), (count, expected)


def test_mojibake_is_what_a_wrong_encoding_shows() -> None:
    assert "".join(MOJIBAKE[character] for character in "张三") == "ÕÅÈý"


def test_accounts_lose_their_last_digits_in_numeric_cells(typed: Typed) -> None:
    cells = typed.accounts.filter(SPREADSHEET)
    numeric = hit(cells, WRITTEN.str.starts_with(NUMERIC))
    assert near(numeric, expect(cells, "values", "account_numeric", pl.lit(value=True)))
    damaged = cells.filter(WRITTEN.str.starts_with(NUMERIC))
    assert (damaged["written"].str.slice(1, 15) == damaged["clean"].str.slice(0, 15)).all()
    assert hit(typed.accounts.filter(~SPREADSHEET), WRITTEN.str.contains(r"^\d\.\d+E\+\d+$")) > 0


def test_namesakes_live_in_one_village(typed: Typed) -> None:
    """domain.md §3.4 and §7.5: people share their full name with a neighbour."""
    local = typed.clerk.view.world.persons.filter("is_local")
    assert float(local.select((pl.len().over("name", "village_code") > 1).mean()).item()) > 0.01
