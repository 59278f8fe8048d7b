"""How a typed roll stands in its files and sheets: titles, headers, subtotals, repeated headers, signatures.

Belongs here: which row goes where, and the physical row of each data row (the truth needs it). Does not belong here: what
the cells say (`simulation.defects`) or how bytes are written (`simulation.write`).
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from simulation.chance import choose_once, salt
from simulation.rolls.shape import HEADLESS, SHEETLESS, SYNONYMS, Head, Shape, Summary
from simulation.value_defects import yuan

NAMES = (
    "{year}年{month}月{title}{part}",
    "附件2：{year}年{month}月{title}{part}",
    "{year}年{month}月{title}{part}(定稿)",
    "{title}{part}{year}年{month}月(定稿2)",
)


SUFFIXES = {"utf16": "txt", "fixed": "txt", "html": "xls"}
SIGNATURE = "制表人：        审核人：        负责人："


@dataclass(frozen=True)
class Sheet:
    """One sheet of one file. `lines` has every line below the header in order, with `@line` data, header, total or summary."""

    name: str
    title: str
    notice: str
    heads: tuple[Head, ...]
    shown: dict[str, str]
    lines: pl.DataFrame
    signature: str
    hidden: str

    @property
    def levels(self) -> int:
        """Return how many rows the header has."""
        return 1 + max(len(item.path) for item in self.heads)

    @property
    def first_row(self) -> int:
        """Return the physical row of the first line below the header, counted from 1."""
        return 3 + self.levels


@dataclass(frozen=True)
class RollFile:
    """One file: a text file has one sheet without a name. `package` is the zip it travels in, if any."""

    name: str
    form: str
    encoding: str
    sheets: tuple[Sheet, ...]
    widths: tuple[int, ...] = ()
    package: str = ""

    @property
    def address(self) -> str:
        """Return the name under which its rows are known: a file in a zip as zip/file."""
        return f"{self.package}/{self.name}" if self.package else self.name

    def placed(self) -> pl.DataFrame:
        """Return the data rows with sheet and row_number as they stand in the file."""
        parts = []
        for sheet in self.sheets:
            first = 1 if self.form in HEADLESS else 2 if self.form in SHEETLESS else sheet.first_row
            numbered = sheet.lines.with_columns(
                pl.lit("" if self.form in (*SHEETLESS, "html") else sheet.name).alias("sheet"),
                (pl.int_range(pl.len(), dtype=pl.Int64) + first).alias("row_number"),
            )
            parts.append(numbered.filter(pl.col("@line") == "data"))
        return pl.concat(parts, how="diagonal_relaxed")


def lay_out(shape: Shape, rows: pl.DataFrame, month: str, seed: int) -> tuple[RollFile, ...]:
    """Return the files of one typed roll in one month."""
    if shape.form in SHEETLESS:
        name = f"{shape.title}_{month.replace('-', '')}.{SUFFIXES.get(shape.form, shape.form)}"
        lines = rows.with_columns(pl.lit("data").alias("@line"))
        sheet = Sheet("", "", "", shape.heads, shown_heads(shape, month, seed), lines, "", "")
        return (RollFile(name, shape.form, shape.encoding, (sheet,), shape.widths),)
    parts = rows["@file"].unique().sort().to_list() if shape.split == "file" else [""]
    return tuple(_lay_out_workbook(shape, rows.filter(pl.col("@file") == part) if part else rows, month, seed, part) for part in parts)


def _lay_out_workbook(shape: Shape, rows: pl.DataFrame, month: str, seed: int, part: str) -> RollFile:
    year, number = int(month[:4]), int(month[5:])
    title = f"{year}年{number}月{shape.title}"
    name = choose_once(NAMES, seed, shape.roll, month).format(
        year=year, month=number, title=shape.title, part=f"（{part}）" if part else ""
    )
    by = f"@{shape.split}" if shape.split in ("town", "village") else ""
    heads, shown = _heads(shape, month, seed, part), shown_heads(shape, month, seed)
    sheets = [] if shape.summary is None else [_lay_out_summary(shape.summary, rows, title)]
    for town in rows[by].unique().sort().to_list() if by else [""]:
        own = rows.filter(pl.col(by) == town) if by else rows
        reporter = town or part or "区本级"
        day = date(year, number, 10 + int(salt(seed, shape.roll, month, town)) % 16)
        notice = f"填报单位：{reporter}    填报时间：{day.year}年{day.month}月{day.day}日    单位：元"
        lines = _lines(shape, own, heads)
        sheets.append(Sheet(town or "Sheet1", f"Q区{title}", notice, heads, shown, lines, SIGNATURE, shape.hidden))
    package = f"{title}.zip" if shape.is_packed else ""
    return RollFile(f"{name}.{SUFFIXES.get(shape.form, shape.form)}", shape.form, "", tuple(sheets), package=package)


def _lay_out_summary(summary: Summary, rows: pl.DataFrame, title: str) -> Sheet:
    """Return the sheet of sums before the lists."""
    lines = summary.build(rows).with_columns(pl.lit("summary").alias("@line"))
    shown = {item.name: item.name.removeprefix("".join(item.path)) for item in summary.heads}
    return Sheet(summary.name, f"Q区{title}{summary.name}", "单位：户、人、元", summary.heads, shown, lines, SIGNATURE, "")


def _heads(shape: Shape, month: str, seed: int, part: str) -> tuple[Head, ...]:
    """Return the heads in this delivery's order: every school group orders its columns as it likes."""
    if not part:
        return shape.heads
    starts = [at for at, item in enumerate(shape.heads) if item.kind == "text"]
    shift = starts[int(salt(seed, shape.roll, month, part)) % len(starts)]
    return shape.heads[shift:] + shape.heads[:shift]


