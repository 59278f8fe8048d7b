"""The rolls this district delivers, in the order of their codes.

Belongs here: the list. Does not belong here: any roll's shape.
"""

from simulation.rolls.belongings import BELONGINGS
from simulation.rolls.charities import CHARITY, RED_CROSS
from simulation.rolls.civil_affairs import DIBAO_HOUSEHOLDS, DIBAO_MEMBERS, TEKUN
from simulation.rolls.civil_affairs_payments import DISABILITY_ALLOWANCES, MEDICAL_AID, OLD_AGE_ALLOWANCE, TEMPORARY_AID
from simulation.rolls.community import COMMUNITY
from simulation.rolls.disabled_federation import DISABILITY_CERTIFICATES
from simulation.rolls.education import SCHOOL_REGISTER, STUDENT_AID
from simulation.rolls.finance import ONE_CARD_LEDGER
from simulation.rolls.health import NRCMS_BILLS, NRCMS_ENROLMENT
from simulation.rolls.housing import PUBLIC_HOUSING
from simulation.rolls.livelihoods import LIVELIHOODS
from simulation.rolls.public_security import DEATHS, HUKOU
from simulation.rolls.shape import Shape
from simulation.rolls.windows import GRID_LEADS, ONE_DOOR

SHAPES: tuple[Shape, ...] = (
    DIBAO_HOUSEHOLDS,
    DIBAO_MEMBERS,
    TEKUN,
    TEMPORARY_AID,
    DISABILITY_ALLOWANCES,
    DISABILITY_CERTIFICATES,
    OLD_AGE_ALLOWANCE,
    NRCMS_ENROLMENT,
    NRCMS_BILLS,
    MEDICAL_AID,
    SCHOOL_REGISTER,
    STUDENT_AID,
    PUBLIC_HOUSING,
    HUKOU,
    DEATHS,
    CHARITY,
    RED_CROSS,
    GRID_LEADS,
    ONE_DOOR,
    ONE_CARD_LEDGER,
    *COMMUNITY,
    *LIVELIHOODS,
    *BELONGINGS,
)
