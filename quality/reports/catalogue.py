"""Every monthly report, once: what it is called and how it is written.

Belongs here: the registry the pipelines go through. Does not belong here: any report.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from quality.reports import department_workbook, overview
from quality.reports.finding_rows import Tables
from registry.district import District
from registry.schema.text import Language, Text


@dataclass(frozen=True)
class Report:
    """One monthly report: `write(tables, district, month, folder, lang)` returns the files written."""

    name: str
    title: Text
    write: Callable[[Tables, District, str, Path, Language], list[Path]]


def _write_workbooks(tables: Tables, district: District, month: str, folder: Path, lang: Language) -> list[Path]:
    """Write each department's workbook into a folder of its own: what is in it is for that department only."""
    packs = [department_workbook.build(tables, district, department, month) for department in district.settings.departments]
    return [path for pack in packs for path in department_workbook.render(pack, folder / pack.department, lang)]


def _write_overview(tables: Tables, district: District, month: str, folder: Path, lang: Language) -> list[Path]:
    return [overview.render(overview.build(tables, district, month), folder / "overview.html", lang)]


REPORTS: Final[tuple[Report, ...]] = (
    Report("department_workbook", Text("部门工作簿", "department workbook"), _write_workbooks),
    Report("overview", Text("月度总览", "monthly overview"), _write_overview),
)
"""A new report is a module with `build` and `render`, its test, and one line here."""
