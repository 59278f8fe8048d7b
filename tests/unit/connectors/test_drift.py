"""What repeats an earlier delivery or lost too many rows is stopped; what may honestly stay the same is not."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from connectors.drift import Block, Earlier, Settled, settle_drift
from connectors.intake import Landed
from registry.district import Limits
from registry.roll import Roll
from tests.unit.connectors.deliveries_samples import HEADS, land, make_roll, make_rows, write_csv

Rows = list[list[str]]
LIMITS = Limits(same_row_minimum=50)
MONTHLY: dict[str, object] = {"glob": ["*成员*"], "frequency": "monthly"}


def send(folder: Path, month: str, *parts: Sequence[Sequence[str]], roll: Roll | None = None, name: str = "成员") -> Landed:
    """Deliver one file for each part in `month`."""
    target = folder / month
    target.mkdir(parents=True, exist_ok=True)
    paths = [write_csv(target / f"{name}{number}.csv", [list(HEADS), *part]) for number, part in enumerate(parts, 1)]
    return land(*paths, roll=roll, month=month)


def remember(*landed: Landed) -> Earlier:
    """Return what a roll that sent these deliveries, the last one last, is remembered by."""
    files = pl.concat([one.deliveries.filter(pl.col("landed_count") > 0).select("month", "file_name", "file_hash") for one in landed])
    return Earlier(str(landed[-1].deliveries["month"][0]), landed[-1].rows, files)


def settle(now: Landed, *before: Landed, roll: Roll | None = None, accepts: bool = False) -> Settled:
    month = str(now.deliveries["month"][0])

    def answer(block: Block) -> bool:
        return accepts

    return settle_drift(roll or make_roll(), month, now, remember(*before) if before else None, LIMITS, answer)


def reasons(settled: Settled) -> list[str]:
    return [block.refusal.reason_code for block in settled.blocked]


def change(rows: Rows, count: int) -> Rows:
    """Return the rows with another amount in the first `count`, in another order."""
    return [[*row[:8], "9", row[9]] if number < count else row for number, row in enumerate(rows)][::-1]


def sums(settled: Settled) -> pl.DataFrame:
    parts = pl.sum_horizontal("landed_count", "quarantined_count", "refused_count", "skipped_count")
    return settled.landed.deliveries.filter(pl.col("row_count") != parts)


def test_the_first_delivery_has_nothing_to_repeat(tmp_path: Path) -> None:
    now = send(tmp_path, "2016-03", make_rows(80))
    assert settle(now).landed is now


def test_the_file_of_an_earlier_month_is_stopped(tmp_path: Path) -> None:
    first, second = send(tmp_path, "2016-01", make_rows(20)), send(tmp_path, "2016-02", make_rows(24))
    settled = settle(send(tmp_path, "2016-03", make_rows(20)), first, second)
    assert reasons(settled) == ["REPEATED_FILE"]
    assert settled.landed.rows.is_empty() and sums(settled).is_empty()
    assert settled.landed.deliveries.select("is_refused", "refused_count", "landed_count", "reason_code").rows() == [
        (True, 20, 0, "REPEATED_FILE")
    ]
    said = settled.landed.quarantine.row(0, named=True)
    assert "2016-01" in said["sentence_zh"] and "--accept" in said["sentence_zh"] and "应为" in said["sentence_zh"]
    assert "the very file '成员1.csv' of 2016-01 (20 rows)" in said["sentence_en"]


def test_one_repeated_file_of_several_leaves_the_others(tmp_path: Path) -> None:
    before = send(tmp_path, "2016-02", make_rows(20), make_rows(20, 20))
    settled = settle(send(tmp_path, "2016-03", make_rows(22), make_rows(20, 20)), before)
    assert [(block.refusal.reason_code, block.file_names) for block in settled.blocked] == [("REPEATED_FILE", ("成员2.csv",))]
    assert settled.landed.rows.height == 22 and sums(settled).is_empty()


@pytest.mark.parametrize(("changed", "is_stopped"), [(0, True), (1, True), (2, False)])
def test_nearly_the_same_rows_in_any_order_are_stopped(tmp_path: Path, changed: int, is_stopped: bool) -> None:
    rows = make_rows(1500)
    before = send(tmp_path, "2016-02", rows)
    settled = settle(send(tmp_path, "2016-03", change(rows, changed)), before)
    assert reasons(settled) == (["REPEATED_ROWS"] if is_stopped else [])
    assert sums(settled).is_empty()


def test_rows_count_as_often_as_they_stand(tmp_path: Path) -> None:
    """Two hundred times the same row is not the same delivery as that row once among others."""
    one = make_rows(1)
    before = send(tmp_path, "2016-02", [*one, *make_rows(199, 300)])
    assert reasons(settle(send(tmp_path, "2016-03", one * 200), before)) == []


def test_one_file_of_several_with_last_months_rows_is_stopped(tmp_path: Path) -> None:
    before = send(tmp_path, "2016-02", make_rows(80), make_rows(80, 100))
    now = send(tmp_path, "2016-03", change(make_rows(80), 20), make_rows(80, 100)[::-1])
    settled = settle(now, before)
    assert [(block.refusal.reason_code, block.file_names) for block in settled.blocked] == [
        ("REPEATED_ROWS", ("成员2.csv",)),
        ("FEWER_ROWS", ("成员1.csv",)),
    ]


def test_a_column_that_went_missing_hides_no_repetition(tmp_path: Path) -> None:
    before = send(tmp_path, "2016-02", make_rows(80))
    without = write_csv(tmp_path / "成员.csv", [[*HEADS[:8], HEADS[9]], *([*row[:8], row[9]] for row in make_rows(80))])
    assert reasons(settle(land(without), before)) == ["REPEATED_ROWS"]


@pytest.mark.parametrize(("kept", "is_stopped"), [(70, False), (69, True), (50, True)])
def test_a_roll_that_lost_a_third_is_asked_about(tmp_path: Path, kept: int, is_stopped: bool) -> None:
    before = send(tmp_path, "2016-02", make_rows(100))
    settled = settle(send(tmp_path, "2016-03", change(make_rows(kept), kept)), before)
    assert reasons(settled) == (["FEWER_ROWS"] if is_stopped else [])
    if is_stopped:
        text = settled.blocked[0].refusal.text
        assert "不少于70行" in text.zh and f"{kept} rows, {100 - kept}.0% fewer" in text.en


def test_short_rolls_are_not_compared_by_shares(tmp_path: Path) -> None:
    before = send(tmp_path, "2016-02", make_rows(49))
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(49)[::-1]), before)) == []
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(5)), before)) == []


@pytest.mark.parametrize(("count", "is_stopped"), [(149, False), (150, True)])
def test_a_short_roll_may_stay_the_same(tmp_path: Path, count: int, is_stopped: bool) -> None:
    before, now = (send(tmp_path, month, make_rows(count)[::step]) for month, step in (("2016-02", 1), ("2016-03", -1)))
    settled = settle_drift(make_roll(), "2016-03", now, remember(before), Limits(), lambda block: False)
    assert reasons(settled) == (["REPEATED_ROWS"] if is_stopped else [])


def ledger(**delivery: object) -> Roll:
    return make_roll(delivery={**MONTHLY, **delivery})


def test_a_ledger_without_new_entries_passes(tmp_path: Path) -> None:
    roll = ledger(content="year_to_date")
    before = send(tmp_path, "2016-02", make_rows(80))
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(80)), before, roll=roll)) == []


def test_a_ledger_may_stand_still_for_long(tmp_path: Path) -> None:
    roll = ledger(content="year_to_date")
    before = [send(tmp_path, month, make_rows(80)) for month in ("2016-01", "2016-02")]
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(80)), *before, roll=roll)) == []


def test_a_roll_that_only_lost_some_rows_is_not_the_same(tmp_path: Path) -> None:
    before = send(tmp_path, "2016-02", make_rows(100))
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(100)[:80]), before)) == []
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(120)), before)) == []


def test_a_ledger_does_not_go_back(tmp_path: Path) -> None:
    roll = ledger(content="year_to_date")
    first, second = send(tmp_path, "2016-01", make_rows(60)), send(tmp_path, "2016-02", make_rows(90))
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(60)), first, second, roll=roll)) == ["REPEATED_FILE"]
    assert reasons(settle(send(tmp_path, "2016-03", change(make_rows(60), 30)), first, second, roll=roll)) == ["FEWER_ROWS"]


def test_a_ledger_starts_anew_in_january(tmp_path: Path) -> None:
    roll = ledger(content="year_to_date")
    december = send(tmp_path, "2015-12", make_rows(400))
    assert reasons(settle(send(tmp_path, "2016-01", make_rows(12, 500)), december, roll=roll)) == []
    assert reasons(settle(send(tmp_path, "2016-01", make_rows(400)), december, roll=roll)) == ["REPEATED_FILE"]
    assert reasons(settle(send(tmp_path, "2016-01", make_rows(400)[::-1]), december, roll=roll)) == ["REPEATED_ROWS"]


def test_lists_of_new_rows_may_be_short_but_not_the_same(tmp_path: Path) -> None:
    roll = ledger(content="new_rows")
    before = send(tmp_path, "2016-02", make_rows(300))
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(12, 400)), before, roll=roll)) == []
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(300)[::-1]), before, roll=roll)) == ["REPEATED_ROWS"]


def test_a_roll_that_may_repeat_may_repeat_but_not_shrink_or_go_back(tmp_path: Path) -> None:
    roll = ledger(may_repeat=True)
    first, second = send(tmp_path, "2016-01", make_rows(100)), send(tmp_path, "2016-02", make_rows(110))
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(110)), first, second, roll=roll)) == []
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(110)[::-1]), first, second, roll=roll)) == []
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(100)), first, second, roll=roll)) == ["REPEATED_FILE"]
    assert reasons(settle(send(tmp_path, "2016-03", make_rows(40)), first, second, roll=roll)) == ["FEWER_ROWS"]


def test_a_quarterly_roll_that_comes_a_month_later_had_little_time_to_change(tmp_path: Path) -> None:
    roll, rows = ledger(frequency="quarterly"), make_rows(1500)
    before = send(tmp_path, "2016-02", rows)
    assert reasons(settle(send(tmp_path, "2016-03", change(rows, 1)), before, roll=roll)) == []
    assert reasons(settle(send(tmp_path, "2016-03", rows[::-1]), before, roll=roll)) == ["REPEATED_ROWS"]
    assert reasons(settle(send(tmp_path, "2016-05", change(rows, 1)), before, roll=roll)) == ["REPEATED_ROWS"]


def test_an_accepted_delivery_lands_and_is_told(tmp_path: Path) -> None:
    before = send(tmp_path, "2016-02", make_rows(80))
    settled = settle(send(tmp_path, "2016-03", make_rows(80)), before, accepts=True)
    assert [block.refusal.reason_code for block in settled.accepted] == ["REPEATED_FILE"]
    assert not settled.blocked and settled.landed.rows.height == 80
    assert settled.accepted[0].delivery_hash == settled.landed.deliveries["file_hash"][0]


@pytest.mark.parametrize(("one", "other"), [("户主姓名", "姓名"), ("户主身份证", "身份证号")])
def test_columns_of_one_kind_that_changed_places_are_seen_by_the_last_delivery(tmp_path: Path, one: str, other: str) -> None:
    def rows(first: int) -> Rows:
        return [[*row[:1], f"陈{row[2][-4:]}", *row[2:4], f"林{row[5][-4:]}", *row[5:]] for row in make_rows(60, first)]

    before = send(tmp_path, "2016-02", rows(0))
    swapped = [{one: other, other: one}.get(head, head) for head in HEADS]
    now = land(write_csv(tmp_path / "成员.csv", [swapped, *rows(5)]))
    settled = settle(now, before)
    assert reasons(settled) == ["CONTENT_MISMATCH"]
    text = settled.blocked[0].refusal.text
    assert one in text.zh and other in text.zh and "the other way round (92%)" in text.en
    assert settled.landed.rows.is_empty() and sums(settled).is_empty()
    assert reasons(settle(send(tmp_path, "2016-03", rows(5)), before)) == []
