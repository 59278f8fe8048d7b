"""Hostile names of sheets, files and members of archives: kept as they are, or refused; never changed, never a crash."""

import struct
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from xml.sax.saxutils import quoteattr

from connectors.deliveries import find_deliveries
from connectors.formats.reader import Reader
from connectors.intake import Landed, land_roll
from registry.district import District, Limits
from registry.schema.codes import REASONS
from tests.promises.naughty import NAUGHTY
from tests.unit.connectors.deliveries_samples import HEADS, deliver, make_roll, make_rows, write_csv, write_xlsx

ROLL = make_roll(delivery={"glob": ["*"]})
BOOK = "xl/workbook.xml"


def require_settled(landed: Landed) -> str:
    """Return equal or refused; every refusal has a known reason and sentences without characters that steer a terminal."""
    said = landed.quarantine
    assert set(said["reason_code"]) <= set(REASONS)
    for sentence in [*said["sentence_zh"], *said["sentence_en"]]:
        assert sentence and not any(ord(sign) < 32 or sign in "\x7f\x9b\u202e\u2028" for sign in sentence)
    assert landed.deliveries["is_refused"].all() == landed.rows.is_empty()
    return "refused" if landed.rows.is_empty() else "equal"


def rename_sheet(source: Path, path: Path, name: str) -> Path:
    """Write `source` again with its only sheet called `name`, whatever a spreadsheet program would say to that."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content.replace('name="一"'.encode(), f"name={quoteattr(name)}".encode()) if part == BOOK else content)
    return path


def test_sheet_names(tmp_path: Path, reader: Reader, figures: Callable[[str], None]) -> None:
    source = write_xlsx(tmp_path / "source.xlsx", {"一": [list(HEADS), *make_rows(3)]})
    outcomes: Counter[str] = Counter()
    for name in NAUGHTY:
        path = rename_sheet(source, tmp_path / "成员.xlsx", name)
        landed = land_roll(ROLL, "2016-03", deliver(path), Limits(), reader)
        outcome = require_settled(landed)
        outcomes[outcome] += 1
        if outcome == "equal":
            assert set(landed.rows["sheet"]) == {name} and landed.rows.height == 3
    assert outcomes.total() == len(NAUGHTY) >= 515
    assert outcomes["equal"] >= 0.9 * len(NAUGHTY)
    assert reader.start_count == 1
    figures(f"D1 sheet names: {outcomes.total()} strings, {outcomes['equal']} kept, {outcomes['refused']} refused, 0 crashes")


def test_file_names(tmp_path: Path, reader: Reader, figures: Callable[[str], None]) -> None:
    inbox = tmp_path / "inbox"
    folder = inbox / "2016-03" / "civil_affairs"
    folder.mkdir(parents=True)
    written, impossible = {}, 0
    for number, name in enumerate(NAUGHTY):
        try:
            if "/" in name:
                raise ValueError("not one name")
            written[write_csv(folder / f"{name}.csv", [list(HEADS), *make_rows(3, number)]).name] = number
        except (OSError, ValueError):
            impossible += 1
    found = find_deliveries(inbox, "2016-03", cast(District, SimpleNamespace(rolls={"members": ROLL})))
    landed = land_roll(ROLL, "2016-03", found.files, Limits(), reader)
    delivered = {file.path.name for file in found.files}
    ignored = set(written) - delivered
    assert all(name.startswith((".", "~$")) or name == "desktop.ini" for name in ignored)
    kept, refused = set(landed.rows["file_name"]), set(landed.deliveries.filter("is_refused")["file_name"])
    assert kept | refused == delivered and not kept & refused
    for name in kept:
        assert landed.rows.filter(file_name=name)["name"].to_list() == [row[4] for row in make_rows(3, written[name])]
    assert len(kept) >= 0.9 * len(delivered)
    assert sorted(tmp_path.iterdir()) == [inbox] and sorted(inbox.rglob("*"))[0] == inbox / "2016-03"
    figures(
        f"D1 file names: {len(NAUGHTY)} strings, {len(kept)} kept, {len(refused)} refused, {len(ignored)} hidden files, "
        f"{impossible} impossible on this disk, 0 crashes"
    )


def test_member_names(tmp_path: Path, reader: Reader, figures: Callable[[str], None]) -> None:
    outcomes: Counter[str] = Counter()
    for number, name in enumerate(NAUGHTY):
        path = tmp_path / "成员.zip"
        with zipfile.ZipFile(path, "w") as archive:
            try:
                archive.writestr(f"{name}.csv", "".join(",".join(row) + "\n" for row in [list(HEADS), *make_rows(3, number)]))
            except (ValueError, struct.error):
                outcomes["impossible"] += 1
                continue
        landed = land_roll(ROLL, "2016-03", deliver(path), Limits(), reader)
        outcome = require_settled(landed)
        outcomes[outcome] += 1
        if outcome == "equal":
            assert set(landed.rows["file_name"]) == {f"成员.zip/{name}.csv"}
    assert {item.name for item in tmp_path.iterdir()} == {"成员.zip"}
    assert outcomes["equal"] >= 0.8 * len(NAUGHTY)
    figures(f"D1 names inside archives: {len(NAUGHTY)} strings, {dict(sorted(outcomes.items()))}, 0 crashes")
