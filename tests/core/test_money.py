"""Amounts: what is read, what is refused, and how people of a locale see it."""

import re
from typing import Any

import pytest
from babel import localedata
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import BrokenInvariant, InvalidInput
from app.core.money import (
    Money,
    check_currency,
    currencies,
    currency_digits,
    currency_number,
    currency_of_number,
    format_decimal,
    format_money,
    parse_decimal,
)
from app.core.sharing import MAX_MICROS

READ = [
    ("0", 0), ("0.0", 0), ("0.000001", 1), ("1", 1_000_000), ("10.00", 10_000_000),
    ("3.333333", 3_333_333), ("007", 7_000_000), ("0.1", 100_000), ("10.10", 10_100_000),
    ("9007199254.740991", MAX_MICROS - 1),
]  # fmt: skip
REFUSED: list[Any] = [
    "", " ", ".", "1.", ".5", "-1", "+1", "1,50", "1 000", "1_000", "1e3", "1E-2", "0x10",
    "NaN", "nan", "Infinity", "inf", "1.0000000", "12345678901", "1.2.3", " 1", "1 ", "1\n",
    "1\x00", "\ud800", "١٢", "１０", "²", "½", "1.٣", "€10", "10 EUR", "a" * 10_000,
    "9007199254.740992", "9999999999.999999", "9999999999",
    1, 1.0, 0.1, None, True, b"1", float("nan"), ["1"],
]  # fmt: skip


@pytest.mark.parametrize(("text", "micros"), READ)
def test_a_decimal_is_read(text: str, micros: int) -> None:
    assert parse_decimal(text) == micros


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text)[:20])
def test_anything_else_is_refused(text: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_decimal(text, field="budget")
    assert refused.value.field == "budget"
    assert len(refused.value.message) < 200


SHOWN = [
    (0, "0.00"), (1, "0.000001"), (-1, "-0.000001"), (10_000_000, "10.00"), (100_000, "0.10"),
    (3_333_333, "3.333333"), (-3_333_330, "-3.33333"), (1_005_000, "1.005"),
    (MAX_MICROS - 1, "9007199254.740991"), (1 - MAX_MICROS, "-9007199254.740991"),
]  # fmt: skip


@pytest.mark.parametrize(("micros", "text"), SHOWN)
def test_a_decimal_is_written_exactly(micros: int, text: str) -> None:
    assert format_decimal(micros) == text


@given(st.integers(min_value=0, max_value=MAX_MICROS - 1))
def test_what_is_written_is_read_again(micros: int) -> None:
    assert parse_decimal(format_decimal(micros)) == micros
    if micros:
        assert format_decimal(-micros) == f"-{format_decimal(micros)}"


@given(st.text(max_size=30))
def test_no_text_is_read_as_something_it_does_not_say(text: str) -> None:
    try:
        micros = parse_decimal(text)
    except InvalidInput:
        return
    whole, _, decimals = format_decimal(micros).partition(".")
    said, _, said_decimals = text.partition(".")
    assert (int(said), said_decimals.rstrip("0")) == (int(whole), decimals.rstrip("0"))


@pytest.mark.parametrize("micros", [1.0, 0.1, True, "1", None, float("nan")])
def test_an_amount_is_an_int(micros: Any) -> None:
    with pytest.raises(BrokenInvariant):
        Money(micros, "EUR")


@pytest.mark.parametrize("sign", [1, -1])
def test_amounts_end_below_2_53(sign: int) -> None:
    assert Money(sign * (2**53 - 1), "EUR").micros == sign * (2**53 - 1)
    for micros in (2**53, 2**53 + 1, 2**63, 10**30):
        with pytest.raises(BrokenInvariant):
            Money(sign * micros, "EUR")


SEEN = [
    (10_000_000, "EUR", "en", "€10.00"),
    (-10_000_000, "EUR", "en", "-€10.00"),
    (3_333_333, "EUR", "en", "€3.333333"),
    (3_333_333, "EUR", "fr", "3,333333\u00a0€"),
    (3_333_333, "EUR", "fr-CH", "3,333333\u00a0€"),
    (1_234_567_890_000, "EUR", "de", "1.234.567,89\u00a0€"),
    (100_000_000, "JPY", "en", "¥100"),
    (100_500_000, "JPY", "en", "¥100.5"),
    (1_000_000, "KWD", "en", "KWD1.000"),
    (1_234_500, "KWD", "en", "KWD1.2345"),
    (1, "JPY", "en", "¥0.000001"),
]


@pytest.mark.parametrize(("micros", "currency", "locale", "text"), SEEN)
def test_people_see_all_of_an_amount(micros: int, currency: str, locale: str, text: str) -> None:
    assert format_money(Money(micros, currency), locale) == text


def test_no_locale_rounds_or_drops_a_micro_unit() -> None:
    for locale in localedata.locale_identifiers():
        seen = format_money(Money(-1_234_567, "EUR"), locale)
        digits = "".join(str(int(c)) for c in re.findall(r"\d", seen))
        assert digits == "1234567", locale


@pytest.mark.parametrize(
    "locale", ["", "-", "xx-nowhere", "../../etc/passwd", "en\x00", "\ud800", "x" * 10_000, "１"]
)
def test_an_unknown_locale_is_refused(locale: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        format_money(Money(1, "EUR"), locale)
    assert refused.value.field == "locale"


@pytest.mark.parametrize(
    "code", ["", "eur", "Eur", "EUR ", "EURO", "XXX", "XTS", "BTC", "ＥＵＲ", "€", "\x00", "\ud800"]
)
def test_an_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_currency(code)
    assert refused.value.field == "currency"


def test_currencies_and_their_numbers_are_one_to_one() -> None:
    assert (currency_number("EUR"), currency_of_number(978)) == (978, "EUR")
    assert all(currency_of_number(currency_number(code)) == code for code in currencies())
    assert check_currency("EUR") == "EUR"


@pytest.mark.parametrize(
    ("code", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("XCG", 2), ("CLF", 4), ("UYI", 0)]
)
def test_a_currency_has_its_own_digits(code: str, digits: int) -> None:
    assert currency_digits(code) == digits
