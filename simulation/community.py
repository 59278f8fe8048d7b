"""What neighbours, villages, firms and charities do for people, and children in difficulty.

Belongs here: which parts there are and the order in which they are drawn. Does not belong here: any part itself, or how a
roll looks (`simulation.rolls`).
"""

from dataclasses import dataclass

import polars as pl

from simulation.aid import AidFrames
from simulation.children import draw_children
from simulation.crowdfunding import draw_crowdfunding
from simulation.dibao_reviews import draw_reviews
from simulation.donations import draw_donations
from simulation.neighbours import draw_pairings, draw_parcels, draw_village_gifts
from simulation.referrals import draw_clan_leads, draw_referrals, draw_volunteer_leads
from simulation.school_gifts import draw_school_gifts
from simulation.setting import Setting


@dataclass(frozen=True)
class Community:
    """Frames of the community rolls. Money is Int64 in fen, dates are Date, months text YYYY-MM.

    children: child, person, category (孤儿/事实无人抚养儿童/困境儿童), care_form (集中/散居), father_state,
        mother_state (死亡, 服刑 …), guardian, guardian_word, from_month
    reviews: review, case, kind (调增/调减), reason, reported_month, executed_month, members_before, amount_before
    school_gifts: gift, person, school, batch, years, kind, hardship, income, earlier, amount, giver, paid_date; gifts of the
        charity federation repeat its own payments
    parcels: parcel, person (head), year, goods, value, signed_by, given_date
    pairings: pairing, person (head), firm, helper, members, measure, amount, given_date
    village_gifts: gift, person, name_style (full, nickname, big_head, wife), husband, reason, amount (null when goods), goods,
        given_date
    donations: donation, person (null for a firm), contact (of a firm), donor, fund, conditions, amount, purpose, used, donated_date
    crowdfunding: project, person (the patient), starter, platform, disease, target, raised, started_date, says_place
    volunteer_leads, clan_leads: lead, person, kind, story, band, reported_date, has_number, has_applied
    referrals: referral, person, sender, receiver, need, service, amount, referred_date, accepted_date, from_date, to_date,
        outcome, feedback_date (dates are null for what has not happened)
    """

    children: pl.DataFrame
    reviews: pl.DataFrame
    school_gifts: pl.DataFrame
    parcels: pl.DataFrame
    pairings: pl.DataFrame
    village_gifts: pl.DataFrame
    donations: pl.DataFrame
    crowdfunding: pl.DataFrame
    volunteer_leads: pl.DataFrame
    clan_leads: pl.DataFrame
    referrals: pl.DataFrame


def build_community(setting: Setting, persons: pl.DataFrame, students: pl.DataFrame, aid: AidFrames) -> Community:
    """Return the frames; every draw comes from streams of its own, so that nothing drawn elsewhere changes."""
    return Community(
        children=draw_children(setting, aid),
        reviews=draw_reviews(setting, aid.dibao_cases),
        school_gifts=draw_school_gifts(setting, students, aid),
        parcels=draw_parcels(setting, aid),
        pairings=draw_pairings(setting, aid),
        village_gifts=draw_village_gifts(setting, persons, aid),
        donations=draw_donations(setting),
        crowdfunding=draw_crowdfunding(setting, aid),
        volunteer_leads=draw_volunteer_leads(setting, aid),
        clan_leads=draw_clan_leads(setting, aid),
        referrals=draw_referrals(setting),
    )
