"""A simulated year of 36,000 people at normal noise, judged against its hidden truth; the plain id join stands beside.

The seed differs from those the settings were chosen on. The result is recorded in benchmarks/results/.
"""

import json
import os
from typing import Any

import pytest

from quality.evaluation import pool_measures
from tests.integration.conftest import ROOT, call_tuodi

pytestmark = [pytest.mark.accuracy, pytest.mark.timeout(3000)]
PEOPLE = int(os.environ.get("PEOPLE", "36000"))
MONTHS = os.environ.get("MONTHS", "2016-01:2016-12")
SEED = os.environ.get("SEED", "20161231")
RULES = ("A01", "A03", "A06", "A21", "A22", "A23", "M01", "M02", "M03", "M05", "M06", "M13")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The year, simulated, run and judged."""
    inbox, home = tmp_path_factory.mktemp("year") / "deliveries", tmp_path_factory.mktemp("year") / "home"
    simulated = call_tuodi("simulate", "--people", str(PEOPLE), "--months", MONTHS, "--seed", SEED, "--out", str(inbox), "--json")
    assert simulated.code == 0, simulated.err
    ran = call_tuodi("run", "--home", str(home), "--inbox", str(inbox), "--months", MONTHS, "--json")
    assert ran.code == 0, ran.err
    answer = call_tuodi("evaluate", "--home", str(home), "--truth", str(inbox / "truth"), "--json")
    assert answer.code == 0, answer.err
    result: dict[str, Any] = json.loads(answer.out)
    record = {
        "people": PEOPLE,
        "months": MONTHS,
        "seed": SEED,
        "simulation": json.loads(simulated.out),
        "runs": json.loads(ran.out),
        **result,
    }
    (ROOT / "benchmarks" / "results").mkdir(parents=True, exist_ok=True)
    (ROOT / "benchmarks" / "results" / f"accuracy_{PEOPLE}.json").write_text(
        json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return result


def pooled(measures: dict[str, Any]) -> tuple[float, float]:
    """Precision and recall over the rules of the bar together."""
    together = pool_measures({rule: measures[rule] for rule in RULES if rule in measures})
    return together["precision"], together["recall"]


def test_persons(judged: dict[str, Any]) -> None:
    assert judged["persons"]["precision"] >= 0.995
    assert judged["persons"]["recall"] >= 0.97


def test_persons_without_a_usable_number(judged: dict[str, Any]) -> None:
    """Big rolls with numbers must not hide the hard ones."""
    assert judged["persons_without_id"]["precision"] >= 0.95
    assert judged["persons_without_id"]["recall"] >= 0.60


def test_aid_households(judged: dict[str, Any]) -> None:
    assert judged["households"]["aid"]["pair_f1"] >= 0.93


def test_findings(judged: dict[str, Any]) -> None:
    precision, recall = pooled(judged["findings"])
    assert precision >= 0.85
    assert recall >= 0.90


def test_naive_join_is_far_behind(judged: dict[str, Any]) -> None:
    """The year must be hard: a plain join would send a clerk to the wrong door two times in three."""
    precision, _ = pooled(judged["naive"])
    assert precision <= 0.5
    assert pooled(judged["findings"])[0] - precision >= 0.35


def test_every_rule_is_put_to_the_test(judged: dict[str, Any]) -> None:
    assert {rule for rule in RULES if judged["findings"].get(rule, {}).get("planted", 0) >= 5} == set(RULES)
