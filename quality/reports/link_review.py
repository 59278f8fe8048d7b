"""Uncertain pairs laid side by side for a reader: what each side says, and where the two differ.

Belongs here: which values of a side are shown (`build`), hidden values of protected people, marks on differing characters.
Does not belong here: the workbook (`link_review_book`), the page (`link_review_page`), reading answers back (`pipelines`).

Readers judge blind: no score, no rule and no order that would tell what the model thinks. Phones and accounts are never
shown in full; whether they are equal is. Where either side is, or may be, a protected person, both sides are masked: the
one would give the other away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

import polars as pl

from quality.masking import mask_account, mask_identity_number, mask_name, mask_phone
from quality.reports.finding_rows import Tables, find_roll_titles, find_table, name_places
from registry.district import District
from registry.schema.codes import REASONS, ROLES, SEXES
from registry.schema.text import Language, Text

FIELDS: Final[dict[str, Text]] = {
    "name": Text("姓名", "Name"),
    "number": Text("证号", "Number"),
    "birth": Text("出生", "Born"),
    "sex": Text("性别", "Sex"),
    "place": Text("住地", "Place"),
    "phone": Text("电话", "Phone"),
    "account": Text("账号", "Account"),
    "kin": Text("亲属", "Relative"),
    "roll": Text("见于", "Named in"),
    "row": Text("来源行", "Source rows"),
}
"""What a reader sees of a side, in this order."""
UNCOMPARED: Final = ("roll", "row")
SHOWN_VALUES: Final = 4
"""So many different values of one field are written out; a year of rows would fill the page."""
SEPARATOR: Final = "、"

Marked = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it differs from the other side."""


@dataclass(frozen=True)
class Line:
    """One field of both sides. `sign` is = where the sides share a value, ≠ where they do not, empty where one is silent."""

    field: str
    left: Marked
    right: Marked
    sign: str


@dataclass(frozen=True)
class ReviewPair:
    """One pair for a reader; `score` is empty for blind reading."""

    pair_id: str
    lines: tuple[Line, ...]
    score: str


@dataclass(frozen=True)
class ReviewList:
    """The pairs of one reader and month."""

    month: str
    district_title: Text
    reader: str
    pairs: tuple[ReviewPair, ...]
    shows_scores: bool
    lang: Language


def build(
    reviews: pl.DataFrame, tables: Tables, district: District, month: str, reader: str, lang: Language, *, shows_scores: bool = False
) -> ReviewList:
    """Return the list of pairs for one reader, ordered by pair id, which tells nothing of the score.

    Args:
        reviews: rows of table `link_reviews` with `pair_id`, which stays the same from month to month.
        tables: mentions, person_mentions, persons.
        district: titles of rolls and places.
        month: YYYY-MM of the tables.
        reader: who will read; may be empty.
        lang: language of what is shown.
        shows_scores: lifts the blindness.
    """
    pairs = reviews.sort("pair_id")
    compared = _compare_sides(pairs, tables, district, lang)
    scores = _write_scores(pairs, lang) if shows_scores else [""] * pairs.height
    lines = compared.partition_by("pair_id", as_dict=True, maintain_order=True)
    listed = tuple(
        ReviewPair(pair_id, tuple(_mark_line(row) for row in lines[(pair_id,)].to_dicts()), score)
        for pair_id, score in zip(pairs["pair_id"], scores, strict=True)
    )
    return ReviewList(month, district.settings.title.text(), reader, listed, shows_scores, lang)


def _write_scores(pairs: pl.DataFrame, lang: Language) -> list[str]:
    reasons = {code: text.show(lang) for code, text in REASONS.items()}
    shown = pl.format(
        "{}  {}  {}",
        pl.col("match_probability").round(4).cast(pl.String),
        pl.col("rule_label").fill_null(""),
        pl.col("reason_code").replace(reasons).fill_null(""),
    )
    return pairs.select(shown).to_series().to_list()


def _compare_sides(pairs: pl.DataFrame, tables: Tables, district: District, lang: Language) -> pl.DataFrame:
    """Return one row per pair and field: what is true and what is shown of each side, and the sign between them."""
    ends = pl.concat([pairs["profile_id_l"], pairs["profile_id_r"].rename("profile_id_l")]).unique()
    said = _gather_mentions(ends, tables)
    sides = _list_values(said, district, lang)
    hidden = said.group_by("profile_id").agg(pl.col("is_protected").any())
    fields = pl.DataFrame({"field": list(FIELDS)}).with_row_index("order")
    rows = pairs.select("pair_id", "profile_id_l", "profile_id_r").join(fields, how="cross")
    for end in ("l", "r"):
        own = sides.rename({"profile_id": f"profile_id_{end}"} | {name: f"{name}_{end}" for name in ("values", "clear", "masked")})
        guarded = hidden.rename({"profile_id": f"profile_id_{end}", "is_protected": f"is_protected_{end}"})
        rows = rows.join(own, on=[f"profile_id_{end}", "field"], how="left").join(guarded, on=f"profile_id_{end}", how="left")
    masked = pl.col("is_protected_l").fill_null(value=True) | pl.col("is_protected_r").fill_null(value=True)
    shown = [pl.when(masked).then(f"masked_{end}").otherwise(f"clear_{end}").fill_null("").alias(f"shown_{end}") for end in ("l", "r")]
    is_silent = pl.col("values_l").is_null() | pl.col("values_r").is_null() | pl.col("field").is_in(UNCOMPARED)
    shared = pl.col("values_l").list.set_intersection("values_r").list.len() > 0
    sign = pl.when(is_silent).then(pl.lit("")).when(shared).then(pl.lit("=")).otherwise(pl.lit("≠"))
    true = [pl.col(f"values_{end}").list.head(SHOWN_VALUES).list.join(SEPARATOR).fill_null("").alias(f"true_{end}") for end in ("l", "r")]
    return rows.with_columns(*shown, *true, sign.alias("sign")).sort("pair_id", "order")


