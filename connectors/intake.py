"""The gate: one roll's delivered files become landed rows, and what cannot be landed is sent back with an address.

Belongs here: the order of the steps and the bookkeeping of every file and sheet. Does not belong here: how a format is
read (`connectors.formats`), how one sheet is landed (`connectors.landing`), what a cell means (`registry`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from connectors.deliveries import DeliveredFile
from connectors.formats.reader import Reader, share_reader
from connectors.formats.sheets import Reading, Sheet, empty_cells
from connectors.landing import SheetResult, Source, empty_rows, land_sheet, number_sheet, row_id, start_result
from connectors.mapping import HeadIndex, build_head_index
from connectors.quarantine import quarantine_file, quarantine_rows
from connectors.reconcile import require_all_counted
from connectors.refusals import FileRefused, Place
from registry.district import Limits
from registry.roll import Roll
from registry.schema.tables import conform_table, empty_table
from registry.schema.text import Text

COUNTED: Final = ("row_count", "landed_count", "quarantined_count", "refused_count", "skipped_count")


@dataclass(frozen=True)
class Landed:
    """What became of one roll's files."""

    rows: pl.DataFrame
    deliveries: pl.DataFrame
    quarantine: pl.DataFrame


def land_roll(roll: Roll, month: str, files: Sequence[DeliveredFile], limits: Limits, reader: Reader | None = None) -> Landed:
    """Land the files of one roll and month.

    A row goes to quarantine with file, sheet, row, column and reason; a file is refused whole when it cannot be read, when its
    header, month or unit is not as declared, or when too large a share of its rows is faulty. The other files go on, those of
    a zipped delivery too. Files are opened by `reader`, or by the one this process shares, never in this process.

    Returns:
        rows (LANDED_COLUMNS and the roll's columns as delivered, by file, sheet and row), `deliveries` and `quarantine`.
    """
    index = build_head_index(roll)
    parts = [_empty_landing(roll)]
    opener = _Opener(roll, reader or share_reader(limits), {})
    for file in sorted(files, key=lambda file: file.file_number):
        for source, read in opener.open_delivery(file):
            results = _land_source(source, read, roll, index, month)
            parts.append(_settle_source(source, roll, _refuse_if_faulty(source, results, roll, limits)))
    landed = Landed(
        _stack_rows(roll, [part.rows for part in parts]),
        conform_table(pl.concat([part.deliveries for part in parts]), "deliveries"),
        conform_table(pl.concat([part.quarantine for part in parts]), "quarantine"),
    )
    require_all_counted(landed.deliveries, landed.rows, landed.quarantine)
    return landed


@dataclass(frozen=True)
class _Opener:
    """Opens the files of one roll one after the other; `hashes` names the first file of each content."""

    roll: Roll
    reader: Reader
    hashes: dict[str, str]

    def open_delivery(self, file: DeliveredFile) -> Iterator[tuple[Source, Reading | FileRefused]]:
        """Yield what a delivered file holds, or why it is refused; an archive yields each of its members."""
        source = Source(file, file.path, file.path.name, file.file_hash, file.byte_count)
        read = self._open(source)
        if isinstance(read, FileRefused) or not read.members:
            yield source, read
            return
        sheets_before = 0
        for member in read.members:
            inside = Source(
                file, member.path, f"{file.path.name}/{member.name}", member.content_hash, member.byte_count, sheets_before, is_member=True
            )
            content = self._open(inside)
            yield inside, content
            sheets_before += 1 if isinstance(content, FileRefused) else max((sheet.number for sheet in content.sheets), default=1)

    def _open(self, source: Source) -> Reading | FileRefused:
        twin = self.hashes.get(source.content_hash)
        self.hashes.setdefault(source.content_hash, source.name)
        if twin is not None:
            return _refuse_twin(source, twin)
        try:
            read = self.reader.read(source.path, source.name, self.roll, is_member=source.is_member)
        except FileRefused as refusal:
            return refusal
        is_empty = not read.members and not any(sheet.row_count for sheet in read.sheets)
        return _refuse_empty(source) if is_empty else read


