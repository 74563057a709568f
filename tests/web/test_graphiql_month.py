"""A first hour in GraphiQL: deposit, click, close, settle, and who got what, tab by tab."""

import json
import re

from playwright.async_api import Browser, Page, expect

from tests.web.conftest import visit
from tests.web.sample import OPERATOR, PASSWORD

CREATOR, SUPPORTER = "ada", "wilf"


async def _open(page: Page, tab: str) -> None:
    await page.get_by_role("tab").filter(has_text=re.compile(f"^{tab}")).click()


async def _run(page: Page, tab: str, said: str) -> None:
    """Run a tab as it is, and wait for what it answers."""
    await _open(page, tab)
    await _execute(page, said)


async def _execute(page: Page, said: str) -> None:
    await page.get_by_role("button", name="Execute query").click()
    await expect(page.locator(".result-window")).to_contain_text(said)


async def _sign_in(page: Page, handle: str) -> None:
    """Sign in through the tab, as somebody of the sample."""
    who = {"email": f"{handle}@people.example", "password": PASSWORD}
    await _open(page, "SignIn")
    await page.locator(".graphiql-editor-tool .CodeMirror").first.click()
    await page.keyboard.press("ControlOrMeta+A")
    await page.keyboard.insert_text(json.dumps({"input": who}))
    await _execute(page, f'"handle": "{handle}"')


async def test_a_month_from_deposit_to_statement(browser: Browser, site: str) -> None:
    seen = await visit(browser, f"{site}/graphql")
    page = seen.page
    await _sign_in(page, SUPPORTER)
    await _run(page, "Deposit", "€20.00")
    await _run(page, "Click", '"__typename": "ClickSuccess"')
    await _sign_in(page, OPERATOR)
    await _run(page, "ClosePeriod", '"status": "CLOSED"')
    await _run(page, "SettlePeriod", '"status": "SETTLED"')
    await _sign_in(page, CREATOR)
    await _run(page, "CreatorStatement", "Le pain au levain")
    await expect(page.locator(".result-window")).to_contain_text('"clicks": 2')
    assert (seen.complaints, seen.strangers) == ([], [])
