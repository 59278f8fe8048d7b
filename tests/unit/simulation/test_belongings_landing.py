"""The property, justice and civil register rolls as delivered: every file lands, little goes back, and the facts are what they mean."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from connectors.deliveries import find_deliveries
from connectors.intake import Landed, land_roll
from registry.district import District, load_district
from registry.statement import state_roll
from simulation.defects import Clerk, seat_clerk, type_roll
from simulation.rates import read_noise
from simulation.rolls.belongings import BELONGINGS
from simulation.rolls.view import View
from simulation.sheets import lay_out
from simulation.truth import find_mentions, true_person_id
from simulation.world import build_world
from simulation.write import write_file

PEOPLE = 3_000
MONTHS = ("2016-05", "2016-06")
MONTH = MONTHS[1]
ROLLS = [shape.roll for shape in BELONGINGS]
MOSTLY_RIGHT = 0.06
"""Share of rows with a cell that goes back: the usual mess of a district's files, no more."""

FACTS = {
    "house_repairs": {("benefits", "HOU_D"), ("needs", "housing")},
    "real_estate": {("statuses", "property")},
    "home_sales": {("statuses", "property")},
    "vehicles": {("statuses", "vehicle")},
    "detained": {("statuses", "detained")},
    "judicial_aid": {("benefits", "JUD")},
    "community_correction": {("statuses", "community_correction")},
    "resettlement": {("statuses", "resettled")},
    "legal_aid": {("cases", "application"), ("benefits", "LEG")},
    "payroll": {("statuses", "salaried")},
    "official_kin": {("statuses", "official_kin"), ("relations", "kin")},
    "businesses": {("statuses", "business")},
    "housing_fund": {("statuses", "housing_fund")},
    "marriages": {("statuses", "married"), ("statuses", "divorced"), ("relations", "spouse")},
    "cremations": {("statuses", "cremated"), ("relations", "kin")},
}
KINDS = {
    "benefits": "programme_code",
    "needs": "need_kind_code",
    "statuses": "status_kind_code",
    "cases": "case_kind_code",
    "relations": "relation_kind_code",
}


@dataclass(frozen=True)
class Delivery:
    """One roll on its way: what was typed, what landed, what it states, and whom it truly names."""

    typed: pl.DataFrame
    landed: Landed
    stated: dict[str, pl.DataFrame]
    truth: pl.DataFrame


@pytest.fixture(scope="module")
def district() -> District:
    return load_district("q_district")


@pytest.fixture(scope="module")
def clerk() -> Clerk:
    return seat_clerk(View(build_world(PEOPLE, MONTHS, 6), MONTH, MONTHS[0], 6), read_noise("normal"))


@pytest.fixture(scope="module")
def delivered(clerk: Clerk, district: District, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Delivery]:
    inbox: Path = tmp_path_factory.mktemp("inbox")
    typed, truth = {}, {}
    for shape in BELONGINGS:
        typed[shape.roll] = type_roll(shape, clerk)
        files = lay_out(shape, typed[shape.roll], MONTH, 6)
        truth[shape.roll] = find_mentions(shape, files, MONTH)
        for file in files:
            write_file(file, inbox / MONTH / district.rolls[shape.roll].department)
    found = find_deliveries(inbox, MONTH, district)
    assert found.unknown.height == 0
    deliveries = {}
    for roll in ROLLS:
        files_of_roll = tuple(file for file in found.files if file.roll == roll)
        landed = land_roll(district.rolls[roll], MONTH, files_of_roll, district.settings.limits)
        deliveries[roll] = Delivery(typed[roll], landed, state_roll(landed.rows, district.rolls[roll], district), truth[roll])
    return deliveries


@pytest.mark.parametrize("roll", ROLLS)
def test_every_row_lands_and_little_goes_back(roll: str, delivered: dict[str, Delivery]) -> None:
    one = delivered[roll]
    assert one.landed.rows.height == one.typed.height > 0
    assert one.landed.quarantine.filter(pl.col("scope_code") == "file").height == 0
    bad = one.stated["quarantine"].filter(pl.col("reason_code") != "DATE_AMBIGUOUS")["row_number"].n_unique()
    assert bad <= max(2, MOSTLY_RIGHT * one.typed.height)


@pytest.mark.parametrize("roll", ROLLS)
def test_every_roll_states_its_facts(roll: str, delivered: dict[str, Delivery]) -> None:
    stated = delivered[roll].stated
    kinds = {(table, kind) for table, column in KINDS.items() for kind in stated[table][column].unique()}
    assert kinds >= FACTS[roll]


