"""Lists of contents: every order and filter, pages that neither skip nor repeat."""

import pytest

from app.core.clock import FixedClock
from app.core.errors import InvalidInput
from app.domain.contents import delete_content, register_content, set_content_shares
from app.domain.drafts import ContentDraft
from app.domain.listings import (
    ContentFilter,
    ContentOrder,
    Listing,
    list_contents,
    list_many,
)
from app.domain.periods import close_period
from app.domain.platforms import create_platform
from app.domain.wallets import set_budget
from tests.world import article, click, fund, person

pytestmark = pytest.mark.usefixtures("database")
NOTHING = ContentFilter()


async def titles(
    order: ContentOrder = ContentOrder.NEWEST, wanted: ContentFilter = NOTHING, limit: int = 50
) -> list[str]:
    listed = await list_contents(order=order, wanted=wanted, limit=limit)
    return [row.content.title for row in listed]


async def clicked_world(clock: FixedClock) -> None:
    """a was clicked three times last month, b once, c twice this month, d never."""
    bob = await person("bob")
    contents = {name: await article(bob, name) for name in "abcd"}
    supporters = [await person(f"s{n}") for n in range(3)]
    for supporter in supporters:
        await fund(supporter, "1.00")
        await set_budget(supporter, currency="EUR", budget_micros=1)
        await click(supporter, contents["a"])
    await close_period("2026-11")
    clock.advance(hours=1)
    for supporter, names in zip(supporters, ("bc", "c", ""), strict=True):
        for name in names:
            await click(supporter, contents[name])


async def test_every_order(clock: FixedClock) -> None:
    await clicked_world(clock)
    assert await titles(ContentOrder.NEWEST) == ["d", "c", "b", "a"]
    assert await titles(ContentOrder.MOST_CLICKED) == ["c", "b"]
    assert await titles(ContentOrder.MOST_CLICKED_EVER) == ["a", "c", "b"]
    assert await titles(limit=2) == ["d", "c"]


@pytest.mark.parametrize("order", ContentOrder)
async def test_pages_put_together_are_the_list(order: ContentOrder, clock: FixedClock) -> None:
    await clicked_world(clock)
    whole = await list_contents(order=order, wanted=NOTHING, limit=50)
    paged, after = [], None
    while page := await list_contents(order=order, wanted=NOTHING, limit=1, after=after):
        paged += page
        after = (page[-1].value, page[-1].content.id)
    assert paged == whole


async def test_what_is_registered_between_two_pages_moves_nothing() -> None:
    bob = await person("bob")
    for name in "abcd":
        await article(bob, name)
    first = await list_contents(order=ContentOrder.NEWEST, wanted=NOTHING, limit=2)
    await article(bob, "late")
    await delete_content(bob, first[-1].content.id)
    after = (first[-1].value, first[-1].content.id)
    second = await list_contents(order=ContentOrder.NEWEST, wanted=NOTHING, limit=9, after=after)
    assert [row.content.title for row in first + second] == ["d", "c", "b", "a"]


async def test_every_filter_and_all_together() -> None:
    bob, cid = await person("bob"), await person("cid")
    news = await create_platform(slug="news", name="News", hosts=["news.example"])
    one = ContentDraft(
        url="https://news.example/1", title="One", language="fr", tags=("Live", "e\u0301t\u00e9")
    )
    two = ContentDraft(url="https://b.example/2", title="Two", language="pt-BR", tags=("x",))
    await register_content(bob, one)
    second = await register_content(cid, two)
    await set_content_shares(cid, second.id, [("bob", 1), ("cid", 9999)])
    gone = await register_content(bob, ContentDraft(url="https://b.example/3", title="Gone"))
    await delete_content(bob, gone.id)
    cases = [
        (ContentFilter(), ["Two", "One"]),
        (ContentFilter(platform_id=news.id), ["One"]),
        (ContentFilter(platform_id=10**9), []),
        (ContentFilter(creator_id=bob.id), ["Two", "One"]),
        (ContentFilter(creator_id=cid.id), ["Two"]),
        (ContentFilter(language="FR"), ["One"]),
        (ContentFilter(language="pt_br"), ["Two"]),
        (ContentFilter(tag="LIVE"), ["One"]),
        (ContentFilter(tag=" \u00e9te\u0301 "), ["One"]),
        (ContentFilter(tag="liv"), []),
        (ContentFilter(tag='"'), []),
        (ContentFilter(search="tw"), ["Two"]),
        (ContentFilter(news.id, bob.id, "fr", "live", "ONE"), ["One"]),
        (ContentFilter(news.id, cid.id, "fr", "live", "ONE"), []),
    ]
    for wanted, expected in cases:
        assert await titles(wanted=wanted) == expected, wanted
    pages = await list_many([Listing(ContentOrder.NEWEST, w, 50) for w, _ in cases])
    assert [[row.content.title for row in page] for page in pages] == [e for _, e in cases]


SEARCHES = [
    ("100%", ["100% pure"]), ("%", ["100% pure"]), ("_", ["snake_case"]), ("!", ["Hi!"]),
    ("e_c", ["snake_case"]), ("!%", []), ("'", ["it's"]), ("\\", ["back\\slash"]), ("*", []),
    ("école", ["École", "ÉCOLE NORMALE"]), ("École", ["École", "ÉCOLE NORMALE"]),
    ("E\u0301COLE", ["École", "ÉCOLE NORMALE"]), ("PURE", ["100% pure"]), (" hi! ", ["Hi!"]),
    ("x" * 100, []),
]  # fmt: skip


async def test_a_search_is_for_what_it_says() -> None:
    bob = await person("bob")
    for n, title in enumerate(
        ["ÉCOLE NORMALE", "École", "back\\slash", "it's", "Hi!", "snake_case", "100% pure"]
    ):
        await register_content(bob, ContentDraft(url=f"https://a.example/{n}", title=title))
    for search, found in SEARCHES:
        assert sorted(await titles(wanted=ContentFilter(search=search))) == sorted(found), search


NO_FILTERS = [
    *(ContentFilter(search=text) for text in ("", " ", "x" * 101, "a\x00", "\ud800")),
    *(ContentFilter(tag=text) for text in ("", "x" * 41, "a\x00", "\ud800")),
    *(ContentFilter(language=text) for text in ("", "xx", "a\x00", "\ud800")),
]


async def test_what_cannot_be_looked_for_is_refused() -> None:
    for wanted in NO_FILTERS:
        with pytest.raises(InvalidInput):
            await titles(wanted=wanted)
