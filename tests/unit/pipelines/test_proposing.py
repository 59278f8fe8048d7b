"""`tuodi propose`: any format in, a declaration that loads and lands out, refusals that say what to do."""

import io
import re
import shutil
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.proposing import propose_roll, try_landing, write_roll
from pipelines.proposing_verbs import _show_head
from registry.district import DISTRICTS, District, load_district
from registry.errors import ConfigError, RegistryError
from registry.roll import Roll
from registry.schema.text import Language

HEADS = ["序号", "受助人", "身份证号", "监护人姓名", "监护人身份证", "困难类型", "发放金额", "发放日期", "联系电话", "经办人"]
CAUSES = ("因病", "因残")
NUMBERS = ("359901196703150023", "359901197001010010", "359901194006050132", "35990119670315004X")
ROWS = [
    [str(at + 1), f"林秀{letter}", NUMBERS[at % 4], f"陈志{letter}", NUMBERS[(at + 1) % 4], CAUSES[at % 2], f"{500 + at}.50", "2016-01-15",
     f"1390000{at:04d}", "庄国强"]
    for at, letter in enumerate("英珍玉华梅凤芳兰香桂云美春莲红霞玲丽艳燕娟敏静慧")
]  # fmt: skip


def write_csv(folder: Path) -> Path:
    path = folder / "2016年1月冬令慰问发放表.csv"
    path.write_text("\n".join(",".join(row) for row in [HEADS, *ROWS]) + "\n", encoding="gb18030")
    return path


def write_tsv(folder: Path) -> Path:
    path = folder / "冬令慰问发放表_201601.tsv"
    path.write_text("\n".join("\t".join(row) for row in [HEADS, *ROWS]) + "\n", encoding="utf-8-sig")
    return path


def write_workbook(folder: Path) -> Path:
    path = folder / "2016年1月冬令慰问发放表(定稿).xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("石桥村")
    sheet.merge_range(0, 0, 0, len(HEADS) - 1, "2016年1月冬令慰问发放表")
    sheet.write_string(1, 0, "单位：元")
    total: list[str | None] = ["合计", None, None, None, None, None, "12276", None, None, None]
    for at, row in enumerate([list[str | None](HEADS), *map(list[str | None], ROWS), total], start=2):
        for column, cell in enumerate(row):
            if cell is not None:
                sheet.write_string(at, column, cell)
    book.close()
    return path


def write_two_levels(folder: Path) -> Path:
    path = folder / "冬令慰问发放表201601.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.merge_range(0, 1, 0, 2, "受助人")
    sheet.merge_range(0, 3, 0, 4, "监护人")
    lower = ["序号", "姓名", "身份证号", "姓名", "身份证号", *HEADS[5:]]
    for at, row in enumerate([lower, *ROWS], start=1):
        for column, cell in enumerate(row):
            sheet.write_string(at, column, cell)
    book.close()
    return path


def write_parquet(folder: Path) -> Path:
    path = folder / "冬令慰问发放表_201601.parquet"
    pl.DataFrame(dict(zip(HEADS, zip(*ROWS, strict=True), strict=True))).write_parquet(path)
    return path


def write_page(folder: Path) -> Path:
    path = folder / "冬令慰问发放表_201601.xls"
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in [HEADS, *ROWS])
    path.write_text(f"<html><meta charset='utf-8'><table>{rows}</table></html>", encoding="utf-8")
    return path


def write_archive(folder: Path) -> Path:
    inner, path = io.BytesIO(write_csv(folder).read_bytes()), folder / "冬令慰问发放表_201601.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("list.csv", inner.getvalue())
    return path


@pytest.fixture
def district(tmp_path: Path) -> District:
    return load_district(Path(shutil.copytree(DISTRICTS / "starter_zh", tmp_path / "district")))


def propose(path: Path, district: District, out: Path) -> tuple[Roll, str, pl.DataFrame]:
    proposal = propose_roll(path, "winter_gifts", "charity", district, Language.ZH)
    declared = write_roll(proposal, out, district)
    return declared, out.read_text(encoding="utf-8"), try_landing(path, declared, proposal.month, district).deliveries


@pytest.mark.parametrize("write", [write_csv, write_tsv, write_workbook, write_two_levels, write_parquet, write_page, write_archive])
def test_every_format_gives_a_declaration_that_lands_the_file(write: object, district: District, tmp_path: Path) -> None:
    path = write(tmp_path)  # type: ignore[operator]
    roll, text, deliveries = propose(path, district, tmp_path / "rolls" / "winter_gifts.yml")
    kinds = {name: column.kind for name, column in roll.columns.items()}
    assert kinds == {
        "name": "name", "identity_number": "identity_number", "guardian_name": "name", "guardian_id": "identity_number",
        "amount": "amount", "paid_date": "date", "phone": "phone", **{name: "category" for name in kinds if kinds[name] == "category"},
    }  # fmt: skip
    assert [(person.role, person.name, person.identity_number) for person in roll.people] == [
        ("subject", "name", "identity_number"),
        ("guardian", "guardian_name", "guardian_id"),
    ]
    assert {name for name, column in roll.columns.items() if column.required} == {"name"}
    assert {name for name, column in roll.columns.items() if column.optional} >= {"phone"}
    assert [set(lookup) for lookup in roll.lookups.values()] == [set(CAUSES)]
    assert {"序号", "经办人"} <= set(roll.ignore)
    assert not deliveries["is_refused"].any() and deliveries["landed_count"].sum() == len(ROWS)
    assert not re.search(r"\d{7}|林秀|陈志|庄国", text)


