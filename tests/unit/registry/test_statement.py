"""Statement: small landed rolls to exact mentions, facts and returned cells."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from registry.facts import find_delivery_span
from registry.roll_checks import require_sound_roll
from registry.schema.tables import polars_schema
from registry.standardise.periods import write_month
from registry.statement import STATED, attach_persons, state_roll
from simulation.rolls.catalogue import SHAPES
from tests.unit.registry.landed_rows import FOLDER, land_rows, q_district

WOMAN, MAN = "359901196703150023", "359921195212043515"
ROLLS = sorted(q_district().rolls)


def state(roll: str, rows: list[dict[str, str]], month: str = "2016-06", sheet: str = "") -> dict[str, pl.DataFrame]:
    return state_roll(land_rows(roll, rows, month, sheet), q_district().rolls[roll], q_district())


def rows_of(frame: pl.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return frame.select(columns).rows()


@pytest.mark.parametrize("roll", ROLLS)
def test_every_roll_is_sound_and_states_nothing_from_nothing(roll: str) -> None:
    require_sound_roll(q_district().rolls[roll], frozenset(q_district().settings.departments), FOLDER / "rolls" / f"{roll}.yml")
    stated = state(roll, [])
    assert tuple(stated) == STATED
    for table, frame in stated.items():
        assert frame.schema == polars_schema(table) and frame.is_empty()


def test_every_declared_roll_is_simulated_under_its_code_and_owner() -> None:
    rolls = q_district().rolls.values()
    assert {(roll.roll, roll.code, roll.department) for roll in rolls} == {(shape.roll, shape.code, shape.department) for shape in SHAPES}
    assert len({roll.code for roll in rolls}) == len(rolls) > 20


@pytest.mark.parametrize("roll", ROLLS)
def test_no_head_means_two_columns(roll: str) -> None:
    declared = q_district().rolls[roll]
    heads = [head for column in declared.columns.values() for head in column.heads] + declared.ignore
    assert len(heads) == len(set(heads))


def test_member_row_names_two_people() -> None:
    stated = state(
        "dibao_members",
        [
            {
                "head_name": "张三",
                "head_id": MAN,
                "relation": "妻",
                "name": "李 四",
                "identity_number": "",
                "birth_date": "1967.3.15",
                "enjoys": "享受",
            }
        ],
    )
    assert rows_of(
        stated["mentions"], "mention_id", "name_key", "identity_number", "birth_date", "relation_code", "household_number", "kin_name"
    ) == [
        ("R02-201606-1-1-000002-head", "张三", MAN, date(1952, 12, 4), None, f"R02:{MAN}", None),
        ("R02-201606-1-1-000002-subject", "李四", None, date(1967, 3, 15), "12", f"R02:{MAN}", "张三"),
    ]
    assert rows_of(
        stated["benefits"], "benefit_id", "programme_code", "unit_code", "benefit_kind_code", "from_month", "to_month", "household_number"
    ) == [("R02-201606-1-1-000002-b1", "DIB", "P", "entitlement", "2016-06", "2016-06", f"R02:{MAN}")]
    assert rows_of(stated["relations"], "mention_id", "other_mention_id", "relation_kind_code") == [
        ("R02-201606-1-1-000002-subject", "R02-201606-1-1-000002-head", "head")
    ]


def test_listed_but_not_drawing_is_no_benefit() -> None:
    stated = state("dibao_members", [{"head_name": "张三", "name": "李四", "enjoys": "不享受"}])
    assert stated["benefits"].is_empty() and stated["mentions"].height == 2


def test_household_amount_and_grace_period() -> None:
    stated = state(
        "dibao_households", [{"town": "SY街道", "name": "张三", "identity_number": MAN, "amount": "1,080", "remark": "渐退期至2016年9月"}]
    )
    assert rows_of(stated["benefits"], "programme_code", "unit_code", "amount", "from_month") == [
        ("DIB", "H", Decimal("1080.00"), "2016-06")
    ]
    assert rows_of(stated["statuses"], "status_kind_code", "to_date", "news_date") == [
        ("grace_until", date(2016, 9, 30), date(2016, 6, 30))
    ]


def test_tekun_is_money_of_the_month_and_entitlement_since() -> None:
    rows = [
        {"name": "庄美玉", "identity_number": WOMAN, "amount": "702", "start_month": "2016-02"},
        {"name": "连水", "amount": "8424", "remark": "丧葬费"},
    ]
    stated = state("tekun", rows)
    assert rows_of(stated["benefits"], "benefit_id", "benefit_kind_code", "from_month", "to_month", "amount") == [
        ("R05-201606-1-1-000002-b1", "regular", "2016-06", "2016-06", Decimal("702.00")),
        ("R05-201606-1-1-000002-b2", "entitlement", "2016-02", "2016-06", None),
        ("R05-201606-1-1-000003-b3", "funeral", "2016-06", "2016-06", Decimal("8424.00")),
    ]


def test_advance_and_balance_keep_one_case_number() -> None:
    rows = [
        {"number": "L1", "name": "张三", "cause": "车祸", "fund": "民政", "amount": "3000", "paid_date": "2016-04-02", "is_advance": "是"},
        {"number": "L1", "name": "张三", "cause": "交通事故", "amount": "5000", "paid_date": "2016-05-10", "is_advance": "否"},
        {"number": "L2", "name": "张三", "cause": "重病", "amount": "4000", "paid_date": "2016-06-01"},
    ]
    stated = state("temporary_aid", rows)
    assert rows_of(stated["benefits"], "benefit_kind_code", "event_number", "cause_code", "fund_code", "from_month") == [
        ("advance", "L1", "交通事故", "民政", "2016-04"),
        ("regular", "L1", "交通事故", None, "2016-05"),
        ("regular", "L2", "突发重病", None, "2016-06"),
    ]


@pytest.mark.parametrize(
    ("written", "first", "last"), [("2016年第1季度", "2016-01", "2016-03"), ("", "2016-04", "2016-06"), ("乱写", "2016-04", "2016-06")]
)
def test_quarter_written_or_of_the_delivery(written: str, first: str, last: str) -> None:
    stated = state("disability_allowances", [{"name": "张三", "kind": "护理", "amount": "300", "quarter": written}])
    assert rows_of(stated["benefits"], "programme_code", "from_month", "to_month", "amount") == [("DSB_C", first, last, Decimal("300.00"))]
    assert stated["quarantine"]["reason_code"].to_list() == (["PERIOD_UNREADABLE"] if written == "乱写" else [])


def test_certificate_tells_number_kind_and_grade() -> None:
    row = {
        "certificate": f"{MAN}44",
        "name": "张三",
        "kind": "肢体",
        "grade": "四级",
        "issued_date": "2012-05-01",
        "valid_to": "2022.5",
        "state": "正常",
    }
    stated = state("disability_certificates", [row, row | {"state": "冻结"}])
    assert stated["mentions"]["identity_number"].to_list() == [MAN, MAN]
    columns = ("status_kind_code", "value_code", "category_code", "from_date", "to_date", "reference_number")
    assert rows_of(stated["statuses"], *columns) == [
        ("disabled", "4", "4", date(2012, 5, 1), date(2022, 5, 31), f"{MAN}44"),
        ("disability_inactive", "4", "frozen", date(2012, 5, 1), date(2022, 5, 31), f"{MAN}44"),
    ]


def test_bill_is_a_need_and_its_payments_are_benefits() -> None:
    bill = {
        "number": "B1",
        "name": "张三",
        "identity_number": MAN,
        "visit": "住院",
        "hospital": "区医院",
        "admitted": "2016-03-01",
        "discharged": "2016-03-09",
        "total": "86,400",
        "basic": "45840",
        "major": "0",
        "medical_aid": "13820.8",
        "paid_date": "2016-03-10",
    }
    stated = state("nrcms_bills", [bill, bill | {"total": "-86400", "basic": "-45840"}])
    assert rows_of(stated["needs"], "need_kind_code", "need_number", "amount", "medical_aid_amount") == [
        ("bill", "B1", Decimal("86400.00"), Decimal("13820.80")),
        ("bill", "B1", Decimal("-86400.00"), Decimal("13820.80")),
    ]
    assert rows_of(stated["benefits"], "programme_code", "benefit_kind_code", "amount", "event_number", "event_amount", "from_month") == [
        ("INS_B", "regular", Decimal("45840.00"), "B1", Decimal("86400.00"), "2016-03"),
        ("INS_B", "reversal", Decimal("-45840.00"), "B1", Decimal("-86400.00"), "2016-03"),
    ]


def test_newborn_on_the_mothers_number_is_not_the_mother() -> None:
    (child,) = state("nrcms_bills", [{"name": "陈丽英之女", "identity_number": WOMAN}])["mentions"].to_dicts()
    assert (child["name_key"], child["kin_name"], child["sex_code"]) == (None, "陈丽英", "2")
    assert (child["identity_number"], child["identity_state_code"], child["birth_date"]) == (None, "not_this_person", None)
    assert child["identity_number_written"] == WOMAN


def test_public_housing_names_the_family_and_pays_the_quarter() -> None:
    row = {
        "family_number": "G1",
        "name": "张三",
        "identity_number": MAN,
        "spouse_name": "李四",
        "member2_name": "张五",
        "mode": "租赁补贴",
        "monthly_subsidy": "200",
        "village": "锦山",
    }
    stated = state("public_housing", [row])
    assert stated["mentions"]["mention_id"].str.slice(22).to_list() == ["member2", "spouse", "subject"]
    assert stated["mentions"]["household_number"].unique().to_list() == ["R26:G1"]
    assert stated["mentions"]["place_code"].unique().to_list() == ["359901001001"]
    assert rows_of(stated["benefits"], "programme_code", "amount", "from_month", "to_month") == [
        ("HOU_S", Decimal("600.00"), "2016-04", "2016-06")
    ]
    assert stated["relations"]["other_mention_id"].str.slice(22).to_list() == ["spouse", "member2"]


def test_register_names_four_people_and_tells_the_cancelled() -> None:
    row = {
        "book_number": "H1",
        "name": "张三",
        "relation": "户主",
        "sex": "男",
        "birth_date": "1952-12-04",
        "identity_number": MAN,
        "address": "SY街道锦山村3组12号",
        "is_cancelled": "否",
        "father_name": "张大",
        "mother_name": "",
        "spouse_name": "李四",
        "spouse_id": WOMAN,
    }
    gone = row | {"is_cancelled": "是", "cancel_reason": "死亡", "cancelled_date": "2016-05-01"}
    stated = state("hukou", [row, gone])
    assert rows_of(stated["statuses"], "status_kind_code", "value_code", "from_date") == [
        ("registered", None, None),
        ("cancelled", "dead", date(2016, 5, 1)),
    ]
    first = stated["mentions"].filter(pl.col("row_id").str.ends_with("000002"))
    assert rows_of(first, "role_code", "name_key", "relation_code", "kin_name") == [
        ("father", "张大", None, "张三"),
        ("spouse", "李四", None, "张三"),
        ("subject", "张三", "02", "李四"),
    ]
    assert first["place_code"].unique().to_list() == ["359901001001"]


def test_deaths_tell_death_and_cancellation() -> None:
    rows = [
        {"name": "陈木生", "identity_number": MAN, "death_date": "2016-03-30", "cancelled_date": "2016-06-11"},
        {"name": "林水", "cancelled_date": "2016-06-12"},
    ]
    assert rows_of(state("deaths", rows)["statuses"], "status_kind_code", "value_code", "from_date", "news_date") == [
        ("dead", None, date(2016, 3, 30), date(2016, 6, 11)),
        ("cancelled", "dead", date(2016, 6, 11), date(2016, 6, 11)),
        ("cancelled", "dead", date(2016, 6, 12), date(2016, 6, 12)),
    ]


def test_charity_row_with_a_name_and_a_village_only() -> None:
    stated = state("charity", [{"name": "陈美英", "address": "锦山村", "scheme": "助医", "amount": "5000", "paid_date": "2016年5月"}])
    assert rows_of(stated["mentions"], "name_key", "identity_state_code", "place_code") == [("陈美英", "missing", "359901001001")]
    assert rows_of(stated["benefits"], "programme_code", "from_month", "amount") == [("CHA_M", "2016-05", Decimal("5000.00"))]
    assert stated["needs"]["need_kind_code"].to_list() == ["illness"]


def test_age_instead_of_a_birth_date_and_kin_in_brackets() -> None:
    stated = state(
        "red_cross",
        [{"name": "张小明", "sex": "男", "age": "8", "applicant": "张三(父亲)", "amount": "2000", "approved_date": "2016-06-01"}],
    )
    assert rows_of(stated["mentions"], "role_code", "name_key", "name_note", "birth_date", "birth_precision_code", "kin_name") == [
        ("applicant", "张三", "父亲", None, None, "张小明"),
        ("subject", "张小明", None, date(2008, 1, 1), "age", "张三"),
    ]


def test_lead_and_application_are_cases() -> None:
    lead = state("grid_leads", [{"number": "W1", "reported": "2016-05-03", "category": "重病", "name": "张三", "state": "处理中"}])["cases"]
    assert rows_of(lead, "case_kind_code", "case_number", "cause_code", "step_code", "opened_date") == [
        ("lead", "W1", "重病", "处理中", date(2016, 5, 3))
    ]
    row = {
        "number": "S1",
        "opened": "2016-05-04",
        "name": "张三",
        "matter": "临时救助、医疗救助",
        "result": "批准",
        "closed": "2016-05-20",
        "amount": "3000",
    }
    case = state("one_door", [row])["cases"]
    assert rows_of(case, "case_kind_code", "programme_code", "result_code", "closed_date") == [
        ("application", "TMP", "approved", date(2016, 5, 20))
    ]


def test_ledger_line_tells_a_returned_payment() -> None:
    rows = [{"name": "张三", "programme": "高龄津贴", "amount": "0", "state": "失败", "failure": "户名不符", "paid_date": "2016-06-20"}]
    assert rows_of(state("one_card_ledger", rows)["benefits"], "programme_code", "is_returned", "cause_code") == [
        ("ELD_A", True, "name_mismatch")
    ]


def test_student_grant_covers_its_semester() -> None:
    rows = [{"school_year": "2015-2016学年", "semester": "第二学期", "name": "郭佳怡", "scheme": "普通高中国家助学金", "amount": "1000"}]
    assert rows_of(state("student_aid", rows, "2016-04")["benefits"], "programme_code", "from_month", "to_month") == [
        ("EDU_H", "2016-02", "2016-07")
    ]


def test_pupil_on_leave_is_not_enrolled() -> None:
    rows = [{"name": "郭佳怡", "grade": "高一", "school": "一中", "state": "在读"}, {"name": "柯雨欣", "grade": "七年级", "state": "休学"}]
    assert rows_of(state("school_register", rows)["statuses"], "status_kind_code", "value_code") == [("enrolled", "H1")]


def test_cells_that_cannot_be_read_go_back_and_the_row_goes_on() -> None:
    rows = [{"name": "张三", "identity_number": "359901196703150024", "amount": "见附表", "village": "乌有村"}]
    stated = state("dibao_households", rows, sheet="SY街道")
    returned = rows_of(stated["quarantine"], "quarantine_id", "scope_code", "reason_code", "column", "cell_value")
    assert returned == [
        ("R01-201606-1-1-000002-amount", "cell", "AMOUNT_UNREADABLE", "救助金额", "见附表"),
        ("R01-201606-1-1-000002-identity_number", "cell", "ID_INVALID", "户主身份证", "359901196703150024"),
    ]
    assert rows_of(stated["benefits"], "programme_code", "amount") == [("DIB", None)]
    assert stated["mentions"]["town_code"].to_list() == ["359901001000"]
    sentence = stated["quarantine"]["sentence_zh"][0]
    assert sentence.startswith("a.csv工作表“SY街道”第2行“救助金额”") and "金额无法识别" in sentence


def test_unknown_category_states_no_benefit() -> None:
    stated = state("charity", [{"name": "张三", "scheme": "助行", "amount": "1"}])
    assert stated["benefits"].is_empty() and stated["quarantine"]["reason_code"].to_list() == ["CATEGORY_UNKNOWN"]


def test_row_that_names_nobody_goes_back_whole() -> None:
    stated = state("dibao_households", [{"name": "无", "identity_number": "0", "amount": "1"}])
    assert stated["mentions"].is_empty() and stated["benefits"].is_empty()
    assert ("row", "NO_PERSON") in rows_of(stated["quarantine"], "scope_code", "reason_code")


def test_damaged_number_keeps_what_is_sure() -> None:
    rows = [{"name": "张三", "identity_number": "359901196703150000", "cell_marks": "identity_number=excel_numeric"}]
    (mention,) = state("dibao_households", rows)["mentions"].to_dicts()
    assert (mention["identity_number"], mention["identity_state_code"], mention["identity_partial"]) == (
        None,
        "excel_damaged",
        "359901196703150???",
    )
    assert mention["birth_date"] == date(1967, 3, 15)


def test_months_are_stated_apart() -> None:
    two = pl.concat([land_rows("deaths", [{"name": "张三", "death_date": "3月15日"}], month) for month in ("2016-04", "2015-04")])
    stated = state_roll(two, q_district().rolls["deaths"], q_district())
    assert rows_of(stated["statuses"], "month", "from_date") == [("2015-04", date(2015, 3, 15)), ("2016-04", date(2016, 3, 15))]


def test_persons_are_attached_to_both_sides() -> None:
    stated = state("dibao_members", [{"head_name": "张三", "name": "李四", "enjoys": "享受"}])
    links = pl.DataFrame({"mention_id": ["R02-201606-1-1-000002-head", "R02-201606-1-1-000002-subject"], "person_id": ["P1", "P2"]})
    assert rows_of(attach_persons("relations", stated["relations"], links), "person_id", "other_person_id") == [("P2", "P1")]
    assert rows_of(attach_persons("benefits", stated["benefits"], links), "person_id") == [("P2",)]


@pytest.mark.parametrize(
    ("frequency", "day", "months"),
    [
        ("monthly", date(2016, 6, 30), ("2016-06", "2016-06")),
        ("quarterly", date(2016, 1, 31), ("2016-01", "2016-03")),
        ("semester", date(2016, 4, 30), ("2016-02", "2016-07")),
        ("semester", date(2016, 10, 31), ("2016-08", "2017-01")),
        ("semester", date(2016, 1, 31), ("2015-08", "2016-01")),
        ("yearly", date(2016, 3, 31), ("2016-01", "2016-12")),
    ],
)
def test_period_of_a_delivery(frequency: str, day: date, months: tuple[str, str]) -> None:
    assert (
        pl.select(*(write_month(pl.lit(serial)).alias(str(at)) for at, serial in enumerate(find_delivery_span(frequency, day)))).row(0)
        == months
    )


def test_household_mark_survives_a_damaged_number_of_the_head() -> None:
    rows = [
        {"head_name": "张三", "head_id": MAN, "name": "张三"},
        {"head_name": "张三", "head_id": "359921195212043000", "name": "李四"},
        {"head_name": "张三", "head_id": "359901198802290000", "name": "王五"},
        {"head_name": "陈六", "head_id": "同户主", "name": "陈六"},
    ]
    members = state("dibao_members", rows, sheet="SY街道")["mentions"].filter(pl.col("role_code") == "subject")
    assert members["household_number"].to_list() == [f"R02:{MAN}", f"R02:{MAN}", "R02:SY街道/张三", "R02:SY街道/陈六"]


def test_funeral_money_on_the_ledger_is_no_allowance() -> None:
    rows = [{"name": "张三", "programme": "丧葬补助金", "amount": "8424", "state": "成功", "paid_date": "2016-06-20"}]
    assert rows_of(state("one_card_ledger", rows)["benefits"], "programme_code", "benefit_kind_code", "is_returned") == [
        ("FUN", "funeral", False)
    ]


@pytest.mark.parametrize(
    ("written", "day"), [("2016.1", None), ("2016年", None), ("2016.3", date(2016, 3, 1)), ("2016-03-30", date(2016, 3, 30))]
)
def test_a_death_of_which_only_the_year_is_sure_gets_no_date(written: str, day: date | None) -> None:
    statuses = state("deaths", [{"name": "陈木生", "death_date": written}])["statuses"]
    assert rows_of(statuses, "status_kind_code", "from_date") == [("dead", day)]


@pytest.mark.parametrize(("village", "reasons"), [("乌有村", ["PLACE_UNKNOWN"]), ("外省某村", [])])
def test_unknown_village_goes_back_once_unless_it_is_elsewhere(village: str, reasons: list[str]) -> None:
    row = {"name": "张三", "village": village, "payee_name": "张四", "kind": "护理", "amount": "300", "quarter": "2016年第2季度"}
    quarantine = state("disability_allowances", [row])["quarantine"]
    assert quarantine["reason_code"].to_list() == reasons
    assert quarantine["quarantine_id"].is_unique().all()
