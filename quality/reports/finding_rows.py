"""Findings as rows that a clerk can read: names for codes, both sides in one line, evidence as addresses.

Belongs here: joining findings with persons, places, programmes and the delivery record, and masking.
Does not belong here: which columns a sheet has (`layout`), and writing files.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from quality.masking import mask_identity_number, mask_name
from quality.reports.wording import METHODS
from registry.district import District
from registry.schema.codes import BENEFIT_KINDS, CONFIDENCES, HOUSEHOLD_KINDS, SEVERITIES
from registry.schema.tables import empty_table
from registry.schema.text import Text

Tables = Mapping[str, pl.DataFrame]
SHOWN_ADDRESSES: Final = 4
"""Evidence places written out per finding; a year of monthly payments would fill a page."""
WORKING_DAYS: Final = 15
SEVERITY_ORDER: Final = {"H": 0, "M": 1, "L": 2}
SETTLED: Final = ("closed", "withdrawn")


def write_exceptions(checked: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the exceptions looked at in Chinese and in English.

    `exceptions_checked` holds both, item by item: `<zh> <en>: <result zh> <result en>; <zh> <en>; …`. An item of any other
    form stays as it is.
    """
    item = pl.element()
    judged = r"^(\S*\p{Han}\S*) ([^:]+): (\S*\p{Han}\S*) (.+)$"
    seen = r"^(\S*\p{Han}\S*) ([^\p{Han}]+)$"
    items = checked.str.split("; ")
    zh = items.list.eval(item.str.replace(judged, "${1}：${3}").str.replace(seen, "${1}")).list.join("；")
    en = items.list.eval(item.str.replace(judged, "${2}: ${4}").str.replace(seen, "${2}")).list.join("; ")
    return zh, en


def find_table(tables: Tables, name: str) -> pl.DataFrame:
    """Return a table, or it without rows when the month has none."""
    return tables[name] if name in tables else empty_table(name)


def add_titles(rows: pl.DataFrame, code: str, titles: Mapping[str, Text], name: str) -> pl.DataFrame:
    """Return `rows` with `<name>_zh` and `<name>_en` for the codes in `code`; a code without a title shows itself."""
    zh, en = f"{name}_zh", f"{name}_en"
    named = pl.DataFrame(
        {code: list(titles), zh: [title.zh for title in titles.values()], en: [title.en for title in titles.values()]},
        schema={code: pl.String, zh: pl.String, en: pl.String},
    )
    joined = rows.join(named, on=code, how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(zh, code), pl.coalesce(en, code))


def find_programme_titles(district: District) -> dict[str, Text]:
    """Return programme titles by code."""
    return {code: programme.title.text() for code, programme in district.programmes.items()}


def find_department_titles(district: District) -> dict[str, Text]:
    """Return department names by code."""
    return {code: words.text() for code, words in district.settings.departments.items()}


def find_roll_titles(district: District) -> dict[str, Text]:
    """Return roll titles by roll name."""
    return {name: roll.title.text() for name, roll in district.rolls.items()}


def find_rule_titles(district: District) -> dict[str, Text]:
    """Return rule titles by rule id."""
    return {rule_id: rule.title.text() for rule_id, rule in district.rules.items()}


def name_places(rows: pl.DataFrame, district: District) -> pl.DataFrame:
    """Return `rows` with `town` and `village` named from `town_code` and `place_code`."""
    places = district.places.select("place_code", "name").unique("place_code", keep="last", maintain_order=True)
    towns = places.rename({"place_code": "town_code", "name": "town"})
    villages = places.rename({"name": "village"})
    return rows.join(towns, on="town_code", how="left", maintain_order="left").join(
        villages, on="place_code", how="left", maintain_order="left"
    )


def write_period(first: str, last: str) -> pl.Expr:
    """Return months `first` to `last` as one text; an open end stays open."""
    start, end = pl.col(first), pl.col(last)
    return (
        pl.when(start.is_null() & end.is_null())
        .then(None)
        .when(start == end)
        .then(start)
        .otherwise(pl.concat_str([start.fill_null(""), pl.lit(" – "), end.fill_null("")]))
    )


