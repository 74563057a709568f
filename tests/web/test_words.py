"""Both languages say the same things."""

import re
from string import Formatter

import pytest
from babel import Locale

from app.web.words import CATALOGUE

ENGLISH, FRENCH = CATALOGUE["en"], CATALOGUE["fr"]


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _sentences(words: str | dict[str, str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words.values())


def test_the_same_keys_of_the_same_kind() -> None:
    assert ENGLISH.keys() == FRENCH.keys()
    for key in ENGLISH:
        assert isinstance(ENGLISH[key], str) == isinstance(FRENCH[key], str), key


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_the_same_places_are_filled(key: str) -> None:
    wanted = {frozenset(_places(text)) for text in _sentences(ENGLISH[key])}
    assert {frozenset(_places(text)) for text in _sentences(FRENCH[key])} == wanted


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_plural_form_is_there(code: str) -> None:
    forms = set(Locale(code).plural_form.tags) | {"other"}
    for key, words in CATALOGUE[code].items():
        if not isinstance(words, str):
            assert words.keys() == forms, key


def test_french_double_punctuation_never_begins_a_line() -> None:
    for words in FRENCH.values():
        for text in _sentences(words):
            assert not re.search(r" [:;?!]", text), text
