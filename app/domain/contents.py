"""Contents: what can be clicked, by which URLs it is found, and who shares what it gets."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.exceptions import IntegrityError

from app.core.clock import now
from app.core.errors import AlreadyTaken, ContentNotFound, Forbidden, InvalidInput
from app.domain.accounts import Account, require_active
from app.domain.announce import announce_contents
from app.domain.creators import owners_of
from app.domain.drafts import ContentDraft, check_external_id, draft_values
from app.domain.periods import Period, in_open_period
from app.domain.platforms import Platform, platform_by_host, platform_by_slug
from app.domain.shares import WHOLE, check_shares, write_shares
from app.domain.urls import host_of, normalise_url
from app.models import Content as ContentRow
from app.models import ContentUrl as UrlRow
from app.models.database import (
    execute,
    fetch,
    fetch_one,
    for_edit,
    in_order,
    placeholders,
    slices,
)


@dataclass(frozen=True, slots=True)
class Content:
    """One item with a URL; without `shares_period_id` it is unclaimed."""

    id: int
    url: str
    registered_url: str
    title: str
    description: str | None
    language: str | None
    tags: tuple[str, ...]
    platform_id: int | None
    external_id: str | None
    registered_by_id: int | None
    shares_period_id: int | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ContentShare:
    """A creator's `share` of 10 000; what does not divide goes to the lowest `position`."""

    content_id: int
    account_id: int
    share: int
    position: int


async def register_content(
    registrant: Account, draft: ContentDraft, *, creators: Sequence[tuple[str, int]] | None = None
) -> Content:
    """Register a content by its URL; its creator is the registrant unless `creators` says else.

    creators: (handle, share of 10 000) in the order of their positions; empty for unclaimed. The
    registrant is one of them, unless they own the platform that carries the URL.
    Registering one's own content again with the same URL answers the one there is, unchanged; a
    deleted one comes back with its identity, its creators and its counters, and the words of now.
    Raises AlreadyTaken where the URL leads to somebody else's, InvalidInput naming the field.
    """
    require_active(registrant)
    values = draft_values(draft)
    platform = await _platform(draft, host_of(values["url"]))
    values["platform_id"] = platform.id if platform else None
    shares = await _first_shares(registrant, platform, creators)
    try:
        known = await _known(values["url"], registrant)
        if known is None:
            return await _create(registrant, values, shares)
        if known.deleted_at is None:
            return known
        return await _revive(registrant, known.id, values, shares if creators else [])
    except IntegrityError as error:
        known = await _known(values["url"], registrant)
        if known is None or known.deleted_at is not None:
            raise _taken(error) from None
        return known


async def update_content(editor: Account, content_id: int, changes: Mapping[str, Any]) -> Content:
    """Change what is said of a content; it keeps its identity, its clicks and its old URLs.

    changes: some of url, title, description, language, tags, external_id. Any creator may, and of
    unclaimed content its registrant.
    Raises ContentNotFound, Forbidden for content of others, AlreadyTaken, InvalidInput.
    """
    require_active(editor)
    try:
        async with in_open_period():
            content = await _held(content_id)
            if editor.id not in await _owners(content):
                raise Forbidden("This content is somebody else's. Only its creators may change it.")
            draft = _changed(content, changes)
            values = draft_values(draft)
            platform = await _platform(draft, host_of(values["url"]))
            values["platform_id"] = platform.id if platform else None
            written = {"platform_id", "url", *changes} if "url" in changes else {*changes}
            await _point_url(values["url"], content.id)
            return await _write(content.id, {name: values[name] for name in written})
    except IntegrityError as error:
        raise _taken(error) from None


def _changed(content: Content, changes: Mapping[str, Any]) -> ContentDraft:
    """The content as it would be said after the changes."""
    return ContentDraft(
        url=changes.get("url", content.url),
        title=changes.get("title", content.title),
        description=changes.get("description", content.description),
        language=changes.get("language", content.language),
        tags=tuple(changes.get("tags", content.tags)),
        external_id=changes.get("external_id", content.external_id),
    )


async def set_content_shares(
    editor: Account, content_id: int, creators: Sequence[tuple[str, int]]
) -> Content:
    """Share a content among creators from the open period on; the first creator decides.

    creators: (handle, share), shares summing to 10 000, in the order of their positions; another
    one may come first.
    Raises ContentNotFound, Forbidden (also while nobody has claimed it), InvalidInput.
    """
    require_active(editor)
    async with in_open_period() as period:
        content = await _held(content_id)
        await _require_first(editor, content)
        shares = await check_shares(creators)
        return await _share(content, shares, period)


