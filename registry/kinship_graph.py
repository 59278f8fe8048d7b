"""Who is whose spouse, parent or grandparent: ties between persons, from columns that name kin and from books.

Belongs here: turning "son of the head" and "father: Lin Shuisheng" into ties between two persons, and throwing out ties
that cannot be. Does not belong here: who forms a household (`households`, `aid_units`), who is the same person (`resolve`).

A book (户口簿, enrolment family, list of members) says only how each member relates to its head (GB/T 4761). Ties between
members follow from the codes alone where they must (head and spouse, head and child), and by age, sex and order of rows
where exactly one member fits (the daughter-in-law and her husband among several sons).
"""

from typing import Final

import polars as pl

Ties = pl.DataFrame
"""person, other, tie (what the other is to the person: spouse, parent, grandparent), rank (lower is surer).

Persons are whole numbers in the order of their ids, valid within one month's run: a district has millions of ties, and
numbers join several times faster than text.
"""

NAMED_BY_NUMBER, NAMED_IN_BOOK, BY_CODE, BY_FIT = 0, 1, 2, 3
"""How a tie is known, surest first."""

PARENT_GAP: Final = (14, 60)
"""Years by which a parent is older than a child (domain.md §5.5: at least 14)."""
SPOUSE_GAP: Final = 20
"""Years by which two members of a book may differ to be taken for a couple without being named as one."""

_SLOTS: Final = {
    "head": "01 02",
    "spouse": "10 11 12",
    "son": "20 21 22 23 24 25 26 27 29",
    "daughter": "30 31 32 33 34 35 36 37 39",
    "daughters_husband": "28",
    "sons_wife": "38",
    "sons_child": "40 41 42 49",
    "daughters_child": "43 44",
    "parent": "50 51 52 57 58 59",
    "spouses_parent": "53 54 55 56",
    "grandparent": "60 61 62 63 64 69",
    "brother": "71 73",
    "sister": "75 77",
    "sibling": "70 79",
    "brothers_wife": "72 74",
    "sisters_husband": "76 78",
    "brothers_child": "93 94",
    "sisters_child": "95 96",
}
SLOT: Final = pl.Enum(list(_SLOTS))
SLOT_OF_CODE: Final = {code: slot for slot, codes in _SLOTS.items() for code in codes.split()}
"""Place of a member in the book by GB/T 4761 code; codes without a certain place are left out."""

_CERTAIN: Final = (
    ("head", "spouse", "spouse"),
    ("son", "head", "parent"),
    ("son", "spouse", "parent"),
    ("daughter", "head", "parent"),
    ("daughter", "spouse", "parent"),
    ("head", "parent", "parent"),
    ("brother", "parent", "parent"),
    ("sister", "parent", "parent"),
    ("sibling", "parent", "parent"),
    ("spouse", "spouses_parent", "parent"),
    ("head", "grandparent", "grandparent"),
    ("parent", "parent", "spouse"),
    ("spouses_parent", "spouses_parent", "spouse"),
    ("grandparent", "grandparent", "spouse"),
    ("sons_child", "head", "grandparent"),
    ("sons_child", "spouse", "grandparent"),
    ("daughters_child", "head", "grandparent"),
    ("daughters_child", "spouse", "grandparent"),
    ("son", "parent", "grandparent"),
    ("daughter", "parent", "grandparent"),
    ("brothers_child", "parent", "grandparent"),
    ("sisters_child", "parent", "grandparent"),
)
_FITTED: Final = (
    ("sons_wife", "son", "spouse"),
    ("daughters_husband", "daughter", "spouse"),
    ("brothers_wife", "brother", "spouse"),
    ("sisters_husband", "sister", "spouse"),
    ("sons_child", "son", "parent"),
    ("daughters_child", "daughter", "parent"),
    ("brothers_child", "brother", "parent"),
    ("sisters_child", "sister", "parent"),
)
_RULE: Final = {"slot": SLOT, "other_slot": SLOT, "tie": pl.String()}
_TIE: Final = ("person", "other", "tie", "rank")


