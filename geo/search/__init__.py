"""Filters in CQL2, and areas drawn on a map."""
