"""The list of the property, justice and civil register rolls.

Belongs here: the list. Does not belong here: any roll's shape (the modules it names).
"""

from simulation.rolls.civil_events import CREMATIONS, MARRIAGES
from simulation.rolls.justice import COMMUNITY_CORRECTION, DETAINED, JUDICIAL_AID, LEGAL_AID, RESETTLEMENT
from simulation.rolls.market import BUSINESSES
from simulation.rolls.payroll import HOUSING_FUND, OFFICIAL_KIN, PAYROLL
from simulation.rolls.property import HOME_SALES, HOUSE_REPAIRS, REAL_ESTATE
from simulation.rolls.shape import Shape
from simulation.rolls.vehicles import VEHICLES

BELONGINGS: tuple[Shape, ...] = (
    HOUSE_REPAIRS,
    REAL_ESTATE,
    HOME_SALES,
    VEHICLES,
    DETAINED,
    JUDICIAL_AID,
    COMMUNITY_CORRECTION,
    RESETTLEMENT,
    LEGAL_AID,
    PAYROLL,
    OFFICIAL_KIN,
    BUSINESSES,
    HOUSING_FUND,
    MARRIAGES,
    CREMATIONS,
)
