"""What all tests of promises share: the mark, and figures that are shown at the end of the run."""

from collections.abc import Callable, Iterator

import pytest

from connectors.formats.reader import Reader
from registry.district import Limits

_figures: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/promises" in item.path.as_posix():
            item.add_marker(pytest.mark.promises)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _figures:
        terminalreporter.section("promises, counted")
        for figure in _figures:
            terminalreporter.line(figure)


@pytest.fixture
def figures() -> Callable[[str], None]:
    """Keep one line for the end of the run."""
    return _figures.append


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """Return a reading process under the usual limits."""
    with Reader(Limits()) as reader:
        yield reader
