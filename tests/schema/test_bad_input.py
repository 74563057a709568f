"""Bad input: a typed refusal each, and not one row changed."""

import re
from typing import Any

import pytest

from app.core.clock import FixedClock
from app.core.ids import to_global_id
from app.core.settings import use_settings
from app.domain.accounts import suspend_account
from tests.schema.client import Answer, Api, everything

EUR = {"decimal": "10.00", "currency": "EUR"}
INVALID_AMOUNTS = [
    "-1", "-0.01", "0", "0.00", "0.0000001", "1.0000000", "10000000000.00", "9" * 400, "1e3", "NaN",
    "Infinity", "1,00", "", " 1", "+1", "１", "٣", ".5", "5.", "0x10", "1_0", "\x00"
,    "9007199254.740992", "9999999999.999999",
]  # fmt: skip
BAD_URLS = [
    "", " ", "news.example/a", "//news.example/a", "javascript:alert(1)", "JavaScript:alert(1)",
    "data:text/html,x", "ftp://news.example/", "file:///etc/passwd", "http://", "https://",
    "http:///a", "https://news.example:99999/", "https://news.example:x/", "https://a b/",
    "https://news.example/a b", "https://user:pass@news.example/", "http://[::1", "https://-a.example",
    "https://news.example/\x00", "\x00", "https://news.example/\n",
    "https://" + "a" * 64 + ".example/", "https://news.example/" + "a" * 10_000,
]  # fmt: skip
BAD_IDS = [
    "", "x", "1", "Content:1", "Q29udGVudDo", "Q29udGVudDotMQ", "Q29udGVudDox\x00", "é",
    to_global_id("Account", 1), to_global_id("Wallet", 1), to_global_id("Creator", 1),
    to_global_id("Period", 1), to_global_id("Nonsense", 1), to_global_id("Content", 2**63),
    "A" * 5_000,
]  # fmt: skip
UNWRITABLE = ["a\x00b", "\x00"]


async def refused(
    api: Api, name: str, token: str | None, kind: str, field: str | None = None, **values: Any
) -> None:
    """The mutation answers with this failure, and nothing at all has changed."""
    before = await everything()
    result = await api.do(name, token, **values)
    assert result["__typename"] == kind, result
    assert len(result["message"]) > 15
    if field is not None:
        assert result["field"] == field
    assert await everything() == before


@pytest.mark.parametrize("decimal", INVALID_AMOUNTS)
async def test_amounts_that_are_none(lite: Api, decimal: str) -> None:
    token = await lite.joined("sue")
    amount = {"decimal": decimal, "currency": "EUR"}
    await refused(lite, "deposit", token, "InvalidInput", amount=amount, idempotencyKey="k")
    if decimal not in ("0", "0.00"):
        budget: dict[str, Any] = {"currency": "EUR", "budget": amount}
        await refused(lite, "setBudget", token, "InvalidInput", **budget)


async def test_amounts_are_strings(lite: Api) -> None:
    token = await lite.joined("sue")
    before = await everything()
    for decimal in (10, 10.0, None, True, ["10.00"]):
        answer = await lite.send(
            'mutation($a: MoneyInput!) { deposit(input: {amount: $a, idempotencyKey: "k"})'
            " { __typename } }",
            token,
            a={"decimal": decimal, "currency": "EUR"},
        )
        assert (answer.status, answer.codes) == (400, ["INVALID_VARIABLES"])
    assert await everything() == before


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XXX", "ZZZ", "€", "EU", "\x00"])
async def test_currencies_that_are_none(lite: Api, currency: str) -> None:
    token, content = await lite.joined("sue"), await lite.register(await lite.joined("mo"), "text")
    await lite.fund(token)
    amount = {"decimal": "1.00", "currency": currency}
    await refused(
        lite, "deposit", token, "InvalidInput", "currency", amount=amount, idempotencyKey="k"
    )
    await refused(lite, "setBudget", token, "InvalidInput", "currency", currency=currency)
    click = {"contentId": content, "currency": currency}
    await refused(lite, "click", token, "InvalidInput", "currency", **click)
    await refused(lite, "withdrawClick", token, "InvalidInput", "currency", **click)


