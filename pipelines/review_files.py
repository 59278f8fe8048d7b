"""Filled-in lists of pairs, read back: which reader said what of which pair, or where the file is wrong.

Belongs here: finding the answers in a workbook or CSV file and checking each. Does not belong here: opening untrusted files
(`connectors.formats.reader`), keeping answers (`judgement_log`).

Columns are found by the names in the hidden row, not by their heads, so a list may be answered in any language, sorted and
filtered. A file is taken whole or not at all: half a list would look like a finished one.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from connectors.formats.reader import share_reader
from connectors.formats.sheets import Sheet
from connectors.refusals import Place, column_letters
from registry.district import Limits
from registry.errors import RegistryError
from registry.judgements import ENDS, order_ends
from registry.schema.codes import IDENTITY_VERDICTS
from registry.schema.text import Text

READ: Final[tuple[str, ...]] = ("pair_id", *ENDS, "verdict", "note", "reader", "judged_on", "month")
HEAD_WORDS: Final = ["判断", "verdict"]
SHOWN_PROBLEMS: Final = 10
WORDS: Final = {
    word.casefold(): code
    for code, text in IDENTITY_VERDICTS.items()
    for word in (code, text.zh, text.en, text.show(), f"{text.zh}/{text.en}")
}
"""What may stand in the verdict column."""
REMEDY_LIST: Final = Text("请从下拉列表中选择", "choose from the drop-down list")


@dataclass(frozen=True)
class Filled:
    """The rows of one file with an answer: row_number and the columns of READ, all text; `letters` says where each column stands."""

    file: str
    sheet: str
    rows: pl.DataFrame
    letters: dict[str, str]
    blank_count: int


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one cell."""

    row_number: int
    column: str
    expected: Text
    got: str
    remedy: Text


def read_filled(path: Path, limits: Limits) -> Filled:
    """Return the answered rows of a workbook or CSV file, or raise naming what is absent."""
    reading = share_reader(limits).read(path, path.name)
    for sheet in reading.sheets:
        for row_number, cells in sheet.read_top():
            names = [(cell or "").strip().casefold() for cell in cells]
            if "verdict" in names and ("pair_id" in names or set(ENDS) <= set(names)):
                return _take_rows(path.name, sheet, row_number, names)
    raise RegistryError(
        f"文件“{path.name}”：应有一行列名 pair_id 与 verdict（导出时的隐藏行），但没有找到；请用 tuodi review export 重新导出后填写",
        f"file '{path.name}': expected a row with the column names pair_id and verdict (hidden in an exported list), found none;"
        " export it again with 'tuodi review export' and fill that in",
    )


def _take_rows(file: str, sheet: Sheet, names_row: int, names: list[str]) -> Filled:
    """Return the rows below the column names; the heads in between are no answer."""
    places = {name: names.index(name) for name in READ if name in names}
    columns = [(pl.col(f"c{places[name]}") if name in places else pl.lit(None, dtype=pl.String)).alias(name) for name in READ]
    rows = sheet.cells.filter(pl.col("row_number") > names_row).select(pl.col("row_number").cast(pl.Int64), *columns)
    rows = rows.with_columns(pl.col(name).str.strip_chars().replace("", None) for name in READ)
    is_head = (pl.col("row_number") == names_row + 1) & pl.col("verdict").fill_null("").str.to_lowercase().str.contains_any(HEAD_WORDS)
    named = rows.filter(~is_head & (pl.col("pair_id").is_not_null() | pl.all_horizontal(pl.col(name).is_not_null() for name in ENDS)))
    answered = named.filter(pl.col("verdict").is_not_null())
    letters = {name: column_letters(place) for name, place in places.items()}
    return Filled(file, sheet.name, answered, letters, named.height - answered.height)


def read_verdict(cell: str) -> str | None:
    """Return the code of what was written in a verdict cell, or None."""
    return WORDS.get(re.sub(r"\s*/\s*", " / ", unicodedata.normalize("NFKC", cell)).strip().casefold())


def check_filled(filled: Filled, known: pl.DataFrame, defaults: dict[str, str | None]) -> pl.DataFrame:
    """Return the answers of a file, one per pair and reader, or raise naming every cell that is wrong.

    Args:
        filled: the file.
        known: pair_id, profile_id_l, profile_id_r of every pair this home has shown or scored.
        defaults: reader, judged_on and month where the file says none.
    """
    codes = {word: code for word in filled.rows["verdict"].unique() if (code := read_verdict(word)) is not None}
    rows = filled.rows.with_columns(
        verdict_code=pl.col("verdict").replace_strict(codes, default=None, return_dtype=pl.String),
        **{name: pl.coalesce(name, pl.lit(value, dtype=pl.String)) for name, value in defaults.items()},
    )
    by_id = known.unique("pair_id", keep="first", maintain_order=True)
    found = rows.with_columns(order_ends()).join(by_id, on="pair_id", how="left", suffix="_known", maintain_order="left")
    found = found.with_columns(pl.coalesce(f"{end}_known", end).alias(end) for end in ENDS)
    pairs = by_id.select(ENDS).unique().with_columns(is_known=pl.lit(True))
    placed = found.join(pairs, on=ENDS, how="left", maintain_order="left").with_columns(pl.col("is_known").fill_null(False))
    problems = [
        *_find_wrong_words(placed),
        *_find_vanished(placed),
        *_find_unsigned(placed),
        *_find_wrong_dates(placed),
        *_find_doubles(placed),
    ]
    if problems:
        raise refuse_file(filled, problems)
    return placed.unique([*ENDS, "reader"], keep="first", maintain_order=True)


