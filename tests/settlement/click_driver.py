"""Click and withdraw from several tasks at once until told to stop, in a process of its own.

    python -m tests.settlement.click_driver URL FIRST TASKS CONTENTS

Tasks FIRST … FIRST+TASKS-1 click with wallets of their own until `stop` stands on stdin. Prints one
line of JSON: what was acknowledged, each as [handle, content id, period id at the answer].
"""

import asyncio
import json
import sys

from app.core.errors import Overloaded
from app.core.settings import use_settings
from app.domain.accounts import account_by_handle
from app.domain.clicks import record_click
from app.models.database import open_database


async def click_away(
    handle: str, contents: list[int], stop: asyncio.Event, said: list[list[object]]
) -> None:
    """Click content after content; every acknowledged, new click is noted with its period."""
    account = await account_by_handle(handle)
    assert account is not None
    turn = 0
    while not stop.is_set():
        try:
            outcome = await record_click(account, contents[turn % len(contents)])
        except Overloaded:
            continue
        if outcome.changed:
            said.append([handle, outcome.click.content_id, outcome.click.period_id])
        turn += 1
        await asyncio.sleep(0)


async def main(url: str, first: int, tasks: int, contents: list[int]) -> None:
    """Run the tasks until a line comes in."""
    stop, said = asyncio.Event(), list[list[object]]()
    with use_settings(clicks_per_minute=10_000_000):
        async with open_database(url), asyncio.TaskGroup() as group:
            for n in range(first, first + tasks):
                group.create_task(click_away(f"clicker{n}", contents, stop, said))
            await asyncio.to_thread(sys.stdin.readline)
            stop.set()
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    first_task, task_count = int(sys.argv[2]), int(sys.argv[3])
    asyncio.run(main(sys.argv[1], first_task, task_count, json.loads(sys.argv[4])))
