"""From an unknown file to a first declaration: reading it, measuring its columns, writing the YAML.

Belongs here: the steps of `tuodi propose`. Does not belong here: what a column is (`connectors.inference`), how the YAML is
worded (`connectors.proposal`), what is printed (`owner_verbs`).
"""

import fnmatch
import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from connectors.deliveries import DeliveredFile
from connectors.formats.reader import share_reader
from connectors.formats.sheets import Sheet
from connectors.inference import Guess, guess_columns
from connectors.intake import Landed, land_roll
from connectors.mapping import normalise_head
from connectors.proposal import Draft, Lookup, write_proposal
from connectors.refusals import FileRefused, Place
from connectors.titles import Statement, find_statements
from connectors.unknown_header import UnknownHeader, find_unknown_header, keep_body
from connectors.vocabulary import Vocabulary, build_vocabulary, read_head
from registry.configuration import parse, read_yaml, suggest
from registry.district import DISTRICTS, District
from registry.errors import ConfigError
from registry.likeness import DateOrder, find_date_order, list_categories, measure_columns
from registry.roll import Roll
from registry.roll_checks import require_sound_roll
from registry.schema.text import Language, Text
from registry.standardise.surnames import may_be_name
from registry.statement import find_month_end

SAMPLE_ROWS, MOST_LISTED, FEW_ROWS = 1500, 40, 20
PLAIN_CATEGORY: Final = 0.6
"""Below, only the cells say that a column holds categories; then one that may be a name keeps all of them out."""

ROLL_NAME: Final = re.compile(r"^[a-z][a-z0-9_]{1,60}$")
VERSION_WORDS: Final = re.compile(
    r"定稿|终稿|最终|修订|补充|调整|附件|副本|新建|\d+|[年月日季度第号上下半学期春秋]+(?=[^一-鿿]|$)|final|copy|draft|rev|version|v\b"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|q[1-4]",
    re.IGNORECASE,
)  # fmt: skip
LEDGER_WORDS: Final = re.compile(
    r"发放|台账|明细|流水|补偿|支付|申请|上报|ledger|payment|paid|grant|claims?|applications?|log", re.IGNORECASE
)


@dataclass(frozen=True)
class Proposal:
    """What was proposed: the YAML text, its draft, the month the file speaks of, the sheets it was not made from."""

    text: str
    draft: Draft
    month: str
    other_sheets: tuple[str, ...]


def propose_roll(path: Path, roll: str, department: str | None, district: District, lang: Language) -> Proposal:
    """Return a first declaration of the roll in `path`.

    Raises:
        ConfigError: the name or the department cannot be used.
        FileRefused: the file cannot be read, or no header is found in it.
    """
    _require_name(roll, district)
    owner = _find_department(path, department, district)
    vocabulary = build_vocabulary(other for name, other in district.rolls.items() if name != roll)
    sheets = read_sheets(path, district)
    sheet, header = _choose_sheet(sheets, path, vocabulary)
    alike = [(other, found) for other in sheets if (found := _find_same_header(other, header, vocabulary))]
    body = _sample(
        pl.concat([keep_body(other, found) for other, found in alike], how="diagonal").select(f"c{at}" for at in range(sheet.width))
    )
    numeric = sorted({name for other, _ in alike for name in other.numeric.columns} & set(body.columns))
    month, order = find_month(path, header.titles), _find_order(body, district)
    measures = measure_columns(body, numeric, district, find_month_end(month), order)
    guesses = guess_columns(header.labels[: body.width], measures.to_dicts(), vocabulary)
    draft = _draft(path, roll, owner, district, vocabulary, header, body, guesses, order)
    others = tuple(other.name for other in sheets if all(other is not one for one, _ in alike))
    return Proposal(write_proposal(draft, lang), draft, month, others)


def _require_name(roll: str, district: District) -> None:
    if not ROLL_NAME.match(roll):
        raise ConfigError(
            f"名册名“{roll}”应为小写英文字母、数字和下划线，如 winter_relief",
            f"'{roll}' is no name of a roll: small letters, digits and underscores, such as winter_relief",
        )
    if roll in district.rolls:
        raise ConfigError(
            f"名册“{roll}”已声明；请换一个 --roll，或修改 {district.folder}/rolls/{roll}.yml",
            f"the roll '{roll}' is declared already; choose another --roll or edit {district.folder}/rolls/{roll}.yml",
        )


