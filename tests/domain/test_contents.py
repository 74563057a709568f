"""Contents: one for each URL, with an identity that outlives it, and shares that sum up."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.core.errors import (
    AccountSuspended,
    AlreadyTaken,
    ContentNotFound,
    DomainError,
    Forbidden,
    InvalidInput,
)
from app.domain.accounts import account_by_handle, suspend_account
from app.domain.contents import (
    MAX_CREATORS,
    ContentDraft,
    any_contents_by_ids,
    content_by_external_id,
    content_by_id,
    content_by_url,
    contents_by_ids,
    delete_content,
    register_content,
    set_content_shares,
    shares_of,
    update_content,
)
from app.domain.platforms import create_platform
from app.models.database import fetch
from tests.world import article, person

DRAFT = ContentDraft(
    url="https://news.example/one?a=1",
    title="One",
    description="First.\nSecond.",
    language="pt-br",
    tags=("Music", "music", " live  set "),
    platform="news",
    external_id="n-1",
)
HOSTILE = ["a\x00", "a\x07", "\x1b[31m", "a\ud800", "\udfff", "a\x7f"]
BAD: list[tuple[str, str, Any]] = [
    *(("title", "title", value) for value in ("", " \n", "x" * 301, "x" * 10_000)),
    *(("description", "description", value) for value in ("x" * 2001, "x" * 10_000)),
    *(("external_id", "externalId", value) for value in ("", "x" * 201)),
    *(("language", "language", value) for value in ("", "klingon", "x" * 50)),
    *(("tags", "tags", value) for value in (("",), ("x" * 41,), tuple(map(str, range(21))))),
    *(("url", "url", value) for value in ("", "javascript:alert(1)", "https://a b.example/")),
    *(
        (name, field, (value,) if name == "tags" else value)
        for name, field in [
            ("title", "title"), ("description", "description"), ("external_id", "externalId"),
            ("language", "language"), ("tags", "tags"),
        ]
        for value in HOSTILE
    ),
    *(("url", "url", f"https://news.example/{value}") for value in HOSTILE),
]  # fmt: skip
BAD_SHARES: list[list[tuple[str, int]]] = [
    [], [("bob", 9999)], [("bob", 10_001)], [("bob", 0)], [("bob", 5000), ("bob", 5000)],
    [("bob", 5000), ("BOB", 5000)], [("bob", -1), ("cid", 10_001)], [("nobody", 10_000)],
    [("bob\x00", 10_000)], [("\ud800", 10_000)], [("", 10_000)], [("bob", 10_000), ("cid", 0)],
    [("bob", 5000), ("cid", 4999)], [(f"h{n}", 100) for n in range(MAX_CREATORS + 50)],
]  # fmt: skip


async def everything() -> list[list[dict[str, Any]]]:
    """All that is known of contents."""
    tables = ("contents", "content_urls", "content_shares")
    return [await fetch(f"SELECT * FROM {table} ORDER BY 1") for table in tables]


@pytest.mark.usefixtures("database")
async def test_a_content_is_found_by_all_its_names() -> None:
    bob = await person("bob")
    news = await create_platform(slug="news", name="News", hosts=["news.example"])
    content = await register_content(bob, DRAFT)
    assert (content.language, content.tags) == ("pt-BR", ("music", "live set"))
    assert (content.description, content.platform_id) == ("First.\nSecond.", news.id)
    assert content.registered_url == content.url == DRAFT.url
    assert await content_by_id(content.id) == content
    assert await content_by_url("HTTPS://News.example:443/one?a=1#part") == content
    assert await content_by_external_id("news", "n-1") == content
    assert await contents_by_ids([10**9, content.id]) == [None, content]
    assert await content_by_url("https://news.example/one") is None
    [[share]] = await shares_of([content])
    assert (share.account_id, share.share, share.position) == (bob.id, 10_000, 1)


@pytest.mark.usefixtures("database")
async def test_what_cannot_be_said_of_a_content_changes_nothing() -> None:
    bob = await person("bob")
    await create_platform(slug="news", name="News", hosts=["news.example"])
    content = await register_content(bob, DRAFT)
    before = await everything()
    new = replace(DRAFT, url="https://news.example/two", external_id="n-2")
    for name, field, value in BAD:
        with pytest.raises(InvalidInput) as refused:
            await register_content(bob, replace(new, **{name: value}))
        assert refused.value.field == field, (name, value)
        with pytest.raises(InvalidInput) as refused:
            await update_content(bob, content.id, {name: value})
        assert refused.value.field == field, (name, value)
    assert await everything() == before


@pytest.mark.usefixtures("database")
async def test_hostile_names_lead_nowhere() -> None:
    bob = await person("bob")
    await create_platform(slug="news", name="News", hosts=["news.example"])
    await register_content(bob, DRAFT)
    for hostile in HOSTILE:
        assert await content_by_external_id(hostile, "n-1") is None
        with pytest.raises(InvalidInput):
            await content_by_external_id("news", hostile)
        with pytest.raises(InvalidInput):
            await content_by_url(f"https://news.example/{hostile}")
        with pytest.raises(InvalidInput) as refused:
            await register_content(bob, replace(DRAFT, platform=hostile))
        assert refused.value.field == "platform"


@pytest.mark.usefixtures("database")
async def test_a_url_registered_again_is_the_same_content_or_somebody_elses() -> None:
    bob, cid = await person("bob"), await person("cid")
    first = await article(bob, "one")
    again = ContentDraft(url="https://NEWS.example/one#x", title="Another title")
    assert await register_content(bob, again) == first
    before = await everything()
    with pytest.raises(AlreadyTaken):
        await register_content(cid, again)
    assert await everything() == before
    await delete_content(bob, first.id)
    for registrant in (bob, cid):
        with pytest.raises(AlreadyTaken):
            await register_content(registrant, again)


@pytest.mark.usefixtures("database")
async def test_what_differs_in_scheme_case_slash_or_query_are_contents_of_their_own() -> None:
    bob = await person("bob")
    paths = ["https://a.example/", "https://a.example/?page_id=42", "http://a.example/",
             "https://a.example/A", "https://a.example/a", "https://a.example/a/"]  # fmt: skip
    ids = {(await register_content(bob, ContentDraft(url=p, title=p))).id for p in paths}
    assert len(ids) == len(paths)


@pytest.mark.usefixtures("database")
async def test_of_eight_registrations_at_once_there_is_one_content() -> None:
    bob, cid = await person("bob"), await person("cid")
    registrants = [bob, cid] * 4
    done = await asyncio.gather(*(article(r, "one") for r in registrants), return_exceptions=True)
    [row] = await fetch("SELECT id, registered_by_id FROM contents")
    for registrant, answer in zip(registrants, done, strict=True):
        if registrant.id == row["registered_by_id"]:
            assert not isinstance(answer, BaseException) and answer.id == row["id"]
        else:
            assert isinstance(answer, AlreadyTaken)


@pytest.mark.usefixtures("database")
async def test_a_content_keeps_its_identity_and_its_old_urls() -> None:
    bob, cid = await person("bob"), await person("cid")
    old, new = "https://news.example/one", "https://elsewhere.example/1"
    content = await article(bob, "one")
    moved = await update_content(bob, content.id, {"url": new, "title": "Moved"})
    assert (moved.id, moved.url, moved.registered_url, moved.title) == (
        content.id, new, old, "Moved",
    )  # fmt: skip
    assert await content_by_url(old) == await content_by_url(new) == moved
    for url in (old, new):
        with pytest.raises(AlreadyTaken):
            await register_content(cid, ContentDraft(url=url, title="Mine"))
        other = await article(cid, "other")
        with pytest.raises(AlreadyTaken):
            await update_content(cid, other.id, {"url": url})
        assert (await content_by_id(other.id)).url == "https://news.example/other"
    assert await register_content(bob, ContentDraft(url=old, title="x")) == moved
    back = await update_content(bob, content.id, {"url": old})
    assert (back.url, await content_by_url(new)) == (old, back)


@pytest.mark.usefixtures("database")
async def test_an_edit_leaves_what_it_does_not_name() -> None:
    bob = await person("bob")
    await create_platform(slug="news", name="News", hosts=["news.example"])
    content = await register_content(bob, DRAFT)
    edited = await update_content(bob, content.id, {"tags": ["new"], "description": None})
    assert edited == replace(content, tags=("new",), description=None)


@pytest.mark.usefixtures("database")
async def test_only_its_creators_change_a_content() -> None:
    bob, cid, dan = await person("bob"), await person("cid"), await person("dan")
    content = await article(bob, "one", creators=[("cid", 6000), ("dan", 4000)])
    before = await everything()
    for attempt in (
        update_content(bob, content.id, {"title": "x"}),
        set_content_shares(bob, content.id, [("bob", 10_000)]),
        delete_content(bob, content.id),
    ):
        with pytest.raises(Forbidden):
            await attempt
    assert await everything() == before
    await update_content(dan, content.id, {"title": "By a co-creator"})
    await suspend_account(cid.id)
    suspended = await account_by_handle("cid")
    assert suspended is not None
    with pytest.raises(AccountSuspended):
        await update_content(suspended, content.id, {"title": "x"})
    with pytest.raises(AccountSuspended):
        await article(suspended, "two")


@pytest.mark.usefixtures("database")
async def test_shares_are_kept_in_their_order() -> None:
    bob = await person("bob")
    for handle in ("cid", "dan"):
        await person(handle)
    content = await article(bob, "one")
    parts = [("DAN", 3334), ("bob", 3333), ("cid", 3333)]
    shared = await set_content_shares(bob, content.id, parts)
    [shares] = await shares_of([shared])
    assert [(s.share, s.position) for s in shares] == [(3334, 1), (3333, 2), (3333, 3)]
    assert shares[1].account_id == bob.id
    assert await shares_of([]) == []


@pytest.mark.usefixtures("database")
async def test_shares_that_do_not_sum_up_change_nothing() -> None:
    bob = await person("bob")
    await person("cid")
    content = await article(bob, "one")
    before = await everything()
    for creators in BAD_SHARES:
        with pytest.raises(InvalidInput) as refused:
            await set_content_shares(bob, content.id, creators)
        assert refused.value.field == "shares", creators
        if creators:
            with pytest.raises(InvalidInput):
                await article(bob, "two", creators=creators)
    assert await everything() == before


@pytest.mark.usefixtures("database")
async def test_unclaimed_content_is_its_registrants_to_edit() -> None:
    bob, cid = await person("bob"), await person("cid")
    content = await article(bob, "one", creators=[])
    assert (content.shares_period_id, await shares_of([content])) == (None, [[]])
    with pytest.raises(Forbidden):
        await update_content(cid, content.id, {"title": "Mine"})
    assert (await update_content(bob, content.id, {"title": "Found"})).title == "Found"
    assert (await article(bob, "one", creators=[])).id == content.id


@pytest.mark.usefixtures("database")
async def test_a_deleted_content_is_gone_except_from_what_was() -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    await delete_content(bob, content.id)
    assert await contents_by_ids([content.id]) == [None]
    assert await content_by_url(content.url) is None
    [kept] = await any_contents_by_ids([content.id])
    assert kept is not None and kept.deleted_at is not None
    attempts: list[Any] = [content_by_id(content.id), update_content(bob, content.id, {})]
    for attempt in attempts:
        with pytest.raises(ContentNotFound):
            await attempt


@pytest.mark.usefixtures("database")
async def test_a_platform_is_the_hosts_and_an_external_id_is_its_own() -> None:
    bob = await person("bob")
    await create_platform(slug="news", name="News", hosts=["news.example"])
    await register_content(bob, DRAFT)
    refusals: list[tuple[ContentDraft, type[DomainError]]] = [
        (replace(DRAFT, url="https://news.example/two"), AlreadyTaken),
        (replace(DRAFT, url="https://x.example/", external_id=None), InvalidInput),
        (replace(DRAFT, url="https://x.example/", platform=None), InvalidInput),
        (replace(DRAFT, platform="video"), InvalidInput),
    ]
    before = await everything()
    for draft, refusal in refusals:
        with pytest.raises(refusal):
            await register_content(bob, draft)
    assert await everything() == before


@pytest.mark.usefixtures("database")
async def test_two_edits_of_different_fields_at_once_keep_both() -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    await asyncio.gather(
        update_content(bob, content.id, {"title": "A new title"}),
        update_content(bob, content.id, {"description": "A new description"}),
        update_content(bob, content.id, {"tags": ("new",)}),
    )
    kept = await content_by_id(content.id)
    assert (kept.title, kept.description, kept.tags) == (
        *("A new title", "A new description"),
        ("new",),
    )


@pytest.mark.usefixtures("database")
async def test_registering_for_others_is_safe_to_retry() -> None:
    ann, bob = await person("ann"), await person("bob")
    first = await article(ann, "one", creators=[("bob", 10_000)])
    assert (await article(ann, "one", creators=[("bob", 10_000)])).id == first.id
    assert (await article(bob, "one")).id == first.id
