"""Boundary files: read, checked, compared."""
