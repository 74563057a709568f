"""Scalars, at their edges."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from graphql import GraphQLError

from app.schema.scalars import parse_datetime, parse_micros, serialize_datetime, serialize_micros


@pytest.mark.parametrize("text", ["0", "-1", "3333333", str(2**53 - 1), str(1 - 2**53)])
def test_micros_there_and_back(text: str) -> None:
    assert serialize_micros(parse_micros(text)) == text


@pytest.mark.parametrize(
    "value",
    [1, 1.0, True, None, "", "1.0", "1e3", "+1", " 1", "1 ", "１", "٣", "1_000", "0x1", "--1",
     str(2**53), str(-(2**53)), "9" * 5000, "\x00"],
)  # fmt: skip
def test_what_is_no_micros_is_refused(value: Any) -> None:
    with pytest.raises(GraphQLError):
        parse_micros(value)


@pytest.mark.parametrize("value", [1.0, True, "1", None, 2**53, -(2**53)])
def test_what_is_no_amount_is_never_sent(value: Any) -> None:
    with pytest.raises(GraphQLError):
        serialize_micros(value)


def test_moments_are_in_utc() -> None:
    paris = timezone(timedelta(hours=1))
    moment = datetime(2026, 12, 1, 0, 30, tzinfo=paris)
    assert serialize_datetime(moment) == "2026-11-30T23:30:00Z"
    assert parse_datetime("2026-12-01T00:30:00+01:00") == moment
    assert parse_datetime("2026-12-01T00:30:00+01:00").tzinfo is UTC


@pytest.mark.parametrize("value", ["2026-12-01T00:00:00", "soon", "", 5, None, "\ud800"])
def test_what_is_no_moment_is_refused(value: Any) -> None:
    with pytest.raises(GraphQLError):
        parse_datetime(value)


def test_a_naive_moment_is_never_sent() -> None:
    with pytest.raises(GraphQLError):
        serialize_datetime(datetime(2026, 12, 1))
