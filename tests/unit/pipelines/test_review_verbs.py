"""Lists out, verdicts in: what is refused and how it is told, who is asked what, and what a verdict does to the next run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from pipelines.judgement_log import append_answers, choose_judgements, read_answers, read_log
from pipelines.resources import Home
from pipelines.review_files import WORDS, read_verdict
from pipelines.review_verbs import describe_status, export_reviews, import_reviews
from registry.errors import ConfigError, RegistryError
from registry.judgements import name_pairs
from tests.unit.pipelines.small_home import LATER, MONTH, make_rows, open_home, person_of, profile_of, resolve_month

NAMES_ROW, FIRST_ROW = 3, 5


@pytest.fixture
def home(tmp_path: Path) -> Home:
    opened = open_home(tmp_path / "home")
    resolve_month(opened)
    return opened


def _export(home: Home, path: Path, reader: str = "", **more: Any) -> Path:  # noqa: ANN401
    export_reviews(home.path, MONTH, (path, None), reader, None, "q_district", "both", shows_scores=False, **more)
    return path


def _change(path: Path, change: Callable[[Any, dict[str, int]], None]) -> Path:
    """Let `change` write into the sheet of a workbook; it is told where the columns stand."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    change(sheet, {cell.value: cell.column for cell in sheet[NAMES_ROW] if cell.value})
    book.save(path)
    return path


def _answer_all(word: str) -> Callable[[Any, dict[str, int]], None]:
    def change(sheet: Any, columns: dict[str, int]) -> None:  # noqa: ANN401
        for row in range(FIRST_ROW, sheet.max_row + 1):
            sheet.cell(row, columns["verdict"]).value = word

    return change


def _import(home: Home, path: Path, **more: Any) -> None:  # noqa: ANN401
    options = {"reader": None, "day": "2016-02-03", "month": None, "revises": False} | more
    revises = options.pop("revises")
    import_reviews(home.path, path, options["reader"], options["day"], options["month"], "q_district", "en", revises=revises)


def _judge(home: Home, path: Path, reader: str, word: str, **more: Any) -> None:  # noqa: ANN401
    _import(home, _change(_export(home, path, reader), _answer_all(word)), **more)


def test_rejected_by_two_stays_apart_and_is_asked_no_more(home: Home, tmp_path: Path) -> None:
    asked = home.read(MONTH, "link_reviews").height
    assert asked == 6
    for reader in ("王芳", "李明"):
        _judge(home, tmp_path / "list.xlsx", reader, "不是同一人")
    assert describe_status(home)["states"]["settled"] == asked
    assert openpyxl.load_workbook(_export(home, tmp_path / "third.xlsx", "张三")).worksheets[0].max_row == FIRST_ROW
    again = resolve_month(home, LATER)
    assert again.link_reviews.is_empty()
    assert person_of(again, "c0") not in {person_of(again, "e00"), person_of(again, "e01")}


def test_accepted_by_two_is_one_person_in_the_next_run_and_one_reader_alone_is_not(home: Home, tmp_path: Path) -> None:
    first = resolve_month(home)
    wanted = (profile_of(first, "c0"), profile_of(first, "e00"))
    pair = name_pairs(pl.DataFrame({"profile_id_l": [wanted[0]], "profile_id_r": [wanted[1]]}))["pair_id"].item()

    def accept(sheet: Any, columns: dict[str, int]) -> None:  # noqa: ANN401
        for row in range(FIRST_ROW, sheet.max_row + 1):
            if sheet.cell(row, columns["pair_id"]).value == pair:
                sheet.cell(row, columns["verdict"]).value = "同一人 / same person"

    _import(home, _change(_export(home, tmp_path / "a.xlsx", "王芳"), accept))
    alone = resolve_month(home)
    assert person_of(alone, "c0") != person_of(alone, "e00")
    _import(home, _change(_export(home, tmp_path / "b.xlsx", "李明"), accept))
    both = resolve_month(home, LATER)
    assert person_of(both, "c0") == person_of(both, "e00") != person_of(both, "e01")
    moved = resolve_month(home, LATER, [row | {"row_id": f"feb-{row['row_id']}"} for row in make_rows()])
    assert person_of(moved, "feb-c0") == person_of(moved, "feb-e00") != person_of(moved, "feb-e01")


def test_reader_is_asked_each_pair_once_and_the_third_only_what_two_differ_on(home: Home, tmp_path: Path) -> None:
    _judge(home, tmp_path / "a.xlsx", "王芳", "same")
    assert openpyxl.load_workbook(_export(home, tmp_path / "again.xlsx", "王芳")).worksheets[0].max_row == FIRST_ROW
    _judge(home, tmp_path / "b.xlsx", "李明", "无法判断")
    status = describe_status(home)
    assert (status["states"]["third"], status["agreement"][0]["agreed_count"]) == (6, 0)
    assert choose_judgements(home).is_empty()
    _judge(home, tmp_path / "c.xlsx", "张三", "different")
    assert describe_status(home)["states"]["disputed"] == 6


def test_limit_keeps_pairs_that_wait_for_a_third(home: Home, tmp_path: Path) -> None:
    row = home.read(MONTH, "link_reviews").sort("match_probability", "profile_id_l", "profile_id_r").row(0, named=True)
    named = name_pairs(pl.DataFrame([{name: row[name] for name in ("profile_id_l", "profile_id_r")}])).to_dicts()[0]
    told = named | {"judged_on": "2016-02-03", "month": MONTH, "note": None, "file_name": "x", "file_row": 1}
    append_answers(home, [told | {"judged_by": reader, "verdict_code": code} for reader, code in (("a", "same"), ("b", "different"))])
    path = tmp_path / "one.xlsx"
    export_reviews(home.path, MONTH, (path, None), "c", 1, "q_district", "zh", shows_scores=False)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [cell.value for cell in sheet["B"][FIRST_ROW - 1 :]] == [named["pair_id"]]


