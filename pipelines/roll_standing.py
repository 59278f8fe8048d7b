"""Where each roll stands in a month: what arrived, what is in force, and how its measures compare with its delivery before.

Belongs here: collecting, from the home, what `quality.roll_measures` compares. Does not belong here: counting or judging it.
"""

import polars as pl

from connectors.drift import REASONS_TO_ASK
from pipelines.periods_in_force import is_due
from pipelines.resources import Home
from quality.roll_measures import compare_measures
from registry.roll import Roll
from registry.schema.tables import conform_table

MEASURES = pl.Schema({"roll": pl.String(), "department": pl.String(), "month": pl.String(), "measure": pl.String(), "value": pl.String()})


def describe_standing(home: Home, month: str, deliveries: pl.DataFrame) -> pl.DataFrame:
    """Return for every roll of the district what became of this month's delivery and which month's is in force."""
    ours = deliveries.filter(pl.col("month") == month)
    rows = []
    for name, roll in sorted(home.district.rolls.items()):
        facts = {"delivery_state": _tell_state(roll, month, ours.filter(pl.col("roll") == name))}
        in_force = home.months_with(f"landed/{name}", month)
        facts |= {"in_force_month": in_force[-1]} if in_force else {}
        rows += [{"roll": name, "department": roll.department, "month": month, "measure": k, "value": v} for k, v in facts.items()]
    return pl.DataFrame(rows, schema=MEASURES)


def _tell_state(roll: Roll, month: str, ours: pl.DataFrame) -> str:
    """Return landed, blocked, refused, not_received or not_due."""
    if ours["landed_count"].sum() or (ours.height and not ours["is_refused"].any()):
        return "landed"
    if ours.height:
        return "blocked" if ours["reason_code"].is_in(list(REASONS_TO_ASK)).any() else "refused"
    return "not_received" if is_due(roll, month) else "not_due"


def read_landed_measures(home: Home, month: str) -> pl.DataFrame:
    """Return what was counted of each roll landed in `month`."""
    return _read_measures(home, {name: month for name in home.district.rolls if home.has(month, f"landed/{name}")})


def compare_with_before(home: Home, month: str, roll_quality: pl.DataFrame) -> pl.DataFrame:
    """Return `roll_quality` beside the values of each roll's delivery before; only rolls landed this month are compared."""
    landed = [name for name in home.district.rolls if home.has(month, f"landed/{name}")]
    before = {name: last for name in landed if (last := home.month_before(month, f"landed/{name}"))}
    linked = home.month_before(month, "roll_quality")
    parts = [_read_measures(home, before)]
    if linked:
        measures = home.read_table(linked, "roll_quality").filter(pl.col("roll").is_in(list(before)))
        parts.append(measures.select(MEASURES.names()).join(parts[0].select("roll", "measure"), on=["roll", "measure"], how="anti"))
    limits = home.district.settings.limits
    compared = compare_measures(roll_quality, pl.concat(parts), home.district.rolls, limits.alarm_share, limits.compared_row_minimum)
    return conform_table(compared, "roll_quality")


def _read_measures(home: Home, months: dict[str, str]) -> pl.DataFrame:
    """Return the measures of each roll in the month named for it; deliveries landed by older programs have none."""
    parts = [pl.DataFrame(schema=MEASURES)]
    for name, month in sorted(months.items()):
        if home.has(month, f"intake/{name}/measures"):
            owner = {"roll": name, "department": home.district.rolls[name].department, "month": month}
            counted = home.read(month, f"intake/{name}/measures").with_columns(pl.lit(value).alias(key) for key, value in owner.items())
            parts.append(counted.select(MEASURES.names()))
    return pl.concat(parts)
