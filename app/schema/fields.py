"""Fields with a resolver: Strawberry's own, with types that a strict checker can follow."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import strawberry
from strawberry.extensions import FieldExtension

from app.resolvers.context import Context

Info = strawberry.Info[Context, Any]
Resolver = TypeVar("Resolver", bound=Callable[..., object])


def field(
    description: str, *, extensions: Sequence[FieldExtension] = ()
) -> Callable[[Resolver], Resolver]:
    """A field whose value the decorated method resolves."""
    made: Callable[[Resolver], Resolver] = strawberry.field(
        description=description, extensions=list(extensions)
    )
    return made


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
