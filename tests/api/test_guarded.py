"""What is remembered of documents."""

from graphql import parse
from strawberry.types.execution import PreExecutionError

from app.api.guarded import (
    MAX_CHARACTERS_IN_ALL,
    MAX_REMEMBERED,
    MAX_REMEMBERED_CHARACTERS,
    Documents,
    GuardedSchema,
)

from .sample import Query


async def test_only_what_passed_is_remembered() -> None:
    schema = GuardedSchema(Query)
    for query in ("{ hello }", "{ nope }", "{ hello"):
        await schema.execute(query)
    assert schema.documents.get("{ hello }") is not None
    assert schema.documents.get("{ nope }") is None
    assert schema.documents.get("{ hello") is None


def test_the_longest_unused_is_forgotten_first() -> None:
    documents, document = Documents(), parse("{ a }")
    for number in range(MAX_REMEMBERED):
        documents.add(str(number), document)
    assert documents.get("0") is document
    documents.add("one more", document)
    assert documents.get("0") is document
    assert documents.get("1") is None


def test_long_documents_are_not_kept() -> None:
    documents = Documents()
    documents.add("x" * (MAX_REMEMBERED_CHARACTERS + 1), parse("{ a }"))
    assert documents.get("x" * (MAX_REMEMBERED_CHARACTERS + 1)) is None


async def test_what_is_too_costly_is_not_remembered() -> None:
    schema = GuardedSchema(Query)
    query = "{ top(first: 1000000) { name } }"
    await schema.execute(query)
    assert schema.documents.get(query) is None


def test_all_documents_together_are_bounded() -> None:
    documents, document = Documents(), parse("{ a }")
    queries = [f"{number:0{MAX_REMEMBERED_CHARACTERS}}" for number in range(MAX_REMEMBERED)]
    for query in (*queries, queries[-1]):
        documents.add(query, document)
        assert documents.characters <= MAX_CHARACTERS_IN_ALL
    kept = [query for query in queries if documents.get(query) is document]
    assert kept == queries[-(MAX_CHARACTERS_IN_ALL // MAX_REMEMBERED_CHARACTERS) :]
    assert documents.characters == sum(map(len, kept))


async def test_a_stream_is_guarded_too() -> None:
    schema = GuardedSchema(Query)
    query = "{ thing " + "{ things " * 30 + "{ name }" + "}" * 31
    assert await only_error(schema, query) == "TOO_DEEP"
    assert await only_error(schema, "{ hello") == "Syntax Error: Expected Name, found <EOF>."


async def only_error(schema: GuardedSchema, query: str) -> object:
    (result,) = [result async for result in await schema.stream(query)]
    assert isinstance(result, PreExecutionError)
    assert result.errors is not None
    (error,) = result.errors
    return (error.extensions or {}).get("code", error.message)
