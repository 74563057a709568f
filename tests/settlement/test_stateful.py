"""Any sequence of deposits, clicks, closes and settlements keeps every invariant of the ledger.

A hypothesis state machine over the real domain and a real database, each kind in turn.
"""

import asyncio
import shutil
import tempfile
import uuid
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.core.clock import FixedClock, use_clock
from app.core.errors import DomainError
from app.core.money import Money
from app.domain.accounts import Account, accounts_by_ids, reinstate_account, suspend_account
from app.domain.clicks import record_click, withdraw_click
from app.domain.contents import Content, set_content_shares
from app.domain.deposits import Deposit, charge_back, deposit, refund_deposit
from app.domain.limiters import forget_limits
from app.domain.periods import close_period, closed_periods, ensure_open_period, open_period
from app.domain.wallets import set_budget, wallet_states, wallets_of
from app.models.database import fetch, open_database
from app.settlement.check import breaches
from app.settlement.settle import settle_period
from app.settlement.verify import verify_period
from tests.conftest import START, TEMPLATE, _admin, postgres_url
from tests.world import article, person

Result = TypeVar("Result")
NAMES = ("ann", "ben", "cid")
WHO = st.integers(0, len(NAMES) - 1)
WHAT = st.integers(0, 4)
AMOUNT = st.one_of(st.integers(1, 50), st.integers(1, 20_000_000), st.just(10**13))
CURRENCY = st.sampled_from(["EUR", "EUR", "USD"])


