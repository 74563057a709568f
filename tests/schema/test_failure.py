"""From a DomainError to its member, once."""

import pytest

from app.core import errors
from app.schema import failure
from app.schema.failure import FailureCode, failure_of


def test_the_member_of_its_own_name() -> None:
    made = failure_of(errors.WalletEmpty(), [int, failure.WalletEmpty, failure.InvalidInput])
    assert isinstance(made, failure.WalletEmpty)
    assert made.code is FailureCode.WALLET_EMPTY
    assert made.message == errors.WalletEmpty.default_message


def test_the_nearest_base_keeps_the_code() -> None:
    made = failure_of(errors.PeriodNotOpen(), [failure.Conflict])
    assert isinstance(made, failure.Conflict)
    assert made.code is FailureCode.PERIOD_NOT_OPEN


@pytest.mark.parametrize(
    ("error", "extra"),
    [
        (errors.InvalidInput("no", field="url"), {"field": "url"}),
        (errors.InvalidInput("no"), {"field": None}),
        (errors.RateLimited(retry_after_s=7), {"retry_after_seconds": 7}),
        (errors.NotEligible("left"), {"reason": "left"}),
    ],
)
def test_what_some_say_besides(error: errors.DomainError, extra: dict[str, object]) -> None:
    member = getattr(failure, type(error).__name__)
    made = failure_of(error, [member])
    assert {name: getattr(made, name) for name in extra} == extra


def test_none_of_them() -> None:
    assert failure_of(errors.Forbidden(), [failure.InvalidInput, str]) is None