def _find_department(path: Path, department: str | None, district: District) -> str:
    """Return the owner asked for, else the one whose folder the file lies in."""
    known = district.settings.departments
    wanted = department or (path.resolve().parent.name if path.resolve().parent.name in known else None)
    if wanted in known:
        return str(wanted)
    near, listed = suggest(wanted or "", known), ", ".join(known)
    raise ConfigError(
        f"请用 --department 写明归口部门{near.zh}；可用：{listed}", f"say whose roll it is by --department{near.en}; known: {listed}"
    )


def read_sheets(path: Path, district: District) -> list[Sheet]:
    """Return the visible sheets of a file of any format; of an archive those of its first file that can be read."""
    if not path.is_file():
        raise ConfigError(f"{path} 不存在或不是文件，请检查路径", f"{path} is no file; check the path")
    reader = share_reader(district.settings.limits)
    read = reader.read(path, path.name)
    inner = [reader.read(member.path, f"{path.name}/{member.name}", is_member=True) for member in read.members]
    sheets = [sheet for content in [read, *inner] for sheet in content.sheets]
    return [sheet for sheet in sheets if not sheet.is_hidden and sheet.row_count]


def _choose_sheet(sheets: Sequence[Sheet], path: Path, vocabulary: Vocabulary) -> tuple[Sheet, UnknownHeader]:
    """Return the sheet that is likeliest a list of people: one that names them, else the longest.

    FileRefused when no sheet has a header, or the rows begin without one.
    """
    found = [(sheet, header) for sheet in sheets if (header := find_unknown_header(sheet, vocabulary.knows)) is not None]
    listed = [(sheet, header) for sheet, header in found if not _is_data(header, vocabulary)]
    if listed:
        return max(listed, key=lambda pair: (_names_people(pair[1], vocabulary), pair[0].row_count))
    raise FileRefused(
        "HEADER_NOT_FOUND",
        Place(path.name),
        expected=Text("前15行内有一行列名", "a row of column heads in the first 15 rows"),
        got=Text("看不出列名的行", "rows that look like data"),
        remedy=Text(
            "请在数据上方写上列名；按位置切分的文件请手工声明 fixed_width",
            "write heads above the data; declare files cut by position by hand",
        ),
    )


def _find_same_header(sheet: Sheet, header: UnknownHeader, vocabulary: Vocabulary) -> UnknownHeader | None:
    """Return the header of a sheet that has the same columns, as one list in a sheet per town has."""
    found = find_unknown_header(sheet, vocabulary.knows)
    return found if found is not None and found.labels == header.labels else None


def _names_people(header: UnknownHeader, vocabulary: Vocabulary) -> bool:
    """Tell whether a header speaks of a name or a number of persons; a sheet of sums does not."""
    return any((sense := read_head(label, vocabulary)) and sense.kind in {"name", "identity_number"} for label in header.labels if label)


def _is_data(header: UnknownHeader, vocabulary: Vocabulary) -> bool:
    """Tell whether what was taken for heads may be a row of a person."""
    labels = pl.Series([label for label in header.labels if label and not vocabulary.knows(label)], dtype=pl.String)
    return labels.len() * 2 > len([label for label in header.labels if label]) and bool(pl.select(may_be_name(pl.lit(labels)).any()).item())


