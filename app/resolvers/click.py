"""Clicks: placed and withdrawn by the viewer's wallet."""

from dataclasses import dataclass

from app.core.errors import ContentNotFound, InvalidInput, NotFound
from app.core.ids import row_id_of
from app.domain.clicks import Click, ClickOutcome, record_click, withdraw_click
from app.domain.contents import Content, content_by_url
from app.domain.counters import Counter, counters_of
from app.domain.periods import Period
from app.domain.sessions import Scope
from app.domain.viewer_states import ViewerState, viewer_states
from app.resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Whether a click was withdrawn, and how the content and its button stand now."""

    withdrawn: bool
    counter: Counter
    state: ViewerState


async def place_click(
    context: Context,
    *,
    content_id: str | None,
    url: str | None,
    weight: int,
    currency: str | None,
) -> tuple[ClickOutcome, ViewerState]:
    """Click a content by its id or its URL. Raises every refusal of DESIGN.md §3."""
    supporter = await context.require(Scope.CLICK)
    content = await _named(context, content_id, url)
    outcome = await record_click(supporter, content.id, weight=weight, currency=currency)
    states = await viewer_states(supporter, [content.id], currency=currency)
    return outcome, states[0]


async def take_click_back(
    context: Context, *, content_id: str | None, url: str | None, currency: str | None
) -> Withdrawal:
    """Withdraw the viewer's click of the open period, if there is one."""
    supporter = await context.require(Scope.CLICK)
    content = await _named(context, content_id, url, deleted_too=True)
    outcome = await withdraw_click(supporter, content.id, currency=currency)
    counter = outcome.counter if outcome else (await counters_of([content.id]))[0]
    states = await viewer_states(supporter, [content.id], currency=currency)
    return Withdrawal(outcome is not None and outcome.changed, counter, states[0])


async def read_click_period(context: Context, click: Click) -> Period:
    """The period in which the click counts."""
    period = await context.loaders.periods.load(click.period_id)
    if period is None:
        raise NotFound
    return period


async def _named(
    context: Context, content_id: str | None, url: str | None, *, deleted_too: bool = False
) -> Content:
    if (content_id is None) == (url is None):
        raise InvalidInput("Name the content by `contentId` or by `url`: one of the two.")
    if url is not None:
        content = await content_by_url(url)
    else:
        row_id = row_id_of(content_id or "", "Content", field="contentId")
        content = await context.loaders.contents.load(row_id)
    if content is None or (content.deleted_at is not None and not deleted_too):
        raise ContentNotFound
    return content
