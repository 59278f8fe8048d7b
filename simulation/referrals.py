"""Leads of volunteers and clans, and cases passed on from one body to another.

Belongs here: who heard of whose need, and how a referral went. Does not belong here: leads of the grid workers
(`simulation.intake`) or the forms these are written on (`simulation.rolls.referrals`).

Volunteers and clans look after what they report: whatever nobody applied for is settled within the month, so that these
leads are never the ones left lying (those are planted among the grid workers' leads).
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.aid import AidFrames
from simulation.calendar import NEVER, Whole, ages_on, dates, first_days
from simulation.ledgers import choose_people, count_entries, spread_days, weigh_families
from simulation.setting import Setting
from simulation.streams import Generator, pick_texts

VOLUNTEER_LEADS_PER_YEAR: Final = 620
CLAN_LEADS_PER_YEAR: Final = 240
REFERRALS_PER_YEAR: Final = 900

KINDS: Final = {"急难": 40, "重病": 34, "事故": 16, "监护缺失": 10}
STORIES: Final = {
    "急难": ("一家人生活没着落，米缸见底", "老人独居无人照料，三餐不继", "丈夫失业，两个孩子要吃饭"),
    "重病": ("查出重病住院，医药费借了不少", "做手术花了很多钱，家里拿不出", "长年吃药，近日病情加重"),
    "事故": ("出了车祸，腿受伤不能干活", "厝里失火，家具烧光", "在工地受伤，老板未赔"),
    "监护缺失": ("父母都不在家，孩子无人看管", "小孩跟着邻居过，无人监护", "奶奶过世后孩子没人带"),
}
TEAMS: Final = ("巾帼志愿服务队", "青年志愿服务队", "老年协会志愿队", "医护志愿服务队")
CLANS: Final = ("陈氏宗亲会", "林氏宗亲会", "庄氏宗亲会", "黄氏宗亲会", "刘氏宗亲会")
APPLIED_SHARE: Final = 0.25
APPLIED_WITHIN: Final = 25

SENDERS: Final = {"区民政局": 38, "镇街民政办": 34, "区医院": 14, "区慈善总会": 8, "村（居）委会": 6}
RECEIVERS: Final = {"HK社工服务社": 40, "区慈善总会": 18, "区红十字会": 12, "区卫计局": 12, "区人社局": 10, "区司法局": 8}
NEEDS: Final = {
    "HK社工服务社": "心理",
    "区慈善总会": "资金",
    "区红十字会": "医疗",
    "区卫计局": "医疗",
    "区人社局": "就业",
    "区司法局": "法律",
}
SERVICES: Final = {
    "心理": "心理疏导与陪伴",
    "资金": "资金帮扶",
    "医疗": "就医协助",
    "就业": "岗位推荐",
    "法律": "法律咨询与援助",
    "照料": "上门照料",
}
OUTCOMES: Final = {"已结案": 72, "继续服务": 16, "无法联系": 7, "本人放弃": 5}
UNACCEPTED: Final = 0.08
UNANSWERED: Final = 0.14


def draw_volunteer_leads(setting: Setting, aid: AidFrames) -> pl.DataFrame:
    """Return leads of volunteers."""
    return _draw_leads(setting, aid, "volunteer leads", VOLUNTEER_LEADS_PER_YEAR, TEAMS)


def draw_clan_leads(setting: Setting, aid: AidFrames) -> pl.DataFrame:
    """Return leads of clan associations."""
    return _draw_leads(setting, aid, "clan leads", CLAN_LEADS_PER_YEAR, CLANS)


def _draw_leads(setting: Setting, aid: AidFrames, name: str, per_year: int, bands: tuple[str, ...]) -> pl.DataFrame:
    """Return leads; some are of people who applied soon after and gave their number."""
    stream = setting.stream(name)
    count = count_entries(setting, per_year)
    person = choose_people(stream, weigh_families(setting, aid, 8.0), count)
    days = spread_days(setting, stream, count)
    answered = _choose_applicants(setting, stream, aid, round(count * APPLIED_SHARE))
    at = np.sort(stream.permutation(count)[: answered.height])
    person[at] = answered["person"].to_numpy()
    days[at] = answered["day"].to_numpy()
    has_applied = np.zeros(count, dtype=np.bool_)
    has_applied[at] = True
    kind = pick_texts(stream, KINDS, count)
    story = pl.DataFrame({"kind": kind, "at": stream.integers(0, 3, count)}).select(
        pl.col("kind").replace_strict(STORIES, return_dtype=pl.List(pl.String)).list.get(pl.col("at"))
    )
    return pl.DataFrame(
        {
            "lead": np.arange(count),
            "person": person,
            "kind": kind,
            "story": story.to_series(),
            "band": pick_texts(stream, bands, count),
            "reported_date": dates(days),
            "has_number": has_applied | (stream.random(count) < 0.2),
            "has_applied": has_applied,
        }
    )


def _choose_applicants(setting: Setting, stream: Generator, aid: AidFrames, count: int) -> pl.DataFrame:
    """Return people who applied, with a day in the weeks before; day counts from 1970."""
    start, _ = setting.ledger_days
    days = aid.applications.select("person", day=pl.col("received_date").to_physical().cast(pl.Int64))
    late = days.filter(pl.col("day") >= start + APPLIED_WITHIN).unique("person", keep="first", maintain_order=True)
    rows = late[stream.permutation(late.height)[:count].tolist()]
    earlier = pl.Series(stream.integers(3, APPLIED_WITHIN, rows.height))
    answered: pl.DataFrame = rows.select("person", pl.col("day") - earlier)
    return answered


def draw_referrals(setting: Setting) -> pl.DataFrame:
    """Return referrals of all residents, also of those registered elsewhere, whom no office list may take."""
    stream = setting.stream("referrals")
    count = count_entries(setting, REFERRALS_PER_YEAR)
    age = ages_on(setting.people["birth_day"], int(first_days(setting.first)))
    weight = np.where(setting.living(setting.last) & (age >= 10), np.where(setting.people["is_local"], 1.0, 3.0), 0.0)
    receiver = pick_texts(stream, RECEIVERS, count)
    need = receiver.replace_strict(NEEDS, return_dtype=pl.String)
    need = need.set(pl.Series(stream.random(count) < 0.3) & (need == "心理"), "照料")
    days = spread_days(setting, stream, count)
    accepted = np.where(stream.random(count) < UNACCEPTED, NEVER, days + stream.integers(1, 9, count))
    begun = np.where(accepted == NEVER, NEVER, accepted + stream.integers(1, 6, count))
    ended = np.where(begun == NEVER, NEVER, begun + stream.integers(5, 45, count))
    answered = np.where((ended == NEVER) | (stream.random(count) < UNANSWERED), NEVER, ended + stream.integers(1, 12, count))
    amount = np.where(receiver.is_in(["HK社工服务社"]).to_numpy(), stream.integers(2, 15, count) * 10_000, 0)
    return pl.DataFrame(
        {
            "referral": np.arange(count),
            "person": choose_people(stream, weight, count),
            "sender": pick_texts(stream, SENDERS, count),
            "receiver": receiver,
            "need": need,
            "service": need.replace_strict(SERVICES, return_dtype=pl.String),
            "amount": _where_known(amount, ended),
            "referred_date": dates(days),
            "accepted_date": dates(accepted),
            "from_date": dates(begun),
            "to_date": dates(ended),
            "outcome": pick_texts(stream, OUTCOMES, count).set(pl.Series(answered == NEVER), None),
            "feedback_date": dates(answered),
        }
    )


def _where_known(amount: Whole, ended: Whole) -> pl.Series:
    return pl.Series(amount.astype(np.int64)).set(pl.Series((ended == NEVER) | (amount == 0)), None)
