"""Reads for figures: flows, times, promises, and shares of service requests."""