def _gather_mentions(profile_ids: pl.Series, tables: Tables) -> pl.DataFrame:
    """Return the mentions of these profiles with profile_id and is_protected; not knowing counts as protected."""
    links = find_table(tables, "person_mentions").select("mention_id", "profile_id", "person_id")
    links = links.filter(pl.col("profile_id").is_in(profile_ids.implode()))
    persons = find_table(tables, "persons").select("person_id", "is_protected")
    said = find_table(tables, "mentions").join(links, on="mention_id").join(persons, on="person_id", how="left")
    return said.with_columns(pl.col("is_protected").fill_null(value=True))


def _list_values(said: pl.DataFrame, district: District, lang: Language) -> pl.DataFrame:
    """Return profile_id, field, values (all, sorted), clear and masked text of the first few."""
    placed = name_places(said, district)
    told = []
    for field, (true, clear, masked) in _choose_values(district, lang).items():
        named = placed.select("profile_id", field=pl.lit(field), true=true, clear=clear, masked=masked)
        told.append(named.drop_nulls("true").filter(pl.col("true") != "").unique().sort("profile_id", "true"))
    listed = pl.concat(told).group_by("profile_id", "field", maintain_order=True)
    return listed.agg(
        pl.col("true").alias("values"),
        *(pl.col(name).head(SHOWN_VALUES).str.join(SEPARATOR).alias(name) for name in ("clear", "masked")),
    )


def _choose_values(district: District, lang: Language) -> dict[str, tuple[pl.Expr, pl.Expr, pl.Expr]]:
    """Return of each field its true value, what is shown of it and what is shown of a protected person."""
    name, kin, phone, account = (pl.col(column) for column in ("person_name", "kin_name", "phone_number", "account_number"))
    number = pl.coalesce("identity_number_written", "identity_number", "identity_partial")
    length = pl.col("birth_precision_code").replace_strict({"day": 10, "month": 7}, default=4, return_dtype=pl.Int64)
    birth = pl.col("birth_date").dt.to_string("%Y-%m-%d").str.slice(0, length)
    sex = _title("sex_code", SEXES, lang)
    place = pl.concat_str(["town", "village"], separator=" ", ignore_nulls=True)
    roll = pl.concat_str([_title("roll", find_roll_titles(district), lang), _title("role_code", ROLES, lang)], separator="·")
    row = pl.col("row_id")
    return {
        "name": (name, name, mask_name(name)),
        "number": (number, number, mask_identity_number(number)),
        "birth": (birth, birth, birth.str.slice(0, 4)),
        "sex": (pl.col("sex_code"), sex, sex),
        "place": (place, place, place),
        "phone": (phone, mask_phone(phone), mask_phone(phone)),
        "account": (account, mask_account(account), mask_account(account)),
        "kin": (kin, kin, mask_name(kin)),
        "roll": (roll, roll, roll),
        "row": (row, row, row),
    }


def _title(column: str, titles: dict[str, Text], lang: Language) -> pl.Expr:
    return pl.col(column).replace({code: text.show(lang) for code, text in titles.items()})


def _mark_line(row: dict[str, Any]) -> Line:
    """Return one field of both sides with differing characters marked, under their stars where they are masked."""
    if row["sign"] != "≠":
        return Line(row["field"], _plain(row["shown_l"]), _plain(row["shown_r"]), row["sign"])
    left, right = mark_differences(row["true_l"], row["true_r"])
    return Line(row["field"], _cover(left, row["shown_l"]), _cover(right, row["shown_r"]), row["sign"])


def _plain(text: str) -> Marked:
    return ((text, False),) if text else ()


def mark_differences(left: str, right: str) -> tuple[Marked, Marked]:
    """Return both texts in pieces, each marked where it differs from the other."""
    if len(left) == len(right):
        signs = [one != other for one, other in zip(left, right, strict=True)]
        return _piece(left, signs), _piece(right, signs)
    signs_l, signs_r = [True] * len(left), [True] * len(right)
    for start_l, start_r, size in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
        signs_l[start_l : start_l + size] = signs_r[start_r : start_r + size] = [False] * size
    return _piece(left, signs_l), _piece(right, signs_r)


def _piece(text: str, signs: Sequence[bool]) -> Marked:
    """Return `text` cut where the sign changes."""
    pieces: list[tuple[str, bool]] = []
    for character, sign in zip(text, signs, strict=True):
        if pieces and pieces[-1][1] == sign:
            pieces[-1] = (pieces[-1][0] + character, sign)
        else:
            pieces.append((character, sign))
    return tuple(pieces)


def _cover(marked: Marked, shown: str) -> Marked:
    """Return the marks laid over what is shown; a mask of another length carries none, the sign alone tells."""
    signs = [sign for text, sign in marked for _ in text]
    return _piece(shown, signs) if len(signs) == len(shown) else _plain(shown)
