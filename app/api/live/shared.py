"""The operations that run now: one for everybody who asks for the same public thing.

Identical public subscriptions (text, operation name, variables) are one stream, executed for a
stranger and encoded once. An operation that selects anything bound to its viewer is never shared.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from secrets import token_hex

from graphql import DocumentNode, OperationDefinitionNode, OperationType, get_operation_ast

from app.api.context import STRANGER, Caller, ContextMaker
from app.api.guarded import GuardedSchema
from app.api.live.event import Event, Reader
from app.api.live.events import single_event, subscription_events
from app.api.live.lasting import lasting_events
from app.api.live.limits import LiveLimits
from app.api.live.public import is_public
from app.api.live.stream import Stream
from app.api.refusal import Refused
from app.api.request import Operation

Key = tuple[str, str | None, str]


class SharedStreams:
    """Starts operations, and lets identical public ones be one. Holds nothing that has ended."""

    def __init__(self, schema: GuardedSchema, contexts: ContextMaker, limits: LiveLimits) -> None:
        self._schema = schema
        self._contexts = contexts
        self._limits = limits
        self._shared: dict[Key, Stream] = {}
        self._own: set[Stream] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """Streams that run, shared or not."""
        return len(self._shared) + len(self._own)

    @property
    def tasks(self) -> int:
        """Tasks of streams that run or are just ending."""
        return len(self._tasks)

    def join(self, operation: Operation, caller: Caller, reader: Reader) -> Stream:
        """The stream that now tells this reader of the operation's results. Raises Refused."""
        key = _key(operation)
        stream = self._shared.get(key)
        if stream is None:
            self._check_room()
            stream = self._open(operation, key, caller)
        stream.add(reader)
        return stream

    def _check_room(self) -> None:
        if len(self) >= self._limits.max_streams:
            raise Refused(
                503,
                "OVERLOADED",
                "The server runs as many different operations as it can. Try again later.",
            )

    def operation_type(self, operation: Operation) -> OperationType | None:
        """Query, mutation or subscription; None of an operation that cannot run."""
        document = self._schema.read(operation.query)
        found = get_operation_ast(document, operation.operation_name) if document else None
        return found.operation if found is not None else None

    def stop(self) -> None:
        """End every stream without a word."""
        for stream in [*self._shared.values(), *self._own]:
            stream.stop()

    async def ended(self, *, timeout_s: float) -> None:
        """Wait until what was stopped has let go of what it held."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=timeout_s)

    def _open(self, operation: Operation, key: Key, caller: Caller) -> Stream:
        document = self._schema.read(operation.query)
        found = get_operation_ast(document, operation.operation_name) if document else None
        if document is not None and self._is_shared(document, found):
            stream = Stream(
                self._subscription(operation, STRANGER),
                on_end=lambda ended: self._forget(key, ended),
            )
            self._shared[key] = stream
        else:
            runs_once = found is not None and found.operation is not OperationType.SUBSCRIPTION
            events = (self._single if runs_once else self._subscription)(operation, caller)
            stream = Stream(events, on_end=self._own.discard)
            self._own.add(stream)
        self._start(stream)
        return stream

    def _is_shared(self, document: DocumentNode, found: OperationDefinitionNode | None) -> bool:
        return (
            found is not None
            and found.operation is OperationType.SUBSCRIPTION
            and is_public(self._schema, document, found)
        )

    def _start(self, stream: Stream) -> None:
        task = stream.start()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _subscription(self, operation: Operation, caller: Caller) -> AsyncGenerator[Event, None]:
        def begin() -> AsyncGenerator[Event, None]:
            context = self._contexts.of(caller, request_id=token_hex(8))
            timeout_s = self._limits.operation_timeout_s
            return subscription_events(self._schema, operation, context, timeout_s=timeout_s)

        return lasting_events(begin, retries_s=self._limits.retries_s)

    def _single(self, operation: Operation, caller: Caller) -> AsyncGenerator[Event, None]:
        context = self._contexts.of(caller, request_id=token_hex(8))
        timeout_s = self._limits.operation_timeout_s
        return single_event(self._schema, operation, context, timeout_s=timeout_s)

    def _forget(self, key: Key, stream: Stream) -> None:
        """A stream that ended must not take with it the one that followed under its key."""
        if self._shared.get(key) is stream:
            del self._shared[key]


def _key(operation: Operation) -> Key:
    variables = json.dumps(operation.variables or {}, sort_keys=True, separators=(",", ":"))
    return operation.query, operation.operation_name, variables
