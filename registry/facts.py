"""Facts: what the rows of a roll state about the people they name: benefits, needs, statuses, cases and relations.

Belongs here: from read cells to facts, as the roll's YAML says. Does not belong here: reading a cell (`cells`), what a
fact means for a rule (`quality`).
"""

from datetime import date
from typing import Final

import polars as pl

from registry.cells import joined, reading
from registry.mentions import find_household_number, find_mention_id, is_named, match_rows
from registry.roll import FactClause, PersonClause, RelationClause, Roll
from registry.schema.fields import FIELDS
from registry.schema.tables import TABLES, conform_table, empty_table
from registry.standardise.amounts import clean_amount
from registry.standardise.periods import find_serial, write_month

ID_LETTERS: Final = {"benefits": "b", "needs": "n", "statuses": "s", "cases": "c", "relations": "r"}
END_DATES: Final = ("to_date", "event_to_date", "due_date", "closed_date")
"""Dates that, known to the month only, mean its last day."""

SPANS: Final = {"monthly": 1, "quarterly": 3, "semester": 6, "yearly": 12}
_FIRST_SEMESTER_MONTH: Final = 8
_MONEY_KINDS: Final = ("regular", "advance", "arrears", "grace")


def find_delivery_span(frequency: str, as_of: date) -> tuple[int, int]:
    """Return first and last serial of the period a delivery of that frequency speaks of: its quarter, semester or month.

    Semesters are August to January and February to July.
    """
    serial, length = find_serial(as_of), SPANS[frequency]
    if frequency == "semester":
        start = serial - (serial % 12 + 12 - (_FIRST_SEMESTER_MONTH - 1)) % 6
    elif frequency == "yearly":
        start = as_of.year * 12
    else:
        start = serial - serial % length
    return start, start + length - 1


def build_facts(table: str, rows: pl.DataFrame, roll: Roll, as_of: date) -> pl.DataFrame:
    """Return `benefits`, `needs`, `statuses` or `cases` as the roll's clauses state them; person_id is null.

    Args:
        table: name of the fact table.
        rows: of `registry.cells.read_cells`.
        roll: whose clauses apply.
        as_of: last day of the delivery's month.

    Returns:
        One row per clause and row that meets its `when` and names its person. A payment without a known programme
        states nothing: the category went back to its owner.
    """
    clauses: list[FactClause] = getattr(roll, table)
    if not clauses:
        return empty_table(table)
    stated = [_state_fact(table, number, clause, rows, roll, as_of) for number, clause in enumerate(clauses, start=1)]
    return conform_table(pl.concat(stated, how="diagonal"), table)


def _find_person(roll: Roll, role: str, position: int) -> PersonClause:
    return next(person for person in roll.people if (person.role, person.position) == (role, position))


def _state_fact(table: str, number: int, clause: FactClause, rows: pl.DataFrame, roll: Roll, as_of: date) -> pl.DataFrame:
    person = _find_person(roll, clause.person, clause.position)
    key = TABLES[table].key[0]
    values = {target: _read_field(target, source, roll) for target, source in clause.fields.items()}
    defaults = _default_fields(table, person, roll, as_of)
    chosen = rows.lazy().filter(match_rows(clause.when, roll) & is_named(person, roll))
    months = _state_months(clause, roll, as_of) if table == "benefits" else {}
    stated = chosen.select(
        "row_id", "roll", "month", "department",
        pl.concat_str(pl.col("row_id"), pl.lit(f"-{ID_LETTERS[table]}{number}")).alias(key),
        mention_id=find_mention_id(person.role, person.position),
        **{**defaults, **values, **months},
    )  # fmt: skip
    return (_finish_benefits(stated, clause) if table == "benefits" else stated).collect()


def _default_fields(table: str, person: PersonClause, roll: Roll, as_of: date) -> dict[str, pl.Expr]:
    """Return what a fact says when its clause does not: news came by the month's end, nothing came back from the bank."""
    if table == "statuses":
        return {"news_date": pl.lit(as_of)}
    if table == "benefits":
        return {"is_returned": pl.lit(value=False), "household_number": find_household_number(person, roll)}
    return {}


def _read_field(target: str, source: str, roll: Roll) -> pl.Expr:
    """Return the expression of one field of a fact: a constant, or the reading its type asks for."""
    dtype = FIELDS[target].dtype
    if source.startswith("="):
        return pl.lit(source[1:]).cast(dtype)
    kind = roll.columns[source].kind
    if dtype == pl.Date():
        return _read_date_field(target, source, roll)
    if target.endswith("_month"):
        return pl.when(pl.col(reading(source, "precision")).is_in(["day", "month"])).then(
            pl.col(reading(source, "date")).dt.strftime("%Y-%m")
        )
    if dtype == pl.Boolean():
        return (pl.col(reading(source, "code")) == "yes").fill_null(value=False)
    if dtype == FIELDS["amount"].dtype:
        # A column of free text (金额/物品) holds money in some rows only; where it holds goods there is no amount to send back.
        return clean_amount(pl.col(reading(source, "text"))) if kind == "text" else pl.col(reading(source, "amount"))
    if roll.columns[source].lookup:
        return pl.col(reading(source, "code"))
    return pl.col(reading(source, {"account": "account", "name": "key", "phone": "phone"}.get(kind, "text")))


