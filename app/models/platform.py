"""Sites that carry content, their hosts, and the dated commission rates."""

from tortoise import fields
from tortoise.models import Model


class Platform(Model):
    """One platform."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=40)
    name = fields.CharField(max_length=80)
    owner_id = fields.BigIntField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "platforms"


class PlatformHost(Model):
    """A host name that belongs to a platform."""

    id = fields.BigIntField(primary_key=True)
    platform_id = fields.BigIntField()
    host = fields.CharField(max_length=253)

    class Meta:
        table = "platform_hosts"


class CommissionRate(Model):
    """A rate in basis points from a moment on; without a platform it is the house's."""

    id = fields.BigIntField(primary_key=True)
    platform_id = fields.BigIntField(null=True)
    commission_bps = fields.IntField()
    platform_bps = fields.IntField()
    starts_at = fields.DatetimeField()

    class Meta:
        table = "commission_rates"
