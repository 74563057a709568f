"""The replay's operations against the real application."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from app.api.asgi_client import GraphQLClient
from app.commands.replay_api import Person, Refused, ReplayApi
from app.core.clock import FixedClock
from app.core.settings import get_settings
from app.main import create_app

URL = "https://konscience.example/?page_id=42"


@pytest.fixture
async def api(sqlite_database: str, clock: FixedClock) -> AsyncIterator[ReplayApi]:
    async with GraphQLClient(create_app(get_settings())) as client:
        yield ReplayApi(client, clock)


async def test_a_refusal_of_the_api_is_raised_with_its_code(api: ReplayApi) -> None:
    ann = Person("ann", "correct horse")
    await api.sign_up(ann, display_name="Ann")
    with pytest.raises(Refused) as refused:
        await api.sign_up(ann, display_name="Ann again")
    assert refused.value.code == "ALREADY_TAKEN"
    with pytest.raises(Refused) as closing:
        await api.close(ann, "2026-11")
    assert closing.value.code in ("FORBIDDEN", "UNAUTHENTICATED")


async def test_a_token_is_renewed_before_it_ends(api: ReplayApi, clock: FixedClock) -> None:
    bob, ann = Person("bob", "correct horse"), Person("ann", "correct horse")
    for person in (ann, bob):
        await api.sign_up(person, display_name=person.handle)
    await api.register(bob, url=URL, title="Seite 42")
    await api.fill_wallet(ann, micros=2, key="first")
    first = ann.token
    assert ann.expires_at is not None
    clock.set(ann.expires_at - timedelta(seconds=1))
    await api.fill_wallet(ann, micros=2, key="second")
    await api.click(ann, url=URL, weight=2)
    assert ann.token != first
