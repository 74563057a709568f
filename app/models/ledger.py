"""Double entry: accounts, immutable entries of signed legs, and cached balances."""

from tortoise import fields
from tortoise.models import Model


class LedgerAccount(Model):
    """One account of the ledger, named `kind:holder` in one currency; + means Obole owes it."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=20)
    holder = fields.CharField(max_length=2000)
    currency = fields.CharField(max_length=3)

    class Meta:
        table = "ledger_accounts"


class Entry(Model):
    """An immutable set of legs, stamped with the period that was open when it was posted."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=32)
    idempotency_key = fields.CharField(max_length=300)
    digest = fields.CharField(max_length=64)
    period_id = fields.BigIntField()
    posted_at = fields.DatetimeField()

    class Meta:
        table = "entries"


class Seal(Model):
    """An entry that is complete: at least two legs, zero per currency, no more to come."""

    entry_id = fields.BigIntField(primary_key=True, generated=False)

    class Meta:
        table = "seals"


class Posting(Model):
    """One signed leg in micro-units."""

    id = fields.BigIntField(primary_key=True)
    entry_id = fields.BigIntField()
    account_id = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    amount_micros = fields.BigIntField()

    class Meta:
        table = "postings"


class Balance(Model):
    """The cached sum of an account's postings, in micro-units."""

    account_id = fields.BigIntField(primary_key=True, generated=False)
    kind = fields.CharField(max_length=20)
    micros = fields.BigIntField()

    class Meta:
        table = "balances"
