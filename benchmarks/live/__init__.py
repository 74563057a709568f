"""How many displays one core serves, and how soon: `python -m benchmarks.live`."""
