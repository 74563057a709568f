"""Contents: what can be clicked, by which URLs it is found, and who shares what it gets."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.exceptions import IntegrityError

from app.core.clock import now
from app.core.errors import AlreadyTaken, ContentNotFound, Forbidden, InvalidInput
from app.core.text import check_text
from app.domain.accounts import Account, accounts_by_handles, clean_line, require_active
from app.domain.announce import announce_contents
from app.domain.creators import owners_of
from app.domain.languages import check_language
from app.domain.periods import Period, in_open_period
from app.domain.platforms import Platform, platform_by_host, platform_by_slug
from app.domain.urls import host_of, normalise_url
from app.models import Content as ContentRow
from app.models import ContentShare as ShareRow
from app.models import ContentUrl as UrlRow
from app.models.database import execute, fetch, fetch_one, in_order, placeholders

MAX_TITLE, MAX_DESCRIPTION = 300, 2000
MAX_TAGS, MAX_TAG = 20, 40
MAX_EXTERNAL_ID = 200
MAX_CREATORS = 50
WHOLE = 10_000
"""A content's whole net, as shares."""


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


@dataclass(frozen=True, slots=True)
class ContentDraft:
    """What is said of a content when it is registered or edited."""

    url: str
    title: str
    description: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    platform: str | None = None
    external_id: str | None = None


async def register_content(
    registrant: Account, draft: ContentDraft, *, creators: Sequence[tuple[str, int]] | None = None
) -> Content:
    """Register a content by its URL; its creator is the registrant unless `creators` says else.

    creators: (handle, share of 10 000) in the order of their positions; empty for unclaimed.
    Registering one's own content again with the same URL answers the one there is, unchanged.
    Raises AlreadyTaken where the URL leads to somebody else's, InvalidInput naming the field.
    """
    require_active(registrant)
    values = _checked(draft)
    platform = await _platform(draft, host_of(values["url"]))
    shares = await _checked_shares(creators or [(registrant.handle, WHOLE)])
    if creators is not None and not creators:
        shares = []
    if (known := await _known(values["url"], registrant)) is not None:
        return known
    at = now()
    try:
        async with in_open_period() as period:
            row = await ContentRow.create(
                **values,
                registered_url=values["url"],
                platform_id=platform.id if platform else None,
                registered_by_id=registrant.id,
                shares_period_id=period.id if shares else None,
                created_at=at,
                updated_at=at,
            )
            await UrlRow.create(url=row.url, content_id=row.id)
            await _write_shares(row.id, shares, period)
            announce_contents(row.platform_id, [account_id for account_id, _ in shares])
    except IntegrityError as error:
        known = await _known(values["url"], registrant)
        if known is None:
            raise _taken(error) from None
        return known
    return content_of(row)


async def update_content(editor: Account, content_id: int, changes: Mapping[str, Any]) -> Content:
    """Change what is said of a content; it keeps its identity, its clicks and its old URLs.

    changes: some of url, title, description, language, tags, external_id.
    Raises ContentNotFound, Forbidden for content of others, AlreadyTaken, InvalidInput.
    """
    content = await owned_content(editor, content_id)
    draft = _changed(content, changes)
    values = _checked(draft)
    platform = await _platform(draft, host_of(values["url"]))
    values["platform_id"] = platform.id if platform else None
    written = {"platform_id", "url"} if "url" in changes else set()
    written |= set(changes)
    try:
        async with in_open_period():
            await _point_url(values["url"], content.id)
            row = await ContentRow.get(id=content.id)
            row.update_from_dict({name: values[name] for name in written} | {"updated_at": now()})
            await row.save(update_fields=[*written, "updated_at"])
            announce_contents(content.platform_id, ())
            announce_contents(*await owners_of(content.id))
    except IntegrityError as error:
        raise _taken(error) from None
    return content_of(row)


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
    """Share a content among creators from the open period on.

    creators: (handle, share), shares summing to 10 000, in the order of their positions.
    Raises ContentNotFound, Forbidden, InvalidInput.
    """
    content = await owned_content(editor, content_id)
    shares = await _checked_shares(creators)
    async with in_open_period() as period:
        announce_contents(*await owners_of(content.id))
        await _write_shares(content.id, shares, period)
        await execute(
            "UPDATE contents SET shares_period_id = $1, updated_at = $2 WHERE id = $3",
            *(period.id, now(), content.id),
        )
        announce_contents(None, [account_id for account_id, _ in shares])
    return await content_by_id(content.id)


async def delete_content(editor: Account, content_id: int) -> None:
    """Take a content away: it takes no more clicks; those it has are still paid."""
    content = await owned_content(editor, content_id)
    await ContentRow.filter(id=content.id).update(deleted_at=now(), updated_at=now())
    announce_contents(*await owners_of(content.id))


