"""What Dagster loads: every asset, check, job and schedule of one district.

Belongs here: putting the pieces together from a district and a home. Does not belong here: any logic.
Environment: TUODI_DISTRICT (folder or name), TUODI_HOME, TUODI_INBOX; all have defaults for a look at the demo.
"""

import os

import dagster as dg

from pipelines.assets.findings import build_check_asset, build_finding_assets, build_intake_tables
from pipelines.assets.intake import build_inbox_asset, build_landed_asset
from pipelines.assets.publishing import build_report_asset, build_warehouse_asset
from pipelines.assets.registry_tables import (
    build_fact_assets,
    build_household_assets,
    build_mentions_asset,
    build_person_asset,
    build_resolve_asset,
)
from pipelines.checks import build_expectation_checks, build_roll_checks, build_rule_checks
from pipelines.jobs import build_monthly_job, build_months, build_schedule
from pipelines.resources import Home


def build_definitions(home: Home) -> dg.Definitions:
    """Return the definitions of the district that `home` names."""
    district = home.district
    months = build_months(district.settings.first_month)
    job = build_monthly_job()
    assets = [
        build_inbox_asset(months),
        *(build_landed_asset(roll, district, months) for roll in district.rolls.values()),
        build_mentions_asset(district, months),
        build_resolve_asset(months),
        build_fact_assets(months),
        build_person_asset(months),
        build_household_assets(months),
        build_finding_assets(months),
        build_intake_tables(district, months),
        build_check_asset(district, months),
        build_warehouse_asset(months),
        build_report_asset(months),
    ]
    return dg.Definitions(
        assets=assets,
        asset_checks=[build_expectation_checks(district), build_roll_checks(district), build_rule_checks(district)],
        jobs=[job],
        schedules=[build_schedule(job)],
        resources={"home": home},
        executor=dg.in_process_executor,
    )


def home_from_environment() -> Home:
    """Return the home named by the environment, or the demo's."""
    return Home(
        root=os.environ.get("TUODI_HOME", "demo/home"),
        inbox=os.environ.get("TUODI_INBOX", "demo/deliveries"),
        district_name=os.environ.get("TUODI_DISTRICT", "q_district"),
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions of the deployment named by the environment; nothing is read before Dagster asks."""
    return build_definitions(home_from_environment())
