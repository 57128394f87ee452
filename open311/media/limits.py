"""Limits of photos that settings need, which should not import the libraries for images."""

MOST_PIXELS = 89_000_000
"""The highest possible limit: above it, Pillow reports a decompression bomb."""
