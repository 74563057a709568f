"""signIn."""

from typing import Annotated

import strawberry

from app.domain.sessions import Scope
from app.resolvers.session import open_sign_in
from app.schema.answers import Answers
from app.schema.failure import (
    InvalidInput,
    OriginNotAllowed,
    Overloaded,
    RateLimited,
    Unauthenticated,
)
from app.schema.fields import Info, argument, field
from app.schema.mutations.session import NewSession, session_values


@strawberry.input(description="Who signs in, and for what.")
class SignInInput:
    email: str = strawberry.field(description="The account's e-mail.")
    password: str = strawberry.field(description="Its password.")
    scopes: list[Scope] | None = strawberry.field(
        default=None, description="What the token may do; by default all the account may."
    )
    expires_in_seconds: int | None = strawberry.field(
        default=None, description="How long it lives, in seconds; by default as long as allowed."
    )


@strawberry.type(description="Signed in.")
class SignInSuccess(NewSession): ...


SignInResult = Annotated[
    SignInSuccess | Unauthenticated | InvalidInput | RateLimited | Overloaded | OriginNotAllowed,
    strawberry.union(
        "SignInResult",
        description="What signing in can lead to. `Unauthenticated`: e-mail and password do not "
        "belong together.",
    ),
]


@strawberry.type
class SignIn:
    @field(
        "Sign in: get a token for an e-mail and a password.",
        extensions=[Answers(SignInResult, hashes=True)],
    )
    async def sign_in(
        self, info: Info, input: Annotated[SignInInput, argument("Who, and for what.")]
    ) -> SignInResult:
        signed_in = await open_sign_in(
            info.context,
            email=input.email,
            password=input.password,
            scopes=input.scopes,
            expires_in_s=input.expires_in_seconds,
        )
        return SignInSuccess(**session_values(signed_in))
