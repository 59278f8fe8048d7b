"""Verdicts on pairs: one row a pair, lower profile first, equal files from equal verdicts."""

from pathlib import Path

import polars as pl
import pytest

from registry.errors import ConfigError
from registry.judgements import clean_judgements, read_judgements, write_judgements


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
