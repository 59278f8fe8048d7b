"""The declared gate: every landed roll and every published table, checked by Great Expectations.

Belongs here: turning declared checks into suites, running them in one context, and reading the results back as rows of
`check_results`. This is the only module that imports great_expectations, and it does so inside its functions because
the import costs five seconds. Does not belong here: what is to be checked (`quality.declared_checks`), checks between
frames (`quality.reconciliation`), and stopping a run (the pipelines read `is_blocking`).
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from quality.declared_checks import Check, find_landed_checks, find_table_checks
from quality.reconciliation import check_between_frames
from registry.errors import RegistryError
from registry.roll import Roll
from registry.schema.tables import TABLES, conform_table, empty_table
from registry.schema.text import Text

RESULT_FORMAT: Final = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""Counts only: the values that fail are personal data and stay out of every log."""
LANDED: Final = "landed/"


class CheckCrashed(RegistryError):
    """A check could not be carried out. That is a fault of ours and never counts as a failed or a passed check."""

    exit_code = 1

    def __init__(self, table: str, check: str, reason: str) -> None:
        super().__init__(
            f"检查未能执行（不等于不通过）：{table} 的 {check}：{reason}",
            f"a check could not be carried out (which is not the same as failing): {table}, {check}: {reason}",
        )


def _build_suite(name: str, checks: Iterable[Check]) -> Any:  # noqa: ANN401 - great_expectations is imported late
    import great_expectations as gx
    from great_expectations import expectations

    return gx.ExpectationSuite(
        name=name,
        expectations=[
            getattr(expectations, check.expectation)(
                **check.params, severity=check.severity, meta={"check": check.name}, **_condition(check)
            )
            for check in checks
        ],
    )


def _condition(check: Check) -> dict[str, str]:
    return {"row_condition": check.row_condition, "condition_parser": "pandas"} if check.row_condition else {}


def build_landed_suite(roll: Roll, registered: int | None = None) -> Any:  # noqa: ANN401
    """Return the suite of one landed roll, derived from its declaration."""
    return _build_suite(f"{LANDED}{roll.roll}", find_landed_checks(roll, registered))


def build_table_suite(table: str) -> Any:  # noqa: ANN401
    """Return the suite of one published table, derived from its declaration."""
    return _build_suite(table, find_table_checks(table))


def _open_batches() -> Any:  # noqa: ANN401
    """Return one batch definition that takes any frame, in an ephemeral context that shows no progress bars."""
    import great_expectations as gx

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context.data_sources.add_pandas("frames").add_dataframe_asset("frame").add_batch_definition_whole_dataframe("whole")


def _needed(frame: pl.DataFrame, checks: Sequence[Check]) -> pl.DataFrame:
    """Return the columns the checks read; amounts as floats, months and codes as they are."""
    present = set(frame.columns)
    read = {column for check in checks for column in check.columns} & present
    columns = [pl.col(name).cast(pl.Float64) if frame.schema[name].is_decimal() else pl.col(name) for name in frame.columns if name in read]
    return frame.select(columns) if columns else frame.select(pl.all().first()).clear()


