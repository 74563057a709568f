"""The ASGI application: routes, middleware, and what lives as long as the process does."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from time import monotonic

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route, WebSocketRoute

from app.api.context import ContextMaker
from app.api.endpoint import GraphQLEndpoint
from app.api.guarded import GuardedSchema
from app.api.health import health_routes
from app.api.live.limits import LiveLimits
from app.api.live.server import LiveServer
from app.api.request_id import RequestIdMiddleware
from app.api.security_headers import SecurityHeadersMiddleware
from app.api.viewer import Sessions
from app.core.bus import open_bus
from app.core.errors import SettingsError
from app.core.logs import log_to_stderr
from app.core.settings import Settings, get_settings
from app.domain.periods import ensure_open_period
from app.models.database import open_database, ping
from app.models.migrate import pending_migrations
from app.resolvers.settlement import stop_running
from app.schema.build import build_schema
from app.settlement.scheduler import run_scheduler
from app.web.errors import error_handlers, server_error
from app.web.graphiql import GRAPHIQL_POLICY, graphiql_page
from app.web.routes import routes

STOP_S = 2.0
"""How long a stopping server waits for all that it runs, after its last answer and all together.

A settlement that was not done goes on next time; what the bus could not tell is seen within a
minute.
"""
LEAST_S = 0.2
"""What each part has of it in any case: most end at once."""


class Deadline:
    """When everything must have ended; it is set when the first part is asked to."""

    def __init__(self) -> None:
        self._at: float | None = None

    def left_s(self) -> float:
        """How much is left of STOP_S, in seconds; never less than LEAST_S."""
        if self._at is None:
            self._at = monotonic() + STOP_S
        return max(LEAST_S, self._at - monotonic())


def create_app(
    settings: Settings | None = None, *, pages: Sequence[BaseRoute] = routes
) -> Starlette:
    """The application for these settings (default: those in force), with the routes of `pages`.

    Its lifespan opens the database and the bus and starts the scheduler; whoever runs it without
    one (the replay, tests) has opened the database already. Its state holds `live`, the LiveServer.
    """
    settings = settings or get_settings()
    live, graphql = graphql_endpoint(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
        log_to_stderr()
        deadline = Deadline()
        async with (
            open_database(settings.database_url),
            bus(settings.redis_url, deadline),
            ready_database(),
            lasting_work(deadline),
            scheduler(deadline),
            connections(live, deadline),
        ):
            yield {"live": live}

    return Starlette(
        routes=[
            Route("/graphql", graphql),
            WebSocketRoute("/graphql", graphql),
            *health_routes(ping),
            *pages,
        ],
        middleware=[
            Middleware(SecurityHeadersMiddleware, https=settings.public_url.startswith("https://")),
            Middleware(RequestIdMiddleware, page=server_error),
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5),
        ],
        exception_handlers=error_handlers,
        lifespan=lifespan,
    )


def graphql_endpoint(settings: Settings) -> tuple[LiveServer, GraphQLEndpoint]:
    """The GraphQL endpoint over Obole's schema, and what holds its sockets and event streams."""
    sessions = Sessions(settings.public_url)
    schema, contexts = build_schema(GuardedSchema), ContextMaker(sessions)
    live = LiveServer(schema, contexts, LiveLimits.of(settings))
    endpoint = GraphQLEndpoint(
        schema,
        contexts,
        sessions=sessions,
        live=live,
        timeout_s=settings.operation_timeout_s,
        page=graphiql_page,
        page_policy=GRAPHIQL_POLICY,
    )
    return live, endpoint


@asynccontextmanager
async def bus(redis_url: str | None, deadline: Deadline) -> AsyncIterator[None]:
    """The process's bus; an absent Redis does not keep the server from ending."""
    opened = AsyncExitStack()
    await opened.enter_async_context(open_bus(redis_url))
    try:
        yield
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline.left_s()):
                await opened.aclose()


@asynccontextmanager
async def ready_database() -> AsyncIterator[None]:
    """The open database, migrated and with a period open. Raises SettingsError if it is not up."""
    missing = await pending_migrations()
    if missing:
        raise SettingsError(
            f"The database lacks {', '.join(missing)}. Run `obole migrate`, then start again."
        )
    await ensure_open_period()
    yield


@asynccontextmanager
async def lasting_work(deadline: Deadline) -> AsyncIterator[None]:
    """Settlements that outlive their answers, as long as the server runs and a little longer."""
    try:
        yield
    finally:
        await stop_running(timeout_s=deadline.left_s())


@asynccontextmanager
async def scheduler(deadline: Deadline) -> AsyncIterator[None]:
    """The scheduler, running beside the server; stopped with it."""
    stop = asyncio.Event()
    task = asyncio.create_task(run_scheduler(stop))
    try:
        yield
    finally:
        stop.set()
        _, late = await asyncio.wait({task}, timeout=deadline.left_s())
        if late:
            task.cancel()
            await asyncio.wait({task})


@asynccontextmanager
async def connections(live: LiveServer, deadline: Deadline) -> AsyncIterator[None]:
    """Sockets and event streams; whoever is left is told that the server stops."""
    try:
        yield
    finally:
        await live.aclose(timeout_s=deadline.left_s())
