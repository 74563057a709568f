"""What every resolver is given: who asks, from where, and what the answer must carry."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """A wish to set the session cookie to `token` for `max_age_s`, or, without one, to clear it."""

    token: str | None = None
    max_age_s: int = 0


@dataclass(slots=True)
class Context:
    """One operation's context; never shared between operations, so neither are its loaders.

    token: the credential as sent, not yet looked up; None for a stranger.
    via_cookie: whether it came in the session cookie rather than in `Authorization`.
    origin_refused: a session cookie came along, but from a page that is not ours.
    response_cookies: what signIn and signOut want of the answer.
    """

    token: str | None = None
    via_cookie: bool = False
    origin_refused: bool = False
    client_ip: str = ""
    request_id: str = ""
    loaders: object = None
    response_cookies: list[SessionCookie] = field(default_factory=list)
