"""How long a roll takes from file to landed rows, beside the bare reader of its format. Results: benchmarks/results/intake.json.

Run `make bench`. Belongs here: made-up files of one roll, and time and memory of each way to read them, every one in a
process of its own. Does not belong here: whether what is read is right (`tests`).

Memory of `landed` is the sum of both processes' peaks, which they need not reach at once; pages that one hands to the
other count twice.

Ways: `bare` is the library alone, text as text (polars.read_csv; decoding before it for GB18030; python-calamine for
.xlsx). `format` is our reader of the format in the same process. `landed` is the whole intake as in a month's run: the
gate, the reading process with its limits, header, data rows, faults, and the proof that no row was lost.
"""

import argparse
import hashlib
import io
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import polars as pl
import python_calamine

from connectors.deliveries import DeliveredFile
from connectors.formats.csv import read_csv
from connectors.formats.excel import read_excel
from connectors.formats.hidden import find_unseen
from connectors.formats.packages import Kind, require_safe_package, tell_kind
from connectors.formats.parquet import read_parquet
from connectors.formats.reader import Reader
from connectors.intake import land_roll
from registry.configuration import parse, read_yaml
from registry.district import DISTRICTS, Limits
from registry.roll import Roll

RESULTS: Final = Path(__file__).parent / "results" / "intake.json"
ROLL: Final = DISTRICTS / "q_district" / "rolls" / "dibao_members.yml"
MONTH: Final = "2016-06"
MILLION: Final = 1_000_000
WAYS: Final = ("bare", "format", "landed")
BARS: Final = {"csv": 4.0, "csv_quoted": 4.0, "csv_gb18030": 4.0, "parquet": None, "xlsx": 2.0}
MEMORY_BAR, GATE_BAR = 3.0, 0.02

Measure = dict[str, float]


def make_rows(count: int) -> pl.DataFrame:
    """Return made-up members of households; no number of a person begins with 3599."""
    at = pl.int_range(pl.len())
    frame = pl.DataFrame({"序号": pl.int_range(1, count + 1, eager=True)})
    surnames, given = "陈林张黄王李郑吴刘庄", "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明"
    pick = [
        (at * step % len(characters)).replace_strict(dict(enumerate(characters)), return_dtype=pl.String)
        for step, characters in ((7, surnames), (11, given), (13, given))
    ]
    day = pl.date(1930 + at % 80, 1 + at % 12, 1 + at % 28)
    number = pl.concat_str(pl.lit("359901"), day.dt.strftime("%Y%m%d"), (at % 10_000).cast(pl.String).str.zfill(4))
    return frame.select(
        pl.col("序号").cast(pl.String),
        户主姓名=pl.concat_str(pick[0], pick[2]),
        户主身份证=number,
        与户主关系=pl.when(at % 3 == 0).then(pl.lit("本人")).otherwise(pl.lit("配偶")),
        姓名=pl.concat_str(pick),
        身份证号=pl.concat_str(pl.lit("359901"), day.dt.strftime("%Y%m%d"), (at * 7 % 10_000).cast(pl.String).str.zfill(4)),
        性别=pl.when(at % 2 == 0).then(pl.lit("男")).otherwise(pl.lit("女")),
        出生日期=day.dt.strftime("%Y-%m-%d"),
        是否享受=pl.when(at % 5 == 0).then(pl.lit("否")).otherwise(pl.lit("是")),
        残疾类别=pl.when(at % 9 == 0).then(pl.lit("肢体")).otherwise(pl.lit("")),
        残疾证号=pl.when(at % 9 == 0).then(number + "44").otherwise(pl.lit("")),
        备注=pl.when(at % 4 == 0).then(pl.lit("山下村3组")).otherwise(pl.lit("")),
    )


def name_files(folder: Path) -> dict[str, Path]:
    """Return where the roll stands in each format."""
    return {name: folder / f"{name}{suffix}" for name, suffix in zip(BARS, (".csv", ".csv", ".csv", ".parquet", ".xlsx"), strict=True)}


