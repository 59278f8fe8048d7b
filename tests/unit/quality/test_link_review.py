"""Pairs laid side by side: what readers see, what stays hidden, and that the files are blind, safe and repeatable."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from quality.reports import link_review, link_review_book, link_review_page
from quality.reports.link_review import Marked, ReviewList, mark_differences
from registry.district import District, load_district
from registry.schema.tables import conform_table
from registry.schema.text import Language

MONTH = "2016-01"
ADULT, CHILD = date(1960, 3, 4), date(2010, 3, 4)


@pytest.fixture(scope="module")
def district() -> District:
    return load_district("q_district")


def _mention(profile: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    filled = {"mention_id": f"{profile}-m", "row_id": f"R01-201601-1-1-{profile}", "roll": "hukou", "month": MONTH, "role_code": "subject"}
    return filled | {"profile_id": profile, "person_id": f"P-{profile}"} | more


LEFT = _mention(
    "f1", person_name="=庄缎缎", birth_date=ADULT, birth_precision_code="day", identity_number_written="359901196003040121",
    phone_number="13912345678", account_number="621700000000000001", sex_code="2",
)  # fmt: skip
RIGHT = _mention(
    "n1", person_name="=庄绸缎", birth_date=ADULT, birth_precision_code="day", identity_number_written="359901196003040129",
    phone_number="13912345670", sex_code="2",
)  # fmt: skip


def _build(district: District, protection: tuple[bool | None, bool | None] = (False, False), **more: Any) -> ReviewList:  # noqa: ANN401
    rows = pl.DataFrame([LEFT, RIGHT], infer_schema_length=None)
    persons = pl.DataFrame({"person_id": ["P-f1", "P-n1"], "is_protected": protection}, schema_overrides={"is_protected": pl.Boolean})
    tables = {
        "mentions": conform_table(rows, "mentions"),
        "person_mentions": conform_table(rows.select("mention_id", "profile_id", "person_id"), "person_mentions"),
        "persons": conform_table(persons, "persons"),
    }
    reviews = pl.DataFrame(
        {
            "pair_id": ["Q1"], "profile_id_l": ["f1"], "profile_id_r": ["n1"], "match_probability": [0.8642], "rule_label": ["name_key"],
            "reason_code": ["LINK_WEAK"],
        }
    )  # fmt: skip
    return link_review.build(reviews, tables, district, MONTH, "王芳", Language.ZH, **more)


def _text(marked: Marked) -> str:
    return "".join(f"[{text}]" if differs else text for text, differs in marked)


def _lines(review: ReviewList) -> dict[str, tuple[str, str, str]]:
    return {line.field: (_text(line.left), line.sign, _text(line.right)) for line in review.pairs[0].lines}


def test_differing_characters_are_marked(district: District) -> None:
    lines = _lines(_build(district))
    assert lines["name"] == ("=庄[缎]缎", "≠", "=庄[绸]缎")
    assert lines["number"] == ("35990119600304012[1]", "≠", "35990119600304012[9]")
    assert lines["birth"] == ("1960-03-04", "=", "1960-03-04")
    assert lines["sex"] == ("女", "=", "女")


def test_phones_and_accounts_are_never_whole_but_their_difference_shows(district: District) -> None:
    lines = _lines(_build(district))
    assert lines["phone"] == ("139****567[8]", "≠", "139****567[0]")
    assert lines["account"] == ("6217**********0001", "", "")


@pytest.mark.parametrize("protection", [(True, False), (False, True), (None, False), (False, None)])
def test_protected_and_unknown_people_are_hidden_on_both_sides(protection: tuple[bool | None, bool | None], district: District) -> None:
    review = _build(district, protection)
    assert _lines(review)["name"] == ("=*[*]缎", "≠", "=*[*]缎")
    assert _lines(review)["number"] == ("359901********012[1]", "≠", "359901********012[9]")
    shown = "".join(text for line in review.pairs[0].lines for side in (line.left, line.right) for text, _ in side)
    for secret in ("庄缎", "庄绸", "19600304", "1960-03", "13912345678"):
        assert secret not in shown
    assert "1960" in shown


def test_blind_files_tell_no_score_rule_or_reason(district: District, tmp_path: Path) -> None:
    for shows, expected in ((False, False), (True, True)):
        review = _build(district, shows_scores=shows)
        assert bool(review.pairs[0].score) == expected
        page = link_review_page.render(review, tmp_path / "list.html").read_text(encoding="utf-8")
        book = openpyxl.load_workbook(link_review_book.render(review, tmp_path / "list.xlsx"))
        cells = " ".join(str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value)
        for told in ("0.8642", "name_key"):
            assert (told in page) == (told in cells) == expected, told


def test_page_needs_no_script_and_fetches_nothing(district: District, tmp_path: Path) -> None:
    page = link_review_page.render(_build(district), tmp_path / "list.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|javascript:|https?://|//[a-z]|@import|url\(|\son\w+=", page)
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "=庄<mark>缎</mark>缎" in page


def test_names_never_run_as_markup_or_formula(district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LEFT, "person_name", "<img src=x onerror=alert(1)>")
    review = _build(district)
    page = link_review_page.render(review, tmp_path / "list.html").read_text(encoding="utf-8")
    assert "<img" not in page
    book = openpyxl.load_workbook(link_review_book.render(review, tmp_path / "list.xlsx"))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row if cell.value} <= {"s", "n"}


def test_same_list_same_bytes_and_the_drop_down_offers_three_verdicts(district: District, tmp_path: Path) -> None:
    one, two = (link_review_book.render(_build(district), tmp_path / name) for name in ("a.xlsx", "b.xlsx"))
    assert one.read_bytes() == two.read_bytes()
    book = openpyxl.load_workbook(one)
    assert [cell.value for cell in book["_lists"]["A"]] == ["同一人", "不是同一人", "无法判断"]
    rules = book.worksheets[0].data_validations.dataValidation
    assert [(str(rule.sqref), rule.formula1) for rule in rules if rule.type == "list"] == [("E5", "_lists!$A$1:$A$3")]


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("陈志强", "陈志墙", ("陈志[强]", "陈志[墙]")),
        ("林氏", "林阿水", ("林[氏]", "林[阿水]")),
        ("陈志", "陈志强", ("陈志", "陈志[强]")),
        ("甲", "乙", ("[甲]", "[乙]")),
        ("", "乙", ("", "[乙]")),
    ],
)
def test_marks(left: str, right: str, shown: tuple[str, str]) -> None:
    one, other = mark_differences(left, right)
    assert (_text(one), _text(other)) == shown
