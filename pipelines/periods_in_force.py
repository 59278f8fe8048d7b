"""Which deliveries of a roll count in a month.

Belongs here: the choice among months already landed. Does not belong here: reading or interpreting rows.
"""

from registry.roll import Roll

MONTHS_BACK = 12
DUE_MONTHS = {"monthly": tuple(range(1, 13)), "quarterly": (3, 6, 9, 12), "semester": (4, 10), "yearly": (3,)}


def is_due(roll: Roll, month: str) -> bool:
    """Return whether a delivery of `roll` is expected in `month`."""
    return int(month[5:]) in DUE_MONTHS[roll.delivery.frequency]


def previous_months(month: str, count: int = MONTHS_BACK) -> list[str]:
    """Return the `count` months before `month`, latest first."""
    serial = int(month[:4]) * 12 + int(month[5:]) - 1
    return [f"{(serial - back) // 12:04d}-{(serial - back) % 12 + 1:02d}" for back in range(1, count + 1)]


def months_between(first: str, last: str) -> list[str]:
    """Return the months from `first` to `last`, both included."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{serial // 12:04d}-{serial % 12 + 1:02d}" for serial in range(start, end + 1)]


def select_in_force(roll: Roll, landed_months: list[str], *, latest_only: bool = False) -> list[str]:
    """Return the landed months whose rows count: all, the latest of each year for year-to-date ledgers, or the latest snapshot.

    `latest_only` asks for the present state of a snapshot roll (statuses and relations), not its history (benefits). A semester's
    list goes on speaking of its semester: a pupil who moved in autumn was still enrolled in spring.
    """
    if roll.delivery.content == "year_to_date":
        return sorted({month[:4]: month for month in sorted(landed_months)}.values())
    if roll.delivery.content == "snapshot" and latest_only and roll.delivery.frequency != "semester":
        return sorted(landed_months)[-1:]
    return sorted(landed_months)