def test_the_declaration_belongs_to_the_district_and_to_the_files_name(district: District, tmp_path: Path) -> None:
    out = district.folder / "rolls" / "winter_gifts.yml"
    roll, text, _ = propose(write_csv(tmp_path), district, out)
    assert roll.delivery.glob == ["*冬令慰问发放表*"]
    assert roll.department == "charity" and roll.delivery.frequency == "monthly"
    assert roll.code not in {other.code for other in district.rolls.values()}
    assert load_district(district.folder).rolls["winter_gifts"] == roll
    for name in roll.columns:
        assert re.search(rf"^  {name}: .*  # [01]\.\d\d .+", text, re.MULTILINE), name


def test_the_department_is_told_by_the_folder(district: District, tmp_path: Path) -> None:
    (tmp_path / "civil_affairs").mkdir()
    path = write_csv(tmp_path / "civil_affairs")
    assert propose_roll(path, "winter_gifts", None, district, Language.EN).draft.department == "civil_affairs"


@pytest.mark.parametrize(
    ("roll", "department", "said"),
    [
        ("Winter Gifts", "charity", "small letters"),
        ("residents", "charity", "declared already"),
        ("winter_gifts", "charty", "did you mean 'charity'"),
        ("winter_gifts", None, "--department"),
    ],
)
def test_names_that_cannot_be_used(roll: str, department: str | None, said: str, district: District, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        propose_roll(write_csv(tmp_path), roll, department, district, Language.EN)
    assert said in caught.value.show("en") and caught.value.show("zh") != caught.value.show("en")


def test_rows_without_heads_are_refused_and_not_taken_for_heads(district: District, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("\n".join(f"林秀{letter},石桥村,因病" for letter in "英珍玉华梅凤") + "\n", encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        propose_roll(path, "winter_gifts", "charity", district, Language.EN)
    assert "a row of column heads" in caught.value.show("en") and "林秀" not in caught.value.show("both")


def test_the_verb_writes_shows_confidence_and_never_writes_over(district: District, tmp_path: Path) -> None:
    path = write_workbook(tmp_path)
    asked = ["propose", str(path), "--roll", "winter_gifts", "--department", "charity", "--district", str(district.folder), "--lang", "en"]
    first = CliRunner().invoke(app, asked)
    assert first.exit_code == 0, first.output
    assert "24 landed, 0 quarantined, 0 refused" in first.output and "beneficiary, guardian" in first.output
    assert not re.search(r"\d{7}|林秀|陈志|庄国", first.output)
    written = (district.folder / "rolls" / "winter_gifts.yml").read_text(encoding="utf-8")
    again = CliRunner().invoke(app, [*asked[:3], "other_gifts", *asked[4:], "--out", str(district.folder / "rolls" / "winter_gifts.yml")])
    assert isinstance(again.exception, ConfigError) and "exists" in again.exception.show("en")
    assert (district.folder / "rolls" / "winter_gifts.yml").read_text(encoding="utf-8") == written


def test_editors_are_pointed_to_a_schema_that_lies_there(district: District, tmp_path: Path) -> None:
    (district.folder / "schema").mkdir()
    shutil.copy(DISTRICTS.parent / "docs" / "reference" / "roll.schema.json", district.folder / "schema")
    out = district.folder / "rolls" / "winter_gifts.yml"
    _, text, _ = propose(write_csv(tmp_path), district, out)
    target = text.splitlines()[0].partition("$schema=")[2]
    assert (out.parent / target).resolve() == (district.folder / "schema" / "roll.schema.json").resolve()


HOSTILE = [
    *(
        "a: b",
        "# x",
        "{a}",
        "[a",
        "- a",
        "*",
        "&a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a`",
        '"a"',
        "'a'",
        "a\tb",
        "是",
        "yes",
        "null",
        "~",
        "1e3",
    ),
    *("=1+1", "<script>", "😀", "\u202eab", "a\u0301", "\ufeffb", "../x", "x" * 300, "；DROP TABLE", "{{ x }}", "$(x)"),
    *("a,b", "a\\nb"),
]


def test_hostile_heads_stay_heads(district: District, tmp_path: Path) -> None:
    path = tmp_path / "冬令慰问_201601.xlsx"
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for at, row in enumerate([["姓名", "身份证号", *HOSTILE], *([row[1], row[2], *["x"] * len(HOSTILE)] for row in ROWS)]):
        for column, cell in enumerate(row):
            sheet.write_string(at, column, cell)
    book.close()
    roll, _, deliveries = propose(path, district, tmp_path / "rolls" / "winter_gifts.yml")
    assert {"name", "identity_number"} <= set(roll.columns)
    assert not deliveries["is_refused"].any() and deliveries["landed_count"].sum() == len(ROWS)


def test_heads_cannot_write_to_the_terminal() -> None:
    assert _show_head("a\x1b[31m\u202eb\nc") == "a [31m b c"
