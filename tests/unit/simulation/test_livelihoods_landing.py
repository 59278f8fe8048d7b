"""The health and social security rolls as delivered: every file lands, little goes back, and the facts are what the rolls mean."""

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
from simulation.rolls.livelihoods import LIVELIHOODS
from simulation.rolls.view import View
from simulation.sheets import lay_out
from simulation.truth import find_mentions
from simulation.world import build_world
from simulation.write import write_file

PEOPLE = 3_000
MONTHS = ("2016-05", "2016-06")
MONTH = MONTHS[1]
ROLLS = [shape.roll for shape in LIVELIHOODS]
MOSTLY_RIGHT = 0.06
"""Share of rows with a cell that goes back: the usual mess of a district's files, no more."""

FEW = 3
"""So many more may be wrong by chance in the lists of a handful of people."""

FACTS = {
    "health_insurance": {("statuses", "insured"), ("statuses", "aid_changed")},
    "family_doctor": {("statuses", "signed_care")},
    "grave_illness": {("needs", "illness"), ("statuses", "grave_illness")},
    "mental_disorder": {("benefits", "PSY"), ("statuses", "mental_disorder"), ("relations", "guardian")},
    "death_certificates": {("statuses", "death_certified"), ("relations", "kin")},
    "birth_certificates": {("statuses", "born"), ("relations", "parent")},
    "resident_pension": {("benefits", "PEN_R"), ("statuses", "pensioned"), ("statuses", "aid_changed")},
    "employee_pension": {("benefits", "PEN_E"), ("statuses", "pensioned")},
    "pension_contributions": {("statuses", "contributing")},
    "unemployment_benefit": {("benefits", "EMP_U"), ("statuses", "unemployed")},
    "public_posts": {("benefits", "EMP_P"), ("statuses", "job_placed")},
    "hard_to_place": {("statuses", "unemployed")},
    "jobless_families": {("statuses", "unemployed"), ("relations", "head")},
}
KINDS = {"benefits": "programme_code", "needs": "need_kind_code", "statuses": "status_kind_code", "relations": "relation_kind_code"}


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
    for shape in LIVELIHOODS:
        typed[shape.roll] = type_roll(shape, clerk)
        written = lay_out(shape, typed[shape.roll], MONTH, 6)
        truth[shape.roll] = find_mentions(shape, written, MONTH)
        for file in written:
            write_file(file, inbox / MONTH / district.rolls[shape.roll].department)
    found = find_deliveries(inbox, MONTH, district)
    assert found.unknown.height == 0
    deliveries = {}
    for roll in ROLLS:
        files = tuple(file for file in found.files if file.roll == roll)
        landed = land_roll(district.rolls[roll], MONTH, files, district.settings.limits)
        deliveries[roll] = Delivery(typed[roll], landed, state_roll(landed.rows, district.rolls[roll], district), truth[roll])
    return deliveries


@pytest.mark.parametrize("roll", ROLLS)
def test_every_row_lands_and_little_goes_back(roll: str, delivered: dict[str, Delivery]) -> None:
    one = delivered[roll]
    assert one.landed.rows.height == one.typed.height > 0
    assert one.landed.quarantine.filter(pl.col("scope_code") == "file").height == 0
    bad = one.stated["quarantine"].filter(pl.col("reason_code") != "DATE_AMBIGUOUS")["row_number"].n_unique()
    assert bad <= FEW + MOSTLY_RIGHT * one.typed.height


@pytest.mark.parametrize("roll", ROLLS)
def test_every_roll_states_its_facts(roll: str, delivered: dict[str, Delivery]) -> None:
    stated = delivered[roll].stated
    kinds = {(table, kind) for table, column in KINDS.items() for kind in stated[table][column].unique()}
    assert kinds >= FACTS[roll]