def address_evidence(evidence: pl.DataFrame, deliveries: pl.DataFrame, district: District) -> pl.DataFrame:
    """Return `evidence` with file_name, sheet, file_number, sheet_number, row_number and roll titles.

    The numbers come from `row_id` (code-month-file-sheet-row), names from the delivery record; a delivery of an earlier
    month that is no longer recorded keeps its numbers.
    """
    part = pl.col("row_id").str.extract_groups(r"-(?<month>\d{6})-(?<file>\d+)-(?<sheet>\d+)-(?<row>\d+)$")
    numbered = evidence.with_columns(part.alias("part")).with_columns(
        pl.concat_str([pl.col("part").struct[0].str.slice(0, 4), pl.lit("-"), pl.col("part").struct[0].str.slice(4)]).alias("month"),
        pl.col("part").struct[1].cast(pl.Int64).alias("file_number"),
        pl.col("part").struct[2].cast(pl.Int64).alias("sheet_number"),
        pl.col("part").struct[3].cast(pl.Int64).alias("row_number"),
    )
    keys = ["roll", "month", "file_number", "sheet_number"]
    names = deliveries.select(*keys, "file_name", "sheet").unique(keys, keep="first", maintain_order=True)
    located = numbered.drop("part").join(names, on=keys, how="left", maintain_order="left")
    return add_titles(located, "roll", find_roll_titles(district), "roll_title")


def _write_places(department: str, titles: Mapping[str, Text]) -> tuple[pl.Expr, pl.Expr]:
    """Return where evidence rows stand, as text in both languages: own rows by file and sheet, others by month and numbers.

    Needs the rows of one sheet gathered in `row_number`.
    """
    sheet = pl.when(pl.col("sheet").fill_null("") != "").then(pl.col("sheet")).otherwise(pl.col("sheet_number").cast(pl.String))
    is_own = (pl.col("department") == department) & pl.col("file_name").is_not_null()
    is_far = pl.col("department") != department
    owner = {code: f"{title.zh}：" for code, title in titles.items()}
    owner_en = {code: f"{title.en}, " for code, title in titles.items()}
    far_zh = pl.format("{} {} 第{}份 表{}", "roll_title_zh", "month", "file_number", "sheet_number")
    far_en = pl.format("{} {}, file {}, sheet {}", "roll_title_en", "month", "file_number", "sheet_number")
    place_zh = pl.when(is_own).then(pl.format("{} {} 表“{}”", "roll_title_zh", "file_name", sheet)).otherwise(far_zh)
    place_en = pl.when(is_own).then(pl.format("{}: {}, sheet {}", "roll_title_en", "file_name", sheet)).otherwise(far_en)
    from_zh = pl.when(is_far).then(pl.col("department").replace_strict(owner, default="")).otherwise(pl.lit(""))
    from_en = pl.when(is_far).then(pl.col("department").replace_strict(owner_en, default="")).otherwise(pl.lit(""))
    return pl.format("{}{} 第{}行", from_zh, place_zh, "row_number"), pl.format("{}{}, row {}", from_en, place_en, "row_number")


def _gather_rows(evidence: pl.DataFrame) -> pl.DataFrame:
    """Return one line per finding, side and sheet, its row numbers in one text."""
    order = pl.col("side_code").replace_strict({"this": 0, "other": 1}, default=2)
    keys = ["finding_id", "order", "department", "roll", "month", "file_number", "sheet_number"]
    shown = ["file_name", "sheet", "roll_title_zh", "roll_title_en"]
    rows = evidence.with_columns(order.alias("order")).unique([*keys, "row_number"], keep="first", maintain_order=True)
    return (
        rows.sort(*keys, "row_number")
        .group_by(keys, maintain_order=True)
        .agg(*[pl.col(name).first() for name in shown], pl.col("row_number").cast(pl.String).str.join(", "))
    )


