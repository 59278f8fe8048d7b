"""The house rules of docs/house.md as tests: rooms, library ownership, circles, lazy imports, sizes."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("connectors", "registry", "quality", "simulation", "pipelines")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

KERNEL = (
    "registry.schema",
    "registry.conventions",
    "registry.district",
    "registry.roll",
    "registry.roll_checks",
    "registry.configuration",
    "registry.errors",
)
MAY_IMPORT = {
    "kernel": ("kernel",),
    "connectors": ("kernel", "connectors"),
    "registry": ("kernel", "registry"),
    "quality": ("kernel", "quality"),
    "simulation": ("kernel", "simulation"),
    "pipelines": ("kernel", *ROOMS),
}
OWNERS = {
    "ruamel": ("registry/configuration.py",),
    "python_calamine": ("connectors/formats/excel.py",),
    "lxml": ("connectors/formats/",),
    "olefile": ("connectors/formats/",),
    "sqlalchemy": ("connectors/databases.py",),
    "splink": ("registry/resolve/",),
    "duckdb": ("registry/resolve/", "registry/warehouse.py"),
    "great_expectations": ("quality/expectations.py",),
    "opencc": ("registry/standardise/",),
    "pypinyin": ("registry/standardise/",),
    "jinja2": ("quality/reports/",),
    "altair": ("quality/reports/",),
    "vl_convert": ("quality/reports/",),
    "xlsxwriter": ("quality/reports/", "simulation/"),
    "xlwt": ("simulation/",),
    "dagster": ("pipelines/",),
    "typer": ("pipelines/",),
}
LAZY = {
    # A heavy library inside the one function of its room that starts it (house.md §3).
    "quality/expectations.py": {"great_expectations"},
    "registry/resolve/": {"splink"},
    "quality/reports/": {"altair", "vl_convert"},
    "pipelines/cli.py": {"pipelines"},
}
MAX_FILE_LINES, MAX_FUNCTION_LINES = 500, 60


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    in_kernel = any(module == name or module.startswith(f"{name}.") for name in KERNEL)
    return "kernel" if in_kernel else module.split(".")[0]


def imports_of(tree: ast.AST) -> list[tuple[str, ast.stmt]]:
    found: list[tuple[str, ast.stmt]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [(f"{node.module}.{alias.name}", node) for alias in node.names]
    return found


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_room_imports_only_what_it_may(path: Path) -> None:
    """Neighbours do not know each other; pipelines introduces them."""
    room = room_of(module_of(path))
    ours = [name for name, _ in imports_of(tree_of(path)) if name.split(".")[0] in ROOMS]
    strays = sorted({name for name in ours if room_of(name) not in MAY_IMPORT[room]})
    assert not strays, f"{relative(path)} (room {room}) imports {strays}"


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_library_stays_in_its_room(path: Path) -> None:
    """A heavy library imported outside its room ties the whole house to it."""
    libraries = {name.split(".")[0] for name, _ in imports_of(tree_of(path))}
    strays = sorted(lib for lib in libraries & OWNERS.keys() if not relative(path).startswith(OWNERS[lib]))
    assert not strays, f"{relative(path)} imports {strays}"


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_import_inside_a_function(path: Path) -> None:
    """Only the exceptions named in LAZY."""
    allowed = {lib for place, libs in LAZY.items() if relative(path).startswith(place) for lib in libs}
    functions = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    hidden = {name.split(".")[0] for function in functions for name, _ in imports_of(function)}
    assert hidden <= allowed, f"{relative(path)} hides imports of {sorted(hidden - allowed)}"


def test_no_circular_import() -> None:
    """Every module can be read before those that use it."""
    modules = {module_of(path): path for path in SOURCES}
    uses = {
        name: {target for full, _ in imports_of(tree_of(path)) for target in (full, full.rpartition(".")[0]) if target in modules} - {name}
        for name, path in modules.items()
    }
    settled: set[str] = set()
    while ready := {name for name in uses if name not in settled and uses[name] <= settled}:
        settled |= ready
    assert settled == set(uses), f"circle among {sorted(set(uses) - settled)}"


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=relative)
def test_files_and_functions_stay_small(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_FILE_LINES, f"{relative(path)} has {lines} lines: split it by noun"
    functions = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions if f.end_lineno and f.end_lineno - f.lineno >= MAX_FUNCTION_LINES}
    assert not long, f"{relative(path)}: functions over {MAX_FUNCTION_LINES} lines {long}"


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_row_loops(path: Path) -> None:
    """Columnar always."""
    calls = {node.func.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    assert not calls & {"map_elements", "iterrows", "itertuples"}, relative(path)


@pytest.mark.parametrize("path", sorted((ROOT / "pipelines").glob("*.py")), ids=relative)
def test_dagster_modules_keep_real_annotations(path: Path) -> None:
    """String annotations break dagster's context parameter."""
    assert "from __future__ import annotations" not in path.read_text(encoding="utf-8")


def test_rooms_have_no_junk_drawers() -> None:
    """A shared function has a domain name and a room."""
    junk = [relative(path) for path in SOURCES if path.stem in {"utils", "helpers", "common", "misc"}]
    assert not junk


def test_house_is_complete() -> None:
    """Packages open with an explicit or empty __init__; every module says what belongs in it."""
    silent = [relative(path) for path in SOURCES if path.name != "__init__.py" and not ast.get_docstring(tree_of(path))]
    assert not silent, f"no module docstring: {silent}"
