"""Doing: what each mutation answers when all is well, and again when it is sent twice."""

import asyncio
from typing import Any

import pytest

from app.core.clock import FixedClock
from app.core.ids import to_global_id
from app.core.settings import use_settings
from app.domain.accounts import suspend_account
from app.resolvers import settlement as settlements
from app.resolvers.context import Context
from app.resolvers.writes import one_write
from app.settlement.settle import settle_period
from tests.schema.client import Api, everything

CLICK = "mutation($i: ClickInput!) { click(input: $i) { __typename ... on Failure { code } } }"


async def supported(api: Api) -> tuple[str, str, str]:
    """A creator's token, a supporter's with 10.00 EUR, and the id of a content."""
    creator, supporter = await api.joined("mo"), await api.joined("sue")
    await api.fund(supporter)
    return creator, supporter, await api.register(creator, "text")


async def test_signing_up_signs_in(api: Api) -> None:
    given = {"handle": " Sue ", "email": "Sue@People.example", "password": "correct horse"}
    result = await api.do("signUp", None, **given)
    assert result["account"] == {
        "id": to_global_id("Account", 1),
        "handle": "sue",
        "email": "sue@people.example",
    }
    assert result["scopes"] == ["READ", "CLICK", "WALLET", "CONTENT"]
    assert result["expiresAt"] == "2026-12-03T12:00:00Z"
    viewer = await api.read("{ viewer { handle creator { id } wallets { id } } }", result["token"])
    assert viewer == {"viewer": {"handle": "sue", "creator": None, "wallets": []}}


async def test_a_sign_in_of_few_scopes_and_a_short_life(api: Api) -> None:
    await api.joined("sue")
    result = await api.do(
        "signIn",
        email="sue@people.example",
        password="correct horse",
        scopes=["CLICK", "OPERATE"],
        expiresInSeconds=60,
    )
    assert (result["scopes"], result["expiresAt"]) == (["CLICK"], "2026-11-03T12:01:00Z")
    amount = {"decimal": "1.00", "currency": "EUR"}
    for name, given in (
        ("deposit", {"amount": amount, "idempotencyKey": "k"}),
        ("setBudget", {"currency": "EUR"}),
        ("registerContent", {"url": "https://news.example/", "title": "x"}),
    ):
        assert (await api.do(name, result["token"], **given))["code"] == "FORBIDDEN"


async def test_signing_out_ends_the_token(api: Api) -> None:
    token, other = await api.joined("sue"), await api.signed_in("sue")
    query = "mutation { signOut { __typename ... on Failure { code } } }"
    assert (await api.read(query, token))["signOut"] == {"__typename": "SignOutSuccess"}
    assert (await api.read(query, token))["signOut"]["code"] == "UNAUTHENTICATED"
    assert (await api.read("{ viewer { handle } }", other))["viewer"] == {"handle": "sue"}


async def test_a_click_is_counted_once(api: Api) -> None:
    _, supporter, content = await supported(api)
    first = await api.do("click", supporter, contentId=content)
    assert first["created"] is True
    assert first["counter"] == {"total": 1, "period": 1, "supporters": 1, "seq": 1}
    assert first["viewerState"] == {"clicked": True, "weight": 1, "worth": {"micros": "10000000"}}
    again = await api.do("click", supporter, url="https://news.example/text")
    assert (again["created"], again["counter"]) == (False, first["counter"])
    heavier = await api.do("click", supporter, contentId=content, weight=5)
    assert (heavier["created"], heavier["click"]["weight"]) == (False, 5)
    assert heavier["click"]["id"] == first["click"]["id"]


async def test_a_click_is_withdrawn_and_made_again(api: Api) -> None:
    creator, supporter, content = await supported(api)
    await api.do("click", supporter, contentId=content)
    gone = await api.do("withdrawClick", supporter, contentId=content)
    assert gone["withdrawn"] is True
    assert gone["counter"] == {"total": 0, "period": 0}
    assert gone["viewerState"] == {"clicked": False, "canClick": True}
    again = await api.do("withdrawClick", supporter, url="https://news.example/text")
    assert (again["__typename"], again["withdrawn"]) == ("WithdrawClickSuccess", False)
    back = await api.do("click", supporter, contentId=content)
    assert (back["created"], back["counter"]["total"]) == (True, 1)
    await api.do("deleteContent", creator, contentId=content)
    last = await api.do("withdrawClick", supporter, contentId=content)
    assert last["withdrawn"] is True


