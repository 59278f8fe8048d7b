"""What the columns of an unknown file are: one guess per column, with its confidence and the reason in two languages.

Belongs here: weighing what a head says against how far its cells read as each kind. Does not belong here: the measuring
(`registry.likeness`), what heads mean (`connectors.vocabulary`), writing the declaration (`connectors.proposal`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from connectors.vocabulary import IGNORED, KNOWN, HeadSense, Vocabulary, find_part, find_role, find_usual_name, read_head
from registry.roll import SHEET
from registry.schema.tables import LANDED_COLUMNS
from registry.schema.text import Text

Measure = Mapping[str, Any]
"""One row of `registry.likeness.measure_columns`."""

SURE, UNSURE = 0.75, 0.5
"""From SURE on a column is required; below UNSURE it is left out until somebody has looked."""

FEW, REPEATED_ROWS, RARELY = 3, 20, 2
TESTABLE: Final = frozenset({
    "identity_number", "certificate", "date", "month", "period", "amount", "count", "age", "sex", "phone", "account", "place", "address",
    "name", "relation",
})  # fmt: skip
FAMILIES: Final = ({"date", "month", "period"}, {"place", "address"}, {"amount", "count", "age"}, {"identity_number", "certificate"})
WORTH_KEEPING: Final = frozenset({"number", "household_number", "school", "hospital", "ethnicity", "disease", "cause", "remark"})
"""Free text a clause may need; other free text is left out: nobody should keep what nobody needs."""

MOST_CATEGORIES, LONGEST_CATEGORY = 40, 16
KIND_TITLES: Final = {
    "identity_number": Text("证件号码", "identity numbers"),
    "certificate": Text("证书编号", "certificate numbers"),
    "date": Text("日期", "dates"),
    "month": Text("年月", "months"),
    "period": Text("期间", "periods"),
    "amount": Text("金额", "amounts"),
    "count": Text("计数", "counts"),
    "age": Text("年龄", "ages"),
    "sex": Text("性别", "sexes"),
    "phone": Text("电话", "phone numbers"),
    "account": Text("账号", "accounts"),
    "place": Text("地名", "places"),
    "address": Text("地址", "addresses"),
    "name": Text("姓名", "names"),
    "relation": Text("关系", "kinship"),
    "category": Text("类别", "categories"),
    "text": Text("文字", "text"),
    IGNORED: Text("不用的列", "a column nobody uses"),
}


@dataclass(frozen=True)
class Guess:
    """What one delivered column probably is.

    kind: of the Roll contract, or IGNORED
    name: the column's name in the declaration, "" while ignored
    role, position: whose column it is
    part: given, middle, surname or suffix where a name stands in several columns
    usual: the name data teams give such a column
    """

    at: int
    label: str
    kind: str
    confidence: float
    why: Text
    role: str
    position: int
    part: str | None
    usual: str | None
    filled_share: float
    name: str = ""

    @property
    def is_kept(self) -> bool:
        """Tell whether the declaration names the column."""
        return self.kind != IGNORED


def guess_columns(labels: Sequence[str], measures: Sequence[Measure], vocabulary: Vocabulary) -> list[Guess]:
    """Return one guess per column that has a head, roles settled and names given."""
    guesses = [
        _guess_column(at, label, measure, vocabulary) for at, (label, measure) in enumerate(zip(labels, measures, strict=True)) if label
    ]
    return _name_columns(_settle_roles(_drop_repeated_heads(guesses)))


def _guess_column(at: int, label: str, measure: Measure, vocabulary: Vocabulary) -> Guess:
    sense = read_head(label, vocabulary)
    kind, confidence, why = weigh(sense, measure)
    role, position = find_role(label)
    usual = find_usual_name(label) or (sense.name if sense and sense.sureness == KNOWN else None)
    kind, why = _keep_or_leave(kind, confidence, why, usual, role)
    share = measure["filled"] / max(measure["rows"], 1)
    part = find_part(label) if kind == "name" else None
    return Guess(at, label, kind, round(confidence, 2), why, role, position, part, usual, share)


def weigh(sense: HeadSense | None, measure: Measure) -> tuple[str, float, Text]:
    """Return kind, confidence and reason from what the head says and what the cells look like."""
    seen = find_content_kind(measure)
    if sense is None:
        return _weigh_cells(seen, measure)
    head = _word_head(sense)
    if sense.kind == IGNORED and seen in {"name", "identity_number"} and sense.roll_count <= RARELY:
        return seen, 0.55, _join(head, _word_share(seen, measure[seen]))
    if sense.kind == IGNORED:
        return IGNORED, 0.9 if sense.sureness == KNOWN else 0.7, head
    kind = _refine(sense.kind, measure)
    if measure["filled"] < FEW:
        return kind, 0.8 * sense.sureness, _join(head, Text("单元格太少，未能核对", "too few cells to test"))
    if kind not in TESTABLE:
        return _weigh_words(kind, sense, seen, measure, head)
    share = _find_share(kind, measure)
    tested = _join(head, _word_share(kind, share))
    if share < 0.2 and seen is not None and not _are_family(seen, kind):
        return seen, 0.55, _join(tested, Text(f"内容更像{KIND_TITLES[seen].zh}", f"the cells look like {KIND_TITLES[seen].en}"))
    if share < 0.2 and sense.sureness < KNOWN:
        return ("category", 0.55, tested) if may_be_categories(measure) else ("text", 0.55, tested)
    if share < 0.2:
        return kind, 0.5 * sense.sureness, tested
    return kind, 0.6 * sense.sureness + 0.4 * share, tested


def _find_share(kind: str, measure: Measure) -> float:
    """Return the share of cells that read as what the head says.

    A name in parts or in capitals is hard to tell from other words, a period from a month: there the head is believed.
    """
    nearly = {"name": 0.9 * measure["words"], "period": measure["span"], "month": 0.9 * measure["span"]}
    return float(max(measure[kind], nearly.get(kind, 0.0)))


def _weigh_cells(seen: str | None, measure: Measure) -> tuple[str, float, Text]:
    """Weigh a column whose head says nothing."""
    unknown = Text("表头陌生", "head unknown")
    if seen is not None:
        return seen, 0.4 + 0.4 * measure[seen], _join(unknown, _word_share(seen, measure[seen]))
    counted = Text(f"{measure['distinct']}种取值", f"{measure['distinct']} distinct values")
    is_repeated = measure["filled"] >= REPEATED_ROWS and measure["distinct"] * 4 <= measure["filled"] and measure["amount"] < 0.5
    return ("category", 0.55, _join(unknown, counted)) if is_repeated and may_be_categories(measure) else (IGNORED, 0.3, unknown)


def _weigh_words(kind: str, sense: HeadSense, seen: str | None, measure: Measure, head: Text) -> tuple[str, float, Text]:
    """Weigh categories and free text: cells that are plainly something else win over a head nobody has declared."""
    if seen in {"identity_number", "phone", "account", "date", "certificate"} and sense.sureness < KNOWN:
        return seen, 0.6, _join(head, _word_share(seen, measure[seen]))
    counted = Text(f"{measure['distinct']}种取值", f"{measure['distinct']} distinct values")
    if kind == "category" and not may_be_categories(measure):
        return "text", 0.6, _join(head, counted)
    return kind, 0.8 * sense.sureness + 0.1, _join(head, counted)


def may_be_categories(measure: Measure) -> bool:
    """Tell whether a column has few and short values."""
    return measure["distinct"] <= MOST_CATEGORIES and (measure["length"] or 0) <= LONGEST_CATEGORY


def find_content_kind(measure: Measure) -> str | None:
    """Return what the cells plainly are whatever stands above them; None when they could be several things."""
    if measure["filled"] < FEW:
        return None
    varied = measure["distinct"] > 0.3 * measure["filled"]
    is_figure = measure["amount"] > 0.5
    tests = (
        ("certificate", measure["certificate"] > 0.5),
        ("identity_number", measure["identity_number"] > 0.4),
        ("phone", measure["phone"] > 0.7),
        ("account", measure["account"] > 0.7 and (measure["length"] or 0) >= 12),
        ("sex", measure["sex"] > 0.9 and measure["distinct"] <= 4 and not is_figure),
        ("relation", measure["relation"] > 0.8 and measure["distinct"] <= 60 and not is_figure),
        ("period", measure["period"] > 0.7),
        ("date", measure["date"] > 0.7 and not (is_figure and measure["decimals"] > 0)),
        ("place", measure["place"] > 0.7),
        ("name", measure["name"] > 0.7 and varied),
        ("amount", is_figure and measure["decimals"] > 0.2),
    )
    return next((kind for kind, holds in tests if holds), None)


def _refine(kind: str, measure: Measure) -> str:
    """Return a nearer kind of the same family where the cells tell it."""
    if kind == "identity_number" and measure["certificate"] > 0.5:
        return "certificate"
    if kind == "place" and measure["address"] > 0.6 and (measure["length"] or 0) > 12:
        return "address"
    return "category" if kind == "place" and measure["place"] < 0.1 and measure["filled"] >= FEW and measure["distinct"] <= 3 else kind


def _are_family(one: str, other: str) -> bool:
    return one == other or any({one, other} <= family for family in FAMILIES)


def _keep_or_leave(kind: str, confidence: float, why: Text, usual: str | None, role: str) -> tuple[str, Text]:
    """Leave out what is unsure, free text no clause needs, counts, and the officials who filled in the list."""
    if kind == IGNORED:
        return kind, why
    if confidence < UNSURE:
        return IGNORED, _join(why, Text("把握不足，请核对", "not sure, please look"))
    if role == "clerk" and kind in {"name", "identity_number", "phone"}:
        return IGNORED, _join(why, Text("经办人员，不需要", "an official, not needed"))
    if (kind == "text" and usual not in WORTH_KEEPING) or kind == "count":
        return IGNORED, _join(why, Text("暂不需要，需要时再声明", "not needed yet; declare it when it is"))
    return kind, why


def _word_head(sense: HeadSense) -> Text:
    title = KIND_TITLES[sense.kind]
    if sense.roll_count:
        return Text(f"表头在{sense.roll_count}个名册中是{title.zh}", f"head known as {title.en} in {sense.roll_count} roll(s)")
    return Text(f"表头用词是{title.zh}", f"its words mean {title.en}")


def _word_share(kind: str, share: float) -> Text:
    return Text(f"{share:.0%}的单元格可读作{KIND_TITLES[kind].zh}", f"{share:.0%} of the cells read as {KIND_TITLES[kind].en}")


def _join(one: Text, other: Text) -> Text:
    return Text(f"{one.zh}，{other.zh}", f"{one.en}, {other.en}")


def _drop_repeated_heads(guesses: Sequence[Guess]) -> list[Guess]:
    """Leave out the second column under one head: such a file has to name them apart before either can be read."""
    seen: set[str] = set()
    kept = []
    for guess in guesses:
        label = "".join(guess.label.split())
        twice = Text("同名列第二次出现，请改名", "second column under this head; name them apart")
        kept.append(replace(guess, kind=IGNORED, confidence=0.3, why=twice) if label in seen else guess)
        seen.add(label)
    return kept


def _settle_roles(guesses: Sequence[Guess]) -> list[Guess]:
    """Give every row somebody it is about, and one name and one number to each person."""
    guesses = _pair_bare_number(guesses)
    naming = [guess for guess in guesses if guess.kind in {"name", "identity_number"}]
    roles = [guess.role for guess in naming]
    settled = list(guesses)
    if "subject" not in roles and set(roles) - {"donor"}:
        order = ("applicant", "head", "payee", "account_holder", "member")
        chosen = min(set(roles) - {"donor"}, key=lambda role: (order.index(role) if role in order else len(order), roles.index(role)))
        settled = [replace(guess, role="subject", position=0) if guess.role == chosen else guess for guess in guesses]
    return _one_of_each(settled)


def _pair_bare_number(guesses: Sequence[Guess]) -> list[Guess]:
    """Give a number that says nobody's name (身份证号) to the nearest name before it that has no number of its own."""
    subjects = [guess for guess in guesses if guess.role == "subject"]
    number = next((guess for guess in subjects if guess.kind == "identity_number"), None)
    if number is None or any(guess.kind == "name" for guess in subjects):
        return list(guesses)
    numbered = {(guess.role, guess.position) for guess in guesses if guess.kind == "identity_number"}
    names = [guess for guess in guesses if guess.kind == "name" and (guess.role, guess.position) not in numbered and guess.at < number.at]
    owner = names[-1] if names else number
    return [replace(guess, role="subject", position=0) if guess is owner else guess for guess in guesses]


