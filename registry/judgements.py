"""Clerks' verdicts on identity: two profiles are one person, or they are not.

Belongs here: reading, writing and checking the table of verdicts, and finding again next month whom they speak of. Does
not belong here: how verdicts bind clusters (`resolve.cluster`), several readers of one pair (`agreement`) or verdicts on
findings (`quality.feedback`).

A verdict names profiles, and a profile's id is made of what its rows say: the verdict holds month after month until one
of the two statements changes. All spellings beside one identity number are one side.
"""

import hashlib
from collections import defaultdict, deque
from pathlib import Path
from typing import Final

import polars as pl

from registry.components import label_components
from registry.errors import ConfigError

JUDGEMENTS: Final = pl.Schema(
    {
        "profile_id_l": pl.String(),
        "profile_id_r": pl.String(),
        "verdict_code": pl.String(),
        "judged_by": pl.String(),
        "note": pl.String(),
        "source": pl.String(),
    }
)
"""One verdict on one pair of profiles; `source` is the file and lines it stands in."""

VERDICTS: Final = ("same", "different")
ENDS: Final = ("profile_id_l", "profile_id_r")


def empty_judgements() -> pl.DataFrame:
    """Return a table without verdicts."""
    return pl.DataFrame(schema=JUDGEMENTS)


def clean_judgements(judgements: pl.DataFrame, source: str = "judgements") -> pl.DataFrame:
    """Return verdicts with the lower profile first and each pair once; `different` outranks `same` for one pair.

    Raises:
        ConfigError: a column is absent or a verdict is neither same nor different.
    """
    absent = [name for name in JUDGEMENTS.names()[:3] if name not in judgements.columns]
    if absent:
        raise ConfigError(f"缺少列 {absent}", f"columns {absent} are absent", file=source)
    wrong = judgements.filter(~pl.col("verdict_code").is_in(VERDICTS).fill_null(False)).get_column("verdict_code").to_list()
    if wrong:
        raise ConfigError(f"结论“{wrong[0]}”应为 same 或 different", f"verdict '{wrong[0]}' should be same or different", file=source)
    rest = [pl.col(name) if name in judgements.columns else pl.lit(None, dtype=pl.String).alias(name) for name in JUDGEMENTS.names()[3:]]
    sided = judgements.select(*order_ends(), "verdict_code", *rest).filter(pl.col("profile_id_l") != pl.col("profile_id_r"))
    ordered = sided.sort(*ENDS, "verdict_code", "judged_by", "note", "source", nulls_last=True)
    return ordered.unique(list(ENDS), keep="first", maintain_order=True)


def order_ends() -> tuple[pl.Expr, pl.Expr]:
    """Return both ends of a pair with the lower profile first."""
    return pl.min_horizontal(*ENDS).alias("profile_id_l"), pl.max_horizontal(*ENDS).alias("profile_id_r")


def name_pairs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return pairs with `pair_id`, which stays the same from month to month and tells nothing of either side.

    A profile's own id is made of an identity number and could be searched for; that of a pair needs both sides at once.
    """
    joined = pairs.select(pl.concat_str(order_ends(), separator="|")).to_series().to_list()
    ids = [f"Q{hashlib.sha256(pair.encode()).hexdigest()[:15].upper()}" for pair in joined]
    return pairs.with_columns(pl.Series("pair_id", ids, dtype=pl.String))


def member_of(profile_id: str) -> pl.Expr:
    """Return what of a profile's id stays the same however the name beside a number is spelled next month."""
    return pl.col(profile_id).str.split("-").list.first()


def bind_judgements(judgements: pl.DataFrame, profile_ids: pl.Series) -> pl.DataFrame:
    """Return verdicts on the profiles of this month; those of which a side is no longer said are left out.

    Where only another spelling of a number is left, the verdict goes over to that spelling. A verdict that two spellings
    of one number are different people cannot be kept: the number settles it.
    """
    present = pl.DataFrame({"present": profile_ids.sort()}).with_columns(member=member_of("present"))
    lowest = present.unique("member", keep="first", maintain_order=True)
    bound = judgements
    for end in ENDS:
        keyed = bound.with_columns(member=member_of(end)).join(lowest, on="member", how="left", maintain_order="left")
        is_there = pl.col(end).is_in(profile_ids.implode())
        bound = keyed.with_columns(pl.when(is_there).then(end).otherwise("present").alias(end)).drop("member", "present")
    return clean_judgements(bound.drop_nulls(list(ENDS)).filter(member_of("profile_id_l") != member_of("profile_id_r")))


