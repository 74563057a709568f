"""Periods and their settlements."""

from datetime import datetime

import strawberry

from app.domain import periods
from app.resolvers.settlement import read_settlement
from app.schema.enums import PeriodStatus, SettlementStatus
from app.schema.fields import Info, field
from app.schema.money import Money, amount
from app.schema.node import Node, node_id, shaped
from app.settlement import settlements, verify


@strawberry.type(
    description="The one run that divides a closed period: gross = commission + net + escrow, in "
    "every currency."
)
class Settlement:
    status: SettlementStatus = strawberry.field(description="How far it is.")
    progress: float = strawberry.field(description="How far it is, from 0 to 1.")
    wallets: int = strawberry.field(
        description="Wallets whose clicks count, those that had nothing to give too."
    )
    clicks: int = strawberry.field(description="Clicks that were divided.")
    contents: int = strawberry.field(description="Contents that were clicked.")
    gross: list[Money] = strawberry.field(
        description="What all wallets gave, one for each currency; empty until it is settled."
    )
    commission: list[Money] = strawberry.field(
        description="What was kept, the platforms' part included, one for each currency."
    )
    net: list[Money] = strawberry.field(
        description="What creators received, one for each currency."
    )
    escrow: list[Money] = strawberry.field(
        description="What is held for contents nobody has claimed, one for each currency."
    )
    digest: str | None = strawberry.field(
        description="SHA-256 over everything posted, in hexadecimal: the same period always has "
        "the same. Null until it is settled."
    )
    settled_at: datetime | None = strawberry.field(description="When it was done.")
    verified_at: datetime | None = strawberry.field(
        description="When a recomputation last agreed with the ledger to the micro-unit."
    )

    @classmethod
    def of(cls, value: settlements.Settlement) -> "Settlement":
        totals = value.totals
        return cls(
            status=SettlementStatus(value.status),
            progress=value.progress,
            wallets=value.wallets,
            clicks=value.clicks,
            contents=value.contents,
            gross=[amount(t.gross_micros, t.currency) for t in totals],
            commission=[amount(t.commission_micros, t.currency) for t in totals],
            net=[amount(t.net_micros, t.currency) for t in totals],
            escrow=[amount(t.escrow_micros, t.currency) for t in totals],
            digest=value.digest,
            settled_at=value.settled_at,
            verified_at=value.verified_at,
        )


@strawberry.type(
    description="A settled period computed anew from its clicks, and compared with the ledger."
)
class Verification:
    agrees: bool = strawberry.field(description="Whether there is no difference at all.")
    differences: list[str] = strawberry.field(description="Each difference in words.")
    entries: int = strawberry.field(description="Ledger entries that were compared.")
    legs: int = strawberry.field(description="Their legs, each to the micro-unit.")
    digest: str = strawberry.field(description="The digest as computed now, in hexadecimal.")

    @classmethod
    def of(cls, value: verify.Verification) -> "Verification":
        return cls(
            agrees=not value.differences,
            differences=list(value.differences),
            entries=value.entries,
            legs=value.legs,
            digest=value.digest,
        )


@shaped
@strawberry.type(
    description="A month in which clicks are collected, from `startsAt` up to, not including, "
    "`endsAt`, in UTC. Then what every wallet gives is divided among what it clicked."
)
class Period(Node):
    value: strawberry.Private[periods.Period]
    key: str = strawberry.field(description="Year and month, `2026-11`.")
    starts_at: datetime = strawberry.field(description="Its first moment.")
    ends_at: datetime = strawberry.field(
        description="The first moment after it; before the month's end if it was closed early."
    )
    status: PeriodStatus = strawberry.field(description="How far it is.")
    closed_at: datetime | None = strawberry.field(description="When it was closed.")
    settled_at: datetime | None = strawberry.field(description="When it was settled.")

    @classmethod
    def of(cls, value: periods.Period) -> "Period":
        return cls(
            id=node_id("Period", value.id),
            value=value,
            key=value.key,
            starts_at=value.starts_at,
            ends_at=value.ends_at,
            status=PeriodStatus(value.status),
            closed_at=value.closed_at,
            settled_at=value.settled_at,
        )

    @field("How it is divided; null before that begins.")
    async def settlement(self, info: Info) -> Settlement | None:
        found = await read_settlement(info.context, self.value)
        return Settlement.of(found) if found is not None else None
