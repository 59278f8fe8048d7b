"""Last month's roll must not pass as this month's: the same file again, the same rows again, far fewer rows.

Belongs here: comparing a landed delivery with what the roll sent before, and taking a blocked one out again with a sentence. Does
not belong here: who may let a blocked delivery pass and the log of it (`pipelines.acceptances`), and changes that are only worth a
look (`quality.roll_quality`).
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from connectors.intake import Landed
from connectors.quarantine import quarantine_file
from connectors.reconcile import require_all_counted
from connectors.refusals import FileRefused, Place
from connectors.swapped_columns import find_swapped
from registry.district import Limits
from registry.roll import Roll
from registry.schema.tables import conform_table
from registry.schema.text import Text

RHYTHM: Final = {"monthly": 1, "quarterly": 3, "semester": 6, "yearly": 12}
"""Months between two deliveries."""
REASONS_TO_ASK: Final = ("REPEATED_FILE", "REPEATED_ROWS", "FEWER_ROWS")
"""Why a delivery is blocked until somebody accepts it."""
WHOLE: Final = ""
"""File name that stands for the delivery as a whole."""


@dataclass(frozen=True)
class Earlier:
    """What a roll sent before a month.

    month: of its last landed delivery
    rows: the landed rows of that delivery
    files: month, file_name and file_hash of every file ever landed
    """

    month: str
    rows: pl.DataFrame
    files: pl.DataFrame


@dataclass(frozen=True)
class Block:
    """One reason to ask before a delivery comes into force.

    file_names: the files it stops, members of an archive by their own names
    delivery_hash: identifies their bytes; an acceptance holds for these bytes only
    figure: the measured figure as shown, such as 99.97%
    """

    file_names: tuple[str, ...]
    delivery_hash: str
    row_count: int
    previous_month: str
    previous_count: int
    figure: str
    refusal: FileRefused


@dataclass(frozen=True)
class Settled:
    """A delivery after the comparison: what comes into force, what was stopped, what would have been but was accepted."""

    landed: Landed
    blocked: tuple[Block, ...] = ()
    accepted: tuple[Block, ...] = ()


def settle_drift(
    roll: Roll, month: str, landed: Landed, earlier: Earlier | None, limits: Limits, is_accepted: Callable[[Block], bool]
) -> Settled:
    """Return the delivery without what must not pass unasked.

    First files that repeat an earlier one, then what is left against the last landed delivery as a whole: a snapshot whose rows are
    gone for a third is more likely a part of the roll than the roll.
    """
    if earlier is None or landed.rows.is_empty():
        return Settled(landed)
    settled = Settled(landed)
    for find in (find_repeated_files, find_swapped_columns, find_repeated_rows, find_lost_rows):
        if settled.landed.rows.is_empty():
            break
        found = [block for block in find(roll, month, settled.landed, earlier, limits) if not _is_known(block, settled)]
        blocked = [block for block in found if not is_accepted(block)]
        accepted = [block for block in found if block not in blocked]
        rest = _take_out(settled.landed, blocked, roll, month)
        settled = replace(settled, landed=rest, blocked=(*settled.blocked, *blocked), accepted=(*settled.accepted, *accepted))
    require_all_counted(settled.landed.deliveries, settled.landed.rows, settled.landed.quarantine)
    return settled


def _is_known(block: Block, settled: Settled) -> bool:
    """Tell whether the same files were accepted a step before: the same bytes have the same rows."""
    return any(set(block.file_names) == set(known.file_names) for known in settled.accepted)


def find_repeated_files(roll: Roll, month: str, landed: Landed, earlier: Earlier, limits: Limits) -> list[Block]:
    """Return a block for each file whose bytes were landed in an earlier month.

    A running ledger without new entries, or a roll that may repeat, may send the very file of last time, but no older one.
    """
    sent = earlier.files.sort("month", "file_name").unique("file_hash", keep="last", maintain_order=True)
    files = _landed_files(landed).join(sent, on="file_hash", suffix="_earlier", maintain_order="left")
    if _may_stand_still(roll, month, earlier):
        files = files.filter(pl.col("month_earlier") != earlier.month)
    grouped = files.group_by("file_hash", "month_earlier", "file_name_earlier", maintain_order=True).agg(
        "file_name", pl.col("landed_count").sum()
    )
    return [_block_file(row, month) for row in grouped.to_dicts()]


def _landed_files(landed: Landed) -> pl.DataFrame:
    return (
        landed.deliveries.filter(~pl.col("is_refused"))
        .group_by("file_name", "file_hash", "month", maintain_order=True)
        .agg(pl.col("landed_count").sum())
        .filter(pl.col("landed_count") > 0)
    )


def _may_stand_still(roll: Roll, month: str, earlier: Earlier) -> bool:
    return roll.delivery.may_repeat or _runs_on(roll, month, earlier)


def _runs_on(roll: Roll, month: str, earlier: Earlier) -> bool:
    """Tell whether a ledger of the year goes on from the last delivery; in January it starts anew."""
    return roll.delivery.content == "year_to_date" and earlier.month[:4] == month[:4]


def _block_file(row: dict[str, Any], month: str) -> Block:
    """Return the block of one file; an archive is one file, whatever it holds."""
    names, before, count = tuple(row["file_name"]), row["month_earlier"], row["landed_count"]
    was = _name_file(row["file_name_earlier"])
    refusal = FileRefused(
        "REPEATED_FILE",
        Place(_name_file(names[0])),
        expected=Text(f"{month} 的名册", f"the roll of {month}"),
        got=Text(f"与 {before} 报送的“{was}”完全相同的文件（{count}行）", f"the very file '{was}' of {before} ({count} rows)"),
        remedy=_remedy(),
    )
    return Block(names, row["file_hash"], count, before, count, "100%", refusal)


def _name_file(name: str) -> str:
    """Return the name of the delivered file; a member of an archive is written archive/member."""
    return name.partition("/")[0]


def _remedy() -> Text:
    return Text(
        "请报送本月名册；如确实没有变化，请写明原因后放行（tuodi run … --accept 原因）",
        "deliver this month's roll; if it is right as it stands, let it pass with a reason (tuodi run … --accept REASON)",
    )


def find_swapped_columns(roll: Roll, month: str, landed: Landed, earlier: Earlier, limits: Limits) -> list[Block]:
    """Return a block for a delivery in which two columns of one kind stand under each other's heads, judged by the last delivery."""
    found = find_swapped(roll, landed.rows, earlier.rows, limits.compared_row_minimum // 5)
    if found is None:
        return []
    files = _landed_files(landed)
    one, other = (roll.columns[name].heads[0] for name in found[:2])
    refusal = FileRefused(
        "CONTENT_MISMATCH",
        Place(_show_files(files)),
        expected=Text(
            f"“{one}”与“{other}”两列各为 {earlier.month} 时的内容",
            f"under '{one}' and '{other}' what stood there in {earlier.month}",
        ),
        got=Text(f"两列内容互换（{found[2]:.0%}）", f"the two the other way round ({found[2]:.0%})"),
        remedy=Text(
            "请检查表头是否与列对错位；如此次无误，请写明原因后放行（tuodi run … --accept 原因）",
            "check whether the heads stand over the right columns; if they do, let it pass with a reason (tuodi run … --accept REASON)",
        ),
        column=one,
    )
    count = landed.rows.height
    return [Block(tuple(files["file_name"]), _hash_delivery(files), count, earlier.month, earlier.rows.height, f"{found[2]:.0%}", refusal)]


def find_repeated_rows(roll: Roll, month: str, landed: Landed, earlier: Earlier, limits: Limits) -> list[Block]:
    """Return a block for the delivery, or for each of its files, whose rows are those of the last delivery or of one of its files.

    Rows are compared by all declared columns that both deliveries fill, whatever their order. A roll that comes sooner than its
    rhythm has had little time to change: then only the very same rows count.
    """
    if _may_stand_still(roll, month, earlier):
        return []
    least = limits.same_row_share if _count_months(month, earlier.month) >= RHYTHM[roll.delivery.frequency] else 1.0
    now, before = _hash_rows(landed.rows, earlier.rows, list(roll.columns))
    whole = [frame.with_columns(pl.lit(WHOLE).alias("file_name")) for frame in (now, before)]
    has_parts = now["file_name"].n_unique() > 1 or before["file_name"].n_unique() > 1
    for one, other in (whole, (now, before)) if has_parts else (whole,):
        shares = _share_rows(one, other).filter((pl.col("size") >= limits.same_row_minimum) & (pl.col("share") >= least))
        if shares.height:
            best = shares.sort("share", descending=True, maintain_order=True).unique("file_name", keep="first").sort("file_name")
            return [_block_rows(row, month, landed, earlier, least) for row in best.to_dicts()]
    return []


def _count_months(later: str, earlier: str) -> int:
    return (int(later[:4]) - int(earlier[:4])) * 12 + int(later[5:]) - int(earlier[5:])


def _hash_rows(rows: pl.DataFrame, earlier: pl.DataFrame, columns: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return file_name and row_hash of both deliveries, over the columns that both fill."""
    filled = [
        name for name in columns if name in earlier.columns and all(frame[name].null_count() < frame.height for frame in (rows, earlier))
    ]
    # Deliveries that fill no column in common have no row in common: their addresses differ.
    texts = [pl.col(name).str.strip_chars() for name in filled or ["row_id"]]
    hashes = [frame.select("file_name", row_hash=frame.select(texts).hash_rows()) for frame in (rows, earlier)]
    return hashes[0], hashes[1]


def _share_rows(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Return for each pair of files its common rows (as often as they stand in both), the larger size and their quotient."""
    counted = [frame.group_by("file_name", "row_hash").len() for frame in (now, before)]
    sizes = [frame.group_by("file_name").len("size") for frame in (now, before)]
    common = counted[0].join(counted[1], on="row_hash", suffix="_before")
    pairs = common.group_by("file_name", "file_name_before").agg(pl.min_horizontal("len", "len_before").sum().alias("common"))
    return (
        pairs.join(sizes[0], on="file_name")
        .join(sizes[1].rename({"size": "size_before"}), left_on="file_name_before", right_on="file_name")
        .with_columns((pl.col("common") / pl.max_horizontal("size", "size_before")).alias("share"))
        .sort("file_name", "file_name_before")
    )


def _block_rows(row: dict[str, Any], month: str, landed: Landed, earlier: Earlier, least: float) -> Block:
    files = _landed_files(landed)
    stopped = files if row["file_name"] == WHOLE else files.filter(pl.col("file_name") == row["file_name"])
    size, common, share = row["size"], row["common"], f"{row['share']:.2%}"
    refusal = FileRefused(
        "REPEATED_ROWS",
        Place(_show_files(stopped)),
        expected=Text(
            f"{month} 的名册，与 {earlier.month} 相同的行少于{least:.1%}",
            f"the roll of {month}, with fewer than {least:.1%} of the rows of {earlier.month}",
        ),
        got=Text(f"{size}行中有{common}行与 {earlier.month} 相同（{share}）", f"{common} of {size} rows as in {earlier.month} ({share})"),
        remedy=_remedy(),
    )
    return Block(tuple(stopped["file_name"]), _hash_delivery(stopped), size, earlier.month, row["size_before"], share, refusal)


def _show_files(files: pl.DataFrame) -> str:
    return str(files["file_name"][0]) if files.height == 1 else f"{files['file_name'][0]} (+{files.height - 1})"


def _hash_delivery(files: pl.DataFrame) -> str:
    """Return what identifies the bytes of one file, or of several in any order."""
    hashes = sorted(set(files["file_hash"]))
    return str(hashes[0]) if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def find_lost_rows(roll: Roll, month: str, landed: Landed, earlier: Earlier, limits: Limits) -> list[Block]:
    """Return a block for a delivery that lost a larger share of its rows than a roll loses in one step.

    Lists of new rows vary by nature, and a ledger of the year begins again in January: they are not compared.
    """
    content = roll.delivery.content
    if content == "new_rows" or (content == "year_to_date" and not _runs_on(roll, month, earlier)):
        return []
    now, before = landed.rows.height, earlier.rows.height
    least = math.ceil(round(before * (1 - limits.fewer_row_share), 6))
    if before < limits.compared_row_minimum or now >= least or not now:
        return []
    files, lost = _landed_files(landed), f"{1 - now / before:.1%}"
    refusal = FileRefused(
        "FEWER_ROWS",
        Place(_show_files(files)),
        expected=Text(f"不少于{least}行（{earlier.month} 有{before}行）", f"at least {least} rows ({before} in {earlier.month})"),
        got=Text(f"{now}行，减少{lost}", f"{now} rows, {lost} fewer"),
        remedy=Text(
            "请核对名册是否完整；如确已减少，请写明原因后放行（tuodi run … --accept 原因）",
            "check that the roll is whole; if it did shrink, let it pass with a reason (tuodi run … --accept REASON)",
        ),
    )
    return [Block(tuple(files["file_name"]), _hash_delivery(files), now, earlier.month, before, f"-{lost}", refusal)]


def _take_out(landed: Landed, blocked: Sequence[Block], roll: Roll, month: str) -> Landed:
    """Return the delivery without the blocked files: their rows count as refused, one quarantine row a block tells why."""
    for block in blocked:
        is_stopped = pl.col("file_name").is_in(list(block.file_names))
        first = landed.deliveries.filter(is_stopped).row(0, named=True)
        address = {name: first[name] for name in ("roll", "month", "department", "file_name", "file_hash")}
        where = f"{first['file_number']}-{first['sheet_number']}"
        number = f"{roll.code}-{month.replace('-', '')}-{where}-{block.refusal.reason_code.lower()}"
        landed = Landed(
            landed.rows.filter(~is_stopped),
            _refuse_rows(landed.deliveries, is_stopped, block.refusal.reason_code),
            conform_table(pl.concat([landed.quarantine, quarantine_file(address, block.refusal, number)]), "quarantine"),
        )
    return landed


def _refuse_rows(deliveries: pl.DataFrame, is_stopped: pl.Expr, reason_code: str) -> pl.DataFrame:
    given = is_stopped & ~pl.col("is_refused")
    taken = pl.sum_horizontal("landed_count", "quarantined_count", "refused_count")
    return deliveries.with_columns(
        pl.when(given).then(taken).otherwise("refused_count").alias("refused_count"),
        *(pl.when(given).then(0).otherwise(name).alias(name) for name in ("landed_count", "quarantined_count")),
        pl.when(given).then(pl.lit(reason_code)).otherwise("reason_code").alias("reason_code"),
        (pl.col("is_refused") | is_stopped).alias("is_refused"),
    )
