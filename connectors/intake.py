"""The gate: one roll's delivered files become landed rows, and what cannot be landed is sent back with an address.

Belongs here: the order of the steps and the bookkeeping of every row. Does not belong here: how a format is read
(`connectors.formats`), what a cell means (`registry`); landed cells are the text as delivered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from connectors.contents import require_contents
from connectors.deliveries import DeliveredFile
from connectors.formats.csv import read_csv
from connectors.formats.excel import read_excel
from connectors.formats.packages import Kind, tell_kind
from connectors.formats.sheets import Sheet
from connectors.headers import Header, find_header
from connectors.mapping import HeadIndex, build_head_index, map_heads
from connectors.quarantine import quarantine_file, quarantine_rows
from connectors.reconcile import require_all_counted
from connectors.refusals import FileRefused, Place, column_letters
from connectors.rows import FAULTS, find_faults, keep_data_rows
from connectors.titles import require_month, require_unit
from registry.district import Limits
from registry.roll import Roll
from registry.schema.fields import FIELDS
from registry.schema.tables import LANDED_COLUMNS, conform_table, empty_table
from registry.schema.text import Text

FULL_SHEETS: Final = frozenset({65_536, 1_048_576})
"""Rows a spreadsheet can hold: a list of exactly that length was probably cut off (England lost 15,841 cases that way)."""

MARKED_KINDS: Final = frozenset({"identity_number", "certificate", "account"})
"""Numbers too long for a number cell."""

SUMMARY_SHEETS: Final = ("汇总", "统计", "说明", "封面", "目录", "合计", "字典", "代码", "summary", "notes")
COUNTED: Final = ("row_count", "landed_count", "quarantined_count", "refused_count", "skipped_count")


@dataclass(frozen=True)
class Landed:
    """What became of one roll's files."""

    rows: pl.DataFrame
    deliveries: pl.DataFrame
    quarantine: pl.DataFrame


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
    note: FileRefused | None = None

    def count_data(self) -> int:
        """Return its rows that are data, good or faulty."""
        return self.row_count - self.skipped_count


def land_roll(roll: Roll, month: str, files: Sequence[DeliveredFile], limits: Limits) -> Landed:
    """Land the files of one roll and month.

    A row goes to quarantine with file, sheet, row, column and reason; a file is refused whole when it cannot be read, when its
    header, month or unit is not as declared, or when too large a share of its rows is faulty. The other files go on.

    Returns:
        rows (LANDED_COLUMNS and the roll's columns as delivered, by file, sheet and row), `deliveries` and `quarantine`.
    """
    index = build_head_index(roll)
    parts = [_empty_landing(roll)]
    hashes: dict[str, str] = {}
    for file in sorted(files, key=lambda file: file.file_number):
        results = _read_file(file, roll, index, month, limits, hashes.get(file.file_hash))
        hashes.setdefault(file.file_hash, file.path.name)
        parts.append(_settle_file(file, roll, _refuse_if_faulty(file, results, roll, limits)))
    landed = Landed(
        _stack_rows(roll, [part.rows for part in parts]),
        conform_table(pl.concat([part.deliveries for part in parts]), "deliveries"),
        conform_table(pl.concat([part.quarantine for part in parts]), "quarantine"),
    )
    require_all_counted(landed.deliveries, landed.rows, landed.quarantine)
    return landed


