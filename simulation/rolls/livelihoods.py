"""The list of the health and social security rolls.

Belongs here: the list. Does not belong here: any roll's shape (the modules it names).
"""

from simulation.rolls.certificates import BIRTH_CERTIFICATES, DEATH_CERTIFICATES
from simulation.rolls.employment import HARD_TO_PLACE, JOBLESS_FAMILIES, POSTS, UNEMPLOYMENT
from simulation.rolls.insurance import CONTRIBUTIONS, HEALTH_INSURANCE
from simulation.rolls.patients import GRAVE_PATIENTS, MENTAL_PATIENTS, SIGNED_CARE
from simulation.rolls.pensions import EMPLOYEE_PENSION, RESIDENT_PENSION
from simulation.rolls.shape import Shape

LIVELIHOODS: tuple[Shape, ...] = (
    HEALTH_INSURANCE,
    SIGNED_CARE,
    GRAVE_PATIENTS,
    MENTAL_PATIENTS,
    DEATH_CERTIFICATES,
    BIRTH_CERTIFICATES,
    RESIDENT_PENSION,
    EMPLOYEE_PENSION,
    CONTRIBUTIONS,
    UNEMPLOYMENT,
    POSTS,
    HARD_TO_PLACE,
    JOBLESS_FAMILIES,
)
