"""Two months from deliveries to reports, through the installed command."""

import json
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.integration.conftest import Deployment, call_tuodi

PUBLISHED = {
    "registry": {
        "mentions",
        "persons",
        "households",
        "household_members",
        "person_mentions",
        "pairs",
        "profiles",
        "relations",
        "id_history",
        "link_reviews",
    },
    "aid": {"benefits", "needs", "statuses", "cases"},
    "findings": {"findings", "finding_evidence", "finding_events"},
    "quality": {"deliveries", "quarantine", "check_results", "roll_quality"},
    "meta": {"run_facts"},
}


def test_help_answers_at_once() -> None:
    def seconds() -> float:
        started = time.perf_counter()
        assert call_tuodi("--help").code == 0
        return time.perf_counter() - started

    assert min(seconds() for _ in range(5)) < 0.5


def test_run_reports_each_month(deployment: Deployment) -> None:
    months = json.loads(deployment.ran.out)
    assert [month["month"] for month in months] == ["2016-05", "2016-06"]
    assert all(month["stages"].keys() >= {"landed", "statement", "resolve", "apply_rules", "warehouse"} for month in months)


def test_warehouse_holds_every_declared_table(deployment: Deployment) -> None:
    path = deployment.home / "warehouse" / "warehouse_2016-06.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute("select schema_name, table_name, comment, estimated_size from duckdb_tables()").fetchall()
        silent = connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal and comment is null"
        ).fetchall()
        persons = connection.execute("select count(*), count(distinct person_id) from registry.persons").fetchall()[0]
    tables = {schema: {name for s, name, _, _ in found if s == schema} for schema in PUBLISHED}
    assert all(tables[schema] >= names for schema, names in PUBLISHED.items())
    assert all(comment for _, _, comment, _ in found)
    assert silent == []
    assert persons[0] == persons[1] > 3000


def test_every_row_is_accounted_for(deployment: Deployment) -> None:
    deliveries = pl.read_parquet(deployment.home / "months" / "2016-06" / "deliveries.parquet")
    sums = pl.sum_horizontal("landed_count", "quarantined_count", "refused_count", "skipped_count")
    assert deliveries.filter(sums != pl.col("row_count")).is_empty()
    assert deliveries["roll"].n_unique() >= 17


def test_ids_last_from_month_to_month(deployment: Deployment) -> None:
    def people(month: str) -> pl.DataFrame:
        return pl.read_parquet(deployment.home / "months" / month / "person_mentions.parquet").select("mention_id", "person_id")

    both = people("2016-05").join(people("2016-06"), on="mention_id", suffix="_later")
    assert both.height > 5000
    assert both.filter(pl.col("person_id") == pl.col("person_id_later")).height / both.height > 0.99


def test_second_run_and_one_thread_give_the_same_content(deployment: Deployment, tmp_path: Path) -> None:
    first = call_tuodi("digest", "--home", str(deployment.home), "--month", "2016-05").out
    again = call_tuodi("run", "--home", str(tmp_path / "home"), "--inbox", str(deployment.inbox), "--month", "2016-05",
                       POLARS_MAX_THREADS="1", TUODI_THREADS="1")  # fmt: skip
    assert again.code == 0, again.err
    assert first == call_tuodi("digest", "--home", str(tmp_path / "home")).out
    assert len(first.strip()) == 64


def test_rerun_of_a_month_changes_nothing(deployment: Deployment) -> None:
    before = call_tuodi("digest", "--home", str(deployment.home)).out
    again = call_tuodi("run", "--home", str(deployment.home), "--inbox", str(deployment.inbox), "--month", "2016-06")
    assert again.code == 0, again.err
    assert call_tuodi("digest", "--home", str(deployment.home)).out == before


def test_evaluate_prints_its_stable_json(deployment: Deployment) -> None:
    answer = call_tuodi("evaluate", "--home", str(deployment.home), "--truth", str(deployment.truth), "--json")
    assert answer.code == 0, answer.err
    result = json.loads(answer.out)
    assert set(result) == {"persons", "persons_without_id", "households", "findings", "naive"}
    assert set(result["persons"]) == set(result["persons_without_id"]) == {"precision", "recall", "f1", "bcubed_f1"}
    assert set(result["households"]) == {"hukou", "aid", "residence"}
    assert all(set(measure) == {"pair_precision", "pair_recall", "pair_f1"} for measure in result["households"].values())
    assert all(set(measure) == {"planted", "found", "true_found", "precision", "recall"} for measure in result["findings"].values())
    assert result["persons"]["precision"] > 0.99


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_explain_shows_both_sides(deployment: Deployment, lang: str) -> None:
    findings = pl.read_parquet(deployment.home / "months" / "2016-06" / "findings.parquet")
    duplicate = findings.filter((pl.col("finding_kind_code") == "duplicate") & pl.col("other_programme_code").is_not_null()).sort(
        "finding_id"
    )
    finding = duplicate.row(0, named=True)
    answer = call_tuodi("explain", finding["finding_id"], "--home", str(deployment.home), "--lang", lang)
    assert answer.code == 0, answer.err
    assert finding["rule_id"] in answer.out
    evidence = pl.read_parquet(deployment.home / "months" / "2016-06" / "finding_evidence.parquet").filter(
        pl.col("finding_id") == finding["finding_id"]
    )
    assert evidence.height >= 2
    assert finding["legal_basis"].split("（")[0][:6] in answer.out


def test_reports_are_there_and_reproducible(deployment: Deployment) -> None:
    folder = deployment.home / "reports" / "2016-06"
    before = {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    assert {"overview.html", "civil_affairs_2016-06.xlsx", "charity_federation_2016-06.xlsx"} <= before.keys()
    answer = call_tuodi("report", "--home", str(deployment.home), "--json")
    assert answer.code == 0, answer.err
    assert len(json.loads(answer.out)) == len(before)
    assert before == {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_home_is_private(deployment: Deployment) -> None:
    loose = [path for path in deployment.home.rglob("*") if path.stat().st_mode & 0o077 and "warehouse" not in path.parts]
    assert loose == []


def test_doctor_finds_a_well_home_and_an_ill_one(deployment: Deployment, tmp_path: Path) -> None:
    well = call_tuodi("doctor", "--home", str(deployment.home), "--inbox", str(deployment.inbox), "--json")
    assert well.code == 0, well.out
    ill = call_tuodi("doctor", "--home", str(deployment.home), "--inbox", str(tmp_path / "nowhere"), "--json")
    assert ill.code == 2
    assert [check["name"] for check in json.loads(ill.out) if not check["is_well"]] == ["inbox"]


def test_dagster_reads_the_same_definitions(deployment: Deployment) -> None:
    code = "from pipelines.definitions import defs; d = defs(); print(len(d.resolve_all_asset_keys()), len(list(d.resolve_all_job_defs())))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) > 40
