"""What a rule family gives back: leads and the facts each lead rests on.

Belongs here: the shape of leads and evidence, and how a family reads its parameters. Does not belong here: wording, ids,
link strength and the life of a finding (`quality.findings`), and the logic of any rule.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import polars as pl
from pydantic import ValidationError

from quality.amounts import to_amount
from quality.periods import SERIAL, write_serial
from registry.configuration import Settings
from registry.district import District, Rule
from registry.errors import ConfigError
from registry.schema.fields import AMOUNT

LEADS = pl.Schema(
    {
        "lead": pl.String(),
        "person_id": pl.String(),
        "other_person_id": pl.String(),
        "programme_code": pl.String(),
        "other_programme_code": pl.String(),
        "department": pl.String(),
        "other_department": pl.String(),
        "from_month": pl.String(),
        "to_month": pl.String(),
        "overlap_from_month": pl.String(),
        "overlap_to_month": pl.String(),
        "months": pl.Int64(),
        "amount": AMOUNT,
        "excess_amount": AMOUNT,
        "event_key": pl.String(),
        "event": pl.String(),
        "extra_zh": pl.String(),
        "extra_en": pl.String(),
        "confidence_code": pl.String(),
        "left_out": pl.String(),
        "is_uncertain": pl.Boolean(),
    }
)
"""One lead per row. `lead` is its key inside one rule; `event_key` names the bill, event or case where there is one;
`left_out` tells in both languages what was seen and lawfully not counted; `is_uncertain` says that the lead rests on an
identity nobody has settled, whatever the link probabilities are."""

EVIDENCE = pl.Schema({"lead": pl.String(), "side_code": pl.String(), "fact_table": pl.String(), "fact_id": pl.String()})
"""The facts a lead rests on: `this` side, `other` side, and `guard` for what was looked at to rule an exception out."""


@dataclass(frozen=True)
class Leads:
    """The leads of one rule and their evidence."""

    leads: pl.DataFrame
    evidence: pl.DataFrame


Params = TypeVar("Params", bound=Settings)


def read_params(rule: Rule, model: type[Params], district: District) -> Params:
    """Return the rule's parameters as the family's model, or raise ConfigError naming rule and parameter."""
    try:
        return model.model_validate(dict(rule.params))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        file: Path = district.folder / "rules.yml"
        raise ConfigError(
            f"{rule.rule_id} 的参数 {where}：{first['msg']}", f"{rule.rule_id}: parameter {where}: {first['msg']}", file=file
        ) from error


def shape_leads(leads: pl.LazyFrame) -> pl.DataFrame:
    """Return leads with the declared columns, absent ones null, sorted by key."""
    names = leads.collect_schema().names()
    columns = [pl.col(name).cast(dtype) if name in names else pl.lit(None, dtype=dtype).alias(name) for name, dtype in LEADS.items()]
    return leads.select(columns).with_columns(pl.col("is_uncertain").fill_null(False)).collect().sort("lead")


def shape_evidence(*parts: pl.LazyFrame) -> pl.DataFrame:
    """Return the evidence parts as one frame without repetition; rows without a fact are dropped."""
    chosen = [part.select([pl.col(name).cast(dtype) for name, dtype in EVIDENCE.items()]) for part in parts]
    return pl.concat(chosen).drop_nulls().unique().sort(list(EVIDENCE)).collect()


def name_evidence(rows: pl.LazyFrame, side: str, table: str, fact: str) -> pl.LazyFrame:
    """Return evidence rows from a frame that has `lead` and the id column `fact` of `table`."""
    return rows.select("lead", pl.lit(side).alias("side_code"), pl.lit(table).alias("fact_table"), pl.col(fact).alias("fact_id"))


def total_leads(month_rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return one lead per `lead` from its benefit months.

    Needs lead, person_id, programme_code, department, serial, fen, and is_overlap: the months that are in question. Months
    are counted once however many rows speak of them; money is added up over rows.
    """
    overlap = pl.col("is_overlap")
    first, last = pl.col(SERIAL).min(), pl.col(SERIAL).max()
    same = [pl.col(name).first() for name in ("person_id", "programme_code", "department")]
    ordered = month_rows.sort("lead", SERIAL, "department", "benefit_id")
    totals = ordered.group_by("lead", maintain_order=True).agg(
        *same,
        write_serial(first).alias("from_month"),
        write_serial(last).alias("to_month"),
        write_serial(pl.col(SERIAL).filter(overlap).min()).alias("overlap_from_month"),
        write_serial(pl.col(SERIAL).filter(overlap).max()).alias("overlap_to_month"),
        pl.col(SERIAL).filter(overlap).n_unique().cast(pl.Int64).alias("months"),
        to_amount(pl.col("fen").sum()).alias("amount"),
        to_amount(pl.col("fen").filter(overlap).sum()).alias("excess_amount"),
    )
    return totals.filter(pl.col("months") > 0)