async def test_currencies_never_mix(api: Api) -> None:
    token = await api.joined("sue")
    await api.fund(token)
    budget: dict[str, Any] = {"currency": "USD", "budget": EUR}
    await refused(api, "setBudget", token, "InvalidInput", "budget", **budget)
    dollars = {"decimal": "10.00", "currency": "USD"}
    same_key: dict[str, Any] = {"amount": dollars, "idempotencyKey": "first"}
    await refused(api, "deposit", token, "IdempotencyConflict", **same_key)
    content = await api.register(await api.joined("mo"), "text")
    await refused(api, "click", token, "WalletEmpty", contentId=content, currency="USD")


async def test_deposits_that_are_refused(api: Api) -> None:
    token = await api.joined("sue")
    await refused(api, "deposit", token, "WalletFull", idempotencyKey="k",
                  amount={"decimal": "9007199254.740991", "currency": "EUR"})  # fmt: skip
    await refused(api, "deposit", token, "PaymentDeclined", idempotencyKey="k", amount=EUR,
                  method="sandbox-declined")  # fmt: skip
    await refused(api, "deposit", token, "InvalidInput", "provider", idempotencyKey="k", amount=EUR,
                  provider="nobody")  # fmt: skip
    for key in ("", "k" * 101, "é", "a\nb", "\x00"):
        await refused(api, "deposit", token, "InvalidInput", "idempotencyKey", idempotencyKey=key,
                      amount=EUR)  # fmt: skip


async def test_the_same_key_is_one_deposit(api: Api) -> None:
    token = await api.joined("sue")
    first = await api.fund(token)
    before = await everything()
    again = await api.fund(token)
    assert again["deposit"]["id"] == first["deposit"]["id"]
    assert again["wallet"]["balance"]["micros"] == "10000000"
    assert await everything() == before


@pytest.mark.parametrize("url", BAD_URLS)
async def test_urls_that_are_none(lite: Api, url: str) -> None:
    creator, supporter = await lite.joined("mo"), await lite.joined("sue")
    content = await lite.register(creator, "text")
    await refused(lite, "registerContent", creator, "InvalidInput", "url", url=url, title="x")
    changes = {"contentId": content, "url": url}
    await refused(lite, "updateContent", creator, "InvalidInput", "url", **changes)
    await refused(lite, "click", supporter, "InvalidInput", "url", url=url)
    await refused(lite, "withdrawClick", supporter, "InvalidInput", "url", url=url)
    found = await lite.send("query($u: URL) { content(url: $u) { id } }", u=url)
    assert found.codes == ["INVALID_INPUT"]


@pytest.mark.parametrize("title", ["", " \n ", "t" * 10_000, "t" * 301, *UNWRITABLE])
async def test_titles_that_are_none(lite: Api, title: str) -> None:
    creator = await lite.joined("mo")
    content = await lite.register(creator, "text")
    given = {"url": "https://news.example/x", "title": title}
    await refused(lite, "registerContent", creator, "InvalidInput", "title", **given)
    changes = {"contentId": content, "title": title}
    await refused(lite, "updateContent", creator, "InvalidInput", "title", **changes)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", None),
        ("url", None),
        ("description", "d" * 2001),
        ("description", "\x00"),
        ("language", "klingon!"),
        ("tags", ["t"] * 21),
        ("tags", ["t" * 41]),
        ("tags", [""]),
        ("tags", ["a", "\x00"]),
        ("externalId", "7"),
        ("externalId", "\x00"),
    ],
)
async def test_edits_that_are_none(api: Api, field: str, value: Any) -> None:
    creator = await api.joined("mo")
    content = await api.register(creator, "text")
    changes = {"contentId": content, field: value}
    await refused(api, "updateContent", creator, "InvalidInput", field, **changes)


@pytest.mark.parametrize("global_id", BAD_IDS)
async def test_ids_of_the_wrong_type(lite: Api, global_id: str) -> None:
    token = await lite.joined("sue")
    await lite.fund(token)
    named: dict[str, Any] = {"contentId": global_id}
    shares: list[dict[str, Any]] = [{"handle": "sue", "share": 10_000}]
    for name, more in (
        ("click", {}), ("withdrawClick", {}), ("deleteContent", {}),
        ("updateContent", {"title": "x"}), ("setContentShares", {"creators": shares}),
    ):  # fmt: skip
        await refused(lite, name, token, "InvalidInput", "contentId", **named, **more)


async def test_half_a_surrogate_pair_is_no_text(lite: Api) -> None:
    token = await lite.joined("mo")
    before = await everything()
    given = {"url": "https://news.example/x", "title": "a\ud800b"}
    query = "mutation($i: ContentInput!) { registerContent(input: $i) { __typename } }"
    answer = await lite.send(query, token, i=given)
    assert (answer.status, answer.codes) == (400, ["BAD_REQUEST"])
    assert await everything() == before


