"""An owner's file before it is sent: which roll it is, what the gate and the cells say, and at which cell each problem stands.

Belongs here: choosing roll and month, the same steps a run takes, finding addresses. Does not belong here: how the answer is
written (`quality.reports.checked_workbook`) and printed (`template_verbs`), and comparing with earlier months: an owner has none.
"""

import difflib
import fnmatch
import hashlib
import unicodedata
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from connectors.deliveries import DeliveredFile
from connectors.formats.reader import Reader
from connectors.formats.sheets import Reading, Sheet
from connectors.headers import Header, find_header
from connectors.intake import Landed, land_roll
from connectors.mapping import build_head_index
from connectors.refusals import column_letters
from connectors.titles import find_statements
from registry.district import District, Limits
from registry.errors import ConfigError, DeliveryError
from registry.roll import Roll
from registry.schema.text import Text
from registry.statement import state_roll

LEAST_LIKENESS: Final = 1.2
"""Share of known heads plus share of present columns, from which a header tells the roll."""
LONGEST_SPAN: Final = 24
"""A statement over more months than this, such as 'since March', tells its first month."""
PLACED: Final = {
    "file_name": pl.String(),
    "sheet_number": pl.Int64(),
    "row_number": pl.Int64(),
    "position": pl.Int64(),
    "head": pl.String(),
    "column_name": pl.String(),
    "scope_code": pl.String(),
    "reason_code": pl.String(),
    "sentence_zh": pl.String(),
    "sentence_en": pl.String(),
}


class KeepingReader(Reader):
    """A reader that remembers what it read, so that the copy shows what the gate saw."""

    def __init__(self, limits: Limits) -> None:
        """Start with nothing kept."""
        super().__init__(limits)
        self.kept: list[tuple[str, Reading]] = []

    def read(self, path: Path, name: str, roll: Roll | None = None, *, is_member: bool = False) -> Reading:
        """Return what the file holds, and keep it."""
        reading = super().read(path, name, roll, is_member=is_member)
        self.kept.append((name, reading))
        return reading


@dataclass(frozen=True)
class Copy:
    """One sheet as it was read; `number` as the gate counts sheets, `header` when one was found."""

    file_name: str
    number: int
    sheet: Sheet
    header: Header | None


@dataclass(frozen=True)
class RollCheck:
    """What a check found: PLACED problems, the sheets they stand in, the counts of the gate."""

    roll: Roll
    chosen_by: Text
    month: str
    month_source: Text
    deliveries: pl.DataFrame
    problems: pl.DataFrame
    copies: tuple[Copy, ...]


def check_roll_file(path: Path, district: District, asked_roll: str | None, month: str | None) -> RollCheck:
    """Return what a run would say of the file: gate and cells, without what needs earlier months."""
    limits = district.settings.limits
    with closing(KeepingReader(limits)) as reader:
        roll, chosen_by = choose_roll(path, district, asked_roll, reader)
        reading = _read_once(path, roll, reader)
        told, source = tell_month(reading, roll, path.name, month)
        reader.kept.clear()
        landed = land_roll(roll, told, [_deliver(path, roll, told)], limits, reader)
        kept = list(reader.kept)
    stated = state_roll(landed.rows, roll, district)["quarantine"]
    copies = tuple(_copy_sheets(kept, landed, roll))
    problems = _place_problems(pl.concat([landed.quarantine, stated]), copies, roll)
    return RollCheck(roll, chosen_by, told, source, landed.deliveries, problems, copies)


def _read_once(path: Path, roll: Roll, reader: Reader) -> Reading | None:
    """Return the reading titles are looked for in; what is refused says so at the gate."""
    try:
        return reader.read(path, path.name, roll)
    except DeliveryError:
        return None


def _deliver(path: Path, roll: Roll, month: str) -> DeliveredFile:
    with path.open("rb") as file:
        content_hash = hashlib.file_digest(file, "sha256").hexdigest()
    return DeliveredFile(path, roll.roll, roll.department, month, 1, content_hash, path.stat().st_size)


