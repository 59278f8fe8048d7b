"""Whose number is it? A valid identity number is believed on a row only when the row's name can be its holder's.

Belongs here: deciding, number by number, which of the names written beside it belong to the holder. Does not belong here:
whether the number itself is well formed (`standardise`), or who a row with a refused number speaks of (`score`).

The register roll says whose number it is. Where the register does not know the number, the name most rolls write decides,
and when two unrelated names stand equal the number proves nothing and both rows do without it.
"""

from typing import Final

import duckdb
import polars as pl

from registry.conventions import IdentityScheme
from registry.district import Linkage
from registry.resolve.engine import look_up, store_frame
from registry.resolve.name_levels import RELATIONS

NATIONAL: Final = IdentityScheme()
CLAIM: Final = ["identity_number", "name_key", "is_birth_contrary"]
BY_NAMES: Final = ("alias", "clan")
"""Notes `standardise.names` leaves beside a name that tells little: 阿水, 林氏."""
DOUBTFUL: Final = {
    "han": ["one_character", "shortened", "by_name"],
    "latin": ["sound", "gap", "shortened", "one_character"],
}
"""Near names and by-names are believed only while birth date and sex do not contradict the number; John Smith may be the father of John
Smith Jr."""


def number_birth_date(scheme: IdentityScheme = NATIONAL) -> pl.Expr:
    """Return the birth date inside `identity_number`; null where numbers carry none."""
    if not scheme.is_national:
        return pl.lit(None, dtype=pl.Date)
    return pl.col("identity_number").str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def settle_numbers(connection: duckdb.DuckDBPyConnection, mentions: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Return `mentions` with refused numbers taken off.

    Adds `claimed_number` (the refused number, a hint of kin: most belong to a parent, guardian or head) and sets
    `identity_state_code` to not_this_person. A birth date or sex that only repeats the refused number is taken off too.
    """
    is_valid = pl.col("identity_number").is_not_null() & pl.col("identity_state_code").is_in(["valid", "repaired"])
    scheme = linkage.conventions.identity_number
    holder_birth, number_birth = _find_holder_births(mentions, is_valid, linkage), number_birth_date(scheme)
    is_contrary = (pl.col("birth_precision_code") == "day") & (pl.col("birth_date") != holder_birth)
    # 氏 follows the maiden surname of a woman: a man's number beside 林氏 is her husband's or son's.
    is_contrary = is_contrary.fill_null(False) | ((pl.col("name_note") == "clan") & (number_sex(scheme) == "1")).fill_null(False)
    claimed = mentions.with_columns(identity_number=pl.when(is_valid).then("identity_number"), is_birth_contrary=is_valid & is_contrary)
    refused = _find_refused_claims(connection, claimed, linkage).with_columns(is_refused=pl.lit(True))
    judged = claimed.with_columns(look_up(claimed, refused, CLAIM, "is_refused"))
    is_refused = pl.col("is_refused").fill_null(False)
    is_echo = is_refused & (pl.col("birth_date") == number_birth).fill_null(False)
    is_echo_sex = is_refused & (pl.col("sex_code") == number_sex(scheme)).fill_null(False)
    return judged.with_columns(
        claimed_number=pl.when(is_refused).then("identity_number"),
        identity_number=pl.when(~is_refused).then("identity_number"),
        identity_state_code=pl.when(is_refused).then(pl.lit("not_this_person")).otherwise("identity_state_code"),
        birth_date=pl.when(~is_echo).then("birth_date"),
        birth_precision_code=pl.when(~is_echo).then("birth_precision_code"),
        sex_code=pl.when(~is_echo_sex).then("sex_code"),
    ).drop("is_birth_contrary", "is_refused")


def _find_holder_births(mentions: pl.DataFrame, is_valid: pl.Expr, linkage: Linkage) -> pl.Expr | pl.Series:
    """Return the birth date of the holder of each row's number: the one inside it, else the one the register gives."""
    scheme = linkage.conventions.identity_number
    if scheme.is_national:
        return number_birth_date(scheme)
    is_register = (pl.col("roll") == linkage.register_roll) & (pl.col("role_code") == "subject")
    rows = mentions.filter(is_valid & is_register & (pl.col("birth_precision_code") == "day"))
    births = rows.group_by("identity_number").agg(pl.col("birth_date").min().alias("first"), pl.col("birth_date").max().alias("last"))
    known = births.filter(pl.col("first") == pl.col("last")).select("identity_number", holder_birth="first")
    return look_up(mentions, known, ["identity_number"], "holder_birth")


def number_sex(scheme: IdentityScheme = NATIONAL) -> pl.Expr:
    """Return the sex inside `identity_number`; null where numbers carry none."""
    if not scheme.is_national:
        return pl.lit(None, dtype=pl.String)
    odd = pl.col("identity_number").str.slice(16, 1).cast(pl.Int8, strict=False) % 2
    return pl.when(odd == 1).then(pl.lit("1")).when(odd == 0).then(pl.lit("2"))


def _find_refused_claims(connection: duckdb.DuckDBPyConnection, mentions: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Return the claims (number, name, contrary birth date) that are not the holder's."""
    numbered = mentions.filter(pl.col("identity_number").is_not_null() & pl.col("name_key").is_not_null())
    claims = _count_claims(numbered, linkage.register_roll)
    holders = _choose_holders(claims)
    script = linkage.conventions.names.script
    differing = _relate_names(connection, claims, holders, RELATIONS[script])
    contested = _find_contested(differing, holders)
    namesakes = _find_namesakes(numbered, differing, holders, linkage.max_household).with_columns(is_namesake=pl.lit(True))
    differing = differing.join(namesakes, on=["identity_number", "name_key"], how="left")
    is_refused = (
        (pl.col("relation") == "different")
        | (pl.col("relation").is_in(DOUBTFUL[script]) & pl.col("is_birth_contrary"))
        | pl.col("is_namesake").fill_null(False)
    )
    of_contested = claims.join(contested, on="identity_number", how="semi").filter(~pl.col("is_register"))
    return pl.concat([differing.filter(is_refused).select(CLAIM), of_contested.select(CLAIM)]).unique()


def _count_claims(numbered: pl.DataFrame, register_roll: str) -> pl.DataFrame:
    """Return one row per number, name and contradiction: how many rows and rolls write it so, and whether the register does."""
    is_register = (pl.col("roll") == register_roll) & (pl.col("role_code") == "subject")
    return numbered.group_by(CLAIM).agg(
        pl.col("name_pinyin").min(),
        pl.len().alias("row_count"),
        pl.col("roll").n_unique().alias("roll_count"),
        is_register.any().alias("is_register"),
        pl.col("name_note").is_in(BY_NAMES).fill_null(False).any().alias("is_by_name"),
    )


def _choose_holders(claims: pl.DataFrame) -> pl.DataFrame:
    """Return one row per number: the name it is believed under, the register's first."""
    names = claims.group_by("identity_number", "name_key").agg(
        pl.col("name_pinyin").min(), pl.col("row_count").sum(), pl.col("roll_count").max(), pl.col("is_register", "is_by_name").any()
    )
    order = ["identity_number", "is_register", "is_by_name", "roll_count", "row_count", "name_key"]
    ranked = names.sort(order, descending=[False, True, False, True, True, False])
    return ranked.unique("identity_number", keep="first", maintain_order=True)


def _relate_names(connection: duckdb.DuckDBPyConnection, claims: pl.DataFrame, holders: pl.DataFrame, relation: str) -> pl.DataFrame:
    """Return the claims under another name than the holder's, with how the two names relate."""
    named = holders.select("identity_number", holder_name="name_key", holder_pinyin="name_pinyin", holder_rolls="roll_count",
                           holder_rows="row_count", is_registered="is_register")  # fmt: skip
    differing = claims.join(named, on="identity_number").filter(pl.col("name_key") != pl.col("holder_name"))
    pairs = differing.select("name_key", "name_pinyin", "holder_name", "holder_pinyin").unique()
    pairs = pairs.rename({"name_key": "name_l", "name_pinyin": "pinyin_l", "holder_name": "name_r", "holder_pinyin": "pinyin_r"})
    store_frame(connection, "name_pairs", pairs)
    related = connection.sql(f"select name_l as name_key, name_r as holder_name, {relation} as relation from name_pairs").pl()
    told = differing.join(related.unique(), on=["name_key", "holder_name"], how="left")
    return told.with_columns(relation=pl.when("is_by_name").then(pl.lit("by_name")).otherwise("relation"))


def _find_contested(differing: pl.DataFrame, holders: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers the register does not know and two unrelated names claim equally often."""
    is_equal = (pl.col("roll_count") == pl.col("holder_rolls")) & (pl.col("row_count") == pl.col("holder_rows"))
    rivals = differing.filter((pl.col("relation") == "different") & is_equal & ~pl.col("is_registered"))
    return holders.join(rivals, on="identity_number", how="semi").select("identity_number")


def _find_namesakes(numbered: pl.DataFrame, differing: pl.DataFrame, holders: pl.DataFrame, max_household: int) -> pl.DataFrame:
    """Return claims whose very name another person of the holder's household bears: the row is that person's.

    Brothers 庄志强 and 庄志坚 differ in one character, so nearness of names alone would excuse a copied number.
    """
    marks = numbered.select("household_number", "identity_number").drop_nulls().unique()
    marks = marks.filter(pl.len().over("household_number") <= max_household)
    homes = marks.join(holders.select("identity_number", "name_key"), on="identity_number")
    near = differing.filter(pl.col("relation") != "different").select("identity_number", "name_key")
    theirs = near.unique().join(marks, on="identity_number")
    beside = theirs.join(homes.rename({"identity_number": "other_number"}), on=["household_number", "name_key"])
    return beside.filter(pl.col("other_number") != pl.col("identity_number")).select("identity_number", "name_key").unique()
