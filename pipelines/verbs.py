"""What each verb of the command line does: options in, text or JSON out.

Belongs here: the steps of a verb and what it prints. Does not belong here: option parsing (`cli`), the run itself (`monthly`).
stdout carries results, stderr carries progress.
"""

import difflib
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.acceptances import find_user
from pipelines.assets.publishing import read_tables, render_reports
from pipelines.evaluation import evaluate_home
from pipelines.health import find_health
from pipelines.jobs import build_months
from pipelines.monthly import MonthOutcome, run_months
from pipelines.periods_in_force import months_between
from pipelines.resources import Home, open_district
from pipelines.summaries import show_evaluation, show_health, show_outcomes, show_paths
from quality.reports.explanation import explain_finding
from quality.roll_measures import show_change
from registry.district import District
from registry.errors import ConfigError
from registry.schema.text import Language, Text
from registry.warehouse import content_digest, find_current
from simulation.simulate import simulate as simulate_district

FIRST_LIVES = "2015-01"
"""The month from which simulated lives are known."""
DEMO_MARKER = ".tuodi-demo"
MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _require_month(value: str) -> str:
    if not MONTH.match(value):
        raise ConfigError(f"月份“{value}”写法不对，应为 YYYY-MM，如 2016-06", f"'{value}' is no month; write YYYY-MM, such as 2016-06")
    return value


def _parse_months(month: str | None, months: str | None) -> list[str]:
    """Return the months asked for by --month or --months."""
    if (month is None) == (months is None):
        raise ConfigError("请给出 --month 或 --months 之一", "give either --month or --months")
    first, _, last = (months or f"{month}:{month}").partition(":")
    first, last = _require_month(first), _require_month(last or first)
    if first > last:
        raise ConfigError(f"月份次序颠倒：{first} 晚于 {last}", f"months out of order: {first} is after {last}")
    return months_between(first, last)


def _require_served(months: list[str], district: District) -> None:
    """Raise when a month lies before the district's first or is still to come."""
    first = district.settings.first_month
    served = build_months(first).get_partition_keys()
    if not served or not served[0] <= months[0] <= months[-1] <= served[-1]:
        file, last = district.folder / "district.yml", served[-1] if served else first
        raise ConfigError(
            f"月份 {months[0]}:{months[-1]} 超出可运行范围 {first}:{last}；请改 --month，或改 {file} 的 first_month",
            f"months {months[0]}:{months[-1]} are outside {first}:{last}; change --month, or first_month in {file}",
        )


def _require_language(lang: str) -> str:
    if lang not in set(Language):
        raise ConfigError(f"--lang 应为 zh、en 或 both，而不是“{lang}”", f"--lang takes zh, en or both, not '{lang}'")
    return lang


def _open_home(home: Path, district: str, lang: str, inbox: Path | None = None) -> Home:
    open_district(district)
    return Home(root=str(home), inbox=str(inbox or ""), district_name=district, language=_require_language(lang), says_progress=True)


def _latest_month(home: Home, month: str | None) -> str:
    months = home.months_with("findings", "9999-12")
    if not months:
        raise ConfigError(
            f"{home.root} 里还没有运行过任何月份，请先 tuodi run", f"no month has been run in {home.root}; run 'tuodi run' first"
        )
    wanted = _require_month(month) if month else months[-1]
    if wanted not in months:
        raise ConfigError(
            f"{home.root} 没有 {wanted} 的结果，已有：{'、'.join(months)}",
            f"{home.root} has no results for {wanted}; it has {', '.join(months)}",
        )
    return wanted


def demo(people: int, month: str, seed: int, out: Path, district: str, lang: str) -> None:
    """Simulate, run one month, evaluate against the truth, print what came of it."""
    _require_language(lang)
    _require_served([_require_month(month)], open_district(district))
    _clear_demo(out)
    deliveries, home_folder = out / "deliveries", out / "home"
    facts = simulate_district(people, (month, month), seed, "normal", deliveries, open_district(district), _say)
    home = _open_home(home_folder, district, lang, deliveries)
    outcomes = list(run_months(home, [month]))
    _print(show_outcomes(home, outcomes, facts, lang))
    _print(show_evaluation(evaluate_home(home, deliveries / "truth"), lang))
    _print(show_paths(home, month, lang))


