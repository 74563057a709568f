"""Relay's node: anything with an id of its own, and how domain values become types.

Types refer to each other in circles, modules must not. So each type says here which domain value
it shapes, and a field that leads to another type asks for it by name.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import strawberry

from app.core.ids import to_global_id


@strawberry.interface(description="Anything that can be read again by its id.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Opaque, stable, and unique among all types. Use it as it came."
    )


class _Shaped(Protocol):
    @classmethod
    def of(cls, value: Any) -> Any: ...


NodeType = TypeVar("NodeType", bound=_Shaped)
_shapes: dict[str, Callable[[Any], Any]] = {}


def shaped(node_type: type[NodeType]) -> type[NodeType]:
    """A class decorator: this type's `of` shapes the domain values of its name."""
    _shapes[node_type.__name__] = node_type.of
    return node_type


def shape(type_name: str, value: object) -> Any:
    """The domain value as the type of this name."""
    return _shapes[type_name](value)


def node_id(type_name: str, row_id: int) -> strawberry.ID:
    """The global id of a row."""
    return strawberry.ID(to_global_id(type_name, row_id))
