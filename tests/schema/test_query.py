"""Reading: alignment, pages, lookups, and who sees what."""

from typing import Any

import pytest

from app.core.clock import FixedClock
from app.core.ids import to_global_id
from app.domain.accounts import delete_account
from app.domain.platforms import create_platform
from tests.schema.client import Api

COUNTERS = "query($ids: [ID!]!) { counters(ids: $ids) { contentId total period seq supporters } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
STATES = "query($ids: [ID!]!) { viewerStates(ids: $ids) { contentId clicked canClick reason } }"
PAGE = """query($after: String, $order: ContentOrder!) {
  contents(first: 3, after: $after, orderBy: $order) {
    nodes { title } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
}"""


async def test_answers_are_aligned_with_the_ids(api: Api) -> None:
    creator, supporter = await api.joined("mo"), await api.joined("sue")
    await api.fund(supporter)
    one, two, gone = [await api.register(creator, f"text-{n}") for n in range(3)]
    await api.do("click", supporter, contentId=two)
    await api.do("deleteContent", creator, contentId=gone)
    ids = [
        two,
        "nonsense",
        one,
        gone,
        to_global_id("Content", 99),
        to_global_id("Wallet", 1),
        two,
        "\x00",
    ]
    counters = (await api.read(COUNTERS, ids=ids))["counters"]
    assert [c and (c["contentId"], c["total"]) for c in counters] == [
        (two, 1), None, (one, 0), None, None, None, (two, 1), None,
    ]  # fmt: skip
    states = (await api.read(STATES, supporter, ids=ids))["viewerStates"]
    assert [s and s["clicked"] for s in states] == [
        True, None, False, None, None, None, True, None,
    ]  # fmt: skip
    nodes = (await api.read(NODES, ids=ids))["nodes"]
    assert [n and n["id"] for n in nodes] == [two, None, one, None, None, None, two, None]


@pytest.mark.parametrize("query", [COUNTERS, NODES, STATES])
async def test_at_most_a_hundred_ids(lite: Api, query: str) -> None:
    creator = await lite.joined("mo")
    content = await lite.register(creator, "text")
    assert (await lite.send(query, ids=[content] * 100)).errors == []
    assert (await lite.send(query, ids=[content] * 101)).codes == ["INVALID_INPUT"]
    assert (await lite.send(query, ids=[])).errors == []


async def test_a_stranger_is_told_to_sign_in(api: Api) -> None:
    content = await api.register(await api.joined("mo"), "text")
    states = (await api.read(STATES, ids=[content]))["viewerStates"]
    assert states == [
        {"contentId": content, "clicked": False, "canClick": False, "reason": "UNAUTHENTICATED"}
    ]