def _one_of_each(guesses: Sequence[Guess]) -> list[Guess]:
    """Leave out a second name or number of the same person: whose it is has to be told by a person."""
    best: dict[tuple[object, ...], Guess] = {}
    for guess in guesses:
        key = (guess.kind, guess.role, guess.position, guess.part)
        if guess.kind in {"name", "identity_number"} and guess.confidence > best.get(key, replace(guess, confidence=-1.0)).confidence:
            best[key] = guess
    again = Text("已有同一角色的列，请核对是谁的", "this person already has such a column; look whose it is")
    return [
        replace(guess, kind=IGNORED, why=_join(guess.why, again))
        if guess.kind in {"name", "identity_number"} and best[guess.kind, guess.role, guess.position, guess.part] is not guess
        else guess
        for guess in guesses
    ]


def _name_columns(guesses: Sequence[Guess]) -> list[Guess]:
    taken = {SHEET, *LANDED_COLUMNS}
    named = []
    for guess in guesses:
        name = _unique(_find_name(guess), taken) if guess.is_kept else ""
        taken.add(name)
        named.append(replace(guess, name=name))
    return named


def _find_name(guess: Guess) -> str:
    owner = "" if guess.role == "subject" else f"{guess.role}{guess.position or ''}_"
    if guess.kind == "name":
        part = {"given": "given_name", "middle": "middle_name"}.get(guess.part or "", guess.part)
        return f"{owner}{part or 'name'}"
    if guess.kind == "identity_number":
        return f"{owner}id" if owner else "identity_number"
    if guess.kind in {"phone", "sex", "age", "account", "relation"}:
        return f"{owner}{guess.kind}" if guess.kind in {"phone", "account"} else guess.kind
    return guess.usual or guess.kind


def _unique(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name}_{number}" for number in range(2, len(taken) + 3) if f"{name}_{number}" not in taken)
