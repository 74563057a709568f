"""A fresh database with contents and supporters, made through the domain itself."""

from app.core.ids import row_id_of, to_global_id
from app.core.money import Money
from app.core.settings import use_settings
from app.domain.accounts import Account, sign_up
from app.domain.contents import register_content
from app.domain.counters import counters_of
from app.domain.deposits import deposit
from app.domain.drafts import ContentDraft
from app.domain.periods import ensure_open_period
from app.domain.sessions import Scope, open_session
from app.models.database import open_database
from app.models.migrate import migrate_database
from benchmarks.live.contenders import Place


async def make_place(url: str, *, contents: int, supporters: int = 1) -> Place:
    """Migrate, register `contents` contents by one creator, and give supporters full wallets."""
    with use_settings(argon2_memory_kib=8, argon2_time_cost=1):
        async with open_database(url):
            await migrate_database()
            await ensure_open_period()
            maker = await _person("maker")
            ids = []
            for number in range(contents):
                draft = ContentDraft(url=f"https://x.example/{number}", title=f"Video {number}")
                ids.append((await register_content(maker, draft)).id)
            tokens = [await _token(await _person(f"giver{n}")) for n in range(supporters)]
    return Place(url, [to_global_id("Content", row_id) for row_id in ids], tokens)


async def truth_of(place: Place) -> dict[str, dict[str, int]]:
    """Each content's numbers by its id, as the database has them now."""
    row_ids = [row_id_of(content_id, "Content") for content_id in place.ids]
    async with open_database(place.url):
        counters = await counters_of(row_ids)
    return {
        to_global_id("Content", counter.content_id): {
            "total": counter.total,
            "period": counter.period,
            "supporters": counter.supporters,
            "seq": counter.seq,
        }
        for counter in counters
    }


async def _person(handle: str) -> Account:
    return await sign_up(handle=handle, email=f"{handle}@x.example", password="a password")


async def _token(supporter: Account) -> str:
    await deposit(supporter, Money(10**9, "EUR"), idempotency_key="first")
    return (await open_session(supporter, scopes=[Scope.CLICK])).token
