"""What can be clicked, every URL it ever had, and how its creators share it."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class Content(Model):
    """One content. Without `shares_period_id` nobody has claimed it.

    `registered_url` never changes: the ledger names its escrow by it.
    """

    id = fields.BigIntField(primary_key=True)
    url = fields.CharField(max_length=2000)
    registered_url = fields.CharField(max_length=2000)
    title = fields.CharField(max_length=300)
    description = fields.CharField(max_length=2000, null=True)
    language = fields.CharField(max_length=35, null=True)
    tags: Any = fields.JSONField()
    platform_id = fields.BigIntField(null=True)
    external_id = fields.CharField(max_length=200, null=True)
    registered_by_id = fields.BigIntField(null=True)
    shares_period_id = fields.BigIntField(null=True)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    deleted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "contents"


class ContentUrl(Model):
    """A URL that leads to a content, the present one or one of before."""

    url = fields.CharField(max_length=2000, primary_key=True)
    content_id = fields.BigIntField()

    class Meta:
        table = "content_urls"


class ContentShare(Model):
    """A creator's `share` of 10 000 in a content's net, from `period_id` on."""

    id = fields.BigIntField(primary_key=True)
    content_id = fields.BigIntField()
    period_id = fields.BigIntField()
    account_id = fields.BigIntField()
    share = fields.IntField()
    position = fields.IntField()

    class Meta:
        table = "content_shares"
