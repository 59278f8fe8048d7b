"""Help for sudden trouble: temporary aid, charity and the red cross, for bills and for other causes.

Belongs here: who among those with a large bill or a sudden event is helped, by whom, when. Does not belong here: planted
double payments (`simulation.plants`).
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, dates, first_days, months_of_days
from simulation.families import Mask
from simulation.payments import shape_payments
from simulation.setting import Setting
from simulation.streams import pick_some, pick_texts

THRESHOLD: Final = 1_000_000
CLASS_THRESHOLD: Final = 600_000
MISSED_SHARE: Final = 0.09
GIVERS: Final = {"CHA_M": 36, "RCS_M": 35, "TMP": 27}
DEPARTMENTS: Final = {
    "CHA_M": "charity_federation",
    "CHA_E": "charity_federation",
    "CHA_F": "charity_federation",
    "CHA_H": "charity_federation",
    "RCS_M": "red_cross",
    "TMP": "civil_affairs",
}
MEAN_GIFT: Final = {"CHA_M": 350_000, "RCS_M": 450_000, "TMP": 196_000}
TMP_PER_YEAR: Final = 170
"""Temporary aid for causes other than a bill, in a year of the full Q区."""

CAUSES: Final = {"火灾": 14, "交通事故": 26, "支出突增": 32, "其他": 28}
CHARITY_PER_YEAR: Final = {"CHA_E": 70, "CHA_F": 130, "CHA_H": 40}
DONORS: Final = {"慈善总会": 60, "“海丝”助医基金": 15, "宗亲联谊会": 15, "石化企业爱心基金": 10}


def choose_helped(setting: Setting, bills: pl.DataFrame, poor: Mask, least: int) -> tuple[Whole, Whole]:
    """Return the positions of large unaided bills that are helped, and of those nobody helps (M05; at least `least` of them).

    A bill is large when the patient pays more than 10,000 yuan, or 6,000 when on 低保 or 特困, and medical aid gave nothing.
    """
    stream = setting.stream("help")
    limit = np.where(poor, CLASS_THRESHOLD, THRESHOLD)
    large = (bills["self_pay"].to_numpy() > limit) & (bills["medical_aid"].to_numpy() == 0) & ~bills["is_reversal"].to_numpy()
    position = np.flatnonzero(large)
    lives = setting.living(setting.last)[bills["person"].to_numpy()[position]]
    missed = position[lives & (stream.random(len(position)) < MISSED_SHARE)]
    settled = bills["paid_date"].to_physical().to_numpy() >= setting.ledger_days[0]
    settled &= bills["discharge_date"].to_physical().to_numpy() + 62 <= setting.today
    lacking = least - int(settled[missed].sum())
    more = np.setdiff1d(position[lives & settled[position]], missed)
    missed = np.union1d(missed, pick_some(stream, more, max(lacking, 0)))
    return np.setdiff1d(position, missed), missed


def draw_gifts(setting: Setting, bills: pl.DataFrame, helped: Whole, accounts: pl.Series) -> pl.DataFrame:
    """Return one payment for each helped bill, within the weeks after its settlement."""
    stream = setting.stream("gifts")
    count = len(helped)
    giver = pick_texts(stream, GIVERS, count)
    own = bills["self_pay"].to_numpy()[helped]
    mean = giver.replace_strict(MEAN_GIFT, return_dtype=pl.Int64).to_numpy()
    amount = np.minimum(mean * stream.uniform(0.5, 1.6, count), own * 0.8) // 10_000 * 10_000
    paid = bills["paid_date"].to_physical().to_numpy()[helped] + stream.integers(5, 26, count)
    return gift_payments(setting, bills, helped, giver, amount.astype(np.int64), paid, accounts)


def gift_payments(
    setting: Setting, bills: pl.DataFrame, position: Whole, giver: pl.Series, amount: Whole, paid: Whole, accounts: pl.Series
) -> pl.DataFrame:
    """Return payments of `giver` for bills; those after the end of the simulation are left out."""
    stream = setting.stream(f"gift terms {len(position)} {int(amount.sum())}")
    person = bills["person"].to_numpy()[position]
    count = len(position)
    donor = pick_texts(stream, DONORS, count).set(~giver.str.starts_with("CHA"), None)
    frame = shape_payments(
        {
            "programme_code": giver,
            "person": person,
            "department": giver.replace_strict(DEPARTMENTS, return_dtype=pl.String),
            "amount": amount,
            "paid_date": dates(paid),
            "bill": bills["bill"].gather(position),
            "donor": donor,
            "fund": giver.replace_strict({"TMP": "民政", "CHA_M": "捐赠", "RCS_M": "红十字医疗救助基金"}, return_dtype=pl.String),
            "payee": person,
            "account": accounts.gather(person),
        },
        kind="regular",
        cause="突发重病",
        is_returned=False,
    )
    return frame.with_columns(
        from_month=pl.col("paid_date").dt.strftime("%Y-%m"), to_month=pl.col("paid_date").dt.strftime("%Y-%m")
    ).filter(pl.col("paid_date") <= dates(np.array([setting.today]))[0])


def draw_events(setting: Setting, taken: Whole) -> pl.DataFrame:
    """Return sudden events of families, at most one a family and none for the families in `taken`."""
    stream = setting.stream("events")
    years = (setting.last - setting.begin + 1) / 12
    units = setting.units
    owners = np.flatnonzero(units == np.arange(setting.count))
    free = np.setdiff1d(owners, units[taken])
    chosen = pick_some(stream, free, round(setting.number(TMP_PER_YEAR, 12) * years))
    start = int(first_days(setting.begin))
    day = stream.integers(start, setting.today - 10, len(chosen))
    alive = _lives(setting, chosen, day)
    chosen, day = chosen[alive], day[alive]
    return pl.DataFrame(
        {
            "event": np.arange(len(chosen)),
            "person": chosen,
            "cause": pick_texts(stream, CAUSES, len(chosen)),
            "event_date": dates(day),
            "loss": stream.integers(20, 400, len(chosen)) * 10_000,
        }
    )


def _lives(setting: Setting, person: Whole, day: Whole) -> Mask:
    people = setting.people
    found = people["birth_day"][person] <= day
    for name in ("death_day", "moved_day"):
        found &= (people[name][person] == NEVER) | (people[name][person] > day + 120)
    return np.asarray(found, dtype=np.bool_)


def pay_events(setting: Setting, events: pl.DataFrame, accounts: pl.Series) -> pl.DataFrame:
    """Return temporary aid for events: one payment, or an advance and a final payment under one case number (先行救助)."""
    stream = setting.stream("event aid")
    count = events.height
    paid = events["event_date"].to_physical().to_numpy() + stream.integers(6, 30, count)
    amount = np.minimum(stream.lognormal(0.0, 0.5, count) * 147_000, 1_500_000).astype(np.int64) // 10_000 * 10_000 + 30_000
    split = stream.random(count) < 0.07
    rows = {
        "person": events["person"],
        "cause": events["cause"],
        "event": events["event"],
        "payee": events["person"],
        "account": accounts.gather(events["person"]),
    }
    first = shape_payments(
        {
            **rows,
            "amount": np.where(split, amount // 30_000 * 10_000 + 10_000, amount),
            "paid_date": dates(paid),
            "kind": pl.Series(np.where(split, "advance", "regular").astype(object), dtype=pl.String),
        },
        programme_code="TMP",
        department="civil_affairs",
        is_returned=False,
        fund="民政",
    )
    last = first.filter(pl.Series(split)).with_columns(
        kind=pl.lit("regular"),
        amount=pl.col("amount") + 100_000,
        paid_date=dates((paid + stream.integers(25, 50, count))[split]),
    )
    both = pl.concat([first, last])
    return both.with_columns(from_month=pl.col("paid_date").dt.strftime("%Y-%m"), to_month=pl.col("paid_date").dt.strftime("%Y-%m")).filter(
        pl.col("paid_date") <= dates(np.array([setting.today]))[0]
    )


def number_cases(payments: pl.DataFrame) -> pl.DataFrame:
    """Return payments with a case number for each temporary aid; payments for one event share one."""
    aid = payments["programme_code"] == "TMP"
    tmp = payments.filter(aid).with_columns(
        key=pl.coalesce(
            pl.concat_str(pl.lit("e"), pl.col("event").cast(pl.String)),
            pl.concat_str(pl.lit("b"), pl.col("bill").cast(pl.String), pl.lit("-"), pl.col("paid_date").cast(pl.String)),
            pl.concat_str(pl.lit("r"), pl.int_range(pl.len()).cast(pl.String)),
        )
    )
    first = tmp.group_by("key").agg(pl.col("paid_date").min(), pl.col("person").min()).sort("paid_date", "person", "key")
    numbered = first.with_columns(
        number=pl.concat_str(
            pl.lit("LS"), pl.col("paid_date").dt.year().cast(pl.String), (pl.int_range(pl.len()) + 1).cast(pl.String).str.zfill(5)
        )
    ).select("key", "number")
    tmp = tmp.join(numbered, on="key", how="left", maintain_order="left").with_columns(case_number=pl.coalesce("case_number", "number"))
    return pl.concat([payments.filter(~aid), tmp.select(payments.columns)])


def draw_charity(setting: Setting, accounts: pl.Series, poor: Whole) -> pl.DataFrame:
    """Return gifts of the charity federation that are not for a bill: schooling, hardship, housing; half go to families on 低保."""
    stream = setting.stream("charity")
    years = (setting.last - setting.begin + 1) / 12
    living = np.flatnonzero(setting.living(setting.last) & accounts.is_not_null().to_numpy())
    poor = np.intersect1d(poor, living)
    parts = []
    for programme, per_year in CHARITY_PER_YEAR.items():
        count = round(setting.number(per_year, 3) * years)
        to_poor = stream.random(count) < 0.5
        person = np.where(to_poor & (len(poor) > 0), stream.choice(poor, count), stream.choice(living, count))
        paid = stream.integers(int(first_days(setting.begin)), setting.today, count)
        parts.append(
            shape_payments(
                {
                    "person": person,
                    "amount": stream.integers(12, 62, count) * 10_000,
                    "paid_date": dates(paid),
                    "payee": person,
                    "account": accounts.gather(person),
                    "donor": pick_texts(stream, DONORS, count),
                },
                programme_code=programme,
                department="charity_federation",
                kind="regular",
                cause="困难",
                is_returned=False,
                fund="捐赠",
            )
        )
    gifts = pl.concat(parts)
    return gifts.with_columns(from_month=pl.col("paid_date").dt.strftime("%Y-%m"), to_month=pl.col("paid_date").dt.strftime("%Y-%m"))


def pay_medical_aid(setting: Setting, bills: pl.DataFrame, accounts: pl.Series) -> pl.DataFrame:
    """Return medical aid (MED_I in hospital, MED_O for outpatients), settled with the bill."""
    aided = bills.filter(pl.col("medical_aid") != 0)
    month = months_of_days(aided["paid_date"].to_physical().to_numpy())
    text = dates(first_days(month)).dt.strftime("%Y-%m")
    inpatient = (aided["visit_kind"] == "住院").to_numpy()
    return shape_payments(
        {
            "programme_code": pl.Series(np.where(inpatient, "MED_I", "MED_O").astype(object), dtype=pl.String),
            "person": aided["person"],
            "from_month": text,
            "to_month": text,
            "amount": aided["medical_aid"],
            "paid_date": aided["paid_date"],
            "bill": aided["bill"],
            "payee": aided["payee"],
            "account": accounts.gather(aided["payee"]),
            "kind": pl.Series(np.where(aided["is_reversal"].to_numpy(), "reversal", "regular").astype(object), dtype=pl.String),
        },
        department="civil_affairs",
        is_returned=False,
        fund="医疗救助资金",
    )