def find_roll(district: District, asked: str) -> Roll:
    """Return the roll of that name or code; ConfigError names the nearest."""
    for roll in district.rolls.values():
        if asked.casefold() in {roll.roll.casefold(), roll.code.casefold()}:
            return roll
    known = sorted({name for roll in district.rolls.values() for name in (roll.roll, roll.code)})
    near = difflib.get_close_matches(asked, known, n=3, cutoff=0.3) or known[:3]
    raise ConfigError(f"没有名册“{asked}”，相近的有：{'、'.join(near)}", f"there is no roll '{asked}'; the nearest: {', '.join(near)}")


def choose_roll(path: Path, district: District, asked: str | None, reader: Reader) -> tuple[Roll, Text]:
    """Return the roll a file belongs to, and how that was told: asked for, by its name, or by its heads."""
    if asked is not None:
        return find_roll(district, asked), Text("--roll 指定", "given by --roll")
    name = unicodedata.normalize("NFC", path.name)
    matches = [
        (len(pattern), roll.roll)
        for roll in district.rolls.values()
        for pattern in roll.delivery.glob
        if fnmatch.fnmatchcase(name, pattern)
    ]
    best = sorted({roll for length, roll in matches if length == max(matches)[0]})
    if len(best) == 1:
        return district.rolls[best[0]], Text("按文件名", "by its name")
    likely = [district.rolls[roll] for roll in best] or list(district.rolls.values())
    return _choose_by_heads(reader.read(path, path.name), likely), Text("按表头", "by its heads")


def _choose_by_heads(reading: Reading, rolls: Sequence[Roll]) -> Roll:
    """Return the roll whose heads fit best; ConfigError when none fits or two fit equally."""
    sheets = [sheet for sheet in reading.sheets if sheet.row_count and not sheet.is_hidden]
    scored = sorted(
        ((max((_score(sheet, roll) for sheet in sheets), default=0.0), roll.code, roll) for roll in rolls), key=lambda one: one[:2]
    )
    best = [roll for score, _, roll in scored if score == scored[-1][0]]
    if scored[-1][0] < LEAST_LIKENESS or len(best) > 1:
        likely = ", ".join(f"{roll.code} {roll.roll}" for score, _, roll in reversed(scored[-3:]) if score)
        raise ConfigError(
            f"看不出是哪份名册（相近：{likely or '无'}）；请用 --roll 指明，或按约定命名文件",
            f"cannot tell which roll this is (nearest: {likely or 'none'}); give --roll, or name the file as agreed",
        )
    return best[0]


def _score(sheet: Sheet, roll: Roll) -> float:
    header = _find_header(sheet, roll)
    if header is None:
        return 0.0
    labelled = [head for head in header.heads if head.label]
    needed = {name for name, column in roll.columns.items() if not column.optional}
    present = {head.column for head in header.heads if head.column} & needed
    known = sum(bool(head.column) or head.is_ignored for head in labelled)
    return round(known / max(1, len(labelled)) + len(present) / max(1, len(needed)), 6)


def _find_header(sheet: Sheet, roll: Roll) -> Header | None:
    needed = sum(not column.optional for column in roll.columns.values())
    return find_header(sheet, build_head_index(roll), needed) if sheet.row_count else None


def tell_month(reading: Reading | None, roll: Roll, name: str, given: str | None) -> tuple[str, Text]:
    """Return the month a file is checked for, and where it was told.

    Without --month it is the latest month the titles state, else the file name. A file that states none is checked for the
    present month: nothing can then contradict it, and the month only decides which dates lie in the future.
    """
    if given is not None:
        return given, Text("--month 指定", "given by --month")
    titles = [text for sheet in (reading.sheets if reading else ()) for text in _list_titles(sheet, roll)]
    for texts, source in ((titles, Text("按标题", "stated in its title")), ([name], Text("按文件名", "stated in its name"))):
        said = [one for text in texts for one in find_statements(text, is_file_name=text == name)]
        said = [one for one in said if not one.is_filling] or said
        if said:
            serial = max(one.first if one.last - one.first > LONGEST_SPAN else one.last for one in said)
            return f"{serial // 12:04d}-{serial % 12 + 1:02d}", source
    return datetime.now(tz=UTC).strftime("%Y-%m"), Text(
        "文件未写月份，按当月，不核对月份", "none stated: the present month, month not checked"
    )


def _list_titles(sheet: Sheet, roll: Roll) -> list[str]:
    header = None if sheet.is_hidden else _find_header(sheet, roll)
    return [text for _, texts in header.titles for text in texts if text] if header else []


