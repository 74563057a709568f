"""The session cookie: ours for our own pages, nothing for others."""

import httpx2

from tests.schema.client import Api, everything

SIGN_IN = """mutation { signIn(input: {email: "sue@people.example", password: "correct horse"}) {
  ... on SignInSuccess { token } } }"""
SIGN_OUT = "mutation { signOut { __typename ... on Failure { code } } }"
FUND = """mutation {
  deposit(input: { amount: { decimal: "1.00", currency: "EUR" }, idempotencyKey: "k" }) {
    __typename ... on Failure { code } } }"""
VIEWER = "{ viewer { handle } }"


async def post(api: Api, query: str, **headers: str) -> httpx2.Response:
    return await api.http.post("/graphql", json={"query": query}, headers=headers)


async def test_a_page_of_ours_has_a_cookie(lite: Api) -> None:
    await lite.joined("sue")
    response = await post(lite, SIGN_IN, origin="http://obole.localhost")
    cookie = response.headers["set-cookie"]
    assert response.json()["data"]["signIn"]["token"] in cookie
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=2592000" in cookie
    assert (await post(lite, VIEWER)).json()["data"] == {"viewer": {"handle": "sue"}}
    assert (await post(lite, SIGN_OUT)).json()["data"]["signOut"]["__typename"] == "SignOutSuccess"
    assert (await post(lite, VIEWER)).json()["data"] == {"viewer": None}
    assert not lite.http.cookies


async def test_another_page_may_not_use_it(lite: Api) -> None:
    await lite.joined("sue")
    await post(lite, SIGN_IN)
    before = await everything()
    evil = {"origin": "https://evil.example"}
    assert (await post(lite, FUND, **evil)).json()["data"]["deposit"][
        "code"
    ] == "ORIGIN_NOT_ALLOWED"
    refused = (await post(lite, SIGN_OUT, **evil)).json()["data"]["signOut"]
    assert refused["code"] == "ORIGIN_NOT_ALLOWED"
    assert (await post(lite, VIEWER, **evil)).json()["data"] == {"viewer": None}
    assert await everything() == before
    assert (await post(lite, VIEWER)).json()["data"] == {"viewer": {"handle": "sue"}}


async def test_a_bearer_token_signs_itself_out_and_no_cookie(lite: Api) -> None:
    other = await lite.joined("sue")
    await post(lite, SIGN_IN)
    response = await post(lite, SIGN_OUT, authorization=f"Bearer {other}")
    assert response.json()["data"]["signOut"]["__typename"] == "SignOutSuccess"
    assert "set-cookie" not in response.headers
    assert (await post(lite, VIEWER)).json()["data"] == {"viewer": {"handle": "sue"}}
    assert (await lite.read(VIEWER, other)) == {"viewer": None}


async def test_who_signs_in_and_out_at_once_has_no_cookie(lite: Api) -> None:
    await lite.joined("sue")
    both = SIGN_IN.removesuffix("}") + " signOut { __typename } }"
    response = await post(lite, both, authorization="Bearer nonsense")
    assert "max-age=0" in response.headers["set-cookie"].lower()
    assert not lite.http.cookies
