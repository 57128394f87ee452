"""Searching service requests."""
