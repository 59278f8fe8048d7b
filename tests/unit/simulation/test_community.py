"""Community frames: as many as the field says, and nothing in them that would make a finding of its own."""

from datetime import date

import polars as pl
import pytest

from simulation.defects import seat_clerk, type_roll
from simulation.rates import Noise, read_noise
from simulation.rolls.children import CHILDREN, STANDARD
from simulation.rolls.dibao_changes import DIBAO_CHANGES, DIBAO_PAYMENTS
from simulation.rolls.leads import CLAN_LEADS, VOLUNTEER_LEADS
from simulation.rolls.neighbours import VILLAGE_STATIONS
from simulation.rolls.referrals import REFERRALS
from simulation.rolls.school_gifts import SCHOOL_GIFTS
from simulation.rolls.shape import Shape, is_due, list_months
from simulation.rolls.view import View
from simulation.tables import World
from simulation.world import build_world

PEOPLE = 36_000
SCALE = PEOPLE / 360_000
MONTHS = list_months("2016-01", "2016-12")
TARGETS = {"school_gifts": 900, "pairings": 1_500, "village_gifts": 2_900, "crowdfunding": 160, "referrals": 900}
"""Entries a year in the full Q区 (domain.md §4.2)."""

LEFT_LYING = 30
"""Days after which an open lead without an application needs checking (rule M13)."""


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(PEOPLE, MONTHS, 3)


def _typed(shape: Shape, world: World, month: str, noise: Noise | None = None) -> pl.DataFrame:
    return type_roll(shape, seat_clerk(View(world, month, MONTHS[0], 3), noise or Noise()))


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_year_has_as_many_entries_as_the_field_says(name: str, world: World) -> None:
    frame: pl.DataFrame = getattr(world.community, name)
    day = next(column for column in frame.columns if frame[column].dtype == pl.Date)
    count = frame.filter(pl.col(day).dt.year() == 2016).height
    assert 0.7 < count / (TARGETS[name] * SCALE) < 1.3


def test_children_and_payments_are_as_many_as_the_field_says(world: World) -> None:
    children = world.community.children
    assert 0.7 < children.height / (180 * SCALE) < 1.3
    assert 0.7 < children.filter(pl.col("category") == "孤儿").height / (70 * SCALE) < 1.3
    rows = sum(_typed(DIBAO_PAYMENTS, world, month).height for month in MONTHS)
    assert 0.7 < rows / (31_800 * SCALE) < 1.3


def test_every_gift_for_schooling_is_listed_once(world: World) -> None:
    listed = pl.concat([_typed(SCHOOL_GIFTS, world, month)["@key"] for month in MONTHS if is_due(SCHOOL_GIFTS, month, MONTHS[0])])
    assert listed.is_unique().all()
    of_the_year = world.community.school_gifts.filter(pl.col("paid_date").is_between(date(2016, 1, 1), date(2016, 10, 31)))
    assert set(of_the_year["gift"]) <= set(listed)


def test_gifts_of_the_federation_repeat_its_own_payments(world: World) -> None:
    repeated = world.community.school_gifts.filter(pl.col("giver") == "区慈善总会").select("person", "amount", "paid_date")
    given = world.payments.filter(pl.col("programme_code") == "CHA_E").select("person", "amount", "paid_date")
    assert repeated.height == repeated.join(given, on=["person", "amount", "paid_date"], how="semi").height > 0


def test_children_are_on_no_list_that_excludes_their_allowance(world: World) -> None:
    children = world.community.children
    for listed in (world.disabilities["person"], world.tekun["person"]):
        assert not set(children["person"]) & set(listed)
    persons = world.persons.select("person", "birth_date", "father", "mother", "death_date")
    known = children.join(persons, on="person", maintain_order="left")
    assert known["death_date"].null_count() == known.height
    assert (known["birth_date"] > date(1998, 12, 31)).all()
    assert known.filter((pl.col("guardian") == pl.col("father")) | (pl.col("guardian") == pl.col("mother"))).height == 0
    born = persons.select(guardian="person", guardian_born="birth_date")
    older = known.join(born, on="guardian").filter(pl.col("guardian_born") < pl.col("birth_date"))
    assert older.height == known.height


def test_the_top_up_never_lifts_a_child_above_the_standard(world: World) -> None:
    """Else the rule on top-ups would find what nobody planted."""
    member = world.dibao_members.filter(pl.col("enjoys") & pl.col("to_month").is_null())["person"][0]
    child = world.community.children.filter(pl.col("category") == "事实无人抚养儿童").head(1).with_columns(person=pl.lit(member))
    poor = View(_with_children(world, child), "2016-06", MONTHS[0], 3)
    row = CHILDREN.build(poor).row(0, named=True)
    assert row["已享受金额"] > 0
    assert row["补差金额"] + row["已享受金额"] <= max(STANDARD, row["已享受金额"])
    assert row["是否低保/特困"] == "低保"


def _with_children(world: World, children: pl.DataFrame) -> World:
    community = type(world.community)(**{**world.community.__dict__, "children": children})
    return type(world)(**{**world.__dict__, "community": community})


