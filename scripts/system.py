"""Before the tests: the two programs pip cannot bring, a browser and a Redis server.

As root on a machine with apt-get what is missing is installed; elsewhere this says plainly which
tests will be skipped. Under CI=true a part that stays missing is an error.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

APT_TIMEOUT_S = 900
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")


@dataclass(frozen=True, slots=True)
class Part:
    """A Debian package, how to see that it is there, and what is not tested without it."""

    package: str
    is_there: Callable[[], bool]
    without: str


def on_path(*names: str) -> Callable[[], bool]:
    """Whether one of these programs is on the PATH."""
    return lambda: any(shutil.which(name) for name in names)


def has_fonts() -> bool:
    """Whether there is any TrueType or OpenType font; Chromium draws no text without."""
    folders = [Path(folder) for folder in FONT_FOLDERS]
    return any(next(folder.rglob("*.[to]tf"), None) for folder in folders if folder.is_dir())


def chromium() -> str | None:
    """Where Chromium is, for this and for tests/web."""
    return shutil.which("chromium")


PARTS = (
    Part(
        "chromium",
        lambda: chromium() is not None,
        "the pages and GraphiQL in a browser (tests/web)",
    ),
    Part("redis-server", on_path("redis-server"), "counters across several server processes"),
    Part("fonts-dejavu-core", has_fonts, "how pages are set (tests/web)"),
)


def main() -> int:
    """0: all there, or said what is not. 1: something is missing under CI=true."""
    if (missing := absent()) and can_install():
        install([part.package for part in missing])
        missing = absent()
    for part in missing:
        say(f"system: {part.package} is missing, so this is not tested: {part.without}")
    if missing and not can_install():
        packages = " ".join(part.package for part in missing)
        say(f"system: to test it too, run `apt-get install {packages}` as root")
    return 1 if missing and os.environ.get("CI") == "true" else 0


def absent() -> list[Part]:
    """The parts that are not here."""
    return [part for part in PARTS if not part.is_there()]


def can_install() -> bool:
    """Whether we are root beside an apt-get."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    """apt-get update and install; where it fails, show what it said and go on."""
    say(f"system: installing {', '.join(packages)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    commands = (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    )
    for command in commands:
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=APT_TIMEOUT_S
            )
        except subprocess.TimeoutExpired:
            say(f"system: `{' '.join(command)}` took more than {APT_TIMEOUT_S} s")
            return
        if done.returncode:
            say(f"system: `{' '.join(command)}` failed\n{done.stdout}{done.stderr}".rstrip())


def say(line: str) -> None:
    """One line to the terminal."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
