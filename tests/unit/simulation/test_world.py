"""The made-up district at full size against the control totals of domain.md §7: people, names, numbers, books, aid.

Every total is held within 5 %; the test beside each names the line it comes from.
One figure of §7 is not held here: the mean aid unit (§7.4 says 2.7, the rule of §6.1 gives about 2.3; see test_world_truth). The
psychiatric register (§7.6) and the other lists of livelihoods are held in test_livelihoods.
"""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest

from registry.district import DISTRICTS
from simulation.identity import check_characters
from simulation.places import build_places, list_villages
from simulation.tables import World
from simulation.world import build_world

YEAR = tuple(f"2016-{month:02d}" for month in range(1, 13))
MIDDLE = date(2016, 6, 30)
RESIDENTS = 360_000


@pytest.fixture(scope="module")
def world() -> World:
    """The whole district, so that chance leaves its small groups alone."""
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
        (pl.col("sex_code") == "1", 106.9 / 206.9),
        (pl.col("is_away"), 78 / 400),
        (pl.col("is_away"), 0.19),
        (pl.col("village_code") != pl.col("residence_village_code"), 0.09),
    ],
    ids=[
        "0-14 (§7.4 Q区 2016)",
        "15-59 (§7.4 Q区 2016)",
        "60+ (§7.4 Q区 2016)",
        "80+ (§7.4 Q区 2016)",
        "sex ratio (§7.4 Fujian 2020)",
        "away (§7.1 resident = 400,000 - 78,000 + 38,000)",
        "away half a year (§7.4 migration)",
        "living elsewhere in the district (§7.4 migration)",
    ],
)
def test_shares_of_the_registered(registered: pl.DataFrame, condition: pl.Expr, target: float) -> None:
    assert within(share_of(registered, condition), target), share_of(registered, condition)


def test_residents_are_the_registered_less_the_absent_plus_incomers(world: World, registered: pl.DataFrame) -> None:
    """domain.md §7.1: 360,000 = 400,000 - 78,000 away + 38,000 incomers."""
    incomers = world.persons.filter(~pl.col("is_local")).height
    assert within(registered.height, 400_000)
    assert within(int(registered["is_away"].sum()), 78_000)
    assert within(incomers, 38_000)
    assert within(registered.filter(~pl.col("is_away")).height + incomers, RESIDENTS)


@pytest.mark.parametrize(
    ("town", "thousands"),
    [("SY街道", 86), ("NP镇", 66), ("JS镇", 43), ("HL镇", 56), ("FW镇", 46), ("QH镇", 41), ("TL镇", 62)],
)
def test_registered_people_by_town(registered: pl.DataFrame, town: str, thousands: int) -> None:
    """domain.md §7.1, the table of towns."""
    assert within(registered.filter(pl.col("town_name") == town).height, thousands * 1000)


def test_number_and_sizes_of_books(registered: pl.DataFrame) -> None:
    """domain.md §7.4, 户籍户 size: 100,000 books, mean 4.0, and the share of each size in percent."""
    sizes = registered.group_by("book").len()["len"]
    assert within(sizes.len(), 100_000)
    assert within(registered.height / sizes.len(), 4.0)
    percent = {1: 12, 2: 14, 3: 18, 4: 20, 5: 15, 6: 10, 7: 5, 8: 3}
    found = {size: 100 * int((sizes == size).sum()) / sizes.len() for size in percent}
    assert all(within(found[size], share) for size, share in percent.items()), found
    assert within(100 * int((sizes >= 9).sum()) / sizes.len(), 3)


def test_births_and_deaths_of_the_year(world: World, registered: pl.DataFrame) -> None:
    """domain.md §7.4: 14 births and 8.0 deaths in a thousand (3,200 a year), deaths registered within 30 and 90 days, a year, later."""
    local = world.persons.filter("is_local")
    births = local.filter(pl.col("birth_date").dt.year() == 2016).height
    deaths = local.filter(pl.col("death_date").dt.year() == 2016)
    assert within(births / registered.height * 1000, 14.0)
    assert within(deaths.height / registered.height * 1000, 8.0)
    assert within(deaths.height, 3_200)
    dead = local.filter(pl.col("death_date").is_not_null())
    lag = (dead["death_registered_date"] - dead["death_date"]).dt.total_days()
    found = {edge: int((lag <= edge).sum()) / lag.len() for edge in (30, 90, 365)}
    assert within(found[30], 0.45), found
    assert within(found[90] - found[30], 0.30), found
    assert within(found[365] - found[90], 0.17), found
    assert within(1 - found[365], 0.08), found


def test_newborn_are_registered_one_to_six_months_late(world: World) -> None:
    """domain.md §7.4: id lag 1-6 months."""
    newborn = world.persons.filter(pl.col("birth_date") >= date(2015, 1, 1))
    late = (newborn["birth_registered_date"] - newborn["birth_date"]).dt.total_days()
    assert late.min() >= 30  # type: ignore[operator]
    assert late.max() <= 181  # type: ignore[operator]
    assert (newborn["has_number"] == (newborn["birth_registered_date"] <= date(2016, 12, 31))).all()


