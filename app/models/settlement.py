"""The one run that turns a closed period into entries."""

from tortoise import fields
from tortoise.models import Model


class Settlement(Model):
    """One settlement, from the freeze on."""

    period_id = fields.BigIntField(primary_key=True, generated=False)
    status = fields.CharField(max_length=8)
    batch_size = fields.IntField()
    wallet_batches = fields.IntField()
    content_batches = fields.IntField()
    posted_batches = fields.IntField(default=0)
    wallets = fields.BigIntField()
    clicks = fields.BigIntField()
    contents = fields.BigIntField()
    digest = fields.CharField(max_length=64, null=True)
    frozen_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)
    verified_at = fields.DatetimeField(null=True)

    class Meta:
        table = "settlements"


class EscrowLot(Model):
    """What one wallet gave one unclaimed content in one period, held in micro-units."""

    id = fields.BigIntField(primary_key=True)
    content_id = fields.BigIntField()
    period_id = fields.BigIntField()
    wallet_id = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    gross_micros = fields.BigIntField()
    released_entry_id = fields.BigIntField(null=True)
    returned_entry_id = fields.BigIntField(null=True)

    class Meta:
        table = "escrow_lots"
