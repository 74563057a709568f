"""Amounts: integers of micro-units with an ISO 4217 currency. No float ever comes in or out."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

import pycountry
from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision

from app.core.errors import BrokenInvariant, InvalidInput
from app.core.sharing import MAX_MICROS

MICROS = 1_000_000
"""Micro-units in one main unit (one euro, one yen): the same for every currency."""

_DECIMAL = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")
_NOT_MONEY = frozenset({"XXX", "XTS"})


@dataclass(frozen=True, slots=True)
class Money:
    """`micros` micro-units (1e-6 of the main unit, |micros| < 2**53) of an ISO 4217 `currency`."""

    micros: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.micros) is not int:
            raise BrokenInvariant(f"an amount is an int of micro-units, not {self.micros!r}")
        if not -MAX_MICROS < self.micros < MAX_MICROS:
            raise BrokenInvariant(f"{self.micros} micro-units are beyond 2**53")


def parse_decimal(text: str, *, field: str = "decimal") -> int:
    """The micro-units of a decimal such as "10.00": ASCII, at most 10 + 6 digits, no sign.

    Raises InvalidInput naming `field`, also for an amount of 2**53 micro-units or more.
    Source: DESIGN.md, money rule 1.
    """
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise InvalidInput(
            f"{str(text)[:40]!r} is no amount. Write digits with at most six decimals, "
            'such as "10.00".',
            field=field,
        )
    whole, _, decimals = text.partition(".")
    micros = int(whole) * MICROS + int(decimals.ljust(6, "0"))
    if micros >= MAX_MICROS:
        raise InvalidInput("This amount is too large. Choose a smaller one.", field=field)
    return micros


def format_decimal(micros: int) -> str:
    """The exact decimal of an amount: "10.00", "0.000001", "-3.333333"; two to six decimals."""
    whole, rest = divmod(abs(micros), MICROS)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{whole}.{decimals}"


def format_money(money: Money, locale: str = "en") -> str:
    """The amount for a reader of `locale` (BCP 47), exact, by Babel: "€10.00", "3,333333 €".

    Shows the currency's own digits, and more, up to six, only where the amount has them.
    Raises InvalidInput for a locale nobody knows.
    """
    decimals = len(format_decimal(money.micros).partition(".")[2].rstrip("0"))
    digits = max(decimals, currency_digits(money.currency))
    pattern = _pattern(locale, digits)
    amount = Decimal(money.micros) / MICROS
    return format_currency(
        amount, money.currency, pattern, locale=_locale(locale), currency_digits=False
    )


@lru_cache(maxsize=1024)
def _pattern(locale: str, digits: int) -> str:
    standard = _locale(locale).currency_formats["standard"].pattern
    fraction = f".{'0' * digits}" if digits else ""
    return re.sub(r"\.0+", fraction, standard)


@lru_cache(maxsize=256)
def _locale(locale: str) -> Locale:
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        raise InvalidInput(
            f"{locale[:40]!r} is no locale; try `en` or `fr`.", field="locale"
        ) from None


def check_currency(code: str, *, field: str = "currency") -> str:
    """`code` if it is an active ISO 4217 currency, upper case; else InvalidInput."""
    if code not in currencies():
        raise InvalidInput(
            f"{str(code)[:20]!r} is no ISO 4217 currency. Write three capitals, such as EUR.",
            field=field,
        )
    return code


def currency_number(code: str) -> int:
    """The ISO 4217 number of a currency (EUR: 978), its short form in the settlement's frames."""
    return currencies()[code]


def currency_of_number(number: int) -> str:
    """The code of an ISO 4217 number (978: EUR)."""
    return _codes()[number]


def currency_digits(code: str) -> int:
    """How many decimals people write in this currency: 2 for EUR, 0 for JPY."""
    return get_currency_precision(code)


@cache
def currencies() -> dict[str, int]:
    """Every active ISO 4217 code with its number, tests and "no currency" left out."""
    rows = ((c.alpha_3, int(c.numeric)) for c in pycountry.currencies)
    return {code: number for code, number in rows if code not in _NOT_MONEY}


@cache
def _codes() -> dict[int, str]:
    return {number: code for code, number in currencies().items()}
