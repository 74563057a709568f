"""Fields with a resolver: Strawberry's own, with types that a strict checker can follow."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import strawberry
from graphql import GraphQLField
from strawberry.extensions import FieldExtension
from strawberry.schema.schema_converter import GraphQLCoreConverter

from app.resolvers.context import Context

Info = strawberry.Info[Context, Any]
Resolver = TypeVar("Resolver", bound=Callable[..., object])


def field(
    description: str, *, extensions: Sequence[FieldExtension] = (), viewer_bound: bool = False
) -> Callable[[Resolver], Resolver]:
    """A field whose value the decorated method resolves.

    viewer_bound: whether it depends on who asks; then no two viewers share an answer with it.
    """
    made: Callable[[Resolver], Resolver] = strawberry.field(
        description=description,
        extensions=list(extensions),
        metadata={"viewer_bound": viewer_bound},
    )
    return made


def subscription(
    description: str, *, extensions: Sequence[FieldExtension] = (), viewer_bound: bool = False
) -> Callable[[Resolver], Resolver]:
    """A subscription whose events come from the iterator the decorated method returns."""
    made: Callable[[Resolver], Resolver] = strawberry.subscription(
        description=description,
        extensions=list(extensions),
        metadata={"viewer_bound": viewer_bound},
    )
    return made


def is_viewer_bound(field: GraphQLField) -> bool:
    """Whether a field of the built schema was declared to depend on who asks."""
    declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return declared is not None and bool(declared.metadata.get("viewer_bound"))


def argument(description: str) -> Any:
    """What is said of an argument, for `Annotated`."""
    return strawberry.argument(description=description)


First = Annotated[int, strawberry.argument(description="How many at most: 1 to 100.")]
After = Annotated[
    str | None,
    strawberry.argument(
        description="Go on behind this cursor: `pageInfo.endCursor` of the page before."
    ),
]