def _run_checks(batches: Any, name: str, frame: pl.DataFrame, checks: Sequence[Check], month: str) -> pl.DataFrame:  # noqa: ANN401
    """Run the checks on one frame; a check whose column is absent cannot be asked: `columns_present` speaks for it."""
    askable = [check for check in checks if set(check.columns) <= set(frame.columns)]
    of_frame = [check for check in askable if not check.columns]
    of_cells = [check for check in askable if check.columns]
    outcomes: dict[str, tuple[bool, int]] = {}
    if of_frame:
        header = pl.DataFrame({column: pl.Series([], dtype=pl.String) for column in frame.columns})
        shape = header.clear(frame.height) if frame.height else header
        outcomes |= _validate(batches, name, shape, of_frame)
    if of_cells:
        outcomes |= _validate(batches, name, _needed(frame, of_cells), of_cells)
    rows = [
        {
            "month": month,
            "table_name": name,
            "check_name": check.name,
            "is_passed": outcomes[check.name][0],
            "is_blocking": check.severity == "critical",
            "failed_count": outcomes[check.name][1],
            "row_count": frame.height,
            "sentence_zh": check.sentence.zh,
            "sentence_en": check.sentence.en,
        }
        for check in askable
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _validate(batches: Any, name: str, frame: pl.DataFrame, checks: Sequence[Check]) -> dict[str, tuple[bool, int]]:  # noqa: ANN401
    """Return (passed, failing rows) by check name; a crash raises CheckCrashed."""
    batch = batches.get_batch({"dataframe": frame.to_pandas()})
    results = batch.validate(_build_suite(name, checks), result_format=RESULT_FORMAT).results
    return {result.expectation_config.meta["check"]: _read_outcome(name, result) for result in results}


def _read_outcome(name: str, result: Any) -> tuple[bool, int]:  # noqa: ANN401
    crash = _find_crash(result.exception_info)
    check = result.expectation_config.meta["check"]
    if crash:
        raise CheckCrashed(name, check, crash)
    passed = bool(result.success)
    return passed, int(result.result.get("unexpected_count", 0 if passed else 1))


def _find_crash(exception_info: Mapping[str, Any] | None) -> str | None:
    """Return the message of a crash, whether it is reported flat or by metric; None when nothing crashed."""
    if not exception_info:
        return None
    if "raised_exception" in exception_info:
        return str(exception_info["exception_message"]) if exception_info["raised_exception"] else None
    messages = [str(info.get("exception_message")) for info in exception_info.values() if info.get("raised_exception")]
    return messages[0] if messages else None


def _types_check(name: str, frame: pl.DataFrame, month: str) -> pl.DataFrame:
    """One result: the types of the frame are the declared ones (answered by Polars, which knows its own types)."""
    declared = empty_table(name).schema
    wrong = [column for column, dtype in declared.items() if column in frame.columns and frame.schema[column] != dtype]
    sentence = Text("各列类型与声明一致", "every column has its declared type")
    return pl.DataFrame(
        {
            "month": [month],
            "table_name": [name],
            "check_name": ["types"],
            "is_passed": [not wrong],
            "is_blocking": [True],
            "failed_count": [len(wrong)],
            "row_count": [frame.height],
            "sentence_zh": [sentence.zh],
            "sentence_en": [sentence.en],
        }
    )


def count_registered(frames: Mapping[str, pl.DataFrame]) -> int | None:
    """Return how many persons stand on the household register, or None while persons are not built."""
    persons = frames.get("persons")
    if persons is None or "is_local" not in persons.columns:
        return None
    return int(persons["is_local"].fill_null(value=False).sum()) or None


def validate_frames(
    frames: Mapping[str, pl.DataFrame], rolls: Mapping[str, Roll], month: str, registered: int | None = None
) -> pl.DataFrame:
    """Run every declared check on the frames of one month and return `check_results`.

    Args:
        frames: landed rolls under the name of their roll (or `landed/<roll>`), published tables under their table name.
        rolls: the district's rolls by name.
        month: the month checked, YYYY-MM.
        registered: people on the household register, for row volumes; counted from `persons` when absent.

    Returns:
        check_results: one row per check, with a sentence in both languages. Frames of unknown name are skipped.

    Raises:
        CheckCrashed: a check could not be carried out.
    """
    people = registered if registered is not None else count_registered(frames)
    batches = _open_batches()
    parts = [empty_table("check_results")]
    for name, frame in sorted(frames.items()):
        roll = rolls.get(name.removeprefix(LANDED))
        if name in TABLES:
            parts += [_types_check(name, frame, month), _run_checks(batches, name, frame, find_table_checks(name), month)]
        elif roll is not None:
            parts.append(_run_checks(batches, f"{LANDED}{roll.roll}", frame, find_landed_checks(roll, people), month))
    parts.append(check_between_frames(frames, month, rolls))
    return conform_table(pl.concat(parts, how="diagonal_relaxed"), "check_results")


def validate_landed(roll: Roll, landed: pl.DataFrame, month: str, registered: int | None = None) -> pl.DataFrame:
    """Run the declared checks of one landed roll; see `validate_frames`."""
    return validate_frames({roll.roll: landed}, {roll.roll: roll}, month, registered)


def validate_table(name: str, frame: pl.DataFrame, month: str) -> pl.DataFrame:
    """Run the declared checks of one published table; see `validate_frames`."""
    return validate_frames({name: frame}, {}, month)
