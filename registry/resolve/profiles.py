"""Profiles: mentions that say the same of a person collapsed into one, with the evidence of all of them.

Belongs here: what makes two mentions identical, and which evidence a profile carries into comparison. Does not belong
here: whose a number is (`numbers`), comparing (`comparisons`).

People are named again every month in every roll; comparing each distinct statement once is what keeps linkage quick.
A profile's id is made of its content, so the same statement has the same id next month and a clerk's verdict on it holds
until the statement changes.
"""

from dataclasses import dataclass
from typing import Final

import duckdb
import polars as pl

from registry.district import Linkage
from registry.resolve.engine import store_frame
from registry.resolve.kin import gather_circles, gather_kin_names
from registry.resolve.numbers import BY_NAMES, number_birth_date, number_sex

CONTENT: Final = (
    "name_key",
    "birth_date",
    "birth_precision_code",
    "sex_code",
    "place_code",
    "phone_number",
    "account_number",
    "kin_name",
    "identity_partial",
    "claimed_number",
    "mark",
)
STRONG: Final = ("birth_date", "phone_number", "account_number", "identity_partial", "mark")
"""One of these must stand beside a name before two rows without a number count as the same statement."""

ADDRESSED_ROLES: Final = ("subject", "member", "applicant")
"""Roles whose uncertain links are worth a clerk's time; the others only explain a row."""

FAILED_STATES: Final = ("checksum_failed", "wrong_length", "impossible")
OWN_PLACE_ROLES: Final = ("subject", "member", "applicant", "head", "spouse")
"""Roles in which the row's place is the person's own; a father's or payee's row tells where the other person lives."""

SEX_OF_PARENT: Final = {"father": "1", "mother": "2"}

_GAP = "\x1f"


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


def build_profiles(connection: duckdb.DuckDBPyConnection, mentions: pl.DataFrame, linkage: Linkage) -> Profiles:
    """Return the profiles of settled `mentions`."""
    keyed = _key_mentions(connection, _describe_parents(_keep_remnants(_blank_placeholders(mentions, linkage))))
    codes = keyed.select("identity_number").drop_nulls().unique().sort("identity_number").with_row_index("number_code")
    is_register = (pl.col("roll") == linkage.register_roll) & (pl.col("role_code") == "subject")
    frame = _collapse(keyed.with_columns(is_registered=is_register)).join(codes, on="identity_number", how="left")
    holders = _name_holders(frame)
    circles = gather_circles(keyed, codes, linkage.max_household)
    kin_names = gather_kin_names(keyed, circles, holders)
    for column, values in (
        ("places", _pairs(keyed, "place_code")),
        ("towns", _pairs(keyed, "town_code")),
        ("phones", _drop_offices(_pairs(keyed, "phone_number"), keyed, "phone_number", linkage.max_sharers)),
        ("accounts", _drop_offices(_pairs(keyed, "account_number"), keyed, "account_number", linkage.max_sharers)),
        ("kin", circles.rename({"number_code": "value"})),
        ("kin_names", kin_names.rename({"kin_name": "value"})),
    ):
        listed = values.sort("unit", "value").group_by("unit", maintain_order=True).agg(pl.col("value").alias(column))
        frame = frame.join(listed, on="unit", how="left")
    return Profiles(keyed.drop("unit"), _add_block_columns(frame).sort("profile_id"), holders)


