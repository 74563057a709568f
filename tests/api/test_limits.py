"""What is too large is refused before it runs; what real clients send is not."""

import pytest
from graphql import get_introspection_query, parse

from app.api.guarded import GuardedSchema
from app.api.limits import LimitExceeded, Limits, check_shape

from .sample import Door, Query, codes


def nested(levels: int, inner: str = "name") -> str:
    return "{ thing " + "{ things " * levels + "{ " + inner + " }" + " }" * levels + " }"


def twice_the_introspection() -> str:
    query = get_introspection_query(True, True, True, True, True)
    start, end = query.index("__schema"), query.index("fragment FullType")
    schema = query[start:end].rstrip().removesuffix("}")
    return f"{{ a: {schema} b: {schema} }} {query[end:]}"


TOO_LARGE = {
    "30 levels in 500 bytes": (nested(30), "TOO_DEEP"),
    "190 levels": (nested(190), "TOO_DEEP"),
    "300 levels": (nested(300), "SYNTAX_ERROR"),
    "6 levels of plain lists": (nested(6), "TOO_COSTLY"),
    "6 levels, split into fragments": (
        "{ thing { ...A } } fragment A on Thing { things { things { things { ...B } } } } "
        "fragment B on Thing { things { things { things { name } } } }",
        "TOO_COSTLY",
    ),
    "30 levels of fragments": (
        "{ thing { ...F0 } }"
        + "".join(f"fragment F{n} on Thing {{ things {{ ...F{n + 1} }} }}" for n in range(30))
        + "fragment F30 on Thing { name }",
        "TOO_DEEP",
    ),
    "60 inline fragments": ("{" + " ... {" * 61 + " hello" + " }" * 62, "TOO_DEEP"),
    "fragments that double": (
        "{ thing { ...F0 } }"
        + "".join(
            f"fragment F{n} on Thing {{ related {{ nodes {{ ...F{n + 1} }} }} "
            f"things {{ ...F{n + 1} }} }}"
            for n in range(6)
        )
        + "fragment F6 on Thing { name }",
        "TOO_COSTLY",
    ),
    "one field 1,900 times": ("{" + " hello" * 1_900 + " }", "TOO_MANY_ROOT_FIELDS"),
    "one field 400 times below": (
        "{ thing {" + " things { name }" * 400 + " } }",
        "TOO_REPETITIVE",
    ),
    "60 fragments": (
        "{"
        + " ".join(f"...F{n}" for n in range(60))
        + " }"
        + "".join(f"fragment F{n} on Query {{ hello }}" for n in range(60)),
        "TOO_MANY_FRAGMENTS",
    ),
    "2,001 tokens": ("{ thing { " + "name " * 2_001 + "} }", "TOO_MANY_TOKENS"),
    "2,001 comments": ("#\n" * 2_001 + "{ hello }", "TOO_MANY_TOKENS"),
    "31 aliases": (
        "{ thing {" + " ".join(f"a{n}: name" for n in range(31)) + " } }",
        "TOO_MANY_ALIASES",
    ),
    "21 root fields": ("{" + "hello " * 21 + "}", "TOO_MANY_ROOT_FIELDS"),
    "a large page": ("{ contents(first: 100000) { nodes { name } } }", "TOO_COSTLY"),
    "a large list": ("{ top(first: 100000) { name } }", "TOO_COSTLY"),
    "pages within pages": (
        "{ contents(first: 100) { nodes { related(first: 100) { nodes { name } } } } }",
        "TOO_COSTLY",
    ),
    "pages of the default size within each other": (
        "{ contents { nodes { related { nodes { related { nodes { related { nodes { name } } } } } "
        "} } } }",
        "TOO_COSTLY",
    ),
    "introspection twice": (twice_the_introspection(), "TOO_COSTLY"),
}


@pytest.mark.parametrize(("query", "code"), TOO_LARGE.values(), ids=TOO_LARGE.keys())
async def test_too_large_is_refused_before_it_runs(door: Door, query: str, code: str) -> None:
    response = await door.query(query)
    assert response.status_code == 400
    assert codes(response) == [code]


async def test_the_500_byte_query_is_that_small() -> None:
    assert len(nested(30)) < 500


SERVED = {
    "introspection": get_introspection_query(),
    "introspection in every detail": get_introspection_query(True, True, True, True, True),
    "a page": "{ contents(first: 100) { nodes { name related(first: 5) { nodes { name } } } } }",
    "three plain lists": nested(3),
    "nothing of much": "{ contents(first: 0) { nodes { things { things { things { things "
    "{ things { name } } } } } } } }",
    "20 root fields": "{" + "hello " * 20 + "}",
    "one fragment in many places": "{ a: thing { ...F } b: thing { ...F } c: thing { ...F } } "
    "fragment F on Thing { name things { name } }",
}


@pytest.mark.parametrize("query", SERVED.values(), ids=SERVED.keys())
async def test_what_real_clients_send_is_served(door: Door, query: str) -> None:
    response = await door.query(query)
    assert response.status_code == 200, response.text
    assert "errors" not in response.json()


@pytest.mark.parametrize("size", [100_000, 1e5])
async def test_sizes_in_variables_count(door: Door, size: object) -> None:
    query = "query($n: Int!) { contents(first: $n) { nodes { name } } }"
    assert (await door.query(query, variables={"n": 10})).status_code == 200
    assert codes(await door.query(query, variables={"n": size})) == ["TOO_COSTLY"]
    assert (await door.query(query, variables={"n": 10})).status_code == 200


async def test_a_variables_default_counts(door: Door) -> None:
    query = "query($n: Int = 100000) { contents(first: $n) { nodes { name } } }"
    assert codes(await door.query(query)) == ["TOO_COSTLY"]
    assert (await door.query(query, variables={"n": 1})).status_code == 200


async def test_ids_count(door: Door) -> None:
    query = "query($ids: [ID!]!) { things(ids: $ids) { name things { name } } }"
    assert (await door.query(query, variables={"ids": ["a"] * 40})).status_code == 200
    assert codes(await door.query(query, variables={"ids": ["a"] * 9_000})) == ["TOO_COSTLY"]
    literal = "{ things(ids: [" + '"a" ' * 1_900 + "]) { things { name } } }"
    assert codes(await door.query(literal)) == ["TOO_COSTLY"]


async def test_a_remembered_document_is_measured_again_by_its_operation(door: Door) -> None:
    query = "query A { hello } query B { thing { things { things { things { things { things "
    query += "{ name } } } } } } }"
    for _ in range(2):
        assert (await door.query(query, operationName="A")).status_code == 200
        assert codes(await door.query(query, operationName="B")) == ["TOO_COSTLY"]


def test_shape_bears_unknown_and_cyclic_fragments() -> None:
    document = parse("{ ...A ...X } fragment A on Q { a { ...B } } fragment B on Q { b { ...A } }")
    check_shape(document, Limits())


def test_limits_are_settable() -> None:
    with pytest.raises(LimitExceeded) as refused:
        check_shape(parse("{ a { b } }"), Limits(max_depth=1))
    assert refused.value.extensions == {"code": "TOO_DEEP"}


async def test_they_hold_without_a_door_too() -> None:
    schema = GuardedSchema(Query)
    result = await schema.execute(nested(30))
    assert result.errors is not None
    assert result.data is None
