"""Scalars of our own: amounts, currencies, moments and addresses, each a string in JSON."""

import re
from datetime import UTC, datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError

from app.core.sharing import MAX_MICROS

Micros = NewType("Micros", int)
CurrencyCode = NewType("CurrencyCode", str)
URL = NewType("URL", str)

_MICROS = re.compile(r"-?[0-9]{1,16}")


def serialize_micros(value: Any) -> str:
    """An int of micro-units as a string. Raises GraphQLError for anything else, and beyond 2^53."""
    if type(value) is not int or abs(value) >= MAX_MICROS:
        raise GraphQLError("Micros are an integer whose absolute value is below 2^53.")
    return str(value)


def parse_micros(value: Any) -> int:
    """The int of a string of ASCII digits. Raises GraphQLError for anything else."""
    if not isinstance(value, str) or not _MICROS.fullmatch(value):
        raise GraphQLError('Micros are a string of ASCII digits, such as "3333333".')
    if abs(int(value)) >= MAX_MICROS:
        raise GraphQLError("Micros have an absolute value below 2^53.")
    return int(value)


def serialize_datetime(value: Any) -> str:
    """An aware datetime in UTC, as RFC 3339 with a Z."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise GraphQLError("A DateTime is an aware moment.")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_datetime(value: Any) -> datetime:
    """An aware datetime from RFC 3339. Raises GraphQLError without an offset from UTC."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise GraphQLError('A DateTime is written as RFC 3339: "2026-11-30T23:59:59Z".')
    return moment.astimezone(UTC)


def _text(kind: str) -> Any:
    """A parser that takes any string: what it must hold is decided, and named, in the domain."""

    def parse(value: Any) -> str:
        if not isinstance(value, str):
            raise GraphQLError(f"A {kind} is a string.")
        return value

    return parse


SCALARS: dict[object, Any] = {
    Micros: strawberry.scalar(
        name="Micros",
        description=(
            "A whole number of micro-units of a currency, 10⁻⁶ of its main unit (one euro is "
            '"1000000"), as a decimal string: JSON numbers and `Int` cannot carry it. Its absolute '
            "value is below 2⁵³, so it is exact in a JavaScript number too."
        ),
        serialize=serialize_micros,
        parse_value=parse_micros,
    ),
    CurrencyCode: strawberry.scalar(
        name="CurrencyCode",
        description="An active ISO 4217 currency in capitals: `EUR`, `JPY`.",
        specified_by_url="https://www.iso.org/iso-4217-currency-codes.html",
        serialize=str,
        parse_value=_text("CurrencyCode"),
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description='A moment in UTC, as RFC 3339: "2026-11-30T23:59:59.5Z".',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=serialize_datetime,
        parse_value=parse_datetime,
    ),
    URL: strawberry.scalar(
        name="URL",
        description=(
            "An absolute http or https address. What comes in is normalised: the fragment and a "
            "default port are dropped, scheme, path and query are kept."
        ),
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3986",
        serialize=str,
        parse_value=_text("URL"),
    ),
}
"""Python types and the scalars they are written as."""
