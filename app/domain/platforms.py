"""Platforms: the sites that carry content, their hosts, and the dated commission rates."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import IntegrityError

from app.core.clock import now
from app.core.errors import AlreadyTaken, InvalidInput
from app.core.text import is_storable
from app.domain.accounts import clean_line
from app.domain.periods import in_open_period
from app.domain.urls import MAX_HOST, normalise_host
from app.models import CommissionRate as RateRow
from app.models import Platform as PlatformRow
from app.models import PlatformHost as HostRow
from app.models.database import in_order, transaction

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
MAX_HOSTS = 100


@dataclass(frozen=True, slots=True)
class Platform:
    """A site that carries content; `owner_id` is the account that runs it."""

    id: int
    slug: str
    name: str
    owner_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CommissionRate:
    """From `starts_at` on, `commission_bps` of gross is kept, `platform_bps` of it the platform's.

    Both in basis points, 0 <= platform_bps <= commission_bps <= 10 000.
    """

    commission_bps: int
    platform_bps: int
    starts_at: datetime


async def create_platform(
    *, slug: str, name: str, hosts: Sequence[str], owner_id: int | None = None
) -> Platform:
    """Register a platform with its hosts. Raises InvalidInput, AlreadyTaken."""
    if not _SLUG.fullmatch(slug):
        raise InvalidInput("A slug has 1 to 40 letters a-z, digits or -.", field="slug")
    if not 1 <= len(hosts) <= MAX_HOSTS:
        raise InvalidInput(f"A platform has 1 to {MAX_HOSTS} hosts.", field="hosts")
    names = {normalise_host(host, field="hosts") for host in hosts}
    try:
        async with transaction():
            row = await PlatformRow.create(
                slug=slug,
                name=clean_line(name, field="name", at_most=80),
                owner_id=owner_id,
                created_at=now(),
            )
            for host in sorted(names):
                await HostRow.create(platform_id=row.id, host=host)
    except IntegrityError:
        raise AlreadyTaken("This slug or one of the hosts is another platform's.") from None
    return _platform(row)


async def set_commission_rate(
    *, platform_id: int | None, commission_bps: int, platform_bps: int, starts_at: datetime
) -> None:
    """Date a rate; without a platform it is the house's.

    starts_at: not before the open period began, for a period that is closed keeps its rates.
    Raises InvalidInput, AlreadyTaken.
    """
    in_order_ = 0 <= platform_bps <= commission_bps <= 10_000
    if not in_order_ or (platform_id is None and platform_bps):
        raise InvalidInput(
            "Rates are basis points: 0 <= platform share <= commission <= 10000.",
            field="commissionBps",
        )
    try:
        async with in_open_period() as period:
            if starts_at < period.starts_at:
                raise InvalidInput(
                    f"{period.key} began later: a rate begins in it, or afterwards.",
                    field="startsAt",
                )
            await RateRow.create(
                platform_id=platform_id,
                commission_bps=commission_bps,
                platform_bps=platform_bps,
                starts_at=starts_at,
            )
    except IntegrityError:
        raise AlreadyTaken("There is a rate from that moment on already.") from None


async def platforms_by_ids(ids: Sequence[int]) -> list[Platform | None]:
    """Platforms in the order of `ids`, None where there is none."""
    rows = await PlatformRow.filter(id__in=list(ids))
    return in_order(ids, {row.id: _platform(row) for row in rows})


async def platform_by_slug(slug: str) -> Platform | None:
    """The platform with this slug, if there is one."""
    row = await PlatformRow.get_or_none(slug=slug) if _SLUG.fullmatch(slug) else None
    return _platform(row) if row is not None else None


async def platform_by_host(host: str) -> Platform | None:
    """The platform that owns this host, if one does."""
    possible = len(host) <= MAX_HOST and is_storable(host)
    row = await HostRow.get_or_none(host=host) if possible else None
    return (await platforms_by_ids([row.platform_id]))[0] if row is not None else None


async def hosts_of(platform_ids: Sequence[int]) -> list[list[str]]:
    """The hosts of each platform, in the order of `platform_ids`."""
    rows = await HostRow.filter(platform_id__in=list(platform_ids)).order_by("host")
    return [[r.host for r in rows if r.platform_id == wanted] for wanted in platform_ids]


async def rates_of(platform_ids: Sequence[int]) -> list[list[CommissionRate]]:
    """The dated rates of each platform, oldest first, in the order of `platform_ids`."""
    rows = await RateRow.filter(platform_id__in=list(platform_ids)).order_by("starts_at")
    return [[_rate(r) for r in rows if r.platform_id == wanted] for wanted in platform_ids]


def _platform(row: PlatformRow) -> Platform:
    return Platform(
        id=row.id, slug=row.slug, name=row.name, owner_id=row.owner_id, created_at=row.created_at
    )


def _rate(row: RateRow) -> CommissionRate:
    return CommissionRate(row.commission_bps, row.platform_bps, row.starts_at)