def _set(column: str, value: str, row: int = FIRST_ROW) -> Callable[[Any, dict[str, int]], None]:
    def change(sheet: Any, columns: dict[str, int]) -> None:  # noqa: ANN401
        _answer_all("same")(sheet, columns)
        sheet.cell(row, columns[column]).value = value

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_set("verdict", "也许"), ["row 5", "column E (verdict)", "'也许'", "same person", "drop-down"]),
        (_set("pair_id", "Q0123456789ABCDE", 6), ["row 6", "column B (pair_id)", "'Q0123456789ABCDE'", "export again"]),
        (_set("reader", "", 7), ["row 7", "column G (reader)", "nothing", "--reader"]),
        (_set("judged_on", "三月五日", 8), ["row 8", "column H (judged_on)", "三月五日", "2016-07-15"]),
    ],
    ids=["unknown word", "vanished pair", "no reader", "no date"],
)
def test_mistake_is_told_with_file_row_column_and_remedy_and_nothing_is_kept(
    change: Callable[[Any, dict[str, int]], None], told: list[str], home: Home, tmp_path: Path
) -> None:
    path = _change(_export(home, tmp_path / "list.xlsx", "王芳"), change)
    with pytest.raises(RegistryError) as caught:
        _import(home, path)
    for part in ["list.xlsx", *told]:
        assert part in str(caught.value)
    assert read_log(home).is_empty()


def test_two_answers_of_one_reader_in_one_file_are_refused(home: Home, tmp_path: Path) -> None:
    ids = name_pairs(home.read(MONTH, "link_reviews"))["pair_id"].sort().to_list()
    csv = tmp_path / "two.csv"
    csv.write_text(f"pair_id,verdict,reader\n{ids[0]},same,a\n{ids[1]},same,a\n{ids[0]},different,a\n", encoding="utf-8")
    with pytest.raises(RegistryError, match=r"two\.csv.*row 4.*as in row 2"):
        _import(home, csv)


def test_changed_mind_needs_revise_and_both_answers_stay_on_record(home: Home, tmp_path: Path) -> None:
    _judge(home, tmp_path / "a.xlsx", "王芳", "same")
    path = _change(tmp_path / "a.xlsx", _answer_all("different"))
    with pytest.raises(RegistryError, match=r"same person \(judgements\.jsonl:1\).*--revise"):
        _import(home, path)
    _import(home, path, revises=True)
    assert (read_log(home).height, read_answers(home).height) == (12, 6)
    assert set(read_answers(home)["verdict_code"]) == {"different"}
    _import(home, path)
    assert read_log(home).height == 12


def test_verdicts_that_contradict_over_a_chain_are_refused_before_they_are_kept(home: Home, tmp_path: Path) -> None:
    first = resolve_month(home)
    c, one, other = (profile_of(first, row) for row in ("c0", "e00", "e01"))
    lines = ["profile_id_l,profile_id_r,verdict"]
    lines += [f"{c},{one},same", f"{other},{c},same", f"{one},{other},different"]
    csv = tmp_path / "chain.csv"
    csv.write_text("\n".join(lines) + "\n", encoding="utf-8")
    _import(home, csv, reader="a")
    with pytest.raises(ConfigError, match="contradict each other"):
        _import(home, csv, reader="b")
    assert read_log(home).height == 3


def test_profile_nobody_knows_is_a_vanished_pair(home: Home, tmp_path: Path) -> None:
    csv = tmp_path / "gone.csv"
    csv.write_text("profile_id_l,profile_id_r,verdict,reader\nf0,n0-1,same,a\n", encoding="utf-8")
    with pytest.raises(RegistryError, match=r"row 2, column A \(profile_id_l\).*f0 ~ n0-1"):
        _import(home, csv)


def test_file_without_the_columns_says_what_it_should_be(home: Home, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(RegistryError, match=r"x\.csv.*pair_id and verdict"):
        _import(home, tmp_path / "x.csv")


def test_damaged_log_names_its_line(home: Home, tmp_path: Path) -> None:
    _judge(home, tmp_path / "a.xlsx", "王芳", "same")
    with (home.path / "judgements.jsonl").open("a", encoding="utf-8") as log:
        log.write('{"verdict_code": "same"}\n')
    with pytest.raises(RegistryError, match=r"judgements\.jsonl:7"):
        choose_judgements(home)


def test_verdicts_whose_rows_are_gone_are_kept_and_counted(home: Home, tmp_path: Path) -> None:
    for reader in ("王芳", "李明"):
        _judge(home, tmp_path / "list.xlsx", reader, "different")
    resolve_month(home, LATER, [row for row in make_rows() if row["row_id"] != "c0"])
    status = describe_status(home)
    assert (status["states"]["settled"], status["not_in_force"]) == (6, 2)
    assert json.dumps(status)


@pytest.mark.parametrize(
    "word", ["same", "SAME person ", "同一人", "同一人 / same person", "同一人/same person", "ｓａｍｅ", "不是同一人", "Cannot tell"]
)
def test_verdicts_are_understood_in_both_languages(word: str) -> None:
    assert read_verdict(word) in WORDS.values()


def test_not_the_same_is_never_read_as_the_same() -> None:
    assert read_verdict("不是同一人 / not the same person") == "different"
    assert read_verdict("不同") is None