def write_files(folder: Path, row_count: int, sheet_row_count: int) -> None:
    """Write the same roll in every format; spreadsheets get fewer rows, their cost is the same for every row."""
    rows, paths = make_rows(row_count), name_files(folder)
    rows.head(10).write_csv(folder / "small.csv")
    rows.write_csv(paths["csv"], line_terminator="\r\n")
    rows.write_csv(paths["csv_quoted"], line_terminator="\r\n", quote_style="always")
    paths["csv_gb18030"].write_bytes(paths["csv"].read_bytes().decode().encode("gb18030"))
    rows.write_parquet(paths["parquet"])
    rows.head(sheet_row_count).write_excel(paths["xlsx"])


def read_bare(name: str, path: Path) -> int:
    """Read a file with nothing but its library; return its rows."""
    if name == "xlsx":
        return len(python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) - 1
    if name == "parquet":
        return pl.read_parquet(path).height
    source = io.BytesIO(path.read_bytes().decode("gb18030").encode()) if name == "csv_gb18030" else path
    return pl.read_csv(source, infer_schema=False).height


def read_format(name: str, path: Path) -> int:
    """Read a file with our reader of its format; return its rows."""
    if name == "xlsx":
        return read_excel(path, Kind.PACKAGE)[0].row_count - 1
    return read_parquet(path).row_count if name == "parquet" else read_csv(path).row_count - 1


def pass_gate(name: str, path: Path) -> int:
    """Do what happens before a reader sees the file."""
    tell_kind(path, Limits().file_bytes)
    if name == "xlsx":
        require_safe_package(path)
    return 0


def look_through(name: str, path: Path) -> int:
    """Unpack every part of a package once: hidden rows and columns, and whether its directory told the true sizes."""
    if name == "xlsx":
        find_unseen(path, Limits().unpacked_bytes)
    return 0


def measure(way: str, name: str, path: Path) -> Measure:
    """Return seconds and peak bytes of one way to read one file, in this fresh process."""
    if way == "landed":
        return _measure_landing(path)
    steps: dict[str, Callable[[str, Path], int]] = {"bare": read_bare, "format": read_format, "gate": pass_gate, "unpacking": look_through}
    started = time.perf_counter()
    row_count = steps[way](name, path)
    return {"seconds": time.perf_counter() - started, "peak_bytes": _peak(resource.RUSAGE_SELF), "row_count": row_count}


def _measure_landing(path: Path) -> Measure:
    roll = parse(read_yaml(ROLL), Roll, ROLL)
    file_hash = hashlib.sha256(path.read_bytes()).hexdigest()
    file = DeliveredFile(path, roll.roll, roll.department, MONTH, 1, file_hash, path.stat().st_size)
    small = path.parent / "small.csv"
    with Reader(Limits()) as reader:
        # One process reads all files of a run: its start is measured apart.
        started = time.perf_counter()
        reader.read(small, small.name, roll)
        begun = time.perf_counter()
        landed = land_roll(roll, MONTH, [file], Limits(), reader)
        seconds = time.perf_counter() - begun
    if landed.quarantine.height:
        raise SystemExit(f"rows of the made-up roll were sent back: {landed.quarantine['sentence_en'][0]}")
    return {
        "seconds": seconds,
        "start_seconds": begun - started,
        "peak_bytes": _peak(resource.RUSAGE_SELF),
        "reader_peak_bytes": _peak(resource.RUSAGE_CHILDREN),
        "row_count": landed.rows.height,
    }


def _peak(who: int) -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(who).ru_maxrss * unit


def _measure_apart(way: str, name: str, path: Path) -> Measure:
    result: Measure = json.loads(_call("--way", way, "--format", name, "--file", str(path)))
    return result


def _call(*arguments: str) -> bytes:
    command = [sys.executable, "-m", "benchmarks.intake", *arguments]
    return subprocess.run(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, check=True).stdout


