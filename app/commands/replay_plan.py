"""From a month's report to the purses that must have been behind it. Pure: no database, no clock.

A report says what each content earned net, and by how many clicks. The plan finds purses (one
supporter's wallet in that month: a budget and the contents it clicks) which, divided by the rules
of `app.core.sharing`, give every content exactly its clicks and its net, to the micro-unit.

 1. A net of n has the gross g, the larger with `g - g // 10 == n`.
 2. Of a content's k clicks, `g % k` are worth `g // k + 1`, the others `g // k`.
 3. Clicks of equal worth share a purse, one click per content, with a budget of worth x clicks
    exactly: nothing is left over. A content with several clicks of that worth needs as many purses.
 4. Clicks worth nothing share a purse of one micro-unit, which does not divide by two or more. A
    lone one has weight 2, for the same reason. The micro-unit stays in the wallet.

Purses are numbered from 0 in each month: number i is the same supporter in every month.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from app.domain.flattr_csv import InvalidReport, Report

MAX_CLICKS = 50_000
"""Clicks replayed in one month, so that it has the time for all; the largest real one has 67."""


@dataclass(frozen=True, slots=True)
class Earned:
    """What one content earned in the month: clicks >= 1, net >= 0 in micro-units."""

    url: str
    clicks: int
    net_micros: int


@dataclass(frozen=True, slots=True)
class Purse:
    """What one supporter gives in the month: `worth_micros` to each of `urls`.

    supporter: its number, from 0, the same person in every month.
    budget_micros: >= 1, the least the wallet must hold at the close.
    weight: of each click; 1, but 2 for a lone click that must be worth nothing.
    """

    supporter: int
    worth_micros: int
    budget_micros: int
    weight: int
    urls: tuple[str, ...]


def plan_month(earned: Iterable[Earned], *, max_clicks_per_purse: int = 1000) -> tuple[Purse, ...]:
    """The purses behind a month, the most valuable clicks first; the same input, the same plan.

    earned: one per content, in the report's order.
    max_clicks_per_purse: what a wallet may click in one period.
    """
    numbers = count()
    return tuple(
        _purse(next(numbers), worth, urls)
        for worth, clicks in sorted(_by_worth(earned).items(), reverse=True)
        for layer in _layers(clicks)
        for urls in _parts(layer, max_clicks_per_purse)
    )


def earned_by_content(
    report: Report, *, identity: Callable[[str], str] = str
) -> tuple[Earned, ...]:
    """What each content earned; rows of one content are added up.

    identity: the address by which a content is known, from the address in the row.
    Raises InvalidReport beyond MAX_CLICKS.
    """
    clicks: Counter[str] = Counter()
    nets: Counter[str] = Counter()
    for row in report.rows:
        url = identity(row.url)
        clicks[url] += row.clicks
        nets[url] += row.revenue_micros
        if clicks.total() > MAX_CLICKS:
            reason = f"more than {MAX_CLICKS} clicks in one month"
            raise InvalidReport(file=report.name, line=row.line, reason=reason)
    return tuple(Earned(url, clicks[url], nets[url]) for url in clicks)


def gross_of_net(net_micros: int) -> int:
    """The larger gross of which 10 % commission, rounded down, leaves `net_micros` (>= 0).

    With g = 10 q + r, the net is 9 q + r: of the two grosses that a multiple of nine has,
    `10 q` and `10 (q - 1) + 9`, this is the first.
    """
    return net_micros // 9 * 10 + net_micros % 9


def clicks_worth(earned: Earned) -> dict[int, int]:
    """How many of a content's clicks are worth how much, in micro-units: {worth: clicks}."""
    worth, dearer = divmod(gross_of_net(earned.net_micros), earned.clicks)
    shares = {worth + 1: dearer, worth: earned.clicks - dearer}
    return {worth: clicks for worth, clicks in shares.items() if clicks}


def _by_worth(earned: Iterable[Earned]) -> dict[int, dict[str, int]]:
    """{worth: {url: how many of its clicks are worth that}}."""
    groups: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for content in earned:
        for worth, clicks in clicks_worth(content).items():
            groups[worth][content.url] = clicks
    return groups


def _layers(clicks: dict[str, int]) -> Iterator[list[str]]:
    """The contents clicked at least once, at least twice, …: one click per content and layer."""
    layer = list(clicks)
    depth = 0
    while layer:
        yield layer
        depth += 1
        layer = [url for url in layer if clicks[url] > depth]


def _parts(urls: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(urls), size):
        yield tuple(urls[start : start + size])


def _purse(supporter: int, worth: int, urls: tuple[str, ...]) -> Purse:
    if worth:
        return Purse(supporter, worth, worth * len(urls), 1, urls)
    return Purse(supporter, 0, 1, 2 if len(urls) == 1 else 1, urls)
