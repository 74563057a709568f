"""What a client is told, and what only the log is told."""

from collections.abc import Callable
from typing import Any, NewType

import pytest
import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionResult, PreExecutionError
from structlog.testing import capture_logs

from app.api.errors import format_errors
from app.api.guarded import GuardedSchema
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
            {"code": "RATE_LIMITED", "retryAfterSeconds": 7},
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


async def test_no_name_of_the_schema_is_suggested(door: Door) -> None:
    for query, variables in (
        ("query($o: Colour!) { paint(colour: $o) }", {"o": "GREN"}),
        ("query($o: Colour!) { paint(colour: $o) }", {"o": "green"}),
        ("{ paint(colour: GREN) }", {}),
        ("{ hell }", {}),
    ):
        response = await door.query(query, variables=variables)
        assert response.status_code == 400
        assert "GREEN" not in response.text and "hello" not in response.text
        assert "Did you mean" not in response.text
        assert response.json()["errors"][0]["message"].endswith((".", "enum."))


@pytest.mark.parametrize("cause", [ValueError, TypeError, KeyError])
@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("Variable '$n' has invalid value: no number", True),
        ("Expected value of type 'Int', found x.", True),
        ("the secret of the house", False),
    ],
)
def test_what_breaks_before_a_field_is_the_clients_only_in_graphqls_words(
    cause: Callable[[str], Exception], message: str, told: bool
) -> None:
    error = GraphQLError(message, original_error=cause("the secret of the house"))
    with capture_logs() as logs:
        (entry,) = format_errors(ExecutionResult(data=None, errors=[error]), request_id="r")
    extensions: Any = entry["extensions"]
    assert extensions["code"] == ("INVALID_VARIABLES" if told else "INTERNAL")
    assert (entry["message"] == message) is told
    assert len(logs) == (0 if told else 1)


def parse_even(value: int) -> int:
    if value % 2:
        raise ValueError(f"{value} is odd")
    return value


Even = NewType("Even", int)
SCALARS: dict[object, Any] = {Even: strawberry.scalar(name="Even", parse_value=parse_even)}


@strawberry.type
class Halves:
    @strawberry.field
    def half(self, of: Even) -> int:
        return of // 2


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ half(of: 3) }", "VALIDATION_FAILED"),
        ("query($n: Even!) { half(of: $n) }", "INVALID_VARIABLES"),
    ],
)
async def test_what_a_scalar_says_of_a_value_is_told(query: str, code: str) -> None:
    schema = GuardedSchema(Halves, config=StrawberryConfig(scalar_map=SCALARS))
    assert (await schema.execute("{ half(of: 4) }")).data == {"half": 2}
    result = await schema.execute(query, variable_values={"n": 3})
    assert isinstance(result, ExecutionResult | PreExecutionError)
    (entry,) = format_errors(result, request_id="r")
    assert entry["extensions"] == {"code": code}
    assert "3 is odd" in str(entry["message"])
