"""Two thousand planted bad cells: every one sent back with its file, sheet, row, column, reason and sentence (D11).

Through the whole way: text file and workbook, the intake, the statement. What was not planted is not sent back.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import polars as pl
import xlsxwriter

from connectors.deliveries import DeliveredFile
from connectors.formats.reader import Reader
from connectors.intake import land_roll
from registry.district import Limits
from registry.schema.codes import REASONS
from registry.statement import state_roll
from tests.unit.connectors.deliveries_samples import deliver
from tests.unit.registry.landed_rows import q_district

PLANTED: Final = 2000
HEADS: Final = ("编号", "村居", "申请人", "身份证号", "申请原因", "受助金额", "受理日期", "发放日期", "是否先行救助", "账号")
BAD: Final[dict[str, tuple[str, str | float]]] = {
    # reason: (column, what is written there)
    "ID_INVALID": ("身份证号", "359921195212043510"),
    "ID_MISSING": ("身份证号", "身份证丢失"),
    "EXCEL_DAMAGED": ("身份证号", 359921195212043515.0),
    "CATEGORY_UNKNOWN": ("申请原因", "天外来客"),
    "AMOUNT_UNREADABLE": ("受助金额", "三百多"),
    "DATE_UNREADABLE": ("发放日期", "2016-13-45"),
    "PLACE_UNKNOWN": ("村居", "无此地村"),
    "REQUIRED_EMPTY": ("申请人", ""),
    "BAD_ENCODING": ("账号", "6217\ufffd0123"),
}
IN_TEXT: Final = tuple(reason for reason in BAD if reason != "EXCEL_DAMAGED")
"""A text file has no number cells."""

Plant = tuple[str, str, int, str, str]
"""File, sheet, row, column and reason."""


def make_number(at: int) -> str:
    """Return a valid number of nobody: no such prefecture exists."""
    stem = f"359921{1940 + at % 60}{1 + at % 12:02d}{1 + at % 28:02d}{at % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return stem + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(stem, weights, strict=True)) % 11]


def make_rows(count: int, first: int, village: str) -> Iterator[list[str | float]]:
    for at in range(first, first + count):
        name = "陈林张黄王李"[at % 6] + "伟芳娜秀英敏静丽"[at // 6 % 8] + "强磊军洋勇艳杰娟"[at // 48 % 8]
        yield [f"L{at}", village, name, make_number(at), "火灾", "300", "2016-06-01", "2016-06-15", "否", f"62170000{at:08d}"]


def plant(rows: list[list[str | float]], count: int, reasons: tuple[str, ...], address: tuple[str, str], rng: random.Random) -> list[Plant]:
    """Spoil one cell in each of `count` rows, and say where."""
    planted = []
    for number, at in enumerate(sorted(rng.sample(range(len(rows)), count))):
        reason = reasons[number % len(reasons)]
        column, written = BAD[reason]
        rows[at][HEADS.index(column)] = written
        planted.append((*address, at + 2, column, reason))
    return planted


def write_files(folder: Path, village: str) -> tuple[list[DeliveredFile], list[Plant]]:
    """Write one text file and one workbook of two sheets with PLANTED bad cells in them."""
    rng = random.Random(11)
    planted: list[Plant] = []
    heads: list[str | float] = list(HEADS)
    rows = list(make_rows(6000, 0, village))
    planted += plant(rows, PLANTED // 2, IN_TEXT, ("临时救助一.csv", ""), rng)
    text = folder / "临时救助一.csv"
    text.write_text("\n".join(",".join(map(str, row)) for row in [heads, *rows]), encoding="utf-8")
    book = folder / "临时救助二.xlsx"
    with xlsxwriter.Workbook(str(book)) as workbook:
        for number, sheet in enumerate(("东镇", "西镇"), 1):
            page, rows = workbook.add_worksheet(sheet), list(make_rows(3000, number * 10_000, village))
            planted += plant(rows, PLANTED // 4, tuple(BAD), ("临时救助二.xlsx", sheet), rng)
            for at, row in enumerate([heads, *rows]):
                page.write_row(at, 0, row)
    return deliver(text, book, month="2016-06"), planted


def test_every_bad_cell_has_an_address(tmp_path: Path, reader: Reader, figures: Callable[[str], None]) -> None:
    district = q_district()
    roll = district.rolls["temporary_aid"]
    village = district.places.filter(level="village")["name"][0]
    files, planted = write_files(tmp_path, village)
    landed = land_roll(roll, "2016-06", files, Limits(), reader)
    assert not landed.deliveries["is_refused"].any(), landed.quarantine["sentence_zh"][0]
    sent_back = pl.concat([landed.quarantine, state_roll(landed.rows, roll, district)["quarantine"]])
    found = Counter(sent_back.select("file_name", "sheet", "row_number", "column", "reason_code").rows())
    assert len(planted) == PLANTED
    assert found == Counter(planted)
    for row in sent_back.select("file_name", "row_number", "column", "reason_code", "sentence_zh", "sentence_en").to_dicts():
        assert f"第{row['row_number']}行" in row["sentence_zh"] and f"row {row['row_number']}" in row["sentence_en"]
        assert row["column"] in row["sentence_zh"] and row["column"] in row["sentence_en"]
        assert row["reason_code"] in REASONS
    by_reason = Counter(reason for *_, reason in planted)
    figures(
        f"D11 bad cells: {PLANTED} planted, {sum((found & Counter(planted)).values())} addressed, 0 others sent back; {dict(by_reason)}"
    )
