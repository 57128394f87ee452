"""Benchmarks of the server: each time is a ratio to a reference measured in turn with it."""
