"""A small invented month in the shape of the published tables, for the tests of reports and checks."""

import random
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from registry.district import District, load_district
from registry.schema.tables import TABLES, conform_table, empty_table

MONTH = "2016-06"
PAYLOADS = ("=1+1", "@SUM(A1)", "+1+1", "-2+3", "{=1+1}", "http://example.org/x")
CANARY = "金丝雀"
"""Stands in every name, number and place of education's people: none of it may reach another department."""

PLACES = ("359901001001", "359901001002", "359901001208", "359901100001", "359901001209")
NAMES = ("张美英", "林志强", "陈阿治", "欧阳小梅", "黄丽", "许文彬", "蔡乌番", "庄建国")
ROLLS = {
    "dibao_members": ("R02", "civil_affairs"),
    "disability_allowances": ("R07", "civil_affairs"),
    "tekun": ("R05", "civil_affairs"),
    "student_aid": ("R24", "education"),
    "deaths": ("R30", "public_security"),
    "charity": ("R31", "charity_federation"),
    "disability_certificates": ("R08", "disabled_federation"),
}


def _person(number: int, name: str, *, protected: bool | None) -> dict[str, object]:
    place = PLACES[number % len(PLACES)]
    return {
        "person_id": f"P{number:07d}",
        "person_name": name,
        "identity_number": f"3599011950{1 + number % 12:02d}{1 + number % 28:02d}{number % 1000:03d}{number % 10}",
        "place_code": place,
        "town_code": place[:9] + "000",
        "phone_number": f"139{number:08d}",
        "is_local": True,
        "is_protected": protected,
        "mention_count": 2 + number % 5,
        "roll_count": 2,
        "match_probability": 0.999,
    }


def _finding(number: int, rule: str, kind: str, department: str, **facts: object) -> dict[str, object]:
    base: dict[str, object] = {
        "finding_id": f"F{number:06d}",
        "rule_id": rule,
        "finding_kind_code": kind,
        "severity_code": "HML"[number % 3],
        "confidence_code": "high",
        "person_id": f"P{number:07d}",
        "household_id": f"H{number:06d}",
        "department": department,
        "from_month": "2016-02",
        "to_month": MONTH,
        "weakest_probability": 0.987,
        "finding_state_code": "new",
        "first_month": MONTH if number % 2 else "2016-05",
        "last_month": MONTH,
        "sentence_zh": "该人在2016-02至2016-05间同时有特困供养和困残补贴，重叠4个月，涉及约240元，请核对。",
        "sentence_en": "Between 2016-02 and 2016-05 this person has both, 4 months, about 240 CNY. Needs checking.",
        "suggestion_zh": "核对两项待遇的起止月份。",
        "suggestion_en": "Check the first and last months of both.",
        "legal_basis": "国发〔2015〕52号（请核对当地规定）",
        "exceptions_checked": "跨期补发 arrears for other months: 未见 none; 银行退票 returned by the bank: 未见 none",
    }
    return base | facts


def _duplicate(number: int, department: str) -> dict[str, object]:
    return _finding(
        number,
        "A03",
        "duplicate",
        department,
        programme_code="DSB_L",
        other_department="civil_affairs",
        other_programme_code="TEK",
        overlap_from_month="2016-02",
        overlap_to_month="2016-05",
        amount=Decimal(300),
        excess_amount=Decimal("240.50"),
    )


def _missed(number: int, department: str) -> dict[str, object]:
    return _finding(number, "M02", "missed", department, programme_code="DSB_C", other_department="disabled_federation")


def _evidence(finding: dict[str, object], side: str, roll: str, row: int, **facts: object) -> dict[str, object]:
    code, department = ROLLS[roll]
    row_id = f"{code}-201606-1-1-{row:06d}"
    return {
        "finding_id": finding["finding_id"],
        "side_code": side,
        "fact_table": "benefits",
        "fact_id": f"{row_id}-b1",
        "row_id": row_id,
        "mention_id": f"{row_id}-subject",
        "department": department,
        "roll": roll,
        "match_probability": 0.987 if side == "other" else 1.0,
        **facts,
    }


def _evidence_of(finding: dict[str, object], number: int) -> list[dict[str, object]]:
    """One row on this side for half a year, one row on the other side for each of four months."""
    if finding["finding_kind_code"] == "missed":
        return [_evidence(finding, "other", "disability_certificates", 100 + number)]
    own = "student_aid" if finding["department"] == "education" else "disability_allowances"
    this = {
        "programme_code": "DSB_L",
        "benefit_kind_code": "regular",
        "from_month": "2016-01",
        "to_month": "2016-05",
        "amount": Decimal(300),
    }
    that = {"programme_code": "TEK", "benefit_kind_code": "regular", "amount": Decimal(702)}
    months = ("2016-02", "2016-03", "2016-04", "2016-05")
    rows = [_evidence(finding, "this", own, 100 + number, paid_date=date(2016, 6, 20), **this)]
    return rows + [
        _evidence(finding, "other", "tekun", 1000 + 10 * number + step, from_month=month, to_month=month, **that)
        for step, month in enumerate(months)
    ]


