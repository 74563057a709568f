"""What every resolver is given: who asks, from where, and what the answer must carry."""

from dataclasses import dataclass, field

from app.core.errors import Unauthenticated
from app.domain.accounts import Account
from app.domain.sessions import Scope, Viewer
from app.resolvers.loaders import Loaders


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
    event_key: of a subscription, what the event just yielded is the newest state of.
    response_cookies: what signIn and signOut want of the answer.
    """

    token: str | None = None
    via_cookie: bool = False
    origin_refused: bool = False
    client_ip: str = ""
    request_id: str = ""
    event_key: str = ""
    response_cookies: list[SessionCookie] = field(default_factory=list)
    _loaders: Loaders | None = field(default=None, init=False)

    @property
    def loaders(self) -> Loaders:
        """What was read for this operation, or for this event; made when it is first asked for."""
        if self._loaders is None:
            self._loaders = Loaders(self.viewer, origin_refused=self.origin_refused)
        return self._loaders

    def forget(self) -> None:
        """Start with fresh loaders: before and after a mutation nothing read earlier holds."""
        self._loaders = None

    def knows_viewer(self, viewer: Viewer | None) -> None:
        """Who asks was read elsewhere, just now: it need not be looked up."""
        if self.token is not None:
            self.loaders.viewers.prime(self.token, viewer)

    async def viewer(self) -> Viewer | None:
        """Who asks, looked up once; None for a stranger and for a token that is over."""
        if self.token is None:
            return None
        return await self.loaders.viewers.load(self.token)

    async def viewer_with(self, *scopes: Scope) -> Account | None:
        """The viewer's account if the token has one of the scopes; None otherwise."""
        viewer = await self.viewer()
        if viewer is None or viewer.session.scopes.isdisjoint(scopes):
            return None
        return viewer.account

    async def signed_in(self) -> Viewer:
        """Who asks. Raises Unauthenticated for a stranger, and for a token that is over."""
        viewer = await self.viewer()
        if viewer is None:
            raise Unauthenticated
        return viewer

    async def require(self, scope: Scope) -> Account:
        """The viewer's account. Raises Unauthenticated, or Forbidden without the scope."""
        return (await self.signed_in()).require(scope)
