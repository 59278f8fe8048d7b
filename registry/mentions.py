"""Mentions: one row of `mentions` per person a delivered row names, in the role the roll's YAML gives.

Belongs here: from read cells to who is named. Does not belong here: reading a cell (`cells`, `standardise`), who is the
same person (`resolve`).
"""

from datetime import date
from typing import Final

import polars as pl

from registry.cells import joined, reading
from registry.roll import PersonClause, Roll
from registry.schema.tables import conform_table
from registry.standardise.kinship import clean_relation
from registry.standardise.names import CHILD_WORDS

TELLING_STATES: Final = ("valid", "checksum_failed", "impossible", "wrong_length", "excel_damaged", "masked", "other_paper")
"""Numbers that, even alone, show that somebody is meant."""

ADULT_AGE: Final = 18
_SEX_OF_WORD: Final = {
    "之妻": "2", "之妻子": "2", "之老婆": "2", "之女": "2", "之女儿": "2", "之长女": "2", "之次女": "2", "之母": "2",
    "之母亲": "2", "之媳": "2", "之儿媳": "2", "之孙女": "2", "之妹": "2", "之姐": "2", "之夫": "1", "之丈夫": "1", "之子": "1",
    "之儿子": "1", "之长子": "1", "之次子": "1", "之父": "1", "之父亲": "1", "之孙": "1", "之孙子": "1", "之弟": "1", "之兄": "1",
}  # fmt: skip


def find_mention_id(role: str, position: int) -> pl.Expr:
    """Return the id of the mention a row makes in a role."""
    return pl.concat_str(pl.col("row_id"), pl.lit(f"-{role}{position or ''}"))


def match_rows(when: dict[str, list[str]], roll: Roll) -> pl.Expr:
    """Return whether a row meets a clause's `when` (registry.district.FactClause)."""
    return pl.all_horizontal(pl.lit(value=True), *(_match_column(column, values, roll) for column, values in when.items()))


def _match_column(column: str, values: list[str], roll: Roll) -> pl.Expr:
    value = pl.col(reading(column, "code" if roll.columns[column].lookup else "text"))
    plain = [item for item in values if item and item[0] not in "~!"]
    terms = [value.is_in(plain).fill_null(value=False)]
    terms += [value.is_null()] if "" in values else []
    terms += [value.str.contains(item[1:]).fill_null(value=False) for item in values if item.startswith("~")]
    terms += [~value.str.contains(item[1:]).fill_null(value=False) for item in values if item.startswith("!")]
    return pl.any_horizontal(terms)


def find_household_number(person: PersonClause, roll: Roll) -> pl.Expr:
    """Return the household mark of `registry.cells.read_cells`, with the roll's code before it."""
    if not person.household_number:
        return pl.lit(None, dtype=pl.String)
    mark = pl.col(reading(joined(person.household_number), "mark"))
    return pl.when(mark.is_not_null()).then(pl.concat_str(pl.lit(f"{roll.code}:"), mark))


def is_named(person: PersonClause, roll: Roll) -> pl.Expr:
    """Return whether the row names anybody in this role: a name that is no blank, or a number that is somebody's."""
    has_name = ~pl.col(reading(joined(person.name), "nobody")) if person.name else pl.lit(value=False)
    state = pl.col(reading(person.identity_number, "state")) if person.identity_number else pl.lit("missing")
    return (has_name.fill_null(value=False) | state.is_in(list(TELLING_STATES))) & match_rows(person.when, roll)


def _optional(column: str | list[str] | None, what: str, dtype: type[pl.DataType] = pl.String) -> pl.Expr:
    return pl.col(reading(joined(column), what)) if column else pl.lit(None, dtype=dtype)


def _name_fields(person: PersonClause) -> dict[str, pl.Expr]:
    return {
        "person_name": _optional(person.name, "text"),
        "name_key": _optional(person.name, "key"),
        "name_pinyin": _optional(person.name, "pinyin"),
        "name_note": _optional(person.name, "note"),
        "kin_name": pl.coalesce(_optional(person.name, "kin"), _optional(person.kin, "key"), _optional(person.kin, "kin")),
    }


