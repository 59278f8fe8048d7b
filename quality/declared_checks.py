"""Which checks the declarations of the house imply: one list per landed roll, one list per published table.

Belongs here: reading `Roll`, `TABLES`, `FIELDS` and `CODE_LISTS` and saying, as plain data, what must hold.
Does not belong here: running a check (`quality.expectations` does, with Great Expectations), or checks that need two
frames at once (`quality.reconciliation`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from registry.roll import Roll
from registry.schema.codes import CODE_LISTS
from registry.schema.fields import FIELDS
from registry.schema.tables import LANDED_COLUMNS, TABLES
from registry.schema.text import Text

Severity = Literal["critical", "warning"]
MONTH_REGEX: Final = r"^\d{4}-(?:0[1-9]|1[0-2])$"
NULLABLE_KEYS: Final = frozenset({"related_entity_id", "sheet", "sheet_number", "file_number"})
"""Key columns that are rightly empty at times: a birth has no related id, a refused file no sheet."""
PAIRS: Final = (("from_month", "to_month"), ("overlap_from_month", "overlap_to_month"), ("from_date", "to_date"))
SHARES: Final = ("match_probability", "weakest_probability")
SOURCE_GROUPS: Final = frozenset({"aid", "intake"})
"""Tables that repeat what departments wrote: an odd period there is a warning, in our own tables a fault."""
NEGATIVE_KINDS: Final = ("recovery", "reversal", "returned")
SIGNED_TABLES: Final = frozenset({"needs"})
"""Bills are reversed by rows with a minus sign."""
EVIDENCE_TABLES: Final = frozenset({"finding_evidence"})
FREE_REASONS: Final = frozenset({"link_reviews"})
"""Tables whose `reason_code` is not a reason for sending a row back."""


@dataclass(frozen=True)
class Check:
    """One check as data: its name, the expectation that runs it, the columns it reads, and how a clerk reads it."""

    name: str
    expectation: str
    params: Mapping[str, object]
    columns: tuple[str, ...]
    severity: Severity
    sentence: Text
    row_condition: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)


def _title(column: str) -> Text:
    """Return how a clerk reads a column: its title where the house knows it, its name otherwise."""
    known = FIELDS.get(column)
    return known.title if known else Text(column, column)


def _titles(columns: Sequence[str]) -> Text:
    titles = [_title(column) for column in columns]
    return Text("、".join(title.zh for title in titles), ", ".join(title.en for title in titles))


def check_columns(columns: Sequence[str]) -> Check:
    """Every declared column is there."""
    params = {"column_set": sorted(columns), "exact_match": False}
    sentence = Text("声明的列都在", "every declared column is present")
    return Check("columns_present", "ExpectTableColumnsToMatchSet", params, (), "critical", sentence)


def check_filled(column: str, severity: Severity = "critical", share: float = 1.0) -> Check:
    """At least `share` of the cells of `column` are filled."""
    title = _title(column)
    sentence = (
        Text(f"“{title.zh}”不得为空", f"'{title.en}' is never empty")
        if share >= 1
        else Text(f"“{title.zh}”至少 {share:.0%} 有值", f"'{title.en}' is filled in at least {share:.0%} of rows")
    )
    name = f"filled:{column}" if share >= 1 else f"mostly_filled:{column}"
    return Check(name, "ExpectColumnValuesToNotBeNull", {"column": column, "mostly": share}, (column,), severity, sentence)


def check_unique(columns: Sequence[str], severity: Severity) -> Check:
    """No two rows share the values of `columns`."""
    title = _titles(columns)
    sentence = Text(f"“{title.zh}”不重复", f"no two rows share the same {title.en}")
    if len(columns) == 1:
        return Check("key_unique", "ExpectColumnValuesToBeUnique", {"column": columns[0]}, tuple(columns), severity, sentence)
    params = {"column_list": list(columns), "ignore_row_if": "never"}
    return Check("key_unique", "ExpectCompoundColumnsToBeUnique", params, tuple(columns), severity, sentence)


def check_text(column: str) -> Check:
    """Identity numbers are text: a number loses digits."""
    sentence = Text(f"“{column}”按文本保存", f"'{column}' is kept as text")
    return Check(f"text:{column}", "ExpectColumnValuesToBeOfType", {"column": column, "type_": "str"}, (column,), "critical", sentence)


def check_volume(bounds: tuple[float, float], registered: int) -> Check:
    """The roll is about as long as usual for the size of the district."""
    low, high = (round(bound * registered / 1000) for bound in bounds)
    sentence = Text(f"行数在 {low} 至 {high} 之间", f"between {low} and {high} rows, as usual for a district of this size")
    params = {"min_value": low, "max_value": high}
    return Check("row_volume", "ExpectTableRowCountToBeBetween", params, (), "warning", sentence)


def find_landed_checks(roll: Roll, registered: int | None = None) -> tuple[Check, ...]:
    """Return the checks of one landed roll.

    Args:
        roll: the declaration.
        registered: people on the household register; without it the row volume is not judged.
    """
    required = [name for name, column in roll.columns.items() if not column.optional]
    numbers = [name for name, column in roll.columns.items() if column.kind == "identity_number"]
    checks = [check_columns([*LANDED_COLUMNS, *required]), check_filled("row_id")]
    checks.append(check_unique(["row_id"], "critical"))
    checks += [check_filled(name) for name, column in roll.columns.items() if column.required]
    checks += [check_text(name) for name in numbers]
    checks += [check_filled(name, "warning", share) for name, share in roll.expect.fill.items()]
    if roll.key:
        unique = check_unique(roll.key, "warning")
        checks.append(Check("declared_key_unique", unique.expectation, unique.params, unique.columns, "warning", unique.sentence))
    if roll.expect.rows_per_1000_registered and registered:
        checks.append(check_volume(roll.expect.rows_per_1000_registered, registered))
    return tuple(checks)


def _check_codes(table: str, column: str) -> Check | None:
    codes = FIELDS[column].codes
    if codes is None or (column == "reason_code" and table in FREE_REASONS):
        return None
    title = FIELDS[column].title
    sentence = Text(f"“{title.zh}”只用代码表中的代码", f"'{title.en}' only uses codes of its list")
    params = {"column": column, "value_set": sorted(CODE_LISTS[codes])}
    return Check(f"code:{column}", "ExpectColumnValuesToBeInSet", params, (column,), "critical", sentence)


def _check_month(column: str) -> Check:
    title = FIELDS[column].title
    sentence = Text(f"“{title.zh}”写作 YYYY-MM", f"'{title.en}' is written YYYY-MM")
    return Check(
        f"month:{column}", "ExpectColumnValuesToMatchRegex", {"column": column, "regex": MONTH_REGEX}, (column,), "critical", sentence
    )


def _check_share(column: str) -> Check:
    title = FIELDS[column].title
    sentence = Text(f"“{title.zh}”在 0 与 1 之间", f"'{title.en}' lies between 0 and 1")
    params = {"column": column, "min_value": 0, "max_value": 1}
    return Check(f"share:{column}", "ExpectColumnValuesToBeBetween", params, (column,), "critical", sentence)


def _check_order(first: str, last: str, severity: Severity) -> Check:
    low, high = FIELDS[first].title, FIELDS[last].title
    sentence = Text(f"“{low.zh}”不晚于“{high.zh}”", f"'{low.en}' is not after '{high.en}'")
    params = {"column_A": last, "column_B": first, "or_equal": True, "ignore_row_if": "either_value_is_missing"}
    return Check(f"order:{first}", "ExpectColumnPairValuesAToBeGreaterThanB", params, (first, last), severity, sentence)


def _check_amount(column: str, has_kind: bool) -> Check:
    title = FIELDS[column].title
    sentence = Text(f"“{title.zh}”不为负（追缴、冲销除外）", f"'{title.en}' is not negative, save recoveries and reversals")
    condition = " and ".join(f'benefit_kind_code != "{kind}"' for kind in NEGATIVE_KINDS) if has_kind else None
    columns = (column, "benefit_kind_code") if has_kind else (column,)
    params = {"column": column, "min_value": 0}
    return Check(f"amount:{column}", "ExpectColumnValuesToBeBetween", params, columns, "warning", sentence, condition)


def find_table_checks(table: str) -> tuple[Check, ...]:
    """Return the checks of one published table, all derived from its declaration."""
    declared = TABLES[table]
    columns, key = declared.columns, declared.key
    ours: Severity = "warning" if declared.group in SOURCE_GROUPS or table in EVIDENCE_TABLES else "critical"
    checks = [check_columns(columns)]
    checks += [check_filled(column) for column in key if column not in NULLABLE_KEYS]
    checks.append(check_unique(key, "critical"))
    checks += [check for column in columns if (check := _check_codes(table, column))]
    checks += [_check_month(column) for column in columns if column == "month" or column.endswith("_month")]
    checks += [_check_share(column) for column in columns if column in SHARES]
    checks += [_check_order(first, last, ours) for first, last in PAIRS if {first, last} <= set(columns)]
    amounts = [column for column in ("amount", "excess_amount") if column in columns and table not in SIGNED_TABLES]
    checks += [_check_amount(column, "benefit_kind_code" in columns) for column in amounts]
    if table == "findings":
        sentences = ("sentence_zh", "sentence_en", "suggestion_zh", "suggestion_en", "legal_basis", "department", "rule_id")
        checks += [check_filled(column) for column in sentences]
    return tuple(checks)