async def test_contents_that_are_not_there(api: Api) -> None:
    token = await api.joined("sue")
    await api.fund(token)
    for named in ({"contentId": to_global_id("Content", 9)}, {"url": "https://news.example/9"}):
        await refused(api, "click", token, "ContentNotFound", **named)
        await refused(api, "withdrawClick", token, "ContentNotFound", **named)
    far = {"contentId": to_global_id("Content", 2**63 - 1)}
    await refused(api, "click", token, "ContentNotFound", **far)
    await refused(api, "deleteContent", token, "ContentNotFound", **far)


async def test_clicks_that_are_refused(api: Api) -> None:
    creator, supporter = await api.joined("mo"), await api.joined("sue")
    content = await api.register(creator, "text")
    await refused(api, "click", supporter, "WalletEmpty", contentId=content)
    await api.fund(creator)
    await refused(api, "click", creator, "OwnContent", contentId=content)
    await api.fund(supporter)
    for weight in (0, -1, 6, 2**31 - 1):
        await refused(
            api, "click", supporter, "InvalidInput", "weight", contentId=content, weight=weight
        )
    both = {"contentId": content, "url": "https://news.example/text"}
    await refused(api, "click", supporter, "InvalidInput", **both)
    await refused(api, "click", supporter, "InvalidInput")
    await refused(api, "click", None, "Unauthenticated", contentId=content)
    with use_settings(max_clicks_per_period=1):
        await api.do("click", supporter, contentId=content)
        other = await api.register(creator, "other")
        await refused(api, "click", supporter, "TooManyClicks", contentId=other)
    with use_settings(clicks_per_minute=1):
        await api.do("click", supporter, contentId=content)
        result = await api.do("click", supporter, contentId=content)
        assert (result["__typename"], result["code"]) == ("RateLimited", "RATE_LIMITED")
    await suspend_account(1)
    await refused(api, "click", supporter, "NotEligible", contentId=other)
    await suspend_account(2)
    await refused(api, "click", supporter, "AccountSuspended", contentId=other)


async def test_a_token_that_is_over(api: Api, clock: FixedClock) -> None:
    await api.joined("sue")
    token = await api.signed_in("sue", expiresInSeconds=60)
    content = await api.register(await api.joined("mo"), "text")
    assert (await api.read("{ viewer { handle } }", token))["viewer"] == {"handle": "sue"}
    clock.advance(seconds=60)
    assert (await api.read("{ viewer { handle } }", token))["viewer"] is None
    await refused(api, "deposit", token, "Unauthenticated", amount=EUR, idempotencyKey="k")
    await refused(api, "click", token, "Unauthenticated", contentId=content)
    await refused(api, "click", "obole_nonsense", "Unauthenticated", contentId=content)
    await refused(api, "setBudget", "x" * 5000, "Unauthenticated", currency="EUR")


async def test_content_of_somebody_else(api: Api) -> None:
    mine, theirs = await api.joined("mo"), await api.joined("sue")
    content = await api.register(mine, "text")
    named = {"contentId": content}
    await refused(api, "updateContent", theirs, "Forbidden", **named, title="mine now")
    await refused(api, "deleteContent", theirs, "Forbidden", **named)
    shares: list[dict[str, Any]] = [{"handle": "sue", "share": 10_000}]
    await refused(api, "setContentShares", theirs, "Forbidden", **named, creators=shares)
    again = {"url": "https://news.example/text", "title": "mine"}
    await refused(api, "registerContent", theirs, "AlreadyTaken", **again)
    victim: dict[str, Any] = {"url": "https://news.example/x", "title": "x"}
    victim |= {"creators": [{"handle": "mo", "share": 10_000}]}
    await refused(api, "registerContent", theirs, "InvalidInput", "creators", **victim)


async def test_a_creator_of_a_small_part_takes_nothing_over(api: Api) -> None:
    mo, al = await api.joined("mo"), await api.joined("al")
    creators = [{"handle": "mo", "share": 9_999}, {"handle": "al", "share": 1}]
    content = await api.register(mo, "text", creators=creators)
    all_of_it: dict[str, Any] = {"creators": [{"handle": "al", "share": 10_000}]}
    await refused(api, "setContentShares", al, "Forbidden", contentId=content, **all_of_it)
    await refused(api, "deleteContent", al, "Forbidden", contentId=content)
    edited = await api.do("updateContent", al, contentId=content, title="By al")
    assert edited["content"]["title"] == "By al"


