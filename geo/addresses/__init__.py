"""Addresses: read from files, compared, and checked against points."""
