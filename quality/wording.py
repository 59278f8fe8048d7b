"""The sentences a clerk reads, filled from the rule's template.

Belongs here: filling templates for whole frames at once. Does not belong here: the words of a rule (rules.yml) or of a report.
"""

from string import Formatter

import polars as pl

from registry.district import District, Rule
from registry.errors import ConfigError

SLOTS = ("programme", "other_programme", "department", "other_department", "from", "to", "months", "amount", "excess", "event", "extra")
"""What a template of rules.yml may name in braces."""


def write_sentence(rule: Rule, district: District, language: str) -> pl.Expr:
    """Return the rule's sentence in `language` ("zh" or "en") for each row of a frame of findings."""
    template = getattr(rule.sentence, language)
    slots = _fill_slots(district, language)
    parts: list[pl.Expr] = []
    for text, slot, _, _ in Formatter().parse(template):
        if text:
            parts.append(pl.lit(text))
        if slot is None:
            continue
        if slot not in slots:
            raise ConfigError(
                f"{rule.rule_id} 的句子里有未知的“{{{slot}}}”，可用：{'、'.join(SLOTS)}",
                f"{rule.rule_id}: unknown '{{{slot}}}' in the sentence; one of {', '.join(SLOTS)}",
                file=district.folder / "rules.yml",
            )
        parts.append(slots[slot].fill_null("—"))
    return pl.concat_str(parts) if parts else pl.lit("")


def _fill_slots(district: District, language: str) -> dict[str, pl.Expr]:
    programmes = {code: getattr(item.title, language) for code, item in district.programmes.items()}
    departments = {code: getattr(words, language) for code, words in district.settings.departments.items()}
    return {
        "programme": pl.col("programme_code").replace(programmes),
        "other_programme": pl.col("other_programme_code").replace(programmes),
        "department": pl.col("department").replace(departments),
        "other_department": pl.col("other_department").replace(departments),
        "from": pl.col("overlap_from_month"),
        "to": pl.col("overlap_to_month"),
        "months": pl.col("months").cast(pl.String),
        "amount": _write_money("amount"),
        "excess": _write_money("excess_amount"),
        "event": pl.col("event"),
        "extra": pl.col(f"extra_{language}"),
    }


def _write_money(column: str) -> pl.Expr:
    """Return an amount without needless zeros: 500, 2876.8 as 2876.80."""
    text = pl.col(column).cast(pl.String)
    return text.str.strip_suffix(".00")


def write_exceptions(rule: Rule) -> pl.Expr:
    """Return the exceptions looked at, each with its result, and what was seen and not counted.

    None of them explains what the lead is about: a lead that met one would not be here.
    """
    both = (f"{words.en}: does not explain it" if words.zh == words.en else f"{words.zh} {words.en}: 不能解释 does not explain it"
            for words in rule.exceptions)  # fmt: skip
    checked = "; ".join(both)
    return pl.concat_str(pl.lit(checked), pl.col("left_out"), separator="; ", ignore_nulls=True)
