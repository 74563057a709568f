"""The schema as one object; which class it is made with is the door's affair."""

from typing import TypeVar

import strawberry
from strawberry.schema.config import StrawberryConfig

from app.schema.mutation import Mutation
from app.schema.query import Query
from app.schema.scalars import SCALARS
from app.schema.subscription import Subscription
from app.schema.wallet import Click, Deposit

AnySchema = TypeVar("AnySchema", bound=strawberry.Schema)


def build_schema(schema_class: type[AnySchema]) -> AnySchema:
    """Obole's schema, made with `schema_class`."""
    return schema_class(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[Click, Deposit],
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )
