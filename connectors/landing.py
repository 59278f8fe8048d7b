"""One sheet into landed rows: header, month, unit, which rows are data, which of them are sent back.

Belongs here: the order of the steps for one sheet, what is said about it as a whole, and the shape of a landed row. Does
not belong here: opening files and adding their sheets up (`connectors.intake`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import polars as pl

from connectors.contents import require_contents
from connectors.control_totals import find_declared_count
from connectors.deliveries import DeliveredFile
from connectors.formats.sheets import Sheet
from connectors.headers import Header, find_header
from connectors.mapping import HeadIndex, map_heads
from connectors.refusals import FileRefused, Place, column_letters
from connectors.rows import FAULTS, find_faults, keep_data_rows
from connectors.titles import find_units, require_month
from registry.roll import Roll
from registry.schema.fields import FIELDS
from registry.schema.tables import LANDED_COLUMNS
from registry.schema.text import Text

FULL_SHEETS: Final = frozenset({65_536, 1_048_576})
"""Rows a spreadsheet can hold: a list of exactly that length was probably cut off (England lost 15,841 cases that way)."""

MARKED_KINDS: Final = frozenset({"identity_number", "certificate", "account"})
"""Numbers too long for a number cell."""

SUMMARY_SHEETS: Final = ("汇总", "统计", "说明", "封面", "目录", "合计", "字典", "代码", "summary", "notes")
MOST_LETTERS: Final = 12
"""Hidden columns listed by letter in one sentence."""


@dataclass(frozen=True)
class Source:
    """One file to read: a delivered one, or a member of a delivered archive, which has a name of its own inside it.

    content_hash: of the bytes that are read; the delivered file's own hash stays in the address
    sheets_before: sheets of the same delivered file that were read before, so that every sheet has its own number
    """

    file: DeliveredFile
    path: Path
    name: str
    content_hash: str
    byte_count: int
    sheets_before: int = 0
    is_member: bool = False

    def address(self) -> dict[str, object]:
        """Return what every row of this file is addressed by."""
        file = self.file
        return {
            "roll": file.roll,
            "month": file.month,
            "department": file.department,
            "file_name": self.name,
            "file_hash": file.file_hash,
        }


@dataclass(frozen=True)
class SheetResult:
    """What became of one sheet: its landed rows, its faulty ones, or why the file is refused."""

    name: str
    number: int
    row_count: int
    rows: pl.DataFrame
    faults: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAULTS))
    skipped_count: int = 0
    refusal: FileRefused | None = None
    notes: tuple[FileRefused, ...] = ()
    declared: tuple[int, int] | None = None

    def count_data(self) -> int:
        """Return its rows that are data, good or faulty."""
        return self.row_count - self.skipped_count


def land_sheet(sheet: Sheet, source: Source, roll: Roll, index: HeadIndex, month: str) -> SheetResult:
    """Land one sheet: header, month, data rows, faults, columns. Raises FileRefused."""
    place = Place(source.name, sheet.name)
    idle = start_result(sheet, source, roll, skipped_count=sheet.row_count)
    if not sheet.row_count:
        return idle
    if sheet.is_hidden:
        return replace(idle, notes=(_note_hidden(place),))
    required_count = sum(not column.optional for column in roll.columns.values())
    header = find_header(sheet, index, required_count)
    is_summary = any(word in sheet.name.lower() for word in SUMMARY_SHEETS)
    if is_summary and (header is None or header.count_columns() * 2 < required_count):
        return idle
    if header is None:
        raise _refuse_headless(place, required_count)
    if sheet.row_count in FULL_SHEETS:
        raise _refuse_full(place, sheet.row_count)
    require_month(header, roll, month, place)
    units = find_units(header, roll, place)
    mapped = map_heads(header.heads, roll, replace(place, row_number=header.last_row))
    data = keep_data_rows(sheet, header, mapped, roll)
    _require_heads_over_data(data, header, place)
    require_contents(data, header, mapped, roll, place)
    faults = find_faults(data, header, mapped, roll, may_be_damaged=sheet.may_be_damaged)
    good = data.join(faults, on="row_number", how="anti", maintain_order="left") if faults.height else data
    rows = _build_rows(good, sheet, source, roll, mapped, units, {head.column: head.label for head in header.heads if head.column})
    notes = tuple(_note_unseen(sheet, place))
    declared = find_declared_count(sheet, header, data, mapped, roll)
    return replace(idle, rows=rows, faults=faults, skipped_count=sheet.row_count - data.height, notes=notes, declared=declared)


def start_result(sheet: Sheet, source: Source, roll: Roll, *, skipped_count: int = 0, refusal: FileRefused | None = None) -> SheetResult:
    """Return the result of a sheet of which nothing has landed."""
    number = source.sheets_before + sheet.number
    return SheetResult(sheet.name, number, sheet.row_count, empty_rows(roll), skipped_count=skipped_count, refusal=refusal)


def empty_rows(roll: Roll) -> pl.DataFrame:
    """Return no landed rows."""
    address = {name: FIELDS[name].dtype for name in LANDED_COLUMNS}
    return pl.DataFrame(schema={**address, **dict.fromkeys(roll.columns, pl.String())})


def _note_unseen(sheet: Sheet, place: Place) -> Iterator[FileRefused]:
    """Yield what the owner of a landed sheet should know: parts the screen does not show were read too."""
    letters = [column_letters(position) for position in sheet.hidden_columns if position < sheet.width]
    listed = "、".join([*letters[:MOST_LETTERS], *["…"][: len(letters) > MOST_LETTERS]])
    if letters:
        yield FileRefused(
            "HIDDEN_COLUMN",
            place,
            expected=Text("没有隐藏列的表", "a sheet without hidden columns"),
            got=Text(f"隐藏列{listed}，已照常读取", f"hidden columns {listed.replace('、', ', ')}, read like all others"),
            remedy=Text("请核对这些列是否应报送，不报送的请删除", "check whether they should be delivered; delete those that should not"),
            column=letters[0],
        )
    if sheet.hidden_row_count:
        count = sheet.hidden_row_count
        yield FileRefused(
            "HIDDEN_ROW",
            place,
            expected=Text("没有隐藏或筛选掉的行的表", "a sheet without hidden or filtered rows"),
            got=Text(f"{count}行被隐藏或筛选，已照常读取", f"{count} rows hidden or filtered out, read like all others"),
            remedy=Text("请取消筛选后核对，不报送的行请删除", "clear the filter and check; delete rows that should not be delivered"),
        )
    if sheet.has_macros and sheet.number == 1:
        yield FileRefused(
            "MACROS_IGNORED",
            Place(place.file),
            expected=Text("不含宏的文件", "a file without macros"),
            got=Text("含宏的文件，宏未运行，数据已读取", "one with macros; they were not run, the data was read"),
            remedy=Text("请另存为 .xlsx 后报送", "save it as .xlsx next time"),
        )


def _note_hidden(place: Place) -> FileRefused:
    return FileRefused(
        "HIDDEN_SHEET",
        place,
        expected=Text("可见的工作表", "a visible sheet"),
        got=Text("隐藏的工作表，未读取", "a hidden one, which was not read"),
        remedy=Text("如为数据请取消隐藏后重新报送，否则请删除", "unhide it and deliver again if it is data, delete it if it is not"),
    )


def _refuse_headless(place: Place, required_count: int) -> FileRefused:
    return FileRefused(
        "HEADER_NOT_FOUND",
        place,
        expected=Text(
            f"前15行内有含{required_count}个声明列的表头", f"a header with the {required_count} declared columns in the first 15 rows"
        ),
        got=Text("找不到相近的行", "no row that comes near"),
        remedy=Text(
            "请核对是否为该名册；如为乱码请以 UTF-8 或 GB18030 重新导出",
            "check that it is this roll; if the text is garbled export it in UTF-8 or GB18030",
        ),
    )


def _refuse_full(place: Place, row_count: int) -> FileRefused:
    return FileRefused(
        "ROW_LIMIT",
        place,
        expected=Text("完整的名册", "a whole roll"),
        got=Text(f"恰好{row_count}行，可能被软件截断", f"exactly {row_count} rows, where spreadsheet programs cut lists off"),
        remedy=Text("请核对行数，分成两个文件报送", "compare with the source and deliver it in two files"),
    )


def _require_heads_over_data(data: pl.DataFrame, header: Header, place: Place) -> None:
    """Refuse a sheet with cells under a column that has no head; empty columns without a head are nothing."""
    nameless = [head.position for head in header.heads if not head.label and head.position < header.field_count]
    filled = [position for position in nameless if data[f"c{position}"].null_count() < data.height]
    if filled:
        cell = f"{column_letters(filled[0])}{header.last_row}"
        raise FileRefused(
            "HEADER_UNKNOWN",
            Place(place.file, place.sheet, header.last_row, cell),
            expected=Text("有数据的列都有表头", "a head over every column with data"),
            got=Text("没有表头的列", "a column without a head"),
            remedy=Text("请补写表头或删除该列", "write the head or delete the column"),
        )


def number_sheet(source: Source, roll: Roll, sheet_number: int) -> str:
    """Return what the ids of a sheet begin with."""
    return f"{roll.code}-{source.file.month.replace('-', '')}-{source.file.file_number}-{sheet_number}"


def row_id(number: str) -> pl.Expr:
    """Return the id of each row of a sheet, as in R02-201603-1-1-000002."""
    return pl.concat_str(pl.lit(f"{number}-"), pl.col("row_number").cast(pl.String).str.zfill(6))


def _build_rows(
    good: pl.DataFrame,
    sheet: Sheet,
    source: Source,
    roll: Roll,
    mapped: Mapping[str, int],
    units: Mapping[str, int],
    heads: Mapping[str, str],
) -> pl.DataFrame:
    """Return landed rows: address, marks, then the declared columns; absent optional columns are null."""
    number = source.sheets_before + sheet.number
    constants = {**source.address(), "file_number": source.file.file_number, "sheet": sheet.name, "sheet_number": number}
    marks = _mark_numbers(good, sheet, roll, mapped)
    columns = [(pl.col(f"c{mapped[name]}") if name in mapped else pl.lit(None, dtype=pl.String)).alias(name) for name in roll.columns]
    address = [
        row_id(number_sheet(source, roll, number)).alias("row_id"),
        *(pl.lit(value, dtype=FIELDS[name].dtype).alias(name) for name, value in constants.items()),
        pl.col("row_number"),
        _join_marks(marks, [*_mark_units(units), *_mark_heads(heads, roll)]).alias("cell_marks"),
    ]
    return good.select(*address, *columns).select(*LANDED_COLUMNS, *roll.columns)


def _join_marks(marks: pl.Series, stated: Sequence[str]) -> pl.Expr:
    """Return the marks of each row, behind them what is so for the whole sheet."""
    return pl.concat_str([pl.lit(marks), *map(pl.lit, stated)], separator=";", ignore_nulls=True) if stated else pl.lit(marks)


def _mark_units(units: Mapping[str, int]) -> list[str]:
    """Return the unit of every amount column that is not the usual one, as in amount=unit_10000."""
    return [f"{name}=unit_{times}" for name, times in units.items()]


def _mark_heads(heads: Mapping[str, str], roll: Roll) -> list[str]:
    """Return the delivered head of every column that is not called by its first declared one, as in name=head_成员姓名.

    What is sent back later names the head its owner wrote.
    """
    words = {name: re.sub(r"[;=]+", "", head).split() for name, head in heads.items()}
    plain = {name: (" " if head.isascii() else "").join(words[name]) for name, head in heads.items()}
    return [f"{name}=head_{head}" for name, head in plain.items() if head and head != roll.columns[name].heads[0]]


def _mark_numbers(good: pl.DataFrame, sheet: Sheet, roll: Roll, mapped: Mapping[str, int]) -> pl.Series:
    """Return the marks of each row, such as identity_number=excel_numeric, null where no long number stood in a number cell."""
    marked = {name: f"c{mapped[name]}" for name, column in roll.columns.items() if name in mapped and column.kind in MARKED_KINDS}
    numeric = {name: cell for name, cell in marked.items() if cell in sheet.numeric.columns}
    if not numeric:
        return pl.Series("cell_marks", [None], dtype=pl.String).new_from_index(0, good.height)
    flags = sheet.numeric.select(sheet.cells["row_number"], *numeric.values())
    own = good.select("row_number").join(flags, on="row_number", how="left", maintain_order="left")
    texts = [pl.when(pl.col(cell)).then(pl.lit(f"{name}=excel_numeric")) for name, cell in numeric.items()]
    return own.select(pl.concat_str(texts, separator=";", ignore_nulls=True).replace("", None).alias("cell_marks")).to_series()
