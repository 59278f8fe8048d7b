"""Verdicts on pairs: one row a pair, lower profile first, equal files from equal verdicts."""

from pathlib import Path

import polars as pl
import pytest

from registry.errors import ConfigError
from registry.judgements import (
    bind_judgements,
    clean_judgements,
    find_lost,
    name_pairs,
    read_judgements,
    require_consistent,
    write_judgements,
)


def _verdicts(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=["profile_id_l", "profile_id_r", "verdict_code"], orient="row")


def test_pairs_are_ordered_and_a_ban_outranks() -> None:
    cleaned = clean_judgements(_verdicts(("b", "a", "same"), ("a", "b", "different"), ("c", "c", "same")))
    assert cleaned.select("profile_id_l", "profile_id_r", "verdict_code").rows() == [("a", "b", "different")]


def test_written_and_read_back_the_same(tmp_path: Path) -> None:
    verdicts = _verdicts(("f2", "f1", "same"), ("n1", "f3", "different"))
    write_judgements(verdicts, tmp_path / "one.csv")
    write_judgements(verdicts.reverse(), tmp_path / "two.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert read_judgements(tmp_path / "one.csv").equals(clean_judgements(verdicts))


def test_no_file_no_verdicts(tmp_path: Path) -> None:
    assert read_judgements(tmp_path / "none.csv").is_empty()


def test_unknown_verdict_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "j.csv").write_text("profile_id_l,profile_id_r,verdict_code\na,b,maybe\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"j\.csv.*maybe"):
        read_judgements(tmp_path / "j.csv")


CHAIN = (("a", "b", "same"), ("b", "c", "same"), ("c", "d", "same"))


def test_contradiction_over_a_chain_names_every_pair_of_it() -> None:
    told = clean_judgements(_verdicts(*CHAIN, ("a", "d", "different"), ("x", "y", "different")))
    with pytest.raises(ConfigError) as caught:
        require_consistent(told, "judgements.jsonl")
    for pair in ("a ~ b =", "b ~ c =", "c ~ d =", "a ~ d ≠", "judgements.jsonl"):
        assert pair in str(caught.value)
    assert "x ~ y" not in str(caught.value)


def test_several_contradictions_are_counted() -> None:
    with pytest.raises(ConfigError, match="and 1 more"):
        require_consistent(clean_judgements(_verdicts(*CHAIN, ("a", "d", "different"), ("a", "c", "different"))))


def test_verdicts_that_touch_no_chain_are_no_contradiction() -> None:
    told = clean_judgements(_verdicts(*CHAIN, ("a", "x", "different"), ("x", "y", "same")))
    assert require_consistent(told).equals(told)


def test_spellings_of_one_number_are_one_side_of_a_contradiction() -> None:
    told = clean_judgements(_verdicts(("f1", "n1-aa", "same"), ("f1", "n1-bb", "different")))
    with pytest.raises(ConfigError, match="f1 ~ n1-aa"):
        require_consistent(told)


def test_verdict_goes_over_to_the_spelling_that_is_left() -> None:
    told = clean_judgements(_verdicts(("f1", "n1-bb", "different"), ("f2", "n2-aa", "same")))
    bound = bind_judgements(told, pl.Series(["f1", "f2", "n1-aa", "n1-cc", "n2-aa"]))
    assert bound.select("profile_id_l", "profile_id_r", "verdict_code").rows() == [("f1", "n1-aa", "different"), ("f2", "n2-aa", "same")]


def test_verdict_on_a_vanished_side_waits_and_is_counted() -> None:
    told = clean_judgements(_verdicts(("f1", "n1-bb", "different"), ("f2", "n2-aa", "same")))
    present = pl.Series(["f1", "n1-zz", "n2-aa"])
    assert bind_judgements(told, present).get_column("profile_id_l").to_list() == ["f1"]
    assert find_lost(told, present).get_column("profile_id_l").to_list() == ["f2"]


def test_two_spellings_of_one_number_are_never_told_apart() -> None:
    told = clean_judgements(_verdicts(("n1-aa", "n1-bb", "different")))
    assert bind_judgements(require_consistent(told), pl.Series(["n1-aa", "n1-bb"])).is_empty()


def test_id_of_a_pair_does_not_depend_on_its_order_and_shows_neither_side() -> None:
    pairs = _verdicts(("f1", "n1-aa", "same"), ("n1-aa", "f1", "same"), ("f1", "n1-ab", "same"))
    ids = name_pairs(pairs).get_column("pair_id").to_list()
    assert ids[0] == ids[1] != ids[2]
    assert "n1" not in ids[0].lower()
