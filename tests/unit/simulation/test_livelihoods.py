"""The made-up lives behind the health and social security rolls: caseloads of the full Q区, and the traps the rolls are known for."""

from datetime import date

import polars as pl
import pytest

from simulation.rolls.livelihoods import LIVELIHOODS
from simulation.rolls.view import View
from simulation.tables import World
from simulation.world import RESIDENTS, build_world

PEOPLE = 36_000
MONTHS = ("2016-05", "2016-06")
BY_CODE = {shape.code: shape for shape in LIVELIHOODS}
HALF_A_YEAR = 0.5


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(PEOPLE, MONTHS, 4)


@pytest.fixture(scope="module")
def rolls(world: World) -> dict[str, pl.DataFrame]:
    view = View(world, MONTHS[1], MONTHS[0], 4)
    return {code: shape.build(view) for code, shape in BY_CODE.items()}


def age_span(world: World, persons: pl.Series) -> tuple[int, int]:
    """Return the youngest and the oldest in the year of their birthday."""
    years = world.persons.join(persons.alias("person").to_frame(), on="person")["birth_date"].dt.year().to_list()
    return 2016 - max(years), 2016 - min(years)


@pytest.mark.parametrize(
    ("code", "target"),
    [
        ("R14", 62_000),
        ("R15", 98_000),
        ("R16", 1_200 * HALF_A_YEAR),
        ("R17", 1_750),
        ("R18", 3_000 * HALF_A_YEAR),
        ("R19", 48_000),
        ("R20", 9_500),
        ("R20b", 55_000),
        ("R22", 320),
        ("R22b", 1_100),
    ],
)
def test_volumes(code: str, target: float, rolls: dict[str, pl.DataFrame]) -> None:
    expected = target * PEOPLE / RESIDENTS
    assert abs(rolls[code].height - expected) < 0.3 * expected


def test_about_four_hundred_draw_unemployment_money(rolls: dict[str, pl.DataFrame]) -> None:
    drawing = rolls["R21"].filter(pl.col("停发原因").is_null()).height
    assert abs(drawing - 400 * PEOPLE / RESIDENTS) < 0.3 * 40
    assert rolls["R21"].height > drawing, "who stopped this year stands there with the reason"


def test_a_dozen_families_without_work_in_the_full_district(rolls: dict[str, pl.DataFrame], world: World) -> None:
    families = rolls["R22c"]
    assert families["家庭编号"].n_unique() == 2, "one and a fifth at this size, at least two"
    assert (families.group_by("家庭编号").len()["len"] >= 2).all()
    assert not set(families["@subject"]) & set(rolls["R20b"]["@subject"])


def test_certificates_of_birth_follow_the_births(rolls: dict[str, pl.DataFrame], world: World) -> None:
    births = rolls["R18b"]
    local = world.persons.filter(
        pl.col("is_local") & (pl.col("birth_date") >= date(2016, 1, 1)) & (pl.col("birth_date") <= date(2016, 5, 20))
    )
    assert 0.9 < births.height / local.height < 1.5
    known = world.persons.select("person", "birth_registered_date", "identity_number")
    infants = births.join(known, left_on="@subject", right_on="person")
    assert (infants["birth_registered_date"] > date(2016, 6, 30)).sum() > 0, "some are not on the register yet"
    assert births["母亲身份证"].null_count() == 0
    assert not set(infants["identity_number"]) & set(births["母亲身份证"])


def test_pensioners_are_sixty_and_some_are_paid_after_death(rolls: dict[str, pl.DataFrame], world: World) -> None:
    pensions = rolls["R19"]
    assert age_span(world, pensions["@subject"])[0] >= 60
    people = world.persons.select("person", "death_date", "death_registered_date")
    listed = pensions.join(people, left_on="@subject", right_on="person")
    paid = listed.filter(pl.col("发放状态") == "正常")
    late = paid.filter(pl.col("death_date") < date(2016, 6, 1))
    assert 0.001 < late.height / paid.height < 0.012, "0.3 to 0.8 % of active payees are dead (domain.md §3.1)"
    assert (late["death_registered_date"] >= date(2016, 6, 1)).all(), "nobody is paid once the office has heard"
    ended = listed.filter(pl.col("暂停原因") == "死亡")
    assert ended.height > 0
    assert (ended["发放状态"] == "终止").all()
    assert (ended["death_registered_date"] <= date(2016, 6, 30)).all()
    resting = listed.filter(pl.col("发放状态") == "暂停")
    assert resting.height > 0
    assert set(resting["暂停原因"]) == {"未按时生存认证"}
    assert resting["death_date"].null_count() > 0, "the living forget the date too"


