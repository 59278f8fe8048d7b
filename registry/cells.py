"""Cells: every column of a landed roll read as its kind declares, with what could not be read.

Belongs here: choosing the standardiser of a column and keeping its readings beside the row. Does not belong here: how
one value is read (`standardise`), who a row names (`mentions`), what it states (`facts`).

A reading stands in the column `<column>|<reading>`; distinct values are read once, however often they occur.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Final

import polars as pl

from registry.conventions import Conventions
from registry.roll import SHEET, Column, FactClause, Roll
from registry.schema.fields import FIELDS
from registry.standardise.amounts import read_amounts, strip_amount
from registry.standardise.characters import drop_spaces, fold_text, is_empty_word
from registry.standardise.dates import estimate_birth_date, find_first_written_date, find_written_date, read_dates
from registry.standardise.declared_numbers import read_declared_numbers
from registry.standardise.identity_numbers import NUMERIC_MARK, read_identity_numbers
from registry.standardise.kinship import clean_sex
from registry.standardise.month_names import Order
from registry.standardise.names import read_names
from registry.standardise.periods import read_periods
from registry.standardise.person_names import compose_name, read_latin_names
from registry.standardise.phones import clean_account_number, clean_national_phone, clean_phone_number
from registry.standardise.places import read_places

JOIN: Final = " "
_SELF_FOLDING: Final = ("identity_number", "date", "month", "amount", "age", "sex", "phone", "account")
_FIRST_ITEM: Final = r"^([^、,;/|+]+)[、,;/|+]"


@dataclass(frozen=True)
class CellContext:
    """What reading a roll's cells needs beside the cells: the delivery's last day, places by name, how people here write."""

    as_of: date
    gazetteer: pl.DataFrame = field(repr=False)
    conventions: Conventions = Conventions()


def reading(column: str, what: str) -> str:
    """Return the name under which a reading of `column` stands."""
    return f"{column}|{what}"


def joined(columns: str | list[str] | None) -> str:
    """Return the name under which several columns read as one text stand."""
    return "+".join([columns] if isinstance(columns, str) else columns or [])


def facts_of(roll: Roll) -> list[FactClause]:
    """Return every fact clause of the roll."""
    return [*roll.benefits, *roll.needs, *roll.statuses, *roll.cases]


def read_cells(landed: pl.DataFrame, roll: Roll, context: CellContext) -> pl.DataFrame:
    """Return the landed rows with a reading of every declared column.

    Args:
        landed: `landed/<roll>`; declared columns that were not delivered count as empty.
        roll: declares the kinds.
        context: delivery month and gazetteer.

    Returns:
        The same rows in the same order. Every column has `|text`; others by kind, such as `|key` of a name or `|number`
        and `|state` of an identity number; `|problem` holds a reason code where a filled cell could not be read.
    """
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in roll.columns if name not in landed.columns]
    rows = landed.with_columns(absent).with_columns(pl.col("cell_marks").cast(pl.String))
    texts = [_text(name, column.kind).alias(reading(name, "text")) for name, column in roll.columns.items()]
    rows = rows.with_columns(texts)
    rows = reduce(lambda frame, item: _read_column(frame, item[0], item[1], roll, context), roll.columns.items(), rows)
    rows = reduce(lambda frame, names: _read_name_parts(frame, names, roll, context), _name_columns(roll), rows)
    rows = reduce(lambda frame, name: _read_remark_date(frame, name, roll, context), _remarks_with_dates(roll), rows)
    rows = reduce(lambda frame, names: _read_place(frame, names, context), _place_columns(roll), rows)
    rows = reduce(lambda frame, names: _read_period(frame, names, roll, context), _period_columns(roll), rows)
    return rows.with_columns(find_mark(columns, roll).alias(reading(joined(columns), "mark")) for columns in _mark_columns(roll))


def _text(name: str, kind: str) -> pl.Expr:
    """Return the cell as text; kinds whose reader folds distinct values itself are only stripped, a register has millions."""
    folded = pl.col(name).str.strip_chars() if kind in _SELF_FOLDING else fold_text(pl.col(name))
    return pl.when(folded != "").then(folded)


def _read_column(rows: pl.DataFrame, name: str, column: Column, roll: Roll, context: CellContext) -> pl.DataFrame:
    if column.lookup is not None:
        return _join_readings(rows, name, _read_category(rows[name], roll.lookups[column.lookup]))
    if column.kind in {"identity_number", "certificate"}:
        return _read_number(rows, name, context)
    if column.kind in {"date", "month"}:
        return _join_readings(rows, name, read_dates(rows[name], context.as_of, _order_of(column, roll)))
    reader = None if column.part else _READERS.get(column.kind)
    if reader is not None and column.kind == "amount" and rows["cell_marks"].str.contains(f"{name}=unit_").any():
        written = rows.select(_state_unit(name, context.conventions.currency)).to_series()
        return _join_readings(rows.with_columns(written), written.name, reader(written, context), title=name)
    return rows if reader is None else _join_readings(rows, name, reader(rows[name], context))


def _order_of(column: Column, roll: Roll) -> Order:
    return column.date_order or roll.date_order


def _join_readings(rows: pl.DataFrame, name: str, readings: pl.DataFrame, title: str = "") -> pl.DataFrame:
    """Return rows with the readings of distinct values of `name` beside them, named after `title` or the column itself."""
    titled = readings.rename({column: reading(title or name, column) for column in readings.columns if column != "written"})
    return rows.join(titled, left_on=name, right_on="written", how="left", maintain_order="left")


def _distinct(cells: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"written": cells.drop_nulls().unique().sort()}, schema={"written": pl.String})


def _name_readings(cells: pl.Series, context: CellContext) -> pl.DataFrame:
    form = context.conventions.names
    names = read_names(cells) if form.script == "han" else read_latin_names(cells, form)
    return names.rename({"name_key": "key", "name_note": "note", "name_kin": "kin", "name_pinyin": "pinyin", "is_nobody": "nobody"})


def _amount_readings(cells: pl.Series, context: CellContext) -> pl.DataFrame:
    return read_amounts(_distinct(cells), context.conventions.currency)


def _state_unit(name: str, currency: str) -> pl.Expr:
    """Return the cells of `name` times the unit its sheet states (cell_marks amount=unit_10000); a cell that says 元 or 万 itself stays."""
    times = pl.col("cell_marks").str.extract(rf"(?:^|;){name}=unit_(\d+)(?:;|$)")
    bare = strip_amount(pl.col(name), currency)
    figure = pl.when(bare.str.contains(r"^-?\d+\.?\d*$")).then(bare).otherwise(pl.col(name))
    is_bare = times.is_not_null() & pl.col(name).str.contains(r"\d") & ~pl.col(name).str.contains("[元圆万]")
    stated = pl.when(is_bare).then(pl.concat_str(figure, pl.lit("*"), times)).otherwise(pl.col(name))
    return stated.alias(reading(name, "in_unit"))


def _phone_readings(cells: pl.Series, context: CellContext) -> pl.DataFrame:
    written, form = pl.col("written"), context.conventions.phones
    return _distinct(cells).with_columns(phone=clean_phone_number(written) if form.scheme == "cn" else clean_national_phone(written, form))


def _account_readings(cells: pl.Series, context: CellContext) -> pl.DataFrame:
    return _distinct(cells).with_columns(account=clean_account_number(pl.col("written"), context.conventions.account_digits))


def _age_readings(cells: pl.Series, context: CellContext) -> pl.DataFrame:
    return _distinct(cells).with_columns(birth=estimate_birth_date(pl.col("written"), context.as_of))


def _simple(what: str, clean: Callable[[pl.Expr], pl.Expr]) -> "Reader":
    return lambda cells, _context: _distinct(cells).with_columns(clean(pl.col("written")).alias(what))


Reader = Callable[[pl.Series, CellContext], pl.DataFrame]
_READERS: Final[Mapping[str, Reader]] = {
    "name": _name_readings,
    "amount": _amount_readings,
    "age": _age_readings,
    "sex": _simple("sex", clean_sex),
    "phone": _phone_readings,
    "account": _account_readings,
}


def _read_number(rows: pl.DataFrame, name: str, context: CellContext) -> pl.DataFrame:
    """Return rows with the readings of an identity number; the spreadsheet's mark of a numeric cell is part of the value."""
    mark = pl.col("cell_marks").str.contains(rf"(^|;){name}={NUMERIC_MARK}(;|$)").fill_null(value=False)
    flag = reading(name, "is_numeric")
    marked = rows.with_columns(mark.alias(flag))
    cells = marked.select(written=name, is_numeric=flag).drop_nulls("written").unique().sort("written", "is_numeric")
    scheme, dated = context.conventions.identity_number, cells.lazy().with_columns(as_of=pl.lit(context.as_of))
    read = (read_identity_numbers(dated) if scheme.is_national else read_declared_numbers(dated, scheme)).collect().drop("as_of")
    titles = {column: reading(name, column.removeprefix("number_")) for column in read.columns if column.startswith("number")}
    joined_rows = marked.join(
        read.rename(titles), left_on=[name, flag], right_on=["written", "is_numeric"], how="left", maintain_order="left"
    )
    state = pl.col(reading(name, "state")).fill_null("missing")
    reasons = {"checksum_failed": "ID_INVALID", "impossible": "ID_INVALID", "wrong_length": "ID_INVALID", "excel_damaged": "EXCEL_DAMAGED",
               "placeholder": "ID_MISSING"}  # fmt: skip
    problem = state.replace_strict(reasons, default=None, return_dtype=pl.String)
    return joined_rows.with_columns(state.alias(reading(name, "state")), problem.alias(reading(name, "problem"))).drop(flag)