def shown_heads(shape: Shape, month: str, seed: int) -> dict[str, str]:
    """Return for each head the words this month's delivery shows: usually its own, sometimes another one met (domain.md §4.4)."""
    names = [item.name for item in shape.heads]
    shown = {}
    for name in names:
        options = tuple(word for word in SYNONYMS.get(name, ()) if word == name or word not in names)
        shown[name] = choose_once((name, *options), seed, shape.roll, month, name) if options else name
    return shown


def _lines(shape: Shape, rows: pl.DataFrame, heads: tuple[Head, ...]) -> pl.DataFrame:
    """Return the lines below the header: data with serial numbers, subtotals by village, repeated headers, one total."""
    serial = [item.name for item in shape.heads if item.kind == "serial"]
    data = rows.with_columns(
        pl.lit("data").alias("@line"),
        (pl.int_range(pl.len(), dtype=pl.Int64) * 10).alias("@order"),
        *((pl.int_range(pl.len()) + 1).cast(pl.String).alias(name) for name in serial),
    )
    parts = [data, _totals(shape, data, [], "合计", heads)]
    if shape.subtotals:
        parts.append(_totals(shape, data, ["@town", "@village"], "小计", heads))
    if shape.repeat_header and data.height > shape.repeat_header:
        at = pl.int_range(shape.repeat_header, data.height, shape.repeat_header, dtype=pl.Int64, eager=True) * 10 - 5
        parts.append(pl.DataFrame({"@order": at}).with_columns(pl.lit("header").alias("@line")))
    return pl.concat(parts, how="diagonal_relaxed").sort("@order", maintain_order=True).drop("@order")


def _totals(shape: Shape, data: pl.DataFrame, by: list[str], word: str, heads: tuple[Head, ...]) -> pl.DataFrame:
    """Return one total line for each group; the word stands in the first column of text, the sums under the amounts that can be added."""
    first = next(item.name for item in heads if item.kind not in ("amount", "count"))
    amounts = [name for name in shape.of_kind("amount") if name != first and "标准" not in name and "月人均" not in name]
    cells = {name: pl.col(name).str.replace_all(r"[^0-9.\-]", "").cast(pl.Float64, strict=False) for name in amounts[-2:]}
    sums = [pl.when(cell.count() > 0).then(cell.sum()).alias(name) for name, cell in cells.items()]
    groups = data.group_by(by, maintain_order=True) if by else None
    last = (pl.col("@order").max().fill_null(0) + (3 if by else 7)).alias("@order")
    summed = groups.agg(*sums, last) if groups else data.select(*sums, last)
    shown = [yuan((pl.col(name) * 100).round().cast(pl.Int64), decimals=False).alias(name) for name in amounts[-2:]]
    return summed.select(pl.lit("total").alias("@line"), "@order", pl.lit(word).alias(first), *shown)
