"""The replay's run beside a stand-in for the API that divides by the money rules."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.commands.replay_api import Person
from app.commands.replay_files import read_reports
from app.commands.replay_plan import Earned
from app.commands.replay_run import Difference, Replay
from app.core.clock import FixedClock
from app.core.sharing import unit_micros
from app.domain.urls import normalise_url

OURS = Path(__file__).parents[1] / "data" / "flattr"


@dataclass
class StandIn:
    """Remembers what it is told; a settled month is divided as the rules say, less a mistake."""

    clock: FixedClock
    lost_micros: int = 0
    signed_up: list[str] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)
    pots: dict[str, int] = field(default_factory=dict)
    clicks: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    closed: list[tuple[str, datetime]] = field(default_factory=list)
    months: dict[str, list[Earned]] = field(default_factory=dict)

    async def sign_up(self, person: Person, *, display_name: str) -> None:
        assert person.handle not in self.signed_up
        self.signed_up.append(person.handle)

    async def register(self, creator: Person, *, url: str, title: str) -> None:
        assert title and normalise_url(url) not in self.urls
        self.urls[normalise_url(url)] = title

    async def fill_wallet(self, supporter: Person, *, micros: int, key: str) -> None:
        assert supporter.handle in self.signed_up and micros > 0
        self.pots[supporter.handle] = micros

    async def click(self, supporter: Person, *, url: str, weight: int) -> None:
        assert url in self.urls
        self.clicks.setdefault(supporter.handle, []).append((url, weight))

    async def close(self, operator: Person, key: str) -> None:
        self.closed.append((key, self.clock.now()))

    async def settle(self, operator: Person, key: str) -> None:
        count, gross = Counter[str](), Counter[str]()
        for handle, clicks in self.clicks.items():
            total = sum(weight for _, weight in clicks)
            unit = unit_micros(pot_micros=self.pots[handle], total_weight=total)
            for url, weight in clicks:
                count[url] += 1
                gross[url] += unit * weight
        self.months[key] = [
            Earned(url, count[url], gross[url] - gross[url] // 10 - self.lost_micros)
            for url in count
        ]
        self.clicks.clear()
        self.pots.clear()

    async def earned(self, creator: Person, key: str) -> list[Earned]:
        return self.months[key]


def _replay(lost_micros: int = 0) -> tuple[Replay, StandIn]:
    clock = FixedClock(datetime(2015, 10, 1, tzinfo=UTC))
    api = StandIn(clock, lost_micros)
    return Replay(api, clock), api


async def test_our_own_reports_come_out_exactly() -> None:
    replay, api = _replay()
    told: list[str] = []
    outcome = await replay.run(read_reports(OURS), told.append)
    assert (outcome.months, outcome.rows, outcome.clicks) == (3, 12, 25)
    assert (outcome.net_micros, outcome.differences) == (4_770_001, [])
    assert told == ["2015-10", "2015-11", "2015-12", "2016-01"]
    assert api.closed == [
        ("2015-10", datetime(2015, 11, 1, tzinfo=UTC)),
        ("2015-11", datetime(2015, 12, 1, tzinfo=UTC)),
        ("2015-12", datetime(2016, 1, 1, tzinfo=UTC)),
        ("2016-01", datetime(2016, 2, 1, tzinfo=UTC)),
    ]
    assert api.urls["https://radio.example/9"] == "https://radio.example/9"
    assert api.urls["https://radio.example/6"] == "Ein Zeilenumbruch"


async def test_a_lost_micro_unit_is_a_difference_per_content_and_month() -> None:
    replay, _ = _replay(lost_micros=1)
    outcome = await replay.run(read_reports(OURS), lambda key: None)
    assert len(outcome.differences) == 12
    assert outcome.net_micros == 4_770_001 - 12
    assert outcome.differences[0] == Difference(
        "2015-10", "https://radio.example/", (3, 100_000), (3, 99_999)
    )
