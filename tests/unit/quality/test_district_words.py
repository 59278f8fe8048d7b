"""The rules of Q区 speak the words of its rolls: a cause, step or fund that no roll can state would silence a rule."""

import pytest

from quality.engine import RULE_FAMILIES
from registry.district import District, Rule, load_district

Q_DISTRICT = load_district("q_district")
WORDS = ("causes", "open_steps", "medical_causes", "charity_funds", "stay_visits", "status_values", "fallback_values")
PROGRAMMES = (
    "programme",
    "lacking",
    "holder_programmes",
    "excluded_programmes",
    "shared_programmes",
    "class_programmes",
    "helps",
    "givers",
    "medical_aid",
)
ROLLS = ("paying_roll", "ignore_rolls")


def values(rule: Rule, names: tuple[str, ...]) -> set[str]:
    """Return every value the rule gives for the named parameters."""
    found: set[str] = set()
    for name in names:
        value = rule.params.get(name, [])
        found |= {value} if isinstance(value, str) else set(value)  # type: ignore[call-overload]
    return found


def stated_words(district: District) -> set[str]:
    """Return every code that a lookup or a constant of a roll can state."""
    words: set[str] = set()
    for roll in district.rolls.values():
        words |= {code for lookup in roll.lookups.values() for code in lookup.values()}
        clauses = (*roll.benefits, *roll.needs, *roll.statuses, *roll.cases)
        words |= {field[1:] for clause in clauses for field in clause.fields.values() if field.startswith("=")}
    return words


@pytest.mark.parametrize("rule", Q_DISTRICT.rules.values(), ids=lambda rule: rule.rule_id)
def test_rule_speaks_of_what_the_district_has(rule: Rule) -> None:
    assert rule.family in RULE_FAMILIES
    assert rule.owner in Q_DISTRICT.settings.departments
    assert values(rule, WORDS) <= stated_words(Q_DISTRICT)
    assert values(rule, PROGRAMMES) <= set(Q_DISTRICT.programmes)
    assert values(rule, ROLLS) <= set(Q_DISTRICT.rolls)
    numbers = {row.number for row in Q_DISTRICT.compatibility}
    assert set(rule.params.get("matrix", [])) <= numbers  # type: ignore[call-overload]


def test_every_family_is_used_and_every_rule_checks_exceptions() -> None:
    assert {rule.family for rule in Q_DISTRICT.rules.values()} == set(RULE_FAMILIES)
    assert all(rule.exceptions for rule in Q_DISTRICT.rules.values())


def test_matrix_names_known_programmes() -> None:
    known = set(Q_DISTRICT.programmes) | {"ANY", "FUND"}
    assert {code for row in Q_DISTRICT.compatibility for code in (row.a, row.b, row.yields or row.a)} <= known
    assert {item.department for item in Q_DISTRICT.programmes.values()} <= set(Q_DISTRICT.settings.departments)
