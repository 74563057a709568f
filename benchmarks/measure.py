"""What is written down of a run: its peak memory, and a digest of what came out."""

import hashlib
import resource
import sys
from pathlib import Path

from app.settlement.engines import Allocation


def peak_bytes() -> int:
    """The most memory this process ever had resident, in bytes.

    VmHWM, where there is a /proc: ru_maxrss also counts what the parent held before the exec.
    """
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [x for x in status.read_text().splitlines() if x.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def digest_of(allocation: Allocation) -> str:
    """SHA-256 over every output's rows as CSV, in the order of their keys."""
    digest = hashlib.sha256()
    for name in allocation.__slots__:
        frame = getattr(allocation, name)
        for start in range(0, len(frame), 100_000):
            digest.update(frame.slice(start, 100_000).write_csv(include_header=False).encode())
        digest.update(f"{name} {len(frame)}\n".encode())
    return digest.hexdigest()
