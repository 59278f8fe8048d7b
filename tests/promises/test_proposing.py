"""Every declared roll proposed anew from one of its deliveries, without its own declaration: how often the proposal agrees."""

import re
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from connectors.deliveries import DeliveredFile, find_deliveries
from connectors.inference import Guess
from connectors.mapping import build_head_index
from connectors.refusals import FileRefused
from pipelines.proposing import propose_roll, try_landing, write_roll
from registry.configuration import parse, read_yaml
from registry.district import District, load_district
from registry.roll import Roll
from registry.schema.text import Language
from simulation.simulate import simulate
from tests.second_district.deliveries import deliver_county

MAPLE = Path(__file__).resolve().parents[1] / "districts" / "maple_county"
MEASURED = ("identity_number", "name", "date", "amount", "phone", "account", "sex", "place")
LEAST_SHARE = 0.9


def leave_out(district: District, roll: str) -> District:
    """Return the district as it was before the roll was declared."""
    others = {name: other for name, other in district.rolls.items() if name != roll}
    return District(
        district.folder, district.settings, others, district.programmes, district.compatibility, district.rules, district.linkage
    )


def one_file_a_roll(inbox: Path, month: str, district: District) -> list[DeliveredFile]:
    found = find_deliveries(inbox, month, district).files
    return list({file.roll: file for file in reversed(found)}.values())


def find_people(roll: Roll) -> dict[str, set[tuple[str, int]]]:
    """Return for every column of a name or number whose it is."""
    people: dict[str, set[tuple[str, int]]] = {}
    for person in roll.people:
        for value in (person.name, person.identity_number):
            for column in value if isinstance(value, list) else [value] if value else []:
                people.setdefault(column, set()).add((person.role, person.position))
    return people


def compare(guesses: list[Guess], roll: Roll, right: Counter[str], all_of: Counter[str]) -> None:
    """Count columns whose kind, and people whose role, agree with the declaration written by hand."""
    index, people = build_head_index(roll), find_people(roll)
    for guess in guesses:
        column = index.find_column(guess.label)
        if column is None:
            continue
        kind = roll.columns[column].kind
        all_of[kind] += 1
        right[kind] += guess.kind == kind
        if column in people and guess.kind == kind:
            all_of["role"] += 1
            right["role"] += (guess.role, guess.position) in people[column]


def propose_all(inbox: Path, month: str, district: District, out: Path) -> tuple[dict[str, float], list[str], list[str]]:
    """Return the share of agreement by kind, the files that did not land whole, and the files that could not be read."""
    right, all_of = Counter[str](), Counter[str]()
    not_landed, unread = [], []
    for file in one_file_a_roll(inbox, month, district):
        roll, before = district.rolls[file.roll], leave_out(district, file.roll)
        try:
            proposal = propose_roll(file.path, f"new_{file.roll}", roll.department, before, Language.BOTH)
        except FileRefused as refusal:
            unread.append(f"{file.path.name}: {refusal.reason_code}")
            continue
        declared = write_roll(proposal, out / f"new_{file.roll}.yml", before)
        landed = try_landing(file.path, declared, proposal.month, before)
        if landed.deliveries["is_refused"].any() or not landed.rows.height:
            not_landed.append(file.path.name)
        compare(list(proposal.draft.guesses), roll, right, all_of)
    return {kind: right[kind] / all_of[kind] for kind in all_of}, not_landed, unread


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deliveries")
    simulate(1500, ("2016-03", "2016-03"), 7, "normal", folder, load_district("q_district"), lambda _: None)
    return folder


@pytest.fixture(scope="module")
def proposed(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, float], list[str], list[str], Path]:
    out = tmp_path_factory.mktemp("proposals")
    return (*propose_all(inbox, "2016-03", load_district("q_district"), out), out)


def test_proposals_agree_with_the_declarations_written_by_hand(proposed: tuple[dict[str, float], list[str], list[str], Path]) -> None:
    shares, not_landed, unread, out = proposed
    assert len(list(out.glob("*.yml"))) >= 50
    wrong = {kind: round(shares[kind], 3) for kind in (*MEASURED, "role") if shares[kind] < LEAST_SHARE}
    assert not wrong
    assert not not_landed
    # Lists cut by position have no header: only their declaration can tell the columns.
    assert len(unread) <= 3 and all(one.endswith(".txt: UNREADABLE") for one in unread), unread


def test_no_name_and_no_number_of_a_person_stands_in_a_proposal(
    inbox: Path, proposed: tuple[dict[str, float], list[str], list[str], Path]
) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in proposed[3].glob("*.yml"))
    people = pl.read_parquet(inbox / "truth" / "persons.parquet")
    numbers = people["identity_number"].drop_nulls().to_list()
    assert len(numbers) > 1000 and not [number for number in numbers if number in text]
    names = {name for name in people["name"].drop_nulls() if len(name) >= 3}
    assert len(names) > 1000 and not [name for name in names if name in text]
    assert not re.search(r"\d{7}", text)


def test_an_english_district(tmp_path: Path) -> None:
    deliver_county(tmp_path / "inbox")
    shares, not_landed, unread = propose_all(tmp_path / "inbox", "2016-06", load_district(MAPLE), tmp_path / "out")
    assert not {kind: share for kind, share in shares.items() if kind in (*MEASURED, "role") and share < LEAST_SHARE}
    assert not not_landed and not unread
    residents = parse(read_yaml(tmp_path / "out" / "new_residents.yml"), Roll, tmp_path / "out" / "new_residents.yml")
    assert residents.date_order == "mdy"
    assert residents.people[0].name == ["given_name", "middle_name", "surname", "suffix"]