def list_addresses(evidence: pl.DataFrame, department: str, district: District) -> pl.DataFrame:
    """Return one row per finding with `evidence_zh` and `evidence_en`: the first addresses, and how many more there are."""
    zh, en = _write_places(department, find_department_titles(district))
    listed = (
        _gather_rows(evidence)
        .with_columns(zh.alias("zh"), en.alias("en"))
        .group_by("finding_id", maintain_order=True)
        .agg(
            pl.col("zh").drop_nulls().head(SHOWN_ADDRESSES).str.join("\n"),
            pl.col("en").drop_nulls().head(SHOWN_ADDRESSES).str.join("\n"),
            (pl.len().cast(pl.Int64) - SHOWN_ADDRESSES).alias("more"),
        )
    )
    return listed.select(
        "finding_id",
        pl.when(pl.col("more") > 0).then(pl.format("{}\n另有 {} 处", "zh", "more")).otherwise(pl.col("zh")).alias("evidence_zh"),
        pl.when(pl.col("more") > 0).then(pl.format("{}\nand {} more places", "en", "more")).otherwise(pl.col("en")).alias("evidence_en"),
    )


def list_methods(evidence: pl.DataFrame, person_mentions: pl.DataFrame) -> pl.DataFrame:
    """Return one row per finding with `link_basis_zh` and `link_basis_en`: how its rows were linked to the person."""
    linked = evidence.select("finding_id", "mention_id").join(person_mentions.select("mention_id", "method_code"), on="mention_id")
    named = add_titles(linked.unique(["finding_id", "method_code"]), "method_code", METHODS, "link_basis")
    return (
        named.sort("finding_id", "method_code")
        .group_by("finding_id", maintain_order=True)
        .agg(pl.col("link_basis_zh").str.join("；"), pl.col("link_basis_en").str.join("; "))
    )


def sum_side(evidence: pl.DataFrame, side: str, prefix: str) -> pl.DataFrame:
    """Return one row per finding with the months and the amount of one side.

    Only payments count: a bill or a certificate shown beside them is no money given. Where a side shows no payment its
    months are those of what it shows.
    """
    given = pl.col("fact_table") == "benefits"
    has_given = given.any()
    paid = pl.col("amount").filter(given)
    return (
        evidence.filter(pl.col("side_code") == side)
        .group_by("finding_id")
        .agg(
            pl.when(has_given).then(pl.col("from_month").filter(given).min()).otherwise(pl.col("from_month").min()).alias(f"{prefix}_from"),
            pl.when(has_given).then(pl.col("to_month").filter(given).max()).otherwise(pl.col("to_month").max()).alias(f"{prefix}_to"),
            pl.when(paid.count() > 0).then(paid.sum()).alias(f"{prefix}_amount"),
        )
    )


def describe_findings(findings: pl.DataFrame, tables: Tables, district: District, department: str) -> pl.DataFrame:
    """Return the findings of one department with everything both lists share: titles, person, place, evidence."""
    persons = find_table(tables, "persons").select(
        "person_id", "person_name", "identity_number", "place_code", "town_code", pl.col("is_protected").fill_null(value=True)
    )
    evidence = address_evidence(
        find_table(tables, "finding_evidence").join(findings.select("finding_id"), on="finding_id", how="semi"),
        find_table(tables, "deliveries"),
        district,
    )
    told = evidence.filter(pl.col("side_code") != "guard")
    rows = findings.join(persons, on="person_id", how="left").with_columns(pl.col("is_protected").fill_null(value=True))
    exceptions_zh, exceptions_en = write_exceptions(pl.col("exceptions_checked"))
    rows = name_places(rows, district).with_columns(
        exceptions_zh.alias("exceptions_checked_zh"), exceptions_en.alias("exceptions_checked_en")
    )
    for code, titles, name in (
        ("rule_id", find_rule_titles(district), "rule_title"),
        ("severity_code", SEVERITIES, "severity"),
        ("confidence_code", CONFIDENCES, "confidence"),
        ("programme_code", find_programme_titles(district), "own_programme"),
        ("other_programme_code", find_programme_titles(district), "other_programme"),
        ("other_department", find_department_titles(district), "other_department"),
    ):
        rows = add_titles(rows, code, titles, name)
    for part in (
        list_addresses(told, department, district),
        list_methods(told, find_table(tables, "person_mentions")),
        sum_side(evidence, "this", "own"),
        sum_side(evidence, "other", "other"),
    ):
        rows = rows.join(part, on="finding_id", how="left")
    order = pl.col("severity_code").replace_strict(SEVERITY_ORDER, default=9)
    return rows.sort(order, "rule_id", "town_code", "place_code", "finding_id")