def test_reviews_agree_with_the_household_list_of_every_month(world: World) -> None:
    reviews = world.community.reviews.join(world.dibao_cases.select("case", "amount", "from_month"), on="case")
    assert (reviews["executed_month"] < MONTHS[0]).all(), "the list shows the amount after the review from the first month on"
    assert (reviews["executed_month"] > reviews["from_month"]).all()
    more = (reviews["amount"].cast(pl.Int64) > reviews["amount_before"]).to_list()
    assert more == (reviews["kind"] == "调增").to_list()


def test_arrears_and_deductions_are_what_the_review_comes_to(world: World) -> None:
    changes = _typed(DIBAO_CHANGES, world, "2016-01").filter(pl.col("变动类型").is_in(["调增", "调减"]))
    paid = _typed(DIBAO_PAYMENTS, world, "2016-01").with_columns(pl.col("补发", "扣发", "实发", "救助金额").cast(pl.Float64))
    corrected = paid.filter((pl.col("补发") > 0) | (pl.col("扣发") > 0))
    assert set(corrected["@subject"]) == set(changes["@subject"])
    reviews = world.community.reviews.filter(pl.col("reported_month") == "2016-01").join(world.dibao_cases, on="case")
    owed = {}
    for row in reviews.select("head", "amount", "amount_before", "executed_month").iter_rows(named=True):
        late = 12 - int(row["executed_month"][5:]) + 1
        owed[row["head"]] = max((row["amount"] - row["amount_before"]) * late, -row["amount"] // 2) / 100
    assert dict(corrected.select("@subject", pl.col("补发") - pl.col("扣发")).rows()) == owed
    assert paid.filter((pl.col("实发") - pl.col("救助金额") - pl.col("补发") + pl.col("扣发")).abs() > 0.01).height == 0


@pytest.mark.parametrize("shape", [VOLUNTEER_LEADS, CLAN_LEADS], ids=lambda shape: shape.roll)
def test_a_lead_left_open_has_been_answered_by_an_application(shape: Shape, world: World) -> None:
    leads = world.community.volunteer_leads if shape is VOLUNTEER_LEADS else world.community.clan_leads
    answered = leads.filter("has_applied").join(world.applications.select("person", "received_date"), on="person")
    days = (answered["received_date"] - answered["reported_date"]).dt.total_days()
    assert answered.filter((days > 0) & (days <= LEFT_LYING))["lead"].n_unique() == leads.filter("has_applied").height > 0
    assert leads.filter("has_applied")["has_number"].all()
    for month in ("2016-05", "2016-12"):
        view = View(world, month, MONTHS[0], 3)
        still = shape.build(view).filter(pl.col("处置状态") == "处理中").join(leads, left_on="@key", right_on="lead")
        age = (pl.lit(view.end) - pl.col("reported_date")).dt.total_days()
        assert still.filter((age > LEFT_LYING) & ~pl.col("has_applied")).height == 0


def test_referrals_come_back_in_order_and_some_never(world: World) -> None:
    referrals = world.community.referrals
    steps = ("referred_date", "accepted_date", "from_date", "to_date", "feedback_date")
    for before, after in zip(steps, steps[1:], strict=False):
        assert referrals.filter(pl.col(after).is_not_null() & pl.col(before).is_null()).height == 0
        assert referrals.filter(pl.col(after) < pl.col(before)).height == 0
    assert 0.03 < referrals["accepted_date"].null_count() / referrals.height < 0.2
    unanswered = referrals.filter(pl.col("to_date").is_not_null() & pl.col("feedback_date").is_null())
    assert 0.05 < unanswered.height / referrals.height < 0.3
    may = REFERRALS.build(View(world, "2016-05", MONTHS[0], 3))
    assert may.filter(pl.col("反馈日期") > date(2016, 5, 31)).height == 0, "May does not know what came back in June"


def test_stations_write_what_the_village_says(world: World) -> None:
    rows = _typed(VILLAGE_STATIONS, world, "2016-12")
    names, gifts = rows["受助户主"], rows["金额/物品"]
    assert 0.15 < names.str.starts_with("阿").sum() / rows.height < 0.45
    assert names.str.contains("大头$").any()
    wives = rows.filter(names.str.ends_with("之妻")).join(world.persons.select("person", "sex_code"), left_on="@subject", right_on="person")
    assert wives.height > 5
    assert (wives["sex_code"] == "2").all(), "the wife is meant, not the husband she is named after"
    assert 0.2 < 1 - gifts.str.ends_with("元").sum() / rows.height < 0.5, "a third are goods"


def test_a_childs_number_is_blank_or_the_guardians(world: World) -> None:
    noise = Noise.model_validate({"rolls": {"children_in_difficulty": {"identity": {"blank": 0.3, "related": 0.3}}}})
    rows = _typed(CHILDREN, world, "2016-06", noise)
    assert rows.filter(pl.col("儿童身份证号") == pl.col("监护人身份证")).height > 0
    assert rows["儿童身份证号"].null_count() > 0
    normal = read_noise("normal").of("children_in_difficulty").identity
    assert (normal.blank, normal.related) > (0.05, 0.04)


@pytest.mark.parametrize("roll", ["pairings", "village_stations", "clan_leads", "parcels", "crowdfunding"])
def test_villages_and_charities_write_worse_than_the_register(roll: str) -> None:
    for level in ("low", "normal", "high"):
        noise = read_noise(level)
        assert noise.of(roll).names.homophone >= 3 * noise.of("hukou").names.homophone
