"""Rows: one noun a file. Relations are plain ids on purpose: nothing ever loads lazily."""

from app.models.account import Account
from app.models.click import Click
from app.models.content import Content, ContentShare, ContentUrl
from app.models.counter import Counter
from app.models.ledger import Balance, Entry, LedgerAccount, Posting, Seal
from app.models.period import OpenPeriod, Period
from app.models.platform import CommissionRate, Platform, PlatformHost
from app.models.session import Session
from app.models.settlement import EscrowLot, Settlement
from app.models.wallet import Deposit, Wallet, WalletBudget

__all__ = [
    "Account",
    "Balance",
    "Click",
    "CommissionRate",
    "Content",
    "ContentShare",
    "ContentUrl",
    "Counter",
    "Deposit",
    "Entry",
    "EscrowLot",
    "LedgerAccount",
    "OpenPeriod",
    "Period",
    "Platform",
    "PlatformHost",
    "Posting",
    "Seal",
    "Session",
    "Settlement",
    "Wallet",
    "WalletBudget",
]
