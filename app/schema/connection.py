"""Relay's connections over keyset pages."""

from collections.abc import Callable
from typing import Generic, TypeVar

import strawberry

from app.resolvers.paging import Page
from app.schema.fields import field

Item = TypeVar("Item")
Row = TypeVar("Row")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(
        description="Whether there is more: ask again with `after: endCursor`."
    )
    has_previous_page: bool = strawberry.field(
        description="Whether this page was reached with `after`."
    )
    start_cursor: str | None = strawberry.field(
        description="The first edge's cursor; null on an empty page."
    )
    end_cursor: str | None = strawberry.field(
        description="The last edge's cursor; null on an empty page."
    )


@strawberry.type(description="One item of a list, with its place in it.")
class Edge(Generic[Item]):
    cursor: str = strawberry.field(
        description="Opaque; the item's place. It stays right when items come or go meanwhile."
    )
    node: Item = strawberry.field(description="The item.")


@strawberry.type(description="One page of a list; nothing is skipped or shown twice between pages.")
class Connection(Generic[Item]):
    edges: list[Edge[Item]] = strawberry.field(description="The page's items with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @field("The page's items, for those who need no cursors.")
    def nodes(self) -> list[Item]:
        return [edge.node for edge in self.edges]


def connection(page: Page[Row], shape: Callable[[Row], Item]) -> Connection[Item]:
    """A page of domain values as a connection of types."""
    edges = [Edge(cursor=cursor, node=shape(row)) for row, cursor in page.rows]
    info = PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(edges=edges, page_info=info)
