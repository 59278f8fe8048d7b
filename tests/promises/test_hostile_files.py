"""Broken, locked, empty and huge files, forced faults of the reading process, and paths that lead out of the inbox."""

import os
import random
import stat
import struct
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import polars as pl
import xlwt

from connectors.deliveries import find_deliveries
from connectors.formats.reader import Reader
from connectors.intake import Landed, land_roll
from connectors.reconcile import find_count_problems
from connectors.refusals import FileRefused
from registry.district import District, Limits
from registry.schema.codes import REASONS
from tests.promises.test_packages import CLOSE, OPEN, SHEET, pack, peak_megabytes, zip_of
from tests.unit.connectors import faulty_child
from tests.unit.connectors.deliveries_samples import HEADS, deliver, make_roll, make_rows, write_csv, write_xlsx
from tests.unit.connectors.test_html_format import PAGE, write_table

ROWS = [list(HEADS), *make_rows(40)]


def make_seeds(folder: Path) -> dict[str, bytes]:
    """Return one good file of each format, by suffix."""
    folder.mkdir(exist_ok=True)
    book = xlwt.Workbook()
    sheet = book.add_sheet("一")
    for number, row in enumerate(ROWS):
        for position, cell in enumerate(row):
            sheet.write(number, position, cell)
    book.save(str(folder / "seed.xls"))
    pl.DataFrame({head: [row[position] for row in ROWS[1:]] for position, head in enumerate(HEADS)}).write_parquet(folder / "seed.parquet")
    comma = "".join(",".join(row) + "\r\n" for row in ROWS)
    quoted = "".join("\t".join(f'"{cell}"' for cell in row) + "\n" for row in ROWS)
    page = PAGE.format("gb2312", write_table(ROWS)).encode("gb18030")
    xlsx = write_xlsx(folder / "seed.xlsx", {"一": ROWS}).read_bytes()
    return {
        ".csv": comma.encode("gb18030"),
        ".tsv": quoted.encode("utf-8-sig"),
        ".txt": comma.encode("utf-16"),
        ".xlsx": xlsx,
        ".xls": (folder / "seed.xls").read_bytes(),
        ".htm": page,
        ".zip": zip_of("成员.csv", comma.encode()),
        ".parquet": (folder / "seed.parquet").read_bytes(),
    }


def land_file(path: Path, reader: Reader) -> Landed:
    landed = land_roll(make_roll(), "2016-03", deliver(path), reader.limits, reader)
    assert find_count_problems(landed.deliveries, landed.rows, landed.quarantine) == []
    assert set(landed.quarantine["reason_code"]) <= set(REASONS)
    return landed


def test_truncated_files(tmp_path: Path, reader: Reader, figures: Callable[[str], None]) -> None:
    """A file cut anywhere is refused, or the rows it still holds are landed or sent back; text may simply be shorter."""
    counts: Counter[str] = Counter()
    for suffix, whole in make_seeds(tmp_path / "seeds").items():
        for share in (0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.999):
            path = tmp_path / f"成员{suffix}"
            path.write_bytes(whole[: int(len(whole) * share)])
            landed = land_file(path, reader)
            counts["landed in part" if landed.rows.height else "refused"] += 1
            if landed.rows.height:
                assert suffix in {".csv", ".tsv", ".txt", ".htm"} or (suffix == ".xls" and share > 0.9), (suffix, share)
            assert landed.rows.height <= 40
    figures(f"D12 truncated files: {counts.total()} cut, {dict(counts)}, 0 uncaught errors")


def lock_zip(content: bytes) -> bytes:
    flagged = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := flagged.find(mark, start + 1)) >= 0:
            flagged[start + offset] |= 1
    return bytes(flagged)


def test_locked_and_empty_files(tmp_path: Path, reader: Reader, figures: Callable[[str], None]) -> None:
    seeds = make_seeds(tmp_path / "seeds")
    locked = {
        "a.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 512,
        "b.xlsx": lock_zip(seeds[".xlsx"]),
        "c.zip": lock_zip(seeds[".zip"]),
    }
    blank = write_xlsx(tmp_path / "blank.xlsx", {"一": [], "二": []}).read_bytes()
    empty = {f"d{suffix}": b"" for suffix in seeds} | {
        "e.xlsx": blank,
        "f.csv": b"\r\n \t,,,\r\n",
        "g.zip": zip_of("x/", b""),
        "h.csv": b"\x00" * 5_000,
    }
    for files, reasons in ((locked, {"UNREADABLE"}), (empty, {"EMPTY_FILE", "BAD_ENCODING"})):
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
            landed = land_file(tmp_path / name, reader)
            assert landed.rows.is_empty() and set(landed.quarantine["reason_code"]) <= reasons, (
                name,
                landed.quarantine["sentence_en"].to_list(),
            )
    figures(f"D12 locked files: {len(locked)} of {len(locked)} refused; empty files: {len(empty)} of {len(empty)} refused")