def find_lost(judgements: pl.DataFrame, profile_ids: pl.Series) -> pl.DataFrame:
    """Return verdicts of which a side is no longer said by any row in force; they are kept, and count again when it is."""
    present = pl.DataFrame({"profile_id": profile_ids}).select(member_of("profile_id")).to_series().unique().implode()
    return judgements.filter(~(member_of("profile_id_l").is_in(present) & member_of("profile_id_r").is_in(present)))


def require_consistent(judgements: pl.DataFrame, source: str = "judgements") -> pl.DataFrame:
    """Return the verdicts, or raise naming the pairs where A = B and B = C but A ≠ C, over chains of any length.

    Raises:
        ConfigError: verdicts contradict each other; each pair of the contradiction is named with where it was judged.
    """
    members = judgements.with_columns(member_l=member_of("profile_id_l"), member_r=member_of("profile_id_r"))
    same, apart = (members.filter(pl.col("verdict_code") == verdict) for verdict in VERDICTS)
    if same.is_empty() or apart.is_empty():
        return judgements
    nodes = pl.concat([members["member_l"], members["member_r"].rename("member_l")]).unique().rename("node").to_frame()
    parts = label_components(nodes, same.select(node="member_l", other_node="member_r"))
    placed = apart.join(parts.select(member_l="node", part_l="label"), on="member_l").join(
        parts.select(member_r="node", part_r="label"), on="member_r"
    )
    broken = placed.filter((pl.col("part_l") == pl.col("part_r")) & (pl.col("member_l") != pl.col("member_r"))).sort(ENDS)
    if broken.is_empty():
        return judgements
    first = broken.row(0, named=True)
    chain = _find_chain(same, first["member_l"], first["member_r"])
    raise _refuse_contradiction(first, chain, broken.height, source)


def _find_chain(same: pl.DataFrame, start: str, end: str) -> list[dict[str, str]]:
    """Return the shortest chain of verdicts `same` from one side to the other."""
    steps: dict[str, list[tuple[str, dict[str, str]]]] = defaultdict(list)
    for row in same.sort(ENDS).to_dicts():
        steps[row["member_l"]].append((row["member_r"], row))
        steps[row["member_r"]].append((row["member_l"], row))
    waiting: deque[tuple[str, list[dict[str, str]]]] = deque([(start, [])])
    seen = {start}
    while waiting:
        member, chain = waiting.popleft()
        if member == end:
            return chain
        for other, row in steps[member]:
            if other not in seen:
                seen.add(other)
                waiting.append((other, [*chain, row]))
    return []


def _refuse_contradiction(apart: dict[str, str], chain: list[dict[str, str]], count: int, source: str) -> ConfigError:
    told = [f"{_name_pair(row)} =" for row in chain] + [f"{_name_pair(apart)} ≠"]
    listed, more_zh, more_en = "; ".join(told), "", ""
    if count > 1:
        more_zh, more_en = f"（另有 {count - 1} 处）", f" (and {count - 1} more)"
    return ConfigError(
        f"人工判断互相矛盾{more_zh}：{listed}；请重新核对其中一对，用 tuodi review import --revise 更正后再运行",
        f"judgements contradict each other{more_en}: {listed}; look at one of these pairs again, correct it with"
        " 'tuodi review import --revise', then run",
        file=source,
    )


def _name_pair(row: dict[str, str]) -> str:
    where = f" ({row['source']})" if row["source"] else ""
    return f"{row['profile_id_l']} ~ {row['profile_id_r']}{where}"


def read_judgements(path: Path) -> pl.DataFrame:
    """Return the verdicts of a CSV file; no file, no verdicts."""
    if not path.is_file():
        return empty_judgements()
    return clean_judgements(pl.read_csv(path, infer_schema=False), str(path))


def write_judgements(judgements: pl.DataFrame, path: Path) -> None:
    """Write verdicts as CSV, sorted, so that two exports of one table are equal byte by byte."""
    clean_judgements(judgements, str(path)).write_csv(path)
