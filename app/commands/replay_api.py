"""The few operations the replay sends, in GraphQL, as anybody could send them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.api.asgi_client import GraphQLClient
from app.commands.replay_plan import Earned
from app.core.clock import FixedClock
from app.core.money import format_decimal

CURRENCY = "EUR"
"""Flattr's own, and the replay's."""
MAX_PAGES = 1_000
"""Of a statement, a hundred lines each."""
TICK_S, SIGN_UP_TICK_S = 1, 40
"""Between two operations, and two sign-ups: the limits count by the replay's clock, and a hundred
sign-ups must take more than the hour they are allowed in. A month has the time for all of them."""

SIGN_UP = """
mutation ($input: SignUpInput!) {
  result: signUp(input: $input) { __typename ... on Failure { code message } }
}"""
SIGN_IN = """
mutation ($input: SignInInput!) {
  result: signIn(input: $input) {
    __typename ... on Failure { code message } ... on SignInSuccess { token expiresAt }
  }
}"""
REGISTER = """
mutation ($input: ContentInput!) {
  result: registerContent(input: $input) { __typename ... on Failure { code message } }
}"""
DEPOSIT = """
mutation ($input: DepositInput!) {
  result: deposit(input: $input) { __typename ... on Failure { code message } }
}"""
SET_BUDGET = """
mutation ($input: SetBudgetInput!) {
  result: setBudget(input: $input) { __typename ... on Failure { code message } }
}"""
CLICK = """
mutation ($input: ClickInput!) {
  result: click(input: $input) { __typename ... on Failure { code message } }
}"""
CLOSE = """
mutation ($input: ClosePeriodInput!) {
  result: closePeriod(input: $input) { __typename ... on Failure { code message } }
}"""
SETTLE = """
mutation ($input: SettlePeriodInput!) {
  result: settlePeriod(input: $input) { __typename ... on Failure { code message } }
}"""
WALLETS = "{ viewer { wallets { currency balance { micros } } } }"
PERIOD = "query ($key: String!) { period(key: $key) { status startsAt endsAt } }"
STATEMENT = """
query ($key: String!, $after: String) {
  viewer { creator { statement(periodKey: $key) { lines(first: 100, after: $after) {
    nodes { content { url } clicks part { micros currency } }
    pageInfo { hasNextPage endCursor }
  } } } }
}"""


class Refused(Exception):
    """The API answered an operation with one of its failures; `code` is the failure's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code


@dataclass(slots=True)
class Person:
    """Somebody of the replay, with the sign-in in force, if there is one."""

    handle: str
    password: str
    token: str | None = None
    expires_at: datetime | None = None

    @property
    def email(self) -> str:
        """Made from the handle."""
        return f"{self.handle}@replay.example"


class ReplayApi:
    """Sends operations to the application, and lets time go on with each of them.

    Everything raises Refused where the API refuses, and GraphQLRequestFailed where it fails.
    """

    def __init__(self, client: GraphQLClient, clock: FixedClock) -> None:
        self._client = client
        self._clock = clock

    async def sign_up(self, person: Person, *, display_name: str) -> None:
        """Open an account."""
        self._clock.advance(seconds=SIGN_UP_TICK_S)
        await self._change(
            SIGN_UP,
            handle=person.handle,
            email=person.email,
            password=person.password,
            displayName=display_name,
        )

    async def register(self, creator: Person, *, url: str, title: str) -> None:
        """Register a content of this creator's."""
        await self._change_as(creator, REGISTER, url=url, title=title)

    async def fill_wallet(self, supporter: Person, *, micros: int, key: str) -> None:
        """Have exactly `micros` as budget, and at least that in the wallet. key: idempotency."""
        missing = micros - await self._balance_micros(supporter)
        if missing > 0:
            amount = {"decimal": format_decimal(missing), "currency": CURRENCY}
            await self._change_as(supporter, DEPOSIT, amount=amount, idempotencyKey=key)
        budget = {"decimal": format_decimal(micros), "currency": CURRENCY}
        await self._change_as(supporter, SET_BUDGET, currency=CURRENCY, budget=budget)

    async def click(self, supporter: Person, *, url: str, weight: int) -> None:
        """Click a content, found by its address."""
        await self._change_as(supporter, CLICK, url=url, weight=weight)

    async def close(self, operator: Person, key: str) -> None:
        """Close the period whose end has come."""
        await self._change_as(operator, CLOSE, periodKey=key)

    async def settle(self, operator: Person, key: str) -> None:
        """Settle the closed period; over when it is settled."""
        await self._change_as(operator, SETTLE, periodKey=key)
        data = await self._send(PERIOD, {"key": key}, token=None)
        if data["period"]["status"] != "SETTLED":
            raise Refused("NOT_SETTLED", f"{key} is {data['period']['status']} after settling")

    async def earned(self, creator: Person, key: str) -> list[Earned]:
        """What the creator's statement of a settled period says, a row for each content."""
        earned: list[Earned] = []
        after: str | None = None
        for _ in range(MAX_PAGES):
            given = {"key": key, "after": after}
            data = await self._send(STATEMENT, given, token=await self._token(creator))
            page = data["viewer"]["creator"]["statement"]["lines"]
            earned += [
                Earned(row["content"]["url"], row["clicks"], int(row["part"]["micros"]))
                for row in page["nodes"]
            ]
            if not page["pageInfo"]["hasNextPage"]:
                return earned
            after = page["pageInfo"]["endCursor"]
        raise Refused("TOO_LONG", f"the statement of {key} has more than {MAX_PAGES} pages")

    async def _balance_micros(self, supporter: Person) -> int:
        data = await self._send(WALLETS, {}, token=await self._token(supporter))
        wallets: Sequence[dict[str, Any]] = data["viewer"]["wallets"]
        return sum(int(w["balance"]["micros"]) for w in wallets if w["currency"] == CURRENCY)

    async def _token(self, person: Person) -> str:
        """A token still in force when it arrives: shortly before its end, a new sign-in."""
        soon = self._clock.now() + timedelta(seconds=SIGN_UP_TICK_S)
        if person.token is None or person.expires_at is None or person.expires_at <= soon:
            answer = await self._change(SIGN_IN, email=person.email, password=person.password)
            person.token = str(answer["token"])
            person.expires_at = datetime.fromisoformat(answer["expiresAt"])
        return person.token

    async def _change_as(self, person: Person, document: str, **values: Any) -> dict[str, Any]:
        return await self._change(document, token=await self._token(person), **values)

    async def _change(
        self, document: str, *, token: str | None = None, **values: Any
    ) -> dict[str, Any]:
        data = await self._send(document, {"input": values}, token=token)
        result: dict[str, Any] = data["result"]
        if "code" in result:
            raise Refused(result["code"], result["message"])
        return result

    async def _send(
        self, document: str, variables: dict[str, Any], *, token: str | None
    ) -> dict[str, Any]:
        self._clock.advance(seconds=TICK_S)
        return await self._client.execute(document, variables, token=token)
