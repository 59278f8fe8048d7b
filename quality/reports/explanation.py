"""One finding in full, as text for a terminal: both sides month by month, every source row, the identity links, the rule.

Belongs here: what `tuodi explain` prints. Does not belong here: deciding anything, and names or numbers in clear (they
are masked; the source row leads to them).
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from quality.masking import mask_identity_number, mask_name
from quality.reports.finding_rows import (
    Tables,
    add_titles,
    address_evidence,
    find_department_titles,
    find_programme_titles,
    find_rule_titles,
    find_table,
    name_benefit_kinds,
    name_places,
)
from quality.reports.wide_text import count_columns, pad, wrap
from quality.reports.wording import AID_CONTINUES, LEAD_NOT_DECISION, METHODS, SIDES
from registry.district import District
from registry.errors import RegistryError
from registry.schema.codes import CODE_LISTS, HOUSEHOLD_KINDS
from registry.schema.fields import FIELDS
from registry.schema.text import Language, Text

WIDTH: Final = 110
CELL: Final = 7
LABEL: Final = 36
YEARS: Final = 3
"""Calendar years the grid shows at most, the latest ones."""
MARK: Final = "●"
"""Entitled in that month, amount not stated."""
SIDE_ORDER: Final = {"this": 0, "other": 1, "guard": 2}
STATES: Final = ("finding_kind_code", "severity_code", "confidence_code", "finding_state_code", "first_month")
WORDS: Final[dict[str, Text]] = {
    "finding": Text("线索", "Finding"),
    "person": Text("人员", "Person"),
    "household": Text("家庭", "Household"),
    "members": Text("人", "members"),
    "department": Text("责任部门", "Department"),
    "excess": Text("疑似多发", "Possible excess"),
    "overlap": Text("重叠期间", "Overlap"),
    "grid": Text("逐月对照（每月金额；● 有资格但未载金额）", "Month by month (amount a month; ● entitled, amount not stated)"),
    "marked": Text("重叠", "overlap"),
    "evidence": Text("来源行", "Source rows"),
    "no_evidence": Text("没有来源行。", "No source row."),
    "path": Text("身份关联", "Identity links"),
    "weakest": Text("最弱一环", "weakest link"),
    "rule": Text("规则", "Rule"),
    "basis": Text("政策依据（请核对当地规定）", "Legal basis (check local law)"),
    "looked_at": Text("规则会检查的例外", "Exceptions the rule looks at"),
    "checked": Text("本条的检查结果", "Checks made for this finding"),
    "suggestion": Text("建议核查", "What to check"),
    "file": Text("文件", "file"),
    "sheet": Text("表", "sheet"),
    "row": Text("行", "row"),
    "paid": Text("发放", "paid"),
    "none": Text("无", "none"),
    "probability": Text("概率", "probability"),
}


class _Page:
    """Lines being gathered in one language."""

    def __init__(self, lang: Language) -> None:
        self.lang, self.lines = lang, list[str]()

    def say(self, text: Text) -> str:
        return text.show(self.lang)

    def pick(self, row: dict[str, Any], name: str) -> str:
        """Return the bilingual value `name` of a row in the page's language."""
        return self.say(Text(str(row[f"{name}_zh"] or ""), str(row[f"{name}_en"] or "")))

    def add(self, line: str, indent: str = "") -> None:
        self.lines.append(wrap(line, WIDTH, indent))

    def add_cells(self, label: str, cells: Sequence[str], width: int) -> None:
        """Add one line of a grid; a long label takes lines of its own above its last one."""
        *above, last = wrap(label, width - 2).split("\n")
        self.lines += above
        self.lines.append((pad(last, width) + "".join(pad(cell, CELL, right=True) for cell in cells)).rstrip())

    def head(self, key: str) -> None:
        self.lines += ["", f"── {self.say(WORDS[key])} ──"]


def _find_one(finding_id: str, tables: Tables) -> pl.DataFrame:
    """Return the finding as one row, or raise with the remedy."""
    found = find_table(tables, "findings").filter(pl.col("finding_id") == finding_id)
    if found.is_empty():
        raise RegistryError(
            f"没有编号为“{finding_id}”的线索；编号见工作簿“疑点编号”列或 findings 表",
            f"there is no finding '{finding_id}'; ids stand in the workbooks' first column and in the table findings",
        )
    return found.head(1)


def _describe_evidence(finding: pl.DataFrame, tables: Tables, district: District) -> pl.DataFrame:
    """Return the finding's evidence with addresses, titles, link method and order, this side first."""
    own = find_table(tables, "finding_evidence").join(finding.select("finding_id"), on="finding_id", how="semi")
    rows = address_evidence(own, find_table(tables, "deliveries"), district)
    rows = add_titles(rows, "programme_code", find_programme_titles(district), "programme")
    rows = add_titles(name_benefit_kinds(rows), "department", find_department_titles(district), "owner")
    links = find_table(tables, "person_mentions").select("mention_id", "method_code", pl.col("match_probability").alias("link_probability"))
    rows = add_titles(rows.join(links, on="mention_id", how="left"), "method_code", METHODS, "method")
    order = pl.col("side_code").replace_strict(SIDE_ORDER, default=9)
    return rows.sort(order, "from_month", "row_id", "fact_id", nulls_last=True)


