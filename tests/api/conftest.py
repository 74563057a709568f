"""A door to knock at."""

from collections.abc import AsyncIterator

import pytest

from .sample import Door, sample_app


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """The sample schema's door, with default limits."""
    async with Door.open(sample_app()) as opened:
        yield opened
