"""The month on one page for the district: how much was found, where, and how far the rolls can be trusted.

Belongs here: counting (`build`) and writing one HTML file (`render`). Does not belong here: any personal data, not
even masked; drawing (`charts`), the page itself (`overview.html.j2`).

Possible duplicate aid and possible missed aid stand side by side in equal size. Counts by town under ten are hidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import jinja2
import polars as pl

from quality.reports import charts, wording
from quality.reports.department_workbook import ROLL_MEASURES, widen_roll_quality
from quality.reports.finding_rows import (
    SETTLED,
    Tables,
    add_titles,
    find_department_titles,
    find_programme_titles,
    find_roll_titles,
    find_rule_titles,
    find_table,
)
from quality.reports.overview_wording import HEADS, LIMITS_DOES, LIMITS_DOES_NOT, PARTS, TEXTS
from quality.reports.small_counts import WITHHELD, hide_small
from registry.district import District
from registry.schema.codes import SEVERITIES
from registry.schema.text import Language, Text

TEMPLATE: Final = "overview.html.j2"
CLUSTER_SIZES: Final = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 9), (10, 19), (20, 10**9))
LANGUAGES: Final = (Language.ZH, Language.EN)
KINDS: Final = ("duplicate", "missed")


@dataclass(frozen=True)
class OverviewData:
    """Everything the overview shows: counts and shares, no personal data.

    Attributes:
        duplicate_count, missed_count, review_count: open findings and links to review.
        excess_amount: sum of possible excess.
        rules, programmes, departments, rolls, methods, sizes, failed_checks: tables as the page shows them.
        towns: label, duplicates and missed as texts with small counts hidden, and the bar lengths that may be drawn.
    """

    month: str
    district_title: Text
    duplicate_count: int
    missed_count: int
    review_count: int
    person_count: int
    household_count: int
    excess_amount: Decimal
    rules: pl.DataFrame
    programmes: pl.DataFrame
    towns: pl.DataFrame
    departments: pl.DataFrame
    rolls: pl.DataFrame
    methods: pl.DataFrame
    sizes: pl.DataFrame
    check_count: int
    failed_checks: pl.DataFrame
    currency: str = "CNY"


def _find_open(tables: Tables) -> pl.DataFrame:
    findings = find_table(tables, "findings")
    return findings.filter(
        pl.col("finding_kind_code").is_in(list(KINDS)) & ~pl.col("finding_state_code").fill_null("new").is_in(list(SETTLED))
    )


def _count_rules(findings: pl.DataFrame, district: District, month: str) -> pl.DataFrame:
    """Return one row per rule: issued, of these new, people, possible excess."""
    counted = findings.group_by("finding_kind_code", "rule_id", "severity_code").agg(
        pl.len().cast(pl.Int64).alias("count"),
        (pl.col("first_month") == month).sum().cast(pl.Int64).alias("new_count"),
        pl.col("person_id").drop_nulls().n_unique().cast(pl.Int64).alias("person_count"),
        pl.when(pl.col("excess_amount").count() > 0).then(pl.col("excess_amount").sum()).alias("excess_amount"),
    )
    titled = add_titles(counted, "rule_id", find_rule_titles(district), "title")
    return add_titles(titled, "severity_code", SEVERITIES, "severity").sort("finding_kind_code", "rule_id", "severity_code")


def _count_programmes(findings: pl.DataFrame, district: District) -> pl.DataFrame:
    """Return one row per programme of this side with both counts and the possible excess."""
    counted = (
        findings.filter(pl.col("programme_code").is_not_null())
        .group_by("programme_code")
        .agg(
            *[(pl.col("finding_kind_code") == kind).sum().cast(pl.Int64).alias(f"{kind}_count") for kind in KINDS],
            pl.when(pl.col("excess_amount").count() > 0).then(pl.col("excess_amount").sum()).alias("excess_amount"),
        )
    )
    return add_titles(counted, "programme_code", find_programme_titles(district), "title").sort("programme_code")


def _count_towns(findings: pl.DataFrame, tables: Tables, district: District) -> pl.DataFrame:
    """Return one row per town; counts under ten, and what would give them away, are hidden and not drawn."""
    towns = district.places.filter(pl.col("level") == "town").select(pl.col("place_code").alias("town_code"), pl.col("name").alias("title"))
    persons = find_table(tables, "persons").select("person_id", "town_code")
    placed = findings.join(persons, on="person_id", how="left")
    known = towns.unique("town_code", keep="last", maintain_order=True)
    counted = known
    for kind in KINDS:
        per_town = placed.filter(pl.col("finding_kind_code") == kind).group_by("town_code").agg(pl.len().cast(pl.Int64).alias(kind))
        counted = counted.join(per_town, on="town_code", how="left", maintain_order="left")
    counted = counted.with_columns(pl.col(list(KINDS)).fill_null(0)).sort("town_code")
    for kind in KINDS:
        shown = hide_small(counted[kind].to_list())
        drawn = [int(text) if text.isdigit() else 0 for text in shown]
        counted = counted.with_columns(pl.Series(f"{kind}_shown", shown, pl.String), pl.Series(f"{kind}_drawn", drawn, pl.Int64))
    return counted.drop(*KINDS)


def _count_departments(findings: pl.DataFrame, district: District) -> pl.DataFrame:
    """Return one row per pair of departments: findings, people, households, possible excess."""
    counted = findings.group_by("department", "other_department").agg(
        pl.len().cast(pl.Int64).alias("count"),
        pl.col("person_id").drop_nulls().n_unique().cast(pl.Int64).alias("person_count"),
        pl.col("household_id").drop_nulls().n_unique().cast(pl.Int64).alias("household_count"),
        pl.when(pl.col("excess_amount").count() > 0).then(pl.col("excess_amount").sum()).alias("excess_amount"),
    )
    names = find_department_titles(district)
    titled = add_titles(add_titles(counted, "department", names, "title"), "other_department", names, "other_title")
    return titled.sort("department", "other_department", nulls_last=True)


def _measure_rolls(tables: Tables, district: District) -> pl.DataFrame:
    wide = widen_roll_quality(find_table(tables, "roll_quality"), ROLL_MEASURES)
    titled = add_titles(wide, "roll", find_roll_titles(district), "title")
    return add_titles(titled, "department", find_department_titles(district), "owner").sort("department", "roll")


def _count_methods(person_mentions: pl.DataFrame) -> pl.DataFrame:
    counted = person_mentions.group_by("method_code").agg(pl.len().cast(pl.Int64).alias("count"))
    shared = counted.with_columns((pl.col("count") / pl.col("count").sum()).alias("share"))
    return add_titles(shared, "method_code", wording.METHODS, "title").sort("count", "method_code", descending=[True, False])


def _count_sizes(person_mentions: pl.DataFrame) -> pl.DataFrame:
    """Return how many people are named by 1, 2, 3, … rows."""
    rows = person_mentions.group_by("person_id").agg(pl.len().alias("size"))["size"]
    return pl.DataFrame(
        {
            "label": [str(low) if low == high else f"{low}–{high}" if high < 10**9 else f"{low}+" for low, high in CLUSTER_SIZES],
            "count": [int(rows.is_between(low, high).sum()) for low, high in CLUSTER_SIZES],
        },
        schema={"label": pl.String, "count": pl.Int64},
    )


def build(tables: Tables, district: District, month: str) -> OverviewData:
    """Return the counts of one month.

    Args:
        tables: findings, persons, households, person_mentions, link_reviews, roll_quality, check_results; an absent
            table counts as empty.
        district: titles and places.
        month: the month reported, YYYY-MM.
    """
    findings, mentions = _find_open(tables), find_table(tables, "person_mentions")
    checks = find_table(tables, "check_results")
    reviews = find_table(tables, "findings").filter(pl.col("finding_kind_code") == "link_review").height
    return OverviewData(
        month=month,
        district_title=district.settings.title.text(),
        duplicate_count=findings.filter(pl.col("finding_kind_code") == "duplicate").height,
        missed_count=findings.filter(pl.col("finding_kind_code") == "missed").height,
        review_count=find_table(tables, "link_reviews").height + reviews,
        person_count=find_table(tables, "persons").height,
        household_count=find_table(tables, "households").filter(pl.col("household_kind_code") == "aid").height,
        excess_amount=Decimal(findings["excess_amount"].sum() or 0),
        rules=_count_rules(findings, district, month),
        programmes=_count_programmes(findings, district),
        towns=_count_towns(findings, tables, district),
        departments=_count_departments(findings, district),
        rolls=_measure_rolls(tables, district),
        methods=_count_methods(mentions),
        sizes=_count_sizes(mentions),
        check_count=checks.height,
        failed_checks=checks.filter(~pl.col("is_passed")).sort("is_blocking", "table_name", "check_name", descending=[True, False, False]),
        currency=district.settings.currency,
    )


def _draw_rules(data: OverviewData, kind: str, language: Language) -> str:
    unit = TEXTS["findings"].show(language)
    bars = data.rules.filter(pl.col("finding_kind_code") == kind)
    bars = bars.group_by("rule_id", f"title_{language}", maintain_order=True).agg(pl.col("count").sum())
    shown = bars.select(
        pl.concat_str([pl.col("rule_id"), pl.lit(" "), pl.col(f"title_{language}")]).alias("label"),
        "count",
        pl.col("count").cast(pl.String).alias("shown"),
    )
    colour = charts.DUPLICATE_COLOUR if kind == "duplicate" else charts.MISSED_COLOUR
    return charts.draw_bars(shown, unit, colour) if shown.height else ""


def _draw_towns(data: OverviewData, kind: str, language: Language) -> str:
    shown = data.towns.select(
        pl.col("title").alias("label"), pl.col(f"{kind}_drawn").alias("count"), pl.col(f"{kind}_shown").alias("shown")
    )
    colour = charts.DUPLICATE_COLOUR if kind == "duplicate" else charts.MISSED_COLOUR
    return charts.draw_bars(shown, TEXTS["findings"].show(language), colour) if shown.height else ""


def _draw_sizes(data: OverviewData, language: Language) -> str:
    shown = data.sizes.with_columns(pl.col("count").cast(pl.String).alias("shown"))
    return charts.draw_columns(shown, TEXTS["rows_per_person"].show(language), TEXTS["people"].show(language))


def draw_charts(data: OverviewData, languages: Sequence[Language] = LANGUAGES) -> dict[str, dict[str, str]]:
    """Return every chart as SVG by name and language."""
    drawn: dict[str, dict[str, str]] = {}
    for language in languages:
        for kind in KINDS:
            drawn.setdefault(f"rules_{kind}", {})[language.value] = _draw_rules(data, kind, language)
            drawn.setdefault(f"towns_{kind}", {})[language.value] = _draw_towns(data, kind, language)
        drawn.setdefault("sizes", {})[language.value] = _draw_sizes(data, language)
    return drawn


def _write_amount(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _write_count(count: float | None) -> str:
    return "" if count is None else f"{int(count):,}"


def _write_share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _describe_chart(labels: Sequence[str], shown: Sequence[str]) -> str:
    """Return a chart's content as words, for readers who hear the page."""
    return "; ".join(f"{label}: {value}" for label, value in zip(labels, shown, strict=True))


def render(data: OverviewData, path: Path, lang: Language | str = Language.BOTH) -> Path:
    """Write the page to `path`: one file in one language, or in both with a switch; no script, nothing fetched."""
    languages = LANGUAGES if Language(lang) == Language.BOTH else (Language(lang),)
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"amount": _write_amount, "count": _write_count, "share": _write_share}
    context: Mapping[str, object] = {
        "data": data,
        "charts": draw_charts(data, languages),
        "languages": [language.value for language in languages],
        "describe": _describe_chart,
        "t": {name: wording.name_currency(text, data.currency) for name, text in TEXTS.items()},
        "heads": {name: wording.name_currency(text, data.currency) for name, text in HEADS.items()},
        "parts": PARTS,
        "does": LIMITS_DOES,
        "does_not": LIMITS_DOES_NOT,
        "w": wording,
        "withheld": WITHHELD,
    }
    page = environment.get_template(TEMPLATE).render(context)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8", newline="\n")
    return path
