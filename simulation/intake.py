"""How need comes to an office: leads of grid workers, applications at the one-door windows, public housing.

Belongs here: leads, applications and tenancies of ordinary months. Does not belong here: leads nobody followed up
(`simulation.plants`).
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import Whole, ages_on, dates, day_number, first_days
from simulation.setting import Setting
from simulation.streams import pick_texts, pick_weighted

LEADS_PER_YEAR: Final = 4_590
APPLICATIONS_PER_YEAR: Final = 5_060
"""With the planted ones 4,800 and 5,200 a year (domain.md §4.2, R36 and R38)."""

TENANCIES: Final = 860
LEAD_KINDS: Final = {"急难": 20, "重病": 16, "事故": 10, "监护缺失": 4, "纠纷": 50}
LEAD_STATES: Final = {"归档": 86, "废弃": 14}
TEXTS: Final = {
    "急难": "家庭遇到突发困难，请求帮助",
    "重病": "家中有人患重病，医药费负担重",
    "事故": "发生意外事故，家庭生活受影响",
    "监护缺失": "未成年人无人照看，请协调监护",
    "纠纷": "邻里纠纷，已到场调解",
}
WINDOWS: Final = {"村": 62, "镇": 28, "区": 10}
RESULTS: Final = {"批准": 62, "不予批准": 16, "退回补正": 12, "转介": 10}
FORWARD: Final = {
    "DIB": "民政局",
    "TMP": "民政局",
    "MED_I": "民政局",
    "DSB_L": "残联",
    "EDU_C": "教育局",
    "CHA_F": "慈善总会",
    "HOU_R": "住建局",
}
WISHES: Final = {"DIB": 26, "TMP": 22, "MED_I": 22, "DSB_L": 9, "EDU_C": 9, "CHA_F": 8, "HOU_R": 4}
REASONS: Final = {"DIB": "因病", "TMP": "支出突增", "MED_I": "因病", "DSB_L": "因残", "EDU_C": "因学", "CHA_F": "困难", "HOU_R": "住房困难"}


def draw_leads(setting: Setting) -> pl.DataFrame:
    """Return leads that were dealt with: archived or set aside."""
    stream = setting.stream("leads")
    years = (setting.last - setting.begin + 1) / 12
    count = round(setting.number(LEADS_PER_YEAR, 200) * years)
    age = ages_on(setting.people["birth_day"], int(first_days(setting.first)))
    person = stream.choice(np.flatnonzero(setting.living(setting.last) & (age >= 18)), count)
    day = stream.integers(int(first_days(setting.begin)), setting.today, count)
    kind = pick_texts(stream, LEAD_KINDS, count)
    return lead_frame(setting, person, kind, day, pick_texts(stream, LEAD_STATES, count), stream.random(count) < 0.6)


def lead_frame(setting: Setting, person: Whole, kind: pl.Series, day: Whole, state: pl.Series, has_number: object) -> pl.DataFrame:
    """Return leads without their number; `has_number` says whether the grid worker wrote the identity number down."""
    people = setting.people
    return pl.DataFrame(
        {
            "person": person,
            "kind": kind,
            "reported_date": dates(day),
            "grid_number": _grids(people["home_village"][person], people["home_group"][person]),
            "state": state,
            "text": kind.replace_strict(TEXTS, return_dtype=pl.String),
            "has_number": has_number,
        }
    )


def _grids(village: Whole, group: Whole) -> pl.Series:
    return "WG" + pl.Series(village + 1).cast(pl.String).str.zfill(3) + pl.Series(group % 6 + 1).cast(pl.String).str.zfill(2)


def number_leads(leads: pl.DataFrame) -> pl.DataFrame:
    """Return leads numbered in the order they were reported; `key` keeps what applications point to."""
    return (
        leads.sort("reported_date", "person", "kind", maintain_order=True)
        .with_row_index("lead")
        .with_columns(pl.col("lead").cast(pl.Int64))
    )


def draw_applications(setting: Setting, payments: pl.DataFrame) -> pl.DataFrame:
    """Return applications: one before each temporary aid and charity gift, and others with all kinds of results."""
    stream = setting.stream("applications")
    granted = payments.filter(pl.col("programme_code").is_in(["TMP", "CHA_F"]) & (pl.col("kind") == "regular"))
    paid = granted["paid_date"].to_physical().to_numpy()
    programme = granted["programme_code"]
    first = application_frame(
        setting, granted["person"].to_numpy(), paid - stream.integers(6, 20, len(paid)), programme,
        pl.Series(["批准"]).new_from_index(0, len(paid)), granted["amount"], "granted",
    )  # fmt: skip
    years = (setting.last - setting.begin + 1) / 12
    count = max(0, round(setting.number(APPLICATIONS_PER_YEAR, 220) * years) - granted.height)
    age = ages_on(setting.people["birth_day"], int(first_days(setting.first)))
    person = stream.choice(np.flatnonzero(setting.living(setting.last) & (age >= 18)), count)
    day = stream.integers(int(first_days(setting.begin)), setting.today, count)
    wish = pick_texts(stream, WISHES, count)
    nothing = pl.Series([None] * count, dtype=pl.Int64)
    return pl.concat([first, application_frame(setting, person, day, wish, pick_texts(stream, RESULTS, count), nothing, "others")])


def application_frame(
    setting: Setting, person: Whole, day: Whole, programme: pl.Series, result: pl.Series, amount: pl.Series, name: str
) -> pl.DataFrame:
    """Return applications without their number; those not closed by the end of the simulation have no result."""
    stream = setting.stream(f"application terms {name}")
    count = len(person)
    closed = day + stream.integers(5, 35, count)
    is_open = pl.Series(closed > setting.today)
    return pl.DataFrame(
        {
            "person": person,
            "window": pick_texts(stream, WINDOWS, count),
            "received_date": dates(day),
            "programme_code": programme,
            "cause": programme.replace_strict(REASONS, return_dtype=pl.String),
            "forwarded_to": programme.replace_strict(FORWARD, return_dtype=pl.String),
            "due_date": dates(day + 30),
            "closed_date": dates(closed).set(is_open, None),
            "result": result.set(is_open, None),
            "amount": amount.cast(pl.Int64),
            "lead": pl.Series([None] * count, dtype=pl.Int64),
        }
    )


def number_applications(applications: pl.DataFrame) -> pl.DataFrame:
    """Return applications numbered in the order they were received."""
    ordered = applications.sort("received_date", "person", "programme_code", maintain_order=True)
    return ordered.with_row_index("application").with_columns(pl.col("application").cast(pl.Int64))


def draw_housing(setting: Setting, poor: Whole) -> pl.DataFrame:
    """Return tenancies and rent subsidies: a third to families on 低保, the rest to other families of small means."""
    stream = setting.stream("housing")
    units = setting.units
    owners = np.flatnonzero(units == np.arange(setting.count))
    age = ages_on(setting.people["birth_day"], int(first_days(setting.first)))
    is_poor = np.zeros(setting.count, dtype=np.bool_)
    is_poor[units[poor][units[poor] >= 0]] = True
    weight = np.where(setting.people["is_local"] & (age >= 22), np.where(is_poor, 20.0, 1.0), 0.0)[owners]
    chosen = owners[pick_weighted(stream, weight, setting.number(TENANCIES, 20))]
    count = len(chosen)
    in_kind = stream.random(count) < 0.45
    start = stream.integers(day_number("2011-01-01"), int(first_days(setting.first)) - 30, count)
    members = _members(units, chosen, setting.people["spouse"])
    area = stream.integers(360, 700, count) / 10
    return pl.DataFrame(
        {
            "person": chosen,
            "spouse": members["spouse"],
            "members": members["members"],
            "form": pl.Series(np.where(in_kind, "实物", "补贴").astype(object), dtype=pl.String),
            "dwelling_number": ("GZ" + pl.Series(np.arange(count) + 1).cast(pl.String).str.zfill(5)).set(pl.Series(~in_kind), None),
            "area": area,
            "rent": pl.Series(np.where(in_kind, (area * 150).astype(np.int64), 0)),
            "subsidy": pl.Series(np.where(in_kind, 0, stream.integers(12, 40, count) * 1_000)),
            "from_date": dates(start),
            "to_date": dates(start + 365 * 10),
        }
    )


def _members(units: Whole, owners: Whole, spouses: Whole) -> pl.DataFrame:
    """Return spouse and other members of the family of each owner."""
    of_owner = pl.DataFrame({"owner": owners, "spouse": spouses[owners]})
    everyone = pl.DataFrame({"owner": units, "person": np.arange(len(units))}).join(
        of_owner, on="owner", how="inner", maintain_order="left"
    )
    others = everyone.filter((pl.col("person") != pl.col("owner")) & (pl.col("person") != pl.col("spouse")))
    listed = others.group_by("owner", maintain_order=True).agg(members=pl.col("person"))
    together = everyone.filter(pl.col("person") == pl.col("spouse")).select("owner", here=pl.lit(value=True))
    joined = of_owner.join(listed, on="owner", how="left", maintain_order="left").join(
        together, on="owner", how="left", maintain_order="left"
    )
    return joined.select(
        spouse=pl.when(pl.col("here")).then("spouse"), members=pl.col("members").fill_null(pl.lit([], dtype=pl.List(pl.Int64)))
    )
