"""What carbonledger says, in English and in Chinese: one catalogue, ``data/messages.csv``, for names and messages.

The English stands where it is said, so that code reads as it speaks; the catalogue gives the Chinese for it. A test
fails when one is missing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import lru_cache, reduce
from typing import Any

from .shipped import package_file

LANGS = ("en", "zh")


class Said(str):
    """A message in English that still knows its template and values, so that it can be said in Chinese."""

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, values: dict[str, Any]) -> Said:
        made = super().__new__(cls, template.format_map(values))
        made.template, made.values = template, values
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (Said, (self.template, self.values))

    def to(self, lang: str) -> str:
        if lang == "en":
            return str(self)
        values = {
            name: to_lang(value, lang) if isinstance(value, Said) else value for name, value in self.values.items()
        }
        return word(self.template, lang).format_map(values)


class Named(Said):
    """A name as files write it that also has a Chinese one: an activity, an indicator, an entity."""

    chinese: str

    def __new__(cls, name: str, chinese: str) -> Named:
        made = str.__new__(cls, name)
        made.template, made.values, made.chinese = name, {}, chinese
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (Named, (str(self), self.chinese))

    def to(self, lang: str) -> str:
        return str(self) if lang == "en" else self.chinese or str(self)


def say(template: str, /, **values: Any) -> Said:
    """A message, e.g. ``say("no file {name!r}", name="a.csv")``; values may be messages themselves."""
    return Said(template, values)


def listed(parts: Iterable[str]) -> str:
    """Messages one after the other, parted by semicolons; blank for none."""
    return reduce(lambda before, part: say("{before}; {part}", before=before, part=part) if before else part, parts, "")


def to_lang(text: str, lang: str) -> str:
    """A text in the language: messages are translated, plain text (a file's own words) stays as it is."""
    return text.to(lang) if isinstance(text, Said) else text


def word(english: str, lang: str) -> str:
    """A word or a template of the catalogue in English or Chinese.

    Raises
    ------
    KeyError
        If the catalogue lacks it: a report half in another language is not shipped.
    """
    return english if lang == "en" else _chinese()[english]


@lru_cache(maxsize=1)
def _chinese() -> dict[str, str]:
    with package_file("messages.csv").open(encoding="utf-8", newline="") as lines:
        return {line["en"]: line["zh"] for line in csv.DictReader(lines)}
