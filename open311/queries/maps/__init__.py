"""Reads of boundary layers and sets."""
