"""From columns of numbers to the `persons` frame: names, numbers, phones, places, schooling and work in words.

Belongs here: everything a person carries on paper. Does not belong here: who exists and when (`simulation.population`,
`simulation.vital`).
"""

from typing import Final

import numpy as np
import polars as pl

from simulation import name_pools as pools
from simulation.calendar import NEVER, Whole, ages_on, dates, numbers
from simulation.identity import draw_accounts, draw_identity_numbers, draw_phones
from simulation.kin import clan_keys
from simulation.names import ALL_SURNAMES, draw_ethnicities, draw_given_names, draw_uyghur_names
from simulation.places import list_villages, zone
from simulation.population import Columns
from simulation.streams import Generator, pick_texts

PLACE_COLUMNS: Final = ("village_code", "village_name", "town_code", "town_name")
SCHOOLING: Final = {"不识字": 5, "小学": 24, "初中": 42, "高中": 16, "中专": 6, "大专": 5, "大学本科": 2}
OLD_SCHOOLING: Final = {"不识字": 38, "小学": 46, "初中": 13, "高中": 3}
YEAR_OF_KIN: Final = 20 * 365 + 5
"""1 January 1990 as days since 1970."""

WORK: Final = {"务工": 36, "务农": 14, "渔业": 6, "个体经营": 12, "企业职工": 14, "石雕工": 4, "司机": 3, "家务": 9, "无业": 2}


def places_of(villages: Whole) -> pl.DataFrame:
    """Return the place columns of each village number; the number after the last village is the zone."""
    places = pl.concat([list_villages().select(PLACE_COLUMNS), pl.DataFrame([zone()]).select(PLACE_COLUMNS)])
    return places.select(pl.all().gather(villages))


def build_persons(stream: Generator, people: Columns, today: int) -> pl.DataFrame:
    """Return the `persons` frame of `simulation.tables.World`; ages in words are as of `today`."""
    persons = pl.DataFrame(
        {
            "person": np.arange(len(people["book"])),
            **_names(stream, people),
            "sex_code": pl.Series(people["sex"]).cast(pl.String),
            "birth_date": dates(people["birth_day"]),
            "birth_registered_date": dates(people["birth_known_day"]),
            "ethnicity": draw_ethnicities(stream, people["surname"], people["is_from_afar"]),
            "identity_number": draw_identity_numbers(stream, people["birth_day"], people["sex"]),
            "has_number": people["birth_known_day"] <= today,
            "is_local": people["is_local"],
            "book": numbers(np.where(people["is_local"], people["book"], NEVER)),
            "book_relation_code": pl.Series(people["relation"], dtype=pl.String).set(pl.Series(~people["is_local"]), None),
            **_places(people),
            "is_away": people["is_away"],
            **{name: numbers(people[name]) for name in ("father", "mother", "spouse")},
            "has_kin_numbers": _kin_numbers(stream, people),
            "marriage_code": pl.Series(people["marriage"]).cast(pl.String),
            **_contacts(stream, people, today),
            "death_date": dates(people["death_day"]),
            "death_registered_date": dates(people["death_known_day"]),
            "moved_out_date": dates(people["moved_day"]),
            **{name: people[name] for name in ("is_twin", "is_married_in", "is_migrant")},
        }
    )
    is_uyghur = pl.col("ethnicity") == "维吾尔"
    given, father = draw_uyghur_names(stream, people["sex"])
    persons = persons.with_columns(
        given_name=pl.when(is_uyghur).then(given).otherwise("given_name"), surname=pl.when(is_uyghur).then(father).otherwise("surname")
    ).with_columns(
        name=pl.when(is_uyghur).then(pl.concat_str("given_name", pl.lit("·"), "surname")).otherwise(pl.concat_str("surname", "given_name"))
    )
    rare = "[" + pools.RARE[:6] + "堃犇燚頔赟祎韡垚璟]"
    return persons.with_columns(
        has_rare_character=pl.col("name").str.contains(rare),
        former_name=pl.when(pl.col("former_given").is_not_null()).then(pl.concat_str("surname", "former_given")),
    ).drop("former_given")


def _kin_numbers(stream: Generator, people: Columns) -> pl.Series:
    """Return whose register entry carries the numbers of parents: mostly people born since 1990."""
    luck = stream.random(len(people["book"]))
    return pl.Series(luck < np.where(people["birth_day"] >= YEAR_OF_KIN, 0.9, 0.06))


def _names(stream: Generator, people: Columns) -> dict[str, pl.Series]:
    years = (people["birth_day"].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.int64)
    given = draw_given_names(stream, people["sex"], years, clan_keys(people))
    former = draw_given_names(stream, people["sex"], years, np.full(len(years), NEVER))
    renamed = pl.Series(stream.random(len(years)) < 0.02)
    return {
        "surname": pl.Series(ALL_SURNAMES).gather(people["surname"]),
        "given_name": given,
        "former_given": former.set(~renamed, None),
    }


def _places(people: Columns) -> dict[str, pl.Series]:
    book_place, home = places_of(people["village"]), places_of(people["home_village"])
    return {
        **{name: book_place[name] for name in PLACE_COLUMNS},
        "group_number": pl.Series(people["group"]),
        "house_number": pl.Series(people["house"]),
        "dwelling": pl.Series(people["dwelling"]),
        "residence_village_code": home["village_code"],
        "residence_village_name": home["village_name"],
        "residence_town_name": home["town_name"],
        "residence_group_number": pl.Series(people["home_group"]),
        "residence_house_number": pl.Series(people["home_house"]),
    }


def _contacts(stream: Generator, people: Columns, today: int) -> dict[str, pl.Series]:
    """Return phones (children and many elders use the family's), accounts, insurance numbers, schooling and work."""
    count = len(people["book"])
    age = ages_on(people["birth_day"], today)
    own_phone = (age >= 16) & (stream.random(count) < np.where(age < 65, 0.93, 0.45))
    family = draw_phones(stream, int(people["dwelling"].max()) + 1).gather(people["dwelling"])
    account, bank = draw_accounts(stream, count)
    has_account = pl.Series(age >= 16)
    insured = people["is_local"] & (stream.random(count) < 0.875)
    member = pl.Series(np.arange(count)).cast(pl.String).str.zfill(7)
    schooling = pick_texts(stream, SCHOOLING, count).zip_with(pl.Series(age < 60), pick_texts(stream, OLD_SCHOOLING, count))
    work = pick_texts(stream, WORK, count)
    return {
        "phone": draw_phones(stream, count).zip_with(pl.Series(own_phone), family),
        "account": account.set(~has_account, None),
        "bank": bank.set(~has_account, None),
        "is_insured": pl.Series(insured),
        "insurance_number": (places_of(people["home_village"])["village_code"].str.slice(6, 6) + member).set(pl.Series(~insured), None),
        "education": schooling.set(pl.Series(age < 18), "在读"),
        "occupation": work.set(pl.Series(age < 18), "学生").set(pl.Series(age >= 65), "无业"),
    }
