"""Several readers of one pair: what is settled, what waits for whom, agreement beyond chance."""

import polars as pl
import pytest

from registry.agreement import choose_verdicts, measure_agreement, weigh_answers


def answers(*given: tuple[str, str, str]) -> pl.DataFrame:
    """Return answers from (pair, reader, verdict)."""
    rows = [(f"f{pair}", f"n{pair}", verdict, reader, f"log:{line}") for line, (pair, reader, verdict) in enumerate(given, 1)]
    frame = pl.DataFrame(rows, schema=["profile_id_l", "profile_id_r", "verdict_code", "judged_by", "source"], orient="row")
    return frame.with_columns(note=pl.lit(None, dtype=pl.String))


@pytest.mark.parametrize(
    ("verdicts", "readers", "state", "verdict"),
    [
        (["same"], 2, "waiting", None),
        (["same"], 1, "settled", "same"),
        (["unsure"], 1, "unsure", None),
        (["unsure"], 2, "waiting", None),
        (["same", "same"], 2, "settled", "same"),
        (["different", "different"], 2, "settled", "different"),
        (["unsure", "unsure"], 2, "unsure", None),
        (["same", "different"], 2, "third", None),
        (["same", "different"], 1, "third", None),
        (["same", "unsure"], 1, "third", None),
        (["same", "different", "different"], 2, "settled", "different"),
        (["same", "unsure", "same"], 1, "settled", "same"),
        (["same", "different", "unsure"], 2, "disputed", None),
        (["same", "same", "different", "different"], 2, "disputed", None),
    ],
)
def test_state_of_a_pair(verdicts: list[str], readers: int, state: str, verdict: str | None) -> None:
    told = answers(*(("1", f"reader {n}", code) for n, code in enumerate(verdicts)))
    for ordered in (told, told.reverse()):
        weighed = weigh_answers(ordered, readers)
        assert weighed.select("state", "verdict_code").rows() == [(state, verdict)]
        assert choose_verdicts(weighed).height == (verdict is not None)


def test_verdict_names_its_readers_and_lines() -> None:
    chosen = choose_verdicts(weigh_answers(answers(("1", "b", "same"), ("1", "a", "same")), 2))
    assert chosen.select("judged_by", "source").rows() == [("a, b", "log:2, log:1")]


def test_kappa_of_the_textbook() -> None:
    """Cohen's own kind of example: 20 both yes, 15 both no, 5 and 10 differing: agreement .70, chance .50, kappa .40."""
    table = [("same", "same", 20), ("same", "different", 5), ("different", "same", 10), ("different", "different", 15)]
    pairs = [(one, other) for one, other, count in table for _ in range(count)]
    told = [(str(n), reader, code) for n, codes in enumerate(pairs) for reader, code in zip("ab", codes, strict=True)]
    row = measure_agreement(answers(*told)).row(0, named=True)
    assert (row["reader_a"], row["reader_b"], row["pair_count"], row["agreed_count"]) == ("a", "b", 50, 35)
    assert row["agreed_share"] == pytest.approx(0.7)
    assert row["kappa"] == pytest.approx(0.4)


def test_kappa_is_unknown_where_everybody_always_says_the_same() -> None:
    told = [(str(n), reader, "same") for n in range(5) for reader in "ab"]
    assert measure_agreement(answers(*told)).select("agreed_share", "kappa").rows() == [(1.0, None)]


def test_readers_without_a_pair_in_common_are_not_compared() -> None:
    assert measure_agreement(answers(("1", "a", "same"), ("2", "b", "same"))).is_empty()
