"""The list of the property, justice and civil register rolls.

Belongs here: the list. Does not belong here: any roll's shape (the modules it names).
"""

from simulation.rolls.shape import Shape

BELONGINGS: tuple[Shape, ...] = ()