def _find_wrong_words(rows: pl.DataFrame) -> list[Problem]:
    words = Text("、".join(text.zh for text in IDENTITY_VERDICTS.values()), ", ".join(text.en for text in IDENTITY_VERDICTS.values()))
    wrong = rows.filter(pl.col("verdict_code").is_null()).select("row_number", "verdict").rows()
    return [Problem(row, "verdict", words, got, REMEDY_LIST) for row, got in wrong]


def _find_vanished(rows: pl.DataFrame) -> list[Problem]:
    expected = Text("本系统该月的一对", "a pair of this home")
    remedy = Text(
        "该对的名册行已变或不属于本系统，请重新导出后核对",
        "its rows have changed or it belongs to another home; export again and read it there",
    )
    gone = rows.filter(~pl.col("is_known")).with_columns(shown=pl.coalesce("pair_id", pl.concat_str(ENDS, separator=" ~ ")))
    has_id = pl.col("pair_id").is_not_null()
    column = pl.when(has_id).then(pl.lit("pair_id")).otherwise(pl.lit(ENDS[0]))
    return [Problem(row, name, expected, got, remedy) for row, name, got in gone.select("row_number", column, "shown").rows()]


def _find_unsigned(rows: pl.DataFrame) -> list[Problem]:
    expected = Text("核对人姓名", "the reader's name")
    remedy = Text("请填写核对人，或加 --reader 姓名", "fill it in, or add --reader NAME")
    unsigned = rows.filter(pl.col("reader").is_null())["row_number"].to_list()
    return [Problem(row, "reader", expected, "", remedy) for row in unsigned]


def _find_wrong_dates(rows: pl.DataFrame) -> list[Problem]:
    expected = Text("日期，如 2016-07-15", "a date such as 2016-07-15")
    remedy = Text("请改写日期，或加 --date 2016-07-15", "write it so, or add --date 2016-07-15")
    dated = rows.filter(pl.col("judged_on").str.to_date("%Y-%m-%d", strict=False).is_null()).select("row_number", "judged_on").rows()
    return [Problem(row, "judged_on", expected, got or "", remedy) for row, got in dated]


def _find_doubles(rows: pl.DataFrame) -> list[Problem]:
    """Return answers that contradict an earlier one of the same reader on the same pair in the file."""
    first = rows.sort("row_number").group_by(*ENDS, "reader", maintain_order=True).agg(
        pl.col("row_number").first().alias("first_row"), pl.col("verdict_code").first().alias("first_code")
    )  # fmt: skip
    doubled = rows.join(first, on=[*ENDS, "reader"], maintain_order="left").filter(pl.col("verdict_code") != pl.col("first_code"))
    remedy = Text("请只保留一个判断", "leave one of the two")
    return [
        Problem(
            row, "verdict", Text(f"与第{earlier}行相同（同一对、同一人）", f"as in row {earlier} (same pair, same reader)"), got, remedy
        )
        for row, earlier, got in doubled.select("row_number", "first_row", "verdict").rows()
    ]


def find_changed(rows: pl.DataFrame, answers: pl.DataFrame) -> list[Problem]:
    """Return answers that contradict what the same reader said of the pair before."""
    before = answers.select(*ENDS, "judged_by", earlier="verdict_code", where="source")
    changed = rows.join(before, left_on=[*ENDS, "reader"], right_on=[*ENDS, "judged_by"]).filter(
        pl.col("verdict_code") != pl.col("earlier")
    )
    remedy = Text("确要更正请加 --revise", "to correct the earlier answer add --revise")
    return [
        Problem(
            row, "verdict", Text(f"{IDENTITY_VERDICTS[earlier].zh}（{where}）", f"{IDENTITY_VERDICTS[earlier].en} ({where})"), got, remedy
        )
        for row, earlier, where, got in changed.sort("row_number").select("row_number", "earlier", "where", "verdict").rows()
    ]


def refuse_file(filled: Filled, problems: list[Problem]) -> RegistryError:
    """Return the refusal of a file: one line a cell, in the order of the rows, the first few of them."""
    ordered = sorted(problems, key=lambda problem: problem.row_number)
    texts = [_describe(filled, problem) for problem in ordered[:SHOWN_PROBLEMS]]
    more = len(ordered) - len(texts)
    end = Text(f"\n另有 {more} 处", f"\nand {more} more") if more else Text("", "")
    return RegistryError("\n".join(text.zh for text in texts) + end.zh, "\n".join(text.en for text in texts) + end.en)


def _describe(filled: Filled, problem: Problem) -> Text:
    where = Place(filled.file, filled.sheet, problem.row_number).show()
    column = filled.letters.get(problem.column, "-")
    got = Text(f"“{problem.got}”", f"'{problem.got}'") if problem.got else Text("空", "nothing")
    return Text(
        f"{where.zh}列 {column}（{problem.column}）：应为{problem.expected.zh}，实为{got.zh}；{problem.remedy.zh}。",
        f"{where.en}, column {column} ({problem.column}): expected {problem.expected.en}, got {got.en}; {problem.remedy.en}.",
    )


def find_day(path: Path) -> str:
    """Return the day a file was last saved."""
    return date.fromtimestamp(path.stat().st_mtime).isoformat()


def list_answers(rows: pl.DataFrame, file: str) -> list[dict[str, Any]]:
    """Return answers as lines of the log."""
    named = rows.rename({"reader": "judged_by", "row_number": "file_row"}).with_columns(file_name=pl.lit(file))
    return named.to_dicts()
