"""Text that people read, always in Chinese and English together.

Belongs here: the pair itself and how a language choice shows it. Does not belong here: any particular sentence.
"""

from enum import StrEnum
from typing import NamedTuple


class Language(StrEnum):
    """What `--lang` accepts."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"


class Text(NamedTuple):
    """One text in the two languages of the project."""

    zh: str
    en: str

    def show(self, language: Language | str = Language.BOTH) -> str:
        """Return the text in `language`; `both` gives Chinese, a slash, English (once when they are equal)."""
        if language == Language.ZH:
            return self.zh
        if language == Language.EN or self.zh == self.en:
            return self.en
        return f"{self.zh} / {self.en}"
