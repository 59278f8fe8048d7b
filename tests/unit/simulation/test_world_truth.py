"""The truth of the made-up district: kin, households, and findings with their lawful look-alikes."""

import polars as pl
import pytest

from simulation.oracle import ORACLES
from simulation.tables import World
from simulation.world import build_world

YEAR = tuple(f"2016-{month:02d}" for month in range(1, 13))


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(36_000, YEAR, 3)


def test_parents_are_older_and_spouses_mutual(world: World) -> None:
    people = world.persons
    born = people.select(parent="person", parent_birth="birth_date", parent_sex="sex_code")
    for column, sex in (("father", "1"), ("mother", "2")):
        pairs = people.join(born, left_on=column, right_on="parent")
        years = (pairs["birth_date"] - pairs["parent_birth"]).dt.total_days() / 365.25
        assert years.min() >= 14  # type: ignore[operator]
        assert (pairs["parent_sex"] == sex).all()
    couples = people.filter(pl.col("spouse").is_not_null()).join(people, left_on="spouse", right_on="person", suffix="_of")
    assert (couples["spouse_of"] == couples["person"]).all()
    assert (couples["sex_code"] != couples["sex_code_of"]).all()


def test_children_bear_the_fathers_surname_and_wives_mostly_another(world: World) -> None:
    people = world.persons
    fathers = people.select(father="person", father_surname="surname")
    children = people.join(fathers, on="father")
    assert float((children["surname"] == children["father_surname"]).mean()) > 0.99  # type: ignore[arg-type]
    couples = people.filter(pl.col("sex_code") == "1").join(people.select(spouse="person", wife_surname="surname"), on="spouse")
    assert float((couples["surname"] == couples["wife_surname"]).mean()) < 0.12  # type: ignore[arg-type]


def test_some_children_live_with_the_mother_but_stand_in_the_fathers_book(world: World) -> None:
    people = world.persons
    at_home = people.select("person", "book", "dwelling")
    children = people.join(at_home, left_on="mother", right_on="person", suffix="_mother").join(
        at_home, left_on="father", right_on="person", suffix="_father"
    )
    apart = children.filter((pl.col("book") == pl.col("book_father")) & (pl.col("book") != pl.col("book_mother")))
    with_mother = apart.filter(pl.col("dwelling") == pl.col("dwelling_mother"))
    assert with_mother.height > 0
    aid = (
        world.households.filter(pl.col("household_kind") == "aid")
        .select("person", "household")
        .unique("person", keep="first", maintain_order=True)
    )
    homes = (
        with_mother.filter(pl.col("birth_date") > pl.date(1999, 1, 1))
        .join(aid, on="person")
        .join(aid.select(mother="person", mothers="household"), on="mother")
    )
    assert (homes["household"] == homes["mothers"]).all()


def test_twins_share_birth_day_and_mother_with_another(world: World) -> None:
    twins = world.persons.filter("is_twin")
    assert twins.height > 0
    assert (twins.select(pl.len().over("mother", "birth_date"))["len"] >= 2).all()


def test_numbers_of_kin_are_mostly_blank_before_1990(world: World) -> None:
    shares = world.persons.group_by(young=pl.col("birth_date").dt.year() >= 1990).agg(pl.col("has_kin_numbers").mean())
    known = dict(shares.rows())
    assert known[False] < 0.1
    assert known[True] > 0.8


@pytest.mark.parametrize("kind", ["hukou", "aid", "residence"])
def test_a_person_is_in_one_household_of_a_kind_at_a_time(world: World, kind: str) -> None:
    spans = world.households.filter(pl.col("household_kind") == kind).sort("person", "from_month")
    follows = spans.with_columns(before=pl.col("to_month").shift().over("person"))
    assert (follows["from_month"] > follows["before"]).all()
    assert (spans["from_month"] <= spans["to_month"]).all()


