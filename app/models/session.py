"""A sign-in: the hash of a bearer token, what it may do, and until when."""

from tortoise import fields
from tortoise.models import Model


class Session(Model):
    """One token. `scopes` are words parted by spaces."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    token_hash = fields.CharField(max_length=64)
    scopes = fields.CharField(max_length=200)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sessions"
