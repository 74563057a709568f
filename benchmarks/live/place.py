"""A fresh SQLite database with contents and one supporter, made through the domain itself."""

from pathlib import Path

from app.core.ids import to_global_id
from app.core.money import Money
from app.core.settings import use_settings
from app.domain.accounts import sign_up
from app.domain.contents import ContentDraft, register_content
from app.domain.deposits import deposit
from app.domain.periods import ensure_open_period
from app.domain.sessions import Scope, open_session
from app.models.database import open_database
from app.models.migrate import migrate_database
from benchmarks.live.contenders import Place


async def make_place(path: Path, *, contents: int) -> Place:
    """Migrate, sign a creator and a supporter up, register `contents` contents, fill a wallet."""
    url = f"sqlite://{path}"
    with use_settings(argon2_memory_kib=8, argon2_time_cost=1):
        async with open_database(url):
            await migrate_database()
            await ensure_open_period()
            maker = await sign_up(handle="maker", email="m@x.example", password="a password")
            giver = await sign_up(handle="giver", email="g@x.example", password="a password")
            await deposit(giver, Money(10**9, "EUR"), idempotency_key="first")
            ids = []
            for number in range(contents):
                draft = ContentDraft(url=f"https://x.example/{number}", title=f"Video {number}")
                ids.append((await register_content(maker, draft)).id)
            signed_in = await open_session(giver, scopes=[Scope.CLICK])
    return Place(url, [to_global_id("Content", row_id) for row_id in ids], signed_in.token)
