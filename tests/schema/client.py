"""The API as a client of it sees it: the real application, every answer in full."""

import json
from dataclasses import dataclass
from typing import Any

import httpx2

from app.api.negotiation import GRAPHQL_RESPONSE
from app.main import create_app
from app.models.database import fetch
from tests.world import PASSWORD, person

TABLES = (
    "accounts", "balances", "clicks", "content_shares", "content_urls", "contents", "counters",
    "deposits", "entries", "ledger_accounts", "open_period", "periods", "platforms", "postings",
    "seals", "sessions", "settlement_totals", "settlements", "wallet_budgets", "wallets",
)  # fmt: skip

SELECTIONS = {
    "signUp": "... on SignUpSuccess { token expiresAt scopes account { id handle email } }",
    "signIn": "... on SignInSuccess { token expiresAt scopes account { id handle } }",
    "deposit": "... on DepositSuccess { deposit { id amount { decimal } }"
    " wallet { id balance { micros } } }",
    "setBudget": "... on SetBudgetSuccess { wallet { budget { decimal } } }",
    "click": "... on ClickSuccess { created click { id weight content { id } period { key } }"
    " counter { total period supporters seq } viewerState { clicked weight worth { micros } } }",
    "withdrawClick": "... on WithdrawClickSuccess { withdrawn counter { total period }"
    " viewerState { clicked canClick } }",
    "registerContent": "... on RegisterContentSuccess { content { id url title tags language"
    " creators { share position creator { handle } } } }",
    "updateContent": "... on UpdateContentSuccess { content { id url title description tags"
    " language } }",
    "setContentShares": "... on SetContentSharesSuccess { content { creators { share position"
    " creator { handle } } } }",
    "deleteContent": "... on DeleteContentSuccess { contentId }",
    "closePeriod": "... on ClosePeriodSuccess { period { key status } openPeriod { key } }",
    "settlePeriod": "... on SettlePeriodSuccess { done period { status } settlement { status"
    " progress wallets clicks contents digest gross { decimal currency } } }",
    "verifyPeriod": "... on VerifyPeriodSuccess { verification { agrees differences entries } }",
}
"""What tests look at in each mutation's success."""


@dataclass(slots=True)
class Answer:
    """What came back: `data` may be partial, `errors` are as sent."""

    status: int
    data: dict[str, Any]
    errors: list[dict[str, Any]]

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.errors]


class Api:
    """Sends operations to the application over the database that is open."""

    def __init__(self) -> None:
        transport = httpx2.ASGITransport(app=create_app(), client=("203.0.113.7", 5))
        self.http = httpx2.AsyncClient(transport=transport, base_url="http://obole.localhost")

    async def send(
        self,
        query: str,
        token: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        **v: Any,
    ) -> Answer:
        sent = {"Accept": GRAPHQL_RESPONSE, "Content-Type": "application/json", **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        self.http.cookies.clear()
        response = await self.http.post(
            "/graphql", content=json.dumps({"query": query, "variables": v}), headers=sent
        )
        body = response.json()
        return Answer(response.status_code, body.get("data") or {}, body.get("errors", []))

    async def read(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """The data of a query that must succeed."""
        answer = await self.send(query, token, **variables)
        assert answer.errors == []
        return answer.data

    async def do(self, name: str, token: str | None = None, **values: Any) -> dict[str, Any]:
        """A mutation's result: `__typename`, its success's fields, or code, message, field."""
        kind = "ContentInput" if name == "registerContent" else f"{name[0].upper()}{name[1:]}Input"
        query = (
            f"mutation($input: {kind}!) {{ result: {name}(input: $input) {{ __typename"
            " ... on Failure { code message } ... on InvalidInput { field }"
            f" {SELECTIONS[name]} }} }}"
        )
        answer = await self.send(query, token, input=values)
        assert answer.errors == [], answer.errors
        result: dict[str, Any] = answer.data["result"]
        return result

    async def joined(self, handle: str) -> str:
        """A new account's token."""
        result = await self.do(
            "signUp", handle=handle, email=f"{handle}@people.example", password=PASSWORD
        )
        return str(result["token"])

    async def signed_in(self, handle: str, **values: Any) -> str:
        """A token of an account that there is."""
        result = await self.do(
            "signIn", email=f"{handle}@people.example", password=PASSWORD, **values
        )
        return str(result["token"])

    async def operator(self) -> str:
        """An operator's token."""
        await person("zoe", is_operator=True)
        return await self.signed_in("zoe")

    async def register(self, token: str, name: str, **values: Any) -> str:
        """The id of a new content."""
        given = {"url": f"https://news.example/{name}", "title": name} | values
        result = await self.do("registerContent", token, **given)
        return str(result["content"]["id"])

    async def fund(
        self, token: str, decimal: str = "10.00", currency: str = "EUR", key: str = "first"
    ) -> dict[str, Any]:
        """A deposit's result."""
        amount = {"decimal": decimal, "currency": currency}
        return await self.do("deposit", token, amount=amount, idempotencyKey=key)


async def everything() -> dict[str, list[str]]:
    """Every row of every table, to compare before and after."""
    return {t: sorted(map(repr, await fetch(f"SELECT * FROM {t}"))) for t in TABLES}