@pytest.mark.parametrize("order", ["NEWEST", "MOST_CLICKED", "MOST_CLICKED_EVER"])
async def test_pages_are_stable_when_rows_come_between(api: Api, order: str) -> None:
    creator, supporter = await api.joined("mo"), await api.joined("sue")
    await api.fund(supporter)

    async def add(name: str) -> None:
        content = await api.register(creator, name)
        await api.do("click", supporter, contentId=content)

    for n in range(7):
        await add(f"old-{n}")
    seen: list[str] = []
    after: str | None = None
    for turn in range(4):
        page = (await api.read(PAGE, after=after, order=order))["contents"]
        seen += [node["title"] for node in page["nodes"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after = page["pageInfo"]["endCursor"]
        await add(f"new-{turn}")
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [f"old-{n}" for n in reversed(range(7))]


async def test_a_page_ends_exactly(api: Api) -> None:
    creator = await api.joined("mo")
    for n in range(3):
        await api.register(creator, f"text-{n}")
    page = (await api.read(PAGE, order="NEWEST"))["contents"]
    assert len(page["nodes"]) == 3 and page["pageInfo"]["hasNextPage"] is False
    page = (await api.read(PAGE, order="NEWEST", after=page["pageInfo"]["endCursor"]))["contents"]
    assert page["nodes"] == [] and page["pageInfo"]["endCursor"] is None


async def test_a_cursor_belongs_to_its_order(lite: Api) -> None:
    await lite.register(await lite.joined("mo"), "text")
    page = (await lite.read(PAGE, order="NEWEST"))["contents"]
    cursor = page["pageInfo"]["endCursor"]
    answer = await lite.send(PAGE, after=cursor, order="MOST_CLICKED")
    assert answer.codes == ["INVALID_INPUT"]
    periods = "query($a: String!) { periods(after: $a) { nodes { key } } }"
    assert (await lite.send(periods, a=cursor)).codes == ["INVALID_INPUT"]


@pytest.mark.parametrize(
    ("narrowed", "titles"),
    [
        ({}, ["Ten % off", "Bread and salt", "Brot"]),
        ({"platform": "video"}, ["Bread and salt"]),
        ({"platform": "nowhere"}, []),
        ({"creator": "mo"}, ["Bread and salt", "Brot"]),
        ({"creator": "MO", "language": "de"}, ["Brot"]),
        ({"creator": "nobody"}, []),
        ({"language": "DE"}, ["Brot"]),
        ({"tag": "Food"}, ["Bread and salt", "Brot"]),
        ({"tag": "foo"}, []),
        ({"search": "BREAD"}, ["Bread and salt"]),
        ({"search": "%"}, ["Ten % off"]),
        ({"search": "br_"}, []),
        ({"search": "'; DROP TABLE contents; --"}, []),
        ({"tag": "food", "search": "brot"}, ["Brot"]),
    ],
)
async def test_lists_are_narrowed(api: Api, narrowed: dict[str, str], titles: list[str]) -> None:
    await create_platform(slug="video", name="Video", hosts=["video.example"])
    mo, al = await api.joined("mo"), await api.joined("al")
    await api.register(mo, "a", title="Brot", language="de", tags=["Food"])
    await api.register(mo, "b", title="Bread and salt", tags=["food", "en"],
                       url="https://video.example/1")  # fmt: skip
    await api.register(al, "c", title="Ten % off", language="en")
    query = "query($f: ContentFilter) { contents(filter: $f) { nodes { title } } }"
    found = (await api.read(query, f=narrowed))["contents"]["nodes"]
    assert [node["title"] for node in found] == titles


async def test_a_content_by_each_of_its_names(api: Api) -> None:
    await create_platform(slug="video", name="Video", hosts=["video.example"])
    creator = await api.joined("mo")
    url = "https://video.example/Watch?v=1"
    content = await api.register(creator, "x", url=url, platform="video", externalId="v1")
    new = "https://video.example/new"
    await api.do("updateContent", creator, contentId=content, url=new)
    for named in (
        f'id: "{content}"', f'url: "{url}"', f'url: "{new}#top"', 'url: "HTTPS://VIDEO.example:443/new"',
        'platform: "video", externalId: "v1"',
    ):  # fmt: skip
        found = (await api.read(f"{{ content({named}) {{ id url }} }}"))["content"]
        assert found == {"id": content, "url": new}, named
    for named in (
        'url: "https://video.example/watch?v=1"', f'id: "{to_global_id("Content", 99)}"',
        'platform: "video", externalId: "v2"', 'platform: "nowhere", externalId: "v1"',
    ):  # fmt: skip
        assert (await api.read(f"{{ content({named}) {{ id }} }}"))["content"] is None, named
    for named in (
        f'id: "{content}", url: "{url}"', 'platform: "video"', 'externalId: "v1"', 'id: "x"',
        f'id: "{to_global_id("Period", 1)}"', f'id: "{content}", externalId: "v1"', "id: null",
    ):  # fmt: skip
        answer = await api.send(f"{{ content({named}) {{ id }} }}")
        assert answer.codes == ["INVALID_INPUT"], named


async def test_what_is_public_of_creators_platforms_and_periods(api: Api) -> None:
    platform = await create_platform(
        slug="video", name="Video", hosts=["video.example", "v.example"]
    )
    creator = await api.joined("mo")
    await api.joined("sue")
    await api.register(creator, "x", url="https://video.example/1")
    data = await api.read(
        '{ creator(handle: "MO") { handle contents { nodes { title platform { slug } } } }'
        ' nothing: creator(handle: "sue") { id } nobody: creator(handle: "nobody") { id }'
        ' platform(slug: "video") { id hosts rates { commissionBps } contents { nodes { title } } }'
        ' noPlatform: platform(slug: "radio") { id }'
        " period { key status startsAt endsAt settlement { status } }"
        ' none: period(key: "1999-01") { key } periods { nodes { key } } }'
    )
    assert data["creator"]["contents"]["nodes"] == [{"title": "x", "platform": {"slug": "video"}}]
    assert (data["nothing"], data["nobody"], data["noPlatform"], data["none"]) == (None,) * 4
    assert data["platform"]["id"] == to_global_id("Platform", platform.id)
    assert data["platform"]["hosts"] == ["v.example", "video.example"]
    assert data["period"] == {
        "key": "2026-11",
        "status": "OPEN",
        "startsAt": "2026-11-01T00:00:00Z",
        "endsAt": "2026-12-01T00:00:00Z",
        "settlement": None,
    }
    assert data["periods"]["nodes"] == [{"key": "2026-11"}]


async def test_a_deleted_account_is_no_creator(api: Api) -> None:
    content = await api.register(await api.joined("mo"), "x")
    await delete_account(1)
    query = (
        f'{{ creator(handle: "mo") {{ id }} content(id: "{content}") {{ creators {{ share }} }} }}'
    )
    assert await api.read(query) == {"creator": None, "content": {"creators": []}}


async def private(api: Api) -> tuple[str, dict[str, str]]:
    """A supporter's token, and the ids of what is theirs alone."""
    supporter = await api.joined("sue")
    deposit = await api.fund(supporter)
    content = await api.register(await api.joined("mo"), "text")
    click = await api.do("click", supporter, contentId=content)
    account = (await api.read("{ viewer { id } }", supporter))["viewer"]["id"]
    return supporter, {
        "Account": account,
        "Wallet": deposit["wallet"]["id"],
        "Deposit": deposit["deposit"]["id"],
        "Click": click["click"]["id"],
    }


async def test_nodes_that_are_somebodys_own(api: Api) -> None:
    supporter, ids = await private(api)
    stranger, weak = await api.joined("eve"), await api.signed_in("sue", scopes=["CLICK"])
    for token in (None, stranger, weak):
        nodes = (await api.read(NODES, token, ids=list(ids.values())))["nodes"]
        assert nodes == [None] * 4
    nodes = (await api.read(NODES, supporter, ids=list(ids.values())))["nodes"]
    assert [node["__typename"] for node in nodes] == list(ids)
    for kind, global_id in ids.items():
        one = await api.read(f'{{ node(id: "{global_id}") {{ __typename }} }}', supporter)
        assert one == {"node": {"__typename": kind}}


OWN = [
    ("viewer { wallets { balance { micros } } }", "WALLET"),
    ("viewer { creator { earnings { balance { micros } } } }", "READ"),
    ('viewer { creator { statement(periodKey: "2026-11") { lineCount } } }', "READ"),
    ("viewer { handle }", "READ"),
]


@pytest.mark.parametrize(("query", "scope"), OWN)
async def test_a_token_reads_what_its_scope_says(api: Api, query: str, scope: str) -> None:
    await api.register(await api.joined("mo"), "text")
    for scopes in (["READ", "WALLET"], ["CLICK"], ["READ", "CLICK", "CONTENT"]):
        token = await api.signed_in("mo", scopes=scopes)
        answer = await api.send(f"{{ {query} }}", token)
        allowed = {"READ", scope} <= set(scopes)
        assert answer.codes == ([] if allowed else ["FORBIDDEN"])


async def test_a_creators_money_is_the_creators(api: Api, clock: FixedClock) -> None:
    await private(api)
    eve, operator = await api.joined("eve"), await api.operator()
    clock.advance(days=1)
    await api.do("closePeriod", operator, periodKey="2026-11")
    await api.do("settlePeriod", operator, periodKey="2026-11")
    for field in (
        "earnings { balance { micros } }",
        'statement(periodKey: "2026-11") { lineCount }',
    ):
        query = f'{{ creator(handle: "mo") {{ handle {field} }} }}'
        for token, code in ((eve, "FORBIDDEN"), (operator, "FORBIDDEN"), (None, "UNAUTHENTICATED")):
            answer = await api.send(query, token)
            assert answer.codes == [code]
            (name,) = set(answer.data["creator"]) - {"handle"}
            assert answer.data["creator"] == {"handle": "mo", name: None}


async def test_mail_is_seen_by_its_owner_only(api: Api) -> None:
    token = await api.joined("sue")
    viewer = (await api.read("{ viewer { handle email } }", token))["viewer"]
    assert viewer == {"handle": "sue", "email": "sue@people.example"}
    weak = await api.signed_in("sue", scopes=["CLICK"])
    assert (await api.send("{ viewer { email } }", weak)).codes == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("locale", "text"),
    [("en", "€10.00"), ("fr", "10,00\xa0€"), ("pt-BR", "€\xa010,00"), ("de_DE", "10,00\xa0€")],
)
async def test_money_as_people_write_it(lite: Api, locale: str, text: str) -> None:
    token = await lite.joined("sue")
    await lite.fund(token)
    query = "query($l: String!) { viewer { wallets { balance { formatted(locale: $l) } } } }"
    wallets = (await lite.read(query, token, l=locale))["viewer"]["wallets"]
    assert wallets == [{"balance": {"formatted": text}}]


@pytest.mark.parametrize("locale", ["", "xx-nowhere", "\x00", "../../etc/passwd", "e" * 5_000])
async def test_locales_that_are_none(lite: Api, locale: str) -> None:
    token = await lite.joined("sue")
    await lite.fund(token)
    query = "query($l: String!) { viewer { wallets { balance { formatted(locale: $l) } } } }"
    assert (await lite.send(query, token, l=locale)).codes == ["INVALID_INPUT"]


async def test_a_wallets_clicks_and_entries_in_pages(api: Api) -> None:
    creator, supporter = await api.joined("mo"), await api.joined("sue")
    for n in range(3):
        await api.fund(supporter, "1.00", key=f"key-{n}")
        content = await api.register(creator, f"text-{n}")
        await api.do("click", supporter, contentId=content, weight=n + 1)
    query = """query($clicks: String, $entries: String) { viewer { wallets {
      clicks(first: 2, after: $clicks) { nodes { weight } pageInfo { endCursor hasNextPage } }
      entries(first: 2, after: $entries) { nodes { kind amount { decimal } }
        pageInfo { endCursor hasNextPage } } } } }"""
    first = (await api.read(query, supporter))["viewer"]["wallets"][0]
    assert [click["weight"] for click in first["clicks"]["nodes"]] == [3, 2]
    cursors: dict[str, Any] = {
        name: first[name]["pageInfo"]["endCursor"] for name in ("clicks", "entries")
    }
    second = (await api.read(query, supporter, **cursors))["viewer"]["wallets"][0]
    assert [click["weight"] for click in second["clicks"]["nodes"]] == [1]
    assert second["entries"]["nodes"] == [{"kind": "deposit", "amount": {"decimal": "1.00"}}]
    swapped = {"clicks": cursors["entries"], "entries": cursors["clicks"]}
    assert (await api.send(query, supporter, **swapped)).codes[0] == "INVALID_INPUT"
