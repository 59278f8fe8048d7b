"""Invented people for the tests of linkage: single mentions by hand, and a small district with known truth."""

import random
from datetime import date
from typing import Any

import polars as pl

from registry.district import BlockingRule, Linkage
from registry.schema.tables import conform_table
from registry.standardise.names import find_pinyin

MONTH = "2016-01"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
VILLAGES = [f"359901{town:03d}{village:03d}" for town in (1, 100, 101) for village in (201, 202, 203, 204)]
SURNAMES = "陈林庄黄刘连肖张王郭"
GENERATIONS = "志建文明国伟"
MEN = "强坚勇辉成杰斌龙海波平生"
WOMEN = ["美英", "秀英", "丽华", "玉英", "丽珍", "秀凤", "美凤", "惠珍", "秋英", "雪英", "丽云", "美玉", "玉兰", "金妹"]


def number_of(birth: date, serial: int, area: str = "359901") -> str:
    """Return a valid number; odd serials are men's."""
    body = f"{area}{birth:%Y%m%d}{serial:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def rule(*columns: str, **options: Any) -> BlockingRule:  # noqa: ANN401
    return BlockingRule(columns=list(columns), **options)


def settings(**changes: Any) -> Linkage:  # noqa: ANN401
    """Return linkage settings like those of Q区, with a small training sample."""
    wide = {"numbered_only": True, "unless_settled": True}
    blocking = [
        rule("name_key", "kin", settles=True),
        rule("number_head"),
        rule("name_pinyin", "kin"),
        rule("name_key", **wide),
        rule("name_key", "birth_date"),
        rule("name_key", "phone"),
        rule("name_key", "account"),
        rule("name_pinyin", "place", **wide),
        rule("birth_date", "place", **wide),
        rule("birth_date", "kin", **wide),
    ]
    usual: dict[str, Any] = {
        "blocking": blocking,
        "comparisons": ["name", "birth", "sex", "place", "phone", "account", "kin", "generation", "number"],
        "unique_rolls": ["hukou"],
        "training_people": 100,
        "training_pairs": 20_000,
    }
    return Linkage(**usual | changes)


def mentions_of(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return table `mentions` from sparse rows: ids, roles, states and sounds are filled in."""
    full: list[dict[str, Any]] = []
    for position, row in enumerate(rows):
        filled: dict[str, Any] = {"roll": "hukou", "month": MONTH, "role_code": "subject", "position": 0} | row
        filled.setdefault("row_id", f"{filled['roll']}-{position:06d}")
        filled["mention_id"] = f"{filled['row_id']}-{filled['role_code']}"
        filled.setdefault("identity_state_code", "valid" if filled.get("identity_number") else "missing")
        filled.setdefault("identity_number_written", filled.get("identity_number"))
        filled.setdefault("birth_precision_code", "day" if filled.get("birth_date") else None)
        filled.setdefault("person_name", filled.get("name_key"))
        filled["town_code"] = f"{filled['place_code'][:9]}000" if filled.get("place_code") else None
        full.append(filled)
    frame = pl.DataFrame(full, infer_schema_length=None)
    sounds = find_pinyin(frame.get_column("name_key"))
    return conform_table(frame.join(sounds, on="name_key", how="left"), "mentions")


class Village:
    """A district of families on the register, from which tests take people."""

    def __init__(self, families: int, seed: int) -> None:
        chance = random.Random(seed)
        self.people: list[dict[str, Any]] = []
        for home in range(families):
            surname, place = chance.choice(SURNAMES), chance.choice(VILLAGES)
            generation, year = chance.choice(GENERATIONS), chance.randint(1945, 1980)
            father = self._person(chance, home, place, surname + chance.choice(GENERATIONS) + chance.choice(MEN), year, 1)
            mother = self._person(chance, home, place, chance.choice(SURNAMES) + chance.choice(WOMEN), year + 2, 2)
            self.people += [father, mother]
            given = chance.sample(MEN, chance.randint(0, 3))
            self.people += [self._person(chance, home, place, surname + generation + name, year + 24, 1) for name in given]

    def _person(self, chance: random.Random, home: int, place: str, name: str, year: int, sex: int) -> dict[str, Any]:
        birth = date(year + chance.randint(0, 6), chance.randint(1, 12), chance.randint(1, 28))
        return {
            "truth": f"T{len(self.people) + home * 10 + chance.randint(0, 9) + chance.randint(1, 10**9):010d}",
            "name_key": name,
            "birth_date": birth,
            "sex_code": str(sex),
            "place_code": place,
            "home": f"book-{home}",
            "phone_number": f"139{chance.randint(0, 99999999):08d}",
            "account_number": f"6217{chance.randint(0, 10**12):012d}",
            "identity_number": number_of(birth, chance.randint(0, 499) * 2 + (sex % 2)),
        }

    def register_rows(self) -> list[dict[str, Any]]:
        """Return everybody as the register and the insurance roll write them."""
        keep = ("truth", "name_key", "birth_date", "sex_code", "place_code", "identity_number")
        register = [{key: person[key] for key in keep} | {"household_number": f"hukou:{person['home']}"} for person in self.people]
        cards = [
            {"roll": "one_card_ledger"} | {key: person[key] for key in (*keep[:2], "place_code", "identity_number", "account_number")}
            | {"phone_number": person["phone_number"]}
            for person in self.people
        ]  # fmt: skip
        return register + cards