def test_aid_households_follow_the_law(world: World) -> None:
    """Couples together, minors with the parent they live with, old parents apart unless a case declares them."""
    aid = world.households.filter(
        (pl.col("household_kind") == "aid") & (pl.col("from_month") <= "2016-06") & (pl.col("to_month") >= "2016-06")
    )
    listed = world.dibao_members["person"].unique().implode()
    people = world.persons.join(aid.select("person", "household"), on="person").filter(~pl.col("person").is_in(listed))
    couples = people.join(people.select(spouse="person", other="household"), on="spouse")
    assert (couples["household"] == couples["other"]).all()
    minors = people.filter(pl.col("birth_date") > pl.date(1998, 7, 1)).join(
        people.select(mother="person", other="household", mother_dwelling="dwelling"), on="mother"
    )
    together = minors.filter(pl.col("dwelling") == pl.col("mother_dwelling"))
    assert (together["household"] == together["other"]).all()
    elders = people.filter(pl.col("birth_date") < pl.date(1956, 1, 1)).join(
        people.select(child_of="father", son="household"), left_on="person", right_on="child_of"
    )
    assert float((elders["household"] != elders["son"]).mean()) > 0.98  # type: ignore[arg-type]
    sizes = aid.group_by("household").len()["len"]
    assert 2.0 <= float(sizes.mean()) <= 2.85  # type: ignore[arg-type]


def test_every_rule_has_true_cases_and_two_to_three_lookalikes_each(world: World) -> None:
    counts = world.findings.group_by("rule_id").agg(
        true=(pl.col("label") == "true").sum(),
        planted=(pl.col("case_kind") == "planted").sum(),
        like=(pl.col("label") == "lookalike").sum(),
    )
    assert counts["rule_id"].sort().to_list() == sorted(ORACLES)
    assert (counts["planted"] >= 6).all()
    assert ((counts["like"] / counts["true"]).is_between(2.0, 3.0)).all()


def test_missed_aid_is_a_realistic_share_of_the_eligible(world: World) -> None:
    true = world.findings.filter(pl.col("label") == "true")
    for rule, programme, low, high in (("M01", "DSB_L", 0.04, 0.13), ("M02", "DSB_C", 0.04, 0.13), ("M06", "ELD_A", 0.01, 0.06)):
        missed = true.filter(pl.col("rule_id") == rule)["person"].n_unique()
        served = world.payments.filter((pl.col("programme_code") == programme) & (pl.col("from_month") >= "2016-01"))["person"].n_unique()
        assert low <= missed / (missed + served) <= high, (rule, missed, served)


def test_true_cases_are_no_lookalikes_and_known_in_an_asked_month(world: World) -> None:
    true, like = (world.findings.filter(pl.col("label") == label) for label in ("true", "lookalike"))
    assert true.join(like, on=["rule_id", "person"], how="semi").is_empty()
    assert true["known_month"].is_in(list(YEAR)).all()
    assert (true["from_month"] <= true["to_month"]).all()


def test_payments_after_death_are_lawful_kinds_or_planted(world: World) -> None:
    """Outside the planted cases no month of standing aid lies after the month of death."""
    planted = world.findings.filter((pl.col("rule_id") == "A01") & (pl.col("label") == "true"))["person"].implode()
    dead = world.persons.filter(pl.col("death_date").is_not_null()).select("person", died=pl.col("death_date").dt.strftime("%Y-%m"))
    standing = world.payments.filter(pl.col("programme_code").is_in(["DSB_L", "DSB_C", "ELD_A", "TEK"])).join(dead, on="person")
    after = standing.filter((pl.col("to_month") > pl.col("died")) & ~pl.col("person").is_in(planted))
    assert after.is_empty()
    late = standing.filter(pl.col("paid_date").dt.strftime("%Y-%m") > pl.col("died"))
    assert late.height > 0


def test_reversals_cancel_a_settlement(world: World) -> None:
    reversals = world.bills.filter("is_reversal")
    originals = reversals.join(world.bills, left_on="reversed_number", right_on="settlement_number", suffix="_of")
    assert originals.height == reversals.height > 0
    assert (originals["total"] + originals["total_of"] == 0).all()
    assert (originals["paid_date"] >= originals["paid_date_of"]).all()
    assert world.bills["settlement_number"].n_unique() == world.bills.height


def test_layers_of_a_bill_add_up(world: World) -> None:
    layers = world.bills.select(pl.sum_horizontal("basic", "major", "medical_aid", "commercial", "self_pay") - pl.col("total"))
    assert layers.to_series().abs().max() <= 3  # type: ignore[operator]


@pytest.mark.parametrize("months", [("2016-03",), ("2016-06", "2016-07")])
def test_short_windows_still_show_planted_cases(months: tuple[str, ...]) -> None:
    found = build_world(5_000, months, 1).findings.filter(pl.col("label") == "true")
    assert found["rule_id"].n_unique() >= 11
    assert found["known_month"].is_in(list(months)).all()
