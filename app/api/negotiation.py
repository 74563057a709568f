"""Which form an answer takes, by the request's `Accept` (RFC 9110 §12.5.1)."""

from dataclasses import dataclass
from enum import Enum

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
EVENT_STREAM = "text/event-stream"
MAX_RANGES = 64


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One entry of an Accept header."""

    type: str
    subtype: str
    quality: float

    def specificity(self, media_type: str) -> int:
        """How closely this names `media_type`: 2 exactly, 1 its family, 0 anything, -1 not."""
        kind, _, sub = media_type.partition("/")
        if self.type == "*" and self.subtype == "*":
            return 0
        if self.type != kind:
            return -1
        return 1 if self.subtype == "*" else (2 if self.subtype == sub else -1)


def response_type(accept: str | None) -> str | None:
    """The type to answer a GraphQL request with, or None if none is acceptable.

    Of equals the newer form wins where it is named; where only a wildcard is given, and where
    there is no Accept at all, the answer is plain JSON, as older clients expect.
    """
    if accept is None or not accept.strip():
        return JSON
    ranges = _parse(accept)
    best: tuple[float, int, bool] | None = None
    chosen: str | None = None
    for media_type in (GRAPHQL_RESPONSE, JSON):
        specificity, quality = _preference(ranges, media_type)
        named_newer = (media_type == GRAPHQL_RESPONSE) == (specificity == 2)
        rank = (quality, specificity, named_newer)
        if quality > 0 and (best is None or rank > best):
            best, chosen = rank, media_type
    return chosen


def prefers_html(accept: str | None) -> bool:
    """Whether a browser asks: HTML is named, and nothing we speak is wanted more."""
    if not accept:
        return False
    ranges = _parse(accept)
    specificity, quality = _preference(ranges, HTML)
    if specificity < 1 or quality <= 0:
        return False
    others = (_preference(ranges, other)[::-1] for other in (GRAPHQL_RESPONSE, JSON))
    return all((quality, specificity) > other for other in others)


class Streaming(Enum):
    """Whether a client can read, and would rather have, an event stream."""

    NO = "no"
    POSSIBLE = "possible"
    PREFERRED = "preferred"


def streaming(accept: str | None) -> Streaming:
    """What the client thinks of `text/event-stream`.

    It is preferred only if it is named and wanted more than plain answers: some clients (urql)
    list it with every query and want a stream for subscriptions alone.
    """
    if accept is None or not accept.strip():
        return Streaming.POSSIBLE
    ranges = _parse(accept)
    specificity, quality = _preference(ranges, EVENT_STREAM)
    if quality <= 0:
        return Streaming.NO
    others = (_preference(ranges, other)[::-1] for other in (GRAPHQL_RESPONSE, JSON))
    wanted_most = specificity == 2 and all((quality, 2) > other for other in others)
    return Streaming.PREFERRED if wanted_most else Streaming.POSSIBLE


def _preference(ranges: list[MediaRange], media_type: str) -> tuple[int, float]:
    """The specificity and quality of the closest range; (-1, 0) if there is none."""
    matches = ((r.specificity(media_type), r.quality) for r in ranges)
    return max((m for m in matches if m[0] >= 0), default=(-1, 0.0))


def _parse(accept: str) -> list[MediaRange]:
    parsed = (_media_range(entry) for entry in accept.split(",", MAX_RANGES)[:MAX_RANGES])
    return [found for found in parsed if found is not None]


def _media_range(entry: str) -> MediaRange | None:
    name, *parameters = entry.split(";")
    kind, slash, subtype = name.strip().lower().partition("/")
    if not slash:
        return None
    return MediaRange(kind, subtype, _quality(parameters))


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            return _quality_value(value.strip())
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in ("utf-8", "utf8"):
            return 0.0
    return 1.0


def _quality_value(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return min(value, 1.0) if value > 0 else 0.0