def in_june(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter((pl.col("from_month") <= "2016-06") & (pl.col("to_month").is_null() | (pl.col("to_month") >= "2016-06")))


def paid_in_quarter(world: World, programme: str) -> int:
    covers = (pl.col("programme_code") == programme) & (pl.col("from_month") <= "2016-06") & (pl.col("to_month") >= "2016-04")
    return world.payments.filter(covers)["person"].n_unique()


def paid_in_year(world: World, start: str) -> pl.DataFrame:
    return world.payments.filter(pl.col("programme_code").str.starts_with(start) & (pl.col("paid_date").dt.year() == 2016))


def in_2016(frame: pl.DataFrame, day: str) -> pl.DataFrame:
    return frame.filter(pl.col(day).dt.year() == 2016)


def _stays(world: World) -> int:
    return in_2016(world.bills, "paid_date").filter((pl.col("visit_kind") == "住院") & ~pl.col("is_reversal")).height


def _registered_80(world: World) -> int:
    born = (pl.col("birth_date") <= date(1936, 6, 30)) & pl.col("is_local")
    gone = (pl.col("death_date") <= MIDDLE).fill_null(value=False) | (pl.col("moved_out_date") <= MIDDLE).fill_null(value=False)
    return world.persons.filter(born & ~gone).height


def _enrolled(world: World) -> int:
    return world.persons.filter(pl.col("is_insured") & (pl.col("birth_date") <= MIDDLE) & pl.col("death_date").is_null()).height


CASELOADS: list[tuple[str, Callable[[World], float], float]] = [
    ("低保 households (§7.6)", lambda w: in_june(w.dibao_cases).height, 2650),
    ("低保 persons (§7.6)", lambda w: in_june(w.dibao_members).filter("enjoys")["person"].n_unique(), 5000),
    ("低保 rural, percent (§7.6)", lambda w: 100 * share_of(in_june(w.dibao_cases), pl.col("category") == "农村低保"), 87),
    ("特困 (§7.6)", lambda w: in_june(w.tekun).height, 280),
    ("特困 in institutions, percent (§7.6)", lambda w: 100 * share_of(in_june(w.tekun), pl.col("institution").is_not_null()), 20),
    ("残疾人持证 (§7.6)", lambda w: w.disabilities.height, 8800),
    ("困残补贴 (§7.6)", lambda w: paid_in_quarter(w, "DSB_L"), 1900),
    ("护理补贴 (§7.6)", lambda w: paid_in_quarter(w, "DSB_C"), 3700),
    ("80+ (§7.6)", _registered_80, 8000),
    ("80+ on the allowance (§7.6)", lambda w: paid_in_quarter(w, "ELD_A"), 8000),
    ("新农合 enrolled (§7.6)", _enrolled, 345_000),
    ("新农合 stays (§7.6)", _stays, 48_000),
    ("医疗救助 persons (§7.6)", lambda w: paid_in_year(w, "MED")["person"].n_unique(), 3100),
    ("临时救助 cases (§7.6)", lambda w: paid_in_year(w, "TMP")["case_number"].n_unique(), 700),
    ("慈善 (§7.6)", lambda w: paid_in_year(w, "CHA").height, 680),
    ("红十字 (§7.6)", lambda w: paid_in_year(w, "RCS").height, 420),
    ("助学 autumn (§7.6)", lambda w: w.payments.filter(pl.col("period_text") == "2016-2017学年第一学期")["person"].n_unique(), 6400),
    ("助学 spring (§7.6)", lambda w: w.payments.filter(pl.col("period_text") == "2015-2016学年第二学期")["person"].n_unique(), 6400),
    ("公租房/补贴 (§7.6)", lambda w: w.housing.height, 860),
    ("applications (§4.2 R38)", lambda w: in_2016(w.applications, "received_date").height, 5200),
    ("leads (§4.2 R36)", lambda w: in_2016(w.leads, "reported_date").height, 4800),
    ("医疗救助 mean a person, yuan (§7.6)", lambda w: _mean(w, "MED", "person"), 1273),
    ("临时救助 mean a case, yuan (§7.6)", lambda w: _mean(w, "TMP", "case_number"), 2300),
    ("慈善 mean, yuan (§7.6)", lambda w: _mean(w, "CHA", "payment"), 3500),
    ("红十字 mean, yuan (§7.6)", lambda w: _mean(w, "RCS", "payment"), 4500),
]
"""Caseloads of domain.md §7.6, each within 5 %; standing aid as of June or the second quarter, the rest of the year 2016."""


def _mean(world: World, start: str, unit: str) -> float:
    paid = paid_in_year(world, start)
    return float(paid["amount"].sum()) / 100 / paid[unit].n_unique()


@pytest.mark.parametrize(("measure", "target"), [case[1:] for case in CASELOADS], ids=[case[0] for case in CASELOADS])
def test_caseloads(world: World, measure: Callable[[World], float], target: float) -> None:
    assert within(measure(world), target), (measure(world), target)


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


def list_frames(part: object) -> list[pl.DataFrame]:
    """Return every frame of a part of the world, those of its parts too."""
    found: list[pl.DataFrame] = []
    for name in part.__dataclass_fields__:  # type: ignore[attr-defined]
        value = getattr(part, name)
        if isinstance(value, pl.DataFrame):
            found.append(value)
        elif hasattr(value, "__dataclass_fields__"):
            found += list_frames(value)
    return found


def test_same_seed_same_frames() -> None:
    first, again, other = (
        build_world(2_000, ("2016-01", "2016-02"), 7),
        build_world(2_000, ("2016-01", "2016-02"), 7),
        build_world(2_000, ("2016-01", "2016-02"), 8),
    )
    for one, same in zip(list_frames(first), list_frames(again), strict=True):
        assert one.equals(same, null_equal=True)
    assert not first.persons.equals(other.persons, null_equal=True)


def test_collisions_of_names_in_the_whole_district(world: World) -> None:
    """domain.md §7.5, each share within a third."""
    local = world.persons.filter(pl.col("is_local") & pl.col("death_date").is_null()).with_columns(year=pl.col("birth_date").dt.year())
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
