"""Routing decided from values alone."""
