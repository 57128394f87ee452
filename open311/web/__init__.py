"""Shared HTTP layer: authentication, parameters, formats, errors, and limits."""
