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
from app.domain.counters import counters_of
from app.domain.drafts import ContentDraft
from app.domain.platforms import create_platform
from app.domain.shares import MAX_CREATORS
from app.models.database import fetch
from tests.world import article, click, fund, person

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


@pytest.mark.usefixtures("database")
async def test_a_deleted_content_comes_back_to_its_first_creator_only() -> None:
    bob, cid, sue = await person("bob"), await person("cid"), await person("sue")
    content = await article(bob, "one", creators=[("bob", 9000), ("cid", 1000)])
    await fund(sue, "1.00")
    await click(sue, content)
    await update_content(bob, content.id, {"url": "https://news.example/moved"})
    await delete_content(bob, content.id)
    again = ContentDraft(url="https://news.example/one", title="Back", tags=("new",))
    before = await everything()
    for stranger in (cid, sue):
        with pytest.raises(AlreadyTaken, match="deleted content"):
            await register_content(stranger, again)
    assert await everything() == before
    back = await asyncio.gather(*(register_content(bob, again) for _ in range(4)))
    assert {(c.id, c.title, c.tags, c.url, c.deleted_at) for c in back} == {
        (content.id, "Back", ("new",), "https://news.example/one", None)
    }
    assert await content_by_url("https://news.example/moved") == await content_by_id(content.id)
    assert (await counters_of([content.id]))[0].total == 1
    [shares] = await shares_of([back[0]])
    assert [(s.account_id, s.share) for s in shares] == [(bob.id, 9000), (cid.id, 1000)]


@pytest.mark.usefixtures("database")
async def test_a_content_that_comes_back_is_shared_as_the_registration_says() -> None:
    bob, cid = await person("bob"), await person("cid")
    content = await article(bob, "one")
    await delete_content(bob, content.id)
    back = await article(bob, "one", creators=[("cid", 1), ("bob", 9999)])
    assert (back.id, back.created_at) == (content.id, content.created_at)
    [shares] = await shares_of([back])
    assert [(s.account_id, s.share) for s in shares] == [(cid.id, 1), (bob.id, 9999)]


@pytest.mark.usefixtures("database")
async def test_deleting_is_no_way_to_claim() -> None:
    bob, cid = await person("bob"), await person("cid")
    content = await article(bob, "one", creators=[])
    await delete_content(bob, content.id)
    with pytest.raises(AlreadyTaken):
        await article(cid, "one")
    with pytest.raises(Forbidden, match="claim"):
        await article(bob, "one", creators=[("bob", 10_000)])
    back = await article(bob, "one")
    assert (back.id, back.shares_period_id, back.deleted_at) == (content.id, None, None)


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
    people = {name: await person(name) for name in ("ann", "bob", "cid", "dan")}
    bob, cid, dan = people["bob"], people["cid"], people["dan"]
    content = await article(cid, "one", creators=[("cid", 6000), ("dan", 4000)])
    before = await everything()
    for attempt in (
        update_content(bob, content.id, {"title": "x"}),
        set_content_shares(bob, content.id, [("bob", 10_000)]),
        set_content_shares(dan, content.id, [("dan", 10_000)]),
        delete_content(bob, content.id),
        delete_content(dan, content.id),
    ):
        with pytest.raises(Forbidden):
            await attempt
    assert await everything() == before
    await update_content(dan, content.id, {"title": "By a co-creator"})
    await suspend_account(cid.id)
    suspended = await account_by_handle("cid")
    assert suspended is not None
    for attempt in (
        update_content(suspended, content.id, {"title": "x"}),
        set_content_shares(suspended, content.id, [("cid", 10_000)]),
        delete_content(suspended, content.id),
    ):
        with pytest.raises(AccountSuspended):
            await attempt
    with pytest.raises(AccountSuspended):
        await article(suspended, "two")


@pytest.mark.usefixtures("database")
async def test_who_comes_first_may_change_and_decides_then() -> None:
    cid, dan = await person("cid"), await person("dan")
    content = await article(cid, "one", creators=[("cid", 9999), ("dan", 1)])
    await set_content_shares(cid, content.id, [("dan", 1), ("cid", 9999)])
    with pytest.raises(Forbidden, match="position 1"):
        await set_content_shares(cid, content.id, [("cid", 10_000)])
    with pytest.raises(Forbidden, match="position 1"):
        await delete_content(cid, content.id)
    await set_content_shares(dan, content.id, [("dan", 10_000)])
    await delete_content(dan, content.id)


