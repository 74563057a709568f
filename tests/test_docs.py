"""The pages people read first: their links lead somewhere, and what they show can be run."""

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from app.commands.exits import ExitCode

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
README = (ROOT / "README.md").read_text("utf-8")
SDL = ROOT / "app" / "schema" / "schema.graphql"


def _links(page: Path) -> list[str]:
    """The relative targets of a page's links and pictures, outside blocks of code."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    found = re.findall(r"\]\(([^)\s]+)\)", text)
    return [target.partition("#")[0] for target in found if "://" not in target]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_are_there(page: Path) -> None:
    missing = [target for target in _links(page) if not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_is_left_to_fill_in(page: Path) -> None:
    assert not re.search(r"\bFIGURES\b", page.read_text("utf-8"))


def test_what_the_readme_asks_is_in_the_schema() -> None:
    schema = build_schema(SDL.read_text("utf-8"))
    operations = re.findall(r"```graphql\n(.*?)```", README, re.DOTALL)
    operations += re.findall(r"const query = `(.*?)`", README, re.DOTALL)
    assert len(operations) >= 3
    for operation in operations:
        assert validate(schema, parse(operation)) == [], operation


def test_every_exit_code_is_documented() -> None:
    told = re.findall(r"^\| (\d+) \|", (ROOT / "docs/production.md").read_text("utf-8"), re.M)
    assert told == [str(code.value) for code in ExitCode]


def test_the_recipe_for_production_takes_no_play_money() -> None:
    recipe = README.partition("## Going to production")[2].partition("##")[0]
    assert "OBOLE_SANDBOX_DEPOSITS=false" in recipe
