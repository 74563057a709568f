"""signUp."""

from typing import Annotated

import strawberry

from app.resolvers.session import open_account
from app.schema.answers import Answers
from app.schema.failure import AlreadyTaken, InvalidInput, OriginNotAllowed, Overloaded, RateLimited
from app.schema.fields import Info, argument, field
from app.schema.mutations.session import NewSession, session_values


@strawberry.input(description="A new account.")
class SignUpInput:
    handle: str = strawberry.field(
        description="A public name of 1 to 40 letters a-z, digits, - and _. It never changes."
    )
    email: str = strawberry.field(description="To sign in with; shown to nobody.")
    password: str = strawberry.field(description="8 to 200 characters.")
    display_name: str | None = strawberry.field(
        default=None, description="The name to show, at most 80 characters; by default the handle."
    )


@strawberry.type(description="The account is open, and signed in.")
class SignUpSuccess(NewSession): ...


SignUpResult = Annotated[
    SignUpSuccess | AlreadyTaken | InvalidInput | RateLimited | Overloaded | OriginNotAllowed,
    strawberry.union("SignUpResult", description="What signing up can lead to."),
]


@strawberry.type
class SignUp:
    @field("Open an account, and sign in to it.", extensions=[Answers(SignUpResult, hashes=True)])
    async def sign_up(
        self, info: Info, input: Annotated[SignUpInput, argument("The account to open.")]
    ) -> SignUpResult:
        signed_in = await open_account(
            info.context,
            handle=input.handle,
            email=input.email,
            password=input.password,
            display_name=input.display_name,
        )
        return SignUpSuccess(**session_values(signed_in))
