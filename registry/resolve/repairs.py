"""Identity numbers put right, and those that stay as they are: what was written, what it is read as, on what evidence.

Belongs here: numbers read from an odd spelling, and damaged numbers that other rolls complete. Does not belong here: reading
one cell (`standardise.identity_numbers`), whose a sound number is (`numbers`).

Nothing is guessed. A damaged number (digits lost in a spreadsheet, masked, one slip of the pen) becomes a whole one only when
exactly one number fits it digit by digit, holds its check digit, agrees with the birth date and sex the row states, and stands
beside the same name in another roll. Otherwise the candidates are listed and the number stays damaged (domain.md §4.5).
"""

from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from registry.conventions import IdentityScheme
from registry.resolve.engine import open_engine, store_frame
from registry.resolve.numbers import NATIONAL, number_birth_date, number_sex
from registry.schema.tables import conform_table
from registry.standardise.identity_numbers import clean_written_number, repair_letters

DAMAGED: Final = ("excel_damaged", "masked", "checksum_failed", "wrong_length")
LEAST_DIGITS: Final = 10
"""Fewer sure digits (an area code alone) fit far too many people."""

MOST_LISTED: Final = 5
"""Candidates listed for a clerk; more are only counted."""

_CLAIM: Final = ["state", "digits", "name_key", "name_pinyin", "stated_birth", "stated_sex", "roll"]
_FITS: Final = "k.name_pinyin = c.name_pinyin and (c.stated_birth is null or c.stated_birth = k.birth)" \
    " and (c.stated_sex is null or c.stated_sex = k.sex) and k.roll <> c.roll"  # fmt: skip
_GAPS: Final = f"select c.claim, k.* from claims c join known k on {_FITS} and fits_gaps(c.digits, k.identity_number)"
_SLIPS: Final = f"select c.claim, k.* from claims c join known k on {_FITS} and is_one_slip(c.digits, k.identity_number)"
CANDIDATES: Final = f"""
with found as (
    {_GAPS} and left(k.identity_number, 15) = left(c.digits, 15) where c.state = 'excel_damaged'
    union {_GAPS} and left(k.identity_number, 6) = left(c.digits, 6) and right(k.identity_number, 4) = right(c.digits, 4)
    where c.state = 'masked'
    -- One slip leaves the first or the last eight characters whole.
    union {_SLIPS} and left(k.identity_number, 8) = left(c.digits, 8) where c.state in ('checksum_failed', 'wrong_length')
    union {_SLIPS} and right(k.identity_number, 8) = right(c.digits, 8) where c.state in ('checksum_failed', 'wrong_length')
)
select claim, count(distinct identity_number) as candidate_count, min(identity_number) as candidate,
    array_to_string(list_slice(list_sort(list_distinct(list(identity_number))), 1, {MOST_LISTED}), '|') as candidates,
    arg_min(row_id, (not is_register, row_id)) as evidence_row_id
from found group by claim
"""
"""For each distinct damaged number with its name: the whole numbers other rolls write beside that name and that fit it."""


def find_repairs(mentions: pl.DataFrame, register_roll: str, workdir: Path, scheme: IdentityScheme = NATIONAL) -> pl.DataFrame:
    """Return table `repairs`: one row for each mention whose number is not as written, or is damaged.

    Args:
        mentions: table `mentions`, all rows in force.
        register_roll: the roll whose rows count first as evidence.
        workdir: folder for the engine to spill into.
        scheme: only numbers that carry a birth date are completed; what else would agree with the row?
    """
    damaged = [_find_damaged(mentions, register_roll, workdir)] if scheme.is_national else []
    return conform_table(pl.concat([_find_spellings(mentions), *damaged], how="diagonal"), "repairs")


