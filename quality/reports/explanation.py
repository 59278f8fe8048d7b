"""One finding in full, as text for a terminal: both sides month by month, every source row, the identity links, the rule.

Belongs here: what `tuodi explain` prints. Does not belong here: deciding anything, and names or numbers in clear (they
are masked; the source row leads to them).
"""

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
    write_exceptions,
)
from quality.reports.month_grid import SIDE_ORDER, find_marked, lay_grid
from quality.reports.text_page import TextPage
from quality.reports.wording import AID_CONTINUES, LEAD_NOT_DECISION, METHODS, SIDES
from registry.district import District
from registry.errors import ConfigError
from registry.schema.codes import CODE_LISTS, HOUSEHOLD_KINDS
from registry.schema.fields import FIELDS
from registry.schema.text import Language, Text

STATES: Final = ("finding_kind_code", "severity_code", "confidence_code", "finding_state_code", "first_month")
WORDS: Final[dict[str, Text]] = {
    "finding": Text("线索", "Finding"),
    "person": Text("人员", "Person"),
    "household": Text("家庭", "Household"),
    "members": Text("人", "members"),
    "department": Text("责任部门", "Department"),
    "excess": Text("疑似多发", "Possible excess"),
    "overlap": Text("重叠期间", "Overlap"),
    "question": Text("情形所在月份", "Months in question"),
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


def _find_one(finding_id: str, tables: Tables) -> pl.DataFrame:
    """Return the finding as one row, or raise with the remedy."""
    found = find_table(tables, "findings").filter(pl.col("finding_id") == finding_id)
    if found.is_empty():
        raise ConfigError(
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


def _add_person(page: TextPage, finding: dict[str, Any], tables: Tables, district: District) -> None:
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


def _add_heading(page: TextPage, finding: dict[str, Any], district: District) -> None:
    title = find_rule_titles(district).get(finding["rule_id"], Text(finding["rule_id"], finding["rule_id"]))
    page.add(f"{page.say(WORDS['finding'])} {finding['finding_id']}  {finding['rule_id']} {page.say(title)}")
    page.add("  ·  ".join(f"{page.say(FIELDS[name].title)} {_name_code(page, name, finding[name])}" for name in STATES if finding[name]))
    page.add(page.say(LEAD_NOT_DECISION))
    page.add(page.say(AID_CONTINUES))
    page.lines.append("")
    page.add(page.pick(finding, "sentence"))


def _name_code(page: TextPage, column: str, value: str) -> str:
    codes = CODE_LISTS.get(FIELDS[column].codes or "", {})
    return page.say(codes[value]) if value in codes else value


def _add_sums(page: TextPage, finding: dict[str, Any], district: District) -> None:
    names = find_department_titles(district)
    pairs = [names[code] for code in (finding["department"], finding["other_department"]) if code in names]
    page.add(f"{page.say(WORDS['department'])}: {' × '.join(page.say(name) for name in pairs)}")
    word = WORDS["question" if finding["finding_kind_code"] == "missed" else "overlap"]
    first, last = find_marked(finding)
    if first:
        page.add(f"{page.say(word)}: {' – '.join(dict.fromkeys(month for month in (first, last) if month))}")
    if finding["excess_amount"] is not None:
        page.add(f"{page.say(WORDS['excess'])}: {_write_amount(finding['excess_amount'])}")


def _write_amount(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _write_source(page: TextPage, row: dict[str, Any]) -> str:
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


def _add_sources(page: TextPage, evidence: pl.DataFrame) -> None:
    page.head(WORDS["evidence"])
    rows = evidence.to_dicts()
    for row in rows:
        page.add(_write_source(page, row), "  ")
    if not rows:
        page.add(page.say(WORDS["no_evidence"]), "  ")


def _add_path(page: TextPage, evidence: pl.DataFrame, finding: dict[str, Any]) -> None:
    """Add how each row was linked to the person, and name the weakest."""
    page.head(WORDS["path"])
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


def _add_rule(page: TextPage, finding: dict[str, Any], district: District) -> None:
    page.head(WORDS["rule"])
    rule = district.rules.get(finding["rule_id"])
    if rule is not None:
        exceptions = [page.say(words.text()) for words in rule.exceptions]
        page.add(f"{rule.rule_id} {page.say(rule.title.text())}", "  ")
        page.add(f"{page.say(WORDS['looked_at'])}: {'; '.join(exceptions) or page.say(WORDS['none'])}", "  ")
    page.add(f"{page.say(WORDS['checked'])}: {page.pick(finding, 'exceptions_checked') or page.say(WORDS['none'])}", "  ")
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
        ConfigError: there is no such finding.
    """
    found = _find_one(finding_id, tables)
    exceptions_zh, exceptions_en = write_exceptions(pl.col("exceptions_checked"))
    worded = found.with_columns(exceptions_zh.alias("exceptions_checked_zh"), exceptions_en.alias("exceptions_checked_en"))
    finding, page = worded.to_dicts()[0], TextPage(Language(lang))
    evidence = _describe_evidence(found, tables, district)
    _add_heading(page, finding, district)
    _add_person(page, finding, tables, district)
    _add_sums(page, finding, district)
    lay_grid(page, evidence, finding, find_programme_titles(district))
    _add_sources(page, evidence)
    _add_path(page, evidence, finding)
    _add_rule(page, finding, district)
    return "\n".join(page.lines) + "\n"