def _read_date_field(target: str, source: str, roll: Roll) -> pl.Expr:
    """Return a date known to the day or month; ends known to the month or year are their last day.

    A term in one cell of text (2015.11.3-2017.5.2) begins with its first date and ends with its last. A beginning of which only the
    year is sure (2016.1 may be October) is not told at all: the first of January would look like a fact and put months in question
    that are not.
    """
    value, precision = pl.col(reading(source, "date")), pl.col(reading(source, "precision"))
    if target in END_DATES:
        ambiguous = pl.col(reading(source, "problem")).is_not_null()
        last = pl.when(precision == "year").then(value.dt.offset_by("11mo")).otherwise(value).dt.month_end()
        return pl.when(~ambiguous).then(pl.when(precision == "day").then(value).otherwise(last))
    if roll.columns[source].kind not in {"date", "month"}:
        value, precision = pl.col(reading(source, "begin")), pl.col(reading(source, "begin_precision"))
    return pl.when(precision.is_in(["day", "month"])).then(value)


def _state_months(clause: FactClause, roll: Roll, as_of: date) -> dict[str, pl.Expr]:
    """Return from_month and to_month of a benefit: written, else of the payment, else of the delivery."""
    first, last = find_delivery_span("monthly" if roll.delivery.content == "year_to_date" else roll.delivery.frequency, as_of)
    title = joined(clause.period)
    if title.startswith("="):
        first, last = find_delivery_span({"=quarter": "quarterly", "=semester": "semester", "=year": "yearly"}.get(title, "monthly"), as_of)
        start, end = pl.lit(first), pl.lit(last)
    elif title:
        is_known = pl.col(reading(title, "from_serial")).is_not_null()
        start = pl.when(is_known).then(reading(title, "from_serial")).otherwise(first)
        end = pl.when(is_known).then(reading(title, "to_serial")).otherwise(last)
    else:
        start = end = _find_event_serial(clause, roll, as_of)
    months = {"_from_serial": start, "_to_serial": end}
    if "from_month" in clause.fields:
        months["_stated_from"] = _read_field("from_month", clause.fields["from_month"], roll)
    return {**months, "from_month": write_month(start), "to_month": write_month(end)}


def _find_event_serial(clause: FactClause, roll: Roll, as_of: date) -> pl.Expr:
    """Return the month of a payment that names no period: when it was paid, else when its event began, else delivered.

    A snapshot speaks of its own month, whatever date of payment it repeats.
    """
    delivered = pl.lit(find_serial(as_of))
    if roll.delivery.content == "snapshot":
        return delivered
    dated = [clause.fields[name] for name in ("paid_date", "event_from_date") if name in clause.fields]
    known = [pl.when(pl.col(reading(source, "precision")).is_in(["day", "month"])).then(reading(source, "date")) for source in dated]
    return pl.coalesce(*(day.dt.year() * 12 + day.dt.month().cast(pl.Int32) - 1 for day in known), delivered)


def _finish_benefits(stated: pl.LazyFrame, clause: FactClause) -> pl.LazyFrame:
    """Return benefits with a stated first month, whole-period amounts and reversals told by their sign."""
    columns = set(stated.collect_schema().names())
    if "_stated_from" in columns:
        sound = pl.when(pl.col("_stated_from") <= pl.col("to_month")).then("_stated_from")
        stated = stated.with_columns(from_month=pl.coalesce(sound, "from_month"))
    if "amount" in columns:
        length = (pl.col("_to_serial") - pl.col("_from_serial") + 1) if clause.is_monthly_amount else pl.lit(1)
        is_taken_back = (pl.col("amount") < 0) & pl.col("benefit_kind_code").is_in(list(_MONEY_KINDS))
        stated = stated.with_columns(
            amount=(pl.col("amount") * length).cast(FIELDS["amount"].dtype),
            benefit_kind_code=pl.when(is_taken_back).then(pl.lit("reversal")).otherwise("benefit_kind_code"),
        )
    return stated.filter(pl.col("programme_code").is_not_null()).drop("_from_serial", "_to_serial", "_stated_from", strict=False)


def build_relations(rows: pl.DataFrame, roll: Roll) -> pl.DataFrame:
    """Return `relations`: ties between two persons named by one row, both of them named."""
    if not roll.relations:
        return empty_table("relations")
    stated = [_state_relation(number, tie, rows, roll) for number, tie in enumerate(roll.relations, start=1)]
    return conform_table(pl.concat(stated), "relations")


def _state_relation(number: int, tie: RelationClause, rows: pl.DataFrame, roll: Roll) -> pl.DataFrame:
    person, other = _find_person(roll, tie.person, tie.position), _find_person(roll, tie.other, tie.other_position)
    return rows.filter(match_rows(tie.when, roll) & is_named(person, roll) & is_named(other, roll)).select(
        "row_id", "roll", "month", "department",
        relation_id=pl.concat_str(pl.col("row_id"), pl.lit(f"-r{number}")),
        mention_id=find_mention_id(person.role, person.position),
        other_mention_id=find_mention_id(other.role, other.position),
        relation_kind_code=pl.lit(tie.relation),
        household_number=find_household_number(person, roll),
    )  # fmt: skip