def test_proof_of_life_lies_before_death_and_is_a_year_old_at_most_with_two_months_grace(
    rolls: dict[str, pl.DataFrame], world: World
) -> None:
    listed = rolls["R19"].join(world.persons.select("person", "death_date"), left_on="@subject", right_on="person")
    proof = listed["生存认证时间"]
    assert (proof <= date(2016, 6, 30)).all()
    after = listed.filter(pl.col("生存认证时间") > pl.col("death_date").dt.month_end())
    assert after.height == 0
    living = listed.filter(pl.col("death_date").is_null() & (pl.col("发放状态") == "正常"))
    assert (living["生存认证时间"] > date(2015, 3, 31)).all()


def test_a_few_draw_two_pensions(rolls: dict[str, pl.DataFrame]) -> None:
    both = set(rolls["R19"]["@subject"]) & set(rolls["R20"]["@subject"])
    assert 2 <= len(both) <= 6, "20 to 60 in the full district"


def test_contributors_are_of_working_age_and_some_stand_in_two_insurances(rolls: dict[str, pl.DataFrame], world: World) -> None:
    youngest, oldest = age_span(world, rolls["R20b"]["@subject"])
    assert 18 <= youngest < 25
    assert 50 < oldest <= 60
    insured = set(world.persons.filter("is_insured")["person"])
    employees = rolls["R14"].filter((pl.col("险种") == "职工基本医疗保险") & (pl.col("参保状态") == "正常"))
    assert 300 <= len(set(employees["@subject"]) & insured) <= 800, "3,000 to 8,000 in the full district (domain.md A20)"
    own = rolls["R20b"].filter(pl.col("单位") == "灵活就业人员")
    assert own.height > 0
    assert own["缴费基数"].n_unique() == 1


def test_a_few_draw_unemployment_money_in_a_month_with_a_contribution(world: World) -> None:
    spells = world.livelihoods.jobless.join(world.livelihoods.employments, on="person", suffix="_paid")
    overlapping = spells.filter(pl.col("from_month") <= pl.col("to_month_paid"))
    assert 0 < overlapping.height <= 3, "3 to 10 in the full district (domain.md A28)"
    assert overlapping.height < spells.height


def test_family_doctors_list_people_of_two_groups(rolls: dict[str, pl.DataFrame]) -> None:
    signed = rolls["R15"]
    assert signed.filter(pl.len().over("@subject") > 1).height > 0, "two rows"
    assert signed["人群分类"].str.contains("、").sum() > 0, "two groups in one cell"
    assert signed["@key"].is_unique().all()


def test_guardians_stand_beside_patients_and_get_the_money(rolls: dict[str, pl.DataFrame], world: World) -> None:
    patients = rolls["R17"]
    named = patients.filter(pl.col("@guardian").is_not_null())
    assert (named["@guardian"] != named["@subject"]).all()
    rewarded = patients.filter(pl.col("以奖代补金额").is_not_null())
    accounts = rewarded.join(world.persons.select("person", "account"), left_on="@guardian", right_on="person")
    assert rewarded.height > 0
    assert (accounts["发放账户"] == accounts["account"]).all()
    cards = set(world.disabilities.filter(pl.col("kind") == "精神")["person"])
    certified = len(set(patients["@subject"]) & cards)
    assert 0 < certified < min(len(cards), patients.height)


def test_hospitals_hear_of_deaths_before_the_police(rolls: dict[str, pl.DataFrame], world: World) -> None:
    deaths = rolls["R18"].join(world.persons.select("person", "death_registered_date"), left_on="@subject", right_on="person")
    sooner = deaths.filter(pl.col("报告日期") < pl.col("death_registered_date"))
    assert sooner.height > deaths.height / 2
    assert (deaths["死亡日期"] <= deaths["报告日期"]).all()
    unheard = deaths.filter(pl.col("death_registered_date") > date(2016, 6, 30))
    assert unheard.height > 0
    assert deaths["家属姓名"].null_count() < deaths.height / 2


def test_the_gravely_ill_are_known_by_their_bills(rolls: dict[str, pl.DataFrame]) -> None:
    ill = rolls["R16"]
    assert (ill["年度总费用"] > 0).mean() > 0.95  # type: ignore[operator]
    helped = ill["是否已救助(单位/金额)"]
    assert helped.str.contains(r"^\p{Han}+/\d+元$").sum() > 0
    assert (helped == "否").sum() > 0


def test_holders_of_public_posts_are_recognised_as_hard_to_place(rolls: dict[str, pl.DataFrame]) -> None:
    assert set(rolls["R22"]["@subject"]) <= set(rolls["R22b"]["@subject"])
    assert not set(rolls["R22"]["@subject"]) & set(rolls["R20b"]["@subject"])
