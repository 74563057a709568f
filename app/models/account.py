"""Who signs in: a person or an organisation, supporter and creator at once."""

from tortoise import fields
from tortoise.models import Model


class Account(Model):
    """One account. `handle` never changes: the ledger names its accounts by it."""

    id = fields.BigIntField(primary_key=True)
    handle = fields.CharField(max_length=40)
    display_name = fields.CharField(max_length=80)
    email = fields.CharField(max_length=254)
    password_hash = fields.CharField(max_length=255)
    is_operator = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()
    suspended_at = fields.DatetimeField(null=True)
    deleted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "accounts"
