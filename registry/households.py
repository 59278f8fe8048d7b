"""Households of three kinds over one table of memberships: registration book, aid unit, people living together.

Belongs here: which members form each household this month, its head, its lasting id and the months of membership.
Does not belong here: ties between persons (`kinship_graph`), the legal rule of the aid unit (`aid_units`), who is the
same person (`resolve`).

A registration book is not an aid unit (domain.md §6): old parents in a son's book are a unit of their own, a wife
registered elsewhere is a member although the book does not know her. What a roll has declared beats what is derived.
Two units are never joined because they share an address, a phone or an account.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from registry.aid_units import ADULT_AGE, derive_aid_units, pair_couples
from registry.books import read_books
from registry.district import District
from registry.kinship_graph import Ties, build_kinship
from registry.memberships import keep_memberships
from registry.residences import form_residences

HEAD_CODES: Final = ("02", "01")
SEVERE_GRADES: Final = r"^[12]$"
"""Grades of disability that keep an adult child in the parents' unit (domain.md §6.2 step 5)."""
EXCLUDING: Final = ("detained",)
"""States that take a person out of the aid unit while they last (domain.md §6.1)."""

_GROUP: Final = ("household_kind_code", "group_key", "person", "relation_code", "roll", "basis_code")


@dataclass(frozen=True)
class PreviousHouseholds:
    """What the month before knew: the two tables and the household events so far."""

    households: pl.DataFrame
    household_members: pl.DataFrame
    id_history: pl.DataFrame


@dataclass(frozen=True)
class HouseholdResult:
    """The tables of this month; `to_month` is null while a household or membership goes on."""

    households: pl.DataFrame
    household_members: pl.DataFrame
    id_history: pl.DataFrame


def build_households(
    persons: pl.DataFrame,
    mentions: pl.DataFrame,
    person_mentions: pl.DataFrame,
    relations: pl.DataFrame,
    statuses: pl.DataFrame,
    district: District,
    month: str,
    previous: PreviousHouseholds | None = None,
) -> HouseholdResult:
    """Return households and memberships of all kinds as known in `month`.

    Args:
        persons: golden records of the month.
        mentions: mentions in force; the latest delivery of a roll tells its books.
        person_mentions: which person each mention belongs to.
        relations: ties the rolls state, with persons.
        statuses: cancelled registrations, disability, school, detention, with persons.
        district: names the register and the rolls that say who belongs together.
        month: YYYY-MM.
        previous: last month's result; ids and months of membership go on from there.
    """
    numbered = persons.sort("person_id").with_row_index("person")
    numbers = numbered.select("person_id", "person")
    states = statuses.join(numbers, on="person_id")
    books = read_books(mentions, person_mentions, statuses, district).join(numbers, on="person_id").drop("person_id")
    ties = build_kinship(books, _number_relations(relations, numbers), mentions, numbered)
    people = _describe_people(numbered, books, states, ties, district, month)
    couples = pair_couples(ties, people.filter("is_eligible").select("person"))
    people = people.join(derive_aid_units(people, ties, couples), on="person", how="left")
    declared = _select_declared(books, people, district)
    groups = pl.concat(
        [
            _select_register(books, people, district),
            declared,
            _derive_aid(people, declared),
            _derive_residences(people, ties, couples, declared),
        ]
    )
    ids, headed = numbers.get_column("person_id"), _name_heads(groups, people, ties)
    headed = headed.select(
        pl.exclude("person", "head"),
        person_id=ids.gather(headed.get_column("person")),
        head_person_id=ids.gather(headed.get_column("head")),
    )
    before = (previous.households, previous.household_members, previous.id_history) if previous else (None, None, None)
    return HouseholdResult(*keep_memberships(headed, month, *before))


