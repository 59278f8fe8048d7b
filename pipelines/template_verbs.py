"""What `tuodi template` and `tuodi check` do for the owners of rolls, offline: options in, a workbook and a few lines out.

Belongs here: the steps of these verbs and what they print; never a cell's value. Does not belong here: option parsing (`cli`),
what a check looks at (`roll_check`), what the workbooks look like (`quality.reports`).
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.resources import open_district
from pipelines.roll_check import Copy, RollCheck, check_roll_file, find_roll, show_address
from pipelines.roll_examples import make_examples
from quality.reports.checked_workbook import SUMMARY, CheckedSheet, CheckSummary, name_sheets, render_checked, say_problem
from quality.reports.roll_template import render_template
from registry.district import MONTH_PATTERN
from registry.errors import ConfigError
from registry.schema.text import Language, Text

SHOWN: Final = 10
NAMELESS: Final = "Sheet1"
"""A text file has one sheet without a name."""


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _require_language(lang: str) -> Language:
    if lang not in set(Language):
        raise ConfigError(f"--lang 应为 zh、en 或 both，而不是“{lang}”", f"--lang takes zh, en or both, not '{lang}'")
    return Language(lang)


def _require_xlsx(out: Path) -> Path:
    if out.suffix.lower() != ".xlsx":
        raise ConfigError(f"--out 应以 .xlsx 结尾，而不是“{out.name}”", f"--out ends in .xlsx, not '{out.name}'")
    if not out.parent.is_dir():
        raise ConfigError(f"没有文件夹 {out.parent}，请先建立", f"there is no folder {out.parent}; make it first")
    return out


def write_template(asked: str, out: Path, district: str, lang: str) -> None:
    """Write the template of a roll; an existing file, perhaps already filled in, is left alone."""
    language, opened = _require_language(lang), open_district(district)
    roll = find_roll(opened, asked)
    if not roll.delivery.glob:
        raise ConfigError(f"名册 {roll.code} 由数据库读取，无需模板", f"roll {roll.code} is read from a database and needs no template")
    if _require_xlsx(out).exists():
        raise ConfigError(f"{out} 已存在，可能已填写；请换一个 --out", f"{out} exists and may be filled in; choose another --out")
    out.open("ab").close()
    render_template(out, roll, opened, make_examples(roll, opened), language)
    _print(f"{roll.code} {roll.title.text().show(lang)}: {out}")


def check(file: Path, asked: tuple[str | None, str | None], out: Path | None, district: str, lang: str) -> None:
    """Check a file before it is sent, write it back with comments; exit 3 when anything needs a look.

    Args:
        file: what an owner is about to send.
        asked: roll and month, as far as given.
        out: workbook to write; `<file>_checked.xlsx` in the working directory when absent.
        district: its folder or name.
        lang: of sentences and comments.
    """
    language, opened = _require_language(lang), open_district(district)
    asked_roll, month = asked
    if month is not None and not re.fullmatch(MONTH_PATTERN, month):
        raise ConfigError(f"月份“{month}”写法不对，应为 YYYY-MM，如 2016-06", f"'{month}' is no month; write YYYY-MM, such as 2016-06")
    if not file.is_file():
        raise ConfigError(f"没有文件 {file}，请检查路径", f"there is no file {file}; check the path")
    target = _require_xlsx(out) if out else _find_free(Path(f"{file.stem}_checked.xlsx"))
    if target.exists() and target.samefile(file):
        raise ConfigError("--out 不能是被检查的文件本身，请换一个", "--out is the file to be checked; choose another")
    checked = check_roll_file(file, opened, asked_roll, month)
    names = _name_copies(checked, language)
    listed = _list_problems(checked, names)
    summary = CheckSummary(checked.month, _list_facts(checked, file.name, language), _list_refusals(checked), listed)
    # What cannot be written is said by the system in words the command line knows.
    target.open("ab").close()
    render_checked(target, summary, [_build_sheet(copy, checked.problems, names) for copy in _list_copies(checked)], language)
    _say(checked, listed, target, lang)
    if listed.height:
        raise SystemExit(3)


def _find_free(path: Path) -> Path:
    """Return the path, or the next numbered one: an earlier copy may hold corrections."""
    free, number = path, 2
    while free.exists():
        free, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    return free


def _list_copies(checked: RollCheck) -> list[Copy]:
    """Return the sheets to write again, without the summary of an earlier check."""
    summaries = {SUMMARY.zh, SUMMARY.en, f"{SUMMARY.zh} {SUMMARY.en}"}
    return [copy for copy in checked.copies if copy.sheet.name not in summaries]


def _name_copies(checked: RollCheck, language: Language) -> Mapping[tuple[str, int], str]:
    """Return the name of each sheet in the copy."""
    copies = _list_copies(checked)
    own = SUMMARY.zh if language == Language.ZH else SUMMARY.en if language == Language.EN else f"{SUMMARY.zh} {SUMMARY.en}"
    # Text files of an archive are told apart by their own names.
    titles = [copy.sheet.name or (Path(copy.file_name).stem if "/" in copy.file_name else NAMELESS) for copy in copies]
    names = name_sheets(titles, [own])
    return {(copy.file_name, copy.number): name for copy, name in zip(copies, names, strict=True)}


def _build_sheet(copy: Copy, problems: pl.DataFrame, names: Mapping[tuple[str, int], str]) -> CheckedSheet:
    own = problems.filter((pl.col("file_name") == copy.file_name) & (pl.col("sheet_number") == copy.number))
    return CheckedSheet(names[copy.file_name, copy.number], copy.sheet.cells, own, copy.sheet.is_hidden)


def _list_problems(checked: RollCheck, names: Mapping[tuple[str, int], str]) -> pl.DataFrame:
    """Return each problem with the sheet and address the copy shows it at."""
    begins_at_0 = {
        (copy.file_name, copy.number) for copy in checked.copies if copy.sheet.cells.height and not copy.sheet.cells["row_number"][0]
    }
    listed = [
        {
            "sheet": names.get((row["file_name"], row["sheet_number"]), row["file_name"]),
            "address": show_address(_shift(row, begins_at_0), row["position"]),
            "head": row["head"],
            "reason_code": row["reason_code"],
            "scope_code": row["scope_code"],
        }
        for row in checked.problems.iter_rows(named=True)
    ]
    return pl.DataFrame(listed, schema=dict.fromkeys(("sheet", "address", "head", "reason_code", "scope_code"), pl.String()))


def _shift(row: Mapping[str, object], begins_at_0: set[tuple[str, int]]) -> int | None:
    """Return the row in the copy: formats without a header line count data from 1, and their heads take the first row."""
    number = row["row_number"]
    if not isinstance(number, int):
        return None
    return number + ((row["file_name"], row["sheet_number"]) in begins_at_0)


def _list_facts(checked: RollCheck, name: str, language: Language) -> list[tuple[Text, str]]:
    counts = checked.deliveries.select(
        pl.col("row_count", "landed_count", "quarantined_count", "refused_count", "skipped_count").sum()
    ).row(0)
    cells = checked.problems.filter(pl.col("scope_code") == "cell").height
    labels = (
        Text("总行数", "Rows in all"),
        Text("可用的行", "Rows that can be used"),
        Text("退回的行", "Rows sent back"),
        Text("随整份文件退回的行", "Rows sent back with the whole file"),
        Text("表头、合计等非数据行", "Heads, totals and other rows that are no data"),
        Text("需核对的单元格", "Cells that need checking"),
    )
    roll, source, chosen = checked.roll, checked.month_source, checked.chosen_by
    return [
        (Text("被检查的文件", "File"), name),
        (Text("对应名册", "Roll"), f"{roll.code} {roll.title.text().show(language)} ({chosen.show(language)})"),
        (Text("所属月份", "Month"), f"{checked.month} ({source.show(language)})"),
        *((label, str(count)) for label, count in zip(labels, (*counts, cells), strict=True)),
    ]


def _list_refusals(checked: RollCheck) -> list[Text]:
    files = checked.problems.filter(pl.col("scope_code") == "file")
    return [Text(zh, en) for zh, en in files.select("sentence_zh", "sentence_en").unique(maintain_order=True).rows()]


def _say(checked: RollCheck, listed: pl.DataFrame, target: Path, lang: str) -> None:
    """Print roll, month, counts, the first problems by address and reason, and where the copy is."""
    for label, value in _list_facts(checked, "", Language(lang))[1:]:
        _print(f"{label.show(lang)}: {value}")
    for refusal in _list_refusals(checked):
        _print(refusal.show(lang))
    placed = listed.filter(pl.col("scope_code") != "file")
    for row in placed.head(SHOWN).iter_rows(named=True):
        _print(f"{row['sheet']}!{row['address']} {say_problem(row['reason_code'], row['head']).show(lang)}")
    if placed.height > SHOWN:
        _print(Text(f"……另有{placed.height - SHOWN}处", f"… {placed.height - SHOWN} more").show(lang))
    if listed.is_empty():
        _print(Text("未发现需要核对之处", "nothing needs checking").show(lang))
    _print(str(target))
