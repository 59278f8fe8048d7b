"""Mentions to persons on invented people: who must be joined, who must never be, what goes to a clerk."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from registry.resolve.link import Previous, Resolution, resolve_mentions
from registry.schema.tables import require_table
from tests.unit.registry.made_mentions import VILLAGES, Village, mentions_of, number_of, settings

MONTH, NEXT = "2016-01", "2016-02"


@cache
def village() -> Village:
    return Village(100, 11)


def resolve(rows: list[dict[str, Any]], workdir: Path, previous: Previous | None = None, **more: Any) -> Resolution:  # noqa: ANN401
    """Resolve `rows` inside a populated village, so that names have their usual frequency."""
    crowd = [{key: value for key, value in row.items() if key != "truth"} | {"row_id": f"v-{n}"} for n, row in enumerate(crowd_rows())]
    month = NEXT if previous else MONTH
    return resolve_mentions(mentions_of(crowd + rows), settings(), month, previous, workdir, **more)


@cache
def crowd_rows() -> list[dict[str, Any]]:
    return village().register_rows()


def person_of(resolution: Resolution, row_id: str, role: str = "subject") -> str:
    return str(resolution.person_mentions.filter(pl.col("mention_id") == f"{row_id}-{role}").get_column("person_id").item())


def link_of(resolution: Resolution, row_id: str) -> tuple[float, str]:
    found = resolution.person_mentions.filter(pl.col("mention_id") == f"{row_id}-subject")
    return found.select("match_probability", "method_code").row(0)


def registered(row_id: str, name: str, birth: date, serial: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "row_id": row_id, "name_key": name, "birth_date": birth, "identity_number": number_of(birth, serial),
        "sex_code": "12"[serial % 2 == 0],
        "place_code": VILLAGES[0], "household_number": "hukou:x",
    } | more  # fmt: skip


def charity(row_id: str, name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"row_id": row_id, "roll": "charity", "name_key": name} | more


def test_v11_two_bearers_of_a_name_in_one_village_link_to_neither(tmp_path: Path) -> None:
    """Two people 陈美英 of one village, 1951 and 1953; the charity writes name and village only."""
    rows = [
        registered("e1", "陈惠缎", date(1951, 2, 3), 120, household_number="hukou:1"),
        registered("e2", "陈惠缎", date(1953, 7, 8), 124, household_number="hukou:2"),
        charity("c", "陈惠缎", place_code=VILLAGES[0]),
    ]
    resolution = resolve(rows, tmp_path)
    assert person_of(resolution, "c") not in {person_of(resolution, "e1"), person_of(resolution, "e2")}
    profile = resolution.person_mentions.filter(pl.col("mention_id") == "c-subject").get_column("profile_id").item()
    mine = resolution.link_reviews.filter((pl.col("profile_id_l") == profile) | (pl.col("profile_id_r") == profile))
    assert mine.height == 2
    assert set(mine.get_column("reason_code")) == {"LINK_AMBIGUOUS"}
    assert mine.get_column("match_probability").max() < 0.6  # type: ignore[operator]


def test_v12_child_with_the_grandfathers_number_is_found_by_name_birth_and_guardian(tmp_path: Path) -> None:
    book = {"household_number": "hukou:7"}
    rows = [
        registered("g", "刘木生", date(1950, 1, 1), 11, **book),
        registered("k", "刘宇豪", date(2008, 5, 6), 13, **book),
        {"row_id": "s", "roll": "student_aid", "name_key": "刘宇豪", "identity_number": number_of(date(1950, 1, 1), 11),
         "birth_date": date(2008, 5, 6), "kin_name": "刘木生"},
    ]  # fmt: skip
    resolution = resolve(rows, tmp_path)
    assert person_of(resolution, "s") == person_of(resolution, "k")
    assert person_of(resolution, "s") != person_of(resolution, "g")
    state = resolution.person_mentions.filter(pl.col("mention_id") == "s-subject").get_column("identity_state_code").item()
    assert state == "not_this_person"
    assert resolution.link_reviews.filter(pl.col("reason_code") == "NUMBER_CONFLICT").height == 1


def test_name_alone_never_links(tmp_path: Path) -> None:
    rows = [registered("r", "庄缎缎", date(1960, 1, 1), 22), charity("c", "庄缎缎")]
    resolution = resolve(rows, tmp_path)
    assert person_of(resolution, "c") != person_of(resolution, "r")


@pytest.mark.parametrize(
    "evidence",
    [
        {"place_code": VILLAGES[0], "birth_date": date(1960, 1, 1)},
        {"place_code": VILLAGES[0], "birth_date": date(1961, 1, 1), "birth_precision_code": "age", "sex_code": "2"},
        {"identity_partial": number_of(date(1960, 1, 1), 22)[:15] + "???", "identity_state_code": "excel_damaged"},
        {"identity_partial": number_of(date(1960, 1, 1), 22)[:6] + "????????" + number_of(date(1960, 1, 1), 22)[14:],
         "identity_state_code": "masked"},
    ],
    ids=["village and birth", "village, age and sex", "damaged number", "masked number"],
)  # fmt: skip
def test_name_with_evidence_links(evidence: dict[str, Any], tmp_path: Path) -> None:
    rows = [registered("r", "庄缎缎", date(1960, 1, 1), 22), charity("c", "庄缎缎", **evidence)]
    resolution = resolve(rows, tmp_path)
    assert person_of(resolution, "c") == person_of(resolution, "r")
    probability, method = link_of(resolution, "c")
    assert 0.95 <= probability < 1
    assert method == "model"


@pytest.mark.parametrize("damage", ["one digit", "swapped"])
def test_number_with_a_slip_finds_its_holder_by_name(damage: str, tmp_path: Path) -> None:
    number = number_of(date(1960, 1, 1), 22)
    wrong = (
        number[:16] + str((int(number[16]) + 1) % 10) + number[17:]
        if damage == "one digit"
        else number[:6] + number[7] + number[6] + number[8:]
    )
    failed = {"identity_number_written": wrong, "identity_state_code": "checksum_failed"}
    rows = [registered("r", "庄缎缎", date(1960, 1, 1), 22), charity("c", "庄缎缎", **failed)]
    resolution = resolve(rows, tmp_path)
    assert person_of(resolution, "c") == person_of(resolution, "r")


def test_twins_are_two(tmp_path: Path) -> None:
    """Same surname, same birth date, same village and book, names one character apart; one row misses the number."""
    birth, book = date(2009, 4, 4), {"household_number": "hukou:9"}
    rows = [
        registered("t1", "林志豪", birth, 111, **book),
        registered("t2", "林志杰", birth, 113, **book),
        charity("c", "林志杰", birth_date=birth, place_code=VILLAGES[0]),
        charity("d", "林志雄", birth_date=birth, place_code=VILLAGES[0]),
    ]
    resolution = resolve(rows, tmp_path)
    assert person_of(resolution, "t1") != person_of(resolution, "t2")
    assert person_of(resolution, "c") == person_of(resolution, "t2")
    assert person_of(resolution, "d") not in {person_of(resolution, "t1"), person_of(resolution, "t2")}


def test_brothers_of_one_generation_stay_apart(tmp_path: Path) -> None:
    book = {"household_number": "hukou:9"}
    rows = [
        registered("b1", "庄志强", date(1980, 4, 4), 111, **book),
        registered("b2", "庄志坚", date(1983, 6, 6), 113, **book),
        {"row_id": "n", "roll": "nrcms", "name_key": "庄志勇", "household_number": "nrcms:5", "sex_code": "1"},
        {
            "row_id": "m",
            "roll": "nrcms",
            "name_key": "庄志强",
            "household_number": "nrcms:5",
            "identity_number": number_of(date(1980, 4, 4), 111),
        },
    ]
    resolution = resolve(rows, tmp_path)
    people = {person_of(resolution, row) for row in ("b1", "b2", "n")}
    assert len(people) == 3
    assert person_of(resolution, "m") == person_of(resolution, "b1")


def test_head_named_beside_family_members_is_the_member_of_that_name(tmp_path: Path) -> None:
    family = {"roll": "nrcms", "household_number": "nrcms:8"}
    father, child = number_of(date(1970, 4, 4), 111), number_of(date(2001, 6, 6), 113)
    rows = [
        registered("f", "陈志强", date(1970, 4, 4), 111, household_number="hukou:31"),
        {"row_id": "n1", "name_key": "陈志强", "identity_number": father, **family},
        {"row_id": "n2", "name_key": "陈文杰", "identity_number": child, **family},
        {"row_id": "n2", "role_code": "head", "name_key": "陈志强", **family},
    ]
    resolution = resolve(rows, tmp_path)
    assert person_of(resolution, "n2", "head") == person_of(resolution, "f")


def test_old_name_forms_and_numbers_of_one_person_are_one(tmp_path: Path) -> None:
    number = number_of(date(1970, 4, 4), 111)
    rows = [
        registered("f", "肖志强", date(1970, 4, 4), 111),
        charity("a", "肖志墙", identity_number=number),
        charity("b", "肖志？", identity_number=number),
    ]
    resolution = resolve(rows, tmp_path)
    assert len({person_of(resolution, row) for row in "fab"}) == 1
    assert link_of(resolution, "a") == (0.999, "identity_number")
    assert link_of(resolution, "f") == (1.0, "identity_number")


def test_verdict_different_holds_through_chains(tmp_path: Path) -> None:
    shared = {"phone_number": "13900001111", "place_code": VILLAGES[0]}
    rows = [
        registered("r", "庄缎缎", date(1960, 1, 1), 22),
        charity("c", "庄缎缎", birth_date=date(1960, 1, 1), **shared),
        charity("d", "庄缎缎", account_number="6217000000000001", **shared),
    ]
    before = resolve(rows, tmp_path)
    assert person_of(before, "c") == person_of(before, "r") == person_of(before, "d")
    profile = dict(before.person_mentions.select("mention_id", "profile_id").rows())
    verdicts = pl.DataFrame(
        [(profile[f"{row}-subject"], profile["r-subject"], "different") for row in "cd"],
        schema=["profile_id_l", "profile_id_r", "verdict_code"], orient="row",
    )  # fmt: skip
    after = resolve(rows, tmp_path, judgements=verdicts)
    assert person_of(after, "r") not in {person_of(after, "c"), person_of(after, "d")}
    assert person_of(after, "c") == person_of(after, "d")


def test_verdict_same_outranks_scores(tmp_path: Path) -> None:
    rows = [registered("r", "庄缎缎", date(1960, 1, 1), 22), charity("c", "林水花", place_code=VILLAGES[5])]
    profile = dict(resolve(rows, tmp_path).person_mentions.select("mention_id", "profile_id").rows())
    verdict = pl.DataFrame({"profile_id_l": [profile["r-subject"]], "profile_id_r": [profile["c-subject"]], "verdict_code": ["same"]})
    after = resolve(rows, tmp_path, judgements=verdict)
    assert person_of(after, "c") == person_of(after, "r")
    assert link_of(after, "c") == (1.0, "judgement")


def test_tables_are_as_declared_and_every_mention_has_a_person(tmp_path: Path) -> None:
    resolution = resolve([charity("c", "庄缎缎")], tmp_path)
    for name in ("profiles", "pairs", "link_reviews", "person_mentions", "id_history"):
        frame = getattr(resolution, name)
        assert require_table(frame, name).equals(frame), name
    assert resolution.person_mentions.get_column("person_id").null_count() == 0
    assert resolution.person_mentions.height == len(crowd_rows()) + 1


def test_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    mentions = mentions_of([{key: value for key, value in row.items() if key != "truth"} for row in crowd_rows()])
    weak = mentions.with_row_index().with_columns(identity_number=pl.when(pl.col("index") % 3 > 0).then("identity_number")).drop("index")
    weak = weak.with_columns(
        identity_state_code=pl.when(pl.col("identity_number").is_null()).then(pl.lit("missing")).otherwise(pl.lit("valid"))
    )
    one = resolve_mentions(weak, settings(), MONTH, None, tmp_path)
    two = resolve_mentions(weak.sample(fraction=1, shuffle=True, seed=5), settings(), MONTH, None, tmp_path)
    for name in ("profiles", "pairs", "link_reviews", "person_mentions", "id_history"):
        assert getattr(one, name).equals(getattr(two, name)), name
    assert one.model == two.model


def test_next_month_keeps_ids_though_every_row_is_new(tmp_path: Path) -> None:
    rows = [registered("r", "庄缎缎", date(1960, 1, 1), 22), charity("c", "庄缎缎", place_code=VILLAGES[0], birth_date=date(1960, 1, 1))]
    first = resolve(rows, tmp_path)
    previous = Previous(first.person_mentions, first.id_history)
    second = resolve([row | {"row_id": f"{row['row_id']}-feb"} for row in rows], tmp_path, previous)
    assert person_of(second, "r-feb") == person_of(first, "r")
    assert set(second.person_mentions["person_id"]) == set(first.person_mentions["person_id"])
    assert second.id_history.filter(pl.col("month") == NEXT).is_empty()


def test_accuracy_on_invented_families(tmp_path: Path) -> None:
    """Rows with name, village and age only: what is linked is right, and most of what can be is linked."""
    people = village().people
    asked = [
        {"roll": "red_cross", "row_id": f"q-{n}", "name_key": p["name_key"], "place_code": p["place_code"],
         "birth_date": date(p["birth_date"].year, 1, 1), "birth_precision_code": "age"}
        for n, p in enumerate(people[::2])
    ]  # fmt: skip
    resolution = resolve(asked, tmp_path)
    own = {row["truth"]: person_of(resolution, f"v-{n}") for n, row in enumerate(crowd_rows()) if n < len(people)}
    linked = [
        (person_of(resolution, f"q-{n}"), own[p["truth"]]) for n, p in enumerate(people[::2]) if link_of(resolution, f"q-{n}")[1] == "model"
    ]
    assert len(linked) >= 0.9 * len(asked)
    assert sum(found == true for found, true in linked) >= 0.99 * len(linked)
