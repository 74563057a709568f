"""One wallet supports one content in one period."""

from tortoise import fields
from tortoise.models import Model


class Click(Model):
    """One click with a weight of 1 to 5; withdrawn, it stays as a row."""

    id = fields.BigIntField(primary_key=True)
    wallet_id = fields.BigIntField()
    content_id = fields.BigIntField()
    period_id = fields.BigIntField()
    weight = fields.SmallIntField()
    created_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "clicks"
