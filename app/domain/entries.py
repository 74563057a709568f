"""Every entry of the ledger, as legs. Pure; the table of DESIGN.md §5, row by row.

All amounts are positive ints of micro-units in the one `currency`; legs of zero are left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.core.errors import BrokenInvariant
from app.core.sharing import GrossSplit
from app.domain.ledger import AccountName, EntryDraft, Leg

HOUSE = "house"


def deposit(
    *, key: str, holder: str, provider: str, currency: str, micros: int, recovers_micros: int = 0
) -> EntryDraft:
    """Money comes in; what the holder owes after a chargeback is recovered from it first."""
    _positive(micros)
    return _draft(
        "deposit",
        key,
        currency,
        {
            ("external", provider): -micros,
            ("receivable", holder): recovers_micros,
            ("wallet", holder): micros - recovers_micros,
        },
    )


def provider_fee(*, key: str, provider: str, currency: str, micros: int) -> EntryDraft:
    """What the payment provider keeps of what it holds for us."""
    _positive(micros)
    legs = {("external", provider): micros, ("fees", provider): -micros}
    return _draft("fee", key, currency, legs)


def refund(
    *, key: str, deposit: str, holder: str, provider: str, currency: str, micros: int
) -> EntryDraft:
    """A deposit, or part of it, goes back where it came from. deposit: says which one."""
    _positive(micros)
    legs = {("wallet", holder): -micros, ("external", provider): micros}
    draft = _draft("refund", key, currency, legs)
    return replace(draft, subject=f"{deposit}, {micros}")


def chargeback(
    *,
    key: str,
    deposit: str,
    holder: str,
    provider: str,
    currency: str,
    micros: int,
    spendable_micros: int,
) -> EntryDraft:
    """The provider took a deposit back: from what is spendable, the rest is owed to us.

    deposit: says which one. It alone is what the key stands for: what is left of it changes.
    """
    _positive(micros)
    taken = min(micros, spendable_micros)
    draft = _draft(
        "chargeback",
        key,
        currency,
        {
            ("external", provider): micros,
            ("wallet", holder): -taken,
            ("receivable", holder): taken - micros,
        },
    )
    return replace(draft, subject=deposit)


def settle_wallets(
    *, key: str, period_key: str, given: Mapping[tuple[str, str], int]
) -> EntryDraft | None:
    """Wallets give into the period's clearing account; given: (holder, currency) to micro-units.

    None where nobody of the batch gives anything.
    """
    legs: dict[AccountName, int] = {}
    for (holder, currency), micros in given.items():
        _add(legs, AccountName("wallet", holder, currency), -micros)
        _add(legs, AccountName("settlement", period_key, currency), micros)
    return _of("settle", key, legs)


def settle_content_legs(
    *,
    period_key: str,
    currency: str,
    split: GrossSplit,
    platform: str | None,
    parts: Iterable[tuple[str, int]],
) -> dict[AccountName, int]:
    """A paid content's legs: clearing to its creators, its platform and the house.

    parts: creator's handle to its part of the net in micro-units.
    """  # fmt: skip
    legs = {AccountName("settlement", period_key, currency): -split.gross}
    _pay_out(legs, currency=currency, split=split, platform=platform, parts=parts)
    return legs


def hold_escrow_legs(
    *, period_key: str, content: str, currency: str, gross_micros: int
) -> dict[AccountName, int]:
    """An unclaimed content's gross: clearing to its escrow."""
    return {
        AccountName("settlement", period_key, currency): -gross_micros,
        AccountName("escrow", content, currency): gross_micros,
    }


def merge(kind: str, key: str, many: Iterable[Mapping[AccountName, int]]) -> EntryDraft | None:
    """One entry of the legs of many, one leg an account; None where nothing moves."""
    legs: dict[AccountName, int] = {}
    for some in many:
        for account, micros in some.items():
            _add(legs, account, micros)
    return _of(kind, key, legs)