async def test_nobody_claims_by_the_back_door(api: Api) -> None:
    mo = await api.joined("mo")
    given: dict[str, Any] = {"url": "https://news.example/free", "title": "x"}
    made = await api.do("registerContent", mo, **given, unclaimed=True)
    content = made["content"]["id"]
    mine: dict[str, Any] = {"creators": [{"handle": "mo", "share": 10_000}]}
    await refused(api, "setContentShares", mo, "Forbidden", contentId=content, **mine)
    await api.do("deleteContent", mo, contentId=content)
    await refused(api, "registerContent", mo, "Forbidden", **given, **mine)
    back = (await api.do("registerContent", mo, **given))["content"]
    assert (back["id"], back["creators"]) == (content, [])


async def test_a_deleted_address_says_what_it_is(api: Api) -> None:
    mo, sue = await api.joined("mo"), await api.joined("sue")
    content = await api.register(mo, "text")
    await api.do("deleteContent", mo, contentId=content)
    again = {"url": "https://news.example/text", "title": "Back"}
    await refused(api, "registerContent", sue, "AlreadyTaken", **again)
    assert "deleted" in (await api.do("registerContent", sue, **again))["message"]
    back = (await api.do("registerContent", mo, **again))["content"]
    assert (back["id"], back["title"]) == (content, "Back")


@pytest.mark.parametrize(
    "creators",
    [
        [],
        [{"handle": "mo", "share": 9_999}],
        [{"handle": "mo", "share": 10_001}],
        [{"handle": "mo", "share": 0}, {"handle": "sue", "share": 10_000}],
        [{"handle": "mo", "share": -1}, {"handle": "sue", "share": 10_001}],
        [{"handle": "mo", "share": 5_000}, {"handle": "MO", "share": 5_000}],
        [{"handle": "mo", "share": 5_000}, {"handle": "nobody", "share": 5_000}],
        [{"handle": "mo", "share": 200}] * 51,
        [{"handle": "\x00", "share": 10_000}],
    ],
)
async def test_shares_that_are_none(lite: Api, creators: list[dict[str, Any]]) -> None:
    creator = await lite.joined("mo")
    await lite.joined("sue")
    content = await lite.register(creator, "text")
    given: dict[str, Any] = {"url": "https://news.example/x", "title": "x", "creators": creators}
    field = "handle" if any("\x00" in part["handle"] for part in creators) else "creators"
    await refused(lite, "registerContent", creator, "InvalidInput", field, **given)
    shared: dict[str, Any] = {"contentId": content, "creators": creators}
    await refused(lite, "setContentShares", creator, "InvalidInput", field, **shared)


async def test_closing_and_settling_are_an_operators(api: Api, clock: FixedClock) -> None:
    operator, stranger = await api.operator(), await api.joined("sue")
    clock.advance(days=1)
    weak = await api.signed_in("zoe", scopes=["READ", "CLICK"])
    for name in ("closePeriod", "settlePeriod", "verifyPeriod"):
        await refused(api, name, None, "Unauthenticated", periodKey="2026-11")
        await refused(api, name, stranger, "Forbidden", periodKey="2026-11")
        await refused(api, name, weak, "Forbidden", periodKey="2026-11")
        for key in ("2026-13", "november", "", "\x00", "２０２６-11", "2026-11 "):
            await refused(api, name, operator, "InvalidInput", "periodKey", periodKey=key)
        await refused(api, name, operator, "NotFound", periodKey="2031-01")
        told = (await api.do(name, stranger, periodKey="2026-11"))["message"]
        assert told == "Only an operator may do this."
        assert "`OPERATE`" in (await api.do(name, weak, periodKey="2026-11"))["message"]
    await suspend_account(1)
    for name in ("closePeriod", "settlePeriod", "verifyPeriod"):
        await refused(api, name, operator, "AccountSuspended", periodKey="2026-11")


