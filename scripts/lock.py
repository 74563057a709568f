"""Compile the hash-locked requirements from pyproject.toml, without any registry address."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"
COMPILE = [
    *[str(UV), "pip", "compile", "--quiet", "--generate-hashes", "--no-header"],
    *["--no-emit-index-url", "--no-emit-find-links", "--python-version", "3.11"],
]


def main() -> None:
    """Write requirements.txt (runtime) and requirements-dev.txt (constrained by it)."""
    runtime = ["pyproject.toml", "-", "--output-file", "requirements.txt"]
    subprocess.run([*COMPILE, *runtime], cwd=ROOT, check=True, input=b"setuptools>=77\n")
    dev = ["--group", "dev", "--constraint", "requirements.txt"]
    out = ["--output-file", "requirements-dev.txt"]
    subprocess.run([*COMPILE, *dev, *out], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
