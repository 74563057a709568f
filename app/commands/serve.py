"""`obole serve`: the server, in one process or several."""

import gc
import resource
from contextlib import suppress
from enum import StrEnum
from typing import Annotated, Any

import typer
import uvicorn
from starlette.applications import Starlette

from app.commands.readiness import check_ready
from app.core.errors import SettingsError
from app.core.settings import Settings, get_settings
from app.main import create_app

GRACE_S = 2
"""How long a stopping server waits for what it is answering. Live connections end sooner.

With STOP_S of `app/main.py` it ends within 5 s, whatever is away.
"""
HEALTH_S = 30
"""How long a worker may be too busy to say that it lives before another takes its place."""
MAX_WORKERS = 256


class Sockets(StrEnum):
    """How WebSockets are served."""

    FAST = "fast"
    PLAIN = "plain"


PROTOCOLS = {
    Sockets.FAST: "app.api.live.fast:FastProtocol",
    Sockets.PLAIN: "app.api.live.plain:PlainProtocol",
}


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
    proxy: Annotated[
        str, typer.Option(help="Proxies whose X-Forwarded headers are trusted, comma-separated.")
    ] = "127.0.0.1",
    workers: Annotated[
        int,
        typer.Option(
            help="Processes that serve; more than one want REDIS_URL and PostgreSQL.",
            min=1,
            max=MAX_WORKERS,
        ),
    ] = 1,
    ws: Annotated[
        Sockets,
        typer.Option(
            help="How WebSockets are served: straight on the transports, or through plain ASGI."
        ),
    ] = Sockets.FAST,
) -> None:
    """Serve GraphQL, GraphiQL and the pages; close and settle periods when they are due."""
    check_workers(get_settings(), workers)
    check_ready(get_settings(), host=host, port=port)
    _allow_many_sockets()
    uvicorn.run(
        "app.commands.serve:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        forwarded_allow_ips=proxy,
        timeout_graceful_shutdown=GRACE_S,
        timeout_worker_healthcheck=HEALTH_S,
        server_header=False,
        log_level="info",
        **protocols(ws),
    )


def protocols(ws: Sockets) -> dict[str, Any]:
    """uvicorn's options for the way WebSockets are served."""
    return {
        "http": "app.api.live.fast_http:FastHttp",
        "ws": PROTOCOLS[ws],
        "ws_per_message_deflate": False,
        "ws_max_size": get_settings().max_message_bytes,
    }


def application() -> Starlette:
    """The application of one process. Raises SettingsError.

    What is loaded by now stays to the end; the garbage collector need not look at it again while
    thousands of sockets come and go.
    """
    app = create_app(get_settings())
    gc.collect()
    gc.freeze()
    return app


def check_workers(settings: Settings, workers: int) -> None:
    """Raises SettingsError where these settings cannot serve from several processes."""
    if workers == 1:
        return
    if settings.redis_url is None:
        raise SettingsError(
            f"{workers} workers want REDIS_URL: through it a click that one process takes reaches "
            "the displays of the others. Set it, or serve with one worker."
        )
    if settings.database_url.startswith("sqlite:"):
        raise SettingsError(
            f"{workers} workers want PostgreSQL: set DATABASE_URL to postgresql://…, or serve with "
            "one worker."
        )


def _allow_many_sockets() -> None:
    """A socket is an open file, and many systems allow 1,024 unless asked for more."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
