"""Masking leaves enough to find a row and too little to know a person."""

import polars as pl
import pytest

from quality.masking import mask_account, mask_identity_number, mask_name, mask_phone


def shown(masked: pl.Expr) -> str | None:
    value: str | None = pl.select(masked).item()
    return value


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳小三", "欧阳*三"),
        ("欧阳锋", "欧阳*"),
        ("欧阳", "欧*"),
        ("阿布来提", "阿**提"),
        ("买买提·吐尔逊", "买*****逊"),
        ("𠮷田", "𠮷*"),
        ("林", "*"),
        ("", ""),
        ("Amina Begum", "A*** B***"),
        (None, None),
    ],
)
def test_names(name: str | None, masked: str | None) -> None:
    assert shown(mask_name(pl.lit(name, dtype=pl.String))) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("359901198001011234", "359901********1234"),
        ("359901800101123", "359********1123"),
        ("35990119", "******19"),
        ("123", "***"),
        ("", ""),
        (None, None),
    ],
)
def test_identity_numbers(number: str | None, masked: str | None) -> None:
    assert shown(mask_identity_number(pl.lit(number, dtype=pl.String))) == masked


def test_phones_and_accounts() -> None:
    assert shown(mask_phone(pl.lit("13800001234"))) == "138****1234"
    assert shown(mask_phone(pl.lit("2290000"))) == "******0"
    assert shown(mask_account(pl.lit("6217001234567891234"))) == "6217***********1234"
    assert shown(mask_account(pl.lit("123456789012"))) == "1234****9012"
    assert shown(mask_account(pl.lit("12345678901"))) == "*********01"
    assert shown(mask_account(pl.lit("12345678"))) == "******78"
