"""Which language a reader gets, and how it says numbers, names, months and amounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit
from starlette.requests import Request

from app.core.money import Money, format_money
from app.web.words import CATALOGUE

DEFAULT = "en"
MAX_RANGES = 32
"""Entries of an Accept-Language header that are read."""


@dataclass(frozen=True, slots=True)
class Language:
    """One of the catalogue's languages; `code` is `en` or `fr`."""

    code: str

    def say(self, key: str, **filling: object) -> str:
        """The sentence under `key`, filled in. Raises KeyError where there is none."""
        words = CATALOGUE[self.code][key]
        if not isinstance(words, str):
            raise KeyError(f"{key} is said of a number: use `count`")
        return words.format(**filling)

    def count(self, key: str, n: int) -> str:
        """The form of `key` that goes with `n`, with `{n}` written for this reader."""
        words = CATALOGUE[self.code][key]
        if isinstance(words, str):
            raise KeyError(f"{key} is not said of a number: use `say`")
        form = Locale(self.code).plural_form(n)
        return words.get(form, words["other"]).format(n=self.number(n))

    def number(self, n: int) -> str:
        """Grouped as this reader writes it: 12,345 or 12 345."""
        return str(format_decimal(n, locale=self.code))

    def money(self, money: Money) -> str:
        """The exact amount with its currency."""
        return format_money(money, self.code)

    def names(self, names: Sequence[str]) -> str:
        """`Ada, Ruth and Owen`."""
        return format_list(list(names), locale=self.code)

    def tongue(self, tag: str) -> str:
        """A language by its name, `Portuguese (Brazil)`; the tag itself where it has none."""
        try:
            return Locale.parse(tag, sep="-").get_display_name(self.code) or tag
        except (ValueError, UnknownLocaleError):
            return tag

    def month(self, at: datetime) -> str:
        """`November 2026`."""
        return format_skeleton("yMMMM", at, tzinfo=UTC, locale=self.code)

    def sentence(self, text: str) -> str:
        """The text with a capital at its beginning: months have none of their own in French."""
        return text[:1].upper() + text[1:]

    def moment(self, at: datetime) -> str:
        """A day and time in UTC, in words: `1 December, 00:00`, in French `1er décembre`."""
        ordinal = "'er'" if self.code == "fr" and at.astimezone(UTC).day == 1 else ""
        return format_datetime(at, f"d{ordinal} MMMM, HH:mm", tzinfo=UTC, locale=self.code)

    def time(self, at: datetime) -> str:
        """The time of day in UTC, to the second."""
        return format_datetime(at, "HH:mm:ss", tzinfo=UTC, locale=self.code)

    def span(self, length: timedelta) -> str:
        """How long: `6 days` from two days up, else `31 hours`, else `5 minutes`, never zero."""
        minutes = max(1, int(length.total_seconds()) // 60)
        if minutes >= 2 * 24 * 60:
            return format_unit(minutes // (24 * 60), "duration-day", locale=self.code)
        if minutes >= 2 * 60:
            return format_unit(minutes // 60, "duration-hour", locale=self.code)
        return format_unit(minutes, "duration-minute", locale=self.code)


def language_of(request: Request) -> Language:
    """The language asked for by `?lang=`, else the best of `Accept-Language`, else English."""
    chosen = chosen_code(request) or preferred(request.headers.get("accept-language", ""))
    return Language(chosen)


def chosen_code(request: Request) -> str | None:
    """The catalogue's language asked for by `?lang=`, if it is one."""
    asked = request.query_params.get("lang", "")
    return asked if asked in CATALOGUE else None


def preferred(accept_language: str) -> str:
    """The catalogue's language that an Accept-Language header weighs most (RFC 9110 §12.5.4)."""
    weights: dict[str, float] = {}
    for entry in accept_language.split(",")[:MAX_RANGES]:
        tag, _, parameter = entry.strip().partition(";")
        code = tag.strip().lower().partition("-")[0]
        code = DEFAULT if code == "*" else code
        if code in CATALOGUE:
            weights[code] = max(weights.get(code, 0.0), _quality(parameter))
    best = max(weights, key=lambda code: weights[code], default=DEFAULT)
    return best if weights.get(best, 0.0) > 0 else DEFAULT


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        quality = float(value.strip())
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0
