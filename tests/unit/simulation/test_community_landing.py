"""The community rolls as delivered: every file form lands, little goes back, and the facts are what the rolls mean."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from connectors.deliveries import find_deliveries
from connectors.intake import Landed, land_roll
from registry.district import District, load_district
from registry.statement import state_roll
from simulation.defects import Clerk, seat_clerk, type_roll
from simulation.rates import read_noise
from simulation.rolls.community import COMMUNITY
from simulation.rolls.dibao_changes import DIBAO_PAYMENTS
from simulation.rolls.view import View
from simulation.sheets import RollFile, lay_out
from simulation.truth import find_mentions
from simulation.world import build_world
from simulation.write import write_files
from tests.unit.registry.landed_rows import land_rows

PEOPLE = 12_000
MONTHS = ("2016-05", "2016-06")
MONTH, SEED = MONTHS[0], 6
ROLLS = [shape.roll for shape in COMMUNITY]
MOSTLY_RIGHT = 0.15
"""Share of rows with a cell that goes back: villages and charities write worse than offices."""

FEW = 3
"""So many more may be wrong by chance in the lists of a handful of people."""

FACTS = {
    "dibao_changes": {("statuses", "aid_changed")},
    "dibao_payments": {("benefits", "DIB")},
    "children_in_difficulty": {
        ("benefits", "CHD_O"), ("benefits", "CHD_F"), ("statuses", "child_in_difficulty"), ("relations", "parent"),
        ("relations", "guardian"),
    },
    "school_gifts": {("benefits", "EDU_X"), ("needs", "schooling")},
    "donations": {("statuses", "donor")},
    "parcels": {("benefits", "RCS_H")},
    "pairings": {("benefits", "TWN")},
    "village_stations": {("benefits", "VIL"), ("needs", "illness")},
    "crowdfunding": {("cases", "crowdfunding"), ("needs", "illness"), ("relations", "kin")},
    "volunteer_leads": {("cases", "lead")},
    "clan_leads": {("cases", "lead")},
    "referrals": {("cases", "referral"), ("benefits", "NGO")},
}  # fmt: skip
KINDS = {
    "benefits": "programme_code", "needs": "need_kind_code", "statuses": "status_kind_code", "cases": "case_kind_code",
    "relations": "relation_kind_code",
}  # fmt: skip
FORMS = {
    "dibao_changes": ".xls", "dibao_payments": ".txt", "school_gifts": ".zip", "pairings": ".xls", "crowdfunding": ".parquet",
    "volunteer_leads": ".tsv", "clan_leads": ".txt",
}  # fmt: skip


@dataclass(frozen=True)
class Delivery:
    """One roll on its way: what was typed, its files, what landed, what it states, and whom it truly names."""

    typed: pl.DataFrame
    files: tuple[RollFile, ...]
    paths: tuple[Path, ...]
    landed: Landed
    stated: dict[str, pl.DataFrame]
    truth: pl.DataFrame


@pytest.fixture(scope="module")
def district() -> District:
    return load_district("q_district")


@pytest.fixture(scope="module")
def clerk() -> Clerk:
    return seat_clerk(View(build_world(PEOPLE, MONTHS, SEED), MONTH, MONTHS[0], SEED), read_noise("normal"))


@pytest.fixture(scope="module")
def delivered(clerk: Clerk, district: District, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Delivery]:
    inbox: Path = tmp_path_factory.mktemp("inbox")
    typed = {shape.roll: type_roll(shape, clerk) for shape in COMMUNITY}
    written = {shape.roll: lay_out(shape, typed[shape.roll], MONTH, SEED) for shape in COMMUNITY}
    for roll, files in written.items():
        write_files(files, inbox / MONTH / district.rolls[roll].department)
    found = find_deliveries(inbox, MONTH, district)
    assert found.unknown.height == 0
    deliveries = {}
    for shape in COMMUNITY:
        declared, sent = district.rolls[shape.roll], tuple(file for file in found.files if file.roll == shape.roll)
        landed = land_roll(declared, MONTH, sent, district.settings.limits)
        truth = find_mentions(shape, written[shape.roll], MONTH)
        stated, paths = state_roll(landed.rows, declared, district), tuple(file.path for file in sent)
        deliveries[shape.roll] = Delivery(typed[shape.roll], written[shape.roll], paths, landed, stated, truth)
    return deliveries


@pytest.mark.parametrize("roll", ROLLS)
def test_every_row_lands_and_little_goes_back(roll: str, delivered: dict[str, Delivery]) -> None:
    one = delivered[roll]
    assert one.landed.rows.height == one.typed.height > 0
    assert one.landed.deliveries.filter("is_refused").height == 0
    assert one.landed.quarantine.filter(pl.col("scope_code") == "file").height == 0
    bad = one.stated["quarantine"]["row_number"].n_unique()
    assert bad <= FEW + MOSTLY_RIGHT * one.typed.height


@pytest.mark.parametrize("roll", ROLLS)
def test_every_roll_states_its_facts(roll: str, delivered: dict[str, Delivery]) -> None:
    stated = delivered[roll].stated
    kinds = {(table, kind) for table, column in KINDS.items() for kind in stated[table][column].unique()}
    assert kinds == FACTS[roll]


@pytest.mark.parametrize("roll", ROLLS)
def test_the_truth_has_the_address_of_every_mention(roll: str, delivered: dict[str, Delivery]) -> None:
    one = delivered[roll]
    address = ["file_name", "sheet", "row_number", "role_code", "position"]
    rows = one.landed.rows.select("row_id", "file_name", pl.col("sheet").fill_null(""), "row_number")
    named = one.stated["mentions"].join(rows, on="row_id")
    known = one.truth.rename({"role": "role_code"})
    assert named.join(known, on=address, how="anti").height == 0
    assert known.join(named, on=address, how="anti").height <= 0.03 * known.height + 1, "a spoiled name may hide somebody"


def test_every_file_form_of_the_field_occurs(delivered: dict[str, Delivery]) -> None:
    assert {roll: delivered[roll].paths[0].suffix for roll in FORMS} == FORMS
    assert delivered["clan_leads"].paths[0].read_bytes().startswith(b"\xff\xfe"), "Unicode text, as spreadsheet programs save it"
    assert b"<table" in delivered["pairings"].paths[0].read_bytes(), "a web page under the name of a workbook"
    assert b"\t" in delivered["volunteer_leads"].paths[0].read_bytes()
    with zipfile.ZipFile(delivered["school_gifts"].paths[0]) as package:
        assert len(package.namelist()) == len(delivered["school_gifts"].files) > 1, "one file for each giver"


def test_bytes_positions_are_declared_as_they_are_written(district: District) -> None:
    declared, shape = district.rolls["dibao_payments"], DIBAO_PAYMENTS
    assert declared.delivery.fixed_width is not None
    starts = [1 + sum(shape.widths[:at]) for at in range(len(shape.heads))]
    written = {item.name: (start, width) for item, start, width in zip(shape.heads, starts, shape.widths, strict=True)}
    for column, place in declared.delivery.fixed_width.columns.items():
        assert written[declared.columns[column].heads[0]] == place, column


def test_sums_stand_before_the_lists_under_a_three_level_header(delivered: dict[str, Delivery]) -> None:
    one = delivered["dibao_changes"]
    book = CalamineWorkbook.from_path(one.paths[0])
    assert book.sheet_names[0] == "汇总"
    sums = book.get_sheet_by_name("汇总").to_python(skip_empty_area=False)
    assert [row[1] for row in sums[2:5]] == ["新增", "农户", "户数"]
    assert sums[2][0] == "地区"
    listed = book.get_sheet_by_index(1).to_python(skip_empty_area=False)
    assert [listed[2][3], listed[3][5], listed[4][5]] == ["变动情况", "变动前", "变动前人数"]
    counts = one.typed["@change"].value_counts().rows()
    line = next(row for row in sums if row[0] == "合计")
    total = [int(str(cell)) if str(cell).isdigit() else 0 for cell in line]
    assert total[1] + total[4] == dict(counts).get("新增", 0)
    assert total[7] + total[10] == dict(counts).get("停保", 0)


def test_one_column_holds_money_or_goods(delivered: dict[str, Delivery]) -> None:
    benefits = delivered["village_stations"].stated["benefits"]
    kinds = dict(benefits.group_by("benefit_kind_code").agg(pl.col("amount").count()).rows())
    assert kinds["in_kind"] == 0
    assert kinds["regular"] == benefits.filter(pl.col("benefit_kind_code") == "regular").height > 0
    assert delivered["village_stations"].stated["quarantine"].filter(pl.col("column") == "金额/物品").height == 0


def test_the_story_of_a_clan_tells_the_kind(delivered: dict[str, Delivery], clerk: Clerk) -> None:
    cases = delivered["clan_leads"].stated["cases"]
    assert cases.height == delivered["clan_leads"].typed.height, "one case a row, whatever words the story holds"
    number = pl.col("case_number").str.slice(8).cast(pl.Int64)
    told = cases.select(number.alias("lead"), "cause_code").join(clerk.view.world.community.clan_leads, on="lead")
    assert (told["cause_code"] == told["kind"]).all()


def test_a_referral_is_two_steps(delivered: dict[str, Delivery]) -> None:
    one = delivered["referrals"]
    cases = one.stated["cases"]
    sent, served = (cases.filter(pl.col("step_code") == step) for step in ("referred", "served"))
    assert sent.height == one.typed.height
    assert served.height == one.typed["接收确认日期"].count() < sent.height
    assert served.filter(pl.col("result_code").is_not_null())["closed_date"].null_count() == 0


def test_the_federations_gifts_are_stated_once(district: District) -> None:
    rows = [{"name": "陈美英", "amount": "3000", "giver": giver, "paid_date": "2016-03-01"} for giver in ("区慈善总会", "区总工会")]
    stated = state_roll(land_rows("school_gifts", rows), district.rolls["school_gifts"], district)
    assert stated["benefits"]["fund_code"].to_list() == ["union"], "the federation's own ledger states what it gave"
    assert stated["needs"].height == 2


def test_donors_are_no_recipients_and_firms_no_people(delivered: dict[str, Delivery]) -> None:
    one = delivered["donations"]
    roles = one.stated["mentions"]["role_code"].value_counts().sort("role_code").rows()
    firms = one.typed.filter(pl.col("@donor").is_null()).height
    assert dict(roles) == {"clerk": firms, "donor": one.typed.height - firms}
    assert one.stated["benefits"].is_empty()


def test_the_same_rows_give_the_same_bytes(delivered: dict[str, Delivery], district: District, tmp_path: Path) -> None:
    for roll, one in delivered.items():
        write_files(one.files, tmp_path / roll)
        for path in one.paths:
            assert (tmp_path / roll / path.name).read_bytes() == path.read_bytes()
