"""What a client is told, and what only the log is told."""

import pytest
from structlog.testing import capture_logs

from app.api.negotiation import GRAPHQL_RESPONSE, JSON
from app.api.request_id import HEADER

from .sample import Door, codes


@pytest.mark.parametrize("accept", [GRAPHQL_RESPONSE, JSON])
async def test_a_bug_is_masked_and_logged_under_the_requests_id(door: Door, accept: str) -> None:
    with capture_logs() as logs:
        response = await door.post({"query": "{ hello breaks }"}, accept=accept)
    request_id = response.headers[HEADER]
    assert response.status_code == 200
    assert response.json() == {
        "errors": [
            {
                "message": f"Unexpected error. Quote request id {request_id}.",
                "extensions": {"code": "INTERNAL", "requestId": request_id},
                "locations": [{"line": 1, "column": 9}],
                "path": ["breaks"],
            }
        ],
        "data": {"hello": "hello world", "breaks": None},
    }
    (entry,) = logs
    assert entry["log_level"] == "error"
    assert entry["request_id"] == request_id
    assert entry["path"] == "breaks"
    assert str(entry["exc_info"]) == "the secret of the house"
    assert entry["exc_info"].__traceback__ is not None


async def test_a_bug_that_leaves_no_data(door: Door) -> None:
    with capture_logs():
        response = await door.query("{ breaksAll }")
    assert response.status_code == 200
    assert response.json()["data"] is None
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("query", "message", "extensions"),
    [
        (
            "{ refuses }",
            "Your wallet is empty. Add any amount and this click counts.",
            {"code": "WALLET_EMPTY"},
        ),
        ("{ refusesInput }", "Too long.", {"code": "INVALID_INPUT", "field": "title"}),
        (
            "{ refusesForNow }",
            "That was too fast. Wait a moment and try again.",
            {"code": "RATE_LIMITED", "retryAfter": 7},
        ),
    ],
)
async def test_a_domain_error_says_what_it_says(
    door: Door, query: str, message: str, extensions: dict[str, object]
) -> None:
    with capture_logs() as logs:
        response = await door.query(query)
    (error,) = response.json()["errors"]
    assert error["message"] == message
    assert error["extensions"] == extensions
    assert list(response.json()["data"].values()) == [None]
    assert logs == []


@pytest.mark.parametrize(
    "query",
    ["{ hello", "{ password }", '{ hello(name: "hunter2", x: 1) }', "{" + "hello " * 50 + "}"],
)
async def test_clients_errors_leave_no_trace_of_the_query(
    door: Door, query: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    response = await door.query(query)
    assert response.status_code == 400
    captured = capsys.readouterr()
    assert captured.out + captured.err + caplog.text == ""


async def test_a_list_of_bugs_is_logged_a_few_times(door: Door) -> None:
    query = "{" + " ".join(f"a{n}: breaks" for n in range(9)) + " }"
    with capture_logs() as logs:
        response = await door.query(query)
    assert codes(response) == ["INTERNAL"] * 9
    assert len(logs) == 6
    assert logs[-1]["count"] == 4
