"""Work and the want of it: who works where and pays into social insurance, who draws unemployment money, who holds a public post.

Belongs here: spells of employment, unemployment benefit, public welfare posts, people and families hard to place. Does not
belong here: pensions (`simulation.pensions`), how a roll looks (`simulation.rolls`).
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, ages_on, birth_months, dates, first_days, month_of, month_texts, months_of_days
from simulation.families import Mask
from simulation.setting import Setting
from simulation.streams import Generator, pick_some, pick_texts, pick_weighted

CONTRIBUTORS: Final = 55_000
ALSO_RURAL: Final = 21_500
"""Contributors whose family keeps them enrolled in rural cooperative insurance."""

DOUBLE_INSURED: Final = 5_000
"""Of those, the ones whose employer insures them for illness as well (重复参保, domain.md A20: 3,000 to 8,000)."""

TURNOVER: Final = 0.08
"""Share of the contributors who leave, and who enter, in a year."""

EMPLOYERS: Final = 1_200
FEWEST_EMPLOYERS: Final = 25
ON_THEIR_OWN: Final = 0.12
"""Share that pays for itself at the floor (灵活就业), no wage behind it."""

OWN_PAYERS: Final = "灵活就业人员"
FLOOR: Final = 240_000
TRADES: Final = ("石化", "机械", "鞋服", "水产", "建材", "石材", "物流", "食品", "包装", "港务", "工艺", "电子")
WORDS: Final = tuple("恒盛联泰兴源海宏顺达华金永鑫福新隆裕安丰")
FORMS: Final = {"有限公司": 70, "厂": 18, "合作社": 5, "股份有限公司": 7}

JOBLESS: Final = 400
JOBLESS_RATE: Final = 105_000
STILL_PAID: Final = 0.05
"""Share of former contributors whose employer still pays in the first month of the benefit (domain.md A28: 3 to 10 people)."""

STOP_REASONS: Final = {"期满": 55, "重新就业": 38, "其他": 7}
POSTS: Final = 320
POST_WORK: Final = {"村级保洁员": 34, "治安巡逻员": 20, "公共卫生协管": 14, "社区协理员": 16, "河道管护员": 10, "图书室管理员": 6}
POST_YEARS: Final = 3
HARD_TO_PLACE: Final = 1_100
HARDSHIPS: Final = {"4050": 52, "长期失业": 22, "低保": 12, "残疾": 14}
JOBLESS_FAMILIES: Final = 12
FEWEST_FAMILIES: Final = 2


def draw_employments(setting: Setting, insured: Mask) -> pl.DataFrame:
    """Return spells of employment, as `simulation.livelihoods.Livelihoods` describes them.

    Registered people outside the rural insurance come first, then workers from elsewhere; some stand in both insurances.
    """
    stream = setting.stream("employment")
    person = _choose_workers(setting, stream, insured)
    count = len(person)
    first, last = _draw_spells(setting, stream, person)
    alone = stream.random(count) < ON_THEIR_OWN
    firms = _name_employers(stream, setting.number(EMPLOYERS, FEWEST_EMPLOYERS))
    size = 1 / (np.arange(firms.height) + 3.0)
    firm = stream.choice(firms.height, size=count, p=size / size.sum())
    wage = np.clip(stream.lognormal(np.log(330_000), 0.35, count), FLOOR, 1_500_000).astype(np.int64) // 1000 * 1000
    rural = np.flatnonzero(insured[person])
    only_pension = np.ones(count, dtype=np.bool_)
    only_pension[rural] = False
    only_pension[pick_some(stream, rural, setting.number(DOUBLE_INSURED, 4))] = True
    own = pl.Series(alone)
    return pl.DataFrame(
        {
            "person": person,
            "personal_number": personal_numbers(person),
            "employer_number": firms["number"].gather(firm).set(own, "Q99999"),
            "employer": firms["name"].gather(firm).set(own, OWN_PAYERS),
            "base": np.where(alone, FLOOR, wage),
            "from_month": month_texts(first),
            "to_month": month_texts(last),
            "is_in_health_insurance": only_pension,
        }
    )


def personal_numbers(person: Whole) -> pl.Series:
    """Return the ten digits social insurance knows a person by."""
    return pl.Series((person * 7_919 + 1_000_003) % 900_000_001 + 3_000_000_000).cast(pl.String)


def _choose_workers(setting: Setting, stream: Generator, insured: Mask) -> Whole:
    people = setting.people
    years = (setting.last - setting.begin + 1) / 12
    wanted = round(setting.number(CONTRIBUTORS) * (1 + TURNOVER * years))
    able = is_of_working_age(setting)
    rural = pick_some(stream, np.flatnonzero(able & people["is_local"] & insured & ~people["is_away"]), setting.number(ALSO_RURAL, 8))
    guests = able & ~people["is_local"]
    guest_weight = np.where(_lives_alone(people["dwelling"], guests), 1.0, 0.02)
    weight = np.where(people["is_local"], np.where(people["is_away"], 0.3, 1.0) * ~insured, guest_weight)
    return np.sort(np.concatenate([rural, pick_weighted(stream, np.where(able, weight, 0.0), wanted - len(rural))]))


def _lives_alone(dwelling: Whole, chosen: Mask) -> Mask:
    """Return who is the only one in the dwelling: firms hire single workers from elsewhere; families mostly live off a stall."""
    alone: Mask = chosen & (np.bincount(dwelling)[dwelling] == 1)
    return alone


def is_of_working_age(setting: Setting) -> Mask:
    """Return who could have worked since the simulation began: grown up, not at school, men under 60 and women under 50 to the end."""
    people = setting.people
    age = ages_on(people["birth_day"], setting.today)
    in_age = (age >= 19) & (age < np.where(people["sex"] == 1, 60, 50))
    alive = (people["death_day"] == NEVER) | (people["death_day"] >= int(first_days(setting.begin)))
    at_school = np.zeros(setting.count, dtype=np.bool_)
    for mask in setting.dependence.students.values():
        at_school |= mask
    working: Mask = in_age & alive & ~at_school
    return working


def _draw_spells(setting: Setting, stream: Generator, person: Whole) -> tuple[Whole, Whole]:
    """Return first and last months (NEVER: goes on): most began long ago; as many enter as leave; nobody works beyond death or removal."""
    people, count = setting.people, len(person)
    years = (setting.last - setting.begin + 1) / 12
    moving = TURNOVER * years / (1 + TURNOVER * years)
    luck, inside = stream.random(count), stream.integers(setting.begin, setting.last + 1, count)
    first = np.where(luck < moving, inside, stream.integers(month_of(2006, 1), setting.begin, count))
    first = np.maximum(first, birth_months(people["birth_day"][person], 18))
    last = np.where(luck > 1 - moving, np.maximum(inside, first), NEVER)
    death, moved = people["death_day"][person], people["moved_day"][person]
    gone = np.where(death != NEVER, death, moved)
    end = np.where(gone == NEVER, 10**6, months_of_days(gone))
    last = np.minimum(np.where(last == NEVER, 10**6, last), end)
    return np.minimum(first, last), np.where(last == 10**6, NEVER, last)


def _name_employers(stream: Generator, count: int) -> pl.DataFrame:
    """Return invented firms: number, name."""
    names = pl.DataFrame({"one": WORDS}).join(pl.DataFrame({"two": WORDS}), how="cross").join(pl.DataFrame({"trade": TRADES}), how="cross")
    names = names.filter(pl.col("one") != pl.col("two")).select(pl.concat_str(pl.lit("Q区"), "one", "two", "trade").alias("name"))
    chosen = pl.Series(stream.permutation(names.height)[:count])
    return pl.DataFrame(
        {
            "number": pl.int_range(10_000, 10_000 + count, eager=True).cast(pl.String).str.replace("^", "Q"),
            "name": names["name"].gather(chosen) + pick_texts(stream, FORMS, count),
        }
    )


def draw_jobless(setting: Setting, employments: pl.DataFrame, accounts: pl.Series) -> pl.DataFrame:
    """Return unemployment benefits: person, lost_date, months (approved), rate (fen a month), from_month, to_month, stop_reason, account.

    They go to registered people, half of them with contributions on record.
    """
    stream = setting.stream("unemployment benefit")
    former = pick_some(stream, *_lost_work(setting, employments))
    idle = np.setdiff1d(_idle_people(setting, employments, 19), former)
    person = np.concatenate([former, pick_some(stream, idle, _count_jobless(setting) - len(former))])
    count = len(person)
    months = stream.integers(2, 5, count) * 6
    first = stream.integers(setting.first - 12, setting.last + 1, count)
    last_paid = _last_contributions(setting, employments)[person]
    overlaps = np.zeros(count, dtype=np.bool_)
    overlaps[pick_some(stream, range(len(former)), max(1, round(len(former) * STILL_PAID)))] = True
    first = np.where(last_paid == NEVER, first, last_paid + np.where(overlaps, 0, 1))
    early = stream.random(count) < 0.4
    last = first + np.where(early, np.minimum(stream.integers(2, 20, count), months), months) - 1
    return pl.DataFrame(
        {
            "person": person,
            "lost_date": dates(first_days(first) - stream.integers(3, 28, count)),
            "months": months,
            "rate": np.full(count, JOBLESS_RATE),
            "from_month": month_texts(first),
            "to_month": month_texts(last),
            "stop_reason": pick_texts(stream, STOP_REASONS, count).set(pl.Series(~early), "期满"),
            "account": accounts.gather(person),
        }
    )


def _count_jobless(setting: Setting) -> int:
    """Return how many draw at some time: those of the year before the first asked month and those who follow."""
    years = (setting.last - setting.first + 1) / 12
    return setting.number(JOBLESS * (1 + years), 6)


def _last_contributions(setting: Setting, employments: pl.DataFrame) -> Whole:
    """Return the last month with a contribution of everybody whose work has ended; NEVER for all others."""
    ended = employments.filter(pl.col("to_month").is_not_null())
    found = np.full(setting.count, NEVER)
    found[ended["person"].to_numpy()] = months_of_days((ended["to_month"] + "-01").str.to_date().to_physical().to_numpy())
    return found


def _lost_work(setting: Setting, employments: pl.DataFrame) -> tuple[Whole, int]:
    """Return the registered people whose work ended and who live here, and how many of them are to draw."""
    people = setting.people
    here = people["is_local"] & ~people["is_away"] & setting.living(setting.last)
    last = _last_contributions(setting, employments)
    lost = np.flatnonzero(here & (last != NEVER) & (last >= setting.first - 12) & (last < setting.last))
    return lost, _count_jobless(setting) // 2


def draw_posts(setting: Setting, employments: pl.DataFrame, jobless: pl.DataFrame) -> pl.DataFrame:
    """Return public welfare posts: person, hardship, post, employer, from_date, to_date, subsidy and insurance_subsidy (fen a month)."""
    stream = setting.stream("public posts")
    idle = np.setdiff1d(_idle_people(setting, employments, 30), jobless["person"].to_numpy())
    window = setting.last - setting.first + 12 * POST_YEARS - 1
    person = pick_some(stream, idle, setting.number(POSTS * window / (12 * POST_YEARS), 6))
    count = len(person)
    start = stream.integers(setting.first - 12 * POST_YEARS + 2, setting.last + 1, count)
    village = setting.people["home_village"][person]
    return pl.DataFrame(
        {
            "person": person,
            "hardship": pick_texts(stream, HARDSHIPS, count),
            "post": pick_texts(stream, POST_WORK, count),
            "home_village": village,
            "from_date": dates(first_days(start)),
            "to_date": dates(first_days(start + 12 * POST_YEARS) - 1),
            "subsidy": np.full(count, 130_000),
            "insurance_subsidy": np.full(count, 46_800),
        }
    )


def _idle_people(setting: Setting, employments: pl.DataFrame, age_from: int) -> Whole:
    """Return registered people of working age at home who never had a job on record, from a certain age on."""
    people = setting.people
    idle = is_of_working_age(setting) & people["is_local"] & ~people["is_away"] & setting.living(setting.last)
    idle &= ages_on(people["birth_day"], int(first_days(setting.first))) >= age_from
    idle[employments["person"].to_numpy()] = False
    return np.flatnonzero(idle)


def draw_hard_to_place(setting: Setting, employments: pl.DataFrame, jobless: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """Return people recognised as hard to place: person, hardship, registered_date, recognised_date.

    Holders of public posts are among them.
    """
    stream = setting.stream("hard to place")
    holders = posts["person"].to_numpy()
    idle = np.setdiff1d(_idle_people(setting, employments, 25), np.union1d(holders, jobless["person"].to_numpy()))
    others = pick_some(stream, idle, setting.number(HARD_TO_PLACE, 12) - len(holders))
    person = np.concatenate([holders, others])
    count = len(person)
    age = ages_on(setting.people["birth_day"][person], setting.today)
    elder = pl.Series(age >= np.where(setting.people["sex"][person] == 1, 50, 40))
    words = pick_texts(stream, HARDSHIPS, count)
    young = pick_texts(stream, {word: share for word, share in HARDSHIPS.items() if word != "4050"}, count)
    recognised = first_days(setting.first) - stream.integers(10, 700, count)
    return pl.DataFrame(
        {
            "person": person,
            "hardship": words.zip_with(elder, young),
            "registered_date": dates(recognised - stream.integers(5, 200, count)),
            "recognised_date": dates(recognised),
        }
    )


def draw_jobless_families(setting: Setting, employments: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """Return families in which nobody able has work (零就业家庭), one row per able member: family, person, head, size, recognised_date."""
    stream = setting.stream("jobless families")
    units = setting.units
    idle = np.setdiff1d(_idle_people(setting, employments, 18), posts["person"].to_numpy())
    idle = idle[units[idle] != NEVER]
    able = is_of_working_age(setting) & setting.living(setting.last) & (units != NEVER)
    working = np.bincount(units[able], minlength=setting.count) - np.bincount(units[idle], minlength=setting.count)
    owners, members = np.unique(units[idle], return_counts=True)
    fits = owners[(members >= 2) & (working[owners] == 0) & setting.people["is_local"][owners]]
    chosen = pick_some(stream, fits, setting.number(JOBLESS_FAMILIES, FEWEST_FAMILIES))
    person = idle[np.isin(units[idle], chosen)]
    person = person[np.lexsort((person, units[person]))]
    family = np.searchsorted(chosen, units[person])
    recognised = int(first_days(setting.first)) - stream.integers(20, 300, len(chosen))
    return pl.DataFrame(
        {
            "family": family + 1,
            "person": person,
            "head": units[person],
            "size": np.bincount(units[units != NEVER], minlength=setting.count)[units[person]],
            "recognised_date": dates(recognised[family]),
        }
    )
