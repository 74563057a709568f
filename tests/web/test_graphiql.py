"""GraphiQL in a browser, with nobody to ask but ourselves."""

import re
from pathlib import Path

from graphql import build_schema, parse, validate
from playwright.async_api import Browser, Locator, expect

from app.commands.demo import DEFAULT_SEED, sign_ins
from app.commands.demo_world import build_world
from app.web.home import SAMPLE_QUERY
from tests.web.conftest import visit

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "widgets" / "src" / "graphiql" / "operations.ts"
SAMPLES = OPERATIONS.with_name("samples.ts")
VARIABLES = '{"input": {"email": "wilf@people.example", "password": "correct horse"}}'
SDL = ROOT / "app" / "schema" / "schema.graphql"


def _operations() -> list[str]:
    return re.findall(r"query: `(.*?)`", OPERATIONS.read_text("utf-8"), re.DOTALL)


def _sample_query() -> str:
    """What fills the tabs' variables."""
    found = re.search(r"const QUERY = `(.*?)`", SAMPLES.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


async def _write(editor: Locator, text: str) -> None:
    """Replace what an editor holds."""
    await editor.click()
    await editor.page.keyboard.press("ControlOrMeta+A")
    await editor.page.keyboard.insert_text(text)


async def test_graphiql_runs_a_query(browser: Browser, site: str) -> None:
    seen = await visit(browser, f"{site}/graphql")
    page = seen.page
    await expect(page.get_by_role("tab", name="SignIn")).to_be_visible()
    await page.get_by_role("button", name="New tab").click()
    await _write(page.locator(".graphiql-query-editor .CodeMirror"), "{ __typename }")
    await page.get_by_role("button", name="Execute query").click()
    await expect(page.locator(".result-window")).to_contain_text('"__typename": "Query"')
    assert (seen.complaints, seen.strangers) == ([], [])


async def test_the_first_thing_seen_is_an_answer(browser: Browser, site: str) -> None:
    seen = await visit(browser, f"{site}/graphql", scheme="dark")
    await expect(seen.page.locator(".result-window")).to_contain_text("Le pain au levain")
    await seen.page.get_by_role("button", name="Execute query").click()
    await expect(seen.page.locator(".result-window")).to_contain_text("Le pain au levain")
    assert (seen.complaints, seen.strangers) == ([], [])


async def test_after_sign_in_the_page_is_signed_in(browser: Browser, site: str) -> None:
    seen = await visit(browser, f"{site}/graphql")
    page, answer = seen.page, seen.page.locator(".result-window")
    await page.get_by_role("tab", name="SignIn").click()
    await _write(page.locator(".graphiql-editor-tool .CodeMirror").first, VARIABLES)
    await page.get_by_role("button", name="Execute query").click()
    await expect(answer).to_contain_text("SignInSuccess")
    await page.get_by_role("tab", name="MyWallet").click()
    await page.get_by_role("button", name="Execute query").click()
    await expect(answer).to_contain_text('"handle": "wilf"')
    assert (seen.complaints, seen.strangers) == ([], [])


async def test_tabs_are_filled_with_what_is_here(browser: Browser, site: str) -> None:
    seen = await visit(browser, f"{site}/graphql")
    await seen.page.get_by_role("tab", name="ClosePeriod").click()
    variables = seen.page.get_by_role("region", name="Variables")
    await expect(variables).to_contain_text("2026-11")


def test_every_ready_operation_is_in_the_schema() -> None:
    schema = build_schema(SDL.read_text("utf-8"))
    operations = _operations()
    assert len(operations) == 9
    for operation in (*operations, _sample_query(), SAMPLE_QUERY):
        assert validate(schema, parse(operation)) == [], operation


def test_the_sign_ins_are_the_demos() -> None:
    known = {str(cell) for cell in sign_ins(build_world(DEFAULT_SEED)).columns[1].cells}
    named = set(re.findall(r"[\w.-]+@[\w.-]+", OPERATIONS.read_text("utf-8")))
    assert named and named <= known
