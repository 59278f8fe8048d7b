"""How good linkage is, judged against the hidden truth of a simulation.

Belongs here: pairwise and B-cubed measures over persons, pair measures over households. Does not belong here: findings
(`quality.evaluation`), and anything a run with real rolls could use: only a simulation knows the truth.

Pairs are counted from the table of clusters against true persons, never listed: n mentions of one person make n(n-1)/2.
"""

from pathlib import Path
from typing import Any, Final

import polars as pl

HOUSEHOLD_KINDS: Final = ("hukou", "aid", "residence")
_ADDRESS: Final = ["roll", "month", "file_name", "sheet", "row_number", "role_code", "position"]


def match_row_truth(mentions: pl.DataFrame, deliveries: pl.DataFrame, truth: Path) -> pl.DataFrame:
    """Return mention_id, true_person_id, has_own_number for every mention whose row the truth knows.

    Args:
        mentions: table `mentions`; the row's address is in its row_id.
        deliveries: tells which file and sheet the numbers in an address stand for.
        truth: folder with mentions/ and persons.parquet.

    Returns:
        `has_own_number` is true where the row carries a valid number and it is this person's.
    """
    address = pl.col("row_id").str.split("-").list
    placed = mentions.select(
        "mention_id", "roll", "month", "role_code", "position", "identity_state_code", "identity_number",
        file_number=address.get(2).cast(pl.Int64), sheet_number=address.get(3).cast(pl.Int64), row_number=address.get(4).cast(pl.Int64),
    )  # fmt: skip
    sheets = deliveries.select("roll", "month", "file_number", "sheet_number", "file_name", pl.col("sheet").fill_null("")).unique()
    named = placed.join(sheets, on=["roll", "month", "file_number", "sheet_number"])
    files = [pl.read_parquet(path) for path in sorted((truth / "mentions").glob("*.parquet"))]
    known = pl.concat(files).with_columns(pl.col("sheet").fill_null("")).rename({"role": "role_code"}).drop_nulls("true_person_id")
    owners = pl.read_parquet(truth / "persons.parquet").select("true_person_id", own_number="identity_number")
    matched = named.join(known, on=_ADDRESS).join(owners, on="true_person_id", how="left")
    is_own = (pl.col("identity_state_code") == "valid") & (pl.col("identity_number") == pl.col("own_number"))
    return matched.select("mention_id", "true_person_id", has_own_number=is_own.fill_null(False)).sort("mention_id")


def match_person_truth(row_truth: pl.DataFrame, person_mentions: pl.DataFrame) -> pl.DataFrame:
    """Return person_id, true_person_id: the true person most mentions of each of our persons speak of."""
    votes = row_truth.join(person_mentions.select("mention_id", "person_id"), on="mention_id").group_by("person_id", "true_person_id").len()
    ranked = votes.sort("person_id", "len", "true_person_id", descending=[False, True, False])
    return ranked.unique("person_id", keep="first", maintain_order=True).select("person_id", "true_person_id")


def evaluate_persons(mentions: pl.DataFrame, person_mentions: pl.DataFrame, row_truth: pl.DataFrame) -> dict[str, Any]:
    """Return measures over all pairs of mentions, and over pairs in which a mention has no usable number of its own.

    Args:
        mentions: table `mentions`; only its mention_id is used, to judge what was resolved and nothing else.
        person_mentions: table `person_mentions`.
        row_truth: what `match_row_truth` returns.
    """
    judged = row_truth.join(person_mentions.select("mention_id", "person_id"), on="mention_id")
    judged = judged.join(mentions.select("mention_id"), on="mention_id", how="semi")
    numbered = judged.filter(pl.col("has_own_number"))
    counts, easy = _count_pairs(judged), _count_pairs(numbered)
    hard = {name: counts[name] - easy[name] for name in counts}
    unnumbered = judged.filter(~pl.col("has_own_number"))
    return {
        "persons": _measure(counts) | {"bcubed_f1": _measure_bcubed(judged, judged)},
        "persons_without_id": _measure(hard) | {"bcubed_f1": _measure_bcubed(judged, unnumbered)},
    }


