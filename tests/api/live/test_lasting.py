"""What is begun again, and what is not."""

from collections.abc import AsyncGenerator, Callable

import pytest

from app.api.live import lasting
from app.api.live.event import Event, OperationFailed
from app.api.live.lasting import lasting_events

OURS, THEIRS = OperationFailed(b"[]", ours=True), OperationFailed(b"[]")
Run = list[int | OperationFailed]


def beginning(*runs: Run) -> tuple[list[int], Callable[[], AsyncGenerator[Event, None]]]:
    """A source that does one of these runs each time; and which were begun and closed."""
    begun: list[int] = []
    left = list(runs)

    async def events(number: int, run: Run) -> AsyncGenerator[Event, None]:
        begun.append(number)
        try:
            for step in run:
                if isinstance(step, OperationFailed):
                    raise step
                yield Event("", b"%d" % step)
        finally:
            begun.append(-number)

    def begin() -> AsyncGenerator[Event, None]:
        return events(len(runs) - len(left) + 1, left.pop(0))

    return begun, begin


@pytest.mark.parametrize(
    ("runs", "told", "fails"),
    [
        ([[1, 2]], [1, 2], False),
        ([[1, OURS], [2, OURS], [3]], [1, 2, 3], False),
        ([[1, OURS], [OURS], [3]], [1, 3], False),
        ([[1, OURS], [2, OURS], [3, OURS]], [1, 2, 3], True),
        ([[1, OURS], [2, THEIRS]], [1, 2], True),
        ([[OURS]], [], True),
        ([[THEIRS]], [], True),
        ([[1, THEIRS]], [1], True),
    ],
)
async def test_a_fault_of_ours_after_the_first_event_begins_it_again(
    runs: list[Run], told: list[int], fails: bool
) -> None:
    begun, begin = beginning(*runs)
    got: list[int] = []
    try:
        async for event in lasting_events(begin, retries_s=(0.001, 0.001)):
            got.append(int(event.payload))
    except OperationFailed:
        assert fails
    else:
        assert not fails
    assert got == told
    assert begun == [n for number in range(1, len(runs) + 1) for n in (number, -number)]


async def test_old_failures_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lasting, "STEADY_S", 0.0)
    runs: list[Run] = [[number, OURS] for number in range(10)]
    _, begin = beginning(*runs, [10])
    got = [int(event.payload) async for event in lasting_events(begin, retries_s=(0.001,))]
    assert got == list(range(11))


async def test_a_flawed_event_begins_it_again_as_long_as_that_may_help() -> None:
    begun = 0

    async def events() -> AsyncGenerator[Event, None]:
        nonlocal begun
        begun += 1
        yield Event("", b"%d" % begun, flawed=True)
        yield Event("", b"next")

    got = [event.payload async for event in lasting_events(events, retries_s=(0.001, 0.001))]
    assert got == [b"1", b"2", b"3", b"next"]
