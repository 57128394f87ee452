"""Addresses: read from files, compared, checked against places."""
