"""Routing rules and explanations."""
