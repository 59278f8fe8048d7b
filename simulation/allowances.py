"""Standing aid: the minimum living allowance, destitute support, disability and old age allowances, funeral payments.

Belongs here: who is entitled to standing aid in which months, and its payments. Does not belong here: planted faults
(`simulation.plants`) beyond leaving out the people an office has missed.
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, ages_on, birth_months, dates, month_texts, months_of_days
from simulation.dibao import Cases
from simulation.families import Mask
from simulation.payments import Spans, pay_monthly, pay_quarterly, shape_payments
from simulation.setting import Setting

LIVING_RATE: Final = 6_000
CARE_RATES: Final = (10_000, 8_000)
OLD_AGE_RATES: Final = ((80, 5_000), (90, 10_000), (100, 30_000))
FUNERAL_TEKUN: Final = 842_400
FUNERAL_OTHER: Final = 100_000
NEW_LIST_START: Final = 12
"""Allowance lists are kept from this many months before the first asked month on."""


def certificate_spans(setting: Setting, disabilities: pl.DataFrame, grades: tuple[int, ...]) -> Spans:
    """Return when each certificate in force of these grades is valid: from its issue to its end, the death or the move."""
    held = disabilities.filter((pl.col("state") == "正常") & pl.col("grade").is_in(grades))
    person = held["person"].to_numpy()
    issued = months_of_days(held["issued_date"].to_physical().to_numpy())
    ends = months_of_days(held["valid_to"].to_physical().to_numpy())
    rate = np.array([0, *CARE_RATES, 0, 0])[held["grade"].to_numpy()]
    return Spans(person, issued, setting.cut(person, np.where(ends > setting.last, NEVER, ends)), rate)


def _latest_end(a: Whole, b: Whole) -> Whole:
    return np.where(a == NEVER, b, np.where(b == NEVER, a, np.minimum(a, b)))


def intersect(left: Spans, right: Spans, count: int) -> Spans:
    """Return the months both hold for a person; `right` has at most one span per person; rates come from `left`."""
    at = np.full(count, NEVER)
    at[right.person] = np.arange(len(right.person))
    both = at[left.person] != NEVER
    mine, other = left.kept(both), at[left.person[both]]
    first = np.maximum(mine.first, right.first[other])
    last = _latest_end(mine.last, right.last[other])
    fits = (last == NEVER) | (last >= first)
    return Spans(mine.person[fits], first[fits], last[fits], mine.rate[fits])


def stop_before(spans: Spans, starts: Whole) -> Spans:
    """Return spans ended the month before a person's month in `starts` (NEVER: no end)."""
    start = starts[spans.person]
    last = np.where(start == NEVER, spans.last, _latest_end(spans.last, start - 1))
    fits = (last == NEVER) | (last >= spans.first)
    return Spans(spans.person[fits], spans.first[fits], last[fits], spans.rate[fits])


def living_allowance_spans(setting: Setting, cases: Cases, disabilities: pl.DataFrame, tekun_start: Whole) -> Spans:
    """Return who is entitled to the living allowance of the disabled (DSB_L): drawing 低保 with a certificate in force."""
    drawing = cases.enjoys
    rate = np.full(int(drawing.sum()), LIVING_RATE)
    draws = Spans(cases.member[drawing], cases.member_start[drawing], cases.member_end[drawing], rate)
    certificates = certificate_spans(setting, disabilities, (1, 2, 3, 4))
    return stop_before(intersect(draws, certificates, setting.count), tekun_start)


def care_allowance_spans(setting: Setting, disabilities: pl.DataFrame, tekun_start: Whole) -> Spans:
    """Return who is entitled to the care allowance (DSB_C): a certificate in force of grade 1 or 2."""
    return stop_before(certificate_spans(setting, disabilities, (1, 2)), tekun_start)


