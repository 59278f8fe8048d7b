"""Several readers of one pair: who agrees, whose verdict counts, which pair goes to a third reader.

Belongs here: counting answers and measuring agreement. Does not belong here: what a verdict does (`resolve.cluster`),
where answers are kept (`pipelines.judgement_log`).

A link accuses or helps a person, so one pair of eyes is not enough unless the district says so, and two readers who
differ are settled by a third and never by a rule.
"""

from typing import Final

import polars as pl

from registry.judgements import ENDS, JUDGEMENTS

ANSWERS: Final = ("same", "different", "unsure")
STATES: Final = ("settled", "waiting", "third", "disputed", "unsure")
"""settled: counts; waiting: needs a second reader; third: two readers differ; disputed: three or more do; unsure: nobody can tell."""
AGREEING: Final = 2
"""So many equal answers settle a pair that more than one person has read."""


def weigh_answers(answers: pl.DataFrame, readers: int) -> pl.DataFrame:
    """Return one row per pair: both ends, state, verdict_code (null unless settled), reader_count, judged_by, note, source.

    Args:
        answers: one row per pair and reader: profile_id_l, profile_id_r, verdict_code (same, different, unsure), judged_by, note, source.
        readers: how many readers must agree; 1 lets the answer of an only reader count.
    """
    counts = [(pl.col("verdict_code") == answer).sum().cast(pl.Int64).alias(answer) for answer in ANSWERS]
    texts = [pl.col(name).drop_nulls().unique(maintain_order=True).str.join(", ").alias(name) for name in ("judged_by", "note", "source")]
    ordered = answers.sort(*ENDS, "judged_by")
    pairs = ordered.group_by(*ENDS, maintain_order=True).agg(*counts, *texts, pl.len().cast(pl.Int64).alias("reader_count"))
    enough = pl.when((pl.col("reader_count") == 1) & (readers == 1)).then(1).otherwise(AGREEING)
    leading = pl.when(pl.col("same") > pl.col("different")).then(pl.lit("same")).when(pl.col("different") > pl.col("same"))
    is_settled = (pl.max_horizontal("same", "different") >= enough) & (pl.col("same") != pl.col("different"))
    named = leading.then(pl.lit("different"))
    state = (
        pl.when(is_settled)
        .then(pl.lit("settled"))
        .when(pl.col("unsure") >= enough)
        .then(pl.lit("unsure"))
        .when(pl.col("reader_count") < AGREEING)
        .then(pl.lit("waiting"))
        .when(pl.col("reader_count") == AGREEING)
        .then(pl.lit("third"))
        .otherwise(pl.lit("disputed"))
    )
    return pairs.with_columns(state=state, verdict_code=pl.when(is_settled).then(named)).drop(ANSWERS)


def choose_verdicts(weighed: pl.DataFrame) -> pl.DataFrame:
    """Return the verdicts that enter a run, as table of `judgements.JUDGEMENTS`."""
    return weighed.filter(pl.col("state") == "settled").select(JUDGEMENTS.names())


def measure_agreement(answers: pl.DataFrame) -> pl.DataFrame:
    """Return reader_a, reader_b, pair_count, agreed_count, agreed_share, kappa for every two readers with pairs in common.

    Cohen's kappa is agreement beyond what chance would give with each reader's own habits (Cohen 1960); it is null where
    both gave one and the same answer throughout, because chance alone would then agree.
    """
    told = answers.select(*ENDS, "judged_by", "verdict_code")
    both = told.join(told, on=ENDS, suffix="_b").filter(pl.col("judged_by") < pl.col("judged_by_b"))
    pairs = both.rename({"judged_by": "reader_a", "judged_by_b": "reader_b"})
    chance = [(pl.col("verdict_code") == a).mean() * (pl.col("verdict_code_b") == a).mean() for a in ANSWERS]
    is_agreed = pl.col("verdict_code") == pl.col("verdict_code_b")
    measured = pairs.group_by("reader_a", "reader_b").agg(
        pl.len().cast(pl.Int64).alias("pair_count"),
        is_agreed.sum().cast(pl.Int64).alias("agreed_count"),
        is_agreed.mean().alias("agreed_share"),
        pl.sum_horizontal(chance).alias("by_chance"),
    )
    kappa = pl.when(pl.col("by_chance") < 1 - 1e-12).then((pl.col("agreed_share") - pl.col("by_chance")) / (1 - pl.col("by_chance")))
    return measured.with_columns(kappa=kappa).drop("by_chance").sort("reader_a", "reader_b")
