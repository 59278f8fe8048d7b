"""A critical expectation that fails keeps the warehouse as it was; a passing one lets it be published anew."""

import shutil
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from dagster._core.errors import DagsterAssetCheckFailedError

from pipelines.definitions import build_definitions
from pipelines.jobs import MONTHLY_JOB
from pipelines.monthly import QUIET
from pipelines.resources import Home
from registry.warehouse import content_digest, find_current
from tests.integration.conftest import Deployment

MONTH = "2016-06"


def publish_again(home: Home) -> None:
    """Validate and publish a month whose frames are there already."""
    job = build_definitions(home).resolve_job_def(MONTHLY_JOB)
    selection = [dg.AssetKey("check_results"), dg.AssetKey("warehouse")]
    with dg.DagsterInstance.ephemeral() as instance:
        job.execute_in_process(partition_key=MONTH, instance=instance, run_config=QUIET, asset_selection=selection)


def test_broken_table_is_not_published(deployment: Deployment, tmp_path: Path) -> None:
    root = Path(shutil.copytree(deployment.home, tmp_path / "home"))
    home = Home(root=str(root), inbox=str(deployment.inbox), district_name="q_district")
    published = find_current(root / "warehouse")
    before, digest = published.read_bytes(), content_digest(published)

    persons = home.read(MONTH, "persons")
    home.write(MONTH, "persons", pl.concat([persons, persons.head(1)]))
    with pytest.raises(DagsterAssetCheckFailedError):
        publish_again(home)
    failed = home.read(MONTH, "check_results").filter(pl.col("is_blocking") & ~pl.col("is_passed"))
    assert set(failed["table_name"]) == {"persons"}
    assert find_current(root / "warehouse").read_bytes() == before

    home.write(MONTH, "persons", persons)
    publish_again(home)
    assert content_digest(find_current(root / "warehouse")) == digest
