"""What may run once for everybody: nothing that depends on who asks."""

from collections.abc import Iterator
from types import CodeType, FunctionType

import pytest
from graphql import GraphQLObjectType, OperationDefinitionNode, get_operation_ast, parse

from app.api.guarded import GuardedSchema
from app.api.live.public import is_public
from app.schema.build import build_schema
from app.schema.fields import is_viewer_bound

SCHEMA = build_schema(GuardedSchema)
ASKS_WHO = {"viewer", "viewer_with", "signed_in", "require", "viewer_states"}
"""What resolvers call to learn who asks."""


def public(source: str, name: str | None = None) -> bool:
    document = parse(source)
    operation = get_operation_ast(document, name)
    assert isinstance(operation, OperationDefinitionNode)
    return is_public(SCHEMA, document, operation)


@pytest.mark.parametrize(
    "source",
    [
        'subscription { counters(ids: ["x"]) { total seq } }',
        'subscription { __typename counters(ids: ["x"]) { __typename total } }',
        'subscription { creatorStats(handle: "x") { total } }',
        'subscription { platformTotals(slug: "x") { total asOf } }',
        "subscription { counters(ids: []) { ...a ... @skip(if: true) { seq } } }"
        " fragment a on Counter { total ...b } fragment b on Counter { period }",
        "{ __schema { types { name } } contents { nodes { title counter { total } } } }",
        '{ creator(handle: "x") { contents { nodes { creators { creator { handle } } } } } }',
        "{ period { settlement { gross { micros } } } }",
    ],
)
def test_what_says_the_same_to_everybody(source: str) -> None:
    assert public(source)


@pytest.mark.parametrize(
    "source",
    [
        'subscription { wallet(currency: "EUR") { balance { micros } } }',
        'subscription { wallet(currency: "EUR") { id } }',
        'subscription { settlement(periodKey: "2026-11") { progress } }',
        "subscription { ...a } fragment a on Subscription { ...b }"
        ' fragment b on Subscription { x: wallet(currency: "EUR") { id } }',
        "subscription { ... on Subscription { ... { settlement(periodKey: 1) { progress } } } }",
        'subscription { counters(ids: ["x"]) { total nonsense } }',
        "subscription { nonsense { total } }",
        "{ viewer { handle } }",
        '{ viewerStates(ids: ["x"]) { clicked } }',
        '{ node(id: "x") { id } }',
        '{ nodes(ids: ["x"]) { ... on Wallet { id } } }',
        "{ contents { nodes { viewerState { clicked } } } }",
        '{ creator(handle: "x") { earnings { balance { micros } } } }',
        '{ creator(handle: "x") { handle statement(periodKey: "x") { periodKey } } }',
        "mutation { signOut { __typename } }",
        'mutation { click(input: { url: "x" }) { __typename } }',
    ],
)
def test_what_depends_on_who_asks(source: str) -> None:
    assert not public(source)


def test_only_the_operation_that_is_run_counts() -> None:
    both = "subscription a { counters(ids: []) { seq } } query b { viewer { handle } }"
    assert public(both, "a") and not public(both, "b")


def test_fragments_in_circles_come_to_an_end() -> None:
    assert public(
        "subscription { counters(ids: []) { ...a } }"
        " fragment a on Counter { total ...b ...a } fragment b on Counter { ...a }"
    )


def test_a_deep_document_is_looked_at_without_recursion() -> None:
    depth = 100
    assert public(f"subscription {{ counters(ids: []) {{ {'... { ' * depth}seq{' }' * depth} }} }}")


def test_every_field_that_asks_who_asks_is_marked() -> None:
    """A field's resolver, and whatever of our resolvers it calls, is searched for it."""
    wrong = [
        f"{type_.name}.{name}"
        for type_ in SCHEMA.core.type_map.values()
        if isinstance(type_, GraphQLObjectType) and type_.name != "Mutation"
        for name, field in type_.fields.items()
        if asks_who(field.extensions.get("strawberry-definition")) and not is_viewer_bound(field)
    ]
    assert wrong == ["CreatorStatement.csv"]  # reached by `statement` only, which is marked


def asks_who(declared: object) -> bool:
    resolver = getattr(declared, "base_resolver", None)
    if resolver is None:
        return False
    return any(not ASKS_WHO.isdisjoint(code.co_names) for code in called(resolver.wrapped_func))


def called(function: FunctionType) -> Iterator[CodeType]:
    """The code of a function and of the resolvers it calls, each once."""
    waiting, seen = [function], set[CodeType]()
    while waiting:
        one = waiting.pop()
        code = one.__code__
        if code in seen:
            continue
        seen.add(code)
        yield code
        yield from (inner for inner in code.co_consts if isinstance(inner, CodeType))
        names = (one.__globals__.get(name) for name in code.co_names)
        waiting += [
            found
            for found in names
            if isinstance(found, FunctionType)
            and found.__module__.startswith(("app.resolvers", "app.schema"))
        ]


def test_the_search_finds_what_it_should() -> None:
    core = SCHEMA.core
    wallet, content = core.type_map["Wallet"], core.type_map["Content"]
    assert isinstance(wallet, GraphQLObjectType) and isinstance(content, GraphQLObjectType)
    for field in (wallet.fields["balance"], content.fields["viewerState"]):
        assert asks_who(field.extensions["strawberry-definition"])
    assert not asks_who(content.fields["counter"].extensions["strawberry-definition"])