def _copy_sheets(kept: Sequence[tuple[str, Reading]], landed: Landed, roll: Roll) -> list[Copy]:
    """Return every sheet read, numbered as the gate numbered it: members of an archive go on counting."""
    copies = []
    firsts = dict(landed.deliveries.group_by("file_name").agg(pl.col("sheet_number").min()).rows())
    for name, reading in kept:
        own_first = min((sheet.number for sheet in reading.sheets), default=1)
        before = firsts.get(name, own_first) - own_first
        copies += [Copy(name, sheet.number + before, sheet, _find_header(sheet, roll)) for sheet in reading.sheets]
    return copies


def _place_problems(quarantine: pl.DataFrame, copies: Sequence[Copy], roll: Roll) -> pl.DataFrame:
    """Return PLACED: each problem with the sheet it stands in and the column counted from 0; null where it is of the whole row or file."""
    parts = quarantine.select(
        "file_name",
        pl.col("quarantine_id").str.extract(r"^[A-Z]\d{2}[a-z]?-\d{6}-\d+-(\d+)-").cast(pl.Int64).alias("sheet_number"),
        pl.col("row_number").cast(pl.Int64),
        pl.col("column").alias("head"),
        pl.when(pl.col("scope_code") == "cell").then(pl.col("quarantine_id").str.extract(r"-\d{6,}-([^-]+)$")).alias("column_name"),
        "scope_code",
        "reason_code",
        "sentence_zh",
        "sentence_en",
    )
    heads = _list_heads(copies)
    of_cells = parts.filter(pl.col("column_name").is_not_null()).join(
        heads.filter(pl.col("column_name").is_not_null()).drop("label"), on=["file_name", "sheet_number", "column_name"], how="left"
    )
    others = parts.filter(pl.col("column_name").is_null()).join(
        heads.drop("column_name").unique(["file_name", "sheet_number", "label"], keep="first", maintain_order=True),
        left_on=["file_name", "sheet_number", "head"],
        right_on=["file_name", "sheet_number", "label"],
        how="left",
    )
    is_empty = pl.col("reason_code") == "REQUIRED_EMPTY"
    rows = others.filter(is_empty & (pl.col("scope_code") == "row"))
    kept = others.filter(~(is_empty & (pl.col("scope_code") == "row")))
    placed = pl.concat([of_cells.select(*PLACED), kept.select(*PLACED), rows.select(*PLACED), _find_other_empty(rows, copies, roll)])
    return placed.unique(maintain_order=True).sort("file_name", "sheet_number", "row_number", "position", "reason_code", nulls_last=False)


def _list_heads(copies: Sequence[Copy]) -> pl.DataFrame:
    listed = [
        (copy.file_name, copy.number, head.position, head.label, head.column)
        for copy in copies
        if copy.header
        for head in copy.header.heads
    ]
    schema = {
        "file_name": pl.String(),
        "sheet_number": pl.Int64(),
        "position": pl.Int64(),
        "label": pl.String(),
        "column_name": pl.String(),
    }
    return pl.DataFrame(listed, schema=schema, orient="row")


def _find_other_empty(rows: pl.DataFrame, copies: Sequence[Copy], roll: Roll) -> pl.DataFrame:
    """Return a problem for each further required cell that is empty in a row sent back: the gate names the first."""
    parts = [pl.DataFrame(schema=PLACED)]
    for copy in copies:
        own = rows.filter((pl.col("file_name") == copy.file_name) & (pl.col("sheet_number") == copy.number))
        for head in copy.header.heads if copy.header and own.height else ():
            if head.column and roll.columns[head.column].required:
                cells = copy.sheet.cells.select("row_number", cell=f"c{head.position}")
                empty = cells.filter(pl.col("cell").str.strip_chars().fill_null("") == "").select("row_number")
                further = own.filter(pl.col("position") != head.position).join(empty, on="row_number", how="semi")
                at = pl.lit(head.position, dtype=pl.Int64).alias("position")
                parts.append(further.with_columns(at, pl.lit(head.label).alias("head")).select(*PLACED))
    return pl.concat(parts)


def show_address(row_number: int | None, position: int | None) -> str:
    """Return an address as a spreadsheet shows it: C5, row 5, or nothing for the whole file."""
    if row_number is None:
        return ""
    return f"{column_letters(position)}{row_number}" if position is not None else f"{row_number}:{row_number}"
