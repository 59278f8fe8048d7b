"""The month's deliveries of the made-up county, written the ways departments write, with the truth about every row.

Belongs here: files, spellings and slips. Does not belong here: who there is (`people`) and what they receive (`aid`).
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from tests.second_district.aid import Aid, give_aid
from tests.second_district.people import County, build_county
from tests.second_district.spellings import (
    SHORT,
    write_birth,
    write_day,
    write_given,
    write_listed,
    write_money,
    write_number,
    write_phone,
    write_plain,
    write_spoken,
)
from tests.second_district.writer import MONTH, Cell, Row, Writer


def deliver_county(inbox: Path, seed: int = 8) -> tuple[County, Aid]:
    """Write the inbox with its truth/ folder; the same seed gives the same files."""
    county = build_county(seed)
    aid = give_aid(county, seed)
    writer = Writer(inbox, random.Random(seed + 2))
    for deliver in (_residents, _deaths, _cash, _disability, _allowance, _supported, _enrollment, _meals, _emergencies, _relief):
        deliver(writer, county, aid)
    _write_truth(writer, county)
    return county, aid


def _residents(writer: Writer, county: County, aid: Aid) -> None:
    rng = writer.rng
    heads = [
        "Household No.",
        "LAST NAME",
        "First Name",
        "Middle",
        "Suffix",
        "Resident ID",
        "Date of Birth",
        "Sex",
        "Relationship to Head",
        "Street Address",
        "Neighborhood",
        "Town",
        "ZIP Code",
        "Phone",
    ]
    gone = {person.true_person_id for person, day in aid.deaths if day < date(2016, 5, 1)}
    rows: list[Row] = [
        (
            [
                p.household,
                p.surname,
                p.given,
                p.middle,
                p.suffix,
                write_number(p, rng),
                f"{p.born:%m/%d/%Y}",
                p.sex,
                p.relation,
                p.address,
                p.village,
                p.town,
                "00000",
                write_phone(p.phone, rng),
            ],
            {"subject": p},
        )
        for p in county.people
        if p.true_person_id not in gone
    ]
    writer.write_text("residents", "county_clerk/Resident Register June 2016.csv", heads, rows)


def _deaths(writer: Writer, county: County, aid: Aid) -> None:
    rng = writer.rng
    rows: list[Row] = [
        ([write_listed(p, rng), write_number(p, rng), p.born, day, day + timedelta(days=6)], {"subject": p}) for p, day in aid.deaths
    ]
    heads = ["Name of Deceased", "Resident ID", "Date of Birth", "Date of Death", "Date Recorded"]
    titles = ["Maple County Clerk", "Deaths recorded, January to June 2016"]
    writer.write_workbook("deaths", "county_clerk/Deaths 2016.xlsx", titles, heads, rows, [["Certified by: J. Clerk"]])


def _cash(writer: Writer, county: County, aid: Aid) -> None:
    rng, rows = writer.rng, list[Row]()
    for case, head, drawing, grant in aid.cases:
        account, head_name, head_number = f"40{rng.randint(1000000, 9999999)}", write_listed(head, rng), write_number(head, rng)
        for person, draws in drawing:
            is_head = person is head
            relation = person.relation if person.household == head.household else "Nephew" if person.sex == "M" else "Niece"
            cells: list[Cell] = [
                len(rows) + 1,
                case,
                head_name,
                head_number,
                write_listed(person, rng),
                write_number(person, rng, 0.1, 0.03),
                write_birth(person.born, rng),
                relation,
                "Yes" if draws else "No",
                write_money(grant, rng) if is_head else None,
                account if is_head else None,
                head.town,
                "T. Worker",
            ]
            rows.append((cells, {"subject": person, "head": head}))
    heads = [
        "#",
        "Case No.",
        "Head of Household",
        "Head ID",
        "Name",
        "ID Number",
        "DOB",
        "Relationship",
        "On Grant?",
        "Monthly Grant",
        "Account",
        "Town",
        "Caseworker",
    ]
    total = sum(grant for *_, grant in aid.cases)
    feet: list[Sequence[Cell]] = [
        [None, "Grand Total", None, None, None, None, None, None, None, f"${total:,.2f}"],
        ["Prepared by: T. Worker"],
    ]
    writer.write_workbook(
        "cash_assistance",
        "human_services/Cash Assistance 2016-06.xlsx",
        ["Department of Human Services", "Cash Assistance: June 2016"],
        heads,
        rows,
        feet,
    )


def _disability(writer: Writer, county: County, aid: Aid) -> None:
    rng, rows, dead = writer.rng, list[Row](), {person.true_person_id for person, _ in aid.deaths}
    for at, (person, grade, expires) in enumerate(aid.disabled):
        guardian = next((p for p in county.household(person.household) if p is not person and p.true_person_id not in dead), None)
        cells: list[Cell] = [
            f"DC-{at + 1:05d}",
            person.surname.upper(),
            write_given(person, rng).upper(),
            person.suffix,
            write_number(person, rng, 0.03),
            write_birth(person.born, rng),
            rng.choice([f"Grade {grade}", str(grade), ("I", "II", "III", "IV")[grade - 1]]),
            "1/15/2012",
            write_day(expires, rng) if expires.year < 2017 else f"{expires:%m/%d/%Y}",
            write_plain(guardian, rng) if guardian else "",
        ]
        rows.append((cells, {"subject": person} | ({"guardian": guardian} if guardian else {})))
    heads = ["Certificate", "Last Name", "First name", "Jr/Sr", "RESIDENT ID", "DATE OF BIRTH", "GRADE", "Issued", "Expires", "Guardian"]
    writer.write_text("disability_register", "health/Disability Certificates.tsv", heads, rows, "\t")


def _allowance(writer: Writer, county: County, aid: Aid) -> None:
    rng, rows = writer.rng, list[Row]()
    for person, period, remark in aid.allowance:
        months = 3 if "Q" in period else 1
        given = SHORT.get(person.given, write_given(person, rng)) if rng.random() < 0.3 else write_given(person, rng)
        cells: list[Cell] = [
            f"{person.surname}{' ' + person.suffix if person.suffix else ''}",
            given,
            write_number(person, rng, 0.15, 0.03),
            write_birth(person.born, rng),
            rng.choice([period, "Jun 2016", "6/2016"]) if months == 1 else period,
            write_money(60 * months, rng),
            write_day(date(2016, 6, 15), rng),
            remark,
            write_phone(person.phone, rng),
        ]
        rows.append((cells, {"subject": person}))
    heads = ["Surname", "Given Names", "Resident ID", "Birthdate", "Benefit Period", "Amount Paid", "Paid On", "Remarks", "Contact Phone"]
    writer.write_text("disability_allowance", "human_services/Disability Allowance Jun-2016.csv", heads, rows, ";")


def _supported(writer: Writer, county: County, aid: Aid) -> None:
    rng = writer.rng
    planted = {person for rule, person in aid.findings if rule == "A03"}
    rows: list[Row] = [
        (
            [
                write_listed(p, rng),
                write_number(p, rng, 0.0 if p.true_person_id in planted else 0.1),
                p.born,
                p.sex,
                "Elm House",
                since,
                950.0,
            ],
            {"subject": p},
        )
        for p, since in aid.supported
    ]
    feet: list[Sequence[Cell]] = [
        ["Subtotal", None, None, None, None, None, 950.0 * len(rows)],
        ["Total", None, None, None, None, None, 950.0 * len(rows)],
    ]
    writer.write_workbook(
        "supported_living",
        "health/Supported Living.xlsx",
        ["Supported Living, June 2016"],
        ["Resident", "ID No.", "Born", "Sex", "Home", "Since", "Monthly Cost"],
        rows,
        feet,
    )


def _enrollment(writer: Writer, county: County, aid: Aid) -> None:
    rng, rows = writer.rng, list[Row]()
    for at, (person, state) in enumerate(aid.pupils):
        parent = county.household(person.household)[0]
        cells: list[Cell] = [
            f"S{at + 1:05d}",
            write_listed(person, rng),
            write_number(person, rng, 0.12, 0.02),
            person.born,
            "Male" if person.sex == "M" else "Female",
            str(max(1, person.age - 5)),
            "Alder Elementary",
            write_plain(parent, rng),
            write_phone(parent.phone, rng),
            state,
        ]
        rows.append((cells, {"subject": person, "guardian": parent}))
    heads = ["Student No.", "Student Name", "Resident ID", "D.O.B.", "M/F", "Grade", "School", "Parent/Guardian", "Parent Phone", "Status"]
    writer.write_workbook(
        "enrollment", "schools/Enrollment June 2016.xlsx", ["School Enrollment", "Report date: June 30, 2016"], heads, rows, []
    )


def _meals(writer: Writer, county: County, aid: Aid) -> None:
    rng, rows = writer.rng, list[Row]()
    for person in aid.meals:
        parent = county.household(person.household)[0]
        cells: list[Cell] = [
            write_spoken(person, rng),
            write_birth(person.born, rng),
            write_plain(parent, rng),
            "Alder Elementary",
            "June 2016",
            write_money(44, rng),
        ]
        rows.append((cells, {"subject": person}))
    writer.write_text("school_meals", "schools/School Meals.csv", ["Pupil", "Birth date", "Parent", "School", "Month", "Value"], rows)


def _emergencies(writer: Writer, county: County, aid: Aid) -> None:
    rng, rows = writer.rng, list[Row]()
    for number, person, cause, day, amount in aid.emergencies:
        cells: list[Cell] = [
            number,
            write_spoken(person, rng),
            write_number(person, rng, 0.1),
            f"{person.address}, {person.village}, {person.town}",
            write_phone(person.phone, rng),
            cause,
            write_day(day - timedelta(days=3), rng),
            write_money(amount, rng),
            write_day(day, rng),
        ]
        rows.append((cells, {"subject": person}))
    heads = ["Event No.", "Applicant", "ID", "Address", "Phone", "Reason", "Date of Event", "Amount", "Date Paid"]
    writer.write_text("emergency_aid", "human_services/Emergency Aid 2016 YTD.csv", heads, rows)


def _relief(writer: Writer, county: County, aid: Aid) -> None:
    rng, rows = writer.rng, list[Row]()
    for person in aid.relief:
        cells: list[Cell] = [
            write_spoken(person, rng),
            write_number(person, rng, 0.7),
            str(person.age),
            write_phone(person.phone, rng),
            f"{person.address}, {person.village}, {person.town}",
            write_money(rng.choice([50, 75.5, 120, 1250]), rng),
            write_day(date(2016, 6, rng.randint(1, 28)), rng),
            rng.choice(["groceries", "heating", "rent", "medicine"]),
        ]
        rows.append((cells, {"subject": person}))
    for number in range(6):
        cells = [f"Visitor{'abcdef'[number]} Stranger", "", "40", f"555111222{number}", "no fixed address", "$25", "6/5/2016", "bus fare"]
        rows.append((cells, {"subject": None}))
    heads = ["Who", "Resident ID (if known)", "Age", "Tel.", "Where they live", "How much ($)", "When", "Why"]
    writer.write_text("relief_grants", "charity/Relief Grants June.csv", heads, rows)


def _write_truth(writer: Writer, county: County) -> None:
    folder = writer.inbox / "truth"
    (folder / "mentions").mkdir(parents=True, exist_ok=True)
    columns = ["roll", "month", "file_name", "sheet", "row_number", "role", "position", "true_person_id"]
    types = {"row_number": pl.Int64, "position": pl.Int64}
    mentions = pl.DataFrame(writer.truth, schema={name: types.get(name, pl.String) for name in columns}, orient="row")
    mentions.write_parquet(folder / "mentions" / f"{MONTH}.parquet")
    people = [(person.true_person_id, person.number) for person in county.people]
    pl.DataFrame(people, schema=["true_person_id", "identity_number"], orient="row").write_parquet(folder / "persons.parquet")
