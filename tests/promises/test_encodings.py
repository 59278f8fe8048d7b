"""Twelve encodings and rolls of forty rare names: read as they were written or sent back, never changed on the way (D7)."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pytest

from connectors.formats.reader import Reader
from connectors.intake import land_roll
from registry.district import Limits
from tests.unit.connectors.deliveries_samples import deliver, make_roll

RARE: Final = "㼆䶮𠮷龴𬭎喆堃昇𪚥㐂䲜𫖯𬸪䴙㛃𡋾囍〇犇骉"
ORDINARY: Final = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"
TRADITIONAL: Final = "偉芳麗強軍傑濤蘭劉鄭黃葉蘇謝賴顏鍾盧羅許楊張國華鳳寶堃喆昇"
HEADS: Final = ("姓名", "身份证号", "村居", "金额")
TAIWANESE_HEADS: Final = ("姓名", "身份證號", "村居", "金額")
ROLL = make_roll(
    columns={
        "name": {"heads": ["姓名"], "kind": "name", "required": True},
        "identity_number": {"heads": ["身份证号", "身份證號"], "kind": "identity_number"},
        "place": {"heads": ["村居"], "kind": "place"},
        "amount": {"heads": ["金额", "金額"], "kind": "amount"},
    },
    ignore=[],
    delivery={"glob": ["*"]},
)
ROWS, FILES = 40, 25
READ: Final = ("utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "big5")
REFUSED: Final = ("mojibake", "garbled")
"""A GB18030 file that somebody opened as Windows Latin, and a UTF-8 one opened as GB18030, both saved again as UTF-8."""


def make_names(encoding: str, rng: random.Random) -> list[str]:
    """Return names as far as the encoding can hold them: a rare character in each name where it can."""
    surnames, letters = ("陳林黃王李", TRADITIONAL) if encoding == "big5" else ("陈林张黄王李", ORDINARY)
    kept = [character for character in RARE if can_hold(character, encoding)]
    usual = [character for character in letters if can_hold(character, encoding)]
    return [rng.choice(surnames) + rng.choice(usual) + rng.choice(kept or usual) for _ in range(ROWS)]


def can_hold(character: str, encoding: str) -> bool:
    if encoding in REFUSED:
        return True
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def make_text(names: Sequence[str], encoding: str) -> str:
    heads, village = (TAIWANESE_HEADS, "山下里") if encoding == "big5" else (HEADS, "山下村")
    lines = [",".join((name, f"35990119670315{number:04d}", village, str(300 + number))) for number, name in enumerate(names)]
    return "\r\n".join([",".join(heads), *lines, ""])


def encode(text: str, encoding: str) -> bytes:
    if encoding == "mojibake":
        return text.encode("gb18030").decode("cp1252", errors="replace").replace("\ufffd", "?").encode()
    if encoding == "garbled":
        return text.encode().decode("gb18030", errors="ignore").encode()
    return text.encode(encoding)


@pytest.mark.parametrize("encoding", [*READ, *REFUSED])
def test_rare_names_survive_or_the_file_goes_back(tmp_path: Path, reader: Reader, figures: Callable[[str], None], encoding: str) -> None:
    rng = random.Random(encoding)
    outcomes: Counter[str] = Counter()
    for number in range(FILES):
        names = make_names(encoding, rng)
        path = tmp_path / f"名册{number}.csv"
        path.write_bytes(encode(make_text(names, encoding), encoding))
        landed = land_roll(ROLL, "2016-03", deliver(path), Limits(), reader)
        stored = landed.rows["name"].to_list()
        assert not any("\ufffd" in cell for column in landed.rows.select("name", "place") for cell in column.drop_nulls())
        outcomes["read" if stored == names else "refused" if landed.rows.is_empty() else "changed"] += 1
        assert all("应为" in said for said in landed.quarantine["sentence_zh"])
    assert outcomes["changed"] == 0
    assert outcomes["read" if encoding in READ else "refused"] >= 0.99 * FILES
    figures(f"D7 {encoding}: {FILES} files of {ROWS} rare names, {outcomes['read']} read, {outcomes['refused']} refused, 0 changed")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16-le"])
def test_a_damaged_character_sends_back_its_row_alone(tmp_path: Path, reader: Reader, encoding: str) -> None:
    names = make_names(encoding, random.Random(3))
    lines = make_text(names, encoding).split("\r\n")
    spoilt = {"gb18030": b"\xff", "utf-8": b"\xe9", "utf-16-le": b"\x00\xd8"}[encoding]
    content = "\r\n".join(lines[:5]).encode(encoding) + "\r\n陈".encode(encoding) + spoilt + ("," + "\r\n".join(lines[5:])).encode(encoding)
    path = tmp_path / "名册.csv"
    path.write_bytes((b"\xff\xfe" if encoding == "utf-16-le" else b"") + content)
    landed = land_roll(ROLL, "2016-03", deliver(path), Limits(), reader)
    assert landed.quarantine["row_number"].to_list() == [6]
    assert landed.quarantine["reason_code"][0] in {"FIELD_COUNT", "BAD_ENCODING"}
    assert not landed.rows["name"].str.contains("\ufffd").any()
    assert landed.rows.height == ROWS - 1


def test_latin_names_of_windows_are_read(tmp_path: Path, reader: Reader) -> None:
    """Accented letters stand singly among plain ones; half of such pairs of bytes would also be characters of GB18030."""
    names = ["Zoë Muñoz", "François Lefèvre", "Jürgen Groß", "Siân O’Brien", "Anna Smith", "José Peña"] * 8
    path = tmp_path / "roll.csv"
    text = make_text(names, "cp1252").replace("山下村", "Upton").replace(",".join(HEADS), "name,id,place,sum")
    path.write_bytes(text.encode("cp1252"))
    columns = {"name": "name", "identity_number": "id", "place": "place", "amount": "sum"}
    roll = make_roll(columns={kind: {"heads": [head], "kind": kind} for kind, head in columns.items()}, ignore=[], delivery={"glob": ["*"]})
    assert land_roll(roll, "2016-03", deliver(path), Limits(), reader).rows["name"].to_list() == names