def build_kinship(book_rows: pl.DataFrame, relations: pl.DataFrame, mentions: pl.DataFrame, persons: pl.DataFrame) -> Ties:
    """Return all ties between persons, spouses in both directions, each once with its surest source.

    Args:
        book_rows: roll, household_number, person, relation_code, mention_id: members of books in force.
        relations: person, other, relation_kind_code, other_mention_id: ties stated by rolls.
        mentions: needed for the names of kin written without a number.
        persons: person, name_key, sex_code, birth_date, identity_number of everyone.
    """
    members = _place_members(book_rows, persons)
    named = _read_named_ties(relations, mentions, members, persons)
    certain = _infer_certain_ties(members)
    known = _clean_ties(pl.concat([named, certain]), persons)
    return pl.concat([known, _fit_ties(members, known)]).sort("person", "other", "tie")


def _ties(frame: pl.DataFrame, tie: str | pl.Expr, rank: int | pl.Expr) -> Ties:
    tie_column = pl.lit(tie) if isinstance(tie, str) else tie
    rank_column = pl.lit(rank, dtype=pl.Int32) if isinstance(rank, int) else rank.cast(pl.Int32)
    return frame.select("person", "other", tie=tie_column, rank=rank_column)


def _place_members(book_rows: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Return the members of books with a number for the book, their slot, sex, birth date, name and row in the roll."""
    known = persons.select("person", "name_key", "sex_code", "birth_date")
    rows = book_rows.sort("roll", "household_number", "mention_id").select(
        "person",
        book=pl.struct("roll", "household_number").rle_id(),
        place=pl.int_range(pl.len()),
        slot=pl.col("relation_code").replace_strict(SLOT_OF_CODE, default=None, return_dtype=SLOT),
    )
    return rows.join(known, on="person", how="left", maintain_order="left")


def _beside(members: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Return each member beside each of `others` in the same book, the others' columns prefixed with other_."""
    facts = pl.col("slot", "name_key", "sex_code", "birth_date", "place").name.prefix("other_")
    renamed = others.select("book", pl.col("person").alias("other"), facts)
    return members.join(renamed, on="book").filter(pl.col("person") != pl.col("other"))


def _infer_certain_ties(members: pl.DataFrame) -> Ties:
    """Return the ties that follow from the codes alone."""
    table = pl.DataFrame(_CERTAIN, schema=_RULE, orient="row")
    placed = members.filter(pl.col("slot").is_not_null())
    wanted = placed.filter(pl.col("slot").is_in(table["other_slot"].unique().implode()))
    pairs = _beside(placed, wanted).join(table, on=["slot", "other_slot"])
    return _ties(pairs, pl.col("tie"), BY_CODE)


def _read_named_ties(relations: pl.DataFrame, mentions: pl.DataFrame, members: pl.DataFrame, persons: pl.DataFrame) -> Ties:
    """Return the ties that rolls state, the kin sought by name in the person's own books where no number tells who it is."""
    stated = relations.filter(pl.col("relation_kind_code").is_in(["spouse", "parent", "child"]) & pl.col("person").is_not_null())
    named = mentions.select(pl.col("mention_id").alias("other_mention_id"), pl.col("name_key").alias("written_name"))
    numbered = persons.filter(pl.col("identity_number").is_not_null()).select("person")
    in_books = members.select("person").unique()
    known = pl.concat([numbered, in_books]).unique().rename({"person": "other"})
    sure = _ties(stated.join(known, on="other", how="semi"), pl.col("relation_kind_code"), NAMED_BY_NUMBER)
    unsure = stated.join(known, on="other", how="anti").join(named, on="other_mention_id")
    found = _beside(unsure.select("person", "relation_kind_code", "written_name").join(members, on="person"), members)
    found = found.filter((pl.col("written_name") == pl.col("other_name_key")) & _is_plausible(pl.col("relation_kind_code")))
    seekers = ["person", "relation_kind_code", "written_name"]
    single = found.unique([*seekers, "other"]).filter(pl.len().over(seekers) == 1)
    ties = pl.concat([sure, _ties(single, pl.col("relation_kind_code"), NAMED_IN_BOOK)])
    children = _mirror(ties.filter(pl.col("tie") == "child")).with_columns(tie=pl.lit("parent"))
    return pl.concat([ties.filter(pl.col("tie") != "child"), children])


def _years_older() -> pl.Expr:
    return (pl.col("birth_date") - pl.col("other_birth_date")).dt.total_days() / 365.25


def _is_plausible(tie: pl.Expr) -> pl.Expr:
    """Return whether ages and sexes allow the tie; what is unknown allows everything."""
    gap = _years_older()
    differ = (pl.col("sex_code") != pl.col("other_sex_code")).fill_null(True)
    allowed = (
        pl.when(tie == "spouse")
        .then((gap.abs() <= 45).fill_null(True) & differ)
        .when(tie == "parent")
        .then(gap.is_between(*PARENT_GAP))
        .when(tie == "child")
        .then((-gap).is_between(*PARENT_GAP))
        .otherwise(gap >= 2 * PARENT_GAP[0])
    )
    return allowed.fill_null(True)


def _mirror(ties: Ties) -> Ties:
    """Return the ties seen from the other side."""
    return ties.rename({"person": "other", "other": "person"}).select(_TIE)


def _clean_ties(ties: Ties, persons: pl.DataFrame) -> Ties:
    """Return the ties that ages and sexes allow, spouses in both directions, each pair once with its surest source."""
    facts = persons.select("person", "sex_code", "birth_date")
    others = facts.rename({"person": "other", "sex_code": "other_sex_code", "birth_date": "other_birth_date"})
    judged = ties.filter(pl.col("person") != pl.col("other")).join(facts, on="person").join(others, on="other")
    sound = judged.filter(_is_plausible(pl.col("tie"))).select(_TIE)
    key = ["person", "other", "tie"]
    both_ways = pl.concat([sound, _mirror(sound.filter(pl.col("tie") == "spouse"))])
    return both_ways.group_by(key).agg(pl.col("rank").min()).sort(key)


def _fit_ties(members: pl.DataFrame, known: Ties) -> Ties:
    """Return ties between members whose codes leave several candidates, where exactly one fits.

    Couples come first, because a grandchild is sought among married children before all others.
    """
    couples = _fit_couples(members, known)
    couples = pl.concat([couples, _mirror(couples)])
    return pl.concat([couples, _fit_parents(members, pl.concat([known, couples]))]).unique(["person", "other", "tie"])


def _candidates(members: pl.DataFrame, tie: str, seekers_known: pl.DataFrame) -> pl.DataFrame:
    """Return members without a tie of this kind beside the members of their book whose slots allow it."""
    table = pl.DataFrame([pair for pair in _FITTED if pair[2] == tie], schema=_RULE, orient="row")
    seekers = members.filter(pl.col("slot").is_in(table["slot"].unique().implode())).join(seekers_known, on="person", how="anti")
    wanted = members.filter(pl.col("slot").is_in(table["other_slot"].unique().implode()))
    return _beside(seekers, wanted).join(table, on=["slot", "other_slot"])


def _fit_couples(members: pl.DataFrame, known: Ties) -> Ties:
    """Return couples of an in-law and the one child or sibling who can be meant: the only one, or the one in the row before."""
    married = known.filter(pl.col("tie") == "spouse").select("person").unique()
    pairs = _candidates(members, "spouse", married).join(married, left_on="other", right_on="person", how="anti", maintain_order="left")
    fitting = pairs.filter(_is_plausible(pl.lit("spouse")) & (_years_older().abs() <= SPOUSE_GAP))
    is_only = (pl.len().over("book", "person") == 1) & (pl.len().over("book", "other") == 1)
    is_next = pl.col("place") - pl.col("other_place") == 1
    near = fitting.filter(is_next).filter(is_only)
    only = fitting.filter(is_only)
    return _ties(pl.concat([only, near]).unique(["person", "other"]), "spouse", BY_FIT)


def _fit_parents(members: pl.DataFrame, known: Ties) -> Ties:
    """Return the parent of each grandchild, nephew or niece where one married member fits, or else one member at all."""
    with_parent = known.filter(pl.col("tie") == "parent").select("person").unique()
    married = known.filter(pl.col("tie") == "spouse").select(pl.col("person").alias("other")).unique()
    fitting = _candidates(members, "parent", with_parent).filter(_is_plausible(pl.lit("parent")) & _years_older().is_between(*PARENT_GAP))
    is_married = pl.col("is_married").fill_null(False)
    fitting = fitting.join(married.with_columns(is_married=pl.lit(True)), on="other", how="left")
    seeker = ["book", "person"]
    best = fitting.filter(is_married | ~is_married.any().over(seeker)).filter(pl.len().over(seeker) == 1)
    return _ties(best, "parent", BY_FIT)