def build_duplicate_rows(findings: pl.DataFrame, tables: Tables, district: District, department: str) -> pl.DataFrame:
    """Return the rows of the duplicates list; names and numbers are masked for everybody."""
    rows = describe_findings(findings, tables, district, department)
    return rows.with_columns(
        mask_name(pl.col("person_name")).alias("person_name"),
        mask_identity_number(pl.col("identity_number")).alias("identity_number"),
        pl.coalesce("own_from", "from_month").alias("own_from"),
        pl.coalesce("own_to", "to_month").alias("own_to"),
        pl.coalesce("own_amount", "amount").alias("own_amount"),
    ).with_columns(
        write_period("own_from", "own_to").alias("own_period"),
        write_period("other_from", "other_to").alias("other_period"),
        write_period("overlap_from_month", "overlap_to_month").alias("overlap"),
    )


def _describe_households(rows: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` with `household_zh` and `household_en`: the kind of household and how many it has."""
    kinds = add_titles(
        households.select("household_id", "household_kind_code", "member_count"), "household_kind_code", HOUSEHOLD_KINDS, "kind"
    )
    named = kinds.select(
        "household_id",
        pl.format("{}，{} 人", "kind_zh", "member_count").alias("household_zh"),
        pl.format("{}, {} members", "kind_en", "member_count").alias("household_en"),
    ).unique("household_id", keep="first", maintain_order=True)
    return rows.join(named, on="household_id", how="left", maintain_order="left")


def find_due_date(month: str) -> date:
    """Return the last day for answers: the 15th working day of the month after `month`; public holidays are not known."""
    first = pl.select(pl.lit(f"{month}-01").str.to_date().dt.offset_by("1mo")).item()
    due: date = pl.select(pl.lit(first).dt.add_business_days(WORKING_DAYS - 1, roll="forward")).item()
    return due


def build_missed_rows(findings: pl.DataFrame, tables: Tables, district: District, department: str, month: str) -> pl.DataFrame:
    """Return the rows of the missed-aid list; only protected people, and people not known to be unprotected, are masked."""
    rows = describe_findings(findings, tables, district, department)
    hidden = pl.col("is_protected")
    named = rows.with_columns(
        pl.when(hidden).then(mask_name(pl.col("person_name"))).otherwise(pl.col("person_name")).alias("person_name"),
        pl.when(hidden).then(mask_identity_number(pl.col("identity_number"))).otherwise(pl.col("identity_number")).alias("identity_number"),
        pl.coalesce("overlap_from_month", "from_month").alias("first_in_question"),
        pl.coalesce("overlap_to_month", "to_month").alias("last_in_question"),
        pl.lit(find_due_date(month).isoformat()).alias("due_date"),
    )
    named = named.with_columns(write_period("first_in_question", "last_in_question").alias("question_period"))
    housed = _describe_households(named, find_table(tables, "households"))
    return add_titles(housed, "department", find_department_titles(district), "responsible_department")


def name_benefit_kinds(rows: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` with the titles of their kind of payment."""
    return add_titles(rows, "benefit_kind_code", BENEFIT_KINDS, "kind")
