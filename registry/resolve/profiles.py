"""Profiles: mentions that make the same statement collapsed into one, with the evidence of all of them.

Belongs here: one row per statement and which evidence it carries into comparison. Does not belong here: what makes two
mentions the same statement (`statements`), whose a number is (`numbers`), comparing (`comparisons`).

People are named again every month in every roll; comparing each distinct statement once is what keeps linkage quick.
"""

from dataclasses import dataclass
from typing import Final

import duckdb
import polars as pl

from registry.conventions import Conventions
from registry.district import Linkage
from registry.resolve.kin import gather_circles, gather_kin_names
from registry.resolve.numbers import number_birth_date, number_sex
from registry.resolve.statements import key_statements

ADDRESSED_ROLES: Final = ("subject", "member", "applicant")
"""Roles whose uncertain links are worth a clerk's time; the others only explain a row."""

OWN_PLACE_ROLES: Final = ("subject", "member", "applicant", "head", "spouse")
"""Roles in which the row's place is the person's own; a father's or payee's row tells where the other person lives."""

LEAST_HALF: Final = 3
"""Half a number of fewer characters is shared by too many to search for."""


@dataclass(frozen=True)
class Profiles:
    """Profiles ready for comparison.

    Attributes:
        mentions: settled mentions (mention_id, row_id, roll, month, role_code, number state …) with profile_id.
        frame: one row per profile, as table `profiles` and with the evidence columns of `comparisons`.
        holders: number_code, name_key of each numbered person.
    """

    mentions: pl.DataFrame
    frame: pl.DataFrame
    holders: pl.DataFrame


def build_profiles(connection: duckdb.DuckDBPyConnection, settled: pl.DataFrame, linkage: Linkage) -> Profiles:
    """Return the profiles of mentions whose numbers are settled (`numbers.settle_numbers`)."""
    keyed = key_statements(connection, settled, linkage)
    frame = _collapse(keyed, linkage)
    if not linkage.conventions.identity_number.is_national:
        frame = _tell_holders(frame, keyed, linkage)
    holders = _name_holders(frame)
    circles = gather_circles(keyed, linkage.max_household)
    is_latin = linkage.conventions.names.script == "latin"
    kin_names = gather_kin_names(*((_shorten_names(keyed), circles, _shorten_names(holders)) if is_latin else (keyed, circles, holders)))
    for column, values in (
        ("places", _values_of(keyed, "place_code")),
        ("towns", _values_of(keyed, "town_code")),
        ("phones", _drop_offices(_values_of(keyed, "phone_number"), keyed, "phone_number", linkage.max_sharers)),
        ("accounts", _drop_offices(_values_of(keyed, "account_number"), keyed, "account_number", linkage.max_sharers)),
        ("kin", circles.rename({"number_code": "value"})),
        ("kin_names", kin_names.rename({"name_code": "value"})),
    ):
        frame = frame.join(_list_values(values, column), on="unit", how="left")
    spent = ["row_key", "house_key", "claimed_code", "number_code", "unit", "child_birth", "is_by_name", "kin_name", "household_number"]
    spent += ["identity_partial", "birth_date", "birth_precision_code"]
    return Profiles(keyed.drop(spent), _add_block_columns(frame, linkage.conventions).drop("unit").sort("profile_id"), holders)


def _shorten_names(named: pl.DataFrame) -> pl.DataFrame:
    """Return rows with surname and first name only: a parent is written with a middle name here and without it there."""
    columns = [name for name in ("name_key", "kin_name") if name in named.columns]
    return named.with_columns(pl.col(name).str.extract(r"^([^,]*, [^ ,]*)").alias(name) for name in columns)


