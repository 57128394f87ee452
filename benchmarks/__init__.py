"""Benchmarks: the server against a lean one on the same database, over HTTP, in turn."""