def _sample(body: pl.DataFrame) -> pl.DataFrame:
    """Return rows from the whole length of the list: later pages are often filled in by somebody else."""
    return body if body.height <= SAMPLE_ROWS else body.gather_every(-(-body.height // SAMPLE_ROWS))


def find_month(path: Path, titles: Sequence[str]) -> str:
    """Return the month a file speaks of, YYYY-MM: what its titles or its name state, this month where they state none."""
    stated = _find_stated(path, titles)
    if not stated:
        return f"{date.today():%Y-%m}"
    chosen = next((said for said in stated if not said.is_filling), stated[0])
    last = chosen.last if chosen.last < chosen.first + 12 else chosen.first
    return f"{last // 12}-{last % 12 + 1:02d}"


def _find_stated(path: Path, titles: Sequence[str]) -> list[Statement]:
    return [said for text in titles for said in find_statements(text)] or find_statements(path.name, is_file_name=True)


def _find_order(body: pl.DataFrame, district: District) -> DateOrder:
    """Return the order of dates such as 3/4/2016: told by days past 12, else as the other rolls of the district have it."""
    votes = find_date_order(body)
    day_first, month_first = int(votes["dmy"].sum()), int(votes["mdy"].sum())
    if day_first or month_first:
        return "dmy" if day_first > month_first else "mdy"
    usual = [roll.date_order for roll in district.rolls.values()]
    return max(sorted(set(usual)), key=usual.count) if usual else "ymd"


def _draft(
    path: Path, roll: str, department: str, district: District, vocabulary: Vocabulary, header: UnknownHeader, body: pl.DataFrame,
    guesses: Sequence[Guess], order: DateOrder,
) -> Draft:  # fmt: skip
    core = _find_core(path)
    lookups = {g.name: _propose_lookup(g, body[f"c{g.at}"], vocabulary, district) for g in guesses if g.kind == "category"}
    lookups = {name: lookup for name, lookup in lookups.items() if lookup.codes}
    sure = [g if g.kind != "category" or g.name in lookups else _without_lookup(g) for g in guesses]
    return Draft(
        roll=roll,
        code=_find_code(district),
        title=Text(core or roll, core if core.isascii() and core else roll.replace("_", " ").capitalize()),
        department=department,
        patterns=[_find_pattern(path, core, department, district)],
        frequency=_find_frequency(path, header),
        content="new_rows" if LEDGER_WORDS.search(path.stem) else "snapshot",
        date_order=order,
        guesses=sure,
        row_count=body.height,
        lookups=lookups,
        programme=_find_programme(core, department, district),
        unique=_find_unique(sure, body),
        notes=_find_notes(header, body),
    )  # fmt: skip


def _find_core(path: Path) -> str:
    """Return the lasting part of a file name, without month, version and number."""
    plain = path.name.split(".")[0].replace("_", " ")
    for said in find_statements(plain, is_file_name=True):
        plain = plain.replace(said.text, "|")
    parts = [part.strip(" -—–·,，、：:()（）[]【】&+~'’#") for part in VERSION_WORDS.sub("|", plain).split("|")]
    return max(parts, key=lambda part: (len(part), part), default="")


def _find_pattern(path: Path, core: str, department: str, district: District) -> str:
    """Return a file name pattern that fits this file and is not what another roll of the department already has."""
    written = re.sub(r"\s", "[ _]", core)
    pattern = f"*{written}*" if len(core) > 1 and fnmatch.fnmatchcase(path.name, f"*{written}*") else f"*{path.suffix}"
    taken = {glob for other in district.rolls.values() if other.department == department for glob in other.delivery.glob}
    return (
        f"{pattern.rstrip('*')}*{path.suffix}"
        if any(len(glob) >= len(pattern) and fnmatch.fnmatchcase(path.name, glob) for glob in taken)
        else pattern
    )


def _find_frequency(path: Path, header: UnknownHeader) -> str:
    stated = [said for said in _find_stated(path, header.titles) if not said.is_filling]
    lengths = {1: "monthly", 3: "quarterly", 5: "semester", 6: "semester", 7: "semester", 12: "yearly"}
    return lengths.get(stated[0].last - stated[0].first + 1, "monthly") if stated else "monthly"


def _find_code(district: District) -> str:
    taken = {roll.code for roll in district.rolls.values()}
    return next(
        code for letter in "RPQXYZ" for number in range(43 if letter == "R" else 1, 100) if (code := f"{letter}{number:02d}") not in taken
    )


def _find_programme(core: str, department: str, district: District) -> str | None:
    """Return the programme whose title stands in the file's name; of several the longest, of the department's own first."""
    titles = [
        (programme.department == department, len(word), programme.code)
        for programme in district.programmes.values()
        for word in (programme.title.zh, programme.title.en)
        if word and (_plain(word) in _plain(core) or (len(core) > 3 and _plain(core) in _plain(word)))
    ]
    return max(titles)[2] if titles else None


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def _propose_lookup(guess: Guess, cells: pl.Series, vocabulary: Vocabulary, district: District) -> Lookup:
    """Return the categories that are surely no person's; codes are those other rolls use, else the value itself."""
    values = list_categories(cells)
    if guess.confidence < PLAIN_CATEGORY and values["is_personal"].any():
        return Lookup({}, values.height)
    known = vocabulary.lookups.get(normalise_head(guess.label), {})
    programmes = {_plain(word): each.code for each in district.programmes.values() for word in (each.title.zh, each.title.en) if word}
    harmless = {value for lookup in vocabulary.lookups.values() for value in lookup}
    least = 2 if cells.len() >= FEW_ROWS else 1
    is_listed = pl.col("value").is_in(list(harmless)) | (~pl.col("is_personal") & (pl.col("count") >= least))
    listed = values.filter(is_listed)["value"].to_list()[:MOST_LISTED]
    codes = {value: known.get(value) or programmes.get(_plain(value)) or _yes_or_no(listed, value) for value in listed}
    gives = sum(code in district.programmes for code in codes.values())
    return Lookup(codes, values.height - len(listed), bool(codes) and gives * 2 >= len(codes))


def _yes_or_no(listed: Iterable[str], value: str) -> str:
    """Return yes or no in a column of such words, else the value itself."""
    words = {**dict.fromkeys(("是", "有", "√", "y", "yes", "true"), "yes"), **dict.fromkeys(("否", "无", "×", "n", "no", "false"), "no")}
    return words[value.casefold()] if {one.casefold() for one in listed} <= set(words) else value


def _without_lookup(guess: Guess) -> Guess:
    why = Text(f"{guess.why.zh}，没有可列出的类别", f"{guess.why.en}, no categories that could be listed")
    return Guess(**{**guess.__dict__, "kind": "ignore", "name": "", "why": why})


def _find_unique(guesses: Sequence[Guess], body: pl.DataFrame) -> list[str]:
    """Return number and name of the subject where together they tell rows apart."""
    own = [g for g in guesses if g.is_kept and g.role == "subject" and g.kind in {"identity_number", "name"}]
    if not body.height or not any(g.kind == "identity_number" for g in own):
        return []
    apart = body.select(pl.struct(f"c{g.at}" for g in own).n_unique()).item()
    return [g.name for g in sorted(own, key=lambda g: g.kind)] if apart >= 0.97 * body.height else []


def _find_notes(header: UnknownHeader, body: pl.DataFrame) -> list[Text]:
    notes = []
    nameless = [at for at, label in enumerate(header.labels[: body.width]) if not label and body[f"c{at}"].null_count() < body.height]
    if nameless:
        notes.append(
            Text("有的列有数据而没有表头：这样的文件会被拒收，请先补写", "a column with data has no head: such a file is refused; write it")
        )
    return notes


def write_roll(proposal: Proposal, out: Path, district: District) -> Roll:
    """Write the declaration to `out`, which must not exist, and return it as a run will read it."""
    if out.exists():
        raise ConfigError(f"{out} 已存在，请换 --out 或先移走", f"{out} exists; choose another --out or move it away")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(find_schema_line(out, "roll") + proposal.text, encoding="utf-8")
    roll = parse(read_yaml(out), Roll, out)
    require_sound_roll(roll, frozenset(district.settings.departments), out.with_stem(roll.roll))
    return roll


def find_schema_line(out: Path, model: str) -> str:
    """Return the comment by which editors find the schema of a file, "" where none lies near.

    A district started by `tuodi init` has its own copies; those that come with Tuodi use docs/reference.
    """
    for folder in (out.resolve().parent.parent / "schema", DISTRICTS.parent / "docs" / "reference"):
        target = folder / f"{model}.schema.json"
        if target.is_file() and (folder.name == "schema" or out.resolve().is_relative_to(DISTRICTS)):
            return f"# yaml-language-server: $schema={Path(os.path.relpath(target, out.resolve().parent)).as_posix()}\n"
    return ""


def try_landing(path: Path, roll: Roll, month: str, district: District) -> Landed:
    """Return what would become of the file, had it been delivered for `month`."""
    with path.open("rb") as file:
        content_hash = hashlib.file_digest(file, "sha256").hexdigest()
    delivered = DeliveredFile(path, roll.roll, roll.department, month, 1, content_hash, path.stat().st_size)
    return land_roll(roll, month, [delivered], district.settings.limits)