@pytest.mark.parametrize("roll", ROLLS)
def test_whom_a_row_names_is_known_to_the_truth(roll: str, delivered: dict[str, Delivery]) -> None:
    one = delivered[roll]
    named = one.stated["mentions"].select("role_code", "position").to_series(0).value_counts().sort("role_code")
    true = one.truth["role"].value_counts().sort("role")
    assert named["role_code"].to_list() == true["role"].to_list()
    assert (named["count"] <= true["count"]).all(), "a spoiled name may hide somebody"
    assert int(named["count"].sum()) > 0.97 * int(true["count"].sum())


def test_insurance_programs_of_every_age_are_read(delivered: dict[str, Delivery]) -> None:
    names = {roll: one.landed.deliveries["file_name"][0].rsplit(".", 1)[1] for roll, one in delivered.items()}
    assert (names["health_insurance"], names["pension_contributions"], names["employee_pension"]) == ("txt", "tsv", "xls")
    insured = delivered["health_insurance"].landed.rows
    assert insured["personal_number"].str.contains(r"^\d{10}$").all(), "columns cut by position, no neighbour's digits"
    assert set(insured["year"]) == {"2016"}


def test_a_certificate_of_death_is_no_death_of_the_police_roll(delivered: dict[str, Delivery]) -> None:
    statuses = delivered["death_certificates"].stated["statuses"]
    assert set(statuses["status_kind_code"]) == {"death_certified"}
    assert (statuses["news_date"] >= statuses["from_date"]).all()
    assert statuses["news_date"].null_count() < statuses.height


def test_only_pensions_in_force_are_paid(delivered: dict[str, Delivery]) -> None:
    one = delivered["resident_pension"]
    assert one.stated["benefits"].height == (one.typed["发放状态"] == "正常").sum()
    assert set(one.stated["benefits"]["from_month"]) == {MONTH}
    stopped = one.stated["statuses"].filter(pl.col("status_kind_code") == "aid_changed")
    assert stopped.height == (one.typed["发放状态"] != "正常").sum()
    assert set(stopped["category_code"]) <= {"dead", "moved", "unproven"}


def test_the_span_of_an_insurance_gives_its_beginning_or_its_end(delivered: dict[str, Delivery]) -> None:
    statuses = delivered["health_insurance"].stated["statuses"]
    running = statuses.filter(pl.col("status_kind_code") == "insured")
    assert set(running["value_code"]) == {"employee", "town"}
    assert set(running["category_code"]) == {"in_force"}, "who left or paused is not insured"
    assert running["from_date"].null_count() == 0
    assert running["to_date"].null_count() == running.height
    ended = statuses.filter(pl.col("category_code") == "ended")
    assert ended.height > 0
    assert (ended["to_date"].dt.strftime("%Y-%m") < MONTH).all()


def test_the_reward_counts_for_the_year_and_goes_to_the_guardian(delivered: dict[str, Delivery]) -> None:
    one = delivered["mental_disorder"]
    rewards = one.stated["benefits"]
    assert set(rewards["from_month"]) == {"2016-01"}
    assert set(rewards["to_month"]) == {"2016-12"}
    accounts = one.stated["mentions"].filter(pl.col("role_code") == "guardian")["account_number"].drop_nulls()
    assert set(rewards["account_number"].drop_nulls()) <= set(accounts)


def test_the_roll_of_mental_patients_is_graded_as_most_sensitive(district: District) -> None:
    roll = district.rolls["mental_disorder"]
    assert roll.sensitivity == "L4"
    assert {column.sensitivity or roll.sensitivity for column in roll.columns.values()} == {"L4"}
    assert district.programmes["PSY"].is_public is False


def test_newborn_have_no_number_and_two_parents_who_have(delivered: dict[str, Delivery]) -> None:
    mentions = delivered["birth_certificates"].stated["mentions"]
    infants, parents = mentions.filter(pl.col("role_code") == "subject"), mentions.filter(pl.col("role_code") != "subject")
    assert infants["identity_number"].null_count() == infants.height
    assert infants["birth_date"].null_count() < 0.05 * infants.height
    assert parents["identity_number"].null_count() < 0.1 * parents.height
    assert set(parents["role_code"]) == {"mother", "father"}
