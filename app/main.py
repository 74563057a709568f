"""The ASGI application: routes, middleware, and what lives as long as the process does."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from app.api.context import ContextMaker
from app.api.endpoint import GraphQLEndpoint
from app.api.guarded import GuardedSchema
from app.api.health import health_routes
from app.api.request_id import RequestIdMiddleware
from app.api.security_headers import SecurityHeadersMiddleware
from app.api.viewer import Sessions
from app.core.settings import Settings, get_settings
from app.models.database import open_database, ping
from app.schema.build import build_schema

STATIC = Path(__file__).parent / "web" / "static"


def create_app(settings: Settings | None = None, *, pages: Sequence[BaseRoute] = ()) -> Starlette:
    """The application for these settings (default: those in force). `pages` are further routes.

    Its lifespan opens the database; whoever runs it without one (the replay, tests) has opened
    the database already.
    """
    settings = settings or get_settings()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_database(settings.database_url):
            yield

    return Starlette(
        routes=[
            Route("/graphql", graphql_endpoint(settings)),
            *health_routes(ping),
            Mount("/static", StaticFiles(directory=STATIC, check_dir=False), name="static"),
            *pages,
        ],
        middleware=[
            Middleware(RequestIdMiddleware),
            Middleware(SecurityHeadersMiddleware, https=settings.public_url.startswith("https://")),
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5),
        ],
        lifespan=lifespan,
    )


def graphql_endpoint(settings: Settings) -> GraphQLEndpoint:
    """The GraphQL endpoint over Obole's schema."""
    sessions = Sessions(settings.public_url)
    return GraphQLEndpoint(
        build_schema(GuardedSchema),
        ContextMaker(sessions),
        sessions=sessions,
        timeout_s=settings.operation_timeout_s,
    )
