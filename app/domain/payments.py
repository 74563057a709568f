"""The port to payment providers, and the sandbox: play money that is always there, or declined."""

from dataclasses import dataclass
from typing import Protocol

from app.core.errors import InvalidInput, PaymentDeclined
from app.core.money import Money
from app.core.settings import get_settings


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment the provider has confirmed: its own reference, and the fee it keeps of it."""

    reference: str
    fee_micros: int


class PaymentProvider(Protocol):
    """Who takes money for us. `name` is its ledger name: `external:{name}`, `fees:{name}`."""

    name: str

    async def charge(self, amount: Money, *, method: str, idempotency_key: str) -> Payment:
        """Take `amount` by a payment method. The same key charges once.

        Raises PaymentDeclined where the provider refuses.
        """
        ...

    async def void(self, payment: Payment) -> None:
        """Give back, whole and without a fee, a payment that was never credited. Safe to repeat."""
        ...


class Sandbox:
    """Play money. Method `sandbox` always pays, `sandbox-declined` never does."""

    name = "sandbox"

    async def charge(self, amount: Money, *, method: str, idempotency_key: str) -> Payment:
        """Confirm at once, without a fee; the reference is the key's own."""
        if method == "sandbox-declined":
            raise PaymentDeclined
        if method != "sandbox":
            raise InvalidInput(
                "The sandbox knows the methods `sandbox` and `sandbox-declined`.", field="method"
            )
        return Payment(reference=f"sandbox:{idempotency_key}"[:100], fee_micros=0)

    async def void(self, payment: Payment) -> None:
        """Play money came from nowhere, and needs no way back."""


def providers() -> dict[str, PaymentProvider]:
    """The payment providers that may be used here, by name."""
    return {Sandbox.name: Sandbox()} if get_settings().sandbox_deposits else {}


def provider_named(name: str) -> PaymentProvider:
    """The provider of this name. Raises InvalidInput listing those there are."""
    known = providers()
    if name not in known:
        names = ", ".join(sorted(known)) or "none"
        raise InvalidInput(f"Payment providers here: {names}.", field="provider")
    return known[name]
