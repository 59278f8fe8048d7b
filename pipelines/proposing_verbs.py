"""What `tuodi propose` does: a first declaration of an unknown file, landed at once, and what to look at in it.

Belongs here: the steps of the verb and what it prints; never a cell of the file. Does not belong here: option parsing (`cli`),
the proposal itself (`proposing`).
"""

import sys
from pathlib import Path

from connectors.inference import SURE, Guess
from connectors.intake import Landed
from connectors.proposal import find_persons
from pipelines.proposing import Proposal, propose_roll, try_landing, write_roll
from pipelines.resources import open_district
from registry.errors import ConfigError
from registry.schema.codes import ROLES
from registry.schema.text import Language, Text

COUNTS = ("row_count", "landed_count", "quarantined_count", "refused_count", "skipped_count")


def _require_language(lang: str) -> Language:
    if lang not in set(Language):
        raise ConfigError(f"--lang 应为 zh、en 或 both，而不是“{lang}”", f"--lang takes zh, en or both, not '{lang}'")
    return Language(lang)


def propose(file: Path, roll: str, department: str | None, district: str, out: Path | None, lang: str) -> None:
    """Write a first declaration of an unknown file, land the file by it, and say what to look at."""
    language, opened = _require_language(lang), open_district(district)
    proposal = propose_roll(file, roll, department, opened, language)
    target = out or opened.folder / "rolls" / f"{roll}.yml"
    declared = write_roll(proposal, target, opened)
    landed = try_landing(file, declared, proposal.month, opened)
    lines = [*_show_columns(proposal), *_show_landing(proposal, landed)]
    lines.append(Text(f"已写入 {target}；请逐行核对", f"written to {target}; read every line"))
    sys.stdout.write("\n".join(line if isinstance(line, str) else line.show(language) for line in lines) + "\n")


def _show_columns(proposal: Proposal) -> list[str | Text]:
    """Return one line a column: a mark where it is not sure, confidence, kind, name, head."""
    guesses = proposal.draft.guesses
    kept = [guess for guess in guesses if guess.is_kept]
    sure = sum(guess.confidence >= SURE for guess in kept)
    roles = [ROLES[role] for role, _ in find_persons(proposal.draft)]
    people = Text("、".join(role.zh for role in roles) or "无", ", ".join(role.en for role in roles) or "nobody")
    head = Text(
        f"{len(guesses)}列，采用{len(kept)}列，其中{sure}列有把握；每行的人：{people.zh}",
        f"{len(guesses)} columns, {len(kept)} used, {sure} of them sure; people of a row: {people.en}",
    )
    columns: list[str | Text] = [f"{_mark(guess)} {guess.kind:<16} {guess.name or '-':<20} {_show_head(guess.label)}" for guess in guesses]
    return [head, *columns]


def _mark(guess: Guess) -> str:
    return f"{' ' if guess.confidence >= SURE else '?'} {guess.confidence:.2f} "


def _show_head(label: str) -> str:
    """Return a head as a terminal may show it: one line, no control characters, not endless."""
    return "".join(letter if letter.isprintable() else " " for letter in label)[:60]


def _show_landing(proposal: Proposal, landed: Landed) -> list[str | Text]:
    rows, kept, sent_back, refused, skipped = landed.deliveries.select(COUNTS).sum().row(0)
    lines: list[str | Text] = [
        Text(
            f"试收此文件（{proposal.month}）：{rows}行，入库{kept}，隔离{sent_back}，拒收{refused}，标题合计等{skipped}",
            f"this file, landed for {proposal.month}: {rows} rows, {kept} landed, {sent_back} quarantined, {refused} refused,"
            f" {skipped} titles and totals",
        )
    ]
    said = landed.quarantine.filter(landed.quarantine["scope_code"] == "file").select("sentence_zh", "sentence_en")
    lines += [Text(zh, en) for zh, en in said.unique(maintain_order=True).iter_rows()]
    if proposal.other_sheets:
        names = Text("、".join(f"“{name}”" for name in proposal.other_sheets), ", ".join(f"'{name}'" for name in proposal.other_sheets))
        lines.append(Text(f"列不同、未据以推断的工作表：{names.zh}", f"sheets with other columns, not used: {names.en}"))
    return lines
