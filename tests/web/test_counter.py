"""A content's counter as JSON."""

import httpx2
import pytest

from app.core.clock import FixedClock
from app.core.ids import to_global_id
from app.domain.accounts import Account, account_by_handle
from app.domain.clicks import withdraw_click
from app.domain.contents import Content, content_by_url, delete_content
from app.web.content import content_path

RADIO = "https://lanterne.example/radio"
QUERY = "query($ids:[ID!]!){counters(ids:$ids){contentId periodKey total period supporters seq}}"


async def _radio() -> Content:
    content = await content_by_url(RADIO)
    assert content is not None
    return content


async def _account(handle: str) -> Account:
    account = await account_by_handle(handle)
    assert account is not None
    return account


async def test_it_says_what_graphql_says(http: httpx2.AsyncClient) -> None:
    content = await _radio()
    numbers = (await http.get(f"{content_path(content.id)}/counter")).json()
    assert (numbers["total"], numbers["period"], numbers["supporters"]) == (1, 1, 1)
    variables = {"ids": [numbers["contentId"]]}
    answer = await http.post("/graphql", json={"query": QUERY, "variables": variables})
    assert answer.json()["data"]["counters"] == [numbers]


async def test_any_page_may_keep_and_read_it(http: httpx2.AsyncClient) -> None:
    response = await http.get(
        f"{content_path((await _radio()).id)}/counter", headers={"Origin": "https://a.example"}
    )
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "public, max-age=2, stale-while-revalidate=30"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "set-cookie" not in response.headers
    assert "access-control-allow-credentials" not in response.headers


async def test_the_same_numbers_are_one_etag(http: httpx2.AsyncClient, clock: FixedClock) -> None:
    content = await _radio()
    path = f"{content_path(content.id)}/counter"
    etag = (await http.get(path)).headers["etag"]
    clock.advance(seconds=60)
    same = await http.get(path, headers={"If-None-Match": etag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    assert same.headers["access-control-allow-origin"] == "*"
    await withdraw_click(await _account("wilf"), content.id)
    moved = await http.get(path, headers={"If-None-Match": etag})
    assert (moved.status_code, moved.json()["total"]) == (200, 0)


async def test_head_has_no_body(http: httpx2.AsyncClient) -> None:
    response = await http.head(f"{content_path((await _radio()).id)}/counter")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    "global_id",
    [to_global_id("Content", 999_999), to_global_id("Account", 1), "1", "%00", "x" * 5_000],
)
async def test_anything_else_is_404_in_json(http: httpx2.AsyncClient, global_id: str) -> None:
    response = await http.get(f"/contents/{global_id}/counter", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert response.json()["code"] == "CONTENT_NOT_FOUND"
    assert response.json()["message"].startswith("This content is not registered")
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cache-control"] == "public, max-age=60"


async def test_what_was_deleted_is_404(http: httpx2.AsyncClient) -> None:
    content = await _radio()
    await delete_content(await _account("ada"), content.id)
    assert (await http.get(f"{content_path(content.id)}/counter")).status_code == 404
