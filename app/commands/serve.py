"""`obole serve`: the server."""

from typing import Annotated

import typer
import uvicorn

from app.commands.readiness import check_ready
from app.core.settings import get_settings
from app.main import create_app

GRACE_S = 5


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
    proxy: Annotated[
        str, typer.Option(help="Proxies whose X-Forwarded headers are trusted, comma-separated.")
    ] = "127.0.0.1",
) -> None:
    """Serve GraphQL, GraphiQL and the pages; close and settle periods when they are due."""
    check_ready(get_settings(), host=host, port=port)
    uvicorn.run(
        create_app(get_settings()),
        host=host,
        port=port,
        forwarded_allow_ips=proxy,
        timeout_graceful_shutdown=GRACE_S,
        server_header=False,
        log_level="info",
    )