class Ledger(RuleBasedStateMachine):
    """Three people who are supporters and creators at once, five contents, and time."""

    template: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.clock = FixedClock(START)
        self.folder = Path(tempfile.mkdtemp(prefix="obole-stateful-"))
        self.people: list[Account] = []
        self.contents: list[Content] = []
        self.deposits: list[Deposit] = []
        self.keys = 0
        self.budgets: dict[tuple[int, int], int | None] = {}

    def run(self, work: Coroutine[Any, Any, Result]) -> Result | None:
        """Do it; an expected refusal is fine, as long as everything still adds up after it."""
        try:
            return self.runner.run(work)
        except DomainError:
            return None

    def key(self) -> str:
        """A fresh idempotency key."""
        self.keys += 1
        return f"k{self.keys}"

    @initialize()
    def begin(self) -> None:
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        self.stack.enter_context(use_clock(self.clock))
        forget_limits()
        await self.stack.enter_async_context(open_database(await self._fresh_database()))
        await ensure_open_period()
        self.people = [await person(name) for name in NAMES]
        for n in range(5):
            creators: list[tuple[str, int]] | None = [] if n == 4 else None
            creator = self.people[n % len(NAMES)]
            self.contents.append(await article(creator, f"c{n}", creators=creators))
        for n, supporter in enumerate(self.people):
            money = Money(10_000_000 + n, "EUR")
            self.deposits.append(await deposit(supporter, money, idempotency_key="first"))
            await record_click(supporter, self.contents[(n + 1) % len(NAMES)].id)

    async def _fresh_database(self) -> str:
        if not self.template.startswith("postgresql"):
            shutil.copy(self.template, self.folder / "o.db")
            return f"sqlite://{self.folder}/o.db"
        name = f"s_{uuid.uuid4().hex[:12]}"
        await asyncio.to_thread(
            asyncio.run, _admin(self.template, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        )
        return postgres_url(self.template, name)

    @rule(who=WHO, micros=AMOUNT, currency=CURRENCY)
    def deposits_money(self, who: int, micros: int, currency: str) -> None:
        money = Money(micros, currency)
        made = self.run(deposit(self.people[who], money, idempotency_key=self.key()))
        if made is not None:
            self.deposits.append(made)

    @rule(who=WHO, micros=st.none() | AMOUNT)
    def sets_a_budget(self, who: int, micros: int | None) -> None:
        self.run(set_budget(self.people[who], currency="EUR", budget_micros=micros))

    @rule(who=WHO, what=WHAT, weight=st.integers(1, 5), currency=st.none() | CURRENCY)
    def clicks(self, who: int, what: int, weight: int, currency: str | None) -> None:
        content = self.contents[what]
        self.run(record_click(self.people[who], content.id, weight=weight, currency=currency))

    @rule(who=WHO, what=WHAT)
    def withdraws(self, who: int, what: int) -> None:
        self.run(withdraw_click(self.people[who], self.contents[what].id))

    @rule(data=st.data(), micros=AMOUNT)
    def is_refunded(self, data: st.DataObject, micros: int) -> None:
        if self.deposits:
            chosen = data.draw(st.sampled_from(self.deposits))
            self.run(refund_deposit(chosen.id, micros=micros, key=self.key()))

    @rule(data=st.data())
    def is_charged_back(self, data: st.DataObject) -> None:
        if self.deposits:
            self.run(charge_back(data.draw(st.sampled_from(self.deposits)).id, key=self.key()))

    @rule(who=WHO, what=WHAT, share=st.integers(1, 9_999))
    def shares_a_content(self, who: int, what: int, share: int) -> None:
        content, owner = self.contents[what], self.people[what % len(NAMES)]
        other = self.people[(what + 1 + who) % len(NAMES)]
        creators = [(owner.handle, share), (other.handle, 10_000 - share)]
        self.run(set_content_shares(owner, content.id, creators))

    @rule(who=WHO, on=st.booleans())
    def is_suspended_or_reinstated(self, who: int, on: bool) -> None:
        self.run((suspend_account if on else reinstate_account)(self.people[who].id))
        [account] = self.runner.run(accounts_by_ids([self.people[who].id]))
        assert account is not None
        self.people[who] = account

    @rule(days=st.integers(1, 40))
    def time_passes_and_the_period_closes(self, days: int) -> None:
        self.clock.set(self.clock.now() + timedelta(days=days))
        self.runner.run(self._close())

    async def _close(self) -> None:
        """Note what every wallet's budget is at the close: nothing may change it afterwards."""
        period = await open_period()
        ids = [w.id for p in self.people for w in await wallets_of(p.id)]
        for state in await wallet_states(ids):
            self.budgets[(period.id, state.wallet_id)] = state.budget_micros
        await close_period(period.key)

    @rule(who=WHO, what=WHAT, micros=AMOUNT, steal=st.booleans(), settles=st.booleans())
    def a_month_with_money_that_moves_after_its_close(
        self, who: int, what: int, micros: int, steal: bool, settles: bool
    ) -> None:
        supporter = self.people[who]
        money = Money(micros, "EUR")
        made = self.run(deposit(supporter, money, idempotency_key=self.key()))
        self.run(record_click(supporter, self.contents[what].id, currency="EUR"))
        self.clock.advance(days=20)
        self.runner.run(self._close())
        if made is not None and steal:
            self.run(charge_back(made.id, key=self.key()))
        elif made is not None:
            self.run(refund_deposit(made.id, micros=made.amount.micros, key=self.key()))
        if settles:
            self.runner.run(self._settle("polars"))

    @rule(engine=st.sampled_from(["polars", "duckdb", "reference"]))
    def the_oldest_closed_period_settles(self, engine: str) -> None:
        self.runner.run(self._settle(engine))

    async def _settle(self, engine: str) -> None:
        closed = await closed_periods()
        if not closed:
            return
        held = await _held_at_close(closed[0].id)
        await settle_period(closed[0].key, engine=engine)
        verified = await verify_period(closed[0].key)
        assert verified.differences == ()
        rows = await fetch(
            "SELECT f.wallet_id, f.pot_micros FROM frozen_wallets f JOIN wallets w"
            " ON w.id = f.wallet_id JOIN accounts a ON a.id = w.account_id"
            " WHERE f.period_id = $1 AND a.suspended_at IS NULL",
            closed[0].id,
        )
        for row in rows:
            wallet_id = row["wallet_id"]
            budget = self.budgets[(closed[0].id, wallet_id)]
            pot = held[wallet_id] if budget is None else min(budget, held[wallet_id])
            assert row["pot_micros"] == pot

    @invariant()
    def everything_adds_up(self) -> None:
        if self.people:
            assert self.runner.run(breaches()) == []

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)


async def _held_at_close(period_id: int) -> dict[int, int]:
    """Each wallet's balance at the close by DESIGN.md §4: the sum of what is stamped up to it."""
    rows = await fetch(
        "SELECT w.id, COALESCE(SUM(p.amount_micros), 0) AS micros FROM wallets w"
        " LEFT JOIN (postings p JOIN entries e ON e.id = p.entry_id)"
        "  ON p.account_id = w.id AND e.period_id <= $1 GROUP BY w.id",
        period_id,
    )
    return {row["id"]: int(row["micros"]) for row in rows}


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_any_sequence_keeps_every_invariant(kind: str, request: pytest.FixtureRequest) -> None:
    Ledger.template = str(request.getfixturevalue(f"{kind}_template"))
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
