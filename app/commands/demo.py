"""`obole demo`: load a believable world into an empty database."""

import asyncio
from collections import Counter
from enum import Enum, auto
from typing import Annotated

import typer
from rich.table import Table

from app.commands.bars import bar
from app.commands.beginning import begin_in
from app.commands.demo_load import first_key, load_world, steps_of
from app.commands.demo_people import Person
from app.commands.demo_world import World, build_world
from app.commands.exits import ExitCode, err, out
from app.core.clock import now
from app.core.settings import get_settings
from app.domain.accounts import account_by_handle
from app.domain.platforms import platform_by_slug
from app.models.database import fetch_one, open_database
from app.models.migrate import pending_migrations
from app.models.reachable import shown_url

DEFAULT_SEED = 1901
PASSWORD = "obole-demo"
PROGRAMME = "Lanterne has a partner programme: 3 of the 10 % commission are its own."


def demo(
    seed: Annotated[int, typer.Option(help="Another number, another world.")] = DEFAULT_SEED,
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Leave a database that is not empty, and succeed.")
    ] = False,
) -> None:
    """Load a believable world: platforms, creators, contents, supporters, three settled months.

    Only into an empty database; exits 2 where it is not. The same seed is the same world. It is
    play money and public passwords: never load it where strangers can sign in.
    """
    world = build_world(seed)
    found = asyncio.run(_load_if_empty(world))
    if found is Found.EMPTY:
        out.print(sign_ins(world))
        return
    if found is Found.INTERRUPTED:
        where = shown_url(get_settings().database_url)
        err.print(f"The demo was interrupted while it loaded into {where}.")
        err.print("Delete that database and run it again.")
        raise typer.Exit(ExitCode.UNUSABLE)
    out.print("The database is not empty: the demo was not loaded, nothing was changed.")
    if found is Found.DEMO:
        out.print(sign_ins(world))
    if found is Found.OTHER_DEMO:
        out.print("What is there is a demo of another seed; its sign-ins are that seed's.")
    if not if_empty:
        raise typer.Exit(ExitCode.UNUSABLE)


class Found(Enum):
    """What was in the database before."""

    EMPTY = auto()
    DEMO = auto()
    OTHER_DEMO = auto()
    INTERRUPTED = auto()
    OTHER = auto()


async def _load_if_empty(world: World) -> Found:
    """Load the world if the database is empty; what was there before."""
    async with open_database():
        if not await begin_in(first_key(now())):
            return await _what_is_there(world)
        with bar() as shown:
            task = shown.add_task("", total=steps_of(world))

            def step(what: str, count: int) -> None:
                shown.update(task, advance=count, description=what)

            await load_world(world, password=PASSWORD, step=step)
    return Found.EMPTY


async def _what_is_there(world: World) -> Found:
    """A demo has its platforms from the start, and an operator, its own or another's, at the end.

    Every seed has the same platforms, and most have another operator.
    """
    if await pending_migrations():
        return Found.OTHER
    slugs = [await platform_by_slug(platform.slug) for platform in world.platforms]
    if not all(slugs):
        return Found.OTHER
    if await fetch_one("SELECT 1 AS found FROM accounts WHERE is_operator LIMIT 1") is None:
        return Found.INTERRUPTED
    operator = await account_by_handle(world.operator.handle)
    return Found.DEMO if operator is not None and operator.is_operator else Found.OTHER_DEMO


def sign_ins(world: World) -> Table:
    """One of each who can sign in, and with what."""
    supporter = next(s.person for s in world.supporters if s.habit.name == "weigher")
    people: tuple[tuple[str, Person], ...] = (
        ("supporter", supporter),
        ("creator", _most_clicked(world)),
        (f"platform ({world.platforms[0].name})", world.platforms[0].owner),
        ("operator", world.operator),
    )
    table = Table("who", "e-mail", "password", title="Sign in as", caption=PROGRAMME)
    for role, person in people:
        table.add_row(role, person.email, PASSWORD)
    return table


def _most_clicked(world: World) -> Person:
    """The first creator of the most clicked content that has one: there is something to see."""
    clicks = Counter(event.content for event in world.events if event.kind == "click")
    shared = (world.contents[number].shares for number, _ in clicks.most_common())
    first = next(shares[0][0] for shares in shared if shares)
    return world.creators[first].person