def apply_repairs(mentions: pl.DataFrame, repairs: pl.DataFrame) -> pl.DataFrame:
    """Return `mentions` with the completed numbers, in state `repaired`; spellings were read before."""
    whole = repairs.filter(pl.col("repair_rule_code").is_in(DAMAGED) & pl.col("value_after").is_not_null())
    joined = mentions.join(whole.select("mention_id", "value_after"), on="mention_id", how="left", maintain_order="left")
    is_repaired = pl.col("value_after").is_not_null()
    known = joined.with_columns(
        identity_number=pl.coalesce("value_after", "identity_number"),
        identity_state_code=pl.when(is_repaired).then(pl.lit("repaired")).otherwise("identity_state_code"),
    )
    told = known.with_columns(
        birth_date=pl.when(is_repaired).then(number_birth_date()).otherwise("birth_date"),
        birth_precision_code=pl.when(is_repaired).then(pl.lit("day")).otherwise("birth_precision_code"),
        sex_code=pl.when(is_repaired).then(pl.coalesce("sex_code", number_sex())).otherwise("sex_code"),
    )
    return conform_table(told.drop("value_after"), "mentions")


def _address(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("mention_id", "row_id", "roll", "month", "department", "repair_rule_code", value_before="identity_number_written",
                       value_after="value_after", candidate_count="candidate_count", candidates="candidates",
                       evidence_row_id="evidence_row_id")  # fmt: skip


def _find_spellings(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers that were read although they were not written in their canonical form: the check digit is the evidence."""
    written, number = pl.col("identity_number_written"), pl.col("identity_number")
    odd = mentions.filter(number.is_not_null() & (written != number))
    plain = clean_written_number(written)
    rule = (
        pl.when(plain.str.contains(r"^\d{15}$"))
        .then(pl.lit("fifteen_digits"))
        .when(plain.str.contains(r"[OIL*]"))
        .then(pl.lit("letters"))
        .when(written.str.contains(r"\d{20}|\d{18}B\d|\d{17}[\dX]\d{2}$"))
        .then(pl.lit("certificate"))
        .otherwise(pl.lit("spelling"))
    )
    none = pl.lit(None, dtype=pl.String)
    return _address(odd.with_columns(repair_rule_code=rule, value_after=number, candidate_count=pl.lit(1, dtype=pl.Int64), candidates=none,
                                     evidence_row_id=pl.col("row_id")))  # fmt: skip


def _find_damaged(mentions: pl.DataFrame, register_roll: str, workdir: Path) -> pl.DataFrame:
    """Return the damaged numbers with the candidates other rolls have for them, completed where there is exactly one."""
    digits = pl.coalesce("identity_partial", repair_letters(clean_written_number(pl.col("identity_number_written"))))
    damaged = mentions.filter(pl.col("identity_state_code").is_in(DAMAGED)).with_columns(
        state=pl.col("identity_state_code"),
        digits=digits,
        stated_birth=pl.when(pl.col("birth_precision_code") == "day").then("birth_date"),
        stated_sex=pl.col("sex_code"),
    )
    claims = damaged.select(_CLAIM).unique().sort(_CLAIM).with_row_index("claim")
    askable = claims.filter(pl.col("name_pinyin").is_not_null() & (pl.col("digits").str.count_matches(r"\d") >= LEAST_DIGITS))
    with open_engine(workdir) as connection:
        found = _find_candidates(connection, askable, _list_known(mentions, register_roll))
    listed = damaged.join(claims.join(found, on="claim", how="left"), on=_CLAIM, how="left", nulls_equal=True, maintain_order="left")
    is_one = pl.col("candidate_count") == 1
    return _address(listed.with_columns(
        repair_rule_code="state", value_after=pl.when(is_one).then("candidate"), candidate_count=pl.col("candidate_count").fill_null(0)
    ))  # fmt: skip


def _list_known(mentions: pl.DataFrame, register_roll: str) -> pl.DataFrame:
    """Return each whole number once per roll and name, with a row that writes it so."""
    whole = mentions.filter((pl.col("identity_state_code") == "valid") & pl.col("name_pinyin").is_not_null())
    known = whole.group_by("identity_number", "name_pinyin", "roll").agg(pl.col("row_id").min())
    return known.with_columns(birth=number_birth_date(), sex=number_sex(), is_register=pl.col("roll") == register_roll)


def _find_candidates(connection: duckdb.DuckDBPyConnection, claims: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    store_frame(connection, "claims", claims)
    names = claims.select("name_pinyin").unique()
    store_frame(connection, "known", known.join(names, on="name_pinyin", how="semi"))
    found: pl.DataFrame = connection.sql(CANDIDATES).pl()
    return found.with_columns(pl.col("claim").cast(claims.schema["claim"]))
