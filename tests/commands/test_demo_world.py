"""The demo's world: repeatable, complete, and without an event that would be refused."""

import re
from collections import Counter

import pytest

from app.commands.demo import DEFAULT_SEED, PROGRAMME
from app.commands.demo_habits import HABITS, Event
from app.commands.demo_load import COMMISSION_BPS
from app.commands.demo_people import slug
from app.commands.demo_sentences import PARTNER, SENTENCES
from app.commands.demo_words import TITLES
from app.commands.demo_world import CREATORS, MONTHS, SUPPORTERS, UNCLAIMED, World, build_world

SEEDS = (1, 2, 7, 1999, DEFAULT_SEED)


@pytest.fixture(scope="module", params=SEEDS)
def world(request: pytest.FixtureRequest) -> World:
    return build_world(request.param)


def test_the_same_seed_is_the_same_world() -> None:
    assert build_world(7) == build_world(7)
    assert build_world(7) != build_world(8)


def test_it_is_as_large_as_promised(world: World) -> None:
    assert [platform.kind for platform in world.platforms] == ["video", "news", "podcast", "code"]
    assert (len(world.creators), len(world.supporters)) == (CREATORS, SUPPORTERS) == (40, 200)
    assert 200 <= len(world.contents) <= 500
    assert {event.month for event in world.events} == set(range(MONTHS))
    assert {"fr", "en"} <= {content.language for content in world.contents}
    assert any(len(content.shares) > 1 for content in world.contents)
    assert len({supporter.currency for supporter in world.supporters}) >= 3


def test_nothing_is_there_twice(world: World) -> None:
    everybody = [world.operator, *(p.owner for p in world.platforms)]
    everybody += [c.person for c in world.creators] + [s.person for s in world.supporters]
    for names in (
        [person.handle for person in everybody],
        [person.email for person in everybody],
        [content.url for content in world.contents],
        [(content.platform, content.external_id) for content in world.contents],
    ):
        assert len(set(names)) == len(names)


def test_contents_are_whole(world: World) -> None:
    for content in world.contents:
        assert sum(share for _, share in content.shares) in (0, 10_000)
        assert len({creator for creator, _ in content.shares}) == len(content.shares)
        hosts = world.platforms[content.platform].hosts
        assert content.url.isascii() and content.url.startswith(f"https://{hosts[0]}/")
        assert 0 < len(content.title) <= 120 and "{" not in content.title
        assert content.tags and all(content.tags)


def test_every_form_of_title_has_its_sentence() -> None:
    assert {key: len(forms) for key, forms in SENTENCES.items()} == {
        key: len(forms) for key, forms in TITLES.items()
    }
    sentences = [sentence for forms in SENTENCES.values() for sentence in forms]
    assert len(set(sentences)) == len(sentences)
    for sentence in sentences:
        assert sentence.count("{x}") + sentence.count("{X}") == 1
        assert sentence[-1] in ".?" and not re.search(r"\b(de|à|zum|mit|von) \{x\}", sentence)


def test_contents_say_what_they_are_about(world: World) -> None:
    for content in world.contents:
        sentence, *below = content.description.split("\n")
        assert sentence[0].isupper() or not sentence[0].isalpha()
        assert "{" not in sentence and len(sentence) > 30
        partner = world.platforms[content.platform].kind == "video" and content.shares
        assert below == ([PARTNER[content.language]] if partner else [])


def test_the_programme_is_said_as_it_is(world: World) -> None:
    video = world.platforms[0]
    assert (video.name, video.part_bps, COMMISSION_BPS) == ("Lanterne", 300, 1000)
    assert f"{video.name} has a partner programme: 3 of the 10 %" in PROGRAMME


def test_some_videos_are_unclaimed(world: World) -> None:
    unclaimed = [content for content in world.contents if not content.shares]
    assert len(unclaimed) == UNCLAIMED
    assert {world.platforms[content.platform].kind for content in unclaimed} == {"video"}


def test_every_host_is_reserved_for_examples(world: World) -> None:
    assert all(host.endswith(".example") for p in world.platforms for host in p.hosts)


def test_events_come_in_order_and_clicks_only_on_what_is_there(world: World) -> None:
    assert list(world.events) == sorted(world.events)
    clicked = set()
    for event in world.events:
        assert 0 <= event.permille < 1000
        if event.kind == "click":
            assert world.contents[event.content].month <= event.month
            assert 1 <= event.value <= 5
            assert (event.month, event.supporter, event.content) not in clicked
            clicked.add((event.month, event.supporter, event.content))
        if event.kind == "withdraw":
            assert (event.month, event.supporter, event.content) in clicked


def test_nobody_clicks_with_an_empty_wallet(world: World) -> None:
    balance, budget = Counter[int](), dict[int, int]()
    for month in range(MONTHS):
        givers = set()
        for event in (e for e in world.events if e.month == month):
            _follow(event, balance, budget)
            if event.kind == "click":
                assert min(balance[event.supporter], budget.get(event.supporter, 10**15)) > 0
                givers.add(event.supporter)
        for giver in givers:
            balance[giver] -= min(balance[giver], budget.get(giver, 10**15))


def _follow(event: Event, balance: Counter[int], budget: dict[int, int]) -> None:
    if event.kind == "deposit":
        balance[event.supporter] += event.value
    if event.kind == "budget":
        budget[event.supporter] = event.value


def test_all_habits_are_met(world: World) -> None:
    assert {supporter.habit for supporter in world.supporters} == set(HABITS)
    weights = {event.value for event in world.events if event.kind == "click"}
    assert weights == {1, 2, 3, 5}
    assert sum(habit.share for habit in HABITS) == 100


@pytest.mark.parametrize(
    ("text", "slugged"),
    [
        ("Épisode 3 – L’écho", "episode-3-l-echo"),
        ("n.º 3", "n-o-3"),
        ("  ", ""),
        ("Lüders", "luders"),
    ],
)
def test_slugs(text: str, slugged: str) -> None:
    assert slug(text) == slugged