@pytest.mark.usefixtures("database")
async def test_a_content_is_registered_for_others_by_its_platform_only() -> None:
    ann, bob = await person("ann"), await person("bob")
    await create_platform(slug="news", name="News", hosts=["news.example"], owner_id=ann.id)
    for registrant, url in ((bob, "https://news.example/1"), (ann, "https://blog.example/1")):
        other = "ann" if registrant is bob else "bob"
        draft = ContentDraft(url=url, title="x")
        with pytest.raises(InvalidInput, match="yourself") as refused:
            await register_content(registrant, draft, creators=[(other, 10_000)])
        assert refused.value.field == "creators"
    assert await fetch("SELECT id FROM contents") == []
    first = await article(ann, "one", creators=[("bob", 10_000)])
    assert (await article(ann, "one", creators=[("bob", 10_000)])).id == first.id
    assert (await article(bob, "one")).id == first.id
    with pytest.raises(Forbidden):
        await update_content(ann, first.id, {"title": "x"})
    await article(bob, "two", creators=[("ann", 9_999), ("bob", 1)])


@pytest.mark.usefixtures("database")
async def test_of_many_shares_set_at_once_each_is_whole() -> None:
    bob = await person("bob")
    await person("cid")
    content = await article(bob, "one")
    ways = [[("bob", 10_000 - n), ("cid", n)] for n in range(1, 9)]
    await asyncio.gather(*(set_content_shares(bob, content.id, way) for way in ways))
    [shares] = await shares_of([await content_by_id(content.id)])
    assert [(s.position, s.share) for s in shares] in [[(1, 10_000 - n), (2, n)] for n in range(9)]
    assert len(await fetch("SELECT 1 AS n FROM content_shares")) == 2


@pytest.mark.usefixtures("database")
async def test_of_creators_who_oust_each_other_at_once_one_has_it() -> None:
    bob, cid = await person("bob"), await person("cid")
    content = await article(bob, "one", creators=[("bob", 5000), ("cid", 5000)])
    done = await asyncio.gather(
        set_content_shares(bob, content.id, [("cid", 10_000)]),
        set_content_shares(bob, content.id, [("cid", 10_000)]),
        return_exceptions=True,
    )
    assert sorted(type(d).__name__ for d in done) == ["Content", "Forbidden"]
    await delete_content(cid, content.id)


@pytest.mark.usefixtures("database")
async def test_one_move_sent_many_times_at_once_is_one_move() -> None:
    bob = await person("bob")
    one, two = await article(bob, "one"), await article(bob, "two")
    new = "https://news.example/new"
    done = await asyncio.gather(*(update_content(bob, one.id, {"url": new}) for _ in range(6)))
    assert {content.url for content in done} == {new}
    other = "https://news.example/other"
    taken = await asyncio.gather(
        *(update_content(bob, c.id, {"url": other}) for c in (one, two) * 4),
        return_exceptions=True,
    )
    assert [isinstance(t, AlreadyTaken) for t in taken].count(True) == 4
    assert {type(t).__name__ for t in taken} == {"Content", "AlreadyTaken"}


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
        assert refused.value.field == "creators", creators
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
    with pytest.raises(Forbidden, match="claim"):
        await set_content_shares(bob, content.id, [("bob", 10_000)])
    with pytest.raises(Forbidden, match="somebody else"):
        await set_content_shares(cid, content.id, [("cid", 10_000)])
    with pytest.raises(Forbidden):
        await delete_content(cid, content.id)
    await delete_content(bob, content.id)


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
async def test_more_than_a_statement_takes_are_read_in_slices() -> None:
    content = await article(await person("bob"), "one")
    ids = [content.id, *range(10**9, 10**9 + 70_000), content.id]
    found = await any_contents_by_ids(ids)
    assert (found[0], found[-1], len(found)) == (content, content, len(ids))
    assert found.count(None) == 70_000
    assert len(await counters_of(ids)) == len(ids)


@pytest.mark.usefixtures("database")
async def test_a_deleted_contents_external_id_is_free() -> None:
    mo = await person("mo")
    await create_platform(slug="news", name="News", hosts=["news.example"])
    first = await register_content(
        mo, ContentDraft(url="https://news.example/1", title="One", external_id="x")
    )
    await delete_content(mo, first.id)
    second = await register_content(
        mo, ContentDraft(url="https://news.example/2", title="Two", external_id="x")
    )
    assert await content_by_external_id("news", "x") == second
