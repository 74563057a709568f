"""Made-up people for the demo, each with a handle and an address of their own. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import product
from random import Random

from app.commands.demo_words import FIRST_NAMES, LANGUAGES, LAST_NAMES


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in. `language` is theirs: fr, en, de or es."""

    handle: str
    display_name: str
    email: str
    language: str


def people(rng: Random, count: int) -> list[Person]:
    """`count` different people, at most about 400."""
    names = {language: _names(rng, language) for language in FIRST_NAMES}
    return [_person(names[language].pop(), language) for language in _languages(count)]


def slug(text: str) -> str:
    """ASCII words with hyphens: "Épisode 3 – L’écho" is "episode-3-l-echo"."""
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", "".join(letters).lower()).strip("-")


def _names(rng: Random, language: str) -> list[str]:
    first = FIRST_NAMES[language].split()
    last = LAST_NAMES[language].split()
    names = [f"{a} {b}" for a, b in product(first, last)]
    rng.shuffle(names)
    return names


def _languages(count: int) -> list[str]:
    return [LANGUAGES[n % len(LANGUAGES)] for n in range(count)]


def _person(name: str, language: str) -> Person:
    handle = slug(name)
    return Person(handle, name, f"{handle}@demo.example", language)
