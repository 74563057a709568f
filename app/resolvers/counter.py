"""Counters and buttons, one by one or a page of forty in one request."""

from collections.abc import Sequence

from app.core.errors import InvalidInput
from app.core.ids import row_id_of
from app.domain.contents import Content
from app.domain.counters import Counter
from app.domain.viewer_states import ViewerState
from app.resolvers.context import Context
from app.resolvers.paging import check_ids


async def read_counter(context: Context, content: Content) -> Counter:
    """The content's counter."""
    return await context.loaders.counters.load(content.id)


async def read_viewer_state(context: Context, content: Content) -> ViewerState:
    """What the content's button shows to the viewer."""
    return await context.loaders.viewer_states.load(content.id)


async def read_counters(context: Context, ids: Sequence[str]) -> list[Counter | None]:
    """Each content's counter, in the order of `ids`, None where there is no such content."""
    found = await _present_ids(context, ids)
    counters = await context.loaders.counters.load_many([i for i in found if i is not None])
    by_id = {counter.content_id: counter for counter in counters}
    return [by_id[i] if i is not None else None for i in found]


async def read_viewer_states(context: Context, ids: Sequence[str]) -> list[ViewerState | None]:
    """What each content's button shows to the viewer, in the order of `ids`."""
    found = await _present_ids(context, ids)
    states = await context.loaders.viewer_states.load_many([i for i in found if i is not None])
    by_id = {state.content_id: state for state in states}
    return [by_id[i] if i is not None else None for i in found]


async def _present_ids(context: Context, ids: Sequence[str]) -> list[int | None]:
    check_ids(ids)
    wanted = [content_row_id(global_id) for global_id in ids]
    contents = await context.loaders.contents.load_many([i for i in wanted if i is not None])
    known = {c.id for c in contents if c is not None and c.deleted_at is None}
    return [i if i in known else None for i in wanted]


def content_row_id(global_id: str) -> int | None:
    """The row id in a content's global id; None for what is no such id."""
    try:
        return row_id_of(global_id, "Content")
    except InvalidInput:
        return None
