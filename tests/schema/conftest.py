"""The API over both databases."""

from collections.abc import AsyncIterator

import pytest

from tests.schema.client import Api


@pytest.fixture
async def api(database: str) -> AsyncIterator[Api]:
    """The API over an empty database."""
    client = Api()
    yield client
    await client.http.aclose()


@pytest.fixture
async def lite(sqlite_database: str) -> AsyncIterator[Api]:
    """The API over an empty SQLite database, for what does not depend on the kind."""
    client = Api()
    yield client
    await client.http.aclose()
