"""Enums of the domain as GraphQL's, with a description for every value."""

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import Any

import strawberry

from app.domain.listings import ContentOrder
from app.domain.sessions import Scope


def described(cls: type[Enum], description: str, values: Mapping[Any, str]) -> None:
    """Make `cls` a GraphQL enum; `values` describes its members, every one of them."""
    strawberry.enum(cls, description=description)
    definition: Any = cls.__strawberry_definition__  # type: ignore[attr-defined]
    for value, member in zip(definition.values, cls, strict=True):
        value.description = values[member]


class PeriodStatus(StrEnum):
    """How far a period is."""

    OPEN = "open"
    CLOSED = "closed"
    SETTLED = "settled"


class SettlementStatus(StrEnum):
    """How far a settlement is."""

    POSTING = "posting"
    SETTLED = "settled"


described(
    Scope,
    "What a token may do. Ask for as little as you need.",
    {
        Scope.READ: "Read what is the account's own: its profile, earnings and statements.",
        Scope.CLICK: "Click and withdraw clicks.",
        Scope.WALLET: "Read wallets and their statements, deposit, and set budgets.",
        Scope.CONTENT: "Register, edit, share and delete the account's contents.",
        Scope.OPERATE: "Close, settle and verify periods; given to operators only.",
    },
)
described(
    ContentOrder,
    "The order of a list of contents.",
    {
        ContentOrder.NEWEST: "By registration, newest first.",
        ContentOrder.MOST_CLICKED: "By clicks in the open period, most first. Contents without any "
        "are left out.",
        ContentOrder.MOST_CLICKED_EVER: "By clicks of all time, most first. Contents never clicked "
        "are left out.",
    },
)
described(
    PeriodStatus,
    "How far a period is: open, then closed, then settled.",
    {
        PeriodStatus.OPEN: "It takes clicks. Exactly one period does.",
        PeriodStatus.CLOSED: "It takes no more clicks, and is yet to be divided.",
        PeriodStatus.SETTLED: "It was divided and paid; its statements are final.",
    },
)
described(
    SettlementStatus,
    "How far a settlement is.",
    {
        SettlementStatus.POSTING: "Under way, or interrupted: settling again goes on from there.",
        SettlementStatus.SETTLED: "Everything is posted and checked.",
    },
)
