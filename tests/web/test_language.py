"""The reader's language: negotiated, and its numbers, months and amounts."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core.money import Money
from app.web.language import Language, preferred


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("en;q=0.5, fr;q=0.6", "fr"),
        ("de, fr;q=0.3", "fr"),
        ("de", "en"),
        ("*", "en"),
        ("fr;q=0", "en"),
        ("fr;q=nonsense", "en"),
        ("fr;q=7", "en"),
        ("FR", "fr"),
        (",;,;;q=,", "en"),
        ("de," * 100 + "fr", "en"),
    ],
)
def test_accept_language(header: str, code: str) -> None:
    assert preferred(header) == code


@pytest.mark.parametrize(
    ("length", "english", "french"),
    [
        (timedelta(days=6, hours=23), "6 days", "6 jours"),
        (timedelta(days=2), "2 days", "2 jours"),
        (timedelta(days=1, hours=23), "47 hours", "47 heures"),
        (timedelta(hours=2), "2 hours", "2 heures"),
        (timedelta(minutes=119), "119 minutes", "119 minutes"),
        (timedelta(minutes=1), "1 minute", "1 minute"),
        (timedelta(seconds=1), "1 minute", "1 minute"),
    ],
)
def test_spans_are_rounded_down_and_never_zero(
    length: timedelta, english: str, french: str
) -> None:
    assert Language("en").span(length) == english
    assert Language("fr").span(length).replace("\xa0", " ") == french


def test_numbers_and_amounts_are_the_readers() -> None:
    assert Language("en").number(12345) == "12,345"
    assert Language("fr").number(12345) == "12\u202f345"
    assert Language("en").money(Money(900_000, "EUR")) == "€0.90"
    assert Language("fr").money(Money(1, "EUR")) == "0,000001\xa0€"


def test_dates() -> None:
    first = datetime(2026, 12, 1, tzinfo=UTC)
    assert Language("en").month(first) == "December 2026"
    assert Language("en").moment(first) == "1 December, 00:00"
    assert Language("fr").moment(first) == "1er décembre, 00:00"
    assert Language("fr").moment(first + timedelta(days=1)) == "2 décembre, 00:00"
    assert Language("fr").sentence(Language("fr").month(first)) == "Décembre 2026"


@pytest.mark.parametrize(
    ("n", "english", "french"),
    [
        (0, "0 supporters", "0 soutien"),
        (1, "1 supporter", "1 soutien"),
        (2, "2 supporters", "2 soutiens"),
        (1_000_000, "1,000,000 supporters", "1\u202f000\u202f000 de soutiens"),
    ],
)
def test_plurals(n: int, english: str, french: str) -> None:
    assert Language("en").count("supporters", n) == english
    assert Language("fr").count("supporters", n) == french


def test_a_word_is_used_for_what_it_is() -> None:
    with pytest.raises(KeyError):
        Language("en").say("supporters")
    with pytest.raises(KeyError):
        Language("en").count("headline", 1)
