"""Tortoise's SQLite client with transactions that begin IMMEDIATE and survive cancellation.

With a deferred BEGIN two processes that read, then write, fail with "database is locked" whatever
the busy timeout (STACK.md, hazard 4). And a task cancelled while it waits for BEGIN must not keep
the process's one connection locked for ever.
"""

import asyncio
from typing import Any

from tortoise.backends.base.client import (
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
)
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that takes SQLite's write lock at once."""

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(ImmediateTransaction(self))

    async def begin(self) -> None:
        """Begin, waiting for the write lock as long as `busy_timeout` says."""
        await self._connection.execute("BEGIN IMMEDIATE")

    async def commit(self) -> None:
        """Commit, or roll back where a deferred constraint refuses the commit."""
        try:
            await super().commit()
        except BaseException:
            await self._connection.rollback()
            self._finalized = True
            raise


class ImmediateContext(SqliteTransactionContext):
    """Gives the connection back whatever happens while the transaction begins."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            await asyncio.shield(self._abandon())
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection  # type: ignore[no-any-return]

    async def _abandon(self) -> None:
        try:
            if self.connection._connection is not None:
                await self.connection._connection.rollback()
        finally:
            self._trxlock.release()


class ImmediateClient(SqliteClient):
    """The client whose transactions begin IMMEDIATE."""

    def _in_transaction(self) -> TransactionContext:
        return ImmediateContext(ImmediateTransaction(self), self._lock)


def get_client_class(db_info: dict[str, Any]) -> type[SqliteClient]:
    """Tortoise's hook: the client for this engine."""
    return ImmediateClient
