"""Boundary layers and sets."""
