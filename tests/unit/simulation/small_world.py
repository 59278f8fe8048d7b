"""A small hand-made World with something of everything, for tests of the rolls alone."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from simulation.tables import World
from tests.unit.simulation.small_belongings import make_belongings
from tests.unit.simulation.small_community import make_community
from tests.unit.simulation.small_livelihoods import make_livelihoods

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _number(prefix: str, born: date, serial: int) -> str:
    body = f"{prefix}{born:%Y%m%d}{serial:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def _home(person: int) -> dict[str, object]:
    village = person // 100 % 4
    return {
        "residence_village_name": ["山下村", "港口村", "东头社区", "坂里村"][village],
        "residence_town_name": ["SY街道", "NP镇"][village % 2],
        "residence_group_number": 1 + person % 9,
        "residence_house_number": person // 4,
    }


def _persons(count: int) -> pl.DataFrame:
    luck = np.random.default_rng(7)
    surnames, given = list("陈林黄肖庄刘"), ["美英", "志强", "丽华", "伟", "建辉", "秀珍", "阿依·买买提", "国玮", "婷婷", "天送", "赟"]
    rows = []
    for person in range(count):
        born = date(1925, 1, 1) + timedelta(days=int(luck.integers(0, 91 * 365 + 160)))
        sex = 1 + person % 2
        surname, rest = surnames[person % 6], given[int(luck.integers(0, len(given)))]
        village = person // 100 % 4
        dead = date(2016, 1, 20) if person % 50 == 7 else None
        rows.append(
            {
                **_home(person),
                "person": person,
                "surname": surname,
                "given_name": rest,
                "name": surname + rest,
                "former_name": None,
                "sex_code": str(sex),
                "birth_date": born,
                "birth_registered_date": born + timedelta(days=60),
                "ethnicity": "汉",
                "identity_number": _number("359901" if born.year >= 2000 else "359921", born, (person * 2 + sex) % 998 + 1),
                "has_number": born.year < 2016,
                "is_local": person % 20 != 19,
                "book": person // 4,
                "book_relation_code": ["02", "12", "20", "30"][person % 4],
                "village_code": f"35990100{village % 2}20{village}",
                "village_name": ["山下村", "港口村", "东头社区", "坂里村"][village],
                "town_code": f"35990100{village % 2}",
                "town_name": ["SY街道", "NP镇"][village % 2],
                "group_number": 1 + person % 9,
                "house_number": person // 4,
                "dwelling": person // 4,
                "residence_village_code": f"35990100{village % 2}20{village}",
                "has_kin_numbers": born.year >= 1990,
                "is_away": person % 9 == 0,
                "father": person - person % 4 - (4 if person % 4 == 1 else 0) if person % 4 and person > 4 else None,
                "mother": person - person % 4 + 1 if person % 4 >= 2 else None,
                "spouse": {0: person + 1, 1: person - 1}.get(person % 4),
                "marriage_code": "20" if person % 4 < 2 else "10",
                "phone": f"138{person:08d}",
                "account": f"6230{person:012d}",
                "bank": "农村信用社",
                "is_insured": person % 20 != 19,
                "insurance_number": f"3599010012{person:06d}",
                "education": "初中",
                "occupation": "务农",
                "death_date": dead,
                "death_registered_date": date(2016, 3, 5) if dead else None,
                "moved_out_date": None,
                "is_twin": False,
                "is_married_in": person % 4 == 1,
                "is_migrant": person % 20 == 19,
                "has_rare_character": rest == "赟",
                "is_protected": False,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def _payments(count: int, bills: pl.DataFrame) -> pl.DataFrame:
    kinds = ["DIB", "TMP", "DSB_L", "DSB_C", "ELD_A", "MED_I", "EDU_C", "EDU_H", "CHA_M", "CHA_F", "RCS_M", "FUN"]
    rows = []
    for payment in range(count):
        code, month = kinds[payment % len(kinds)], 1 + payment // len(kinds) % 6
        quarterly, grant = code in ("DSB_L", "DSB_C", "ELD_A"), code.startswith("EDU")
        start = 3 * ((month - 1) // 3) + 1 if quarterly else 2 if grant else month
        person = payment % 30 * 60 + 5 if code == "FUN" else (payment * 7) % 2000
        rows.append(
            {
                "payment": payment,
                "programme_code": code,
                "person": person,
                "case": payment // len(kinds) % 60 if code == "DIB" else None,
                "department": "civil_affairs",
                "kind": "funeral" if code == "FUN" else "regular",
                "from_month": f"2016-{start:02d}",
                "to_month": f"2016-{start + 2 if quarterly else 7 if grant else start:02d}",
                "amount": 180_000 + payment % 5 * 50,
                "paid_date": date(2016, month, 18),
                "cause": "突发重病",
                "bill": payment % bills.height if code in ("MED_I", "RCS_M") else None,
                "event": payment % 30 if code == "TMP" else None,
                "case_number": f"LS{payment:06d}",
                "fund": None,
                "donor": None,
                "payee": person - person % 4 if payment % 5 == 0 else person,
                "account": f"6230{person:012d}",
                "is_returned": payment % 40 == 0,
                "return_reason": "户名不符" if payment % 40 == 0 else None,
                "period_text": None,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None, schema_overrides={"donor": pl.String, "fund": pl.String})


def _bills(count: int) -> pl.DataFrame:
    at = pl.int_range(count, dtype=pl.Int64, eager=True)
    day = pl.lit(date(2016, 1, 3)) + pl.duration(days=pl.col("bill") % 170)
    return pl.DataFrame({"bill": at}).with_columns(
        person=pl.col("bill") * 3 % 2000,
        settlement_number=pl.format("JS{}", "bill"),
        visit_kind=pl.lit("住院"),
        hospital=pl.lit("区医院"),
        hospital_level=pl.lit("二级"),
        admission_date=day,
        discharge_date=day + pl.duration(days=8),
        disease=pl.lit("肺炎"),
        icd=pl.lit("J18.9"),
        total=1_234_500 + pl.col("bill"),
        in_policy=pl.lit(1_000_000, pl.Int64),
        deductible=pl.lit(30_000, pl.Int64),
        basic=pl.lit(600_000, pl.Int64),
        major=pl.lit(0, pl.Int64),
        medical_aid=pl.lit(50_000, pl.Int64),
        commercial=pl.lit(0, pl.Int64),
        self_pay=pl.lit(584_500, pl.Int64),
        paid_date=day + pl.duration(days=8),
        mode=pl.when(pl.col("bill") % 2 == 0).then(pl.lit("即时结报")).otherwise(pl.lit("事后报销")),
        payee=pl.col("bill") * 3 % 2000 // 4 * 4,
        is_reversal=pl.lit(value=False),
        reversed_number=pl.lit(None, pl.String),
    )


def _cases() -> tuple[pl.DataFrame, pl.DataFrame]:
    case = pl.DataFrame({"case": pl.int_range(60, dtype=pl.Int64, eager=True)})
    cases = case.with_columns(
        head=pl.col("case") * 32,
        category=pl.lit("农村低保"),
        class_code=pl.lit("B类"),
        cause=pl.lit("因病"),
        income_per_head=pl.lit(20_000, pl.Int64),
        members=pl.lit(4),
        enjoying=pl.lit(3),
        amount=pl.lit(90_000, pl.Int64),
        from_month=pl.lit("2015-03"),
        to_month=pl.lit(None, pl.String),
        certificate_number=pl.format("闽Q低保字第{}号", "case"),
        grace_until=pl.when(pl.col("case") == 0).then(pl.lit("2016-09")),
    )
    members = case.join(pl.DataFrame({"n": pl.int_range(4, dtype=pl.Int64, eager=True)}), how="cross").select(
        "case",
        person=pl.col("case") * 32 + pl.col("n"),
        relation_code=pl.col("n").replace_strict({0: "02", 1: "12", 2: "20", 3: "30"}),
        enjoys=pl.col("n") < 3,
        from_month=pl.lit("2015-03"),
        to_month=pl.lit(None, pl.String),
    )
    return cases, members


def _stays(count: int, **columns: pl.Expr) -> pl.DataFrame:
    return pl.DataFrame({"at": pl.int_range(count, dtype=pl.Int64, eager=True)}).select(**columns)


def make_world(months: tuple[str, ...] = ("2016-06",), count: int = 2000) -> World:
    """Return the world; `count` persons."""
    at = pl.col("at")
    none, text = pl.lit(None, pl.Int64), pl.lit(None, pl.String)
    persons, bills = _persons(count), _bills(400)
    cases, members = _cases()
    number = persons["identity_number"]
    day = pl.lit(date(2016, 1, 5)) + pl.duration(days=at % 150)
    disabled = _stays(
        150, person=at * 11, kind=pl.lit("肢体"), kind_digit=pl.lit(4), grade=1 + at % 4,
        issued_date=pl.lit(date(2012, 5, 1)), valid_to=pl.lit(date(2022, 5, 1)), state=pl.lit("正常"), guardian=at * 11 // 4 * 4,
    )  # fmt: skip
    disabled = disabled.with_columns(pl.format("{}4{}", pl.lit(number).gather(pl.col("person")), "grade").alias("certificate_number"))
    return World(
        months=months,
        persons=persons,
        households=_stays(
            count, household_kind=pl.lit("hukou"), household=at // 4, person=at, from_month=pl.lit("2015-01"), to_month=text
        ),
        dibao_cases=cases,
        dibao_members=members,
        tekun=_stays(
            30, person=at * 60 + 5, care_code=pl.lit("分散"), institution=text, self_care=pl.lit("全自理"), basic=pl.lit(70_200, pl.Int64),
            care=pl.lit(15_000, pl.Int64), carer=at * 60 + 6, from_month=pl.lit("2015-10"), to_month=text,
            account=pl.lit("6230000000000001"),
        ),
        disabilities=disabled,
        students=_stays(
            300, person=at * 4 + 2, school=pl.lit("中心小学"), stage=pl.lit("小学"), grade=pl.lit("三年级"), class_name=pl.lit("1班"),
            boarding=pl.lit(value=False), state=pl.lit("在读"), from_date=pl.lit(date(2014, 9, 1)), to_date=pl.lit(None, pl.Date),
        ),
        bills=bills,
        payments=_payments(3000, bills),
        events=_stays(30, event=at, person=at, cause=pl.lit("火灾"), event_date=day, loss=pl.lit(500_000, pl.Int64)),
        leads=_stays(
            200, lead=at, person=at * 9, kind=pl.lit("重病"), reported_date=day, grid_number=pl.lit("WG01"), state=pl.lit("待办"),
            text=pl.lit("家中困难，需要帮助"), has_number=at % 2 == 0,
        ),
        applications=_stays(
            200, application=at, person=at * 8, window=pl.lit("村"), received_date=day, programme_code=pl.lit("TMP"), cause=pl.lit("因病"),
            forwarded_to=pl.lit("区民政局"), due_date=day + pl.duration(days=30), closed_date=day + pl.duration(days=20),
            result=pl.lit("批准"),
            amount=pl.lit(200_000, pl.Int64), lead=none,
        ),
        housing=_stays(
            40, person=at * 48, spouse=at * 48 + 1, members=pl.concat_list(at * 48 + 2, at * 48 + 3), form=pl.lit("补贴"),
            dwelling_number=text,
            area=pl.lit(50.0), rent=none, subsidy=pl.lit(30_000, pl.Int64), from_date=pl.lit(date(2015, 1, 1)),
            to_date=pl.lit(date(2017, 12, 31)),
        ),
        findings=pl.DataFrame(
            schema={
                "rule_id": pl.String, "label": pl.String, "case_kind": pl.String, "person": pl.Int64, "other_person": pl.Int64,
                "programme_code": pl.String, "other_programme_code": pl.String, "from_month": pl.String, "to_month": pl.String,
                "excess": pl.Int64, "known_month": pl.String,
            }
        ),
        community=make_community(), livelihoods=make_livelihoods(), belongings=make_belongings(),
    )  # fmt: skip