def _number_relations(relations: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Return relations with both sides as person numbers; the other side is null when nobody is known by it."""
    others = numbers.rename({"person_id": "other_person_id", "person": "other"})
    return relations.join(numbers, on="person_id").join(others, on="other_person_id", how="left")


def _describe_people(
    persons: pl.DataFrame, books: pl.DataFrame, statuses: pl.DataFrame, ties: Ties, district: District, month: str
) -> pl.DataFrame:
    """Return everyone with age, the books they stand in, and whether they count as living here."""
    first, last = find_month_ends(month)
    sources = district.settings.households
    known = _find_known(persons, books, statuses, ties)
    people = (
        persons.select("person", "sex_code", "birth_date", "death_date", "place_code")
        .join(known.with_columns(is_known=pl.lit(True)), on="person", how="left")
        .join(_first_book(books, [district.settings.register_roll], "register"), on="person", how="left")
        .join(_first_book(books, list(sources.living_together), "living"), on="person", how="left")
    )
    # A semester's list stays in force for its semester; who is at school now is told by the latest one.
    current = statuses.filter(pl.col("month") == pl.col("month").max().over("roll"))
    is_alive = pl.col("death_date").is_null() | (pl.col("death_date") >= first)
    is_present = pl.col("is_known").fill_null(False) & is_alive
    return people.select(
        pl.exclude("birth_date", "death_date"),
        is_present=is_present,
        is_eligible=is_present & ~_holds(statuses, EXCLUDING, first, last),
        is_cancelled=_is_cancelled(statuses, district, first),
        age=(pl.lit(first) - pl.col("birth_date")).dt.total_days() / 365.2425,
        is_dependent=_holds(current, ("enrolled",), first, last)
        | _holds(current.filter(pl.col("value_code").str.contains(SEVERE_GRADES)), ("disabled",), first, last),
    )


def _find_known(persons: pl.DataFrame, books: pl.DataFrame, statuses: pl.DataFrame, ties: Ties) -> pl.DataFrame:
    """Return the persons who count as living here: who stands in a book in force, and whom no book has yet or ever.

    A wife registered elsewhere is a member of the family although no book of the district has her: she is named with a number as
    the spouse of one who stands in a book. So is a child whose birth a doctor certified before the register took it up: the
    mother or father stands in a book.
    """
    in_books = books.select("person").unique()
    named = ties.filter(pl.col("rank") == 0).join(in_books, left_on="other", right_on="person", how="semi")
    numbered = persons.filter(pl.col("identity_number").is_not_null()).select("person")
    born = statuses.filter(pl.col("status_kind_code") == "born").select("person")
    wed = named.filter(pl.col("tie") == "spouse").select("person").join(numbered, on="person", how="semi")
    children = named.filter(pl.col("tie") == "parent").select("person").join(born, on="person", how="semi")
    return pl.concat([in_books, wed, children]).unique()


def find_month_ends(month: str) -> tuple[date, date]:
    """Return the first and the last day of `month`."""
    first = date(int(month[:4]), int(month[5:]), 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _holds(statuses: pl.DataFrame, kinds: tuple[str, ...], first: date, last: date) -> pl.Expr:
    """Return whether a person is in one of the states on some day of the month."""
    begun = pl.col("from_date").is_null() | (pl.col("from_date") <= last)
    lasting = pl.col("to_date").is_null() | (pl.col("to_date") >= first)
    holders = statuses.filter(pl.col("status_kind_code").is_in(kinds) & begun & lasting)["person"].drop_nulls().unique()
    return pl.col("person").is_in(holders.implode())


def _is_cancelled(statuses: pl.DataFrame, district: District, first: date) -> pl.Expr:
    """Return whether the death roll says that the registration was cancelled before the month.

    Cancelled rows of the register itself were left out with the row: who moved from book to book still stands in one.
    """
    ends = statuses.filter((pl.col("roll") == district.settings.death_roll) & (pl.col("status_kind_code") == "cancelled"))
    gone = ends.filter(pl.col("from_date") < first)["person"].drop_nulls().unique()
    return pl.col("person").is_in(gone.implode())


def _first_book(books: pl.DataFrame, rolls: list[str], name: str) -> pl.DataFrame:
    """Return person, <name>_book, <name>_roll, <name>_code: the book of the first of `rolls` a person stands in."""
    order = {roll: rank for rank, roll in enumerate(rolls)}
    rank = pl.col("roll").replace_strict(order, default=None, return_dtype=pl.Int32)
    rows = books.filter(pl.col("roll").is_in(rolls)).sort("person", rank).unique("person", keep="first", maintain_order=True)
    key = pl.concat_str("roll", pl.lit("|"), "household_number")
    return rows.select(
        "person", key.alias(f"{name}_book"), pl.col("roll").alias(f"{name}_roll"), pl.col("relation_code").alias(f"{name}_code")
    )


def _group(rows: pl.DataFrame, kind: str, basis: str | pl.Expr) -> pl.DataFrame:
    """Return `rows` in the shape of groups; relation_code and roll are null where absent."""
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in ("relation_code", "roll") if name not in rows.columns]
    basis_code = pl.lit(basis) if isinstance(basis, str) else basis
    return rows.with_columns(*absent, household_kind_code=pl.lit(kind), basis_code=basis_code).select(_GROUP)


def _select_register(books: pl.DataFrame, people: pl.DataFrame, district: District) -> pl.DataFrame:
    """Return the registration books. The dead stand in them until their registration is cancelled, which may take months."""
    rows = books.filter(pl.col("roll") == district.settings.register_roll).rename({"household_number": "group_key"})
    return _group(rows.join(people.filter(~pl.col("is_cancelled")), on="person", how="semi"), "hukou", "declared")


def _select_declared(books: pl.DataFrame, people: pl.DataFrame, district: District) -> pl.DataFrame:
    """Return the aid households that a roll lists, each person in one: where he is the head, else the larger one."""
    rows = books.filter(pl.col("roll").is_in(district.settings.households.declared))
    present = rows.join(people.filter("is_eligible"), on="person", how="semi")
    keyed = present.with_columns(
        group_key=pl.concat_str("roll", pl.lit("|"), "household_number"), size=pl.len().over("roll", "household_number").cast(pl.Int64)
    )
    is_head = pl.col("relation_code").is_in(HEAD_CODES).fill_null(False)
    ordered = keyed.sort("person", ~is_head, "size", "group_key", descending=[False, False, True, False])
    return _group(ordered.unique("person", keep="first", maintain_order=True), "aid", "declared")


def _derive_aid(people: pl.DataFrame, declared: pl.DataFrame) -> pl.DataFrame:
    """Return the derived aid units of everyone without a declared one.

    A child whom the list has not taken up yet (a newborn without a number) belongs to the declared household of its
    parents; an adult left off the list stays apart, for that is what a clerk has to look at (拆户保).
    """
    undeclared = people.join(declared, on="person", how="anti").filter(pl.col("unit_id").is_not_null())
    is_adult = pl.col("age") >= ADULT_AGE
    keepers = declared.join(people.filter(is_adult), on="person").select("unit_id", "group_key").drop_nulls().unique()
    single = keepers.filter(pl.len().over("unit_id") == 1)
    joined = undeclared.join(single, on="unit_id", how="left")
    key = pl.when(~is_adult).then("group_key")
    return _group(joined.select("person", group_key=pl.coalesce(key, pl.col("unit_id").cast(pl.String))), "aid", "derived")


def _derive_residences(people: pl.DataFrame, ties: Ties, couples: pl.DataFrame, declared: pl.DataFrame) -> pl.DataFrame:
    """Return the residence households; members whom a list puts there are declared, the others derived."""
    present = people.filter("is_present")
    rows = form_residences(present, ties, couples, declared.join(present, on="person", how="semi"))
    coded = rows.join(present.select("person", relation_code="living_code"), on="person", how="left")
    is_listed = pl.col("roll").is_not_null()
    coded = coded.with_columns(relation_code=pl.when(is_listed).then("relation_code"))
    return _group(coded, "residence", pl.when(is_listed).then(pl.lit("declared")).otherwise(pl.lit("derived")))


def _name_heads(groups: pl.DataFrame, people: pl.DataFrame, ties: Ties) -> pl.DataFrame:
    """Return groups with head and place_code; relations nobody wrote are filled in from ties to the head.

    The head is who the roll says; else the eldest, of two equally old the lower id.
    """
    household = ["household_kind_code", "group_key"]
    facts = people.select("person", "age", "sex_code", "place_code")
    rows = groups.join(facts, on="person", how="left")
    is_head = pl.col("relation_code").is_in(HEAD_CODES).fill_null(False)
    ordered = rows.sort(~is_head, pl.col("age").fill_null(-1.0), "person", descending=[False, True, False])
    heads = ordered.unique(household, keep="first", maintain_order=True).select(*household, head="person", head_place_code="place_code")
    to_head = ties.sort("person", "other", "rank", "tie").unique(["person", "other"], keep="first", maintain_order=True)
    headed = ordered.join(heads, on=household).join(
        to_head.select("person", head="other", own_tie="tie"), on=["person", "head"], how="left"
    )
    of_head = to_head.select(person="other", head="person", heads_tie="tie")
    headed = headed.join(of_head, on=["person", "head"], how="left")
    return headed.with_columns(
        relation_code=pl.coalesce("relation_code", _relation_to_head()), place_code=pl.coalesce("head_place_code", "place_code")
    ).drop("age", "sex_code", "head_place_code", "own_tie", "heads_tie")


def _relation_to_head() -> pl.Expr:
    """Return the GB/T 4761 code that a tie to the head means, by sex where the code tells it."""
    is_man = pl.col("sex_code") == "1"
    return (
        pl.when(pl.col("person") == pl.col("head"))
        .then(pl.lit("02"))
        .when(pl.col("own_tie") == "spouse")
        .then(pl.when(is_man).then(pl.lit("11")).otherwise(pl.lit("12")))
        .when(pl.col("own_tie") == "parent")
        .then(pl.when(is_man).then(pl.lit("20")).otherwise(pl.lit("30")))
        .when(pl.col("own_tie") == "grandparent")
        .then(pl.when(is_man).then(pl.lit("41")).otherwise(pl.lit("42")))
        .when(pl.col("heads_tie") == "parent")
        .then(pl.when(is_man).then(pl.lit("51")).otherwise(pl.lit("52")))
    )