def _pairs_of(column: str) -> pl.Expr:
    return (pl.col(column) * (pl.col(column) - 1) // 2).sum()


def _count_pairs(judged: pl.DataFrame) -> dict[str, int]:
    """Return how many pairs are linked, true, and both."""
    table = judged.group_by("person_id", "true_person_id").agg(pl.len().cast(pl.Int64).alias("n"))
    linked = table.group_by("person_id").agg(pl.col("n").sum())
    true = table.group_by("true_person_id").agg(pl.col("n").sum())
    return {name: int(frame.select(_pairs_of("n")).item()) for name, frame in (("found", linked), ("true", true), ("right", table))}


def _measure(counts: dict[str, int]) -> dict[str, float]:
    """Return precision, recall and F1 from counts of found, true and right."""
    precision = counts["right"] / counts["found"] if counts["found"] else 1.0
    recall = counts["right"] / counts["true"] if counts["true"] else 1.0
    return {"precision": round(precision, 6), "recall": round(recall, 6), "f1": _harmonic(precision, recall)}


def _harmonic(precision: float, recall: float) -> float:
    return round(2 * precision * recall / (precision + recall), 6) if precision + recall else 0.0


def _measure_bcubed(judged: pl.DataFrame, over: pl.DataFrame) -> float:
    """Return B-cubed F1 averaged over the mentions of `over`, clusters and true persons taken from all of `judged`."""
    table = judged.group_by("person_id", "true_person_id").agg(pl.len().alias("both"))
    table = table.with_columns(in_cluster=pl.col("both").sum().over("person_id"), in_truth=pl.col("both").sum().over("true_person_id"))
    each = over.select("person_id", "true_person_id").join(table, on=["person_id", "true_person_id"])
    if each.is_empty():
        return 1.0
    shares = each.select((pl.col("both") / pl.col("in_cluster")).mean().alias("p"), (pl.col("both") / pl.col("in_truth")).mean().alias("r"))
    return _harmonic(*shares.row(0))


def evaluate_households(
    household_members: pl.DataFrame, person_truth: pl.DataFrame, truth: Path, month: str
) -> dict[str, dict[str, float]]:
    """Return pair precision, recall and F1 per kind of household in `month`.

    A pair is two true persons in one household. Judged are the people of true households of the kind whom a roll names;
    a found pair counts when at least one of the two is among them.

    Args:
        household_members: our memberships.
        person_truth: what `match_person_truth` returns.
        truth: folder with households.parquet.
        month: YYYY-MM.
    """
    in_force = (pl.col("from_month") <= month) & (pl.col("to_month").is_null() | (pl.col("to_month") >= month))
    named = person_truth.get_column("true_person_id").unique()
    true = pl.read_parquet(truth / "households.parquet").filter(in_force & pl.col("true_person_id").is_in(named.implode()))
    found = household_members.filter(in_force.fill_null(True)).join(person_truth, on="person_id")
    measures = {}
    for kind in HOUSEHOLD_KINDS:
        of_kind = true.filter(pl.col("household_kind") == kind)
        true_pairs = _list_pairs(of_kind, "true_household_id")
        found_pairs = _list_pairs(found.filter(pl.col("household_kind_code") == kind), "household_id")
        members = of_kind.select("true_person_id").unique()
        touching = pl.concat([found_pairs.join(members, left_on=side, right_on="true_person_id", how="semi") for side in ("a", "b")])
        found_pairs = touching.unique()
        right = found_pairs.join(true_pairs, on=["a", "b"], how="semi").height
        measured = _measure({"found": found_pairs.height, "true": true_pairs.height, "right": right})
        measures[kind] = {f"pair_{name}": value for name, value in measured.items()}
    return measures


def _list_pairs(members: pl.DataFrame, household: str) -> pl.DataFrame:
    """Return a, b: every unordered pair of true persons in one household, once."""
    one = members.select(household, "true_person_id").unique()
    pairs = one.join(one, on=household, suffix="_other").filter(pl.col("true_person_id") < pl.col("true_person_id_other"))
    return pairs.select(a="true_person_id", b="true_person_id_other").unique()
