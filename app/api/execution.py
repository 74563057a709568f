"""One query or mutation, executed in time, on whatever transport it came."""

import asyncio

import strawberry
import structlog
from graphql import OperationType
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType as StrawberryOperationType

from app.api.refusal import Refused, bad_request
from app.api.request import Operation
from app.resolvers.context import Context

log = structlog.get_logger("obole.api")

Allowed = frozenset[StrawberryOperationType]
QUERIES: Allowed = frozenset({StrawberryOperationType.QUERY})
QUERIES_AND_MUTATIONS: Allowed = QUERIES | {StrawberryOperationType.MUTATION}


class WrongOperationType(Exception):
    """The operation is of a type that may not come this way."""

    def __init__(self, operation_type: OperationType) -> None:
        super().__init__(operation_type)
        self.operation_type = operation_type


async def execute(
    schema: strawberry.Schema,
    operation: Operation,
    context: Context,
    *,
    allowed: Allowed,
    timeout_s: float,
) -> ExecutionResult:
    """The operation's result. Raises Refused, WrongOperationType or TimeoutError."""
    try:
        async with asyncio.timeout(timeout_s):
            return await schema.execute(
                operation.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.operation_name,
                allowed_operation_types=allowed,
                operation_extensions=operation.extensions,
            )
    except MissingQueryError:
        raise bad_request("`query` is empty.") from None
    except CannotGetOperationTypeError:
        raise unknown_operation(operation.operation_name) from None
    except InvalidOperationTypeError as error:
        raise WrongOperationType(OperationType(error.operation_type.value)) from None
    except TimeoutError:
        log.warning(
            "operation timed out",
            request_id=context.request_id,
            operation=operation.operation_name,
            timeout_s=timeout_s,
        )
        raise


def format_timeout(timeout_s: float, *, request_id: str) -> dict[str, object]:
    """What a client is told of an operation that took too long."""
    return {
        "message": f"The operation took longer than {timeout_s:g} s and was stopped. "
        "Ask for less at once; a mutation may be sent again with the same idempotency key.",
        "extensions": {"code": "TIMEOUT", "requestId": request_id},
    }


def unknown_operation(name: str | None) -> Refused:
    """The document does not hold the operation that is to be executed."""
    if name is None:
        return Refused(400, "OPERATION_NOT_FOUND", "The document holds no operation.")
    return Refused(400, "OPERATION_NOT_FOUND", f"The document holds no operation {name!r}.")