def _blank_placeholders(mentions: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Return mentions with values that mean nothing set to null."""
    blanked = [
        pl.when(~pl.col(column).is_in(values)).then(pl.col(column)).alias(column) for column, values in sorted(linkage.placeholders.items())
    ]
    return mentions.with_columns(blanked)


def _keep_remnants(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return mentions where a number that fails its check still serves as a hint, and by-names are marked.

    阿水 or 林氏 name a hundred people: such a name counts only inside the family or beside a number (`score`).
    """
    digits = pl.col("identity_number_written").str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[^0-9X]", "")
    is_near = pl.col("identity_state_code").is_in(FAILED_STATES) & digits.str.len_chars().is_between(17, 19)
    is_by_name = pl.col("name_note").is_in(BY_NAMES) & pl.col("identity_number").is_null()
    return mentions.with_columns(
        identity_partial=pl.coalesce("identity_partial", pl.when(is_near).then(digits)),
        is_by_name=is_by_name.fill_null(False),
    )


def _describe_parents(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return mentions with `child_birth` and the sex that the role itself tells of a father or mother."""
    is_parent = pl.col("role_code").is_in(list(SEX_OF_PARENT))
    children = (
        mentions.filter(pl.col("role_code") == "subject")
        .select("row_id", child_birth=pl.coalesce("birth_date", number_birth_date()))
        .drop_nulls()
    )
    described = mentions.join(children.group_by("row_id").agg(pl.col("child_birth").max()), on="row_id", how="left", maintain_order="left")
    told = pl.col("role_code").replace_strict(SEX_OF_PARENT, default=None, return_dtype=pl.String)
    return described.with_columns(
        child_birth=pl.when(is_parent).then("child_birth"),
        sex_code=pl.coalesce("sex_code", pl.when(pl.col("identity_number").is_null()).then(told)),
    )


def _key_mentions(connection: duckdb.DuckDBPyConnection, mentions: pl.DataFrame) -> pl.DataFrame:
    """Return mentions with `profile_id` and `unit` (the number, or the profile id of those without one)."""
    marked = _add_mark(mentions)
    is_numbered = pl.col("identity_number").is_not_null()
    content = pl.concat_str([pl.col(column).cast(pl.String).fill_null("") for column in CONTENT], separator=_GAP)
    is_strong = pl.col("name_key").is_not_null() & pl.any_horizontal(pl.col(column).is_not_null() for column in STRONG)
    rows = marked.with_columns(content=content, is_strong=is_strong).sort("mention_id")
    # The third 陈美英 of a village without anything else may be a third person: weak statements count separately.
    ordinal = pl.int_range(pl.len()).over("content", "roll", "month").cast(pl.String)
    weak = pl.concat_str(["content", "roll", ordinal], separator=_GAP)
    rows = rows.with_columns(
        key=pl.when(is_numbered).then("identity_number").when(pl.col("is_strong")).then("content").otherwise(weak),
        variant=pl.when(is_numbered).then(pl.col("name_key").fill_null("")),
    )
    ids = _hash_keys(connection, rows.select("key", "variant").unique())
    keyed = rows.join(ids, on=["key", "variant"], how="left", nulls_equal=True, maintain_order="left")
    return keyed.with_columns(unit=pl.coalesce("identity_number", "profile_id")).drop("content", "is_strong", "key", "variant")


def _add_mark(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return mentions with `mark`: the household mark, else the numbers of the people named in the same row."""
    beside = mentions.filter(pl.col("identity_number").is_not_null())
    numbers = beside.group_by("row_id").agg(pl.col("identity_number").unique().sort().str.join(","))
    joined = mentions.join(numbers.rename({"identity_number": "row_numbers"}), on="row_id", how="left", maintain_order="left")
    return joined.with_columns(mark=pl.coalesce("household_number", "row_numbers")).drop("row_numbers")


def _hash_keys(connection: duckdb.DuckDBPyConnection, keys: pl.DataFrame) -> pl.DataFrame:
    """Return keys with profile_id; ids of one number share their beginning, so a new spelling stays recognisable."""
    store_frame(connection, "profile_keys", keys)
    hashed: pl.DataFrame = connection.sql(
        """select key, variant, case when variant is null then 'f' || left(md5(key), 16)
           else 'n' || left(md5(key), 16) || '-' || left(md5(variant), 8) end as profile_id from profile_keys"""
    ).pl()
    return hashed


def _collapse(keyed: pl.DataFrame) -> pl.DataFrame:
    """Return one row per profile; a number speaks for birth and sex."""
    same = ["name_key", "name_pinyin", "identity_number", "identity_partial", "birth_date", "birth_precision_code", "sex_code"]
    collapsed = keyed.group_by("profile_id").agg(
        pl.col("unit").min(),
        pl.len().cast(pl.Int64).alias("mention_count"),
        pl.col("is_registered").any(),
        *[pl.col(column).max() for column in (*same, "identity_state_code", "place_code", "town_code")],
        pl.col("role_code").is_in(ADDRESSED_ROLES).any().alias("is_addressed"),
        (~pl.col("role_code").is_in(OWN_PLACE_ROLES)).all().alias("is_beside"),
        pl.col("child_birth").max(),
        pl.col("is_by_name").any(),
    )
    is_numbered = pl.col("identity_number").is_not_null()
    return collapsed.with_columns(
        child_birth=pl.when(~is_numbered).then("child_birth"),
        is_beside=pl.col("is_beside") & ~is_numbered,
        birth_date=pl.when(is_numbered).then(number_birth_date()).otherwise("birth_date"),
        birth_precision_code=pl.when(is_numbered).then(pl.lit("day")).otherwise("birth_precision_code"),
        sex_code=pl.when(is_numbered).then(number_sex()).otherwise("sex_code"),
        identity_state_code=pl.when(is_numbered).then(pl.lit("valid")).otherwise("identity_state_code"),
    )


def _name_holders(frame: pl.DataFrame) -> pl.DataFrame:
    """Return number_code, name_key: the register's name of each number, else the one most mentions bear."""
    named = frame.filter(pl.col("number_code").is_not_null() & pl.col("name_key").is_not_null())
    ranked = named.sort("number_code", "is_registered", "mention_count", "name_key", descending=[False, True, True, False])
    return ranked.unique("number_code", keep="first", maintain_order=True).select("number_code", "name_key")


def _pairs(keyed: pl.DataFrame, column: str) -> pl.DataFrame:
    return keyed.select("unit", value=pl.col(column)).drop_nulls().unique()


def _drop_offices(values: pl.DataFrame, keyed: pl.DataFrame, column: str, max_sharers: int) -> pl.DataFrame:
    """Return values without those written under many names: a village clerk's phone, an institution's account."""
    names = keyed.select("name_key", value=pl.col(column)).drop_nulls().unique()
    shared = names.group_by("value").len().filter(pl.col("len") > max_sharers)
    return values.join(shared, on="value", how="anti")


def _add_block_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Return profiles with the columns only blocking uses."""
    digits = pl.coalesce("identity_number", "identity_partial")
    head, ends = digits.str.slice(0, 15), pl.concat_str([digits.str.slice(0, 6), digits.str.slice(-4)])
    return frame.with_columns(
        surname=pl.col("name_key").str.slice(0, 1),
        number_head=pl.when(head.str.contains(r"^\d{15}$")).then(head),
        number_ends=pl.when((digits.str.len_chars() == 18) & ends.str.contains(r"^\d{9}[\dX]$")).then(ends),
    )