def _read_category(cells: pl.Series, lookup: Mapping[str, str]) -> pl.DataFrame:
    """Return the code of every distinct category; of several in one cell the first counts, a remark in brackets does not.

    Capitals and spaces make no difference.
    """
    keys = pl.Series(list(lookup), dtype=pl.String).to_frame("key").select(_fold_category(pl.col("key")))["key"].to_list()
    table = dict(zip(keys, lookup.values(), strict=True))
    word = _fold_category(pl.col("written"))
    forms = (word, word.str.replace(r"\(.*\)$", ""), word.str.extract(_FIRST_ITEM))
    code = pl.coalesce(form.replace_strict(table, default=None, return_dtype=pl.String) for form in forms)
    unknown = code.is_null() & ~is_empty_word(word)
    return _distinct(cells).with_columns(code=code, problem=pl.when(unknown).then(pl.lit("CATEGORY_UNKNOWN")))


def _fold_category(text: pl.Expr) -> pl.Expr:
    return drop_spaces(fold_text(text)).str.to_lowercase()


def _name_columns(roll: Roll) -> list[list[str]]:
    """Return every set of columns that together hold a name."""
    found = {joined(names): names for person in roll.people for names in (person.name, person.kin) if isinstance(names, list)}
    return [names for _, names in sorted(found.items())]


