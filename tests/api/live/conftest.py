"""A served sample with either wire, and a clean board."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from tests.api.board import board

from .serving import WIRES, Serving, serving


@pytest.fixture(autouse=True)
def clean_board() -> Iterator[None]:
    """Nothing on the board, nobody before it."""
    board.clear()
    yield


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """Nobody reads of the bugs that the sample has on purpose."""
    with capture_logs():
        yield


@pytest.fixture(params=WIRES, scope="module")
def wire(request: pytest.FixtureRequest) -> str:
    """Either way of delivery."""
    name: str = request.param
    return name


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(wire: str) -> AsyncIterator[Serving]:
    """The sample with default limits; its tests say `loop_scope="module"` and stop it never."""
    async with serving(wire) as running:
        yield running
