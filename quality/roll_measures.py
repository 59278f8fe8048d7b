"""What can be counted of a landed roll by itself, and what changed since its last delivery.

Belongs here: rows, people, households, filled shares, sums, and the judgement whether a change is worth a look. Does not belong
here: what linkage makes of a roll (`quality.roll_quality`), and stopping a delivery (`connectors.drift`).

Nothing here blocks. Of shares the change is a difference in points, of counts and sums a share of what it was. Ledgers of the year
grow by nature: their counts are looked at when they shrink or stand still, and not at all when the year begins anew.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from registry.roll import Roll
from registry.schema.text import Text

FILLED: Final = "filled_share:"
SUM: Final = "sum:"
COUNTED: Final[Mapping[str, Text]] = {
    "landed_count": Text("入库行数", "rows landed"),
    "person_count": Text("不同证号数", "distinct identity numbers"),
    "household_count": Text("不同户数", "distinct households"),
    "mention_count": Text("提及人次", "people named"),
}
SHARED: Final[Mapping[str, Text]] = {
    "quarantined_share": Text("隔离比例", "share of rows quarantined"),
    "id_valid_share": Text("证号有效率", "valid id share"),
    "id_missing_share": Text("证号空缺率", "missing id share"),
    "id_damaged_share": Text("证号损坏率", "damaged id share"),
    "matched_share": Text("匹配率", "matched share"),
}
LEAST: Final = "landed_count"
"""The measure that tells whether a roll is long enough to be compared."""
_MEASURE: Final = {"measure": pl.String(), "value": pl.String()}


def measure_rows(rows: pl.DataFrame, roll: Roll, deliveries: pl.DataFrame) -> pl.DataFrame:
    """Return measure and value (text) of one landed roll.

    Args:
        rows: the landed rows, amount columns read as decimals.
        roll: its declaration.
        deliveries: the delivery record of the same month.
    """
    if rows.is_empty():
        return pl.DataFrame(schema=_MEASURE)
    amounts = [name for name, column in roll.columns.items() if column.kind == "amount"]
    filled = [(pl.col(name).is_not_null().mean()).alias(f"{FILLED}{name}") for name in roll.columns]
    sums = [pl.col(name).sum().alias(f"{SUM}{name}") for name in amounts]
    returned = deliveries.select(pl.sum_horizontal("quarantined_count", "refused_count").sum()).item()
    share = pl.lit(returned / (returned + rows.height)).alias("quarantined_share")
    wide = rows.select(pl.len().alias(LEAST), *_count_distinct(roll), *filled, *sums, share)
    return show_measures(wide)


def show_measures(wide: pl.DataFrame) -> pl.DataFrame:
    """Return one row per column of a frame of one row; shares keep four decimals, sums two."""
    shown = wide.select(
        pl.col(name).round(4).cast(pl.String) if wide.schema[name].is_float() else pl.col(name).cast(pl.String) for name in wide.columns
    )
    return shown.unpivot(variable_name="measure", value_name="value").drop_nulls("value")


def _count_distinct(roll: Roll) -> list[pl.Expr]:
    """Return how many different people and households the roll names, as far as it gives them numbers."""
    numbers = next((person.identity_number for person in roll.people if person.identity_number), None)
    household = next((person.household_number for person in roll.people if person.household_number), None)
    counts = [pl.col(numbers).drop_nulls().n_unique().alias("person_count")] if numbers else []
    if household:
        columns = household if isinstance(household, list) else [household]
        known = [name for name in columns if name in roll.columns]
        counts += [pl.struct(known).n_unique().alias("household_count")] if known else []
    return counts


def compare_measures(
    now: pl.DataFrame, before: pl.DataFrame, rolls: Mapping[str, Roll], alarm_share: float, row_minimum: int
) -> pl.DataFrame:
    """Return `now` with previous_month, previous_value, change_share and is_steady (null where there is nothing to compare).

    Args:
        now: roll, department, month, measure, value.
        before: roll, month, measure, value of each roll's delivery before.
        rolls: declarations by name.
        alarm_share: a change of more than this is not steady.
        row_minimum: rolls with fewer rows, then or now, are not judged.
    """
    earlier = before.select("roll", "measure", pl.col("month").alias("previous_month"), pl.col("value").alias("previous_value"))
    joined = now.select("roll", "department", "month", "measure", "value").join(
        earlier.unique(["roll", "measure"], keep="last"), on=["roll", "measure"], how="left", maintain_order="left"
    )
    value, previous = (pl.col(name).cast(pl.Float64, strict=False) for name in ("value", "previous_value"))
    is_share = pl.col("measure").str.starts_with(FILLED) | pl.col("measure").is_in(list(SHARED))
    is_counted = pl.col("measure").str.starts_with(SUM) | pl.col("measure").is_in(list(COUNTED))
    change = pl.when(is_share).then(value - previous).when(is_counted & (previous != 0)).then((value - previous) / previous.abs())
    long = (
        _find_long(now, row_minimum)
        .join(_find_long(before, row_minimum), on="roll", how="semi")
        .with_columns(pl.lit(True).alias("is_long"))
    )
    ledgers = [name for name, roll in rolls.items() if roll.delivery.content == "year_to_date"]
    is_same_year = pl.col("month").str.slice(0, 4) == pl.col("previous_month").str.slice(0, 4)
    runs_on = pl.col("roll").is_in(ledgers) & is_counted
    is_steady = (
        pl.when(runs_on & is_same_year)
        .then((pl.col("change_share") > 0) | ((pl.col("change_share") == 0) & (pl.col("measure") != LEAST)))
        .when(runs_on)
        .then(pl.lit(None, dtype=pl.Boolean()))
        .otherwise(pl.col("change_share").abs() <= alarm_share + 1e-9)
    )
    return (
        joined.with_columns(change.round(4).alias("change_share"))
        .join(long, on="roll", how="left", maintain_order="left")
        .with_columns(pl.when(pl.col("is_long")).then(is_steady).alias("is_steady"))
        .drop("is_long")
    )


def _find_long(measures: pl.DataFrame, row_minimum: int) -> pl.DataFrame:
    rows = pl.col("value").cast(pl.Float64, strict=False)
    return measures.filter((pl.col("measure") == LEAST) & (rows >= row_minimum)).select("roll").unique()


def title_measure(measure: str, roll: Roll | None) -> Text:
    """Return how a clerk reads a measure; a column by its first head."""
    for prefix, zh, en in ((FILLED, "填写率", "filled share of"), (SUM, "合计", "sum of")):
        if measure.startswith(prefix):
            name = measure.removeprefix(prefix)
            head = roll.columns[name].heads[0] if roll and name in roll.columns else name
            return Text(f"“{head}”{zh}", f"{en} '{head}'")
    return {**COUNTED, **SHARED}.get(measure, Text(measure, measure))


def show_change(measure: str, change: float) -> Text:
    """Return how a change is written: of shares in points, of counts and sums in per cent."""
    if measure.startswith(FILLED) or measure in SHARED:
        return Text(f"{change * 100:+.1f} 个百分点", f"{change * 100:+.1f} points")
    return Text(f"{change:+.1%}", f"{change:+.1%}")