def _read_name_parts(rows: pl.DataFrame, names: list[str], roll: Roll, context: CellContext) -> pl.DataFrame:
    """Return rows with the readings of a name that stands in several columns; `|text` is the name as it is read out."""
    title, parts = joined(names), {name: pl.col(reading(name, "text")) for name in names}
    separator = "" if context.conventions.names.script == "han" else JOIN
    text = pl.concat_str(list(parts.values()), separator=separator, ignore_nulls=True)
    groups = [[parts[name] for name in names if roll.columns[name].part == part] for part in ("given", "surname", "suffix")]
    is_parted = bool(groups[1]) and separator == JOIN
    texts = rows.with_columns(
        pl.when(text != "").then(text).alias(reading(title, "text")),
        (compose_name(groups[0], groups[1], groups[2]) if is_parted else pl.when(text != "").then(text)).alias(title),
    )
    return _join_readings(texts, title, _name_readings(texts[title], context))


def _remarks_with_dates(roll: Roll) -> list[str]:
    """Return free-text columns that a clause reads a date from: ends take the last one written, beginnings the first."""
    named = {
        column
        for clause in facts_of(roll)
        for target, column in clause.fields.items()
        if FIELDS[target].dtype == pl.Date() and not column.startswith("=") and roll.columns[column].kind not in {"date", "month"}
    }
    return sorted(named)


def _read_remark_date(rows: pl.DataFrame, name: str, roll: Roll, context: CellContext) -> pl.DataFrame:
    order, cells = _order_of(roll.columns[name], roll), _distinct(rows[name])
    last = _read_written(cells, find_written_date(pl.col("written"), order), order, context)
    first = _read_written(cells, find_first_written_date(pl.col("written"), order), order, context)
    first = first.select("written", begin="date", begin_precision="precision")
    return _join_readings(rows, name, last.join(first, on="written", how="full", coalesce=True).sort("written"))


