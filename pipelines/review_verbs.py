"""What `tuodi review export|import|status` and `tuodi explain A B` do: options in, files, text or JSON out.

Belongs here: the steps of these verbs and what they print. Does not belong here: option parsing (`cli`), whose verdict counts
(`registry.agreement`), what a list looks like (`quality.reports.link_review`).
"""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from pipelines.assets.publishing import read_tables
from pipelines.judgement_log import KEPT, append_answers, choose_judgements, keep_last, read_answers, read_log, require_run
from pipelines.resources import Home, hold, open_district
from pipelines.review_files import Filled, check_filled, find_changed, find_day, list_answers, read_filled, refuse_file
from quality.reports import link_review, link_review_book, link_review_page
from registry.agreement import STATES, measure_agreement, weigh_answers
from registry.errors import ConfigError
from registry.judgements import ENDS, find_lost, name_pairs, order_ends
from registry.schema.codes import IDENTITY_VERDICTS
from registry.schema.text import Language, Text

STATE_WORDS: Final[dict[str, Text]] = {
    "settled": Text("已定，进入运行", "settled, enters the run"),
    "waiting": Text("待第二人核对", "waits for a second reader"),
    "third": Text("两人不一致，待第三人核对", "two readers differ, waits for a third"),
    "disputed": Text("多人不一致，请共同核对", "readers differ still, look at it together"),
    "unsure": Text("均无法判断，不关联", "nobody can tell, not linked"),
}
ORDER: Final = {"third": 0, "waiting": 1, "disputed": 2}
"""Pairs somebody waits for come before pairs nobody has read."""
LISTED: Final = 20


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def open_home(home: Path, district: str, lang: str) -> Home:
    """Return a home for reading, or raise naming the option that is wrong."""
    if lang not in set(Language):
        raise ConfigError(f"--lang 应为 zh、en 或 both，而不是“{lang}”", f"--lang takes zh, en or both, not '{lang}'")
    open_district(district)
    return Home(root=str(home), inbox="", district_name=district, language=lang, says_progress=True)


def choose_month(home: Home, month: str | None) -> str:
    """Return the month asked for, or the latest that was run."""
    months = require_run(home)
    if month is not None and month not in months:
        raise ConfigError(
            f"{home.root} 没有 {month} 的结果，已有：{'、'.join(months)}",
            f"{home.root} has no results for {month}; it has {', '.join(months)}",
        )
    return month or months[-1]


def export_reviews(
    home: Path, month: str | None, files: tuple[Path, Path | None], reader: str, limit: int | None, district: str, lang: str,
    *, shows_scores: bool,
) -> None:  # fmt: skip
    """Write the pairs a reader should look at as a workbook, and as a page when asked."""
    opened = open_home(home, district, lang)
    wanted = choose_month(opened, month)
    reviews = choose_reviews(opened, wanted, reader.strip(), limit)
    tables = read_tables(opened, wanted, ("mentions", "person_mentions", "persons"))
    listed = link_review.build(reviews, tables, opened.district, wanted, reader.strip(), Language(lang), shows_scores=shows_scores)
    written = [link_review_book.render(listed, files[0])]
    if files[1] is not None:
        written.append(link_review_page.render(listed, files[1]))
    counted = Text(f"{wanted} 待核对 {reviews.height} 对", f"{wanted}: {reviews.height} pairs to read").show(lang)
    _print("\n".join([counted, *(str(path) for path in written)]))


def choose_reviews(home: Home, month: str, reader: str, limit: int | None) -> pl.DataFrame:
    """Return the uncertain pairs of a month with `pair_id`: open ones this reader has not read, waiting ones first, then the likeliest."""
    reviews, answers = name_pairs(home.read_table(month, "link_reviews")), read_answers(home)
    states = weigh_answers(answers, home.district.linkage.readers).select(*ENDS, "state")
    own = answers.filter(pl.col("judged_by") == reader)
    open_pairs = reviews.join(states, on=ENDS, how="left").filter(~pl.col("state").fill_null("").is_in(["settled", "unsure"]))
    unread = open_pairs.join(own, on=ENDS, how="anti")
    rank = pl.col("state").replace_strict(ORDER, default=len(ORDER), return_dtype=pl.Int64)
    ordered = unread.sort(rank, "match_probability", "pair_id", descending=[False, True, False])
    return ordered.drop("state").head(limit or ordered.height)


def import_reviews(
    home: Path, file: Path, reader: str | None, day: str | None, month: str | None, district: str, lang: str, *, revises: bool
) -> None:
    """Read a filled-in list back, check it and add it to the log."""
    opened = open_home(home, district, lang)
    told_month = choose_month(opened, month)
    filled = read_filled(file, opened.district.settings.limits)
    defaults = {"reader": (reader or "").strip() or None, "judged_on": _require_day(day) or find_day(file), "month": told_month}
    with hold(opened.path):
        answers = read_answers(opened)
        rows = check_filled(filled, find_known(opened, filled, answers), defaults)
        changed = find_changed(rows, answers)
        if changed and not revises:
            raise refuse_file(filled, changed)
        told = answers.select(*ENDS, "judged_by", "verdict_code")
        fresh = rows.join(told, left_on=[*ENDS, "reader", "verdict_code"], right_on=[*ENDS, "judged_by", "verdict_code"], how="anti",
                          maintain_order="left")  # fmt: skip
        lines = list_answers(name_pairs(fresh), filled.file)
        added = pl.DataFrame([{name: line[name] for name in KEPT} for line in lines], schema=answers.drop("source").schema)
        sourced = added.with_columns(source=pl.format("{}:{}", "file_name", "file_row"))
        choose_judgements(opened, keep_last(pl.concat([answers, sourced])))
        append_answers(opened, lines)
    _print(_show_import(filled, rows.height, len(lines), len(changed), lang))
    _print(show_status(opened, lang))


