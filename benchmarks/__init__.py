"""How fast a month is settled, and in how much memory: `python -m benchmarks`."""
