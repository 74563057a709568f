"""A half-open interval of time in which clicks are collected, then divided."""

from tortoise import fields
from tortoise.models import Model


class Period(Model):
    """One period. Ids follow each other without a gap, in order of time."""

    id = fields.BigIntField(primary_key=True, generated=False)
    key = fields.CharField(max_length=7)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    status = fields.CharField(max_length=8)
    closed_at = fields.DatetimeField(null=True)
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "periods"


class OpenPeriod(Model):
    """The pointer row (id 1): which period is open. Read it FOR SHARE (DESIGN.md §4)."""

    id = fields.BigIntField(primary_key=True, generated=False)
    period_id = fields.BigIntField()

    class Meta:
        table = "open_period"
