"""Several versions of one list in one month: 定稿, 定稿2, 终稿, 更正, v2, copies, lists of adjustments.

Belongs here: telling versions by file name and by whom they name, and taking the rows of an older version out again. Does not
belong here: byte-equal files (`connectors.intake` refuses the second) and deliveries of earlier months (`connectors.drift`).

The rules (domain.md §4.5 names the words): of files whose names differ in such words only, the later version counts and the others are
set aside with a note. 补充名单 (a supplement) is a list of its own and is added. 调整名单 (adjustments) replaces the rows of the people
it names; where it names most of them it is the whole list anew. Parts of one list that happen to be numbered (1) and (2) name different
people and are all kept.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import Final

import polars as pl

from connectors.intake import Landed
from connectors.quarantine import quarantine_file
from connectors.reconcile import require_all_counted
from connectors.refusals import FileRefused, Place
from registry.roll import Roll
from registry.schema.tables import conform_table
from registry.schema.text import Text

COUNT: Final = r"(?:\(([\d一二三四五六七八九]{1,2})\)|([\d一二三四五六七八九]{1,2})(?!\d))?"
WORDS: Final = tuple(
    (rank, re.compile(pattern, re.IGNORECASE))
    for rank, pattern in (
        (0, rf"(?:草稿|初稿|送审稿|征求意见稿|讨论稿|draft){COUNT}"),
        (6, rf"(?:最终稿|最终版|终稿|终版|final){COUNT}"),
        (5, rf"(?:更正|修改|修订|改正)(?:稿|版|后|件)?{COUNT}"),
        (4, rf"定稿{COUNT}"),
        (3, r"[第]([一二三四五六七八九\d]{1,2})[版稿]"),
        (3, r"(?<![a-z])(?:v|ver|rev)\.?(\d{1,2})(?![a-z\d])"),
        (2, rf"(?:副本|复件|copy){COUNT}"),
        (2, r"\((\d{1,2})\)"),
    )
)
"""Words that tell a version, the number after them, and which word is later; no word at all ranks 1."""
PLAIN: Final = 1
ADJUSTED: Final = re.compile(r"调整后?(?:名单|名册|稿|版|表)?")
DIGITS: Final = str.maketrans("一二三四五六七八九", "123456789")
REST: Final = re.compile(r"\(\s*\)|[\s_\-.—·]+")
SAME_PEOPLE: Final = 0.5
"""Two versions of a list name the same people, or nearly; with less in common they are two lists."""
MOST_PEOPLE: Final = 0.7


@dataclass(frozen=True)
class Version:
    """What a file name says: the list, the version, and whether it holds adjustments."""

    stem: str
    rank: tuple[tuple[int, int], ...]
    is_adjusted: bool


def read_version(file_name: str) -> Version:
    """Return the list a file name stands for, without the words that tell its version, and these words as an order."""
    stem = unicodedata.normalize("NFKC", PurePath(file_name).stem)
    ranks: list[tuple[int, int]] = []
    is_adjusted = bool(ADJUSTED.search(stem))
    stem = ADJUSTED.sub("", stem)
    for rank, pattern in WORDS:
        ranks += [(rank, int((match[match.lastindex] if match.lastindex else "1").translate(DIGITS))) for match in pattern.finditer(stem)]
        stem = pattern.sub("", stem)
    return Version(REST.sub("", stem).casefold(), tuple(sorted(ranks, reverse=True)) or ((PLAIN, 0),), is_adjusted)


def settle_versions(roll: Roll, landed: Landed) -> Landed:
    """Return the delivery with older versions set aside: their rows count as no data, a note in the quarantine names the later file."""
    files = landed.deliveries.filter(pl.col("reason_code").fill_null("") != "DUPLICATE_FILE").unique("file_name", keep="first")
    versions = {name: read_version(name) for name in files["file_name"].sort()}
    if len({version.stem for version in versions.values()}) == len(versions):
        return landed
    people = _name_people(roll, landed.rows)
    for later, earlier in [*_pair_versions(versions), *_pair_adjustments(versions)]:
        landed = _supersede(roll, landed, later, earlier, people, is_adjusted=versions[later].is_adjusted)
    require_all_counted(landed.deliveries, landed.rows, landed.quarantine)
    return landed


def _name_people(roll: Roll, rows: pl.DataFrame) -> pl.DataFrame:
    """Return file_name, row_id and the person each row names: by number where the roll gives it, else by name."""
    person = roll.people[0]
    columns = [name for name in (person.identity_number, person.name) if name]
    named = rows.select("file_name", "row_id", *(pl.col(name).str.strip_chars() for name in columns))
    return named.select("file_name", "row_id", pl.coalesce([*columns, pl.lit("")]).alias("person"))


def _pair_versions(versions: Mapping[str, Version]) -> list[tuple[str, str]]:
    """Return (later, earlier) for neighbouring versions of one list; equal ranks are no versions of each other."""
    pairs = []
    for stem in sorted({version.stem for version in versions.values()}):
        same = [name for name, version in versions.items() if version.stem == stem and not version.is_adjusted]
        ordered = sorted(same, key=lambda name: (versions[name].rank, name))
        last = ordered[-1:]
        pairs += [(last[0], earlier) for earlier in ordered[:-1] if versions[earlier].rank < versions[last[0]].rank]
    return pairs


def _pair_adjustments(versions: Mapping[str, Version]) -> list[tuple[str, str]]:
    """Return (adjustments, list) for every list of adjustments, later adjustments first against the list, then among themselves."""
    pairs = []
    for stem in sorted({version.stem for version in versions.values()}):
        same = sorted((n for n, version in versions.items() if version.stem == stem), key=lambda n: (versions[n].rank, n))
        adjusted = [name for name in same if versions[name].is_adjusted]
        pairs += [(adjustment, name) for adjustment in adjusted for name in same if not versions[name].is_adjusted]
        pairs += [(later, earlier) for earlier, later in pairwise(adjusted)]
    return pairs


def _supersede(roll: Roll, landed: Landed, later: str, earlier: str, people: pl.DataFrame, *, is_adjusted: bool) -> Landed:
    ours = landed.rows.filter(pl.col("file_name") == earlier)
    if not ours.height:
        return landed if is_adjusted else _set_aside(roll, landed, later, earlier, ours.select("row_id"))
    named = people.filter(pl.col("file_name") == later)
    repeated = people.join(ours.select("row_id"), on="row_id", how="semi").join(named.select("person").unique(), on="person", how="semi")
    share = repeated.height / ours.height
    if is_adjusted and share < MOST_PEOPLE:
        return _set_aside(roll, landed, later, earlier, repeated.select("row_id")) if repeated.height else landed
    in_common = repeated["person"].n_unique() / max(1, min(named["person"].n_unique(), ours.height))
    # A later version that could not be read has no people to compare: its owner has replaced the earlier one all the same.
    if named.height and in_common < SAME_PEOPLE:
        return landed
    return _set_aside(roll, landed, later, earlier, ours.select("row_id"))


def _set_aside(roll: Roll, landed: Landed, later: str, earlier: str, rows: pl.DataFrame) -> Landed:
    """Return the delivery without `rows` of the earlier file; with all of them gone its faulty rows need no mending either."""
    is_earlier = pl.col("file_name") == earlier
    ours = landed.deliveries.filter(is_earlier)
    is_whole = landed.rows.filter(is_earlier).height == rows.height
    left = landed.rows.join(rows, on="row_id", how="anti", maintain_order="left")
    note = _describe(earlier, later, rows.height, is_whole=is_whole)
    address = {key: ours[key][0] for key in ("roll", "month", "department", "file_name", "file_hash")}
    newer = landed.deliveries.filter(pl.col("file_name") == later).row(0, named=True)
    where = f"{ours['file_number'][0]}-{ours['sheet_number'][0]}-by-{newer['file_number']}-{newer['sheet_number']}"
    number = f"{roll.code}-{address['month'].replace('-', '')}-{where}-superseded"
    kept = landed.quarantine.filter(pl.col("file_name") != earlier) if is_whole else landed.quarantine
    counted = _skip_whole(landed.deliveries, is_earlier) if is_whole else _skip_rows(landed.deliveries, left, is_earlier)
    return Landed(left, counted, conform_table(pl.concat([kept, quarantine_file(address, note, number)]), "quarantine"))


def _describe(name: str, newer: str, count: int, *, is_whole: bool) -> FileRefused:
    return FileRefused(
        "SUPERSEDED_FILE",
        Place(name),
        expected=Text("最新的版本", "the latest version"),
        got=Text(f"已被“{newer}”取代的版本", f"one that '{newer}' replaces")
        if is_whole
        else Text(f"有{count}行已由“{newer}”调整", f"{count} rows that '{newer}' adjusts"),
        remedy=Text("该部分未使用，无需处理；今后请只报送最终版本", "not used, nothing to do; from now on deliver the final version only"),
    )


def _skip_whole(deliveries: pl.DataFrame, is_earlier: pl.Expr) -> pl.DataFrame:
    emptied = ("landed_count", "quarantined_count", "refused_count")
    return deliveries.with_columns(
        pl.when(is_earlier).then("row_count").otherwise("skipped_count").alias("skipped_count"),
        *(pl.when(is_earlier).then(pl.lit(0, dtype=pl.Int64)).otherwise(name).alias(name) for name in emptied),
        (pl.col("is_refused") & ~is_earlier).alias("is_refused"),
        pl.when(is_earlier).then(pl.lit("SUPERSEDED_FILE")).otherwise("reason_code").alias("reason_code"),
    )


def _skip_rows(deliveries: pl.DataFrame, left: pl.DataFrame, is_earlier: pl.Expr) -> pl.DataFrame:
    still = left.group_by("file_number", "sheet_number").len("still")
    joined = deliveries.join(still, on=["file_number", "sheet_number"], how="left", maintain_order="left")
    still_landed = pl.when(is_earlier).then(pl.col("still").fill_null(0)).otherwise("landed_count").cast(pl.Int64)
    return joined.with_columns(
        (pl.col("skipped_count") + pl.col("landed_count") - still_landed).alias("skipped_count"),
        still_landed.alias("landed_count"),
    ).select(deliveries.columns)
