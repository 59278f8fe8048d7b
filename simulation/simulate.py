"""A made-up district: its world, the deliveries of its departments, and the truth beside them.

Belongs here: the order of the work and its report. Does not belong here: any part of the work.
"""

import time
from collections.abc import Callable
from pathlib import Path

from registry.district import District
from registry.errors import ConfigError
from simulation.defects import Clerk, seat_clerk, type_roll
from simulation.rates import read_noise
from simulation.rolls.catalogue import SHAPES
from simulation.rolls.shape import Shape, is_due, list_months
from simulation.rolls.view import View
from simulation.sheets import lay_out
from simulation.truth import find_mentions, write_mentions, write_world
from simulation.world import build_world
from simulation.write import write_files

FEWEST = 500


def simulate(
    people: int, months: tuple[str, str], seed: int, noise: str | Path, out: Path, district: District, progress: Callable[[str], None]
) -> dict[str, int | float]:
    """Write a made-up district's deliveries and their truth under `out`.

    Args:
        people: residents; at least 500.
        months: first and last month, YYYY-MM.
        seed: the same seed writes the same bytes.
        noise: low, normal, high or the path of a noise file.
        out: gets `<month>/<department>/…` and `truth/…`.
        district: its rolls say which departments deliver what.
        progress: gets one line a step.

    Returns:
        people (as asked), persons (with those away and incomers), files, rows and seconds.

    Raises:
        ConfigError: the noise file or the number of people cannot be used.
    """
    started = time.perf_counter()
    rates = read_noise(noise)
    if people < FEWEST:
        raise ConfigError(f"人数至少 {FEWEST}，现为 {people}", f"at least {FEWEST} people, got {people}")
    asked = list_months(*months)
    world = build_world(people, asked, seed)
    progress(f"world: {world.persons.height:,} persons, {time.perf_counter() - started:.1f} s")
    write_world(world, out / "truth")
    files = rows = 0
    for month in asked:
        clerk = seat_clerk(View(world, month, asked[0], seed), rates)
        counts = [
            deliver_roll(shape, clerk, out, district) for shape in SHAPES if shape.roll in district.rolls and is_due(shape, month, asked[0])
        ]
        files, rows = files + sum(count[0] for count in counts), rows + sum(count[1] for count in counts)
        progress(f"{month}: {sum(c[0] for c in counts)} files, {sum(c[1] for c in counts):,} rows, {time.perf_counter() - started:.1f} s")
    seconds = round(time.perf_counter() - started, 1)
    return {"people": people, "persons": world.persons.height, "files": files, "rows": rows, "seconds": seconds}


def deliver_roll(shape: Shape, clerk: Clerk, out: Path, district: District) -> tuple[int, int]:
    """Write one roll of one month with its truth; return the numbers of files and rows. A roll without rows is not sent."""
    month = clerk.view.month
    rows = type_roll(shape, clerk)
    if not rows.height:
        return 0, 0
    files = lay_out(shape, rows, month, clerk.view.seed)
    folder = out / month / district.rolls[shape.roll].department
    count = write_files(files, folder)
    write_mentions(find_mentions(shape, files, month), out / "truth")
    return count, rows.height
