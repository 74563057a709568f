"""Counters and the button's state."""

from datetime import datetime

import strawberry

from app.core.money import Money as Amount
from app.domain import counters, viewer_states
from app.schema.failure import FailureCode
from app.schema.money import Money
from app.schema.node import node_id


@strawberry.type(
    description="The public numbers of a content. They count clicks, never weights or money, and "
    "need no sign-in."
)
class Counter:
    content_id: strawberry.ID = strawberry.field(description="Whose numbers these are.")
    period_key: str = strawberry.field(description="The open period, `2026-11`.")
    total: int = strawberry.field(description="Clicks of all time.")
    period: int = strawberry.field(description="Clicks in the open period.")
    supporters: int = strawberry.field(description="Wallets that ever clicked it, each once.")
    seq: int = strawberry.field(
        description="Goes up with every change and never back. Of two answers the one with the "
        "higher `seq` is newer; drop the other."
    )
    as_of: datetime = strawberry.field(description="When these numbers held.")

    @classmethod
    def of(cls, value: counters.Counter) -> "Counter":
        return cls(
            content_id=node_id("Content", value.content_id),
            period_key=value.period_key,
            total=value.total,
            period=value.period,
            supporters=value.supporters,
            seq=value.seq,
            as_of=value.as_of,
        )


@strawberry.type(description="What a content's button shows to the viewer, strangers included.")
class ViewerState:
    content_id: strawberry.ID = strawberry.field(description="Whose button this is.")
    clicked: bool = strawberry.field(
        description="Whether the viewer's click counts in the open period."
    )
    weight: int = strawberry.field(
        description="The counted click's weight, 1 to 5; 0 without a click."
    )
    can_click: bool = strawberry.field(
        description="Whether `click` would be taken now. If not, `reason` says why."
    )
    reason: FailureCode | None = strawberry.field(
        description="The code `click` would answer with now; null where it would succeed."
    )
    worth: Money | None = strawberry.field(
        description="What the click gives, or a click of weight 1 would give, if the period closed "
        "now. Null without a wallet."
    )
    undo_until: datetime | None = strawberry.field(
        description="Until when the click can be withdrawn: the period's end. Null without a click."
    )

    @classmethod
    def of(cls, value: viewer_states.ViewerState) -> "ViewerState":
        return cls(
            content_id=node_id("Content", value.content_id),
            clicked=value.weight > 0,
            weight=value.weight,
            can_click=value.refusal is None,
            reason=FailureCode(value.refusal.code) if value.refusal is not None else None,
            worth=_worth(value),
            undo_until=value.undo_until,
        )


def _worth(value: viewer_states.ViewerState) -> Money | None:
    if value.worth_micros is None or value.currency is None:
        return None
    return Money.of(Amount(value.worth_micros, value.currency))
