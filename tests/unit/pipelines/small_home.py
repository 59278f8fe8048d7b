"""A small home with one month of linkage in it, made without a run: a village, and rows of charities nobody can place."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.judgement_log import choose_judgements
from pipelines.resources import Home
from registry.persons import build_persons
from registry.resolve.link import Resolution, resolve_mentions
from registry.schema.tables import empty_table
from tests.unit.registry.made_mentions import VILLAGES, Village, mentions_of, number_of

MONTH, LATER = "2016-01", "2016-02"
CROWD = [{key: value for key, value in row.items() if key != "truth"} for row in Village(60, 11).register_rows()]
TWINS = [("陈惠缎", 1951), ("庄缎缎", 1955), ("林绸绸", 1960)]
"""Names borne by two people of one village: a row with name and village only cannot be placed."""


def make_rows() -> list[dict[str, Any]]:
    """Return the village, each name of TWINS twice on the register, and one charity row for each."""
    rows = [row | {"row_id": f"v-{number}"} for number, row in enumerate(CROWD)]
    for order, (name, year) in enumerate(TWINS):
        for step in (0, 1):
            birth = date(year + 2 * step, 2, 3)
            rows.append(
                {
                    "row_id": f"e{order}{step}", "name_key": name, "birth_date": birth, "sex_code": "2", "place_code": VILLAGES[0],
                    "identity_number": number_of(birth, 120 + 4 * step), "household_number": f"hukou:{order}{step}",
                    "phone_number": f"1380000{order}{step}00",
                }
            )  # fmt: skip
        rows.append({"row_id": f"c{order}", "roll": "red_cross", "name_key": name, "place_code": VILLAGES[0]})
    return rows


def open_home(folder: Path) -> Home:
    """Return an empty home of Q区."""
    return Home(root=str(folder), inbox="", district_name="q_district")


def resolve_month(home: Home, month: str = MONTH, rows: list[dict[str, Any]] | None = None) -> Resolution:
    """Link a month with the judgements of the home and leave its tables there."""
    mentions = mentions_of(make_rows() if rows is None else rows)
    resolution = resolve_mentions(mentions, home.district.linkage, month, None, home.path / "work", choose_judgements(home))
    tables = {name: getattr(resolution, name) for name in ("profiles", "pairs", "link_reviews", "person_mentions")}
    persons = build_persons(mentions, resolution.person_mentions, empty_table("statuses"), home.district, month)
    for name, frame in (tables | {"mentions": mentions, "persons": persons}).items():
        home.write_table(month, name, frame)
    home.write_text(month, "model.json", json.dumps(resolution.model))
    return resolution


def person_of(resolution: Resolution, row_id: str) -> str:
    """Return the person of the row's subject."""
    found = resolution.person_mentions.filter(pl.col("mention_id") == f"{row_id}-subject")
    return str(found["person_id"].item())


def profile_of(resolution: Resolution, row_id: str) -> str:
    """Return the profile of the row's subject."""
    found = resolution.person_mentions.filter(pl.col("mention_id") == f"{row_id}-subject")
    return str(found["profile_id"].item())
