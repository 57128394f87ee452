"""Reads of users and API keys."""
