"""What can be done."""

import strawberry

from app.schema.mutations.click import ClickMutation
from app.schema.mutations.close_period import ClosePeriod
from app.schema.mutations.delete_content import DeleteContent
from app.schema.mutations.deposit import DepositMutation
from app.schema.mutations.register_content import RegisterContent
from app.schema.mutations.set_budget import SetBudget
from app.schema.mutations.set_content_shares import SetContentShares
from app.schema.mutations.settle_period import SettlePeriod
from app.schema.mutations.sign_in import SignIn
from app.schema.mutations.sign_out import SignOut
from app.schema.mutations.sign_up import SignUp
from app.schema.mutations.update_content import UpdateContent
from app.schema.mutations.verify_period import VerifyPeriod
from app.schema.mutations.withdraw_click import WithdrawClick


@strawberry.type(
    description="What can be done. Each answers with a union: its success, or one of its failures, "
    "all of which implement `Failure`."
)
class Mutation(
    VerifyPeriod,
    SettlePeriod,
    ClosePeriod,
    DeleteContent,
    SetContentShares,
    UpdateContent,
    RegisterContent,
    WithdrawClick,
    ClickMutation,
    SetBudget,
    DepositMutation,
    SignOut,
    SignIn,
    SignUp,
): ...
