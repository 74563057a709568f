"""Which form an answer takes."""

import pytest

from app.api.negotiation import (
    GRAPHQL_RESPONSE,
    JSON,
    Streaming,
    prefers_html,
    response_type,
    streaming,
)

URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, "
    "text/event-stream, multipart/mixed"
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        ("APPLICATION/JSON", JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE};q=0.9", JSON),
        (f"{GRAPHQL_RESPONSE};q=0.5, */*;q=0.9", JSON),
        (f"{GRAPHQL_RESPONSE}, */*", GRAPHQL_RESPONSE),
        (f"{JSON};q=0, */*", GRAPHQL_RESPONSE),
        (f"{JSON};q=0", None),
        ("text/event-stream", None),
        ("text/html", None),
        ("image/png, text/*", None),
        (f"{JSON}; charset=latin-1", None),
        (f"{JSON};q=nonsense", None),
        (f"{JSON};q=nan", None),
        (",,;;,/", None),
        (URQL, GRAPHQL_RESPONSE),
        (BROWSER, JSON),
        ("x/y," * 5_000 + JSON, None),
    ],
)
def test_response_type(accept: str | None, expected: str | None) -> None:
    assert response_type(accept) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("text/html, application/json;q=0.9", True),
        ("text/html, application/json", False),
        ("text/html;q=0.5, application/json", False),
        ("text/html;q=0", False),
        ("*/*", False),
        (URQL, False),
        (None, False),
    ],
)
def test_prefers_html(accept: str | None, expected: bool) -> None:
    assert prefers_html(accept) is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, Streaming.POSSIBLE),
        ("", Streaming.POSSIBLE),
        ("*/*", Streaming.POSSIBLE),
        ("text/*", Streaming.POSSIBLE),
        ("application/json", Streaming.NO),
        ("text/html", Streaming.NO),
        ("text/event-stream;q=0, */*", Streaming.NO),
        ("text/event-stream", Streaming.PREFERRED),
        ("text/event-stream, */*", Streaming.PREFERRED),
        ("TEXT/Event-Stream; charset=utf-8", Streaming.PREFERRED),
        ("application/json;q=0.9, text/event-stream", Streaming.PREFERRED),
        ("application/json, text/event-stream", Streaming.POSSIBLE),
        ("application/json, text/event-stream;q=0.9", Streaming.POSSIBLE),
        ("text/event-stream, application/graphql-response+json", Streaming.POSSIBLE),
        (
            "application/graphql-response+json, application/graphql+json, application/json, "
            "text/event-stream, multipart/mixed",
            Streaming.POSSIBLE,
        ),
    ],
)
def test_whether_a_client_would_rather_have_a_stream(
    accept: str | None, expected: Streaming
) -> None:
    assert streaming(accept) is expected