def _stack_rows(roll: Roll, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    filled = [part for part in parts if part.height]
    return filled[0] if len(filled) == 1 else pl.concat([empty_rows(roll), *filled])


def _empty_landing(roll: Roll) -> Landed:
    return Landed(empty_rows(roll), empty_table("deliveries"), empty_table("quarantine"))


def _land_source(source: Source, read: Reading | FileRefused, roll: Roll, index: HeadIndex, month: str) -> list[SheetResult]:
    """Return one result per sheet; a file that cannot be opened gives one refused result."""
    if isinstance(read, FileRefused):
        return [start_result(_NO_SHEET, source, roll, refusal=read)]
    results = []
    for sheet in read.sheets:
        try:
            results.append(land_sheet(sheet, source, roll, index, month))
        except FileRefused as refusal:
            results.append(start_result(sheet, source, roll, refusal=refusal))
    return results


_NO_SHEET = Sheet("", 1, empty_cells(), pl.DataFrame(), 0)


def _refuse_twin(source: Source, twin: str) -> FileRefused:
    return FileRefused(
        "DUPLICATE_FILE",
        Place(source.name),
        expected=Text("内容不同的文件", "a file of its own"),
        got=Text(f"与“{twin}”完全相同的文件", f"the same bytes as '{twin}'"),
        remedy=Text("请只保留一份", "keep one of the two"),
    )


def _refuse_empty(source: Source) -> FileRefused:
    return FileRefused(
        "EMPTY_FILE",
        Place(source.name),
        expected=Text("有数据的名册", "a roll with data"),
        got=Text("没有任何内容的表", "sheets without any cell"),
        remedy=Text("请重新导出并报送", "export it again and deliver it"),
    )


def _refuse_if_faulty(source: Source, results: list[SheetResult], roll: Roll, limits: Limits) -> list[SheetResult]:
    """Return the results, with a refusal on the worst sheet when the file's share of faulty rows is too large."""
    if any(result.refusal for result in results):
        return results
    faulty, data = sum(result.faults.height for result in results), sum(result.count_data() for result in results)
    worst = max(range(len(results)), key=lambda i: results[i].faults.height)
    if not data and roll.delivery.content == "snapshot":
        refusal = _refuse_snapshot(source)
    elif faulty >= limits.bad_row_minimum and faulty > limits.bad_row_share * data:
        refusal = _refuse_share(source, results[worst], faulty, data, limits)
    else:
        return results
    return [replace(result, refusal=refusal) if i == worst else result for i, result in enumerate(results)]


def _refuse_snapshot(source: Source) -> FileRefused:
    return FileRefused(
        "EMPTY_FILE",
        Place(source.name),
        expected=Text("本月在册人员", "the people on the roll this month"),
        got=Text("只有表头，没有数据行", "a header and no data row"),
        remedy=Text("请重新导出并报送", "export it again and deliver it"),
    )


def _refuse_share(source: Source, worst: SheetResult, faulty: int, data: int, limits: Limits) -> FileRefused:
    reasons = worst.faults.group_by("reason_code").len().sort("len", "reason_code", descending=[True, False])
    return FileRefused(
        str(reasons["reason_code"][0]),
        Place(source.name, worst.name),
        expected=Text(f"问题行不超过{limits.bad_row_share:.0%}", f"at most {limits.bad_row_share:.0%} faulty rows"),
        got=Text(f"{data}行中有{faulty}行", f"{faulty} of {data}"),
        remedy=Text("请按隔离清单逐行更正后整体重新报送", "correct the rows listed in the quarantine and deliver the whole file again"),
    )


def _settle_source(source: Source, roll: Roll, results: Sequence[SheetResult]) -> Landed:
    """Return rows, deliveries and quarantine of one file; one refused sheet refuses the file, so that no town is lost unseen."""
    reason = next((result.refusal.reason_code for result in results if result.refusal), None)
    quarantine = [empty_table("quarantine")]
    for result in results:
        number = number_sheet(source, roll, result.number)
        said = (result.refusal,) if result.refusal else result.notes
        quarantine += [quarantine_file(source.address(), one, number, order) for order, one in enumerate(said, 1)]
        quarantine.append(quarantine_rows(source.address(), result.name, result.faults, row_id(number)))
    rows = empty_rows(roll) if reason else _stack_rows(roll, [result.rows for result in results])
    deliveries = pl.DataFrame([_count_sheet(source, result, reason) for result in results], infer_schema_length=None)
    return Landed(rows, conform_table(deliveries, "deliveries"), pl.concat(quarantine))


def _count_sheet(source: Source, result: SheetResult, reason: str | None) -> dict[str, object]:
    faulty = result.faults.height
    counts = (result.row_count, result.rows.height, faulty, 0, result.skipped_count)
    if reason:
        counts = (result.row_count, 0, 0, result.count_data(), result.skipped_count)
    return {
        **source.address(),
        "file_number": source.file.file_number,
        "sheet": result.name,
        "sheet_number": result.number,
        "byte_count": source.byte_count,
        **dict(zip(("declared_count", "counted_count"), result.declared or (None, None), strict=True)),
        **dict(zip(COUNTED, counts, strict=True)),
        "is_refused": reason is not None,
        "reason_code": reason or (result.notes[0].reason_code if result.notes else None),
    }