@pytest.mark.parametrize("roll", ROLLS)
def test_whom_a_row_names_is_known_to_the_truth(roll: str, delivered: dict[str, Delivery]) -> None:
    one = delivered[roll]
    named = one.stated["mentions"]["role_code"].value_counts().sort("role_code")
    true = one.truth["role"].value_counts().sort("role")
    assert named["role_code"].to_list() == true["role"].to_list()
    assert (named["count"] <= true["count"]).all(), "a spoiled name may hide somebody"
    assert float(named["count"].sum()) > 0.97 * float(true["count"].sum())


def test_no_roll_tells_a_death_but_the_police(delivered: dict[str, Delivery]) -> None:
    kinds = {kind for one in delivered.values() for kind in one.stated["statuses"]["status_kind_code"]}
    assert not kinds & {"dead", "cancelled", "registered"}


def test_a_term_in_one_cell_has_a_first_and_a_last_day(delivered: dict[str, Delivery], clerk: Clerk) -> None:
    terms = clerk.view.world.belongings.justice
    for roll, frame in (("detained", terms.detained), ("community_correction", terms.corrected)):
        stated = delivered[roll].stated["statuses"].sort("from_date", "to_date").select("from_date", "to_date")
        named = frame.filter((pl.col("from_date") <= clerk.view.end) & (pl.col("to_date") >= clerk.view.end))
        true = named.sort("from_date", "to_date").select("from_date", "to_date")
        assert stated.rows() == true.rows()


def test_detoxification_is_told_by_the_place(delivered: dict[str, Delivery]) -> None:
    statuses = delivered["detained"].stated["statuses"]
    assert statuses.height == delivered["detained"].typed.height
    detox = statuses["category_code"].str.contains("戒毒")
    assert ((statuses["value_code"] == "detoxification") == detox).all()
    assert set(statuses["value_code"]) <= {"prison", "detoxification"}


def test_only_couples_are_tied(delivered: dict[str, Delivery]) -> None:
    one = delivered["marriages"]
    divorced = one.typed.filter(pl.col("业务类型") == "离婚").height
    assert divorced > 0
    assert one.stated["relations"].height == one.typed.height - divorced
    kinds = one.stated["statuses"]["status_kind_code"].value_counts()
    counts = dict(kinds.rows())
    assert counts["divorced"] == 2 * divorced
    assert counts["married"] == 2 * (one.typed["业务类型"] == "结婚").sum(), "a certificate issued anew is no wedding"


def test_of_several_investors_the_first_is_named(delivered: dict[str, Delivery], clerk: Clerk) -> None:
    one = delivered["businesses"]
    several = one.typed.filter(pl.col("法定代表人/投资人").str.contains("、") & (pl.col("身份证").str.len_chars() == 18))
    assert several.height
    names = dict(clerk.view.persons.select("person", "name").rows())
    keys = dict(one.stated["mentions"].select("identity_number", "name_key").drop_nulls().rows())
    right = [keys.get(number) == names[person] for person, number in several.select("@subject", "身份证").rows()]
    assert sum(right) >= 0.8 * len(right), "a few names are misspelt"
    assert not any("、" in key for key in keys.values())


def test_money_counts_once_the_house_is_finished(delivered: dict[str, Delivery]) -> None:
    one = delivered["house_repairs"]
    finished = one.typed["竣工时间"].drop_nulls().len()
    assert 0 < one.stated["benefits"].height == finished < one.typed.height == one.stated["needs"].height


def test_declared_kin_have_no_number_and_are_told_by_the_clerks_name(delivered: dict[str, Delivery], clerk: Clerk) -> None:
    mentions = delivered["official_kin"].stated["mentions"]
    assert mentions["identity_number"].null_count() == mentions.height
    subjects = mentions.filter(pl.col("role_code") == "subject")
    assert subjects["kin_name"].null_count() == 0
    assert subjects["town_code"].null_count() == 0, "the sheet is named after the town"
    true = clerk.view.persons.select(true_person_id("person").alias("id"), "name")
    assert set(delivered["official_kin"].truth["true_person_id"]) <= set(true["id"])


def test_the_address_of_a_home_is_nobodys_residence(delivered: dict[str, Delivery]) -> None:
    for roll in ("real_estate", "home_sales"):
        mentions = delivered[roll].stated["mentions"]
        assert mentions.select("place_code", "town_code", "address").null_count().row(0) == (mentions.height,) * 3