def test_ten_million_cells(tmp_path: Path, figures: Callable[[str], None]) -> None:
    """500,000 rows of 20 cells: read whole within the limits, or refused; never half."""
    rng = random.Random(7)
    rows = [[str(rng.randrange(1_000_000)) for _ in range(20)] for _ in range(5_000)]
    cells = "".join(f"<row>{''.join(f'<c><v>{cell}</v></c>' for cell in row)}</row>" for row in rows)
    book = pack(tmp_path / "a.xlsx", {SHEET: (OPEN + cells * 100 + CLOSE).encode()})
    text = tmp_path / "a.csv"
    text.write_text("".join(",".join(row) + "\n" for row in rows) * 100, encoding="ascii")
    said = []
    with Reader(Limits()) as reader:
        for path in (text, book):
            started = time.perf_counter()
            try:
                (sheet,) = reader.read(path, path.name, make_roll()).sheets
                assert (sheet.row_count, sheet.width) == (500_000, 20)
                outcome = "read whole"
            except FileRefused as refusal:
                outcome = refusal.reason_code
            megabytes = f", {peak_megabytes(reader):.0f} MB" if reader._process else ""
            said.append(f"{path.suffix} {outcome} in {time.perf_counter() - started:.1f} s{megabytes}")
    figures(f"D2 10 million cells: {'; '.join(said)}")


def test_forced_faults_cost_one_file_each(tmp_path: Path, figures: Callable[[str], None]) -> None:
    faults = ["segv", "hog", "loop", "abort", "exit", "raise", "connect", "run", "write"]
    names = [name for number, fault in enumerate(faults) for name in (f"成员{number}a.csv", f"成员{number}b{fault}.csv")] + ["成员9.csv"]
    paths = [write_csv(tmp_path / name, [list(HEADS), *make_rows(5, 10 * number)]) for number, name in enumerate(names)]
    limits = Limits(reader_seconds=2, reader_bytes=1024**3)
    with Reader(limits, "tests.unit.connectors.faulty_child") as reader:
        landed = land_roll(make_roll(), "2016-03", deliver(*paths), limits, reader)
        starts = reader.start_count
    refused = landed.deliveries.filter("is_refused")
    assert refused["file_name"].to_list() == [name for name in names if name[3] == "b"]
    assert set(refused["reason_code"]) == {"READER_STOPPED"}
    assert landed.rows.height == 5 * (len(names) - len(faults)) and starts == len(faults) + 1
    assert not faulty_child.OUTSIDE.exists()
    others = len(names) - len(faults)
    figures(f"D12 forced faults ({', '.join(faults)}): {refused.height} files refused, the other {others} landed, 0 other effects")


ESCAPES = [
    "../x.csv",
    "../../x.csv",
    "a/../../x.csv",
    "/x.csv",
    "/tmp/x.csv",
    "..\\x.csv",
    "C:\\x.csv",
    "C:x.csv",
    "\\\\h\\s\\x.csv",
    "//h/s/x.csv",
]
ESCAPES += [
    "x/..",
    "..",
    "../",
    "./../x.csv",
    "CON",
    "con.csv",
    "NUL",
    "nul.csv",
    "AUX.xlsx",
    "a/PRN.csv",
    "COM1",
    "LPT1.csv",
    "a\x01.csv",
    "a\n.csv",
]


def snapshot(folder: Path) -> dict[str, float]:
    return {path.as_posix(): path.lstat().st_mtime_ns for path in sorted(folder.rglob("*"))}