def run(row_count: int, sheet_row_count: int, repeat: int) -> dict[str, Any]:
    """Measure every way and format `repeat` times, ways in turn, and return the summary."""
    # Other programs on the machine make every figure worse, the ratio too: the load at the start and at the end is recorded.
    load = [round(os.getloadavg()[0], 1)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Made in another process: the peak a process reports begins with the memory of the one that started it.
        _call("--make", str(folder), "--rows", str(row_count), "--sheet-rows", str(sheet_row_count))
        paths = name_files(folder)
        found: dict[str, dict[str, list[Measure]]] = {form: {way: [] for way in (*WAYS, "gate", "unpacking")} for form in paths}
        for form, path in paths.items():
            for _ in range(repeat):
                for way in found[form]:
                    found[form][way].append(_measure_apart(way, form, path))
        sizes = {form: path.stat().st_size for form, path in paths.items()}
    formats = {form: _summarise(form, ways, sizes[form]) for form, ways in found.items()}
    machine = {"processors": os.cpu_count(), "python": platform.python_version(), "polars": pl.__version__, "system": platform.system()}
    return {"machine": machine, "load": [*load, round(os.getloadavg()[0], 1)], "repeat": repeat, "formats": formats}


def _summarise(form: str, ways: dict[str, list[Measure]], file_bytes: int) -> dict[str, Any]:
    rows = int(ways["landed"][0]["row_count"])
    seconds = {way: [measured["seconds"] * MILLION / rows for measured in runs] for way, runs in ways.items()}
    middle = {way: statistics.median(values) for way, values in seconds.items()}
    least = {way: min(values) for way, values in seconds.items()}
    peaks = {way: max(measured["peak_bytes"] for measured in ways[way]) for way in WAYS}
    reader = max(measured["reader_peak_bytes"] for measured in ways["landed"])
    return {
        "rows": rows,
        "file_bytes": file_bytes,
        "seconds_per_million": {way: {"min": round(least[way], 3), "median": round(middle[way], 3), "max": round(max(values), 3)}
                                for way, values in seconds.items()},
        "ratio_to_bare": {way: {"median": round(middle[way] / middle["bare"], 2), "of_minima": round(least[way] / least["bare"], 2)}
                          for way in ("format", "landed")},
        "peak_megabytes": {**{way: peak // 1024**2 for way, peak in peaks.items()}, "reading_process": reader // 1024**2},
        "memory_ratio_to_bare": {"format": round(peaks["format"] / peaks["bare"], 2), "landed": round(peaks["landed"] / peaks["bare"], 2),
                                 "reading_process": round(reader / peaks["bare"], 2),
                                 "both": round((peaks["landed"] + reader) / peaks["bare"], 2)},
        "gate_share": round(middle["gate"] / middle["landed"], 4),
        "unpacking_share": round(middle["unpacking"] / middle["landed"], 4),
        "reader_start_seconds": round(statistics.median(measured["start_seconds"] for measured in ways["landed"]), 2),
        "bar": {"ratio": BARS[form], "memory": MEMORY_BAR, "gate_share": GATE_BAR},
    }  # fmt: skip


def main() -> None:
    """Measure everything and record it, or, called by itself, one way of one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=MILLION)
    parser.add_argument("--sheet-rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--make", type=Path)
    parser.add_argument("--way")
    parser.add_argument("--format")
    parser.add_argument("--file", type=Path)
    chosen = parser.parse_args()
    if chosen.make:
        write_files(chosen.make, chosen.rows, chosen.sheet_rows)
        return
    if chosen.way:
        sys.stdout.write(json.dumps(measure(chosen.way, chosen.format, chosen.file)))
        return
    results = run(chosen.rows, chosen.sheet_rows, chosen.repeat)
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for form, result in results["formats"].items():
        times, ratios, memory = result["seconds_per_million"], result["ratio_to_bare"], result["memory_ratio_to_bare"]
        sys.stdout.write(
            f"{form:12} bare {times['bare']['median']:6.2f} s  format ×{ratios['format']['median']:<5}"
            f" landed {times['landed']['median']:6.2f} s ×{ratios['landed']['median']:<5}"
            f" memory of both processes ×{memory['both']:<5} gate {result['gate_share']:.2%} unpacking {result['unpacking_share']:.2%}\n"
        )


if __name__ == "__main__":
    main()
