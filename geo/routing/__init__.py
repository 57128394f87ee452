"""Routing as pure functions."""
