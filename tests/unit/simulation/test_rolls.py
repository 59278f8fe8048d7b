"""Every roll from a small world: shape, truth addresses, bytes, layout."""

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from registry.configuration import read_settings
from registry.district import DISTRICTS
from registry.roll import Roll
from simulation.defects import Clerk, seat_clerk, type_roll
from simulation.rates import Noise, read_noise
from simulation.rolls.catalogue import SHAPES
from simulation.rolls.shape import Shape, is_due, list_months
from simulation.rolls.view import View
from simulation.sheets import RollFile, lay_out
from simulation.truth import find_mentions
from simulation.write import write_file
from tests.unit.simulation.small_world import make_world

MONTH = "2016-06"
BY_ROLL = {shape.roll: shape for shape in SHAPES}


@pytest.fixture(scope="module")
def clerk() -> Clerk:
    return seat_clerk(View(make_world(), MONTH, MONTH, 1), read_noise("normal"))


@pytest.fixture(scope="module")
def delivered(clerk: Clerk, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[tuple[RollFile, ...], pl.DataFrame, Path]]:
    folder = tmp_path_factory.mktemp("inbox")
    found = {}
    for shape in SHAPES:
        files = lay_out(shape, type_roll(shape, clerk), MONTH, 1)
        for file in files:
            write_file(file, folder / shape.roll)
        found[shape.roll] = (files, find_mentions(shape, files, MONTH), folder / shape.roll)
    return found


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("roll", sorted(BY_ROLL))
def test_every_roll_has_rows_and_known_heads(roll: str, delivered: dict[str, tuple[tuple[RollFile, ...], pl.DataFrame, Path]]) -> None:
    files, mentions, _ = delivered[roll]
    declared: Roll = read_settings(DISTRICTS / "q_district" / "rolls" / f"{roll}.yml", Roll)
    known = {head for column in declared.columns.values() for head in column.heads} | set(declared.ignore)
    for file in files:
        listing = [sheet for sheet in file.sheets if "data" in sheet.lines["@line"]]
        shown = {sheet.shown[item.name].replace("*", "").replace(" ", "") for sheet in listing for item in sheet.heads}
        assert not shown - {head.replace(" ", "") for head in known}, "the roll's YAML does not know these heads"
        assert any(word.strip("*") in file.name for word in declared.delivery.glob)
    assert declared.code == BY_ROLL[roll].code
    assert declared.department == BY_ROLL[roll].department
    assert (declared.delivery.frequency, declared.delivery.content) == (BY_ROLL[roll].frequency, BY_ROLL[roll].content)
    roles = {(person.role, person.position) for person in declared.people}
    assert set(mentions.select("role", "position").unique().rows()) <= roles


def _read_text(path: Path, encoding: str) -> list[list[str]]:
    return list(csv.reader(path.read_bytes().decode(encoding, errors="strict").splitlines()))


def _names(sheet_rows: Sequence[Sequence[object]], mentions: pl.DataFrame, column: int) -> list[tuple[str, str]]:
    return [(str(sheet_rows[row - 1][column]), person) for row, person in mentions.select("row_number", "true_person_id").rows()]


def _share_named(pairs: list[tuple[str, str]]) -> float:
    truth = {f"T{person + 1:07d}": name for person, name in make_world().persons.select("person", "name").rows()}
    return sum(int(truth[person] == name) for name, person in pairs) / len(pairs)


def test_truth_points_at_the_row_of_a_text_file(delivered: dict[str, tuple[tuple[RollFile, ...], pl.DataFrame, Path]]) -> None:
    files, mentions, folder = delivered["hukou"]
    rows = _read_text(folder / files[0].name, "gb18030")
    for role, head in (("subject", "姓名"), ("spouse", "配偶姓名")):
        column = next(at for at, word in enumerate(rows[0]) if word.replace(" ", "").strip("*") == head)
        pairs = _names(rows, mentions.filter(pl.col("role") == role), column)
        assert len(pairs) > 500
        assert _share_named(pairs) > 0.95


def test_truth_points_at_the_row_of_a_workbook(delivered: dict[str, tuple[tuple[RollFile, ...], pl.DataFrame, Path]]) -> None:
    files, mentions, folder = delivered["dibao_members"]
    book = CalamineWorkbook.from_path(folder / files[0].name)
    assert len(book.sheet_names) == 2
    pairs = []
    for sheet in book.sheet_names:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        column = next(at for at, word in enumerate(rows[3]) if str(word).replace(" ", "").strip("*") == "姓名")
        pairs += _names(rows, mentions.filter((pl.col("sheet") == sheet) & (pl.col("role") == "subject")), column)
    assert len(pairs) == 240
    assert _share_named(pairs) > 0.7, "a third of these people have a rare character or an interpunct"


def test_workbooks_have_title_notice_totals_and_signature(delivered: dict[str, tuple[tuple[RollFile, ...], pl.DataFrame, Path]]) -> None:
    for roll in ("dibao_households", "dibao_members", "disability_allowances", "tekun"):
        files, _, folder = delivered[roll]
        rows = CalamineWorkbook.from_path(folder / files[0].name).get_sheet_by_index(0).to_python(skip_empty_area=False)
        assert "2016年6月" in str(rows[0][0])
        assert str(rows[1][0]).startswith("填报单位：")
        assert "合计" in rows[-2]
        assert str(rows[-1][0]).startswith("制表人")


