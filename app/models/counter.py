"""The public numbers of a content."""

from tortoise import fields
from tortoise.models import Model


class Counter(Model):
    """Numbers as of `period_id`, the period they last moved in; `seq` never goes back."""

    content_id = fields.BigIntField(primary_key=True, generated=False)
    period_id = fields.BigIntField()
    total = fields.BigIntField()
    period_clicks = fields.BigIntField()
    supporters = fields.BigIntField()
    seq = fields.BigIntField()

    class Meta:
        table = "counters"
