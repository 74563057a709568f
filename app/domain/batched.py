"""Reading in batches: what many ask for at about the same time is one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from contextvars import Context
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

COLLECT_S = 0.002
"""How long the first of a batch waits for others, in seconds."""
MAX_REST_S = 10.0


class Batched(Generic[Key, Value]):
    """Reads keys in batches, one batch after another; remembers no value.

    read: the values in the order of the keys. at_most: keys of one batch. rest: after a batch that
    took t seconds the next one waits `rest` times t (at most MAX_REST_S), so that what is costly
    to read takes a bounded part of one connection's time, however many ask.
    """

    def __init__(
        self,
        read: Callable[[Sequence[Key]], Awaitable[Sequence[Value]]],
        *,
        at_most: int = 1000,
        rest: int = 0,
    ) -> None:
        self._read = read
        self._at_most = at_most
        self._rest = rest
        self._free_at = 0.0
        self._asked: dict[Key, asyncio.Future[Value]] = {}
        self._task: asyncio.Task[None] | None = None

    async def load(self, key: Key) -> Value:
        """The key's value, read after this call began. Raises what reading raises."""
        answer = self._asked.get(key)
        if answer is None:
            answer = self._asked[key] = asyncio.get_running_loop().create_future()
        if self._task is None:
            # A context of its own: not inside whatever transaction the asker may be in.
            self._task = asyncio.create_task(self._run(), context=Context())
        return await asyncio.shield(answer)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._asked:
                await asyncio.sleep(max(COLLECT_S, self._free_at - loop.time()))
                keys = list(self._asked)[: self._at_most]
                answers = [self._asked.pop(key) for key in keys]
                began = loop.time()
                await self._answer(keys, answers)
                ended = loop.time()
                self._free_at = ended + min(self._rest * (ended - began), MAX_REST_S)
        finally:
            # Stopped in between: whoever still waits is let go, and the next one starts anew.
            self._task = None
            left, self._asked = list(self._asked.values()), {}
            _fail(left, RuntimeError("the reading was stopped"))

    async def _answer(self, keys: list[Key], answers: list[asyncio.Future[Value]]) -> None:
        try:
            values = await self._read(keys)
            answered = list(zip(answers, values, strict=True))
        except Exception as error:
            _fail(answers, error)
        except BaseException:
            _fail(answers, RuntimeError("the reading was stopped"))
            raise
        else:
            for answer, value in answered:
                answer.set_result(value)


def _fail(answers: Iterable[asyncio.Future[Any]], error: Exception) -> None:
    for answer in answers:
        answer.set_exception(error)
        answer.exception()  # nobody may be left to hear of it