async def delete_content(editor: Account, content_id: int) -> None:
    """Take a content away: it takes no more clicks; those it has are still paid.

    Its external id is free for another one; its address is not.
    Its first creator may, and of unclaimed content its registrant. Raises ContentNotFound,
    Forbidden.
    """
    require_active(editor)
    async with in_open_period():
        content = await _held(content_id)
        await _require_first(editor, content)
        await _write(content.id, {"deleted_at": now(), "external_id": None})


async def content_by_id(content_id: int) -> Content:
    """The content with this id. Raises ContentNotFound, also for a deleted one."""
    row = await ContentRow.get_or_none(id=content_id, deleted_at=None)
    if row is None:
        raise ContentNotFound
    return content_of(row)


async def content_by_url(url: str) -> Content | None:
    """The content a URL leads to, the present URL or one of before; None where none does."""
    row = await UrlRow.get_or_none(url=normalise_url(url))
    return (await contents_by_ids([row.content_id]))[0] if row is not None else None


async def content_by_external_id(platform: str, external_id: str) -> Content | None:
    """The content with a platform's own id for it. Raises InvalidInput for what is no id."""
    found = await platform_by_slug(platform)
    if found is None:
        return None
    wanted = check_external_id(external_id)
    row = await ContentRow.get_or_none(platform_id=found.id, external_id=wanted, deleted_at=None)
    return content_of(row) if row is not None else None


async def contents_by_ids(ids: Sequence[int]) -> list[Content | None]:
    """Contents in the order of `ids`, None where there is none or it was deleted."""
    rows = await ContentRow.filter(id__in=list(ids), deleted_at=None)
    return in_order(ids, {row.id: content_of(row) for row in rows})


async def any_contents_by_ids(ids: Sequence[int]) -> list[Content | None]:
    """Contents in the order of `ids`, the deleted ones too: for statements of what was."""
    rows = [row for some in slices(ids) for row in await ContentRow.filter(id__in=some)]
    return in_order(ids, {row.id: content_of(row) for row in rows})


async def shares_of(contents: Sequence[Content]) -> list[list[ContentShare]]:
    """Who shares each content now, by position, in the order of `contents`; one statement."""
    ids = [content.id for content in contents]
    rows = await fetch(
        "SELECT s.content_id, s.account_id, s.share, s.position FROM content_shares s"
        " JOIN contents c ON c.id = s.content_id AND c.shares_period_id = s.period_id"
        f" WHERE s.content_id IN ({placeholders(len(ids))}) ORDER BY s.content_id, s.position",
        *ids,
    )
    found: dict[int, list[ContentShare]] = {}
    for row in rows:
        found.setdefault(row["content_id"], []).append(ContentShare(**row))
    return [found.get(content_id, []) for content_id in ids]


def content_of(row: ContentRow) -> Content:
    """The domain value of a row."""
    tags = json.loads(row.tags) if isinstance(row.tags, str) else row.tags
    names = [name for name in Content.__slots__ if name != "tags"]
    return Content(**{name: getattr(row, name) for name in names}, tags=tuple(tags))


async def _create(
    registrant: Account, values: dict[str, Any], shares: Sequence[tuple[int, int]]
) -> Content:
    at = now()
    async with in_open_period() as period:
        row = await ContentRow.create(
            **values,
            registered_url=values["url"],
            registered_by_id=registrant.id,
            shares_period_id=period.id if shares else None,
            created_at=at,
            updated_at=at,
        )
        await UrlRow.create(url=row.url, content_id=row.id)
        await write_shares(row.id, shares, period)
        announce_contents(row.platform_id, [account_id for account_id, _ in shares])
    return content_of(row)


async def _revive(
    registrant: Account,
    content_id: int,
    values: dict[str, Any],
    shares: Sequence[tuple[int, int]],
) -> Content:
    """Take a deletion back. shares: where creators were named, else empty: they are as before."""
    async with in_open_period() as period:
        content = await _held(content_id, deleted_too=True)
        await _require_first(registrant, content)
        if content.deleted_at is None:
            return content
        if shares:
            await _share(content, shares, period)
        return await _write(content.id, values | {"deleted_at": None})