def _read_written(cells: pl.DataFrame, found: pl.Expr, order: Order, context: CellContext) -> pl.DataFrame:
    named = cells.with_columns(_date=found).filter(pl.col("_date").is_not_null())
    dates = read_dates(named["_date"], context.as_of, order).rename({"written": "_date"})
    return named.join(dates, on="_date", how="left").select("written", "date", "precision", "problem")


def _place_columns(roll: Roll) -> list[list[str]]:
    """Return every set of columns that tells where a person of the roll lives."""
    found = {
        joined(person.place): [person.place] if isinstance(person.place, str) else person.place for person in roll.people if person.place
    }
    return [columns for _, columns in sorted(found.items()) if columns]


def _read_place(rows: pl.DataFrame, columns: list[str], context: CellContext) -> pl.DataFrame:
    """Return rows with place and town read from several columns together; a sheet named after its town tells it too."""
    parts = [pl.col(reading(column, "text")) for column in columns if column != SHEET]
    title = joined(columns)
    texts = rows.with_columns(pl.concat_str(*parts, fold_text(pl.col("sheet")), separator=JOIN, ignore_nulls=True).alias(title))
    places = read_places(texts[title], context.gazetteer, is_spaced=context.conventions.names.script == "latin")
    return _join_readings(texts, title, places.rename({"place_code": "place", "town_code": "town"}))


def _period_columns(roll: Roll) -> list[list[str]]:
    found = {
        joined(clause.period): clause.period for clause in facts_of(roll) if clause.period and not joined(clause.period).startswith("=")
    }
    return [[columns] if isinstance(columns, str) else columns for _, columns in sorted(found.items())]


def _read_period(rows: pl.DataFrame, columns: list[str], roll: Roll, context: CellContext) -> pl.DataFrame:
    title = joined(columns)
    parts = [pl.col(reading(column, "text")) for column in columns]
    whole = pl.concat_str(*parts, separator=JOIN, ignore_nulls=True)
    texts = rows.with_columns(pl.when(whole != "").then(whole).alias(title if len(columns) > 1 else reading(title, "period")))
    name = title if len(columns) > 1 else reading(title, "period")
    periods = read_periods(texts[name], context.as_of, _order_of(roll.columns[columns[0]], roll))
    titled = periods.rename({column: reading(title, column) for column in periods.columns if column != "written"})
    return texts.join(titled, left_on=name, right_on="written", how="left", maintain_order="left")


def _mark_columns(roll: Roll) -> list[list[str]]:
    found = {joined(person.household_number): person.household_number for person in roll.people if person.household_number}
    return [[columns] if isinstance(columns, str) else columns for _, columns in sorted(found.items())]


def find_mark(columns: list[str], roll: Roll) -> pl.Expr:
    """Return the household mark: the first of the columns that says something, a valid identity number in its canonical form.

    Two rows of one household rarely carry the same mistake in the head's number. A row whose number cannot be used takes
    the one number that stands beside that name elsewhere on the sheet, and only failing that the name, told apart by sheet.
    """
    return pl.coalesce(_find_mark_part(column, columns, roll) for column in columns)


def _find_mark_part(column: str, columns: list[str], roll: Roll) -> pl.Expr:
    kind = roll.columns[column].kind
    if kind == "name":
        key, sheet = pl.col(reading(column, "key")), pl.col("sheet").fill_null("")
        return pl.when(sheet == "").then(key).otherwise(pl.concat_str(sheet, pl.lit("/"), key))
    if kind not in {"identity_number", "certificate"}:
        return pl.col(reading(column, "text"))
    number = pl.col(reading(column, "number"))
    names = [other for other in columns if roll.columns[other].kind == "name"]
    is_own = any(person.role == "subject" and person.identity_number == column for person in roll.people)
    return pl.coalesce(number, _find_number_elsewhere(column, names[0])) if names and not is_own else number


def _find_number_elsewhere(column: str, name: str) -> pl.Expr:
    """Return the only valid number beside the same name on the sheet, unless what is left of the row's own contradicts it."""
    number, partial = pl.col(reading(column, "number")), pl.col(reading(column, "partial"))
    group = ["file_number", "sheet_number", reading(name, "key")]
    first, last = number.min().over(group), number.max().over(group)
    agrees = partial.is_null() | first.str.starts_with(partial.str.extract(r"^(\d+)")).fill_null(value=True)
    return pl.when((first == last) & agrees & pl.col(reading(name, "key")).is_not_null()).then(first)
