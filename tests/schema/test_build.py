"""The schema as a whole: everything is described, and everything is as DESIGN.md has it."""

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_introspection_query,
)
from graphql import (
    build_schema as read_sdl,
)

from app.core.errors import DomainError
from app.schema.export import print_sdl
from app.schema.failure import FailureCode
from tests.schema.client import Api

SCHEMA: GraphQLSchema = read_sdl(print_sdl())
NOT_ANSWERED = {"REFUSED", "INSUFFICIENT_FUNDS"}
"""The tree's root is never raised, and no mutation refunds yet."""


BUILT_IN = {"String", "Int", "Float", "Boolean", "ID"}


def parts(name: str, type_: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """Everything of a type that is to be described, with its description."""
    yield name, type_.description
    if isinstance(type_, GraphQLEnumType):
        yield from ((f"{name}.{key}", value.description) for key, value in type_.values.items())
    if isinstance(type_, GraphQLInputObjectType | GraphQLObjectType | GraphQLInterfaceType):
        yield from ((f"{name}.{key}", field.description) for key, field in type_.fields.items())
    if isinstance(type_, GraphQLObjectType):
        for key, field in type_.fields.items():
            yield from ((f"{name}.{key}({n})", a.description) for n, a in field.args.items())


def test_everything_is_described() -> None:
    ours = ((n, t) for n, t in SCHEMA.type_map.items() if n not in BUILT_IN and n[:2] != "__")
    missing = [part for n, t in ours for part, description in parts(n, t) if not description]
    assert missing == []


def test_every_mutation_ends_in_a_union_of_one_success_and_failures() -> None:
    mutation = SCHEMA.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        union = getattr(field.type, "of_type", None)
        assert isinstance(union, GraphQLUnionType), name
        successes = [t for t in union.types if t.name == f"{name[0].upper()}{name[1:]}Success"]
        failures = [t for t in union.types if "Failure" in {i.name for i in t.interfaces}]
        assert len(successes) == 1 and len(failures) == len(union.types) - 1, name
        assert {"OriginNotAllowed", "Overloaded"} <= {t.name for t in failures}, name


def test_every_code_of_the_error_tree_is_in_the_enum() -> None:
    def codes(error: type[DomainError]) -> set[str]:
        return {error.code}.union(*(codes(child) for child in error.__subclasses__()))

    assert codes(DomainError) - NOT_ANSWERED <= {code.value for code in FailureCode}


def test_no_amount_is_a_float() -> None:
    floats = [
        f"{name}.{key}"
        for name, type_ in SCHEMA.type_map.items()
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__")
        for key, field in type_.fields.items()
        if "Float" in str(field.type)
    ]
    assert floats == ["Settlement.progress"]


async def test_tools_may_introspect(lite: Api) -> None:
    data = await lite.read(get_introspection_query(input_value_deprecation=True))
    assert data["__schema"]["queryType"]["name"] == "Query"
