"""A creator's wall: what is clicked most, the sum, and the last minutes step by step."""

import pytest

from app.core.clock import FixedClock
from app.domain import wall as walls
from app.domain.accounts import Account
from app.domain.clicks import withdraw_click
from app.domain.contents import Content, delete_content
from app.domain.wall import MAX_CONTENTS, STEPS, wall_of
from tests.world import article, click, fund, person

pytestmark = pytest.mark.usefixtures("database")


async def _supporters(count: int) -> list[Account]:
    people = [await person(f"s{n}") for n in range(count)]
    for supporter in people:
        await fund(supporter, "1.00")
    return people


def _titles(wall: walls.Wall) -> list[str]:
    return [item.content.title for item in wall.contents]


async def test_the_most_clicked_come_first_then_the_newest() -> None:
    bob = await person("bob")
    first, second, _ = [await article(bob, name) for name in ("one", "two", "three")]
    people = await _supporters(2)
    for supporter in people:
        await click(supporter, second)
    await click(people[0], first)
    wall = await wall_of(bob)
    assert _titles(wall) == ["two", "one", "three"]
    assert [item.counter.total for item in wall.contents] == [2, 1, 0]
    assert (wall.total, wall.period) == (3, 3)


async def test_there_are_never_too_many_but_the_sum_has_them_all() -> None:
    bob = await person("bob")
    contents = [await article(bob, f"n{n}") for n in range(MAX_CONTENTS + 2)]
    [supporter] = await _supporters(1)
    for content in contents:
        await click(supporter, content)
    wall = await wall_of(bob)
    assert len(wall.contents) == MAX_CONTENTS
    assert (wall.total, sum(wall.recent)) == (MAX_CONTENTS + 2, MAX_CONTENTS + 2)


async def test_what_was_deleted_and_what_others_made_is_not_on_it() -> None:
    bob, eve = await person("bob"), await person("eve")
    gone, hers = await article(bob, "gone"), await article(eve, "hers")
    [supporter] = await _supporters(1)
    for content in (gone, hers):
        await click(supporter, content)
    await delete_content(bob, gone.id)
    wall = await wall_of(bob)
    assert (wall.contents, wall.total, sum(wall.recent)) == ((), 0, 0)


async def test_the_last_minutes_are_counted_in_steps(clock: FixedClock) -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    people = await _supporters(4)
    await click(people[0], content)
    clock.advance(seconds=1)
    await click(people[1], content)
    clock.advance(seconds=594)
    await click(people[2], content)
    clock.advance(seconds=5)
    await click(people[3], content)
    wall = await wall_of(bob)
    expected = [0] * STEPS
    expected[0], expected[-1] = 1, 2
    assert list(wall.recent) == list(wall.contents[0].recent) == expected
    clock.advance(seconds=600)
    assert sum((await wall_of(bob)).recent) == 0


async def test_a_withdrawn_click_is_not_counted() -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    [supporter] = await _supporters(1)
    await click(supporter, content)
    await withdraw_click(supporter, content.id)
    wall = await wall_of(bob)
    assert (wall.total, sum(wall.recent)) == (0, 0)


async def _click_each(people: list[Account], content: Content, clock: FixedClock) -> None:
    for supporter in people:
        clock.advance(seconds=60)
        await click(supporter, content)


async def test_looking_back_is_bounded(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    await _click_each(await _supporters(5), content, clock)
    monkeypatch.setattr(walls, "MAX_RECENT", 3)
    wall = await wall_of(bob)
    assert (wall.total, sum(wall.recent)) == (5, 3)
    assert len(wall.recent) == 18, "only the steps of which all clicks are known"
