"""What `tuodi explain A B` does: two ids in, why they are one person or two out.

Belongs here: finding the two statements that are meant and what the month made of them. Does not belong here: weighing
(`registry.resolve.explain`), wording (`quality.reports.pair_explanation`).
"""

import json
import sys
from pathlib import Path

import polars as pl

from pipelines.assets.publishing import read_tables
from pipelines.assets.registry_tables import open_workdir
from pipelines.judgement_log import choose_judgements
from pipelines.resources import Home
from pipelines.review_verbs import choose_month, open_home
from quality.reports import link_review, pair_explanation
from quality.reports.pair_explanation import PairStory
from quality.reports.wording import METHODS
from registry.errors import ConfigError
from registry.judgements import ENDS, name_pairs
from registry.resolve.explain import weigh_pair
from registry.schema.codes import IDENTITY_VERDICTS, REASONS
from registry.schema.text import Language, Text


def explain_pair(home: Path, ids: tuple[str, str], month: str | None, out: Path | None, district: str, lang: str) -> None:
    """Explain why two profiles, mentions or persons are one person or two."""
    opened = open_home(home, district, lang)
    wanted = choose_month(opened, month)
    story = tell_pair(opened, wanted, choose_pair(opened, wanted, ids))
    sys.stdout.write(pair_explanation.write_text(story, Language(lang)))
    if out is not None:
        sys.stdout.write(f"{pair_explanation.render(story, out, Language(lang))}\n")


def choose_pair(home: Home, month: str, ids: tuple[str, str]) -> tuple[str, str]:
    """Return the two profiles meant; of several on a side those that speak most for one person, else the most mentioned."""
    sides = [_find_profiles(home, month, wanted) for wanted in ids]
    if set(sides[0]) & set(sides[1]):
        raise ConfigError(
            f"{ids[0]} 与 {ids[1]} 说的是同一内容，已合并，无需比较", f"{ids[0]} and {ids[1]} say the very same and were collapsed into one"
        )
    pairs = home.read_table(month, "pairs")
    left, right = pl.col("profile_id_l"), pl.col("profile_id_r")
    between = (left.is_in(sides[0]) & right.is_in(sides[1])) | (left.is_in(sides[1]) & right.is_in(sides[0]))
    scored = pairs.filter(between).sort("match_weight", *ENDS, descending=[True, False, False])
    if scored.height:
        return scored["profile_id_l"][0], scored["profile_id_r"][0]
    return min(sides[0][0], sides[1][0]), max(sides[0][0], sides[1][0])


def _find_profiles(home: Home, month: str, wanted: str) -> list[str]:
    """Return the profiles of a profile, mention or person id, the most mentioned first."""
    links = home.read_table(month, "person_mentions")
    own = links.filter(pl.any_horizontal(pl.col(name) == wanted for name in ("profile_id", "mention_id", "person_id")))
    if own.is_empty():
        raise ConfigError(
            f"{month} 没有编号“{wanted}”；可用人员编号（P…）、片段编号或提及编号，见 person_mentions 表",
            f"{month} has no id '{wanted}'; give a person (P…), profile or mention id of table person_mentions",
        )
    counted = own.group_by("profile_id").len().sort("len", "profile_id", descending=[True, False])
    return counted["profile_id"].to_list()


def tell_pair(home: Home, month: str, pair: tuple[str, str]) -> PairStory:
    """Return the pair taken apart, with what the month made of it."""
    tables = read_tables(home, month, ("mentions", "person_mentions", "persons", "pairs", "link_reviews"))
    model = json.loads((home.path / "months" / month / "model.json").read_text(encoding="utf-8"))
    weights = weigh_pair(tables["mentions"], home.district.linkage, model, pair, open_workdir(home))
    asked = name_pairs(pl.DataFrame({"profile_id_l": [weights.profile_id_l], "profile_id_r": [weights.profile_id_r]}))
    sides = link_review.build(asked, tables, home.district, month, "", Language(home.language)).pairs[0]
    outcome = _find_outcome(home, tables, asked)
    return PairStory((weights.profile_id_l, weights.profile_id_r), month, outcome, sides, weights.parts, weights.match_weight)


def _find_outcome(home: Home, tables: dict[str, pl.DataFrame], asked: pl.DataFrame) -> Text:
    """Return what the month made of the pair, and the probability that was left after rivals competed."""
    links = tables["person_mentions"].select("profile_id", "person_id", "method_code", "match_probability").unique("profile_id")
    persons = [links.filter(pl.col("profile_id") == asked[end][0]).row(0, named=True) for end in ENDS]
    scored = tables["pairs"].join(asked, on=ENDS, how="semi")["match_probability"].to_list()
    probability = Text("没有规则比较过这一对。", "No rule compared this pair.")
    if scored:
        probability = Text(
            f"与其他可能对象比较后的概率为 {scored[0]:.4f}。", f"Probability after other candidates competed: {scored[0]:.4f}."
        )
    told = [_name_outcome(persons), probability, _name_verdict(home, asked), _name_review(tables["link_reviews"], asked)]
    return Text("".join(text.zh for text in told if text), " ".join(text.en for text in told if text))


def _name_outcome(persons: list[dict[str, str]]) -> Text:
    one, other = persons
    if one["person_id"] != other["person_id"]:
        return Text(
            f"本月是两个人：{one['person_id']} 与 {other['person_id']}。",
            f"Two persons this month: {one['person_id']} and {other['person_id']}.",
        )
    methods = [METHODS.get(code, Text(code, code)) for code in dict.fromkeys((one["method_code"], other["method_code"]))]
    zh, en = "；".join(text.zh for text in methods), "; ".join(text.en for text in methods)
    return Text(f"本月是同一个人 {one['person_id']}（{zh}）。", f"One person this month, {one['person_id']} ({en}).")


def _name_verdict(home: Home, asked: pl.DataFrame) -> Text | None:
    verdicts = choose_judgements(home).join(asked, on=ENDS, how="semi")
    if verdicts.is_empty():
        return None
    row = verdicts.row(0, named=True)
    word = IDENTITY_VERDICTS[row["verdict_code"]]
    return Text(f"人工判断：{word.zh}（{row['judged_by']}）。", f"Judged by people: {word.en} ({row['judged_by']}).")


def _name_review(reviews: pl.DataFrame, asked: pl.DataFrame) -> Text | None:
    found = reviews.join(asked, on=ENDS, how="semi")["reason_code"].to_list()
    if not found:
        return None
    reason = REASONS.get(found[0], Text(found[0], found[0]))
    return Text(f"待人工核对：{reason.zh}。", f"Waits for a reader: {reason.en}.")
