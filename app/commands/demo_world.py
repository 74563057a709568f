"""A believable world from a seed: platforms, creators, contents, supporters, four months. Pure.

The same seed gives the same world, whatever the day: a moment is a month (0 to 3, the last one
still open) and a thousandth of it. `obole demo` puts it into a database.
"""

from dataclasses import dataclass, replace
from itertools import product
from random import Random

from app.commands.demo_habits import Event, Supporter, events_of, supporters_of
from app.commands.demo_people import Person, people, slug
from app.commands.demo_sentences import PARTNER, SENTENCES
from app.commands.demo_words import PLATFORMS, REPOSITORIES, SHARES, SUBJECTS, TITLES

CREATORS = 40
SUPPORTERS = 200
CONTENTS_PER_CREATOR = (5, 11)
UNCLAIMED = 8
"""Videos that nobody has claimed yet: what they are given is held in escrow."""
VIDEO_SITE = f"https://{PLATFORMS[0][2][0]}/"
MONTHS = 4
"""Three to settle, and an open one."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A site; `part_bps` of the gross are its own, out of the commission."""

    slug: str
    name: str
    hosts: tuple[str, ...]
    kind: str
    part_bps: int
    owner: Person


@dataclass(frozen=True, slots=True)
class Creator:
    """Somebody who makes things, at home on `platforms[platform]`."""

    person: Person
    platform: int


@dataclass(frozen=True, slots=True)
class Content:
    """One thing. shares: (number of the creator, share of 10 000), the first at position 1; none
    where nobody has claimed it.

    month: in which it appears; popularity: relative, 1 and more.
    """

    url: str
    title: str
    description: str
    language: str
    tags: tuple[str, ...]
    platform: int
    external_id: str
    shares: tuple[tuple[int, int], ...]
    month: int
    popularity: int


@dataclass(frozen=True, slots=True)
class World:
    """Everything, with events in the order of time."""

    operator: Person
    platforms: tuple[Platform, ...]
    creators: tuple[Creator, ...]
    contents: tuple[Content, ...]
    supporters: tuple[Supporter, ...]
    events: tuple[Event, ...]


def build_world(seed: int, *, creators: int = CREATORS, supporters: int = SUPPORTERS) -> World:
    """The world of this seed, with so many people in it (8 creators at least)."""
    rng = Random(seed)
    crowd = iter(people(rng, 1 + len(PLATFORMS) + creators + supporters))
    operator = next(crowd)
    platforms = tuple(
        Platform(slug, name, hosts, kind, part_bps, next(crowd))
        for slug, name, hosts, kind, part_bps in PLATFORMS
    )
    homes = [number % len(platforms) for number in range(creators)]
    rng.shuffle(homes)
    makers = tuple(Creator(next(crowd), home) for home in homes)
    contents = _contents(rng, platforms, makers)
    givers = supporters_of(rng, tuple(crowd))
    appears = [(content.month, content.popularity) for content in contents]
    events = events_of(rng, givers, appears, months=MONTHS)
    return World(operator, platforms, makers, contents, givers, events)


def _contents(
    rng: Random, platforms: tuple[Platform, ...], creators: tuple[Creator, ...]
) -> tuple[Content, ...]:
    taken: set[tuple[str, str]] = set()
    contents = [
        _content(rng, platforms, creators, number, topic)
        for number, creator in enumerate(creators)
        for topic in _topics(rng, platforms[creator.platform].kind, creator.person.language, taken)
    ]
    rng.shuffle(contents)
    videos = [n for n, content in enumerate(contents) if content.url.startswith(VIDEO_SITE)]
    for number in rng.sample(videos, UNCLAIMED):
        sentence = contents[number].description.partition("\n")[0]
        contents[number] = replace(contents[number], shares=(), description=sentence)
    return tuple(contents)


@dataclass(frozen=True, slots=True)
class _Topic:
    """One thing a creator made: its number there, subject, tag, and the title's form."""

    number: int
    subject: str
    tag: str
    form: str
    language: str


def _topics(rng: Random, kind: str, language: str, taken: set[tuple[str, str]]) -> list[_Topic]:
    """Different things of this kind, in the creator's language where the kind has it.

    taken: forms of subjects that others have used; left alone as long as there are enough.
    """
    language = language if language in SUBJECTS[kind] else "en"
    count = rng.randint(*CONTENTS_PER_CREATOR)
    pairs = list(product(SUBJECTS[kind][language], TITLES[kind, language]))
    fresh = [pair for pair in pairs if (pair[0][0], pair[1]) not in taken]
    chosen = rng.sample(fresh if len(fresh) >= count else pairs, count)
    taken.update((subject, form) for (subject, _), form in chosen)
    return [
        _Topic(number, subject, tag, form, language)
        for number, ((subject, tag), form) in enumerate(chosen, 1)
    ]


def _content(
    rng: Random,
    platforms: tuple[Platform, ...],
    creators: tuple[Creator, ...],
    creator: int,
    topic: _Topic,
) -> Content:
    platform = platforms[creators[creator].platform]
    person = creators[creator].person
    repo = REPOSITORIES[(creator * 7 + topic.number) % len(REPOSITORIES)]
    title = _filled(topic.form, topic, repo=repo)
    external_id = f"{creator:02d}{topic.number:02d}{rng.randrange(16**5):05x}"
    return Content(
        url=f"https://{platform.hosts[0]}/{_path(platform.kind, person, title, external_id)}",
        title=title,
        description=_description(platform.kind, topic),
        language=topic.language,
        tags=(topic.tag, platform.kind),
        platform=creators[creator].platform,
        external_id=external_id,
        shares=_shares(rng, creator, len(creators)),
        month=rng.choice((0, 0, 0, 0, 1, 2, 3)),
        popularity=1 + 60 // rng.randint(1, 60),
    )


def _description(kind: str, topic: _Topic) -> str:
    """The form's sentence; below a video, that its creator is in the programme."""
    form = TITLES[kind, topic.language].index(topic.form)
    sentence = _filled(SENTENCES[kind, topic.language][form], topic)
    return f"{sentence}\n{PARTNER[topic.language]}" if kind == "video" else sentence


def _filled(form: str, topic: _Topic, **words: str) -> str:
    subject = topic.subject
    return form.format(x=subject, X=subject[0].upper() + subject[1:], n=topic.number, **words)


def _path(kind: str, person: Person, title: str, external_id: str) -> str:
    return {
        "video": f"v/{external_id}",
        "news": f"{person.language}/{slug(title)}-{external_id}",
        "podcast": f"{person.handle}/{slug(title)}",
        "code": f"{person.handle}/{title.partition(':')[0].strip()}",
    }[kind]


def _shares(rng: Random, creator: int, creators: int) -> tuple[tuple[int, int], ...]:
    """Alone nine times of ten; else with one or two others from the same platform or another."""
    if rng.randrange(10):
        return ((creator, 10_000),)
    shares = rng.choice(SHARES)
    others = rng.sample([n for n in range(creators) if n != creator], len(shares) - 1)
    return tuple(zip((creator, *others), shares, strict=True))
