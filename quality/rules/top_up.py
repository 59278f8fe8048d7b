"""A child's allowance paid in full where only the difference is due (A04).

What it looks for: months in which the child's allowance, the child's part of the household's minimum living allowance and the
disability living allowance together exceed the child standard. What it lets pass: sums within the standard. Both sides stay
lawful; only the excess is in question.

Sources: domain.md §1.4, §2.2 rows 13 and 14; vignette V2.
"""

import polars as pl

from quality.amounts import to_amount
from quality.facts import Facts, expand_benefits, share_household_amounts
from quality.leads import EVIDENCE, Leads, name_evidence, read_params, shape_evidence, shape_leads, total_leads
from quality.periods import SERIAL, find_serial
from registry.configuration import Settings
from registry.district import Compatibility, District, Rule
from registry.errors import ConfigError

KEYS = ["person_id", SERIAL]


class Params(Settings):
    """Parameters of the family; `standard` names an entry of the district's standards."""

    matrix: list[int]
    standard: str
    shared_programmes: list[str] = ["DIB"]
    ignore_rolls: list[str] = []
    kinds: list[str] = ["regular", "arrears"]


def evaluate(facts: Facts, rule: Rule, district: District, month: str) -> Leads:
    """Return one lead per child with months over the standard."""
    params = read_params(rule, Params, district)
    rows = [row for row in district.compatibility if row.number in params.matrix and row.relation == "T"]
    if not rows:
        return Leads(shape_leads(pl.LazyFrame(schema={"lead": pl.String})), pl.DataFrame(schema=EVIDENCE))
    own = expand_benefits(facts, [rows[0].a], params.ignore_rolls, params.kinds)
    others = pl.concat([_select_other(facts, row, params) for row in rows])
    over = _find_over(own, others, _find_standard(params, district) * 100).collect().lazy()
    marked = own.join(over, on=KEYS).with_columns(pl.lit(True).alias("is_overlap"), pl.col("person_id").alias("lead")).collect().lazy()
    beside = others.join(over.select(KEYS), on=KEYS, how="semi").with_columns(pl.col("person_id").alias("lead")).collect().lazy()
    excess = over.group_by(pl.col("person_id").alias("lead")).agg(to_amount(pl.col("excess").sum()).alias("excess_amount"))
    leads = total_leads(marked).drop("excess_amount").join(excess, on="lead").join(_choose_largest(beside), on="lead", how="left")
    evidence = shape_evidence(
        name_evidence(marked, "this", "benefits", "benefit_id"),
        name_evidence(beside, "other", "benefits", "benefit_id"),
        name_evidence(beside, "other", "benefits", "household_benefit_id"),
    )
    return Leads(shape_leads(leads), evidence)


def _find_standard(params: Params, district: District) -> float:
    standard = district.settings.standards.get(params.standard)
    if standard is None:
        raise ConfigError(
            f"没有标准“{params.standard}”", f"no standard '{params.standard}' in district.yml", file=district.folder / "district.yml"
        )
    return standard


def _find_over(own: pl.LazyFrame, others: pl.LazyFrame, standard: float) -> pl.LazyFrame:
    """Return the months in which both sides together exceed the standard (fen); never more than the child's allowance itself."""
    sums = (
        own.group_by(KEYS)
        .agg(pl.col("fen").sum().alias("own"))
        .join(others.group_by(KEYS).agg(pl.col("fen").sum().alias("beside")), on=KEYS)
    )
    excess = pl.min_horizontal(pl.col("own") + pl.col("beside") - standard, "own")
    return sums.with_columns(excess.alias("excess")).filter(pl.col("excess") > 0).sort(KEYS)


def _choose_largest(beside: pl.LazyFrame) -> pl.LazyFrame:
    """Return the programme beside the child's allowance that gave most."""
    sums = beside.group_by("lead", "programme_code", "department").agg(pl.col("fen").sum())
    largest = sums.sort("lead", "fen", "programme_code", descending=[False, True, False]).unique("lead", keep="first", maintain_order=True)
    return largest.select("lead", pl.col("programme_code").alias("other_programme_code"), pl.col("department").alias("other_department"))


def _select_other(facts: Facts, row: Compatibility, params: Params) -> pl.LazyFrame:
    """Return the months of the other programme with the person's own part of the money."""
    columns = ["person_id", SERIAL, "fen", "programme_code", "department", "benefit_id", "household_benefit_id"]
    if row.b in params.shared_programmes:
        rows = share_household_amounts(facts, row.b, params.ignore_rolls).with_columns(pl.lit(row.b).alias("programme_code"))
    else:
        rows = expand_benefits(facts, [row.b], params.ignore_rolls, params.kinds).with_columns(
            pl.lit(None, dtype=pl.String).alias("household_benefit_id")
        )
    return rows.filter(pl.col(SERIAL) >= find_serial(row.valid_from)).select(columns)
