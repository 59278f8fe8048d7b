"""Ids outlive re-runs: kept by overlap, never reused, every change written down."""

import polars as pl

from registry.ids import KeptIds, follow_ids, keep_ids


def _members(**clusters: str) -> pl.DataFrame:
    rows = [(cluster, member) for cluster, members in clusters.items() for member in members.split()]
    return pl.DataFrame(rows, schema=["cluster_id", "member_id"], orient="row")


def _earlier(kept: KeptIds, members: pl.DataFrame) -> pl.DataFrame:
    return members.join(kept.ids, on="cluster_id").select("entity_id", "member_id")


def _keep(members: pl.DataFrame, before: tuple[KeptIds, pl.DataFrame] | None, month: str) -> KeptIds:
    if before is None:
        return keep_ids(members, None, None, kind="person", prefix="P", month=month)
    kept, old = before
    return keep_ids(members, _earlier(kept, old), kept.id_history, kind="person", prefix="P", month=month)


def _ids(kept: KeptIds) -> dict[str, str]:
    return dict(kept.ids.rows())


def _events(kept: KeptIds, month: str) -> set[tuple[str, str, str | None]]:
    return set(kept.id_history.filter(pl.col("month") == month).select("entity_id", "event_code", "related_entity_id").rows())


FIRST = _members(a="m1 m2 m3", b="m4 m5", c="m6")


def test_first_month_mints_in_order() -> None:
    kept = _keep(FIRST, None, "2016-01")
    assert _ids(kept) == {"a": "P00000001", "b": "P00000002", "c": "P00000003"}
    assert {event for _, event, _ in _events(kept, "2016-01")} == {"born"}


def test_same_members_keep_their_ids_whatever_the_cluster_is_called() -> None:
    kept = _keep(FIRST, None, "2016-01")
    again = _keep(_members(z="m1 m2 m3", y="m4 m5", x="m6"), (kept, FIRST), "2016-02")
    assert _ids(again) == {"z": "P00000001", "y": "P00000002", "x": "P00000003"}
    assert _events(again, "2016-02") == set()


def test_split_keeps_the_id_with_the_larger_part() -> None:
    kept = _keep(FIRST, None, "2016-01")
    after = _keep(_members(s="m3", t="m1 m2", b="m4 m5", c="m6"), (kept, FIRST), "2016-02")
    assert _ids(after) == {"t": "P00000001", "s": "P00000004", "b": "P00000002", "c": "P00000003"}
    assert _events(after, "2016-02") == {("P00000004", "split", "P00000001")}


def test_merger_ends_the_smaller_id() -> None:
    kept = _keep(FIRST, None, "2016-01")
    after = _keep(_members(ab="m1 m2 m3 m4 m5", c="m6"), (kept, FIRST), "2016-02")
    assert _ids(after) == {"ab": "P00000001", "c": "P00000003"}
    assert _events(after, "2016-02") == {("P00000002", "merged", "P00000001")}


def test_retired_id_is_never_given_again() -> None:
    kept = _keep(FIRST, None, "2016-01")
    second = _members(a="m1 m2 m3", b="m4 m5")
    after = _keep(second, (kept, FIRST), "2016-02")
    assert ("P00000003", "retired", None) in _events(after, "2016-02")
    third = _members(a="m1 m2 m3", b="m4 m5", d="m9")
    last = _keep(third, (after, second), "2016-03")
    assert _ids(last)["d"] == "P00000004"


def test_member_that_changes_person_is_written_on_both() -> None:
    kept = _keep(FIRST, None, "2016-01")
    after = _keep(_members(a="m1 m2", b="m3 m4 m5", c="m6"), (kept, FIRST), "2016-02")
    assert _events(after, "2016-02") == {("P00000002", "joined", "P00000001"), ("P00000001", "left", "P00000002")}


