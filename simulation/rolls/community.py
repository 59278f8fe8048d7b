"""The list of the community rolls.

Belongs here: the list. Does not belong here: any roll's shape (the modules it names).
"""

from simulation.rolls.shape import Shape

COMMUNITY: tuple[Shape, ...] = ()
