"""A first `rolls/<roll>.yml` from guesses: written for a person to read, correct and run.

Belongs here: which clauses follow from the guesses, and their text with the reasons as comments. Does not belong here: the
guesses (`connectors.inference`). Nothing of a person goes into the text: heads, categories and counts only.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.inference import SURE, UNSURE, Guess
from registry.configuration import quote
from registry.schema.codes import ROLES
from registry.schema.text import Language, Text

TIES: Final = {
    "spouse": "spouse", "father": "parent", "mother": "parent", "guardian": "guardian", "carer": "carer", "payee": "payee", "head": "head",
    "account_holder": "payee", "member": "kin", "applicant": "kin",
}  # fmt: skip
PARTS: Final = {"middle": "given"}
ORDER: Final = (None, "given", "middle", "surname", "suffix")
"""Parts of a name in the order they are read out."""

PAID_WORDS: Final = (r"实发|paid", r"发放|救助金|补[贴助]金|津贴|award|grant|payment", r"金额|合计|amount|total", r"")
EVENT_DATES: Final = ("paid_date", "approved_date", "from_date", "date")


@dataclass(frozen=True)
class Lookup:
    """The categories of one column: value -> code, and how many values are not listed."""

    codes: Mapping[str, str]
    withheld_count: int = 0
    gives_programmes: bool = False


@dataclass(frozen=True)
class Draft:
    """Everything a proposal is written from.

    lookups: by column name
    programme: code of the programme the whole roll seems to pay
    unique: column names that together tell rows apart
    """

    roll: str
    code: str
    title: Text
    department: str
    patterns: Sequence[str]
    frequency: str
    content: str
    date_order: str
    guesses: Sequence[Guess]
    row_count: int
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    programme: str | None = None
    unique: Sequence[str] = ()
    notes: Sequence[Text] = ()

    @property
    def kept(self) -> list[Guess]:
        """Return the columns the declaration names."""
        return [guess for guess in self.guesses if guess.is_kept]

    def find(self, kind: str, *usual: str, role: str | None = None) -> list[Guess]:
        """Return the kept columns of a kind, of the usual names and role where given."""
        return [g for g in self.kept if g.kind == kind and (not usual or g.usual in usual) and (role is None or g.role == role)]


Person = tuple[str, int]


def write_proposal(draft: Draft, lang: Language) -> str:
    """Return the YAML text; it names its sources of doubt in comments and holds no value of a person."""
    lines = [
        *_write_head(draft, lang),
        *_write_columns(draft, lang),
        *_write_lookups(draft, lang),
        *_write_people(draft, lang),
        *_write_benefits(draft, lang),
        *_write_relations(draft),
        *_write_expectations(draft),
    ]
    return "\n".join(lines) + "\n"


def _comment(text: Text, lang: Language) -> str:
    return "# " + " ".join(text.show(lang).split())


def _write_head(draft: Draft, lang: Language) -> Iterator[str]:
    check = Text("请核对", "please check").show(lang)
    made = Text(
        f"由一份{draft.row_count}行的文件推断而来：请逐行核对，尤其是把握低于{SURE:.0%}的列，改好后删去这些说明。",
        f"Proposed from one file of {draft.row_count} rows: read every line, above all columns below {SURE:.2f}, then delete these notes.",
    )
    yield _comment(made, lang)
    for note in draft.notes:
        yield _comment(note, lang)
    yield f"roll: {draft.roll}"
    yield f"code: {draft.code}"
    yield f"title: {{zh: {quote(draft.title.zh)}, en: {quote(draft.title.en)}}}  # {check}"
    yield f"department: {draft.department}"
    yield f"legal_basis: {quote(Text('请填写法律依据', 'to be filled in: the legal basis').show(lang))}"
    yield f"retention_months: 24  # {check}"
    if draft.date_order != "ymd":
        yield f"date_order: {draft.date_order}"
    patterns = ", ".join(map(quote, draft.patterns))
    yield f"delivery: {{glob: [{patterns}], frequency: {draft.frequency}, content: {draft.content}}}  # {check}"


def _write_columns(draft: Draft, lang: Language) -> Iterator[str]:
    yield "columns:"
    for guess in draft.kept:
        yield f"  {guess.name}: {{{_column(guess, draft)}}}  {_comment(_reason(guess), lang)}"
    ignored = [guess for guess in draft.guesses if not guess.is_kept]
    if not ignored:
        return
    yield "ignore:"
    seen: set[str] = set()
    for guess in ignored:
        if guess.label not in seen:
            yield f"  - {quote(guess.label)}  {_comment(_reason(guess), lang)}"
        seen.add(guess.label)


def _column(guess: Guess, draft: Draft) -> str:
    parts = [f"heads: [{quote(guess.label)}]", f"kind: {guess.kind}"]
    if guess.part:
        parts.append(f"part: {PARTS.get(guess.part, guess.part)}")
    if guess.name in draft.lookups:
        parts.append(f"lookup: {guess.name}")
    if guess.kind == "name" and guess.role == "subject" and guess.filled_share >= 0.95 and guess.part not in {"middle", "suffix"}:
        parts.append("required: true")
    elif (
        guess.confidence < SURE or guess.filled_share < 0.5 or guess.part or guess.kind not in {"name", "identity_number", "amount", "date"}
    ):
        parts.append("optional: true")
    if guess.kind in {"account", "certificate"}:
        parts.append("sensitivity: L4")
    return ", ".join(parts)


def _reason(guess: Guess) -> Text:
    return Text(f"{guess.confidence:.2f} {guess.why.zh}", f"{guess.confidence:.2f} {guess.why.en}")


def _write_lookups(draft: Draft, lang: Language) -> Iterator[str]:
    if not draft.lookups:
        return
    yield "lookups:"
    for name, lookup in draft.lookups.items():
        values = ", ".join(f"{quote(value)}: {quote(code)}" for value, code in lookup.codes.items())
        if lookup.withheld_count:
            left = Text(
                f"另有{lookup.withheld_count}个取值少见或可能是人名，未列出",
                f"{lookup.withheld_count} more values are rare or may be names",
            )
            yield f"  {_comment(left, lang)}"
        yield f"  {name}: {{{values}}}"


def find_persons(draft: Draft) -> list[Person]:
    """Return who each row names, the person it is about first."""
    naming = [(g.role, g.position) for g in draft.kept if g.kind in {"name", "identity_number", "certificate"}]
    return sorted(set(naming), key=lambda person: (person[0] != "subject", naming.index(person)))


def _write_people(draft: Draft, lang: Language) -> Iterator[str]:
    persons = find_persons(draft)
    yield "people:"
    if not persons:
        nobody = Text("没有找到姓名或证号列：请指定", "no column with a name or a number was found: say which one it is")
        yield f"  {_comment(nobody, lang)}"
        yield "  - {role: subject}"
    for role, position in persons:
        clause = {"role": role, **({"position": str(position)} if position else {}), **_person(draft, (role, position))}
        yield f"  - {{{', '.join(f'{key}: {value}' for key, value in clause.items())}}}  {_comment(ROLES[role], lang)}"


def _person(draft: Draft, person: Person) -> dict[str, str]:
    """Return the columns that tell who one person is."""
    own = [guess for guess in draft.kept if (guess.role, guess.position) == person]
    clause = {"name": _names(own)} if any(guess.kind == "name" for guess in own) else {}
    numbers = [g.name for g in own if g.kind == "identity_number"] or [g.name for g in own if g.kind == "certificate"]
    clause |= {"identity_number": numbers[0]} if numbers else {}
    if person[0] == "subject":
        clause |= _subject_columns(draft)
    else:
        clause |= {kind: g.name for kind in ("phone", "account") for g in draft.find(kind, role=person[0])[:1]}
    kin = _find_kin(draft, person)
    return clause | ({"kin": kin} if kin and "name" in clause else {})


def _names(own: Sequence[Guess]) -> str:
    names = [guess.name for guess in sorted(own, key=lambda guess: ORDER.index(guess.part)) if guess.kind == "name"]
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def _subject_columns(draft: Draft) -> dict[str, str]:
    places = [guess.name for guess in draft.kept if guess.kind == "place" and guess.role == "subject"]
    addresses = [guess.name for guess in draft.find("address", role="subject")]
    found: dict[str, list[Guess]] = {
        "birth_date": draft.find("date", "birth_date", role="subject"),
        "age": draft.find("age"),
        "sex": draft.find("sex"),
        "relation": [g for g in draft.find("relation") if g.role == "head" or not re.search(r"与|to (?!head)", g.label)],
        "phone": draft.find("phone", role="subject"),
        "account": draft.find("account", role="subject"),
        "ethnicity": draft.find("text", "ethnicity"),
        "household_number": draft.find("text", "household_number"),
    }
    clause = {key: guesses[0].name for key, guesses in found.items() if guesses}
    if places or addresses:
        clause["place"] = f"[{', '.join([*places, *addresses])}]"
    if addresses:
        clause["address"] = addresses[0]
    heads = [g.name for kind in ("identity_number", "name") for g in draft.find(kind, role="head") if not g.part]
    if heads and "household_number" not in clause:
        clause["household_number"] = f"[{', '.join(heads)}]"
    return clause


def _find_kin(draft: Draft, person: Person) -> str:
    """Return the name of somebody else in the same row, by which two lists recognise a family."""
    others = [other for other in find_persons(draft) if other != person and other[0] != "clerk"]
    wanted = sorted(others, key=lambda other: other[0] != ("head" if person[0] == "subject" else "subject"))
    for role, position in wanted:
        own = [guess for guess in draft.kept if (guess.role, guess.position) == (role, position) and guess.kind == "name"]
        if own:
            return _names(own)
    return ""


def _write_benefits(draft: Draft, lang: Language) -> Iterator[str]:
    """Yield a skeleton where the rows seem to state payments; commented out while no programme is known."""
    amounts = sorted(draft.find("amount"), key=_rank_amount)
    periods = [g.name for g in draft.kept if g.kind in {"period", "month"} and g.usual not in {"start_month", "end_month"}]
    dates = sorted((g for g in draft.find("date", *EVENT_DATES)), key=lambda g: EVENT_DATES.index(str(g.usual)))
    column = next((name for name, lookup in draft.lookups.items() if lookup.gives_programmes), None)
    if not amounts or not (periods or dates or column or draft.programme) or ("subject", 0) not in find_persons(draft):
        return
    programme = column or (quote(f"={draft.programme}") if draft.programme else '"=?"')
    fields = {"programme_code": programme, "unit_code": '"=P"', "benefit_kind_code": '"=regular"', "amount": amounts[0].name}
    fields |= {"paid_date": dates[0].name} if dates else {}
    for target, kind, usual in (("account_number", "account", ""), ("event_number", "text", "number"), ("cause_code", "category", "cause")):
        found = draft.find(kind, *([usual] if usual else []))
        fields |= {target: found[0].name} if found else {}
    is_known = column is not None or draft.programme is not None
    known = Text("项目、单位和金额列请核对", "check programme, unit and amount")
    unknown = Text("填写 programmes.yml 中的项目代码后启用", "take a code of programmes.yml for '?' and uncomment")
    yield _comment(known if is_known else unknown, lang)
    lines = ["benefits:", "  - person: subject", *([f"    period: [{', '.join(periods)}]"] if periods else [])]
    lines.append(f"    fields: {{{', '.join(f'{key}: {value}' for key, value in fields.items())}}}")
    yield from lines if is_known else (f"# {line}" for line in lines)


def _rank_amount(guess: Guess) -> tuple[int, int]:
    return next(rank for rank, pattern in enumerate(PAID_WORDS) if re.search(pattern, guess.label.casefold())), guess.at


def _write_relations(draft: Draft) -> Iterator[str]:
    persons = find_persons(draft)
    ties = [
        f"  - {{person: subject, other: {role}, {f'other_position: {position}, ' if position else ''}relation: {TIES[role]}}}"
        for role, position in persons
        if role in TIES and ("subject", 0) in persons
    ]
    yield from ["relations:", *ties] if ties else []


def _write_expectations(draft: Draft) -> Iterator[str]:
    filled = {g.name: max(round(g.filled_share - 0.1, 1), 0) for g in draft.kept if g.kind in {"name", "identity_number", "amount"}}
    shown = ", ".join(f"{name}: {share}" for name, share in filled.items() if share >= UNSURE)
    if shown:
        yield f"expect: {{fill: {{{shown}}}}}"
    if draft.unique:
        yield f"key: [{', '.join(draft.unique)}]"
