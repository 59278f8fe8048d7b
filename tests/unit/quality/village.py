"""A few invented people and what the rolls say of them, told row by row, for the tests of the rules."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from quality.facts import Facts
from quality.findings import RuleOutcome
from quality.periods import find_serial, write_month
from registry.schema.tables import conform_table, empty_table

VILLAGE = "359901001208"
DEPARTMENTS = {
    "charity": "charity_federation",
    "red_cross": "red_cross",
    "nrcms_bills": "health",
    "hukou": "public_security",
    "deaths": "public_security",
    "disability_certificates": "disabled_federation",
    "student_aid": "education",
    "school_register": "education",
    "grid_leads": "political_legal",
    "one_door": "single_window",
    "one_card_ledger": "finance",
}
ROLLS = {
    "TEK": "tekun",
    "DSB_L": "disability_allowances",
    "DSB_C": "disability_allowances",
    "ELD_A": "old_age_allowance",
    "TMP": "temporary_aid",
}
ROLLS |= {
    "MED_I": "medical_aid",
    "CHA_M": "charity",
    "RCS_M": "red_cross",
    "CRF": "charity",
    "EDU_C": "student_aid",
    "EDU_H": "student_aid",
}


def months(first: str, last: str) -> list[str]:
    """Return the months from first to last."""
    return [write_month(serial) for serial in range(find_serial(first), find_serial(last) + 1)]


class Village:
    """Collects rows; `facts()` gives the frames of a month."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in Facts.__dataclass_fields__}
        self.count = 0

    def _source(self, roll: str, month: str) -> dict[str, Any]:
        self.count += 1
        row_id = f"X-{month.replace('-', '')}-1-1-{self.count:06d}"
        return {"row_id": row_id, "roll": roll, "month": month, "department": DEPARTMENTS.get(roll, "civil_affairs")}

    def _mention(self, source: dict[str, Any], person: str | None, probability: float, role: str = "subject") -> str:
        mention_id = f"{source['row_id']}-{role}"
        self.rows["mentions"].append({**source, "mention_id": mention_id, "role_code": role})
        self.rows["person_mentions"].append({"mention_id": mention_id, "person_id": person, "match_probability": probability})
        return mention_id

    def _fact(self, table: str, person: str, roll: str, month: str, probability: float, facts: dict[str, Any]) -> dict[str, Any]:
        source = self._source(roll, month)
        key = {"benefits": "benefit_id", "needs": "need_id", "statuses": "status_id", "cases": "case_id"}[table]
        mention = self._mention(source, person, probability)
        row: dict[str, Any] = {**source, key: f"{source['row_id']}-{table[0]}1", "mention_id": mention, "person_id": person, **facts}
        self.rows[table].append(row)
        return row

    def person(
        self,
        person: str,
        born: str = "1960-05-05",
        *,
        name: str | None = None,
        numbered: bool = True,
        local: bool = True,
        died: str | None = None,
    ) -> str:
        row: dict[str, Any] = {
            "person_id": person,
            "name_key": name or f"名{person}",
            "identity_number": f"3599{person:>014}" if numbered else None,
        }
        row |= {"birth_date": date.fromisoformat(born), "place_code": VILLAGE, "is_local": local}
        row |= {"death_date": date.fromisoformat(died) if died else None, "match_probability": 1.0}
        self.rows["persons"].append(row)
        return person

    def benefit(
        self, person: str, programme: str, first: str, last: str | None = None, amount: float | None = None, *, roll: str | None = None,
        kind: str = "regular", unit: str = "P", month: str | None = None, probability: float = 1.0, paid: str | None = None, **more: object,
    ) -> dict[str, Any]:  # fmt: skip
        facts: dict[str, Any] = {
            "programme_code": programme,
            "unit_code": unit,
            "benefit_kind_code": kind,
            "from_month": first,
            "to_month": last or first,
        }
        facts |= {"amount": None if amount is None else Decimal(str(amount)), "paid_date": date.fromisoformat(paid) if paid else None}
        return self._fact("benefits", person, roll or ROLLS.get(programme, "other"), month or last or first, probability, facts | more)

    def status(
        self,
        person: str,
        kind: str,
        first: str | None = None,
        last: str | None = None,
        *,
        roll: str = "hukou",
        month: str = "2016-06",
        probability: float = 1.0,
        **more: object,
    ) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "status_kind_code": kind,
            "from_date": date.fromisoformat(first) if first else None,
            "to_date": date.fromisoformat(last) if last else None,
        }
        return self._fact("statuses", person, roll, month, probability, facts | more)

    def bill(
        self,
        person: str,
        number: str | None,
        admitted: str,
        discharged: str,
        total: float,
        *,
        month: str = "2016-06",
        visit: str = "inpatient",
        probability: float = 1.0,
        **shares: float,
    ) -> dict[str, Any]:
        facts: dict[str, Any] = {f"{share}_amount": Decimal(str(value)) for share, value in shares.items()}
        dates = {"from_date": date.fromisoformat(admitted), "to_date": date.fromisoformat(discharged)}
        facts |= {"need_kind_code": "bill", "need_number": number, "amount": Decimal(str(total)), **dates}
        row = self._fact("needs", person, "nrcms_bills", month, probability, facts)
        source = {name: row[name] for name in ("row_id", "roll", "month", "department", "mention_id", "person_id")}
        basic = {
            "programme_code": "INS_B",
            "unit_code": "B",
            "benefit_kind_code": "regular",
            "cause_code": visit,
            "amount": facts.get("basic_amount"),
        }
        self.rows["benefits"].append({**source, "benefit_id": f"{row['row_id']}-b1", **basic})
        return row

    def case(
        self, person: str, kind: str, number: str, opened: str, *, month: str = "2016-06", probability: float = 1.0, **more: object
    ) -> dict[str, Any]:
        roll = "grid_leads" if kind == "lead" else "one_door"
        facts: dict[str, Any] = {"case_kind_code": kind, "case_number": number, "opened_date": date.fromisoformat(opened)}
        return self._fact("cases", person, roll, month, probability, facts | more)

    def household(self, *people: str, first: str = "2016-01", last: str | None = None) -> None:
        for person in people:
            span = {"from_month": first, "to_month": last, "household_kind_code": "aid"}
            self.rows["household_members"].append({"household_id": f"H{people[0]}", "person_id": person, **span})

    def dibao(self, head: str, drawing: tuple[str, ...], first: str, last: str, amount: float, probability: float = 1.0) -> None:
        """Tell a minimum-living-allowance household month by month: the head's row, and one row per drawing member."""
        for month in months(first, last):
            self.benefit(head, "DIB", month, amount=amount, roll="dibao_households", unit="H", household_number=f"head:{head}")
            for person in drawing:
                row = self.benefit(
                    person,
                    "DIB",
                    month,
                    roll="dibao_members",
                    kind="entitlement",
                    household_number=f"member:{head}",
                    probability=probability,
                )
                self._mention({name: row[name] for name in ("row_id", "roll", "month", "department")}, head, 1.0, role="head")

    def list_for_others(self, programme: str, first: str, last: str, people: int = 10) -> None:
        """Tell that the paying list of these months was delivered: other people stand on it."""
        for number in range(people):
            self.benefit(f"other-{programme}-{number}", programme, first, last, amount=180)

    def facts(self) -> Facts:
        frames = {
            name: conform_table(pl.DataFrame(rows, infer_schema_length=None), name) if rows else empty_table(name)
            for name, rows in self.rows.items()
        }
        return Facts(**frames)


def of_rule(outcome: RuleOutcome, rule_id: str) -> list[dict[str, Any]]:
    """Return the findings of one rule."""
    return outcome.findings.filter(pl.col("rule_id") == rule_id).to_dicts()