def release_escrow(
    *,
    key: str,
    content: str,
    currency: str,
    split: GrossSplit,
    platform: str | None,
    parts: Iterable[tuple[str, int]],
) -> EntryDraft | None:
    """A claim: held gross goes to creators and commission as if it had been settled so."""
    legs = {AccountName("escrow", content, currency): -split.gross}
    _pay_out(legs, currency=currency, split=split, platform=platform, parts=parts)
    return _of("escrow:release", key, legs)  # fmt: skip


def return_escrow(
    *, key: str, content: str, holder: str, currency: str, micros: int, dormant: bool = False
) -> EntryDraft:
    """A lot goes back in full to the wallet that gave it, or to dormant where that is closed."""
    _positive(micros)
    to = ("dormant" if dormant else "wallet", holder)
    return _draft("escrow:return", key, currency, {("escrow", content): -micros, to: micros})


def donation(
    *,
    key: str,
    holder: str,
    currency: str,
    split: GrossSplit,
    platform: str | None,
    parts: Iterable[tuple[str, int]],
) -> EntryDraft | None:
    """A one-off gift beside the clicks, with the same commission."""
    legs = {AccountName("wallet", holder, currency): -split.gross}
    _pay_out(legs, currency=currency, split=split, platform=platform, parts=parts)
    return _of("donation", key, legs)  # fmt: skip


def move_earnings(*, key: str, holder: str, currency: str, micros: int) -> EntryDraft:
    """Earnings past their hold become money to give."""
    _positive(micros)
    legs = {("earnings", holder): -micros, ("wallet", holder): micros}
    return _draft("earnings:move", key, currency, legs)


def ask_payout(*, key: str, holder: str, currency: str, micros: int) -> EntryDraft:
    """Earnings on their way out."""
    _positive(micros)
    legs = {("earnings", holder): -micros, ("pending", holder): micros}
    return _draft("payout:asked", key, currency, legs)


def send_payout(*, key: str, holder: str, provider: str, currency: str, micros: int) -> EntryDraft:
    """The payout has left."""
    _positive(micros)
    legs = {("pending", holder): -micros, ("external", provider): micros}
    return _draft("payout:sent", key, currency, legs)


def fail_payout(*, key: str, holder: str, currency: str, micros: int) -> EntryDraft:
    """The payout came back: it is earnings again."""
    _positive(micros)
    legs = {("pending", holder): -micros, ("earnings", holder): micros}
    return _draft("payout:failed", key, currency, legs)


def _pay_out(
    legs: dict[AccountName, int],
    *,
    currency: str,
    split: GrossSplit,
    platform: str | None,
    parts: Iterable[tuple[str, int]],
) -> None:
    for handle, micros in parts:
        _add(legs, AccountName("earnings", handle, currency), micros)
    if split.platform:
        if platform is None:
            raise BrokenInvariant("a platform's share without a platform")
        _add(legs, AccountName("commission:platform", platform, currency), split.platform)
    _add(legs, AccountName("commission:house", HOUSE, currency), split.house)  # fmt: skip


def _add(legs: dict[AccountName, int], account: AccountName, micros: int) -> None:
    legs[account] = legs.get(account, 0) + micros


def _draft(kind: str, key: str, currency: str, legs: Mapping[tuple[str, str], int]) -> EntryDraft:
    named = {AccountName(*account, currency): micros for account, micros in legs.items()}
    draft = _of(kind, key, named)
    if draft is None:
        raise BrokenInvariant(f"{key}: nothing moves")
    return draft


def _of(kind: str, key: str, legs: Mapping[AccountName, int]) -> EntryDraft | None:
    moved = tuple(Leg(account, micros) for account, micros in sorted(legs.items()) if micros)
    return EntryDraft(kind=kind, key=key, legs=moved) if moved else None


def _positive(micros: int) -> None:
    if micros <= 0:
        raise BrokenInvariant(f"an amount of {micros} micro-units cannot be posted")
