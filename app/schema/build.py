"""The schema as one object; which class it is made with is the door's affair."""

from typing import TypeVar

import strawberry

AnySchema = TypeVar("AnySchema", bound=strawberry.Schema)


@strawberry.type
class Query:
    """What can be read."""

    @strawberry.field
    def service(self) -> str:
        """Always `obole`."""
        return "obole"


def build_schema(schema_class: type[AnySchema]) -> AnySchema:
    """Obole's schema, made with `schema_class`."""
    return schema_class(query=Query)
