"""What our own schema's lists cost: what they are asked for, or the most they may hold."""

import pytest
from graphql import OperationDefinitionNode, parse

from app.api.cost import check_cost
from app.api.guarded import GuardedSchema
from app.api.limits import Limits
from app.domain.shares import MAX_CREATORS
from app.domain.wallets import MAX_WALLETS
from app.schema.build import build_schema

SCHEMA = build_schema(GuardedSchema).core
MINE = '{ viewer { creator { statement(periodKey: "2026-11")'
GIVEN = '{ viewer { wallets { statement(periodKey: "2026-11")'


def cost(query: str) -> int:
    document = parse(query)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return check_cost(SCHEMA, document, operation, {}, Limits(max_cost=10**9))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ viewer { wallets { currency } } }", 1 + MAX_WALLETS * 2),
        ('{ content(url: "x") { creators { share } } }', 1 + MAX_CREATORS * 2),
        (MINE + " { lines { nodes { clicks } } } } } }", 4 + 20 * 2),
        (
            MINE + " { lines(first: 100) { nodes { clicks } } } } } }",
            4 + 100 * 2,
        ),
        (
            GIVEN + " { lines { nodes { weight } } } } } }",
            1 + MAX_WALLETS * (3 + 20 * 2),
        ),
    ],
)
def test_a_list_costs_the_most_it_may_hold(query: str, expected: int) -> None:
    assert cost(query) == expected


def test_what_was_nearly_free_is_refused() -> None:
    query = (
        GIVEN + " { lines(first: 100) { nodes { content { creators { creator {"
        " contents(first: 20) { nodes { id title url } } } } } } } } } } }"
    )
    assert cost(query) > 100 * Limits().max_cost


def test_what_a_wallet_page_asks_is_served() -> None:
    assert (
        cost(
            "{ viewer { handle wallets { currency balance { formatted } pot { formatted }"
            " clicks(first: 20) { edges { node { weight content { title url } } }"
            " pageInfo { hasNextPage endCursor } } entries(first: 20) { nodes { kind postedAt"
            " amount { formatted } } } } } }"
        )
        < Limits().max_cost
    )
