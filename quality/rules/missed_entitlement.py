"""People who seem to have a right and do not have the aid (M01, M02, M03, M06).

What it looks for: months in which a person meets the rule's conditions (draws another programme, holds a valid certificate or
is enrolled, has the age) and the paying list of those months names them nowhere. What it lets pass: programmes that exclude
the aid, certificates that lapsed, people who died or moved away, people who came to meet the conditions during a period that
had begun, and periods whose list has not been delivered. With `never_only`, people who have had the aid before or since are
let pass too: the office knows them, and a gap is its decision, an unheard-of death or a misread row, not a person it missed.

Where a namesake of the same village without a number did get the aid, the two may be one person whom nobody has linked
yet: that is a link review and no finding.

Sources: domain.md §2.2 rows 21, 22, 60, §3.3; vignettes V16, V17.
"""

import polars as pl

from quality.facts import Facts, expand_benefits, find_covered_months, find_namesakes, select_alive
from quality.leads import Leads, name_evidence, read_params, shape_evidence, shape_leads
from quality.periods import SERIAL, find_serial, group_period, read_date_serial, read_serial, span_months, subtract_months
from registry.configuration import Settings
from registry.district import District, Rule

PERIOD_MONTHS = {"month": 1, "quarter": 3, "semester": 6, "year": 12}
SEMESTER_STARTS_AT = 2
"""School semesters begin in February and in August."""

HOLIDAY = 8
"""In August schools put nobody forward: aid for the semester begins in September."""


class Params(Settings):
    """Parameters of the family."""

    lacking: list[str]
    paying_roll: str
    holder_programmes: list[str] = []
    status: str | None = None
    status_values: list[str] = []
    status_roll: str | None = None
    age_from: int | None = None
    age_to: int | None = None
    local_only: bool = False
    excluded_programmes: list[str] = []
    whole_period: str = "month"
    never_only: bool = False
    ignore_rolls: list[str] = []


def evaluate(facts: Facts, rule: Rule, district: District, month: str) -> Leads:
    """Return one lead per person with months they seem to have missed."""
    params = read_params(rule, Params, district)
    covered = find_covered_months(facts, params.lacking, params.paying_roll).filter(pl.col(SERIAL) <= find_serial(month))
    due = _find_due_months(facts, params, covered)
    had = expand_benefits(facts, params.lacking, params.ignore_rolls)
    excluded = expand_benefits(facts, params.excluded_programmes, params.ignore_rolls)
    periods = _widen(pl.concat([had.select("person_id", SERIAL), excluded.select("person_id", SERIAL)]), params)
    missed = subtract_months(due, periods, ["person_id"])
    if params.never_only:
        missed = missed.join(had.select("person_id").unique(), on="person_id", how="anti")
    missed = missed.collect().lazy()
    spans = span_months(missed, ["person_id"]).collect().lazy()
    unsettled = find_namesakes(facts, spans, had).select("person_id").unique().with_columns(pl.lit(True).alias("is_uncertain"))
    # Nobody but one roll has ever named the person: perhaps there is no longer anybody to miss out.
    hardly_seen = facts.persons.lazy().select(
        "person_id", pl.when(pl.col("roll_count") <= 1).then(pl.lit("medium")).alias("confidence_code")
    )
    leads = (
        spans.join(unsettled, on="person_id", how="left")
        .join(hardly_seen, on="person_id", how="left")
        .with_columns(
            pl.col("person_id").alias("lead"),
            pl.lit(params.lacking[0]).alias("programme_code"),
            pl.lit(params.holder_programmes[0] if params.holder_programmes else None, dtype=pl.String).alias("other_programme_code"),
            pl.lit(district.programmes[params.lacking[0]].department).alias("department"),
            pl.lit(_find_source(params, district), dtype=pl.String).alias("other_department"),
            pl.col("from_month").alias("overlap_from_month"),
            pl.col("to_month").alias("overlap_to_month"),
        )
    )
    return Leads(shape_leads(leads), _gather_evidence(facts, params, missed))


def _find_source(params: Params, district: District) -> str | None:
    """Return the department whose roll shows the right: of the certificate or enrolment, of the programme held, or of the register."""
    if params.status is not None:
        owners = sorted(
            {
                roll.department
                for roll in district.rolls.values()
                for state in roll.statuses
                if state.fields.get("status_kind_code") == f"={params.status}"
            }
        )
        return owners[0] if owners else None
    if params.holder_programmes:
        return district.programmes[params.holder_programmes[0]].department
    register = district.rolls.get(district.settings.register_roll)
    return register.department if register else None


