"""The made-up district against the control totals of domain.md §7: people, names, numbers, aid."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest

from registry.district import DISTRICTS
from simulation.identity import check_characters
from simulation.people import build_persons
from simulation.places import build_places, list_villages
from simulation.streams import open_stream
from simulation.tables import World
from simulation.world import build_population, build_world

YEAR = tuple(f"2016-{month:02d}" for month in range(1, 13))
MIDDLE = date(2016, 6, 30)
RESIDENTS = 90_000
SCALE = RESIDENTS / 360_000


@pytest.fixture(scope="module")
def world() -> World:
    """A quarter of the district, big enough for its small groups."""
    return build_world(RESIDENTS, YEAR, 1)


@pytest.fixture(scope="module")
def registered(world: World) -> pl.DataFrame:
    """People on the register, alive and present in the middle of the year, with their age."""
    here = (pl.col("birth_date") <= MIDDLE) & (pl.col("death_date").is_null() | (pl.col("death_date") > MIDDLE))
    here &= pl.col("moved_out_date").is_null() | (pl.col("moved_out_date") > MIDDLE)
    age = (pl.lit(MIDDLE) - pl.col("birth_date")).dt.total_days() / 365.2425
    return world.persons.filter(pl.col("is_local") & here).with_columns(age=age)


def within(value: float, target: float, share: float = 0.05) -> bool:
    return abs(value - target) <= share * target


def share_of(frame: pl.DataFrame, condition: pl.Expr) -> float:
    return float(frame.select(condition.mean()).item())


@pytest.mark.parametrize(
    ("condition", "target"),
    [
        (pl.col("age") < 15, 0.21),
        (pl.col("age").is_between(15, 60, closed="left"), 0.645),
        (pl.col("age") >= 60, 0.145),
        (pl.col("age") >= 80, 0.020),
        (pl.col("sex_code") == "1", 0.517),
        (pl.col("is_away"), 0.195),
    ],
    ids=["children", "working age", "sixty and over", "eighty and over", "men", "away"],
)
def test_shares_of_the_registered(registered: pl.DataFrame, condition: pl.Expr, target: float) -> None:
    assert within(share_of(registered, condition), target), share_of(registered, condition)


def test_sizes_of_population_and_books(world: World, registered: pl.DataFrame) -> None:
    incomers = world.persons.filter(~pl.col("is_local")).height
    assert within(registered.height, 400_000 * SCALE)
    assert within(incomers, 38_000 * SCALE)
    assert within(registered.filter(~pl.col("is_away")).height + incomers, RESIDENTS)
    sizes = registered.group_by("book").len()["len"]
    assert within(float(sizes.mean()), 4.0)  # type: ignore[arg-type]
    assert within(sizes.len(), 100_000 * SCALE)


def test_births_and_deaths_of_the_year(world: World, registered: pl.DataFrame) -> None:
    local = world.persons.filter("is_local")
    births = local.filter(pl.col("birth_date").dt.year() == 2016).height
    deaths = local.filter(pl.col("death_date").dt.year() == 2016)
    assert within(births / registered.height * 1000, 14.0)
    assert within(deaths.height / registered.height * 1000, 8.0)
    # A year's deaths of a quarter district are 800: two standard errors are wider than 5 % there, so both years count.
    dead = local.filter(pl.col("death_date").is_not_null())
    lag = (dead["death_registered_date"] - dead["death_date"]).dt.total_days()
    assert within(float((lag <= 30).mean()), 0.45, 0.08)  # type: ignore[arg-type]
    assert within(float((lag <= 365).mean()), 0.92)  # type: ignore[arg-type]


def test_newborn_are_registered_one_to_six_months_late(world: World) -> None:
    newborn = world.persons.filter(pl.col("birth_date") >= date(2015, 1, 1))
    late = (newborn["birth_registered_date"] - newborn["birth_date"]).dt.total_days()
    assert late.min() >= 30  # type: ignore[operator]
    assert late.max() <= 181  # type: ignore[operator]
    assert (newborn["has_number"] == (newborn["birth_registered_date"] <= date(2016, 12, 31))).all()


def in_june(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter((pl.col("from_month") <= "2016-06") & (pl.col("to_month").is_null() | (pl.col("to_month") >= "2016-06")))


CASELOADS: list[tuple[str, Callable[[World], int], float, float]] = [
    ("households on 低保", lambda w: in_june(w.dibao_cases).height, 2650, 0.05),
    ("persons drawing 低保", lambda w: in_june(w.dibao_members).filter("enjoys")["person"].n_unique(), 5000, 0.07),
    ("destitute", lambda w: w.tekun.height, 280, 0.05),
    ("certificates", lambda w: w.disabilities.height, 8800, 0.05),
    ("living allowance", lambda w: _paid_in_quarter(w, "DSB_L"), 1900, 0.10),
    ("care allowance", lambda w: _paid_in_quarter(w, "DSB_C"), 3700, 0.10),
    ("old age allowance", lambda w: _paid_in_quarter(w, "ELD_A"), 8000, 0.07),
    ("bills", lambda w: w.bills.filter(pl.col("paid_date").dt.year() == 2016).height, 48_000, 0.05),
    ("student aid", lambda w: w.payments.filter(pl.col("period_text") == "2015-2016学年第二学期").height, 6400, 0.05),
    ("housing", lambda w: w.housing.height, 860, 0.05),
    ("applications", lambda w: w.applications.filter(pl.col("received_date").dt.year() == 2016).height, 5200, 0.07),
    ("leads", lambda w: w.leads.filter(pl.col("reported_date").dt.year() == 2016).height, 4800, 0.10),
    ("temporary aid", lambda w: _paid_in_year(w, "TMP").height, 700, 0.20),
    ("charity", lambda w: _paid_in_year(w, "CHA").height, 680, 0.20),
    ("red cross", lambda w: _paid_in_year(w, "RCS").height, 420, 0.20),
    ("medical aid", lambda w: _paid_in_year(w, "MED").height, 3100, 0.20),
]
"""Caseloads of domain.md §7.6; groups that hang on chance events of a small district get more room than 5 %."""


def _paid_in_quarter(world: World, programme: str) -> int:
    paid = world.payments.filter(
        (pl.col("programme_code") == programme) & (pl.col("from_month") <= "2016-06") & (pl.col("to_month") >= "2016-04")
    )
    return paid["person"].n_unique()


def _paid_in_year(world: World, start: str) -> pl.DataFrame:
    return world.payments.filter(pl.col("programme_code").str.starts_with(start) & (pl.col("paid_date").dt.year() == 2016))


@pytest.mark.parametrize(("measure", "target", "room"), [case[1:] for case in CASELOADS], ids=[case[0] for case in CASELOADS])
def test_caseloads(world: World, measure: Callable[[World], int], target: float, room: float) -> None:
    assert within(measure(world), target * SCALE, room), (measure(world), target * SCALE)


def test_mean_amounts(world: World) -> None:
    for start, mean in (("TMP", 2300), ("CHA", 3500), ("RCS", 4500), ("MED", 1273)):
        amounts = _paid_in_year(world, start)["amount"]
        assert within(float(amounts.mean()) / 100, mean, 0.25), start  # type: ignore[arg-type]


def test_numbers_are_valid_unique_and_nobodys(world: World) -> None:
    numbers = world.persons["identity_number"]
    assert numbers.n_unique() == numbers.len()
    assert numbers.str.starts_with("3599").all()
    bodies = numbers.str.slice(0, 17).cast(pl.Int64).to_numpy()
    assert (pl.Series(check_characters(bodies), dtype=pl.String) == numbers.str.slice(17)).all()
    assert (numbers.str.slice(6, 8) == world.persons["birth_date"].dt.strftime("%Y%m%d")).all()
    odd = numbers.str.slice(16, 1).cast(pl.Int64) % 2 == 1
    assert (odd == (world.persons["sex_code"] == "1")).all()
    is_child = world.persons["birth_date"].dt.year() >= 2000
    assert (numbers.str.starts_with("359901") == is_child).all()


@pytest.mark.parametrize(
    ("body", "check"),
    [(35990119670315002, "3"), (35990119670315004, "X"), (35992119521204351, "5"), (35990120100701128, "5"), (35992119381009062, "X")],
)
def test_check_characters(body: int, check: str) -> None:
    assert check_characters(np.array([body]))[0] == check


def test_same_seed_same_frames() -> None:
    first, again, other = (
        build_world(2_000, ("2016-01", "2016-02"), 7),
        build_world(2_000, ("2016-01", "2016-02"), 7),
        build_world(2_000, ("2016-01", "2016-02"), 8),
    )
    frames = [name for name in World.__dataclass_fields__ if name != "months"]
    assert all(getattr(first, name).equals(getattr(again, name), null_equal=True) for name in frames)
    assert not first.persons.equals(other.persons, null_equal=True)


def test_collisions_of_names_in_the_whole_district() -> None:
    people, _ = build_population(360_000, ("2016-01",), 1)
    persons = build_persons(open_stream(1, "people"), people, 16832)
    local = persons.filter(pl.col("is_local") & pl.col("death_date").is_null()).with_columns(year=pl.col("birth_date").dt.year())
    targets = {
        ("name",): 0.454,
        ("name", "village_code"): 0.126,
        ("name", "year"): 0.060,
        ("name", "year", "village_code"): 0.0039,
        ("name", "year", "sex_code"): 0.052,
        ("name", "birth_date"): 0.00012,
    }
    for keys, target in targets.items():
        share = share_of(local, pl.len().over(*keys) > 1)
        assert within(share, target, 1 / 3), (keys, share)
    one_character = share_of(local, pl.col("given_name").str.len_chars() == 1)
    assert 0.08 <= one_character <= 0.12
    surnames = local["surname"].value_counts(normalize=True).sort("proportion", descending=True)["surname"].head(3).to_list()
    assert surnames == ["陈", "林", "庄"]


def test_villages_of_one_surname(world: World) -> None:
    men = world.persons.filter(pl.col("is_local") & (pl.col("sex_code") == "1"))
    leading = men.group_by("village_code", "surname").len().group_by("village_code").agg(share=pl.col("len").max() / pl.col("len").sum())
    assert 0.35 <= float((leading["share"] >= 0.7).mean()) <= 0.55  # type: ignore[arg-type]


def test_the_gazetteer_is_the_one_that_ships() -> None:
    shipped = pl.read_csv(DISTRICTS / "q_district" / "places.csv", infer_schema=False)
    assert shipped.equals(build_places(), null_equal=True)
    assert list_villages().height == 104
    former = shipped.filter(pl.col("successor_code").is_not_null())
    assert former.height >= 4
    assert former["successor_code"].is_in(shipped["place_code"].to_list()).all()
