"""Amounts, phones, accounts, kinship and places: the vectors of domain.md §4.5 and §5.5."""

from decimal import Decimal

import polars as pl
import pytest

from registry.schema.codes import KINSHIP
from registry.standardise.amounts import clean_amount, is_unreadable_amount, read_amounts
from registry.standardise.kinship import clean_relation, clean_sex
from registry.standardise.phones import clean_account_number, clean_phone_number
from registry.standardise.places import build_gazetteer, read_places


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1,200", "1200"),
        ("１２００", "1200"),
        ("1200元", "1200"),
        ("壹仟贰佰元整", "1200"),
        ("0.12万", "1200"),
        ("540*3", "1620"),
        ("540/月", "540"),
        ("1620.00（含补发）", "1620"),
        ("￥540.50", "540.50"),
        ("-540", "-540"),
        ("(540)", "-540"),
        ("壹万贰仟叁佰肆拾伍元陆角柒分", "12345.67"),
        ("叁拾元", "30"),
    ],
)
def test_amount(written: str, amount: str) -> None:
    assert pl.select(clean_amount(pl.lit(written))).item() == Decimal(amount)


def test_the_short_way_of_plain_figures_gives_what_the_long_one_gives() -> None:
    figures = ["0", "-1", "540", "540.5", "540.05", "-0.1", "9999999999.99", "007", "12345678901", "1.005", ".5", "1,200", "见附表", "-"]
    written = pl.DataFrame({"written": figures})
    long = written.with_columns(amount=clean_amount(pl.col("written")), is_problem=is_unreadable_amount(pl.col("written")))
    short = read_amounts(written).sort("written").with_columns(is_problem=pl.col("problem").is_not_null())
    assert short.select("written", "amount", "is_problem").equals(long.sort("written"))


@pytest.mark.parametrize(
    ("written", "is_problem"), [("-", False), ("／", False), ("", False), ("abc", True), ("见附表", True), ("1200", False)]
)
def test_what_is_no_amount(written: str, is_problem: bool) -> None:
    assert pl.select(is_unreadable_amount(pl.lit(written))).item() is is_problem


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13812345678", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("+86 13812345678", "13812345678"),
        ("13812345678.0", "13812345678"),
        ("13812345678/13912345678", "13812345678"),
        ("0595-8561234", "05958561234"),
        ("0595-85612345", "059585612345"),
        ("无", None),
        ("12", None),
    ],
)
def test_phone(written: str, number: str | None) -> None:
    assert pl.select(clean_phone_number(pl.lit(written))).item() == number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("6222 0212 3456 7890 123", "6222021234567890123"),
        ("6.22202E+18", None),
        ("同上", None),
        ("123", None),
        ("622202123456789000", None),
    ],
)
def test_account(written: str, number: str | None) -> None:
    assert pl.select(clean_account_number(pl.lit(written))).item() == number


@pytest.mark.parametrize(
    ("word", "sex", "code"),
    [
        ("老婆", None, "12"),
        ("妻子", None, "12"),
        ("爱人", None, "10"),
        ("丈夫", None, "11"),
        ("大儿子", None, "22"),
        ("长男", None, "22"),
        ("儿", None, "20"),
        ("男", None, "20"),
        ("女", None, "30"),
        ("闺女", None, "30"),
        ("孙", "1", "41"),
        ("孙", "2", "42"),
        ("孙", None, "40"),
        ("父", None, "51"),
        ("爸", None, "51"),
        ("丈人", None, "55"),
        ("阿嬷", None, "62"),
        ("奶奶", None, "62"),
        ("兄弟", None, "70"),
        ("养女", None, "37"),
        ("保姆", None, "99"),
        ("户主", None, "02"),
        ("自己", None, "02"),
        ("本人", None, "02"),
        ("与户主关系*", None, None),
        ("媳妇", None, None),
        ("女/媳", None, None),
        ("", None, None),
    ],
)
def test_kinship(word: str, sex: str | None, code: str | None) -> None:
    assert pl.select(clean_relation(pl.lit(word), pl.lit(sex, dtype=pl.String))).item() == code


@pytest.mark.parametrize("code", sorted(set(KINSHIP) - {"01"}))
def test_every_title_of_the_standard_is_its_code(code: str) -> None:
    """本人 (01) is written for the head himself and read as 02."""
    assert pl.select(clean_relation(pl.lit(KINSHIP[code].zh), pl.lit(None, dtype=pl.String))).item() == code


@pytest.mark.parametrize(
    ("word", "code"), [("男", "1"), ("女", "2"), ("男 ", "1"), ("M", "1"), ("f", "2"), ("2", "2"), ("", None), ("?", None)]
)
def test_sex(word: str, code: str | None) -> None:
    assert pl.select(clean_sex(pl.lit(word))).item() == code


PLACES = pl.DataFrame(
    [
        ("359901000000", "", "district", "Q区", "", "", "", ""),
        ("359901100000", "359901000000", "town", "SY镇", "SY", "", "", ""),
        ("359901101000", "359901000000", "town", "HT镇", "HT", "", "", ""),
        (
            "359901100001",
            "359901100000",
            "village",
            "山下社区",
            "山下|山下居委会|山下社区居民委员会|山下社区(原山下村)",
            "2013-01-01",
            "",
            "",
        ),
        ("359901100290", "359901100000", "village", "山下村", "山下|山下村委会|山下村民委员会", "", "2012-12-31", "359901100001"),
        ("359901100200", "359901100000", "village", "桥头村", "桥头|桥头村委会", "", "", ""),
        ("359901101200", "359901101000", "village", "桥头村", "桥头|桥头村委会", "", "", ""),
        ("359901101201", "359901101000", "village", "东埔村", "东埔", "", "", ""),
    ],
    schema=["place_code", "parent_code", "level", "name", "aliases", "valid_from", "valid_to", "successor_code"],
    orient="row",
)


@pytest.mark.parametrize(
    ("written", "place", "town"),
    [
        ("山下", "359901100001", "359901100000"),
        ("山下村", "359901100001", "359901100000"),
        ("山下村委会", "359901100001", "359901100000"),
        ("山下村民委员会", "359901100001", "359901100000"),
        ("SY镇山下村3组12号", "359901100001", "359901100000"),
        ("山下社区(原山下村)", "359901100001", "359901100000"),
        ("山下社区附近", "359901100001", "359901100000"),
        ("桥头村", None, None),
        ("HT镇 桥头村", "359901101200", "359901101000"),
        ("SY镇桥头5号", "359901100200", "359901100000"),
        ("东埔村桥头12号", "359901101201", "359901101000"),
        ("SY镇", None, "359901100000"),
        ("359901101201", "359901101201", "359901101000"),
        ("359901100", None, "359901100000"),
        ("贵州省", None, None),
    ],
)
def test_place(written: str, place: str | None, town: str | None) -> None:
    assert read_places(pl.Series([written]), build_gazetteer(PLACES)).row(0)[1:] == (place, town)


def test_amounts_of_full_width_figures_and_of_numbers_too_long_to_be_money() -> None:
    """Such cells stand in real lists; neither may stop a run."""
    read = read_amounts(pl.DataFrame({"written": ["３００", "300.5", "359901196703150023", "6217001234567890123"]}))
    assert dict(read.select("written", "amount").iter_rows()) == {
        "３００": Decimal(300),
        "300.5": Decimal("300.5"),
        "359901196703150023": None,
        "6217001234567890123": None,
    }
    assert set(read.filter(pl.col("amount").is_null())["problem"]) == {"AMOUNT_UNREADABLE"}