def _collapse(keyed: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Return one row per profile; a number speaks for birth and sex."""
    is_register = (pl.col("roll") == linkage.register_roll) & (pl.col("role_code") == "subject")
    about = [
        pl.len().cast(pl.Int64).alias("mention_count"),
        is_register.any().alias("is_registered"),
        pl.col("role_code").is_in(ADDRESSED_ROLES).any().alias("is_addressed"),
        (~pl.col("role_code").is_in(OWN_PLACE_ROLES)).all().alias("is_beside"),
        pl.col("child_birth").max(),
        pl.col("is_by_name").any(),
        pl.col("identity_state_code", "place_code", "town_code").max(),
    ]
    counted = keyed.group_by("profile_id").agg(about)
    # These are the statement itself: equal in all its rows, so any row will do.
    stated = ["unit", "number_code", "name_key", "name_pinyin", "identity_number", "identity_partial"]
    stated += ["birth_date", "birth_precision_code", "sex_code"]
    said = keyed.select("profile_id", *stated).unique("profile_id", keep="any").join(counted, on="profile_id")
    is_numbered, scheme = pl.col("identity_number").is_not_null(), linkage.conventions.identity_number
    return said.with_columns(
        is_beside=pl.col("is_beside") & ~is_numbered,
        identity_partial=pl.when(~is_numbered).then("identity_partial"),
        birth_date=pl.when(is_numbered).then(number_birth_date(scheme)).otherwise("birth_date"),
        birth_precision_code=pl.when(is_numbered).then(pl.lit("day")).otherwise("birth_precision_code"),
        sex_code=pl.when(is_numbered).then(number_sex(scheme)).otherwise("sex_code"),
        identity_state_code=pl.when(is_numbered).then(pl.lit("valid")).otherwise("identity_state_code"),
    )


def _tell_holders(frame: pl.DataFrame, keyed: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Return profiles whose number tells neither birth date nor sex with those its rows give: the register's, else the most frequent."""
    is_register = (pl.col("roll") == linkage.register_roll) & (pl.col("role_code") == "subject")
    rows = keyed.filter(pl.col("identity_number").is_not_null()).with_columns(is_register=is_register, is_day=_is_day())
    birth = ["birth_date", "birth_precision_code"]
    births = _choose_most_frequent(rows.drop_nulls(birth), birth).rename({name: f"told_{name}" for name in birth})
    sexes = _choose_most_frequent(rows.drop_nulls("sex_code"), ["sex_code"]).rename({"sex_code": "told_sex_code"})
    told = frame.join(births, on="identity_number", how="left").join(sexes, on="identity_number", how="left")
    is_numbered = pl.col("identity_number").is_not_null()
    names = [*birth, "sex_code"]
    filled = [pl.when(is_numbered).then(f"told_{name}").otherwise(name).alias(name) for name in names]
    return told.with_columns(filled).drop(f"told_{name}" for name in names)


def _is_day() -> pl.Expr:
    return pl.col("birth_precision_code").fill_null("") == "day"


def _choose_most_frequent(rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Return identity_number and `columns`: the register's, then the exact, then the most frequent, then the lowest value."""
    counted = rows.group_by("identity_number", *columns).agg(pl.len(), pl.col("is_register").any(), pl.col("is_day").any())
    ranked = counted.sort("identity_number", "is_register", "is_day", "len", *columns,
                          descending=[False, True, True, True, *[False] * len(columns)])  # fmt: skip
    return ranked.unique("identity_number", keep="first", maintain_order=True).select("identity_number", *columns)


def _name_holders(frame: pl.DataFrame) -> pl.DataFrame:
    """Return number_code, name_key: the register's name of each number, else the one most mentions bear."""
    named = frame.filter(pl.col("number_code").is_not_null() & pl.col("name_key").is_not_null())
    ranked = named.sort("number_code", "is_registered", "mention_count", "name_key", descending=[False, True, True, False])
    return ranked.unique("number_code", keep="first", maintain_order=True).select("number_code", "name_key")


def _values_of(keyed: pl.DataFrame, column: str) -> pl.DataFrame:
    return keyed.select("unit", value=pl.col(column)).drop_nulls().unique()


def _list_values(values: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return unit and its sorted values as a list."""
    return values.group_by("unit").agg(pl.col("value").sort().alias(column))


def _drop_offices(values: pl.DataFrame, keyed: pl.DataFrame, column: str, max_sharers: int) -> pl.DataFrame:
    """Return values without those written under many names: a village clerk's phone, an institution's account."""
    names = keyed.select("name_key", value=pl.col(column)).drop_nulls().unique()
    shared = names.group_by("value").len().filter(pl.col("len") > max_sharers)
    return values.join(shared, on="value", how="anti")


def _add_block_columns(frame: pl.DataFrame, conventions: Conventions) -> pl.DataFrame:
    """Return profiles with the columns only blocking uses.

    Of a number whose parts mean nothing, both halves are searched for: one slip of the pen leaves the other half whole.
    """
    digits = pl.coalesce("identity_number", "identity_partial")
    is_han = conventions.names.script == "han"
    surname = pl.col("name_key").str.slice(0, 1) if is_han else pl.col("name_key").str.split(",").list.first().str.replace_all(" ", "")
    if not conventions.identity_number.is_national:
        half = digits.str.len_chars() // 2
        parts = {"number_head": digits.str.slice(0, half), "number_ends": digits.str.slice(digits.str.len_chars() - half)}
        whole = {name: pl.when((half >= LEAST_HALF) & ~part.str.contains("?", literal=True)).then(part) for name, part in parts.items()}
        return frame.with_columns(surname=surname, **whole)
    head, ends = digits.str.slice(0, 15), pl.concat_str([digits.str.slice(0, 6), digits.str.slice(-4)])
    return frame.with_columns(
        surname=surname,
        number_head=pl.when(head.str.contains(r"^\d{15}$")).then(head),
        number_ends=pl.when((digits.str.len_chars() == 18) & ends.str.contains(r"^\d{9}[\dX]$")).then(ends),
    )