def _clear_demo(out: Path) -> None:
    """Make room for a fresh demo; a folder that no demo made is left alone."""
    marker = out / DEMO_MARKER
    if out.is_dir() and any(out.iterdir()) and not marker.is_file():
        raise ConfigError(
            f"{out} 不是空文件夹，也不是演示留下的，请换一个 --out", f"{out} is not empty and no demo made it; choose another --out"
        )
    for name in ("deliveries", "home"):
        shutil.rmtree(out / name, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    marker.write_text("Made by 'tuodi demo'; written anew by the next one.\n", encoding="utf-8")


def simulate(out: Path, people: int, months: str, seed: int, noise: str, district: str, as_json: bool) -> None:
    """Write a made-up district."""
    asked = _parse_months(None, months)
    if asked[0] < FIRST_LIVES:
        raise ConfigError(
            f"模拟从 {FIRST_LIVES} 起，--months 不能早于此月，现为 {asked[0]}",
            f"lives are simulated from {FIRST_LIVES} on; --months begins with {asked[0]}",
        )
    facts = simulate_district(people, (asked[0], asked[-1]), seed, noise, out, open_district(district), _say)
    _print(json.dumps(facts, ensure_ascii=False) if as_json else "\n".join(f"{name}: {value}" for name, value in facts.items()))


def run(
    home: Path,
    inbox: Path,
    asked_for: tuple[str | None, str | None],
    acceptance: tuple[str | None, list[str]],
    district: str,
    lang: str,
    as_json: bool,
) -> None:
    """Run months in order; exit 3 when a roll was absent, a file refused or a delivery blocked, though the rest was published."""
    asked = _parse_months(*asked_for)
    opened = _accept(_open_home(home, district, lang, inbox), *acceptance)
    _require_served(asked, opened.district)
    outcomes = []
    for outcome in run_months(opened, asked):
        outcomes.append(outcome)
        _warn(opened, outcome, lang)
    _print(json.dumps([o.__dict__ for o in outcomes], ensure_ascii=False) if as_json else show_outcomes(opened, outcomes, {}, lang))
    if any(outcome.absent or outcome.refused for outcome in outcomes):
        raise SystemExit(3)


def _accept(home: Home, reason: str | None, rolls: list[str]) -> Home:
    """Return the home with the answer given to blocked deliveries, signed with the user's name."""
    if reason is None and not rolls:
        return home
    if not (reason or "").strip():
        raise ConfigError(
            "--accept 须写明原因，如 --accept 街道已电话核实", "--accept takes a reason, such as --accept 'confirmed by phone'"
        )
    known = {name for roll in home.district.rolls.values() for name in (roll.roll, roll.code)}
    unknown = next((name for name in rolls if name not in known), None)
    if unknown is not None:
        near = "、".join(difflib.get_close_matches(unknown, sorted(known), n=3, cutoff=0.3)) or "-"
        raise ConfigError(
            f"没有名册“{unknown}”，相近的有：{near}", f"there is no roll '{unknown}'; the nearest: {near.replace('、', ', ')}"
        )
    return Home(
        root=home.root,
        inbox=home.inbox,
        district_name=home.district_name,
        language=home.language,
        says_progress=home.says_progress,
        accepted_reason=str(reason).strip(),
        accepted_rolls=rolls,
        accepted_by=find_user(),
    )


def _warn(home: Home, outcome: MonthOutcome, lang: str) -> None:
    """Say one line for each roll that was due but absent, sent back or blocked, each file sent back and each delivery let pass."""
    for roll in outcome.absent:
        _say_of_roll(home, outcome.month, roll, Text("未收到", "not received"), lang)
    for roll in outcome.sent_back:
        is_blocked = roll in outcome.blocked
        _say_of_roll(home, outcome.month, roll, Text("已暂缓", "blocked") if is_blocked else Text("已退回", "refused"), lang)
    files = home.read(outcome.month, "quarantine").filter(pl.col("scope_code") == "file").sort("quarantine_id")
    firsts = files.group_by("file_name", maintain_order=True).agg(pl.col("roll", "sentence_zh", "sentence_en").first(), pl.len())
    for row in firsts.to_dicts():
        sentence = Text(row["sentence_zh"], row["sentence_en"]).show(lang)
        more = Text(f"（另有 {row['len'] - 1} 处同类问题，见隔离表）", f" (+{row['len'] - 1} more, see quarantine)").show(lang)
        _say(f"{outcome.month} {row['roll'] or '-'}: {sentence}{more if row['len'] > 1 else ''}")
    for row in home.read(outcome.month, "acceptances").filter(pl.col("month") == outcome.month).to_dicts():
        passed = Text(
            f"经{row['accepted_by']}放行（{row['accepted_reason']}）", f"accepted by {row['accepted_by']} ({row['accepted_reason']})"
        )
        _say(f"{outcome.month} {row['roll']}: {row['reason_code']} {row['figure']}: {passed.show(lang)}")
    _say_alarms(home, outcome.month, lang)


def _say_alarms(home: Home, month: str, lang: str) -> None:
    """Say in one line how many measures of the rolls changed by more than usual, the largest changes first."""
    compared = home.read(month, "roll_quality").filter(pl.col("is_steady").is_not_null())
    alarms = compared.filter(~pl.col("is_steady")).sort(pl.col("change_share").abs(), "roll", "measure", descending=[True, False, False])
    if alarms.is_empty():
        return
    named = ", ".join(f"{r['roll']}.{r['measure']} {show_change(r['measure'], r['change_share']).en}" for r in alarms.head(3).to_dicts())
    counted = Text(
        f"{compared.height} 项名册指标中有 {alarms.height} 项变化较大，请核对（见 roll_quality）",
        f"{alarms.height} of {compared.height} measures of rolls changed more than usual, worth a look (see roll_quality)",
    )
    _say(f"{month}: {counted.show(lang)}: {named}{' …' if alarms.height > 3 else ''}")


def _say_of_roll(home: Home, month: str, roll: str, what: Text, lang: str) -> None:
    title = home.district.rolls[roll].title.text().show(lang)
    earlier = home.month_before(month, f"landed/{roll}") or "-"
    _say(f"{month} {roll} ({title}): {Text(f'{what.zh}，沿用 {earlier}', f'{what.en}, last good {earlier}').show(lang)}")


def evaluate(home: Path, truth: Path, district: str, lang: str, as_json: bool) -> None:
    """Judge every month run against the truth."""
    if not (truth / "findings.parquet").is_file():
        raise ConfigError(
            f"{truth} 不是模拟数据的 truth/ 文件夹", f"{truth} is not the truth/ folder of a simulation (no findings.parquet)"
        )
    opened = _open_home(home, district, lang)
    result = evaluate_home(opened, truth)
    _print(json.dumps(result, ensure_ascii=False) if as_json else show_evaluation(result, lang))


def report(home: Path, month: str | None, district: str, lang: str, as_json: bool) -> None:
    """Write the reports of a month again."""
    opened = _open_home(home, district, lang)
    files = render_reports(opened, _latest_month(opened, month))
    _print(json.dumps([str(path) for path in files]) if as_json else "\n".join(str(path) for path in files))


def explain(home: Path, finding_id: str, month: str | None, district: str, lang: str) -> None:
    """Explain one finding."""
    opened = _open_home(home, district, lang)
    wanted = _latest_month(opened, month)
    _print(explain_finding(finding_id, read_tables(opened, wanted), opened.district, lang))


def doctor(home: Path | None, inbox: Path | None, district: str, lang: str, as_json: bool) -> None:
    """Print every check of the deployment; exit 2 when one needs mending."""
    checks = find_health(home, inbox, district)
    plain: list[dict[str, Any]] = [check.__dict__ for check in checks]
    _print(json.dumps(plain, ensure_ascii=False) if as_json else show_health(checks, _require_language(lang)))
    if not all(check.is_well for check in checks):
        raise SystemExit(2)


def digest(home: Path, month: str | None) -> None:
    """Print the content digest of a published month."""
    folder = home / "warehouse"
    if not folder.is_dir():
        raise ConfigError(f"{home} 尚无已发布的月份，请先 tuodi run", f"nothing is published in {home}; run 'tuodi run' first")
    path = folder / f"warehouse_{_require_month(month)}.duckdb" if month else find_current(folder)
    if not path.is_file():
        raise ConfigError(f"没有 {path}，该月未发布", f"no {path}: that month was not published")
    _print(content_digest(path))
