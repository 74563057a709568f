"""Who may receive: whether a content takes clicks, with the reason where it does not.

Programmes of platforms come on top of this later; here a suspended creator stops its contents.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.contents import Content
from app.models.database import fetch, placeholders


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether clicks are taken, since when it is so, and why not."""

    eligible: bool
    reason: str | None
    since: datetime | None


async def eligibility_of(contents: Sequence[Content]) -> list[Eligibility]:
    """Each content's eligibility, in the order of `contents`; one statement."""
    ids = [content.id for content in contents]
    rows = await fetch(
        "SELECT DISTINCT c.id FROM contents c JOIN content_shares s"
        " ON s.content_id = c.id AND s.period_id = c.shares_period_id"
        " JOIN accounts a ON a.id = s.account_id"
        f" WHERE a.suspended_at IS NOT NULL AND c.id IN ({placeholders(len(ids))})",
        *ids,
    )
    suspended = {row["id"] for row in rows}
    return [_eligibility(content, content.id in suspended) for content in contents]


def _eligibility(content: Content, suspended: bool) -> Eligibility:
    if content.deleted_at is not None:
        return Eligibility(False, "This content was taken away.", content.deleted_at)
    if suspended:
        return Eligibility(False, "A creator of this content is suspended.", None)
    return Eligibility(True, None, content.created_at)
