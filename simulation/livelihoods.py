"""How people earn, retire and fall ill: the frames of the health and social security rolls put together.

Belongs here: which frames there are and the order they are drawn in. Does not belong here: who is in one of these lists
(`simulation.employment`, `pensions`, `patients`, `vital_papers`), how a roll looks (`simulation.rolls`).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from simulation.aid import AidFrames
from simulation.calendar import dates, first_days
from simulation.employment import draw_employments, draw_hard_to_place, draw_jobless, draw_jobless_families, draw_posts, personal_numbers
from simulation.families import Mask
from simulation.patients import draw_grave_patients, draw_mental_patients, draw_signed_care
from simulation.pensions import draw_employee_pensions, draw_resident_pensions
from simulation.setting import Setting
from simulation.streams import pick_some
from simulation.vital_papers import draw_birth_certificates, draw_death_certificates

TOWN_INSURED = 11_500
"""People without work in the towns' scheme (城镇居民医保)."""


@dataclass(frozen=True)
class Livelihoods:
    """Frames of the health and social security rolls; months are text YYYY-MM, money is fen.

    employments: person, personal_number, employer_number, employer, base, from_month, to_month (null = goes on),
        is_in_health_insurance
    town_insured: person, personal_number, from_date (城镇居民医保: neither work nor rural insurance)
    employee_pensions, resident_pensions: person, personal_number, from_month, their amounts, account, and the stop:
        proof_month, proof_day, paid_to, resumes, told_month, gone_month (`simulation.pensions`)
    jobless: person, lost_date, months, rate, from_month, to_month, stop_reason, account
    posts: person, hardship, post, home_village, from_date, to_date, subsidy, insurance_subsidy
    hard_to_place: person, hardship, registered_date, recognised_date
    jobless_families: family, person, head, size, recognised_date
    signed_care: person, group, centre, doctor, signed_date, visited_after (days)
    grave_patients: person, year, kind, diagnosed_date, hospital, listed_date
    mental_patients: person, patient_number, diagnosis, risk, care_state, taking, guardian, has_agreement, reward, account
    death_certificates: person, place, cause, icd, relative, relation, report_date
    birth_certificates: person, number, hospital, issue_date
    """

    employments: pl.DataFrame
    town_insured: pl.DataFrame
    employee_pensions: pl.DataFrame
    resident_pensions: pl.DataFrame
    jobless: pl.DataFrame
    posts: pl.DataFrame
    hard_to_place: pl.DataFrame
    jobless_families: pl.DataFrame
    signed_care: pl.DataFrame
    grave_patients: pl.DataFrame
    mental_patients: pl.DataFrame
    death_certificates: pl.DataFrame
    birth_certificates: pl.DataFrame


def build_livelihoods(setting: Setting, persons: pl.DataFrame, students: pl.DataFrame, aid: AidFrames) -> Livelihoods:
    """Return the frames; every draw comes from streams of its own, so that nothing drawn elsewhere changes."""
    insured = persons["is_insured"].to_numpy()
    employments = draw_employments(setting, insured)
    retired = draw_employee_pensions(setting, insured, employments, persons)
    jobless = draw_jobless(setting, employments, persons["account"])
    posts = draw_posts(setting, employments, jobless)
    mental = draw_mental_patients(setting, aid.disabilities, persons["account"])
    return Livelihoods(
        employments=employments,
        town_insured=draw_town_insured(setting, insured, employments, retired),
        employee_pensions=retired,
        resident_pensions=draw_resident_pensions(setting, retired, persons),
        jobless=jobless,
        posts=posts,
        hard_to_place=draw_hard_to_place(setting, employments, jobless, posts),
        jobless_families=draw_jobless_families(setting, employments, posts),
        signed_care=draw_signed_care(setting, aid.disabilities, mental),
        grave_patients=draw_grave_patients(setting, aid.bills),
        mental_patients=mental,
        death_certificates=draw_death_certificates(setting),
        birth_certificates=draw_birth_certificates(setting),
    )


def draw_town_insured(setting: Setting, insured: Mask, employments: pl.DataFrame, retired: pl.DataFrame) -> pl.DataFrame:
    """Return registered people outside work, pension and the rural insurance who pay into the towns' scheme, infants not yet."""
    stream = setting.stream("town insurance")
    free = setting.people["is_local"] & ~insured & ~setting.people["is_away"] & setting.living(setting.first)
    free &= setting.people["birth_day"] < int(first_days(setting.first - 12))
    for frame in (employments, retired):
        free[frame["person"].to_numpy()] = False
    person = pick_some(stream, np.flatnonzero(free), setting.number(TOWN_INSURED, 10))
    since = first_days(setting.year_start - 12 * stream.integers(0, 7, len(person)))
    born = setting.people["birth_day"][person]
    since = np.where(since < born, first_days(setting.first - 6), since)
    return pl.DataFrame({"person": person, "personal_number": personal_numbers(person), "from_date": dates(since)})
