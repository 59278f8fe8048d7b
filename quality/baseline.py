"""The plain join an auditor would write first: the yardstick the rules are measured against.

Belongs here: raw identity numbers joined as they stand (spaces removed, upper case, nothing more), one join per rule.
Does not belong here: anything the registry knows. No linkage, no periods, no exceptions: that is the point.

Only the roll YAML is used, to know which column holds what.
"""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from quality.periods import find_month_end, read_serial
from registry.district import District
from registry.roll import Column, FactClause, Roll
from registry.schema.tables import TABLES

NAIVE = pl.Schema({"rule_id": pl.String(), "row_id_a": pl.String(), "row_id_b": pl.String()})
"""One hit per row: the row that names the person, and the row it was joined with (null when the hit is an absence)."""

Raw = Mapping[str, pl.DataFrame]


def naive_findings(landed: Mapping[str, pl.DataFrame], district: District, month: str) -> pl.DataFrame:
    """Return the hits of every naive join: rule_id, row_id_a, row_id_b."""
    raw = {table: _read_raw(landed, district, table) for table in ("benefits", "needs", "statuses", "cases")}
    hits = [
        join(raw, month).select(pl.lit(rule_id).alias("rule_id"), "row_id_a", pl.col("row_id_b").cast(pl.String))
        for rule_id, join in sorted(NAIVE_JOINS.items())
        if rule_id in district.rules
    ]
    return pl.concat([pl.DataFrame(schema=NAIVE), *hits]).unique().sort("rule_id", "row_id_a", "row_id_b")


def _read_raw(landed: Mapping[str, pl.DataFrame], district: District, table: str) -> pl.DataFrame:
    """Return what every roll states for `table` as raw text with the raw number of its person in `number`."""
    names = [name for name in TABLES[table].columns if name not in {"row_id", "roll", "month", "department"}]
    schema = {name: pl.String for name in ("row_id", "roll", "month", "number", "head_number", *names)}
    parts = [pl.DataFrame(schema=schema)]
    for name, frame in sorted(landed.items()):
        roll = district.rolls[name]
        clauses: list[FactClause] = getattr(roll, table)
        parts += [
            _read_clause(frame, roll, clause, names).select(pl.col(column).cast(pl.String) for column in schema) for clause in clauses
        ]
    return pl.concat(parts)


def _read_clause(frame: pl.DataFrame, roll: Roll, clause: FactClause, names: list[str]) -> pl.DataFrame:
    number = next(
        (person.identity_number for person in roll.people if (person.role, person.position) == (clause.person, clause.position)), None
    )
    head = next((person.identity_number for person in roll.people if person.role == "head"), None)
    kept = frame.filter([_meets(roll, frame, column, values) for column, values in clause.when.items()]) if clause.when else frame
    fields = {
        name: _read_field(roll, frame, clause.fields[name]) if name in clause.fields else pl.lit(None, dtype=pl.String) for name in names
    }
    return kept.select(
        "row_id",
        "roll",
        "month",
        _clean_number(frame, number).alias("number"),
        _clean_number(frame, head).alias("head_number"),
        *(value.alias(name) for name, value in fields.items()),
    )


def _clean_number(frame: pl.DataFrame, column: str | None) -> pl.Expr:
    """Return a raw number as an auditor would: outer spaces off, upper case, the first 18 characters; blank is null."""
    if column is None or column not in frame.columns:
        return pl.lit(None, dtype=pl.String)
    text = pl.col(column).str.strip_chars().str.to_uppercase().str.slice(0, 18)
    return pl.when(text.str.len_chars() >= 15).then(text)


def _read_field(roll: Roll, frame: pl.DataFrame, source: str) -> pl.Expr:
    if source.startswith("="):
        return pl.lit(source[1:])
    if source not in frame.columns:
        return pl.lit(None, dtype=pl.String)
    text = pl.col(source).str.strip_chars()
    column: Column = roll.columns[source]
    return text.replace(roll.lookups[column.lookup]) if column.lookup else text


