"""The port to payment providers, and the sandbox behind it."""

import pytest

from app.core.errors import InvalidInput, PaymentDeclined
from app.core.money import Money
from app.core.settings import use_settings
from app.domain.payments import Sandbox, provider_named, providers

TEN = Money(10_000_000, "EUR")


async def test_the_sandbox_always_pays_the_same_for_the_same_key() -> None:
    first = await Sandbox().charge(TEN, method="sandbox", idempotency_key="al:1")
    again = await Sandbox().charge(TEN, method="sandbox", idempotency_key="al:1")
    assert first == again
    assert (first.reference, first.fee_micros) == ("sandbox:al:1", 0)


async def test_a_reference_is_never_too_long_to_keep() -> None:
    paid = await Sandbox().charge(TEN, method="sandbox", idempotency_key="k" * 141)
    assert len(paid.reference) <= 100


async def test_play_money_may_be_given_back_and_again() -> None:
    paid = await Sandbox().charge(TEN, method="sandbox", idempotency_key="al:1")
    for _ in range(2):
        await Sandbox().void(paid)


async def test_the_sandbox_declines_when_asked_to() -> None:
    with pytest.raises(PaymentDeclined):
        await Sandbox().charge(TEN, method="sandbox-declined", idempotency_key="k")


@pytest.mark.parametrize("method", ["", "card", "SANDBOX", "sandbox\x00", "\ud800"])
async def test_another_method_is_refused(method: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await Sandbox().charge(TEN, method=method, idempotency_key="k")
    assert refused.value.field == "method"


@pytest.mark.parametrize("name", ["", "stripe", "Sandbox", "\x00", "\ud800"])
def test_an_unknown_provider_is_refused_and_the_known_are_named(name: str) -> None:
    with pytest.raises(InvalidInput, match="here: sandbox") as refused:
        provider_named(name)
    assert refused.value.field == "provider"


def test_play_money_can_be_turned_off() -> None:
    assert provider_named("sandbox").name == "sandbox"
    with use_settings(sandbox_deposits=False):
        assert providers() == {}
        with pytest.raises(InvalidInput, match="here: none"):
            provider_named("sandbox")
