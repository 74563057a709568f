"""Pages of long lists by keyset: a cursor names the last row seen, never how many there were."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.core.errors import InvalidInput
from app.core.ids import MAX_ID, decode_cursor, encode_cursor

MAX_FIRST = 100
"""The most rows of a page, and the most ids of a request."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows with their cursors; whether there are more behind and before them."""

    rows: list[tuple[Row, str]]
    has_next: bool
    has_previous: bool


def check_first(first: int) -> int:
    """A page size of 1 to 100. Raises InvalidInput."""
    if not 1 <= first <= MAX_FIRST:
        raise InvalidInput(
            f"Ask for 1 to {MAX_FIRST} at once, then go on with `after`.", field="first"
        )
    return first


def check_ids(ids: Sequence[str]) -> None:
    """At most 100 ids. Raises InvalidInput."""
    if len(ids) > MAX_FIRST:
        raise InvalidInput(f"Ask for at most {MAX_FIRST} ids at once.", field="ids")


def page(
    rows: Sequence[Row], *, first: int, after: str | None, cursor: Callable[[Row], str]
) -> Page[Row]:
    """The page of `first` rows out of up to `first + 1` that were read."""
    shown = [(row, cursor(row)) for row in rows[:first]]
    return Page(shown, has_next=len(rows) > first, has_previous=after is not None)


async def page_by_id(
    kind: str,
    *,
    first: int,
    after: str | None,
    read: Callable[[int, int], Awaitable[Sequence[Row]]],
    id_of: Callable[[Row], int],
) -> Page[Row]:
    """A page of a list whose order is its rows' ids, newest first.

    kind: the list's name within its cursors, so that another list's are refused.
    read: takes a limit and the id before which to go on. Raises InvalidInput.
    """
    check_first(first)
    before = MAX_ID if after is None else _id_in(after, kind)
    rows = await read(first + 1, before)
    return page(rows, first=first, after=after, cursor=lambda row: encode_cursor(kind, id_of(row)))


def page_at_hand(
    kind: str,
    rows: Sequence[Row],
    *,
    first: int,
    after: str | None,
    key: Callable[[Row], tuple[int | str, ...]],
) -> Page[Row]:
    """A page of a list that is read already and never changes again, like a settled statement's.

    kind: the list's name within its cursors. key: what tells a row from every other in the list.
    Raises InvalidInput, also for a cursor that names none of the rows.
    """
    check_first(first)
    start = 0 if after is None else _place_behind(after, kind, [key(row) for row in rows])
    return page(
        rows[start : start + first + 1],
        first=first,
        after=after,
        cursor=lambda row: encode_cursor(kind, *key(row)),
    )


def _place_behind(after: str, kind: str, keys: Sequence[tuple[int | str, ...]]) -> int:
    shape = [type(part) for part in keys[0]] if keys else []
    found, *wanted = decode_cursor(after, str, *shape)
    if found != kind or tuple(wanted) not in keys:
        raise _of_another_list()
    return keys.index(tuple(wanted)) + 1


def _id_in(after: str, kind: str) -> int:
    found, row_id = decode_cursor(after, str, int)
    if found != kind:
        raise _of_another_list()
    return int(row_id)


def _of_another_list() -> InvalidInput:
    return InvalidInput("This cursor is not from this list. Start without `after`.", field="after")
