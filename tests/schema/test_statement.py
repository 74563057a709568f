"""Statements and a wallet's lists: read exactly, page by page, each with cursors of its own."""

from typing import Any

import pytest

from app.core.clock import FixedClock
from tests.schema.client import Api

LINES = """query($n: Int!, $after: String, $key: String!) { viewer {
  creator { statement(periodKey: $key) { lineCount totals { part { micros } }
    lines(first: $n, after: $after) { edges { cursor node {
      part { micros currency } content { id } } }
      pageInfo { hasNextPage hasPreviousPage endCursor } } } }
} }"""
GIVEN = """query($n: Int!, $after: String, $key: String!) { viewer {
  wallets { statement(periodKey: $key) { given { micros }
    lines(first: $n, after: $after) { edges { cursor node {
      gross { micros currency } content { id } } }
      pageInfo { hasNextPage hasPreviousPage endCursor } } } }
} }"""
CLICKS = """query($n: Int!, $after: String, $key: String) { viewer { wallets {
  clicks(first: $n, after: $after, periodKey: $key) {
    nodes { content { id } } pageInfo { hasNextPage endCursor } } } } }"""
ENTRIES = """query($n: Int!, $after: String) { viewer { wallets {
  entries(first: $n, after: $after) {
    nodes { kind amount { micros } } pageInfo { hasNextPage endCursor } } } } }"""


async def settled(api: Api, clock: FixedClock, contents: int = 7) -> tuple[str, str, list[str]]:
    """A settled November and an open December: creator, supporter, and the contents' ids.

    sue has euros and dollars. All contents have the same gross in EUR; every second one has
    dollars as well, and those of equal gross stand in the order of content and currency.
    """
    creator, supporter, operator = (
        await api.joined("mo"), await api.joined("sue"), await api.operator(),
    )  # fmt: skip
    ids = [await api.register(creator, f"text-{n}") for n in range(contents)]
    for currency in ("EUR", "USD"):
        await api.fund(supporter, f"{contents}.00", currency, currency)
    for n, content_id in enumerate(ids):
        await api.do("click", supporter, contentId=content_id, currency="EUR")
        if n % 2 == 0:
            await api.do("click", supporter, contentId=content_id, currency="USD")
    clock.advance(days=1)
    await api.do("closePeriod", operator, periodKey="2026-11")
    await api.do("settlePeriod", operator, periodKey="2026-11")
    return creator, supporter, ids


async def walk(api: Api, query: str, token: str, *path: Any, n: int, **more: Any) -> list[Any]:
    """Every edge of a list, `n` at a time."""
    edges: list[Any] = []
    after = None
    for _ in range(30):
        at: Any = (await api.read(query, token, n=n, after=after, **more))["viewer"]
        for step in path:
            at = at[step]
        assert at["pageInfo"]["hasPreviousPage"] is (after is not None)
        edges += at["edges"]
        after = at["pageInfo"]["endCursor"]
        if not at["pageInfo"]["hasNextPage"]:
            return edges
    raise AssertionError("it never ends")


@pytest.mark.parametrize("n", [1, 3, 11, 100])
async def test_a_creators_lines_are_read_exactly(api: Api, clock: FixedClock, n: int) -> None:
    creator, _, ids = await settled(api, clock)
    path = ("creator", "statement", "lines")
    edges = await walk(api, LINES, creator, *path, n=n, key="2026-11")
    nodes = [edge["node"] for edge in edges]
    dollars, euros = nodes[:4], nodes[4:]
    assert [(x["content"]["id"], x["part"]["currency"]) for x in dollars] == [
        (content, "USD") for content in ids[::2]
    ]
    assert [(x["content"]["id"], x["part"]["currency"]) for x in euros] == [
        (content, "EUR") for content in ids
    ]
    statement = (await api.read(LINES, creator, n=n, key="2026-11"))["viewer"]["creator"]
    parts = {x["part"]["micros"] for x in statement["statement"]["totals"]}
    assert parts == {str(sum(int(x["part"]["micros"]) for x in some)) for some in (dollars, euros)}
    assert statement["statement"]["lineCount"] == len(nodes) == 11
    assert len({edge["cursor"] for edge in edges}) == 11


@pytest.mark.parametrize("n", [1, 3, 7, 100])
async def test_a_supporters_lines_are_read_in_the_order_of_clicks(
    api: Api, clock: FixedClock, n: int
) -> None:
    _, supporter, ids = await settled(api, clock)
    edges: list[Any] = []
    page: Any = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    while page["pageInfo"]["hasNextPage"]:
        after = page["pageInfo"]["endCursor"]
        # The dollars' list refuses the euros' cursors: partial data, as GraphQL has it.
        answer = await api.send(GIVEN, supporter, n=n, after=after, key="2026-11")
        statement = answer.data["viewer"]["wallets"][0]["statement"]
        page = statement["lines"]
        edges += page["edges"]
    assert [edge["node"]["content"]["id"] for edge in edges] == ids
    given = sum(int(edge["node"]["gross"]["micros"]) for edge in edges)
    assert str(given) == statement["given"]["micros"] == "7000000"