def test_paths_that_lead_elsewhere(tmp_path: Path, figures: Callable[[str], None]) -> None:
    """Archives whose members name other places, and links in the inbox that point out of it."""
    inbox = tmp_path / "inbox"
    folder = inbox / "2016-03" / "civil_affairs"
    folder.mkdir(parents=True)
    good = "".join(",".join(row) + "\n" for row in ROWS).encode()
    secret = write_csv(tmp_path / "成员outside.csv", ROWS)
    (tmp_path / "more").mkdir()
    for number, name in enumerate(ESCAPES):
        (folder / f"成员{number:02}.zip").write_bytes(zip_of(name, good))
    zero = zip_of("aaaa.csv", good).replace(b"aaaa.csv", b"a\x00aa.csv")
    (folder / "成员zero.zip").write_bytes(zero)
    with zipfile.ZipFile(folder / "成员link.zip", "w") as archive:
        info = zipfile.ZipInfo("成员.csv")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, str(secret))
    links = {
        "成员link1.csv": secret,
        "成员link2.csv": Path("/etc/passwd"),
        "成员link3.csv": Path("../../../成员outside.csv"),
        "成员loop.csv": Path("成员loop.csv"),
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    (folder / "成员folder").symlink_to(tmp_path / "more", target_is_directory=True)
    os.mkfifo(folder / "成员pipe.csv")
    write_csv(folder / "成员good.csv", ROWS)
    before = snapshot(tmp_path)
    found = find_deliveries(inbox, "2016-03", cast(District, SimpleNamespace(rolls={"members": make_roll()})))
    with Reader(Limits()) as reader:
        landed = land_roll(make_roll(), "2016-03", found.files, Limits(), reader)
        private = reader._require_folder()
        assert not [path for path in private.rglob("*") if path.name not in {"errors", "warm"}]
    assert snapshot(tmp_path) == before
    assert landed.rows["file_name"].unique().to_list() == ["成员good.csv"]
    archives = landed.deliveries.filter(pl.col("file_name").str.ends_with(".zip"))
    assert archives.height == len(ESCAPES) + 2 and archives["is_refused"].all()
    assert found.unknown.height == len(links) + 2
    figures(f"D6 paths out of the inbox: {archives.height} archives and {found.unknown.height} links refused, 0 writes outside")


def mutate(rng: random.Random, content: bytes) -> bytes:
    """Return the content with a few bytes changed, cut out, doubled or moved, or a length field made huge."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at, length = rng.randrange(len(data) or 1), rng.choice((1, 2, 4, 16, 256))
        kind = rng.randrange(6)
        if kind == 0:
            data[at : at + length] = rng.randbytes(min(length, 16))
        elif kind == 1:
            data[at : at + 1] = bytes([rng.choice((0, 1, 0x0A, 0x22, 0x2C, 0x3C, 0x7F, 0x80, 0xFF))])
        elif kind == 2:
            del data[at : at + length]
        elif kind == 3:
            data[at:at] = data[at : at + length] * rng.choice((1, 2, 50))
        elif kind == 4:
            data[at : at + 4] = struct.pack("<I", rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 65_535, 1 << 24)))
        else:
            source = rng.randrange(len(data) or 1)
            data[at : at + length] = data[source : source + length]
    return bytes(data)


def mutate_package(rng: random.Random, content: bytes, folder: Path) -> bytes:
    """Return a sound package one part of which is mutated: noise in packed bytes alone never gets past the check sum."""
    source, target = folder / "whole", folder / "mutated"
    source.write_bytes(content)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = rng.choice(old.namelist())
        for part in old.namelist():
            new.writestr(part, mutate(rng, old.read(part)) if part == chosen else old.read(part))
    return target.read_bytes()


def test_mutated_files(tmp_path: Path, figures: Callable[[str], None]) -> None:
    """As many mutants as fit the seconds in TUODI_FUZZ_SECONDS (default 45): landed, sent back or refused; never an error."""
    seconds, seed = float(os.environ.get("TUODI_FUZZ_SECONDS", "45")), int(os.environ.get("TUODI_FUZZ_SEED", "20161231"))
    rng, seeds = random.Random(seed), make_seeds(tmp_path / "seeds")
    counts: Counter[str] = Counter()
    slowest, deadline = 0.0, time.monotonic() + seconds
    limits = Limits(reader_seconds=10, reader_bytes=1024**3)
    with Reader(limits) as reader:
        while time.monotonic() < deadline:
            suffix = rng.choice(sorted(seeds))
            is_inside = suffix in {".xlsx", ".zip"} and rng.random() < 0.7
            path = tmp_path / f"成员{suffix}"
            path.write_bytes(mutate_package(rng, seeds[suffix], tmp_path) if is_inside else mutate(rng, seeds[suffix]))
            started = time.monotonic()
            landed = land_file(path, reader)
            slowest = max(slowest, time.monotonic() - started)
            counts[
                "landed" if landed.rows.height else str(landed.quarantine["reason_code"][0]) if landed.quarantine.height else "no data"
            ] += 1
    assert slowest < 60 and counts.total() > 50
    said = f"{counts.total()} of {len(seeds)} seeds (seed {seed}), 0 uncaught errors, slowest {slowest:.1f} s"
    figures(f"D13 mutated files: {said}, {dict(counts.most_common())}")
