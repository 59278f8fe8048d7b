"""The made-up owners, couples and convicts behind the registers: volumes of the full Q区, agreement with the world, lawful traps."""

from datetime import date

import polars as pl
import pytest

from simulation.businesses import check_characters
from simulation.rolls.belongings import BELONGINGS
from simulation.rolls.view import View
from simulation.tables import World
from simulation.world import RESIDENTS, build_world

PEOPLE = 20_000
MONTHS = ("2016-05", "2016-06")
HALF_A_YEAR = 0.5
TARGETS = {
    "R27": 120,
    "R28": 31_000,
    "R28b": 2_400 * HALF_A_YEAR,
    "R30b": 172_000,
    "R30c": 900,
    "R37b": 260,
    "R37c": 700,
    "R37d": 420 * HALF_A_YEAR,
    "R41": 8_600,
    "R41b": 180,
    "R42": 14_000,
    "R42b": 16_000,
    "R42c": 3_700 * HALF_A_YEAR,
    "R42d": 2_900 * HALF_A_YEAR,
}


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(PEOPLE, MONTHS, 3)


@pytest.fixture(scope="module")
def rolls(world: World) -> dict[str, pl.DataFrame]:
    view = View(world, MONTHS[1], MONTHS[0], 3)
    return {shape.code: shape.build(view) for shape in BELONGINGS}


@pytest.fixture(scope="module")
def poor(world: World) -> pl.Series:
    return pl.concat([world.dibao_members["person"], world.tekun["person"]]).unique()


