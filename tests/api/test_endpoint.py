"""Methods, statuses and headers of the endpoint."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from app.api.negotiation import GRAPHQL_RESPONSE, JSON

from .sample import Door, codes, sample_app, sample_endpoint

TWO_NAMED = "query A { hello } query B { double }"


@pytest.mark.parametrize(
    ("query", "more", "code"),
    [
        ("{ hello", {}, "SYNTAX_ERROR"),
        ("# only a comment", {}, "SYNTAX_ERROR"),
        ("{ helo }", {}, "VALIDATION_FAILED"),
        ("type A { a: Int }", {}, "OPERATION_NOT_FOUND"),
        ("fragment F on Query { hello }", {}, "OPERATION_NOT_FOUND"),
        ("{ double(number: 99999999999) }", {}, "VALIDATION_FAILED"),
        ("{ double(number: " + "9" * 5_000 + ") }", {}, "VALIDATION_FAILED"),
        ('{ hello(name: "\\uD800") }', {}, "SYNTAX_ERROR"),
        ("query($n: Int!) { double(number: $n) }", {}, "INVALID_VARIABLES"),
        (
            "query($n: Int!) { double(number: $n) }",
            {"variables": {"n": "1"}},
            "INVALID_VARIABLES",
        ),
        (
            "query($n: Int!) { double(number: $n) }",
            {"variables": {"n": int("9" * 4_000)}},
            "INVALID_VARIABLES",
        ),
        ("query($n: Int = " + "9" * 5_000 + ") { double(number: $n) }", {}, "VALIDATION_FAILED"),
        (TWO_NAMED, {}, "OPERATION_NAME_REQUIRED"),
        (TWO_NAMED, {"operationName": None}, "OPERATION_NAME_REQUIRED"),
        (TWO_NAMED, {"operationName": "C"}, "OPERATION_NOT_FOUND"),
        (TWO_NAMED, {"operationName": ""}, "OPERATION_NOT_FOUND"),
        ("{ hello }", {"operationName": "A"}, "OPERATION_NOT_FOUND"),
        ("{ hello } query A { hello }", {"operationName": "A"}, "VALIDATION_FAILED"),
        ("subscription { ticks }", {}, "SUBSCRIPTION_NOT_SERVED"),
        ("{ ...F } fragment F on Query { ...F }", {}, "VALIDATION_FAILED"),
        ("{ ...Missing }", {}, "VALIDATION_FAILED"),
    ],
)
async def test_a_request_that_cannot_run_is_400_without_data(
    door: Door, query: str, more: dict[str, object], code: str
) -> None:
    response = await door.query(query, **more)
    assert response.status_code == 400
    assert "data" not in response.json()
    assert code in codes(response)


async def test_plain_json_answers_200_to_what_is_well_formed(door: Door) -> None:
    response = await door.post({"query": "{ helo }"}, accept=JSON)
    assert response.status_code == 200
    assert "data" not in response.json()


async def test_suggestions_are_not_for_strangers(door: Door) -> None:
    response = await door.query('{ helo hello(nam: "x") thing { nam } }')
    assert "Did you mean" not in response.text


async def test_an_argument_that_its_variable_made_null_is_the_clients_fault(door: Door) -> None:
    response = await door.query("query($n: Int) { double(number: $n) }", variables={"n": None})
    assert response.status_code == 200
    assert codes(response) == ["INVALID_VARIABLES"]


async def test_the_named_operation_runs(door: Door) -> None:
    response = await door.query(TWO_NAMED, operationName="B")
    assert response.json() == {"data": {"double": 2}}


async def test_the_same_document_runs_twice_and_with_other_variables(door: Door) -> None:
    query = "query($n: Int!) { double(number: $n) }"
    for number in (1, 2):
        response = await door.query(query, variables={"n": number})
        assert response.json() == {"data": {"double": 2 * number}}


async def test_a_mutation_over_get_is_405(door: Door) -> None:
    response = await door.http.get("/graphql", params={"query": "mutation { signOut }"})
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert "set-cookie" not in response.headers


async def test_a_query_beside_a_mutation_may_be_got(door: Door) -> None:
    query = "mutation M { signOut } query Q { hello }"
    response = await door.http.get("/graphql", params={"query": query, "operationName": "Q"})
    assert response.json() == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
async def test_other_methods_are_405(door: Door, method: str) -> None:
    response = await door.http.request(method, "/graphql")
    assert response.status_code == 405
    assert "POST" in response.headers["allow"]


async def test_nothing_acceptable_is_406(door: Door) -> None:
    response = await door.post({"query": "{ hello }"}, accept="image/png")
    assert response.status_code == 406
    assert codes(response) == ["NOT_ACCEPTABLE"]


async def test_head_is_get_without_a_body(door: Door) -> None:
    response = await door.http.head("/graphql?query=%7Bhello%7D")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(JSON)
    assert response.content == b""


async def test_answers_say_what_they_depend_on_and_are_not_kept(door: Door) -> None:
    response = await door.http.get("/graphql?query=%7Bhello%7D")
    vary = {name.strip() for name in response.headers["vary"].split(",")}
    assert {"Accept", "Authorization", "Cookie", "Origin"} <= vary
    assert response.headers["cache-control"] == "no-store"


async def test_any_page_may_ask_but_never_with_our_cookie(door: Door) -> None:
    response = await door.post({"query": "{ hello }"}, origin="https://news.example")
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers


async def test_refusals_carry_cors_too(door: Door) -> None:
    response = await door.raw(b"x", origin="https://news.example")
    assert response.headers["access-control-allow-origin"] == "*"
    assert "x-request-id" in response.headers["access-control-expose-headers"].lower()


async def test_preflight(door: Door) -> None:
    response = await door.http.options(
        "/graphql",
        headers={
            "Origin": "https://news.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type",
        },
    )
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    allowed = response.headers["access-control-allow-headers"].lower()
    assert "authorization" in allowed
    assert "content-type" in allowed
    assert "POST" in response.headers["access-control-allow-methods"]


async def test_each_operation_has_its_own_context(door: Door) -> None:
    first, second = await asyncio.gather(door.query("{contextId}"), door.query("{contextId}"))
    assert first.json()["data"]["contextId"].split()[1] == first.headers["x-request-id"]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_a_browser_gets_the_page_where_there_is_one() -> None:
    endpoint = sample_endpoint(page=lambda: "<!doctype html><title>GraphiQL</title>")
    async with Door.open(sample_app(endpoint)) as door:
        html = "text/html,application/xhtml+xml,*/*;q=0.8"
        response = await door.http.get("/graphql", headers={"Accept": html})
        assert response.status_code == 200
        assert "GraphiQL" in response.text
        posted = await door.post({"query": "{ hello }"}, accept=html)
        assert posted.json() == {"data": {"hello": "hello world"}}


async def test_it_works_behind_a_proxys_prefix() -> None:
    app = Starlette(routes=[Mount("/obole", app=sample_app())])
    async with Door.open(app) as door:
        response = await door.http.post("/obole/graphql", json={"query": "{ hello }"})
        assert response.json() == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL_RESPONSE, 503), (JSON, 200)])
async def test_a_slow_operation_is_stopped(accept: str, status: int) -> None:
    async with Door.open(sample_app(sample_endpoint(timeout_s=0.05))) as door:
        response = await door.post({"query": "{ slow hello }"}, accept=accept)
        assert response.status_code == status
        assert codes(response) == ["TIMEOUT"]
        assert [t for t in asyncio.all_tasks() if t is not asyncio.current_task()] == []


async def test_a_number_that_json_lacks_is_our_fault(door: Door) -> None:
    response = await door.query("{ notANumber }")
    assert codes(response) == ["INTERNAL"]
