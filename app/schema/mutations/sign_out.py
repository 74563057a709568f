"""signOut."""

from typing import Annotated

import strawberry

from app.resolvers.session import end_session
from app.schema.answers import Answers
from app.schema.failure import OriginNotAllowed, Overloaded, Unauthenticated
from app.schema.fields import Info, field


@strawberry.type(
    description="Signed out: the token holds no more. If it came in our cookie, that is cleared."
)
class SignOutSuccess:
    signed_out: bool = strawberry.field(description="True.")


SignOutResult = Annotated[
    SignOutSuccess | Unauthenticated | Overloaded | OriginNotAllowed,
    strawberry.union("SignOutResult", description="What signing out can lead to."),
]


@strawberry.type
class SignOut:
    @field("Take back the token this operation came with.", extensions=[Answers(SignOutResult)])
    async def sign_out(self, info: Info) -> SignOutResult:
        await end_session(info.context)
        return SignOutSuccess(signed_out=True)