def test_subtotals_and_repeated_headers_stand_in_the_middle(delivered: dict[str, tuple[tuple[RollFile, ...], pl.DataFrame, Path]]) -> None:
    subtotals = delivered["dibao_households"][0][0].sheets[0].lines
    assert subtotals.filter(pl.col("@line") == "total").height > 1
    repeated = delivered["tekun"][0][0].sheets[0].lines
    at = repeated.with_row_index().filter(pl.col("@line") == "header")["index"]
    assert at.len() > 0
    assert 0 < at[0] < repeated.height - 1


def test_excel_numbers_are_numeric_cells(clerk: Clerk, tmp_path: Path) -> None:
    noise = Noise.model_validate({"identity": {"excel_numeric": 0.5}})
    shape = BY_ROLL["dibao_households"]
    files = lay_out(shape, type_roll(shape, seat_clerk(clerk.view, noise)), MONTH, 1)
    write_file(files[0], tmp_path)
    rows = CalamineWorkbook.from_path(tmp_path / files[0].name).get_sheet_by_index(0).to_python()
    cells = [row[5] for row in rows[3:] if row[4]]
    numeric = [cell for cell in cells if isinstance(cell, float)]
    assert 0.2 < len(numeric) / len(cells) < 0.8
    assert all(f"{cell:.0f}"[:4] == "3599" and (int(cell) + 40) % 1000 < 80 for cell in numeric)


def test_same_seed_same_bytes_and_another_seed_other_bytes(clerk: Clerk, tmp_path: Path) -> None:
    def write_all(folder: Path, seed: int) -> dict[str, str]:
        again = seat_clerk(View(make_world(), MONTH, MONTH, seed), read_noise("normal"))
        for shape in SHAPES:
            for file in lay_out(shape, type_roll(shape, again), MONTH, seed):
                write_file(file, folder)
        return _hashes(folder)

    first = write_all(tmp_path / "a", 1)
    assert first == write_all(tmp_path / "b", 1)
    assert set(first.values()).isdisjoint(write_all(tmp_path / "c", 2).values())


def test_a_mistake_stays_until_the_row_is_typed_anew() -> None:
    noise = Noise.model_validate({"identity": {"wrong_digit": 0.3}, "rows": {"churn": 0.1}})
    world, shape = make_world(("2016-05", "2016-06")), BY_ROLL["dibao_households"]
    may, june = (type_roll(shape, seat_clerk(View(world, month, "2016-05", 1), noise)) for month in ("2016-05", "2016-06"))
    both = may.join(june, on="@key")
    changed = both.filter(pl.col("户主身份证") != pl.col("户主身份证_right")).height / both.height
    assert 0 < changed < 0.15


def test_ledgers_run_on_and_lists_bring_only_what_is_new() -> None:
    clean, world = Noise(), make_world(("2016-05", "2016-06"))
    may, june = (seat_clerk(View(world, month, "2016-05", 1), clean) for month in ("2016-05", "2016-06"))
    charity = BY_ROLL["charity"]
    assert set(type_roll(charity, may)["@key"]) < set(type_roll(charity, june)["@key"])
    for roll in ("one_card_ledger", "disability_allowances", "old_age_allowance"):
        earlier, later = (set(type_roll(BY_ROLL[roll], clerk)["@key"]) for clerk in (may, june))
        assert earlier
        assert later
        assert earlier.isdisjoint(later), f"{roll} must not list a payment twice"


def test_rhythm() -> None:
    due = {month: [shape.code for shape in SHAPES if is_due(shape, month, "2016-01")] for month in list_months("2016-01", "2016-12")}
    assert len(due["2016-01"]) == len(SHAPES)
    assert "R11" in due["2016-03"]
    assert "R11" not in due["2016-04"]
    assert {"R23", "R24"} <= set(due["2016-10"])
    assert "R07" not in due["2016-05"]


def test_traps_are_there(delivered: dict[str, tuple[tuple[RollFile, ...], pl.DataFrame, Path]], clerk: Clerk) -> None:
    def rows(roll: str) -> pl.DataFrame:
        return type_roll(BY_ROLL[roll], seat_clerk(clerk.view, Noise()))

    tekun = rows("tekun")
    assert tekun.filter(pl.col("照料人身份证").is_not_null() & (pl.col("照料人身份证") != pl.col("身份证号码"))).height > 0
    assert tekun.filter(pl.col("备注") == "丧葬费").height > 0
    enrolment = rows("nrcms_enrolment")
    dead = set(clerk.view.persons.filter("is_dead")["person"])
    assert set(enrolment["@subject"]) & dead, "villages renew the dead in bulk"
    assert enrolment.filter(pl.len().over("@subject") > 1).height > 0, "some brides are enrolled twice"
    assert rows("one_door")["申请事项"].str.contains("、").any()
    ledger = rows("one_card_ledger").join(clerk.view.world.payments.select(pl.col("payment").alias("@key"), "person"), on="@key")
    assert ledger.filter(pl.col("@subject") != pl.col("person")).height > 0, "the payee of record is often another person"
    leads = rows("grid_leads")
    assert 0.2 < leads["身份证"].null_count() / leads.height < 0.8
    assert "身份证" not in rows("red_cross").columns


def test_an_unknown_shape_kind_is_not_asked_for() -> None:
    kinds = {item.kind for shape in SHAPES for item in shape.heads}
    known = {"text", "serial", "name", "identity_number", "certificate", "date", "month", "amount", "count", "account", "account_name"}
    assert kinds <= known | {"phone", "place", "sex", "boolean", "relation"}


def test_placed_rows_are_data_only(delivered: dict[str, tuple[tuple[RollFile, ...], pl.DataFrame, Path]]) -> None:
    shape: Shape = BY_ROLL["old_age_allowance"]
    placed = delivered[shape.roll][0][0].placed()
    assert placed["姓名"].null_count() == 0
    assert placed["row_number"].is_unique().all()