def old_age_spans(setting: Setting) -> Spans:
    """Return who is entitled to the old age allowance (ELD_A): registered people from the quarter after their 80th birthday."""
    people = setting.people
    age = ages_on(people["birth_day"], setting.today)
    person = np.flatnonzero((age >= 80) & people["is_local"])
    turned = birth_months(people["birth_day"][person], 80)
    first = np.maximum(turned // 3 * 3 + 3, setting.begin)
    last = setting.cut(person, np.full(len(person), NEVER))
    rate = np.select([age[person] >= limit for limit, _ in reversed(OLD_AGE_RATES)], [rate for _, rate in reversed(OLD_AGE_RATES)])
    fits = (last == NEVER) | (last >= first)
    return Spans(person[fits], first[fits], last[fits], rate[fits])


def pay_dibao(setting: Setting, frame: pl.DataFrame, accounts: pl.Series) -> pl.DataFrame:
    """Return the household amounts, paid on the 10th to the head."""
    starts, ends = _month_columns(frame)
    spans = Spans(np.arange(frame.height), starts, ends, frame["amount"].to_numpy())
    paid = pay_monthly(spans, "DIB", max(setting.begin, setting.first - NEW_LIST_START), setting.last, 10)
    position = paid["person"].to_numpy()
    case, head = frame["case"].to_numpy()[position], frame["head"].to_numpy()[position]
    return paid.with_columns(
        case=pl.Series(case),
        person=pl.Series(head),
        payee=pl.Series(head),
        account=accounts.gather(head),
        fund=pl.lit("困难群众救助补助资金"),
    )


def pay_tekun(setting: Setting, tekun: pl.DataFrame) -> pl.DataFrame:
    """Return basic support and care (TEK), paid on the 12th; in an institution the money goes to its account."""
    starts, ends = _month_columns(tekun)
    spans = Spans(np.arange(tekun.height), starts, ends, (tekun["basic"] + tekun["care"]).to_numpy())
    paid = pay_monthly(spans, "TEK", max(setting.begin, setting.first - NEW_LIST_START), setting.last, 12)
    position = paid["person"].to_numpy()
    person = tekun["person"].gather(position)
    return paid.with_columns(person=person, payee=person, account=tekun["account"].gather(position), fund=pl.lit("困难群众救助补助资金"))


def _month_columns(frame: pl.DataFrame) -> tuple[Whole, Whole]:
    """Return from_month and to_month of a frame as numbers."""
    return text_months(frame["from_month"]), text_months(frame["to_month"])


def text_months(texts: pl.Series) -> Whole:
    """Return months written YYYY-MM as numbers; null becomes NEVER."""
    year, month = texts.str.slice(0, 4).cast(pl.Int64), texts.str.slice(5, 2).cast(pl.Int64)
    return ((year - 1970) * 12 + month - 1).fill_null(NEVER).to_numpy()


def pay_lists(setting: Setting, lists: dict[str, Spans], accounts: pl.Series, payees: Whole) -> pl.DataFrame:
    """Return the quarterly allowances: living and care allowance of the disabled, old age allowance."""
    first = max(setting.begin, setting.first - NEW_LIST_START)
    paid = pl.concat([pay_quarterly(spans, programme, first, setting.last) for programme, spans in lists.items()])
    payee = payees[paid["person"].to_numpy()]
    return paid.with_columns(payee=pl.Series(payee), account=accounts.gather(payee), fund=pl.lit("财政补贴资金"))


def choose_payees(setting: Setting, disabilities: pl.DataFrame, accounts: pl.Series) -> Whole:
    """Return to whom each person's allowance goes: guardians for minors and some disabled, a child for one old person in seven."""
    people = setting.people
    stream = setting.stream("payees")
    payee = np.arange(setting.count)
    has_account = accounts.is_not_null().to_numpy()
    guardian = disabilities.filter(pl.col("guardian").is_not_null())
    payee[guardian["person"].to_numpy()] = guardian["guardian"].to_numpy()
    child_of = np.full(setting.count, NEVER)
    living = setting.living(setting.last)
    for name in ("mother", "father"):
        known = np.flatnonzero((people[name] != NEVER) & living & has_account)
        child_of[people[name][known]] = known
    age = ages_on(people["birth_day"], setting.today)
    by_child = (age >= 78) & (child_of != NEVER) & (stream.random(setting.count) < 0.15)
    payee = np.where(by_child, child_of, payee)
    parent = np.where(people["mother"] != NEVER, people["mother"], people["father"])
    payee = np.where(~has_account[payee] & (parent != NEVER), parent, payee)
    # A child's own parents may have no account known either: the money then waits for one.
    return np.where(has_account[payee], payee, np.arange(setting.count))


def pay_funerals(setting: Setting, cases: Cases, tekun: pl.DataFrame, accounts: pl.Series) -> pl.DataFrame:
    """Return lump sums after a death: twelve months' standard for the destitute, a grant for many on 低保."""
    people = setting.people
    stream = setting.stream("funerals")
    died = people["death_day"] != NEVER
    drew = np.zeros(setting.count, dtype=np.bool_)
    drew[cases.member] = True
    destitute = np.zeros(setting.count, dtype=np.bool_)
    destitute[tekun["person"].to_numpy()] = True
    old = ages_on(people["birth_day"], setting.today) >= 80
    chance = np.where(destitute, 1.0, np.where(drew, 0.7, np.where(old, 0.12, 0.0)))
    chosen = np.flatnonzero(died & people["is_local"] & (stream.random(setting.count) < chance))
    paid = people["death_day"][chosen] + stream.integers(20, 75, len(chosen))
    visible = paid <= setting.today
    chosen, paid = chosen[visible], paid[visible]
    month = months_of_days(paid)
    payee = choose_heirs(people["spouse"][chosen], chosen)
    return shape_payments(
        {
            "person": chosen,
            "from_month": month_texts(month),
            "to_month": month_texts(month),
            "amount": np.where(destitute[chosen], FUNERAL_TEKUN, FUNERAL_OTHER),
            "paid_date": dates(paid),
            "payee": payee,
            "account": accounts.gather(payee),
        },
        programme_code="FUN",
        department="civil_affairs",
        kind="funeral",
        is_returned=False,
        period_text="一次性",
    )


def choose_heirs(spouse: Whole, person: Whole) -> Whole:
    """Return who receives a payment after death: the spouse where there is one."""
    return np.where(spouse != NEVER, spouse, person)


def mask_of(persons: Whole, count: int) -> Mask:
    """Return a mask that holds for the given persons."""
    found = np.zeros(count, dtype=np.bool_)
    found[persons] = True
    return found
