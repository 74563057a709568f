"""Build what browsers load: `widgets/` (TypeScript) into `app/web/static`, with npm and esbuild.

python scripts/widgets.py           install where the lock changed, check types, build
python scripts/widgets.py --check   build beside, and fail where the committed files differ
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from node import NodeFailed, install, node_environment, run

ROOT = Path(__file__).resolve().parent.parent
WIDGETS = ROOT / "widgets"
STATIC = ROOT / "app" / "web" / "static"
BUILT = ("graphiql", "wall")
"""The folders of STATIC that the build owns, whole."""
BUILD_TIMEOUT_S = 120


def main(arguments: list[str]) -> int:
    """0: done, or fresh. 1: stale, or it cannot be built."""
    try:
        environment = node_environment()
        install(WIDGETS, environment)
        run(["npm", "run", "--silent", "check"], WIDGETS, environment, BUILD_TIMEOUT_S)
        if "--check" in arguments:
            return check(environment)
        build(STATIC, environment)
    except NodeFailed as failure:
        say(f"widgets: {failure}")
        return 1
    say(f"widgets: built into {STATIC.relative_to(ROOT)}")
    return 0


def check(environment: dict[str, str]) -> int:
    """Build into a folder of its own and compare with what is committed."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        build(fresh, environment)
        stale = sorted(differences(fresh))
    for name in stale:
        say(f"widgets: app/web/static/{name} is stale; run `make widgets` and commit it")
    return 1 if stale else 0


def differences(fresh: Path) -> Iterator[str]:
    """Names of files that a fresh build writes otherwise, or not at all."""
    for folder in BUILT:
        names = {path.name for side in (fresh, STATIC) for path in (side / folder).glob("*")}
        for name in names:
            ours, theirs = STATIC / folder / name, fresh / folder / name
            same = ours.is_file() and theirs.is_file() and ours.read_bytes() == theirs.read_bytes()
            if not same:
                yield f"{folder}/{name}"


def build(out: Path, environment: dict[str, str]) -> None:
    """Run esbuild into `out`, over nothing that was there before."""
    for folder in BUILT:
        shutil.rmtree(out / folder, ignore_errors=True)
    run(["node", "build.mjs", str(out)], WIDGETS, environment, BUILD_TIMEOUT_S)


def say(line: str) -> None:
    """One line to the terminal."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
