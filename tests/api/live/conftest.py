"""A served sample with either wire, and a clean board."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.api.board import board

from .serving import WIRES, Serving, serving


@pytest.fixture(autouse=True)
def clean_board() -> Iterator[None]:
    """Nothing on the board, nobody before it."""
    board.clear()
    yield


@pytest.fixture(params=WIRES)
def wire(request: pytest.FixtureRequest) -> str:
    """Either way of delivery."""
    name: str = request.param
    return name


@pytest.fixture
async def served(wire: str) -> AsyncIterator[Serving]:
    """The sample with default limits."""
    async with serving(wire) as running:
        yield running
