"""One engine in a process of its own: `python -m benchmarks.worker ENGINE FOLDER [URL]`.

Settles a month once for every line it is sent, and answers each with its seconds; when the lines
end it answers with its peak memory (the input included) and the digest. The month is that of the
folder, held in memory; with a URL it is read from that database and written back every time.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

from app.settlement.engines import Allocation, allocate
from benchmarks.from_database import forget_tables, read_back, read_tables, write_tables
from benchmarks.measure import digest_of, peak_bytes, posted_digest_of
from benchmarks.world import read_world


class Worker:
    """The other end of it: a contender that the benchmark can ask for one more round."""

    def __init__(self, engine: str, folder: Path, url: str = "") -> None:
        self.engine = engine
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", engine, str(folder), *filter(None, [url])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def round(self) -> float:
        """Settle once; the seconds it took."""
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


class InMemory:
    """The month is there, and what comes out stays here: only the computation is timed."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.engine = engine
        self.inputs = read_world(folder)
        self.allocation: Allocation | None = None

    def round(self) -> float:
        """Settle once; the seconds it took."""
        self.allocation = None
        began = time.perf_counter()
        self.allocation = allocate(self.inputs, self.engine)
        return time.perf_counter() - began

    def result(self) -> Allocation | None:
        """What came out the last time."""
        return self.allocation


class FromDatabase:
    """The month is in a database, and what comes out is written there."""

    def __init__(self, engine: str, url: str) -> None:
        self.engine = engine
        self.url = url

    def round(self) -> float:
        """Read, settle and write once; the seconds it took."""
        forget_tables(self.url)
        began = time.perf_counter()
        write_tables(self.url, allocate(read_tables(self.url), self.engine))
        return time.perf_counter() - began

    def result(self) -> Allocation:
        """What was written the last time."""
        return read_back(self.url)


def work(engine: str, folder: Path, url: str = "") -> None:
    """Answer lines until there are no more."""
    contender = FromDatabase(engine, url) if url else InMemory(engine, folder)
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        print(json.dumps({"seconds": contender.round()}), flush=True)
    answer: dict[str, Any] = {"peak_bytes": peak_bytes()}
    if (allocation := contender.result()) is not None:
        answer |= {"digest": digest_of(allocation), "posted": posted_digest_of(allocation)}
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
