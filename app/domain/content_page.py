"""What a content's own page shows: what it is, whose, and its public numbers."""

from dataclasses import dataclass

from app.domain.contents import Content, content_by_id
from app.domain.counters import Counter, counters_of
from app.domain.eligibility import eligibility_of
from app.domain.front import creator_names, platform_names
from app.domain.periods import Period, period_by_key


@dataclass(frozen=True, slots=True)
class ContentPage:
    """A content with what is beside it; `period` is the one the counter counts in.

    creators: names by position, none where nobody has claimed it. eligible: it takes clicks.
    """

    content: Content
    creators: tuple[str, ...]
    platform: str | None
    counter: Counter
    period: Period
    eligible: bool


async def page_of_content(content_id: int) -> ContentPage:
    """The page of the content with this id. Raises ContentNotFound, also for a deleted one."""
    content = await content_by_id(content_id)
    counter = (await counters_of([content.id]))[0]
    return ContentPage(
        content=content,
        creators=(await creator_names([content]))[0],
        platform=(await platform_names([content])).get(content.platform_id or 0),
        counter=counter,
        period=await period_by_key(counter.period_key),
        eligible=(await eligibility_of([content]))[0].eligible,
    )