def told(world: World, rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return rows with what the world knows of the person in `column`."""
    return rows.join(world.persons.rename({"person": column}), on=column, how="left")


def is_among(column: str, people: pl.Series) -> pl.Expr:
    return pl.col(column).is_in(people.implode())


@pytest.mark.parametrize("code", list(TARGETS))
def test_volumes(code: str, rolls: dict[str, pl.DataFrame]) -> None:
    expected = TARGETS[code] * PEOPLE / RESIDENTS
    assert abs(rolls[code].height - expected) <= 0.3 * expected + 1


def test_judicial_aid_is_rare_but_never_empty(rolls: dict[str, pl.DataFrame]) -> None:
    assert 1 <= rolls["R37"].height <= 18


def test_the_stock_of_the_detained_neither_grows_nor_shrinks() -> None:
    months = ("2015-01", "2016-12")
    world = build_world(PEOPLE, months, 3)
    shape = next(shape for shape in BELONGINGS if shape.code == "R30c")
    first, last = (shape.build(View(world, month, months[0], 3)).height for month in months)
    assert abs(first - last) <= 0.1 * first


def test_owners_are_grown_up_when_they_sign(world: World) -> None:
    frames = world.belongings
    for rows, person, day in (
        (frames.vehicles, "owner", "registered_date"),
        (frames.businesses, "person", "founded_date"),
        (frames.sales, "buyer", "bought_date"),
        (frames.deeds.filter(~pl.col("share").str.starts_with("按份")), "owner", "registered_date"),
    ):
        age = told(world, rows, person).select((pl.col(day) - pl.col("birth_date")).dt.total_days() / 365.25).to_series()
        assert age.min() >= 18.0  # type: ignore[operator]


def test_nobody_acts_after_death(world: World) -> None:
    frames = world.belongings
    for rows, person, day in (
        (frames.vehicles, "owner", "registered_date"),
        (frames.businesses, "person", "founded_date"),
        (frames.deeds.filter(pl.col("acquired") != "继承"), "owner", "registered_date"),
        (frames.registrations, "husband", "registered_date"),
    ):
        known = told(world, rows, person).filter(pl.col("death_date").is_not_null())
        assert known.height
        assert (known[day] <= known["death_date"]).all()


def test_the_poor_own_what_is_lawful_beside_aid(world: World, poor: pl.Series) -> None:
    frames = world.belongings
    bikes = pl.col("kind").str.contains("摩托车")
    cars = frames.vehicles.filter(is_among("owner", poor) & ~bikes)
    assert cars.height >= 4
    assert cars.filter(pl.col("state").is_in(["报废", "注销"]) | ~pl.col("kind").is_in(["小型轿车", "小型普通客车"])).height == cars.height
    old = frames.vehicles.filter(is_among("owner", poor) & bikes)
    assert old.height
    assert (old["registered_date"] <= date(2012, 1, 1)).mean() > 0.9  # type: ignore[operator]
    homes = frames.deeds.filter(is_among("owner", poor) & (pl.col("acquired") != "继承"))
    assert (homes["area"].cast(pl.Float64) < 64).all()
    stalls = frames.businesses.filter(is_among("person", poor))
    small = (pl.col("capital") <= 1_000_000) | (pl.col("state") == "吊销") | (pl.col("kind") == "农民专业合作社")
    assert stalls.filter(small).height == stalls.height > 0


def test_traps_of_homes(world: World, poor: pl.Series) -> None:
    deeds = world.belongings.deeds
    heirs = deeds.filter(pl.col("acquired") == "继承")
    assert heirs.filter(is_among("owner", poor)).height, "a poor heir holds a share"
    assert heirs.filter(pl.len().over("home") > 1).height == heirs.height
    children = told(world, deeds.filter(pl.col("share") == "按份共有(50%)"), "owner")
    assert children.filter(pl.col("birth_date") > date(2000, 1, 1)).height, "a child stands on the deed of a parent"
    resettled = deeds.filter(pl.col("acquired") == "拆迁安置").group_by("owner").len()
    assert (resettled["len"] >= 2).all()
    couples = deeds.filter(pl.col("share") == "共同共有").group_by("home").agg("owner", pl.col("certificate_number").n_unique())
    assert set(couples["certificate_number"]) == {1}
    spouse = dict(world.persons.select("person", "spouse").rows())
    assert all(spouse[first] == second for first, second in couples["owner"].to_list())


def test_traps_of_pay_items(rolls: dict[str, pl.DataFrame], world: World) -> None:
    drawing = world.dibao_members.filter("enjoys")["person"]
    on_aid = rolls["R41"].filter(is_among("@subject", drawing))
    assert on_aid.height
    assert set(on_aid["岗位"]) <= {"公益性岗位", "遗属补助"}
    assert rolls["R41"].filter(pl.col("岗位") == "村主干误工补贴").height > 10
    staff = told(world, rolls["R41"].filter(pl.col("岗位").is_in(["公务员", "教师"])), "@subject")
    assert (2016 - staff["birth_date"].dt.year()).is_between(22, 60).all()
    assert rolls["R42b"].filter(pl.col("状态") == "封存")["月缴存额"].to_list().count(0) > 5


def test_one_cell_with_several_investors_and_a_cadre_with_several_licences(rolls: dict[str, pl.DataFrame]) -> None:
    register = rolls["R42"]
    assert register["法定代表人/投资人"].str.contains("、").sum() > 5
    members = register.filter(pl.col("类型") == "农民专业合作社").group_by("统一社会信用代码").len()
    assert (members["len"] == 4).all() and members.height
    assert register.filter(pl.col("类型") == "个体工商户").group_by("@subject").len()["len"].max() >= 3  # type: ignore[operator]
    codes = register["统一社会信用代码"].unique()
    assert codes.str.contains(r"^9[123]359901[0-9]{8}[0-9X][0-9A-HJ-NPQRTUWXY]$").all()
    assert (check_characters(codes.str.slice(0, 17)) == codes.str.slice(17)).all()


def test_check_character_of_the_standards_own_example() -> None:
    assert check_characters(pl.Series(["91350100M000100Y4"])).to_list() == ["3"]


def test_marriages_are_the_couples_of_the_world_and_divorces_are_none(world: World) -> None:
    entries = world.belongings.registrations
    spouse = dict(world.persons.select("person", "spouse").rows())
    married = entries.filter(pl.col("business") != "离婚")
    assert all(spouse[man] == woman for man, woman in married.select("husband", "wife").rows())
    divorced = entries.filter(pl.col("business") == "离婚")
    assert divorced.height > 10
    codes = dict(world.persons.select("person", "marriage_code").rows())
    assert {codes[person] for pair in divorced.select("husband", "wife").rows() for person in pair} == {"40"}
    assert entries.filter(pl.col("business") == "补领结婚证").height


def test_cremations_bring_earlier_news_than_the_police(world: World) -> None:
    dead = told(world, world.belongings.cremations, "person")
    assert dead["death_date"].null_count() == 0
    assert (dead["cremated_date"] - dead["death_date"]).dt.total_days().is_between(1, 4).all()
    lag = (dead["death_registered_date"] - dead["cremated_date"]).dt.total_days()
    assert 0.3 < (lag > 30).mean() < 0.8  # type: ignore[operator]
    born = dict(world.persons.select("person", "birth_date").rows())
    mourners = dead.filter(pl.col("mourner").is_not_null())
    assert mourners.height > 0.7 * dead.height
    assert all(born[mourner] < date(1998, 8, 1) for mourner in mourners["mourner"])


def test_the_detained_are_away_draw_nothing_and_leave_every_household_as_it_is(world: World) -> None:
    held = world.belongings.justice.detained["person"]
    assert told(world, held.to_frame(), "person")["is_away"].all()
    drawing = pl.concat([world.payments["person"], world.dibao_members["person"], world.applications["person"], world.leads["person"]])
    assert not set(held) & set(drawing)
    aid = world.households.filter((pl.col("household_kind") == "aid") & pl.col("to_month").is_null())
    sizes = aid.with_columns(size=pl.len().over("household")).filter(is_among("person", held))
    assert (sizes["size"] == 1).all()


def test_correction_is_no_prison_and_some_there_draw_aid(world: World) -> None:
    justice = world.belongings.justice
    drawing = set(world.dibao_members.filter("enjoys")["person"])
    assert set(justice.corrected["person"]) & drawing
    assert set(justice.resettled["person"]) & drawing
    assert not set(justice.corrected["person"]) & set(justice.detained["person"])
    freed = justice.detained.filter((pl.col("to_date") <= date(2016, 6, 30)) & ~pl.col("place").str.contains("戒毒"))
    assert set(freed["person"]) <= set(justice.resettled["person"])


def test_two_of_a_family_may_be_aided_in_one_case_each_once(world: World) -> None:
    aid = world.belongings.justice.judicial_aid
    assert aid.filter(pl.len().over("case_number") == 2).height
    assert aid.select("case_number", "person").is_unique().all()


def test_nobody_the_grid_reported_asks_for_legal_aid(world: World) -> None:
    reported = told(world, world.leads.select("person"), "person")
    asking = told(world, world.belongings.justice.legal_aid, "person")
    assert not set(asking["dwelling"]) & set(reported["dwelling"])
    assert not set(asking["name"]) & set(reported["name"])


def test_declared_kin_are_real_kin_on_aid(world: World, poor: pl.Series) -> None:
    declared = world.belongings.declared
    assert declared.filter(is_among("kin", poor)).height == declared.height >= 5
    father, mother = (dict(world.persons.select("person", parent).rows()) for parent in ("father", "mother"))

    def parents(person: int) -> set[int]:
        return {found for found in (father[person], mother[person]) if found is not None}

    for clerk, kin in declared.select("clerk", "kin").rows():
        assert kin in parents(clerk) or clerk in parents(kin) or parents(clerk) & parents(kin)


def test_a_house_is_rebuilt_once_under_a_class_true_in_its_year(world: World) -> None:
    plans = world.belongings.repairs
    assert plans["person"].is_unique().all()
    claimed = plans.filter(pl.col("class") == "低保户").join(world.dibao_members.filter("enjoys"), on="person")
    year = pl.col("year").cast(pl.String)
    true = claimed.filter((pl.col("from_month") <= year + "-12") & (pl.col("to_month").is_null() | (pl.col("to_month") >= year + "-01")))
    assert set(true["person"]) == set(plans.filter(pl.col("class") == "低保户")["person"])
    assert plans["finished_date"].null_count() < plans.height
