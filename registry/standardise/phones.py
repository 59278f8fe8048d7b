"""Phone and bank account numbers: digits only, or nothing.

Belongs here: one form for each. Does not belong here: how much a shared phone or account says (`resolve`).
"""

import polars as pl

from registry.conventions import PhoneForm
from registry.standardise.characters import drop_spaces, fold_text


def clean_phone_number(phone: pl.Expr) -> pl.Expr:
    """Return the first number in the cell: eleven digits of a mobile, else area code and number, else seven digits and more."""
    plain = drop_spaces(fold_text(phone)).str.replace(r"\.0$", "").str.replace(r"^(\+|00)86-?", "")
    mobile = plain.str.replace_all("-", "").str.extract(r"(?:^|\D)(1[3-9]\d{9})(?:\D|$)")
    landline = plain.str.extract(r"((?:0\d{2,3})[-)]?\d{7,8})").str.replace_all(r"\D", "")
    other = plain.str.replace_all(r"[-+().]", "").str.extract(r"(\d{7,15})")
    return pl.coalesce(mobile, landline, other)


def clean_national_phone(phone: pl.Expr, form: PhoneForm) -> pl.Expr:
    """Return the digits of the first number in the cell, without country code, trunk digit and extension.

    A number of another length than the country's is none: it would agree with nobody's, or with the wrong one.
    """
    first = fold_text(phone).str.to_lowercase().str.replace(r"\.0$", "").str.split(";").list.first().str.replace(r"\s*(,|/|\bor\b).*$", "")
    bare = first.str.replace(r"\s*(x|ext\.?|extension)\s*\d+\s*$", "").str.replace_all(r"\(0\)", "")
    digits = bare.str.replace_all(r"[\s().\-–‑+]", "").str.extract(r"^\D*(\d+)\D*$")
    codes = [pattern for pattern in (f"(?:00)?{form.country_code}" if form.country_code else "", form.trunk) if pattern]
    return pl.coalesce(digits.str.extract(rf"^(?:{'|'.join(codes)})?([1-9]\d{{{count - 1}}})$") for count in form.digits)


def clean_account_number(account: pl.Expr, digits: int = 10) -> pl.Expr:
    """Return the account's digits; a number a spreadsheet rounded, or fewer than `digits` digits, is none."""
    plain = drop_spaces(fold_text(account)).str.replace_all("-", "")
    is_whole = plain.str.contains(rf"^\d{{{digits},30}}$") & ~plain.str.contains(r"^\d{15}0{2,}$") & ~plain.str.contains(r"^0+$")
    return pl.when(is_whole).then(plain)
