"""What only the maker of a simulation knows, written beside the deliveries.

Belongs here: which person each delivered row means, who lives with whom, and which findings are right. Does not belong
here: anything a department could send.
"""

from pathlib import Path

import polars as pl

from simulation.rolls.shape import Shape
from simulation.sheets import RollFile
from simulation.tables import World

MENTION_COLUMNS = ("roll", "month", "file_name", "sheet", "row_number", "role", "position", "true_person_id")
ELDERLY = 80


def true_person_id(column: str) -> pl.Expr:
    """Return a person's number as T0000001; null stays null."""
    return pl.format("T{}", (pl.col(column) + 1).cast(pl.String).str.zfill(7))


def find_mentions(shape: Shape, files: tuple[RollFile, ...], month: str) -> pl.DataFrame:
    """Return one row per person named by a delivered row (name or number written), addressed by file, sheet and physical row."""
    parts = []
    for file in files:
        rows = file.placed()
        for party in shape.parties:
            written = [pl.col(head).fill_null("").str.strip_chars() != "" for head in (party.name, party.identity_number) if head]
            named = rows.filter(pl.col(party.person).is_not_null() & pl.any_horizontal(written))
            parts.append(
                named.select(
                    pl.lit(shape.roll).alias("roll"),
                    pl.lit(month).alias("month"),
                    pl.lit(file.address).alias("file_name"),
                    "sheet",
                    "row_number",
                    pl.lit(party.role).alias("role"),
                    pl.lit(party.position, pl.Int64).alias("position"),
                    true_person_id(party.person).alias("true_person_id"),
                )
            )
    return pl.concat(parts).sort("file_name", "sheet", "row_number", "role", "position")


def write_mentions(mentions: pl.DataFrame, truth: Path) -> None:
    """Write the mentions of one roll and month."""
    folder = truth / "mentions"
    folder.mkdir(parents=True, exist_ok=True)
    roll, month = mentions["roll"][0], mentions["month"][0]
    mentions.write_parquet(folder / f"{roll}-{month}.parquet")


def write_world(world: World, truth: Path) -> None:
    """Write persons, households and findings."""
    truth.mkdir(parents=True, exist_ok=True)
    describe_persons(world).write_parquet(truth / "persons.parquet")
    world.households.select(
        "household_kind",
        pl.format("H{}", pl.col("household").cast(pl.String).str.zfill(7)).alias("true_household_id"),
        true_person_id("person").alias("true_person_id"),
        "from_month",
        "to_month",
    ).sort("household_kind", "true_household_id", "true_person_id", "from_month").write_parquet(truth / "households.parquet")
    world.findings.select(
        "rule_id",
        "label",
        "case_kind",
        true_person_id("person").alias("true_person_id"),
        true_person_id("other_person").alias("other_true_person_id"),
        pl.exclude("rule_id", "label", "case_kind", "person", "other_person"),
    ).sort("rule_id", "label", "case_kind", "true_person_id", "from_month").write_parquet(truth / "findings.parquet")


def describe_persons(world: World) -> pl.DataFrame:
    """Return persons with the groups accuracy is judged for."""
    last, first = world.months[-1], world.months[0]
    return world.persons.select(
        true_person_id("person").alias("true_person_id"),
        "name",
        "identity_number",
        "birth_date",
        "sex_code",
        "village_code",
        "is_local",
        "death_date",
        (pl.col("name").str.len_chars() == 2).alias("short_name"),
        ((pl.col("ethnicity") != "汉") & (pl.col("ethnicity") != "汉族")).alias("minority"),
        pl.col("has_rare_character").alias("rare_character"),
        (pl.col("birth_date").dt.year() >= int(first[:4])).alias("newborn"),
        pl.col("is_married_in").alias("married_in"),
        pl.col("is_migrant").alias("migrant"),
        pl.col("is_twin").alias("twin"),
        (pl.col("birth_date").dt.year() <= int(last[:4]) - ELDERLY).alias("elderly"),
    )
