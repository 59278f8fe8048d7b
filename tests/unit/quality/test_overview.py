"""The overview: one quiet file, both languages, both kinds equal, nobody's name."""

import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from quality.reports.overview import OverviewData, build, render
from quality.reports.small_counts import SMALL_SHOWN, WITHHELD, hide_small
from registry.district import District
from registry.schema.tables import conform_table
from tests.unit.quality.conftest import MONTH, make_tables

Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def data(tables: Tables, district: District) -> OverviewData:
    return build(tables, district, MONTH)


@pytest.fixture(scope="module")
def page(data: OverviewData, tmp_path_factory: pytest.TempPathFactory) -> str:
    return render(data, tmp_path_factory.mktemp("overview") / "overview.html").read_text(encoding="utf-8")


class _Reader(HTMLParser):
    """Gathers tags, landmarks and texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    assert "<script" not in page
    assert not re.findall(r"https?://", re.sub(r'xmlns(:\w+)?="[^"]*"', "", page))
    assert not re.search(r"\bon\w+=|javascript:|url\(|@import", page)
    assert not {"link", "img", "iframe", "object"} & set(read(page).tags)
    assert len(page.encode()) < 3_000_000


def test_the_page_reads_in_both_languages(page: str) -> None:
    assert page.count('class="zh"') == page.count('class="en"') > 100
    assert "疑似遗漏" in page
    assert "Possible missed aid" in page
    assert {("id", "lang-zh"), ("id", "lang-en")} <= set(read(page).attributes)


def test_headings_landmarks_and_descriptions_are_there(page: str) -> None:
    reader = read(page)
    assert [tag for tag in ("header", "main", "footer") if reader.tags.count(tag) == 1] == ["header", "main", "footer"]
    assert reader.tags.count("h1") == 1
    assert reader.tags.count("h2") == 8
    labels = [value for name, value in reader.attributes if name == "aria-label" and value]
    assert any("A03" in label or "特困" in label for label in labels)
    assert reader.tags.count("svg") == 10


def test_charts_keep_chinese_as_text_in_a_generic_font(page: str) -> None:
    charts = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert any("特困" in chart for chart in charts)
    assert {family for chart in charts for family in re.findall(r'font-family="([^"]+)"', chart)} == {"sans-serif"}


def test_no_person_is_named(page: str, tables: Tables) -> None:
    persons, findings = tables["persons"], tables["findings"]
    names = persons["person_name"].to_list()
    secrets = [*names, *persons["identity_number"], *persons["phone_number"], *persons["person_id"]]
    secrets += [*findings["finding_id"], *findings["household_id"], *findings["sentence_zh"]]
    assert not [secret for secret in secrets if secret in page]
    assert "*" * 4 not in page


def test_both_kinds_have_cards_of_one_size(page: str, data: OverviewData) -> None:
    assert (data.duplicate_count, data.missed_count) == (18, 12)
    numbers = re.findall(r'<div class="card (?:dup|mis)">.*?<span class="number">(\d+)</span>', page)
    assert numbers == ["18", "12"]


def test_counts_follow_the_findings(data: OverviewData, tables: Tables) -> None:
    assert data.rules["count"].sum() == 30
    assert data.rules["new_count"].sum() == tables["findings"].filter(pl.col("first_month") == MONTH).height
    assert float(data.excess_amount) == 18 * 240.5
    pairs = dict(
        zip(zip(data.departments["department"], data.departments["other_department"], strict=True), data.departments["count"], strict=True)
    )
    assert pairs == {
        ("civil_affairs", "civil_affairs"): 12,
        ("civil_affairs", "disabled_federation"): 12,
        ("education", "civil_affairs"): 6,
    }
    assert data.methods.select("method_code", "count").rows() == [("model", 84), ("identity_number", 18)]
    assert data.sizes["count"].sum() == 30
    assert data.failed_checks["check_name"].to_list() == ["amount:amount"]


def test_settled_findings_are_not_counted(tables: Tables, district: District) -> None:
    settled = tables["findings"].with_columns(pl.lit("closed").alias("finding_state_code"))
    assert build(tables | {"findings": settled}, district, MONTH).duplicate_count == 0


def test_small_towns_are_hidden_and_not_drawn(tables: Tables, district: District) -> None:
    town = "359901001000"
    few = tables["persons"].with_columns(
        pl.when(pl.int_range(pl.len()) < 4).then(pl.lit("359901101000")).otherwise(pl.lit(town)).alias("town_code")
    )
    towns = build(tables | {"persons": conform_table(few, "persons")}, district, MONTH).towns
    shown = dict(towns.filter(pl.col("town_code").is_in([town, "359901101000"])).select("town_code", "duplicate_shown").rows())
    assert shown == {"359901101000": SMALL_SHOWN, town: WITHHELD}
    assert towns["duplicate_drawn"].sum() == 0


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([0, 12, 30], ["0", "12", "30"]),
        ([3, 12, 30], ["<10", "–", "30"]),
        ([3, 9, 30], ["<10", "<10", "30"]),
        ([1, 1, 30], ["<10", "<10", "–"]),
        ([9, 9, 30, 40], ["<10", "<10", "–", "40"]),
        ([], []),
    ],
)
def test_a_hidden_count_cannot_be_worked_out_from_the_total(counts: list[int], shown: list[str]) -> None:
    assert hide_small(counts) == shown


def test_the_same_month_gives_the_same_bytes(page: str, district: District, tmp_path: Path) -> None:
    again = render(build(make_tables(), district, MONTH), tmp_path / "again.html")
    assert again.read_text(encoding="utf-8") == page


def test_an_empty_month_still_gives_a_page(district: District, tmp_path: Path) -> None:
    page = render(build({}, district, MONTH), tmp_path / "empty.html").read_text(encoding="utf-8")
    assert "None this month" in page
