"""What an operation yields, as encoded events: many for a subscription, one for anything else."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from typing import TypeVar, cast

from strawberry.types.execution import ExecutionResult, PreExecutionError

from app.api.errors import (
    Formatted,
    format_failure,
    format_internal,
    format_refusal,
    log_unexpected,
)
from app.api.execution import QUERIES_AND_MUTATIONS, execute, format_timeout
from app.api.guarded import GuardedSchema
from app.api.live.event import Event, OperationFailed
from app.api.refusal import Refused
from app.api.request import Operation
from app.api.response import encoded, result_payload
from app.api.timely import EVENT_TIMEOUT_S
from app.resolvers.context import Context

T = TypeVar("T")


async def subscription_events(
    schema: GuardedSchema, operation: Operation, context: Context, *, timeout_s: float
) -> AsyncGenerator[Event, None]:
    """Every result of a subscription, or of what cannot run. Raises OperationFailed.

    timeout_s: how long it may take to the first result, and then each event's execution. Only the
    wait for a further event has no end. Too late is a fault of ours.
    """
    EVENT_TIMEOUT_S.set(timeout_s)
    results = await schema.stream(
        operation.query,
        variable_values=operation.variables,
        context_value=context,
        operation_name=operation.operation_name,
        operation_extensions=operation.extensions,
    )
    try:
        async with aclosing(results), aclosing(_begun_in_time(results, timeout_s)) as timely:
            async for result in timely:
                assert isinstance(result, ExecutionResult)  # incremental delivery is off
                if _source_failed(result):
                    raise _failed_source(result, context)
                judged = _judged(result, schema, operation)
                yield _event(judged, context, empty_fails=True)
    except (OperationFailed, GeneratorExit):
        raise
    except Exception as error:
        raise unexpected(error, context.request_id) from None


async def single_event(
    schema: GuardedSchema, operation: Operation, context: Context, *, timeout_s: float
) -> AsyncGenerator[Event, None]:
    """The one result of a query or mutation. Raises OperationFailed."""
    try:
        result = await execute(
            schema, operation, context, allowed=QUERIES_AND_MUTATIONS, timeout_s=timeout_s
        )
        event = _event(result, context, empty_fails=False)
    except TimeoutError:
        raise failed(format_timeout(timeout_s, request_id=context.request_id)) from None
    except Refused as refusal:
        raise failed(format_refusal(refusal)) from None
    except OperationFailed:
        raise
    except Exception as error:
        raise unexpected(error, context.request_id) from None
    yield event


def failed(*errors: Formatted) -> OperationFailed:
    """The operation failed for these reasons, formatted for the client."""
    return OperationFailed(encoded(errors), ours="INTERNAL" in _codes(errors))


def unexpected(error: Exception, request_id: str) -> OperationFailed:
    """A bug: logged here, masked for the client."""
    log_unexpected(error, request_id=request_id)
    return failed(format_internal(request_id))


async def _begun_in_time(results: AsyncIterator[T], timeout_s: float) -> AsyncGenerator[T, None]:
    """The same. Raises TimeoutError if there is no first one in time."""
    try:
        async with asyncio.timeout(timeout_s):
            first = await anext(results)
    except StopAsyncIteration:
        return
    yield first
    async for result in results:
        yield result


def _event(result: ExecutionResult, context: Context, *, empty_fails: bool) -> Event:
    """empty_fails: whether a result that is empty by a fault of ours is none."""
    payload, executed = result_payload(result, request_id=context.request_id)
    errors = cast(list[Formatted], payload.get("errors", []))
    flawed = "INTERNAL" in _codes(errors)
    if not executed or (flawed and empty_fails and result.data is None):
        raise failed(*errors)
    return Event(context.event_key, encoded(payload), flawed=flawed)


def _codes(errors: Iterable[Formatted]) -> set[object]:
    return {cast(Formatted, error["extensions"])["code"] for error in errors}


def _judged(
    result: ExecutionResult, schema: GuardedSchema, operation: Operation
) -> ExecutionResult:
    """Of a valid document, what fails before execution without a place are its variables."""
    placed = any(error.path for error in result.errors or ())
    if not isinstance(result, PreExecutionError) or placed or not schema.read(operation.query):
        return result
    return ExecutionResult(None, result.errors)


def _source_failed(result: ExecutionResult) -> bool:
    """Whether this is what Strawberry makes of an exception in the subscription's generator."""
    return (
        not isinstance(result, PreExecutionError)
        and result.data is None
        and all(not error.path for error in result.errors or ())
    )


def _failed_source(result: ExecutionResult, context: Context) -> OperationFailed:
    errors = result.errors or []
    return failed(*(format_failure(error, request_id=context.request_id) for error in errors))
