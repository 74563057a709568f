"""Expected failures as types, and the one mapping from a DomainError to them.

A union that ends a mutation names the failures it can answer with; a DomainError becomes the
member of its class's name, or of the nearest base's that is a member.
"""

from collections.abc import Collection
from enum import StrEnum

import strawberry

from app.core import errors
from app.schema.enums import described


class FailureCode(StrEnum):
    """The codes of the error tree that a client may meet."""

    ACCOUNT_SUSPENDED = "ACCOUNT_SUSPENDED"
    ALREADY_TAKEN = "ALREADY_TAKEN"
    CONFLICT = "CONFLICT"
    CONTENT_NOT_FOUND = "CONTENT_NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    INVALID_INPUT = "INVALID_INPUT"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    NOT_FOUND = "NOT_FOUND"
    ORIGIN_NOT_ALLOWED = "ORIGIN_NOT_ALLOWED"
    OVERLOADED = "OVERLOADED"
    OWN_CONTENT = "OWN_CONTENT"
    PAYMENT_DECLINED = "PAYMENT_DECLINED"
    PERIOD_ALREADY_SETTLED = "PERIOD_ALREADY_SETTLED"
    PERIOD_NOT_CLOSED = "PERIOD_NOT_CLOSED"
    PERIOD_NOT_OPEN = "PERIOD_NOT_OPEN"
    PERIOD_OUT_OF_ORDER = "PERIOD_OUT_OF_ORDER"
    RATE_LIMITED = "RATE_LIMITED"
    SETTLEMENT_RUNNING = "SETTLEMENT_RUNNING"
    TOO_MANY_CLICKS = "TOO_MANY_CLICKS"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    WALLET_EMPTY = "WALLET_EMPTY"
    WALLET_FULL = "WALLET_FULL"


described(
    FailureCode,
    "Why something was refused. Codes are stable: decide by them, show `message`.",
    {
        FailureCode.ACCOUNT_SUSPENDED: "The account is suspended; only the operator can help.",
        FailureCode.ALREADY_TAKEN: "A handle, e-mail, address or external id is in use already.",
        FailureCode.CONFLICT: "Things have changed meanwhile: read again, then decide.",
        FailureCode.CONTENT_NOT_FOUND: "No such content; its creator can register it by URL.",
        FailureCode.FORBIDDEN: "It is somebody else's, or the token lacks the scope for it.",
        FailureCode.IDEMPOTENCY_CONFLICT: "The idempotency key was used with other input before.",
        FailureCode.INVALID_INPUT: "A value cannot be accepted as given; `field` names it.",
        FailureCode.NOT_ELIGIBLE: "The content cannot receive clicks; `reason` says why.",
        FailureCode.NOT_FOUND: "There is no such thing here.",
        FailureCode.ORIGIN_NOT_ALLOWED: "A session cookie came from a page that is not ours: send "
        "a bearer token.",
        FailureCode.OVERLOADED: "The server is busy, nothing was changed: try again shortly.",
        FailureCode.OWN_CONTENT: "The viewer is a creator of this content.",
        FailureCode.PAYMENT_DECLINED: "The payment provider refused; nothing was taken.",
        FailureCode.PERIOD_ALREADY_SETTLED: "The period is settled; nothing was posted twice.",
        FailureCode.PERIOD_NOT_CLOSED: "The period must be closed (or settled) first.",
        FailureCode.PERIOD_NOT_OPEN: "The period was closed already.",
        FailureCode.PERIOD_OUT_OF_ORDER: "An earlier period must be settled first.",
        FailureCode.RATE_LIMITED: "Too fast; `retryAfterSeconds` says when to try again.",
        FailureCode.SETTLEMENT_RUNNING: "Somebody is settling already; watch its progress.",
        FailureCode.TOO_MANY_CLICKS: "The wallet has clicked its most for this period.",
        FailureCode.UNAUTHENTICATED: "Nobody is signed in, or the token is over: sign in.",
        FailureCode.WALLET_EMPTY: "The wallet has nothing to give: deposit any amount.",
        FailureCode.WALLET_FULL: "A wallet cannot hold that much: deposit less.",
    },
)


