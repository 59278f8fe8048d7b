"""Statements: which mentions say the same of a person, and the id that content gives them.

Belongs here: preparing settled mentions and giving each the id of its statement. Does not belong here: gathering the
evidence of a statement (`profiles`, `kin`), whose a number is (`numbers`).

A statement with a number is the number and the name; without one it is everything the row tells. Its id is made of that
content, so the same statement has the same id next month and a clerk's verdict on it holds until the statement changes.
"""

from typing import Final

import duckdb
import polars as pl

from registry.conventions import IdentityScheme
from registry.district import Linkage
from registry.resolve.engine import look_up, store_frame
from registry.resolve.numbers import BY_NAMES, number_birth_date
from registry.standardise.declared_numbers import clean_declared_number

CONTENT: Final = (
    "name_key",
    "birth_date",
    "birth_precision_code",
    "sex_code",
    "place_code",
    "town_code",
    "phone_number",
    "account_number",
    "kin_name",
    "identity_partial",
    "claimed_number",
    "mark",
)
STRONG: Final = ("birth_date", "phone_number", "account_number", "identity_partial", "mark")
"""One of these must stand beside a name before two rows without a number count as the same statement."""

LEAST_REMNANT: Final = 5
"""Fewer characters of a failed number are no hint."""
FAILED_STATES: Final = ("checksum_failed", "wrong_length", "impossible")
SEX_OF_PARENT: Final = {"father": "1", "mother": "2"}

NEEDED: Final = (
    *("mention_id", "row_id", "roll", "month", "role_code", "name_key", "name_pinyin", "name_note", "kin_name"),
    *("identity_number", "identity_number_written", "identity_partial", "identity_state_code"),
    *("birth_date", "birth_precision_code", "sex_code", "place_code", "town_code"),
    *("phone_number", "account_number", "household_number"),
)
"""The columns of `mentions` linkage reads; the rest is not carried along."""

_GAP = "\x1f"


