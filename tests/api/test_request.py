"""Everything a stranger can send is answered with a 4xx that says what is wrong, never a 500."""

import json
from collections.abc import AsyncIterator

import pytest

from app.api.request import MAX_BODY_BYTES

from .sample import Door, codes

BAD_BODIES = {
    "nothing": b"",
    "not JSON": b"{",
    "a string": b'"x"',
    "a number": b"1",
    "null": b"null",
    "true": b"true",
    "invalid UTF-8": b'{"query": "\xff\xfe"}',
    "UTF-16": '{"query":"{hello}"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"query":"{hello}"}',
    "10,000 arrays": b"[" * 10_000 + b"]" * 10_000,
    "10,000 objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "10,000 deep variables": b'{"query":"{hello}","variables":{"a":'
    + b"[" * 10_000
    + b"]" * 10_000,
    "5,000 digits": b'{"query":"{hello}","variables":{"a":' + b"9" * 5_000 + b"}}",
    "NaN": b'{"query":"{hello}","variables":{"a":NaN}}',
    "Infinity": b'{"query":"{hello}","variables":{"a":-Infinity}}',
    "a duplicate key": b'{"query":"{hello}","query":"{viewer}"}',
    "a duplicate variable": b'{"query":"{hello}","variables":{"a":1,"a":2}}',
    "half a surrogate pair": b'{"query":"{hello}","variables":{"a":"\\ud800"}}',
    "half a pair in the query": b'{"query":"{hello(name:\\"\\ud800\\")}"}',
    "trailing text": b'{"query":"{hello}"} x',
    "no query": b"{}",
    "query null": b'{"query":null}',
    "query a number": b'{"query":1}',
    "query an object": b'{"query":{}}',
    "query empty": b'{"query":""}',
    "query blank": b'{"query":" \\n\\t"}',
    "operationName a number": b'{"query":"{hello}","operationName":1}',
    "operationName a list": b'{"query":"{hello}","operationName":[]}',
    "variables a string": b'{"query":"{hello}","variables":"{}"}',
    "variables a list": b'{"query":"{hello}","variables":[]}',
    "variables a number": b'{"query":"{hello}","variables":0}',
    "variables false": b'{"query":"{hello}","variables":false}',
    "extensions a string": b'{"query":"{hello}","extensions":""}',
    "extensions a list": b'{"query":"{hello}","extensions":[]}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_malformed_body_is_400(door: Door, body: bytes, accept: str) -> None:
    response = await door.raw(body, accept=accept)
    assert response.status_code == 400
    assert response.headers["content-type"].startswith(accept)
    assert response.json()["errors"][0]["message"]
    assert "data" not in response.json()


async def test_a_batch_is_refused_and_told_why(door: Door) -> None:
    response = await door.post([{"query": "{hello}"}, {"query": "{hello}"}])
    assert response.status_code == 400
    assert codes(response) == ["BATCHING_NOT_SUPPORTED"]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "Application/JSON; charset=utf8; profile=x",
    ],
)
async def test_json_in_utf_8_is_taken(door: Door, content_type: str) -> None:
    response = await door.raw(
        '{"query":"{hello(name:\\"é😀\\")}"}'.encode(), content_type=content_type
    )
    assert response.json() == {"data": {"hello": "hello é😀"}}


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "x",
        "text/plain",
        "application/graphql",
        "application/json; charset=latin-1",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
    ],
)
async def test_another_content_type_is_415(door: Door, content_type: str) -> None:
    response = await door.raw(b'{"query":"{hello}"}', content_type=content_type)
    assert response.status_code == 415
    assert codes(response) == ["UNSUPPORTED_MEDIA_TYPE"]


async def test_a_compressed_body_is_415(door: Door) -> None:
    response = await door.raw(b"x", content_encoding="gzip")
    assert response.status_code == 415


async def test_a_body_over_the_cap_is_413(door: Door) -> None:
    body = b'{"query":"{hello}","variables":{"a":"' + b"x" * MAX_BODY_BYTES + b'"}}'
    response = await door.raw(body)
    assert response.status_code == 413
    assert codes(response) == ["BODY_TOO_LARGE"]


async def test_a_body_of_no_stated_length_is_capped_too(door: Door) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    headers = {"Content-Type": "application/json"}
    response = await door.http.post("/graphql", content=chunks(), headers=headers)
    assert response.status_code == 413


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "²", "9" * 40])
async def test_a_length_that_is_none_is_refused(door: Door, length: str) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", length.encode())]
    response = await door.http.post("/graphql", content=b"{}", headers=headers)
    assert response.status_code in (400, 413)


async def test_big_variables_are_taken(door: Door) -> None:
    name = "ü" * 300_000
    body = {"query": "query($n: String!) { hello(name: $n) }", "variables": {"n": name}}
    response = await door.post(body)
    assert response.json() == {"data": {"hello": f"hello {name}"}}


async def test_deep_variables_are_refused_by_their_type(door: Door) -> None:
    deep = json.loads("[" * 500 + "]" * 500)
    body = {"query": "query($n: String!) { hello(name: $n) }", "variables": {"n": deep}}
    response = await door.post(body, accept="application/graphql-response+json")
    assert response.status_code == 400
    assert codes(response) == ["INVALID_VARIABLES"]


async def test_nulls_stand_for_nothing(door: Door) -> None:
    body = {"query": "{hello}", "operationName": None, "variables": None, "extensions": None}
    assert (await door.post(body)).json() == {"data": {"hello": "hello world"}}


async def test_unknown_members_are_ignored(door: Door) -> None:
    body = {"query": "{hello}", "id": "x", "clientVersion": 1, "extensions": {"a": [1]}}
    assert (await door.post(body)).status_code == 200


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "query=",
        "query=%7Bhello%7D&query=%7Bhello%7D",
        "query=%FF",
        "query=%7Bhello%7D&variables=x",
        "query=%7Bhello%7D&variables=[]",
        "query=%7Bhello%7D&variables=1",
        "query=%7Bhello%7D&variables=%7B%22a%22%3A" + "9" * 5_000 + "%7D",
        "query=%7Bhello%7D&extensions=%22%22",
        "&".join(f"a{n}=1" for n in range(1_000)),
    ],
)
async def test_a_malformed_query_string_is_400(door: Door, query_string: str) -> None:
    response = await door.http.get(f"/graphql?{query_string}")
    assert response.status_code == 400


async def test_a_query_string_over_the_cap_is_414(door: Door) -> None:
    response = await door.http.get("/graphql?query=%7Bhello%7D&x=" + "x" * 40_000)
    assert response.status_code == 414


async def test_get_reads_all_four_parameters(door: Door) -> None:
    parameters = {
        "query": "query A($n: String!) { hello(name: $n) } query B { hello }",
        "operationName": "A",
        "variables": '{"n":"é"}',
        "extensions": "{}",
    }
    response = await door.http.get("/graphql", params=parameters)
    assert response.json() == {"data": {"hello": "hello é"}}


async def test_get_takes_empty_optional_parameters(door: Door) -> None:
    response = await door.http.get("/graphql?query=%7Bhello%7D&operationName=&variables=")
    assert response.json() == {"data": {"hello": "hello world"}}
