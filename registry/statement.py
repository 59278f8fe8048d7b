"""The statement of a roll: whom its rows name and what they say, with every cell that has to go back to its owner.

Belongs here: putting mentions, facts and cell problems of one delivered roll together, and giving facts their persons
once these are known. Does not belong here: the parts (`cells`, `mentions`, `facts`).
"""

import calendar
import re
from collections.abc import Iterable
from datetime import date
from typing import Final

import polars as pl

from registry.cells import CellContext, joined, read_cells, reading
from registry.conventions import Conventions
from registry.district import District
from registry.facts import build_facts, build_relations
from registry.mentions import build_mentions
from registry.roll import SHEET, Roll
from registry.schema.codes import REASONS
from registry.schema.tables import conform_table, empty_table
from registry.standardise.places import build_gazetteer

STATED: Final = ("mentions", "benefits", "needs", "statuses", "cases", "relations", "quarantine")


def find_month_end(month: str) -> date:
    """Return the last day of a month written YYYY-MM."""
    year, number = int(month[:4]), int(month[5:7])
    return date(year, number, calendar.monthrange(year, number)[1])


def state_roll(landed: pl.DataFrame, roll: Roll, district: District) -> dict[str, pl.DataFrame]:
    """Return everything one landed roll states, person_id still null.

    Args:
        landed: `landed/<roll>` of one or more months: address columns and the roll's own columns as text.
        roll: the declaration.
        district: gives the gazetteer.

    Returns:
        mentions, benefits, needs, statuses, cases, relations and quarantine, each conforming to its declaration. A row
        with an unreadable cell still states what it can; a row that names nobody states nothing and goes back.
    """
    settings = district.settings
    gazetteer = build_gazetteer(district.places, is_spaced=settings.names.script == "latin")
    months = landed["month"].unique().sort().to_list() if landed.height else []
    contexts = {month: CellContext(find_month_end(month), gazetteer, settings) for month in months}
    stated = [_state_month(landed.filter(pl.col("month") == month), roll, context) for month, context in contexts.items()]
    if len(stated) == 1:
        return stated[0]
    return {table: conform_table(pl.concat([part[table] for part in stated] or [empty_table(table)]), table) for table in STATED}


def _state_month(landed: pl.DataFrame, roll: Roll, context: CellContext) -> dict[str, pl.DataFrame]:
    rows = read_cells(landed, roll, context)
    mentions = build_mentions(rows, roll, context.as_of)
    facts = {table: build_facts(table, rows, roll, context.as_of) for table in ("benefits", "needs", "statuses", "cases")}
    quarantine = pl.concat([*_find_cell_problems(rows, roll, context.conventions), _find_nameless_rows(rows, mentions)], how="vertical")
    return {"mentions": mentions, **facts, "relations": build_relations(rows, roll), "quarantine": conform_table(quarantine, "quarantine")}


def _find_cell_problems(rows: pl.DataFrame, roll: Roll, conventions: Conventions) -> Iterable[pl.DataFrame]:
    """Return quarantine rows for filled cells that could not be read."""
    for name, column in roll.columns.items():
        problem = reading(name, "problem")
        if problem in rows.columns and column.kind != "period":
            yield _address(rows.filter(pl.col(problem).is_not_null()), pl.col(problem), name, column.heads[0], "cell")
    for clause in roll.benefits:
        title = joined(clause.period)
        problem = reading(title, "problem")
        if problem in rows.columns:
            first = title.split("+")[0]
            yield _address(rows.filter(pl.col(problem).is_not_null()), pl.col(problem), first, roll.columns[first].heads[0], "cell")
            break
    yield from _find_unknown_places(rows, roll, conventions.elsewhere)