async def test_periods_go_their_way_in_order(api: Api, clock: FixedClock) -> None:
    operator = await api.operator()
    clock.advance(days=1)
    await refused(api, "settlePeriod", operator, "PeriodNotClosed", periodKey="2026-11")
    await refused(api, "verifyPeriod", operator, "PeriodNotClosed", periodKey="2026-11")
    await api.do("closePeriod", operator, periodKey="2026-11")
    await refused(api, "closePeriod", operator, "PeriodNotOpen", periodKey="2026-11")
    await refused(api, "closePeriod", operator, "Conflict", periodKey="2026-12")
    clock.advance(days=1)
    await api.do("closePeriod", operator, periodKey="2026-12")
    await refused(api, "settlePeriod", operator, "PeriodOutOfOrder", periodKey="2026-12")
    settled = await api.do("settlePeriod", operator, periodKey="2026-11")
    assert settled["settlement"]["clicks"] == 0 and len(settled["settlement"]["digest"]) == 64
    await refused(api, "settlePeriod", operator, "PeriodAlreadySettled", periodKey="2026-11")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("handle", ""), ("handle", "a b"), ("handle", "é"), ("handle", "a" * 41), ("handle", "-a"),
        ("handle", "a\x00"), ("email", "no"), ("email", "a@b"), ("email", "a" * 300 + "@b.example"),
        ("email", "a\x00@b.example"), ("password", "short"), ("password", "p" * 201),
        ("displayName", "\x00"),
    ],
)  # fmt: skip
async def test_accounts_that_are_none(lite: Api, field: str, value: str) -> None:
    given = {"handle": "sue", "email": "sue@people.example", "password": "correct horse"}
    await refused(lite, "signUp", None, "InvalidInput", field, **(given | {field: value}))


async def test_handles_and_mails_are_taken_once(api: Api) -> None:
    await api.joined("sue")
    given = {"handle": "sue", "email": "other@people.example", "password": "correct horse"}
    await refused(api, "signUp", None, "AlreadyTaken", **given)
    given = {"handle": "other", "email": "SUE@people.example", "password": "correct horse"}
    await refused(api, "signUp", None, "AlreadyTaken", **given)


async def test_signing_in_with_the_wrong_words(api: Api) -> None:
    await api.joined("sue")
    mail = "sue@people.example"
    await refused(api, "signIn", None, "Unauthenticated", email=mail, password="wrong horse")
    await refused(api, "signIn", None, "Unauthenticated", email="no", password="correct horse")
    right: dict[str, Any] = {"email": mail, "password": "correct horse"}
    await refused(
        api, "signIn", None, "InvalidInput", "expiresInSeconds", **right, expiresInSeconds=0
    )
    await refused(api, "signIn", None, "InvalidInput", "scopes", **right, scopes=[])
    await refused(api, "signIn", None, "InvalidInput", "scopes", **right, scopes=["OPERATE"])
    for word in UNWRITABLE:
        await refused(api, "signIn", None, "InvalidInput", "password", email=mail, password=word)
        await refused(api, "signIn", None, "InvalidInput", "email", email=word, password="x")


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("creator(handle: $v) { id }", "\x00"),
        ("platform(slug: $v) { id }", "\x00"),
        ('content(platform: $v, externalId: "1") { id }', "\x00"),
        ("contents(filter: {search: $v}) { nodes { id } }", "\x00"),
        ("contents(filter: {search: $v}) { nodes { id } }", ""),
        ("contents(filter: {search: $v}) { nodes { id } }", "x" * 101),
        ("contents(filter: {tag: $v}) { nodes { id } }", "\x00"),
        ("contents(filter: {language: $v}) { nodes { id } }", "klingon!"),
        ("contents(filter: {platform: $v}) { nodes { id } }", "\x00"),
        ("contents(after: $v) { nodes { id } }", "nonsense"),
        ("contents(after: $v) { nodes { id } }", "\x00"),
        ("contents(after: $v) { nodes { id } }", "WyJvdGhlciIsMSwyXQ"),
        ("periods(after: $v) { nodes { key } }", "WyJvdGhlciIsMV0"),
        ("period(key: $v) { key }", "\x00"),
    ],
)
async def test_queries_with_bad_text(api: Api, query: str, value: str) -> None:
    answer: Answer = await api.send(f"query($v: String!) {{ {query} }}", v=value)
    assert answer.codes == ["INVALID_INPUT"], (answer.errors, answer.data)
    named = re.search(r"(\w+): \$v", query)
    assert named is not None
    if value != "\x00":
        assert answer.errors[0]["extensions"]["field"] == named[1]


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
async def test_pages_that_are_none(lite: Api, first: int) -> None:
    for query in ("contents(first: $n) { nodes { id } }", "periods(first: $n) { nodes { id } }"):
        answer = await lite.send(f"query($n: Int!) {{ {query} }}", n=first)
        assert answer.codes in (["INVALID_INPUT"], ["TOO_COSTLY"])
