"""What the terminal shows after a verb: short tables in Chinese and English.

Belongs here: turning results into lines. Does not belong here: computing them. No personal data is printed.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table

from pipelines.health import Health
from pipelines.monthly import MonthOutcome
from pipelines.resources import Home
from quality.evaluation import pool_measures
from quality.reports.wording import name_currency
from registry.schema.text import Text


def _render(*parts: object) -> str:
    """Return rich tables and lines as plain text that measures wide characters rightly."""
    console = Console(file=io.StringIO(), width=120, no_color=True, highlight=False)
    for part in parts:
        console.print(part)
    return str(console.file.getvalue()).rstrip()  # type: ignore[attr-defined]


def _table(title: Text, heads: Sequence[Text], rows: Sequence[Sequence[object]], lang: str) -> Table:
    table = Table(title=title.show(lang), title_justify="left", header_style="")
    for position, head in enumerate(heads):
        table.add_column(head.show(lang), justify="left" if position == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*(f"{value:.3f}" if isinstance(value, float) else "-" if value is None else str(value) for value in row))
    return table


def _outcome_table(outcomes: Sequence[MonthOutcome], lang: str) -> Table:
    heads = [
        Text("月份", "month"),
        Text("秒", "seconds"),
        Text("内存峰值 MB", "peak MB"),
        Text("未到名册", "rolls absent"),
        Text("拒收文件", "files refused"),
    ]
    rows = [(o.month, o.seconds, o.peak_megabytes, len(o.absent), len(o.refused)) for o in outcomes]
    return _table(Text("运行", "Runs"), heads, rows, lang)


def _stage_table(outcome: MonthOutcome, lang: str) -> Table:
    rows = sorted(outcome.stages.items(), key=lambda item: -item[1])
    return _table(
        Text(f"{outcome.month} 各环节用时", f"{outcome.month} by stage"), [Text("环节", "stage"), Text("秒", "seconds")], rows, lang
    )


def _size_table(home: Home, month: str, lang: str) -> Table:
    tables = ("deliveries", "quarantine", "mentions", "profiles", "persons", "households", "benefits", "needs", "findings", "link_reviews")
    rows = [(table, home.read_table(month, table).height) for table in tables]
    return _table(Text(f"{month} 各表行数", f"{month} rows by table"), [Text("表", "table"), Text("行", "rows")], rows, lang)


def _finding_table(home: Home, month: str, lang: str) -> Table:
    findings = home.read_table(month, "findings").filter(pl.col("finding_state_code") != "withdrawn")
    counts = findings.group_by("rule_id").agg(
        (pl.col("finding_kind_code") != "link_review").sum().alias("to_check"),
        (pl.col("finding_kind_code") == "link_review").sum().alias("link_review"),
        pl.col("excess_amount").filter(pl.col("finding_kind_code") != "link_review").sum().alias("excess"),
    )
    rules = home.district.rules
    rows = [
        (f"{rule} {rules[rule].title.text().show(lang)}", n, review, excess) for rule, n, review, excess in counts.sort("rule_id").rows()
    ]
    heads = [
        Text("规则", "rule"),
        Text("待核查", "needs checking"),
        Text("关联待核", "link to review"),
        name_currency(Text("疑似多发（元）", "possible excess, CNY"), home.district.settings.currency),
    ]
    return _table(
        Text(f"{month} 线索（不是决定；核查前照常发放）", f"{month} leads (no decisions; aid goes on until a person decides)"),
        heads,
        rows,
        lang,
    )


def show_outcomes(home: Home, outcomes: Sequence[MonthOutcome], facts: Mapping[str, object], lang: str) -> str:
    """Return what the runs came to; of the last month also stages, table sizes and findings by rule."""
    lines = [f"{name}: {value}" for name, value in facts.items()]
    if not outcomes:
        return "\n".join(lines)
    last = outcomes[-1]
    return _render(
        *lines,
        _outcome_table(outcomes, lang),
        _stage_table(last, lang),
        _size_table(home, last.month, lang),
        _finding_table(home, last.month, lang),
    )


def show_evaluation(result: Mapping[str, Any], lang: str) -> str:
    """Return the judgement against the truth as tables."""
    persons = [
        (name, *(result[name].get(key) for key in ("precision", "recall", "f1", "bcubed_f1"))) for name in ("persons", "persons_without_id")
    ]
    households = [(kind, m["pair_precision"], m["pair_recall"], m["pair_f1"]) for kind, m in result["households"].items()]
    together = Text("合计", "together").show(lang)
    found = {**result["findings"], together: pool_measures(result["findings"])}
    naive = {**result["naive"], together: pool_measures({rule: m for rule, m in result["naive"].items() if rule in result["findings"]})}
    findings = [
        (
            rule,
            m["planted"],
            m["found"],
            m["true_found"],
            m["precision"],
            m["recall"],
            naive.get(rule, {}).get("precision"),
            naive.get(rule, {}).get("recall"),
        )
        for rule, m in found.items()
    ]
    precision, recall, f1 = Text("精确率", "precision"), Text("召回率", "recall"), Text("F1", "F1")
    counts = [Text("规则", "rule"), Text("真实", "true"), Text("发现", "found"), Text("命中", "true found")]
    naive_heads = [Text("比对精确率", "naive precision"), Text("比对召回率", "naive recall")]
    heads = [Text("类型", "kind"), precision, recall, f1]
    return _render(
        _table(Text("人员关联（按提及对）", "Persons, by pairs of mentions"),
               [Text("范围", "over"), precision, recall, f1, Text("B³ F1", "B-cubed F1")], persons, lang),
        _table(Text("家庭（按成员对）", "Households, by pairs of members"), heads, households, lang),
        _table(Text("线索，右侧为简单证号比对", "Findings; on the right the plain id join"),
               [*counts, precision, recall, *naive_heads], findings, lang),
    )  # fmt: skip


def show_paths(home: Home, month: str, lang: str) -> str:
    """Return what to open next."""
    folder = home.report_folder(month)
    lines = [
        (Text("总览页", "overview page"), folder / "overview.html"),
        (Text("民政局工作簿", "civil affairs workbook"), folder / "civil_affairs" / f"civil_affairs_{month}.xlsx"),
        (Text("数据仓库（只读）", "warehouse (read-only)"), home.warehouse_folder / f"warehouse_{month}.duckdb"),
    ]
    first = (
        home.read(month, "findings").filter(pl.col("finding_kind_code") == "duplicate").sort("finding_id")["finding_id"].head(1).to_list()
    )
    commands = [f"tuodi explain {first[0]} --home {home.root}"] if first else []
    environment = f"TUODI_HOME={home.root} TUODI_INBOX={home.inbox} DAGSTER_HOME={(home.path / 'dagster').resolve()}"
    commands.append(f"{environment} .venv/bin/dagster-webserver -w workspace.yaml")
    return "\n".join([*(f"{title.show(lang)}: {path}" for title, path in lines), *commands])


def show_health(checks: Sequence[Health], lang: str) -> str:
    """Return the checks of the deployment, problems with their remedy."""
    rows = [(c.title.show(lang), "ok" if c.is_well else "!", c.seen, c.remedy) for c in checks]
    return _render(
        _table(Text("检查", "Checks"), [Text("项目", "what"), Text("", ""), Text("所见", "seen"), Text("处理", "remedy")], rows, lang)
    )