async def test_cursors_belong_to_their_list(api: Api, clock: FixedClock) -> None:
    creator, supporter, _ = await settled(api, clock)
    own = (await api.read(LINES, creator, n=1, key="2026-11"))["viewer"]["creator"]
    wallets = (await api.read(GIVEN, supporter, n=1, key="2026-11"))["viewer"]["wallets"]
    ends = [w["statement"]["lines"]["pageInfo"]["endCursor"] for w in wallets]
    mine = own["statement"]["lines"]["pageInfo"]["endCursor"]
    for cursor in (ends[0], "nonsense", "", "\x00", mine[:-2]):
        answer = await api.send(LINES, creator, n=1, after=cursor, key="2026-11")
        assert answer.codes == ["INVALID_INPUT"], cursor
        assert answer.errors[0]["extensions"]["field"] == "after"
    # Two wallets in one query: a cursor of one is none of the other's.
    assert ends[0] != ends[1]
    answer = await api.send(GIVEN, supporter, n=1, after=ends[1], key="2026-11")
    assert answer.codes == ["INVALID_INPUT"]
    for first in (0, -1, 101):
        answer = await api.send(LINES, creator, n=first, key="2026-11")
        assert answer.codes == ["INVALID_INPUT"]


async def test_periods_without_a_statement(api: Api, clock: FixedClock) -> None:
    creator, supporter, _ = await settled(api, clock, 1)
    for key in ("2026-12", "2031-01", "2026-10"):
        data = await api.read(LINES, creator, n=1, key=key)
        assert data["viewer"]["creator"] == {"statement": None}
        data = await api.read(GIVEN, supporter, n=1, key=key)
        assert data["viewer"]["wallets"] == [{"statement": None}] * 2
    for key in ("nov", "", "\x00"):
        for query, token in ((LINES, creator), (GIVEN, supporter)):
            answer = await api.send(query, token, n=1, key=key)
            assert set(answer.codes) == {"INVALID_INPUT"}
            assert answer.errors[0]["extensions"]["field"] == "periodKey"
    poor = await api.joined("pia")
    await api.fund(poor)
    data = await api.read(GIVEN, poor, n=1, key="2026-11")
    assert data["viewer"]["wallets"] == [{"statement": None}]


async def test_clicks_are_those_of_their_period(api: Api, clock: FixedClock) -> None:
    creator, supporter, ids = await settled(api, clock, 5)
    await api.fund(supporter, "1.00", "EUR", "december")
    new = await api.register(creator, "new")
    await api.do("click", supporter, contentId=new)
    seen: list[str] = []
    after = None
    for _ in range(3):
        data = await api.read(CLICKS, supporter, n=2, after=after, key="2026-11")
        page = data["viewer"]["wallets"][0]["clicks"]
        seen += [node["content"]["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert (seen, page["pageInfo"]["hasNextPage"]) == (ids[::-1], False)
    for key in (None, "2026-12"):
        data = await api.read(CLICKS, supporter, n=100, key=key)
        euros, dollars = data["viewer"]["wallets"]
        assert [node["content"]["id"] for node in euros["clicks"]["nodes"]] == [new]
        assert dollars["clicks"]["nodes"] == []
    data = await api.read(CLICKS, supporter, n=1, key="2031-01")
    assert [w["clicks"]["nodes"] for w in data["viewer"]["wallets"]] == [[], []]
    for more in ({"n": 0}, {"n": 101}, {"n": 1, "key": "nov"}, {"n": 1, "after": "x"}):
        assert set((await api.send(CLICKS, supporter, **more)).codes) == {"INVALID_INPUT"}


async def test_entries_in_pages_sum_to_the_balance(api: Api, clock: FixedClock) -> None:
    _, supporter, _ = await settled(api, clock, 3)
    for n in range(4):
        await api.fund(supporter, f"0.0{n + 1}", "EUR", f"more-{n}")
    micros: list[int] = []
    after = None
    for _ in range(3):
        data = await api.read(ENTRIES, supporter, n=2, after=after)
        page = data["viewer"]["wallets"][0]["entries"]
        micros += [int(node["amount"]["micros"]) for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert micros == [40_000, 30_000, 20_000, 10_000, -3_000_000, 3_000_000]
    assert page["pageInfo"]["hasNextPage"] is False
    balance = await api.read("{ viewer { wallets { balance { micros } } } }", supporter)
    assert balance["viewer"]["wallets"][0]["balance"]["micros"] == str(sum(micros))
    for more in ({"n": 0}, {"n": 101}, {"n": 1, "after": "x"}):
        assert set((await api.send(ENTRIES, supporter, **more)).codes) == {"INVALID_INPUT"}
