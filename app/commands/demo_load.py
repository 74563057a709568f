"""Puts the demo's world into an empty database, month by month, through the domain itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from app.commands.demo_habits import Event
from app.commands.demo_people import Person
from app.commands.demo_world import MONTHS, Content, World
from app.commands.pinned import PINNED
from app.core.clock import FixedClock, now, use_clock
from app.core.money import Money
from app.core.settings import use_settings
from app.domain.accounts import Account, sign_up
from app.domain.clicks import record_click, withdraw_click
from app.domain.contents import register_content
from app.domain.deposits import deposit
from app.domain.drafts import ContentDraft
from app.domain.periods import close_period, next_key, start_of
from app.domain.platforms import create_platform, set_commission_rate
from app.domain.wallets import set_budget
from app.models.database import transaction
from app.settlement.settle import settle_period

COMMISSION_BPS = 1000

Step = Callable[[str, int], None]
"""Told what is being done and how many steps of it are over."""


@dataclass(slots=True)
class Loading:
    """The world on its way into the database: who and what has which id by now."""

    world: World
    password: str
    step: Step
    clock: FixedClock
    starts: list[datetime]
    accounts: dict[str, Account] = field(default_factory=dict)
    content_ids: dict[int, int] = field(default_factory=dict)


def steps_of(world: World) -> int:
    """How many steps loading takes: people, contents, events and settlements."""
    people = 1 + len(world.platforms) + len(world.creators) + len(world.supporters)
    return people + len(world.contents) + len(world.events) + MONTHS - 1


def first_key(at: datetime) -> str:
    """The key of the first month, so that the last one is the month of `at`."""
    months = at.year * 12 + at.month - 1 - (MONTHS - 1)
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


async def load_world(world: World, *, password: str, step: Step) -> None:
    """Load everything: three months settled, the present one open. The clock ends where it began.

    The database is migrated and empty, and its open period is `first_key(now())`. The operator
    comes last: where there is none, the loading was interrupted.
    """
    until = now()
    keys = [first_key(until)]
    for _ in range(MONTHS - 1):
        keys.append(next_key(keys[-1]))
    starts = [start_of(key) for key in keys]
    clock = FixedClock(starts[0])
    loading = Loading(world, password, step, clock, [*starts, until])
    with use_clock(clock), use_settings(**PINNED):
        async with transaction():
            await _sign_everybody_up(loading)
            await _open_platforms(loading)
        for month, key in enumerate(keys):
            async with transaction():
                await _play(loading, month)
            if month < MONTHS - 1:
                await _settle(loading, key, starts[month + 1])
        await _sign_up(loading, world.operator, is_operator=True)


async def _sign_everybody_up(loading: Loading) -> None:
    world = loading.world
    owners = [platform.owner for platform in world.platforms]
    creators = [creator.person for creator in world.creators]
    supporters = [supporter.person for supporter in world.supporters]
    for person in (*owners, *creators, *supporters):
        await _sign_up(loading, person)


async def _sign_up(loading: Loading, person: Person, *, is_operator: bool = False) -> None:
    loading.accounts[person.handle] = await sign_up(
        handle=person.handle,
        email=person.email,
        password=loading.password,
        display_name=person.display_name,
        is_operator=is_operator,
    )
    loading.step("people", 1)


async def _open_platforms(loading: Loading) -> None:
    for platform in loading.world.platforms:
        opened = await create_platform(
            slug=platform.slug,
            name=platform.name,
            hosts=platform.hosts,
            owner_id=loading.accounts[platform.owner.handle].id,
        )
        await set_commission_rate(
            platform_id=opened.id,
            commission_bps=COMMISSION_BPS,
            platform_bps=platform.part_bps,
            starts_at=now(),
        )


async def _play(loading: Loading, month: int) -> None:
    """Everything of one month, each event at its moment."""
    start, end = loading.starts[month], loading.starts[month + 1]
    for number, content in enumerate(loading.world.contents):
        if content.month == month:
            loading.content_ids[number] = await _register(loading, content)
            loading.step("contents", 1)
    events = (event for event in loading.world.events if event.month == month)
    for permille, moment in groupby(events, key=lambda event: event.permille):
        loading.clock.set(start + (end - start) * permille / 1000)
        for event in moment:
            await _take(loading, event)
            loading.step("clicks", 1)


async def _register(loading: Loading, content: Content) -> int:
    world = loading.world
    creators = [(world.creators[n].person.handle, share) for n, share in content.shares]
    owner = world.platforms[content.platform].owner.handle
    draft = ContentDraft(
        url=content.url,
        title=content.title,
        description=content.description,
        language=content.language,
        tags=content.tags,
        platform=world.platforms[content.platform].slug,
        external_id=content.external_id,
    )
    registrant = loading.accounts[creators[0][0] if creators else owner]
    return (await register_content(registrant, draft, creators=creators)).id


async def _take(loading: Loading, event: Event) -> None:
    supporter = loading.world.supporters[event.supporter]
    account = loading.accounts[supporter.person.handle]
    match event.kind:
        case "deposit":
            amount = Money(event.value, supporter.currency)
            await deposit(account, amount, idempotency_key=f"demo-{event.month}")
        case "budget":
            await set_budget(account, currency=supporter.currency, budget_micros=event.value)
        case "click":
            await record_click(account, loading.content_ids[event.content], weight=event.value)
        case "withdraw":
            await withdraw_click(account, loading.content_ids[event.content])


async def _settle(loading: Loading, key: str, end: datetime) -> None:
    loading.clock.set(end)
    await close_period(key)
    loading.clock.set(min(end + timedelta(minutes=5), loading.starts[-1]))
    await settle_period(key)
    loading.step("settlements", 1)