@strawberry.interface(
    description="Something was refused, and nothing was changed. Every failure has a code to "
    "decide by and a message to show."
)
class Failure:
    code: FailureCode = strawberry.field(description="Stable; decide by this.")
    message: str = strawberry.field(
        description="One or two sentences in English: the fact, and what to do next."
    )

    @classmethod
    def of(cls, error: errors.DomainError) -> "Failure":
        return cls(code=FailureCode(error.code), message=error.message)


@strawberry.type(description="The account is suspended.")
class AccountSuspended(Failure): ...


@strawberry.type(description="A handle, e-mail, address or external id is in use already.")
class AlreadyTaken(Failure): ...


@strawberry.type(description="The state of things does not allow it now.")
class Conflict(Failure): ...


@strawberry.type(description="There is no such content (any more).")
class ContentNotFound(Failure): ...


@strawberry.type(description="It is somebody else's, or the token lacks the scope for it.")
class Forbidden(Failure): ...


@strawberry.type(description="The idempotency key was used with other input before.")
class IdempotencyConflict(Failure): ...


@strawberry.type(description="A value cannot be accepted as given.")
class InvalidInput(Failure):
    field: str | None = strawberry.field(
        description="The input field at fault, by its own name (`decimal`, `url`); null where it "
        "is the input as a whole."
    )

    @classmethod
    def of(cls, error: errors.DomainError) -> "InvalidInput":
        named = error.field if isinstance(error, errors.InvalidInput) else ""
        return cls(code=FailureCode(error.code), message=error.message, field=named or None)


@strawberry.type(description="The content cannot receive clicks at the moment.")
class NotEligible(Failure):
    reason: str = strawberry.field(description="Why, in the programme's words.")

    @classmethod
    def of(cls, error: errors.DomainError) -> "NotEligible":
        return cls(code=FailureCode(error.code), message=error.message, reason=error.message)


@strawberry.type(description="There is no such thing here.")
class NotFound(Failure): ...


@strawberry.type(description="A session cookie came from a page that is not ours.")
class OriginNotAllowed(Failure): ...


@strawberry.type(description="The server is busy. Nothing was changed; try again shortly.")
class Overloaded(Failure): ...


@strawberry.type(description="The viewer is a creator of this content.")
class OwnContent(Failure): ...


@strawberry.type(description="The payment provider refused. Nothing was taken.")
class PaymentDeclined(Failure): ...


@strawberry.type(description="The period is settled already. Nothing was posted twice.")
class PeriodAlreadySettled(Failure): ...


@strawberry.type(description="The period must be closed (to settle it) or settled (to verify it).")
class PeriodNotClosed(Failure): ...


@strawberry.type(description="The period was closed already.")
class PeriodNotOpen(Failure): ...


@strawberry.type(description="An earlier period must be settled first.")
class PeriodOutOfOrder(Failure): ...


@strawberry.type(description="Too many in too short a time.")
class RateLimited(Failure):
    retry_after_seconds: int = strawberry.field(
        description="Seconds to wait before it may be tried again, 1 or more."
    )

    @classmethod
    def of(cls, error: errors.DomainError) -> "RateLimited":
        wait_s = error.retry_after_s if isinstance(error, errors.RateLimited) else 1
        return cls(code=FailureCode(error.code), message=error.message, retry_after_seconds=wait_s)


@strawberry.type(description="Somebody is settling already.")
class SettlementRunning(Failure): ...


@strawberry.type(description="The wallet has clicked its most for this period.")
class TooManyClicks(Failure): ...


@strawberry.type(description="Nobody is signed in, or the token is over.")
class Unauthenticated(Failure): ...


@strawberry.type(description="The wallet has nothing to give in this period.")
class WalletEmpty(Failure): ...


@strawberry.type(description="A wallet cannot hold that much.")
class WalletFull(Failure): ...


def failure_of(error: errors.DomainError, members: Collection[object]) -> Failure | None:
    """The member of a union that stands for this error; None if none of them does."""
    by_name = {
        member.__name__: member
        for member in members
        if isinstance(member, type) and issubclass(member, Failure)
    }
    for ancestor in type(error).__mro__:
        if ancestor.__name__ in by_name:
            return by_name[ancestor.__name__].of(error)
    return None