def _spread_months(evidence: pl.DataFrame) -> pl.DataFrame:
    """Return one row per side, programme and month with the amount of that month; a period's amount is shared evenly."""
    start, end = (pl.coalesce(name, other) for name, other in (("from_month", "to_month"), ("to_month", "from_month")))
    dated = evidence.filter(pl.col("from_month").is_not_null() | pl.col("to_month").is_not_null()).with_columns(
        pl.date_ranges(
            pl.concat_str([start, pl.lit("-01")]).str.to_date(), pl.concat_str([end, pl.lit("-01")]).str.to_date(), interval="1mo"
        ).alias("day")
    )
    monthly = dated.with_columns((pl.col("amount").cast(pl.Float64) / pl.col("day").list.len()).alias("share")).explode("day")
    return monthly.group_by("side_code", "owner_zh", "owner_en", "programme_zh", "programme_en", "day").agg(
        pl.when(pl.col("share").count() > 0).then(pl.col("share").sum()).alias("share")
    )


def _write_month(share: float | None) -> str:
    return MARK if share is None else f"{share:,.0f}"


def _lay_grid(page: _Page, monthly: pl.DataFrame, finding: dict[str, Any]) -> None:
    """Add one twelve-month grid per calendar year: a line for each side and programme, and one that marks the overlap."""
    page.head("grid")
    keys = ["side_code", "owner_zh", "owner_en", "programme_zh", "programme_en"]
    lines = monthly.select(keys).unique().sort(pl.col("side_code").replace_strict(SIDE_ORDER, default=9), *keys[1:]).to_dicts()
    labels = [
        f"{page.say(SIDES.get(line['side_code'], Text(line['side_code'], line['side_code'])))}: "
        f"{page.pick(line, 'owner')} {page.pick(line, 'programme')}".rstrip()
        for line in lines
    ]
    marked = page.say(WORDS["marked"])
    width = min(LABEL, max([count_columns(label) for label in [*labels, marked]], default=0)) + 2
    amounts = {(tuple(row[key] for key in keys), row["day"]): row["share"] for row in monthly.to_dicts()}
    years = sorted({row["day"].year for row in monthly.to_dicts()})
    for year in years[-YEARS:]:
        days = [date(year, month, 1) for month in range(1, 13)]
        page.add_cells(str(year), [f"{day.month:02d}" for day in days], width)
        for line, label in zip(lines, labels, strict=True):
            own = tuple(line[key] for key in keys)
            cells = [_write_month(amounts[own, day]) if (own, day) in amounts else "·" for day in days]
            page.add_cells(label, cells, width)
        _mark_overlap(page, finding, days, marked, width)


def _mark_overlap(page: _Page, finding: dict[str, Any], days: Sequence[date], label: str, width: int) -> None:
    first, last = finding["overlap_from_month"], finding["overlap_to_month"]
    if first is None:
        return
    cells = ["^" if first <= f"{day:%Y-%m}" <= (last or first) else "" for day in days]
    if any(cells):
        page.add_cells(label, cells, width)


def _add_person(page: _Page, finding: dict[str, Any], tables: Tables, district: District) -> None:
    """Add who it is about: masked name and number, place, household."""
    persons = find_table(tables, "persons").filter(pl.col("person_id") == (finding["person_id"] or ""))
    shown = name_places(persons, district).with_columns(
        mask_name(pl.col("person_name")).alias("name"), mask_identity_number(pl.col("identity_number")).alias("number")
    )
    for row in shown.to_dicts():
        parts = [row["name"], row["number"], row["town"], row["village"], row["person_id"]]
        page.add(f"{page.say(WORDS['person'])}: {'  '.join(part for part in parts if part)}")
    households = find_table(tables, "households").filter(pl.col("household_id") == (finding["household_id"] or ""))
    for row in add_titles(households, "household_kind_code", HOUSEHOLD_KINDS, "kind").to_dicts():
        members = page.say(WORDS["members"])
        page.add(f"{page.say(WORDS['household'])}: {page.pick(row, 'kind')}  {row['household_id']}  {row['member_count'] or '?'} {members}")


def _add_heading(page: _Page, finding: dict[str, Any], district: District) -> None:
    title = find_rule_titles(district).get(finding["rule_id"], Text(finding["rule_id"], finding["rule_id"]))
    page.add(f"{page.say(WORDS['finding'])} {finding['finding_id']}  {finding['rule_id']} {page.say(title)}")
    page.add("  ·  ".join(f"{page.say(FIELDS[name].title)} {_name_code(page, name, finding[name])}" for name in STATES if finding[name]))
    page.add(page.say(LEAD_NOT_DECISION))
    page.add(page.say(AID_CONTINUES))
    page.lines.append("")
    page.add(page.pick(finding, "sentence"))


def _name_code(page: _Page, column: str, value: str) -> str:
    codes = CODE_LISTS.get(FIELDS[column].codes or "", {})
    return page.say(codes[value]) if value in codes else value


