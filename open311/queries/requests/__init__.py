"""Reads of service requests."""