async def owned_content(editor: Account, content_id: int) -> Content:
    """The content, if it is the editor's to change: a creator's, or unclaimed and theirs."""
    require_active(editor)
    content = await content_by_id(content_id)
    shares = (await shares_of([content]))[0]
    owners: set[int | None] = {s.account_id for s in shares} or {content.registered_by_id}
    if editor.id not in owners:
        raise Forbidden("This content is somebody else's. Only its creators may change it.")
    return content


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
    wanted = _checked_external_id(external_id)
    row = await ContentRow.get_or_none(platform_id=found.id, external_id=wanted, deleted_at=None)
    return content_of(row) if row is not None else None


async def contents_by_ids(ids: Sequence[int]) -> list[Content | None]:
    """Contents in the order of `ids`, None where there is none or it was deleted."""
    rows = await ContentRow.filter(id__in=list(ids), deleted_at=None)
    return in_order(ids, {row.id: content_of(row) for row in rows})


async def any_contents_by_ids(ids: Sequence[int]) -> list[Content | None]:
    """Contents in the order of `ids`, the deleted ones too: for statements of what was."""
    rows = await ContentRow.filter(id__in=list(ids))
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


async def _known(url: str, registrant: Account) -> Content | None:
    """What the registrant owns or registered at this URL; None where it is free.

    Raises AlreadyTaken where it is somebody else's.
    """
    row = await UrlRow.get_or_none(url=url)
    if row is None:
        return None
    [content] = await contents_by_ids([row.content_id])
    if content is not None and content.registered_by_id == registrant.id:
        return content
    try:
        return await owned_content(registrant, row.content_id)
    except (Forbidden, ContentNotFound):
        raise AlreadyTaken("This address is registered already, by somebody else.") from None


async def _point_url(url: str, content_id: int) -> None:
    row = await fetch_one("SELECT content_id FROM content_urls WHERE url = $1", url)
    if row is None:
        await UrlRow.create(url=url, content_id=content_id)
    elif row["content_id"] != content_id:
        raise AlreadyTaken("This address leads to another content already.")


async def _write_shares(content_id: int, shares: Sequence[tuple[int, int]], period: Period) -> None:
    await execute(
        "DELETE FROM content_shares WHERE content_id = $1 AND period_id = $2",
        *(content_id, period.id),
    )
    for position, (account_id, share) in enumerate(shares, 1):
        await ShareRow.create(
            content_id=content_id,
            period_id=period.id,
            account_id=account_id,
            share=share,
            position=position,
        )


async def _checked_shares(creators: Sequence[tuple[str, int]]) -> list[tuple[int, int]]:
    if not 1 <= len(creators) <= MAX_CREATORS:
        raise InvalidInput(f"A content has 1 to {MAX_CREATORS} creators.", field="shares")
    if any(not 1 <= share <= WHOLE for _, share in creators):
        raise InvalidInput("A share is between 1 and 10000.", field="shares")
    if sum(share for _, share in creators) != WHOLE:
        raise InvalidInput("Shares must sum to exactly 10000.", field="shares")
    handles = [handle.lower() for handle, _ in creators]
    if len(set(handles)) != len(handles):
        raise InvalidInput("A creator is named twice.", field="shares")
    accounts = await accounts_by_handles(handles)
    for handle, account in zip(handles, accounts, strict=True):
        if account is None:
            raise InvalidInput(f"Nobody has the handle {handle[:40]!r}.", field="shares")
    return [(a.id, share) for a, (_, share) in zip(accounts, creators, strict=True) if a]


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


def _checked(draft: ContentDraft) -> dict[str, Any]:
    return {
        "url": normalise_url(draft.url),
        "title": clean_line(draft.title, field="title", at_most=MAX_TITLE),
        "description": _checked_description(draft.description),
        "language": check_language(draft.language),
        "tags": _checked_tags(draft.tags),
        "external_id": _checked_external_id(draft.external_id),
    }


def _checked_description(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    if len(text) > MAX_DESCRIPTION:
        message = f"A description has at most {MAX_DESCRIPTION} characters."
        raise InvalidInput(message, field="description")
    return check_text(text.strip(), field="description", lines=True)


def _checked_tags(tags: Sequence[str]) -> list[str]:
    if len(tags) > MAX_TAGS:
        raise InvalidInput(f"A content has at most {MAX_TAGS} tags.", field="tags")
    cleaned = [clean_line(tag, field="tags", at_most=MAX_TAG).lower() for tag in tags]
    return list(dict.fromkeys(cleaned))


def _checked_external_id(external_id: str | None) -> str | None:
    if external_id is None:
        return None
    return clean_line(external_id, field="externalId", at_most=MAX_EXTERNAL_ID)


def _taken(error: IntegrityError) -> Exception:
    text = str(error)
    if "external_id" in text:
        return AlreadyTaken("The platform has another content with this external id.")
    if "url" in text:
        return AlreadyTaken("This address is registered already, by somebody else.")
    return error
