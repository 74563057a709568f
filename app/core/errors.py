"""Everything Obole raises on purpose, drawn once.

    Exception
    ├── BrokenInvariant            a money rule does not hold: stop, log, never carry on
    ├── SettingsError              the environment cannot be used as it is
    └── DomainError                expected; `code` is stable, the message says what to do next
        ├── Unauthenticated        nobody is signed in, or the token is over
        ├── Forbidden              signed in, but this is not theirs
        ├── OriginNotAllowed       a session cookie sent from a page that is not ours
        ├── InvalidInput           a value cannot be accepted as given (`field` names it)
        ├── NotFound               no such thing (content, period, account)
        │   └── ContentNotFound
        ├── Conflict               the state of things does not allow it now
        │   ├── AlreadyTaken       a handle, e-mail, URL or key is in use
        │   ├── IdempotencyConflict
        │   ├── PeriodNotOpen, PeriodNotClosed, PeriodAlreadySettled, PeriodOutOfOrder
        │   └── SettlementRunning
        ├── OwnContent, WalletEmpty, NotEligible, AccountSuspended      refusals of a click
        ├── WalletFull, InsufficientFunds, PaymentDeclined              refusals of money
        ├── TooManyClicks          the wallet has clicked its most for this period
        └── RateLimited, Overloaded                                     try again later

Class names state the fact; codes are the API's `FailureCode`.
"""

from typing import ClassVar


class BrokenInvariant(Exception):
    """A money rule does not hold. Nothing may be posted after it."""


class SettingsError(Exception):
    """The environment cannot be used as it is; the message names the variable."""


class DomainError(Exception):
    """An expected refusal: a stable `code`, and a message that says what to do next."""

    code: ClassVar[str] = "REFUSED"
    default_message: ClassVar[str] = "This cannot be done."

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.default_message
        super().__init__(self.message)


class Unauthenticated(DomainError):
    code = "UNAUTHENTICATED"
    default_message = "Sign in first: send `Authorization: Bearer …` or a session cookie."


class Forbidden(DomainError):
    code = "FORBIDDEN"
    default_message = "This belongs to somebody else. Sign in with the account that owns it."


class OriginNotAllowed(DomainError):
    code = "ORIGIN_NOT_ALLOWED"
    default_message = "This page may not use the session cookie. Send a bearer token instead."


class InvalidInput(DomainError):
    """A value cannot be accepted; `field` is its name in the input, camel case, or empty."""

    code = "INVALID_INPUT"
    default_message = "A value cannot be accepted as given."

    def __init__(self, message: str | None = None, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotFound(DomainError):
    code = "NOT_FOUND"
    default_message = "There is no such thing here. Check the id."


class ContentNotFound(NotFound):
    code = "CONTENT_NOT_FOUND"
    default_message = "This content is not registered yet. Its creator can register it by URL."


class Conflict(DomainError):
    code = "CONFLICT"
    default_message = "Things have changed meanwhile. Read again, then decide."


class AlreadyTaken(Conflict):
    code = "ALREADY_TAKEN"
    default_message = "This is in use already. Choose another."


class IdempotencyConflict(Conflict):
    code = "IDEMPOTENCY_CONFLICT"
    default_message = "This idempotency key was used with other input. Choose a new key."


class PeriodNotOpen(Conflict):
    code = "PERIOD_NOT_OPEN"
    default_message = "This period is not open. Ask `period` for the open one."


class PeriodNotClosed(Conflict):
    code = "PERIOD_NOT_CLOSED"
    default_message = "This period is still open. Close it first, then settle."


class PeriodAlreadySettled(Conflict):
    code = "PERIOD_ALREADY_SETTLED"
    default_message = "This period is settled already; nothing was posted twice."


class PeriodOutOfOrder(Conflict):
    code = "PERIOD_OUT_OF_ORDER"
    default_message = "An earlier period is not settled yet. Periods settle in order."


class SettlementRunning(Conflict):
    code = "SETTLEMENT_RUNNING"
    default_message = "Another process is settling. Ask for its progress in a moment."


class OwnContent(DomainError):
    code = "OWN_CONTENT"
    default_message = "This is your own content. Your wallet supports other people's."


class WalletEmpty(DomainError):
    code = "WALLET_EMPTY"
    default_message = "Your wallet is empty. Add any amount and this click counts."


class NotEligible(DomainError):
    code = "NOT_ELIGIBLE"
    default_message = "This content cannot receive clicks at the moment."


class AccountSuspended(DomainError):
    code = "ACCOUNT_SUSPENDED"
    default_message = "This account is suspended. Write to the operator to have it looked at."


class WalletFull(DomainError):
    code = "WALLET_FULL"
    default_message = "A wallet cannot hold that much. Deposit a smaller amount."


class InsufficientFunds(DomainError):
    code = "INSUFFICIENT_FUNDS"
    default_message = "There is not enough left to do this. Choose a smaller amount."


class PaymentDeclined(DomainError):
    code = "PAYMENT_DECLINED"
    default_message = "The payment provider declined. Nothing was taken; try another way to pay."


class TooManyClicks(DomainError):
    code = "TOO_MANY_CLICKS"
    default_message = "This wallet has clicked its most for this period. It can go on in the next."


class RateLimited(DomainError):
    """Too many in too short a time; `retry_after_s` is seconds until it may be tried again."""

    code = "RATE_LIMITED"
    default_message = "That was too fast. Wait a moment and try again."

    def __init__(self, message: str | None = None, *, retry_after_s: int = 1) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Overloaded(DomainError):
    code = "OVERLOADED"
    default_message = "The server is busy. Nothing was changed; try again in a few seconds."