def _add_sums(page: _Page, finding: dict[str, Any], district: District) -> None:
    names = find_department_titles(district)
    pairs = [names[code] for code in (finding["department"], finding["other_department"]) if code in names]
    page.add(f"{page.say(WORDS['department'])}: {' × '.join(page.say(name) for name in pairs)}")
    if finding["overlap_from_month"]:
        page.add(f"{page.say(WORDS['overlap'])}: {finding['overlap_from_month']} – {finding['overlap_to_month'] or ''}")
    if finding["excess_amount"] is not None:
        page.add(f"{page.say(WORDS['excess'])}: {_write_amount(finding['excess_amount'])}")


def _write_amount(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _write_source(page: _Page, row: dict[str, Any]) -> str:
    """Return one source row: side, roll, file, sheet, row, period, amount, day of payment."""
    say = page.say
    side = say(SIDES.get(row["side_code"], Text(row["side_code"], row["side_code"])))
    file = row["file_name"] or row["file_number"] or "?"
    sheet = row["sheet"] or row["sheet_number"] or "?"
    place = f"{say(WORDS['file'])} {file}  {say(WORDS['sheet'])} {sheet}  {say(WORDS['row'])} {row['row_number'] or '?'}"
    months = " – ".join(month for month in dict.fromkeys((row["from_month"], row["to_month"])) if month)
    paid = f"{say(WORDS['paid'])} {row['paid_date']}" if row["paid_date"] else ""
    facts = [page.pick(row, "programme"), page.pick(row, "kind"), months, _write_amount(row["amount"]), paid]
    told = "  ".join(fact for fact in facts if fact)
    source = f"{page.pick(row, 'owner')} {page.pick(row, 'roll_title')} {row['month'] or ''}".rstrip()
    return f"[{side}] {source}: {place}  ({row['row_id']})  {told}".rstrip()


def _add_sources(page: _Page, evidence: pl.DataFrame) -> None:
    page.head("evidence")
    rows = evidence.to_dicts()
    for row in rows:
        page.add(_write_source(page, row), "  ")
    if not rows:
        page.add(page.say(WORDS["no_evidence"]), "  ")


def _add_path(page: _Page, evidence: pl.DataFrame, finding: dict[str, Any]) -> None:
    """Add how each row was linked to the person, and name the weakest."""
    page.head("path")
    links = evidence.select(
        "mention_id", "method_zh", "method_en", pl.coalesce("link_probability", "match_probability").alias("probability")
    ).unique("mention_id", keep="first", maintain_order=True)
    named = links.filter(pl.col("mention_id").is_not_null())
    weakest = named.drop_nulls("probability").sort("probability", maintain_order=True).head(1)["mention_id"].to_list()
    for row in named.to_dicts():
        shown = "?" if row["probability"] is None else f"{row['probability']:.4f}"
        mark = f"  ← {page.say(WORDS['weakest'])}" if row["mention_id"] in weakest else ""
        page.add(f"{row['mention_id']}  {page.pick(row, 'method')}  {page.say(WORDS['probability'])} {shown}{mark}", "  ")
    if finding["weakest_probability"] is not None:
        page.add(f"{page.say(WORDS['weakest'])}: {finding['weakest_probability']:.4f}", "  ")


def _add_rule(page: _Page, finding: dict[str, Any], district: District) -> None:
    page.head("rule")
    rule = district.rules.get(finding["rule_id"])
    if rule is not None:
        exceptions = [page.say(words.text()) for words in rule.exceptions]
        page.add(f"{rule.rule_id} {page.say(rule.title.text())}", "  ")
        page.add(f"{page.say(WORDS['looked_at'])}: {'; '.join(exceptions) or page.say(WORDS['none'])}", "  ")
    page.add(f"{page.say(WORDS['checked'])}: {finding['exceptions_checked'] or page.say(WORDS['none'])}", "  ")
    page.add(f"{page.say(WORDS['basis'])}: {finding['legal_basis'] or (rule.legal_basis if rule else '')}", "  ")
    page.add(f"{page.say(WORDS['suggestion'])}: {page.pick(finding, 'suggestion')}", "  ")


def explain_finding(finding_id: str, tables: Tables, district: District, lang: Language | str = Language.BOTH) -> str:
    """Return everything one finding rests on, as text.

    Args:
        finding_id: as in the workbooks.
        tables: findings, finding_evidence, persons, households, deliveries, person_mentions.
        district: titles, places and rules.
        lang: language of the text.

    Raises:
        RegistryError: there is no such finding.
    """
    found = _find_one(finding_id, tables)
    finding, page = found.to_dicts()[0], _Page(Language(lang))
    evidence = _describe_evidence(found, tables, district)
    _add_heading(page, finding, district)
    _add_person(page, finding, tables, district)
    _add_sums(page, finding, district)
    monthly = _spread_months(evidence)
    if monthly.height:
        _lay_grid(page, monthly, finding)
    _add_sources(page, evidence)
    _add_path(page, evidence, finding)
    _add_rule(page, finding, district)
    return "\n".join(page.lines) + "\n"
