"""Twelve-month grids of a finding: each side's months and amounts under each other.

Belongs here: spreading periods over months and laying the grid. Does not belong here: the rest of an explanation.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from quality.reports.text_page import TextPage
from quality.reports.wide_text import count_columns
from quality.reports.wording import SIDES
from registry.schema.text import Text

LABEL: Final = 36
YEARS: Final = 3
"""Calendar years shown at most, the latest ones."""
MARK: Final = "*"
"""Entitled or in that state in the month, amount not stated."""
EMPTY: Final = "."
"""Marks are ASCII: a terminal set to Chinese may draw other signs two columns wide."""
SIDE_ORDER: Final = {"this": 0, "other": 1, "guard": 2}
_TITLE: Final = Text(
    "逐月对照（每月金额；* 有资格或处于该状态，未载金额）", "Month by month (amount a month; * entitled or in that state, no amount stated)"
)
_OVERLAP: Final = Text("重叠", "overlap")
_QUESTION: Final = Text("待核月份", "months in question")
_NONE_SEEN: Final = Text("未见", "none seen")
_KEYS: Final = ["side_code", "owner_zh", "owner_en", "programme_zh", "programme_en"]


def spread_months(evidence: pl.DataFrame) -> pl.DataFrame:
    """Return one row per side, programme and month with the amount of that month; a period's amount is shared evenly.

    A state without a programme, such as a certificate, goes by the title of its roll.
    """
    start, end = (pl.coalesce(name, other) for name, other in (("from_month", "to_month"), ("to_month", "from_month")))
    dated = evidence.filter(pl.col("from_month").is_not_null() | pl.col("to_month").is_not_null()).with_columns(
        pl.date_ranges(
            pl.concat_str([start, pl.lit("-01")]).str.to_date(), pl.concat_str([end, pl.lit("-01")]).str.to_date(), interval="1mo"
        ).alias("day"),
        pl.coalesce("programme_zh", "roll_title_zh").alias("programme_zh"),
        pl.coalesce("programme_en", "roll_title_en").alias("programme_en"),
    )
    monthly = dated.with_columns((pl.col("amount").cast(pl.Float64) / pl.col("day").list.len()).alias("share")).explode("day")
    return (
        monthly.filter(pl.col("day").is_not_null())
        .group_by(*_KEYS, "day")
        .agg(pl.when(pl.col("share").count() > 0).then(pl.col("share").sum()).alias("share"))
    )


def find_marked(finding: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the first and last month the finding is about: the overlap, or the months aid may have been missed."""
    first = finding["overlap_from_month"] or finding["from_month"]
    return first, finding["overlap_to_month"] or finding["to_month"] or first


def _find_years(finding: Mapping[str, Any], monthly: pl.DataFrame) -> list[int]:
    """Return the calendar years to show: those the finding speaks of, else those of its evidence."""
    named = ("from_month", "to_month", "overlap_from_month", "overlap_to_month")
    years = [int(finding[name][:4]) for name in named if finding[name]] or sorted({day.year for day in monthly["day"].to_list()})
    return list(range(min(years), max(years) + 1))[-YEARS:] if years else []


def _write_label(page: TextPage, line: Mapping[str, Any]) -> str:
    side = SIDES.get(line["side_code"], Text(line["side_code"], line["side_code"]))
    return f"{page.say(side)}: {page.pick(line, 'owner')} {page.pick(line, 'programme')}".rstrip()


def _write_cells(amounts: Mapping[date, float | None], days: Sequence[date]) -> list[str]:
    shown = [(day in amounts, amounts.get(day)) for day in days]
    return [EMPTY if not is_there else MARK if share is None else f"{share:,.0f}" for is_there, share in shown]


def lay_grid(page: TextPage, evidence: pl.DataFrame, finding: Mapping[str, Any], programmes: Mapping[str, Text]) -> None:
    """Add one twelve-month grid per calendar year: a line for each side and programme, and one that marks the months in question.

    For possible missed aid the programme that may be due has a line of its own, empty in the months nobody paid.
    """
    monthly = spread_months(evidence)
    years = _find_years(finding, monthly)
    if not years:
        return
    page.head(_TITLE)
    lines = monthly.select(_KEYS).unique().sort(pl.col("side_code").replace_strict(SIDE_ORDER, default=9), *_KEYS[1:]).to_dicts()
    paid: dict[tuple[Any, ...], dict[date, float | None]] = {}
    for row in monthly.to_dicts():
        paid.setdefault(tuple(row[key] for key in _KEYS), {})[row["day"]] = row["share"]
    drawn = [(_write_label(page, line), paid[tuple(line[key] for key in _KEYS)]) for line in lines]
    years_days = [[date(year, month, 1) for month in range(1, 13)] for year in years]
    is_missed = finding["finding_kind_code"] == "missed"
    missing = (
        f"{page.say(_NONE_SEEN)}: {page.say(programmes[finding['programme_code']])}"
        if is_missed and finding["programme_code"] in programmes
        else None
    )
    marked = page.say(_QUESTION if is_missed else _OVERLAP)
    labels = [*(label for label, _ in drawn), marked, missing or ""]
    width = min(LABEL, max(count_columns(label) for label in labels)) + 2
    for days in years_days:
        page.add_cells(str(days[0].year), [f"{day.month:02d}" for day in days], width)
        for label, amounts in drawn:
            page.add_cells(label, _write_cells(amounts, days), width)
        if missing:
            page.add_cells(missing, _mark_months(finding, days, EMPTY), width)
        page.add_cells(marked, _mark_months(finding, days, "^"), width)


def _mark_months(finding: Mapping[str, Any], days: Sequence[date], mark: str) -> list[str]:
    first, last = find_marked(finding)
    return [mark if first and last and first <= f"{day:%Y-%m}" <= last else "" for day in days]
