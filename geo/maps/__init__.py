"""Boundary files: reading, lint checks, and comparison."""
