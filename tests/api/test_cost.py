"""The estimate itself, to the value."""

import pytest
from graphql import OperationDefinitionNode, parse

from app.api.cost import check_cost, standard_introspection_cost
from app.api.guarded import GuardedSchema
from app.api.limits import LimitExceeded, Limits

from .sample import Query

SCHEMA = GuardedSchema(Query).core


def cost(query: str, variables: dict[str, object] | None = None, **limits: int) -> int:
    document = parse(query)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return check_cost(SCHEMA, document, operation, variables or {}, Limits(**limits))


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        ("{ hello }", {}, 1),
        ("{ a: hello b: hello __typename }", {}, 3),
        ("{ thing { name } }", {}, 2),
        ("{ thing { things { name } } }", {}, 1 + 10 * 2),
        ("{ thing { things { name things { name } } } }", {}, 1 + 10 * (2 + 10 * 2)),
        ("{ top { name } }", {}, 10 * 2),
        ("{ top(first: 3) { name } }", {}, 3 * 2),
        ("{ contents { nodes { name } } }", {}, 1 + 20 * 2),
        ("{ contents(first: 3) { nodes { name } } }", {}, 1 + 3 * 2),
        ("query($n: Int) { contents(first: $n) { nodes { name } } }", {"n": 4}, 1 + 4 * 2),
        ("query($n: Int) { contents(first: $n) { nodes { name } } }", {}, 1 + 20 * 2),
        ("query($n: Int = 5) { contents(first: $n) { nodes { name } } }", {}, 1 + 5 * 2),
        ("{ contents(first: -3) { nodes { name } } }", {}, 1),
        ('{ things(ids: ["a", "b"]) { name } }', {}, 2 * 2),
        ("query($i: [ID!]!) { things(ids: $i) { name } }", {"i": ["a", "b", "c"]}, 3 * 2),
        ("query($i: [ID!]!) { things(ids: $i) { name } }", {"i": "a"}, 2),
        ("{ ...F ...F } fragment F on Query { thing { name } }", {}, 4),
        ("{ ... on Query { thing { ... { name } } } }", {}, 2),
        ("{ __schema { types { name } } }", {}, 1),
    ],
)
def test_cost(query: str, variables: dict[str, object], expected: int) -> None:
    assert cost(query, variables) == expected


def test_the_limit_is_the_last_that_is_served() -> None:
    assert cost("{ thing { name } }", max_cost=2) == 2
    with pytest.raises(LimitExceeded) as refused:
        cost("{ thing { name } }", max_cost=1)
    assert refused.value.extensions == {"code": "TOO_COSTLY"}
    assert "2 values" in refused.value.message


def test_an_astronomical_cost_is_said_in_words() -> None:
    with pytest.raises(LimitExceeded, match="a thousand million or more"):
        cost("{ top(first: " + "9" * 300 + ") { name } }")


def test_introspection_has_a_measure_of_its_own() -> None:
    assert standard_introspection_cost(SCHEMA) > 1_000
