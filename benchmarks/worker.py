"""One engine in a process of its own: `python -m benchmarks.worker ENGINE FOLDER`.

Reads a month, then settles it once for every line it is sent, and answers each with its seconds;
when the lines end it answers with its peak memory (the input included) and the digest.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

from app.settlement.engines import allocate
from benchmarks.measure import digest_of, peak_bytes, posted_digest_of
from benchmarks.world import read_world


class Worker:
    """The other end of it: a contender that the benchmark can ask for one more round."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.engine = engine
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", engine, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def round(self) -> float:
        """Settle once; the seconds it took, reading not included."""
        self._pipe(self.process.stdin).write("go\n")
        self._pipe(self.process.stdin).flush()
        return float(self._answer()["seconds"])

    def finish(self) -> dict[str, Any]:
        """Peak memory in bytes, and the digests of what came out, as computed and as posted."""
        self._pipe(self.process.stdin).close()
        answer = self._answer()
        self.process.wait()
        self._pipe(self.process.stdout).close()
        return answer

    def _answer(self) -> dict[str, Any]:
        line = self._pipe(self.process.stdout).readline()
        if not line:
            raise RuntimeError(f"the {self.engine} worker ended with {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        if pipe is None:
            raise RuntimeError("a worker without pipes")
        return pipe


def work(engine: str, folder: Path) -> None:
    """Answer lines until there are no more."""
    inputs = read_world(folder)
    print(json.dumps({"ready": True}), flush=True)
    allocation = None
    for _ in sys.stdin:
        allocation = None
        began = time.perf_counter()
        allocation = allocate(inputs, engine)
        print(json.dumps({"seconds": time.perf_counter() - began}), flush=True)
    peak = peak_bytes()
    answer: dict[str, Any] = {"peak_bytes": peak}
    if allocation is not None:
        answer |= {"digest": digest_of(allocation), "posted": posted_digest_of(allocation)}
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]))
