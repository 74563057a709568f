"""Our `tidy`: floors, sizes, mirrored tests, and what must never be in the tree."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APP = ROOT / "app"
FLOORS = {
    "core", "models", "domain", "settlement", "resolvers", "schema", "api", "web", "commands",
}  # fmt: skip
MAX_LINES, MAX_FUNCTION_LINES = 400, 70
BANNED_NAMES = {"utils", "helpers", "manager", "common", "misc"}
DOCUMENTED = ("core", "domain", "settlement")
BANNED_OPERATIONS = {
    "RemoveField", "AlterField", "AddConstraint", "RemoveConstraint", "RenameField",
}  # fmt: skip
FOREIGN = re.compile(
    r"https?://(?:pypi|registry|files\.pythonhosted)|(?<!emit-)index-url|/(?:root|work)/[a-z]|"
    r"\"resolved\":|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY"
)
THIN = {"api", "web", "schema", "resolvers"}
TESTED_TOGETHER = {
    "app/commands/demo_words.py", "app/models/account.py", "app/models/click.py",
    "app/models/content.py", "app/models/counter.py", "app/models/ledger.py",
    "app/models/period.py", "app/models/platform.py", "app/models/session.py",
    "app/models/settlement.py", "app/models/wallet.py",
}  # fmt: skip


def tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def modules() -> list[Path]:
    return sorted(p for p in APP.rglob("*.py") if "__pycache__" not in p.parts)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {name_of(p): ast.parse(p.read_text(encoding="utf-8")) for p in modules()}


def test_every_module_has_a_floor() -> None:
    strays = [
        name_of(p)
        for p in modules()
        if p.relative_to(APP).parts[0] not in FLOORS
        and p.name not in ("__init__.py", "main.py", "cli.py")
    ]
    assert strays == []


def test_imports_go_down_the_floors_only() -> None:
    done = subprocess.run(
        [ROOT / ".venv/bin/lint-imports"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_no_imports_inside_functions(trees: dict[str, ast.Module]) -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_files_and_functions_stay_small(trees: dict[str, ast.Module]) -> None:
    long_files = [
        name
        for name in trees
        if len((ROOT / name).read_text(encoding="utf-8").splitlines()) > MAX_LINES
    ]
    long_functions = [
        f"{name}:{f.name}"
        for name, tree in trees.items()
        for f in functions(tree)
        if (f.end_lineno or 0) - f.lineno >= MAX_FUNCTION_LINES
    ]
    assert (long_files, long_functions) == ([], [])


def test_names_say_something() -> None:
    assert [name_of(p) for p in modules() if p.stem in BANNED_NAMES] == []


def test_what_is_public_is_documented(trees: dict[str, ast.Module]) -> None:
    missing = []
    for name, tree in trees.items():
        if name.split("/")[1] not in DOCUMENTED or name.endswith("__init__.py"):
            continue
        if not ast.get_docstring(tree):
            missing.append(name)
        for node in tree.body:
            public = isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            if public and not node.name.startswith("_") and not ast.get_docstring(node):  # type: ignore[attr-defined, arg-type]
                missing.append(f"{name}:{node.name}")  # type: ignore[attr-defined]
    assert [m for m in missing if not m.startswith("app/core/errors.py")] == []


def test_money_is_never_a_float(trees: dict[str, ast.Module]) -> None:
    """Where money is decided no float is named, no true division made, no float written."""
    decided = ("core/money.py", "core/sharing.py", "settlement/", "domain/")
    allowed = {
        "app/settlement/settlements.py", "app/core/limits.py",
        "app/domain/live.py", "app/domain/batched.py",
    }  # fmt: skip
    found = []
    for name, tree in trees.items():
        if not any(part in name for part in decided) or name in allowed:
            continue
        for node in ast.walk(tree):
            divides = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            says_float = isinstance(node, ast.Name) and node.id == "float"
            writes = isinstance(node, ast.Constant) and isinstance(node.value, float)
            if (divides and name != "app/core/money.py") or says_float or writes:
                found.append(f"{name}:{getattr(node, 'lineno', 0)}")
    assert found == []


def test_the_clock_is_asked_in_one_place(trees: dict[str, ast.Module]) -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today")
        and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date")
        and name != "app/core/clock.py"
    ]
    assert found == []


def test_no_assert_guards_money(trees: dict[str, ast.Module]) -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert) and name.split("/")[1] in DOCUMENTED
    ]
    assert found == []


def test_migrations_use_no_operation_that_loses_constraints() -> None:
    for path in (APP / "models" / "migrations").glob("[0-9]*.py"):
        words = set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
        assert words.isdisjoint(BANNED_OPERATIONS), path.name


def test_every_module_has_its_test() -> None:
    """A module is tested by a file of its name, or one that names it.

    The doors and shapes (api, web, schema, resolvers) are thin, and tested whole, through the app.
    """
    tests = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("*.py"))
    missing = []
    for path in modules():
        name = name_of(path)
        skipped = path.name == "__init__.py" or "migrations" in path.parts
        if skipped or name in TESTED_TOGETHER or name.split("/")[1] in THIN:
            continue
        mirrored = ROOT / "tests" / path.relative_to(APP).parent / f"test_{path.stem}.py"
        dotted = name.removesuffix(".py").replace("/", ".")
        package, _, module = dotted.rpartition(".")
        named = re.search(
            rf"{re.escape(dotted)}\b|from {re.escape(package)} import [^\n]*\b{module}\b", tests
        )
        if not mirrored.exists() and not named:
            missing.append(name)
    assert not missing, "\n".join(missing)


def test_no_address_path_or_secret_is_in_the_tree() -> None:
    found = []
    for path in tracked():
        if path.suffix in (".png", ".woff2", ".ico") or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{name_of(path)}: {m[0]}" for m in FOREIGN.finditer(text)][:1]
    assert found == []


def test_nothing_is_postponed() -> None:
    later = re.compile(r"\b(TODO|FIXME)\b")
    found = [name_of(p) for p in modules() if later.search(p.read_text(encoding="utf-8"))]
    assert found == []


def test_requirements_are_locked_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9][^\s=]*==", text, re.M)
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
        assert pins and all("--hash=sha256:" in block for block in blocks)