async def _held(content_id: int, *, deleted_too: bool = False) -> Content:
    """The content, held against other edits until the transaction ends. Raises ContentNotFound.

    Whose it was is announced here, whose it has become by `_write`.
    """
    await fetch(f"SELECT id FROM contents WHERE id = $1{for_edit()}", content_id)
    [content] = await any_contents_by_ids([content_id])
    if content is None or (content.deleted_at is not None and not deleted_too):
        raise ContentNotFound
    announce_contents(*await owners_of(content.id))
    return content


async def _owners(content: Content) -> list[int]:
    """Whose it is: its creators by position, or while nobody has claimed it, its registrant."""
    shares = (await shares_of([content]))[0]
    if shares:
        return [share.account_id for share in shares]
    return [content.registered_by_id] if content.registered_by_id is not None else []


async def _require_first(editor: Account, content: Content) -> None:
    owners = await _owners(content)
    if owners[:1] == [editor.id]:
        return
    if editor.id in owners:
        raise Forbidden("Only the creator at position 1 may do this. Ask them.")
    raise Forbidden("This content is somebody else's. Only its creators may change it.")


async def _known(url: str, registrant: Account) -> Content | None:
    """What the registrant owns or registered at this URL, or may revive; None where it is free.

    Raises AlreadyTaken where it is somebody else's.
    """
    row = await UrlRow.get_or_none(url=url)
    if row is None:
        return None
    [content] = await any_contents_by_ids([row.content_id])
    if content is None:
        return None
    owners = await _owners(content)
    if content.deleted_at is not None:
        if owners[:1] != [registrant.id]:
            raise AlreadyTaken(
                "This address belongs to a deleted content. Only its first creator can register "
                "it again."
            )
    elif registrant.id not in {content.registered_by_id, *owners}:
        raise AlreadyTaken("This address is registered already, by somebody else.")
    return content


async def _point_url(url: str, content_id: int) -> None:
    """Have a URL lead to a content. Raises AlreadyTaken where it leads to another."""
    await execute(
        "INSERT INTO content_urls (url, content_id) VALUES ($1, $2) ON CONFLICT (url) DO NOTHING",
        *(url, content_id),
    )
    row = await fetch_one("SELECT content_id FROM content_urls WHERE url = $1", url)
    if row is None or row["content_id"] != content_id:
        raise AlreadyTaken("This address leads to another content already.")


async def _write(content_id: int, values: dict[str, Any]) -> Content:
    """Write these columns of a content that is held."""
    row = await ContentRow.get(id=content_id)
    row.update_from_dict(values | {"updated_at": now()})
    await row.save(update_fields=[*values, "updated_at"])
    announce_contents(*await owners_of(content_id))
    return content_of(row)


async def _share(content: Content, shares: Sequence[tuple[int, int]], period: Period) -> Content:
    """Share a content that is held. Raises Forbidden while nobody has claimed it."""
    if content.shares_period_id is None:
        raise Forbidden(
            "Nobody has claimed this content, so nobody can be given shares of it yet. Leave "
            "`creators` out; its creator claims it."
        )
    await write_shares(content.id, shares, period)
    return await _write(content.id, {"shares_period_id": period.id})


async def _first_shares(
    registrant: Account, platform: Platform | None, creators: Sequence[tuple[str, int]] | None
) -> list[tuple[int, int]]:
    """Who shares a content from its registration on; nobody where `creators` is empty."""
    if creators is None:
        return [(registrant.id, WHOLE)]
    if not creators:
        return []
    shares = await check_shares(creators)
    carries = platform is not None and platform.owner_id == registrant.id
    if not carries and registrant.id not in {account_id for account_id, _ in shares}:
        raise InvalidInput(
            "Name yourself among the creators. Only the platform that carries an address may "
            "register it for others.",
            field="creators",
        )
    return shares


async def _platform(draft: ContentDraft, host: str) -> Platform | None:
    """The platform that owns the URL's host, which must be the one named, if one is."""
    platform = await platform_by_host(host)
    if draft.platform is not None and (platform is None or platform.slug != draft.platform):
        raise InvalidInput(f"{host} is no host of {draft.platform[:40]!r}.", field="platform")
    if draft.external_id is not None and platform is None:
        raise InvalidInput(
            "An external id needs a platform that owns the host.", field="externalId"
        )
    return platform


def _taken(error: IntegrityError) -> Exception:
    text = str(error)
    if "external_id" in text:
        return AlreadyTaken("The platform has another content with this external id.")
    if "url" in text:
        return AlreadyTaken("This address is registered already, by somebody else.")
    return error
