"""Passwords and tokens: what is stored is never what was said."""

import asyncio
import hashlib
import threading

import pytest

from app.core import security
from app.core.errors import Overloaded
from app.core.security import hash_password, password_matches, token_hash
from app.core.settings import use_settings


async def test_a_password_is_kept_as_argon2id_with_a_salt() -> None:
    first, second = await hash_password("correct horse"), await hash_password("correct horse")
    assert first.startswith("$argon2id$") and first != second
    assert "correct horse" not in first
    assert await password_matches("correct horse", first)
    assert await password_matches("correct horse", second)


@pytest.mark.parametrize("wrong", ["", "Correct horse", "correct horse ", "correct horse\x00", "ü"])
async def test_another_password_does_not_match(wrong: str) -> None:
    assert not await password_matches(wrong, await hash_password("correct horse"))


@pytest.mark.parametrize("kept", [None, "", "not a hash", "$argon2id$broken"])
@pytest.mark.parametrize("said", ["anything", "nobody's password"])
async def test_without_a_hash_nothing_matches_not_even_the_decoy(
    kept: str | None, said: str
) -> None:
    assert not await password_matches(said, kept)


async def test_an_unknown_account_costs_a_hash_as_a_known_one_does() -> None:
    with use_settings(argon2_memory_kib=16_384, argon2_time_cost=2):
        security._decoy.cache_clear()
        kept = await hash_password("correct horse")
        await password_matches("wrong", None)
        known = await seconds("wrong", kept)
        unknown = await seconds("wrong", None)
    security._decoy.cache_clear()
    assert unknown > known / 4


async def seconds(said: str, kept: str | None) -> float:
    """The shortest of five, in seconds, so that a busy machine does not decide."""
    loop, shortest = asyncio.get_running_loop(), float("inf")
    for _ in range(5):
        start = loop.time()
        await password_matches(said, kept)
        shortest = min(shortest, loop.time() - start)
    return shortest


async def test_hashes_are_made_in_threads_two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    under_way: list[int] = []
    seen: set[tuple[int, int]] = set()
    verify = security._verify

    def watched(password: str, password_hash: str | None) -> bool:
        under_way.append(1)
        seen.add((threading.get_ident(), len(under_way)))
        try:
            return verify(password, password_hash)
        finally:
            under_way.pop()

    monkeypatch.setattr(security, "_verify", watched)
    kept = await hash_password("correct horse")
    matches = await asyncio.gather(*(password_matches("correct horse", kept) for _ in range(8)))
    assert all(matches)
    assert threading.get_ident() not in {thread for thread, _ in seen}
    assert max(count for _, count in seen) <= 2


def test_a_token_is_kept_as_its_sha_256() -> None:
    assert token_hash("obole_x") == hashlib.sha256(b"obole_x").hexdigest()
    assert token_hash("obole_x") != token_hash("obole_y")


async def test_too_many_that_wait_are_told_to_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "MAX_QUEUED", 5)
    done = await asyncio.gather(
        *(password_matches("x", None) for _ in range(8)), return_exceptions=True
    )
    assert [type(d) for d in done] == [bool] * 5 + [Overloaded] * 3
    assert await password_matches("x", None) is False