def _deliveries() -> list[dict[str, object]]:
    return [
        {
            "roll": roll,
            "month": MONTH,
            "department": department,
            "file_name": f"{roll}（2016年6月）.xlsx",
            "file_hash": "0" * 64,
            "file_number": 1,
            "sheet": "SY街道",
            "sheet_number": 1,
            "byte_count": 1000,
            "row_count": 100,
            "landed_count": 95,
            "quarantined_count": 3,
            "refused_count": 0,
            "skipped_count": 2,
            "is_refused": False,
        }
        for roll, (_, department) in ROLLS.items()
    ]


def _quarantine() -> list[dict[str, object]]:
    rows = []
    for number, value in enumerate((*PAYLOADS, f"{CANARY}值")):
        roll = "student_aid" if value.startswith(CANARY) else "dibao_members"
        rows.append(
            {
                "quarantine_id": f"Q{number:05d}",
                "roll": roll,
                "month": MONTH,
                "department": ROLLS[roll][1],
                "file_name": f"{roll}（2016年6月）.xlsx",
                "file_hash": "0" * 64,
                "sheet": "SY街道",
                "row_number": 10 + number,
                "column": "身份证号",
                "scope_code": "cell" if number % 2 else "row",
                "reason_code": "ID_INVALID",
                "cell_value": value,
                "sentence_zh": "证号校验位不符，请核对原件后更正。",
                "sentence_en": "The check digit does not fit; please compare with the paper and mend it.",
            }
        )
    return rows


def _roll_quality() -> list[dict[str, object]]:
    measures = {
        "file_count": "1",
        "row_count": "100",
        "landed_count": "95",
        "quarantined_count": "3",
        "refused_count": "0",
        "skipped_count": "2",
        "id_valid_share": "0.9312",
        "matched_share": "0.8421",
        "mention_count": "120",
    }
    return [
        {"roll": roll, "month": MONTH, "department": department, "measure": measure, "value": value}
        for roll, (_, department) in ROLLS.items()
        for measure, value in measures.items()
    ]


def _frame(table: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    return conform_table(pl.DataFrame(rows, infer_schema_length=None), table) if rows else empty_table(table)


def _link(row: dict[str, object], findings: list[dict[str, object]]) -> dict[str, object]:
    people = {finding["finding_id"]: finding["person_id"] for finding in findings}
    is_sure = row["side_code"] != "other"
    return {
        "mention_id": row["mention_id"],
        "profile_id": f"V{row['row_id']}",
        "person_id": people[row["finding_id"]],
        "match_probability": row["match_probability"],
        "method_code": "identity_number" if is_sure else "model",
        "identity_state_code": "valid" if is_sure else "missing",
    }


def _household(finding: dict[str, object]) -> dict[str, object]:
    return {
        "household_id": finding["household_id"],
        "household_kind_code": "aid",
        "head_person_id": finding["person_id"],
        "place_code": PLACES[0],
        "member_count": 3,
        "from_month": "2016-01",
        "basis_code": "declared",
    }


def _check(table: str, check: str, failed: int) -> dict[str, object]:
    return {
        "month": MONTH,
        "table_name": table,
        "check_name": check,
        "is_passed": failed == 0,
        "is_blocking": failed == 0,
        "failed_count": failed,
        "row_count": 30,
        "sentence_zh": "检查",
        "sentence_en": "a check",
    }


def make_tables(count: int = 24, seed: int = 1) -> dict[str, pl.DataFrame]:
    """Return every table of one invented month: `count` findings of civil affairs, six of education with canaries."""
    choose = random.Random(seed)
    findings, persons = [], []
    for number in range(1, count + 1):
        name = PAYLOADS[number - 1] if number <= len(PAYLOADS) else choose.choice(NAMES)
        persons.append(_person(number, name, protected=choose.choice((True, False, False, None))))
        findings.append((_duplicate if number % 2 else _missed)(number, "civil_affairs"))
    for number in range(count + 1, count + 7):
        persons.append(_person(number, f"{CANARY}{number}", protected=False))
        findings.append(_duplicate(number, "education") | {"sentence_zh": f"{CANARY}句子"})
    evidence = [row for number, finding in enumerate(findings, 1) for row in _evidence_of(finding, number)]
    made = {
        "findings": findings,
        "finding_evidence": evidence,
        "persons": persons,
        "households": [_household(finding) for finding in findings],
        "person_mentions": [_link(row, findings) for row in evidence],
        "deliveries": _deliveries(),
        "quarantine": _quarantine(),
        "roll_quality": _roll_quality(),
        "check_results": [_check("persons", "key_unique", failed=0), _check("benefits", "amount:amount", failed=2)],
    }
    tables = {name: empty_table(name) for name in TABLES}
    return tables | {name: _frame(name, rows) for name, rows in made.items()}


@pytest.fixture(scope="session")
def district() -> District:
    return load_district("q_district")


@pytest.fixture(scope="session")
def tables() -> dict[str, pl.DataFrame]:
    return make_tables()
