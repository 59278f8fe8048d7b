"""The list of the community rolls.

Belongs here: the list. Does not belong here: any roll's shape (the modules it names).
"""

from simulation.rolls.children import CHILDREN
from simulation.rolls.dibao_changes import DIBAO_CHANGES, DIBAO_PAYMENTS
from simulation.rolls.donations import DONATIONS
from simulation.rolls.leads import CLAN_LEADS, CROWDFUNDING, VOLUNTEER_LEADS
from simulation.rolls.neighbours import PAIRINGS, PARCELS, VILLAGE_STATIONS
from simulation.rolls.referrals import REFERRALS
from simulation.rolls.school_gifts import SCHOOL_GIFTS
from simulation.rolls.shape import Shape

COMMUNITY: tuple[Shape, ...] = (
    DIBAO_CHANGES,
    DIBAO_PAYMENTS,
    CHILDREN,
    SCHOOL_GIFTS,
    DONATIONS,
    PARCELS,
    PAIRINGS,
    VILLAGE_STATIONS,
    CROWDFUNDING,
    VOLUNTEER_LEADS,
    CLAN_LEADS,
    REFERRALS,
)
