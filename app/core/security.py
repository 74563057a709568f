"""Passwords and tokens: what is stored is never what was said."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import Overloaded
from app.core.settings import get_settings

MAX_QUEUED = 40
"""Hashes under way and waiting in a process: some five seconds' worth."""
_AT_ONCE = 2
"""Hashes under way at once in a process: each holds 64 MiB and a core for 0.1 to 0.3 s."""


class _Gate:
    """A semaphore per event loop, since a process may run several loops one after another."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._semaphore = asyncio.Semaphore(_AT_ONCE)
        self._queued = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One's turn to hash. Raises Overloaded where too many wait already."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._semaphore, self._queued = loop, asyncio.Semaphore(_AT_ONCE), 0
        if self._queued >= MAX_QUEUED:
            raise Overloaded
        self._queued += 1
        try:
            async with self._semaphore:
                yield
        finally:
            self._queued -= 1


_gate = _Gate()


async def hash_password(password: str) -> str:
    """The argon2id hash of a password, made in a thread. Raises Overloaded."""
    async with _gate.turn():
        return await asyncio.to_thread(_hasher().hash, password)


async def password_matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one hashed; without a hash it takes as long, and is False.

    Raises Overloaded.
    """
    async with _gate.turn():
        return await asyncio.to_thread(_verify, password, password_hash)


def token_hash(token: str) -> str:
    """The SHA-256 of a token, hex: tokens have 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _verify(password: str, password_hash: str | None) -> bool:
    try:
        matches = _hasher().verify(password_hash or _decoy(), password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and bool(password_hash)


def _hasher() -> PasswordHasher:
    settings = get_settings()
    return _hasher_of(settings.argon2_time_cost, settings.argon2_memory_kib)


@lru_cache(maxsize=4)
def _hasher_of(time_cost: int, memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _hasher().hash("nobody's password")
