"""How the demo's supporters give: deposits, budgets, clicks and second thoughts. Pure.

A habit says what goes into the wallet, what may leave it in a month, and how many things are
clicked. Nobody clicks with an empty wallet here, so that every event can be taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from app.commands.demo_people import Person
from app.commands.demo_words import CURRENCIES

EURO = 1_000_000


@dataclass(frozen=True, slots=True)
class Habit:
    """name; amounts in whole cents; every: months between deposits (0: only the first month).

    budget_cents: per month, 0 is none: the whole balance. clicks: least and most in a month.
    weights: the weights in turn.
    """

    name: str
    share: int
    deposit_cents: tuple[int, ...]
    every: int
    budget_cents: int
    clicks: tuple[int, int]
    weights: tuple[int, ...] = (1,)


HABITS = (
    Habit("steady", 26, (1200, 1500, 2000), 0, 300, (1, 5)),
    Habit("light", 21, (600, 800), 0, 150, (1, 2)),
    Habit("regular", 12, (300, 500, 1000), 1, 0, (2, 6)),
    Habit("weigher", 12, (500, 800, 1000), 1, 0, (2, 5), (1, 1, 2, 3, 5)),
    Habit("enthusiast", 4, (2000, 2500), 1, 0, (10, 20), (1, 1, 1, 2)),
    Habit("hoarder", 9, (5000, 10_000, 20_000), 0, 250, (1, 4)),
    Habit("coin", 5, (5, 7, 10), 1, 0, (2, 7)),
    Habit("once", 7, (300, 400), 0, 0, (2, 5)),
    Habit("silent", 4, (1000,), 0, 0, (0, 0)),
)
"""`share` is of 100. A `coin` wallet's clicks are worth fractions of a cent; `once` is empty after
its first month; `silent` has a full wallet and has never clicked."""


@dataclass(frozen=True, slots=True)
class Supporter:
    """Somebody with a wallet in `currency` and a habit."""

    person: Person
    currency: str
    habit: Habit


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """What a supporter (by number) does at a moment. `value`'s meaning depends on `kind`:

    deposit and budget: micro-units; click: the weight, on `content`; withdraw: 0, from `content`.
    """

    month: int
    permille: int
    supporter: int
    kind: str
    value: int
    content: int = -1


def supporters_of(rng: Random, crowd: Sequence[Person]) -> tuple[Supporter, ...]:
    """A habit and a currency for each person."""
    habits = rng.choices(HABITS, weights=[habit.share for habit in HABITS], k=len(crowd))
    return tuple(
        Supporter(person, rng.choice(CURRENCIES), habit)
        for person, habit in zip(crowd, habits, strict=True)
    )


def events_of(
    rng: Random,
    supporters: Sequence[Supporter],
    appears: Sequence[tuple[int, int]],
    *,
    months: int,
) -> tuple[Event, ...]:
    """Everything that happens, in the order of time.

    appears: of each content, the month it appears in and its popularity.
    """
    events = [
        event
        for month in range(months)
        for events in _month(rng, supporters, appears, month)
        for event in events
    ]
    return tuple(sorted(events))


def _month(
    rng: Random, supporters: Sequence[Supporter], appears: Sequence[tuple[int, int]], month: int
) -> list[list[Event]]:
    there = [number for number, (since, _) in enumerate(appears) if since <= month]
    pull = list(accumulate(appears[n][1] * (3 if appears[n][0] == month > 0 else 1) for n in there))
    return [
        _feed(rng, supporter, number, month) + _clicks(rng, supporter, number, month, there, pull)
        for number, supporter in enumerate(supporters)
    ]


def _feed(rng: Random, supporter: Supporter, number: int, month: int) -> list[Event]:
    """What goes into the wallet, in the first hundredth of the month."""
    habit = supporter.habit
    events: list[Event] = []
    if month == 0 or habit.every:
        micros = rng.choice(habit.deposit_cents) * (EURO // 100)
        events.append(Event(month, rng.randrange(5), number, "deposit", micros))
    if month == 0 and habit.budget_cents:
        micros = habit.budget_cents * (EURO // 100)
        events.append(Event(month, 5, number, "budget", micros))
    return events


def _clicks(
    rng: Random,
    supporter: Supporter,
    number: int,
    month: int,
    there: Sequence[int],
    pull: Sequence[int],
) -> list[Event]:
    habit = supporter.habit
    events: list[Event] = []
    if month > 0 and not habit.every and not habit.budget_cents:
        return events
    wanted = rng.choices(there, cum_weights=pull, k=rng.randint(*habit.clicks))
    for content in dict.fromkeys(wanted):
        at = rng.randrange(10, 990)
        events.append(Event(month, at, number, "click", rng.choice(habit.weights), content))
        if rng.randrange(40) == 0:
            events.append(Event(month, at + 5, number, "withdraw", 0, content))
    return events
