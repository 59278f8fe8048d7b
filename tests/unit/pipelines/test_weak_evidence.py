"""From mentions to findings through the real linkage: what no number settles never becomes a duplicate finding."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from quality.engine import evaluate_rules
from quality.facts import Facts
from registry.district import District, load_district
from registry.persons import build_persons
from registry.resolve.link import resolve_mentions
from registry.schema.tables import conform_table, empty_table
from registry.statement import attach_persons
from tests.unit.registry.made_mentions import VILLAGES, Village, mentions_of, number_of

MONTH = "2016-06"
BIRTH = date(1960, 3, 4)
NAME, NUMBER = "庄缎缎", number_of(BIRTH, 22)


@pytest.fixture(scope="module")
def district() -> District:
    return load_district("q_district")


def _paid(row_id: str, roll: str, programme: str, amount: int) -> dict[str, Any]:
    return {
        "benefit_id": f"{row_id}-b1", "row_id": row_id, "roll": roll, "month": MONTH, "department": "civil_affairs",
        "mention_id": f"{row_id}-subject", "programme_code": programme, "unit_code": "P", "benefit_kind_code": "regular",
        "from_month": "2016-04", "to_month": MONTH, "amount": Decimal(amount),
    }  # fmt: skip


def _find(rows: list[dict[str, Any]], district: District, workdir: Path) -> tuple[list[str], bool]:
    """Return the kinds of the A03 findings, and whether the two aid rows became one person."""
    crowd = [{key: value for key, value in row.items() if key != "truth"} | {"row_id": f"v-{n}"} for n, row in enumerate(CROWD)]
    mentions = mentions_of(crowd + rows)
    resolution = resolve_mentions(mentions, district.linkage, MONTH, None, workdir)
    benefits = [_paid("t", "tekun", "TEK", 2556), _paid("d", "disability_allowances", "DSB_C", 300)]
    attached = attach_persons("benefits", conform_table(pl.DataFrame(benefits), "benefits"), resolution.person_mentions)
    nothing = {name: empty_table(name) for name in Facts.__dataclass_fields__}
    persons = build_persons(mentions, resolution.person_mentions, empty_table("statuses"), district, MONTH)
    known = {"persons": persons, "benefits": attached, "mentions": mentions, "person_mentions": resolution.person_mentions}
    findings = evaluate_rules(Facts(**nothing | known), district, MONTH).findings
    return findings.filter(pl.col("rule_id") == "A03")["finding_kind_code"].to_list(), attached["person_id"].n_unique() == 1


CROWD = Village(100, 11).register_rows()
REGISTERED: dict[str, Any] = {
    "row_id": "r",
    "name_key": NAME,
    "birth_date": BIRTH,
    "identity_number": NUMBER,
    "sex_code": "2",
    "place_code": VILLAGES[0],
}
BARE: dict[str, Any] = {"name_key": NAME, "birth_date": BIRTH}


@pytest.mark.parametrize(
    ("others", "tekun"),
    [
        ([], BARE),
        ([REGISTERED], BARE),
        ([REGISTERED], {"name_key": NAME, "identity_number": NUMBER}),
        ([], BARE | {"identity_number": NUMBER}),
    ],
    ids=["unknown to the register", "registered once", "one side numbered", "numbered, unregistered"],
)
def test_name_and_birth_date_alone_never_support_a_duplicate(
    others: list[dict[str, Any]], tekun: dict[str, Any], district: District, tmp_path: Path
) -> None:
    """Two rolls name the same name and birth date, one or both without a number; the aid overlaps (house rule: at most a link review)."""
    rows = [*others, {"row_id": "t", "roll": "tekun", **tekun}, {"row_id": "d", "roll": "disability_allowances", **BARE}]
    kinds, is_one = _find(rows, district, tmp_path)
    assert "duplicate" not in kinds
    assert kinds == (["link_review"] if is_one else [])


def test_two_rows_with_the_number_are_a_duplicate(district: District, tmp_path: Path) -> None:
    """The same rows with the number on both: the test above does not pass because nothing is ever found."""
    numbered = {"name_key": NAME, "identity_number": NUMBER}
    rows = [REGISTERED, {"row_id": "t", "roll": "tekun", **numbered}, {"row_id": "d", "roll": "disability_allowances", **numbered}]
    assert _find(rows, district, tmp_path) == (["duplicate"], True)


def test_v11_charity_row_with_name_and_village_links_to_neither_bearer(district: District, tmp_path: Path) -> None:
    """Two 陈美英 of one village, 1951 and 1953: with the district's own settings the charity's row is nobody's, for a clerk."""
    people = [
        {"row_id": f"e{year}", "name_key": "陈美英", "birth_date": date(year, 2, 3), "identity_number": number_of(date(year, 2, 3), 120),
         "sex_code": "2", "place_code": VILLAGES[0]}
        for year in (1951, 1953)
    ]  # fmt: skip
    asked = {"row_id": "c", "roll": "charity", "name_key": "陈美英", "place_code": VILLAGES[0]}
    crowd = [{key: value for key, value in row.items() if key != "truth"} | {"row_id": f"v-{n}"} for n, row in enumerate(CROWD)]
    resolution = resolve_mentions(mentions_of([*crowd, *people, asked]), district.linkage, MONTH, None, tmp_path)
    person = dict(resolution.person_mentions.select("mention_id", "person_id").rows())
    assert len({person["e1951-subject"], person["e1953-subject"], person["c-subject"]}) == 3
    profile = resolution.person_mentions.filter(pl.col("mention_id") == "c-subject")["profile_id"].item()
    reviews = resolution.link_reviews.filter((pl.col("profile_id_l") == profile) | (pl.col("profile_id_r") == profile))
    assert set(reviews["reason_code"]) == {"LINK_AMBIGUOUS"}