async def test_the_button_knows_what_the_mutation_says(api: Api) -> None:
    creator, supporter, content = await supported(api)
    poor = await api.joined("al")
    await api.do("click", supporter, contentId=content)
    await suspend_account(2)
    other = await api.register(creator, "other")
    query = "query($ids: [ID!]!) { viewerStates(ids: $ids) { canClick reason } }"
    for token in (creator, supporter, poor, None):
        states = (await api.read(query, token, ids=[content, other]))["viewerStates"]
        for content_id, state in zip((content, other), states, strict=True):
            said = await api.read(CLICK, token, i={"contentId": content_id})
            assert said["click"].get("code") == state["reason"]
            assert state["canClick"] is (state["reason"] is None)


STATES = (
    "query($ids: [ID!]!) { viewerStates(ids: $ids) { clicked canClick reason worth { micros } } }"
)


@pytest.mark.parametrize(
    ("scopes", "reason", "worth"),
    [
        (["READ"], "FORBIDDEN", {"micros": "10000000"}),
        (["CLICK"], None, {"micros": "10000000"}),
        (["READ", "CLICK"], None, {"micros": "10000000"}),
        (["WALLET"], "FORBIDDEN", None),
    ],
)
async def test_the_button_knows_what_a_token_may(
    api: Api, scopes: list[str], reason: str | None, worth: dict[str, str] | None
) -> None:
    _, _, content = await supported(api)
    token = await api.signed_in("sue", scopes=scopes)
    [state] = (await api.read(STATES, token, ids=[content]))["viewerStates"]
    assert state == {
        "clicked": False, "canClick": reason is None, "reason": reason, "worth": worth,
    }  # fmt: skip
    said = await api.read(CLICK, token, i={"contentId": content})
    assert said["click"].get("code") == reason


async def test_the_button_knows_a_foreign_page(api: Api) -> None:
    _, supporter, content = await supported(api)
    headers = {"Origin": "https://evil.example", "Cookie": f"obole_session={supporter}"}
    answer = await api.send(STATES, headers=headers, ids=[content])
    [state] = answer.data["viewerStates"]
    said = await api.send(CLICK, headers=headers, i={"contentId": content})
    assert state["reason"] == said.data["click"]["code"] == "ORIGIN_NOT_ALLOWED"
    assert (state["canClick"], state["worth"]) == (False, None)


async def test_the_button_knows_what_was_deleted(api: Api) -> None:
    creator, supporter, content = await supported(api)
    await api.do("click", supporter, contentId=content)
    await api.do("deleteContent", creator, contentId=content)
    data = await api.read(
        "{ viewer { wallets { clicks { nodes { content {"
        " viewerState { clicked canClick reason } eligibility { eligible reason } } } } } } }",
        supporter,
    )
    [click] = data["viewer"]["wallets"][0]["clicks"]["nodes"]
    said = await api.read(CLICK, supporter, i={"contentId": content})
    code = said["click"]["code"]
    assert click["content"]["viewerState"] == {"clicked": True, "canClick": False, "reason": code}
    assert code == "CONTENT_NOT_FOUND"
    assert click["content"]["eligibility"]["eligible"] is False


async def test_a_second_wallets_click_is_seen_and_withdrawn(api: Api) -> None:
    _, supporter, content = await supported(api)
    await api.fund(supporter, "4.00", "USD", "dollars")
    await api.do("setBudget", supporter, currency="EUR", budget={"decimal": "0", "currency": "EUR"})
    clicked = await api.do("click", supporter, contentId=content, currency="USD", weight=2)
    assert clicked["viewerState"] == {"clicked": True, "weight": 2, "worth": {"micros": "4000000"}}
    [state] = (await api.read(STATES, supporter, ids=[content]))["viewerStates"]
    assert state == {
        "clicked": True, "canClick": True, "reason": None, "worth": {"micros": "4000000"},
    }  # fmt: skip
    again = await api.do("click", supporter, contentId=content)
    assert (again["created"], again["click"]["id"]) == (False, clicked["click"]["id"])
    gone = await api.do("withdrawClick", supporter, contentId=content)
    assert (gone["withdrawn"], gone["counter"]["total"]) == (True, 0)
    assert gone["viewerState"] == {"clicked": False, "canClick": False}
    refused = await api.do("click", supporter, contentId=content)
    assert (refused["code"], "Raise it" in refused["message"]) == ("WALLET_EMPTY", True)


