"""A small schema of the tests' own, and the ways to send something to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from enum import Enum
from typing import Any, Self

import httpx2
import strawberry
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from app.api.context import ContextMaker
from app.api.endpoint import GraphQLEndpoint
from app.api.guarded import GuardedSchema
from app.api.limits import Limits
from app.api.live.limits import LiveLimits
from app.api.live.server import LiveServer
from app.api.negotiation import GRAPHQL_RESPONSE
from app.api.request_id import RequestIdMiddleware
from app.api.viewer import Sessions
from app.core.errors import InvalidInput, RateLimited, WalletEmpty
from app.resolvers.context import Context, SessionCookie
from app.schema.fields import field, subscription

from .board import board

Info = strawberry.Info[Context, None]


@strawberry.enum
class Colour(Enum):
    GREEN = "green"


@strawberry.type
class Thing:
    name: str = "thing"

    @strawberry.field
    def things(self) -> list["Thing"]:
        return [Thing(), Thing(), Thing()]

    @strawberry.field
    def related(self, first: int = 20) -> "ThingConnection":
        return ThingConnection(nodes=[])


@strawberry.type
class ThingConnection:
    nodes: list[Thing]


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"hello {name}"

    @strawberry.field
    def paint(self, colour: Colour) -> str:
        return colour.value

    @strawberry.field
    def double(self, number: int = 1) -> int:
        return number * 2

    @strawberry.field
    def thing(self) -> Thing:
        return Thing()

    @strawberry.field
    def things(self, ids: list[strawberry.ID]) -> list[Thing | None]:
        return [None for _ in ids]

    @strawberry.field
    def contents(self, first: int = 20) -> ThingConnection:
        return ThingConnection(nodes=[])

    @strawberry.field
    def top(self, first: int = 10) -> list[Thing]:
        return []

    @strawberry.field
    def breaks(self) -> str | None:
        raise RuntimeError("the secret of the house")

    @strawberry.field
    def breaks_all(self) -> str:
        raise RuntimeError("the secret of the house")

    @strawberry.field
    def not_a_number(self) -> float:
        return float("nan")

    @strawberry.field
    def refuses(self) -> str | None:
        raise WalletEmpty

    @strawberry.field
    def refuses_input(self) -> str | None:
        raise InvalidInput("Too long.", field="title")

    @strawberry.field
    def refuses_for_now(self) -> str | None:
        raise RateLimited(retry_after_s=7)

    @strawberry.field
    async def slow(self) -> str:
        await asyncio.sleep(30)
        return "late"

    @strawberry.field
    def viewer(self, info: Info) -> str:
        context = info.context
        return f"{context.token} {context.via_cookie} {context.origin_refused} {context.client_ip}"

    @strawberry.field
    def context_id(self, info: Info) -> str:
        return f"{id(info.context)} {info.context.request_id}"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def sign_in(self, info: Info, token: str = "fresh") -> str:
        info.context.response_cookies.append(SessionCookie(token, 3600))
        return token

    @strawberry.mutation
    def sign_out(self, info: Info) -> bool:
        info.context.response_cookies.append(SessionCookie())
        return True


@strawberry.type
class Number:
    key: str
    value: int

    @strawberry.field
    def breaks(self) -> str | None:
        raise RuntimeError("the secret of the house")

    @strawberry.field
    def breaks_at(self, value: int) -> str:
        return self._unless_broken(value)

    @strawberry.field
    def null_at(self, value: int) -> str | None:
        return self._unless_broken(value)

    @strawberry.field
    async def hangs_at(self, value: int) -> str:
        if self.value == value and board.broken > 0:
            board.broken -= 1
            await asyncio.sleep(30)
        return "whole"

    @field("The reader's token.", viewer_bound=True)
    def whose(self, info: Info) -> str | None:
        return info.context.token

    def _unless_broken(self, value: int) -> str:
        if self.value == value and board.broken > 0:
            board.broken -= 1
            raise RuntimeError("the secret of the house")
        return "whole"


@strawberry.type
class Subscription:
    @subscription("Numbers, with the reader's token.", viewer_bound=True)
    async def own_numbers(self, info: Info, keys: list[str]) -> AsyncIterator[str]:
        async for key, value in board.watch(keys):
            yield f"{info.context.token} {info.context.via_cookie} {key} {value}"

    @strawberry.subscription
    async def refuses_at_once(self) -> AsyncIterator[int]:
        raise InvalidInput("There is no such thing.", field="ids")

    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        yield 1

    @strawberry.subscription
    async def numbers(self, info: Info, keys: list[str]) -> AsyncIterator[Number]:
        async for key, value in board.watch(keys):
            info.context.event_key = key
            info.context.forget()
            yield Number(key=key, value=value)

    @strawberry.subscription
    async def refuses(self) -> AsyncIterator[int]:
        await asyncio.sleep(0.05)
        raise InvalidInput("There is no such thing.", field="ids")
        yield 1

    @strawberry.subscription
    async def never_begins(self) -> AsyncIterator[int]:
        await asyncio.sleep(30)
        yield 1

    @strawberry.subscription
    async def breaks(self) -> AsyncIterator[int]:
        raise ValueError("the secret of the house")
        yield 1

    @strawberry.subscription
    async def breaks_later(self) -> AsyncIterator[int]:
        yield 1
        raise ValueError("the secret of the house")


def sample_endpoint(
    *,
    public_url: str = "http://127.0.0.1:8000",
    limits: Limits | None = None,
    live: LiveLimits | None = None,
    **options: Any,
) -> GraphQLEndpoint:
    """The endpoint under test over the schema above."""
    schema = GuardedSchema(Query, mutation=Mutation, subscription=Subscription, limits=limits)
    sessions = Sessions(public_url)
    contexts = ContextMaker(sessions)
    server = LiveServer(schema, contexts, live)
    return GraphQLEndpoint(schema, contexts, sessions=sessions, live=server, **options)


def sample_app(endpoint: GraphQLEndpoint | None = None) -> Starlette:
    """An application with that endpoint at /graphql."""
    endpoint = endpoint or sample_endpoint()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
        assert endpoint.live is not None
        async with aclosing(endpoint.live):
            yield {"live": endpoint.live}

    return Starlette(
        routes=[Route("/graphql", endpoint), WebSocketRoute("/graphql", endpoint)],
        middleware=[Middleware(RequestIdMiddleware)],
        lifespan=lifespan,
    )


class Door:
    """Sends raw requests to an application's /graphql."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    @classmethod
    @asynccontextmanager
    async def open(cls, app: Starlette, base_url: str = "http://test") -> AsyncIterator[Self]:
        transport = httpx2.ASGITransport(app=app, client=("203.0.113.7", 5))
        async with httpx2.AsyncClient(transport=transport, base_url=base_url) as http:
            yield cls(http)

    async def post(self, body: object, **headers: str) -> httpx2.Response:
        """POST a JSON body; `headers` with underscores for dashes."""
        return await self.http.post("/graphql", json=body, headers=_headers(headers))

    async def raw(self, body: bytes, **headers: str) -> httpx2.Response:
        """POST bytes as JSON."""
        given = {"content-type": "application/json", **_headers(headers)}
        return await self.http.post("/graphql", content=body, headers=given)

    async def query(self, query: str, **more: Any) -> httpx2.Response:
        """POST a query, asking for the newer response form."""
        return await self.post({"query": query, **more}, accept=GRAPHQL_RESPONSE)


def _headers(named: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in named.items()}


def codes(response: httpx2.Response) -> list[str]:
    """The codes of a response's errors."""
    return [error["extensions"]["code"] for error in response.json()["errors"]]
