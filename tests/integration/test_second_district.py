"""A county that works in English, on the same code: only its YAML differs. One month from deliveries to reports."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from registry.district import District, load_district
from registry.resolve.evaluate import evaluate_persons, match_person_truth, match_row_truth
from tests.integration.conftest import ROOT, Answer, call_tuodi
from tests.second_district.aid import Aid
from tests.second_district.deliveries import deliver_county
from tests.second_district.people import County
from tests.second_district.writer import MONTH

FOLDER = ROOT / "tests" / "districts" / "maple_county"
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
ROOMS = ("connectors", "registry", "quality", "pipelines", "simulation")


@dataclass(frozen=True)
class Month:
    """The county, what its people really receive, and the home its month was run in."""

    county: County
    aid: Aid
    inbox: Path
    home: Path
    ran: Answer

    def read(self, table: str) -> pl.DataFrame:
        """Return one table of the month."""
        return pl.read_parquet(self.home / "months" / MONTH / f"{table}.parquet")


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """The month, run through the installed command in English."""
    inbox, home = tmp_path_factory.mktemp("county"), tmp_path_factory.mktemp("county_home") / "home"
    county, aid = deliver_county(inbox)
    ran = call_tuodi("run", "--home", str(home), "--district", str(FOLDER), "--inbox", str(inbox), "--month", MONTH, "--lang", "en")
    assert ran.code == 0, ran.err
    return Month(county, aid, inbox, home, ran)


@pytest.fixture(scope="module")
def district() -> District:
    return load_district(FOLDER)


@pytest.fixture(scope="module")
def row_truth(month: Month) -> pl.DataFrame:
    return match_row_truth(month.read("mentions"), month.read("deliveries"), month.inbox / "truth")


@pytest.fixture(scope="module")
def person_truth(month: Month, row_truth: pl.DataFrame) -> pl.DataFrame:
    return match_person_truth(row_truth, month.read("person_mentions"))


def test_only_declarations_differ_and_none_is_chinese(district: District) -> None:
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    assert {path.suffix for path in files} == {".yml", ".csv"}
    assert [path.name for path in files if HAN.search(path.read_text(encoding="utf-8"))] == []
    assert len(district.rolls) >= 6
    assert len({roll.department for roll in district.rolls.values()}) >= 5


def test_the_code_knows_no_district() -> None:
    sources = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    assert len(sources) > 100
    assert [path.name for path in sources if re.search(r"(?i)maple|second_district", path.read_text(encoding="utf-8"))] == []


def test_every_person_row_lands_and_nothing_else(month: Month) -> None:
    deliveries = month.read("deliveries")
    assert deliveries["is_refused"].sum() == 0
    assert deliveries["quarantined_count"].sum() == 0
    written = pl.read_parquet(month.inbox / "truth" / "mentions" / f"{MONTH}.parquet").filter(pl.col("role") == "subject")
    assert dict(deliveries.group_by("roll").agg(pl.col("landed_count").sum()).rows()) == dict(written["roll"].value_counts().rows())


def test_the_same_people_are_found(month: Month, row_truth: pl.DataFrame) -> None:
    assert row_truth.height > 900
    judged = evaluate_persons(month.read("mentions"), month.read("person_mentions"), row_truth)
    for over in ("persons", "persons_without_id"):
        assert judged[over]["precision"] >= 0.99
        assert judged[over]["recall"] >= 0.95


def test_every_planted_case_is_found_and_no_look_alike(month: Month, person_truth: pl.DataFrame) -> None:
    findings = month.read("findings").filter(pl.col("finding_kind_code") != "link_review").join(person_truth, on="person_id", how="left")
    found = set(findings.select("rule_id", "true_person_id").rows())
    assert found == month.aid.findings
    assert not found & month.aid.lookalikes
    assert {rule for rule, _ in found} == {"A01", "A03", "A06", "A23", "M02", "M03"}
    assert len(month.aid.lookalikes) > 20


def test_dates_are_read_in_the_order_declared(month: Month, person_truth: pl.DataFrame) -> None:
    persons = month.read("persons").join(person_truth, on="person_id")
    born = {person.true_person_id: person.born for person in month.county.people}
    told = [(born[who], day) for who, day in persons.filter(pl.col("is_local")).select("true_person_id", "birth_date").rows()]
    assert len(told) > 250
    assert all(true == day for true, day in told)
    paid = month.read("benefits").filter(pl.col("programme_code") == "EMG")
    truth = sorted((number, day) for number, _, _, day, _ in month.aid.emergencies)
    assert sorted(paid.select("event_number", "paid_date").rows()) == truth


def test_money_and_periods_are_read(month: Month) -> None:
    benefits = month.read("benefits")
    given = {code: float(amount) for code, amount in benefits.group_by("programme_code").agg(pl.col("amount").sum()).rows()}
    assert given["EMG"] == pytest.approx(sum(amount for *_, amount in month.aid.emergencies))
    assert given["CASH"] == pytest.approx(sum(grant for *_, grant in month.aid.cases))
    assert given["SUP"] == pytest.approx(950 * len(month.aid.supported))
    allowance = benefits.filter(pl.col("programme_code") == "DIS").select("from_month", "to_month", "benefit_kind_code").unique().rows()
    assert sorted(allowance) == [("2016-01", "2016-03", "arrears"), ("2016-06", "2016-06", "regular")]


def test_households_are_those_of_the_register(month: Month, person_truth: pl.DataFrame) -> None:
    members = month.read("household_members").filter(pl.col("household_kind_code") == "hukou").join(person_truth, on="person_id")
    homes = {person.true_person_id: person.household for person in month.county.people}
    mixed = (
        members.with_columns(home=pl.col("true_person_id").replace_strict(homes)).group_by("household_id").agg(pl.col("home").n_unique())
    )
    assert mixed.height >= 95
    assert mixed["home"].max() == 1


def test_bad_numbers_go_back_in_english(month: Month) -> None:
    quarantine = month.read("quarantine")
    assert set(quarantine["reason_code"]) <= {"ID_INVALID", "ID_MISSING"}
    assert quarantine.filter(pl.col("reason_code") == "ID_INVALID").height >= 3
    assert not HAN.search(" ".join(quarantine["sentence_en"]))
    assert any("'ID Number'" in sentence for sentence in quarantine["sentence_en"])


def test_no_report_shows_a_chinese_character(month: Month) -> None:
    folder = month.home / "reports" / MONTH
    books = sorted(folder.rglob("*.xlsx"))
    assert len(books) == 5
    for path in books:
        with zipfile.ZipFile(path) as package:
            # The theme lists fonts of every script and is the same in every workbook.
            parts = [name for name in package.namelist() if "theme" not in name]
            shown = {name for name in parts if HAN.search(package.read(name).decode("utf-8"))}
        assert shown == set(), path.name
    page = (folder / "overview.html").read_text(encoding="utf-8")
    assert not HAN.search(page)
    assert "CNY" not in page
    assert "Possible missed aid" in page
    assert not HAN.search(month.ran.out + month.ran.err)


def test_a_finding_is_explained_in_english(month: Month) -> None:
    finding = month.read("findings").filter(pl.col("rule_id") == "A03").sort("finding_id")["finding_id"][0]
    answer = call_tuodi("explain", finding, "--home", str(month.home), "--district", str(FOLDER), "--lang", "en")
    assert answer.code == 0, answer.err
    assert "Supported living" in answer.out
    assert "does not explain it" in answer.out
    assert not HAN.search(answer.out)


def test_one_thread_gives_the_same_content(month: Month, tmp_path: Path) -> None:
    arguments = ("--district", str(FOLDER), "--inbox", str(month.inbox), "--month", MONTH, "--lang", "en")
    again = call_tuodi("run", "--home", str(tmp_path / "home"), *arguments, POLARS_MAX_THREADS="1", TUODI_THREADS="1")
    assert again.code == 0, again.err
    first = call_tuodi("digest", "--home", str(month.home)).out
    assert len(first.strip()) == 64
    assert call_tuodi("digest", "--home", str(tmp_path / "home")).out == first