def _require_day(day: str | None) -> str | None:
    try:
        return None if day is None else date.fromisoformat(day).isoformat()
    except ValueError:
        raise ConfigError(f"--date 应写作 2016-07-15，而不是“{day}”", f"--date is written 2016-07-15, not '{day}'") from None


def find_known(home: Home, filled: Filled, answers: pl.DataFrame) -> pl.DataFrame:
    """Return pair_id and both ends of every pair that may be judged: shown in any month, judged before, or of profiles in force."""
    months = require_run(home)
    columns = ["pair_id", *ENDS]
    shown = [name_pairs(home.read_table(month, "link_reviews")).select(columns) for month in months]
    known = pl.concat([*shown, answers.select(columns)])
    asked = filled.rows["pair_id"].drop_nulls()
    if not asked.is_in(known["pair_id"].implode()).all():
        known = pl.concat([known, *(name_pairs(home.read_table(month, "pairs")).select(columns) for month in months)])
    profiles = pl.concat([home.read(month, "profiles")["profile_id"] for month in months]).unique().implode()
    named = filled.rows.drop_nulls(list(ENDS)).filter(pl.all_horizontal(pl.col(end).is_in(profiles) for end in ENDS))
    by_name = name_pairs(named.select(order_ends()))
    return pl.concat([known, by_name.select(columns)]).unique(maintain_order=True)


def _show_import(filled: Filled, read: int, added: int, changed: int, lang: str) -> str:
    return Text(
        f"{filled.file}：读到 {read} 个判断，新增 {added}（其中更正 {changed}），未填 {filled.blank_count}",
        f"{filled.file}: {read} verdicts read, {added} added ({changed} of them corrections), {filled.blank_count} left open",
    ).show(lang)


def review_status(home: Path, district: str, lang: str, *, as_json: bool) -> None:
    """Print how many pairs are settled, waiting or disputed, and how far readers agree."""
    opened = open_home(home, district, lang)
    _print(json.dumps(describe_status(opened), ensure_ascii=False) if as_json else show_status(opened, lang))


def describe_status(home: Home) -> dict[str, Any]:
    """Return the state of all judgements of a home as plain data."""
    month = require_run(home)[-1]
    answers = read_answers(home)
    weighed = name_pairs(weigh_answers(answers, home.district.linkage.readers))
    counts = dict(weighed.group_by("state").len().rows())
    verdicts = weighed.filter(pl.col("state") == "settled")
    reviews = home.read_table(month, "link_reviews")
    waiting = weighed.filter(pl.col("state").is_in(["third", "disputed"])).sort("state", "pair_id")
    return {
        "month": month,
        "readers_needed": home.district.linkage.readers,
        "answers": read_log(home).height,
        "pairs": weighed.height,
        "states": {state: counts.get(state, 0) for state in STATES},
        "verdicts": dict(verdicts.group_by("verdict_code").len().sort("verdict_code").rows()),
        "unread": reviews.join(answers, on=ENDS, how="anti").height,
        "not_in_force": find_lost(verdicts, home.read(month, "profiles")["profile_id"]).height,
        "agreement": measure_agreement(answers).to_dicts(),
        "differing": waiting.select("pair_id", "state", "judged_by", "source").to_dicts(),
    }


def show_status(home: Home, lang: str) -> str:
    """Return the state of all judgements of a home as text."""
    status = describe_status(home)
    heading = Text(
        f"{status['month']}：已核对 {status['pairs']} 对（{status['answers']} 条记录，须 {status['readers_needed']} 人一致），"
        f"未读 {status['unread']} 对",
        f"{status['month']}: {status['pairs']} pairs read ({status['answers']} answers on record, {status['readers_needed']} must agree),"
        f" {status['unread']} not read yet",
    )
    lines = [heading.show(lang)]
    lines += [f"  {STATE_WORDS[state].show(lang)}: {count}" for state, count in status["states"].items() if count]
    lines += [f"    {IDENTITY_VERDICTS[code].show(lang)}: {count}" for code, count in status["verdicts"].items()]
    if status["not_in_force"]:
        kept = Text("保留但名册行已变的判断", "kept, but their rows are no longer in force")
        lines.append(f"  {kept.show(lang)}: {status['not_in_force']}")
    lines += [_show_agreement(row, lang) for row in status["agreement"]]
    shown = status["differing"][:LISTED]
    lines += [f"  {row['pair_id']}  {STATE_WORDS[row['state']].show(lang)}: {row['judged_by']} ({row['source']})" for row in shown]
    more = len(status["differing"]) - len(shown)
    return "\n".join([*lines, *([Text(f"  另有 {more} 对", f"  and {more} more").show(lang)] if more else [])])


def _show_agreement(row: dict[str, Any], lang: str) -> str:
    kappa = "-" if row["kappa"] is None else f"{row['kappa']:.3f}"
    told = Text(
        f"一致 {row['agreed_count']}/{row['pair_count']}（{row['agreed_share']:.1%}），Cohen κ {kappa}",
        f"agree on {row['agreed_count']} of {row['pair_count']} ({row['agreed_share']:.1%}), Cohen's kappa {kappa}",
    )
    return f"  {row['reader_a']} – {row['reader_b']}: {told.show(lang)}"
