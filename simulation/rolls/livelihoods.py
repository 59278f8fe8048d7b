"""The list of the health and social security rolls.

Belongs here: the list. Does not belong here: any roll's shape (the modules it names).
"""

from simulation.rolls.shape import Shape

LIVELIHOODS: tuple[Shape, ...] = ()
