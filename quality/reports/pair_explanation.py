"""Why two profiles were linked or not: a sentence, both sides, what each comparison weighs, and a waterfall of the weights.

Belongs here: what `tuodi explain A B` shows. Does not belong here: weighing (`registry.resolve.explain`), which sides are
masked (`link_review`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jinja2
import polars as pl

from quality.reports.charts import draw_waterfall
from quality.reports.link_review import FIELDS, Marked, ReviewPair
from quality.reports.link_review_words import SIDE_A, SIDE_B
from quality.reports.text_page import TextPage
from quality.reports.wide_text import count_columns, pad
from registry.schema.text import Language, Text

TOTAL: Final = Text("合计", "sum")
SIDES: Final = Text("两边的内容", "What the sides say")
WEIGHTS: Final = Text("各项比较（权重以 2 为底，正数支持同一人）", "What each comparison weighs (log2; above zero speaks for one person)")
AXIS: Final = Text("匹配权重", "match weight")
COMPARISON: Final = Text("比较项", "Comparison")
LEVEL: Final = Text("程度", "Level")
WEIGHT: Final = Text("权重", "Weight")
DIGITS: Final = 6


@dataclass(frozen=True)
class PairStory:
    """One pair to be explained.

    outcome: what the month made of it, as a sentence
    sides: both sides as a reader would see them
    parts: part, title_zh, title_en, level_zh, level_en, weight
    match_weight: their sum as the run used it
    """

    profile_ids: tuple[str, str]
    month: str
    outcome: Text
    sides: ReviewPair
    parts: pl.DataFrame
    match_weight: float


def write_sentence(story: PairStory) -> Text:
    """Return the outcome and what spoke most for and against it."""
    compared = story.parts.filter((pl.col("part") != "prior") & (pl.col("weight") != 0)).sort("weight", "part", descending=[True, False])
    parts, zh, en = compared.to_dicts(), "", ""
    if parts and parts[0]["weight"] > 0:
        best = parts[0]
        zh += f"最支持的是{best['title_zh']}（{best['level_zh']}，{best['weight']:+.2f}）。"
        en += f" Most in favour: {best['title_en']} ({best['level_en']}, {best['weight']:+.2f})."
    if parts and parts[-1]["weight"] < 0:
        worst = parts[-1]
        zh += f"最不支持的是{worst['title_zh']}（{worst['level_zh']}，{worst['weight']:+.2f}）。"
        en += f" Most against: {worst['title_en']} ({worst['level_en']}, {worst['weight']:+.2f})."
    return Text(
        f"{story.outcome.zh}匹配权重 {story.match_weight:.2f}。{zh}", f"{story.outcome.en} Match weight {story.match_weight:.2f}.{en}"
    )


def write_text(story: PairStory, lang: Language) -> str:
    """Return everything as text for a terminal."""
    page = TextPage(lang)
    page.add(f"{story.profile_ids[0]} ~ {story.profile_ids[1]}  {story.month}")
    page.add(page.say(write_sentence(story)))
    page.head(SIDES)
    for line in story.sides.lines:
        left, right = _join(line.left), _join(line.right)
        if left or right:
            page.add(f"{page.say(FIELDS[line.field])}: {left or '-'}  {line.sign or '|'}  {right or '-'}", "  ")
    page.head(WEIGHTS)
    page.lines += _lay_table(story, lang)
    return "\n".join(page.lines) + "\n"


def _join(marked: Marked) -> str:
    return "".join(text for text, _ in marked)


def _list_rows(story: PairStory, lang: Language) -> list[tuple[str, str, str]]:
    rows = [
        (
            Text(row["title_zh"], row["title_en"]).show(lang),
            Text(row["level_zh"], row["level_en"]).show(lang),
            f"{row['weight']:+.{DIGITS}f}",
        )
        for row in story.parts.to_dicts()
    ]
    return [*rows, (TOTAL.show(lang), "", f"{story.parts['weight'].sum():+.{DIGITS}f}")]


def _lay_table(story: PairStory, lang: Language) -> list[str]:
    rows = [(COMPARISON.show(lang), LEVEL.show(lang), WEIGHT.show(lang)), *_list_rows(story, lang)]
    widths = [max(count_columns(row[place]) for row in rows) + 2 for place in range(3)]
    return [f"  {pad(title, widths[0])}{pad(level, widths[1])}{pad(weight, widths[2], right=True)}" for title, level, weight in rows]


def draw_chart(story: PairStory, lang: Language) -> str:
    """Return the waterfall of the weights as SVG."""
    titles = {Language.ZH: pl.col("title_zh"), Language.EN: pl.col("title_en")}
    label = titles.get(lang, pl.concat_str(["title_zh", "title_en"], separator=" / "))
    end = pl.col("weight").cum_sum()
    steps = story.parts.select(
        label=label, start=end - pl.col("weight"), end=end, shown=_sign("weight"), is_total=pl.lit(value=False)
    )  # fmt: skip
    total = pl.DataFrame({"label": [TOTAL.show(lang)], "start": [0.0], "end": [story.match_weight]})
    totals = total.with_columns(shown=_sign("end"), is_total=pl.lit(value=True))
    return draw_waterfall(pl.concat([steps, totals]), AXIS.show(lang))


def _sign(column: str) -> pl.Expr:
    plus = pl.when(pl.col(column) > 0).then(pl.lit("+")).otherwise(pl.lit(""))
    return plus + pl.col(column).round(2).cast(pl.String)


def render(story: PairStory, path: Path, lang: Language) -> Path:
    """Write the waterfall to `path`: the drawing alone for .svg, else a page with sentence, sides and table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    chart = draw_chart(story, lang)
    if path.suffix.lower() == ".svg":
        path.write_text(chart, encoding="utf-8")
        return path
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("pair_explanation.html.j2").render(
        story=story,
        language="en" if lang == Language.EN else "zh",
        sentence=write_sentence(story).show(lang),
        fields={name: text.show(lang) for name, text in FIELDS.items()},
        sides=(SIDE_A.show(lang), SIDE_B.show(lang)),
        heads=(COMPARISON.show(lang), LEVEL.show(lang), WEIGHT.show(lang)),
        rows=_list_rows(story, lang),
        chart=chart,
        titles=(SIDES.show(lang), WEIGHTS.show(lang)),
    )
    path.write_text(page, encoding="utf-8")
    return path