async def test_sign_ins_that_wait_for_their_hash_keep_no_click_out(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, supporter, content = await supported(api)
    go = asyncio.Event()

    async def slow(*, email: str, password: str, client_ip: str) -> None:
        await go.wait()

    monkeypatch.setattr("app.domain.sessions.check_password", slow)
    with use_settings(max_concurrent_writes=2):
        waiting = [
            asyncio.create_task(api.do("signIn", None, email=f"{n}@x.example", password="x" * 9))
            for n in range(8)
        ]
        await asyncio.sleep(0.05)
        assert (await api.do("click", supporter, contentId=content))["created"] is True
        go.set()
        assert {(await task)["code"] for task in waiting} == {"UNAUTHENTICATED"}


async def test_many_shares_sent_at_once_are_all_answered(api: Api) -> None:
    creator = await api.joined("mo")
    await api.joined("al")
    content = await api.register(creator, "text")
    results = await asyncio.gather(
        *(
            api.do("setContentShares", creator, contentId=content, creators=[
                {"handle": "mo", "share": 9_000 + n}, {"handle": "al", "share": 1_000 - n},
            ])
            for n in range(8)
        )
    )  # fmt: skip
    assert {result["__typename"] for result in results} == {"SetContentSharesSuccess"}


async def test_contents_are_registered_edited_shared_and_deleted(api: Api) -> None:
    mo, al = await api.joined("mo"), await api.joined("al")
    given: dict[str, Any] = {"url": "HTTP://News.example/A?b#c", "title": " A  b "}
    given |= {"tags": ["X", "x"], "language": "PT-br"}
    made = (await api.do("registerContent", mo, **given))["content"]
    assert made == {
        "id": to_global_id("Content", 1), "url": "http://news.example/A?b", "title": "A b",
        "tags": ["x"], "language": "pt-BR",
        "creators": [{"share": 10_000, "position": 1, "creator": {"handle": "mo"}}],
    }  # fmt: skip
    again = (await api.do("registerContent", mo, **given | {"title": "other"}))["content"]
    assert again == made
    changes = {"title": "New", "description": " d ", "tags": None, "language": None}
    changed = (await api.do("updateContent", mo, contentId=made["id"], **changes))["content"]
    assert changed == {
        "id": made["id"], "url": made["url"], "title": "New", "description": "d", "tags": [],
        "language": None,
    }  # fmt: skip
    creators = [{"handle": "al", "share": 7_000}, {"handle": "MO", "share": 3_000}]
    shared = await api.do("setContentShares", mo, contentId=made["id"], creators=creators)
    rows = shared["content"]["creators"]
    listed = [(row["creator"]["handle"], row["share"], row["position"]) for row in rows]
    assert listed == [("al", 7_000, 1), ("mo", 3_000, 2)]
    assert (await api.do("deleteContent", mo, contentId=made["id"]))["code"] == "FORBIDDEN"
    deleted = await api.do("deleteContent", al, contentId=made["id"])
    assert deleted["contentId"] == made["id"]
    assert (await api.do("deleteContent", al, contentId=made["id"]))["code"] == "CONTENT_NOT_FOUND"


async def test_content_of_nobody_here_and_of_several(api: Api) -> None:
    mo = await api.joined("mo")
    await api.joined("al")
    free = {"url": "https://news.example/free", "title": "free", "unclaimed": True}
    assert (await api.do("registerContent", mo, **free))["content"]["creators"] == []
    creators = [{"handle": "al", "share": 9_999}, {"handle": "mo", "share": 1}]
    both = {"url": "https://news.example/both", "title": "both", "creators": creators}
    made = (await api.do("registerContent", mo, **both))["content"]
    assert [s["creator"]["handle"] for s in made["creators"]] == ["al", "mo"]
    odd = {**both, "url": "https://news.example/odd", "unclaimed": True}
    assert (await api.do("registerContent", mo, **odd))["field"] == "unclaimed"


async def test_a_budget_bounds_the_pot(api: Api) -> None:
    _, supporter, content = await supported(api)
    budget = {"decimal": "2.50", "currency": "EUR"}
    result = await api.do("setBudget", supporter, currency="EUR", budget=budget)
    assert result["wallet"]["budget"] == {"decimal": "2.50"}
    clicked = await api.do("click", supporter, contentId=content)
    assert clicked["viewerState"]["worth"] == {"micros": "2500000"}
    assert (await api.do("setBudget", supporter, currency="EUR"))["wallet"]["budget"] is None


async def test_a_long_settlement_goes_on_after_the_answer(
    api: Api, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, supporter, content = await supported(api)
    await api.do("click", supporter, contentId=content)
    operator = await api.operator()
    clock.advance(days=1)
    await api.do("closePeriod", operator, periodKey="2026-11")
    go = asyncio.Event()

    async def slow(key: str) -> object:
        await go.wait()
        return await settle_period(key)

    monkeypatch.setattr(settlements, "settle_period", slow)
    with use_settings(settle_wait_s=0.01):
        result = await api.do("settlePeriod", operator, periodKey="2026-11")
    assert (result["done"], result["settlement"]) == (False, None)
    assert result["period"]["status"] == "CLOSED"
    go.set()
    await settlements.running()
    query = '{ period(key: "2026-11") { status settlement { status progress gross { decimal } } } }'
    assert (await api.read(query))["period"] == {
        "status": "SETTLED",
        "settlement": {"status": "SETTLED", "progress": 1.0, "gross": [{"decimal": "10.00"}]},
    }


async def test_two_settlements_at_once_are_one(api: Api, clock: FixedClock) -> None:
    _, supporter, content = await supported(api)
    await api.do("click", supporter, contentId=content)
    operator = await api.operator()
    clock.advance(days=1)
    await api.do("closePeriod", operator, periodKey="2026-11")
    results = await asyncio.gather(
        *(api.do("settlePeriod", operator, periodKey="2026-11") for _ in range(4))
    )
    kinds = sorted({result["__typename"] for result in results})
    assert "SettlePeriodSuccess" in kinds
    assert set(kinds) <= {"SettlePeriodSuccess", "SettlementRunning", "PeriodAlreadySettled"}
    verified = await api.do("verifyPeriod", operator, periodKey="2026-11")
    assert verified["verification"]["agrees"] is True


async def test_beyond_its_writes_the_server_says_so(api: Api) -> None:
    _, supporter, content = await supported(api)
    with use_settings(max_concurrent_writes=1):
        async with one_write(Context()):
            before = await everything()
            result = await api.do("click", supporter, contentId=content)
            assert (result["__typename"], result["code"]) == ("Overloaded", "OVERLOADED")
            assert await everything() == before
        assert (await api.do("click", supporter, contentId=content))["created"] is True


async def test_many_clicks_at_once(api: Api) -> None:
    _, supporter, content = await supported(api)
    results = await asyncio.gather(
        *(api.do("click", supporter, contentId=content) for _ in range(12))
    )
    assert [r["created"] for r in results].count(True) == 1
    assert {r["counter"]["total"] for r in results} == {1}


async def test_mutations_of_one_operation_see_each_other(api: Api) -> None:
    _, supporter, content = await supported(api)
    data = await api.read(
        "mutation($i: ClickInput!, $w: WithdrawClickInput!) {"
        " a: click(input: $i) { ... on ClickSuccess { click { content { counter { total } } } } }"
        " b: withdrawClick(input: $w) { ... on WithdrawClickSuccess { counter { total } } }"
        " c: click(input: $i)"
        " { ... on ClickSuccess { click { content { counter { total seq } } } } }"
        " d: signOut { __typename }"
        " e: click(input: $i) { ... on Failure { code } } }",
        supporter,
        i={"contentId": content},
        w={"contentId": content},
    )
    assert data["a"]["click"]["content"]["counter"] == {"total": 1}
    assert data["b"]["counter"] == {"total": 0}
    assert data["c"]["click"]["content"]["counter"] == {"total": 1, "seq": 3}
    assert data["e"] == {"code": "UNAUTHENTICATED"}