def _find_due_months(facts: Facts, params: Params, covered: pl.LazyFrame) -> pl.LazyFrame:
    """Return the covered months in which each person meets every condition: person_id, serial."""
    people = _select_people(facts, params)
    if params.holder_programmes:
        holders = expand_benefits(facts, params.holder_programmes, params.ignore_rolls).filter(pl.col("unit_code") == "P")
        months = holders.select("person_id", SERIAL).unique().join(covered, on=SERIAL, how="semi").join(people, on="person_id")
    else:
        months = people.join(covered, how="cross")
    if params.status_roll is not None:
        months = months.join(_find_named_months(facts, params), on=["person_id", SERIAL], how="semi")
    if params.whole_period == "semester":
        months = months.filter(pl.col(SERIAL) % 12 != HOLIDAY - 1)
    start = _find_period_start(pl.col(SERIAL), params)
    meets = [pl.col("since").is_null() | (pl.col("since") < start), pl.col("until").is_null() | (pl.col("until") >= pl.col(SERIAL))]
    meets += [pl.col("death_serial").is_null() | (pl.col("death_serial") > pl.col(SERIAL))]
    born = read_date_serial(pl.col("birth_date"))
    # Old enough before the period begins: whoever has the birthday inside it is only due from the next one.
    if params.age_from is not None:
        meets.append(born + params.age_from * 12 < start)
    if params.age_to is not None:
        meets.append(born + (params.age_to + 1) * 12 > pl.col(SERIAL))
    return months.filter(*meets).select("person_id", SERIAL)


def _select_people(facts: Facts, params: Params) -> pl.LazyFrame:
    """Return persons who may meet the conditions, with `since` and `until` of their state (serials, null when open)."""
    alive = select_alive(facts)
    if params.local_only:
        alive = alive.filter(pl.col("is_local").fill_null(False))
    if params.status is None:
        nothing = pl.lit(None, dtype=pl.Int64)
        return alive.filter(pl.col("birth_date").is_not_null()).with_columns(nothing.alias("since"), nothing.alias("until"))
    states = _select_states(facts, params).select("person_id", "from_date", "to_date")
    held = states.group_by("person_id").agg(
        read_date_serial(pl.col("from_date").min()).alias("since"),
        pl.when(pl.col("to_date").is_null().any()).then(None).otherwise(read_date_serial(pl.col("to_date").max())).alias("until"),
    )
    return alive.join(held, on="person_id")


def _select_states(facts: Facts, params: Params) -> pl.LazyFrame:
    states = facts.statuses.lazy().filter(pl.col("status_kind_code") == params.status, pl.col("person_id").is_not_null())
    return states.filter(pl.col("value_code").is_in(params.status_values)) if params.status_values else states


def _find_named_months(facts: Facts, params: Params) -> pl.LazyFrame:
    """Return the months of the periods in which the roll showed the state: who entered in autumn missed nothing in spring."""
    shown = _select_states(facts, params).filter(pl.col("roll") == params.status_roll)
    return _widen(shown.select("person_id", read_serial(pl.col("month")).alias(SERIAL)).unique(), params)


def _find_period_start(serial: pl.Expr, params: Params) -> pl.Expr:
    """Return the first serial of the period a month lies in."""
    months = PERIOD_MONTHS[params.whole_period]
    if params.whole_period == "semester":
        return group_period(serial - (SEMESTER_STARTS_AT - 1), months) + (SEMESTER_STARTS_AT - 1)
    return group_period(serial, months)


def _widen(months: pl.LazyFrame, params: Params) -> pl.LazyFrame:
    """Return all months of every period in which a person had the aid at all."""
    length = PERIOD_MONTHS[params.whole_period]
    starts = months.select("person_id", _find_period_start(pl.col(SERIAL), params).alias("_start")).unique()
    return (
        starts.with_columns(pl.int_ranges(pl.col("_start"), pl.col("_start") + length).alias(SERIAL))
        .explode(SERIAL)
        .select("person_id", SERIAL)
    )


def _gather_evidence(facts: Facts, params: Params, missed: pl.LazyFrame) -> pl.DataFrame:
    """Return what shows the right: benefits of the missed months, the certificate or enrolment, the register."""
    people = missed.select("person_id", pl.col("person_id").alias("lead")).unique()
    parts = []
    if params.holder_programmes:
        holders = expand_benefits(facts, params.holder_programmes, params.ignore_rolls).filter(pl.col("unit_code") == "P")
        months = missed.with_columns(pl.col("person_id").alias("lead"))
        parts.append(name_evidence(holders.join(months, on=["person_id", SERIAL]), "this", "benefits", "benefit_id"))
    if params.status is not None:
        parts.append(name_evidence(_select_states(facts, params).join(people, on="person_id"), "this", "statuses", "status_id"))
    if params.local_only:
        registered = facts.statuses.lazy().filter(pl.col("status_kind_code") == "registered")
        parts.append(name_evidence(registered.join(people, on="person_id"), "this", "statuses", "status_id"))
    return shape_evidence(*parts)
