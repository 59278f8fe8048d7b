"""Expected trouble: what went wrong, where, what was expected and how to mend it.

Belongs here: the few exceptions that `pipelines.cli.run` turns into one line and an exit code.
Does not belong here: problems inside the data of a roll; those are quarantine rows, failed checks or findings.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from registry.schema.text import Language, Text


class RegistryError(Exception):
    """Expected trouble. The message names the place, what was expected, what was found and the remedy."""

    exit_code: ClassVar[int] = 3

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)

    def show(self, language: Language | str) -> str:
        """Return the message in the wanted language."""
        return self.text.show(language)


class ConfigError(RegistryError):
    """A file of `districts/` or an option of the command line is wrong."""

    exit_code = 2

    def __init__(self, zh: str, en: str, *, file: Path | str | None = None, line: int | None = None) -> None:
        place = "" if file is None else f"{file}:{line}: " if line else f"{file}: "
        super().__init__(f"{place}{zh}", f"{place}{en}")
        self.file, self.line = file, line


class DeliveryError(RegistryError):
    """A delivered file, or the inbox, cannot be used; the other rolls go on where one file is at fault."""


class SchemaMismatch(RegistryError):
    """A frame that crosses a border does not have the declared columns: a fault of ours, not of the data."""

    exit_code = 1

    def __init__(self, table: str, wrong: Mapping[str, tuple[object, object]]) -> None:
        listed = "; ".join(f"{column}: {want} / {got}" for column, (want, got) in sorted(wrong.items()))
        super().__init__(
            f"{table} 的列与声明不符（应为 / 实为）：{listed}", f"{table} differs from its declaration (expected / got): {listed}"
        )


class CheckFailed(RegistryError):
    """A blocking check failed; nothing was published."""


class Busy(RegistryError):
    """Another run holds this home."""

    exit_code = 75