def _find_unknown_places(rows: pl.DataFrame, roll: Roll, elsewhere: list[str]) -> Iterable[pl.DataFrame]:
    """Return quarantine rows for the subject's village when nothing of it is in the gazetteer and it is not elsewhere."""
    for person in roll.people[:1]:
        columns = [person.place] if isinstance(person.place, str) else person.place or []
        named = [name for name in columns if name != SHEET and roll.columns[name].kind == "place"]
        if named:
            text = pl.col(reading(named[-1], "text"))
            is_lost = text.is_not_null() & pl.all_horizontal(pl.col(reading(joined(columns), what)).is_null() for what in ("place", "town"))
            is_elsewhere = pl.any_horizontal(pl.lit(value=False), *(text.str.contains(f"(?i){re.escape(word)}") for word in elsewhere))
            lost = rows.filter(is_lost & ~is_elsewhere)
            yield _address(lost, pl.lit("PLACE_UNKNOWN"), named[-1], roll.columns[named[-1]].heads[0], "cell")


def _find_nameless_rows(rows: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    nameless = rows.join(mentions.select("row_id").unique(), on="row_id", how="anti").with_columns(_value=pl.lit(None, dtype=pl.String))
    return _address(nameless, pl.lit("NO_PERSON"), "_value", "", "row")


def _address(rows: pl.DataFrame, reason: pl.Expr, column: str, head: str, scope: str) -> pl.DataFrame:
    """Return quarantine rows with address and sentence for rows of which `column` could not be used."""
    reasons_zh, reasons_en = ({code: text.show(language) for code, text in REASONS.items()} for language in ("zh", "en"))
    value = pl.col(column).fill_null("")
    suffix = f"-{column}" if scope == "cell" else "-row"
    sheet_zh = pl.when(pl.col("sheet").fill_null("") != "").then(pl.format("工作表“{}”", "sheet")).otherwise(pl.lit(""))
    sheet_en = pl.when(pl.col("sheet").fill_null("") != "").then(pl.format("sheet '{}', ", "sheet")).otherwise(pl.lit(""))
    said_head = pl.coalesce(pl.col("cell_marks").str.extract(rf"(?:^|;){re.escape(column)}=head_([^;]*)"), pl.lit(head))
    cell_zh, cell_en = (pl.format(text, said_head, value) if scope == "cell" else pl.lit("") for text in ("“{}”（“{}”）", " '{}' ('{}')"))
    coded = rows.with_columns(reason_code=reason)
    said_zh, said_en = (pl.col("reason_code").replace_strict(table, default=pl.col("reason_code")) for table in (reasons_zh, reasons_en))
    return coded.select(
        "roll", "month", "department", "file_name", "file_hash", "sheet", "row_number", "reason_code",
        quarantine_id=pl.concat_str(pl.col("row_id"), pl.lit(suffix)),
        column=said_head if scope == "cell" else pl.lit(None, dtype=pl.String),
        scope_code=pl.lit(scope),
        cell_value=pl.when(pl.lit(scope == "cell")).then(column),
        sentence_zh=pl.format("{}{}第{}行{}：{}，请核对后补报。", "file_name", sheet_zh, "row_number", cell_zh, said_zh),
        sentence_en=pl.format("{}, {}row {}{}: {}. Please check and send it again.", "file_name", sheet_en, "row_number", cell_en, said_en),
    )  # fmt: skip


def attach_persons(table: str, facts: pl.DataFrame, person_mentions: pl.DataFrame) -> pl.DataFrame:
    """Return facts with person_id (and other_person_id of relations) of the persons their mentions were linked to.

    Args:
        table: name of the fact table.
        facts: of `state_roll`.
        person_mentions: mention_id and person_id.
    """
    persons = person_mentions.select("mention_id", "person_id")
    attached = facts.drop("person_id").join(persons, on="mention_id", how="left", maintain_order="left")
    if table == "relations":
        others = persons.rename({"mention_id": "other_mention_id", "person_id": "other_person_id"})
        attached = attached.drop("other_person_id").join(others, on="other_mention_id", how="left", maintain_order="left")
    return conform_table(attached, table)
