"""Packages made to harm: bombs, sizes that are not true, archives inside archives, document types and entities."""

import io
import socket
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.formats.reader import Reader
from connectors.refusals import FileRefused
from registry.district import Limits
from tests.unit.connectors.deliveries_samples import HEADS, land, make_roll, make_rows, write_csv, write_xlsx

MEGABYTE = 1024**2
SHEET = "xl/worksheets/sheet1.xml"
OPEN = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSE = "</sheetData></worksheet>"


def pack(path: Path, changed: dict[str, bytes]) -> Path:
    """Write a good book with some of its parts replaced or added."""
    source = write_xlsx(path.with_name("source.xlsx"), {"一": [list(HEADS), *make_rows(5)]})
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in [*old.namelist(), *(changed.keys() - set(old.namelist()))]:
            new.writestr(part, changed[part] if part in changed else old.read(part))
    source.unlink()
    return path


def pack_stream(path: Path, part: str, piece: bytes, times: int) -> Path:
    """Write a package in which one part is `piece` many times over, without ever holding it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package, package.open(part, "w", force_zip64=True) as content:
        for _ in range(times):
            content.write(piece)
    return path


def peak_megabytes(reader: Reader) -> float:
    """Return the most memory the reading process ever held."""
    assert reader._process is not None
    status = Path(f"/proc/{reader._process.pid}/status")
    if not status.exists():
        pytest.skip("no /proc here")
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def refuse(reader: Reader, path: Path) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        reader.read(path, path.name, make_roll())
    assert caught.value.reason_code in {"UNSAFE_FILE", "UNREADABLE", "READER_STOPPED"}
    return caught.value


@pytest.mark.parametrize("name", ["成员.xlsx", "成员.zip"])
def test_a_bomb_of_312_megabytes(tmp_path: Path, figures: Callable[[str], None], name: str) -> None:
    part = SHEET if name.endswith("xlsx") else "成员.csv"
    path = pack_stream(tmp_path / name, part, b"<row><c><v>1</v></c></row>" * 40_330, 312)
    assert path.stat().st_size < 2 * MEGABYTE
    with Reader(Limits()) as reader:
        reader.read(write_csv(tmp_path / "a.csv", [list(HEADS), *make_rows(3)]), "a", make_roll())
        started = time.perf_counter()
        refusal = refuse(reader, path)
        seconds, megabytes = time.perf_counter() - started, peak_megabytes(reader)
        assert refusal.reason_code == "UNSAFE_FILE" and reader.start_count == 1
    assert seconds < 1 and megabytes < 200
    figures(f"D2 bomb of 312 MB as {Path(name).suffix}: refused in {seconds * 1000:.0f} ms, reading process {megabytes:.0f} MB at most")


def lie(path: Path, truth: int, claim: int) -> Path:
    """Change the unpacked size in both headers of a package."""
    content = path.read_bytes()
    assert content.count(struct.pack("<I", truth)) >= 2
    path.write_bytes(content.replace(struct.pack("<I", truth), struct.pack("<I", claim)))
    return path


def test_sizes_that_are_not_true(tmp_path: Path, reader: Reader, figures: Callable[[str], None]) -> None:
    big = OPEN.encode() + b"<row><c><v>1</v></c></row>" * 2_000_003 + CLOSE.encode()
    cases = [
        lie(pack(tmp_path / "a.xlsx", {SHEET: big}), len(big), 4_000),
        lie(pack(tmp_path / "b.xlsx", {"xl/sharedStrings.xml": big}), len(big), 4_000),
        lie(pack(tmp_path / "c.xlsx", {"xl/media/a.bin": b"\0" * len(big)}), len(big), 1),
        lie(pack_stream(tmp_path / "d.zip", "a.csv", b"a,b\n", 3_000_001), 12_000_004, 4_000),
        lie(pack(tmp_path / "e.xlsx", {"docProps/core.xml": b"<a/>" + b" " * 9_999}), 10_003, 400_000_000),
    ]
    codes = [refuse(reader, path).reason_code for path in cases]
    assert peak_megabytes(reader) < 400 and reader.start_count == 1
    figures(f"D2 sizes that are not true: {len(cases)} of {len(cases)} refused ({', '.join(codes)})")


def zip_of(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def test_archives_inside_archives(tmp_path: Path, reader: Reader, figures: Callable[[str], None]) -> None:
    inner = zip_of("a.csv", b"a,b\n1,2\n")
    nested = {"a.zip": inner, "b.csv": inner, "c.rar": b"Rar!\x1a\x07\x01\x00", "d.gz": b"\x1f\x8b\x08\x00", "e": zip_of("a.zip", inner)}
    for number, (name, content) in enumerate(nested.items()):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(zip_of(name, content))
        assert refuse(reader, path).reason_code == "UNSAFE_FILE"
    figures(f"D2 archives inside archives: {len(nested)} of {len(nested)} refused")


def make_entity_files(folder: Path, port: int) -> list[Path]:
    """Write one file for each part and way in which a document type can be declared."""
    internal = '<!DOCTYPE x [<!ENTITY e "1">]>'
    laughs = (
        "<!DOCTYPE x [<!ENTITY a 'ha'>"
        + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
        + "]>"
    )
    remote = f'<!DOCTYPE x SYSTEM "http://127.0.0.1:{port}/x.dtd">'
    local = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    parameter = f'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/p.dtd"> %p;]>'
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row>'

    def sheet(declared: str, encoding: str = "utf-8") -> bytes:
        return f'<?xml version="1.0" encoding="{encoding}"?>{declared}{OPEN}{cell}{CLOSE}'.encode(encoding)

    def part(declared: str, root: str) -> bytes:
        return f'<?xml version="1.0"?>\n{declared}<{root}>&e;</{root}>'.encode()

    corpus = {
        "internal": {SHEET: sheet(internal)},
        "utf-16": {SHEET: sheet(internal, "utf-16")},
        "utf-16-be": {SHEET: sheet(internal, "utf-16-be")},
        "external": {SHEET: sheet(local)},
        "remote": {SHEET: sheet(remote)},
        "parameter": {SHEET: sheet(parameter)},
        "laughs": {SHEET: sheet(laughs)},
        "after-a-comment": {SHEET: sheet("<!--" + "x" * 70_000 + "-->" + internal)},
        "strings": {"xl/sharedStrings.xml": part(local, "sst")},
        "styles": {"xl/styles.xml": part(internal, "styleSheet")},
        "rels": {"xl/_rels/workbook.xml.rels": part(remote, "Relationships")},
        "properties": {"docProps/core.xml": part(internal, "coreProperties")},
        "types": {"[Content_Types].xml": part(parameter, "Types")},
        "book": {"xl/workbook.xml": part(internal, "workbook")},
        "unused-part": {"customXml/item1.xml": part(local, "a")},
        "lower-case": {SHEET: sheet(internal.replace("DOCTYPE", "doctype"))},
        "utf-32": {SHEET: sheet(internal, "utf-32")},
    }
    return [pack(folder / f"{name}.xlsx", changed) for name, changed in corpus.items()]


def test_document_types_and_entities(tmp_path: Path, reader: Reader, figures: Callable[[str], None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        files = make_entity_files(tmp_path, server.getsockname()[1])
        assert len(files) >= 12
        for path in files:
            assert refuse(reader, path).reason_code == "UNSAFE_FILE", path.name
        with pytest.raises(TimeoutError):
            server.accept()
    assert reader.start_count == 1
    figures(f"D3 document types and entities: {len(files)} of {len(files)} files refused, 0 connections to the named address")


def test_the_same_book_without_them_lands(tmp_path: Path) -> None:
    """The corpus is refused for its declarations, not because the book is broken."""
    assert land(pack(tmp_path / "成员.xlsx", {"customXml/item1.xml": b"<?xml version='1.0'?><a/>"})).rows.height == 5