def _number_fields(person: PersonClause, as_of: date) -> dict[str, pl.Expr]:
    """Return the number's fields; an adult's number beside a child named after that adult (X之女) is not the child's."""
    birth, state = _optional(person.identity_number, "birth", pl.Date), _optional(person.identity_number, "state").fill_null("missing")
    adult_since = as_of.replace(year=as_of.year - ADULT_AGE, day=min(as_of.day, 28))
    is_childs_row = _optional(person.name, "note").is_in(list(CHILD_WORDS)).fill_null(value=False)
    is_anothers = is_childs_row & (birth <= adult_since).fill_null(value=False)
    return {
        "identity_number": pl.when(~is_anothers).then(_optional(person.identity_number, "number")),
        "identity_number_written": pl.col(person.identity_number) if person.identity_number else pl.lit(None, dtype=pl.String),
        "identity_partial": pl.when(~is_anothers).then(_optional(person.identity_number, "partial")),
        "identity_state_code": pl.when(is_anothers).then(pl.lit("not_this_person")).otherwise(state),
        "_number_birth": pl.when(~is_anothers).then(birth),
        "_number_sex": pl.when(~is_anothers).then(_optional(person.identity_number, "sex")),
    }


def _own_fields(person: PersonClause, roll: Roll) -> dict[str, pl.Expr]:
    columns = roll.columns
    place = joined(person.place)
    word_sex = _optional(person.name, "note").replace_strict(_SEX_OF_WORD, default=None, return_dtype=pl.String)
    relation = pl.col(reading(person.relation, "text")) if person.relation else pl.lit(None, dtype=pl.String)
    return {
        "_column_birth": _optional(person.birth_date, "date", pl.Date),
        "_column_precision": _optional(person.birth_date, "precision"),
        "_age_birth": _optional(person.age, "birth", pl.Date),
        "_column_sex": pl.coalesce(_optional(person.sex, "sex"), word_sex),
        "ethnicity": _optional(person.ethnicity, "text"),
        "place_code": _optional(place or None, "place"),
        "town_code": _optional(place or None, "town"),
        "address": _optional(person.address, "text"),
        "phone_number": _optional(person.phone, "phone"),
        "account_number": _optional(person.account, "account"),
        "household_number": find_household_number(person, roll),
        "_relation": relation if not (person.relation and columns[person.relation].lookup) else _optional(person.relation, "code"),
    }


def state_people(rows: pl.DataFrame, person: PersonClause, roll: Roll, as_of: date) -> pl.DataFrame:
    """Return the mentions the rows make through one person clause.

    A date of birth in its own column counts before the one inside the number when it names a day: where the number is
    another person's, the column is still this person's.
    """
    named = rows.lazy().filter(is_named(person, roll))
    fields = {**_name_fields(person), **_number_fields(person, as_of), **_own_fields(person, roll)}
    stated = named.select(
        "row_id", "roll", "month", "department",
        mention_id=find_mention_id(person.role, person.position),
        role_code=pl.lit(person.role),
        position=pl.lit(person.position, dtype=pl.Int64),
        **fields,
    )  # fmt: skip
    is_exact = pl.col("_column_precision") == "day"
    return (
        stated.with_columns(
            birth_date=pl.coalesce(pl.when(is_exact).then("_column_birth"), "_number_birth", "_column_birth", "_age_birth"),
            birth_precision_code=pl.when(is_exact | pl.col("_number_birth").is_not_null())
            .then(pl.lit("day"))
            .when(pl.col("_column_birth").is_not_null())
            .then("_column_precision")
            .when(pl.col("_age_birth").is_not_null())
            .then(pl.lit("age")),
            sex_code=pl.coalesce("_column_sex", "_number_sex"),
        )
        .with_columns(relation_code=clean_relation(pl.col("_relation"), pl.col("sex_code")))
        .collect()
    )


def build_mentions(rows: pl.DataFrame, roll: Roll, as_of: date) -> pl.DataFrame:
    """Return `mentions`: everyone the rows name.

    Args:
        rows: of `registry.cells.read_cells`.
        roll: whose person clauses apply.
        as_of: last day of the delivery's month.
    """
    return conform_table(pl.concat([state_people(rows, person, roll, as_of) for person in roll.people]), "mentions")
