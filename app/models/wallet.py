"""The money an account holds to give, one wallet per currency, and its budgets."""

from tortoise import fields
from tortoise.models import Model


class Wallet(Model):
    """One wallet; its id is its ledger account's."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account_id = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    created_at = fields.DatetimeField()

    class Meta:
        table = "wallets"


class WalletBudget(Model):
    """What the wallet gives at most from `period_id` on, in micro-units; NULL: its balance."""

    id = fields.BigIntField(primary_key=True)
    wallet_id = fields.BigIntField()
    period_id = fields.BigIntField()
    budget_micros = fields.BigIntField(null=True)

    class Meta:
        table = "wallet_budgets"


class Deposit(Model):
    """Money put into a wallet through a payment provider."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    wallet_id = fields.BigIntField()
    provider = fields.CharField(max_length=20)
    reference = fields.CharField(max_length=100)
    amount_micros = fields.BigIntField()
    refunded_micros = fields.BigIntField(default=0)
    idempotency_key = fields.CharField(max_length=100)
    digest = fields.CharField(max_length=64)
    entry_id = fields.BigIntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "deposits"