def _stack_rows(roll: Roll, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    filled = [part for part in parts if part.height]
    return filled[0] if len(filled) == 1 else pl.concat([_empty_rows(roll), *filled])


def _empty_landing(roll: Roll) -> Landed:
    return Landed(_empty_rows(roll), empty_table("deliveries"), empty_table("quarantine"))


def _empty_rows(roll: Roll) -> pl.DataFrame:
    address = {name: FIELDS[name].dtype for name in LANDED_COLUMNS}
    return pl.DataFrame(schema={**address, **dict.fromkeys(roll.columns, pl.String())})


def _read_file(file: DeliveredFile, roll: Roll, index: HeadIndex, month: str, limits: Limits, twin: str | None) -> list[SheetResult]:
    """Return one result per sheet; a file that cannot be opened gives one refused result."""
    try:
        if twin is not None:
            raise _refuse_twin(file, twin)
        kind = tell_kind(file.path, limits.file_bytes)
        sheets = [read_csv(file.path)] if kind == Kind.TEXT else read_excel(file.path, kind)
        if not any(sheet.row_count for sheet in sheets):
            raise _refuse_empty(file)
    except FileRefused as refusal:
        return [SheetResult("", 1, 0, _empty_rows(roll), refusal=refusal)]
    results = []
    for sheet in sheets:
        try:
            results.append(_land_sheet(sheet, file, roll, index, month))
        except FileRefused as refusal:
            results.append(SheetResult(sheet.name, sheet.number, sheet.row_count, _empty_rows(roll), refusal=refusal))
    return results


def _refuse_twin(file: DeliveredFile, twin: str) -> FileRefused:
    return FileRefused(
        "DUPLICATE_FILE",
        Place(file.path.name),
        expected=Text("内容不同的文件", "a file of its own"),
        got=Text(f"与“{twin}”完全相同的文件", f"the same bytes as '{twin}'"),
        remedy=Text("请只保留一份", "keep one of the two"),
    )


def _refuse_empty(file: DeliveredFile) -> FileRefused:
    return FileRefused(
        "EMPTY_FILE",
        Place(file.path.name),
        expected=Text("有数据的名册", "a roll with data"),
        got=Text("没有任何内容的表", "sheets without any cell"),
        remedy=Text("请重新导出并报送", "export it again and deliver it"),
    )


def _land_sheet(sheet: Sheet, file: DeliveredFile, roll: Roll, index: HeadIndex, month: str) -> SheetResult:
    """Land one sheet: header, month, data rows, faults, columns. Raises FileRefused."""
    place = Place(file.path.name, sheet.name)
    idle = SheetResult(sheet.name, sheet.number, sheet.row_count, _empty_rows(roll), skipped_count=sheet.row_count)
    if not sheet.row_count:
        return idle
    if sheet.is_hidden:
        return replace(idle, note=_note_hidden(place))
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
    require_unit(header, roll, place)
    mapped = map_heads(header.heads, roll, replace(place, row_number=header.last_row))
    data = keep_data_rows(sheet, header, mapped, roll)
    _require_heads_over_data(data, header, place)
    require_contents(data, header, mapped, roll, place)
    faults = find_faults(data, header, mapped, roll, may_be_damaged=sheet.may_be_damaged)
    good = data.join(faults, on="row_number", how="anti", maintain_order="left") if faults.height else data
    rows = _build_rows(good, sheet, file, roll, mapped)
    return SheetResult(sheet.name, sheet.number, sheet.row_count, rows, faults, sheet.row_count - data.height)


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


def _number(file: DeliveredFile, roll: Roll, sheet_number: int) -> str:
    return f"{roll.code}-{file.month.replace('-', '')}-{file.file_number}-{sheet_number}"


def _row_id(number: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{number}-"), pl.col("row_number").cast(pl.String).str.zfill(6))


def _address(file: DeliveredFile) -> dict[str, object]:
    return {
        "roll": file.roll,
        "month": file.month,
        "department": file.department,
        "file_name": file.path.name,
        "file_hash": file.file_hash,
    }


def _build_rows(good: pl.DataFrame, sheet: Sheet, file: DeliveredFile, roll: Roll, mapped: Mapping[str, int]) -> pl.DataFrame:
    """Return landed rows: address, marks, then the declared columns; absent optional columns are null."""
    constants = {**_address(file), "file_number": file.file_number, "sheet": sheet.name, "sheet_number": sheet.number}
    marks = _mark_numbers(good, sheet, roll, mapped)
    columns = [(pl.col(f"c{mapped[name]}") if name in mapped else pl.lit(None, dtype=pl.String)).alias(name) for name in roll.columns]
    address = [
        _row_id(_number(file, roll, sheet.number)).alias("row_id"),
        *(pl.lit(value, dtype=FIELDS[name].dtype).alias(name) for name, value in constants.items()),
        pl.col("row_number"),
        pl.lit(marks).alias("cell_marks"),
    ]
    return good.select(*address, *columns).select(*LANDED_COLUMNS, *roll.columns)


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


def _refuse_if_faulty(file: DeliveredFile, results: list[SheetResult], roll: Roll, limits: Limits) -> list[SheetResult]:
    """Return the results, with a refusal on the worst sheet when the file's share of faulty rows is too large."""
    if any(result.refusal for result in results):
        return results
    faulty, data = sum(result.faults.height for result in results), sum(result.count_data() for result in results)
    worst = max(range(len(results)), key=lambda i: results[i].faults.height)
    if not data and roll.delivery.content == "snapshot":
        refusal = _refuse_snapshot(file)
    elif faulty >= limits.bad_row_minimum and faulty > limits.bad_row_share * data:
        refusal = _refuse_share(file, results[worst], faulty, data, limits)
    else:
        return results
    return [replace(result, refusal=refusal) if i == worst else result for i, result in enumerate(results)]


def _refuse_snapshot(file: DeliveredFile) -> FileRefused:
    return FileRefused(
        "EMPTY_FILE",
        Place(file.path.name),
        expected=Text("本月在册人员", "the people on the roll this month"),
        got=Text("只有表头，没有数据行", "a header and no data row"),
        remedy=Text("请重新导出并报送", "export it again and deliver it"),
    )


def _refuse_share(file: DeliveredFile, worst: SheetResult, faulty: int, data: int, limits: Limits) -> FileRefused:
    reasons = worst.faults.group_by("reason_code").len().sort("len", "reason_code", descending=[True, False])
    return FileRefused(
        str(reasons["reason_code"][0]),
        Place(file.path.name, worst.name),
        expected=Text(f"问题行不超过{limits.bad_row_share:.0%}", f"at most {limits.bad_row_share:.0%} faulty rows"),
        got=Text(f"{data}行中有{faulty}行", f"{faulty} of {data}"),
        remedy=Text("请按隔离清单逐行更正后整体重新报送", "correct the rows listed in the quarantine and deliver the whole file again"),
    )


def _settle_file(file: DeliveredFile, roll: Roll, results: Sequence[SheetResult]) -> Landed:
    """Return rows, deliveries and quarantine of one file; one refused sheet refuses the file, so that no town is lost unseen."""
    reason = next((result.refusal.reason_code for result in results if result.refusal), None)
    quarantine = [empty_table("quarantine")]
    for result in results:
        number = _number(file, roll, result.number)
        said = result.refusal or result.note
        quarantine += [quarantine_file(_address(file), said, number)] if said else []
        quarantine.append(quarantine_rows(_address(file), result.name, result.faults, _row_id(number)))
    rows = _empty_rows(roll) if reason else _stack_rows(roll, [result.rows for result in results])
    deliveries = pl.DataFrame([_count_sheet(file, result, reason) for result in results], infer_schema_length=None)
    return Landed(rows, conform_table(deliveries, "deliveries"), pl.concat(quarantine))


def _count_sheet(file: DeliveredFile, result: SheetResult, reason: str | None) -> dict[str, object]:
    faulty = result.faults.height
    counts = (result.row_count, result.rows.height, faulty, 0, result.skipped_count)
    if reason:
        counts = (result.row_count, 0, 0, result.count_data(), result.skipped_count)
    return {
        **_address(file),
        "file_number": file.file_number,
        "sheet": result.name,
        "sheet_number": result.number,
        "byte_count": file.byte_count,
        **dict(zip(COUNTED, counts, strict=True)),
        "is_refused": reason is not None,
        "reason_code": reason or (result.note.reason_code if result.note else None),
    }