def key_statements(connection: duckdb.DuckDBPyConnection, settled: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Return settled mentions with `profile_id`, and integer keys that are quick to join on.

    Adds `unit` (one per number, or per statement without one), `row_key`, `house_key`, `number_code` and `claimed_code`
    (one small integer per number), child_birth and is_by_name.
    """
    scheme = linkage.conventions.identity_number
    rows = _describe_parents(_keep_remnants(_blank_placeholders(settled, linkage), scheme), scheme)
    codes = rows.select("identity_number").drop_nulls().unique().sort("identity_number").with_row_index("number_code")
    is_numbered = pl.col("identity_number").is_not_null()
    numbered = _key_numbered(connection, rows.filter(is_numbered))
    others = _key_unnumbered(connection, rows.filter(~is_numbered), rows.filter(is_numbered))
    keyed = pl.concat([numbered, others.select(numbered.columns)])
    claimed = codes.rename({"number_code": "claimed_code", "identity_number": "claimed_number"})
    keyed = keyed.with_columns(
        look_up(keyed, codes, ["identity_number"], "number_code"), look_up(keyed, claimed, ["claimed_number"], "claimed_code")
    )
    return keyed.with_columns(
        unit=pl.coalesce("identity_number", "profile_id").hash(seed=1),
        row_key=pl.col("row_id").hash(seed=2),
        house_key=pl.when(pl.col("household_number").is_not_null()).then(pl.col("household_number").hash(seed=3)),
    )


def _blank_placeholders(mentions: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Return mentions with values that mean nothing set to null."""
    blanked = [
        pl.when(~pl.col(column).is_in(values)).then(pl.col(column)).alias(column) for column, values in sorted(linkage.placeholders.items())
    ]
    return mentions.with_columns(blanked)


def _keep_remnants(mentions: pl.DataFrame, scheme: IdentityScheme) -> pl.DataFrame:
    """Return mentions where a number that fails its check still serves as a hint, and by-names are marked.

    阿水 or 林氏 name a hundred people: such a name counts only inside the family or beside a number (`score`).
    """
    has_failed = pl.col("identity_state_code").is_in(FAILED_STATES)
    written = pl.when(has_failed).then("identity_number_written")
    if scheme.is_national:
        digits = written.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[^0-9X]", "")
        is_telling = digits.str.len_chars().is_between(17, 19)
    else:
        digits = clean_declared_number(written, scheme)
        is_telling = digits.str.len_chars() >= LEAST_REMNANT
    is_by_name = pl.col("name_note").is_in(BY_NAMES) & pl.col("identity_number").is_null()
    return mentions.with_columns(
        identity_partial=pl.coalesce("identity_partial", pl.when(is_telling).then(digits)),
        is_by_name=is_by_name.fill_null(False),
    ).drop("identity_number_written", "name_note")


def _describe_parents(mentions: pl.DataFrame, scheme: IdentityScheme) -> pl.DataFrame:
    """Return mentions with `child_birth` and the sex that the role itself tells of a father or mother."""
    is_parent = pl.col("role_code").is_in(list(SEX_OF_PARENT)) & pl.col("identity_number").is_null()
    parents = mentions.filter(is_parent).select("row_id").unique()
    children = mentions.filter(pl.col("role_code") == "subject").join(parents, on="row_id", how="semi")
    births = children.group_by("row_id").agg(pl.coalesce("birth_date", number_birth_date(scheme)).max().alias("child_birth"))
    described = mentions.with_columns(look_up(mentions, births, ["row_id"], "child_birth"))
    told = pl.col("role_code").replace_strict(SEX_OF_PARENT, default=None, return_dtype=pl.String)
    return described.with_columns(
        child_birth=pl.when(is_parent).then("child_birth"), sex_code=pl.coalesce("sex_code", pl.when(is_parent).then(told))
    )


def _key_numbered(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with profile_id; ids of one number share their beginning, so a new spelling stays recognisable."""
    store_frame(connection, "statement_keys", rows.select("identity_number", "name_key").unique())
    ids: pl.DataFrame = connection.sql(
        """select identity_number, name_key, 'n' || left(md5(identity_number), 16) || '-' || left(md5(coalesce(name_key, '')), 8)
           as profile_id from statement_keys"""
    ).pl()
    return rows.with_columns(look_up(rows, ids, ["identity_number", "name_key"], "profile_id"))


def _key_unnumbered(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, numbered: pl.DataFrame) -> pl.DataFrame:
    """Return rows with profile_id made of all they tell.

    The third 陈美英 of a village without anything else may be a third person: weak statements are counted, not collapsed.
    """
    marked = _add_mark(rows, numbered)
    content = pl.concat_str([pl.col(column).cast(pl.String).fill_null("") for column in CONTENT], separator=_GAP)
    is_strong = pl.col("name_key").is_not_null() & pl.any_horizontal(pl.col(column).is_not_null() for column in STRONG)
    keyed = marked.with_columns(content=content, is_strong=is_strong).drop("mark")
    strong, weak = keyed.filter(pl.col("is_strong")), keyed.filter(~pl.col("is_strong")).sort("mention_id")
    ordinal = pl.int_range(pl.len()).over("content", "roll", "month").cast(pl.String)
    weak = weak.with_columns(content=pl.concat_str(["content", "roll", ordinal], separator=_GAP))
    both = pl.concat([strong, weak]).with_columns(content_key=pl.col("content").hash(seed=4))
    store_frame(connection, "statement_keys", both.select("content_key", "content").unique("content_key"))
    ids: pl.DataFrame = connection.sql("select content_key, 'f' || left(md5(content), 16) as profile_id from statement_keys").pl()
    return both.drop("content", "is_strong").with_columns(look_up(both, ids, ["content_key"], "profile_id")).drop("content_key")


def _add_mark(rows: pl.DataFrame, numbered: pl.DataFrame) -> pl.DataFrame:
    """Return rows with `mark`: the household mark, else the numbers of the people named in the same row."""
    asking = rows.filter(pl.col("household_number").is_null()).select("row_id").unique()
    beside = numbered.select("row_id", "identity_number").join(asking, on="row_id", how="semi")
    numbers = beside.group_by("row_id").agg(pl.col("identity_number").unique().sort().str.join(",").alias("row_numbers"))
    row_numbers = look_up(rows, numbers, ["row_id"], "row_numbers")
    return rows.with_columns(mark=pl.coalesce("household_number", row_numbers))
