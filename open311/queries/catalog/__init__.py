"""Reads of departments and services."""
