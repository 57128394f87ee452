"""Boundary layers and boundary sets."""