def _meets(roll: Roll, frame: pl.DataFrame, column: str, values: list[str]) -> pl.Expr:
    """Return a clause's condition on one column: a value, '' for empty, '~x' contains, '!x' does not."""
    text = _read_field(roll, frame, column).fill_null("")
    tests = [text.str.contains(v[1:]) if v[:1] == "~" else ~text.str.contains(v[1:]) if v[:1] == "!" else text == v for v in values]
    return pl.any_horizontal(tests)


def _number(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(r"[^0-9.\-]", "").cast(pl.Float64, strict=False)


def _select(frame: pl.DataFrame, column: str, codes: list[str]) -> pl.DataFrame:
    return frame.filter(pl.col(column).is_in(codes), pl.col("number").is_not_null())


def _pair(these: pl.DataFrame, those: pl.DataFrame) -> pl.DataFrame:
    """Return rows of both sides with one number."""
    return these.join(those.select("number", pl.col("row_id").alias("row_id_b")).unique(), on="number").rename({"row_id": "row_id_a"})


def _lack(these: pl.DataFrame, those: pl.DataFrame) -> pl.DataFrame:
    """Return rows of this side whose number the other side lacks."""
    left = these.join(those.select("number").unique(), on="number", how="anti")
    return left.rename({"row_id": "row_id_a"}).with_columns(pl.lit(None, dtype=pl.String).alias("row_id_b"))


REGULAR = ["DIB", "TEK", "DSB_L", "DSB_C", "ELD_A"]


def _join_dead(raw: Raw, month: str) -> pl.DataFrame:
    """Return payments delivered in a month after the one written as month of death."""
    written = pl.col("from_date").str.extract_groups(r"^(\d{4})\D?(\d{1,2})")
    died = _select(raw["statuses"], "status_kind_code", ["dead"]).with_columns(
        pl.concat_str(written.struct.field("1"), written.struct.field("2").str.zfill(2), separator="-").alias("died")
    )
    paid = _select(raw["benefits"], "programme_code", REGULAR).join(
        died.select("number", "died", pl.col("row_id").alias("row_id_b")), on="number"
    )
    return paid.filter(read_serial(pl.col("month")) > read_serial(pl.col("died"))).rename({"row_id": "row_id_a"})


def _join_exclusive(raw: Raw, month: str) -> pl.DataFrame:
    return _pair(_select(raw["benefits"], "programme_code", ["DSB_L", "DSB_C"]), _select(raw["benefits"], "programme_code", ["TEK"]))


def _join_households(raw: Raw, month: str) -> pl.DataFrame:
    drawing = _select(raw["benefits"], "programme_code", ["DIB"]).filter(pl.col("unit_code") == "P", pl.col("head_number").is_not_null())
    pairs = drawing.join(
        drawing.select("number", "month", "head_number", pl.col("row_id").alias("row_id_b")), on=["number", "month"], suffix="_b"
    )
    return pairs.filter(pl.col("head_number") != pl.col("head_number_b")).rename({"row_id": "row_id_a"})


def _join_bills(raw: Raw, month: str) -> pl.DataFrame:
    bills = _select(raw["needs"], "need_kind_code", ["bill"])
    pairs = bills.join(bills.select("number", "from_date", pl.col("row_id").alias("row_id_b")), on=["number", "from_date"])
    return pairs.filter(pl.col("row_id") != pl.col("row_id_b")).rename({"row_id": "row_id_a"})


def _join_ceiling(raw: Raw, month: str) -> pl.DataFrame:
    """Return bills of numbers for which all payers together gave more than all bills of the year."""
    gifts = _select(raw["benefits"], "programme_code", ["CHA_M", "RCS_M", "TMP"])
    given = gifts.group_by("number").agg(_number("amount").sum().alias("given"))
    bills = _select(raw["needs"], "need_kind_code", ["bill"]).join(given, on="number")
    layers = [_number(f"{name}_amount").fill_null(0) for name in ("basic", "major", "medical_aid", "commercial")]
    paid = pl.sum_horizontal(layers).sum().over("number") + pl.col("given")
    over = bills.filter(paid > _number("amount").sum().over("number") + 1)
    return over.rename({"row_id": "row_id_a"}).with_columns(pl.lit(None, dtype=pl.String).alias("row_id_b"))


def _join_events(raw: Raw, month: str) -> pl.DataFrame:
    aid = _select(raw["benefits"], "programme_code", ["TMP"])
    pairs = aid.join(aid.select("number", "cause_code", pl.col("row_id").alias("row_id_b")), on=["number", "cause_code"])
    return pairs.filter(pl.col("row_id") != pl.col("row_id_b")).rename({"row_id": "row_id_a"})


def _drawing(raw: Raw, programmes: list[str]) -> pl.DataFrame:
    return _select(raw["benefits"], "programme_code", programmes).filter(pl.col("unit_code") == "P")


def _join_disabled_members(raw: Raw, month: str) -> pl.DataFrame:
    holders = _select(raw["statuses"], "status_kind_code", ["disabled"])
    members = _pair(_drawing(raw, ["DIB"]), holders).rename({"row_id_a": "row_id"})
    return _lack(members.drop("row_id_b"), _select(raw["benefits"], "programme_code", ["DSB_L"]))


def _join_severely_disabled(raw: Raw, month: str) -> pl.DataFrame:
    holders = _select(raw["statuses"], "status_kind_code", ["disabled"]).filter(pl.col("value_code").is_in(["1", "2"]))
    return _lack(holders, _select(raw["benefits"], "programme_code", ["DSB_C"]))


def _join_students(raw: Raw, month: str) -> pl.DataFrame:
    students = _select(raw["statuses"], "status_kind_code", ["enrolled"])
    members = _pair(_drawing(raw, ["DIB", "TEK"]), students).rename({"row_id_a": "row_id"})
    return _lack(members.drop("row_id_b"), _select(raw["benefits"], "programme_code", ["EDU_K", "EDU_C", "EDU_H", "EDU_V"]))


def _join_large_bills(raw: Raw, month: str) -> pl.DataFrame:
    poor = _drawing(raw, ["DIB", "TEK"]).select("number", pl.lit(True).alias("in_class")).unique()
    bills = _select(raw["needs"], "need_kind_code", ["bill"]).join(poor, on="number", how="left")
    limit = pl.when(pl.col("in_class").fill_null(False)).then(6000).otherwise(10000)
    return _lack(
        bills.filter(_number("self_pay_amount") > limit),
        _select(raw["benefits"], "programme_code", ["MED_I", "MED_O", "TMP", "CHA_M", "RCS_M"]),
    )


def _join_aged(raw: Raw, month: str) -> pl.DataFrame:
    """Return registered numbers whose own digits say 80 years or more, and which the allowance list lacks."""
    year = pl.col("number").str.slice(6, 4).cast(pl.Int64, strict=False)
    registered = _select(raw["statuses"], "status_kind_code", ["registered"]).filter(year <= find_month_end(month).year - 80)
    return _lack(registered, _select(raw["benefits"], "programme_code", ["ELD_A"]))


def _join_leads(raw: Raw, month: str) -> pl.DataFrame:
    """Return open leads whose number no application carries; a lead without a number never matches."""
    is_open = pl.col("step_code").is_in(["待办", "处理中"])
    leads = raw["cases"].filter(pl.col("case_kind_code") == "lead", is_open, pl.col("cause_code") != "纠纷")
    applied = _select(raw["cases"], "case_kind_code", ["application"]).select("number").unique()
    return (
        leads.join(applied, on="number", how="anti")
        .rename({"row_id": "row_id_a"})
        .with_columns(pl.lit(None, dtype=pl.String).alias("row_id_b"))
    )


NAIVE_JOINS: Final[dict[str, Callable[[Raw, str], pl.DataFrame]]] = {
    "A01": _join_dead,
    "A03": _join_exclusive,
    "A06": _join_households,
    "A21": _join_bills,
    "A22": _join_ceiling,
    "A23": _join_events,
    "M01": _join_disabled_members,
    "M02": _join_severely_disabled,
    "M03": _join_students,
    "M05": _join_large_bills,
    "M06": _join_aged,
    "M13": _join_leads,
}
"""One plain join per rule."""
