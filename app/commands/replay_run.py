"""The replay itself: month after month through the API, and what came out beside the report."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.commands.replay_api import Person
from app.commands.replay_files import months_of, title_of
from app.commands.replay_plan import Earned, Purse, earned_by_content, plan_month
from app.core.clock import FixedClock
from app.core.settings import get_settings
from app.domain.flattr_csv import Report
from app.domain.periods import next_key, start_of
from app.domain.urls import normalise_url

CREATOR, OPERATOR = "flattr-creator", "operator"
PASSWORD = "obole-replay"


@dataclass(frozen=True, slots=True)
class Difference:
    """A content whose month came out otherwise than the report says; (clicks, net micro-units)."""

    period_key: str
    url: str
    reported: tuple[int, int]
    replayed: tuple[int, int]


@dataclass(slots=True)
class Outcome:
    """The sums of a replay: months and rows of the reports, clicks and money of the statements."""

    months: int
    rows: int
    clicks: int
    net_micros: int
    differences: list[Difference]


class Api(Protocol):
    """What a replay does, in its own words; `ReplayApi` does it in GraphQL."""

    async def sign_up(self, person: Person, *, display_name: str) -> None: ...
    async def register(self, creator: Person, *, url: str, title: str) -> None: ...
    async def fill_wallet(self, supporter: Person, *, micros: int, key: str) -> None: ...
    async def click(self, supporter: Person, *, url: str, weight: int) -> None: ...
    async def close(self, operator: Person, key: str) -> None: ...
    async def settle(self, operator: Person, key: str) -> None: ...
    async def earned(self, creator: Person, key: str) -> list[Earned]: ...


class Replay:
    """One replay: an API, a clock, and the people it has signed up so far."""

    def __init__(self, api: Api, clock: FixedClock) -> None:
        self._api = api
        self._clock = clock
        self._creator = Person(CREATOR, PASSWORD)
        self._operator = Person(OPERATOR, PASSWORD)
        self._supporters: list[Person] = []
        self._registered: set[str] = set()

    async def run(self, reports: Sequence[Report], done: Callable[[str], object]) -> Outcome:
        """Replay every month from the first report to the last. done: told each month's key."""
        rows = sum(len(report.rows) for report in reports)
        outcome = Outcome(len(reports), rows, clicks=0, net_micros=0, differences=[])
        of_month = {report.period_key: report for report in reports}
        await self._api.sign_up(self._creator, display_name="A Flattr creator")
        for key in months_of(reports):
            report = of_month.get(key, Report(key, ()))
            replayed = await self._month(report)
            _compare(outcome, report, replayed)
            done(key)
        return outcome

    async def _month(self, report: Report) -> list[Earned]:
        """One month, closed at its end and settled; what the creator's statement says then."""
        key = report.period_key
        await self._register(report)
        most = get_settings().max_clicks_per_period
        earned = earned_by_content(report, identity=normalise_url)
        for purse in plan_month(earned, max_clicks_per_purse=most):
            await self._give(purse, key)
        self._clock.set(start_of(next_key(key)))
        await self._api.close(self._operator, key)
        await self._api.settle(self._operator, key)
        return await self._api.earned(self._creator, key)

    async def _register(self, report: Report) -> None:
        for row in report.rows:
            url = normalise_url(row.url)
            if url not in self._registered:
                await self._api.register(self._creator, url=row.url, title=title_of(row))
                self._registered.add(url)

    async def _give(self, purse: Purse, key: str) -> None:
        supporter = await self._supporter(purse.supporter)
        await self._api.fill_wallet(supporter, micros=purse.budget_micros, key=f"replay-{key}")
        for url in purse.urls:
            await self._api.click(supporter, url=url, weight=purse.weight)

    async def _supporter(self, number: int) -> Person:
        while len(self._supporters) <= number:
            person = Person(f"supporter-{len(self._supporters) + 1}", PASSWORD)
            name = f"Supporter {len(self._supporters) + 1}"
            await self._api.sign_up(person, display_name=name)
            self._supporters.append(person)
        return self._supporters[number]


def _compare(outcome: Outcome, report: Report, replayed: Iterable[Earned]) -> None:
    """Add a month to the outcome: exact clicks and micro-units per address, query included."""
    expected = _by_url(earned_by_content(report, identity=normalise_url))
    found = _by_url(replayed)
    for url in sorted(expected | found):
        before, after = expected.get(url, (0, 0)), found.get(url, (0, 0))
        if before != after:
            outcome.differences.append(Difference(report.period_key, url, before, after))
    outcome.clicks += sum(clicks for clicks, _ in found.values())
    outcome.net_micros += sum(net for _, net in found.values())


def _by_url(rows: Iterable[Earned]) -> dict[str, tuple[int, int]]:
    return {row.url: (row.clicks, row.net_micros) for row in rows}