def test_order_of_rows_does_not_matter() -> None:
    kept = _keep(FIRST, None, "2016-01")
    moved = _members(p="m1 m4", q="m2 m5", r="m3 m6")
    forward = _keep(moved, (kept, FIRST), "2016-02")
    backward = _keep(moved.reverse(), (kept, FIRST.reverse()), "2016-02")
    assert forward.ids.equals(backward.ids)
    assert forward.id_history.equals(backward.id_history)


def test_kinds_keep_separate_histories() -> None:
    kept = _keep(FIRST, None, "2016-01")
    homes = keep_ids(FIRST, None, kept.id_history, kind="household", prefix="H", month="2016-01")
    assert _ids(homes)["a"] == "H00000001"
    assert homes.id_history.get_column("entity_kind_code").unique().to_list() == ["household"]


def test_ended_ids_are_followed_to_the_one_that_took_over() -> None:
    history = pl.DataFrame(
        {"entity_id": ["P1", "P2", "P4"], "month": ["2016-02", "2016-03", "2016-02"], "event_code": ["merged", "merged", "retired"],
         "related_entity_id": ["P2", "P3", None]}
    )  # fmt: skip
    rows = pl.DataFrame({"person_id": ["P1", "P2", "P3", "P4", "P5"], "row": [1, 2, 3, 4, 5]})
    assert follow_ids(rows, "person_id", history)["person_id"].to_list() == ["P3", "P3", "P3", "P5"]
    assert follow_ids(rows, "person_id", history, keep_ended=True)["person_id"].to_list() == ["P3", "P3", "P3", None, "P5"]


def test_a_member_counts_with_the_smaller_of_its_two_weights() -> None:
    """A statement made forty times last month and once now must not outvote what both months are full of."""
    before = pl.DataFrame({"entity_id": ["P1", "P2"], "member_id": ["m1", "m2"], "weight": [40, 5]})
    now = pl.DataFrame({"cluster_id": ["a", "a"], "member_id": ["m1", "m2"], "weight": [1, 5]})
    kept = keep_ids(now, before, None, kind="person", prefix="P", month="2016-02")
    assert _ids(kept) == {"a": "P2"}


def test_id_known_only_as_the_one_that_took_over_is_not_given_again() -> None:
    history = pl.DataFrame(
        {"entity_kind_code": ["person"], "entity_id": ["P00000001"], "month": ["2016-01"], "event_code": ["merged"],
         "related_entity_id": ["P00000009"]}
    )  # fmt: skip
    assert _ids(keep_ids(_members(a="m1"), None, history, kind="person", prefix="P", month="2016-02")) == {"a": "P00000010"}


def test_merger_goes_where_most_of_the_members_went() -> None:
    first = _members(a="m1 m2 m3 m4", b="m5 m6 m7 m8", c="x1 x2 x3")
    kept = _keep(first, None, "2016-01")
    after = _keep(_members(a="m1 m2 m3 m4 x1", b="m5 m6 m7 m8 x2 x3"), (kept, first), "2016-02")
    assert _events(after, "2016-02") == {("P00000003", "merged", "P00000002")}


def test_new_cluster_out_of_an_ended_id_is_no_split_of_it() -> None:
    """The old id ends in the larger cluster, so it cannot also go on beside the new one."""
    first = _members(a="m1 m2 m3 m4 m5", b="x1 x2")
    kept = _keep(first, None, "2016-01")
    after = _keep(_members(a="m1 m2 m3 m4 m5 x1", b="x2"), (kept, first), "2016-02")
    assert _ids(after) == {"a": "P00000001", "b": "P00000002"}
    assert _events(after, "2016-02") == {("P00000001", "joined", "P00000002"), ("P00000002", "left", "P00000001")}


def test_id_that_ended_twice_is_followed_along_the_latest_event() -> None:
    history = pl.DataFrame(
        {"entity_id": ["P1", "P1"], "month": ["2016-03", "2016-02"], "event_code": ["merged", "retired"], "related_entity_id": ["P2", None]}
    )
    rows = pl.DataFrame({"person_id": ["P1"]})
    assert follow_ids(rows, "person_id", history)["person_id"].to_list() == ["P2"]
